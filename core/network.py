"""Network: a compiled design. It knows the shapes and where each number lies in theta.

All parameters lie in one flat vector theta, layer after layer; layer l is packed as a matrix of
shape (n[l-1] + 1, n[l]) whose first rows are W[l] and whose last row is b[l]. With a row of ones
under the activities of layer l-1 one product gives z[l], and one gives the gradient of W[l] and b[l].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .activations import ACTIVATIONS, Activation
from .datasets import Dataset
from .design import Dense, Design, DesignError, Dropout, problems
from .initializers import INITIALIZERS
from .losses import FUSED, Fused, Loss
from .modules import Array


@dataclass(frozen=True)
class Run:
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
    runs: tuple[Run, ...]
    activations: tuple[str, ...]
    deviation: float
    dropout: float

    @property
    def size(self) -> int:
        """The number of parameters of the layer."""
        return (self.n_in + 1) * self.n_out

    def packed(self, flat: Array) -> Array:
        """Return the view of shape (n[l-1] + 1, n[l]): W[l] over b[l]."""
        return flat[self.offset : self.offset + self.size].reshape(self.n_in + 1, self.n_out)


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
            layer.packed(theta)[:-1] = layer.deviation * draw
        return theta.astype(self.dtype)

    def weights_mask(self) -> Array:
        """Return 1 where theta holds a weight and 0 where it holds a bias (which is not regularized)."""
        mask = np.ones(self.parameters, self.dtype)
        for layer in self.layers:
            layer.packed(mask)[-1] = 0
        return mask

    def carry(self, old: Network, theta: Array) -> Array:
        """Return a theta for this network that keeps what can be kept of the old network's.

        Layers are matched from both ends while their shapes agree; between the matched ends, layers
        keep the weights of the neurons both have. The rest is as at this network's own start.
        """
        new = self.initial(self.design.training.seed)
        for mine, its in _matched(self.layers, old.layers):
            target, source = mine.packed(new), its.packed(theta)
            rows, columns = min(mine.n_in, its.n_in), min(mine.n_out, its.n_out)
            target[:rows, :columns] = source[:rows, :columns]
            target[-1, :columns] = source[-1, :columns]
        return new


def _compile(design: Design, features: int) -> list[NetworkLayer]:
    layers: list[NetworkLayer] = []
    width, offset, dropout = features, 0, 0.0
    for layer in design.layers:
        if isinstance(layer, Dropout):
            dropout = layer.rate
            continue
        deviation = INITIALIZERS[layer.initializer].deviation(width, layer.neurons)
        compiled = NetworkLayer(
            len(layers) + 1, width, layer.neurons, offset, _runs(layer), layer.activations, deviation, dropout
        )
        layers.append(compiled)
        width, offset, dropout = layer.neurons, offset + compiled.size, 0.0
    return layers


def _runs(layer: Dense) -> tuple[Run, ...]:
    names = layer.activations
    starts = [j for j in range(len(names)) if j == 0 or names[j] != names[j - 1]]
    runs = []
    for start, stop in zip(starts, [*starts[1:], len(names)], strict=True):
        activation = ACTIVATIONS[names[start]]
        alpha = activation.alpha if layer.alpha is None or activation.alpha is None else layer.alpha
        runs.append(Run(start, stop, activation, alpha or 0.0))
    return tuple(runs)


def _fused(output: NetworkLayer, loss: Loss) -> Fused | None:
    if len(output.runs) > 1:
        return None
    return FUSED.get((output.runs[0].activation.name, str(loss.__struct_config__.tag)))


def _matched(
    new: tuple[NetworkLayer, ...], old: tuple[NetworkLayer, ...]
) -> list[tuple[NetworkLayer, NetworkLayer]]:
    def same(a: NetworkLayer, b: NetworkLayer) -> bool:
        return (a.n_in, a.n_out) == (b.n_in, b.n_out)

    shorter = min(len(new), len(old))
    head = next((k for k in range(shorter) if not same(new[k], old[k])), shorter)
    tail = next((k for k in range(shorter - head) if not same(new[-1 - k], old[-1 - k])), shorter - head)
    pairs = list(zip(new[:head], old[:head], strict=True))
    middle_new, middle_old = new[head : len(new) - tail], old[head : len(old) - tail]
    if len(middle_new) == len(middle_old):
        pairs += list(zip(middle_new, middle_old, strict=True))
    pairs += list(zip(new[len(new) - tail :], old[len(old) - tail :], strict=True))
    return pairs
