"""Loss plot: the loss of training and test over the iterations, as it comes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.arrays import Array
from core.data.datasets import Dataset
from core.nn.curves import Curves, Mark
from core.nn.network import Network
from core.nn.trainer import Snapshot
from gui.plots.marks import words_of
from gui.plots.plot import Legend, Plot, logarithm, zero_height
from gui.theme.theme import LIGHT, Theme, mixed, sized
from gui.widgets.buttons import quiet_button
from gui.widgets.lazy_view import LazyView
from gui.widgets.number_format import short

LEAST_EPOCHS = 4


class LossPlot(LazyView):
    """J over the iterations: every batch thin, the mean of each epoch strong, the test set dashed.

    A line marks the present iteration, dotted ones where settings were changed, with what held from there
    on. The vertical axis is even or logarithmic; there, triangles mark where the loss is 0.
    """

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
        self._cursor = pg.InfiniteLine(angle=90)
        self._marks: tuple[Mark, ...] = ()
        self._mark_items: list[pg.InfiniteLine] = []
        self._zero: float | None = None
        self._ghosts: tuple[Curves, ...] = ()
        self._ghost_items: list[pg.PlotCurveItem] = []
        for item in (self._batches, self._train, self._test):
            self.plot.addItem(item)
        self.plot.addItem(self._cursor, ignoreBounds=True)
        self._arrange()
        self.logarithmic.toggled.connect(self._show_scale)
        self.fit_button.clicked.connect(self.plot.fit)
        self.plot.fitted_changed.connect(lambda fitted: self.fit_button.setVisible(not fitted))
        self.plot.box.sigXRangeChanged.connect(self._zoomed)
        self.show_theme(self._theme)
        self.draw()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.legend, 1)
        head.addWidget(self.fit_button)
        head.addWidget(self.logarithmic)
        self.fit_button.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 2, 6, 2)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.plot, 1)

    # -- what is shown -----------------------------------------------------------------------------

    def show_network(self, _network: Network, _dataset: Dataset) -> None:
        """Forget the losses of another network or of other data; those of this one follow."""
        self._curves = self._snapshot = None
        self.legend.show_parts([])
        self.draw_if_seen()

    def show_curves(self, curves: Curves) -> None:
        """Draw the learning curves up to now."""
        self._curves = curves
        self.draw_if_seen()

    def show_ghost(self, curves: Sequence[Curves]) -> None:
        """Draw the curves of runs that were branched off, behind the present one."""
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
        """Put the cursor at the present iteration and the present losses into the legend."""
        self._snapshot = snapshot
        self._cursor.setPos(snapshot.iteration)
        self._show_legend(snapshot)

    def show_picture(self, _snapshot: Snapshot, curves: Curves) -> None:
        """Draw the curves of a moment of a run."""
        self.show_curves(curves)

    def show_theme(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self._theme = theme
        self.plot.show_theme(theme)
        self.legend.show_theme()
        if self._snapshot is not None:
            self._show_legend(self._snapshot)
        self._train.setPen(self.plot.pen(theme.train, 2.2))
        self._test.setPen(self.plot.pen(theme.test, 2.0, Qt.PenStyle.DashLine))
        self._cursor.setPen(self.plot.pen(theme.muted, 1.0))
        self._marks = ()
        self.draw_if_seen()

    # -- drawing -----------------------------------------------------------------------------------

    def _show_legend(self, snapshot: Snapshot) -> None:
        theme = self._theme
        parts = [(self.tr("━ train {train}").format(train=short(snapshot.train.loss)), theme.train, True)]
        if snapshot.test is not None:
            text = self.tr("╍ test {test}").format(test=short(snapshot.test.loss))
            parts.append((text, theme.test, True))
        if snapshot.penalty:
            text = self.tr("+ penalty of the weights {penalty}").format(penalty=short(snapshot.penalty))
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
            return
        unknown = unknown_until(curves)
        told = self.tr("Press Run: the curve begins here. The file has no losses up to iteration {t}.")
        begins = unknown == curves.losses.size * curves.stride
        self.plot.show_sentence(told.format(t=f"{unknown:,}") if begins else "")
        self._cursor.show()
        self._zero = zero_height(curves.losses) if self.logarithmic.isChecked() else None
        self._draw_ghosts()
        self._draw_marks(curves.marks)
        ends = np.array([row.iteration for row in curves.records], float)
        every_batch = bool(curves.records) and not _one_batch_an_epoch(curves)
        x, losses = self._losses_in_sight(curves)
        self._set(self._batches, x, losses)
        self.plot.show_zeros(x[(losses == 0) & (self._zero is not None)], self._zero or 0.0)
        light = mixed(self._theme.train, self._theme.panel, 0.62)
        pen = self.plot.pen(light, 1.0) if every_batch else self.plot.pen(self._theme.train, 2.2)
        if self._batches.opts["pen"] != pen:
            self._batches.setPen(pen)
        self._set(self._train, ends, np.array([row.train for row in curves.records]), every_batch)
        test = np.array([np.nan if row.test is None else row.test.loss for row in curves.records])
        self._set(self._test, ends, test)
        self.plot.settle()

    def _draw_marks(self, marks: tuple[Mark, ...]) -> None:
        """Draw a line where settings were changed, and say what holds from there on."""
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
        """At which iterations settings were changed, and what is said there."""
        return [(float(item.value()), item.label.toPlainText()) for item in self._mark_items]

    def _draw_ghosts(self) -> None:
        pen = self.plot.pen(mixed(self._theme.muted, self._theme.panel, 0.35), 1.4, Qt.PenStyle.DotLine)
        for item, curves in zip(self._ghost_items, self._ghosts, strict=True):
            item.setPen(pen)
            self._set(item, *_run_of(curves))

    def _losses_in_sight(self, curves: Curves) -> tuple[Array, Array]:
        """Return iterations and batch losses, those of the part looked at where it is a part."""
        low, high = 0, curves.losses.size
        if not self.plot.box.autoRangeEnabled()[0]:
            left, right = self.plot.box.viewRange()[0]
            low = min(max(int(left / curves.stride) - 1, 0), high)
            high = min(max(int(right / curves.stride) + 2, low), high)
        losses = curves.losses[low:high]
        return np.arange(low, high) * float(curves.stride) + 0.5 * (curves.stride - 1), losses

    def _set(self, item: pg.PlotCurveItem, x: Array, y: Array, shown: bool = True) -> None:
        if not shown:
            x = y = np.empty(0)
        y = logarithm(y, self._zero) if self.logarithmic.isChecked() else np.where(np.isfinite(y), y, np.nan)
        self.plot.draw_curve(item, x, y)


def _run_of(curves: Curves) -> tuple[Array, Array]:
    """Return iterations and losses of a run as one calm curve: by epochs where there are some."""
    if len(curves.records) >= LEAST_EPOCHS:
        rows = curves.records
        return np.array([row.iteration for row in rows], float), np.array([row.train for row in rows])
    return np.arange(curves.losses.size) * float(curves.stride), curves.losses


def unknown_until(curves: Curves) -> int:
    """Return after which iteration the losses are known: a file holds where a run stood, not its losses."""
    if not curves.losses.size or not np.isnan(curves.losses[0]):
        return 0
    known = ~np.isnan(curves.losses)
    return int(known.argmax() if known.any() else curves.losses.size) * curves.stride


def _one_batch_an_epoch(curves: Curves) -> bool:
    last = curves.records[-1]
    return last.iteration == last.epoch
