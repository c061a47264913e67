"""Strict reading of CSV files into named numeric columns and a target.

The first line names the columns; cells are separated by commas, semicolons or tabs; the encoding is UTF-8.
Every fault is reported in one sentence with its line and column. Nothing is guessed, skipped or filled in.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from math import isfinite
from pathlib import Path

import numpy as np

from ..arrays import Array
from ..language import tr, translatable
from ..outside_text import OneSentenceError, one_line

DELIMITERS = ",;\t"
MOST_BYTES = 16_000_000
MOST_SAMPLES = 100_000
MOST_COLUMNS = 1024
MOST_CLASSES = 100
LARGEST = 1e100  # the squares of larger numbers, needed for standard deviations, could overflow

EMPTY = translatable("the cell is empty; fill it or delete the line")
NO_NUMBER = translatable("“{}” is not a number; write numbers like 1.5 or 2e-3")
NOT_FINITE = translatable("“{}” is not finite; fill in a number or delete the line")
TOO_LARGE = translatable("“{}” is too large; use another unit")


class TableError(OneSentenceError):
    """A table that cannot be read; its message is one sentence with the place and, if any, the remedy."""


@dataclass(frozen=True)
class Table:
    """Named columns of numbers, and the target of each sample.

    ``x`` has shape (features, samples). ``labels`` are class numbers (samples,) that index ``class_names``,
    or without class names, values (outputs, samples). Arrays read from a file are read-only.
    """

    feature_names: tuple[str, ...]
    x: Array
    class_names: tuple[str, ...]
    labels: Array

    @property
    def task(self) -> str:
        """The task: "classes" or "regression"."""
        return "classes" if self.class_names else "regression"


def read_table(path: Path, target: str | None = None) -> Table:
    """Return the table in a CSV file; the column named ``target`` (None: the last one) is the target.

    All other columns must be numeric. If the target holds text or integers, these are classes, sorted; other
    numbers, or more than ``MOST_CLASSES`` different integers, are values. Raises TableError.
    """
    columns = _columns(_text(path))
    chosen = columns[-1] if target is None else _named(columns, target)
    features = [column for column in columns if column is not chosen]
    x = np.array([column.numbers() for column in features])
    class_names, labels = _target(chosen)
    for array in (x, labels):
        array.flags.writeable = False
    return Table(tuple(column.name for column in features), x, class_names, labels)


@dataclass(frozen=True)
class _Column:
    """A column as text: ``number`` counts from 1; ``lines`` are the line numbers of its cells."""

    name: str
    number: int
    cells: tuple[str, ...]
    lines: tuple[int, ...]

    def error(self, wrong: str, why: str) -> TableError:
        """Return the error for the first cell that is ``wrong``, which replaces {} in ``why``."""
        line = self.lines[self.cells.index(wrong)]
        return TableError(
            tr(
                "line {line}, column {number} (“{name}”): {why}.",
                line=line,
                number=self.number,
                name=self.name,
                why=why.format(wrong),
            )
        )

    def numbers(self) -> Array:
        """Return the numbers of the column, (samples,)."""
        known = dict.fromkeys(self.cells, 0.0)
        for cell in known:
            if fault := _fault(cell):
                raise self.error(cell, fault)
            known[cell] = float(cell)
        return np.array([known[cell] for cell in self.cells])


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            raise TableError(tr("There is no file “{name}”.", name=path.name))
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise TableError(
            tr("“{name}” cannot be read: {strerror}.", name=path.name, strerror=error.strerror)
        ) from error
    if len(data) > MOST_BYTES:
        raise TableError(
            tr(
                "The table is too large: at most {most} MB can be read.",
                most=MOST_BYTES // 1_000_000,
            )
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError(
            tr("line {line}: this is not UTF-8; save it as CSV UTF-8.", line=_line(data, error.start))
        ) from error
    if "\0" in text:
        raise TableError(
            tr("line {line}: this is not text; save the table as CSV.", line=_line(data, data.index(0)))
        )
    return text


def _line(data: bytes, place: int) -> int:
    return data.count(b"\n", 0, place) + 1


def _columns(text: str) -> list[_Column]:
    """Split the text into columns of equal length with distinct names."""
    rows, lines = _rows(text)
    if not rows:
        raise TableError(tr("The table is empty; it needs a line of names and a line for each sample."))
    names = tuple(one_line(name) for name in rows[0])
    _check_names(names, lines[0])
    for row, line in zip(rows, lines, strict=True):
        if len(row) != len(names):
            raise TableError(
                tr(
                    "line {line}: it has {count} cell(s), but line {first} names {columns} columns.",
                    line=line,
                    count=len(row),
                    first=lines[0],
                    columns=len(names),
                )
            )
    if len(rows) - 1 > MOST_SAMPLES:
        raise TableError(
            tr(
                "line {line}: the samples are too many; at most {most:,} can be read.",
                line=lines[-1],
                most=MOST_SAMPLES,
            )
        )
    if len(rows) < 3:
        raise TableError(
            tr("line {line}: the table ends here, but at least 2 samples are needed.", line=lines[-1])
        )
    cells = zip(*rows[1:], strict=True)
    below = tuple(lines[1:])
    return [
        _Column(name, k, column, below) for k, (name, column) in enumerate(zip(names, cells, strict=True), 1)
    ]


def _rows(text: str) -> tuple[list[list[str]], list[int]]:
    """Return the cells of every non-empty line, and the line numbers."""
    first = text.lstrip("\r\n").partition("\n")[0]
    reader = csv.reader(StringIO(text, newline=""), delimiter=max(DELIMITERS, key=first.count), strict=True)
    rows, lines = [], []
    try:
        for row in islice(filter(None, reader), MOST_SAMPLES + 2):
            rows.append(row)
            lines.append(reader.line_num)
    except csv.Error as error:
        why = tr("the cells cannot be told apart ({error}); check the quotation marks", error=error)
        raise TableError(f"line {reader.line_num}: {why}.") from error
    return rows, lines


def _check_names(names: tuple[str, ...], line: int) -> None:
    if not 2 <= len(names) <= MOST_COLUMNS:
        raise TableError(
            tr(
                "line {line}: the number of columns is {count}; at least 2 are needed, parted by "
                "comma, semicolon or tab, and at most {most} are possible.",
                line=line,
                count=len(names),
                most=MOST_COLUMNS,
            )
        )
    if not any(_fault(name) for name in names):
        raise TableError(
            tr("line {line}: these are numbers; the first line must name the columns.", line=line)
        )
    for k, name in enumerate(names):
        if not name:
            raise TableError(tr("line {line}, column {k}: the column has no name.", line=line, k=k + 1))
        if name in names[:k]:
            first = names.index(name) + 1
            raise TableError(
                tr(
                    "line {line}, column {k}: “{name}” is already the name of column {first}.",
                    line=line,
                    k=k + 1,
                    name=name,
                    first=first,
                )
            )


def _named(columns: list[_Column], name: str) -> _Column:
    for column in columns:
        if column.name == name:
            return column
    raise TableError(
        tr("There is no column “{name}”; the last one is “{last}”.", name=name, last=columns[-1].name)
    )


def _target(column: _Column) -> tuple[tuple[str, ...], Array]:
    """Return class names and class numbers (samples,), or no class names and values (1, samples)."""
    faults = {cell: _fault(cell) for cell in dict.fromkeys(column.cells)}
    for cell, fault in faults.items():
        if fault not in ("", NO_NUMBER):
            raise column.error(cell, fault)
    few = len(faults) <= MOST_CLASSES
    if few and all(not fault and cell.strip().lstrip("+-").isdecimal() for cell, fault in faults.items()):
        return _classes(column, {cell: int(cell) for cell in faults})
    if not any(faults.values()):
        return (), column.numbers()[None, :]
    if few:
        return _classes(column, {cell: one_line(cell) for cell in faults})
    wrong = next(cell for cell, fault in faults.items() if fault)
    why = tr("“{{}}” is not a number, and {count} different texts are too many classes", count=len(faults))
    raise column.error(wrong, tr("{why}; at most {most} are possible", why=why, most=MOST_CLASSES))


def _classes(column: _Column, meanings: Mapping[str, int | str]) -> tuple[tuple[str, ...], Array]:
    order = {meaning: k for k, meaning in enumerate(sorted(set(meanings.values())))}
    if len(order) < 2:
        raise column.error(column.cells[0], tr("“{}” is the only class; two are needed"))
    return tuple(map(str, order)), np.array([order[meanings[cell]] for cell in column.cells])


def _fault(cell: str) -> str:
    """Return why a cell is no usable number; empty if it is one."""
    if not cell.strip():
        return EMPTY
    try:
        size = abs(float(cell.replace("_", "?")))
    except ValueError:
        return NO_NUMBER
    return "" if size <= LARGEST else TOO_LARGE if isfinite(size) else NOT_FINITE
