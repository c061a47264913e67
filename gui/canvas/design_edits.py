"""Edits of a design: each takes a design and returns a new one.

``place`` is an index in ``design.layers``. The output, the last dense layer, stays the last one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from core.language import tr
from core.nn.activations import ACTIVATIONS
from core.nn.design import Dense, Design, Dropout, Layer
from core.nn.neuron_ids import RemovedNeuron

MOST_NEURONS = 1024
HIGHEST_RATE = 0.95


@dataclass(frozen=True)
class DesignEdit:
    """An edited design, the name of its undo step, and the removed neuron, if any."""

    design: Design
    text: str
    removed: RemovedNeuron | None = None


def output_place(design: Design) -> int:
    """Return the place of the output layer, or the end if there is no dense layer."""
    dense = [k for k, layer in enumerate(design.layers) if isinstance(layer, Dense)]
    return dense[-1] if dense else len(design.layers)


def new_layer(design: Design, kind: str) -> Layer:
    """Return the layer that a card of the palette adds: "dense", like the last hidden one, or "dropout"."""
    if kind == "dropout":
        return Dropout(0.2)
    hidden = design.dense[:-1]
    if hidden and isinstance(hidden[-1].activation, str):
        return Dense(4, hidden[-1].activation, hidden[-1].alpha, hidden[-1].initializer)
    return Dense(4, "tanh")


def inserted(design: Design, place: int, layer: Layer) -> Design:
    """Return the design with a layer before ``place``, at the latest before the output."""
    place = max(0, min(place, output_place(design)))
    return replace(design, layers=(*design.layers[:place], layer, *design.layers[place:]))


def removed(design: Design, place: int) -> Design:
    """Return the design without a layer; unchanged if that is the output, which cannot be removed."""
    if place == output_place(design):
        return design
    return replace(design, layers=(*design.layers[:place], *design.layers[place + 1 :]))


def moved(design: Design, place: int, before: int) -> Design:
    """Return the design with a layer moved before the one at ``before``; the output stays last."""
    if place == output_place(design):
        return design
    layer = design.layers[place]
    return inserted(removed(design, place), before - (before > place), layer)


def _put(design: Design, place: int, layer: Layer) -> Design:
    return replace(design, layers=(*design.layers[:place], layer, *design.layers[place + 1 :]))


def with_neurons(design: Design, place: int, neurons: int) -> Design:
    """Return the design with ``neurons`` (1 … 1024) in a layer; new ones are copies of the last one."""
    layer = design.layers[place]
    if not isinstance(layer, Dense):
        return design
    neurons = max(1, min(MOST_NEURONS, neurons))
    activation = layer.activation
    if not isinstance(activation, str):
        names = activation[:neurons] + activation[-1:] * (neurons - len(activation))
        activation = _joined(names)
    return _put(design, place, replace(layer, neurons=neurons, activation=activation))


def without_neuron(design: Design, place: int, neuron: int) -> Design:
    """Return the design without one neuron of a layer, which must keep at least one."""
    layer = design.layers[place]
    if not isinstance(layer, Dense) or layer.neurons < 2:
        return design
    if isinstance(layer.activation, str):
        return _put(design, place, replace(layer, neurons=layer.neurons - 1))
    names = layer.activation[:neuron] + layer.activation[neuron + 1 :]
    return _put(design, place, replace(layer, neurons=layer.neurons - 1, activation=_joined(names)))


def with_activation(design: Design, place: int, name: str, neuron: int | None = None) -> Design:
    """Return the design with an activation for a whole layer, or for one neuron of it.

    Softmax always applies to the whole layer; a neuron of such a layer cannot have another activation.
    """
    layer = design.layers[place]
    if not isinstance(layer, Dense):
        return design
    if neuron is None or ACTIVATIONS[name].layerwide or layer.neurons == 1:
        return _put(design, place, replace(layer, activation=name, alpha=_alpha(layer, (name,))))
    names = layer.activations
    names = (*names[:neuron], name, *names[neuron + 1 :])
    return _put(design, place, replace(layer, activation=_joined(names), alpha=_alpha(layer, names)))


def _joined(names: tuple[str, ...]) -> str | tuple[str, ...]:
    return names[0] if len(set(names)) == 1 else names


def _alpha(layer: Dense, names: tuple[str, ...]) -> float | None:
    """Return the layer's own alpha if it is valid for all of these activations."""
    ranges = [ACTIVATIONS[name].alpha_range for name in names if ACTIVATIONS[name].alpha is not None]
    if layer.alpha is None or not ranges:
        return None
    return layer.alpha if all(low <= layer.alpha <= high for low, high in ranges) else None


def with_alpha(design: Design, place: int, alpha: float | None) -> Design:
    """Return the design with the parameter of a layer's LeakyReLU or ELU; None: the default."""
    layer = design.layers[place]
    return _put(design, place, replace(layer, alpha=alpha)) if isinstance(layer, Dense) else design


def with_initializer(design: Design, place: int, name: str) -> Design:
    """Return the design with another initializer of a layer."""
    layer = design.layers[place]
    drawn = isinstance(layer, Dense) and replace(layer, initializer=name, initial=None)
    return _put(design, place, drawn) if drawn else design


def with_fixed(
    design: Design,
    place: int,
    inputs: int,
    fixed: bool,
    parameters: Sequence[tuple[int | None, int]] | None = None,
) -> Design:
    """Return the design with parameters (i, j) of a layer of ``inputs`` inputs fixed, or not; None: all."""
    layer = design.layers[place]
    return (
        _put(design, place, layer.holding(inputs, parameters, fixed)) if isinstance(layer, Dense) else design
    )


def with_rate(design: Design, place: int, rate: float) -> Design:
    """Return the design with another rate of a dropout, 0 … 0.95."""
    layer = design.layers[place]
    if not isinstance(layer, Dropout):
        return design
    return _put(design, place, replace(layer, rate=round(max(0.0, min(HIGHEST_RATE, rate)), 3)))


def step(design: Design, place: int, steps: int) -> DesignEdit:
    """Return the edit of the buttons + and −: ``steps`` more neurons, or a rate 0.05 higher per step."""
    layer = design.layers[place]
    if isinstance(layer, Dropout):
        return DesignEdit(with_rate(design, place, layer.rate + 0.05 * steps), tr("Change rate"))
    text = tr("Add neuron") if steps > 0 else tr("Remove neuron")
    return DesignEdit(with_neurons(design, place, layer.neurons + steps), text)
