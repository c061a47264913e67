"""Moment: the numbers the canvas shows of one snapshot, for one sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.datasets import Dataset
from core.modules import Array
from core.network import Network
from core.passes import evaluate
from core.training import Snapshot


@dataclass(frozen=True)
class Moment:
    """Values of layer l at index l: ``a``, ``z``, ``delta`` (n[l],); index 0 of W, b and gradients is empty.

    What is not computed in the present phase is None. ``W`` has shape (n[l-1], n[l]), ``b`` (n[l],),
    ``dW`` and ``db`` likewise. ``steps`` is by how much theta changed since the moment shown before, if
    that was one update ago (None: it was not). ``sample`` is the dataset column shown.
    """

    network: Network
    theta: Array
    W: tuple[Array, ...]
    b: tuple[Array, ...]
    dW: tuple[Array, ...] | None
    db: tuple[Array, ...] | None
    z: tuple[Array, ...] | None
    a: tuple[Array, ...] | None
    delta: tuple[Array, ...] | None
    step_W: tuple[Array, ...] | None
    step_b: tuple[Array, ...] | None
    sample: int | None


def moment(
    network: Network,
    dataset: Dataset,
    snapshot: Snapshot,
    sample: int | None = None,
    previous: Snapshot | None = None,
) -> Moment:
    """Return what the canvas shows: the first sample of the present batch, or the given ``sample``."""
    values = snapshot.values
    z = a = delta = None
    if sample is not None:
        x, y = dataset.x[:, sample : sample + 1], dataset.targets(network.n[-1])[:, sample : sample + 1]
        probe = evaluate(network, snapshot.theta, x, y)
        z, a, delta = _first(probe.z), _first(probe.a), _first(probe.delta)
    elif values is not None:
        z, a, delta = _first(values.z), _first(values.a), _first(values.delta)
        sample = int(values.samples[0])
    gradient = None if values is None else values.g
    step = _step(snapshot, previous)
    return Moment(
        network,
        snapshot.theta,
        *_views(network, snapshot.theta),
        *((None, None) if gradient is None else _views(network, gradient)),
        z,
        a,
        delta,
        *((None, None) if step is None else _views(network, step)),
        sample,
    )


def _first(arrays: tuple[Array, ...] | None) -> tuple[Array, ...] | None:
    return None if arrays is None else tuple(array[:, 0] for array in arrays)


def _views(network: Network, flat: Array) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
    empty: Array = np.empty((0, 0))
    layers = range(1, len(network.n))
    W = (empty, *(network.W(flat, l) for l in layers))
    return W, (empty[0:0].reshape(0), *(network.b(flat, l) for l in layers))


def _step(snapshot: Snapshot, previous: Snapshot | None) -> Array | None:
    """Return by how much theta changed since the snapshot shown before, if it is one update old."""
    if previous is None or previous.theta.shape != snapshot.theta.shape:
        return None
    if not 0 <= snapshot.iteration - previous.iteration <= 1:
        return None
    before = snapshot.before if snapshot.before is not snapshot.theta else previous.theta
    return np.abs(snapshot.theta - before)
