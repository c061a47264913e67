"""One iteration as an ordered list of steps, and what is known after each of them.

The order is the lecture's: sample, forward pass, loss, backward pass, update; within these layer by layer,
neuron by neuron, term by term. A position k counts the steps done: at 0 only the sample is chosen, at
`Steps.count` the update is complete. If an activation is layer-wide (softmax), all its inputs are computed
first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from ..arrays import Array
from ..nn.network import Network, NetworkLayer
from ..nn.passes import Pass
from ..nn.trainer import Phase, Snapshot


class StepSize(IntEnum):
    """The size of a step. An epoch has many iterations; within one, it equals an iteration."""

    TERM = 0
    NEURON = 1
    LAYER = 2
    PASS = 3
    ITERATION = 4
    EPOCH = 5


class LoopStage(IntEnum):
    """The five stages of an iteration of gradient descent."""

    SAMPLE = 0
    FORWARD = 1
    LOSS = 2
    BACKWARD = 3
    UPDATE = 4


class StepKind(IntEnum):
    """What a step computes, in the order of the steps of a layer."""

    SAMPLE = 0  # the sample x, y is chosen
    BIAS = 1  # z_j is set to b_j
    PRODUCT = 2  # W_ij a_i is added to z_j
    ACTIVITY = 3  # a_j = σ(z_j)
    LOSS = 4  # J
    UPSTREAM = 5  # W_jk δ_k is added to dJ/da_j; at the output: dJ/da_j from the loss
    SLOPE = 6  # σ'(z_j)
    DELTA = 7  # δ_j = dJ/dz_j
    WEIGHT_GRADIENT = 8  # ∂J/∂W_ij
    BIAS_GRADIENT = 9  # ∂J/∂b_j
    NEW_WEIGHT = 10  # W_ij is updated
    NEW_BIAS = 11  # b_j is updated


_STAGE_OF = np.array([0, 1, 1, 1, 2, 3, 3, 3, 3, 3, 4, 4])
_PHASE_OF = (Phase.START, Phase.FORWARD, Phase.FORWARD, Phase.BACKWARD, Phase.UPDATE)
_OF_SOURCES = {StepKind.PRODUCT, StepKind.UPSTREAM, StepKind.WEIGHT_GRADIENT, StepKind.NEW_WEIGHT}


class PassStep(NamedTuple):
    """One step: ``quantity`` of neuron ``neuron`` (from 0) of layer ``layer`` (from 1).

    ``source`` is the neuron at the other end of the edge: in layer l - 1 for weights, in layer l + 1 for a
    term of dJ/da; None if there is no edge. Sample and loss have no neuron.
    """

    quantity: StepKind
    layer: int
    neuron: int | None
    source: int | None

    @property
    def stage(self) -> LoopStage:
        """The stage of the iteration it belongs to."""
        return LoopStage(_STAGE_OF[self.quantity])


_SAMPLE = PassStep(StepKind.SAMPLE, 0, None, None)


@dataclass(frozen=True)
class _Round:
    """A group of steps: those of ``pattern`` (kind, number), for every neuron of a layer in turn."""

    layer: int
    neurons: int
    pattern: tuple[tuple[StepKind, int], ...]


class Steps:
    """The steps of one iteration of a network; ``count`` is their number.

    They are stored as stretches of equal steps (such as all products of one neuron), so a network with a
    hundred thousand weights needs only some thousand entries.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        rounds = list(_rounds(network))
        stretches = np.concatenate([np.tile(r.pattern, (r.neurons, 1)) for r in rounds])
        self._quantity, self._size = stretches.T
        lengths = [r.neurons * len(r.pattern) for r in rounds]
        self._layer = np.repeat([r.layer for r in rounds], lengths)
        self._neuron = np.concatenate([np.repeat(np.arange(r.neurons), len(r.pattern)) for r in rounds])
        self._end = np.cumsum(self._size)
        self._start = self._end - self._size
        self.count = int(self._end[-1])
        self._stops = self._all_stops(np.repeat(np.arange(len(rounds)), lengths))

    def _all_stops(self, round_of: Array) -> dict[StepSize, Array]:
        """Return, for each step size, the positions at which it stops."""
        stage = _STAGE_OF[self._quantity]
        whole = np.zeros_like(stage)
        return {
            StepSize.NEURON: self._ends_of(round_of, self._neuron),
            StepSize.LAYER: self._ends_of(stage, self._layer),
            StepSize.PASS: self._ends_of(stage),
            StepSize.ITERATION: self._ends_of(whole),
            StepSize.EPOCH: self._ends_of(whole),
        }

    def _ends_of(self, *keys: Array) -> Array:
        """Return 0, every position at which one of the keys changes, and the end."""
        changes = np.any([key[1:] != key[:-1] for key in keys], axis=0)
        return np.concatenate([[0], self._end[:-1][changes], self._end[-1:]])

    # -- moving -------------------------------------------------------------------------------------

    def next(self, k: int, grain: StepSize) -> int:
        """Return the next position after k at which ``grain`` stops, at most the end."""
        if grain is StepSize.TERM:
            return min(k + 1, self.count)
        stops = self._stops[grain]
        return int(stops[min(int(np.searchsorted(stops, k, "right")), stops.size - 1)])

    def previous(self, k: int, grain: StepSize) -> int:
        """Return the last position before k at which ``grain`` stops, at least 0."""
        if grain is StepSize.TERM:
            return max(k - 1, 0)
        stops = self._stops[grain]
        return int(stops[max(int(np.searchsorted(stops, k, "left")) - 1, 0)])

    def after(self, phase: Phase) -> int:
        """Return the position at which a trainer's phase is complete; FORWARD includes the loss."""
        return int(self._stops[StepSize.PASS][(0, 2, 3, 4)[phase]])

    # -- what is done at a position -----------------------------------------------------------------

    def coming(self, k: int) -> PassStep:
        """Return the step from k to k + 1; at the end, the choice of the next sample."""
        if k >= self.count:
            return _SAMPLE
        s = int(np.searchsorted(self._end, k, "right"))
        quantity, layer = StepKind(int(self._quantity[s])), int(self._layer[s])
        if quantity is StepKind.LOSS:
            return PassStep(quantity, layer, None, None)
        edge = quantity in _OF_SOURCES and not (quantity is StepKind.UPSTREAM and layer == self._layer.max())
        return PassStep(quantity, layer, int(self._neuron[s]), int(k - self._start[s]) if edge else None)

    def last(self, k: int) -> PassStep:
        """Return the step that led to k; at 0, the choice of the sample."""
        return self.coming(k - 1) if k > 0 else _SAMPLE

    def made(self, k: int, *quantities: StepKind) -> Array:
        """Return the number of steps of these kinds done at k, for each of the layers 0 … L."""
        chosen = np.isin(self._quantity, quantities)
        steps = np.clip(k - self._start[chosen], 0, self._size[chosen])
        return np.bincount(self._layer[chosen], steps, len(self.network.n)).astype(int)

    def parameters(self, k: int, *quantities: StepKind) -> Array:
        """Return a mask over theta of the parameters whose steps of these kinds are done at k."""
        flat = np.zeros(self.network.parameters, bool)
        for layer, m in zip(self.network.layers, self.made(k, *quantities)[1:], strict=True):
            by_neuron = (np.arange(layer.size) < m).reshape(layer.n_out, layer.n_in + 1)
            layer.packed(flat)[...] = by_neuron.T
        return flat


def _rounds(network: Network) -> Iterator[_Round]:
    for layer in network.layers:
        yield from _forward(layer)
    L = len(network.layers)
    yield _Round(L, 1, ((StepKind.LOSS, 1),))
    for layer in reversed(network.layers):
        terms = 1 if layer.l == L else network.n[layer.l + 1]
        yield from _backward(layer, terms, direct=layer.l == L and network.direct_delta)
    for layer in network.layers:
        pattern = (StepKind.NEW_WEIGHT, layer.n_in), (StepKind.NEW_BIAS, 1)
        yield _Round(layer.l, layer.n_out, pattern)


def _layerwide(layer: NetworkLayer) -> bool:
    return layer.spans[0].activation.layerwide


def _forward(layer: NetworkLayer) -> Iterator[_Round]:
    z = (StepKind.BIAS, 1), (StepKind.PRODUCT, layer.n_in)
    a = ((StepKind.ACTIVITY, 1),)
    rounds = (z, a) if _layerwide(layer) else ((*z, *a),)
    yield from (_Round(layer.l, layer.n_out, pattern) for pattern in rounds)


def _backward(layer: NetworkLayer, terms: int, *, direct: bool) -> Iterator[_Round]:
    """Yield the groups of steps of a layer's backward pass, in which dJ/da_j is a sum of ``terms`` terms.

    ``direct``: δ is computed from o and y at once; a layer-wide activation has no derivative per neuron.
    """
    upstream = ((StepKind.UPSTREAM, terms),)
    gradients = (StepKind.DELTA, 1), (StepKind.WEIGHT_GRADIENT, layer.n_in), (StepKind.BIAS_GRADIENT, 1)
    rounds: tuple[tuple[tuple[StepKind, int], ...], ...] = ((*upstream, (StepKind.SLOPE, 1), *gradients),)
    if direct:
        rounds = (gradients,)
    elif _layerwide(layer):
        rounds = upstream, gradients
    yield from (_Round(layer.l, layer.n_out, pattern) for pattern in rounds)


# -- what is known at a position -------------------------------------------------------------------


def revealed(steps: Steps, start: Snapshot, done: Snapshot, k: int) -> Snapshot:
    """Return the snapshot after k steps of an iteration; what is not computed yet is NaN.

    ``done`` is the snapshot after the update, ``start`` any before it with the theta of the pass; its scores
    are used until the update is complete. z is NaN until its sum is complete. dJ/da of outputs whose delta
    is computed at once, which is never computed, appears together with delta. Parameters and the optimizer's
    memory are updated one by one, so a snapshot inside an update must not be trained on. Raises ValueError if
    ``start`` and ``done`` belong to different passes.
    """
    if k >= steps.count:
        return done
    if start.iteration != done.pass_number:
        raise ValueError(f"Iteration {start.iteration} is not where pass {done.pass_number} begins.")
    assert done.values is not None
    phase = _PHASE_OF[steps.last(k).stage]
    theta, memory = done.before, start.memory
    if phase is Phase.UPDATE:
        updated = steps.parameters(k, StepKind.NEW_WEIGHT, StepKind.NEW_BIAS)
        theta, memory = np.where(updated, done.theta, theta), np.where(updated, done.memory, memory)
    return replace(
        start,
        theta=theta,
        memory=memory,
        before=done.before,
        memory_before=start.memory,
        iteration=done.pass_number + (phase is Phase.UPDATE),
        phase=phase,
        values=_values(steps, done.values, k, phase),
        learning_rate=done.learning_rate,
        again=None,
    )


def _values(steps: Steps, values: Pass, k: int, phase: Phase) -> Pass:
    sums = steps.made(k, StepKind.BIAS, StepKind.PRODUCT)
    n_in = np.array([0, *steps.network.n[:-1]])
    activations = steps.made(k, StepKind.ACTIVITY)
    activations[0] = steps.network.n[0]
    forward = replace(
        values,
        z=_known(values.z, sums // (n_in + 1)),
        a=_known(values.a, activations),
        J=values.J if steps.made(k, StepKind.LOSS).any() else np.nan,
        da=None,
        delta=None,
        g=None,
    )
    return forward if phase < Phase.BACKWARD else _with_gradients(forward, steps, values, k)


def _with_gradients(forward: Pass, steps: Steps, values: Pass, k: int) -> Pass:
    assert values.da is not None and values.delta is not None and values.g is not None
    deltas = steps.made(k, StepKind.DELTA)
    upstream = steps.made(k, StepKind.UPSTREAM) // np.array([1, *steps.network.n[2:], 1])
    if steps.network.direct_delta:
        upstream[-1] = deltas[-1]
    known = steps.parameters(k, StepKind.WEIGHT_GRADIENT, StepKind.BIAS_GRADIENT)
    return replace(
        forward,
        da=_known(values.da, upstream),
        delta=_known(values.delta, deltas),
        g=np.where(known, values.g, np.array(np.nan, values.g.dtype)),
    )


def _known(arrays: tuple[Array, ...], rows: Array) -> tuple[Array, ...]:
    """Return arrays of which only the first ``rows`` are known, the others NaN."""
    return tuple(_first(array, int(m)) for array, m in zip(arrays, rows, strict=True))


def _first(array: Array, rows: int) -> Array:
    if rows >= array.shape[0]:
        return array
    out = np.full_like(array, np.nan)
    out[:rows] = array[:rows]
    return out


# -- sums, term by term ----------------------------------------------------------------------------


def z_terms(network: Network, theta: Array, values: Pass, l: int, j: int, column: int) -> Array:
    """Return b_j and all W_ij a_i, (1 + n[l-1],), whose sum is z_j[l] of one sample of the batch."""
    a = values.a[l - 1][:, column]
    if l in values.masks:
        a = a * values.masks[l][:, column]
    return np.concatenate([network.b(theta, l)[j : j + 1], network.W(theta, l)[:, j] * a])


def da_terms(network: Network, theta: Array, values: Pass, l: int, j: int, column: int) -> Array:
    """Return all W_jk δ_k of layer l + 1, (n[l+1],), whose sum is dJ/da_j[l] of one sample.

    At the output there is one term, dJ/da_j of the loss.
    """
    assert values.da is not None and values.delta is not None
    if l == len(network.layers):
        return values.da[l][j, column : column + 1]
    terms = network.W(theta, l + 1)[j] * values.delta[l + 1][:, column]
    return terms * values.masks[l + 1][j, column] if l + 1 in values.masks else terms


def partial(steps: Steps, done: Snapshot, k: int, column: int) -> Array:
    """Return the terms so far of the sum to which the last step belongs, for one sample of the batch.

    Empty if it belongs to no sum.
    """
    assert done.values is not None
    step = steps.last(k)
    where = step.layer, step.neuron or 0, column
    if step.quantity in (StepKind.BIAS, StepKind.PRODUCT):
        so_far = 1 if step.source is None else step.source + 2
        return z_terms(steps.network, done.before, done.values, *where)[:so_far]
    if step.quantity is StepKind.UPSTREAM:
        return da_terms(steps.network, done.before, done.values, *where)[: (step.source or 0) + 1]
    return np.empty(0)
