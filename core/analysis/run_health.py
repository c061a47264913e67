"""Faults of a run: whether training makes progress, and if not, why.

Likely causes come before their consequences. A network that has learned its task is healthy, even if some
neurons are saturated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil, log10

import numpy as np

from ..arrays import Array
from ..data.datasets import Dataset
from ..language import tr, translatable
from ..nn.curves import Curves
from ..nn.design import Training
from ..nn.network import Network
from ..nn.passes import Pass, evaluate
from ..nn.trainer import Snapshot
from ..number_style import exact_text, ratio_text, value_text
from .health import (
    RANK,
    Finding,
    FindingKind,
    gradient_sizes,
    loss_of_constant,
    of_pass,
    root_mean_square,
    sizes_of_samples,
)
from .linear_collapse import is_linear
from .remedies import LARGEST_RATE, Cure, Remedy

LEARNED = 0.25
"""Loss relative to the best constant output: below this, the network has learned most of its task."""

LEAST_UPDATES, LEAST_EPOCHS = 500, 50
"""Before these numbers, learning may not have begun; plateaus of sigmoid networks are often longer."""

FLAT = 0.02
"""Relative decrease of the loss in the second half of a stagnating run, at most."""

FALLING = 0.1
"""Relative decrease of the loss in the second half of a progressing run, at least."""

RISEN = 1.5
"""Rising loss, relative to the larger of its first value and that of the best constant output."""

LEAST_RISING = 10
"""Updates needed before a loss counts as rising."""

ABOVE_CONSTANT = 1.1
"""Loss against that of the best constant answer: above it a run that stands still was led astray."""

MOVED, UNRESTING = 0.1, 0.02
"""Way from the first weights against their length, and the gradient of the output layer against that of
single samples: a run that has gone less far, down a slope that is steeper, is slow and not at its end."""

SHRUNK, BALANCED = 0.5, 0.3
"""Weights against the first ones, and the gradient of the cost against that of the loss: a penalty has
made the weights small, or holds against the loss."""

CONSTANT, CONSTANT_AT_ONCE = 0.01, 1e-9
"""Constant output: its range over the samples relative to that of its targets.

The first is for stagnating runs, the second for all (small initial weights may give nearly equal outputs).
"""

TEST_RISEN, TEST_ROOM, TRAIN_FALLEN, LEARNED_MOST = 1.5, 0.05, 0.9, 0.5
"""Limits for over-fitting.

In order: test loss relative to its minimum; their difference relative to the loss of the best constant
output; training loss relative to its value at that minimum, and to the loss of the best constant output.
"""

HARMLESS = frozenset({FindingKind.SATURATED, FindingKind.VANISHING})
"""Findings that are normal in a network that learns or has learned: confident outputs are saturated."""


@dataclass(frozen=True)
class TrainingState:
    """A run at one moment: a snapshot, its pass over all training samples, and the curves up to it."""

    network: Network
    dataset: Dataset
    snapshot: Snapshot
    values: Pass
    losses: Array
    stride: int
    curves: Curves

    @property
    def t(self) -> int:
        """The number of updates made."""
        return self.snapshot.iteration

    @cached_property
    def constant(self) -> float:
        """The loss of the best constant output: the mean or the median of the targets."""
        return loss_of_constant(self.network.loss, self.values.y)

    @property
    def learned(self) -> bool:
        """Whether the loss is far below that of a constant output."""
        return LEARNED * self.constant > self.values.J

    def mean(self, start: float, stop: float) -> float:
        """Return the mean loss of updates ``start`` … ``stop``; NaN where losses are unknown."""
        first = min(int(start / self.stride), max(0, self.losses.size - 1))
        part = self.losses[first : max(first + 1, round(stop / self.stride))]
        return float(np.mean(part)) if part.size else float("nan")

    def fall(self) -> float:
        """Return the relative decrease of the loss in the second half of the run."""
        window = max(self.snapshot.batches, self.t // 20)
        before, now = self.mean(self.t // 2, self.t // 2 + window), self.mean(self.t - window, self.t)
        return (before - now) / before if before else 0.0

    @property
    def falling(self) -> bool:
        """Whether training is making progress."""
        return self.long_enough and self.fall() > FALLING

    @property
    def long_enough(self) -> bool:
        """Whether the run is long enough that something should be learned."""
        return self.t >= max(LEAST_UPDATES, LEAST_EPOCHS * self.snapshot.batches)


def run_findings(
    network: Network, dataset: Dataset, snapshot: Snapshot, curves: Curves
) -> tuple[Finding, ...]:
    """Return the faults of a run at a snapshot of it, the likeliest cause first."""
    x = dataset.x[:, dataset.train].astype(network.dtype)
    y = dataset.targets(network.n[-1])[:, dataset.train].astype(network.dtype)
    with np.errstate(all="ignore"):
        values = evaluate(network, snapshot.theta, x, y)
        losses = curves.losses[: max(0, snapshot.iteration // curves.stride)]
        state = TrainingState(network, dataset, snapshot, values, losses, curves.stride, curves)
        found = [*of_pass(network, snapshot.theta, values), *_of_goal(state)]
        if state.learned or state.falling:
            found = [finding for finding in found if finding.kind not in HARMLESS]
        over = [*_of_test(state)]
    return (*over, *_ordered(found)) if state.learned else (*_ordered(found), *over)


def _ordered(found: list[Finding]) -> tuple[Finding, ...]:
    """Return findings, likeliest cause first, without consequences of a too large learning rate."""
    if any(finding.kind is FindingKind.RATE for finding in found):
        found = [finding for finding in found if finding.kind not in FOLLOWS_RATE]
    if any(finding.kind in CAUSES for finding in found):
        found = [finding for finding in found if finding.kind not in FOLLOWS_CAUSE]
    if any(finding.kind is FindingKind.FLAT for finding in found):
        found = [_with_others(finding) if finding.kind is FindingKind.DEAD else finding for finding in found]
    return tuple(sorted(found, key=lambda f: (RANK[f.kind], f.layer or 0, f.neuron or 0)))


FOLLOWS_RATE = frozenset({FindingKind.VANISHING, FindingKind.EXPLODING, FindingKind.FLAT})
"""Consequences of spoilt weights if η is too large, for which the layers are not to blame."""


CAUSES = frozenset(
    {FindingKind.STEP, FindingKind.SMALL_RATE, FindingKind.PENALTY, FindingKind.DROPOUT, FindingKind.LINEAR}
)
FOLLOWS_CAUSE = frozenset({FindingKind.FLAT, FindingKind.VANISHING, FindingKind.CONSTANT})
"""With a known cause the loss is no riddle: more neurons or other weights, advised else, do not help."""


def _with_others(dead: Finding) -> Finding:
    """Return the finding of a dead neuron in a stagnating run, where reviving it is too late.

    On XOR, LeakyReLU helped in 7 of 15 such runs, four additional neurons in 13.
    """
    remedy = tr("Put more neurons beside it, give it LeakyReLU, or draw new weights.")
    return replace(dead, remedy=remedy, mend=Remedy(Cure.NEURONS, dead.layer))


# -- the goal --------------------------------------------------------------------------------------


def _of_goal(state: TrainingState) -> Iterator[Finding]:
    if state.network.perceptron:
        yield from _circling(state)
        return
    if rising := _rising(state):
        yield rising
    if state.learned:
        return
    fall = state.fall()
    still = state.long_enough and fall < FLAT
    yield from _constant(state, CONSTANT if still else CONSTANT_AT_ONCE)
    if not still:
        return
    cause = _slow(state) or _held(state) or _dropped(state) or _straight(state)
    if cause:
        yield cause
    yield from _majority(state, cause)
    if not rising:
        yield _to_and_fro(state) or _flat(state, fall)


def _circling(state: TrainingState) -> Iterator[Finding]:
    """Find a run of the perceptron rule that still makes mistakes after many epochs."""
    snapshot = state.snapshot
    if snapshot.train.accuracy == 1 or snapshot.epochs_done < LEAST_EPOCHS:
        return
    text = tr(
        "After {epochs:,} epochs of the perceptron rule there are still mistakes: {share} of the samples "
        "are right. The rule stops as soon as a straight line separates the classes. If there is none, as "
        "for XOR, each correction undoes another one, and the weights circle for ever.",
        epochs=snapshot.epochs_done,
        share=ratio_text(snapshot.train.accuracy or 0.0),
    )
    remedy = tr("Wait if the classes can be separated; otherwise choose backpropagation and a hidden layer.")
    yield Finding(None, None, FindingKind.CIRCLING, text, remedy)


def _rising(state: TrainingState) -> Finding | None:
    """Find a loss that is far above its initial value: the steps are too long."""
    snapshot, t = state.snapshot, state.t
    if t < max(LEAST_RISING, snapshot.batches):
        return None
    window = max(snapshot.batches, t // 4)
    first, late = state.mean(0, 1), state.mean(t - window, t)
    level = max(first, state.constant)
    if not (late > RISEN * level and level < state.values.J) and np.isfinite(state.values.J):
        return None
    eta = exact_text(snapshot.learning_rate)
    text = tr(
        "The loss rises instead of falling: from {first} at the start to "
        "{late} lately. "
        "The learning rate η = {eta} is too large: each step leads beyond the valley.",
        first=value_text(first),
        late=value_text(late),
        eta=eta,
    )
    return Finding(
        None, None, FindingKind.RATE, text, tr("Divide η by 10 and begin again."), Remedy(Cure.SMALLER_RATE)
    )


def _to_and_fro(state: TrainingState) -> Finding | None:
    """Find steps so long that a tenth of one is better: the loss stays above that of a constant answer."""
    network, snapshot, values = state.network, state.snapshot, state.values
    if not ABOVE_CONSTANT * state.constant < values.J or values.g is None:
        return None
    whole, tenth = (
        evaluate(network, snapshot.theta - rate * values.g, values.a[0], values.y).J
        for rate in (snapshot.learning_rate, snapshot.learning_rate / 10)
    )
    if not tenth < min(whole, values.J):
        return None
    text = tr(
        "The loss stands still at {loss}, above the {best} of one answer for all samples. The learning rate "
        "η = {rate} is too large: the steps lead to and fro.",
        loss=value_text(values.J),
        best=value_text(state.constant),
        rate=exact_text(snapshot.learning_rate),
    )
    remedy = tr("Divide η by 10 and begin again.")
    return Finding(None, None, FindingKind.RATE, text, remedy, Remedy(Cure.SMALLER_RATE))


def _slow(state: TrainingState) -> Finding | None:
    """Find a run that has hardly left its first weights although the loss slopes down from them."""
    network, snapshot, values = state.network, state.snapshot, state.values
    first = network.initial(network.design.training.seed)
    moved = float(np.linalg.norm(snapshot.theta - first) / (np.linalg.norm(first) or 1.0))
    if not 0 < moved < MOVED or values.g is None:
        return None
    steep = gradient_sizes(network, values.g)[-1] > UNRESTING * sizes_of_samples(network, values)[-1]
    factor = min(10.0 ** ceil(-log10(moved)), LARGEST_RATE / snapshot.learning_rate)
    if not steep or snapshot.learning_rate * 10 > LARGEST_RATE:
        return None
    text = tr(
        "The learning rate η = {rate} is too small: in {updates:,} updates the weights have moved by {share} "
        "of their length, though the loss slopes down from where they are.",
        rate=exact_text(snapshot.learning_rate),
        updates=state.t,
        share=ratio_text(moved),
    )
    remedy = tr("Multiply η by {factor:,.0f}.", factor=factor)
    return Finding(None, None, FindingKind.SMALL_RATE, text, remedy, Remedy(Cure.LARGER_RATE, factor=factor))


def _held(state: TrainingState) -> Finding | None:
    """Find a penalty that holds the weights back: it has made them small, or stands against the loss."""
    network, theta, training = state.network, state.snapshot.theta, state.network.design.training
    if not (training.l1 or training.l2) or state.values.g is None:
        return None
    of_weights = network.weights_mask() > 0
    weights, g = theta[of_weights], state.values.g[of_weights]
    first = root_mean_square(network.initial(training.seed)[of_weights])
    cost = g + training.l2 * weights + training.l1 * np.sign(weights)
    shrunk = root_mean_square(weights) < SHRUNK * first
    if not shrunk and not root_mean_square(cost) < BALANCED * root_mean_square(g):
        return None
    names = ", ".join(f"{name} λ = {exact_text(value)}" for name, value in _penalties(training) if value)
    template = (
        translatable(
            "The penalty {names} is too strong: it has made the weights small (root mean square {now}, "
            "{first} at the start)."
        )
        if shrunk
        else translatable(
            "The penalty {names} is too strong: it holds the weights where the loss would change them (root "
            "mean square {now}, {first} at the start)."
        )
    )
    sizes = {"now": value_text(root_mean_square(weights)), "first": value_text(first)}
    text = tr(template, names=names, **sizes)
    remedy = tr("Take a smaller penalty, or none, and begin again.")
    return Finding(None, None, FindingKind.PENALTY, text, remedy, Remedy(Cure.NO_PENALTY))


def _penalties(training: Training) -> tuple[tuple[str, float], ...]:
    return ("L1", training.l1), ("L2", training.l2)


def _dropped(state: TrainingState) -> Finding | None:
    """Find dropout that leaves a layer less than one neuron on average: mostly nothing comes through."""
    for layer in state.network.layers:
        left = layer.n_in * (1 - layer.dropout)
        if layer.dropout and left < 1:
            text = tr(
                "Dropout leaves on average {left} of the {inputs} inputs of layer {l}: mostly nothing comes "
                "through, and there is nothing to learn from.",
                left=value_text(left),
                inputs=layer.n_in,
                l=layer.l,
            )
            remedy = tr("Take a smaller rate, or none, or more neurons before it.")
            return Finding(layer.l, None, FindingKind.DROPOUT, text, remedy, Remedy(Cure.NO_DROPOUT))
    return None


def _straight(state: TrainingState) -> Finding | None:
    """Find a network without any layer that bends: more neurons or other weights change nothing."""
    if not is_linear(state.network):
        return None
    text = tr(
        "The loss stands still at {loss}, and the network is linear: without a hidden layer that bends, it "
        "can do no more than one straight cut or line.",
        loss=value_text(state.values.J),
    )
    remedy = tr("Give the hidden layers tanh or ReLU, or put such a layer before the output.")
    return Finding(None, None, FindingKind.LINEAR, text, remedy, Remedy(Cure.BEND))


def _constant(state: TrainingState, share: float) -> Iterator[Finding]:
    o, y = state.values.a[-1], state.values.y
    reach, wanted = np.ptp(o, axis=1), np.ptp(y, axis=1)
    if not wanted.any() or (reach > share * wanted.max()).any() or not np.isfinite(o).all():
        return
    level = ", ".join(value_text(value) for value in o[:3, 0]) + (", …" if o.shape[0] > 3 else "")
    text = tr(
        "The output is all but the same for all {samples} training samples ({level}): "
        "it does not depend on the input.",
        samples=o.shape[1],
        level=level,
    )
    remedy = tr("Look at what stands above in this list; else draw new weights.")
    yield Finding(
        len(state.network.layers), None, FindingKind.CONSTANT, text, remedy, Remedy(Cure.NEW_WEIGHTS)
    )


def _majority(state: TrainingState, cause: Finding | None) -> Iterator[Finding]:
    """Find that no more is right than by the largest class; what helps is what helps against the cause."""
    accuracy, y = state.snapshot.train.accuracy, state.values.y
    if accuracy is None:
        return
    share = float(max(y.mean(), 1 - y.mean())) if y.shape[0] == 1 else float(y.mean(axis=1).max())
    if accuracy <= share + 1e-9:
        text = tr(
            "{accuracy} of the training samples are told right, no more than if the answer were always the "
            "largest class.",
            accuracy=ratio_text(accuracy),
        )
        remedy, mend = (cause.remedy, cause.mend) if cause else (_CAPACITY, _more_neurons(state.network))
        yield Finding(None, None, FindingKind.MAJORITY, text, remedy, mend)


_CAPACITY = translatable("Take more neurons in the first hidden layer, or draw new weights.")


def _flat(state: TrainingState, fall: float) -> Finding:
    updates = state.t - state.t // 2
    text = tr(
        "The loss stands still at {loss}: in the last {updates:,} updates it "
        "fell by {fall}. "
        "This is a local minimum, a plateau, or all this network can do.",
        loss=value_text(state.values.J),
        updates=updates,
        fall=ratio_text(max(fall, 0.0)),
    )
    return Finding(None, None, FindingKind.FLAT, text, _CAPACITY, _more_neurons(state.network))


def _more_neurons(network: Network) -> Remedy:
    """Return the remedy of more neurons in the first hidden layer; without one, other weights."""
    return Remedy(Cure.NEURONS, 1) if len(network.layers) > 1 else Remedy(Cure.NEW_WEIGHTS)


# -- the test set ----------------------------------------------------------------------------------


def _of_test(state: TrainingState) -> Iterator[Finding]:
    """Find a test loss that rises while the training loss falls."""
    rows = [row for row in state.curves.records if row.iteration <= state.t and row.test is not None]
    if len(rows) < 3 or state.snapshot.test is None:
        return
    test = np.array([row.test.loss for row in rows if row.test is not None])
    best = int(np.argmin(test))
    lowest, late = float(test[best]), float(np.mean(test[-max(1, len(rows) // 10) :]))
    fallen = min(TRAIN_FALLEN * rows[best].train, LEARNED_MOST * state.constant) > state.values.J
    if fallen and late > TEST_RISEN * lowest and late - lowest > TEST_ROOM * state.constant:
        text = tr(
            "Over-fitting: since epoch {epoch} the loss on the test samples rose from "
            "{lowest} to {late}, while on the training samples it fell to "
            "{loss}.",
            epoch=rows[best].epoch,
            lowest=value_text(lowest),
            late=value_text(late),
            loss=value_text(state.values.J),
        )
        remedy = tr("Add an L2 penalty, take fewer neurons or more samples, or stop at that epoch.")
        yield Finding(None, None, FindingKind.OVERFITTING, text, remedy, Remedy(Cure.L2))
