"""The painted plane: a picture of the outputs, the samples on it, and the pointer over it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.datasets import Dataset
from core.modules import Array
from gui.plane import ticks
from gui.samples import draw_samples
from gui.theme import LIGHT, Theme, diverging, font

REACH = 12.0


class PlaneWidget(QWidget):
    """Axes, a picture or curves, samples, and what is chosen among them.

    ``hovered`` gives the point under the pointer in the axes' units (None: it left), and the number
    of the nearest sample or -1; ``picked`` a sample that was clicked or reached by the arrow keys.
    """

    hovered = Signal(object, int)
    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(140, 120)
        self._theme = LIGHT
        self._dataset: Dataset | None = None
        self._ranges = ((0.0, 1.0), (0.0, 1.0))
        self._titles = ("", "")
        self._points: Array = np.empty((0, 2))
        self._layer: QPixmap | None = None
        self._image: QImage | None = None
        self._lines: Array = np.empty((0, 4))
        self._curves: list[Array] = []
        self._batch: Array = np.empty(0, int)
        self._selected = -1

    # -- what is told ------------------------------------------------------------------------------

    def show_samples(
        self,
        dataset: Dataset,
        points: Array,
        ranges: tuple[tuple[float, float], tuple[float, float]],
        titles: tuple[str, str],
    ) -> None:
        """Show samples at ``points`` (samples, 2), in the units of axes with these ends and titles."""
        self._dataset, self._points, self._ranges, self._titles = dataset, points, ranges, titles
        self._image, self._lines, self._curves, self._layer = None, np.empty((0, 4)), [], None
        self._batch = np.empty(0, int)
        self.update()

    def show_picture(self, image: QImage, lines: Array) -> None:
        """Show a picture whose outer pixels' middles are the ends of the axes, and lines in its pixels."""
        self._image, self._lines = image, lines
        self.update()

    def show_lines(self, curves: list[Array]) -> None:
        """Show curves, each (points, 2) in the units of the axes."""
        self._curves = curves
        self.update()

    def show_batch(self, samples: Array) -> None:
        """Light these samples up."""
        self._batch = samples
        self.update()

    def show_selected(self, sample: int) -> None:
        """Mark a sample; -1: none."""
        self._selected = sample
        self.update()

    def show_theme(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self._theme, self._layer = theme, None
        self.update()

    # -- places ------------------------------------------------------------------------------------

    def area(self) -> QRectF:
        """Return the rectangle of the picture within the widget."""
        metrics = QFontMetricsF(font("small"))
        numbers = [metrics.horizontalAdvance(_tick(y)) for y in ticks(*self._ranges[1])]
        left = max(numbers, default=0.0) + 8
        below = 2 * metrics.height() + 6
        return QRectF(left, 4, max(10.0, self.width() - left - 5), max(10.0, self.height() - below - 4))

    def to_pixels(self, points: Array) -> Array:
        """Return points (count, 2) of the axes' units in the widget's pixels."""
        area, ((left, right), (bottom, top)) = self.area(), self._ranges
        x = area.left() + (points[:, 0] - left) / (right - left) * area.width()
        y = area.bottom() - (points[:, 1] - bottom) / (top - bottom) * area.height()
        return np.column_stack([x, y])

    def from_pixels(self, position: QPointF) -> tuple[float, float]:
        """Return a point of the widget in the axes' units."""
        area, ((left, right), (bottom, top)) = self.area(), self._ranges
        x = left + (position.x() - area.left()) / area.width() * (right - left)
        y = bottom + (area.bottom() - position.y()) / area.height() * (top - bottom)
        return x, y

    def nearest(self, position: QPointF) -> int:
        """Return the sample nearest to a point of the widget, or -1 where none is near."""
        if not self._points.size:
            return -1
        distance = np.hypot(*(self.to_pixels(self._points) - (position.x(), position.y())).T)
        k = int(distance.argmin())
        return k if distance[k] <= REACH else -1

    # -- painting ----------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(font("small"))
        area = self.area()
        painter.fillRect(area, self._theme.canvas)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._image is not None:
            inner = QRectF(0.5, 0.5, self._image.width() - 1, self._image.height() - 1)
            painter.drawImage(area, self._image, inner)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_axes(painter, area)
        painter.save()
        painter.setClipRect(area)
        self._paint_lines(painter, area)
        if self._dataset is not None:
            painter.drawPixmap(0, 0, self._samples_layer())
            self._paint_curves(painter)
            self._paint_chosen(painter)
        painter.restore()
        painter.end()

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        metrics = painter.fontMetrics()
        height = metrics.height()
        painter.setPen(QPen(self._theme.border, 1))
        painter.drawRect(area)
        painter.setPen(self._theme.muted)
        (left, right), (bottom, top) = self._ranges
        for x in ticks(left, right):
            place = area.left() + (x - left) / (right - left) * area.width()
            half = metrics.horizontalAdvance(_tick(x)) / 2 + 1
            box = QRectF(min(place, self.width() - half) - half, area.bottom() + 2, 2 * half, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, _tick(x))
        for y in ticks(bottom, top):
            place = area.bottom() - (y - bottom) / (top - bottom) * area.height()
            box = QRectF(0, place - height / 2, area.left() - 4, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, _tick(y))
        title = self.tr("{y} ↑   over   {x} →").format(x=self._titles[0], y=self._titles[1])
        title = metrics.elidedText(title, Qt.TextElideMode.ElideMiddle, int(area.width()))
        box = QRectF(area.left(), area.bottom() + height + 2, area.width(), height + 2)
        painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, title)

    def _paint_lines(self, painter: QPainter, area: QRectF) -> None:
        if self._image is None or not self._lines.size:
            return
        size = np.array([self._image.width() - 1, self._image.height() - 1] * 2)
        places = self._lines / size * ([area.width(), area.height()] * 2) + ([area.left(), area.top()] * 2)
        painter.setPen(QPen(self._theme.text, 1.7))
        painter.drawLines([QLineF(*line) for line in places.tolist()])

    def _paint_curves(self, painter: QPainter) -> None:
        colours = (self._theme.positive, self._theme.negative, *self._theme.classes)
        for k, curve in enumerate(self._curves):
            places = self.to_pixels(curve)
            places = np.clip(places[np.isfinite(places).all(axis=1)], -1e4, 1e4)
            painter.setPen(QPen(colours[k % len(colours)], 2.6))
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in places.tolist()]))

    def _samples_layer(self) -> QPixmap:
        """Return the samples on a transparent ground, drawn again only when they or the size change."""
        if self._layer is None:
            assert self._dataset is not None
            ratio = self.devicePixelRatioF()
            layer = QPixmap(self.size() * ratio)
            layer.setDevicePixelRatio(ratio)
            layer.fill(Qt.GlobalColor.transparent)
            painter = QPainter(layer)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            size = 7.5 if len(self._points) <= 400 else 6.0 if len(self._points) <= 1000 else 4.5
            table = diverging(self._theme)
            draw_samples(painter, self._dataset, self.to_pixels(self._points), self._theme, size, table)
            painter.end()
            self._layer = layer
        return self._layer

    def _paint_chosen(self, painter: QPainter) -> None:
        """Ring the samples of the present batch, and more strongly the selected one."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._batch.size:
            painter.setPen(QPen(self._theme.text, 1.6))
            for x, y in self.to_pixels(self._points[self._batch]).tolist():
                painter.drawEllipse(QPointF(x, y), 6.5, 6.5)
        if 0 <= self._selected < len(self._points):
            x, y = self.to_pixels(self._points[[self._selected]])[0].tolist()
            for colour, width in ((self._theme.panel, 5.0), (self._theme.accent, 2.6)):
                painter.setPen(QPen(colour, width))
                painter.drawEllipse(QPointF(x, y), 9, 9)

    # -- gestures ----------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._layer = None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        inside = self.area().contains(event.position()) and self._dataset is not None
        self.hovered.emit(
            self.from_pixels(event.position()) if inside else None, self.nearest(event.position())
        )

    def leaveEvent(self, event: object) -> None:
        self.hovered.emit(None, -1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and (k := self.nearest(event.position())) >= 0:
            self.picked.emit(k)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        move = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if move and len(self._points):
            self.picked.emit((max(self._selected, -1 if move > 0 else 0) + move) % len(self._points))
        else:
            super().keyPressEvent(event)


def _tick(value: float) -> str:
    """Return the number at a tick, with a true minus."""
    return f"{value + 0.0:g}".replace("-", "−")
