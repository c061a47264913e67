"""Samples table: every sample with its output, its loss and its features, sorted by any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QShowEvent
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
from core.number_style import exact_text, value_text
from gui.selection import Selection
from gui.theme.theme import LIGHT, Theme
from gui.widgets.drawable import whole
from gui.widgets.form import Segments
from gui.widgets.typed_signal import TypedSignal

MOST_OUTPUTS = 3
MEASURED_VALUES = 64  # different values of a feature that are measured one by one
MARGIN = 12  # pixels beside the text of a cell
Index = QModelIndex | QPersistentModelIndex
NUMBER, SET, TARGET, LOSS, VERDICT, OUTPUT, FEATURES = range(7)
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


# -- The order of the samples ----------------------------------------------------------------------------


@dataclass(frozen=True)
class SortKey:
    """A column the samples are sorted by; ``falling``: the highest first."""

    column: int
    falling: bool


WORST_FIRST = (SortKey(LOSS, falling=True),)


def sort_values(dataset: Dataset, losses: SampleLosses, column: int) -> Array:
    """Return what samples are compared by in a column, (samples,); a loss that is none is the highest."""
    numbers = np.arange(dataset.x.shape[1])
    right = numbers if losses.right is None else losses.right
    decided = losses.o.shape[0] > 1 and losses.decided is not None
    values: Mapping[int, Array] = {
        NUMBER: numbers,
        SET: np.isin(numbers, dataset.test),
        TARGET: np.atleast_2d(dataset.labels)[0],
        LOSS: np.where(np.isnan(losses.loss), np.inf, losses.loss),
        VERDICT: right,
        OUTPUT: np.asarray(losses.decided if decided else losses.o[0]),
    }
    # Features are compared as the network sees them: standardizing keeps the order.
    return values[column] if column in values else np.asarray(dataset.x[column - FEATURES])


def in_order(dataset: Dataset, losses: SampleLosses, samples: Array, keys: Iterable[SortKey]) -> Array:
    """Return samples sorted by the first key, where it leaves them equal by the next, at last by number."""
    order = np.sort(samples)
    for key in reversed(tuple(keys)):
        values = sort_values(dataset, losses, key.column)[order]
        ranks = np.unique(values, return_inverse=True)[1]
        order = order[np.argsort(-ranks if key.falling else ranks, kind="stable")]
    return order


def after_click(keys: tuple[SortKey, ...], column: int, *, add: bool) -> tuple[SortKey, ...]:
    """Return the keys after a click on a header: the column alone, or ``add`` it; again turns it round.

    Losses are sorted from the highest at first, all else from the lowest.
    """
    old = next((key for key in keys if key.column == column), None)
    new = SortKey(column, column == LOSS if old is None else not old.falling)
    if not add:
        return (SortKey(column, column == LOSS),) if len(keys) > 1 or old is None else (new,)
    return tuple(new if key is old else key for key in keys) if old else (*keys, new)


# -- The rows, whose texts are made when they are seen ---------------------------------------------------


class SampleRows(QAbstractTableModel):
    """Samples of a set in an order; texts are made for the rows that are seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.order: Array = np.empty(0, int)
        self.theme = LIGHT
        self.keys: tuple[SortKey, ...] = WORST_FIRST
        self._dataset: Dataset | None = None
        self._losses: SampleLosses | None = None

    def show_dataset(self, dataset: Dataset) -> None:
        """Show no samples yet of a dataset, but its columns."""
        self.beginResetModel()
        self._dataset, self._losses, self.order = dataset, None, np.empty(0, int)
        self.keys = tuple(key for key in self.keys if key.column < self.columnCount()) or WORST_FIRST
        if dataset.task != "classes":
            self.keys = tuple(key for key in self.keys if key.column != VERDICT) or WORST_FIRST
        self.endResetModel()

    def show_losses(self, losses: SampleLosses, order: Array) -> None:
        """Show these samples in this order."""
        same = order.size == self.order.size
        if not same:
            self.beginResetModel()
        self._losses, self.order = losses, order
        if not same:
            self.endResetModel()
        elif order.size:
            self.dataChanged.emit(self.index(0, 0), self.index(order.size - 1, self.columnCount() - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else int(self.order.size)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        features = 0 if self._dataset is None else self._dataset.features
        return 0 if parent.isValid() else FEATURES + features

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return " ".join(part for part in (self.title(section), self._mark(section)) if part)
        if role == Qt.ItemDataRole.TextAlignmentRole and self.is_number(section):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            how = self.tr("Click to sort by it, again to turn the order round; Shift+click adds it.")
            return f"{self._tip(section)}\n{how}"
        return None

    def is_number(self, column: int) -> bool:
        """Whether numbers stand in a column, which are written at the right."""
        return column in (NUMBER, LOSS) or column >= FEATURES

    def title(self, column: int) -> str:
        """Return the name of a column."""
        if column >= FEATURES:
            assert self._dataset is not None
            return self._dataset.feature_names[column - FEATURES]
        classes = self._dataset is None or self._dataset.task == "classes"
        target = self.tr("class") if classes else self.tr("target")
        return ("#", self.tr("set"), target, self.tr("loss"), "", self.tr("output"))[column]

    def _mark(self, column: int) -> str:
        """Return how the samples are sorted by a column, with its place where there are several."""
        for k, key in enumerate(self.keys, 1):
            if key.column == column:
                place = str(k).translate(RAISED) if len(self.keys) > 1 else ""
                return ("▾" if key.falling else "▴") + place
        return ""

    def _tip(self, column: int) -> str:
        if column >= FEATURES:
            return self.tr("Feature {name}, in its own unit").format(name=self.title(column))
        classes = self._dataset is None or self._dataset.task == "classes"
        return (
            self.tr("Number of the sample, counted from 1 over the whole dataset"),
            self.tr("Whether it is for training or held back to test"),
            self.tr("The class it is") if classes else self.tr("The value it has"),
            self.tr("J of this sample alone, without penalty"),
            self.tr("Whether the network decides rightly"),
            self._output_tip(),
        )[column]

    def _output_tip(self) -> str:
        dataset = self._dataset
        if dataset is None or dataset.task != "classes":
            return self.tr("What the network gives")
        if self._losses is not None and self._losses.o.shape[0] == 1:
            return self.tr("Output for class “{name}”; it decides for it above {threshold}").format(
                name=dataset.class_names[1], threshold=exact_text(dataset.threshold)
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
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._exact(self._dataset, self._losses, sample, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and self.is_number(column):
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
        if column >= FEATURES:
            return value_text(float(dataset.measured(sample)[column - FEATURES]))
        texts: dict[int, Callable[[], str]] = {
            NUMBER: lambda: str(sample + 1),
            SET: lambda: self.tr("train") if _within(dataset.train, sample) else self.tr("test"),
            TARGET: lambda: _target(dataset, sample),
            OUTPUT: lambda: self._output(dataset, losses, sample),
            LOSS: lambda: value_text(float(losses.loss[sample])),
            VERDICT: lambda: "" if losses.right is None else "✓" if losses.right[sample] else "✗",
        }
        return texts[column]()

    def _exact(self, dataset: Dataset, losses: SampleLosses, sample: int, column: int) -> str | None:
        """Return the numbers of a cell in all their digits, one a line."""
        if column >= FEATURES:
            return exact_text(dataset.measured(sample)[column - FEATURES])
        values = {OUTPUT: losses.o[:, sample], LOSS: losses.loss[sample : sample + 1]}
        if dataset.task != "classes":
            values[TARGET] = dataset.labels[:, sample]
        return "\n".join(exact_text(value) for value in values[column]) if column in values else None

    def _output(self, dataset: Dataset, losses: SampleLosses, sample: int) -> str:
        o = losses.o[:, sample]
        if losses.decided is None or o.size == 1:
            return _listed(o)
        k = int(losses.decided[sample])
        return self.tr("{o} ({name})").format(name=dataset.class_names[k], o=value_text(float(o[k])))

    def widest(self, column: int) -> list[str]:
        """Return texts of which none that can stand in a column is wider than the widest."""
        dataset = self._dataset
        if dataset is None:
            return []
        names, numbers = list(dataset.class_names), _widest_numbers()
        if column >= FEATURES:
            return _widest_of(dataset, column - FEATURES)
        rest = ["…"] if dataset.outputs > MOST_OUTPUTS else []
        listed = [", ".join([number] * min(MOST_OUTPUTS, dataset.outputs) + rest) for number in numbers]
        classes = dataset.task == "classes"
        decided = classes and dataset.outputs > 1
        said = self.tr("{o} ({name})")
        outputs = [said.format(o=number, name=name) for name in names for number in numbers]
        texts: dict[int, list[str]] = {
            NUMBER: [str(dataset.x.shape[1])],
            SET: [self.tr("train"), self.tr("test")],
            TARGET: names if classes else listed,
            OUTPUT: outputs if decided else listed,
            LOSS: numbers,
            VERDICT: ["✓", "✗"],
        }
        return texts[column]


def _widest_numbers() -> list[str]:
    """Return the widest texts a computed number usually has, with a power of ten and without."""
    return [value_text(-8 / 9 * power) for power in (1e-87, 1e-3)]


def _widest_of(dataset: Dataset, feature: int) -> list[str]:
    """Return the texts of a feature's values; of many different ones, what all of them fit in."""
    mean = 0.0 if dataset.mean is None else dataset.mean[feature]
    std = 1.0 if dataset.std is None else dataset.std[feature]
    values = np.unique(dataset.x[feature])
    if values.size > MEASURED_VALUES:
        return _widest_numbers()
    return [value_text(float(value)) for value in values * std + mean]


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


# -- The table -------------------------------------------------------------------------------------------


class _Header(QHeaderView):
    """The header of the columns; a click on it asks to sort."""

    sort_asked = Signal(int, bool)

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(24)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        self._add = False
        self.sectionClicked.connect(lambda column: self.sort_asked.emit(column, self._add))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._add = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        super().mouseReleaseEvent(event)


class _Rows(QTableView):
    """A table whose columns are as wide as all that can stand in them; where it is narrow it scrolls."""

    def __init__(self, rows: SampleRows) -> None:
        super().__init__()
        self._rows, self.header = rows, _Header()
        self.setHorizontalHeader(self.header)
        self.setModel(rows)

    def fit(self) -> None:
        """Give every column its width."""
        metrics, bold = QFontMetrics(self.font()), QFontMetrics(self.header.font())
        for c in range(self.header.count()):
            inside = max(map(metrics.horizontalAdvance, self._rows.widest(c)), default=0)
            # The longest mark of sorting is kept free, so that no column moves when it is sorted.
            title = self.header.sectionSizeHint(c) + bold.horizontalAdvance(" ▾²" * bool(self._rows.title(c)))
            self.setColumnWidth(c, max(inside + MARGIN, title))


class SamplesTable(QWidget):
    """All samples, those for training or testing, or those misread, in a chosen order; a click selects one.

    A click on a header sorts. While training goes on the numbers follow it and the samples keep their
    places until a header is clicked. It is not written while hidden.
    """

    select_requested = TypedSignal[Selection]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Samples"))
        self._network: Network | None = None
        self._dataset: Dataset | None = None
        self._snapshot: Snapshot | None = None
        self._losses: SampleLosses | None = None
        self._sample: int | None = None
        self._part = "all"
        self._stale = self._marking = self._running = False
        self.rows = SampleRows(self)
        self.view = _Rows(self.rows)
        self.line = QLabel()
        parts = {
            "all": self.tr("all"),
            "train": self.tr("train"),
            "test": self.tr("test"),
            "misread": self.tr("misread"),
        }
        self.parts = Segments(parts)
        self.parts.show_choice(self._part)
        self.parts.setToolTip(self.tr("Which samples are listed; misread are those decided wrongly"))
        self._prepare()
        self.parts.chosen.connect(self._choose)
        self.view.header.sort_asked.connect(self._sort)
        self.view.clicked.connect(lambda index: self._ask(index.row()))
        self.view.selectionModel().currentRowChanged.connect(self._current_changed)

    def _prepare(self) -> None:
        view = self.view
        view.setAccessibleName(self.tr("Samples"))
        view.setToolTip(self.tr("Click a sample to follow it through the network (↑ ↓)."))
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.setMinimumSize(120, 60)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.line.setProperty("look", "small")
        head = QHBoxLayout()
        head.addWidget(self.parts, 2)
        head.addWidget(self.line, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 2, 4, 2)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(view, 1)

    def sizeHint(self) -> QSize:
        return QSize(320, 300)

    # -- contents ----------------------------------------------------------------------------------

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """List the samples of another network's data."""
        same = dataset is self._dataset
        self._network, self._dataset, self._snapshot = network, dataset, None
        self._losses = None
        self.rows.show_dataset(dataset)
        classes = dataset.task == "classes"
        self.view.setColumnHidden(VERDICT, not classes)
        self.parts.allow("misread", classes)
        if not classes and self._part == "misread":
            self._part = "all"
            self.parts.show_choice(self._part)
        if not same:
            self.view.fit()

    def show_running(self, running: bool) -> None:
        """Keep the samples in their places while training goes on, and sort them when it rests."""
        self._running = running
        if not running:
            self._arrange()

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
        self._stale = False
        self._losses = sample_losses(snapshot.network, snapshot.shown_theta, snapshot.dataset)
        if self._running and self.rows.order.size:
            self._show(self.rows.order)
        else:
            self._arrange()

    def _arrange(self) -> None:
        """Choose and sort the samples anew."""
        if self._losses is not None:
            self._show(self._sorted(self._losses))

    def _sorted(self, losses: SampleLosses) -> Array:
        dataset = self._dataset
        assert dataset is not None
        return in_order(dataset, losses, self._samples(dataset, losses), self.rows.keys)

    def _samples(self, dataset: Dataset, losses: SampleLosses) -> Array:
        """Return the samples of the part that is chosen."""
        if self._part == "train":
            return dataset.train
        if self._part == "test":
            return dataset.test
        if self._part == "misread" and losses.right is not None:
            return np.flatnonzero(~losses.right)
        return np.arange(dataset.x.shape[1])

    def _show(self, order: Array) -> None:
        losses, new = self._losses, self.rows.order.size == 0
        assert losses is not None
        self.rows.show_losses(losses, order)
        self.line.setText(self._sum(losses, order))
        self.line.setToolTip(self.line.text())
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
        self._arrange()
        self.view.scrollToTop()

    def _sort(self, column: int, add: bool) -> None:
        """Sort by a column; where the order is no longer true, make it so before turning it round."""
        losses, keys = self._losses, self.rows.keys
        sorted_by = any(key.column == column for key in keys)
        old = losses is not None and not np.array_equal(self._sorted(losses), self.rows.order)
        if not (sorted_by and old):
            self.rows.keys = after_click(keys, column, add=add)
        self._arrange()
        self.view.header.viewport().update()
        self.rows.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.rows.columnCount() - 1)

    def _current_changed(self, index: QModelIndex) -> None:
        if index.isValid() and not self._marking:
            self._ask(index.row())

    def _ask(self, row: int) -> None:
        sample = int(self.rows.order[row])
        if sample != self._sample:
            self.select_requested.emit(Selection(sample=sample))
