"""The widget of rows and columns: widths, keys, and copying the selection."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QTableView,
    QWidget,
)

from gui.qt.drawable import guarded_overrides, whole
from gui.views.table.cells import CellDelegate, TableHeader, cell_font
from gui.views.table.contents import Holds
from gui.views.table.rows import TableRows

WIDEST = 260  # initial width of a column in pixels, at most
STANDARD = QKeySequence.StandardKey
OWN_KEYS = {
    *(Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Backtab),
    *(Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_F2),
    *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End),
}
MOST_COPIED = 2_000_000  # cells


@guarded_overrides
class TableGrid(QTableView):
    """The rows. ``find_asked`` is emitted by Ctrl+F; Ctrl+C copies the selection, with tabs between cells.

    In the user's own table cells can be edited: Enter moves down, Tab to the right. ``typed`` carries place,
    section and text once the editor is closed; ``paste_asked`` and ``clear_asked`` are emitted by Ctrl+V and
    Backspace, ``delete_asked`` by Delete.
    """

    find_asked = Signal()
    typed = Signal(int, int, str)
    paste_asked = Signal()
    delete_asked = Signal()
    clear_asked = Signal()

    def __init__(self, rows: TableRows) -> None:
        super().__init__()
        self.rows, self.header = rows, TableHeader(rows)
        self.cells = CellDelegate(rows, self)
        self.setAccessibleName(self.tr("Table"))
        self.setHorizontalHeader(self.header)
        self.setItemDelegate(self.cells)
        self.setModel(rows)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMinimumSize(120, 60)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._committed: tuple[int, int, str] | None = None
        self._closing = False
        self._tabbed_from: int | None = None

    def allow_editing(self, editable: bool) -> None:
        """Let single cells be edited and selected; otherwise whole rows are selected."""
        trigger, behaviour = QAbstractItemView.EditTrigger, QAbstractItemView.SelectionBehavior
        typed = trigger.DoubleClicked | trigger.EditKeyPressed | trigger.AnyKeyPressed
        self.setEditTriggers(typed if editable else trigger.NoEditTriggers)
        self.setSelectionBehavior(behaviour.SelectItems if editable else behaviour.SelectRows)
        self.setTabKeyNavigation(editable)

    def fit(self) -> None:
        """Give every column the width of every possible content, and every row its height."""
        self.setFont(cell_font())
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 5)
        for section in range(self.header.count()):
            inside = min(self.cells.width_of(section, self.font()), WIDEST)
            self.setColumnWidth(section, max(inside, self.header.width_of(section)))
        self.updateGeometries()  # a table with few rows has bands above them

    def follow(self, place: int | None, *, scroll: bool) -> None:
        """Make a place of the table the current one, if it is not; without ``scroll`` nothing scrolls.

        If cells are editable, the current cell stays without ``scroll``.
        """
        if self.rows.editable:
            if place is not None and scroll and self.currentIndex().row() != place:
                self.go_to(place, max(2, self.currentIndex().column()))
            return
        bar, model = self.verticalScrollBar(), self.selectionModel()
        kept = bar.value()
        if place is None:
            model.clear()
        elif self.currentIndex().row() != place or not model.isRowSelected(place):
            command = (
                QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            )
            model.setCurrentIndex(self.rows.index(place, max(0, self.currentIndex().column())), command)
        if place is not None and scroll:
            self.scrollTo(self.rows.index(place, max(0, self.currentIndex().column())))
        else:
            bar.setValue(whole(kept))

    # -- copying -----------------------------------------------------------------------------------

    def selected_text(self) -> str:
        """Return the selection as text: a line per row with tabs between cells, numbers with all digits.

        Whole columns get their titles as headers. The order is the present order of the table.
        """
        rows, chosen = self.rows, self.selectionModel().selection()
        ranges = [chosen.at(k) for k in range(chosen.count())]
        columns = sorted({c for part in ranges for c in range(part.left(), part.right() + 1)})
        places = sorted({r for part in ranges for r in range(part.top(), part.bottom() + 1)})
        columns = [c for c in columns if not self.isColumnHidden(c)]
        places = places[: max(1, MOST_COPIED // max(1, len(columns)))]
        told = [row for place in places if (row := rows.row_at(place)) is not None]
        lines = ["\t".join(rows.copied(row, rows.columns[c]) for c in columns) for row in told]
        if len(columns) > 1 and len(columns) == len(rows.columns):
            lines.insert(0, "\t".join(rows.columns[c].title for c in columns))
        return "\n".join(lines)

    def copy(self) -> None:
        """Copy the selection to the clipboard."""
        text = self.selected_text()
        if text:
            QGuiApplication.clipboard().setText(text)

    # -- typing into cells -------------------------------------------------------------------------

    def commitData(self, editor: QWidget) -> None:
        """Keep what was typed until the editor is closed: an edit may replace all rows."""
        if (
            isinstance(editor, QLineEdit) and not self._closing
        ):  # then it loses the focus, which commits again
            place, section = editor.property("cell")
            self._committed = place, section, editor.text()

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Emit what was typed, and move to the next cell: down after Enter, sideways after Tab."""
        hints = QAbstractItemDelegate.EndEditHint
        if self._closing:
            return
        committed, self._committed = self._committed, None
        self._closing = True
        super().closeEditor(editor, hints.NoHint)
        self._closing = False
        if committed is None or hint == hints.RevertModelCache:
            return
        place, section, _text = committed
        self.typed.emit(*committed)
        first, self._tabbed_from = self._tabbed_from, None
        if hint == hints.SubmitModelCache:  # below the cell in which typing with Tab began
            self.go_to(place + 1, section if first is None else first)
        elif hint in (hints.EditNextItem, hints.EditPreviousItem):
            self.go_aside(place, section, ahead=hint == hints.EditNextItem)
            self._tabbed_from = section if first is None else first

    def go_to(self, place: int, section: int) -> None:
        """Make a cell the current one, if it exists."""
        if 0 <= place < self.rows.rowCount() and 0 <= section < self.rows.columnCount():
            self.setCurrentIndex(self.rows.index(place, section))

    def go_aside(self, place: int, section: int, *, ahead: bool) -> None:
        """Go to the next or previous cell of the data; at the end of a row to the next row."""
        cells = [k for k, column in enumerate(self.rows.columns) if column.kind is Holds.DATA]
        k = cells.index(section) + (1 if ahead else -1)
        self.go_to(place + k // len(cells), cells[k % len(cells)])

    def selected_cells(self) -> list[tuple[int, int]]:
        """Return the selected cells of the data, as row and column of the data."""
        rows, found = self.rows, []
        for index in self.selectedIndexes():
            row, column = rows.row_at(index.row()), rows.columns[index.column()]
            if row is not None and column.kind is Holds.DATA:
                found.append((row, column.at))
        return found

    def selected_rows(self) -> list[int]:
        """Return the rows of the data in which something is selected, in ascending order."""
        chosen = self.selectionModel().selection()
        places = {
            k for i in range(chosen.count()) for k in range(chosen.at(i).top(), chosen.at(i).bottom() + 1)
        }
        return sorted(row for place in places if (row := self.rows.row_at(place)) is not None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._tabbed_from = None
        super().mousePressEvent(event)

    # -- keys --------------------------------------------------------------------------------------

    def takes(self, event: QKeyEvent) -> bool:
        """Whether the table handles a key, although it may be a shortcut of the window."""
        if any(event.matches(key) for key in (STANDARD.Copy, STANDARD.Find, STANDARD.SelectAll)):
            return True
        if not self.rows.editable:
            return False
        plain = not event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        types = plain and event.text().isprintable() and event.text().strip() != ""
        return types or event.matches(STANDARD.Paste) or (plain and event.key() in OWN_KEYS)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        editable, key = self.rows.editable, event.key()
        if self.state() is QAbstractItemView.State.EditingState:
            event.accept()  # keys that the editor ignores, such as Enter, which closes it
        elif event.matches(STANDARD.Copy):
            self.copy()
        elif event.matches(STANDARD.Find):
            self.find_asked.emit()
        elif editable and event.matches(STANDARD.Paste):
            self.paste_asked.emit()
        elif editable and key == Qt.Key.Key_Delete:
            self.delete_asked.emit()
        elif editable and key == Qt.Key.Key_Backspace:
            self.clear_asked.emit()
        elif editable and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.go_to(self.currentIndex().row() + 1, self.currentIndex().column())
        elif key == Qt.Key.Key_Space:
            event.ignore()
        else:
            super().keyPressEvent(event)
