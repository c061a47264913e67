"""Moment: the numbers the canvas shows of one snapshot, for one sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from core.datasets import Dataset
from core.modules import Array
from core.network import Network
from core.training import Phase, Snapshot
from gui.sample_pass import pass_shown


class Parameters(NamedTuple):
    """W[l] (n[l-1], n[l]) and b[l] (n[l],) at index l of a flat vector; index 0 is empty."""

    W: tuple[Array, ...]
    b: tuple[Array, ...]


@dataclass(frozen=True)
class Moment:
    """The values ``a``, ``z``, ``delta`` of layer l, (n[l],), at index l; W and b of theta and gradient.

    What is not computed in the present phase is None; NaN is what a pass under way has not come to. A
    chosen sample is computed with the parameters of the pass, and only as far as the pass is. ``step``
    is by how much theta changed since the moment shown before, if that was at most one update ago (else
    None). ``sample`` is the dataset column shown. ``masks[l]`` (n[l-1],) is what dropout multiplied its
    inputs of layer l with. ``outdated``: the values are those before the update which is under way.
    """

    network: Network
    theta: Parameters
    gradient: Parameters | None
    step: Parameters | None
    z: tuple[Array, ...] | None
    a: tuple[Array, ...] | None
    delta: tuple[Array, ...] | None
    sample: int | None
    phase: Phase
    masks: dict[int, Array]
    outdated: bool


def moment(
    network: Network,
    dataset: Dataset,
    snapshot: Snapshot,
    sample: int | None = None,
    previous: Snapshot | None = None,
) -> Moment:
    """Return what the canvas shows: the first sample of the present batch, or the given ``sample``."""
    values, shown = snapshot.shown, pass_shown(network, dataset, snapshot, sample)
    z = a = delta = None
    masks: dict[int, Array] = {}
    if shown is not None:
        masks = {l: mask[:, 0] for l, mask in shown.masks.items()}
        z, a, delta = _first(shown.z), _first(shown.a), _first(shown.delta)
        sample = int(shown.samples[0])
    gradient = None if values is None or values.g is None else _parameters(network, values.g)
    step = _step(snapshot, previous)
    moved = None if step is None else _parameters(network, step)
    theta, phase, outdated = _parameters(network, snapshot.theta), snapshot.phase, snapshot.outdated
    return Moment(network, theta, gradient, moved, z, a, delta, sample, phase, masks, outdated)


def _first(arrays: tuple[Array, ...] | None) -> tuple[Array, ...] | None:
    return None if arrays is None else tuple(array[:, 0] for array in arrays)


def _parameters(network: Network, flat: Array) -> Parameters:
    layers = range(1, len(network.n))
    W = (np.empty((0, 0)), *(network.W(flat, l) for l in layers))
    return Parameters(W, (np.empty(0), *(network.b(flat, l) for l in layers)))


def _step(snapshot: Snapshot, previous: Snapshot | None) -> Array | None:
    """Return by how much theta changed since the snapshot shown before, if it is one update old."""
    if previous is None or previous.theta.shape != snapshot.theta.shape:
        return None
    if not 0 <= snapshot.iteration - previous.iteration <= 1:
        return None
    before = snapshot.before if snapshot.before is not snapshot.theta else previous.theta
    step: Array = np.abs(snapshot.theta - before)
    return step
