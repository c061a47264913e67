"""Paints the plane of two inputs: a picture of the outputs with the samples on it."""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontInfo,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from core.arrays import Array
from core.data.datasets import Dataset
from gui.figures.figure import draw_grid, fill_background, is_vector
from gui.plots.axes import Axes, Ranges, axes_within, paint_title
from gui.plots.scatter import draw_samples
from gui.qt.drawable import guarded_overrides, lines, point, polygon, shielded
from gui.qt.typed_signal import TypedSignal
from gui.text.reading_direction import keep_left_to_right
from gui.theme.theme import LIGHT, Theme, diverging, in_hall, sized, type_scale

REACH = 12.0
FEW, SOME = 8, 120
"""Up to this number samples are large, each with the name of its class; up to the second one, medium."""
CORNER, LETTERS = 2.2, 0.6
"""In presentation mode: the size of one of a few samples, in lines of text, and the share of its letters."""


@guarded_overrides
class OutputMapWidget(QWidget):
    """Axes, a picture or curves, samples, and which of them are selected.

    Signals: ``hovered`` carries the point under the mouse in units of the axes (None: it left), and the
    nearest sample or -1; ``picked`` carries a sample that was clicked or reached by the arrow keys;
    ``menu_asked`` one whose context menu is requested, and the point on the screen.
    """

    hovered = TypedSignal[tuple[float, float] | None, int]()
    picked = Signal(int)
    menu_asked = TypedSignal[int, QPoint]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        keep_left_to_right(self)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(140, 120)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # or its parents would be painted with it
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
        self._shows_test = True
        self._square = False
        self.overlay: Callable[[QPainter, Axes], None] | None = None
        self.own_keys: Collection[Qt.Key] = ()

    # -- contents ----------------------------------------------------------------------------------

    def show_samples(
        self,
        dataset: Dataset,
        points: Array,
        ranges: Ranges,
        titles: tuple[str, str],
    ) -> None:
        """Show samples at ``points`` (samples, 2), in units of axes with these ranges and titles."""
        self._dataset, self._points, self._ranges, self._titles = dataset, points, ranges, titles
        self._image, self._lines, self._curves, self._layer = None, np.empty((0, 4)), [], None
        self._batch = np.empty(0, int)
        self.update()

    def show_points(self, dataset: Dataset, points: Array) -> None:
        """Show other samples over the same picture; none of them is highlighted."""
        self._dataset, self._points, self._layer = dataset, points, None
        self._batch, self._selected = np.empty(0, int), -1
        self.update()

    def show_square(self, square: bool) -> None:
        """Make both axes equally long on the screen, or fill the widget."""
        self._square, self._layer = square, None
        self.update()

    def show_picture(self, image: QImage, lines: Array) -> None:
        """Show a picture and lines in its pixels; the centres of its outer pixels are the axes' ends."""
        self._image, self._lines = image, lines
        self.update()

    def show_lines(self, curves: list[Array]) -> None:
        """Show curves, each (points, 2) in units of the axes."""
        self._curves = curves
        self.update()

    def show_batch(self, samples: Array) -> None:
        """Highlight the samples of a batch."""
        if not np.array_equal(samples, self._batch):
            self._batch = samples
            self.update()

    def show_selected(self, sample: int) -> None:
        """Mark a sample; -1: none."""
        self._selected = sample
        self.update()

    def show_test(self, shown: bool) -> None:
        """Show or hide the test samples, which the mouse then ignores."""
        self._shows_test, self._layer = shown, None
        self.update()

    def show_theme(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self._theme, self._layer = theme, None
        self.update()

    # -- geometry ----------------------------------------------------------------------------------

    @property
    def axes(self) -> Axes:
        """The axes at the present size."""
        axes = axes_within(self.size(), self._ranges)
        if not self._square:
            return axes
        side, area = min(axes.area.width(), axes.area.height()), axes.area
        return Axes(QRectF(area.left() + (area.width() - side) / 2, area.top(), side, side), self._ranges)

    def nearest(self, position: QPointF) -> int:
        """Return the sample nearest to a point of the widget, or -1 if none is near."""
        if not self._points.size:
            return -1
        distance = np.hypot(*(self.axes.to_pixels(self._points) - (position.x(), position.y())).T)
        if not self._shows_test and self._dataset is not None:
            distance[self._dataset.test] = np.inf
        k = int(distance.argmin())
        return k if distance[k] <= REACH else -1

    # -- painting ----------------------------------------------------------------------------------

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, axes = QPainter(self), self.axes
        area = axes.area
        fill_background(painter, self.rect(), self.palette().window())
        painter.fillRect(area, self._theme.canvas)
        if self._image is not None:
            draw_grid(painter, area, self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(area)
        self._paint_lines(painter, area)
        painter.setClipping(False)
        if is_vector(painter):
            self._paint_fixed(painter)
        else:
            painter.drawPixmap(0, 0, self._fixed_layer())
        painter.setClipRect(area)
        if self._dataset is not None:
            self._paint_curves(painter, axes)
            self._paint_chosen(painter, axes)
        if self.overlay is not None:
            self.overlay(painter, axes)
        painter.end()

    def _paint_lines(self, painter: QPainter, area: QRectF) -> None:
        if self._image is None or not self._lines.size:
            return
        size = np.array([self._image.width() - 1, self._image.height() - 1] * 2)
        places = self._lines / size * ([area.width(), area.height()] * 2) + ([area.left(), area.top()] * 2)
        painter.setPen(QPen(self._theme.text, 1.7 * type_scale()))
        painter.drawLines(lines(places))

    def _paint_curves(self, painter: QPainter, axes: Axes) -> None:
        colours = (self._theme.positive, self._theme.negative, *self._theme.classes)
        for k, curve in enumerate(self._curves):
            painter.setPen(QPen(colours[k % len(colours)], 2.6 * type_scale()))
            painter.drawPolyline(polygon(axes.to_pixels(curve)))

    def _fixed_layer(self) -> QPixmap:
        """Return axes and samples on a transparent background, cached until they or the size change."""
        ratio = self.devicePixelRatioF()
        if self._layer is None or self._layer.devicePixelRatio() != ratio:
            self._layer = layer = QPixmap(self.size() * ratio)
            layer.setDevicePixelRatio(ratio)
            layer.fill(Qt.GlobalColor.transparent)
            painter = QPainter(layer)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_fixed(painter)
            painter.end()
        return self._layer

    def _paint_fixed(self, painter: QPainter) -> None:
        axes = self.axes
        painter.setFont(sized("small"))
        axes.paint_rim(painter, self._theme, self.width())
        corner = [button.width() for button in self.findChildren(QToolButton) if button.isVisible()]
        paint_title(painter, axes, self._titles, self._theme, max(corner, default=0))
        if self._dataset is None:
            return
        painter.setClipRect(axes.area)
        size = self._size
        points, table = axes.to_pixels(self._points), diverging(self._theme)
        draw_samples(painter, self._dataset, points, self._theme, size, table, shows_test=self._shows_test)
        if len(self._points) <= FEW and self._dataset.task == "classes":
            self._name_samples(painter, axes, points, size)

    @property
    def _margin(self) -> float:
        """The least distance of a sample from the border, in pixels."""
        axes = self.axes
        x, y = axes.to_pixels(self._points).T
        gaps = (x - axes.area.left(), axes.area.right() - x, y - axes.area.top(), axes.area.bottom() - y)
        return float(np.min(gaps, initial=np.inf))

    @property
    def _size(self) -> float:
        """The size of a sample in pixels."""
        count, line = len(self._points), QFontMetrics(sized("small")).height()
        if count <= FEW:
            return min(CORNER * line, max(line, 2 * self._margin)) if in_hall() else float(line)
        size = 7.5 if count <= 400 else 6.0 if count <= 1000 else 4.5
        return max(size, (0.5 if count <= SOME else 0.3) * line) if in_hall() else size

    def _name_samples(self, painter: QPainter, axes: Axes, points: Array, size: float) -> None:
        """Write the class of each of a few samples on it, or beside it, towards the middle of the picture."""
        assert self._dataset is not None
        metrics, names = painter.fontMetrics(), self._dataset.class_names
        bold = sized("text")
        bold.setBold(True)
        within = in_hall() and max(map(len, names)) == 1
        if within:
            bold.setPixelSize(max(QFontInfo(bold).pixelSize(), round(LETTERS * size)))
        painter.setFont(bold)
        painter.setPen(self._theme.on_accent if within else self._theme.text)
        for (x, y), label in zip(points.tolist(), self._dataset.labels.tolist(), strict=True):
            name, line = names[label], metrics.height()
            if within:
                around = QRectF(x - size, y - size, 2 * size, 2 * size)
                painter.drawText(around, Qt.AlignmentFlag.AlignCenter, name)
                continue
            wide = metrics.horizontalAdvance(name) + line
            left = x + 0.8 * line if x < axes.area.center().x() else x - 0.8 * line - wide
            side = Qt.AlignmentFlag.AlignLeft if left > x else Qt.AlignmentFlag.AlignRight
            box = QRectF(left, y - line / 2, wide, line)
            painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, name)

    def _paint_chosen(self, painter: QPainter, axes: Axes) -> None:
        """Ring the samples of the present batch, and more strongly the selected one."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._batch.size:
            painter.setPen(QPen(self._theme.text, 1.6))
            for x, y in axes.to_pixels(self._points[self._batch]).tolist():
                painter.drawEllipse(point(x, y), 6.5, 6.5)
        if 0 <= self._selected < len(self._points):
            x, y = axes.to_pixels(self._points[[self._selected]])[0].tolist()
            for colour, width in ((self._theme.panel, 5.0), (self._theme.accent, 2.6)):
                painter.setPen(QPen(colour, width))
                ring = 9 if self._size < 18 else 0.75 * self._size
                painter.drawEllipse(point(x, y), ring, ring)

    # -- mouse and keyboard ------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._layer = None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        axes, position = self.axes, event.position()
        inside = self._dataset is not None and axes.area.contains(position)
        self.hovered.emit(axes.from_pixels(position) if inside else None, self.nearest(position))

    def leaveEvent(self, event: object) -> None:
        self.hovered.emit(None, -1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and (k := self.nearest(event.position())) >= 0:
            self.picked.emit(k)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        k = self._selected if by_key else self.nearest(QPointF(event.pos()))
        if k >= 0:
            self.menu_asked.emit(k, event.globalPos())
        else:
            event.ignore()

    def takes(self, event: QKeyEvent) -> bool:
        """Whether a key without a modifier other than Shift is handled by the drawing mode."""
        others = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        return event.key() in self.own_keys and not others

    def keyPressEvent(self, event: QKeyEvent) -> None:
        move = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if move and len(self._points):
            self.picked.emit((max(self._selected, -1 if move > 0 else 0) + move) % len(self._points))
        else:
            super().keyPressEvent(event)
