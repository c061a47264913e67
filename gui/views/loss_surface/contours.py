"""The loss surface as colours: bands of equal loss, the lines between them, and how high each place is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QColor, QImage

from core.analysis.loss_surface import LossSurface
from core.arrays import Array
from gui.plots.output_map import contour, image_of
from gui.theme.theme import Theme, mixed

BANDS = 14
FINER = 8  # pixels of the picture for each distance between two computed points
DEEPEST = 1e-6  # of the highest loss: lower ones share the lowest band


@dataclass(frozen=True)
class HeightScale:
    """How a loss becomes a height between 0 and 1: evenly, or by its logarithm."""

    low: float
    high: float
    logarithmic: bool

    def of(self, J: Array) -> Array:
        """Return the height of losses; what is not finite is as high as can be."""
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
    """Return the heights that suit a surface; 0 … 1 where nothing of it is finite."""
    finite = surface.J[np.isfinite(surface.J)]
    if not finite.size:
        return HeightScale(0.0, 1.0, False)
    low, high = float(finite.min()), float(finite.max())
    if logarithmic and high > 0:
        low = max(low, DEEPEST * high)
        return HeightScale(low, max(high, low * (1 + 1e-9)), True)
    return HeightScale(low, high, False)


def band_colours(theme: Theme) -> list[QColor]:
    """Return a colour for every band: the valley is near the ground, the heights stand out from it."""
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
    """Return the matrix that puts FINER values in place of the distance between two points."""
    places = np.linspace(0, points - 1, (points - 1) * FINER + 1)
    left = np.minimum(places.astype(int), points - 2)
    matrix = np.zeros((places.size, points))
    rows = np.arange(places.size)
    matrix[rows, left] = 1 - (places - left)
    matrix[rows, left + 1] += places - left
    return matrix


def bands(surface: LossSurface, heights: HeightScale, theme: Theme) -> QImage:
    """Return the filled bands; the middles of the outer pixels are the ends of the ranges."""
    f = heights.of(surface.J)
    rows, columns = f.shape
    fine = _between(rows) @ f @ _between(columns).T
    table = np.array([[c.red(), c.green(), c.blue(), 255] for c in band_colours(theme)], np.uint8)
    picture: Array = table[np.clip(fine * BANDS, 0, BANDS - 1).astype(int)]
    return image_of(picture)


def lines(surface: LossSurface, heights: HeightScale) -> Array:
    """Return the lines between bands as (count, 4): u1 v1 u2 v2 in the units of the plane."""
    f = heights.of(surface.J)
    rows, columns = f.shape
    found = np.concatenate([contour(f, k / BANDS) for k in range(1, BANDS)])
    (left, right), (low, high) = surface.u_range, surface.v_range
    scale = np.array([(right - left) / (columns - 1), (low - high) / (rows - 1)] * 2)
    placed: Array = found * scale + np.array([left, high] * 2)
    return placed
