"""Faults of a network at one moment: neurons that do not learn, vanishing or exploding gradients.

A finding says where, what, and what helps. Findings depend only on the parameters and the samples; faults
that show in the course of a run are found by `run_findings`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import numpy as np

from ..arrays import Array
from ..language import tr, translatable
from ..nn.losses import Loss
from ..nn.network import ActivationSpan, Network, NetworkLayer
from ..nn.passes import Pass, evaluate
from ..number_style import ratio_text, value_text
from .remedies import Cure, Remedy, has_zero_side, is_gentle, steepest

SATURATED_BELOW = 0.05
"""Saturation: mean derivative relative to the largest (tanh: beyond z = 2.2, 20 times slower learning)."""

FALLS_ON = 0.5
"""Largest ratio of the derivatives at 2z and z of a saturated neuron; that of LeakyReLU is 1."""

GRADIENT_RATIO = 1e3
"""Gradient per weight relative to the output layer: at 1000 to 1, no learning rate suits both layers."""

CANCELLED = 1e-3
"""Gradient relative to those of single samples: below, these cancel out, as at a stationary point."""

DIVERGING_WEIGHT = 1e3
"""Root mean square weight times √n[l-1], which initially is about 1: at this value, z is about a thousand."""

LARGE_SUM, LARGE_AND_WRONG, WRONG = 1e3, 10.0, 100.0
"""Limits for the root mean square of z[l], relative to that of the inputs (or 1, if larger).

The first applies always, the second if the loss is at least ``WRONG`` times that of a constant output.
"""

SPREAD_START = 1.6
"""√n[l-1] times the standard deviation of the initial weights; He, the largest suitable one, has √2."""


class FindingKind(Enum):
    """The kinds of faults, ordered by rank: likely causes of others first."""

    STEP = "no slope"
    CIRCLING = "circling"
    RATE = "learning rate too large"
    SMALL_RATE = "learning rate too small"
    PENALTY = "penalty too strong"
    DROPOUT = "too much dropout"
    LINEAR = "linear network"
    SYMMETRY = "symmetry"
    DIVERGING = "diverging weights"
    EXPLODING = "exploding gradient"
    LARGE = "exploding activities"
    DEAD = "dead"
    SATURATED = "saturated"
    VANISHING = "vanishing gradient"
    FLAT = "flat loss"
    MAJORITY = "largest class only"
    CONSTANT = "constant output"
    OVERFITTING = "over-fitting"


RANK = {kind: k for k, kind in enumerate(FindingKind)}


@dataclass(frozen=True)
class Finding:
    """A fault of layer ``layer`` (from 1), or of its neuron ``neuron`` (from 0).

    If ``layer`` is None, it concerns the whole network. ``remedy`` says in a sentence what helps; ``mend`` is
    the change of the design to try first, if there is one.
    """

    layer: int | None
    neuron: int | None
    kind: FindingKind
    sentence: str
    remedy: str
    mend: Remedy | None = None


@dataclass(frozen=True)
class Histogram:
    """A histogram: ``counts`` of the numbers between neighbouring ``edges`` (one more than counts)."""

    counts: Array
    edges: Array


@dataclass(frozen=True)
class LayerHistograms:
    """Histograms of the weights W[l], activations a[l] and gradients ∂J/∂W[l] of a layer.

    ``a`` and ``gradient`` are None if the pass has not computed them.
    """

    layer: int
    W: Histogram
    a: Histogram | None
    gradient: Histogram | None


@np.errstate(all="ignore")
def findings(network: Network, theta: Array, x: Array, y: Array) -> tuple[Finding, ...]:
    """Return the faults of theta on samples x (n[0], samples), y (n[L], samples), by layer."""
    return of_pass(network, theta, evaluate(network, theta, x, y))


def of_pass(network: Network, theta: Array, values: Pass) -> tuple[Finding, ...]:
    """Return the faults of theta by layer; ``values`` is its pass over all training samples."""
    found = [finding for layer in network.layers for finding in _of_neurons(network, layer, values)]
    found += [*_of_symmetry(network, theta), *_of_gradients(network, values)]
    found += [*_of_weights(network, theta), *_of_sums(network, theta, values)]
    return tuple(sorted(found, key=lambda finding: finding.layer or 0))


# -- neurons ---------------------------------------------------------------------------------------


def _of_neurons(network: Network, layer: NetworkLayer, values: Pass) -> Iterator[Finding]:
    if layer.l == len(network.layers) and network.direct_delta:
        return  # delta does not contain the derivative of the activation
    for run in layer.spans:
        if run.activation.piecewise_constant:
            yield _without_slope(network, layer, run)
            continue
        rows = slice(run.start, run.stop)
        z = values.z[layer.l][rows]
        if run.activation.layerwide:
            yield from _of_layerwide(network, layer, run, z)
            continue
        slopes = run.activation.derivative(z, run.alpha)
        if has_zero_side(run.activation, run.alpha):
            alone = bool(slopes.any()) or len(layer.spans) > 1
            for k in np.flatnonzero(~slopes.any(axis=1)).tolist():
                yield _dead(network, values, layer.l, run.start + k, alone=alone)
            continue  # a neuron active for a few samples learns from these at full rate
        shares = np.abs(slopes).mean(axis=1) / (steepest(run.activation, run.alpha) or 1.0)
        for k in np.flatnonzero(shares < SATURATED_BELOW).tolist():
            if _falls_on(run, z[k], slopes[k]):
                yield _saturated(network, run, layer.l, run.start + k, z[k], float(shares[k]))


def _without_slope(network: Network, layer: NetworkLayer, run: ActivationSpan) -> Finding:
    """Return the finding of neurons through which backpropagation brings nothing back."""
    text = tr(
        "Layer {l} has {symbol}, which only jumps: its derivative is 0, and at the jump there is none. "
        "Backpropagation multiplies by it, so the gradient of layers 1 to {l} is 0 and nothing moves.",
        l=layer.l,
        symbol=run.activation.symbol,
    )
    remedy = tr("Give it sigmoid or tanh.")
    if len(network.layers) == 1:
        remedy = tr("Give it sigmoid or tanh, or train it by the perceptron rule.")
    return Finding(layer.l, None, FindingKind.STEP, text, remedy)


def _falls_on(run: ActivationSpan, z: Array, slopes: Array) -> bool:
    """Return whether the derivatives decrease further away from 0."""
    with np.errstate(all="ignore"):
        farther = np.abs(run.activation.derivative(2 * z, run.alpha)).mean()
    return bool(farther <= FALLS_ON * np.abs(slopes).mean())


def _dead(network: Network, values: Pass, l: int, j: int, *, alone: bool) -> Finding:
    a = values.a[l][j]
    why, remedy = _whether_for_good(network, values, l)
    text = tr(
        "Neuron {j} of layer {l} is dead: it gives {activity} for all {size} training "
        "samples and "
        "its gradient is 0. {why}",
        j=j + 1,
        l=l,
        activity=value_text(a[0]),
        size=a.size,
        why=why,
    )
    mend = Remedy(Cure.LEAKY, l) if alone else Remedy(Cure.NEW_WEIGHTS)
    return Finding(l, j, FindingKind.DEAD, text, remedy, mend)


def _whether_for_good(network: Network, values: Pass, l: int) -> tuple[str, str]:
    """Return whether a dead neuron of layer l may recover (only if its inputs change), and a remedy."""
    training = network.design.training
    remedy = tr("Give it LeakyReLU, draw new weights, or take a smaller learning rate.")
    if training.l1 or training.l2:
        return tr("Only the penalty still moves its weights, so it may come back."), remedy
    if any(layer.dropout for layer in network.layers[:l]):
        return tr("Dropout changes its inputs, so it may come back."), remedy
    assert values.g is not None
    rest = tr("it can never learn again.")
    if training.optimizer.vectors:
        rest = tr(
            "it can never learn again once what {symbol} remembers has faded.",
            symbol=training.optimizer.symbol,
        )
    if l == 1:
        return tr("It is in layer 1, whose inputs stay as they are, so {rest}", rest=rest), remedy
    if np.any(values.g[: network.layers[l - 1].offset]):
        why = tr("It can come back while the layers before it still learn and change its inputs.")
        return why, tr("{remedy} It may also help to wait.", remedy=remedy)
    return tr("No layer before it gets a gradient either, so {rest}", rest=rest), remedy


def _saturated(network: Network, run: ActivationSpan, l: int, j: int, z: Array, share: float) -> Finding:
    text = tr(
        "Neuron {j} of layer {l} is saturated {side}: on average its slope is "
        "{share} of the "
        "steepest slope of {symbol}, so it hardly learns.",
        j=j + 1,
        l=l,
        side=_side(z),
        share=ratio_text(share),
        symbol=run.activation.symbol,
    )
    return Finding(l, j, FindingKind.SATURATED, text, _SMALLER_SUMS, _smaller_sums(network))


def _side(z: Array) -> str:
    low, high = float(z.min()), float(z.max())
    if low > 0 or high < 0:
        where = tr("at its upper end") if low > 0 else tr("at its lower end")
    else:
        where = tr("at both ends")
    return tr(
        "{where} (z from {lowest} to {highest})",
        where=where,
        lowest=value_text(low),
        highest=value_text(high),
    )


_SMALLER_SUMS = translatable(
    "Start from smaller weights, scale inputs, or take a smaller learning rate or an L2 penalty."
)


def _smaller_sums(network: Network) -> Remedy:
    """Return the remedy that reduces z: smaller initial weights if those are large, else other ones."""
    return Remedy(Cure.SPREAD if _starts_wide(network) else Cure.NEW_WEIGHTS)


def _starts_wide(network: Network) -> bool:
    return any(layer.std * layer.n_in**0.5 > SPREAD_START for layer in network.layers)


def _of_layerwide(network: Network, layer: NetworkLayer, run: ActivationSpan, z: Array) -> Iterator[Finding]:
    """Find a softmax layer whose output is nearly one-hot, so that its Jacobian is nearly 0."""
    slopes = run.activation.derivative(z, run.alpha).sum(axis=0)
    level = run.activation.derivative(np.zeros_like(z[:, :1]), run.alpha).sum()
    share = float(np.abs(slopes).mean() / abs(level))
    if share < SATURATED_BELOW:
        text = tr(
            "Layer {l} is saturated: {symbol} is all but one-hot for its samples, "
            "with slopes of {share} of those at z = 0, so it hardly learns.",
            l=layer.l,
            symbol=run.activation.symbol,
            share=ratio_text(share),
        )
        yield Finding(layer.l, None, FindingKind.SATURATED, text, _SMALLER_SUMS, _smaller_sums(network))


# -- layers ----------------------------------------------------------------------------------------


def _of_symmetry(network: Network, theta: Array) -> Iterator[Finding]:
    """Find hidden layers with identical neurons: with equal weights in and out, they stay identical."""
    for layer, following in zip(network.layers, network.layers[1:], strict=False):
        if layer.n_out < 2 or len(layer.spans) > 1 or following.dropout:
            continue
        into, out = layer.packed(theta), network.W(theta, following.l)
        if not (_alike(into.T) and _alike(out)):
            continue
        zero = not network.W(theta, layer.l).any() and not out.any()
        how = tr("all their weights are 0") if zero else tr("their weights are equal, in and out")
        text = tr(
            "All {n_out} neurons of layer {l} are alike: {how}. They get the same gradient, "
            "so they stay alike and learn no more than one neuron.",
            n_out=layer.n_out,
            l=layer.l,
            how=how,
        )
        cure = Cure.SPREAD if _starts_alike(network) else Cure.NEW_WEIGHTS
        yield Finding(
            layer.l,
            None,
            FindingKind.SYMMETRY,
            text,
            tr("Draw the first weights at random, not equal."),
            Remedy(cure),
        )


def _alike(rows: Array) -> bool:
    """Return whether all rows are equal up to rounding."""
    return bool(np.abs(rows - rows[0]).max(initial=0.0) <= 1e-9 * np.abs(rows).max(initial=0.0))


def _starts_alike(network: Network) -> bool:
    return any(layer.std == 0 for layer in network.layers)


def gradient_sizes(network: Network, g: Array) -> tuple[float, ...]:
    """Return the root mean square of ∂J/∂W[l] for layers 1 … L."""
    return tuple(root_mean_square(network.W(g, layer.l)) for layer in network.layers)


def root_mean_square(array: Array) -> float:
    """Return the root mean square of all entries."""
    with np.errstate(over="ignore"):
        return float(np.sqrt(np.mean(np.square(array, dtype=np.float64))))


def _of_gradients(network: Network, values: Pass) -> Iterator[Finding]:
    assert values.g is not None
    *hidden, output = gradient_sizes(network, values.g)
    of_samples = sizes_of_samples(network, values)
    rests = output < CANCELLED * of_samples[-1]
    if rests:
        *hidden, output = of_samples
    for l, size in enumerate(hidden, start=1):
        if not np.isfinite(size) or size > GRADIENT_RATIO * output > 0:
            yield Finding(
                l,
                None,
                FindingKind.EXPLODING,
                tr(
                    "The gradient explodes on its way back: in layer {l} it is {size} per weight, at "
                    "the output {at_output}.",
                    l=l,
                    size=value_text(size),
                    at_output=value_text(output),
                ),
                tr(
                    "Start from smaller weights (Xavier or He), take a smaller learning rate or fewer layers."
                ),
                Remedy(Cure.SPREAD if _starts_wide(network) else Cure.NEW_WEIGHTS),
            )
        elif size * GRADIENT_RATIO < output:
            whose = tr("of one sample") if rests else tr("per weight")
            where = tr(
                "in layer {l} it is {size} {whose}, at the output {at_output}.",
                l=l,
                size=value_text(size),
                whose=whose,
                at_output=value_text(output),
            )
            yield _vanishing(network, l, where)


def sizes_of_samples(network: Network, values: Pass) -> tuple[float, ...]:
    """Return the root mean square of ∂J/∂W[l] over single samples, each taken alone, for layers 1 … L."""
    assert values.delta is not None
    with np.errstate(all="ignore"):
        return tuple(
            float(np.sqrt(np.mean(np.square(a).mean(axis=0) * np.square(delta).mean(axis=0)))) * a.shape[1]
            for a, delta in zip(values.a[:-1], values.delta[1:], strict=True)
        )


def _vanishing(network: Network, l: int, where: str) -> Finding:
    text = tr("The gradient vanishes on its way back: {where}", where=where)
    hidden = network.layers[l - 1 : -1]
    if any(is_gentle(run.activation) for layer in hidden for run in layer.spans):
        names = " and ".join(
            dict.fromkeys(
                r.activation.symbol for layer in hidden for r in layer.spans if is_gentle(r.activation)
            )
        )
        remedy = tr(
            "Give the hidden layers ReLU or tanh instead of {names}, or take fewer layers.", names=names
        )
        return Finding(l, None, FindingKind.VANISHING, text, remedy, Remedy(Cure.TANH))
    remedy = tr("Start from other weights (Xavier or He keep z of one size), or take fewer layers.")
    return Finding(l, None, FindingKind.VANISHING, text, remedy, _other_start(network))


def _other_start(network: Network) -> Remedy:
    """Return an initializer that suits the activations or, if the design has it, other initial weights."""
    spread = Remedy(Cure.SPREAD)
    return spread if spread.applied(network.design) != network.design else Remedy(Cure.NEW_WEIGHTS)


def _of_weights(network: Network, theta: Array) -> Iterator[Finding]:
    for layer in network.layers:
        size = root_mean_square(network.W(theta, layer.l))
        if size * layer.n_in**0.5 < DIVERGING_WEIGHT:
            continue  # NaN is not smaller
        yield Finding(
            layer.l,
            None,
            FindingKind.DIVERGING,
            tr(
                "The weights of layer {l} diverge: their root mean square is {size}.",
                l=layer.l,
                size=value_text(size),
            ),
            tr("Take a smaller learning rate, add an L2 penalty, and reset."),
            Remedy(Cure.SMALLER_RATE),
        )


def loss_of_constant(loss: Loss, y: Array) -> float:
    """Return the loss of the better of two constant outputs: the mean and the median of the targets y."""
    answers = (np.mean(y, axis=1, keepdims=True), np.median(y, axis=1, keepdims=True))
    with np.errstate(all="ignore"):
        losses = [loss.J(np.broadcast_to(o, y.shape).astype(float), y.astype(float)) for o in answers]
    return float(np.nanmin(losses))


def _of_sums(network: Network, theta: Array, values: Pass) -> Iterator[Finding]:
    """Find the first layer whose z are very large because each layer enlarges them."""
    wrong = not WRONG * loss_of_constant(network.loss, values.y) > values.J
    limit = (LARGE_AND_WRONG if wrong else LARGE_SUM) * max(1.0, root_mean_square(values.a[0]))
    for layer in network.layers:
        size = root_mean_square(values.z[layer.l])
        if size < limit:
            continue  # NaN is not smaller
        spread = root_mean_square(network.W(theta, layer.l)) * layer.n_in**0.5
        text = tr(
            "The activities explode on their way ahead: z of layer {l} is {size} "
            "(root mean square), as each layer makes them up to {growth} times "
            "as large.",
            l=layer.l,
            size=value_text(size),
            growth=value_text(max(spread, 1.0)),
        )
        wide = _starts_wide(network)
        remedy = tr("Take a smaller learning rate, and reset.")
        remedy = tr("Start from smaller weights (Xavier or He).") if wide else remedy
        cure = Cure.SPREAD if wide else Cure.SMALLER_RATE
        yield Finding(layer.l, None, FindingKind.LARGE, text, remedy, Remedy(cure))
        return


# -- histograms ------------------------------------------------------------------------------------


def histograms(network: Network, theta: Array, values: Pass | None, bins: int = 30) -> list[LayerHistograms]:
    """Return the histograms of layers 1 … L; numbers not computed yet (NaN) are ignored."""
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
    """Return the histogram of the finite numbers; nearly equal numbers lie in the middle bin."""
    finite = array[np.isfinite(array)].astype(np.float64)
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 0.0)
    middle = low / 2 + high / 2
    half = max(high / 2 - low / 2, 1e-6 * abs(middle)) or 0.5
    edges = middle + half * np.linspace(-1, 1, bins + 1)
    places = np.clip(((finite / 2 - edges[0] / 2) / half * bins).astype(int), 0, bins - 1)
    return Histogram(np.bincount(places, minlength=bins), edges)
