"""A table of one's own as an immutable value: named columns of cells as they were written.

A design holds its table, so tables are compared and kept on the undo stack all the time. Cells are therefore
stored compactly, shared between tables that differ elsewhere, and compared by a hash of their contents.
`core.data.table_edits` changes tables, `core.data.encoding` turns one into samples for a network.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Annotated, Literal, TypeAlias, get_args

import numpy as np
from msgspec import Meta, Struct
from msgspec.structs import force_setattr

from ..arrays import Array
from ..language import tr
from ..outside_text import OneSentenceError, one_line

MOST_ROWS = 1_000_000
MOST_COLUMNS = 1000
MOST_CLASSES = 100
LONGEST_NAME = 100
MOST_NAMED = 20
LONGEST_CELL = 200
LARGEST = 1e100  # the squares of larger numbers, needed for standard deviations, could overflow

_NUMBERS = {
    sign: re.compile(
        rf"[+−-]?(\d+{re.escape(sign)}?\d*|{re.escape(sign)}\d+)([eE][+−-]?\d{{1,4}})?", re.ASCII
    )
    for sign in ".,"
}

Cell: TypeAlias = float | str
"""A number, or a text; the empty text is an empty cell."""
Role: TypeAlias = Literal["input", "target", "ignored"]
CellType: TypeAlias = Literal["number", "text"]
Entry: TypeAlias = Literal["unscaled", "standardized", "0..1", "-1..1", "one-hot", "0/1", "classes"]
Missing: TypeAlias = Literal["leave out", "mean", "most frequent"]
Pixels: TypeAlias = Annotated[int, Meta(ge=1, le=1024)]
Part: TypeAlias = Literal["train", "test", "left out"]
SplitKind: TypeAlias = Literal["hand", "share", "column", "order"]

ROLES: tuple[Role, ...] = get_args(Role)
TYPES: tuple[CellType, ...] = get_args(CellType)
PARTS: tuple[Part, ...] = get_args(Part)
PART_LETTERS = "te-"  # a letter for each of the parts
ENCODINGS = (
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "cp1252",
    "latin-1",
    "ascii",
    "mac-roman",
)
MISSING_MARKS = ("", "?", "-", "NA", "N/A", "NaN", "nan", "null", "None")
"""Texts that mean "no value"."""


class TableError(OneSentenceError):
    """A table, or an edit of one, that is impossible; its message is one sentence with place and remedy."""


class Cells:
    """The cells of one column, unchangeable; each is a finite number or a text.

    ``numbers`` (rows,) are the numbers, NaN where the cell is a text. ``codes`` (rows,) index ``words``, the
    different texts in alphabetical order; -1 where the cell is a number. All arrays are read-only. Equal
    contents are equal and have equal hashes; comparing takes no time that grows with the rows.
    """

    __slots__ = ("_digest", "codes", "numbers", "words")

    def __init__(self, numbers: Array, codes: Array | None = None, words: Sequence[str] = ()) -> None:
        """Take over arrays as described for the class; unused, unsorted or repeated words are tidied up.

        A number that is not finite, or larger than `LARGEST`, must have a code: ValueError otherwise.
        """
        numbers = np.asarray(numbers, float)
        if codes is None or not len(words):
            codes = np.broadcast_to(np.int32(-1), numbers.shape)
            self.words: tuple[str, ...] = ()
        else:
            codes, self.words = _tidied(np.asarray(codes, np.int32), words)
        written = codes < 0
        with np.errstate(invalid="ignore"):
            if not (np.abs(numbers) <= LARGEST)[written].all():
                raise ValueError("a cell must be a text or a finite number of at most 1e100")
        self.numbers: Array = np.where(written, numbers + 0.0, np.nan)  # + 0.0: -0 becomes 0
        self.codes: Array = codes
        for array in (self.numbers, self.codes):
            array.flags.writeable = False
        self._digest = b""

    @classmethod
    def of(cls, cells: Iterable[Cell | int | bool | None]) -> Cells:
        """Return a column of the given cells; None is an empty one, text is made harmless.

        A number that is not finite or too large becomes the text it is written as.
        """
        return cls(*_sorted_out([*cells]))

    @classmethod
    def empty(cls, rows: int) -> Cells:
        """Return ``rows`` empty cells."""
        return cls(np.full(rows, np.nan), np.zeros(rows, np.int32), ("",))

    def __len__(self) -> int:
        return int(self.numbers.size)

    def __getitem__(self, row: int) -> Cell:
        code = self.codes[row]
        return float(self.numbers[row]) if code < 0 else self.words[int(code)]

    def __iter__(self) -> Iterator[Cell]:
        return iter(self.written())

    def written(self, start: int = 0, stop: int | None = None) -> list[Cell]:
        """Return the cells of some rows as a list."""
        numbers: list[Cell] = self.numbers[start:stop].tolist()
        if self.words:
            for k, code in enumerate(self.codes[start:stop].tolist()):
                if code >= 0:
                    numbers[k] = self.words[code]
        return numbers

    def taken(self, rows: Array) -> Cells:
        """Return the cells of the given rows, in that order; -1 gives an empty cell."""
        if not (rows < 0).any():
            return Cells(self.numbers[rows], self.codes[rows], self.words)
        new = rows < 0
        numbers, codes = np.full(rows.size, np.nan), np.full(rows.size, len(self.words), np.int32)
        numbers[~new], codes[~new] = self.numbers[rows[~new]], self.codes[rows[~new]]
        return Cells(numbers, codes, (*self.words, ""))

    def replaced(self, rows: Array, cells: Sequence[Cell]) -> Cells:
        """Return these cells with those of ``rows`` replaced by ``cells``."""
        numbers, codes, words = _sorted_out(cells)
        all_numbers, all_codes = self.numbers.copy(), self.codes.copy()
        all_numbers[rows] = numbers
        all_codes[rows] = np.where(codes < 0, -1, codes + len(self.words))
        return Cells(all_numbers, all_codes, (*self.words, *words))

    @property
    def digest(self) -> bytes:
        """A hash (BLAKE2b) that identifies the contents."""
        if not self._digest:
            hashed = blake2b(np.ascontiguousarray(self.numbers).data, digest_size=16)
            if self.words:
                hashed.update(np.ascontiguousarray(self.codes).data)
                hashed.update("\0".join(self.words).encode("utf-8", "surrogatepass"))
            self._digest = hashed.digest()
        return self._digest

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Cells):
            return NotImplemented
        return self is other or (len(self) == len(other) and self.digest == other.digest)

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"Cells.of({self.written(0, 6)}{' …' if len(self) > 6 else ''})"


def _sorted_out(cells: Sequence[Cell | int | bool | None]) -> tuple[Array, Array, list[str]]:
    """Return numbers, codes and words of cells, as in `Cells`; the words need not be in order."""
    numbers, codes = np.full(len(cells), np.nan), np.full(len(cells), -1, np.int32)
    known: dict[str, int] = {}
    for row, cell in enumerate(cells):
        if isinstance(cell, (int, float)) and abs(cell) <= LARGEST:
            numbers[row] = cell
        else:
            word = "" if cell is None else harmless_cell(str(cell))
            codes[row] = known.setdefault(word, len(known))
    return numbers, codes, [*known]


def json_form(value: object) -> object:
    """Return the JSON form of `Cells`: a list of numbers and texts; an encoding hook of msgspec."""
    if not isinstance(value, Cells):
        raise NotImplementedError
    return [
        int(cell) if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53 else cell
        for cell in value
    ]


def from_json(kind: type, value: object) -> object:
    """Return `Cells` from their JSON form; a decoding hook of msgspec. Raises TableError."""
    if kind is not Cells:
        raise NotImplementedError
    if not isinstance(value, (list, tuple)) or not all(type(cell) in (int, float, str) for cell in value):
        raise TableError(tr("the cells must be a list of numbers and texts"))
    return Cells.of(value)


def number_of(text: str, decimal: str = ".") -> float | None:
    """Return the number that a text is written as; None: it is none that can be computed with.

    ``decimal`` is the decimal sign. A thousands separator is not read.
    """
    found = _NUMBERS[decimal].fullmatch(text.strip())
    if found is None:
        return None
    number = float(found[0].replace("−", "-").replace(",", "."))
    return number if abs(number) <= LARGEST else None


def plain_number(number: float) -> str:
    """Return a number as it is written in a table: 3, not 3.0."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def harmless_cell(text: str) -> str:
    """Return a text that is safe to show as a cell: one line, at most `LONGEST_CELL` characters long."""
    return one_line(text, LONGEST_CELL)


def _tidied(codes: Array, words: Sequence[str]) -> tuple[Array, tuple[str, ...]]:
    """Return codes of sorted words, each of which is different and used."""
    used = np.zeros(len(words) + 1, bool)
    used[codes] = True  # -1, a number, marks the last place, which belongs to no word
    different = sorted({words[k] for k in np.flatnonzero(used[:-1]).tolist()})
    if len(different) == len(words) and tuple(words) == tuple(different):
        return codes, tuple(words)
    place = {word: k for k, word in enumerate(different)}
    moved = np.array([*(place.get(word, -1) for word in words), -1], np.int32)
    return moved[codes], tuple(different)


class _Value(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The base of all parts of a table."""


class Column(_Value, frozen=True):
    """A column: its cells, what they mean, and how they enter the network.

    ``entry`` says how an input or a target enters: a number unscaled, standardized or scaled to an interval;
    a text one-hot, or as 0 and 1 if there are two; a target as classes. Scaling is fitted on the training
    rows alone. ``missing`` says what happens to a row in which an input has no value in this
    column; a row without its target is left out.
    """

    name: Annotated[str, Meta(max_length=LONGEST_NAME, title="Name")]
    cells: Cells
    unit: Annotated[str, Meta(max_length=LONGEST_NAME, title="Unit")] = ""
    role: Annotated[Role, Meta(title="Role")] = "input"
    type: Annotated[CellType, Meta(title="Type")] = "number"
    entry: Annotated[Entry, Meta(title="Enters as")] = "unscaled"
    missing: Annotated[Missing, Meta(title="Missing")] = "leave out"

    def __post_init__(self) -> None:
        """Make the names one line that is safe to print; check that the entry suits role and type."""
        for field in ("name", "unit"):
            text = getattr(self, field)
            if (line := one_line(text, LONGEST_NAME)) != text:
                force_setattr(self, field, line)
        if self.entry not in (known := entries_of(self.role, self.type)):
            raise TableError(
                tr(
                    "Column “{name}” cannot enter as “{entry}”; choose one of {known}.",
                    name=self.name,
                    entry=self.entry,
                    known=", ".join(known),
                )
            )
        if self.missing == "mean" and self.type == "text":
            raise TableError(
                tr("Column “{name}” is text, which has no mean; choose the most frequent.", name=self.name)
            )


SCALINGS: tuple[Entry, ...] = ("standardized", "0..1", "-1..1")
"""The entries of numbers that shift and stretch them."""


def entries_of(role: Role, type: CellType) -> tuple[Entry, ...]:
    """Return how a column of this role and type can enter the network; the first one is the default.

    An ignored column keeps what it had as input or target.
    """
    scalings: tuple[Entry, ...] = ("unscaled", *SCALINGS)
    if role == "ignored":
        return get_args(Entry)
    if role == "target":
        return (*scalings, "classes") if type == "number" else ("classes",)
    return (*scalings, "one-hot", "0/1") if type == "number" else ("one-hot", "0/1")


class Split(_Value, frozen=True):
    """How rows are parted into training and test.

    ``kind`` is "hand" (by the table's ``parts``), "share" (drawn at random by ``seed``; with ``same_mix``,
    every class has the same share), "column" (rows whose cell in ``column`` reads ``test`` are for testing)
    or "order" (the last rows are for testing). ``share`` of the rows is for testing, in "share" and "order".
    """

    kind: Annotated[SplitKind, Meta(title="Training and test")] = "hand"
    share: Annotated[float, Meta(ge=0, le=0.9, title="Test share", description="Held back from training")] = (
        0.3
    )
    seed: Annotated[int, Meta(ge=0, le=2**32 - 1, title="Seed", description="Draws the same split")] = 1
    same_mix: Annotated[bool, Meta(title="Same mix of classes in both")] = True
    column: Annotated[str, Meta(max_length=LONGEST_NAME)] = ""
    test: Annotated[str, Meta(max_length=LONGEST_CELL)] = "test"


class Reading(_Value, frozen=True):
    """How the text of a table is read: guessed first, then changed by hand if need be.

    ``encoding`` is one of `ENCODINGS`. ``delimiter`` is one character; a space means any number of spaces and
    tabs. ``header`` says whether the first line names the columns. Raises TableError.
    """

    encoding: Annotated[str, Meta(max_length=20, title="Encoding")] = "utf-8"
    delimiter: Annotated[str, Meta(min_length=1, max_length=1, title="Delimiter")] = ","
    decimal: Annotated[Literal[".", ","], Meta(title="Decimal sign")] = "."
    header: Annotated[bool, Meta(title="The first line names the columns")] = True

    def __post_init__(self) -> None:
        """Check that a text can be read like this; a file may hold anything."""
        if self.encoding not in ENCODINGS:
            known = ", ".join(ENCODINGS)
            raise TableError(
                tr("There is no encoding “{name}”; choose one of {known}.", name=self.encoding, known=known)
            )
        if self.delimiter.isalnum() or self.delimiter in '"\r\n\0+-.':
            raise TableError(tr("“{sign}” cannot part cells; choose a comma, say.", sign=self.delimiter))


class TableFile(_Value, frozen=True):
    """The file from which the cells of a table were read.

    ``checksum`` is the hexadecimal SHA-256 of its bytes. ``contents`` is the hexadecimal `Table.contents` as
    it was read: cells that were edited since have another one. With ``linked``, a design file names this file
    and does not hold the cells.
    """

    path: Annotated[str, Meta(max_length=4096)]
    checksum: Annotated[str, Meta(max_length=64)]
    reading: Reading
    contents: Annotated[str, Meta(max_length=64)] = ""
    linked: bool = False


class Table(_Value, frozen=True):
    """A table of one's own: columns of equal length with different names.

    ``parts`` holds a letter for each row: "t" for training, "e" for testing, "-" for left out, as given by
    hand; empty: all are for training.
    With ``autoencoder``, the inputs are the targets too, and target columns are not used. A cell that reads
    like one of ``missing_marks`` has no value. ``image_shape`` holds rows and columns if the inputs are the
    pixels of an image. ``file`` is the file that the cells were read from, if any. Raises TableError if
    columns do not fit together.
    """

    columns: Annotated[tuple[Column, ...], Meta(max_length=MOST_COLUMNS)] = ()
    name: Annotated[str, Meta(max_length=LONGEST_NAME, title="Name")] = ""
    parts: Annotated[str, Meta(max_length=MOST_ROWS)] = ""
    split: Split = Split()
    autoencoder: Annotated[bool, Meta(title="Inputs are the targets")] = False
    image_shape: tuple[Pixels, Pixels] | None = None
    missing_marks: Annotated[tuple[str, ...], Meta(max_length=50)] = MISSING_MARKS
    file: TableFile | None = None

    def __post_init__(self) -> None:
        """Make the name one line; check names, lengths and parts."""
        if (name := one_line(self.name, LONGEST_NAME)) != self.name:
            force_setattr(self, "name", name)
        _check(self)

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self.columns[0].cells) if self.columns else 0

    @property
    def symbol(self) -> str:
        """The table in a few words: its name and its size."""
        size = size_text(self.rows, len(self.columns))
        return f"{self.name}, {size}" if self.name else size

    @property
    def contents(self) -> bytes:
        """A hash that identifies the cells of all columns, whatever their names and roles."""
        return blake2b(b"".join(column.cells.digest for column in self.columns), digest_size=16).digest()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)

    def of_role(self, role: Role) -> tuple[Column, ...]:
        """Return the columns of a role, in order."""
        return tuple(column for column in self.columns if column.role == role)

    def place(self, name: str) -> int:
        """Return the position of the column of that name. Raises TableError."""
        for k, column in enumerate(self.columns):
            if column.name == name:
                return k
        raise TableError(no_such_column(name, self.names))

    def part(self, row: int) -> Part:
        """Return the part a row was given by hand."""
        return PARTS[PART_LETTERS.index(self.parts[row])] if self.parts else "train"


def size_text(rows: int, columns: int) -> str:
    """Return the size of a table in words: 150 rows, 5 columns."""
    height = tr("1 row") if rows == 1 else tr("{count:,} rows", count=rows)
    width = tr("1 column") if columns == 1 else tr("{count:,} columns", count=columns)
    return f"{height}, {width}"


def no_such_column(name: str, names: Sequence[str]) -> str:
    """Return the sentence that there is no column of a name."""
    known = ", ".join(f"“{known}”" for known in names[:MOST_NAMED]) + (
        " …" if len(names) > MOST_NAMED else ""
    )
    return tr("There is no column “{name}”; the columns are {known}.", name=name, known=known)


def _check(table: Table) -> None:
    seen: dict[str, int] = {}
    for k, column in enumerate(table.columns, 1):
        if not column.name:
            raise TableError(tr("Column {k} has no name: give it one.", k=k))
        if seen.setdefault(column.name, k) != k:
            raise TableError(
                tr(
                    "Columns {first} and {k} are both named “{name}”: rename one.",
                    first=seen[column.name],
                    k=k,
                    name=column.name,
                )
            )
        if len(column.cells) != table.rows:
            raise TableError(
                tr(
                    "Column “{name}” has {count:,} cells, but the first one {rows:,}: all must have as many.",
                    name=column.name,
                    count=len(column.cells),
                    rows=table.rows,
                )
            )
    if table.rows > MOST_ROWS:
        raise TableError(
            tr("{rows:,} rows are too many; a table holds at most {most:,}.", rows=table.rows, most=MOST_ROWS)
        )
    unread = table.file is not None and not table.rows
    fits = len(table.parts) in (0, table.rows) or unread
    if not fits or table.parts.strip(PART_LETTERS):
        raise TableError(tr("The parts of the rows must be “t”, “e” or “-”, one letter for each row."))
