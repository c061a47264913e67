"""The table of runs, with their scores and those of their settings that differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from core.debugger.pinned_runs import PinnedRun, Setting, differences
from core.language import tr
from core.nn.design import Design
from core.number_style import ratio_text, value_text
from gui.plots.run_plot import run_pen
from gui.qt.drawable import guarded_overrides
from gui.theme.theme import LIGHT, Theme

Index = QModelIndex | QPersistentModelIndex
SCORES = ("train", "test", "accuracy", "iterations")
SWATCH = (26, 12)  # pixels


@dataclass(frozen=True, eq=False)
class RunRow:
    """A row of the table: a pinned run, or the ``present`` one, without a check box and an editable name."""

    run: PinnedRun
    colour: QColor
    shown: bool = True
    present: bool = False


@guarded_overrides
class RunRows(QAbstractTableModel):
    """Name, differing settings, losses, accuracy and iterations of every run.

    ``renamed`` and ``shown_changed`` carry the row and the requested value; nothing changes here until
    `show_rows` is called.
    """

    renamed = Signal(int, str)
    shown_changed = Signal(int, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[RunRow, ...] = ()
        self.settings: tuple[Setting, ...] = ()
        self.theme: Theme = LIGHT
        self._test = False

    def show_rows(self, rows: Sequence[RunRow]) -> None:
        """Show these runs; if only the present run has changed, only its row is updated."""
        rows, settings = tuple(rows), self._settings_of([row.run.design for row in rows])
        shape = [(setting.place, len(self.rows)) for setting in self.settings], len(self.rows)
        alike = shape == ([(setting.place, len(rows)) for setting in settings], len(rows))
        if not alike:
            self.beginResetModel()
        old, self.rows, changed = self.rows, rows, settings != self.settings
        self.settings = settings
        if not alike:
            self.endResetModel()
            return
        for k, (before, now) in enumerate(zip(old, rows, strict=True)):
            if changed or before is not now:
                self.dataChanged.emit(self.index(k, 0), self.index(k, self.columnCount() - 1))

    def row(self, k: int, wanted: RunRow) -> RunRow:
        """Return the old row number k if it equals the ``wanted`` one, else the wanted one."""
        old = self.rows[k] if k < len(self.rows) else None
        if old is None or old.run is not wanted.run:
            return wanted
        same = (old.colour, old.shown, old.present) == (wanted.colour, wanted.shown, wanted.present)
        return old if same else wanted

    def show_part(self, *, test: bool) -> None:
        """Draw the samples of the curves as the plot does: dashed for the test loss."""
        if test != self._test:
            self._test = test
            if self.rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, 0))

    def _settings_of(self, designs: list[Design]) -> tuple[Setting, ...]:
        same = len(designs) == len(self.rows) and all(
            design is row.run.design for design, row in zip(designs, self.rows, strict=True)
        )
        return self.settings if same else differences(designs)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 1 + len(self.settings) + len(SCORES)

    def _score(self, column: int) -> str:
        """Return the score shown in a column, or "" if it shows none."""
        return SCORES[column - 1] if 0 < column <= len(SCORES) else ""

    def _setting(self, column: int) -> Setting:
        """Return the setting shown in a column after the scores."""
        return self.settings[column - 1 - len(SCORES)]

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        titles = {
            "train": (self.tr("train J"), self.tr("Loss of the training set, without penalty")),
            "test": (self.tr("test J"), self.tr("Loss of the test set, without penalty")),
            "accuracy": (
                self.tr("right"),
                self.tr("Share of right classes in the test set, or in the training set without one"),
            ),
            "iterations": (self.tr("iterations"), self.tr("Updates made")),
        }
        if score := self._score(section):
            name, tip = titles[score]
        elif section:
            name = tr(self._setting(section).title)
            part = self._setting(section).place.split(".")[0]
            tip = self.tr("A setting of the data") if part == "data" else self.tr("A setting that differs")
        else:
            name, tip = self.tr("run"), self.tr("The check mark shows or hides the curve of a run")
        return {Qt.ItemDataRole.DisplayRole: name, Qt.ItemDataRole.ToolTipRole: tip}.get(
            Qt.ItemDataRole(role)
        )

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.isValid() and index.column() == 0 and not self.rows[index.row()].present:
            flags |= Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.ToolTipRole and column == 0:
            return self._said(row, index.row())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(row, index.row(), column)
        if role == Qt.ItemDataRole.TextAlignmentRole and self._score(column):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole and not row.shown:
            return self.theme.muted
        return self._of_name(row, role) if column == 0 else None

    def _of_name(self, row: RunRow, role: int) -> object:
        if role == Qt.ItemDataRole.DecorationRole:
            return swatch(row.colour, test=self._test)
        if role == Qt.ItemDataRole.CheckStateRole and not row.present:
            return Qt.CheckState.Checked if row.shown else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.FontRole and row.present:
            font = QFont()
            font.setBold(True)
            return font
        return None

    def _text(self, row: RunRow, k: int, column: int) -> str:
        run, score = row.run, self._score(column)
        if column == 0:
            return run.name
        if not score:
            return self._setting(column).values[k]
        best = run.train if run.test is None else run.test
        texts = {
            "train": value_text(run.train.loss),
            "test": "" if run.test is None else value_text(run.test.loss),
            "accuracy": "" if best.accuracy is None else ratio_text(best.accuracy),
            "iterations": f"{run.iterations:,}",
        }
        return texts[score]

    def _said(self, row: RunRow, k: int) -> str:
        """Return the name of a run and the settings in which it differs, one per line."""
        line = self.tr("{setting}: {value}")
        titles = [(tr(s.title), s.values[k]) for s in self.settings]
        return "\n".join([row.run.name, *(line.format(setting=t, value=v) for t, v in titles)])

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if not index.isValid() or index.column() or self.rows[index.row()].present:
            return False
        if role == Qt.ItemDataRole.CheckStateRole:
            self.shown_changed.emit(index.row(), Qt.CheckState(value) == Qt.CheckState.Checked)
            return True
        name = str(value).strip()
        if role != Qt.ItemDataRole.EditRole or not name:
            return False
        self.renamed.emit(index.row(), name)
        return True


def swatch(colour: QColor, *, test: bool) -> QIcon:
    """Return a sample of a run's curve in its present style."""
    width, height = SWATCH
    pixmap = QPixmap(2 * width, 2 * height)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setPen(run_pen(colour, 6.0, test=test))  # at twice the resolution
    painter.drawLine(1, height // 2, width - 1, height // 2)
    painter.end()
    made = QIcon(pixmap)
    made.addPixmap(pixmap, QIcon.Mode.Selected)
    return made


# -- the table and its keys ------------------------------------------------------------------------------

SHOW = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
KEYS = (Qt.Key.Key_F2, *SHOW, Qt.Key.Key_Delete)


@guarded_overrides
class RunTable(QTableView):
    """The table of runs: F2 renames the current run, Space shows or hides its curve, Delete removes it.

    ``unpin_asked`` is emitted to remove the current run.
    """

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
        """Adapt rows and columns to their contents in the present font."""
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        self.resizeColumnsToContents()
        self.grow()

    def grow(self) -> None:
        """Widen the columns whose texts no longer fit; none becomes narrower, so that they do not flicker."""
        for column in range(self.horizontalHeader().count()):
            wanted = self.sizeHintForColumn(column)
            if wanted > self.columnWidth(column):
                self.setColumnWidth(column, wanted)

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
