"""The reader of a table of numbers as people type or paste it.

Rows are lines, or the inner brackets of ``[[1, 2], [3, 4]]``. Numbers are separated by tabs, semicolons or
spaces; if none of these separates them, by commas. Each is read as by `core.graph.number_text`.
"""

from __future__ import annotations

import re

from ..language import tr
from ..outside_text import OneSentenceError
from .number_text import NumberTextError, read_number

_BRACKETS = re.compile(r"[\[\](){}]|array")
_NEXT_ROW = re.compile(r"[\])]\s*,?\s*[\[(]")
MOST_LETTERS = 1 << 20


class NumberTableError(OneSentenceError):
    """A text that is no table of numbers; the message is a sentence with the place of the fault."""


def read_table(text: str) -> tuple[tuple[float, ...], ...]:
    """Return the rows of a table of numbers, all of the same length. Raises NumberTableError."""
    if len(text) > MOST_LETTERS:
        raise NumberTableError(tr("The text is too long for a table of numbers: take a smaller one."))
    lines = _BRACKETS.sub("", _NEXT_ROW.sub("\n", text)).splitlines()
    cells = [_cells(line) for line in lines if line.strip()]
    if not cells:
        raise NumberTableError(tr("There is no number in the text: copy a table of numbers first."))
    table = tuple(
        tuple(_number(cell, row, column) for column, cell in enumerate(line, start=1))
        for row, line in enumerate(cells, start=1)
    )
    for row, numbers in enumerate(table, start=1):
        if len(numbers) != len(table[0]):
            raise NumberTableError(
                tr(
                    "Row {row} has {count} numbers, but row 1 has {first}: give all rows the same number.",
                    row=row,
                    count=len(numbers),
                    first=len(table[0]),
                )
            )
    return table


def _cells(line: str) -> list[str]:
    """Return the cells of a line."""
    for separator in ("\t", ";"):
        if separator in line:
            return [cell.strip() for cell in line.strip(f"{separator} ").split(separator)]
    if len(parts := re.split(r"\s*,\s+|\s+", line.strip().rstrip(","))) > 1:
        return parts
    return line.strip().strip(",").split(",")


def _number(cell: str, row: int, column: int) -> float:
    try:
        return read_number(cell)
    except NumberTextError as error:
        why = tr(error.template, **error.fields)
        raise NumberTableError(
            tr("Row {row}, column {column} must be a number: {why}.", row=row, column=column, why=why)
        ) from None
