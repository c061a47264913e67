"""What of a loss surface is seen, and where on the screen: a part of its plane, or a relief of all of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QFontMetricsF

from core.modules import Array
from core.surface import Range, Surface
from gui.drawable import along
from gui.fonts import sized
from gui.surface_picture import Heights
from gui.surface_relief import Eye, Relief

Ranges = tuple[Range, Range]


def area_within(size: QSize) -> QRectF:
    """Return the rectangle of the picture in a widget, with room for the numbers and names at its rim."""
    metrics = QFontMetricsF(sized("small"))
    left, below = metrics.horizontalAdvance("−00.0") + 8, 2.5 * metrics.height() + 4
    above = 1.4 * metrics.height()
    width, height = size.width() - left - 6, size.height() - below - above
    return QRectF(left, above, max(40.0, width), max(40.0, height))


def widened(ranges: Ranges, area: QRectF) -> Ranges:
    """Return ranges that hold these and have one unit for both axes in an area."""
    (left, right), (low, high) = ranges
    unit = max((right - left) / area.width(), (high - low) / area.height())
    u, v = (left + right) / 2, (low + high) / 2
    wide, tall = unit * area.width() / 2, unit * area.height() / 2
    return (u - wide, u + wide), (v - tall, v + tall)


@dataclass(frozen=True, eq=False)
class Sight:
    """The part of the plane (``ranges``) that fills an area of pixels; or, with an eye, the relief."""

    size: QSize
    area: QRectF
    ranges: Ranges
    surface: Surface | None
    heights: Heights
    eye: Eye | None

    @property
    def relief(self) -> Relief | None:
        """The surface seen from the side; None: it is seen from above, or there is none yet."""
        if self.eye is None or self.surface is None:
            return None
        return Relief(
            self.surface, self.heights, self.eye, QRectF(0, 0, self.size.width(), self.size.height())
        )

    def to_pixels(self, points: Array) -> Array:
        """Return points (count, 2) of the plane in pixels (count, 2)."""
        relief = self.relief
        if relief is not None:
            return relief.to_pixels(points)
        area, (across, up) = self.area, self.ranges
        x = along(points[:, 0], across, area.left(), area.width())
        return np.column_stack([x, along(points[:, 1], up, area.bottom(), -area.height())])

    def from_pixels(self, position: QPointF) -> tuple[float, float]:
        """Return the point of the plane at a pixel, seen from above."""
        area, ((left, right), (low, high)) = self.area, self.ranges
        u = left + (position.x() - area.left()) / area.width() * (right - left)
        v = low + (area.bottom() - position.y()) / area.height() * (high - low)
        return u, v
