"""The axes round a painted plane: where a point lies, and the numbers at the rim."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from core.modules import Array
from gui.drawable import along
from gui.fonts import sized
from gui.plane import ticks
from gui.theme import Theme

Range = tuple[float, float]


@dataclass(frozen=True)
class Axes:
    """A rectangle in pixels, and the ends and titles of the axis to the right and the one upwards."""

    area: QRectF
    ranges: tuple[Range, Range]
    titles: tuple[str, str]

    def to_pixels(self, points: Array) -> Array:
        """Return points (count, 2) of the axes' units in pixels."""
        area, (across, up) = self.area, self.ranges
        x = along(points[:, 0], across, area.left(), area.width())
        return np.column_stack([x, along(points[:, 1], up, area.bottom(), -area.height())])

    def from_pixels(self, position: QPointF) -> tuple[float, float]:
        """Return a point in pixels in the axes' units."""
        area, ((left, right), (bottom, top)) = self.area, self.ranges
        x = left + (position.x() - area.left()) / area.width() * (right - left)
        y = bottom + (area.bottom() - position.y()) / area.height() * (top - bottom)
        return x, y

    def paint(self, painter: QPainter, theme: Theme, width: int) -> None:
        """Paint rim, numbers and titles within a widget so wide."""
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
            half = metrics.horizontalAdvance(tick_text(x)) / 2 + 1
            box = QRectF(min(place, width - half) - half, area.bottom() + 2, 2 * half, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, tick_text(x))
        for y in ticks(*self.ranges[1]):
            place = self.to_pixels(np.array([[x_low, y]]))[0, 1]
            box = QRectF(0, max(0.0, place - height / 2), area.left() - 4, height)
            painter.drawText(box, right, tick_text(y))
        title = QCoreApplication.translate("Axes", "{y} ↑   over   {x} →")
        title = title.format(x=self.titles[0], y=self.titles[1])
        title = metrics.elidedText(title, Qt.TextElideMode.ElideMiddle, int(area.width()))
        box = QRectF(area.left(), area.bottom() + height + 2, area.width(), height + 2)
        painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, title)


def axes_within(size: QSize, ranges: tuple[Range, Range], titles: tuple[str, str]) -> Axes:
    """Return the axes that fill a widget, with room for the numbers left and below."""
    metrics = QFontMetricsF(sized("small"))
    numbers = [metrics.horizontalAdvance(tick_text(y)) for y in ticks(*ranges[1])]
    left, below = max(numbers, default=0.0) + 8, 2 * metrics.height() + 6
    area = QRectF(left, 4, max(10.0, size.width() - left - 5), max(10.0, size.height() - below - 4))
    return Axes(area, ranges, titles)


def tick_text(value: float) -> str:
    """Return the number at a tick, with a true minus."""
    return f"{value + 0.0:g}".replace("-", "−")
