"""A plot of the losses of several runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.arrays import Array
from core.nn.curves import Curves
from core.number_style import value_text
from gui.layout.lazy_view import LazyView
from gui.plots.plot import EndLabels, Plot, decimated, logarithm, zero_height
from gui.qt.drawable import drawn, guarded_overrides
from gui.theme.theme import LIGHT, Theme, font, hide_in_hall, mixed, sized
from gui.widgets.buttons import quiet_button
from gui.widgets.form import Segments

LEAST_EPOCHS = 4
PALE = 0.72
WIDEST_LABELS = 0.26  # of the plot's width: wider labels would leave the curves too little room
MOST_OF_FIRST = 4.0
BEYOND = 50.0


@dataclass(frozen=True, eq=False)
class Trace:
    """The curves of one run; ``batches`` is the number of batches per epoch, ``strong`` draws them thicker.

    ``fine``: the loss of every update is drawn too, pale, behind the means of the epochs.
    """

    name: str
    colour: QColor
    curves: Curves
    batches: int
    strong: bool = False
    fine: bool = False


def run_colours(theme: Theme) -> tuple[QColor, ...]:
    """Return the colours of the six runs, dark enough for a line on a panel."""
    return tuple(mixed(colour, theme.text, 0.28) for colour in theme.classes)


def run_pen(colour: QColor, width: float, *, test: bool) -> QPen:
    """Return the pen of a run: solid for the training loss, dashed for the test loss."""
    pen = QPen(colour, width, Qt.PenStyle.DashLine if test else Qt.PenStyle.SolidLine)
    pen.setCosmetic(True)
    return pen


def loss_of_run(curves: Curves, *, test: bool) -> tuple[Array, Array]:
    """Return iterations and losses of a run: on the test set, or on the training set as a smooth curve.

    The training loss is averaged over epochs if any is complete, else shown for each batch.
    """
    if test:
        tested = [(row.iteration, row.test.loss) for row in curves.records if row.test is not None]
        return np.array([x for x, _y in tested], float), np.array([y for _x, y in tested], float)
    if len(curves.records) >= LEAST_EPOCHS:
        rows = curves.records
        return np.array([row.iteration for row in rows], float), np.array([row.train for row in rows])
    return np.arange(curves.losses.size) * float(curves.stride), curves.losses


def every_update(curves: Curves) -> tuple[Array, Array]:
    """Return iterations and losses of the single updates, as finely as they are stored."""
    return np.arange(curves.losses.size) * float(curves.stride), curves.losses


def loss_by_epoch(curves: Curves, batches: int) -> tuple[Array, Array]:
    """Return the iterations at the ends of epochs, and the mean loss of each epoch's batches.

    If stored values stand for several updates each, the number of epochs is reduced accordingly.
    """
    epochs = -(-batches // curves.stride)
    count = curves.losses.size // epochs
    means = curves.losses[: count * epochs].reshape(count, epochs).mean(axis=1)
    return np.arange(1, count + 1) * float(epochs * curves.stride), means


class _Curve(pg.PlotCurveItem):  # type: ignore[misc]
    """A curve that may leave the plot at the top: the axis ends at ``highest``, if that is given."""

    highest: float | None = None

    def show_points(self, x: Array, y: Array) -> None:
        """Draw these points; those far above the plot are lowered to where they can be painted."""
        above = None if self.highest is None else self.highest + BEYOND * max(1.0, abs(self.highest))
        y = drawn(y)
        self.setData(x, y if above is None else np.minimum(y, above), connect="finite")

    def dataBounds(self, ax: int, frac: float = 1.0, orthoRange: object = None) -> tuple[float, float]:
        low, high = super().dataBounds(ax, frac, orthoRange)
        if ax == 1 and high is not None and self.highest is not None:
            high = max(min(high, self.highest), low)
        return low, high


@guarded_overrides
class RunPlot(LazyView):
    """Training losses (solid) or test losses (dashed), by iteration or epoch, linear or logarithmic."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._traces: tuple[Trace, ...] = ()
        self._items: list[_Curve] = []
        self._fine_items: list[_Curve] = []
        self._theme = LIGHT
        self.test = False
        self._zero: float | None = None
        self._by_epoch = False
        self._empty = self.tr("Press Run to see the loss fall.")
        self.parts = self._segments(
            {"train": self.tr("train"), "test": self.tr("test")},
            self.tr("Loss of the training set (solid) or of the test set (dashed)"),
        )
        self.scales = self._segments(
            {"iteration": self.tr("iteration"), "epoch": self.tr("epoch")},
            self.tr("Count updates, or passes over the training set"),
        )
        self.logarithmic = quiet_button(self.tr("log"), self.tr("Logarithmic loss axis"))
        self.logarithmic.setCheckable(True)
        self.fit_button = quiet_button(self.tr("Fit"), self.tr("Show all iterations again (double click)"))
        self.plot = Plot(self.tr("iteration"), self.tr("loss J"))
        self.plot.setAccessibleName(self.tr("Losses of the runs"))
        self._told = ""
        self.plot.tell = lambda: self._told
        self.plot.logarithmic = self.logarithmic
        self.labels, self.legend = EndLabels(self.plot), QLabel()
        self._arrange()
        self._connect()
        self.show_theme(self._theme)
        self.draw()

    def _segments(self, choices: dict[str, str], tip: str) -> Segments:
        made = Segments(choices, tip, tip)
        made.show_choice(next(iter(choices)))
        return made

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2)
        self._choices = QHBoxLayout()
        self._choices.setSpacing(2)
        self._choices.addWidget(self.parts, 2)
        self._choices.addWidget(self.scales, 3)
        head.addLayout(self._choices, 5)
        head.addStretch(3)
        head.addWidget(self.fit_button)
        head.addWidget(self.logarithmic)
        self.fit_button.hide()
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.plot, 1)
        row.addWidget(self.labels)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.legend)
        column.addLayout(row, 1)
        self.legend.setWordWrap(True)
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.legend.setProperty("look", "small")

    def _connect(self) -> None:
        self.parts.chosen.connect(self._choose_part)
        self.scales.chosen.connect(self._choose_scale)
        self.logarithmic.toggled.connect(self._show_logarithmic)
        self.fit_button.clicked.connect(self.plot.fit)
        self.plot.fitted_changed.connect(lambda fitted: self.fit_button.setVisible(not fitted))

    # -- contents ----------------------------------------------------------------------------------

    def show_traces(self, traces: Sequence[Trace]) -> None:
        """Draw these runs; a strong one is on top."""
        self._traces = tuple(traces)
        self.draw_if_seen()

    def show_theme(self, theme: Theme) -> None:
        """Use a theme's colours."""
        self._theme = theme
        hide_in_hall(self.scales, self.logarithmic)
        self.plot.show_theme(theme)
        self.draw_if_seen()

    # -- options -----------------------------------------------------------------------------------

    def _choose_part(self, part: str) -> None:
        self.test = part == "test"
        self.draw_if_seen()

    def choose_scale(self, scale: str) -> None:
        """Set the unit of the horizontal axis, "iteration" or "epoch"."""
        self.scales.show_choice(scale)
        self._choose_scale(scale)

    def _choose_scale(self, scale: str) -> None:
        self._by_epoch = scale == "epoch"
        self.plot.titles = (self.tr("epoch") if self._by_epoch else self.tr("iteration"), self.plot.titles[1])
        self.plot.show_theme(self._theme)
        self.plot.fit()
        self.draw_if_seen()

    def _show_logarithmic(self, logarithmic: bool) -> None:
        self.plot.item.getAxis("left").setLogMode(logarithmic)
        self.plot.fit()
        self.draw_if_seen()

    # -- drawing -----------------------------------------------------------------------------------

    def points(self, trace: Trace) -> tuple[Array, Array]:
        """Return the points of a run as they are drawn, before they are reduced to pixel columns."""
        if trace.fine and not self.test and trace.batches > 1:
            x, y = loss_by_epoch(trace.curves, trace.batches)
        elif trace.fine and not self.test:
            x, y = every_update(trace.curves)
        else:
            x, y = loss_of_run(trace.curves, test=self.test)
        x = trace.curves.epochs_after(x, trace.batches) if self._by_epoch else x
        return x, self._height(y)

    def _height(self, y: Array) -> Array:
        return (
            logarithm(y, self._zero) if self.logarithmic.isChecked() else np.where(np.isfinite(y), y, np.nan)
        )

    def _number(self, height: float) -> float:
        return 10**height if self.logarithmic.isChecked() else height

    def draw(self) -> None:
        self._make_items(self._items, len(self._traces))
        self._mark_zeros()
        self._draw_updates([trace for trace in self._traces if trace.fine and trace.batches > 1])
        highest, labels = self._highest(), []
        thick = sized("small").pointSizeF() / font("small").pointSizeF()
        for item in (*self._items, *self._fine_items):
            item.highest = highest
        for item, trace in zip(self._items, self._traces, strict=True):
            x, y = self.points(trace)
            item.setPen(run_pen(trace.colour, thick * (2.4 if trace.strong else 1.7), test=self.test))
            item.setZValue(10 if trace.strong else 0)
            item.show_points(*decimated(x, y, self.plot.columns()))
            if x.size > 1:
                end = float(y[-1]) if highest is None else float(np.minimum(y[-1], highest))
                labels.append((trace.name, trace.colour, end))
        self.labels.show_labels(labels)
        ends = [f"{name} {value_text(self._number(end))}" for name, _colour, end in labels]
        self._told = self.tr("Losses at the ends of the curves: {ends}").format(ends=", ".join(ends))
        self.plot.description.changed()
        self.legend.setText(self._legend(labels))
        self._name_curves()
        self.plot.show_sentence("" if labels else self._why_empty())

    def _legend(self, labels: Sequence[tuple[str, QColor, float]]) -> str:
        """Return the names of all curves, each after a piece of its curve."""
        piece = "╌╌" if self.test else "━━"
        entries = [f'<span style="color:{c.name()}">{piece} {escape(name)}</span>' for name, c, _y in labels]
        return " &nbsp; ".join(entries)

    def _name_curves(self) -> None:
        """Write the names of the curves at their ends or, if there is no room, above the plot."""
        beside = self.labels.width() < WIDEST_LABELS * self.width()
        self.labels.setVisible(beside)
        self.legend.setVisible(not beside and bool(self.legend.text()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        shown = (self.parts, self.scales, self.logarithmic)
        needed = sum(one.minimumSizeHint().width() for one in shown) + 2 * len(shown)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._choices.setDirection(across if needed <= event.size().width() else down)
        self._name_curves()

    def _mark_zeros(self) -> None:
        """Mark where a loss is 0, on a logarithmic axis."""
        self._zero, zeros = None, np.empty(0)
        if self.logarithmic.isChecked() and self._traces:
            losses = [loss_of_run(trace.curves, test=self.test)[1] for trace in self._traces]
            self._zero = zero_height(*losses)
            curves = [self.points(trace) for trace in self._traces]
            zeros = np.concatenate([x[y == self._zero] for x, y in curves])
        self.plot.show_zeros(zeros, self._zero or 0.0)

    def _highest(self) -> float | None:
        """Return the upper limit of the vertical axis: a run that diverges would flatten the others."""
        firsts = [trace.curves.losses[:1] for trace in self._traces]
        finite = [
            float(first[0]) for first in firsts if first.size and np.isfinite(first[0]) and first[0] > 0
        ]
        return float(self._height(np.array([MOST_OF_FIRST * max(finite)]))[0]) if finite else None

    def _draw_updates(self, traces: list[Trace]) -> None:
        """Draw the loss of every update, pale, behind the means of the epochs."""
        self._make_items(self._fine_items, len(traces))
        for item, trace in zip(self._fine_items, traces, strict=True):
            x, y = every_update(trace.curves)
            x, y = (trace.curves.epochs_after(x, trace.batches) if self._by_epoch else x), self._height(y)
            item.setPen(run_pen(mixed(trace.colour, self._theme.panel, PALE), 1.0, test=False))
            item.setZValue(-10 - trace.batches)
            item.setVisible(not self.test)
            item.show_points(*decimated(x, y, self.plot.columns()))

    def _make_items(self, items: list[_Curve], count: int) -> None:
        for item in items[count:]:
            self.plot.removeItem(item)
        del items[count:]
        while len(items) < count:
            items.append(_Curve())
            self.plot.addItem(items[-1])

    def _why_empty(self) -> str:
        trained = any(trace.curves.losses.size > 1 for trace in self._traces)
        if self.test and trained:
            return self.tr("There is no test loss yet: it is taken at the ends of epochs.")
        return self._empty
