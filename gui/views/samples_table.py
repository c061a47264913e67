"""A table of all samples with output and loss, the highest loss first."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from core.analysis.sample_losses import SampleLosses, sample_losses
from core.arrays import Array
from core.data.datasets import Dataset
from core.nn.network import Network
from core.nn.trainer import Snapshot
from core.number_style import value_text
from gui.selection import Selection
from gui.theme.theme import LIGHT, Theme
from gui.widgets.drawable import whole
from gui.widgets.form import Segments
from gui.widgets.typed_signal import TypedSignal

MOST_OUTPUTS = 3
MEASURED_ROWS = 30  # for computing widths, since each row takes six texts and their layout
NARROW = 40  # pixels
Index = QModelIndex | QPersistentModelIndex
NUMBER, SET, TARGET, OUTPUT, LOSS, VERDICT = range(6)


class SampleRows(QAbstractTableModel):
    """The samples in descending order of their loss; texts are made only for visible rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.order: Array = np.empty(0, int)
        self.theme = LIGHT
        self._dataset: Dataset | None = None
        self._losses: SampleLosses | None = None

    def show_losses(self, dataset: Dataset, losses: SampleLosses, samples: Array) -> None:
        """Show these samples of a dataset, the highest loss first."""
        order = losses.worst(samples)
        same = dataset is self._dataset and order.size == self.order.size
        if not same:
            self.beginResetModel()
        self._dataset, self._losses, self.order = dataset, losses, order
        if not same:
            self.endResetModel()
        elif order.size:
            self.dataChanged.emit(self.index(0, 0), self.index(order.size - 1, VERDICT))

    def clear(self) -> None:
        """Show no samples."""
        self.beginResetModel()
        self.order = np.empty(0, int)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else int(self.order.size)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else VERDICT + 1

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        classes = self._dataset is None or self._dataset.task == "classes"
        if role == Qt.ItemDataRole.DisplayRole:
            target = self.tr("class") if classes else self.tr("target")
            return ("#", self.tr("set"), target, self.tr("output"), self.tr("loss"), "")[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return (
                self.tr("Number of the sample, counted from 1 over the whole dataset"),
                self.tr("Whether it is for training or held back to test"),
                self.tr("The class it is") if classes else self.tr("The value it has"),
                self._output_tip(),
                self.tr("J of this sample alone, without penalty"),
                self.tr("Whether the network decides rightly"),
            )[section]
        return None

    def _output_tip(self) -> str:
        dataset = self._dataset
        if dataset is None or dataset.task != "classes":
            return self.tr("What the network gives")
        if self._losses is not None and self._losses.o.shape[0] == 1:
            return self.tr("Output for class “{}”; it decides for it above 0.5").format(
                dataset.class_names[1]
            )
        return self.tr("The class the network decides for, and its output")

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if self._losses is None or self._dataset is None or not index.isValid():
            return None
        sample, column = int(self.order[index.row()]), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(self._dataset, self._losses, sample, column)
        if column == VERDICT and self._losses.right is not None:
            return self._verdict(bool(self._losses.right[sample]), role)
        if column == NUMBER and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        muted = column in (NUMBER, SET) and role == Qt.ItemDataRole.ForegroundRole
        return self.theme.muted if muted else None

    def _verdict(self, right: bool, role: int) -> object:
        if role == Qt.ItemDataRole.ForegroundRole:
            return self.theme.gradient_positive if right else self.theme.error
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return self.tr("right") if right else self.tr("wrong")
        return None

    def _text(self, dataset: Dataset, losses: SampleLosses, sample: int, column: int) -> str:
        texts: dict[int, Callable[[], str]] = {
            NUMBER: lambda: str(sample + 1),
            SET: lambda: self.tr("train") if _within(dataset.train, sample) else self.tr("test"),
            TARGET: lambda: _target(dataset, sample),
            OUTPUT: lambda: self._output(dataset, losses, sample),
            LOSS: lambda: value_text(float(losses.loss[sample])),
            VERDICT: lambda: "" if losses.right is None else "✓" if losses.right[sample] else "✗",
        }
        return texts[column]()

    def _output(self, dataset: Dataset, losses: SampleLosses, sample: int) -> str:
        o = losses.o[:, sample]
        if losses.decided is None or o.size == 1:
            return _listed(o)
        k = int(losses.decided[sample])
        return self.tr("{o} ({name})").format(name=dataset.class_names[k], o=value_text(float(o[k])))


def _target(dataset: Dataset, sample: int) -> str:
    if dataset.task == "classes":
        return dataset.class_names[int(dataset.labels[sample])]
    return _listed(dataset.labels[:, sample])


def _within(ascending: Array, sample: int) -> bool:
    k = int(np.searchsorted(ascending, sample))
    return bool(k < ascending.size and ascending[k] == sample)


def _listed(values: Array) -> str:
    shown = [value_text(float(value)) for value in values[:MOST_OUTPUTS]]
    return ", ".join([*shown, "…"] if values.size > MOST_OUTPUTS else shown)


class _Rows(QTableView):
    """A table as wide as its contents; if that is too wide, the output column is narrowed."""

    def fit(self) -> None:
        """Set the width of every column."""
        if self.model() is None:
            return
        header = self.horizontalHeader()
        widths = [max(self.sizeHintForColumn(c), header.sectionSizeHint(c)) for c in range(header.count())]
        seen = sum(width for c, width in enumerate(widths) if not self.isColumnHidden(c))
        widths[OUTPUT] = max(NARROW, widths[OUTPUT] - max(0, seen - self.viewport().width()))
        for c, width in enumerate(widths):
            self.setColumnWidth(c, width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()


class SamplesTable(QWidget):
    """Training, test or all samples with the highest loss first; clicking a row selects its sample.

    It is not updated while hidden.
    """

    select_requested = TypedSignal[Selection]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Samples"))
        self._network: Network | None = None
        self._dataset: Dataset | None = None
        self._snapshot: Snapshot | None = None
        self._sample: int | None = None
        self._part = "all"
        self._stale = self._marking = False
        self.rows = SampleRows(self)
        self.view = _Rows()
        self.line = QLabel()
        self.parts = Segments({"train": self.tr("train"), "test": self.tr("test"), "all": self.tr("all")})
        self.parts.show_choice(self._part)
        self.parts.setToolTip(self.tr("Which samples are listed"))
        self._prepare()
        self.parts.chosen.connect(self._choose)
        self.view.clicked.connect(lambda index: self._ask(index.row()))
        self.view.selectionModel().currentRowChanged.connect(self._current_changed)

    def _prepare(self) -> None:
        view = self.view
        view.setModel(self.rows)
        view.setAccessibleName(self.tr("Samples, the highest loss first"))
        view.setToolTip(self.tr("Click a sample to follow it through the network (↑ ↓)."))
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.setMinimumSize(120, 60)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = view.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(24)
        header.setResizeContentsPrecision(MEASURED_ROWS)
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        self.line.setProperty("look", "small")
        head = QHBoxLayout()
        head.addWidget(self.parts, 1)
        head.addWidget(self.line, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 2, 4, 2)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(view, 1)

    def sizeHint(self) -> QSize:
        return QSize(320, 300)

    # -- what is shown -----------------------------------------------------------------------------

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Show the samples of another network's data."""
        self._network, self._dataset, self._snapshot = network, dataset, None
        self.rows.clear()
        self.view.setColumnHidden(VERDICT, dataset.task != "classes")

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the losses with the present parameters."""
        self._snapshot = snapshot
        self._stale = True
        if self.isVisible():
            self._write()

    def show_selection(self, selection: Selection) -> None:
        """Mark the selected sample."""
        changed = selection.sample != self._sample
        self._sample = selection.sample
        self._mark(scroll=changed)

    def show_theme(self, theme: Theme) -> None:
        """Write in a theme's colours and the present font."""
        self.rows.theme = theme
        line = self.view.fontMetrics().height() + 6
        self.view.verticalHeader().setDefaultSectionSize(line)
        self.view.fit()
        self.view.viewport().update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale and self._snapshot is not None:
            self._write()

    # -- rows --------------------------------------------------------------------------------------

    def _write(self) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            return
        network, dataset = snapshot.network, snapshot.dataset
        self._stale = False
        new = self.rows.order.size == 0
        losses = sample_losses(network, snapshot.shown_theta, dataset)
        everything = np.arange(dataset.x.shape[1])
        samples = {"train": dataset.train, "test": dataset.test, "all": everything}[self._part]
        self.rows.show_losses(dataset, losses, samples)
        self.line.setText(self._sum(losses, samples))
        if new:
            self.view.fit()
        self._mark(scroll=new)

    def _sum(self, losses: SampleLosses, samples: Array) -> str:
        if losses.right is None:
            return self.tr("{} samples").format(samples.size)
        wrong = int(samples.size - losses.right[samples].sum())
        return self.tr("{wrong} of {all} wrong").format(wrong=wrong, all=samples.size)

    def _mark(self, *, scroll: bool) -> None:
        """Highlight the row of the selected sample, which may have moved."""
        found = np.flatnonzero(self.rows.order == (-1 if self._sample is None else self._sample))
        bar = self.view.verticalScrollBar()
        place = bar.value()
        self._marking = True
        if found.size:
            self.view.selectRow(int(found[0]))
        else:
            self.view.clearSelection()
        self._marking = False
        if found.size and scroll:
            self.view.scrollTo(self.rows.index(int(found[0]), 0))
        else:
            bar.setValue(whole(place))

    # -- mouse and keyboard ------------------------------------------------------------------------

    def _choose(self, part: str) -> None:
        self._part = part
        self._write()
        self.view.scrollToTop()

    def _current_changed(self, index: QModelIndex) -> None:
        if index.isValid() and not self._marking:
            self._ask(index.row())

    def _ask(self, row: int) -> None:
        sample = int(self.rows.order[row])
        if sample != self._sample:
            self.select_requested.emit(Selection(sample=sample))
