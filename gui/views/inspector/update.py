"""The update of one parameter explained: from the gradient of the whole batch, by the optimizer."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

import numpy as np

from core.derivation.expressions import Leaf, Product, Symbol
from core.derivation.update import ParameterRef, Update, lines_of
from core.nn.ops import follow
from core.nn.optimizers import LearningRate
from gui.passes.inspected_sample import InspectedSample
from gui.widgets.rich_text import coloured, heading, html_of, paragraph, pending, symbols, tr
from gui.widgets.rich_text import number as written


@dataclass(frozen=True)
class ParameterChange:
    """A parameter with its ``place`` in theta, its symbol, and its update (None: no gradient yet).

    ``made``: the update of this parameter is done, in ``theta``; else it is to come.
    """

    index: int
    symbol: Symbol
    old: float
    g: float
    place: ParameterRef | None
    made: bool


def index_of(moment: InspectedSample, l: int, i: int | None, j: int) -> int:
    """Return where W[l]_ij, or b[l]_j for i None, lies in theta."""
    layer = moment.layer(l)
    return layer.offset + (layer.n_in if i is None else i) * layer.n_out + j


def change_of(moment: InspectedSample, l: int, i: int | None, j: int) -> ParameterChange:
    """Return what the update makes of a parameter, by the optimizer's own recipe."""
    k, snapshot = index_of(moment, l, i, j), moment.snapshot
    symbol = Symbol("b", (j + 1,), l) if i is None else Symbol("W", (i + 1, j + 1), l)
    old, g = float(snapshot.before[k]), float(moment.g_made[k])
    if isnan(g):
        return ParameterChange(k, symbol, old, g, None, False)
    place = ParameterRef(_update(moment, k, l, i, j), 0, symbol, _penalized(moment, i))
    made = moment.updating and bool(snapshot.theta[k] == place.update.theta[0])
    return ParameterChange(k, symbol, old, g, place, made)


def _penalized(moment: InspectedSample, i: int | None) -> bool:
    training = moment.network.design.training
    return i is not None and bool(training.l1 or training.l2)


def _update(moment: InspectedSample, k: int, l: int, i: int | None, j: int) -> Update:
    """Return the update of the one parameter at place k: arrays of length 1, in the network's precision."""
    snapshot, training = moment.snapshot, moment.network.design.training
    one = slice(k, k + 1)
    before, g = snapshot.before[one].copy(), moment.g_made[one].copy()
    memory = snapshot.memory if snapshot.memory_before is None else snapshot.memory_before
    memory_before = memory[:, one].copy()
    theta, memory, rate = (
        before.copy(),
        memory_before.copy(),
        LearningRate(snapshot.learning_rate, before.dtype),
    )
    rate.t = snapshot.pass_number + 1
    with np.errstate(all="ignore"):
        follow(training.optimizer.update(theta, g.copy(), memory, rate))
    slope = np.array([_slope(moment, l, i, j)]) if _penalized(moment, i) else g
    return Update(
        training.optimizer, rate.value, rate.t, training.l1, training.l2,
        slope, g, before, theta, memory_before, memory,
    )  # fmt: skip


def _slope(moment: InspectedSample, l: int, i: int | None, j: int) -> float:
    """Return dJ/dW[l]_ij of the batch without the penalty: the sum of a_i delta_j over its samples."""
    values = moment.snapshot.values
    assert values is not None and values.delta is not None and i is not None
    a = values.a[l - 1][i]
    if l in values.masks:
        a = a * values.masks[l][i]
    return float(a @ values.delta[l][j])


def update_of(moment: InspectedSample, l: int, i: int | None, j: int, *, gradient: bool = True) -> str:
    """Explain how a weight, or the bias for i None, changes: by the ``gradient``, and the optimizer."""
    change = change_of(moment, l, i, j)
    slope = Leaf(change.g, Symbol(change.symbol.letter, change.symbol.below, l, "slope"))
    if change.place is None:
        return heading(tr("Update")) + pending(slope)
    title = tr("Update") if change.made else tr("Update to come")
    if moment.updated:
        title = tr("The last update, with the gradient before it")
    told = gradient or moment.updated
    text = heading(title) + (_gradient_line(moment, slope, change.place) if told else "")
    lines = list(lines_of(change.place))
    text += "".join(html_of(line) for line in lines[:-1])
    text += html_of(lines[-1], "new")
    return text


def _gradient_line(moment: InspectedSample, slope: Leaf, place: ParameterRef) -> str:
    """Return dJ/dW or dJ/db of the whole batch."""
    l, below = place.symbol.layer or 1, place.symbol.below
    delta = Leaf(0, Symbol("δ", below[-1:], l))
    share = Product((Leaf(0, Symbol("a", below[:1], l - 1)), delta)) if len(below) == 2 else delta
    values = moment.snapshot.values
    size = 1 if values is None else values.y.shape[1]
    over = "" if size == 1 else "Σ<sub><i>B</i></sub>&nbsp;"
    shown = coloured(written(place.slope.value), place.slope.value, gradient=True)
    return paragraph(f"{symbols(slope)} = {over}{symbols(share)} = {shown}")
