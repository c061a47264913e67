"""Explanations: what is looked at in the present pass, for one sample of it, as the numbers of a `Case`.

The numbers are those of a `core.nn.passes.Pass`; one that this pass has not computed yet is NaN. Counting
on screen begins at 1, as in the lecture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.arrays import Array
from core.data.datasets import Dataset
from core.debugger.steps import PassStep
from core.derivation.expressions import Leaf, Symbol
from core.derivation.sample_pass import SamplePass
from core.nn.network import ActivationSpan, Network, NetworkLayer
from core.nn.passes import Pass, evaluate
from core.nn.trainer import Phase, Snapshot
from gui.widgets.rich_text import muted, tr


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


# -- What is looked at in the present pass, for one sample of it, as the numbers of a `Case` -------------


@dataclass(frozen=True)
class InspectedSample:
    """One sample in the present pass of a network.

    ``case`` holds its numbers, a batch of one column; ``sample`` is its number in the dataset (None: no
    pass has been made), ``alone``: it was selected and is evaluated by itself, else it is the first of
    a batch of ``size``, whose numbers carry the factor 1/``size``. ``masks[l]`` (n[l-1],) is what
    dropout multiplied its inputs of layer l with. ``coming`` is the next step of the pass, if known.
    """

    case: SamplePass
    snapshot: Snapshot
    sample: int | None
    alone: bool
    size: int
    masks: dict[int, Array]
    coming: PassStep | None = None

    @property
    def network(self) -> Network:
        """The network."""
        return self.case.network

    @property
    def dataset(self) -> Dataset:
        """Its samples."""
        return self.case.dataset

    @property
    def L(self) -> int:
        """The number of the output layer."""
        return self.case.L

    @property
    def g(self) -> Array:
        """The gradient of the whole batch, flat like theta; NaN where it is not computed yet."""
        values = self.snapshot.shown
        if values is None or values.g is None:
            return np.full(self.network.parameters, np.nan)
        return values.g

    @property
    def g_made(self) -> Array:
        """The gradient the update is made with: that of the pass before it; NaN as in ``g``."""
        values = self.snapshot.values
        if values is None or values.g is None:
            return np.full(self.network.parameters, np.nan)
        return values.g

    @property
    def updated(self) -> bool:
        """Whether the update is done, and the pass was made again with what it led to."""
        return self.snapshot.again is not None

    @property
    def updating(self) -> bool:
        """Whether the update is under way or done."""
        return self.snapshot.phase is Phase.UPDATE

    def mask(self, l: int, i: int) -> Leaf | None:
        """Return what dropout multiplied input i of layer l with; None: there is no dropout."""
        if l not in self.masks:
            return None
        return Leaf(float(self.masks[l][i]), Symbol("m", (i + 1,), l))

    def layer(self, l: int) -> NetworkLayer:
        """Return layer l, from 1."""
        return self.network.layers[l - 1]

    def run(self, l: int, j: int) -> ActivationSpan:
        """Return the activation of neuron j of layer l."""
        return next(run for run in self.layer(l).spans if run.start <= j < run.stop)


def moment_of(
    network: Network,
    dataset: Dataset,
    snapshot: Snapshot,
    sample: int | None,
    coming: PassStep | None = None,
) -> InspectedSample:
    """Return the moment to explain: of the selected sample alone, else of the first of the batch."""
    batch = pass_shown(network, dataset, snapshot, sample)
    if sample is not None and sample < dataset.x.shape[1]:
        case = SamplePass(network, dataset, snapshot.shown_theta, sample, whole(network, batch))
        return InspectedSample(case, snapshot, sample, True, 1, {}, coming)
    if batch is None:
        case = SamplePass(network, dataset, snapshot.shown_theta, 0, whole(network, None))
        return InspectedSample(case, snapshot, None, False, 1, {}, coming)
    first = int(batch.samples[0])
    case = SamplePass(network, dataset, snapshot.shown_theta, first, whole(network, first_column(batch)))
    masks = {l: mask[:, 0] for l, mask in batch.masks.items()}
    return InspectedSample(case, snapshot, first, False, batch.y.shape[1], masks, coming)


def first_column(values: Pass) -> Pass:
    """Return the numbers of the first sample of a pass; J and g stay those of the batch."""

    def cut(arrays: tuple[Array, ...] | None) -> tuple[Array, ...] | None:
        return None if arrays is None else tuple(array[:, :1] for array in arrays)

    z, a = cut(values.z), cut(values.a)
    assert z is not None and a is not None
    return replace(values, y=values.y[:, :1], z=z, a=a, da=cut(values.da), delta=cut(values.delta))


def whole(network: Network, values: Pass | None) -> Pass:
    """Return a pass of one sample in which what is missing is NaN."""
    unknown = tuple(np.full((n, 1), np.nan) for n in network.n)
    no_g = np.full(network.parameters, np.nan)
    if values is None:
        y = np.full((network.n[-1], 1), np.nan)
        return Pass(np.zeros(1, int), y, unknown, unknown, np.nan, unknown, unknown, no_g)
    return replace(
        values,
        da=unknown if values.da is None else values.da,
        delta=unknown if values.delta is None else values.delta,
        g=no_g if values.g is None else values.g,
    )


def which_sample(moment: InspectedSample) -> str:
    """Say of which sample the numbers are."""
    if moment.sample is None:
        return muted(tr("No pass has been made yet: press Forward."))
    if moment.alone:
        text = tr("Sample {sample}, alone")
    elif moment.size == 1:
        text = tr("Sample {sample}, alone in its batch")
    else:
        text = tr("Sample {sample}, first in a batch of {size}")
    said = text.format(sample=moment.sample + 1, size=moment.size)
    if moment.snapshot.outdated:
        said = tr("{whose}; with the weights before the update").format(whose=said)
    return muted(said)
