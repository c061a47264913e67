"""A plot of the training and test loss over the iterations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QActionEvent, QColor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.arrays import Array
from core.data.datasets import Dataset
from core.debugger.run import RunStatus
from core.nn.curves import Curves, EpochRecord, Mark
from core.nn.network import Network
from core.nn.trainer import Snapshot
from core.number_style import value_text
from gui.layout.lazy_view import LazyView
from gui.plots.marks import words_of
from gui.plots.plot import Legend, Plot, drawable_curve, logarithm, zero_height
from gui.plots.run_slider import HANDLE, TimeAxis
from gui.qt.drawable import guarded_overrides
from gui.qt.typed_signal import TypedSignal
from gui.text.labels import FastLabel
from gui.theme.theme import LIGHT, Theme, hide_in_hall, mixed, sized
from gui.widgets.buttons import action_button, quiet_button

LEAST_EPOCHS = 4


@guarded_overrides
class LossPlot(LazyView):
    """J over the iterations: every batch as a thin line, the mean of each epoch thick, the test set dashed.

    Its horizontal axis is the timeline of the run: a slider whose handle is the present iteration, with a
    line through the plot; what lies right of it is paler. A click into the plot moves there too
    (``seek_requested`` carries the iteration). Dotted lines mark where settings were changed, labelled with
    the new settings. The vertical axis is linear or logarithmic; if logarithmic, triangles mark a loss of 0.
    Actions that are added to the widget become buttons above the plot.
    """

    seek_requested = TypedSignal[int]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Loss plot"))
        self._curves: Curves | None = None
        self._snapshot: Snapshot | None = None
        self._theme = LIGHT
        self.legend = Legend()
        self.logarithmic = quiet_button(self.tr("log"), self.tr("Logarithmic loss axis"), checkable=True)
        self.fit_button = quiet_button(self.tr("Fit"), self.tr("Show all iterations again (double click)"))
        self.plot = Plot(self.tr("iteration"), self.tr("loss J"))
        self.plot.logarithmic = self.logarithmic
        self.plot.setAccessibleName(self.tr("Loss over iterations"))
        self._batches, self._train, self._test = (pg.PlotCurveItem() for _ in range(3))
        self._cursor, self._beyond = pg.InfiniteLine(angle=90), pg.LinearRegionItem(movable=False)
        self.time = TimeAxis()
        self.time.seek_requested.connect(self.seek_requested)
        self.busy = FastLabel("small")
        self._marks: tuple[Mark, ...] = ()
        self._mark_items: list[pg.InfiniteLine] = []
        self._zero: float | None = None
        self._epochs = EpochLosses.of(())
        self._ghosts: tuple[Curves, ...] = ()
        self._ghost_items: list[pg.PlotCurveItem] = []
        for item in (self._batches, self._train, self._test):
            self.plot.addItem(item)
        self._beyond.setZValue(5)
        for line in self._beyond.lines:
            line.hide()
        for over in (self._beyond, self._cursor):
            self.plot.addItem(over, ignoreBounds=True)
        self.plot.item.hideAxis("bottom")
        self.plot.item.layout.setContentsMargins(1, 1, 1 + HANDLE // 2, 1)  # the handle of the slider
        self._pointer = pg.InfiniteLine(angle=90)
        self._pointer.hide()
        self.plot.addItem(self._pointer, ignoreBounds=True)
        self.plot.tell = self._description
        self.plot.hovered.connect(self._read_off)
        self.plot.clicked.connect(lambda x: self.seek_requested.emit(max(0, round(x))))
        self._arrange()
        self.logarithmic.toggled.connect(self._show_scale)
        self.fit_button.clicked.connect(self.plot.fit)
        self.plot.fitted_changed.connect(lambda fitted: self.fit_button.setVisible(not fitted))
        self.plot.box.sigXRangeChanged.connect(self._zoomed)
        self.plot.box.sigXRangeChanged.connect(self._align)
        self.plot.box.sigResized.connect(self._align)
        self.show_theme(self._theme)
        self.draw()

    def _arrange(self) -> None:
        self._head = head = QHBoxLayout()
        head.addWidget(self.legend, 1)
        head.addWidget(self.busy)
        head.addWidget(self.fit_button)
        head.addWidget(self.logarithmic)
        self.fit_button.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 2, 6, 2)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.plot, 1)
        column.addWidget(self.time)

    def actionEvent(self, event: QActionEvent) -> None:
        """Offer an action that the window adds, such as Resume, above the plot."""
        super().actionEvent(event)
        if event.type() == QEvent.Type.ActionAdded:
            button = action_button(event.action())
            self._head.addWidget(button)

    def _align(self) -> None:
        """Align the timeline with the plot above it."""
        box = self.plot.box.sceneBoundingRect()
        left = self.time.mapFrom(self, self.plot.mapTo(self, self.plot.mapFromScene(box.topLeft()))).x()
        low, high = self.plot.box.viewRange()[0]
        self.time.align(float(left), left + box.width(), (float(low), float(high)))

    # -- contents ----------------------------------------------------------------------------------

    def show_network(self, _network: Network, _dataset: Dataset) -> None:
        """Clear the plot; the losses of this network and data follow."""
        self._curves = self._snapshot = None
        self.legend.show_parts([])
        self.draw_if_seen()

    def show_curves(self, curves: Curves) -> None:
        """Draw the learning curves up to now."""
        self._curves = curves
        self.draw_if_seen()

    def show_ghost(self, curves: Sequence[Curves]) -> None:
        """Draw the curves of runs that were branched off behind the present one."""
        self._ghosts = tuple(curves)
        for item in self._ghost_items[len(self._ghosts) :]:
            self.plot.removeItem(item)
        del self._ghost_items[len(self._ghosts) :]
        while len(self._ghost_items) < len(self._ghosts):
            self._ghost_items.append(pg.PlotCurveItem())
            self._ghost_items[-1].setZValue(-10)
            self.plot.addItem(self._ghost_items[-1])
        self.draw_if_seen()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Move the cursor to the present iteration, and show the present losses in the legend."""
        self._cursor.setPos(snapshot.iteration)
        self.show_numbers(snapshot)

    def show_numbers(self, snapshot: Snapshot) -> None:
        """Show the losses of a snapshot in the legend."""
        self._snapshot = snapshot
        self._show_legend(snapshot)
        self.plot.description.changed()

    def show_place(self, status: RunStatus) -> None:
        """Show which iterations can be viewed, and which one is."""
        self.time.show_status(status)
        self._beyond.setVisible(status.behind)
        if status.behind:
            self._beyond.setRegion((status.iteration, status.newest))

    def show_progress(self, progress: tuple[int, int] | None) -> None:
        """Show how many of how many iterations are recomputed; None: it is over."""
        text = "" if progress is None else self.tr("computing {done} of {of} again")
        self.busy.setText(text.format(done=f"{progress[0]:,}", of=f"{progress[1]:,}") if progress else "")

    def show_picture(self, snapshot: Snapshot, curves: Curves) -> None:
        """Draw the curves and the cursor while a run is active."""
        self._cursor.setPos(snapshot.iteration)
        self.show_curves(curves)

    def show_theme(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self._theme = theme
        hide_in_hall(self.logarithmic)
        self.plot.show_theme(theme)
        self.legend.show_theme()
        if self._snapshot is not None:
            self._show_legend(self._snapshot)
        self._train.setPen(self.plot.pen(theme.train, 2.2))
        self._test.setPen(self.plot.pen(theme.test, 2.0, Qt.PenStyle.DashLine))
        self._cursor.setPen(self.plot.pen(theme.text, 1.2))
        self._pointer.setPen(self.plot.pen(theme.muted, 1.0, Qt.PenStyle.DotLine))
        veil = QColor(theme.panel)
        veil.setAlphaF(0.62)
        self._beyond.setBrush(veil)
        self.time.show_theme(theme)
        self.busy.show_theme(theme)
        self._marks = ()
        self.draw_if_seen()

    def _read_off(self, x: float | None) -> None:
        """Show the losses at an iteration beside the mouse."""
        curves = self._curves
        found = None if x is None or curves is None else losses_at(curves, x)
        self._pointer.setVisible(found is not None)
        if found is None:
            self.plot.say_beside("", 0.0)
            return
        iteration, batch, test = found
        self._pointer.setPos(iteration)
        text = self.tr("iteration {t}:  batch {batch}").format(t=f"{iteration:,}", batch=value_text(batch))
        if test is not None:
            text += self.tr("   test {test} (epoch {epoch})").format(test=value_text(test[1]), epoch=test[0])
        self.plot.say_beside(text, iteration)

    def _description(self) -> str:
        """Return a description of the curves: where they began and where they are."""
        snapshot, curves = self._snapshot, self._curves
        if snapshot is None or curves is None:
            return ""
        text = self.tr("Iteration {t}: train loss {train}.").format(
            t=f"{snapshot.iteration:,}", train=value_text(snapshot.train.loss)
        )
        if snapshot.test is not None:
            text += " " + self.tr("Test loss {test}.").format(test=value_text(snapshot.test.loss))
        known = curves.losses[np.isfinite(curves.losses)]
        if known.size > 1:
            told = self.tr("The loss of the batches began at {first} and is {last} at the end of the curve.")
            first, last = value_text(float(known[0])), value_text(float(known[-1]))
            text += " " + told.format(first=first, last=last)
        return text

    # -- drawing -----------------------------------------------------------------------------------

    def _show_legend(self, snapshot: Snapshot) -> None:
        theme = self._theme
        parts = [
            (self.tr("━ train {train}").format(train=value_text(snapshot.train.loss)), theme.train, True)
        ]
        if snapshot.test is not None:
            text = self.tr("╍ test {test}").format(test=value_text(snapshot.test.loss))
            parts.append((text, theme.test, True))
        if snapshot.penalty:
            text = self.tr("+ penalty of the weights {penalty}").format(penalty=value_text(snapshot.penalty))
            parts.append((text, theme.muted, False))
        if self._curves is not None and (unknown := unknown_until(self._curves)):
            parts.append((self.tr("from iteration {t}").format(t=f"{unknown:,}"), theme.muted, False))
        if self._ghosts:
            parts.append((self.tr("┄ old run"), theme.muted, False))
        self.legend.show_parts(parts)

    def _show_scale(self, logarithmic: bool) -> None:
        self.plot.item.getAxis("left").setLogMode(logarithmic)
        self.plot.fit()
        self.draw_if_seen()

    def _zoomed(self) -> None:
        if not self.plot.box.autoRangeEnabled()[0]:
            self.draw_if_seen()

    def draw(self) -> None:
        curves = self._curves
        if curves is None or curves.losses.size < 2:
            for item in (self._batches, self._train, self._test):
                item.setData([], [])
            self._cursor.hide()
            self._draw_marks(())
            self.plot.show_zeros(np.empty(0), 0.0)
            self._draw_ghosts()
            self.plot.show_sentence("" if self._ghosts else self.tr("Press Run to see the loss fall."))
            if not self._ghosts:  # the timeline below takes its range from the plot
                self.plot.box.setRange(xRange=(0, 1), yRange=(0, 1), padding=0, disableAutoRange=False)
            return
        unknown = unknown_until(curves)
        told = self.tr("Press Run: the curve begins here. The file has no losses up to iteration {t}.")
        begins = unknown == curves.losses.size * curves.stride
        self.plot.show_sentence(told.format(t=f"{unknown:,}") if begins else "")
        self._cursor.show()
        self._zero = zero_height(curves.losses) if self.logarithmic.isChecked() else None
        self._draw_ghosts()
        self._draw_marks(curves.marks)
        every_batch = bool(curves.records) and not _one_batch_an_epoch(curves)
        self._draw_batches(curves)
        light = mixed(self._theme.train, self._theme.panel, 0.62)
        pen = self.plot.pen(light, 1.0) if every_batch else self.plot.pen(self._theme.train, 2.2)
        if self._batches.opts["pen"] != pen:
            self._batches.setPen(pen)
        if not self._epochs.are_of(curves.records):
            self._epochs = EpochLosses.of(curves.records)
        self._set(self._train, self._epochs.ends, self._epochs.train, every_batch)
        self._set(self._test, self._epochs.ends, self._epochs.test)
        self.plot.settle()

    def _draw_marks(self, marks: tuple[Mark, ...]) -> None:
        """Draw a line where settings were changed, labelled with the new setting."""
        if marks == self._marks:
            return
        for item in self._mark_items:
            self.plot.removeItem(item)
        self._marks, pen = marks, self.plot.pen(self._theme.accent, 1.2, Qt.PenStyle.DotLine)
        self._mark_items = [
            pg.InfiniteLine(
                mark.iteration,
                angle=90,
                pen=pen,
                label=words_of(mark),
                labelOpts={
                    "color": self._theme.text,
                    "fill": self._theme.panel,
                    "position": 0.92 - 0.14 * (k % 3),
                },
            )
            for k, mark in enumerate(marks)
        ]
        for item in self._mark_items:
            item.label.setFont(sized("small"))
            self.plot.addItem(item, ignoreBounds=True)

    @property
    def marks(self) -> list[tuple[float, str]]:
        """Return the iterations at which settings were changed, and their labels."""
        return [(float(item.value()), item.label.toPlainText()) for item in self._mark_items]

    def _draw_ghosts(self) -> None:
        pen = self.plot.pen(mixed(self._theme.muted, self._theme.panel, 0.35), 1.4, Qt.PenStyle.DotLine)
        for item, curves in zip(self._ghost_items, self._ghosts, strict=True):
            item.setPen(pen)
            self._set(item, *_run_of(curves))

    def _draw_batches(self, curves: Curves) -> None:
        """Draw the losses of the batches, only those of the visible part if the plot is zoomed.

        There may be millions of them: they are thinned before anything else is done with them.
        """
        low, high = 0, curves.losses.size
        if not self.plot.box.autoRangeEnabled()[0]:
            left, right = self.plot.box.viewRange()[0]
            low = min(max(int(left / curves.stride) - 1, 0), high)
            high = min(max(int(right / curves.stride) + 2, low), high)
        losses, stride, zero = curves.losses[low:high], curves.stride, self._zero

        def iterations(index: Array) -> Array:
            return (low + index) * float(stride) + 0.5 * (stride - 1)

        index, heights = drawable_curve(losses, self.plot.columns())
        if self.logarithmic.isChecked():
            heights = logarithm(heights, zero)
        self.plot.draw_points(self._batches, iterations(index), heights)
        zeros = np.empty(0, int) if zero is None else np.flatnonzero(losses == 0)
        self.plot.show_zeros(iterations(zeros), zero or 0.0)

    def _set(self, item: pg.PlotCurveItem, x: Array, y: Array, shown: bool = True) -> None:
        if not shown:
            x = y = np.empty(0)
        y = logarithm(y, self._zero) if self.logarithmic.isChecked() else np.where(np.isfinite(y), y, np.nan)
        self.plot.draw_curve(item, x, y)


class EpochLosses(NamedTuple):
    """The losses at the ends of epochs as arrays: iterations, and losses of training and test samples.

    A test loss that was not computed is NaN.
    """

    records: tuple[EpochRecord, ...]
    ends: Array
    train: Array
    test: Array

    @staticmethod
    def of(records: tuple[EpochRecord, ...]) -> EpochLosses:
        """Make the arrays of some records."""
        test = [np.nan if row.test is None else row.test.loss for row in records]
        ends = np.array([row.iteration for row in records], float)
        return EpochLosses(records, ends, np.array([row.train for row in records]), np.array(test))

    def are_of(self, records: tuple[EpochRecord, ...]) -> bool:
        """Return whether no epoch has been added to the records, or replaced by further training."""
        return len(records) == len(self.records) and (not records or records[-1] is self.records[-1])


def losses_at(curves: Curves, x: float) -> tuple[int, float, tuple[int, float] | None] | None:
    """Return the iteration nearest to x, the loss of its batch, and the last epoch with its test loss."""
    if not curves.losses.size:
        return None
    k = min(max(round((x - 0.5 * (curves.stride - 1)) / curves.stride), 0), curves.losses.size - 1)
    iteration = k * curves.stride
    tested = [row for row in curves.records if row.test is not None and row.iteration <= iteration]
    test = (tested[-1].epoch, tested[-1].test.loss) if tested and tested[-1].test is not None else None
    return iteration, float(curves.losses[k]), test


def _run_of(curves: Curves) -> tuple[Array, Array]:
    """Return iterations and losses of a run as one smooth curve, averaged over epochs if any is complete."""
    if len(curves.records) >= LEAST_EPOCHS:
        rows = curves.records
        return np.array([row.iteration for row in rows], float), np.array([row.train for row in rows])
    return np.arange(curves.losses.size) * float(curves.stride), curves.losses


def unknown_until(curves: Curves) -> int:
    """Return the iteration from which losses are known: a file holds the state of a run, not its losses."""
    if not curves.losses.size or not np.isnan(curves.losses[0]):
        return 0
    known = ~np.isnan(curves.losses)
    return int(known.argmax() if known.any() else curves.losses.size) * curves.stride


def _one_batch_an_epoch(curves: Curves) -> bool:
    last = curves.records[-1]
    return last.iteration == last.epoch
