"""Hidden spaces: where the layers of a network map the samples and a grid of inputs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..arrays import Array
from ..data.datasets import Dataset
from ..nn.activations import ACTIVATIONS
from ..nn.network import Network
from ..nn.passes import Passes, run_calls, with_ones
from .activation_map import InputPlane

LINES, POINTS = 11, 41
MOST_SAMPLES = 2000
DIRECTIONS, NUMBERS_IN_CUTS = 180, 40_000


def grid_points(plane: InputPlane, lines: int = LINES, points: int = POINTS) -> Array:
    """Return a regular grid over a plane of inputs, (features, 2 lines, points).

    First come the lines along which ``axes[1]`` varies, from left to right, then those along which
    ``axes[0]`` varies, upwards; the other features are ``plane.fixed``.
    """
    grid = np.empty((len(plane.fixed), 2, lines, points))
    grid[...] = np.array(plane.fixed)[:, None, None, None]
    for axis, ends, kind in ((plane.axes[0], plane.x_range, 0), (plane.axes[1], plane.y_range, 1)):
        grid[axis, kind] = np.linspace(*ends, lines)[:, None]
        grid[axis, 1 - kind] = np.linspace(*ends, points)
    return grid.reshape(len(plane.fixed), 2 * lines, points)


@dataclass(frozen=True)
class LayerPlaces:
    """The images of samples and grid: ``samples`` (n, samples), ``grid`` (n, lines, points) or None."""

    samples: Array
    grid: Array | None


class HiddenSpaces:
    """The images, in every layer, of the samples and of a grid over the plane of two inputs.

    ``samples`` are columns of the dataset: all, or `MOST_SAMPLES` evenly spread ones. There is a grid only
    for samples with two coordinates. Arrays are allocated once, in float64; ``theta`` are the parameters used
    last.
    """

    def __init__(self, network: Network, dataset: Dataset, plane: InputPlane | None) -> None:
        self.network = network
        count = dataset.x.shape[1]
        self.samples = np.unique(np.linspace(0, count - 1, min(count, MOST_SAMPLES)).astype(int))
        parts, self._grid_shape = [dataset.x[:, self.samples]], None
        if plane is not None and dataset.dimensions == 2:
            grid = plane.inputs_at(grid_points(plane))
            self._grid_shape = grid.shape[1:]
            parts.append(grid.reshape(len(grid), -1))
        self._x = with_ones(np.concatenate(parts, axis=1))
        self.theta = np.zeros(network.parameters)
        self._passes = Passes(network, self.theta, np.empty(0), self._x.shape[1])
        self._calls = self._passes.forward(self._x)

    def compute(self, theta: Array) -> None:
        """Compute the images in all layers for parameters ``theta`` (parameters,)."""
        np.copyto(self.theta, theta, casting="same_kind")
        with np.errstate(all="ignore"):
            run_calls(self._calls)

    def places(self, l: int, share: float = 1.0) -> LayerPlaces:
        """Return the images in layer l, as views or copies that are valid until the next `compute`.

        With ``share`` < 1 they are on the way from a[l-1] (which must have as many neurons) to a[l]: first in
        a straight line to z = W^T a + b (``share`` 0.5), then from z to sigma(z).
        """
        reached = self._activity(l)
        if share < 1:
            start, z = self._activity(l - 1), self._passes.z[l]
            near, far, part = (start, z, 2 * share) if share < 0.5 else (z, reached, 2 * share - 1)
            reached = near + part * (far - near)
        count = self.samples.size
        grid = None if self._grid_shape is None else reached[:, count:].reshape(-1, *self._grid_shape)
        return LayerPlaces(reached[:, :count], grid)

    def _activity(self, l: int) -> Array:
        return self._x[:-1] if l == 0 else self._passes.a[l]


# -- projections onto a plane -------------------------------------------------------------------------


@dataclass(frozen=True)
class Projection:
    """The plane of the first two principal components: ``mean`` (n,), ``directions`` (n, 2).

    ``shares`` (2,) are their shares of the variance, 0 if nothing varies.
    """

    mean: Array
    directions: Array
    shares: Array

    def of(self, points: Array) -> Array:
        """Return points (n, …) projected onto the plane, (2, …)."""
        apart = points - self.mean.reshape(-1, *(1 for _ in points.shape[1:]))
        return np.tensordot(self.directions.T, apart, axes=1)


def principal(points: Array, like: Projection | None = None) -> Projection:
    """Return the first two principal components of points (n, samples), n >= 2, by an SVD.

    The sign of a direction is arbitrary: it follows that of ``like``, to avoid flips between moments, or else
    makes its largest entry positive.
    """
    mean, apart = _centred(points)
    U, sizes, _ = np.linalg.svd(apart @ apart.T)  # n x n, for any number of samples
    directions = U[:, :2]
    if like is not None and like.directions.shape == directions.shape:
        signs = (directions * like.directions).sum(axis=0)
    else:
        signs = directions[np.abs(directions).argmax(axis=0), (0, 1)]
    total = float(sizes.sum())
    shares = sizes[:2] / total if total > 0 else np.zeros(2)
    return Projection(mean, directions * np.where(signs < 0, -1.0, 1.0), shares)


def _centred(points: Array) -> tuple[Array, Array]:
    """Return the mean (n,) of points (n, samples) and the centred points, scaled to at most about 1.

    Numbers that are not finite count as 0. Scaling keeps squares of large numbers from overflowing.
    """
    finite = np.nan_to_num(points.astype(np.float64), posinf=0.0, neginf=0.0)
    unit = float(np.abs(finite).max(initial=0.0)) or 1.0
    scaled = finite / unit
    middle = scaled.mean(axis=1)
    return middle * unit, scaled - middle[:, None]


# -- decision lines -----------------------------------------------------------------------------------


def cut_of_next(
    network: Network, theta: Array, l: int, threshold: float | None
) -> tuple[Array, float] | None:
    """Return (w, b) of the line w·a[l] + b = 0 on which the only neuron of layer l + 1 changes sides.

    For a hidden neuron this is where z = 0; for the output of a classifier with two classes, where it is
    ``threshold`` (None: not a classifier).
    None if layer l + 1 has several neurons, does not exist, or is the output of a regression.
    """
    if l + 1 > len(network.layers) or network.n[l + 1] != 1:
        return None
    run, level = network.layers[l].spans[0], 0.0
    if l + 1 == len(network.layers):
        found = None if threshold is None else z_at_level(run.activation.name, run.alpha, threshold)
        if found is None:
            return None
        level = found
    return network.W(theta, l + 1)[:, 0], float(network.b(theta, l + 1)[0]) - level


@lru_cache
def z_at_level(activation: str, alpha: float, level: float = 0.5) -> float | None:
    """Return the z within ±50 at which an activation rises through ``level``; None if there is none."""
    low, high = -50.0, 50.0
    g = ACTIVATIONS[activation].g
    if not float(g(np.array([low]), alpha)[0]) < level < float(g(np.array([high]), alpha)[0]):
        return None
    for _ in range(64):
        middle = (low + high) / 2
        below = float(g(np.array([middle]), alpha)[0]) < level
        low, high = (middle, high) if below else (low, middle)
    return round((low + high) / 2, 14)


def straight_cut(points: Array, labels: Array) -> float:
    """Return the largest share of samples that one straight line (hyperplane) classifies correctly.

    points is (n, samples), labels (samples,) of 0 and 1. For every direction tried, the best threshold is
    found. For two neurons, 180 directions around the circle are tried; for more, the axes, the difference of
    the class means, and least squares, so the result may be too small.
    """
    apart = _centred(points)[1]
    along = _directions(apart, labels) @ apart
    order = np.argsort(along, axis=1, kind="stable")
    ranked = np.take_along_axis(along, order, axis=1)
    ones = np.cumsum(labels[order], axis=1)
    zeros = np.arange(1, labels.size + 1) - ones
    gap = 1e-9 * (np.abs(ranked).max(initial=0.0) or 1.0)
    held = np.concatenate([np.diff(ranked, axis=1) > gap, np.ones((len(along), 1), bool)], axis=1)
    right = zeros + ones[:, -1:] - ones  # class 0 below the threshold, class 1 above
    best = np.where(held, np.maximum(right, labels.size - right), 0).max()
    return float(best / labels.size)


def _directions(apart: Array, labels: Array) -> Array:
    """Return the directions (directions, n) to try."""
    n, samples = apart.shape
    if n == 1:
        return np.ones((1, 1))
    if n == 2:
        angles = np.pi * np.arange(count := max(12, min(DIRECTIONS, NUMBERS_IN_CUTS // samples))) / count
        return np.column_stack([np.cos(angles), np.sin(angles)])
    signs = 2.0 * labels - 1
    fitted = np.linalg.lstsq(apart.T, signs - signs.mean(), rcond=None)[0]
    return np.vstack([np.eye(n), apart @ signs, fitted])
