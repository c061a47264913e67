"""The forward and backward pass of a network over batches of one size.

A pass is a list of calls on arrays allocated once. The training loop, single steps, gradient checks and
decision boundaries all use it, so what is shown is what trains. Columns are samples: ``z[l] = W[l].T a[l-1] +
b[l]``, ``a[l] = sigma[l](z[l])``, ``delta[l] = dJ/dz[l]``, ``dJ/dW[l] = a[l-1] delta[l].T`` (the factor
1/batch is in delta). The arrays of layer l have index l.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from ..arrays import CACHE_LINE, Array, aligned
from ..data.datasets import Dataset
from .curves import Score
from .network import ActivationSpan, Network, NetworkLayer
from .ops import Call, bound, constants


@dataclass(frozen=True)
class Pass:
    """All numbers of one pass over a batch; index l is layer l, index 0 the input.

    ``z``, ``a``, ``da`` (dJ/da) and ``delta`` (dJ/dz) have shape (n[l], batch); z[0], da[0] and delta[0] are
    empty. ``g`` is the gradient, flat like theta, including that of the penalty. ``samples`` are the dataset
    columns of the batch. What is not computed yet is None. ``masks[l]`` (n[l-1], batch) are the factors by
    which dropout multiplied the inputs of layer l; layers without dropout have none.
    """

    samples: Array
    y: Array
    z: tuple[Array, ...]
    a: tuple[Array, ...]
    J: float
    da: tuple[Array, ...] | None = None
    delta: tuple[Array, ...] | None = None
    g: Array | None = None
    masks: dict[int, Array] = field(default_factory=dict)


class Passes:
    """Arrays and calls for batches of ``size`` columns, bound to the arrays ``theta`` and ``g``.

    ``x`` must include the row of ones: shape (n[0] + 1, size), see `with_ones`. ``training`` enables dropout,
    whose masks are drawn by `draw`.
    """

    def __init__(
        self, network: Network, theta: Array, g: Array, size: int, *, training: bool = False
    ) -> None:
        self.network, self.size = network, size
        self._theta, self._g = theta, g
        self._make_arrays()
        masked = [layer for layer in network.layers if layer.dropout] if training else []
        self._masks = {layer.l: self._ones(layer.n_in + 1) for layer in masked}
        self.masks = {l: mask[:-1] for l, mask in self._masks.items()}
        self._inputs = {layer.l: self._ones(layer.n_in + 1) for layer in masked}

    def ending_in(self, z: Array) -> Passes:
        """Return passes on the same arrays, with ``z`` (n[L], size) in place of z[L]."""
        other = copy(self)
        other.z = [*self.z[:-1], z]
        return other

    def _ones(self, rows: int) -> Array:
        return np.ones((rows, self.size), self._theta.dtype)

    def _make_arrays(self) -> None:
        """Place z, a and g'(z) of all layers contiguously in memory: one call can cover several layers."""
        n, size, dtype = self.network.n, self.size, self._theta.dtype
        numbers = [(rows + 1) * size for rows in n[1:]]
        lines = np.cumsum([0, *(-(-count * dtype.itemsize // CACHE_LINE) for count in numbers)])
        starts = (lines * CACHE_LINE // dtype.itemsize).tolist()
        self._places = [
            slice(0, 0),
            *(slice(start, start + count) for start, count in zip(starts, numbers, strict=False)),
        ]
        self._flat = flat_z, flat_a, flat_derivatives = [aligned(starts[-1], dtype) for _ in range(3)]
        flat_a[...] = 1
        z, self._with_ones, derivatives = (
            [flat[span].reshape(-1, size) for span in self._places]
            for flat in (flat_z, flat_a, flat_derivatives)
        )
        self.z, self.a, self._derivatives = (
            [rows[:-1] for rows in layers] for layers in (z, self._with_ones, derivatives)
        )
        self.da, self.delta = ([aligned(z.shape, dtype) for z in self.z] for _ in range(2))

    @property
    def loss_input(self) -> Array:
        """The array from which the loss is computed: z[L] if activation and loss are fused, else a[L]."""
        return self.z[-1] if self.network.fused is not None else self.a[-1]

    def draw(self, generator: np.random.Generator) -> None:
        """Draw new dropout masks: 0 with probability rate, else 1 / (1 - rate)."""
        for l, mask in self.masks.items():
            keep = 1 - self.network.layers[l - 1].dropout
            np.copyto(mask, (generator.random(mask.shape) < keep) / keep)

    # -- the forward pass -------------------------------------------------------------------------

    def forward(self, x: Array) -> list[Call]:
        """Return the calls that compute z[l] and a[l] of all layers from x (n[0] + 1, size)."""
        return [*self.to_loss_input(x), *self.after_loss_input()]

    def to_loss_input(self, x: Array) -> list[Call]:
        """Return the calls of the forward pass that the loss and the backward pass need."""
        *hidden, output = self.network.layers
        calls = [call for layer in hidden for call in (*self._sums(layer, x), *self._activations(layer))]
        return [*calls, *self._sums(output, x), *([] if self.network.fused else self._activations(output))]

    def after_loss_input(self) -> list[Call]:
        """Return the remaining calls of the forward pass: a[L], if the loss is computed from z[L]."""
        return [*self._activations(self.network.layers[-1])] if self.network.fused else []

    def _input(self, l: int, x: Array) -> Array:
        """Return the inputs of layer l, after its dropout, above the row of ones."""
        return self._inputs[l] if l in self._inputs else x if l == 1 else self._with_ones[l - 1]

    def _sums(self, layer: NetworkLayer, x: Array) -> Iterable[Call]:
        l = layer.l
        if l in self.masks:
            before = x if l == 1 else self._with_ones[l - 1]
            yield partial(np.multiply, before, self._masks[l], self._inputs[l])
        yield partial(layer.packed(self._theta).T.dot, self._input(l, x), self.z[l])

    def _activations(self, layer: NetworkLayer) -> Iterable[Call]:
        whole = self.z[layer.l], self.a[layer.l]
        for span in layer.spans:
            rows, k = slice(span.start, span.stop), constants(self._theta.dtype, span.alpha)
            z, a = whole if len(layer.spans) == 1 else (array[rows] for array in whole)
            yield from bound(span.activation.value_steps(z, a, k))

    # -- the backward pass ------------------------------------------------------------------------

    def backward(self, x: Array, y: Array, target_offset: Array | None = None) -> list[Call]:
        """Return the calls that, after `forward`, compute da[l], delta[l] and g for targets y (n[L], size).

        ``target_offset`` is what `losses.Fused.target_offset` writes for y; if None, it is computed here from
        the present y.
        """
        calls = [*self._derivative_calls(), *self._loss_backward(y, target_offset)]
        for layer in reversed(self.network.layers):
            calls += self._layer_backward(layer, x)
        return calls

    def _loss_backward(self, y: Array, target_offset: Array | None) -> Iterable[Call]:
        network, o = self.network, self.a[-1]
        if network.perceptron:
            delta, share = self.delta[-1], np.array(network.loss.sample_scale(self.size), o.dtype)
            return [partial(np.subtract, o, y, delta), partial(np.multiply, delta, share, delta)]
        scale = network.loss.scale(network.n[-1], self.size)
        if network.fused is not None:
            if target_offset is None:
                target_offset = np.empty_like(y)
                network.fused.target_offset(y, scale, target_offset)
            return bound(network.fused.derivative_steps(self.z[-1], target_offset, self.delta[-1], scale))
        da = self.da[-1]
        return [
            *bound(network.loss.derivative_steps(o, y, da)),
            partial(np.multiply, da, np.array(scale, o.dtype), da),
        ]

    def _layer_backward(self, layer: NetworkLayer, x: Array) -> Iterable[Call]:
        l, layers = layer.l, self.network.layers
        if l < len(layers):
            yield partial(layers[l].packed(self._theta)[:-1].dot, self.delta[l + 1], self.da[l])
            if l + 1 in self.masks:
                yield partial(np.multiply, self.da[l], self.masks[l + 1], self.da[l])
        if l < len(layers) or not self.network.direct_delta:
            yield from self._activation_backward(layer)
        yield partial(self._input(l, x).dot, self.delta[l].T, layer.packed(self._g))

    def _activation_backward(self, layer: NetworkLayer) -> list[Call]:
        """Return the calls of delta[l] = sigma'(z[l]) da[l], or of a layer-wide Jacobian product."""
        l = layer.l
        layer_vjp = layer.spans[0].activation.layer_vjp
        if layer_vjp is not None:
            return bound(layer_vjp(self.da[l], self.a[l], self.delta[l]))
        return [partial(np.multiply, self.da[l], self._derivatives[l], self.delta[l])]

    def _derivative_calls(self) -> Iterable[Call]:
        """Return the calls of sigma'(z[l]), one for all adjacent layers that share an activation."""
        needed = self.network.layers[:-1] if self.network.direct_delta else self.network.layers
        groups: list[list[NetworkLayer]] = []
        for layer in needed:
            if groups and groups[-1][-1].l + 1 == layer.l and _one_activation(groups[-1][-1], layer):
                groups[-1].append(layer)
            elif not layer.spans[0].activation.layerwide:
                groups.append([layer])
        return [call for group in groups for call in self._derivatives_of(group)]

    def _derivatives_of(self, group: list[NetworkLayer]) -> Iterable[Call]:
        first, last = group[0], group[-1]
        if len(first.spans) == 1:
            joint = slice(self._places[first.l].start, self._places[last.l].stop)
            yield from self._span_derivative(first.spans[0], *(flat[joint] for flat in self._flat))
            return
        for span in first.spans:
            rows = slice(span.start, span.stop)
            arrays = (layers[first.l][rows] for layers in (self.z, self.a, self._derivatives))
            yield from self._span_derivative(span, *arrays)

    def _span_derivative(self, span: ActivationSpan, z: Array, a: Array, out: Array) -> list[Call]:
        return bound(span.activation.derivative_steps(z, a, out, constants(z.dtype, span.alpha)))


def _one_activation(*layers: NetworkLayer) -> bool:
    """Return whether all neurons of these layers share one activation that is not layer-wide."""
    kinds = {
        (span.activation.name, span.alpha, span.activation.layerwide)
        for layer in layers
        for span in layer.spans
    }
    return len(kinds) == 1 and not next(iter(kinds))[2]


def run_calls(calls: Iterable[Call]) -> None:
    """Make the calls, in order."""
    for call in calls:
        call()


class Scorer:
    """Computes loss and accuracy, or R², of a whole set with the current values of ``theta``.

    ``x`` is (n[0] + 1, samples) with its row of ones, ``y`` is (n[L], samples); ``dataset`` says which
    class an output decides for.
    """

    def __init__(self, network: Network, theta: Array, x: Array, y: Array, dataset: Dataset) -> None:
        self._y = y
        self._dataset, self._labels = dataset, dataset.decided(y) if dataset.task == "classes" else None
        self._passes = Passes(network, theta, np.empty(0), max(1, y.shape[1]))
        self._forward = self._passes.forward(x)
        if self._labels is None and y.shape[1]:
            self._varying = np.ptp(y, axis=1) > 0
            self._spread = np.square(y - y.mean(axis=1, keepdims=True)).sum(axis=1)[self._varying]

    def score(self) -> Score | None:
        """Return loss and accuracy, or R² for regression; None for an empty set."""
        if not self._y.shape[1]:
            return None
        run_calls(self._forward)
        network, o, y = self._passes.network, self._passes.a[-1], self._y
        J = loss_of(network, self._passes.loss_input, y)
        if self._labels is None:
            return Score(J, None, self._r_squared(o))
        return Score(J, float(np.mean(self._dataset.decided(o) == self._labels)))

    def _r_squared(self, o: Array) -> float | None:
        """Return the mean of 1 − Σ(y − o)²/Σ(y − mean)² over the targets that vary; None if none does."""
        missed = np.square(self._y - o).sum(axis=1)[self._varying]
        return float(np.mean(1 - missed / self._spread)) if self._spread.size else None


def with_ones(x: Array, dtype: np.dtype[np.generic] | type = np.float64) -> Array:
    """Return x (features, samples) with a row of ones below, which carries the biases, as ``dtype``."""
    rows = np.empty((x.shape[0] + 1, x.shape[1]), dtype)
    rows[:-1], rows[-1] = x, 1
    return rows


def terms(network: Network, loss_input: Array, y: Array) -> Array:
    """Return the loss terms of ``loss_input`` (see `Passes.loss_input`) and targets y, all (n[L], …)."""
    of = network.loss if network.fused is None else network.fused
    return of.terms(loss_input, y)


def losses_of_samples(network: Network, loss_input: Array, y: Array) -> Array:
    """Return the loss terms summed over the outputs; faster than `terms` for many samples."""
    if network.fused is not None:
        return network.fused.of_samples(loss_input, y)
    return network.loss.terms(loss_input, y).sum(axis=0)


def loss_of(network: Network, loss_input: Array, y: Array) -> float:
    """Return J of a batch, without penalty."""
    return float(terms(network, loss_input, y).sum() * network.loss.scale(*y.shape))


def copied(passes: Passes, samples: Array, x: Array, y: Array, g: Array | None) -> Pass:
    """Return copies of all numbers of a pass; without ``g``, only those of the forward pass."""
    z, a, da, delta = (
        tuple(array.copy() for array in arrays) for arrays in (passes.z, passes.a, passes.da, passes.delta)
    )
    masks = {l: mask.copy() for l, mask in passes.masks.items()}
    J = loss_of(passes.network, passes.loss_input, y)
    forward = Pass(samples, y.copy(), z, (x[:-1].copy(), *a[1:]), J, masks=masks)
    return forward if g is None else replace(forward, da=da, delta=delta, g=g.copy())


def evaluate(network: Network, theta: Array, x: Array, y: Array, samples: Array | None = None) -> Pass:
    """Return all numbers of one pass of x (n[0], batch) with targets y, without penalty or dropout."""
    g = np.zeros_like(theta)
    passes = Passes(network, theta, g, x.shape[1])
    x, y = with_ones(x, theta.dtype), y.astype(theta.dtype)
    with np.errstate(all="ignore"):
        run_calls(passes.forward(x))
        run_calls(passes.backward(x, y))
        return copied(passes, np.arange(x.shape[1]) if samples is None else samples, x, y, g)


def first_not_finite(network: Network, passes: Passes, g: Array | None = None) -> str:
    """Return the name of the first quantity of a pass that is infinite or NaN; empty if there is none."""
    forward = [
        (f"{name}[{l}]", arrays[l])
        for l in range(1, len(network.n))
        for name, arrays in (("z", passes.z), ("a", passes.a))
    ]
    backward = [
        pair
        for l in range(len(network.n) - 1, 0, -1)
        if g is not None
        for pair in ((f"δ[{l}]", passes.delta[l]), (f"∂J/∂W[{l}]", network.layers[l - 1].packed(g)))
    ]
    return next((name for name, array in forward + backward if not np.isfinite(array).all()), "")
