"""What a bench of softmax or of losses shows: every number computed from its rows, and its changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from msgspec.structs import replace

from .expression import parse
from .graph import forward
from .losses import Loss
from .modules import Array
from .quantities import SoftmaxNumber
from .subjects import LossBench, Row, SoftmaxBench
from .workbench import Workbench

MOST_CLASSES = 20


@dataclass(frozen=True)
class SoftmaxTable:
    """All numbers on the way from z to probabilities, each an array with a number a class.

    ``z``: with the constant added and divided by the temperature. ``safe``: e to the power of z less
    the largest z, which is what the engine sums. ``shares``: z divided by its sum. ``moved``: by how
    much the constant changes a probability at most. ``decision`` is the first of ``tied`` classes.
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
    """Compute every number of a bench; what is too large for a number is infinite."""
    work, classes = Workbench(bench), range(len(bench.z))

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
    """Return the bench with another raw output of one class."""
    return replace(bench, z=(*bench.z[:place], z, *bench.z[place + 1 :]))


def with_class(bench: SoftmaxBench, name: str) -> SoftmaxBench:
    """Return the bench with one more class, of z = 0; ``name`` counts where classes have names."""
    return replace(bench, z=(*bench.z, 0.0), class_names=(*bench.class_names, name)[: _named(bench, 1)])


def without_class(bench: SoftmaxBench) -> SoftmaxBench:
    """Return the bench without its last class."""
    return replace(bench, z=bench.z[:-1], class_names=bench.class_names[: _named(bench, -1)])


def _named(bench: SoftmaxBench, more: int) -> int:
    return len(bench.z) + more if bench.class_names else 0


# -- losses ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LossTable:
    """What a loss makes of the rows of a bench, arrays of shape (outputs, samples).

    ``contributions`` are what the terms add to J, ``gradients`` dJ/dŷ; ``scale`` turns the sum into J.
    """

    loss: Loss
    J: float
    scale: float
    terms: Array
    contributions: Array
    gradients: Array


def loss_tables(bench: LossBench) -> tuple[LossTable, ...]:
    """Compute every number of each loss of a bench."""
    o, y = Workbench(bench).rows()
    return tuple(loss_table(loss, o, y) for loss in bench.losses)


def loss_table(loss: Loss, o: Array, y: Array) -> LossTable:
    """Compute what a loss makes of outputs o against targets y, both (outputs, samples)."""
    with np.errstate(all="ignore"):
        terms, scale = loss.terms(o, y) + 0.0, loss.scale(*o.shape)
        gradients = loss.module().vjp(np.ones(()), np.zeros(()), o, y)[0] + 0.0
        return LossTable(loss, loss.J(o, y), scale, terms, terms * scale, gradients)


def with_output(
    bench: LossBench, sample: int, output: int, value: float, *, shares: bool = False
) -> LossBench:
    """Return the bench with another output; ``shares``: the others of its row keep the sum at 1."""
    row = bench.outputs[sample]
    new = shared(row, output, value) if shares else (*row[:output], value, *row[output + 1 :])
    return replace(bench, outputs=(*bench.outputs[:sample], new, *bench.outputs[sample + 1 :]))


def shared(row: Row, place: int, value: float) -> Row:
    """Return a row of shares in which one is ``value`` and the others fill up to 1 as they were.

    Where the others are all 0 they share evenly.
    """
    others = np.delete(np.array(row), place)
    rest = others / others.sum() if others.sum() > 0 else np.full(others.size, 1 / others.size)
    return tuple(float(share) for share in np.insert((1 - value) * rest, place, value))


def with_target(bench: LossBench, sample: int, output: int, value: float) -> LossBench:
    """Return the bench with another target."""
    row = bench.targets[sample]
    new = (*row[:output], value, *row[output + 1 :])
    return replace(bench, targets=(*bench.targets[:sample], new, *bench.targets[sample + 1 :]))


def with_label(bench: LossBench, sample: int, label: int) -> LossBench:
    """Return the bench with the one-hot target of another class."""
    new = tuple(float(k == label) for k in range(len(bench.targets[sample])))
    return replace(bench, targets=(*bench.targets[:sample], new, *bench.targets[sample + 1 :]))


def labels(bench: LossBench) -> tuple[int, ...] | None:
    """Return the class of each one-hot target; None: not all targets are one-hot."""
    y = np.array(bench.targets)
    one_hot = y.shape[1] > 1 and bool(((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all())
    return tuple(int(k) for k in y.argmax(axis=1)) if one_hot else None


def sums_to_one(bench: LossBench) -> bool:
    """Whether every row of outputs sums to 1, up to rounding."""
    return bool(np.allclose(np.array(bench.outputs).sum(axis=1), 1.0, rtol=0, atol=1e-9))
