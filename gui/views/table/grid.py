"""The widget of rows and columns: widths, keys, and copying what is selected."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from gui.views.table.cells import CellPainter, TableHeader, cell_font
from gui.views.table.rows import TableRows
from gui.widgets.drawable import whole

WIDEST = 260  # pixels of a column at first
MOST_COPIED = 2_000_000  # cells


class TableGrid(QTableView):
    """The rows. ``find_asked`` is emitted by Ctrl+F; Ctrl+C copies what is selected, tabs between cells."""

    find_asked = Signal()

    def __init__(self, rows: TableRows) -> None:
        super().__init__()
        self.rows, self.header = rows, TableHeader(rows)
        self.cells = CellPainter(rows, self)
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

    def fit(self) -> None:
        """Give every column the width of whatever can stand in it, and every row its height."""
        self.setFont(cell_font())
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 5)
        for section in range(self.header.count()):
            inside = min(self.cells.width_of(section, self.font()), WIDEST)
            self.setColumnWidth(section, max(inside, self.header.width_of(section)))

    def follow(self, place: int | None, *, scroll: bool) -> None:
        """Make a place of the table the current one, if it is not; without ``scroll`` nothing moves."""
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
        """Return what is selected, a row a line with tabs between the cells, numbers in all their digits.

        Whole columns are headed by their titles. The order is that of the table as it is seen.
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
        """Copy what is selected to the clipboard."""
        text = self.selected_text()
        if text:
            QGuiApplication.clipboard().setText(text)

    # -- keys --------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Keep the keys of the table from the shortcuts of the window."""
        own = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if own and isinstance(event, QKeyEvent) and self.takes(event):
            event.accept()
            return True
        return super().event(event)

    def takes(self, event: QKeyEvent) -> bool:
        """Whether a key is one of the table's."""
        return event.matches(QKeySequence.StandardKey.Copy) or event.matches(QKeySequence.StandardKey.Find)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.Find):
            self.find_asked.emit()
        else:
            super().keyPressEvent(event)
