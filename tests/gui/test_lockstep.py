"""The thread of several networks makes the updates of lone trainers, parks, and hands faults on."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic, sleep

import numpy as np
import pytest

from core.datasets import Dataset, make_dataset
from core.design import Dense, Design, Training
from core.lockstep import Lockstep, Standing, Together
from core.network import Network
from core.training import Trainer
from gui.exchange import Exchange
from gui.lockstep import LockstepReport, LockstepThread
from gui.tempo import Speed

KINDS = ("batch", "mini-batch", "stochastic")
Link = Exchange[LockstepThread, LockstepReport]


@pytest.fixture
def link() -> Iterator[Link]:
    made: Link = Exchange(LockstepThread())
    yield made
    made.close()
    assert not made.alive


@pytest.fixture
def dataset() -> Dataset:
    return make_dataset(Design().data)


def trainer(kind: str, dataset: Dataset, rate: float = 0.1) -> Trainer:
    training = Training(gradient_descent=kind, learning_rate=rate, seed=3)  # type: ignore[arg-type]
    return Trainer(
        Network(Design(layers=(Dense(3), Dense(1, "sigmoid")), training=training), dataset), dataset
    )


def newest(link: Link, seconds: float = 10.0) -> Standing:
    """Wait until all that was asked for is done, and return the last standing."""
    limit, found = monotonic() + seconds, []
    while link.waiting or not found:
        found += [report for report in link.reports() if report.standing is not None]
        assert monotonic() < limit
        sleep(0.001)
    standing = found[-1].standing
    assert standing is not None
    return standing


@pytest.mark.parametrize("together", ["epoch", "update"])
def test_a_run_is_that_of_lone_trainers(link: Link, dataset: Dataset, together: Together) -> None:
    link.ask(lambda thread: thread.take(Lockstep([trainer(kind, dataset) for kind in KINDS], together)))
    link.ask(LockstepThread.begin)
    sleep(0.3)
    link.ask(LockstepThread.end)
    standing = newest(link)
    made = [snapshot.iteration for snapshot in standing.snapshots]
    updates = [snapshot.batches for snapshot in standing.snapshots]
    if together == "epoch":
        assert made == [standing.tick * count // max(updates) for count in updates]
    else:
        assert len(set(made)) == 1
    assert min(made) > 0
    for kind, snapshot in zip(KINDS, standing.snapshots, strict=True):
        alone = trainer(kind, dataset)
        alone.run(snapshot.iteration)
        assert np.array_equal(alone.snapshot().theta, snapshot.theta)


def test_the_speed_is_in_ticks(link: Link, dataset: Dataset) -> None:
    link.ask(lambda thread: thread.take(Lockstep([trainer("batch", dataset)])))
    link.ask(lambda thread: thread.pace(Speed(40.0)))
    link.ask(LockstepThread.begin)
    sleep(0.5)
    link.ask(LockstepThread.end)
    assert 10 <= newest(link).tick <= 24


def test_a_run_reports_only_when_wanted(link: Link, dataset: Dataset) -> None:
    link.ask(lambda thread: thread.take(Lockstep([trainer("batch", dataset)])))
    link.ask(LockstepThread.begin)
    newest(link)
    sleep(0.1)
    assert not list(link.reports())
    link.want(True)
    sleep(0.1)
    assert len(list(link.reports())) == 1


def test_parked_it_stands_still(link: Link, dataset: Dataset) -> None:
    link.ask(lambda thread: thread.take(Lockstep([trainer("batch", dataset)])))
    link.ask(LockstepThread.begin)
    newest(link)
    with link.parked():
        first = link._thread.lockstep.tick
        sleep(0.05)
        assert link._thread.lockstep.tick == first
    sleep(0.1)
    link.ask(LockstepThread.end)
    assert newest(link).tick > first


def test_nothing_loaded_and_a_fault_are_told(link: Link) -> None:
    link.ask(LockstepThread.begin)
    limit = monotonic() + 5
    errors: list[Exception] = []
    while not errors and monotonic() < limit:
        errors += [report.error for report in link.reports() if report.error is not None]
    assert str(errors[0]) == "No networks are loaded."
