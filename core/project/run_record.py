"""The record of a run in a design file: its curves, and moments between its start and its end.

As JSON: ``{"first": n, "batches": n, "stride": n, "losses": […], "records": [{…}], "moments": [{"at": n,
"parameters": […], "optimizer": [[…]]}], "paces": [[…]]}``, where paces are left out if one holds from the
first update on. It is written by runs that were made outside the window, and into journals. A journal has
beside it the outline of the run: ``{"moments": […], "rates": [[n, η]], "stretches": [{"start": n, "origin":
[…], "training": {…}, "fixed": […]}]}``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec
import numpy as np
from msgspec import Meta, Struct
from msgspec.structs import replace

from ..arrays import Array
from ..data.datasets import Dataset
from ..language import tr
from ..nn.batches import Origin
from ..nn.curves import Curves, EpochPace, EpochRecord, Score
from ..nn.design import Dense, Design, Training, range_problems, same_run
from ..nn.network import Network
from ..nn.run_outline import RunOutline, Stretch
from ..nn.trainer import Checkpoint, Phase
from .json_io import PlaceError, decoded

MOST_LOSSES, MOST_RECORDS, MOST_MOMENTS, MOST_ITERATIONS = 1 << 21, 1 << 12, 1 << 10, 10**12
MOST_STRETCHES = 64
Count = Annotated[int, Meta(ge=0, le=MOST_ITERATIONS)]
Rate = Annotated[float, Meta(gt=0, le=100)]
Fixed = bool | tuple[tuple[int, int], ...]
Positive = Annotated[int, Meta(ge=1, le=MOST_ITERATIONS)]


@dataclass(frozen=True, eq=False)
class StoredRun:
    """The curves of a run, which begin after ``first`` updates, and from what it can be computed again."""

    first: int
    curves: Curves
    past: RunOutline


class _Record(Struct, forbid_unknown_fields=True):
    iteration: Count
    epoch: Count
    train: float
    gradient: Annotated[list[float], Meta(max_length=64)]
    test: float | None = None
    accuracy: float | None = None
    r2: float | None = None


class _Moment(Struct, forbid_unknown_fields=True):
    at: Count
    parameters: list[float]
    optimizer: list[list[float]]


class _Run(Struct, forbid_unknown_fields=True, omit_defaults=True):
    first: Count
    batches: Positive
    stride: Positive
    losses: Annotated[list[float], Meta(max_length=MOST_LOSSES)]
    records: Annotated[list[_Record], Meta(max_length=MOST_RECORDS)]
    moments: Annotated[list[_Moment], Meta(max_length=MOST_MOMENTS)]
    paces: Annotated[list[tuple[Count, float, Positive]], Meta(max_length=MOST_RECORDS)] = []


class _Stretch(Struct, forbid_unknown_fields=True):
    start: Count
    origin: tuple[Count, Count, Count]
    training: Training
    fixed: list[Fixed]


class _Outline(Struct, forbid_unknown_fields=True):
    moments: Annotated[list[_Moment], Meta(max_length=MOST_MOMENTS)]
    rates: Annotated[list[tuple[Count, Rate]], Meta(max_length=MOST_RECORDS)]
    stretches: Annotated[list[_Stretch], Meta(max_length=MOST_STRETCHES)]


def run_record(text: bytes, network: Network, iteration: int) -> StoredRun:
    """Return the record in a file of a network after ``iteration`` updates. Raises PlaceError."""
    run = decoded(text, _Run, "run")
    losses = np.array(run.losses, float)
    if run.first > iteration or losses.size * run.stride > iteration - run.first or not _finite(losses):
        raise PlaceError(
            tr("run.losses must be of the updates {first} to {last}.", first=run.first, last=iteration)
        )
    layers = len(network.layers)
    records = tuple(
        EpochRecord(one.iteration, one.epoch, one.train, _score(one), tuple(one.gradient))
        for one in run.records
    )
    ascending = [one.iteration for one in records] == sorted({one.iteration for one in records})
    if not ascending or any(len(one.gradient) != layers or one.iteration > iteration for one in records):
        raise PlaceError(
            tr("run.records must be ascending, with a gradient for each of {layers} layers.", layers=layers)
        )
    paces = tuple(EpochPace(*pace) for pace in run.paces) or (EpochPace(run.first, 0.0, run.batches),)
    if run.first:
        losses = np.concatenate([np.full(run.first // run.stride, np.nan), losses])
    curves = Curves(losses, run.stride, records, (), paces)
    vectors = network.design.training.optimizer.vectors
    moments = tuple(_moments(run, network, iteration, [vectors] * len(run.moments)))
    return StoredRun(run.first, curves, RunOutline(moments))


def _score(one: _Record) -> Score | None:
    return None if one.test is None else Score(one.test, one.accuracy, one.r2)


def _finite(numbers: Array) -> bool:
    return bool(np.isfinite(numbers).all())


def _moments(
    run: _Run | _Outline, network: Network, iteration: int, vectors: Sequence[int]
) -> Iterator[Checkpoint]:
    """Yield the moments of a run, at which the optimizer has ``vectors`` vectors. Raises PlaceError."""
    size, last = network.parameters, (run.first if isinstance(run, _Run) else 0) - 1
    for k, (moment, count) in enumerate(zip(run.moments, vectors, strict=True)):
        shapes = [len(moment.parameters), *(len(row) for row in moment.optimizer)]
        if shapes != [size] * (1 + count) or not last < moment.at < iteration:
            raise PlaceError(
                tr(
                    "run.moments[{k}] must hold {size:,} parameters and {vectors} vectors of the optimizer, "
                    "and come before update {iteration:,} and after the moment before it.",
                    k=k,
                    size=size,
                    vectors=count,
                    iteration=iteration,
                )
            )
        with np.errstate(over="ignore"):
            theta = np.array(moment.parameters).astype(network.dtype)
            memory = np.array(moment.optimizer, float).reshape(count, size).astype(network.dtype)
        if not (_finite(theta) and _finite(memory)):
            raise PlaceError(tr("run.moments[{k}] holds a number that is too large: remove it.", k=k))
        yield Checkpoint(theta, memory, theta, moment.at, Phase.START, None)
        last = moment.at


def run_outline(text: bytes, network: Network, dataset: Dataset, iteration: int) -> RunOutline:
    """Return from what a run of ``iteration`` updates can be computed again, of which the end is a network's.

    Raises PlaceError, DesignError.
    """
    run = decoded(text, _Outline, "run")
    if not run.moments:
        return RunOutline()
    start = run.moments[0].at
    for starts in ([one[0] for one in run.rates], [one.start for one in run.stretches]):
        if starts[:1] != [start] or starts != sorted(set(starts)) or starts[-1] > iteration:
            raise PlaceError(tr("its run has settings of which it is not told when they held."))
    stretches = [_stretch(one, network.design, dataset) for one in run.stretches]
    counts = list[int]()
    for moment in run.moments:
        found = [one for one in stretches if one.start <= max(moment.at, start)]
        counts.append(found[-1].network.design.training.optimizer.vectors)
    moments = tuple(_moments(run, network, iteration + 1, counts))  # the end may be given too
    return RunOutline(moments, tuple(run.rates), tuple(stretches))


def _stretch(told: _Stretch, design: Design, dataset: Dataset) -> Stretch:
    """Return the settings of a part of the run that led to a design. Raises PlaceError, DesignError."""
    fixed = iter(told.fixed)
    layers = (
        replace(layer, fixed=next(fixed, False)) if isinstance(layer, Dense) else layer
        for layer in design.layers
    )
    made, origin = replace(design, layers=tuple(layers), training=told.training), Origin(*told.origin)
    within = origin.iteration <= told.start and origin.epochs <= origin.iteration
    if any(range_problems(made)) or not same_run(made, design) or not within:
        raise PlaceError(tr("its run has settings of another one."))
    return Stretch(told.start, Network(made, dataset), origin)


def outline_json(past: RunOutline) -> bytes:
    """Return the outline of a run as it is written into a file."""
    stretches = [
        _Stretch(
            one.start,
            (one.origin.iteration, one.origin.epochs, one.origin.optimizer),
            one.network.design.training,
            [layer.fixed for layer in one.network.design.dense],
        )
        for one in past.stretches
    ]
    return msgspec.json.encode(_Outline(_written(past), list(past.rates), stretches))


def _written(past: RunOutline) -> list[_Moment]:
    return [_Moment(one.iteration, one.theta.tolist(), one.memory.tolist()) for one in past.moments]


def record_json(record: StoredRun) -> bytes:
    """Return a record in the form in which it is written to a file."""
    curves = record.curves
    known = curves.losses[record.first // curves.stride :]
    rows = [
        _Record(
            one.iteration,
            one.epoch,
            one.train,
            list(one.gradient),
            *((one.test.loss, one.test.accuracy, one.test.r2) if one.test else ()),
        )
        for one in curves.records[-MOST_RECORDS:]
        if np.isfinite([one.train, *one.gradient, one.test.loss if one.test else 0.0]).all()
    ]
    batches = curves.paces[0].batches
    run = _Run(record.first, batches, curves.stride, known.tolist(), rows, _written(record.past))
    if curves.paces != (EpochPace(record.first, 0.0, batches),):
        run.paces = [(pace.iteration, pace.epochs, pace.batches) for pace in curves.paces]
    return msgspec.json.encode(run)
