"""Remedies for findings, as changes of the design that can be applied at once and undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np
from msgspec.structs import replace

from ..nn.activations import ACTIVATIONS, Activation
from ..nn.design import Dense, Design, Layer, with_new_weights
from ..nn.initializers import INITIALIZERS

SMALLER_RATE = 10.0
MORE_NEURONS = 4
"""Two often suffice for tanh and sigmoid; ReLU, some of which die, needs four (measured on XOR, 2-2-1)."""
LEAST_L2 = 0.003
LARGEST_RATE = 1.0
"""No larger η is advised: beyond it most networks diverge."""
STEEP = 0.5
"""Largest derivative: below this (sigmoid has 1/4), every layer makes the gradient smaller."""


class Cure(Enum):
    """The kinds of changes."""

    NEW_WEIGHTS = "new weights"
    SPREAD = "another initializer"
    SMALLER_RATE = "smaller learning rate"
    NEURONS = "more neurons"
    LEAKY = "LeakyReLU"
    TANH = "tanh"
    L2 = "L2 penalty"
    LARGER_RATE = "larger learning rate"
    NO_PENALTY = "no penalty"
    BEND = "a layer that bends"
    NO_DROPOUT = "no dropout"


RESTARTS = frozenset({Cure.SMALLER_RATE, Cure.TANH, Cure.L2, Cure.NO_PENALTY, Cure.BEND, Cure.NO_DROPOUT})
"""After these training begins again from the first weights: those reached so far are spoilt."""


@dataclass(frozen=True)
class Remedy:
    """A cure, and the layer (from 1) it is for, if it is for one; ``factor`` is that of a larger η."""

    cure: Cure
    layer: int | None = None
    factor: float = 10.0

    @property
    def restarts(self) -> bool:
        """Whether training restarts with the initial weights."""
        return self.cure in RESTARTS

    def applied(self, design: Design) -> Design:
        """Return the design with this change; unchanged if it has no such layer."""
        training = design.training
        changes: dict[str, float | str] = {}
        match self.cure:
            case Cure.NEW_WEIGHTS:
                return with_new_weights(design)
            case Cure.SMALLER_RATE:
                changes = {"learning_rate": training.learning_rate / SMALLER_RATE}
            case Cure.LARGER_RATE:
                changes = {"learning_rate": min(LARGEST_RATE, training.learning_rate * self.factor)}
            case Cure.L2:
                changes = {"l2": min(10.0, max(LEAST_L2, 10 * training.l2))}
            case Cure.NO_PENALTY:
                changes = {"l1": 0.0, "l2": 0.0}
        if changes:
            return replace(design, training=replace(training, **changes))
        return replace(design, layers=self._applied_to(design.layers))

    def _applied_to(self, old: tuple[Layer, ...]) -> tuple[Layer, ...]:
        if self.cure is Cure.NO_DROPOUT:
            return tuple(layer for layer in old if isinstance(layer, Dense))
        dense = [k for k, layer in enumerate(old) if isinstance(layer, Dense)]
        if self.cure is Cure.BEND and len(dense) == 1:
            return (*old[: dense[0]], Dense(MORE_NEURONS, "tanh"), *old[dense[0] :])
        layers = list(old)
        for l, k in enumerate(dense, start=1):
            layer = layers[k]
            if isinstance(layer, Dense) and self.layer in (None, l):
                hidden = l < len(dense) or self.layer == l
                layers[k] = _changed(layer, self.cure) if hidden or self.cure is Cure.SPREAD else layer
        return tuple(layers)


def _changed(layer: Dense, cure: Cure) -> Dense:
    if cure is Cure.SPREAD:
        return replace(layer, initializer=spread_for(layer), initial=None)
    if cure is Cure.NEURONS:
        names = layer.activation
        longer = names if isinstance(names, str) else (*names, *[names[-1]] * MORE_NEURONS)
        return replace(layer, neurons=layer.neurons + MORE_NEURONS, activation=longer)
    if cure is Cure.BEND:
        return _with_activations(layer, "tanh", lambda _activation: True)
    if cure is Cure.LEAKY:
        return _with_activations(layer, "leaky_relu", has_zero_side)
    return _with_activations(layer, "tanh", is_gentle)


def _with_activations(layer: Dense, name: str, of_those: Callable[[Activation], bool]) -> Dense:
    names = tuple(name if of_those(ACTIVATIONS[own]) else own for own in layer.activations)
    one = names[0] if len(set(names)) == 1 else names
    return replace(layer, activation=one, alpha=layer.alpha if name not in names else None)


def spread_for(layer: Dense) -> str:
    """Return the initializer that keeps the size of z from layer to layer: He for ReLU, else Xavier."""
    zero_sided = all(has_zero_side(ACTIVATIONS[name]) for name in layer.activations)
    wanted = "he" if zero_sided else "xavier"
    return wanted if wanted in INITIALIZERS else layer.initializer


# -- properties of an activation, from its derivative ------------------------------------------------

_NEAR = np.linspace(-4, 4, 161)


def steepest(activation: Activation, alpha: float | None = None) -> float:
    """Return the largest absolute derivative for z from -4 to 4."""
    return float(np.abs(activation.derivative(_NEAR, alpha)).max())


def has_zero_side(activation: Activation, alpha: float | None = None) -> bool:
    """Return whether the derivative is exactly 0 on one side of z = 0, as that of ReLU."""
    if activation.layerwide:
        return False
    slopes = activation.derivative(_NEAR, alpha)
    return bool((slopes[_NEAR < 0] == 0).all() != (slopes[_NEAR > 0] == 0).all())


def is_gentle(activation: Activation) -> bool:
    """Return whether the derivative is small everywhere, so that every layer makes the gradient smaller."""
    return activation.layerwide or steepest(activation) < STEEP
