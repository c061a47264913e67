"""A plot of the gradient norm of each layer over the iterations."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.arrays import Array
from core.data.datasets import Dataset
from core.nn.curves import Curves
from core.nn.network import Network
from core.nn.trainer import Snapshot
from core.number_style import value_text
from gui.layout.lazy_view import LazyView
from gui.plots.plot import EndLabels, Plot, logarithm, zero_height
from gui.theme.theme import LIGHT, Theme, mixed

MOST_LABELS = 8
DASHES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DashDotLine, Qt.PenStyle.DotLine)


class GradientNormsPlot(LazyView):
    """The Euclidean norm of dJ/dW[l] and dJ/db[l] together on a logarithmic axis, one curve per layer.

    Layers have colours from green (the first) to purple (the output) and one of four dash patterns. As long
    as the curves are empty, dots show the gradient of the present pass.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Gradient size per layer"))
        self._curves: Curves | None = None
        self._passed: tuple[int, Array] | None = None
        self._theme = LIGHT
        self.plot = Plot(self.tr("iteration"), self.tr("gradient size"))
        self.plot.setAccessibleName(self.tr("Gradient size over iterations"))
        self.plot.item.getAxis("left").setLogMode(True)
        self._told = ""
        self.plot.tell = lambda: self._told
        self.labels = EndLabels(self.plot)
        self._lines: list[pg.PlotCurveItem] = []
        self._dots = pg.ScatterPlotItem(size=8, pen=None)
        self.plot.addItem(self._dots)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 2, 2, 2)
        row.setSpacing(0)
        row.addWidget(self.plot, 1)
        row.addWidget(self.labels)
        self.show_theme(self._theme)
        self.draw()

    def show_network(self, _network: Network, _dataset: Dataset) -> None:
        """Clear the plot; the gradients of this network and data follow."""
        self._curves = self._passed = None
        self.draw_if_seen()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Store the gradient of the present pass, if it is known."""
        if self._curves is not None and self._curves.records:
            return
        values, before, self._passed = snapshot.values, self._passed, None
        if values is not None and values.g is not None and not np.isnan(values.g).any():
            g = [layer.packed(values.g) for layer in snapshot.network.layers]
            self._passed = snapshot.pass_number, np.array([np.linalg.norm(part) for part in g])
        if before is not None or self._passed is not None:
            self.draw_if_seen()

    def show_numbers(self, snapshot: Snapshot) -> None:
        """Do nothing: all numbers of this view are those of its curves."""

    def show_picture(self, _snapshot: Snapshot, curves: Curves) -> None:
        """Draw the curves while a run is active."""
        self.show_curves(curves)

    def show_curves(self, curves: Curves) -> None:
        """Draw the gradient norms up to now."""
        self._curves = curves
        self.draw_if_seen()

    def show_theme(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self._theme = theme
        self.plot.show_theme(theme)
        self._make_lines(len(self._lines))
        self.draw_if_seen()

    def _make_lines(self, layers: int) -> None:
        """Create one line with its pen for every layer."""
        for line in self._lines[layers:]:
            self.plot.removeItem(line)
        del self._lines[layers:]
        while len(self._lines) < layers:
            self._lines.append(pg.PlotCurveItem())
            self.plot.addItem(self._lines[-1])
        for k, (line, colour) in enumerate(zip(self._lines, self.colours(layers), strict=True)):
            line.setPen(self.plot.pen(colour, 1.9, DASHES[k % len(DASHES)]))

    def colours(self, layers: int) -> list[QColor]:
        """Return a colour for every layer."""
        first, last, middle = self._theme.gradient_positive, self._theme.gradient_negative, self._theme.muted
        shares = np.linspace(0, 2, layers) if layers > 1 else np.zeros(layers)
        return [
            mixed(first, middle, share) if share < 1 else mixed(middle, last, share - 1) for share in shares
        ]

    def draw(self) -> None:
        records = self._curves.records if self._curves is not None else ()
        if not records and self._passed is None:
            self._make_lines(0)
            self.labels.show_labels([])
            self.plot.show_zeros(np.empty(0), 0.0)
            self._dots.clear()
            self.plot.show_sentence(self.tr("Press Run to see how large the gradient is in every layer."))
            return
        self.plot.show_sentence("")
        x = np.array([row.iteration for row in records], float)
        sizes = np.array([row.gradient for row in records], float).T
        if not records and self._passed is not None:
            x, sizes = np.array([float(self._passed[0])]), self._passed[1][:, None]
        if len(sizes) != len(self._lines):
            self._make_lines(len(sizes))
        zero = zero_height(sizes.ravel())
        for line, size in zip(self._lines, sizes, strict=True):
            self.plot.draw_curve(line, x, logarithm(size, zero))
        heights = logarithm(sizes[:, -1], zero)
        self._draw_dots(x, heights if x.size == 1 else heights[:0])
        self.plot.show_zeros(x[(sizes == 0).any(axis=0)], zero)
        self._show_labels(sizes[:, -1], heights)
        self.plot.settle()

    def _draw_dots(self, x: Array, heights: Array) -> None:
        """Draw the norms of a single pass, which do not make a line."""
        finite = np.isfinite(heights)
        colours = [colour for colour, known in zip(self.colours(heights.size), finite, strict=True) if known]
        self._dots.setData(np.full(finite.sum(), x[-1]), heights[finite], brush=colours)

    def _show_labels(self, last: Array, heights: Array) -> None:
        """Label the lines; if there are many, the first, the last and some evenly spaced ones."""
        layers = last.size
        chosen = np.unique(np.linspace(0, layers - 1, min(layers, MOST_LABELS)).astype(int))
        colours = self.colours(layers)
        output = self.tr("output")
        names = [self.tr("layer {}").format(k + 1) if k + 1 < layers else output for k in chosen]
        sizes = [f"{name} {value_text(float(last[k]))}" for name, k in zip(names, chosen, strict=True)]
        self._told = self.tr("Gradient size at the end of the curves: {sizes}").format(sizes=", ".join(sizes))
        self.labels.show_labels(
            [(name, colours[k], float(heights[k])) for name, k in zip(names, chosen, strict=True)]
        )
