"""Pixels: the small pictures in the network, made by NumPy and one colour table."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from core.activations import ACTIVATIONS
from core.analysis import PlaneMap, plane_of
from core.datasets import Dataset
from core.modules import Array
from core.network import Network
from gui.canvas.layout import COMPACT_FROM

SIDE = 28


def packed(table: Array) -> Array:
    """Return a colour table (256, 4) red green blue alpha as 256 pixels of QImage.Format_RGB32."""
    wide = table.astype(np.uint32)
    return (0xFF000000 | wide[:, 0] << 16 | wide[:, 1] << 8 | wide[:, 2]).astype(np.uint32)


def bounds(network: Network, l: int) -> tuple[Array, Array]:
    """Return middle and half width of what each neuron of layer l can give, (n[l], 1); 0 wide: no bounds."""
    entries = [ACTIVATIONS[name] for name in network.layers[l - 1].activations] if l else []
    ends = np.array(
        [(entry.lowest, entry.highest) for entry in entries] or [(-np.inf, np.inf)] * network.n[0]
    )
    closed = np.isfinite(ends).all(axis=1)
    ends = np.where(closed[:, None], ends, 0.0)
    return ends.mean(axis=1)[:, None], (ends[:, 1:] - ends[:, :1]) / 2


def scaled(values: Array, middle: Array, half: Array) -> Array:
    """Return values (n, points) in -1 … 1: within a neuron's bounds, or by its own greatest size."""
    values = np.nan_to_num(values, posinf=1e30, neginf=-1e30)
    own = np.abs(values).max(axis=1, keepdims=True)
    return (values - middle) / np.where(half > 0, half, np.where(own > 0, own, 1.0))


def bars(network: Network, l: int, a: Array) -> tuple[Array, Array]:
    """Return how full the bars of layer l are, -1 … 1, for a (n[l],), and which of them stand on the bottom.

    Those that cannot be negative begin at the bottom, the others in the middle.
    """
    names = network.layers[l - 1].activations if l else ("linear",) * len(a)
    entries = [ACTIVATIONS[name] for name in names]
    tops = np.array([max(abs(entry.lowest), abs(entry.highest)) for entry in entries])
    a = np.nan_to_num(a, posinf=1e30, neginf=-1e30)
    greatest = float(np.abs(a).max()) or 1.0
    share = a / np.where(np.isfinite(tops), tops, greatest)
    return share, np.array([entry.lowest >= 0 for entry in entries])


def layer_levels(network: Network, l: int, a: Array, grid: tuple[int, int]) -> Array:
    """Return the activities a (n[l],) of a wide layer as cells (rows, columns), in -1 … 1."""
    middle, half = bounds(network, l)
    cells = np.zeros(grid[0] * grid[1])
    cells[: len(a)] = scaled(a[None], middle.T, half.T)[0]
    return cells.reshape(grid)


def picture_of(values: Array, colours: Array, low: float = -1.0, high: float = 1.0) -> tuple[QImage, Array]:
    """Return values (rows, columns) from ``low`` to ``high`` as an image, and the pixels it lies on."""
    level = np.clip((values - low) * (255.999 / (high - low)), 0, 255)
    pixels = colours[np.nan_to_num(level).astype(np.uint8)]
    rows, columns = pixels.shape
    return QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32), pixels


class Pixels:
    """What every neuron computes over the plane of two inputs (or the line of one), in one image.

    Tile k lies at rows k SIDE … (k + 1) SIDE; layers drawn as a block have none.
    """

    def __init__(self, network: Network, dataset: Dataset) -> None:
        self._line = dataset.features == 1
        self._map = PlaneMap(network, plane_of(dataset), SIDE, 1 if self._line else SIDE)
        self._layers = [l for l, n in enumerate(network.n) if n < COMPACT_FROM]
        self._bounds = {l: bounds(network, l) for l in self._layers}
        counts = [network.n[l] for l in self._layers]
        starts = np.cumsum([0, *counts])
        self._first = dict(zip(self._layers, starts.tolist(), strict=False))
        self._levels = np.zeros((int(starts[-1]), SIDE * SIDE), np.float32)
        self._index = np.zeros(self._levels.shape, np.uint8)
        self._pixels = np.zeros((int(starts[-1]) * SIDE, SIDE), np.uint32)
        self.image = QImage(
            self._pixels.data, SIDE, self._pixels.shape[0], 4 * SIDE, QImage.Format.Format_RGB32
        )

    @staticmethod
    def possible(dataset: Dataset) -> bool:
        """Whether what a neuron computes can be shown over all inputs."""
        return dataset.features <= 2

    def refresh(self, theta: Array, colours: Array) -> None:
        """Draw all tiles anew for ``theta``; ``colours`` are 256 pixels (see `packed`)."""
        activities = self._map.activities(theta)
        for l in self._layers:
            first = self._first[l]
            a = activities[l].reshape(len(activities[l]), -1)
            level = scaled(a, *self._bounds[l])
            self._levels[first : first + len(a)] = _areas(level) if self._line else level
        np.clip(self._levels, -1, 1, self._levels)
        np.multiply(self._levels, 127.5, self._levels)
        np.add(self._levels, 127.5, self._levels)
        np.copyto(self._index, self._levels, casting="unsafe")
        np.take(colours, self._index.reshape(self._pixels.shape), out=self._pixels)

    def source(self, l: int, j: int) -> QRectF:
        """Return where in the image neuron j of layer l is."""
        return QRectF(0, (self._first[l] + j) * SIDE, SIDE, SIDE)


def _areas(level: Array) -> Array:
    """Return curves (n, SIDE) as pictures (n, SIDE * SIDE) of the area between curve and axis."""
    height = np.linspace(1, -1, SIDE)[None, :, None]
    curve = 0.9 * level[:, None, :]
    inside = np.where(height > 0, height <= curve, height >= curve)
    return np.where(inside, np.sign(curve), 0.0).reshape(len(level), -1)
