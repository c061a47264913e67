"""The thread of several networks makes the updates of single trainers, pauses, and reports exceptions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from core.data.datasets import Dataset, make_dataset
from core.debugger.lockstep import Lockstep, LockstepPosition, Together
from core.nn.design import Dense, Design, Training
from core.nn.network import Network
from core.nn.trainer import Trainer
from gui.session import run_speed, thread_channel
from gui.session.lockstep_thread import LockstepReport, LockstepThread
from gui.session.run_speed import Speed
from gui.session.thread_channel import ThreadChannel, wait_until
from tests.gui.waiting import let_pass, set_clock

KINDS = ("batch", "mini-batch", "stochastic")
Link = ThreadChannel[LockstepThread, LockstepReport]


@pytest.fixture
def link() -> Iterator[Link]:
    made: Link = ThreadChannel(LockstepThread())
    yield made
    made.close()
    wait_until(lambda: not made.alive, pull=lambda: None)


@pytest.fixture
def dataset() -> Dataset:
    return make_dataset(Design().data)


def trainer(kind: str, dataset: Dataset, rate: float = 0.1) -> Trainer:
    training = Training(gradient_descent=kind, learning_rate=rate, seed=3)  # type: ignore[arg-type]
    return Trainer(
        Network(Design(layers=(Dense(3), Dense(1, "sigmoid")), training=training), dataset), dataset
    )


def newest(link: Link) -> LockstepPosition:
    """Wait until all requests are done, and return the last position."""
    return first(link, lambda _standing: not link.waiting)


def first(link: Link, wanted: Callable[[LockstepPosition], bool]) -> LockstepPosition:
    """Let a run report until a position satisfies ``wanted``; return it."""
    found: list[LockstepPosition] = []

    def pull() -> None:
        link.want(True)
        found.extend(report.standing for report in link.reports() if report.standing is not None)

    wait_until(lambda: bool(found) and wanted(found[-1]), pull)
    return found[-1]


@pytest.mark.parametrize("together", ["epoch", "update"])
def test_a_run_is_that_of_lone_trainers(link: Link, dataset: Dataset, together: Together) -> None:
    link.ask(lambda thread: thread.take(Lockstep([trainer(kind, dataset) for kind in KINDS], together)))
    link.ask(LockstepThread.begin)
    first(link, lambda standing: min(one.iteration for one in standing.snapshots) > 0)
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


def test_the_speed_is_in_ticks(link: Link, dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = set_clock(monkeypatch, run_speed)
    link.ask(lambda thread: thread.take(Lockstep([trainer("batch", dataset)])))
    link.ask(lambda thread: thread.pace(Speed(40.0)))
    link.ask(LockstepThread.begin)
    newest(link)
    for tick in range(1, 21):
        clock.seconds += 0.0250001
        assert first(link, lambda standing, tick=tick: standing.tick >= tick).tick == tick


def test_a_run_reports_only_when_wanted(link: Link, dataset: Dataset) -> None:
    lockstep = Lockstep([trainer("batch", dataset)])
    link.ask(lambda thread: thread.take(lockstep))
    link.ask(LockstepThread.begin)
    wait_until(lambda: not link.waiting, lambda: list(link.reports()))
    goes_on(lockstep)
    assert not list(link.reports())
    link.want(True)
    found: list[LockstepReport] = []
    wait_until(lambda: bool(found), lambda: found.extend(link.reports()))
    goes_on(lockstep)
    assert len(found + list(link.reports())) == 1


def goes_on(lockstep: Lockstep) -> None:
    """Wait until a run has made a hundred more ticks."""
    goal = lockstep.tick + 100
    wait_until(lambda: lockstep.tick >= goal, pull=lambda: None)


def test_parked_it_stands_still(
    qtbot: QtBot, link: Link, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thread_channel, "PATIENCE_SECONDS", 60.0)  # the current slice may take any time
    lockstep = Lockstep([trainer("batch", dataset)])
    link.ask(lambda thread: thread.take(lockstep))
    link.ask(LockstepThread.begin)
    goes_on(lockstep)
    with link.parked():
        before = lockstep.tick
        let_pass(qtbot, 50)
        assert lockstep.tick == before
    goes_on(lockstep)


def test_nothing_loaded_and_a_fault_are_told(link: Link) -> None:
    link.ask(LockstepThread.begin)
    errors: list[Exception] = []
    wait_until(
        lambda: bool(errors),
        lambda: errors.extend(report.error for report in link.reports() if report.error is not None),
    )
    assert str(errors[0]) == "No networks are loaded."
