"""The edits of the user's own table, each of which is one undo step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from core.data.column_words import ENTRIES, GAPS, ROLES, TYPES
from core.data.guessing import is_named_by_first
from core.data.reading import read_block, read_text
from core.data.table import Cells, Column, Part, Split, Table, TableError, entries_of
from core.data.table_edits import (
    add_column,
    change_columns,
    delete_columns,
    delete_rows,
    duplicate_rows,
    free_name,
    insert_rows,
    move_column,
    paste,
    set_cells,
    set_parts,
)
from core.data.writing import csv_text
from core.language import tr
from core.outside_text import one_line
from core.project.json_io import reason, replace_file
from gui.qt.typed_signal import TypedSignal
from gui.widgets import dialogs

SHARES = (0.1, 0.2, 0.3, 0.5)


class TableEditing(QObject):
    """Changes the user's own table.

    ``edited`` carries the changed table and the text of the undo step, ``refused`` a sentence on why an edit
    is impossible, ``told`` one on what was done outside the table.
    """

    edited = TypedSignal[Table, str]()
    refused = TypedSignal[str]()
    told = TypedSignal[str]()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.table = Table()

    def _edit(self, text: str, change: Callable[[Table], Table]) -> None:
        """Request a changed table; if the edit is impossible, show why."""
        try:
            changed = change(self.table)
        except TableError as error:
            self.refused.emit(str(error))
            return
        if changed != self.table:
            self.edited.emit(changed, text)

    # -- cells and rows ----------------------------------------------------------------------------

    def type_cell(self, row: int | None, column: int, text: str) -> None:
        """Put a typed text into a cell; without a row, into a new one at the end."""
        at = self.table.rows if row is None else row

        def change(table: Table) -> Table:
            grown = insert_rows(table, table.rows) if row is None else table
            return set_cells(grown, {(at, column): text})

        if row is not None or text.strip():
            self._edit(self.tr("Type a cell"), change)

    def paste(self, row: int | None, column: int) -> None:
        """Paste the cells in the clipboard into the table, from a cell on; rows and columns are added.

        In a table without rows, a block whose first line names its columns becomes the table, as from a file.
        """
        text, at = QGuiApplication.clipboard().text(), self.table.rows if row is None else row

        def pasted(table: Table) -> Table:
            block = read_block(text)
            if not table.rows and len(block) > 1 and is_named_by_first(block):
                return replace(read_text(text).table, name=table.name)
            return paste(table, at, column, block)

        if text.strip():
            self._edit(self.tr("Paste cells"), pasted)

    def clear(self, cells: Iterable[tuple[int, int]]) -> None:
        """Empty cells."""
        self._edit(self.tr("Clear cells"), lambda table: set_cells(table, dict.fromkeys(cells, "")))

    def add_row(self) -> None:
        """Add an empty row at the end."""
        self._edit(self.tr("Add a row"), lambda table: insert_rows(table, table.rows))

    def insert_row(self, at: int) -> None:
        """Add an empty row before another one."""
        self._edit(self.tr("Insert a row"), lambda table: insert_rows(table, at))

    def delete_rows(self, rows: list[int]) -> None:
        """Delete rows."""
        self._edit(self.tr("Delete rows"), lambda table: delete_rows(table, rows))

    def duplicate_rows(self, rows: list[int]) -> None:
        """Add copies of rows at the end."""
        self._edit(self.tr("Duplicate rows"), lambda table: duplicate_rows(table, rows))

    def set_part(self, rows: list[int], part: Part) -> None:
        """Assign rows to training or test, or leave them out."""
        texts = {
            "train": self.tr("Use rows for training"),
            "test": self.tr("Hold rows back to test"),
            "left out": self.tr("Leave rows out"),
        }
        self._edit(texts[part], lambda table: set_parts(table, rows, part))

    def toggle_part(self, row: int, part: Part) -> None:
        """Move a row that is in a part to the other one; one that is left out, to the training part."""
        self.set_part([row], "test" if part == "train" else "train")

    def row_menu(self, rows: list[int]) -> QMenu:
        """Return the menu of rows: their part, and adding and deleting rows."""
        menu = QMenu(self._window)
        parts: tuple[tuple[str, Part], ...] = (
            (self.tr("Use for training"), "train"),
            (self.tr("Hold back to test"), "test"),
            (self.tr("Leave out"), "left out"),
        )
        for text, part in parts:
            menu.addAction(text).triggered.connect(partial(self._set_part, rows, part))
        menu.addSeparator()
        menu.addAction(self.tr("Insert a row above")).triggered.connect(lambda: self.insert_row(rows[0]))
        menu.addAction(self.tr("Duplicate")).triggered.connect(lambda: self.duplicate_rows(rows))
        menu.addAction(self.tr("Delete")).triggered.connect(lambda: self.delete_rows(rows))
        return menu

    def _set_part(self, rows: list[int], part: Part, _checked: bool = False) -> None:
        self.set_part(rows, part)

    # -- columns -----------------------------------------------------------------------------------

    def add_column(self) -> None:
        """Add an empty input column before the first target, named like the inputs before it."""

        def change(table: Table) -> Table:
            roles = [column.role for column in table.columns]
            at = roles.index("target") if "target" in roles else len(roles)
            name = free_name(table.names, f"x{roles.count('input') + 1}")
            return add_column(table, Column(name, Cells.empty(table.rows)), at)

        self._edit(self.tr("Add a column"), change)

    def rename(self, column: int) -> None:
        """Ask for another name of a column, and rename it."""
        old = self.table.columns[column].name
        title, asked = self.tr("Rename the column"), self.tr("Name of the column:")
        name = one_line(dialogs.line_of_text(self._window, title, asked, old))
        if name and name != old:
            self.change_columns(self.tr("Rename a column"), [column], name=name)

    def change_columns(self, text: str, columns: list[int], **changes: str) -> None:
        """Change role, type, scaling, treatment of missing values or name of columns."""
        self._edit(text, lambda table: change_columns(table, columns, **changes))

    def column_menu(self, k: int) -> QMenu:
        """Return the menu of a column: its role, its type, its encoding, and the use of missing cells."""
        column, menu = self.table.columns[k], QMenu(self._window)
        self.fill_field(menu, "role", [k])
        self.fill_field(menu.addMenu(self.tr("Type")), "type", [k])
        if column.role != "ignored":
            entries = menu.addMenu(self.tr("Enters as"))
            self.fill_field(entries, "entry", [k])
            same = [i for i, other in enumerate(self.table.columns) if _alike(other, column)]
            if len(same) > 1:
                entries.addSeparator()
                told = self.tr("All {count} such columns like this one").format(count=len(same))
                entries.addAction(told).triggered.connect(
                    lambda: self.change_columns(self.tr("How columns enter"), same, entry=column.entry)
                )
            self.fill_field(menu.addMenu(self.tr("Missing cells")), "missing", [k])
        menu.addSeparator()
        menu.addAction(self.tr("Rename…")).triggered.connect(lambda: self.rename(k))
        self._add_moves(menu, k)
        return menu

    def field_menu(self, field: str, columns: list[int]) -> QMenu:
        """Return the menu of one field of columns: "role", "type", "entry" or "missing"."""
        menu = QMenu(self._window)
        self.fill_field(menu, field, columns)
        return menu

    def fill_field(self, menu: QMenu, field: str, columns: list[int]) -> None:
        """Add the choices of a field of columns to a menu; that of the first column is checked."""
        column = self.table.columns[columns[0]]
        names, text = {
            "role": (ROLES, self.tr("Role of a column")),
            "type": (TYPES, self.tr("Type of a column")),
            "entry": (ENTRIES, self.tr("How a column enters")),
            "missing": (GAPS, self.tr("Missing cells")),
        }[field]
        known: Sequence[str] = tuple(names)
        if field == "entry":
            known = entries_of(column.role, column.type)
        elif field == "missing" and column.type == "text":
            known = [gap for gap in GAPS if gap != "mean"]
        group = QActionGroup(menu)
        for key in known:
            action = QAction(tr(names[key]), group)
            action.setCheckable(True)
            action.setChecked(key == getattr(column, field))
            action.triggered.connect(partial(self._choose, text, columns, field, key))
            menu.addAction(action)

    def _choose(self, text: str, columns: list[int], field: str, key: str, _checked: bool = False) -> None:
        self.change_columns(text, columns, **{field: key})

    def _add_moves(self, menu: QMenu, k: int) -> None:
        last, text = len(self.table.columns) - 1, self.tr("Move a column")
        for name, to, possible in (
            (self.tr("Move left"), k - 1, k > 0),
            (self.tr("Move right"), k + 1, k < last),
        ):
            action = menu.addAction(name)
            action.setEnabled(possible)
            action.triggered.connect(
                partial(lambda to, _on=False: self._edit(text, lambda table: move_column(table, k, to)), to)
            )
        delete = menu.addAction(self.tr("Delete the column"))
        delete.triggered.connect(
            lambda: self._edit(self.tr("Delete a column"), lambda table: delete_columns(table, [k]))
        )

    # -- the whole table ---------------------------------------------------------------------------

    def split_menu(self) -> QMenu:
        """Return the menu for splitting rows into training and test."""
        menu, now = QMenu(self._window), self.table.split
        self._add_split(menu, self.tr("By hand, in the table"), replace(now, kind="hand"))
        menu.addSeparator()
        for share in SHARES:
            text = self.tr("{share} % at random").format(share=round(100 * share))
            self._add_split(menu, text, replace(now, kind="share", share=share))
        if now.kind == "share":
            again = menu.addAction(self.tr("Draw other test rows"))
            other = replace(now, seed=(now.seed + 1) % 2**32)
            again.triggered.connect(lambda: self._set_split(other))
        menu.addSeparator()
        for share in SHARES:
            text = self.tr("the last {share} % of the rows").format(share=round(100 * share))
            self._add_split(menu, text, replace(now, kind="order", share=share))
        menu.addSeparator()
        action = menu.addAction(self.tr("The inputs are the targets (autoencoder)"))
        action.setCheckable(True)
        action.setChecked(self.table.autoencoder)
        action.triggered.connect(
            lambda on: self._edit(
                self.tr("Inputs as targets"), lambda table: replace(table, autoencoder=bool(on))
            )
        )
        return menu

    def _add_split(self, menu: QMenu, text: str, split: Split) -> None:
        action = menu.addAction(text)
        action.setCheckable(True)
        now = self.table.split
        fields = ("kind",) if split.kind == "hand" else ("kind", "share")
        action.setChecked(all(getattr(split, field) == getattr(now, field) for field in fields))
        action.triggered.connect(lambda: self._set_split(split))

    def _set_split(self, split: Split) -> None:
        self._edit(self.tr("Split training and test"), lambda table: replace(table, split=split))

    def save_csv(self) -> None:
        """Ask for a file and write the table to it."""
        title = self.tr("Save the table")
        name = dialogs.file_to_save(
            self._window, title, f"{one_line(self.table.name) or 'table'}.csv", "CSV (*.csv)"
        )
        if not name:
            return
        path = Path(name) if Path(name).suffix else Path(name).with_suffix(".csv")
        try:
            replace_file(path, csv_text(self.table).encode())
        except (OSError, ValueError) as error:
            refused = self.tr("The table was not saved: {reason}; choose another place.")
            self.refused.emit(refused.format(reason=reason(error)))
            return
        self.told.emit(self.tr("Saved {name}.").format(name=path.name))


def _alike(column: Column, other: Column) -> bool:
    return column.role == other.role and column.type == other.type
