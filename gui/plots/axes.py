"""Painted plots for the lecture and for panels, readable from the back of a lecture hall."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.arrays import Array
from core.language import tr
from core.number_style import axis_text, value_text
from gui.plots.output_map import ticks
from gui.theme.theme import LIGHT, Theme, sized
from gui.widgets.drawable import along, has_ticks, pieces, point, shielded

Range = tuple[float, float]
SOLID, DASHED = Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine


def axis_ticks(low: float, high: float, most: int) -> list[float]:
    """Return at most ``most`` evenly spaced round numbers from ``low`` to ``high``."""
    if not has_ticks(low, high):
        return []
    rough = (high - low) / max(1, most)
    unit = 10.0 ** floor(log10(rough))
    step = next(unit * k for k in (1, 2, 5, 10) if unit * k >= rough * (1 - 1e-9))
    first = int(np.ceil(low / step - 1e-9))
    return [k * step for k in range(first, int(np.floor(high / step + 1e-9)) + 1)]


class Axes(QWidget):
    """A plot with axes from ``x_range`` and ``y_range``; subclasses paint their curves in `paint_curves`."""

    def __init__(self, name: str, x_title: str, y_title: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 90)
        self.titles = x_title, y_title
        self.theme: Theme = LIGHT
        self.x_range: Range = (0.0, 1.0)
        self.y_range: Range = (0.0, 1.0)
        self.x_numbers = True
        self.metrics = QFontMetricsF(sized("text"))
        self.scale = 1.0

    def show_theme(self, theme: Theme) -> None:
        """Take the colours of a theme and the present font size."""
        self.theme = theme
        self.metrics = QFontMetricsF(sized("text"))
        self.scale = sized("text").pointSizeF() / 10
        self.update()

    # -- coordinates -------------------------------------------------------------------------------------

    def box(self) -> QRectF:
        """Return the rectangle inside the axes, in pixels."""
        line = self.metrics.height()
        names = [_tick(y, self.y_range) for y in axis_ticks(*self.y_range, 8)]
        left = max(map(self.metrics.horizontalAdvance, ["−00.0", *names])) + 8 * self.scale
        below = 1.25 * line if self.x_numbers else 0.4 * line
        return QRectF(self.rect()).adjusted(left, 0.6 * line, -0.8 * line, -below)

    def place(self, x: float, y: float) -> QPointF:
        """Return the pixel position of a point given in units of the axes."""
        ((across, down),) = self.places(np.array([x]), np.array([y]))
        return point(across, down)

    def places(self, x: Array, y: Array) -> Array:
        """Return the pixel positions (n, 2) of points in units of the axes, within what can be painted."""
        box = self.box()
        across = along(x, self.x_range, box.left(), box.width())
        return np.column_stack([across, along(y, self.y_range, box.bottom(), -box.height())])

    def x_at(self, across: float) -> float:
        """Return the x value at a pixel distance from the left, limited to the range of the axis."""
        box, (x0, x1) = self.box(), self.x_range
        share = (across - box.left()) / max(1.0, box.width())
        return x0 + min(1.0, max(0.0, share)) * (x1 - x0)

    def event(self, event: QEvent) -> bool:
        """Keep the arrow keys, which may be shortcuts of the window too, while the plot has the focus."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride:
            return super().event(event)
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            event.accept()
            return True
        return super().event(event)

    # -- painting ----------------------------------------------------------------------------------------

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.theme.panel)
        painter.setFont(sized("text"))
        self._paint_axes(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        painter.setClipRect(self.box().adjusted(-1, -1, 1, 1))
        self.paint_curves(painter)
        painter.restore()
        self.paint_over(painter)
        painter.end()

    def _paint_axes(self, painter: QPainter) -> None:
        box, line, theme = self.box(), self.metrics.height(), self.theme
        flags = Qt.AlignmentFlag
        wide = self.metrics.horizontalAdvance("−00.0") * 1.6
        for y in axis_ticks(*self.y_range, max(2, int(box.height() / (2.2 * line)))):
            down = self.place(self.x_range[0], y).y()
            zero = abs(y) < 1e-12
            painter.fillRect(
                QRectF(box.left(), down - zero * self.scale / 2, box.width(), 1 + zero * self.scale),
                theme.muted if zero else theme.border,
            )
            painter.setPen(theme.muted)
            place = QRectF(0, down - line / 2, box.left() - 5 * self.scale, line)
            painter.drawText(place, flags.AlignRight | flags.AlignVCenter, _tick(y, self.y_range))
        title = self.width() - self.metrics.horizontalAdvance(self.titles[0])
        for x, number in self.x_marks(max(2, int(box.width() / wide))):
            across = self.place(x, self.y_range[0]).x()
            painter.fillRect(QRectF(across, box.top(), 1, box.height()), theme.border)
            beside = across + self.metrics.horizontalAdvance(number) / 2 < title
            if self.x_numbers and beside:
                painter.setPen(theme.muted)
                place = QRectF(across - wide, box.bottom() + 2, 2 * wide, line)
                painter.drawText(place, flags.AlignHCenter, number)
        self._paint_titles(painter, box, line)

    def x_marks(self, most: int) -> list[tuple[float, str]]:
        """Return the positions of the vertical grid lines, at most ``most``, with the labels below them."""
        return [(x, _tick(x, self.x_range)) for x in axis_ticks(*self.x_range, most)]

    def _paint_titles(self, painter: QPainter, box: QRectF, line: float) -> None:
        painter.setPen(self.theme.text)
        flags, (x_title, y_title) = Qt.AlignmentFlag, self.titles
        above = QRectF(box.left() + 4 * self.scale, box.top() - 0.5 * line, box.width(), line)
        painter.drawText(above, flags.AlignLeft | flags.AlignVCenter, y_title)
        if self.x_numbers:
            wide = self.metrics.horizontalAdvance(x_title) + 2
            end = QRectF(self.width() - wide, box.bottom() + 2, wide, line)
            painter.fillRect(end, self.theme.panel)
            painter.drawText(end, flags.AlignRight, x_title)

    def paint_curves(self, painter: QPainter) -> None:
        """Paint what is clipped to the axes."""
        raise NotImplementedError

    def paint_over(self, painter: QPainter) -> None:
        """Paint what may extend beyond the axes."""

    def paint_curve(
        self,
        painter: QPainter,
        x: Array,
        y: Array,
        colour: QColor,
        width: float = 2.2,
        style: Qt.PenStyle = SOLID,
    ) -> None:
        """Paint a curve, interrupted at NaN; ``width`` is that at scale 1."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, width * self.scale, style, Qt.PenCapStyle.RoundCap))
        for piece in pieces(self.places(x, np.where(np.isfinite(y), y, np.nan))):
            painter.drawPolyline(piece)

    def paint_dot(self, painter: QPainter, x: float, y: float, colour: QColor, radius: float = 5.0) -> None:
        """Paint a dot with a rim in the background colour; ``radius`` is that at scale 1."""
        if np.isfinite(x) and np.isfinite(y):
            painter.setPen(QPen(self.theme.panel, 1.5 * self.scale))
            painter.setBrush(colour)
            painter.drawEllipse(self.place(x, y), radius * self.scale, radius * self.scale)


def _tick(value: float, span: Range) -> str:
    """Return the number at a line of the grid."""
    return axis_text(value, max(abs(end) for end in span))


# -- axes of a plane, with labels ------------------------------------------------------------------------

PlaneRange = tuple[float, float]


@dataclass(frozen=True)
class PlaneAxes:
    """A rectangle in pixels, with the ranges and titles of its horizontal and vertical axis."""

    area: QRectF
    ranges: tuple[PlaneRange, PlaneRange]
    titles: tuple[str, str]

    def to_pixels(self, points: Array) -> Array:
        """Return the pixel positions of points (count, 2) in units of the axes."""
        area, (across, up) = self.area, self.ranges
        x = along(points[:, 0], across, area.left(), area.width())
        return np.column_stack([x, along(points[:, 1], up, area.bottom(), -area.height())])

    def from_pixels(self, position: QPointF) -> tuple[float, float]:
        """Return the point in units of the axes at a pixel position."""
        area, ((left, right), (bottom, top)) = self.area, self.ranges
        x = left + (position.x() - area.left()) / area.width() * (right - left)
        y = bottom + (area.bottom() - position.y()) / area.height() * (top - bottom)
        return x, y

    def paint(self, painter: QPainter, theme: Theme, width: int) -> None:
        """Paint frame, labels and titles in a widget of the given width."""
        area, metrics = self.area, painter.fontMetrics()
        height = metrics.height()
        painter.setPen(QPen(theme.border, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area)
        painter.setPen(theme.muted)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        (x_low, _), (_, y_high) = self.ranges
        for x in ticks(*self.ranges[0]):
            place = self.to_pixels(np.array([[x, y_high]]))[0, 0]
            half = metrics.horizontalAdvance(axis_text(x)) / 2 + 1
            box = QRectF(min(place, width - half) - half, area.bottom() + 2, 2 * half, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, axis_text(x))
        for y in ticks(*self.ranges[1]):
            place = self.to_pixels(np.array([[x_low, y]]))[0, 1]
            box = QRectF(0, max(0.0, place - height / 2), area.left() - 4, height)
            painter.drawText(box, right, axis_text(y))
        title = tr("{y} ↑   over   {x} →")
        title = title.format(x=self.titles[0], y=self.titles[1])
        title = metrics.elidedText(title, Qt.TextElideMode.ElideMiddle, int(area.width()))
        box = QRectF(area.left(), area.bottom() + height + 2, area.width(), height + 2)
        painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, title)


def axes_within(size: QSize, ranges: tuple[PlaneRange, PlaneRange], titles: tuple[str, str]) -> PlaneAxes:
    """Return axes that fill a widget, with room for labels at the left and below."""
    metrics = QFontMetricsF(sized("small"))
    numbers = [metrics.horizontalAdvance(axis_text(y)) for y in ticks(*ranges[1])]
    left, below = max(numbers, default=0.0) + 8, 2 * metrics.height() + 6
    area = QRectF(left, 4, max(10.0, size.width() - left - 5), max(10.0, size.height() - below - 4))
    return PlaneAxes(area, ranges, titles)


# -- A pale grid, numbers at its rims, and curves painted in a few microseconds --------------------------

LINES = 4


class SmallPlot(QWidget):
    """A small plot with axes from ``x_range`` and ``y_range``; subclasses paint curves in `paint_curves`."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.theme = LIGHT
        self.x_range, self.y_range = (0.0, 1.0), (0.0, 1.0)
        self._fit()

    def show_theme(self, theme: Theme) -> None:
        """Use a theme's colours."""
        self.theme = theme
        self._fit()
        self.update()

    def _fit(self) -> None:
        self._small = sized("small")
        self._metrics = QFontMetricsF(self._small)
        self.setFixedHeight(round(6.2 * self._metrics.height()))

    def box(self) -> QRectF:
        """Return the rectangle of the curves, in pixels."""
        low, high = (self._metrics.horizontalAdvance(value_text(y)) for y in self.y_range)
        line = self._metrics.height()
        return QRectF(self.rect()).adjusted(max(low, high) + 6, line / 2, -line / 2, -line - 3)

    def places(self, x: Array, y: Array) -> Array:
        """Return the pixel positions (n, 2) of points in units of the axes."""
        box = self.box()
        across = along(x, self.x_range, box.left(), box.width())
        return np.column_stack([across, along(y, self.y_range, box.bottom(), -box.height())])

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._small)
        self._paint_axes(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_curves(painter)
        painter.end()

    def _paint_axes(self, painter: QPainter) -> None:
        box, line = self.box(), self._metrics.height()
        for k in range(LINES):
            line_y = round(box.top() + k * box.height() / (LINES - 1))
            painter.fillRect(QRectF(box.left(), line_y, box.width(), 1), self.theme.border)
        painter.setPen(self.theme.muted)
        flags = Qt.AlignmentFlag
        for value, y in zip(self.y_range, (box.bottom(), box.top()), strict=True):
            place = QRectF(0, y - line / 2, box.left() - 4, line)
            painter.drawText(place, flags.AlignRight | flags.AlignVCenter, value_text(value))
        below = QRectF(box.left(), box.bottom() + 2, box.width(), line)
        for text, flag in zip(
            self.x_words(), (flags.AlignLeft, flags.AlignHCenter, flags.AlignRight), strict=True
        ):
            painter.drawText(below, flag, text)

    def x_words(self) -> tuple[str, str, str]:
        """Return what stands below the axis, at its left, middle and right."""
        return value_text(self.x_range[0]), "", value_text(self.x_range[1])

    def paint_curves(self, painter: QPainter) -> None:
        """Paint the curves of this plot."""
        raise NotImplementedError

    def paint_curve(
        self,
        painter: QPainter,
        x: Array,
        y: Array,
        colour: QColor,
        style: Qt.PenStyle = Qt.PenStyle.SolidLine,
    ) -> None:
        """Paint a curve, interrupted at NaN."""
        painter.setPen(QPen(colour, 1.8, style))
        for piece in pieces(self.places(x, np.where(np.isfinite(y), y, np.nan))):
            painter.drawPolyline(piece)

    def paint_dot(self, painter: QPainter, x: float, y: float, colour: QColor, radius: float = 4.0) -> None:
        """Paint a dot with a rim in the background colour, if it lies within the axes."""
        if not (np.isfinite(x) and np.isfinite(y)):
            return
        ((across, down),) = self.places(np.array([x]), np.array([y]))
        painter.setPen(QPen(self.theme.panel, 1.5))
        painter.setBrush(colour)
        painter.drawEllipse(point(across, down), radius, radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)
