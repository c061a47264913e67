"""Run table: the table of runs and its keys."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from gui.run_rows import SWATCH, RunRows

SHOW = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
KEYS = (Qt.Key.Key_F2, *SHOW, Qt.Key.Key_Delete)
WIDEST = 18  # letters of a column


class RunTable(QTableView):
    """F2 changes the name of the current run, Space shows or hides its curve, Delete asks to forget it."""

    unpin_asked = Signal()

    def __init__(self, rows: RunRows) -> None:
        super().__init__()
        self.setModel(rows)
        self._prepare()

    def _prepare(self) -> None:
        self.setAccessibleName(self.tr("Runs and what differs in them"))
        self.setToolTip(
            self.tr("F2 changes the name, Enter shows or hides the curve, Delete forgets the run.")
        )
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setIconSize(QSize(*SWATCH))
        self.setMinimumSize(160, 60)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)

    def select_run(self, k: int) -> None:
        """Select a row without a click."""
        flags = QItemSelectionModel.SelectionFlag
        index: QModelIndex = self.model().index(k, 0)
        self.selectionModel().setCurrentIndex(index, flags.Rows | flags.ClearAndSelect)

    def fit(self) -> None:
        """Give rows and columns the size of what stands in them, in the present font."""
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        self.resizeColumnsToContents()
        widest = WIDEST * self.fontMetrics().averageCharWidth()
        for column in range(self.horizontalHeader().count()):
            self.setColumnWidth(column, min(widest, self.columnWidth(column)))

    def event(self, event: QEvent) -> bool:
        """Keep these keys from the window's shortcuts."""
        override = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if override and cast(QKeyEvent, event).key() in KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name: QModelIndex = self.currentIndex().siblingAtColumn(0)
        shown = name.data(Qt.ItemDataRole.CheckStateRole)
        if event.key() == Qt.Key.Key_Delete:
            self.unpin_asked.emit()
        elif event.key() == Qt.Key.Key_F2 and shown is not None:
            self.edit(name)
        elif event.key() in SHOW and shown is not None and self.state() != self.State.EditingState:
            other = Qt.CheckState.Checked if shown == Qt.CheckState.Unchecked else Qt.CheckState.Unchecked
            self.model().setData(name, other, Qt.ItemDataRole.CheckStateRole)
        else:
            super().keyPressEvent(event)
