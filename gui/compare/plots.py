"""Two plots of a comparison: the samples of the present batch, and the size of the gradient by layer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent, QTransform
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from core.analysis.health import gradient_sizes
from core.arrays import Array
from core.data.datasets import Dataset
from core.nn.network import Network
from core.nn.passes import evaluate
from core.nn.trainer import Snapshot
from core.number_style import value_text
from gui.layout.lazy_view import LazyView
from gui.plots.output_map import telling_pair
from gui.plots.plot import EndLabels, Plot, logarithm
from gui.plots.scatter import VALUE, class_colours, draw_markers, marker
from gui.qt.drawable import guarded_overrides, shielded
from gui.theme.theme import LIGHT, Theme, in_hall, mixed, sized

DIMMED = 0.55
MOST_RINGED = 40
RIM = 0.09


@guarded_overrides
class BatchScatter(QWidget):
    """The samples over two features (for one feature: with the target as y); ``lit`` are those of the batch.

    Before the first update it is the batch with which training begins.
    """

    def __init__(self, dataset: Dataset, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Training samples, those of the present batch lit"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(70, 60)
        self._dataset, self._theme = dataset, LIGHT
        self.lit: Array = np.empty(0, int)
        self._first: Array = self.lit
        self._layer: QPixmap | None = None

    def show_dataset(self, dataset: Dataset, first: Array) -> None:
        """Show other samples, and highlight those of the ``first`` batch."""
        self._dataset, self.lit, self._first, self._layer = dataset, first, first, None
        self.update()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Highlight the batch of the last update."""
        self.lit = self._first if snapshot.values is None else snapshot.values.samples
        self.update()

    def show_theme(self, theme: Theme) -> None:
        """Apply the colours of a theme."""
        self._theme, self._layer = theme, None
        self.update()

    def places(self) -> Array:
        """Return the positions of the training samples (samples, 2), in pixels."""
        data = self._dataset
        if data.dimensions > 1:
            points = data.coordinates[list(telling_pair(data))].T
        else:
            points = np.column_stack([data.x[0], np.atleast_2d(data.labels)[0].astype(float)])
        points = points[data.train]
        low, span = points.min(axis=0), np.ptp(points, axis=0)
        shares = (points - low) / np.where(span > 0, span, 1.0) * (1 - 2 * RIM) + RIM
        placed: Array = shares * (self.width(), -self.height()) + (0, self.height())
        return placed

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.border, 1))
        painter.setBrush(self._theme.canvas)
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 5, 5)
        size = 5.0 * sized("small").pointSizeF() / 8.5
        lit = np.isin(self._dataset.train, self.lit)
        painter.drawPixmap(0, 0, self._all_dimmed(size))
        self._paint_samples(painter, lit, 1.5 * size, dimmed=False)
        painter.end()

    def _all_dimmed(self, size: float) -> QPixmap:
        """Return a picture of all samples as outside the batch; painted again only when they change."""
        if self._layer is None:
            ratio = self.devicePixelRatioF()
            layer = QPixmap(self.size() * ratio)
            layer.setDevicePixelRatio(ratio)
            layer.fill(Qt.GlobalColor.transparent)
            painter = QPainter(layer)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_samples(painter, np.ones(self._dataset.train.size, bool), size, dimmed=True)
            painter.end()
            self._layer = layer
        return self._layer

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._layer = None

    def _paint_samples(self, painter: QPainter, part: Array, size: float, *, dimmed: bool) -> None:
        data, theme, places = self._dataset, self._theme, self.places()
        classes = len(data.class_names) if data.task == "classes" else 0
        groups = [(VALUE, theme.muted, part)]
        if classes:
            of = data.labels[data.train]
            pairs = enumerate(class_colours(theme, classes)[:classes])
            symbols = theme.class_symbols
            groups = [(symbols[k % len(symbols)], colour, part & (of == k)) for k, colour in pairs]
        for symbol, colour, chosen in groups:
            if dimmed:
                _dim(painter, places[chosen], symbol, size, mixed(colour, theme.canvas, DIMMED))
            else:
                draw_markers(painter, places[chosen], symbol, size, colour, theme)
        if not dimmed and part.sum() < MOST_RINGED:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.text, 1.4))
            for x, y in places[part].tolist():
                painter.drawEllipse(QPointF(x, y), 0.9 * size, 0.9 * size)


def _dim(painter: QPainter, places: Array, symbol: str, size: float, colour: QColor) -> None:
    """Draw points without an outline, so that those of the batch stand out."""
    shape = QTransform.fromScale(size, size).map(marker(symbol))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    for x, y in places.tolist():
        painter.drawPath(shape.translated(x, y))


# -- How large the gradient is in every layer, from the first to the last, of several --------------------

DYING, MOST_SLOPES = 0.01, 9
"""A gradient of which less is left in the first layer has its g' written, for at most this many layers."""
LEAST = 1e-12  # smallest gradient drawn, relative to the largest


class DepthPlot(LazyView):
    """The root mean square of dJ/dW[l] over all training samples, by layer, on a logarithmic axis.

    The output is at the left, as the gradient flows from there to the inputs.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Gradient size by layer"))
        self._theme = LIGHT
        self.sizes: list[tuple[str, QColor, Array]] = []
        self.slopes: list[Array] = []
        self.plot = Plot(self.tr("layer, going backward →"), self.tr("gradient size per weight"))
        self.plot.setAccessibleName(self.tr("Gradient size by layer"))
        self.plot.tell = self._described
        self.plot.item.getAxis("left").setLogMode(True)
        self.plot.box.invertX(True)
        self.labels = EndLabels(self.plot)
        self._lines: list[pg.PlotDataItem | pg.TextItem] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 2, 2, 2)
        row.setSpacing(0)
        row.addWidget(self.plot, 1)
        row.addWidget(self.labels)

    def show_networks(self, rows: Sequence[tuple[str, QColor, Network, Dataset, Array]]) -> None:
        """Draw the gradient of every network at its theta: name, colour, network, data, theta."""
        self.sizes = [(name, colour, _sizes(*of)) for name, colour, *of in rows]  # type: ignore[arg-type]
        self.slopes = [_slopes(*of) for _name, _colour, *of in rows]  # type: ignore[arg-type]
        self.draw_if_seen()

    def show_theme(self, theme: Theme) -> None:
        """Apply the colours of a theme."""
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
        self._write_slopes()
        layers = max((sizes.size for *_of, sizes in self.sizes), default=1)
        ticks = [(l, str(l)) for l in range(1, layers + 1, max(1, layers // 12))]
        self.plot.item.getAxis("bottom").setTicks([ticks])
        self.labels.show_labels(
            [(name, colour, float(np.log10(max(sizes[0], LEAST)))) for name, colour, sizes in self.sizes]
        )
        self.plot.description.changed()

    def _write_slopes(self) -> None:
        """In presentation mode, write the derivatives g' that multiply the gradient which vanishes most."""
        lost = [float(sizes[0] / max(sizes[-1], LEAST)) for _name, _colour, sizes in self.sizes]
        k = int(np.argmin(lost)) if lost else 0
        if not lost or not in_hall() or lost[k] > DYING or self.slopes[k].size > MOST_SLOPES:
            return
        _name, colour, sizes = self.sizes[k]
        heights = np.log10(np.maximum(sizes, LEAST))
        for l, slope in enumerate(self.slopes[k][:-1].tolist()):
            side = (0, 1) if 2 * l > self.slopes[k].size else (1, 0)  # on the side with more room
            text = pg.TextItem(f"σ′ = {value_text(slope, count=2)}", colour, anchor=side)
            text.setFont(sized("text"))
            text.setPos(l + 1.5, float(heights[l] + heights[l + 1]) / 2)
            self.plot.addItem(text)
            self._lines.append(text)

    def _described(self) -> str:
        """Return a description: the gradient sizes at both ends of every network."""
        told = self.tr("{name}: gradient size {output} in the last layer, {first} in the first.")
        return " ".join(
            told.format(name=name, output=value_text(float(sizes[-1])), first=value_text(float(sizes[0])))
            for name, _colour, sizes in self.sizes
        )


def _sizes(network: Network, dataset: Dataset, theta: Array) -> Array:
    x, y = dataset.x[:, dataset.train], dataset.targets(network.n[-1])[:, dataset.train]
    g = evaluate(network, theta, x, y).g
    assert g is not None
    return np.array(gradient_sizes(network, g))


def _slopes(network: Network, dataset: Dataset, theta: Array) -> Array:
    """Return the mean derivative of the activations of each layer, over neurons and training samples."""
    x, y = dataset.x[:, dataset.train], dataset.targets(network.n[-1])[:, dataset.train]
    values = evaluate(network, theta, x, y)
    means = []
    for layer in network.layers:
        spans = [run for run in layer.spans if not run.activation.layerwide]
        slopes = [
            run.activation.derivative(values.z[layer.l][run.start : run.stop], run.alpha) for run in spans
        ]
        means.append(float(np.concatenate(slopes).mean()) if slopes else 1.0)
    return np.array(means)
