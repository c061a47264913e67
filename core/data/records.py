"""The lines and the records of a table in a text, each with its place.

Records are told apart by Python's own reader of CSV, line by line: unlike the readers of pandas and polars it
finds rows that are too short, knows the line of every fault, can be stopped, and is always there.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from ..language import tr
from .guessing import DELIMITER_LINE
from .table import Reading, TableError

LONGEST_LINE = 2_000_000  # characters
TIMES_TOLD = 200  # how often progress is told

Progress = Callable[[float], bool]
"""Is told the share that is read, 0 … 1; returns False to stop."""


class ReadingStopped(Exception):
    """Reading was stopped on request."""


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one record as text, and the line on which it begins, from 1."""

    cells: list[str]
    line: int


class Lines:
    """The lines of a text with their ends, read one by one; ``number`` counts those that are read.

    Iterating raises TableError for what is no text, and ReadingStopped if ``progress`` says so.
    """

    def __init__(self, data: bytes, reading: Reading, progress: Progress | None = None) -> None:
        self.number = 0
        self._size, self._stream = max(1, len(data)), io.BytesIO(data)
        self._text = io.TextIOWrapper(self._stream, encoding=reading.encoding, newline=None)
        self._reading, self._progress = reading, progress

    def __iter__(self) -> Iterator[str]:
        spaced, told = self._reading.delimiter == " ", 0
        try:
            while line := self._text.readline(LONGEST_LINE + 1):
                self.number += 1
                if len(line) > LONGEST_LINE or "\0" in line:
                    raise TableError(self._fault(line))
                if self.number == 1 and DELIMITER_LINE.fullmatch(line := line.removeprefix("\ufeff")):
                    line = "\n"
                yield line.strip(" \t\n").replace("\t", " ") + "\n" if spaced else line
                if self._progress is not None and self._stream.tell() - told > self._size // TIMES_TOLD:
                    told = self._stream.tell()
                    if not self._progress(told / self._size):
                        raise ReadingStopped
        except UnicodeError as error:
            raise TableError(
                tr(
                    "After line {line}, the text is not {encoding}: choose another encoding.",
                    line=self.number,
                    encoding=self._reading.encoding.upper(),
                )
            ) from error

    def _fault(self, line: str) -> str:
        if "\0" in line:
            return tr(
                "Line {line}: this is not text; choose a CSV file, or another encoding.", line=self.number
            )
        return tr(
            "Line {line} has more than {most:,} characters: this is no table, or its lines do not end.",
            line=self.number,
            most=LONGEST_LINE,
        )


def records(
    lines: Iterator[str], reading: Reading, number: int = 0, first: Sequence[str] = ()
) -> Iterator[Record]:
    """Yield the records in lines, after those in ``first``, but no empty lines. Raises TableError.

    ``number`` lines came before. A record takes from ``lines`` just the lines that it needs.
    """
    reader = csv.reader(chain(first, lines), delimiter=reading.delimiter, skipinitialspace=True, strict=True)
    start, spaced = number + 1, reading.delimiter == " "
    try:
        for cells in reader:
            if spaced and len(cells) > 1 and not cells[-1]:
                del cells[-1]
            if cells:
                yield Record(cells, start)
            start = number + reader.line_num + 1
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
