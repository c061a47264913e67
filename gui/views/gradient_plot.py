"""Gradient plot: how long the gradient of each layer is, over the iterations."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.curves import Curves
from core.modules import Array
from core.training import Snapshot
from gui.plot import EndLabels, Plot, logarithm
from gui.seen import Seen
from gui.theme import LIGHT, Theme, mixed

MOST_LABELS = 8
DASHES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DashDotLine, Qt.PenStyle.DotLine)


class GradientPlot(Seen):
    """The Euclidean length of dJ/dW[l] and dJ/db[l] together, on a logarithmic axis: one curve a layer.

    Layers have a colour from green (the first) to purple (the output) and one of four dashes.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Gradient size per layer"))
        self._curves: Curves | None = None
        self._theme = LIGHT
        self.plot = Plot(self.tr("iteration"), self.tr("gradient size"))
        self.plot.setAccessibleName(self.tr("Gradient size over iterations"))
        self.plot.item.getAxis("left").setLogMode(True)
        self.labels = EndLabels(self.plot)
        self._lines: list[pg.PlotCurveItem] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 2, 2, 2)
        row.setSpacing(0)
        row.addWidget(self.plot, 1)
        row.addWidget(self.labels)
        self.show_theme(self._theme)
        self.draw()

    def show_picture(self, _snapshot: Snapshot, curves: Curves) -> None:
        """Draw the curves of a moment of a run."""
        self.show_curves(curves)

    def show_curves(self, curves: Curves) -> None:
        """Draw the gradient sizes up to now."""
        self._curves = curves
        self.draw_if_seen()

    def show_theme(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self._theme = theme
        self.plot.show_theme(theme)
        self._make_lines(len(self._lines))
        self.draw_if_seen()

    def _make_lines(self, layers: int) -> None:
        """Have one line for every layer, in its pen."""
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
        if not records:
            self._make_lines(0)
            self.labels.show_labels([])
            self.plot.show_sentence(self.tr("Press Run to see how large the gradient is in every layer."))
            return
        self.plot.show_sentence("")
        layers = len(records[-1].gradient)
        if layers != len(self._lines):
            self._make_lines(layers)
        x = np.array([row.iteration for row in records], float)
        sizes = np.array([row.gradient for row in records], float).T
        for line, size in zip(self._lines, sizes, strict=True):
            self.plot.draw_curve(line, x, logarithm(size))
        self._show_labels(sizes[:, -1])
        self.plot.settle()

    def _show_labels(self, last: Array) -> None:
        """Name the lines; of many, some evenly chosen ones with the first and the last."""
        layers = last.size
        chosen = np.unique(np.linspace(0, layers - 1, min(layers, MOST_LABELS)).astype(int))
        heights, colours = logarithm(last), self.colours(layers)
        output = self.tr("output")
        names = [self.tr("layer {}").format(k + 1) if k + 1 < layers else output for k in chosen]
        self.labels.show_labels(
            [(name, colours[k], float(heights[k])) for name, k in zip(names, chosen, strict=True)]
        )
