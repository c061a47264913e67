"""The gradient check, parameter by parameter: backpropagation against central differences.

Passes are counted and timed to compare costs: backpropagation takes one forward and one backward pass for the
whole gradient, central differences two forward passes for every parameter.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

import numpy as np

from ..arrays import Array
from ..language import tr
from ..nn.differences import SMALLEST, Probe, Sides, conventions, sides_of, slope_at
from ..nn.network import Network
from ..nn.passes import Passes, loss_of, run_calls, with_ones
from ..nn.trainer import Phase, Snapshot
from .activation_map import middle_of

GOOD = 1e-6


class GradientSteps:
    """Checks the gradient at theta on x (n[0], batch), y (n[L], batch), without dropout and penalty.

    All is computed in float64. ``backpropagation`` (parameters,) is complete from the start; ``numerical`` is
    filled by `advance`, up to ``done``, but for those that need no derivative (``skipped``). ``kinks`` holds
    the one-sided derivatives where they differ: there J
    has no derivative and nothing is compared. ``conventions`` are those of backpropagation at kinks.

    ``backward_seconds`` is the time of one forward pass, J and backward pass; ``forward_seconds`` that of all
    forward passes of the differences so far. Each timing is preceded by an untimed pass, since code runs
    slowly after a pause.
    """

    def __init__(self, network: Network, theta: Array, x: Array, y: Array) -> None:
        self.network, self.theta = network, np.array(theta, np.float64)
        self.samples = x.shape[1]
        g = np.zeros(network.parameters)
        self._theta = self.theta.copy()
        self._passes = Passes(network, self._theta, g, x.shape[1])
        x, self._y = with_ones(x), np.asarray(y, np.float64)
        self._forward = self._passes.forward(x)
        back = self._passes.backward(x, self._y)
        with np.errstate(all="ignore"):
            self._warm_up()
            run_calls(back)
            begun = perf_counter()
            run_calls(self._forward)
            J = loss_of(network, self._passes.loss_input, self._y)
            run_calls(back)
            self.backward_seconds = perf_counter() - begun
        self._here = Probe(J, sides_of(self._passes, self._y))
        self.conventions = conventions(self._passes, self._y)
        self.backpropagation = g
        self.numerical = np.full(network.parameters, np.nan)
        self.kinks: dict[int, Sides] = {}
        self.skipped = frozenset(range(network.parameters)) - set(network.differentiated.tolist())
        self.done = self.forward_passes = 0
        self.forward_seconds = 0.0

    @property
    def finished(self) -> bool:
        """Whether all parameters are checked."""
        return self.done == self.numerical.size

    @property
    def passes_beside_kinks(self) -> int:
        """The number of forward passes repeated with a smaller step because of a kink."""
        return self.forward_passes - 2 * (self.done - sum(k < self.done for k in self.skipped))

    @property
    def errors(self) -> Array:
        """The relative differences (parameters,): abs(difference) / max(1e-4, larger absolute value).

        NaN where nothing is compared: beyond ``done``, at ``kinks`` and at fixed parameters.
        """
        size = np.maximum(np.abs(self.backpropagation), np.abs(self.numerical))
        errors = np.abs(self.backpropagation - self.numerical) / np.maximum(size, SMALLEST)
        errors[[*self.kinks, *self.skipped]] = np.nan
        return errors

    @property
    def worst(self) -> int | None:
        """The position in theta of the largest relative difference so far; None if nothing is compared."""
        passed = [k for k in (*self.kinks, *self.skipped) if k < self.done]
        if self.done == len(passed):
            return None
        errors = np.nan_to_num(self.errors[: self.done], nan=np.inf)
        errors[passed] = -1
        return int(np.argmax(errors))

    def advance(self, parameters: int = 1) -> None:
        """Check the next ``parameters`` parameters."""
        self._warm_up()
        for _ in range(min(parameters, self.numerical.size - self.done)):
            self._check_next()

    def advance_for(self, seconds: float) -> None:
        """Check parameters for about ``seconds``; at least one."""
        until = perf_counter() + seconds
        self._warm_up()
        while not self.finished:
            self._check_next()
            if perf_counter() >= until:
                return

    def _warm_up(self) -> None:
        with np.errstate(all="ignore"):
            run_calls(self._forward)
            loss_of(self.network, self._passes.loss_input, self._y)

    def _check_next(self) -> None:
        k = self.done
        self.done = k + 1
        if k in self.skipped:
            return
        with np.errstate(all="ignore"):
            slope = slope_at(self._probe, self.theta, k, self._here)
        self.numerical[k] = middle_of(slope)
        if isinstance(slope, Sides):
            self.kinks[k] = slope

    def _probe(self, theta: Array) -> Probe:
        self.forward_passes += 1
        np.copyto(self._theta, theta)
        begun = perf_counter()
        run_calls(self._forward)
        J = loss_of(self.network, self._passes.loss_input, self._y)
        self.forward_seconds += perf_counter() - begun
        return Probe(J, sides_of(self._passes, self._y))


def parameter_at(network: Network, place: int) -> tuple[int, int | None, int]:
    """Return layer l, input i (None for a bias) and neuron j of a position in theta; i and j from 0."""
    layer = next(layer for layer in network.layers if place < layer.offset + layer.size)
    row, j = divmod(place - layer.offset, layer.n_out)
    return layer.l, None if row == layer.n_in else row, j


def place_of(network: Network, l: int, i: int | None, j: int) -> int:
    """Return the position in theta of W[l]_ij or, if i is None, of b[l]_j; i and j from 0."""
    layer = network.layers[l - 1]
    return layer.offset + (layer.n_in if i is None else i) * layer.n_out + j


# -- counts of passes ------------------------------------------------------------------------------


@dataclass(frozen=True)
class PassCount:
    """A number of forward passes and a number of backward passes."""

    forward: int
    backward: int


@dataclass(frozen=True)
class PassesMade:
    """The completed passes of the present iteration, its epoch, and the whole run."""

    iteration: PassCount
    epoch: PassCount
    run: PassCount


def no_derivative(network: Network) -> str:
    """Return a sentence on why there is no gradient to be checked; empty: there is one."""
    if not network.perceptron:
        return ""
    return tr("The perceptron rule puts o − y in place of a derivative: there is no gradient to be checked.")


def by_backpropagation() -> PassCount:
    """Return the passes of one gradient by backpropagation, for any number of parameters."""
    return PassCount(1, 1)


def by_differences(network: Network) -> PassCount:
    """Return the passes of one gradient by central differences: two for every parameter not fixed."""
    return PassCount(2 * network.differentiated.size, 0)


def passes_made(snapshot: Snapshot) -> PassesMade:
    """Return the passes completed at a snapshot."""
    values, phase = snapshot.values, snapshot.phase
    forward = phase is not Phase.START and (values is None or not np.isnan(values.J))
    backward = phase is Phase.UPDATE
    if phase is Phase.BACKWARD and values is not None and values.g is not None:
        backward = not np.isnan(values.g).any()
    now = PassCount(int(forward), int(backward))

    def after(complete: int) -> PassCount:
        return PassCount(complete + now.forward, complete + now.backward)

    return PassesMade(now, after(snapshot.batch), after(snapshot.pass_number))
