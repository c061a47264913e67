"""Tables of designs that are too large to be stored inside a design file.

Such a table is in a file of its own, which the design file names by a path relative to its folder, with a
checksum. That file is the one the table was read from or, if cells were edited since, `NAME.data.csv` beside
the design file `NAME.glassnet`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath

import msgspec
from msgspec.structs import replace

from ..data.reading import MOST_BYTES, ReadTable, checksum, read_table
from ..data.table import Cells, CellType, Table, TableError, TableFile, json_form
from ..data.table_edits import settings_from
from ..data.writing import WRITTEN, csv_text
from ..language import tr
from .json_io import FileError, PlaceError, read_regular, reason, replace_file

MOST_INSIDE = 2_000_000  # bytes


class LinkedTableError(FileError):
    """The file with the table of a design is missing or has changed.

    ``path`` is where it was expected; ``changed``: there is a file, with other contents.
    """

    def __init__(self, text: str, path: Path, *, changed: bool) -> None:
        super().__init__(text)
        self.path, self.changed = path, changed


def stays_inside(table: Table) -> bool:
    """Return whether the cells of a table are stored inside a design file."""
    if table.file is not None and table.file.linked:
        return False
    room = MOST_INSIDE - 2 * table.rows * len(table.columns)
    for column in table.columns:
        if room < 0:
            return False
        room -= len(msgspec.json.encode(json_form(column.cells))) - 2 * table.rows
    return room >= 0


def put_beside(table: Table, path: Path, known: TableFile | None) -> tuple[Table, tuple[Path, bytes] | None]:
    """Return a table without its cells, which names their file, and that file if it is yet to be written.

    ``path`` is that of the design file; ``known`` is the file that the design file names at present.
    """
    file, folder, data = table.file, path.absolute().parent, None
    if file is None or file.contents != table.contents.hex() or _relative(file.path, folder) is None:
        text = csv_text(table).encode()
        place = _free_place(path, checksum(text), known)
        file = TableFile(str(place), checksum(text), WRITTEN)
        data = (place, text)
    columns = tuple(replace(column, cells=Cells.of(())) for column in table.columns)
    file = replace(file, path=_relative(file.path, folder) or "", contents="", linked=False)
    return replace(table, columns=columns, file=file), data


def _relative(path: str, folder: Path) -> str | None:
    """Return the path of a file relative to a folder, in its written form; None: there is none."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # on Windows, if they are on different drives
        return None


def _free_place(path: Path, content: str, known: TableFile | None) -> Path:
    """Return where the table of a design file is to be written, without overwriting any other file."""
    for k in range(1, 1000):
        place = path.absolute().with_name(f"{path.stem}.data{'' if k == 1 else f' {k}'}.csv")
        if not os.path.lexists(place):
            return place
        own = known is not None and (path.absolute().parent / known.path) == place
        try:
            there = checksum(read_regular(place, MOST_BYTES))
        except OSError:
            continue
        if there == content or (own and known is not None and there == known.checksum):
            return place
    raise PlaceError(tr("there is no free name for the file of its table: choose another folder."))


def write_beside(place: Path, data: bytes) -> None:
    """Write the file with the table of a design. Raises FileError; an existing file is then unchanged."""
    try:
        replace_file(place, data)
    except (OSError, ValueError) as error:
        raise FileError(
            tr(
                "“{name}” was not saved: {reason}; choose another place.",
                name=place.name,
                reason=reason(error),
            )
        ) from None


def with_cells(
    table: Table, design: Path, elsewhere: Path | None = None, *, accept_changed: bool = False
) -> Table:
    """Return a table that names the file of its cells, with the cells read.

    ``design`` is the design file. The file is expected at ``elsewhere`` if given; if its contents are not
    those that were linked, ``accept_changed`` is needed. Raises LinkedTableError, FileError, PlaceError.
    """
    file = table.file
    assert file is not None
    if PurePosixPath(file.path).is_absolute() or PureWindowsPath(file.path).anchor:
        raise PlaceError(tr("design.data.table.file.path must be relative to the folder of the design."))
    path = Path(os.path.realpath(design.absolute().parent / file.path if elsewhere is None else elsewhere))
    try:
        data = read_regular(path, MOST_BYTES)
    except (OSError, ValueError) as error:
        text = tr(
            "“{design}” takes its table from “{name}”, which cannot be read: {reason}.",
            design=design.name,
            name=path.name,
            reason=reason(error),
        )
        raise LinkedTableError(text, path, changed=False) from None
    found = checksum(data)
    changed = found != file.checksum
    if changed and not accept_changed:
        text = tr(
            "“{design}” takes its table from “{name}”, which has changed since.",
            design=design.name,
            name=path.name,
        )
        raise LinkedTableError(text, path, changed=True)
    read = _read(data, table, path, design, None if changed else [column.type for column in table.columns])
    file = replace(file, path=str(path), checksum=found, contents=read.table.contents.hex())
    try:
        return settings_from(replace(read.table, file=file), table, moved=changed)
    except TableError as error:
        raise FileError(_in_file(design, path, error)) from None


def _read(data: bytes, table: Table, path: Path, design: Path, types: Sequence[CellType] | None) -> ReadTable:
    assert table.file is not None
    try:
        return read_table(data, table.name, table.file.reading, types)
    except TableError as error:
        raise FileError(_in_file(design, path, error)) from None


def _in_file(design: Path, path: Path, error: TableError) -> str:
    return tr(
        "“{design}” takes its table from “{name}”: {error}", design=design.name, name=path.name, error=error
    )
