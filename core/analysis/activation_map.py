"""Activation maps over a plane of inputs, and a check of the gradient by central differences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..data.datasets import Dataset
from ..data.features import PlaneFeatures
from ..nn.differences import SMALLEST, LossProbe, Sides, slope_at
from ..nn.network import Network
from ..nn.passes import Passes, evaluate, run_calls, with_ones

CHUNK = 4096


@dataclass(frozen=True)
class InputPlane:
    """A rectangle in the space of the samples: two coordinates vary, the others are ``fixed`` (dimensions,).

    Coordinates ``axes[0]`` and ``axes[1]`` vary in ``x_range`` and ``y_range``. For a dataset with one
    coordinate, ``axes`` is (0, 0) and the plane is a line (one row). ``features`` computes the network's
    inputs from the coordinates (None: they are the inputs).
    """

    axes: tuple[int, int]
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    fixed: tuple[float, ...]
    features: PlaneFeatures | None = None

    def inputs_at(self, points: Array) -> Array:
        """Return the network's inputs (features, …) at points (dimensions, …)."""
        return points if self.features is None else self.features.of(points)


def plane_of(dataset: Dataset, axes: tuple[int, int] = (0, 1), margin: float = 0.08) -> InputPlane:
    """Return the plane of two coordinates that contains all samples; other ones are at their mean.

    ``margin`` is added on each side, as a fraction of the range.
    """
    x = dataset.coordinates
    axes = axes if dataset.dimensions > 1 else (0, 0)

    def ends(axis: int) -> tuple[float, float]:
        low, high = float(x[axis].min()), float(x[axis].max())
        rim = margin * ((high - low) or 1.0)
        return low - rim, high + rim

    fixed = tuple(float(value) for value in x[:, dataset.train].mean(axis=1))
    return InputPlane(axes, ends(axes[0]), ends(axes[1]), fixed, dataset.plane)


class PlaneMap:
    """The activations of all neurons over a plane of ``columns`` x ``rows`` input points.

    Row 0 is the top (the largest y), as in an image. Arrays are allocated once, in float32.
    """

    def __init__(self, network: Network, plane: InputPlane, columns: int, rows: int) -> None:
        self.network, self.plane, self.shape = network, plane, (rows, columns)
        across = np.linspace(*plane.x_range, columns)
        down = np.linspace(*plane.y_range[::-1], rows)
        points = np.tile(np.array(plane.fixed)[:, None], rows * columns)
        points[plane.axes[1]] = np.repeat(down, columns)
        points[plane.axes[0]] = np.tile(across, rows)
        self._points = with_ones(plane.inputs_at(points), np.float32)
        self._theta = np.zeros(network.parameters, np.float32)
        cuts = range(0, rows * columns, CHUNK)
        chunks = [slice(start, min(start + CHUNK, rows * columns)) for start in cuts]
        sizes = {chunk.stop - chunk.start for chunk in chunks}
        passes = {size: Passes(network, self._theta, np.empty(0), size) for size in sizes}
        self._chunks = [(chunk, passes[chunk.stop - chunk.start]) for chunk in chunks]
        self._calls = [made.forward(self._points[:, chunk]) for chunk, made in self._chunks]
        self.a = [np.empty((n, rows * columns), np.float32) for n in network.n]
        self.a[0][...] = self._points[:-1]

    def activities(self, theta: Array) -> list[Array]:
        """Return a[l] over the plane for l = 0 … L, each (n[l], rows, columns).

        The arrays are overwritten by the next call.
        """
        with np.errstate(all="ignore"):
            np.copyto(self._theta, theta, casting="same_kind")
            for (chunk, passes), calls in zip(self._chunks, self._calls, strict=True):
                run_calls(calls)
                for target, a in zip(self.a[1:], passes.a[1:], strict=True):
                    target[:, chunk] = a
        return [a.reshape(-1, *self.shape) for a in self.a]


@dataclass(frozen=True)
class GradientCheckResult:
    """The agreement of backpropagation with central differences for the checked parameters.

    ``places`` are positions in theta; ``kinks`` are those at which J has a kink: there, ``numerical`` is the
    mean of the one-sided derivatives, and nothing is compared. ``error`` is the largest abs(difference) /
    max(1e-4, larger absolute value).
    """

    places: Array
    backpropagation: Array
    numerical: Array
    error: float
    kinks: dict[int, Sides]


def check_gradient(
    network: Network, theta: Array, x: Array, y: Array, most: int = 200, step: float = 1e-5
) -> GradientCheckResult:
    """Compare dJ/dtheta with central differences, in float64, without dropout and penalty.

    x is (n[0], batch), y is (n[L], batch). At most ``most`` free parameters, evenly spread over theta, are
    checked, as each needs two forward passes. ``step`` is reduced where it crosses a kink (ReLU).
    """
    theta = theta.astype(np.float64)
    free = np.delete(np.arange(theta.size), network.fixed)
    places = free[np.unique(np.linspace(0, free.size - 1, min(most, free.size)).astype(int))]
    g = evaluate(network, theta, x, y).g
    assert g is not None

    probe = LossProbe(network, x, y)
    here = probe(theta)
    slopes = {int(k): slope_at(probe, theta, int(k), here, step) for k in places}
    kinks = {k: slope for k, slope in slopes.items() if isinstance(slope, Sides)}
    numerical = np.array([middle_of(slope) for slope in slopes.values()])
    size = np.maximum(np.abs(g[places]), np.abs(numerical))
    error = np.abs(g[places] - numerical) / np.maximum(size, SMALLEST)
    smooth = np.array([k not in kinks for k in slopes])
    return GradientCheckResult(places, g[places], numerical, float(error[smooth].max(initial=0.0)), kinks)


def middle_of(slope: float | Sides) -> float:
    """Return a derivative, or the mean of the one-sided derivatives; NaN if one of them is infinite."""
    middle = (slope.left + slope.right) / 2 if isinstance(slope, Sides) else slope
    return middle if np.isfinite(middle) else np.nan


def central_difference(J: Callable[[Array], float], theta: Array, k: int, step: float = 1e-5) -> float:
    """Return (J(theta + h e_k) - J(theta - h e_k)) / 2h."""
    moved = np.tile(theta, (2, 1))
    moved[0, k] += step
    moved[1, k] -= step
    return (J(moved[0]) - J(moved[1])) / (moved[0, k] - moved[1, k])
