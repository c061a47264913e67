"""Seeking a past position that takes long to recompute: its progress, and what cancels it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from pytestqt.qtbot import QtBot

from core.lecture.view_ids import ViewId
from core.nn.design import Dense, Design, Training
from core.nn.trainer import Trainer
from gui.session import training_thread
from gui.session.thread_channel import wait_until
from gui.session.training_thread import TrainingThread
from tests.core.moments import differences

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
DESIGN = Design("Small", layers=(Dense(6), Dense(1, "sigmoid")), training=Training(seed=5))
FAR, NEWEST = 5_900, 6_000
LONG = 1_000  # iterations to be recomputed
Open = Callable[..., "MainWindow"]


@pytest.fixture
def held() -> Event:
    """While this event is cleared, recomputing reports its progress and then waits."""
    return Event()


@pytest.fixture
def thinned(open_window: Open, held: Event, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """A window with a run that has only its first checkpoint, so that seeking late positions takes long."""
    watch = TrainingThread._watch

    def watch_and_stand(self: TrainingThread, done: int, of: int) -> None:
        if of > LONG:
            self._progress_due = 0.0
            wait_until(held.is_set, pull=lambda: watch(self, done, of))

    monkeypatch.setattr(TrainingThread, "_watch", watch_and_stand)
    monkeypatch.setattr(training_thread, "LONG_SECONDS", 1e9)  # so that only what is held up counts as long
    window = open_window(DESIGN)
    window.player.ask(lambda worker: setattr(worker.training_run.history, "limit_bytes", 1))
    window.player.run(NEWEST)
    window.player.settle()
    yield window
    held.set()


def seek(window: MainWindow, iteration: int) -> list[int]:
    """Move the slider; return a list to which the positions shown are appended."""
    shown: list[int] = []
    window.player.place_changed.connect(lambda where: shown.append(where.iteration))
    window.timeline.slider.setValue(iteration)
    return shown


def wait_until_it_takes_long(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.player.progress is not None)


def alone(window: MainWindow, iterations: int) -> Trainer:
    trainer = Trainer(window.document.network, window.document.dataset)
    trainer.run(iterations)
    return trainer


def test_it_shows_how_far_it_is_and_comes_to_the_same_bits(
    thinned: MainWindow, held: Event, qtbot: QtBot
) -> None:
    timeline = thinned.timeline
    thinned.panels.dock_of(ViewId.LOSS_PLOT).close()  # the timeline then has its own strip
    qtbot.waitUntil(timeline.isVisible)
    assert not timeline.progress.isVisible() and not thinned.actions_["cancel"].isEnabled()
    told: list[tuple[int, int]] = []
    thinned.player.progress_changed.connect(told.append)
    beats: list[int] = []
    pulse = QTimer(interval=5)
    pulse.timeout.connect(lambda: beats.append(1))
    wide = timeline.slider.width()
    seek(thinned, FAR)
    wait_until_it_takes_long(thinned, qtbot)
    assert timeline.progress.isVisible() and timeline.cancel.isVisible()
    assert timeline.slider.width() == wide
    assert timeline.progress.maximum() == FAR - 2
    assert f"of {FAR - 2:,}" in timeline.busy.text()
    pulse.start()
    qtbot.waitUntil(lambda: len(beats) > 20)  # the window stays responsive meanwhile
    assert timeline.progress.isVisible()
    held.set()
    qtbot.waitUntil(lambda: thinned.player.where.iteration == FAR)
    assert told[-1] is None and [done for done, _of in told[:-1]] == sorted(done for done, _of in told[:-1])
    assert not timeline.progress.isVisible() and not timeline.cancel.isVisible()
    assert differences(thinned.player.snapshot, alone(thinned, FAR).snapshot()) == []


def test_escape_and_the_button_leave_everything_as_it_was(thinned: MainWindow, qtbot: QtBot) -> None:
    before = thinned.player.snapshot
    for cancel in (
        lambda: qtbot.keyClick(thinned, Qt.Key.Key_Escape),
        lambda: qtbot.mouseClick(thinned.timeline.cancel, LEFT),
    ):
        shown = seek(thinned, FAR)
        wait_until_it_takes_long(thinned, qtbot)
        cancel()
        qtbot.waitUntil(lambda: thinned.player.progress is None)
        assert thinned.timeline.slider.value() == NEWEST
        assert set(shown) == {NEWEST}
        assert differences(thinned.player.snapshot, before) == []


def test_dragging_on_takes_its_place_at_once(thinned: MainWindow, qtbot: QtBot) -> None:
    slider = thinned.timeline.slider
    shown = seek(thinned, NEWEST)
    middle = slider.height() // 2
    qtbot.mousePress(slider, LEFT, pos=QPoint(slider.width() - 6, middle))
    qtbot.mouseMove(slider, QPoint(slider.width() - 12, middle))
    wait_until_it_takes_long(thinned, qtbot)
    far = slider.value()
    qtbot.mouseMove(slider, QPoint(5, middle))
    qtbot.mouseRelease(slider, LEFT, pos=QPoint(5, middle))
    thinned.player.settle()
    near = slider.value()
    assert near < 500
    assert 5_000 < far < NEWEST
    assert shown[-1] == near and far not in shown
    assert thinned.player.where.iteration == near


def test_a_step_goes_from_the_place_that_is_shown(thinned: MainWindow, qtbot: QtBot) -> None:
    seek(thinned, 40)
    thinned.player.settle()
    seek(thinned, FAR)
    wait_until_it_takes_long(thinned, qtbot)
    qtbot.keyClick(thinned, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    thinned.player.settle()
    assert thinned.player.where.iteration == thinned.timeline.slider.value() == 39


def test_run_goes_on_from_the_newest_at_once(thinned: MainWindow, qtbot: QtBot) -> None:
    shown = seek(thinned, FAR)
    wait_until_it_takes_long(thinned, qtbot)
    qtbot.mouseClick(thinned.transport.run_button, LEFT)
    qtbot.waitUntil(lambda: thinned.player.newest.iteration > NEWEST)
    qtbot.mouseClick(thinned.transport.run_button, LEFT)
    thinned.player.settle()
    assert FAR not in shown


def test_quick_steps_are_all_made(thinned: MainWindow, qtbot: QtBot) -> None:
    seek(thinned, 300)
    thinned.player.settle()
    for _ in range(5):
        qtbot.keyClick(thinned, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    thinned.player.settle()
    assert thinned.player.where.iteration == 295


def test_steps_back_from_a_far_place_are_short(thinned: MainWindow, held: Event, qtbot: QtBot) -> None:
    held.set()
    seek(thinned, FAR)
    thinned.player.settle()
    held.clear()  # seeking a late position would wait here forever
    for k in range(1, 9):
        qtbot.keyClick(thinned, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
        thinned.player.settle()
        assert thinned.player.where.iteration == FAR - k
    assert differences(thinned.player.snapshot, alone(thinned, FAR - 8).snapshot()) == []


def test_closing_does_not_wait_for_it(thinned: MainWindow, qtbot: QtBot) -> None:
    seek(thinned, FAR)
    wait_until_it_takes_long(thinned, qtbot)
    thinned.document.begin(DESIGN)
    thinned.player.close()
    qtbot.waitUntil(lambda: not thinned.player._exchange.alive)
