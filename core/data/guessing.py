"""Guesses about a table that is read: encoding, delimiter, header; type, role and entry of its columns.

Every guess may be wrong; all are shown, those that leave something out with a note, and can be changed.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

import numpy as np

from ..language import tr
from .table import (
    MISSING_MARKS,
    Cells,
    CellType,
    Column,
    Entry,
    Missing,
    Reading,
    Role,
    number_of,
    plain_number,
)

DELIMITER_LINE = re.compile(r'"?sep=(.)"?\s*')  # with which some spreadsheets begin a file
SAMPLE_BYTES, SAMPLE_RECORDS = 64_000, 100
DELIMITERS = ",;\t| "
MOSTLY = 0.9
LEAST_NUMBERS = 0.3  # of the cells, if these are parted by spaces
MOST_CATEGORIES = 30
LEAST_ROWS_TO_SCALE = 10  # fewer are an example worked by hand, whose numbers stand for themselves
LARGE_VALUE = 3.0  # larger targets are standardized, since a network begins with outputs around 0
TARGETS = re.compile(
    r"(t|y|o|out|output|target|label|class|klasse|ziel)[ _]?\d*|species|survived|quality|diagnosis|variety",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(.*?)[ _]?\d+")
ROW_NUMBERS = re.compile(r"|(.*[ _])?id|index|nr|no|row ?names?|unnamed.*|passengerid", re.IGNORECASE)
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ]\d{1,2}:\d{2}.*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}( \d{1,2}:\d{2}.*)?"
    r"|\d{1,2}:\d{2}(:\d{2})?"
)


@dataclass(frozen=True)
class ReadingNote:
    """What was noticed while reading: a sentence, with the column it is about (from 0; None: the table)."""

    why: str
    column: int | None = None


# -- how the text is read -------------------------------------------------------------------------------


def guessed_reading(data: bytes, **given: Any) -> Reading:
    """Return how the bytes of a table are probably read; fields of `Reading` that are ``given`` are kept."""
    encoding = given.get("encoding") or guessed_encoding(data)
    text = data[:SAMPLE_BYTES].decode(encoding, "replace").removeprefix("\ufeff")
    lines = text.splitlines(keepends=True)
    if told := DELIMITER_LINE.fullmatch(lines[0] if lines else ""):
        given = {"delimiter": told[1], **given}
        del lines[0]
    if len(data) > SAMPLE_BYTES and len(lines) > 1:
        del lines[-1]  # it may be cut
    delimiter = given.get("delimiter") or max(DELIMITERS, key=lambda sign: _fitness(lines, sign))
    rows = _rows(lines, delimiter)
    decimal = given.get("decimal") or _decimal(rows, delimiter)
    header = given.get("header")
    if header is None:
        header = is_named_by_first(rows, decimal)
    return Reading(encoding, delimiter, decimal, header)


def guessed_encoding(data: bytes) -> str:
    """Return the encoding of a text: by its byte-order mark, as UTF-8 if it is valid, else of Windows."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return name
    sample = data[:SAMPLE_BYTES]
    if len(sample) > 3 and sample.count(0) > len(sample) // 4:
        return "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), 1 << 20):
            decoder.decode(data[start : start + (1 << 20)])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        undefined = any(bytes([byte]) in data for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D))
        return "latin-1" if undefined else "cp1252"
    return "utf-8"


def _rows(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """Return the cells of the first records."""
    if delimiter == " ":
        lines = [line.strip(" \t\r\n").replace("\t", " ") + "\n" for line in lines]
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    try:
        return [[cell.strip() for cell in row] for row in islice(reader, SAMPLE_RECORDS) if any(row)]
    except csv.Error:
        return []


def _fitness(lines: Sequence[str], delimiter: str) -> float:
    """Return how well a delimiter fits: 1 for equally many cells in all rows, and 1 for numbers alone."""
    rows = _rows(lines, delimiter)
    if not rows:
        return 0.0
    width, same = Counter(map(len, rows)).most_common(1)[0]
    if width == 1:
        return 0.0
    cells = [cell for row in rows for cell in row]
    numbers = sum(_is_number(cell) or cell in MISSING_MARKS for cell in cells)
    if delimiter == " " and (same < MOSTLY * len(rows) or numbers < LEAST_NUMBERS * len(cells)):
        return 0.0  # sentences
    return same / len(rows) + numbers / len(cells)


def _is_number(cell: str) -> bool:
    return number_of(cell) is not None or number_of(cell, ",") is not None


def _decimal(rows: Sequence[Sequence[str]], delimiter: str) -> Literal[".", ","]:
    """Return the decimal sign that more numbers have."""
    if delimiter == ",":
        return "."
    cells = [cell for row in rows for cell in row if _is_number(cell)]
    return "," if sum("," in cell for cell in cells) > sum("." in cell for cell in cells) else "."


def is_named_by_first(rows: Sequence[Sequence[str]], decimal: str = ".") -> bool:
    """Return whether the first row probably names the columns.

    It does not if one of its cells is a number. It does if there are numbers below, or if none of its texts
    comes again in its column.
    """
    if not rows or not any(rows[0]) or any(number_of(cell, decimal) is not None for cell in rows[0]):
        return False
    below = [row for row in rows[1:] if len(row) == len(rows[0])]
    if any(number_of(cell, decimal) is not None for row in below for cell in row):
        return True
    return not any(cell and cell == row[k] for row in below for k, cell in enumerate(rows[0]))


# -- what the columns are -------------------------------------------------------------------------------


def guessed_columns(
    names: Sequence[str],
    units: Sequence[str],
    cells: Sequence[Cells],
    types: Sequence[CellType] | None = None,
    targets: Sequence[str] = (),
) -> tuple[tuple[Column, ...], list[ReadingNote]]:
    """Return columns with the type, role and entry they probably have, and notes on what is left out.

    ``types`` are the types of the columns if they are known, ``targets`` the names of the targets.
    """
    notes: list[ReadingNote] = []
    seen = [
        _Seen(column, types[k] if types and len(types) == len(cells) else None)
        for k, column in enumerate(cells)
    ]
    roles: list[Role] = ["input"] * len(names)
    for k, (name, column) in enumerate(zip(names, seen, strict=True)):
        if why := column.why_ignored(name):
            roles[k] = "ignored"
            notes.append(ReadingNote(why, k))
    for k in [names.index(name) for name in targets] or _targets(names, roles, seen):
        roles[k] = "target"
        notes = [note for note in notes if note.column != k]
    several = [k for k, role in enumerate(roles) if role == "target"]
    as_values = len(several) > 1 and not _one_hot([cells[k] for k in several])
    columns = []
    for k, column in enumerate(seen):
        entry, missing, told = column.enters(names[k], roles[k])
        if as_values and k in several and column.type == "number" and entry == "classes":
            entry, told = "unscaled", []  # several labels of one row, or values that happen to be whole
        notes += [ReadingNote(why, k) for why in told]
        columns.append(
            Column(
                names[k], cells[k], units[k], role=roles[k], type=column.type, entry=entry, missing=missing
            )
        )
    return tuple(columns), notes


class _Seen:
    """What is seen of a column's cells."""

    def __init__(self, cells: Cells, type: CellType | None) -> None:
        counts = np.bincount(cells.codes[cells.codes >= 0], minlength=len(cells.words))
        self.words = {
            word: int(count)
            for word, count in zip(cells.words, counts, strict=True)
            if word not in MISSING_MARKS
        }
        self.numbers = cells.numbers[cells.codes < 0]
        self.texts = sum(self.words.values())
        self.known = self.numbers.size + self.texts
        self.missing = len(cells) - self.known
        self.rows = len(cells)
        mostly_numbers = self.numbers.size >= MOSTLY * self.known
        self.type: CellType = type or ("number" if mostly_numbers else "text")
        self.different = np.unique(self.numbers)

    @property
    def categories(self) -> int:
        """The number of different values."""
        return len(self.words) + self.different.size

    @property
    def whole(self) -> bool:
        """Whether all values are whole numbers."""
        return not self.texts and bool((self.numbers == np.floor(self.numbers)).all())

    def why_ignored(self, name: str) -> str:
        """Return why the column is better ignored, as a sentence; empty if it is not."""
        if not self.known:
            return tr("“{name}” has no values: ignored.", name=name)
        if self.rows >= LEAST_ROWS_TO_SCALE and self.missing > self.rows // 2:
            return tr(
                "“{name}” has no value in {missing:,} of {rows:,} rows: ignored.",
                name=name,
                missing=self.missing,
                rows=self.rows,
            )
        if self.type == "text":
            dates = sum(count for word, count in self.words.items() if _DATE.fullmatch(word))
            if dates >= MOSTLY * self.known:
                return tr("“{name}” holds dates or times, which cannot enter: ignored.", name=name)
            all_different = self.categories == self.known > 2
            if all_different or (self.categories > MOST_CATEGORIES and self.categories > self.known // 20):
                return tr(
                    "“{name}” has {count:,} different texts, too many to enter one-hot: ignored.",
                    name=name,
                    count=self.categories,
                )
        elif self.known > 2 and self.whole and not self.missing and self.categories == self.rows:
            steps = np.diff(self.numbers)
            if ROW_NUMBERS.fullmatch(name) or (
                self.rows > 20 and (steps == 1).all() and self.numbers[0] in (0, 1)
            ):
                return tr("“{name}” numbers the rows: ignored.", name=name)
        return ""

    def enters(self, name: str, role: Role) -> tuple[Entry, Missing, list[str]]:
        """Return how the column enters, what is done about its gaps, and sentences on that."""
        notes = []
        if role != "ignored" and self.rows > 1 and self.categories == 1:
            value = next(iter(self.words), "") or plain_number(float(self.different[0]))
            notes.append(
                tr(
                    "“{name}” is “{value}” in every row: nothing can be learned from it.",
                    name=name,
                    value=value,
                )
            )
        if self.type == "text":
            entry: Entry = "classes" if role == "target" else "0/1" if self.categories == 2 else "one-hot"
            rare = self.missing <= self.rows // 5
            return entry, "leave out" if rare or role == "target" else "most frequent", notes
        worked = self.rows < LEAST_ROWS_TO_SCALE
        if role != "target":
            return ("unscaled" if worked else "standardized"), "mean", notes
        if self.as_classes:
            if self.categories > 2:
                text = tr(
                    "“{name}” has {count} whole numbers, taken for classes: let it enter as a value if it "
                    "is one.",
                    name=name,
                    count=self.categories,
                )
                notes.append(text)
            return "classes", "leave out", notes
        large = (
            not worked
            and self.numbers.size
            and np.abs(self.numbers.mean()) + self.numbers.std() > LARGE_VALUE
        )
        return ("standardized" if large else "unscaled"), "leave out", notes

    @property
    def as_classes(self) -> bool:
        """Whether numbers look like the numbers of classes: 0, 1, 2 … or 1, 2, 3 …."""
        if self.type == "text":
            return True
        count = self.different.size
        from_zero = self.different[0] in (0, 1) if count else False
        return bool(
            self.whole and from_zero and count <= 10 and self.different[-1] - self.different[0] == count - 1
        )


def _one_hot(columns: Sequence[Cells]) -> bool:
    """Return whether of several columns of 0 and 1 just one is 1 in every row."""
    numbers = np.stack([column.numbers for column in columns])
    return bool(np.isin(numbers, (0, 1)).all() and (numbers.sum(axis=0) == 1).all())


def _targets(names: Sequence[str], roles: Sequence[Role], seen: Sequence[_Seen]) -> list[int]:
    """Return the columns that are probably the target: by their names, else the last one."""
    usable = [k for k, role in enumerate(roles) if role != "ignored"]
    named = [k for k in usable if TARGETS.fullmatch(names[k])]
    values = [k for k in named if not seen[k].as_classes]
    stems = {k: found[1].lower() for k in named if (found := _NUMBERED.fullmatch(names[k]))}
    alike = [k for k in stems if stems[k] == next(iter(stems.values())) and seen[k].type == "number"]
    if 1 < len(alike) < len(usable):
        return alike
    if named and len(named) < len(usable):
        special = [k for k in named if names[k].lower() != "class"]  # which is often one of the inputs
        return values if len(values) > 1 else (special or named)[:1]
    if len(usable) > 1:
        return usable[-1:]
    last = len(names) - 1
    return [last] if last > 0 and seen[last].known and roles[last] == "ignored" and usable else []
