"""A table as text: a CSV file, or cells to be pasted into a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from .table import Cell, Column, Reading, Table, plain_number

WRITTEN = Reading()
"""How a table is read that `csv_text` has written."""


def csv_text(
    table: Table,
    rows: Sequence[int] | None = None,
    columns: Iterable[int] | None = None,
    delimiter: str = ",",
    *,
    header: bool = True,
) -> str:
    """Return some rows and columns of a table (None: all) as CSV; numbers keep all their digits."""
    chosen = [table.columns[k] for k in (range(len(table.columns)) if columns is None else columns)]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    if header:
        writer.writerow(map(_heading, chosen))
    cells = [column.cells.written() for column in chosen]
    if rows is not None:
        cells = [[column[row] for row in rows] for column in cells]
    writer.writerows(zip(*(map(cell_text, column) for column in cells), strict=True))
    return text.getvalue()


def cell_text(cell: Cell) -> str:
    """Return a cell as text: a number with all its digits, 3 for 3.0."""
    return cell if isinstance(cell, str) else plain_number(cell)


def _heading(column: Column) -> str:
    return f"{column.name} ({column.unit})" if column.unit else column.name
