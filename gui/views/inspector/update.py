"""Explains the update of one parameter: from the gradient of the whole batch, by the optimizer."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

import numpy as np

from core.derivation.equations import batch_gradient_equation
from core.derivation.expressions import Leaf, Symbol
from core.derivation.sample_pass import parameter_symbol
from core.derivation.update import ParameterRef, lines_of, update_by
from core.language import tr
from gui.passes.inspected_sample import InspectedSample
from gui.text.rich_text import heading, html_of, pending


@dataclass(frozen=True)
class ParameterChange:
    """The update of one parameter: ``parameter`` before and after it (None: there is no gradient yet).

    ``made``: the update has been made, and the parameters shown include it.
    """

    symbol: Symbol
    parameter: ParameterRef | None
    made: bool


def index_of(moment: InspectedSample, l: int, i: int | None, j: int) -> int:
    """Return the index of W[l]_ij, or of b[l]_j if i is None, in theta."""
    layer = moment.case.layer(l)
    return layer.offset + (layer.n_in if i is None else i) * layer.n_out + j


def change_of(moment: InspectedSample, l: int, i: int | None, j: int) -> ParameterChange:
    """Return the update of W[l]_ij, or of b[l]_j if i is None, by the optimizer's own recipe."""
    k, snapshot, symbol = index_of(moment, l, i, j), moment.snapshot, parameter_symbol(l, i, j)
    one = slice(k, k + 1)
    g, training = moment.g_made[one], moment.network.design.training
    if isnan(g[0]):
        return ParameterChange(symbol, None, False)
    slope = g
    if i is not None and (training.l1 or training.l2):
        slope = np.array([_slope(moment, l, i, j)])
    memory = snapshot.memory if snapshot.memory_before is None else snapshot.memory_before
    t, eta = snapshot.pass_number + 1, snapshot.learning_rate
    fixed = np.zeros(int(k in moment.network.fixed), int)
    update = update_by(moment.network, snapshot.before[one], slope, g, memory[:, one], t, eta, fixed)
    made = moment.updating and bool(snapshot.theta[k] == update.theta[0])
    return ParameterChange(symbol, ParameterRef(update, 0, symbol), made)


def _slope(moment: InspectedSample, l: int, i: int, j: int) -> float:
    """Return dJ/dW[l]_ij of the batch without the penalty: the sum of a_i delta_j over its samples."""
    values = moment.snapshot.values
    assert values is not None and values.delta is not None
    a = values.a[l - 1][i]
    if l in values.masks:
        a = a * values.masks[l][i]
    return float(a @ values.delta[l][j])


def update_of(moment: InspectedSample, l: int, i: int | None, j: int, *, gradient: bool = True) -> str:
    """Explain the change of a weight, or of a bias if i is None: the ``gradient``, and the optimizer."""
    change = change_of(moment, l, i, j)
    if change.parameter is None:
        return heading(tr("Update")) + pending(Leaf(np.nan, parameter_symbol(l, i, j, "slope")))
    title = tr("Update") if change.made else tr("Update to come")
    if moment.updated:
        title = tr("The last update, with the gradient before it")
    text = heading(title)
    if gradient or moment.updated:
        values, value = moment.snapshot.values, change.parameter.slope.value
        size = 1 if values is None else values.y.shape[1]
        text += html_of(batch_gradient_equation(moment.case, l, i, j, value, size))
    lines = list(lines_of(change.parameter))
    text += "".join(html_of(line) for line in lines[:-1])
    text += html_of(lines[-1], "new")
    return text
