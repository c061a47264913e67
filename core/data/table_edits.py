"""Edits of a table: functions that return a changed table and leave the old one as it is.

Rows and columns are counted from 0. What an edit does not touch is shared with the old table, so edits of
large tables are fast and the undo history stays small.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from msgspec.structs import replace

from ..arrays import Array
from ..language import tr
from .encoding import parts_by_hand
from .table import (
    MOST_COLUMNS,
    MOST_ROWS,
    PART_LETTERS,
    PARTS,
    Cell,
    Cells,
    Column,
    Part,
    Table,
    TableError,
    entries_of,
    number_of,
)


def set_cells(table: Table, cells: Mapping[tuple[int, int], Cell]) -> Table:
    """Return the table with the cells at the given (row, column) replaced.

    Text that reads as a number becomes one in a column of numbers. A column that had no value takes the type
    of its first ones.
    """
    by_column: dict[int, dict[int, Cell]] = {}
    for (row, k), cell in cells.items():
        by_column.setdefault(k, {})[row] = cell
    columns = list(table.columns)
    for k, new in by_column.items():
        columns[k] = _with_cells(table, columns[k], [*new], [*new.values()])
    return replace(table, columns=tuple(columns))


def paste(table: Table, row: int, column: int, block: Sequence[Sequence[Cell]]) -> Table:
    """Return the table with a block of cells from (row, column) on; rows and columns are made as needed.

    Lines of the block that are shorter than the longest one leave the cells beyond their end as they are.
    """
    width = max(map(len, block), default=0)
    if row + len(block) > MOST_ROWS or column + width > MOST_COLUMNS:
        raise TableError(
            tr(
                "This does not fit: a table has at most {rows:,} rows and {columns:,} columns.",
                rows=MOST_ROWS,
                columns=MOST_COLUMNS,
            )
        )
    if not width:
        return table
    while len(table.columns) < column + width:
        table = add_column(table)
    table = insert_rows(table, table.rows, max(0, row + len(block) - table.rows))
    columns = list(table.columns)
    for k in range(width):
        rows = [row + i for i, line in enumerate(block) if k < len(line)]
        cells = [line[k] for line in block if k < len(line)]
        columns[column + k] = _with_cells(table, columns[column + k], rows, cells)
    return replace(table, columns=tuple(columns))


def _with_cells(table: Table, column: Column, rows: Sequence[int], cells: Sequence[Cell]) -> Column:
    new = [_as_number(cell) for cell in cells]
    if not has_values(column.cells, table.missing_marks):
        texts = {cell for cell in new if isinstance(cell, str)} - {*table.missing_marks}
        column = retyped(column, "text" if texts else "number")
    changed = column.cells.replaced(np.array(rows, int), new if column.type == "number" else cells)
    return replace(column, cells=changed)


def has_values(cells: Cells, missing_marks: Iterable[str]) -> bool:
    """Return whether any cell has a value."""
    return bool((cells.codes < 0).any()) or bool({*cells.words} - {*missing_marks})


def _as_number(cell: Cell) -> Cell:
    number = number_of(cell) if isinstance(cell, str) else None
    return cell if number is None else number


def insert_rows(table: Table, at: int, count: int = 1) -> Table:
    """Return the table with ``count`` empty rows, for training, before row ``at``."""
    if not count or not table.columns:
        return table
    order = np.insert(np.arange(table.rows), at, np.full(count, -1))
    return _with_rows(table, order)


def delete_rows(table: Table, rows: Iterable[int]) -> Table:
    """Return the table without these rows."""
    return _with_rows(table, np.delete(np.arange(table.rows), np.array([*rows], int)))


def move_rows(table: Table, rows: Iterable[int], to: int) -> Table:
    """Return the table with these rows, in their order, moved before row ``to``."""
    moved = np.unique(np.array([*rows], int))
    others = np.delete(np.arange(table.rows), moved)
    at = int(np.searchsorted(others, to))
    return _with_rows(table, np.insert(others, at, moved))


def duplicate_rows(table: Table, rows: Iterable[int]) -> Table:
    """Return the table with copies of these rows at the end."""
    return _with_rows(table, np.concatenate([np.arange(table.rows), np.array([*rows], int)]))


def _with_rows(table: Table, order: Array) -> Table:
    """Return the table with the rows of the given numbers, in that order; -1 is a new row."""
    if order.size > MOST_ROWS:
        raise TableError(tr("A table has at most {rows:,} rows.", rows=MOST_ROWS))
    parts = table.parts
    if parts:
        letters = np.frombuffer((parts + PART_LETTERS[0]).encode(), "S1")  # place -1 is that of new rows
        parts = letters[order].tobytes().decode()
    columns = (replace(column, cells=column.cells.taken(order)) for column in table.columns)
    return replace(table, columns=tuple(columns), parts=parts)


def add_column(table: Table, column: Column | None = None, at: int | None = None) -> Table:
    """Return the table with another column before column ``at`` (None: at the end).

    Without ``column``, it is an empty column of numbers; a name that is taken gets a number.
    """
    if len(table.columns) >= MOST_COLUMNS:
        raise TableError(tr("A table has at most {columns:,} columns.", columns=MOST_COLUMNS))
    if column is None:
        column = Column(f"x{len(table.columns) + 1}", Cells.empty(table.rows))
    column = replace(column, name=free_name(table.names, column.name))
    at = len(table.columns) if at is None else at
    return replace(table, columns=(*table.columns[:at], column, *table.columns[at:]))


def free_name(taken: Sequence[str], name: str) -> str:
    """Return a name, with a number after it if it is taken."""
    if name not in taken:
        return name
    known, k = {*taken}, 2
    while f"{name} {k}" in known:
        k += 1
    return f"{name} {k}"


def delete_columns(table: Table, columns: Iterable[int]) -> Table:
    """Return the table without these columns; without any column it has no rows and no parts left."""
    gone = {*columns}
    kept = tuple(column for k, column in enumerate(table.columns) if k not in gone)
    split = table.split
    if split.kind == "column" and split.column not in {column.name for column in kept}:
        split = replace(split, kind="hand", column="")
    return replace(table, columns=kept, split=split, parts=table.parts if kept else "")


def move_column(table: Table, column: int, to: int) -> Table:
    """Return the table with a column moved so that it is column ``to``."""
    others = [*table.columns[:column], *table.columns[column + 1 :]]
    return replace(table, columns=(*others[:to], table.columns[column], *others[to:]))


def change_columns(table: Table, columns: Iterable[int], **changes: Any) -> Table:
    """Return the table with fields of some columns changed: ``change_columns(table, [2], role="target")``.

    How a column enters, and what happens to missing cells, are adapted where they would not suit its new role
    or type. Raises TableError, for example for a name that is taken.
    """
    changed = list(table.columns)
    split = table.split
    for k in columns:
        old, rest = changed[k], dict(changes)
        column = _in_role(old, rest.pop("role", old.role))
        column = retyped(column, rest.pop("type", old.type))
        changed[k] = replace(column, **rest)
        if split.column == old.name:
            split = replace(split, column=changed[k].name)
    return replace(table, columns=tuple(changed), split=split)


def _in_role(column: Column, role: str) -> Column:
    known = entries_of(role, column.type)  # type: ignore[arg-type]
    return replace(column, role=role, entry=column.entry if column.entry in known else known[0])


def retyped(column: Column, type: str) -> Column:
    """Return the column with another type, and an entry and a filling of gaps that suit it."""
    if type == column.type:
        return column
    role = "target" if column.role == "target" else "input"
    entry = "classes" if column.entry == "classes" else entries_of(role, type)[0]  # type: ignore[arg-type]
    missing = "most frequent" if type == "text" and column.missing == "mean" else column.missing
    return replace(column, type=type, entry=entry, missing=missing)


def set_parts(table: Table, rows: Iterable[int], part: Part) -> Table:
    """Return the table with these rows put into a part by hand; all others stay in the part they are in."""
    moved, parts = np.array([*rows], int), parts_by_hand(table)
    parts[moved] = PARTS.index(part)
    return replace(
        table,
        parts=np.array([*PART_LETTERS], "S1")[parts].tobytes().decode(),
        split=replace(table.split, kind="hand"),
    )


def settings_from(table: Table, earlier: Table, *, moved: bool = False) -> Table:
    """Return the table with names, roles and all other settings of an earlier one with the same columns.

    Columns are matched by their place if there are as many, else by name; others keep their own settings.
    With ``moved``, they may have changed places: if all have the same names, they go back to where they were.
    Parts given by hand go by the number of the row; further rows are for training.
    """
    same = len(table.columns) == len(earlier.columns)
    if moved and {*table.names} == {*earlier.names}:
        table = replace(table, columns=tuple(table.columns[table.place(name)] for name in earlier.names))
    known = {column.name: column for column in earlier.columns}
    columns = []
    for k, column in enumerate(table.columns):
        old = earlier.columns[k] if same else known.get(column.name)
        columns.append(column if old is None else replace(old, cells=column.cells))
    parts = earlier.parts
    if parts:
        parts = parts[: table.rows].ljust(table.rows, PART_LETTERS[0])
    return replace(earlier, columns=tuple(columns), parts=parts, file=table.file)
