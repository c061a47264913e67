"""Images of the functions that neurons compute, made by NumPy and one colour table."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

from core.analysis.activation_map import PlaneMap, plane_of
from core.arrays import Array
from core.data.datasets import Dataset
from core.nn.activations import ACTIVATIONS
from core.nn.network import Network
from gui.qt.drawable import pixel_image

SIDE = 28  # sample points across a tile while training runs


def packed(table: Array) -> Array:
    """Return a colour table (256, 4) red green blue alpha as 256 pixels of QImage.Format_RGB32."""
    wide = table.astype(np.uint32)
    return (0xFF000000 | wide[:, 0] << 16 | wide[:, 1] << 8 | wide[:, 2]).astype(np.uint32)


def bounds(network: Network, l: int) -> tuple[Array, Array]:
    """Return centre and half width of the output range of each neuron of layer l, (n[l], 1); 0: unbounded."""
    entries = [ACTIVATIONS[name] for name in network.layers[l - 1].activations] if l else []
    ends = np.array(
        [(entry.lowest, entry.highest) for entry in entries] or [(-np.inf, np.inf)] * network.n[0]
    )
    closed = np.isfinite(ends).all(axis=1)
    ends = np.where(closed[:, None], ends, 0.0)
    return ends.mean(axis=1)[:, None], (ends[:, 1:] - ends[:, :1]) / 2


def scaled(values: Array, middle: Array, half: Array) -> Array:
    """Return values (n, points) scaled to -1 … 1: by a neuron's bounds, or by its own largest magnitude."""
    values = np.nan_to_num(values, posinf=1e30, neginf=-1e30)
    own = np.abs(values).max(axis=1, keepdims=True)
    return (values - middle) / np.where(half > 0, half, np.where(own > 0, own, 1.0))


def bars(network: Network, l: int, a: Array) -> Array:
    """Return the lengths -1 … 1 of the bars of layer l, for a (n[l],).

    1 is the largest activation possible; if an activation is unbounded, the largest one of the layer.
    """
    names = network.layers[l - 1].activations if l else ("linear",) * len(a)
    entries = [ACTIVATIONS[name] for name in names]
    tops = np.array([max(abs(entry.lowest), abs(entry.highest)) for entry in entries])
    a = np.nan_to_num(a, posinf=1e30, neginf=-1e30)
    greatest = float(np.abs(a).max()) or 1.0
    shares: Array = a / np.where(np.isfinite(tops), tops, greatest)
    return shares


def layer_levels(network: Network, l: int, a: Array, grid: tuple[int, int]) -> Array:
    """Return the activations a (n[l],) of a wide layer as cells (rows, columns), in -1 … 1."""
    middle, half = bounds(network, l)
    cells = np.zeros(grid[0] * grid[1])
    cells[: len(a)] = scaled(a[None], middle.T, half.T)[0]
    return cells.reshape(grid)


def picture_of(values: Array, colours: Array, low: float = -1.0, high: float = 1.0) -> QImage:
    """Return values (rows, columns) from ``low`` to ``high`` as an image of a pixel for each."""
    return pixel_image(pixels_of(values, colours, low, high))


def pixels_of(values: Array, colours: Array, low: float, high: float) -> Array:
    """Return the colour of each value, from ``colours`` that range from ``low`` to ``high``."""
    level = np.clip((values - low) * (255.999 / (high - low)), 0, 255)
    if np.isnan(level.sum()):
        level = np.nan_to_num(level)
    return colours[level.astype(np.uint8)]


class NeuronImages:
    """The output of every neuron over the plane of two inputs (or the line of one), pixel by pixel.

    ``sides`` are the sizes of the tiles of each layer in device pixels; ``frame`` returns the frame drawn
    over a tile of a size, as an image of format ARGB32_Premultiplied. While training runs, the
    output is computed on a coarser grid and interpolated.
    """

    def __init__(
        self,
        network: Network,
        dataset: Dataset,
        sides: dict[int, int],
        frame: Callable[[int], QImage],
        axes: tuple[int, int] = (0, 1),
    ) -> None:
        self._network, self._plane = network, plane_of(dataset, axes)
        self._line = dataset.dimensions == 1
        lies = dataset.plane is None
        self._flat = {j for j in range(dataset.features) if lies and j not in self._plane.axes}
        by_side: dict[int, list[int]] = {}
        for l, side in sides.items():
            by_side.setdefault(side, []).append(l)
        self._atlases = [_Atlas(network, layers, frame(side)) for side, layers in by_side.items()]
        self._of_layer = {l: atlas for atlas in self._atlases for l in atlas.first}
        finest = max(sides.values(), default=SIDE)
        self._map = self._made(min(SIDE, finest))
        self._finest: PlaneMap | None = None
        self._drawn: tuple[Array, Array, bool] | None = None
        self._steps = finest

    def _made(self, points: int) -> PlaneMap:
        return PlaneMap(self._network, self._plane, points, 1 if self._line else points)

    def refresh(self, theta: Array, colours: Array, *, fine: bool = True) -> bool:
        """Draw all tiles for ``theta``, unless they are up to date; return whether they changed.

        ``colours`` are 256 pixels (see `packed`).
        """
        before, self._drawn = self._drawn, (theta.copy(), colours, fine)
        same = before is not None and before[1] is colours and before[2] == fine
        if before is not None and same and np.array_equal(before[0], theta):
            return False
        if fine and self._finest is None:
            self._finest = self._made(self._steps)
        plane = self._finest if fine and self._finest is not None else self._map
        activities = plane.activities(theta)
        with np.errstate(all="ignore"):
            for atlas in self._atlases:
                atlas.refresh(activities, colours, line=self._line)
        return True

    def has(self, l: int, j: int) -> bool:
        """Whether neuron j of layer l has a tile: neither wide layers nor constant inputs have any."""
        return l in self._of_layer and not (l == 0 and j in self._flat)

    def tile(self, l: int, j: int) -> tuple[QImage, QRect]:
        """Return the image that contains the tile of neuron j of layer l, and its rectangle there."""
        atlas = self._of_layer[l]
        return atlas.image, QRect(0, (atlas.first[l] + j) * atlas.side, atlas.side, atlas.side)


class _Atlas:
    """The tiles of all layers whose tiles have the same size, one below another in one image."""

    def __init__(self, network: Network, layers: list[int], frame: QImage) -> None:
        self.side = side = frame.width()
        starts = np.cumsum([0, *(network.n[l] for l in layers)]).tolist()
        self.first = dict(zip(layers, starts, strict=False))
        self._count = starts[-1]
        ends = [bounds(network, l) for l in layers]
        middle, half = (np.concatenate([pair[k] for pair in ends]).astype(np.float32) for k in (0, 1))
        self._middle, self._half = middle, np.where(half > 0, half, np.float32(1))
        self._open = np.flatnonzero(half[:, 0] == 0)
        self._between: dict[int, Array] = {}
        self._levels: dict[int, Array] = {}
        self._pixels = np.zeros((self._count * side, side), np.uint32)
        self._take_frame(frame)
        self.image = QImage(self._pixels.data, side, self._count * side, 4 * side, QImage.Format.Format_RGB32)

    def _take_frame(self, frame: QImage) -> None:
        """Store which bytes of a tile the frame covers, their values, and how much of the tile they leave."""
        over = np.frombuffer(frame.constBits(), np.uint8).reshape(-1, 4)
        self._covered = np.flatnonzero(over[:, 3])
        self._cover = over[self._covered].astype(np.uint16)
        self._left = 255 - self._cover[:, 3:]
        self._bytes = self._pixels.view(np.uint8).reshape(self._count, -1, 4)

    def refresh(self, activities: list[Array], colours: Array, *, line: bool) -> None:
        """Draw the activations of the neurons at the points of a plane, or of a line."""
        points = activities[0].shape[-1]
        levels = self._levels.get(points)
        if levels is None:
            shape = (self._count, 1 if line else points, points)
            levels = self._levels[points] = np.empty(shape, np.float32)
        for l, start in self.first.items():
            levels[start : start + len(activities[l])] = activities[l]
        shown = self._scaled(levels.reshape(self._count, -1)).reshape(levels.shape)
        if points != self.side:
            across = self._weights(points)
            shown = shown @ across.T if line else np.matmul(across @ shown, across.T)
        if line:
            shown = _areas(shown[:, 0, :])
        index = (shown * 127.5 + 127.5).astype(np.uint8)
        np.take(colours, index.reshape(self._pixels.shape), out=self._pixels)
        under = self._bytes[:, self._covered].astype(np.uint16)
        self._bytes[:, self._covered] = under * self._left // 255 + self._cover

    def _scaled(self, levels: Array) -> Array:
        """Scale values to -1 … 1, in place: by a neuron's bounds, or by its own largest magnitude."""
        if self._open.size:
            rows = levels[self._open]
            own = np.abs(rows).max(axis=1, keepdims=True)
            if not np.isfinite(own).all():
                rows = np.nan_to_num(rows, posinf=1e30, neginf=-1e30)
                own = np.abs(rows).max(axis=1, keepdims=True)
            levels[self._open] = rows / np.where(own > 0, own, np.float32(1))
        np.subtract(levels, self._middle, out=levels)
        np.divide(levels, self._half, out=levels)
        clipped: Array = np.clip(levels, -1, 1, out=levels)
        return np.nan_to_num(levels) if np.isnan(float(clipped.sum())) else clipped

    def _weights(self, points: int) -> Array:
        """Return the interpolation weights of the sample points for each pixel of a row, (side, points)."""
        if points not in self._between:
            at = np.linspace(0, points - 1, self.side)
            rows = [np.interp(at, np.arange(points), row) for row in np.eye(points)]
            self._between[points] = np.array(rows, np.float32).T.copy()
        return self._between[points]


def _areas(level: Array) -> Array:
    """Return curves (n, side) as images (n, side, side) of the area between curve and axis."""
    height = np.linspace(1, -1, level.shape[1], dtype=np.float32)[None, :, None]
    curve = np.float32(0.9) * level[:, None, :]
    inside = np.where(height > 0, height <= curve, height >= curve)
    return np.where(inside, np.sign(curve), np.float32(0))
