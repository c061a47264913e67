"""The forward and the backward pass of a network over batches of one size.

A pass is a list of calls on arrays made once: the training loop runs the list, and so does a single
step, a gradient check or a decision boundary, so what is shown is what trains. Columns are samples:
``z[l] = W[l].T a[l-1] + b[l]``, ``a[l] = sigma[l](z[l])``, ``delta[l] = dJ/dz[l]``,
``dJ/dW[l] = a[l-1] delta[l].T`` (the factor 1/batch is in delta). Layer l's arrays are at index l.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from .curves import Score
from .modules import Array, Constants, constants
from .network import Network, NetworkLayer, Run

Call = Callable[[], object]


@dataclass(frozen=True)
class Pass:
    """Every number of one pass over a batch; index l is layer l, index 0 the input.

    ``z``, ``a``, ``da`` (dJ/da) and ``delta`` (dJ/dz) have shape (n[l], batch); ``g`` is flat like
    theta, with the penalty's part included. ``samples``: the dataset columns of the batch. What is
    not computed yet is None. z[0], da[0] and delta[0] are empty.
    """

    samples: Array
    y: Array
    z: tuple[Array, ...]
    a: tuple[Array, ...]
    J: float
    da: tuple[Array, ...] | None = None
    delta: tuple[Array, ...] | None = None
    g: Array | None = None


class Passes:
    """Arrays and calls for batches of ``size`` columns, bound to the arrays ``theta`` and ``g``.

    ``x`` given to the passes must carry the row of ones: shape (n[0] + 1, size), see `with_ones`.
    ``training`` switches dropout on; its masks are drawn by `draw`.
    """

    def __init__(
        self, network: Network, theta: Array, g: Array, size: int, *, training: bool = False
    ) -> None:
        self.network, self.size = network, size
        dtype = theta.dtype
        empty = np.empty((0, size), dtype)
        self.z, self.a, self.da, self.delta = [empty], [empty], [empty], [empty]
        self._scale = np.array(network.loss.scale(network.n[-1], size), dtype)
        self._make_arrays(dtype)
        self._inputs: list[Array] = [empty, *(self._with_ones[l] for l in range(len(network.layers)))]
        self.masks: dict[int, Array] = {}
        if training:
            self._add_masks()
        self._forward: list[Call] = []
        self._backward: list[Call] = []
        self._add_input(network.layers[0].packed(theta), network.layers[0].packed(g))
        for layer in network.layers:
            self._add_forward(layer, theta)
        self._add_slopes()
        for layer in reversed(network.layers):
            self._add_backward(layer, theta, g)

    def _make_arrays(self, dtype: np.dtype[np.generic]) -> None:
        """Make z, a and the slopes of all layers neighbours in memory, for joint calls."""
        network, size = self.network, self.size
        rows = [n + 1 for n in network.n[1:]]
        ends = np.cumsum([0, *rows]) * size
        flat_z, flat_a, flat_slope = (
            np.zeros(ends[-1], dtype),
            np.ones(ends[-1], dtype),
            np.zeros(ends[-1], dtype),
        )
        self._flat = (flat_z, flat_a, flat_slope)
        self._ends = ends
        self._with_ones: list[Array] = [np.ones((network.n[0] + 1, size), dtype)]
        self._slopes: list[Array] = [self.z[0]]
        for l, n in enumerate(network.n[1:], start=1):
            span = slice(ends[l - 1], ends[l])
            self._with_ones.append(flat_a[span].reshape(n + 1, size))
            self.z.append(flat_z[span].reshape(n + 1, size)[:n])
            self.a.append(self._with_ones[l][:n])
            self._slopes.append(flat_slope[span].reshape(n + 1, size)[:n])
            self.da.append(np.zeros((n, size), dtype))
            self.delta.append(np.zeros((n, size), dtype))

    def _add_masks(self) -> None:
        """Give every layer behind a dropout a mask, and its own masked copy of what enters it."""
        for layer in self.network.layers:
            if layer.dropout:
                self.masks[layer.l] = np.ones((layer.n_in, self.size), self._scale.dtype)
                self._inputs[layer.l] = np.ones((layer.n_in + 1, self.size), self._scale.dtype)

    def _add_input(self, first: Array, gradient: Array) -> None:
        """Bind the two calls that take x: layer 1's product and its gradient, where x is not masked."""
        self._enter: Callable[[Array], object] = partial(first.T.dot, out=self.z[1])
        self._leave: Callable[[Array], object] = lambda x: x.dot(self.delta[1].T, gradient)
        if 1 in self.masks:
            self._enter = partial(np.copyto, self._with_ones[0])
            self._leave = lambda x: self._inputs[1].dot(self.delta[1].T, gradient)

    def _add_forward(self, layer: NetworkLayer, theta: Array) -> None:
        l, ahead = layer.l, self._forward
        if l in self.masks:
            ahead.append(
                partial(np.multiply, self._with_ones[l - 1][:-1], self.masks[l], self._inputs[l][:-1])
            )
        if l > 1 or l in self.masks:
            ahead.append(partial(layer.packed(theta).T.dot, self._inputs[l], self.z[l]))
        for run in layer.runs:
            rows, k = slice(run.start, run.stop), constants(theta.dtype, run.alpha)
            ahead.append(partial(run.activation.function, self.z[l][rows], self.a[l][rows], k))

    def _add_backward(self, layer: NetworkLayer, theta: Array, g: Array) -> None:
        l, layers = layer.l, self.network.layers
        if l < len(layers):
            self._add_delta(layer, layers[l].packed(theta)[:-1])
        elif self.network.fused is None:
            self._through_activation(layer)
        if l > 1:
            self._backward.append(partial(self._inputs[l].dot, self.delta[l].T, layer.packed(g)))

    def _add_delta(self, layer: NetworkLayer, W_next: Array) -> None:
        l = layer.l
        self._backward.append(partial(W_next.dot, self.delta[l + 1], self.da[l]))
        if l + 1 in self.masks:
            self._backward.append(partial(np.multiply, self.da[l], self.masks[l + 1], self.da[l]))
        self._through_activation(layer)

    def _through_activation(self, layer: NetworkLayer) -> None:
        """Add delta[l] = sigma'(z[l]) da[l], by the Jacobian where the activation is layer-wide."""
        l = layer.l
        layer_vjp = layer.runs[0].activation.layer_vjp
        if layer_vjp is not None:
            self._backward.append(partial(layer_vjp, self.da[l], self.a[l], self.delta[l]))
        else:
            self._backward.append(partial(np.multiply, self.da[l], self._slopes[l], self.delta[l]))

    def _add_slopes(self) -> None:
        """Add the slopes of all hidden layers first, in one call where neighbours share an activation."""
        needed = [
            layer
            for layer in self.network.layers
            if (layer.l < len(self.network.layers) or self.network.fused is None)
            and not layer.runs[0].activation.layerwide
        ]
        groups: list[list[NetworkLayer]] = []
        for layer in needed:
            joins = bool(groups) and groups[-1][-1].l + 1 == layer.l and _same(groups[-1][-1], layer)
            if joins:
                groups[-1].append(layer)
            else:
                groups.append([layer])
        for group in groups:
            self._add_slopes_of(group)

    def _add_slopes_of(self, group: list[NetworkLayer]) -> None:
        run = group[0].runs[0]
        dtype = self._scale.dtype
        if len(group[0].runs) == 1:
            span = slice(self._ends[group[0].l - 1], self._ends[group[-1].l])
            arrays = [flat[span] for flat in self._flat]
            self._backward.append(partial(run.activation.slope, *arrays, constants(dtype, run.alpha)))
            return
        l = group[0].l
        for run in group[0].runs:
            rows = slice(run.start, run.stop)
            k: Constants = constants(dtype, run.alpha)
            arrays = [self.z[l][rows], self.a[l][rows], self._slopes[l][rows]]
            self._backward.append(partial(run.activation.slope, *arrays, k))

    def draw(self, generator: np.random.Generator) -> None:
        """Draw new dropout masks: 0 with probability rate, else 1 / (1 - rate)."""
        for l, mask in self.masks.items():
            keep = 1 - self.network.layers[l - 1].dropout
            np.copyto(mask, (generator.random(mask.shape) < keep) / keep)

    def forward(self, x: Array) -> None:
        """Compute z[l] and a[l] of all layers from x (n[0] + 1, size), its last row ones."""
        self._enter(x)
        for call in self._forward:
            call()

    def backward(self, x: Array, y: Array) -> None:
        """Compute delta[l] of all layers and g, from targets y (n[L], size), after `forward`."""
        network, delta = self.network, self.delta[-1]
        if network.fused is not None:
            network.fused.slope(self.a[-1], y, delta)
            np.multiply(delta, self._scale, delta)
        else:
            network.loss.slope(self.a[-1], y, self.da[-1])
            np.multiply(self.da[-1], self._scale, self.da[-1])
        for call in self._backward:
            call()
        self._leave(x)

    @property
    def scored(self) -> Array:
        """The array the loss is computed from: z of the output where loss and activation are fused, else a."""
        return self.z[-1] if self.network.fused is not None else self.a[-1]


class Scorer:
    """Scores a whole set with the parameters ``theta`` holds at the time.

    ``x`` (n[0] + 1, samples) with its row of ones, ``y`` (n[L], samples).
    """

    def __init__(self, network: Network, theta: Array, x: Array, y: Array, task: str) -> None:
        self._passes = Passes(network, theta, np.zeros_like(theta), x.shape[1])
        self._x, self._y, self._task = x, y, task

    def score(self) -> Score | None:
        """Return loss and accuracy; None for an empty set."""
        if not self._x.shape[1]:
            return None
        self._passes.forward(self._x)
        network, o, y = self._passes.network, self._passes.a[-1], self._y
        J = loss_of(network, self._passes.scored, y)
        if self._task == "regression":
            return Score(J, None)
        right = (o > 0.5) == (y > 0.5) if o.shape[0] == 1 else o.argmax(0) == y.argmax(0)
        return Score(J, float(np.mean(right)))


def _same(a: NetworkLayer, b: NetworkLayer) -> bool:
    def key(run: Run) -> tuple[str, float]:
        return run.activation.name, run.alpha

    return len(a.runs) == len(b.runs) == 1 and key(a.runs[0]) == key(b.runs[0])


def with_ones(x: Array, dtype: np.dtype[np.generic] | type = np.float64) -> Array:
    """Return x with the row of ones that carries the biases, in the network's precision."""
    return np.vstack([x, np.ones((1, x.shape[1]))]).astype(dtype)


def terms(network: Network, scored: Array, y: Array) -> Array:
    """Return the loss terms of outputs ``scored`` (see `Passes.scored`) against y, both (n[L], …)."""
    return network.fused.terms(scored, y) if network.fused is not None else network.loss.terms(scored, y)


def loss_of(network: Network, scored: Array, y: Array) -> float:
    """Return J of a batch, without penalty."""
    return float(terms(network, scored, y).sum() * network.loss.scale(*y.shape))


def copied(passes: Passes, samples: Array, x: Array, y: Array, g: Array | None) -> Pass:
    """Return the numbers of a pass as a value; without ``g``, of the forward pass alone."""
    z, a, da, delta = (
        tuple(array.copy() for array in arrays) for arrays in (passes.z, passes.a, passes.da, passes.delta)
    )
    forward = Pass(samples, y.copy(), z, (x[:-1].copy(), *a[1:]), loss_of(passes.network, passes.scored, y))
    return forward if g is None else replace(forward, da=da, delta=delta, g=g.copy())


def evaluate(network: Network, theta: Array, x: Array, y: Array, samples: Array | None = None) -> Pass:
    """Return every number of one pass of x (n[0], batch) with targets y, without penalty or dropout."""
    g = np.zeros_like(theta)
    passes = Passes(network, theta, g, x.shape[1])
    x, y = with_ones(x, theta.dtype), y.astype(theta.dtype)
    with np.errstate(all="ignore"):
        passes.forward(x)
        passes.backward(x, y)
    return copied(passes, np.arange(x.shape[1]) if samples is None else samples, x, y, g)


def first_not_finite(network: Network, passes: Passes, g: Array | None = None) -> str:
    """Name the first quantity of a pass that is infinite or not a number; empty: none is."""
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
