"""Explanations: what is looked at in the present pass, for one sample of it, as the numbers of a `Case`.

The numbers are those of a `core.passes.Pass`; one that this pass has not computed yet is NaN. Counting
on screen begins at 1, as in the lecture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.datasets import Dataset
from core.explain_case import Case
from core.modules import Array
from core.network import Network, NetworkLayer, Run
from core.notation import Leaf, Symbol
from core.passes import Pass
from core.reveal import Step
from core.training import Phase, Snapshot
from gui.explain_html import muted, tr
from gui.sample_pass import pass_shown


@dataclass(frozen=True)
class Moment:
    """One sample in the present pass of a network.

    ``case`` holds its numbers, a batch of one column; ``sample`` is its number in the dataset (None: no
    pass has been made), ``alone``: it was selected and is evaluated by itself, else it is the first of
    a batch of ``size``, whose numbers carry the factor 1/``size``. ``masks[l]`` (n[l-1],) is what
    dropout multiplied its inputs of layer l with. ``coming`` is the next step of the pass, if known.
    """

    case: Case
    snapshot: Snapshot
    sample: int | None
    alone: bool
    size: int
    masks: dict[int, Array]
    coming: Step | None = None

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

    def run(self, l: int, j: int) -> Run:
        """Return the activation of neuron j of layer l."""
        return next(run for run in self.layer(l).runs if run.start <= j < run.stop)


def moment_of(
    network: Network,
    dataset: Dataset,
    snapshot: Snapshot,
    sample: int | None,
    coming: Step | None = None,
) -> Moment:
    """Return the moment to explain: of the selected sample alone, else of the first of the batch."""
    batch = pass_shown(network, dataset, snapshot, sample)
    if sample is not None and sample < dataset.x.shape[1]:
        case = Case(network, dataset, snapshot.shown_theta, sample, whole(network, batch))
        return Moment(case, snapshot, sample, True, 1, {}, coming)
    if batch is None:
        case = Case(network, dataset, snapshot.shown_theta, 0, whole(network, None))
        return Moment(case, snapshot, None, False, 1, {}, coming)
    first = int(batch.samples[0])
    case = Case(network, dataset, snapshot.shown_theta, first, whole(network, first_column(batch)))
    masks = {l: mask[:, 0] for l, mask in batch.masks.items()}
    return Moment(case, snapshot, first, False, batch.y.shape[1], masks, coming)


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


def which_sample(moment: Moment) -> str:
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
