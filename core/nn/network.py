"""A compiled design: the shapes of all layers and the position of every parameter in theta.

All parameters lie in one flat vector theta, layer after layer. Layer l is packed as a matrix of shape (n[l-1]
+ 1, n[l]) whose first rows are W[l] and whose last row is b[l]. With a row of ones below the activations of
layer l-1, one product gives z[l], and one gives the gradients of W[l] and b[l].
"""

from __future__ import annotations

import operator
from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace

from ..arrays import Array
from ..data.datasets import Dataset
from ..language import tr
from .activations import ACTIVATIONS, Activation
from .design import Dense, Design, DesignError, Dropout
from .design_problems import problems
from .initializers import INITIALIZERS
from .losses import FUSED, Fused, Loss
from .neuron_ids import LayerIds, NeuronIds, RemovedNeuron, first_ids, ids_after, shared


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
    length of theta, ``fused`` the combined output activation and loss, or None. ``fixed`` are the ascending
    places in theta of the parameters that training leaves as they are. ``perceptron`` says that training
    follows the perceptron rule: delta[L] = o - y, whatever the derivatives are.

    Raises DesignError, naming every fault and its remedy, if the design cannot work.
    """

    def __init__(self, design: Design, dataset: Dataset, ids: NeuronIds | None = None) -> None:
        found = problems(design, dataset)
        if found:
            raise DesignError(*found)
        self.design = design
        self.ids = ids or first_ids(design.dense, dataset.features)
        self.loss: Loss = design.training.loss
        self.dtype = np.dtype(design.training.precision)
        self.layers = tuple(_compile(design, dataset.features))
        self.n = (dataset.features, *(layer.n_out for layer in self.layers))
        self.parameters = sum(layer.size for layer in self.layers)
        self.fused = _fused(self.layers[-1], self.loss)
        self.perceptron = design.training.rule == "perceptron"
        self.fixed = np.flatnonzero(self._fixed_mask())

    @property
    def direct_delta(self) -> bool:
        """Whether delta[L] follows from o and y at once, without dJ/da[L] and the activation's derivative."""
        return self.fused is not None or self.perceptron

    @property
    def differentiated(self) -> Array:
        """The places in theta of the parameters whose derivative of J training follows.

        These are the free ones; by the perceptron rule, which puts o - y in place of a derivative, none.
        """
        return np.empty(0, int) if self.perceptron else np.delete(np.arange(self.parameters), self.fixed)

    @property
    def parameters_text(self) -> str:
        """The number of parameters, and how many of them are fixed, in words."""
        if not self.fixed.size:
            return tr("{count:,} parameters", count=self.parameters)
        return tr(
            "{count:,} parameters, {fixed:,} of them fixed", count=self.parameters, fixed=self.fixed.size
        )

    def W(self, flat: Array, l: int) -> Array:
        """Return W[l] (n[l-1], n[l]) as a view of a flat vector (of theta; of the gradient g: dJ/dW[l])."""
        return self.layers[l - 1].packed(flat)[:-1]

    def b(self, flat: Array, l: int) -> Array:
        """Return b[l] (n[l],) as a view of a flat vector (of theta; of the gradient g: dJ/db[l])."""
        return self.layers[l - 1].packed(flat)[-1]

    def initial(self, seed: int) -> Array:
        """Return the initial theta: as the design gives it, or drawn from ``seed`` (see `drawn`)."""
        theta = np.zeros(self.parameters)
        for layer, chosen in zip(self.layers, self.design.dense, strict=True):
            given = chosen.initial
            layer.packed(theta)[...] = drawn(chosen, layer.l, layer.n_in, seed) if given is None else given
        return theta.astype(self.dtype)

    def _fixed_mask(self) -> Array:
        """Return whether each parameter of theta is fixed."""
        mask = np.zeros(self.parameters, bool)
        for layer, chosen in zip(self.layers, self.design.dense, strict=True):
            packed = layer.packed(mask)
            if isinstance(chosen.fixed, bool):
                packed[...] = chosen.fixed
            else:
                for i, j in chosen.fixed:
                    packed[i - 1, j - 1] = True  # i = 0 is the last row, the biases
        return mask

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
        return self._kept(old, theta, now, before)

    def keep(self, old: Network, theta: Array) -> Array:
        """Return a theta with the old network's weights wherever row and column have the same ids in both.

        Any number of edits may lie between. All other parameters are initialized as usual.
        """
        return self._kept(old, theta, self.ids, old.ids)

    def _kept(self, old: Network, theta: Array, now: NeuronIds, before: NeuronIds) -> Array:
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


def drawn(layer: Dense, l: int, inputs: int, seed: int) -> Array:
    """Return the parameters (inputs + 1, neurons) that a layer's initializer draws; biases are 0."""
    parameters = np.zeros((inputs + 1, layer.neurons))
    draw = np.random.default_rng((seed, l)).standard_normal((inputs, layer.neurons))
    parameters[:-1] = INITIALIZERS[layer.initializer].std(inputs, layer.neurons) * draw
    return parameters


def carried(design: Design, now: NeuronIds, old: Design, before: NeuronIds) -> Design:
    """Return an edited design in which initial and fixed parameters are still those of the same neurons.

    ``now`` and ``before`` are the ids of the design and of the ``old`` one. Layers whose initial or fixed
    parameters were edited themselves keep them. New initial parameters are drawn.
    """
    known = {ids.layer: (layer, ids) for layer, ids in zip(old.dense, before.layers, strict=True)}
    made: list[Dense] = []
    for l, (layer, ids) in enumerate(zip(design.dense, now.layers, strict=True), start=1):
        if ids.layer in known and known[ids.layer][1] != ids:
            layer = _layer_carried(layer, l, ids, *known[ids.layer], design.training.seed)  # noqa: PLW2901
        made.append(layer)
    rest = iter(made)
    layers = tuple(next(rest) if isinstance(layer, Dense) else layer for layer in design.layers)
    return design if all(map(operator.is_, layers, design.layers)) else replace(design, layers=layers)


def _layer_carried(layer: Dense, l: int, ids: LayerIds, old: Dense, before: LayerIds, seed: int) -> Dense:
    rows, columns = shared(ids.rows, before.rows), shared(ids.columns, before.columns)
    if isinstance(layer.fixed, tuple) and layer.fixed == old.fixed:
        row_of = {0: 0, **{j + 1: i + 1 for i, j in rows}}
        column_of = {j + 1: i + 1 for i, j in columns}
        kept = [(row_of[i], column_of[j]) for i, j in layer.fixed if i in row_of and j in column_of]
        layer = replace(layer, fixed=tuple(sorted(kept)) or False)
    if isinstance(layer.initial, tuple) and layer.initial == old.initial:
        table = None
        if columns:
            source, new = np.array(layer.initial), drawn(layer, l, len(ids.rows), seed)
            for i, j in (*rows, (-1, -1)):
                new[i, [k for k, _ in columns]] = source[j, [k for _, k in columns]]
            table = tuple(map(tuple, new.tolist()))
        layer = replace(layer, initial=table)
    return layer


def starts_alike(a: Design, b: Design, a_ids: NeuronIds, b_ids: NeuronIds) -> bool:
    """Return whether two designs give the parameters they share the same initial values."""
    ones = {ids.layer: (layer, ids) for layer, ids in zip(a.dense, a_ids.layers, strict=True)}
    others = {ids.layer: (layer, ids) for layer, ids in zip(b.dense, b_ids.layers, strict=True)}
    both = ones.keys() & others.keys()
    alike = all(_layers_start_alike(*ones[layer], *others[layer]) for layer in both)
    return bool(both) and alike and a.training.seed == b.training.seed


def _layers_start_alike(one: Dense, one_ids: LayerIds, other: Dense, other_ids: LayerIds) -> bool:
    if one.initializer != other.initializer:
        return False
    if not (isinstance(one.initial, tuple) and isinstance(other.initial, tuple)):
        return one.initial == other.initial
    rows = [*shared(one_ids.rows, other_ids.rows), (-1, -1)]
    columns = shared(one_ids.columns, other_ids.columns)
    return all(one.initial[i][k] == other.initial[j][m] for i, j in rows for k, m in columns)


def _compile(design: Design, features: int) -> list[NetworkLayer]:
    layers: list[NetworkLayer] = []
    width, offset, dropout = features, 0, 0.0
    for layer in design.layers:
        if isinstance(layer, Dropout):
            dropout = layer.rate
            continue
        std = INITIALIZERS[layer.initializer].std(width, layer.neurons)
        if layer.initial is not None:
            std = float(np.std(layer.initial[:-1])) if isinstance(layer.initial, tuple) else 0.0
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
