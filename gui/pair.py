"""Pair: two designs to compare from one start, which differ in one thing."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from core.activations import ACTIVATIONS
from core.datasets import Dataset
from core.design import Dense, Design, fitted, problems
from core.modules import Array
from core.network import Network
from core.optimizers import Adam, GradientDescent
from core.training import Trainer

USUAL: dict[str, tuple[Any, Any]] = {
    "optimizer": (Adam(), GradientDescent()),
    "activation": ("relu", "tanh"),
    "gradient_descent": ("batch", "mini-batch"),
    "initializer": ("he", "xavier"),
}
KINDS = ("optimizer", "learning_rate", "activation", "gradient_descent", "initializer")
FOR_NEURONS = {name: entry.symbol for name, entry in ACTIVATIONS.items() if not entry.layerwide}


def with_activation(design: Design, activation: str) -> Design:
    """Return the design with one activation in all hidden layers."""
    hidden = set(map(id, design.dense[:-1]))
    layers = (
        replace(layer, activation=activation, alpha=None) if id(layer) in hidden else layer
        for layer in design.layers
    )
    return replace(design, layers=tuple(layers))


def with_initializer(design: Design, initializer: str) -> Design:
    """Return the design with one initializer in all layers."""
    layers = (
        replace(layer, initializer=initializer) if isinstance(layer, Dense) else layer
        for layer in design.layers
    )
    return replace(design, layers=tuple(layers))


def changed(design: Design, kind: str) -> Design:
    """Return the design with another setting of a kind (one of `KINDS`): a usual one it does not have."""
    training = design.training
    if kind == "learning_rate":
        tenth = float(f"{training.learning_rate / 10:.6g}")
        return replace(design, training=replace(training, learning_rate=tenth))
    first, second = USUAL[kind]
    if kind == "activation":
        now = {layer.activation for layer in design.dense[:-1]}
        return with_activation(design, second if now == {first} else first)
    if kind == "initializer":
        names = {layer.initializer for layer in design.dense}
        return with_initializer(design, second if names == {first} else first)
    taken = second if type(getattr(training, kind)) is type(first) is not str else first
    if getattr(training, kind) == taken:
        taken = second
    return replace(design, training=replace(training, **{kind: taken}))


def on_same_data(design: Design, present: Design, dataset: Dataset) -> Design:
    """Return a design with the data and the seed of the present one; its output fits the data."""
    seeded = replace(design.training, seed=present.training.seed)
    moved = replace(design, data=present.data, training=seeded)
    return fitted(moved, dataset) if problems(moved, dataset) else moved


def first_weights(right: Network, left: Network) -> Array:
    """Return where the right network starts: from the left one's first weights where shapes agree.

    Another initializer draws its own, by the same seed.
    """
    seed = left.design.training.seed
    kinds = [[layer.initializer for layer in network.design.dense] for network in (left, right)]
    own = len(kinds[0]) == len(kinds[1]) and kinds[0] != kinds[1]
    return right.initial(seed) if own else right.carry(left, left.initial(seed))


def trainers(left: Network, right: Network, dataset: Dataset) -> tuple[Trainer, Trainer]:
    """Return the trainers of both, at their first weights."""
    return Trainer(left, dataset), Trainer(right, dataset, first_weights(right, left))
