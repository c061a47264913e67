"""The loss surface as a relief: a grid seen from the side, painted from the back to the front."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import cos, radians, sin

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from core.analysis.loss_surface import LossSurface, Range
from core.arrays import Array
from gui.theme.theme import Theme, mixed, sized
from gui.views.loss_surface.contours import BANDS, HeightScale, band_colours
from gui.widgets.drawable import along, polygon, polygons

MOST_CELLS = 40
MESH = 0.35
HEIGHT = 0.75
DIAGONAL, RIM = 2.83, 0.25
SHADE = 22.0  # per cent
FLOOR = ((-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))


@dataclass(frozen=True)
class Camera:
    """From where one looks: turned round the vertical, and lifted above the ground, in degrees."""

    turn: float = 30.0
    lift: float = 38.0

    def moved(self, across: float, up: float) -> Camera:
        """Return the eye after a drag by so many degrees."""
        return replace(self, turn=(self.turn + across) % 360, lift=min(88.0, max(8.0, self.lift + up)))

    def seen(self, places: Array) -> Array:
        """Return places (count, 3), each within -1 … 1 and heights 0 … 1, as right, up and away."""
        a, e = radians(self.turn), radians(self.lift)
        right = places[:, 0] * cos(a) - places[:, 1] * sin(a)
        away = places[:, 0] * sin(a) + places[:, 1] * cos(a)
        up = away * sin(e) + (places[:, 2] - 0.5) * HEIGHT * cos(e)
        return np.column_stack([right, up, away * cos(e)])


@dataclass(frozen=True, eq=False)
class Relief:
    """A surface seen by an eye within an area of pixels."""

    surface: LossSurface
    heights: HeightScale
    eye: Camera
    area: QRectF

    def _pixels(self, places: Array) -> Array:
        """Return places (count, 3) as pixels and distance (count, 3)."""
        seen = self.eye.seen(places)
        lift = radians(self.eye.lift)
        tall = DIAGONAL * sin(lift) + HEIGHT * cos(lift) + RIM
        scale = min(self.area.width() / (DIAGONAL + RIM), self.area.height() / tall)
        centre = self.area.center()
        return np.column_stack([centre.x() + scale * seen[:, 0], centre.y() - scale * seen[:, 1], seen[:, 2]])

    def to_pixels(self, points: Array) -> Array:
        """Return points (count, 2) of the plane, lifted onto the surface, in pixels (count, 2)."""
        (left, right), (low, high) = self.surface.u_range, self.surface.v_range
        u = np.clip(along(points[:, 0], (left, right), -1.0, 2.0), -1, 1)
        v = np.clip(along(points[:, 1], (low, high), -1.0, 2.0), -1, 1)
        height = self.heights.of(self.surface.height(points))
        pixels: Array = self._pixels(np.column_stack([u, v, height]))[:, :2]
        return pixels

    def corners(self) -> Array:
        """Return the corners of the ground in pixels (4, 2), from low u and low v on, by low v first."""
        pixels: Array = self._pixels(np.array([(*corner, 0.0) for corner in FLOOR]))[:, :2]
        return pixels

    def paint(self, painter: QPainter, theme: Theme) -> None:
        """Paint the ground and the surface over it."""
        painter.setPen(QPen(theme.border, 1.2))
        painter.drawPolygon(polygon(self.corners()))
        cells, colours = self._cells(theme)
        for cell, colour in zip(polygons(cells), colours, strict=True):
            painter.setPen(mixed(colour, theme.middle, MESH))
            painter.setBrush(colour)
            painter.drawPolygon(cell)

    def _cells(self, theme: Theme) -> tuple[Array, list[QColor]]:
        """Return the corners of every cell in pixels (count, 4, 2), the farthest first, and their colours."""
        J = self.surface.J
        step = -(-(J.shape[0] - 1) // MOST_CELLS)
        rows = np.unique(np.append(np.arange(0, J.shape[0], step), J.shape[0] - 1))
        n = rows.size
        f = self.heights.of(J[np.ix_(rows, rows)])
        across = 2 * rows / (J.shape[0] - 1) - 1
        places = np.column_stack([np.tile(across, n), np.repeat(-across, n), f.ravel()])
        pixels = self._pixels(places).reshape(n, n, 3)
        quads = np.stack([pixels[:-1, :-1], pixels[:-1, 1:], pixels[1:, 1:], pixels[1:, :-1]], axis=2)
        quads = quads.reshape(-1, 4, 3)
        order = np.argsort(-quads[:, :, 2].mean(axis=1), kind="stable")
        return quads[order, :, :2], self._colours(f, theme, order)

    def _colours(self, f: Array, theme: Theme, order: Array) -> list[QColor]:
        """Return a colour for every cell: its band's, lighter where it looks to the left."""
        middle = (f[:-1, :-1] + f[1:, 1:] + f[:-1, 1:] + f[1:, :-1]) / 4
        band = np.clip(middle * BANDS, 0, BANDS - 1).astype(int)
        slope = (f[:-1, 1:] - f[:-1, :-1]) * (f.shape[0] - 1)
        shade = np.rint(100 + SHADE * np.clip(slope, -1, 1)).astype(int)
        palette = band_colours(theme)
        pairs = zip(band.ravel()[order].tolist(), shade.ravel()[order].tolist(), strict=True)
        made: dict[tuple[int, int], QColor] = {}
        return [made.setdefault((b, s), palette[b].lighter(s)) for b, s in pairs]


def ends_text(ends: Range) -> tuple[float, float]:
    """Return the two numbers at the ends of an axis, rounded to what its length lets one tell."""
    digits = int(np.ceil(2 - np.log10(max(ends[1] - ends[0], 1e-12))))
    return round(ends[0], digits), round(ends[1], digits)


# -- A part of its plane, or a relief of all of it -------------------------------------------------------

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
class Viewport:
    """The part of the plane (``ranges``) that fills an area of pixels; or, with an eye, the relief."""

    size: QSize
    area: QRectF
    ranges: Ranges
    surface: LossSurface | None
    heights: HeightScale
    eye: Camera | None

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
