"""Depth plot: how large the gradient is in every layer, from the first to the last, of several networks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.datasets import Dataset
from core.diagnostics import gradient_sizes
from core.modules import Array
from core.network import Network
from core.passes import evaluate
from gui.plot import EndLabels, Plot, logarithm
from gui.seen import Seen
from gui.theme import LIGHT, Theme

LEAST = 1e-12  # of a gradient that is drawn: beyond, nothing is left to see


class DepthPlot(Seen):
    """The root mean square of dJ/dW[l] over all training samples, by layer, on a logarithmic axis.

    The output stands to the left: the gradient goes back from there.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Gradient size by layer"))
        self._theme = LIGHT
        self.sizes: list[tuple[str, QColor, Array]] = []
        self.plot = Plot(
            self.tr("layer, in the order of the backward pass →"), self.tr("gradient size per weight")
        )
        self.plot.setAccessibleName(self.tr("Gradient size by layer"))
        self.plot.item.getAxis("left").setLogMode(True)
        self.plot.box.invertX(True)
        self.labels = EndLabels(self.plot)
        self._lines: list[pg.PlotDataItem] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 2, 2, 2)
        row.setSpacing(0)
        row.addWidget(self.plot, 1)
        row.addWidget(self.labels)

    def show_networks(self, rows: Sequence[tuple[str, QColor, Network, Dataset, Array]]) -> None:
        """Draw the gradient of every network at its theta: name, colour, network, data, theta."""
        self.sizes = [(name, colour, _sizes(*of)) for name, colour, *of in rows]  # type: ignore[arg-type]
        self.draw_if_seen()

    def show_theme(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self._theme = theme
        self.plot.show_theme(theme)
        self.draw_if_seen()

    def draw(self) -> None:
        for line in self._lines:
            self.plot.removeItem(line)
        self._lines = []
        for _name, colour, sizes in self.sizes:
            pen, across = self.plot.pen(colour, 2.6), np.arange(1, sizes.size + 1)
            heights = logarithm(np.maximum(sizes, LEAST))
            line = pg.PlotDataItem(across, heights, pen=pen, symbol="o", symbolBrush=colour, symbolPen=None)
            self.plot.addItem(line)
            self._lines.append(line)
        layers = max((sizes.size for *_of, sizes in self.sizes), default=1)
        ticks = [(l, str(l)) for l in range(1, layers + 1, max(1, layers // 12))]
        self.plot.item.getAxis("bottom").setTicks([ticks])
        self.labels.show_labels(
            [(name, colour, float(np.log10(max(sizes[0], LEAST)))) for name, colour, sizes in self.sizes]
        )


def _sizes(network: Network, dataset: Dataset, theta: Array) -> Array:
    x, y = dataset.x[:, dataset.train], dataset.targets(network.n[-1])[:, dataset.train]
    g = evaluate(network, theta, x, y).g
    assert g is not None
    return np.array(gradient_sizes(network, g))
