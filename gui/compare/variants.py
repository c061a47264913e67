"""Variants: networks that are trained together and compared, and how each differs from the first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from msgspec.structs import replace
from PySide6.QtGui import QColor

from core.arrays import Array
from core.data.datasets import SOURCES, Dataset, make_dataset
from core.debugger.pinned_runs import differences
from core.language import tr
from core.nn.design import Dense, Design, fitted
from core.nn.design_problems import problems
from core.nn.losses import MAE, MSE
from core.nn.network import Network
from core.nn.neuron_ids import RemovedNeuron
from core.nn.optimizers import Adam, GradientDescent
from core.nn.trainer import Phase, Trainer
from gui.theme.theme import Theme

MOST_VARIANTS = 4
THICK, MIDDLE, THIN = 4.0, 2.6, 1.6


@dataclass(frozen=True, eq=False)
class Variant:
    """A network of a comparison as training starts: its data and its initial weights theta.

    ``label`` is its name, ``settings`` describes how it differs from the others. ``iterations`` are made
    before it is first shown, but not once its design is ``changed``.
    """

    label: str
    network: Network
    dataset: Dataset
    theta: Array
    iterations: int = 0
    changed: bool = False
    settings: str = ""

    @property
    def design(self) -> Design:
        """The design of the network."""
        return self.network.design

    @property
    def name(self) -> str:
        """The label, with a mark if the design was changed."""
        return tr("{label} (changed)").format(label=self.label) if self.changed else self.label

    @property
    def batch_size(self) -> int:
        """The number of samples in a batch."""
        return self.design.training.size_of_batch(self.dataset.train.size)

    @property
    def updates(self) -> int:
        """The number of updates in an epoch."""
        return -(-self.dataset.train.size // self.batch_size)

    def trainer(self) -> Trainer:
        """Return a trainer after ``iterations`` updates from the initial weights. Raises Diverged."""
        trainer = Trainer(self.network, self.dataset, self.theta)
        if self.iterations and not self.changed:
            trainer.run(self.iterations)
        return trainer


def redesigned(variant: Variant, design: Design, removed: RemovedNeuron | None = None) -> Variant:
    """Return a variant with another design and the initial weights both share. Raises DesignError.

    ``removed`` is the neuron the design lost, if that is not the last one of its layer.
    """
    same_data = design.data == variant.design.data
    dataset = variant.dataset if same_data else make_dataset(design.data)
    network = Network(design, dataset)
    theta = network.carry(variant.network, variant.theta, removed)
    return Variant(variant.label, network, dataset, theta, variant.iterations, changed=True)


def reseeded(variant: Variant, seed: int) -> Variant:
    """Return a variant with initial weights and an order of samples drawn from another seed."""
    network = Network(with_training(variant.design, seed=seed), variant.dataset)
    theta = network.initial(seed)
    return Variant(
        variant.label, network, variant.dataset, theta, variant.iterations, variant.changed, variant.settings
    )


def with_training(design: Design, **settings: Any) -> Design:
    """Return a design with other settings of training."""
    return replace(design, training=replace(design.training, **settings))


def same_but_for_rates(before: Sequence[Design], now: Sequence[Design]) -> bool:
    """Return whether designs are the same as before, except for their learning rates."""
    return len(before) == len(now) and all(
        with_training(old, learning_rate=new.training.learning_rate) == new
        for old, new in zip(before, now, strict=True)
    )


def with_batch_size(design: Design, size: int, samples: int) -> Design:
    """Return a design with batches of ``size`` of ``samples`` training samples: all of them, one, or some."""
    kind = {1: "stochastic", samples: "batch"}.get(size, "mini-batch")
    return with_training(design, gradient_descent=kind, batch_size=size)


def colours(theme: Theme) -> tuple[QColor, ...]:
    """Return a colour for each of up to `MOST_VARIANTS` variants."""
    return theme.positive, theme.gradient_positive, theme.negative, theme.gradient_negative


def widths(variants: Sequence[Variant]) -> list[float]:
    """Return the line width of the path of each variant: the more updates in an epoch, the thinner."""
    updates = [variant.updates for variant in variants]
    if min(updates) == max(updates):
        return [MIDDLE] * len(variants)
    return [THICK if each.updates == 1 else THIN if each.batch_size == 1 else MIDDLE for each in variants]


# -- Variants of one design --------------------------------------------------------------------------------


def variants_of(designs: Sequence[Design], dataset: Dataset) -> tuple[Variant, ...]:
    """Return variants A, B, … of designs, the first of which has this dataset. Raises DesignError.

    All start from the initial weights of A as far as shapes agree; see `first_weights`.
    """
    made: list[Variant] = []
    for label, design in zip("ABCD", designs, strict=False):
        own = dataset if design.data == designs[0].data else make_dataset(design.data)
        network = Network(design, own)
        theta = first_weights(network, made[0].network if made else network)
        made.append(Variant(label, network, own, theta, settings=_settings(designs, len(made))))
    return tuple(made)


def works(design: Design, base: Design, dataset: Dataset) -> bool:
    """Return whether a design can be trained; ``dataset`` is that of the design ``base``."""
    return not problems(design, dataset if design.data == base.data else make_dataset(design.data))


def _settings(designs: Sequence[Design], k: int) -> str:
    """Return a text on how design k differs from the first, or the first from the others."""
    compared = designs if k == 0 else (designs[0], designs[k])
    values = [(one.title, one.values[min(k, 1)]) for one in differences(compared)]
    pairs = [f"{tr(title)} {value}" for title, value in values if value]
    return " · ".join(pairs) or tr("the same settings")


def first_weights(network: Network, base: Network) -> Array:
    """Return the initial theta of a network: that of ``base`` where shapes agree.

    A network with another seed or with other initializers draws its own.
    """
    seeds = network.design.training.seed, base.design.training.seed
    kinds = [[layer.initializer for layer in one.design.dense] for one in (network, base)]
    own = seeds[0] != seeds[1] or (len(kinds[0]) == len(kinds[1]) and kinds[0] != kinds[1])
    return network.initial(seeds[0]) if own else network.carry(base, base.initial(seeds[1]))


def with_activation(design: Design, activation: str) -> Design:
    """Return a design with one activation in all hidden layers."""
    hidden = set(map(id, design.dense[:-1]))
    layers = (
        replace(layer, activation=activation, alpha=None) if id(layer) in hidden else layer
        for layer in design.layers
    )
    return replace(design, layers=tuple(layers))


def with_initializer(design: Design, initializer: str) -> Design:
    """Return a design with one initializer in all layers."""
    layers = (
        replace(layer, initializer=initializer) if isinstance(layer, Dense) else layer
        for layer in design.layers
    )
    return replace(design, layers=tuple(layers))


def on_same_data(design: Design, present: Design, dataset: Dataset) -> Design:
    """Return a design with the data and the seed of the present one; its output is fitted to the data."""
    seeded = replace(design.training, seed=present.training.seed)
    moved = replace(design, data=present.data, training=seeded)
    return replace(fitted(moved, dataset), data=present.data) if problems(moved, dataset) else moved


def on_other_data(design: Design, source: str) -> Design:
    """Return a design with another dataset; its output and its loss are fitted to that data."""
    moved = replace(design, data=replace(design.data, source=source))
    dataset = make_dataset(moved.data)
    return fitted(moved, dataset) if problems(moved, dataset) else moved


# -- The usual change of each kind ---------------------------------------------------------------------------


def _more_layers(design: Design) -> Design:
    """Return a design with its first hidden layer twice; if it has none, with one of four neurons."""
    first = design.dense[0] if len(design.dense) > 1 else Dense(4)
    return replace(design, layers=(first, *design.layers))


def _other_data(design: Design) -> Design:
    """Return a design with noisier samples, or with other data if its data have no noise."""
    data = design.data
    if "noise" in SOURCES[data.source].settings:
        return replace(design, data=replace(data, noise=0.4 if data.noise != 0.4 else 0.1))
    return on_other_data(design, "xor" if data.source != "xor" else "moons")


def _other_activation(design: Design) -> Design:
    now = {layer.activation for layer in design.dense[:-1]}
    return with_activation(design, "tanh" if now == {"relu"} else "relu")


def _other_initializer(design: Design) -> Design:
    now = {layer.initializer for layer in design.dense}
    return with_initializer(design, "xavier" if now == {"he"} else "he")


def _other_training(name: str, first: Any, second: Any) -> Callable[[Design], Design]:
    """Return an edit that gives a setting of training the first of two usual values that differs from it."""

    def change(design: Design) -> Design:
        now = getattr(design.training, name)
        same = now == first if isinstance(first, str | float) else type(now) is type(first)
        return with_training(design, **{name: second if same else first})

    return change


KINDS: dict[str, Callable[[Design], Design]] = {
    "optimizer": _other_training("optimizer", Adam(), GradientDescent()),
    "learning_rate": lambda design: with_training(
        design, learning_rate=float(f"{design.training.learning_rate / 10:.6g}")
    ),
    "activation": _other_activation,
    "layers": _more_layers,
    "loss": _other_training("loss", MSE(), MAE()),
    "gradient_descent": _other_training("gradient_descent", "batch", "mini-batch"),
    "regularization": _other_training("l2", 0.01, 0.0),
    "initializer": _other_initializer,
    "seed": lambda design: with_training(design, seed=(design.training.seed + 1) % 2**32),
    "data": _other_data,
}
"""What can be changed in a design, and the usual change of each kind: a value the design does not have."""


def first_batch(variant: Variant) -> Array:
    """Return the samples of the batch with which training begins."""
    trainer = Trainer(variant.network, variant.dataset, variant.theta)
    trainer.advance(Phase.FORWARD)
    values = trainer.snapshot().values
    return np.empty(0, int) if values is None else values.samples
