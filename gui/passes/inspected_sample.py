"""One sample of the present pass, as the inspector and the copied solution show it.

A number that the pass has not computed yet is NaN. On screen samples are counted from 1, as in the lecture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.arrays import Array
from core.data.datasets import Dataset
from core.debugger.steps import PassStep
from core.derivation.sample_pass import SamplePass, sample_of_batch
from core.language import tr
from core.nn.network import Network
from core.nn.passes import Pass, Passes, copied, evaluate, run_calls, with_ones
from core.nn.trainer import Phase, Snapshot
from gui.selection import OutsideInput, Sample
from gui.text.rich_text import muted


def pass_shown(network: Network, dataset: Dataset, snapshot: Snapshot, sample: Sample | None) -> Pass | None:
    """Return the pass of a selected sample, one column, as far as the batch's pass has been computed.

    It is computed with `Snapshot.shown_theta`. Without a selected sample, return the pass of the batch that
    is shown (`Snapshot.shown`), or None if there is none. An input outside the data has a forward pass only;
    its sample number is the one after the last sample's.
    """
    batch = snapshot.shown
    if isinstance(sample, OutsideInput):
        return _forward(network, dataset, snapshot.shown_theta, np.array([sample.x]).T)
    if sample is None or sample >= dataset.x.shape[1]:
        return batch
    x, y = dataset.x[:, [sample]], dataset.targets(network.n[-1])[:, [sample]]
    alone = evaluate(network, snapshot.shown_theta, x, y, np.array([sample]))
    return alone if batch is None else _as_far_as(batch, alone)


def _forward(network: Network, dataset: Dataset, theta: Array, x: Array) -> Pass:
    """Return the forward pass of an input x (n[0], 1) without a target: y and J are NaN."""
    passes, x = Passes(network, theta, np.empty(0), 1), with_ones(x, theta.dtype)
    with np.errstate(all="ignore"):
        run_calls(passes.forward(x))
        y = np.full((network.n[-1], 1), np.nan)
        return copied(passes, np.array([dataset.x.shape[1]]), x, y, None)


def _as_far_as(batch: Pass, alone: Pass) -> Pass:
    """Return ``alone`` with everything set to NaN that is not computed in ``batch`` yet."""

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


@dataclass(frozen=True)
class InspectedSample:
    """One sample in the present pass of a network.

    ``case`` holds its numbers; ``sample`` is its index in the dataset (None: no pass has been made). If
    the input is not ``of_data``, it is the index after the last.
    ``alone``: the sample was selected and is evaluated by itself; otherwise it is the first of a batch.
    ``coming`` is the next step of the pass, if known.
    """

    case: SamplePass
    snapshot: Snapshot
    sample: int | None
    alone: bool
    coming: PassStep | None = None

    @property
    def network(self) -> Network:
        """The network."""
        return self.case.network

    @property
    def dataset(self) -> Dataset:
        """The dataset of the sample."""
        return self.case.dataset

    @property
    def of_data(self) -> bool:
        """Whether the input is a sample of the data, and therefore has a target."""
        return self.case.sample < int(self.dataset.x.shape[1])

    @property
    def g(self) -> Array:
        """The gradient of the whole batch, flat like theta; NaN where it is not computed yet."""
        values = self.snapshot.shown
        if values is None or values.g is None:
            return np.full(self.network.parameters, np.nan)
        return values.g

    @property
    def g_made(self) -> Array:
        """The gradient used for the update, which the pass before it computed; NaN as in ``g``."""
        values = self.snapshot.values
        if values is None or values.g is None:
            return np.full(self.network.parameters, np.nan)
        return values.g

    @property
    def updated(self) -> bool:
        """Whether the update is done, and the pass was repeated with the new parameters."""
        return self.snapshot.again is not None

    @property
    def updating(self) -> bool:
        """Whether the update is in progress or done."""
        return self.snapshot.phase is Phase.UPDATE


def moment_of(
    network: Network,
    dataset: Dataset,
    snapshot: Snapshot,
    sample: Sample | None,
    coming: PassStep | None = None,
) -> InspectedSample:
    """Return the sample to explain: the selected one alone, or else the first one of the batch."""
    values = pass_shown(network, dataset, snapshot, sample)
    alone = isinstance(sample, OutsideInput) or (sample is not None and sample < dataset.x.shape[1])
    case = sample_of_batch(network, dataset, snapshot.shown_theta, values)
    return InspectedSample(case, snapshot, None if values is None else case.sample, alone, coming)


def which_sample(moment: InspectedSample) -> str:
    """Return a sentence on which sample the numbers belong to."""
    if moment.sample is None:
        return muted(tr("No pass has been made yet: press Forward."))
    if not moment.of_data:
        return muted(tr("An input outside the data: without a target there is only the forward pass."))
    if moment.alone:
        text = tr("Sample {sample}, alone")
    elif moment.case.size == 1:
        text = tr("Sample {sample}, alone in its batch")
    else:
        text = tr("Sample {sample}, first in a batch of {size}")
    said = text.format(sample=moment.dataset.number_of(moment.sample), size=moment.case.size)
    if moment.snapshot.outdated:
        said = tr("{whose}; with the weights before the update").format(whose=said)
    return muted(said)
