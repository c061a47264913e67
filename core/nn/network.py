"""A compiled design: the shapes of all layers and the position of every parameter in theta.

All parameters lie in one flat vector theta, layer after layer. Layer l is packed as a matrix of shape (n[l-1]
+ 1, n[l]) whose first rows are W[l] and whose last row is b[l]. With a row of ones below the activations of
layer l-1, one product gives z[l], and one gives the gradients of W[l] and b[l].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..data.datasets import Dataset
from .activations import ACTIVATIONS, Activation
from .design import Dense, Design, DesignError, Dropout, problems
from .initializers import INITIALIZERS
from .losses import FUSED, Fused, Loss
from .neuron_ids import NeuronIds, RemovedNeuron, first_ids, ids_after, shared


@dataclass(frozen=True)
class ActivationSpan:
    """Adjacent neurons ``start`` … ``stop - 1`` of a layer with the same activation and alpha."""

    start: int
    stop: int
    activation: Activation
    alpha: float


@dataclass(frozen=True)
class NetworkLayer:
    """Layer l: its sizes, its offset in theta, its activations, and the dropout rate of its inputs.

    ``std`` is the standard deviation of its initial weights.
    """

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
        """Return the view (n[l-1] + 1, n[l]) of a flat vector such as theta: W[l] above b[l]."""
        return flat[self.offset : self.offset + self.size].reshape(self.n_in + 1, self.n_out)


class Network:
    """A design compiled for a dataset.

    ``n`` holds the sizes n[0] … n[L], ``layers`` the layers 1 … L (``layers[l - 1]``), ``parameters`` the
    length of theta, ``fused`` the combined output activation and loss, or None.

    Raises DesignError, naming every fault and its remedy, if the design cannot work.
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
        """Return W[l] (n[l-1], n[l]) as a view of a flat vector (of theta; of the gradient g: dJ/dW[l])."""
        return self.layers[l - 1].packed(flat)[:-1]

    def b(self, flat: Array, l: int) -> Array:
        """Return b[l] (n[l],) as a view of a flat vector (of theta; of the gradient g: dJ/db[l])."""
        return self.layers[l - 1].packed(flat)[-1]

    def initial(self, seed: int) -> Array:
        """Return the initial theta: weights drawn by each layer's initializer from ``seed``, biases 0."""
        theta = np.zeros(self.parameters)
        for layer in self.layers:
            draw = np.random.default_rng((seed, layer.l)).standard_normal((layer.n_in, layer.n_out))
            layer.packed(theta)[:-1] = layer.std * draw
        return theta.astype(self.dtype)

    def weights_mask(self) -> Array:
        """Return 1 where theta holds a weight and 0 where it holds a bias, which is not regularized."""
        mask = np.ones(self.parameters, self.dtype)
        for layer in self.layers:
            layer.packed(mask)[-1] = 0
        return mask

    def carry(self, old: Network, theta: Array, removed: RemovedNeuron | None = None) -> Array:
        """Return a theta for this network that keeps the old network's weights where they still fit.

        Exactly one edit leads from the old design to this one; it removed the ``removed`` neuron, if any. See
        `keep`.
        """
        before = first_ids(old.design.dense, old.n[0])
        now = ids_after(self.design.dense, self.n[0], old.design.dense, before, removed)
        return self.keep(old, theta, now, before)

    def keep(self, old: Network, theta: Array, now: NeuronIds, before: NeuronIds) -> Array:
        """Return a theta with the old network's weights wherever row and column have the same ids in both.

        ``now`` are the ids of this network and ``before`` those of the old one; any number of edits may lie
        between. All other parameters are initialized as usual.
        """
        new = self.initial(self.design.training.seed)
        places = {ids.layer: k for k, ids in enumerate(before.layers)}
        for layer, ids in zip(self.layers, now.layers, strict=True):
            if (k := places.get(ids.layer)) is None:
                continue
            target, source = layer.packed(new), old.layers[k].packed(theta)
            columns = shared(ids.columns, before.layers[k].columns)
            rows = shared(ids.rows, before.layers[k].rows)
            if columns:
                mine, its = zip(*columns, strict=True)
                for i, j in (*rows, (len(target) - 1, len(source) - 1)):
                    target[i, mine] = source[j, its]
        return new


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
