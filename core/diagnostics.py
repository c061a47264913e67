"""What is wrong with a network: dead and saturated neurons, gradients that vanish or explode.

Each finding says where, what, and what helps. Nothing is remembered: the same parameters and samples
give the same findings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import numpy as np

from .activations import Activation
from .modules import Array
from .network import Network, NetworkLayer
from .passes import Pass, evaluate

SATURATED_BELOW = 0.05
"""Mean slope as a share of the steepest: tanh' is there beyond z = 2.2, where learning is 20 times slower."""

GRADIENT_RATIO = 1e3
"""Gradient per weight against the output layer's: at 1000 to 1 no learning rate suits both layers."""

DIVERGING_WEIGHT = 1e3
"""Root mean square weight times √n[l-1], which is about 1 at the start: then z is about a thousand."""


class Kind(Enum):
    """What can be wrong."""

    DEAD = "dead"
    SATURATED = "saturated"
    VANISHING = "vanishing gradient"
    EXPLODING = "exploding gradient"
    DIVERGING = "diverging weights"


@dataclass(frozen=True)
class Finding:
    """One thing wrong with layer ``layer`` (from 1), or with its neuron ``neuron`` (from 0)."""

    layer: int
    neuron: int | None
    kind: Kind
    sentence: str
    remedy: str


@dataclass(frozen=True)
class Histogram:
    """How many numbers lie between neighbouring ``edges`` (one more than ``counts``)."""

    counts: Array
    edges: Array


@dataclass(frozen=True)
class LayerHistograms:
    """How weights W[l], activities a[l] and gradients ∂J/∂W[l] of a layer are spread.

    ``a`` and ``gradient`` are None where the pass has not computed them.
    """

    layer: int
    W: Histogram
    a: Histogram | None
    gradient: Histogram | None


@np.errstate(all="ignore")
def findings(network: Network, theta: Array, x: Array, y: Array) -> tuple[Finding, ...]:
    """Return all that is wrong with theta on samples x (n[0], samples), y (n[L], samples), by layers."""
    values = evaluate(network, theta, x, y)
    found = [finding for layer in network.layers for finding in _of_neurons(network, layer, values)]
    found += [*_of_gradients(network, values), *_of_weights(network, theta)]
    return tuple(sorted(found, key=lambda finding: finding.layer))


# -- neurons ---------------------------------------------------------------------------------------


def _of_neurons(network: Network, layer: NetworkLayer, values: Pass) -> Iterator[Finding]:
    is_output = layer.l == len(network.layers)
    for run in layer.runs:
        if run.activation.layerwide or (is_output and network.fused is not None):
            continue  # softmax has no slope of its own, and the fused gradient does not pass through one
        rows = slice(run.start, run.stop)
        slopes = run.activation.dg(values.z[layer.l][rows], run.alpha)
        for k, (a, slope) in enumerate(zip(values.a[layer.l][rows], slopes, strict=True)):
            finding = _of_neuron(run.activation, layer.l, run.start + k, a, slope)
            if finding is not None:
                yield finding


def _of_neuron(activation: Activation, l: int, j: int, a: Array, slope: Array) -> Finding | None:
    if not np.isfinite([activation.lowest, activation.highest]).all():
        if a.any() or slope.any():
            return None
        return Finding(
            l,
            j,
            Kind.DEAD,
            f"Neuron {j + 1} of layer {l} is dead: it gives 0 for all {a.size} training samples and its "
            f"gradient is 0, so it can never learn again.",
            "Give it LeakyReLU, draw new weights, or take a smaller learning rate.",
        )
    share = float(np.abs(slope).mean() / _steepest(activation))
    if share >= SATURATED_BELOW:
        return None
    return Finding(
        l,
        j,
        Kind.SATURATED,
        f"Neuron {j + 1} of layer {l} is saturated: on average its slope is {share:.1%} of the "
        f"steepest slope of {activation.symbol}, so it hardly learns.",
        "Scale the inputs, start from smaller weights, add an L2 penalty, or take ReLU.",
    )


def _steepest(activation: Activation) -> float:
    return float(activation.dg(np.linspace(-4, 4, 161), activation.alpha).max())


# -- layers ----------------------------------------------------------------------------------------


def gradient_sizes(network: Network, g: Array) -> tuple[float, ...]:
    """Return the root mean square of ∂J/∂W[l], the gradient size per weight, for layers 1 … L."""
    return tuple(_root_mean_square(network.W(g, layer.l)) for layer in network.layers)


def _root_mean_square(array: Array) -> float:
    with np.errstate(over="ignore"):
        return float(np.sqrt(np.mean(np.square(array, dtype=np.float64))))


def _of_gradients(network: Network, values: Pass) -> Iterator[Finding]:
    assert values.g is not None
    *hidden, output = gradient_sizes(network, values.g)
    for l, size in enumerate(hidden, start=1):
        if not np.isfinite(size) or size > GRADIENT_RATIO * output > 0:
            yield Finding(
                l,
                None,
                Kind.EXPLODING,
                f"The gradient explodes on its way back: in layer {l} it is {size:.2g} per weight, at the "
                f"output {output:.2g}.",
                "Start from smaller weights (Xavier or He), take a smaller learning rate or fewer layers.",
            )
        elif size * GRADIENT_RATIO < output:
            yield Finding(
                l,
                None,
                Kind.VANISHING,
                f"The gradient vanishes on its way back: in layer {l} it is {size:.2g} per weight, at the "
                f"output {output:.2g}.",
                "Give the hidden layers ReLU or tanh instead of sigmoid, or take fewer layers.",
            )


def _of_weights(network: Network, theta: Array) -> Iterator[Finding]:
    for layer in network.layers:
        size = _root_mean_square(network.W(theta, layer.l))
        if size * layer.n_in**0.5 < DIVERGING_WEIGHT:
            continue  # not so for NaN
        yield Finding(
            layer.l,
            None,
            Kind.DIVERGING,
            f"The weights of layer {layer.l} diverge: their root mean square is {size:.2g}.",
            "Take a smaller learning rate, add an L2 penalty, and reset.",
        )


# -- histograms ------------------------------------------------------------------------------------


def histograms(network: Network, theta: Array, values: Pass | None, bins: int = 30) -> list[LayerHistograms]:
    """Return the histograms of layers 1 … L; numbers not computed yet (NaN) do not count."""
    return [
        LayerHistograms(
            layer.l,
            _histogram(network.W(theta, layer.l), bins),
            None if values is None else _histogram(values.a[layer.l], bins),
            None if values is None or values.g is None else _histogram(network.W(values.g, layer.l), bins),
        )
        for layer in network.layers
    ]


def _histogram(array: Array, bins: int) -> Histogram:
    """Return the histogram of the finite numbers; numbers that are all but equal share the middle."""
    finite = array[np.isfinite(array)].astype(np.float64)
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 0.0)
    middle = low / 2 + high / 2
    half = max(high / 2 - low / 2, 1e-6 * abs(middle)) or 0.5
    edges = middle + half * np.linspace(-1, 1, bins + 1)
    places = np.clip(((finite / 2 - edges[0] / 2) / half * bins).astype(int), 0, bins - 1)
    return Histogram(np.bincount(places, minlength=bins), edges)
