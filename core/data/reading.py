"""Reading tables from CSV and its kin: bytes, a file, or text from the clipboard.

How a text is to be read is guessed (`core.data.guessing`) and may be changed: it is a value, `Reading`. Some
thousand lines at a time are turned into numbers at once, if they hold nothing else; what they cannot tell is
left to `core.data.records`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from ..arrays import Array
from ..language import tr
from ..outside_text import one_line, what_is_at
from .guessing import ReadingNote, guessed_columns, guessed_reading
from .records import Lines, Progress, ReadingStopped, Record, records
from .table import (
    LARGEST,
    LONGEST_NAME,
    MOST_COLUMNS,
    MOST_ROWS,
    Cells,
    CellType,
    Reading,
    Split,
    Table,
    TableError,
    TableFile,
    harmless_cell,
    no_such_column,
    number_of,
)
from .table_edits import free_name

__all__ = [
    "MOST_BYTES",
    "Progress",
    "ReadTable",
    "ReadingStopped",
    "bytes_of_table",
    "checksum",
    "read_block",
    "read_file",
    "read_table",
    "read_text",
]

MOST_BYTES = 200_000_000
CELLS_AT_ONCE = 300_000
LEAST_ROWS_TO_SPLIT = 10
_UNIT = re.compile(r"(.*\S)\s+[(\[]([^()\[\]]{1,20})[)\]]")
EXCEL, GZIP = b"PK\x03\x04", b"\x1f\x8b"


@dataclass(frozen=True)
class ReadTable:
    """A table that was read, how it was read, and in ``notes``, what was noticed and guessed about it."""

    table: Table
    reading: Reading
    notes: tuple[ReadingNote, ...] = ()


def read_file(
    path: Path,
    reading: Reading | None = None,
    types: Sequence[CellType] | None = None,
    targets: Sequence[str] = (),
    progress: Progress | None = None,
) -> ReadTable:
    """Return the table in a file; see `read_table`. Raises TableError, ReadingStopped."""
    data = bytes_of_table(path)
    read = read_table(data, path.stem, reading, types, targets, progress)
    file = TableFile(str(path.absolute()), checksum(data), read.reading, read.table.contents.hex())
    return ReadTable(replace(read.table, file=file), read.reading, read.notes)


def checksum(data: bytes) -> str:
    """Return the hexadecimal SHA-256 of the bytes of a file."""
    return sha256(data).hexdigest()


def bytes_of_table(path: Path) -> bytes:
    """Return the bytes of a file with a table. Raises TableError."""
    name, kind = path.name, what_is_at(path)
    if not kind:
        raise TableError(tr("There is no file “{name}”.", name=name))
    if kind != "file":
        raise TableError(tr("“{name}” is no file: choose one with a table.", name=name))
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        why = why[:1].lower() + why[1:]
        raise TableError(tr("“{name}” cannot be read: {strerror}.", name=name, strerror=why)) from error
    return data


def read_text(text: str, name: str = "", reading: Reading | None = None) -> ReadTable:
    """Return the table in a text, such as one pasted from a spreadsheet; see `read_table`."""
    data = text.encode("utf-8", "replace")
    return read_table(data, name, reading or guessed_reading(data, encoding="utf-8"))


def read_table(
    data: bytes,
    name: str = "",
    reading: Reading | None = None,
    types: Sequence[CellType] | None = None,
    targets: Sequence[str] = (),
    progress: Progress | None = None,
) -> ReadTable:
    """Return the table in the bytes of a file.

    ``reading`` says how to read it, ``types`` the type of each column; None: as guessed. ``targets`` names
    the targets, none: they are guessed, as are all other roles, scaling, and what is done about missing
    cells. ``progress`` is told the share that is read. Raises TableError, with the row and the column of the
    fault, and ReadingStopped.
    """
    _check_bytes(data)
    reading = reading or guessed_reading(data)
    names, cells, notes = _columns(data, reading, types, progress)
    names, units = _with_units(names)
    for target in targets:
        if target not in names:
            raise TableError(no_such_column(target, names))
    columns, told = guessed_columns(names, units, cells, types, targets)
    rows = len(cells[0])
    split = Split("share") if rows >= LEAST_ROWS_TO_SPLIT else Split()
    table = Table(columns, name, split=split)
    return ReadTable(table, reading, (*notes, *told))


def read_block(text: str) -> list[list[str]]:
    """Return the cells of a text as they are written, to be pasted into a table. Raises TableError.

    A first line that would name columns is a line like the others; lines may differ in length.
    """
    data = text.encode("utf-8", "replace")
    if not text.strip():
        return []
    reading = guessed_reading(data, encoding="utf-8") if len(text.split()) > 1 else Reading(delimiter="\t")
    if "\t" in text:
        reading = replace(reading, delimiter="\t")
    return [
        [_with_point(harmless_cell(cell), reading.decimal) for cell in record.cells]
        for record in records(iter(Lines(data, reading)), reading)
    ]


def _with_point(cell: str, decimal: str) -> str:
    number = number_of(cell, decimal) if decimal == "," else None
    return cell if number is None else repr(number)


def _check_bytes(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise TableError(
            tr("The table is too large: at most {most} MB can be read.", most=MOST_BYTES // 1_000_000)
        )
    if data.startswith(EXCEL):
        raise TableError(tr("This is a workbook, not text: save it as CSV in the program it comes from."))
    if data.startswith(GZIP):
        raise TableError(tr("This is a compressed file: unpack it first."))
    if not data.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        raise TableError(tr("The table is empty: it needs at least one row of cells."))


# -- columns --------------------------------------------------------------------------------------------


class _Builder:
    """Collects the cells of one column, many at a time."""

    def __init__(self, reading: Reading, type: CellType | None) -> None:
        self._reading, self._type, self.rows = reading, type, 0
        self._numbers: list[Array] = []
        self._codes: list[Array] = []
        self._words: dict[str, int] = {}

    def add_numbers(self, numbers: Array) -> None:
        self._numbers.append(numbers.copy())
        self._codes.append(np.broadcast_to(np.int32(-1), numbers.shape))
        self.rows += numbers.size

    def add(self, cells: Sequence[str]) -> None:
        if self._type != "text":
            numbers = _all_numbers([f"{cell}\n" for cell in cells], 1, self._reading)
            if numbers is not None:
                return self.add_numbers(numbers[:, 0])
        meaning = {cell: self._meaning(cell) for cell in dict.fromkeys(cells)}
        found = np.array([meaning[cell] for cell in cells])
        self._numbers.append(found[:, 0])
        self._codes.append(found[:, 1].astype(np.int32))
        self.rows += len(cells)
        return None

    def _meaning(self, cell: str) -> tuple[float, int]:
        """Return the number of a cell and -1, or NaN and the code of its text."""
        number = None if self._type == "text" else number_of(cell, self._reading.decimal)
        if number is not None:
            return number, -1
        return np.nan, self._words.setdefault(harmless_cell(cell), len(self._words))

    def cells(self) -> Cells:
        if not self._numbers:
            return Cells.of(())
        return Cells(np.concatenate(self._numbers), np.concatenate(self._codes), [*self._words])


def _columns(
    data: bytes, reading: Reading, types: Sequence[CellType] | None, progress: Progress | None
) -> tuple[list[str], list[Cells], list[ReadingNote]]:
    """Return the names and the cells of the columns, and notes on them."""
    read = Lines(data, reading, progress)
    lines = iter(read)
    first = next((record for record in records(lines, reading) if any(record.cells)), None)
    if first is None:
        raise TableError(tr("The table is empty: it needs at least one row of cells."))
    width = len(first.cells)
    if width > MOST_COLUMNS:
        raise TableError(
            tr(
                "Line {line} has {count:,} columns; at most {most:,} can be read.",
                line=first.line,
                count=width,
                most=MOST_COLUMNS,
            )
        )
    names, notes = _names(first.cells if reading.header else [""] * width, reading.header)
    known = types if types is not None and len(types) == width else [None] * width
    builders = [_Builder(reading, type) for type in known]
    if not reading.header:
        _add(builders, [first.cells])
    block = list[str]()
    if "text" not in known:
        block = _add_numbers(builders, lines, reading)
    number = read.number - len(block)
    _add_records(builders, records(lines, reading, number, block), names, first.line)
    count = builders[0].rows
    if not count:
        raise TableError(
            tr("The table has only a line of names: it needs a row of cells, or the line is no header.")
        )
    columns = [builder.cells() for builder in builders]
    if width > 1 and not first.cells[-1].strip() and columns[-1] == Cells.empty(count):
        return names[:-1], columns[:-1], notes  # every line ends with a delimiter
    return names, columns, notes


def _add_numbers(builders: Sequence[_Builder], lines: Iterator[str], reading: Reading) -> list[str]:
    """Add lines as long as they hold numbers alone; return those that were read but not added."""
    at_once = max(1, CELLS_AT_ONCE // len(builders))
    while block := [*islice(lines, at_once)]:
        numbers = _all_numbers(block, len(builders), reading)
        if numbers is None:
            return block
        for builder, column in zip(builders, numbers.T, strict=True):
            builder.add_numbers(column)
        _check_rows(builders)
    return []


def _all_numbers(block: Sequence[str], width: int, reading: Reading) -> Array | None:
    """Return the numbers (rows, columns) in lines; None if anything else is in them."""
    joined = "".join(block)
    if not joined.isascii() or any(sign in joined for sign in '_"') or not joined.strip():
        return None
    if joined.count("\n") > len(block) or reading.decimal == reading.delimiter:
        return None  # a cell of several lines, or one in quotation marks
    if reading.decimal == ",":
        if "." in joined:
            return None
        block = joined.replace(",", ".").splitlines()
    delimiter = None if reading.delimiter == " " else reading.delimiter
    try:
        numbers = np.loadtxt(block, delimiter=delimiter, comments=None, ndmin=2)
    except ValueError:
        return None
    fits = numbers.shape == (len(block), width)
    return numbers if fits and (np.abs(numbers) <= LARGEST).all() else None


def _add_records(
    builders: Sequence[_Builder], found: Iterable[Record], names: Sequence[str], first: int
) -> None:
    """Add records, which must have as many cells as there are columns. Raises TableError."""
    width, rows = len(builders), list[list[str]]()
    for record in chain(found, [None]):
        if record is not None and len(record.cells) == width:
            rows.append(record.cells)
        elif record is not None and record.cells != [""]:  # a line of spaces
            raise TableError(_ragged(record, builders[0].rows + len(rows), names, first))
        if record is None or len(rows) * width >= CELLS_AT_ONCE:
            _add(builders, rows)
            _check_rows(builders)
            rows = []


def _add(builders: Sequence[_Builder], rows: Sequence[Sequence[str]]) -> None:
    if rows:
        for builder, cells in zip(builders, zip(*rows, strict=True), strict=True):
            builder.add(cells)


def _check_rows(builders: Sequence[_Builder]) -> None:
    if builders[0].rows > MOST_ROWS:
        raise TableError(tr("The table has more than {most:,} rows, which can be read.", most=MOST_ROWS))


def _ragged(record: Record, row: int, names: Sequence[str], first: int) -> str:
    """Return the sentence on a record with too few or too many cells."""
    count, width = len(record.cells), len(names)
    if count < width:
        return tr(
            "Row {row:,} (line {line:,}) ends before column {k} (“{name}”): it has {count} of {width} cells; "
            "add what is missing, or delete the row.",
            row=row + 1,
            line=record.line,
            k=count + 1,
            name=names[count],
            count=count,
            width=width,
        )
    return tr(
        "Row {row:,} (line {line:,}) goes on after column {width} (“{name}”): it has {count} cells, but line "
        "{first} has {width}; put a text with the delimiter into quotation marks.",
        row=row + 1,
        line=record.line,
        width=width,
        name=names[-1],
        count=count,
        first=first,
    )


def _with_units(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return names without the units that follow them in brackets, as in “length (cm)”, and the units."""
    found = [_UNIT.fullmatch(name) for name in names]
    bare = [match[1] if match else name for match, name in zip(found, names, strict=True)]
    units = [match[2] if match else "" for match in found]
    return ([*names], [""] * len(names)) if len({*bare}) < len(bare) else (bare, units)


def _names(cells: Sequence[str], header: bool) -> tuple[list[str], list[ReadingNote]]:
    """Return different names for all columns."""
    names, notes = list[str](), list[ReadingNote]()
    for k, cell in enumerate(cells):
        name = one_line(cell, LONGEST_NAME - 8)
        if not name:
            name = tr("column {k}", k=k + 1) if header else f"x{k + 1}"
            free = free_name(names, name)
        elif (free := free_name(names, name)) != name:
            notes.append(
                ReadingNote(
                    tr("“{name}” names two columns; this one is “{free}” now.", name=name, free=free), k
                )
            )
        names.append(free)
    return names, notes
