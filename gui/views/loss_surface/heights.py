"""Geometry and colours of the loss surface: seen from above, in bands, or from the side, as a relief."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import cos, radians, sin

import numpy as np
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from core.analysis.loss_surface import LossSurface, Range
from core.arrays import Array
from gui.plots.axes import Axes, Ranges
from gui.plots.output_map import contour, image_of
from gui.qt.drawable import along, polygon, polygons
from gui.theme.theme import Theme, mixed, sized

BANDS = 14
FINER = 8  # pixels per distance between two computed points
DEEPEST = 1e-6  # fraction of the highest loss: lower ones are in the lowest band


@dataclass(frozen=True)
class HeightScale:
    """Maps losses to heights between 0 and 1, linearly or logarithmically."""

    low: float
    high: float
    logarithmic: bool

    def of(self, J: Array) -> Array:
        """Return the heights of losses; values that are not finite have the height 1."""
        low, high, values = self.low, self.high, J
        if self.logarithmic:
            low, high = np.log(low), np.log(high)
            values = np.log(np.clip(J, self.low, None))
        heights = np.clip((values - low) / ((high - low) or 1.0), 0.0, 1.0)
        return np.nan_to_num(heights, nan=1.0, posinf=1.0)

    def level(self, height: float) -> float:
        """Return the loss at a height."""
        if self.logarithmic:
            return float(self.low * (self.high / self.low) ** height)
        return self.low + height * (self.high - self.low)


def heights_of(surface: LossSurface, *, logarithmic: bool) -> HeightScale:
    """Return the scale that suits a surface; 0 … 1 if it has no finite value."""
    finite = surface.J[np.isfinite(surface.J)]
    if not finite.size:
        return HeightScale(0.0, 1.0, False)
    low, high = float(finite.min()), float(finite.max())
    if logarithmic and high > 0:
        low = max(low, DEEPEST * high)
        return HeightScale(low, max(high, low * (1 + 1e-9)), True)
    return HeightScale(low, high, False)


def band_colours(theme: Theme) -> list[QColor]:
    """Return the colours of the bands; low losses are close to the colour of the canvas."""
    valley = mixed(theme.middle, theme.positive, 0.10 if theme.name == "light" else 0.22)
    teal = mixed(theme.positive, theme.gradient_positive, 0.5)
    top = mixed(theme.middle, teal, 0.46 if theme.name == "light" else 0.62)
    return [mixed(valley, top, k / (BANDS - 1)) for k in range(BANDS)]


def line_colour(theme: Theme) -> QColor:
    """Return the colour of the lines between bands."""
    colour = QColor(mixed(theme.middle, theme.text, 0.55))
    colour.setAlphaF(0.38)
    return colour


def _between(points: int) -> Array:
    """Return the matrix of linear interpolation, with FINER steps between neighbouring points."""
    places = np.linspace(0, points - 1, (points - 1) * FINER + 1)
    left = np.minimum(places.astype(int), points - 2)
    matrix = np.zeros((places.size, points))
    rows = np.arange(places.size)
    matrix[rows, left] = 1 - (places - left)
    matrix[rows, left + 1] += places - left
    return matrix


def bands(surface: LossSurface, heights: HeightScale, theme: Theme) -> QImage:
    """Return the filled bands; the centres of the outer pixels are the ends of the ranges."""
    f = heights.of(surface.J)
    rows, columns = f.shape
    fine = _between(rows) @ f @ _between(columns).T
    table = np.array([[c.red(), c.green(), c.blue(), 255] for c in band_colours(theme)], np.uint8)
    picture: Array = table[np.clip(fine * BANDS, 0, BANDS - 1).astype(int)]
    return image_of(picture)


def lines(surface: LossSurface, heights: HeightScale) -> Array:
    """Return the lines between bands, (count, 4): u1 v1 u2 v2 in units of the plane."""
    f = heights.of(surface.J)
    rows, columns = f.shape
    found = np.concatenate([contour(f, k / BANDS) for k in range(1, BANDS)])
    (left, right), (low, high) = surface.u_range, surface.v_range
    scale = np.array([(right - left) / (columns - 1), (low - high) / (rows - 1)] * 2)
    placed: Array = found * scale + np.array([left, high] * 2)
    return placed


# -- the relief: a grid seen from the side, painted from back to front -----------------------------------


MOST_CELLS = 40
MESH = 0.35
HEIGHT = 0.75
DIAGONAL, RIM = 2.83, 0.25
SHADE = 22.0  # per cent
FLOOR = ((-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))


@dataclass(frozen=True)
class Camera:
    """The direction of view: rotated about the vertical, and elevated above the ground, in degrees."""

    turn: float = 30.0
    lift: float = 38.0

    def moved(self, across: float, up: float) -> Camera:
        """Return the camera rotated by ``across`` and raised by ``up`` degrees."""
        return replace(self, turn=(self.turn + across) % 360, lift=min(88.0, max(8.0, self.lift + up)))

    def project(self, places: Array) -> Array:
        """Project points (count, 3), u and v in -1 … 1 and heights in 0 … 1, to right, up and distance."""
        a, e = radians(self.turn), radians(self.lift)
        right = places[:, 0] * cos(a) - places[:, 1] * sin(a)
        away = places[:, 0] * sin(a) + places[:, 1] * cos(a)
        up = away * sin(e) + (places[:, 2] - 0.5) * HEIGHT * cos(e)
        return np.column_stack([right, up, away * cos(e)])


@dataclass(frozen=True, eq=False)
class Relief:
    """A surface seen by a camera, painted into an area of pixels."""

    surface: LossSurface
    heights: HeightScale
    camera: Camera
    area: QRectF

    def _pixels(self, places: Array) -> Array:
        """Return pixels and distance (count, 3) of points (count, 3)."""
        seen = self.camera.project(places)
        lift = radians(self.camera.lift)
        tall = DIAGONAL * sin(lift) + HEIGHT * cos(lift) + RIM
        scale = min(self.area.width() / (DIAGONAL + RIM), self.area.height() / tall)
        centre = self.area.center()
        return np.column_stack([centre.x() + scale * seen[:, 0], centre.y() - scale * seen[:, 1], seen[:, 2]])

    def to_pixels(self, points: Array) -> Array:
        """Return pixels (count, 2) of points (count, 2) of the plane, lifted onto the surface."""
        (left, right), (low, high) = self.surface.u_range, self.surface.v_range
        u = np.clip(along(points[:, 0], (left, right), -1.0, 2.0), -1, 1)
        v = np.clip(along(points[:, 1], (low, high), -1.0, 2.0), -1, 1)
        height = self.heights.of(self.surface.height(points))
        pixels: Array = self._pixels(np.column_stack([u, v, height]))[:, :2]
        return pixels

    def corners(self) -> Array:
        """Return the corners of the ground in pixels (4, 2), from low to high u, first those with low v."""
        pixels: Array = self._pixels(np.array([(*corner, 0.0) for corner in FLOOR]))[:, :2]
        return pixels

    def paint(self, painter: QPainter, theme: Theme) -> None:
        """Paint the ground and the surface above it."""
        painter.setPen(QPen(theme.border, 1.2))
        painter.drawPolygon(polygon(self.corners()))
        cells, colours = self._cells(theme)
        for cell, colour in zip(polygons(cells), colours, strict=True):
            painter.setPen(mixed(colour, theme.middle, MESH))
            painter.setBrush(colour)
            painter.drawPolygon(cell)

    def _cells(self, theme: Theme) -> tuple[Array, list[QColor]]:
        """Return the corners of all cells in pixels (count, 4, 2), the farthest first, and their colours."""
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
        """Return the colour of every cell: that of its band, lighter if it faces left."""
        middle = (f[:-1, :-1] + f[1:, 1:] + f[:-1, 1:] + f[1:, :-1]) / 4
        band = np.clip(middle * BANDS, 0, BANDS - 1).astype(int)
        slope = (f[:-1, 1:] - f[:-1, :-1]) * (f.shape[0] - 1)
        shade = np.rint(100 + SHADE * np.clip(slope, -1, 1)).astype(int)
        palette = band_colours(theme)
        pairs = zip(band.ravel()[order].tolist(), shade.ravel()[order].tolist(), strict=True)
        made: dict[tuple[int, int], QColor] = {}
        return [made.setdefault((b, s), palette[b].lighter(s)) for b, s in pairs]


def ends_text(ends: Range) -> tuple[float, float]:
    """Return the labels at the ends of an axis, rounded to about a hundredth of its length."""
    digits = int(np.ceil(2 - np.log10(max(ends[1] - ends[0], 1e-12))))
    return round(ends[0], digits), round(ends[1], digits)


# -- the visible part of the plane, or the relief of all of it -------------------------------------------


def area_within(size: QSize) -> QRectF:
    """Return the rectangle of the picture in a widget, with room for labels and names around it."""
    metrics = QFontMetricsF(sized("small"))
    left, below = metrics.horizontalAdvance("−00.0") + 8, 2.5 * metrics.height() + 4
    above = 1.4 * metrics.height()
    width, height = size.width() - left - 6, size.height() - below - above
    return QRectF(left, above, max(40.0, width), max(40.0, height))


def widened(ranges: Ranges, area: QRectF) -> Ranges:
    """Return ranges that contain these, with the same scale on both axes of an area."""
    (left, right), (low, high) = ranges
    unit = max((right - left) / area.width(), (high - low) / area.height())
    u, v = (left + right) / 2, (low + high) / 2
    wide, tall = unit * area.width() / 2, unit * area.height() / 2
    return (u - wide, u + wide), (v - tall, v + tall)


@dataclass(frozen=True, eq=False)
class Viewport(Axes):
    """The part of the plane (``ranges``) that fills an area of pixels; or, with a camera, the relief."""

    size: QSize
    surface: LossSurface | None
    heights: HeightScale
    camera: Camera | None

    @property
    def relief(self) -> Relief | None:
        """The surface seen from the side; None if it is seen from above, or if there is none yet."""
        if self.camera is None or self.surface is None:
            return None
        return Relief(
            self.surface, self.heights, self.camera, QRectF(0, 0, self.size.width(), self.size.height())
        )

    def to_pixels(self, points: Array) -> Array:
        """Return pixels (count, 2) of points (count, 2) of the plane."""
        relief = self.relief
        return super().to_pixels(points) if relief is None else relief.to_pixels(points)
