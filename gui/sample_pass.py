"""Sample pass: the numbers that views show of a pass: of the selected sample, or those of the batch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.datasets import Dataset
from core.modules import Array
from core.network import Network
from core.passes import Pass, evaluate
from core.training import Snapshot


def pass_shown(network: Network, dataset: Dataset, snapshot: Snapshot, sample: int | None) -> Pass | None:
    """Return the pass of a selected sample, one column, as far as that of the batch has come.

    It is computed with `Snapshot.shown_theta`. Without such a sample it is the pass of the batch that
    is shown (`Snapshot.shown`); None: none has been made.
    """
    batch = snapshot.shown
    if sample is None or sample >= dataset.x.shape[1]:
        return batch
    x, y = dataset.x[:, [sample]], dataset.targets(network.n[-1])[:, [sample]]
    alone = evaluate(network, snapshot.shown_theta, x, y, np.array([sample]))
    return alone if batch is None else _as_far_as(batch, alone)


def _as_far_as(batch: Pass, alone: Pass) -> Pass:
    """Return the pass of a sample in which unknown is what the pass of the batch has not come to."""

    def like(known: tuple[Array, ...] | None, arrays: tuple[Array, ...] | None) -> tuple[Array, ...] | None:
        if known is None or arrays is None:
            return None
        pairs = zip(known, arrays, strict=True)
        return tuple(
            np.where(np.isnan(have[:, :1]), np.nan, array) if np.isnan(have[:, :1]).any() else array
            for have, array in pairs
        )

    z, a = like(batch.z, alone.z), like(batch.a, alone.a)
    assert z is not None and a is not None
    g = None if batch.g is None or alone.g is None else np.where(np.isnan(batch.g), np.nan, alone.g)
    J = float("nan") if np.isnan(batch.J) else alone.J
    return replace(
        alone, z=z, a=a, J=J, da=like(batch.da, alone.da), delta=like(batch.delta, alone.delta), g=g
    )
