"""Network: a compiled design. It knows the shapes and where each number lies in theta.

All parameters lie in one flat vector theta, layer after layer; layer l is packed as a matrix of
shape (n[l-1] + 1, n[l]) whose first rows are W[l] and whose last row is b[l]. With a row of ones
under the activations of layer l-1 one product gives z[l], and one gives the gradient of W[l] and b[l].
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..data.datasets import Dataset
from .activations import ACTIVATIONS, Activation
from .design import Dense, Design, DesignError, Dropout, problems
from .initializers import INITIALIZERS
from .losses import FUSED, Fused, Loss


@dataclass(frozen=True)
class ActivationSpan:
    """Neighbouring neurons ``start`` to ``stop - 1`` of a layer that share an activation."""

    start: int
    stop: int
    activation: Activation
    alpha: float


@dataclass(frozen=True)
class NetworkLayer:
    """Layer l: shapes, place in theta, activations, and the dropout on what enters it."""

    l: int
    n_in: int
    n_out: int
    offset: int
    spans: tuple[ActivationSpan, ...]
    activations: tuple[str, ...]
    std: float
    dropout: float

    @property
    def size(self) -> int:
        """The number of parameters of the layer."""
        return (self.n_in + 1) * self.n_out

    def packed(self, flat: Array) -> Array:
        """Return the view of shape (n[l-1] + 1, n[l]): W[l] over b[l]."""
        return flat[self.offset : self.offset + self.size].reshape(self.n_in + 1, self.n_out)


@dataclass(frozen=True)
class RemovedNeuron:
    """Which neuron of which layer l an edit took away: a design says only how many are left."""

    layer: int
    neuron: int


class Network:
    """A design compiled for a dataset.

    ``n`` holds the sizes n[0] … n[L], ``layers`` the layers 1 … L (``layers[l - 1]``), ``parameters``
    the length of theta, ``fused`` the output activation and loss as one module on z, where there is
    one. Raises DesignError, naming each place and its cure, for a design that cannot work.
    """

    def __init__(self, design: Design, dataset: Dataset) -> None:
        found = problems(design, dataset)
        if found:
            raise DesignError(*found)
        self.design = design
        self.loss: Loss = design.training.loss
        self.dtype = np.dtype(design.training.precision)
        self.layers = tuple(_compile(design, dataset.features))
        self.n = (dataset.features, *(layer.n_out for layer in self.layers))
        self.parameters = sum(layer.size for layer in self.layers)
        self.fused = _fused(self.layers[-1], self.loss)

    def W(self, flat: Array, l: int) -> Array:
        """Return the view W[l], (n[l-1], n[l]), of a flat vector (theta, or g for dJ/dW[l])."""
        return self.layers[l - 1].packed(flat)[:-1]

    def b(self, flat: Array, l: int) -> Array:
        """Return the view b[l], (n[l],), of a flat vector (theta, or g for dJ/db[l])."""
        return self.layers[l - 1].packed(flat)[-1]

    def initial(self, seed: int) -> Array:
        """Return the first theta: weights drawn by each layer's initializer from ``seed``, biases 0."""
        theta = np.zeros(self.parameters)
        for layer in self.layers:
            draw = np.random.default_rng((seed, layer.l)).standard_normal((layer.n_in, layer.n_out))
            layer.packed(theta)[:-1] = layer.std * draw
        return theta.astype(self.dtype)

    def weights_mask(self) -> Array:
        """Return 1 where theta holds a weight and 0 where it holds a bias (which is not regularized)."""
        mask = np.ones(self.parameters, self.dtype)
        for layer in self.layers:
            layer.packed(mask)[-1] = 0
        return mask

    def carry(self, old: Network, theta: Array, removed: RemovedNeuron | None = None) -> Array:
        """Return a theta for this network that keeps what can be kept of the old network's.

        A layer keeps its weights wherever it has been moved to, while its shape agrees (see `paired`).
        Where the layer before it is the same one, or has as many neurons, it keeps the weights of the
        neurons both have: all but the ``removed`` one, or the first ones. The rest is as at this network's
        own start.
        """
        new = self.initial(self.design.training.seed)
        pairs = {0: 0, **{i + 1: j + 1 for i, j in paired(self.design.dense, old.design.dense).items()}}
        for l, k in pairs.items():
            if l and k:
                target = self.layers[l - 1].packed(new)
                source = _without(old.layers[k - 1].packed(theta), k, removed)
                if len(target) == len(source) or pairs.get(l - 1) == k - 1:
                    _keep(target, source)
        return new


def _without(packed: Array, l: int, removed: RemovedNeuron | None) -> Array:
    """Return the weights and biases of layer l without those into and out of the removed neuron."""
    if removed is not None and l == removed.layer:
        return np.delete(packed, removed.neuron, axis=1)
    if removed is not None and l == removed.layer + 1:
        return np.delete(packed, removed.neuron, axis=0)
    return packed


def _keep(target: Array, source: Array) -> None:
    """Put the weights and biases of one layer in place of another's, of the neurons both have."""
    rows, columns = (min(one, other) for one, other in zip(target.shape, source.shape, strict=True))
    target[: rows - 1, :columns] = source[: rows - 1, :columns]
    target[-1, :columns] = source[-1, :columns]


def _compile(design: Design, features: int) -> list[NetworkLayer]:
    layers: list[NetworkLayer] = []
    width, offset, dropout = features, 0, 0.0
    for layer in design.layers:
        if isinstance(layer, Dropout):
            dropout = layer.rate
            continue
        std = INITIALIZERS[layer.initializer].std(width, layer.neurons)
        compiled = NetworkLayer(
            len(layers) + 1, width, layer.neurons, offset, _spans(layer), layer.activations, std, dropout
        )
        layers.append(compiled)
        width, offset, dropout = layer.neurons, offset + compiled.size, 0.0
    return layers


def _spans(layer: Dense) -> tuple[ActivationSpan, ...]:
    names = layer.activations
    starts = [j for j in range(len(names)) if j == 0 or names[j] != names[j - 1]]
    spans = []
    for start, stop in zip(starts, [*starts[1:], len(names)], strict=True):
        activation = ACTIVATIONS[names[start]]
        alpha = activation.alpha if layer.alpha is None or activation.alpha is None else layer.alpha
        spans.append(ActivationSpan(start, stop, activation, alpha or 0.0))
    return tuple(spans)


def _fused(output: NetworkLayer, loss: Loss) -> Fused | None:
    if len(output.spans) > 1:
        return None
    return FUSED.get((output.spans[0].activation.name, str(loss.__struct_config__.tag)))


def paired(new: Sequence[Dense], old: Sequence[Dense]) -> dict[int, int]:
    """Return which of the old layers each of the new ones is, by their places; those added are left out.

    The output stays the output. Of the others, an edit hands on those it does not touch, so they are
    the same objects, wherever they are now. Those that are not are compared: equal ones in their order,
    then equal ones in another order; what is then left on both sides was changed in its place.
    """
    last = len(new) - 1, len(old) - 1
    pairs = {last[0]: last[1]}
    mine, its = list(range(last[0])), list(range(last[1]))
    steps: list[Callable[[], Iterable[tuple[int, int]]]] = [
        lambda: _first_alike(mine, its, lambda i, j: new[i] is old[j]),
        lambda: _longest_in_order(mine, its, lambda i, j: new[i] == old[j]),
        lambda: _first_alike(mine, its, lambda i, j: new[i] == old[j]),
        lambda: zip(mine, its, strict=True) if len(mine) == len(its) else (),
    ]
    for step in steps:
        for i, j in list(step()):
            pairs[i] = j
            mine.remove(i)
            its.remove(j)
    return pairs


Alike = Callable[[int, int], bool]


def _first_alike(mine: Sequence[int], its: Sequence[int], alike: Alike) -> Iterator[tuple[int, int]]:
    """Yield pairs that are alike, each place at most once."""
    free = list(its)
    for i in mine:
        j = next((j for j in free if alike(i, j)), None)
        if j is not None:
            free.remove(j)
            yield i, j


def _longest_in_order(mine: Sequence[int], its: Sequence[int], alike: Alike) -> list[tuple[int, int]]:
    """Return as many pairs that are alike as there are in the order of both; of several ways the first."""
    best: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for p in range(len(mine), -1, -1):
        for q in range(len(its), -1, -1):
            found: list[tuple[int, int]] = []
            if p < len(mine) and q < len(its):
                found = max(best[p + 1, q], best[p, q + 1], key=len)
                taken = [(mine[p], its[q]), *best[p + 1, q + 1]]
                if alike(mine[p], its[q]) and len(taken) >= len(found):
                    found = taken
            best[p, q] = found
    return best[0, 0]
