"""The record of a run in a design file: its curves, and moments between its start and its end.

As JSON: ``{"first": n, "batches": n, "stride": n, "losses": […], "records": [{…}], "moments": [{"at": n,
"parameters": […], "optimizer": [[…]]}], "paces": [[…]]}``; paces are left out if one applies from the
first update on. It is written by runs that were made outside the window, and into journals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import msgspec
import numpy as np
from msgspec import Meta, Struct

from ..arrays import Array
from ..language import tr
from ..nn.curves import Curves, EpochPace, EpochRecord, Score
from ..nn.network import Network
from ..nn.trainer import Checkpoint, Phase
from .json_io import PlaceError, decoded

MOST_LOSSES, MOST_RECORDS, MOST_MOMENTS, MOST_ITERATIONS = 1 << 21, 1 << 12, 1 << 10, 10**12
Count = Annotated[int, Meta(ge=0, le=MOST_ITERATIONS)]
Positive = Annotated[int, Meta(ge=1, le=MOST_ITERATIONS)]


@dataclass(frozen=True, eq=False)
class StoredRun:
    """The curves of a run and its moments, which begin after ``first`` updates, in ascending order."""

    first: int
    curves: Curves
    moments: tuple[Checkpoint, ...]


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
    return StoredRun(run.first, curves, _moments(run, network, iteration))


def _score(one: _Record) -> Score | None:
    return None if one.test is None else Score(one.test, one.accuracy, one.r2)


def _finite(numbers: Array) -> bool:
    return bool(np.isfinite(numbers).all())


def _moments(run: _Run, network: Network, iteration: int) -> tuple[Checkpoint, ...]:
    vectors, size = network.design.training.optimizer.vectors, network.parameters
    found, last = list[Checkpoint](), run.first - 1
    for k, moment in enumerate(run.moments):
        shapes = [len(moment.parameters), *(len(row) for row in moment.optimizer)]
        if shapes != [size] * (1 + vectors) or not last < moment.at < iteration:
            raise PlaceError(
                tr(
                    "run.moments[{k}] must hold {size:,} parameters and {vectors} vectors of the optimizer, "
                    "and come before update {iteration:,} and after the moment before it.",
                    k=k,
                    size=size,
                    vectors=vectors,
                    iteration=iteration,
                )
            )
        with np.errstate(over="ignore"):
            theta = np.array(moment.parameters).astype(network.dtype)
            memory = np.array(moment.optimizer, float).reshape(vectors, size).astype(network.dtype)
        if not (_finite(theta) and _finite(memory)):
            raise PlaceError(tr("run.moments[{k}] holds a number that is too large: remove it.", k=k))
        found.append(Checkpoint(theta, memory, theta, moment.at, Phase.START, None))
        last = moment.at
    return tuple(found)


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
    moments = [_Moment(one.iteration, one.theta.tolist(), one.memory.tolist()) for one in record.moments]
    batches = curves.paces[0].batches
    run = _Run(record.first, batches, curves.stride, known.tolist(), rows, moments)
    if curves.paces != (EpochPace(record.first, 0.0, batches),):
        run.paces = [(pace.iteration, pace.epochs, pace.batches) for pace in curves.paces]
    return msgspec.json.encode(run)
