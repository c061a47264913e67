"""The computations of the softmax, loss and gradient descent demonstrations of the lecture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from msgspec.structs import replace

from ..arrays import Array
from ..graph.autodiff import by_backpropagation, forward
from ..graph.parser import parse
from ..nn.losses import Loss
from .evaluator import SceneEvaluator
from .formula_quantities import SoftmaxNumber, descent
from .subjects import ONE_WEIGHT, LossBench, Row, SoftmaxBench

MOST_CLASSES = 20


@dataclass(frozen=True)
class SoftmaxTable:
    """All numbers between raw outputs z and probabilities, as arrays with one entry per class.

    ``z`` includes the added constant and the division by the temperature. ``safe`` is e^(z - largest z), as
    summed by the engine. ``shares`` is z divided by its sum. ``moved`` is the largest change of a probability
    by the constant. ``decision`` is the first of the ``tied`` most probable classes.
    """

    z: Array
    z_sum: float
    exponentials: Array
    sum: float
    safe: Array
    probabilities: Array
    total: float
    shares: Array
    share_sum: float
    moved: float
    decision: int
    tied: int


def softmax_table(bench: SoftmaxBench) -> SoftmaxTable:
    """Return all numbers of a softmax demonstration; overflow gives infinity."""
    work, classes = SceneEvaluator(bench), range(len(bench.z))

    def numbers(what: Literal["exponential", "probability", "share"], shift: float | None = None) -> Array:
        return np.array([SoftmaxNumber(what=what, place=k, shift=shift).of(work) for k in classes])

    with np.errstate(all="ignore"):
        z = (np.array(bench.z) + bench.shift) / bench.temperature
        probabilities, shares = numbers("probability"), numbers("share")
        return SoftmaxTable(
            z=z,
            z_sum=float(z.sum()),
            exponentials=numbers("exponential"),
            sum=SoftmaxNumber(what="sum").of(work),
            safe=forward(parse("exp(z - m)"), {"z": z, "m": z.max()})[-1],
            probabilities=probabilities,
            total=SoftmaxNumber(what="total").of(work),
            shares=shares,
            share_sum=float(shares.sum()),
            moved=float(np.abs(probabilities - numbers("probability", 0.0)).max()),
            decision=int(SoftmaxNumber(what="class").of(work)),
            tied=int((probabilities == probabilities.max()).sum()),
        )


def with_z(bench: SoftmaxBench, place: int, z: float) -> SoftmaxBench:
    """Return the demonstration with another z of class ``place``."""
    return replace(bench, z=(*bench.z[:place], z, *bench.z[place + 1 :]))


def with_class(bench: SoftmaxBench, name: str) -> SoftmaxBench:
    """Return the demonstration with one more class of z = 0, and ``name`` if classes have names."""
    return replace(bench, z=(*bench.z, 0.0), class_names=(*bench.class_names, name)[: _named(bench, 1)])


def without_class(bench: SoftmaxBench) -> SoftmaxBench:
    """Return the demonstration without its last class."""
    return replace(bench, z=bench.z[:-1], class_names=bench.class_names[: _named(bench, -1)])


def _named(bench: SoftmaxBench, more: int) -> int:
    return len(bench.z) + more if bench.class_names else 0


# -- losses ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LossTable:
    """A loss on the rows of a demonstration, as arrays (outputs, samples).

    ``contributions`` are the parts of J, ``gradients`` are dJ/dŷ; ``scale`` is the factor from the sum of
    ``terms`` to J.
    """

    loss: Loss
    J: float
    scale: float
    terms: Array
    contributions: Array
    gradients: Array


def loss_tables(bench: LossBench) -> tuple[LossTable, ...]:
    """Return all numbers of each loss of a demonstration."""
    o, y = SceneEvaluator(bench).rows()
    return tuple(loss_table(loss, o, y) for loss in bench.losses)


def loss_table(loss: Loss, o: Array, y: Array) -> LossTable:
    """Return all numbers of a loss for outputs o and targets y, both (outputs, samples)."""
    with np.errstate(all="ignore"):
        terms, scale = loss.terms(o, y) + 0.0, loss.scale(*o.shape)
        gradients = loss.module().vjp(np.ones(()), np.zeros(()), o, y)[0] + 0.0
        return LossTable(loss, loss.J(o, y), scale, terms, terms * scale, gradients)


def with_output(
    bench: LossBench, sample: int, output: int, value: float, *, shares: bool = False
) -> LossBench:
    """Return the demonstration with another output; with ``shares``, its row keeps the sum 1."""
    row = bench.outputs[sample]
    new = shared(row, output, value) if shares else (*row[:output], value, *row[output + 1 :])
    return replace(bench, outputs=(*bench.outputs[:sample], new, *bench.outputs[sample + 1 :]))


def shared(row: Row, place: int, value: float) -> Row:
    """Return a row with one share set to ``value`` and the others scaled so that the sum is 1.

    If the others are all 0, they become equal.
    """
    others = np.delete(np.array(row), place)
    rest = others / others.sum() if others.sum() > 0 else np.full(others.size, 1 / others.size)
    return tuple(float(share) for share in np.insert((1 - value) * rest, place, value))


def with_target(bench: LossBench, sample: int, output: int, value: float) -> LossBench:
    """Return the demonstration with another target."""
    row = bench.targets[sample]
    new = (*row[:output], value, *row[output + 1 :])
    return replace(bench, targets=(*bench.targets[:sample], new, *bench.targets[sample + 1 :]))


def with_label(bench: LossBench, sample: int, label: int) -> LossBench:
    """Return the demonstration with the one-hot target of class ``label``."""
    new = tuple(float(k == label) for k in range(len(bench.targets[sample])))
    return replace(bench, targets=(*bench.targets[:sample], new, *bench.targets[sample + 1 :]))


def labels(bench: LossBench) -> tuple[int, ...] | None:
    """Return the class of each one-hot target; None if not all targets are one-hot."""
    y = np.array(bench.targets)
    one_hot = y.shape[1] > 1 and bool(((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all())
    return tuple(int(k) for k in y.argmax(axis=1)) if one_hot else None


def sums_to_one(bench: LossBench) -> bool:
    """Return whether every row of outputs sums to 1, up to rounding."""
    return bool(np.allclose(np.array(bench.outputs).sum(axis=1), 1.0, rtol=0, atol=1e-9))


# -- gradient descent on L(w) = (y - w x)^2 --------------------------------------------------------------

Kind = Literal["flat", "stays", "one_side", "one_step", "swings_in", "swings", "flies"]

NEAR = 1e-9
ARRIVED = 5e-5  # a derivative that is 0 to four decimals
FAR = 1e6  # times the initial distance to the minimum
MOST_STEPS = 999


@dataclass(frozen=True)
class DescentStep:
    """A step with learning rate ``rate`` from ``w`` to ``next``; ``loss`` and ``slope`` are L and dL/dw."""

    w: float
    loss: float
    slope: float
    rate: float
    next: float

    @property
    def move(self) -> float:
        """The change of w: minus the learning rate times the derivative."""
        return -self.rate * self.slope


@dataclass(frozen=True)
class Fate:
    """The long-term behaviour of w: each step multiplies its distance to the minimum by ``factor``."""

    kind: Kind
    factor: float


class OneWeightLoss:
    """The loss L(w) for one x and one y.

    ``curvature`` is d²L/dw²; ``minimum`` is the w of the minimum, NaN if the curvature is 0.
    """

    def __init__(self, x: float, y: float) -> None:
        self.graph, self._given = parse(ONE_WEIGHT), {"x": x, "y": y}
        first = self.slope(0.0)
        self.curvature = self.slope(1.0) - first
        self.minimum = -first / self.curvature if self.curvature else float("nan")

    def at(self, w: Array) -> Array:
        """Return L at every w, an array of the shape of w."""
        return np.asarray(forward(self.graph, {**self._given, "w": np.asarray(w, float)})[-1])

    def slope(self, w: float) -> float:
        """Return dL/dw."""
        return float(by_backpropagation(self.graph, {**self._given, "w": w}).of["w"])

    def step(self, w: float, rate: float) -> DescentStep:
        """Return the step of gradient descent from w; overflow gives infinity."""
        with np.errstate(all="ignore"):
            loss, slope = float(self.at(np.array(w))), self.slope(w)
        ahead = descent(self.graph, {**self._given, "w": w}, "w", rate, 1)[1]
        return DescentStep(w, loss, slope, rate, ahead)

    def fate(self, rate: float) -> Fate:
        """Return the long-term behaviour for a learning rate, from any start."""
        factor = 1 - rate * self.curvature
        kinds: tuple[tuple[bool, Kind], ...] = (
            (self.curvature == 0, "flat"),
            (rate == 0, "stays"),
            (abs(factor) <= NEAR, "one_step"),
            (abs(factor + 1) <= NEAR, "swings"),
            (factor > 0, "one_side"),
            (factor > -1, "swings_in"),
            (True, "flies"),
        )
        return Fate(next(kind for holds, kind in kinds if holds), factor)

    @property
    def one_step(self) -> float:
        """The learning rate that reaches the minimum in one step; infinite without curvature."""
        return 1 / self.curvature if self.curvature else float("inf")

    @property
    def oscillation(self) -> float:
        """The learning rate that oscillates for ever; infinite without curvature."""
        return 2 / self.curvature if self.curvature else float("inf")


class Descent:
    """Gradient descent forwards and backwards; the last step of ``way`` is the next to be made."""

    def __init__(self, x: float, y: float, w: float, rate: float) -> None:
        self.loss, self.rate = OneWeightLoss(x, y), rate
        self.way = [self.loss.step(w, rate)]

    @property
    def now(self) -> DescentStep:
        """The next step to be made."""
        return self.way[-1]

    @property
    def t(self) -> int:
        """The number of steps made."""
        return len(self.way) - 1

    def take_rate(self, rate: float) -> None:
        """Set the learning rate, from the next step on."""
        self.rate = rate
        self.way[-1] = self.loss.step(self.now.w, rate)

    def ahead(self) -> None:
        """Make a step, unless w has diverged or the limit of steps is reached."""
        if not self.flown and self.t < MOST_STEPS:
            self.way.append(self.loss.step(self.now.next, self.rate))

    def back(self) -> None:
        """Undo the last step, if there is one."""
        if self.t:
            self.way.pop()
            self.take_rate(self.rate)

    @property
    def arrived(self) -> bool:
        """Whether the derivative is 0 to four decimals."""
        return abs(self.now.slope) < ARRIVED

    @property
    def flown(self) -> bool:
        """Whether w has diverged so far that further steps are pointless."""
        now, first = self.now, self.way[0]
        if not np.isfinite([now.w, now.loss, now.next]).all():
            return True
        middle = self.loss.minimum if self.loss.curvature else first.w
        return abs(now.w - middle) > FAR * max(1.0, abs(first.w - middle))

    @property
    def ends(self) -> bool:
        """Whether continuous running stops here."""
        return self.arrived or self.flown or self.t >= MOST_STEPS
