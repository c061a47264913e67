"""Reach: how far the pass has come: what is computed, and what the next step works on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from PySide6.QtGui import QColor

from core.modules import Array
from core.reveal import Quantity, Stage, Step
from core.training import Phase
from gui.canvas.moment import Moment
from gui.canvas.notation import tr
from gui.theme import Theme

_OF_BIAS = (Quantity.BIAS, Quantity.BIAS_GRADIENT, Quantity.NEW_BIAS)


class Lit(NamedTuple):
    """What a step works on: neurons (l, j), an edge (l, i, j), or the bias of a neuron (l, j)."""

    neurons: tuple[tuple[int, int], ...]
    edge: tuple[int, int, int] | None
    bias: tuple[int, int] | None


NOTHING = Lit((), None, None)


def lit(step: Step | None, outputs: int) -> Lit:
    """Return what a step works on; the loss works on all ``outputs`` of the last layer."""
    if step is None or step.quantity is Quantity.SAMPLE:
        return NOTHING
    l, j, other = step.layer, step.neuron, step.source
    if j is None:
        return Lit(tuple((l, k) for k in range(outputs)), None, None)
    edge = None
    if other is not None:
        edge = (l + 1, j, other) if step.quantity is Quantity.UPSTREAM else (l, other, j)
    return Lit(((l, j),), edge, (l, j) if step.quantity in _OF_BIAS else None)


def stage_colour(theme: Theme, stage: Stage) -> QColor:
    """Return the colour of a part of the loop: green on the way back, blue otherwise."""
    return theme.gradient_positive if stage is Stage.BACKWARD else theme.accent


@dataclass(frozen=True)
class Reach:
    """Which ``neurons[l]`` (n[l],) and ``edges[l]`` (n[l-1], n[l]) the pass has reached, true or false.

    ``remark`` says it in words.
    """

    neurons: tuple[Array, ...]
    edges: tuple[Array, ...]
    remark: str


def reach(moment: Moment, last: Step | None) -> Reach | None:
    """Return how far the pass is while something of it is not computed yet; else None.

    ``last`` is the last step made: of a sum under way the terms so far count. Inside an update all is
    reached, and the remark says of which weights it is.
    """
    if moment.a is None or moment.z is None:
        return None
    if moment.outdated:
        neurons = tuple(np.ones(a.shape, bool) for a in moment.a)
        edges = tuple(np.ones(W.shape, bool) for W in moment.theta.W)
        return Reach(neurons, edges, tr("a, o and δ are those before the update"))
    if moment.phase is not Phase.UPDATE and any(np.isnan(a).any() for a in moment.a):
        return _forward(moment.z, moment.a, moment.network.n, last)
    gradient, delta = moment.gradient, moment.delta
    if moment.phase is not Phase.BACKWARD or gradient is None or delta is None:
        return None
    if not any(np.isnan(b).any() for b in gradient.b):
        return None
    neurons = tuple(~np.isnan(one) for one in delta)
    return Reach(neurons, tuple(~np.isnan(W) for W in gradient.W), _backward_remark(neurons))


def _forward(z: tuple[Array, ...], a: tuple[Array, ...], n: tuple[int, ...], last: Step | None) -> Reach:
    neurons = tuple(~np.isnan(one) for one in a)
    edges = [np.empty((0, 0), bool)]
    for l in range(1, len(n)):
        edges.append(np.broadcast_to(~np.isnan(z[l]), (n[l - 1], n[l])).copy())
    if last is not None and last.quantity is Quantity.PRODUCT and last.source is not None:
        edges[last.layer][: last.source + 1, last.neuron] = True
    reached = [l for l in range(1, len(n)) if neurons[l].any() or edges[l].any()]
    if not reached:
        remark = tr("the sample is chosen; nothing is computed yet")
    elif reached[-1] == len(n) - 1:
        remark = tr("the forward pass has reached the output")
    else:
        remark = tr("the forward pass has reached layer {l}; what lies right of here is not computed yet")
        remark = remark.format(l=reached[-1])
    return Reach(neurons, tuple(edges), remark)


def _backward_remark(neurons: tuple[Array, ...]) -> str:
    reached = [l for l in range(1, len(neurons)) if neurons[l].any()]
    if not reached:
        return tr("the loss is known; the gradient begins at the output")
    if reached[0] == 1:
        return tr("the gradient has reached layer 1, the first one")
    text = tr("the gradient has reached layer {l}; what lies left of here is not computed yet")
    return text.format(l=reached[0])
