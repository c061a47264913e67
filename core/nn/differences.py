"""Numerical derivatives by finite differences that recognize kinks.

A central difference approximates the derivative unless there is a kink (ReLU at 0, the absolute error at 0)
between its two points. To find out, the passes record on which side of every kink each z and each output
error lies; if a side differs between the points, the step is made smaller. At a kink itself there is no
derivative, and the left and right derivatives are returned. The results of backpropagation are not used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..arrays import Array
from ..number_style import exact_text
from .activations import ACTIVATIONS
from .losses import Loss
from .network import Network, NetworkLayer
from .ops import follow
from .passes import Passes, loss_of, run_calls, with_ones

STEP = 1e-5
WIDER = 10.0  # one-sided differences have a larger rounding error, so their step is this much larger
FINEST = 1e-3  # the smallest step tried, relative to the first
STEEP = 10.0  # a one-sided derivative from which on it is tried whether J jumps
SAME = 1e-6  # left and right derivatives that differ by less (relatively) count as equal
SMALLEST = 1e-4
"""Smaller derivatives are compared on this scale, as they are dominated by the rounding error of J."""
_REACH, _PLACES, _HALVINGS, _LEAST_JUMP = 8.0, 3201, 60, 1e-3


@dataclass(frozen=True)
class Sides:
    """The left and right derivatives, where they differ."""

    left: float
    right: float


@dataclass(frozen=True)
class Probe:
    """J at given parameters, and for every kink the side of every z and output error: −1, 0 or 1."""

    J: float
    sides: Array


Probed = Callable[[Array], Probe]


def corners(derivative: Callable[[Array], Array]) -> tuple[float, ...]:
    """Return the kinks of a function of one variable: the points where its derivative jumps."""
    z = np.linspace(-_REACH, _REACH, _PLACES)
    with np.errstate(all="ignore"):
        s = np.array(derivative(z))
        jump = np.abs(np.diff(s)) > _LEAST_JUMP
        low, high, of_low, of_high = z[:-1][jump], z[1:][jump], s[:-1][jump], s[1:][jump]
        for _ in range(_HALVINGS if low.size else 0):
            middle = (low + high) / 2
            of_middle = np.array(derivative(middle))
            right = np.abs(of_high - of_middle) > np.abs(of_middle - of_low)
            low, of_low = np.where(right, middle, low), np.where(right, of_middle, of_low)
            high, of_high = np.where(right, high, middle), np.where(right, of_high, of_middle)
    return tuple(sorted({round(float(c), 9) + 0.0 for c in low[np.abs(of_high - of_low) > _LEAST_JUMP]}))


@lru_cache(maxsize=64)
def corners_of_activation(name: str, alpha: float) -> tuple[float, ...]:
    """Return the values of z at which an activation has a kink or jumps."""
    entry = ACTIVATIONS[name]
    if entry.layerwide:
        return ()
    curve = entry.g if entry.piecewise_constant else entry.derivative
    return corners(lambda z: curve(z, alpha))


@lru_cache(maxsize=64)
def corners_of_loss(loss: Loss) -> tuple[float, ...]:
    """Return the errors o − y at which a loss has a kink."""
    if loss.of_probabilities:
        return ()
    target = 0.0 if loss.targets is None else loss.targets[1]

    def derivative(error: Array) -> Array:
        out = np.empty_like(error)
        follow(loss.derivative_steps(target + error, np.full_like(error, target), out))
        return out

    return corners(lambda error: derivative(error.reshape(1, -1)).ravel())


def sides_of(passes: Passes, y: Array) -> Array:
    """Return, for every kink, on which side every z and every output error of a pass lies: −1, 0 or 1."""
    found = [
        np.sign(passes.z[layer.l][span.start : span.stop] - corner).ravel()
        for layer in passes.network.layers
        for span in layer.spans
        for corner in corners_of_activation(span.activation.name, span.alpha)
    ]
    if passes.network.fused is None:
        error = passes.a[-1] - y
        found += [np.sign(error - corner).ravel() for corner in corners_of_loss(passes.network.loss)]
    return np.concatenate(found) if found else np.empty(0)


def conventions(passes: Passes, y: Array) -> tuple[str, ...]:
    """Return which conventions for derivatives at kinks this pass uses, such as ReLU′(0) = 0."""
    used: dict[str, None] = {}
    for layer in passes.network.layers:
        used |= dict.fromkeys(_used_by(passes, layer))
    network = passes.network
    if network.fused is None and any(np.any(passes.a[-1] - y == c) for c in corners_of_loss(network.loss)):
        used["sign(0) = 0"] = None
    return tuple(used)


def _used_by(passes: Passes, layer: NetworkLayer) -> list[str]:
    return [
        f"{g.symbol}′({exact_text(corner)}) = {exact_text(float(g.derivative(np.array(corner), span.alpha)))}"
        for span in layer.spans
        for g in (span.activation,)
        for corner in corners_of_activation(g.name, span.alpha)
        if np.any(passes.z[layer.l][span.start : span.stop] == corner)
    ]


def slope_at(probed: Probed, theta: Array, k: int, here: Probe, step: float = STEP) -> float | Sides:
    """Return dJ/dtheta_k by finite differences; at a kink, both one-sided derivatives.

    ``here`` is the probe at theta, ``step`` the first step tried.
    """
    h = step
    while h >= FINEST * step:
        ahead, behind = probed(_moved(theta, k, h)), probed(_moved(theta, k, -h))
        if _same(ahead, here) and _same(behind, here):
            return (ahead.J - behind.J) / _width(theta, k, h)
        h /= 10
    right, left = (_one_sided(probed, theta, k, here, side * WIDER * step) for side in (1, -1))
    if _is_on_kink(here, right[1]) or _is_on_kink(here, left[1]):
        apart, size = abs(right[0] - left[0]), max(abs(right[0]), abs(left[0]), SMALLEST)
        differ = apart > SAME * size or not np.isfinite(size)
        return Sides(left[0], right[0]) if differ else (right[0] + left[0]) / 2
    clean = [value for value, probe in (right, left) if _same(probe, here)] or [right[0], left[0]]
    return sum(clean) / len(clean)


def _one_sided(probed: Probed, theta: Array, k: int, here: Probe, step: float) -> tuple[float, Probe]:
    """Return the one-sided derivative (4 J(h/2) − J(h) − 3 J(0)) / h and the probe nearest to theta.

    It is infinite if J jumps at theta.
    """
    h = step
    while True:
        near, far = probed(_moved(theta, k, h / 2)), probed(_moved(theta, k, h))
        if _same(near, far) or abs(h) < FINEST * abs(step):
            slope = (4 * near.J - far.J - 3 * here.J) / h
            rise = near.J - here.J
            if abs(slope) > STEEP and abs(probed(_moved(theta, k, FINEST * h)).J - here.J) > abs(rise) / 2:
                slope = float(np.copysign(np.inf, rise / h))
            return slope, near
        h /= 10


def _is_on_kink(here: Probe, beside: Probe) -> bool:
    """Return whether theta lies exactly on a kink that the probe ``beside`` does not lie on."""
    return bool(np.any((here.sides == 0) & (beside.sides != 0)))


def _same(one: Probe, other: Probe) -> bool:
    return np.array_equal(one.sides, other.sides)


def _moved(theta: Array, k: int, h: float) -> Array:
    moved = theta.copy()
    moved[k] += h
    return moved


def _width(theta: Array, k: int, h: float) -> float:
    """Return the distance between the two points as rounded in float64."""
    return float((theta[k] + h) - (theta[k] - h))


class LossProbe:
    """The loss J of a network as a function of theta, in float64, without dropout and penalty.

    x is (n[0], batch), y is (n[L], batch).
    """

    def __init__(self, network: Network, x: Array, y: Array) -> None:
        self._network, self._y = network, np.asarray(y, np.float64)
        self._theta = np.zeros(network.parameters)
        self._passes = Passes(network, self._theta, np.empty(0), x.shape[1])
        self._calls = self._passes.forward(with_ones(x))

    def __call__(self, theta: Array) -> Probe:
        """Return J at theta and the sides of all kinks."""
        np.copyto(self._theta, theta)
        with np.errstate(all="ignore"):
            run_calls(self._calls)
            J = loss_of(self._network, self._passes.loss_input, self._y)
        return Probe(J, sides_of(self._passes, self._y))

    def conventions(self, theta: Array) -> tuple[str, ...]:
        """Return which conventions for derivatives at kinks backpropagation uses at theta."""
        self(theta)
        return conventions(self._passes, self._y)
