"""A view of every sample as a dot on the axis of a single output, between its two classes."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.arrays import Array
from core.data.datasets import Dataset
from core.nn.curves import Curves
from core.nn.network import Network
from core.nn.passes import evaluate
from core.nn.trainer import Snapshot
from gui.layout.lazy_view import LazyView
from gui.plots.axes import Axes
from gui.plots.scatter import class_colours, draw_markers
from gui.qt.drawable import guarded_overrides, shielded, within
from gui.qt.typed_signal import TypedSignal
from gui.selection import Selection
from gui.theme.theme import LIGHT, Theme, sized

MOST_DRAWN = 2000
"""The largest number of samples drawn; of more, evenly spread ones are drawn."""
DOT, REACH = 0.55, 1.0
"""The size of a dot, and the largest distance of the mouse, in lines of text."""
GOLDEN = 0.618033988749895
"""The fractional parts of its multiples are evenly spread: they are the distances of dots from the axis."""


@guarded_overrides
class OutputStrip(QWidget):
    """Paints the axis with the samples of the class with target 1 above it and those of the other below.

    ``picked`` carries the column in the dataset of a dot that was clicked.
    """

    picked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(160, 90)
        self.setAccessibleName(self.tr("Outputs of all samples"))
        self.setToolTip(self.tr("Click a sample to follow it through the network"))
        self._theme = LIGHT
        self._dataset: Dataset | None = None
        self.columns: Array = np.empty(0, int)
        self.outputs: Array = np.empty(0)
        self._selected: int | None = None

    def show_outputs(self, dataset: Dataset, columns: Array, outputs: Array) -> None:
        """Show the outputs (samples,) of these columns of a dataset."""
        self._dataset, self.columns, self.outputs = dataset, columns, outputs
        self.update()

    def show_selected(self, column: int | None) -> None:
        """Mark a sample; None: none."""
        self._selected = column
        self.update()

    def show_theme(self, theme: Theme) -> None:
        """Paint in the colours of a theme and the present fonts."""
        self._theme = theme
        self.update()

    @property
    def axes(self) -> Axes:
        """The axes at the present size: the output horizontally; 1 … -1 from the top to the bottom."""
        line = self.fontMetrics().height()
        area = QRectF(self.rect()).adjusted(line, 1.3 * line, -line, -1.3 * line)
        low = 0.0 if self._dataset is None else self._dataset.negative
        return Axes(area, ((low, 1.0), (-1.0, 1.0)))

    def points(self) -> Array:
        """Return the positions of the samples (samples, 2), in pixels."""
        if self._dataset is None:
            return np.empty((0, 2))
        side = np.where(self._dataset.labels[self.columns] == 1, 1.0, -1.0)
        away = side * (0.08 + 0.9 * (self.columns * GOLDEN % 1.0))
        return self.axes.to_pixels(np.column_stack([self.outputs, away]))

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, theme, dataset = QPainter(self), self._theme, self._dataset
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(sized("text"))
        if dataset is not None:
            self._paint_axis(painter, dataset)
            points, size = self.points(), DOT * painter.fontMetrics().height()
            labels = dataset.labels[self.columns]
            for k, colour in enumerate(class_colours(theme, 2)):
                draw_markers(painter, points[labels == k], theme.class_symbols[k], size, colour, theme)
            chosen = points[self.columns == self._selected] if self._selected is not None else points[:0]
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.text, 3))
            for x, y in within(chosen).tolist():
                painter.drawEllipse(QPointF(x, y), size, size)
        painter.end()

    def _paint_axis(self, painter: QPainter, dataset: Dataset) -> None:
        """Paint the axis, the threshold between the classes, and their names."""
        axes, theme, line = self.axes, self._theme, painter.fontMetrics().height()
        area, (low, high) = axes.area, axes.ranges[0]
        middle = axes.place(dataset.threshold, 0.0)
        painter.setPen(QPen(theme.muted, 2))
        painter.drawLine(QPointF(area.left(), middle.y()), QPointF(area.right(), middle.y()))
        painter.setPen(QPen(theme.muted, 2, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(middle.x(), area.top()), QPointF(middle.x(), area.bottom()))
        painter.setPen(theme.text)
        numbers = [(low, f"{low:g}"), (dataset.threshold, f"{dataset.threshold:g}"), (high, f"{high:g}")]
        axes.paint_numbers_below(painter, numbers, self.width(), 0.2 * line)
        tops, wide = (area.bottom() + 0.2 * line, area.top() - 1.2 * line), area.width() / 2
        for name, colour, top in zip(dataset.class_names, class_colours(theme, 2), tops, strict=True):
            painter.setPen(colour)
            box = QRectF(area.left(), top, wide, 1.1 * line)
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, name)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        points = self.points()
        if points.size:
            away = np.hypot(*(points - (event.position().x(), event.position().y())).T)
            k = int(away.argmin())
            if away[k] <= REACH * self.fontMetrics().height():
                self.picked.emit(int(self.columns[k]))


@guarded_overrides
class OutputAxisView(LazyView):
    """The output of a network with one output neuron for two classes, for every sample, during training."""

    select_requested = TypedSignal[Selection]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Outputs on an axis"))
        self.strip = self.figure = OutputStrip()
        self.sentence = QLabel(self.tr("This is for networks with one output neuron and two classes."))
        self.sentence.setWordWrap(True)
        self.strip.picked.connect(lambda k: self.select_requested.emit(Selection(sample=k)))
        self._network: Network | None = None
        self._dataset: Dataset | None = None
        self._theta: Array | None = None
        self._columns: Array = np.empty(0, int)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.addWidget(self.strip, 1)
        column.addWidget(self.sentence)

    def sizeHint(self) -> QSize:
        return QSize(300, 160)

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Show the outputs of another network, or of other data."""
        self._network, self._dataset, self._theta = network, dataset, None
        count = dataset.x.shape[1]
        self._columns = np.unique(np.linspace(0, count - 1, min(count, MOST_DRAWN)).astype(int))
        self.strip.setVisible(self._fits)
        self.sentence.setVisible(not self._fits)

    @property
    def _fits(self) -> bool:
        network, dataset = self._network, self._dataset
        if network is None or dataset is None or dataset.task != "classes":
            return False
        return network.n[-1] == 1 and len(dataset.class_names) == 2 and dataset.x.shape[1] > 0

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the outputs for the present parameters."""
        self._theta = snapshot.shown_theta
        self.draw_if_seen()

    def show_picture(self, snapshot: Snapshot, _curves: Curves) -> None:
        """Show the outputs at a moment of a run."""
        if self.isVisible():
            self._theta = snapshot.shown_theta
            self.draw()

    def draw(self) -> None:
        network, dataset, theta = self._network, self._dataset, self._theta
        if theta is None or network is None or dataset is None or not self._fits:
            return
        x, y = dataset.x[:, self._columns], dataset.targets(1)[:, self._columns]
        outputs = evaluate(network, theta, x, y).a[-1][0].astype(float)
        self.strip.show_outputs(dataset, self._columns, outputs)

    def show_selection(self, selection: Selection) -> None:
        """Mark the selected sample."""
        self.strip.show_selected(selection.column)

    def show_theme(self, theme: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self.sentence.setFont(sized("text"))
        self.strip.setFont(sized("text"))
        self.strip.show_theme(theme)
