"""Reading tables from CSV and its kin: bytes, a file, or text from the clipboard.

How a text is to be read is guessed (`core.data.guessing`) and may be changed: it is a value, `Reading`. The
records are told apart by Python's own reader of CSV, line by line: unlike the readers of pandas and polars it
finds rows that are too short, knows the line of every fault, can be stopped, and is always there. Whole
columns of a few thousand rows are then turned into numbers at once.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from ..arrays import Array
from ..language import tr
from ..outside_text import one_line
from .guessing import Note, guessed_columns, guessed_reading
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

MOST_BYTES = 200_000_000
LONGEST_LINE = 2_000_000  # characters
CELLS_AT_ONCE = 300_000
LEAST_ROWS_TO_SPLIT = 10
_UNIT = re.compile(r"(.*\S)\s+[(\[]([^()\[\]]{1,20})[)\]]")
EXCEL, GZIP = b"PK\x03\x04", b"\x1f\x8b"

Progress = Callable[[float], bool]
"""Is told the share that is read, 0 … 1; returns False to stop."""


class ReadingStopped(Exception):
    """Reading was stopped on request."""


@dataclass(frozen=True)
class ReadTable:
    """A table that was read, how it was read, and in ``notes``, what was noticed and guessed about it."""

    table: Table
    reading: Reading
    notes: tuple[Note, ...] = ()


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
    return replace_table(read, replace(read.table, file=file))


def replace_table(read: ReadTable, table: Table) -> ReadTable:
    """Return what was read with another table."""
    return ReadTable(table, read.reading, read.notes)


def checksum(data: bytes) -> str:
    """Return the hexadecimal SHA-256 of the bytes of a file."""
    return sha256(data).hexdigest()


def bytes_of_table(path: Path) -> bytes:
    """Return the bytes of a file with a table. Raises TableError."""
    name = path.name
    try:
        if not path.exists():
            raise TableError(tr("There is no file “{name}”.", name=name))
        if not path.is_file():
            raise TableError(tr("“{name}” is no file: choose one with a table.", name=name))
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
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
        for record in records(data, reading)
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


# -- records --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Record:
    """The cells of one record as text, and the line on which it begins, from 1."""

    cells: list[str]
    line: int


def records(data: bytes, reading: Reading, progress: Progress | None = None) -> Iterator[Record]:
    """Yield the records of a table, but no empty lines. Raises TableError, ReadingStopped."""
    stream = io.BytesIO(data)
    text = io.TextIOWrapper(stream, encoding=reading.encoding, newline=None)
    lines = _lines(text, reading)
    spaced = reading.delimiter == " "
    reader = csv.reader(lines, delimiter=reading.delimiter, skipinitialspace=True, strict=True)
    start, told = 1, 0
    try:
        for cells in reader:
            if spaced and len(cells) > 1 and not cells[-1]:
                del cells[-1]
            if cells:
                yield Record(cells, start)
            start = reader.line_num + 1
            if progress is not None and stream.tell() - told > len(data) // 200:
                told = stream.tell()
                if not progress(told / len(data)):
                    raise ReadingStopped
    except csv.Error as error:
        raise TableError(_fault_of(error, start)) from error


def _fault_of(error: csv.Error, line: int) -> str:
    if "unexpected end" in str(error) or "field larger" in str(error):
        return tr(
            "Line {line}: a quotation mark is opened here and not closed: close it, or delete it.", line=line
        )
    return tr(
        "Line {line}: after a closing quotation mark the cell goes on: double the marks within a cell.",
        line=line,
    )


def _lines(text: io.TextIOWrapper, reading: Reading) -> Iterator[str]:
    """Yield the lines of a text with their ends. Raises TableError for what is no text."""
    number = 0
    try:
        while line := text.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise TableError(
                    tr(
                        "Line {line} has more than {most:,} characters: this is no table, or its lines "
                        "do not end.",
                        line=number,
                        most=LONGEST_LINE,
                    )
                )
            if "\0" in line:
                raise TableError(
                    tr("Line {line}: this is not text; choose a CSV file, or another encoding.", line=number)
                )
            if number == 1:
                line = line.removeprefix("\ufeff")
            yield line.strip(" \t\n").replace("\t", " ") + "\n" if reading.delimiter == " " else line
    except UnicodeError as error:
        raise TableError(
            tr(
                "After line {line}, the text is not {encoding}: choose another encoding.",
                line=number,
                encoding=reading.encoding.upper(),
            )
        ) from error


# -- columns --------------------------------------------------------------------------------------------


class _Builder:
    """Collects the cells of one column, many at a time."""

    def __init__(self, reading: Reading, type: CellType | None) -> None:
        self._decimal, self._type = reading.decimal, type
        self._numbers: list[Array] = []
        self._codes: list[Array] = []
        self._words: dict[str, int] = {}

    def add(self, cells: Sequence[str]) -> None:
        numbers = None if self._type == "text" else self._all_numbers(cells)
        if numbers is not None:
            self._numbers.append(numbers)
            self._codes.append(np.full(numbers.size, -1, np.int32))
            return
        meaning = {cell: self._meaning(cell) for cell in dict.fromkeys(cells)}
        found = np.array([meaning[cell] for cell in cells])
        self._numbers.append(found[:, 0])
        self._codes.append(found[:, 1].astype(np.int32))

    def _all_numbers(self, cells: Sequence[str]) -> Array | None:
        """Return the numbers of cells; None if one is something else."""
        joined = "\n".join(cells)
        if not joined.isascii() or "_" in joined:  # `float` would take more for a number than we do
            return None
        if self._decimal == ",":
            if "." in joined:
                return None
            cells = joined.replace(",", ".").split("\n")
        try:
            numbers = np.array([*map(float, cells)])
        except ValueError:
            return None
        return numbers if (np.abs(numbers) <= LARGEST).all() else None

    def _meaning(self, cell: str) -> tuple[float, int]:
        """Return the number of a cell and -1, or NaN and the code of its text."""
        number = None if self._type == "text" else number_of(cell, self._decimal)
        if number is not None:
            return number, -1
        return np.nan, self._words.setdefault(harmless_cell(cell), len(self._words))

    def cells(self) -> Cells:
        if not self._numbers:
            return Cells.of(())
        return Cells(np.concatenate(self._numbers), np.concatenate(self._codes), [*self._words])


def _columns(
    data: bytes, reading: Reading, types: Sequence[CellType] | None, progress: Progress | None
) -> tuple[list[str], list[Cells], list[Note]]:
    """Return the names and the cells of the columns, and notes on them."""
    found = records(data, reading, progress)
    first = next((record for record in found if any(record.cells)), None)
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
    rows: list[list[str]] = [] if reading.header else [first.cells]
    count, at_once = 0, max(1, CELLS_AT_ONCE // width)
    while True:
        for record in islice(found, at_once):
            if width > 1 and record.cells == [""]:
                continue  # a line of spaces
            if len(record.cells) != width:
                raise TableError(_ragged(record, count + len(rows), names, first.line))
            rows.append(record.cells)
        if not rows:
            break
        count += len(rows)
        if count > MOST_ROWS:
            raise TableError(tr("The table has more than {most:,} rows, which can be read.", most=MOST_ROWS))
        for builder, cells in zip(builders, zip(*rows, strict=True), strict=True):
            builder.add(cells)
        rows = []
    if not count:
        raise TableError(
            tr("The table has only a line of names: it needs a row of cells, or the line is no header.")
        )
    columns = [builder.cells() for builder in builders]
    if width > 1 and not first.cells[-1].strip() and columns[-1] == Cells.empty(count):
        return names[:-1], columns[:-1], notes  # every line ends with a delimiter
    return names, columns, notes


def _ragged(record: Record, row: int, names: Sequence[str], first: int) -> str:
    """Return the sentence on a record with too few or too many cells."""
    count, width = len(record.cells), len(names)
    if count < width:
        return tr(
            "Row {row} (line {line}) ends before column {k} (“{name}”): it has {count} of {width} cells; add "
            "what is missing, or delete the row.",
            row=row + 1,
            line=record.line,
            k=count + 1,
            name=names[count],
            count=count,
            width=width,
        )
    return tr(
        "Row {row} (line {line}) goes on after column {width} (“{name}”): it has {count} cells, but line "
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


def _names(cells: Sequence[str], header: bool) -> tuple[list[str], list[Note]]:
    """Return different names for all columns."""
    names, notes = list[str](), list[Note]()
    for k, cell in enumerate(cells):
        name = one_line(cell, LONGEST_NAME - 8)
        if not name:
            name = tr("column {k}", k=k + 1) if header else f"x{k + 1}"
            free = free_name(names, name)
        elif (free := free_name(names, name)) != name:
            notes.append(
                Note(tr("“{name}” names two columns; this one is “{free}” now.", name=name, free=free), k)
            )
        names.append(free)
    return names, notes
