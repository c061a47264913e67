"""Time travel as a lecturer uses it: steps in both directions, the timeline, continuing from the past."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from core.debugger.steps import LoopStage, StepSize
from core.nn.design import Dense, Design, Training
from core.nn.early_stopping import AtEpoch, BelowLoss
from core.nn.trainer import Trainer
from core.number_style import value_text
from core.project import files
from gui.app import status_bar
from gui.selection import Selection
from gui.views.toolbar import GRAINS
from gui.views.training_panel import StopForm
from tests.core.moments import differences
from tests.gui.waiting import set_clock

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
DESIGN = Design("2-4-2-1", layers=(Dense(4), Dense(2), Dense(1, "sigmoid")), training=Training(seed=5))
Open = Callable[..., "MainWindow"]


@pytest.fixture
def lecture(open_window: Open) -> MainWindow:
    return open_window(DESIGN, size=(1600, 1000))


def unbroken(window: MainWindow, iterations: int) -> Trainer:
    trainer = Trainer(window.document.network, window.document.dataset)
    if iterations:
        trainer.run(iterations)
    return trainer


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key, times: int = 1) -> None:
    window.setFocus()
    for _ in range(times):
        qtbot.keyClick(window, key)
    window.player.settle()


def train(window: MainWindow, iterations: int) -> None:
    window.player.run(iterations)
    window.player.settle()


def choose(window: MainWindow, grain: StepSize) -> None:
    window.actions_[GRAINS[grain]].trigger()


def seen(window: MainWindow) -> dict[str, object]:
    """Return what is shown on the canvas, in the inspector, in the counters and beside the loss."""
    moment = window.panels.canvas.state.moment
    numbers = (moment.theta.W, moment.theta.b, moment.z, moment.a, moment.delta)
    return {
        "canvas": (*numbers, None if moment.gradient is None else (moment.gradient.W, moment.gradient.b)),
        "inspector": window.panels["inspector"].text.toPlainText(),
        "losses": (window.counters.train.value.text(), window.counters.test.value.text()),
        "iteration": window.counters.iteration.value.text(),
        "cursor": window.panels["loss_plot"]._cursor.value(),
        "lit": window.transport.strip.now,
        "place": window.timeline.slider.value(),
    }


def test_an_iteration_by_terms_and_back_again(lecture: MainWindow, qtbot: QtBot) -> None:
    train(lecture, 9)
    lecture.session.select(Selection(layer=2, neuron=0))
    choose(lecture, StepSize.TERM)
    there, snapshots = [seen(lecture)], [lecture.player.snapshot]
    while lecture.player.newest.iteration == 9:
        press(qtbot, lecture, Qt.Key.Key_Right)
        there.append(seen(lecture))
        snapshots.append(lecture.player.snapshot)
    assert len(there) > 100
    lit = list(dict.fromkeys(entry["lit"] for entry in there[1:]))
    assert lit == list(LoopStage)
    assert differences(snapshots[-1].theta, unbroken(lecture, 10).snapshot().theta) == []
    while there:
        expected, snapshot = there.pop(), snapshots.pop()
        assert differences(lecture.player.snapshot, snapshot) == []
        now = seen(lecture)
        assert [name for name in now if differences(now[name], expected[name])] == []
        press(qtbot, lecture, Qt.Key.Key_Left)


def test_all_views_follow_the_timeline_and_training_goes_on_from_there(
    lecture: MainWindow, qtbot: QtBot
) -> None:
    qtbot.mouseClick(lecture.transport.run_button, LEFT)
    qtbot.waitUntil(lambda: lecture.player.snapshot.iteration > 60)
    qtbot.mouseClick(lecture.transport.run_button, LEFT)
    lecture.player.settle()
    newest, slider = lecture.player.newest.iteration, lecture.timeline.slider
    assert (slider.minimum(), slider.maximum(), slider.value()) == (0, newest, newest)
    assert not lecture.timeline.resume.isEnabled()
    before = seen(lecture)

    handle = QPoint(slider.width() - 6, slider.height() // 2)
    qtbot.mousePress(slider, LEFT, pos=handle)
    for share in (0.8, 0.5, 0.3):
        qtbot.mouseMove(slider, QPoint(round(share * slider.width()), handle.y()))
    qtbot.mouseRelease(slider, LEFT, pos=QPoint(round(0.3 * slider.width()), handle.y()))
    lecture.player.settle()
    t = slider.value()
    assert 0 < t < newest
    alone = unbroken(lecture, t).snapshot()
    assert differences(lecture.player.snapshot.theta, alone.theta) == []
    after = seen(lecture)
    assert all(differences(after[name], before[name]) for name in ("canvas", "losses", "cursor", "place"))
    assert after["cursor"] == t
    assert lecture.counters.train.value.text() == value_text(alone.train.loss)
    assert f"iteration {t:,} of {newest:,} recorded" == lecture.timeline.place.text()
    assert f"Looking back at iteration {t:,}" in lecture.status.happened.text()
    assert lecture.panels["loss_plot"]._batches.getData()[0].size == newest

    qtbot.mouseClick(lecture.timeline.resume, LEFT)
    lecture.player.settle()
    assert lecture.player.newest.iteration == t
    assert not lecture.timeline.resume.isEnabled()
    train(lecture, newest - t + 5)
    whole = unbroken(lecture, newest + 5)
    assert differences(lecture.player.snapshot, whole.snapshot()) == []
    np.testing.assert_array_equal(lecture.player.curves.losses, whole.curves().losses)

    lecture.actions_["undo"].trigger()
    lecture.player.settle()
    assert lecture.player.newest.iteration == newest
    lecture.actions_["redo"].trigger()
    lecture.player.settle()
    assert differences(lecture.player.snapshot.theta, whole.snapshot().theta) == []


def test_run_in_the_past_goes_on_from_the_newest_and_says_so(lecture: MainWindow, qtbot: QtBot) -> None:
    train(lecture, 40)
    lecture.timeline.slider.setValue(10)
    lecture.player.settle()
    assert lecture.player.where.behind
    qtbot.mouseClick(lecture.transport.run_button, LEFT)
    assert "newest iteration, 40" in lecture.status.happened.text()
    qtbot.waitUntil(lambda: lecture.player.newest.iteration > 41)
    lecture.player.pause()
    lecture.player.settle()
    done = lecture.player.newest.iteration
    assert differences(lecture.player.snapshot.theta, unbroken(lecture, done).snapshot().theta) == []


def test_a_branch_keeps_the_old_curve_and_the_learning_rate_of_then(lecture: MainWindow) -> None:
    train(lecture, 80)
    design = lecture.document.design
    lecture.player.set_learning_rate(0.4)
    train(lecture, 80)
    old = lecture.player.curves.losses
    lecture.timeline.slider.setValue(30)
    lecture.player.settle()
    lecture.timeline.branch.click()
    lecture.player.settle()
    train(lecture, 20)
    (ghost,) = lecture.panels["loss_plot"]._ghosts
    np.testing.assert_array_equal(ghost.losses, old)
    assert lecture.player.curves.losses.size == 50
    assert "old run" in lecture.panels["loss_plot"].legend.text()
    assert differences(lecture.player.snapshot.theta, unbroken(lecture, 50).snapshot().theta) == []
    assert lecture.document.design == design
    lecture.actions_["undo"].trigger()
    lecture.player.settle()
    assert lecture.panels["loss_plot"]._ghosts == ()
    np.testing.assert_array_equal(lecture.player.curves.losses, old)
    lecture.actions_["redo"].trigger()
    lecture.player.settle()
    assert len(lecture.panels["loss_plot"]._ghosts) == 1


def test_chips_go_to_their_part_of_the_loop(lecture: MainWindow, qtbot: QtBot) -> None:
    for stage in (LoopStage.FORWARD, LoopStage.BACKWARD, LoopStage.UPDATE, LoopStage.LOSS, LoopStage.SAMPLE):
        qtbot.mouseClick(lecture.transport.strip.chips[stage], LEFT)
        lecture.player.settle()
        chip = lecture.transport.strip.chips[stage]
        assert lecture.player.where.last.stage is stage
        assert chip.state == "now"
    assert lecture.player.newest.iteration == 2


def test_a_weight_by_hand_is_one_undo_step_and_moves_the_loss_at_once(lecture: MainWindow) -> None:
    train(lecture, 25)
    before, losses = lecture.player.snapshot, seen(lecture)["losses"]
    canvas, count = lecture.panels.canvas, lecture.document.undo_stack.count()
    for value in (0.5, 1.5, 3.0):
        theta = before.theta.copy()
        theta[4] = value
        canvas.theta_previewed.emit(theta)
        lecture.player.settle()
        assert lecture.player.snapshot.theta[4] == value
        assert lecture.player.newest.theta[4] == before.theta[4]
    canvas.theta_edit_requested.emit(theta, "Weight")
    lecture.player.settle()
    assert lecture.document.undo_stack.count() == count + 1
    assert lecture.player.newest.theta[4] == 3.0
    direct = unbroken(lecture, 25)
    direct.edit(theta)
    assert lecture.player.snapshot.train == direct.snapshot().train
    assert seen(lecture)["losses"] != losses
    assert np.isfinite(lecture.player.snapshot.values.J)
    lecture.actions_["undo"].trigger()
    lecture.player.settle()
    assert differences(lecture.player.snapshot, before) == []
    assert seen(lecture)["losses"] == losses
    lecture.actions_["redo"].trigger()
    lecture.player.settle()
    assert lecture.player.newest.theta[4] == 3.0


def test_a_gesture_that_changes_nothing_is_no_edit(lecture: MainWindow) -> None:
    before = lecture.player.snapshot
    theta = before.theta.copy()
    theta[4] = 1.0
    lecture.panels.canvas.theta_previewed.emit(theta)
    lecture.player.settle()
    lecture.panels.canvas.theta_edit_requested.emit(before.theta.copy(), "Weight")
    lecture.player.settle()
    assert lecture.document.undo_stack.count() == 0
    assert differences(lecture.player.snapshot.theta, before.theta) == []


def test_a_weight_of_the_past_goes_on_from_there_and_undo_brings_the_run_back(lecture: MainWindow) -> None:
    train(lecture, 60)
    whole = lecture.player.snapshot
    lecture.timeline.slider.setValue(20)
    lecture.player.settle()
    theta = lecture.player.snapshot.theta.copy()
    theta[2] += 1.0
    lecture.panels["inspector"].theta_edit_requested.emit(theta, "Weight")
    lecture.player.settle()
    assert lecture.player.newest.iteration == 20
    lecture.actions_["undo"].trigger()
    lecture.player.settle()
    assert lecture.player.newest.iteration == 60
    lecture.timeline.slider.setValue(60)
    lecture.player.settle()
    assert differences(lecture.player.snapshot.theta, whole.theta) == []


def test_only_the_newest_of_many_seeks_is_served(lecture: MainWindow) -> None:
    train(lecture, 400)
    shown: list[int] = []
    lecture.player.place_changed.connect(lambda where: shown.append(where.iteration))
    busy = threading.Event()
    lecture.player.ask(lambda _worker: busy.wait())  # later requests wait until this one ends
    for t in range(390, 0, -1):
        lecture.timeline.slider.setValue(t)
    busy.set()
    lecture.player.settle()
    assert shown[-1] == 1
    assert len(set(shown)) < 100


def test_slow_play_goes_by_the_chosen_grain(lecture: MainWindow, qtbot: QtBot) -> None:
    choose(lecture, StepSize.NEURON)
    lecture.transport.speed.setValue(4)
    assert lecture.transport.speed_value.text() == "20 neurons/s"
    steps = []
    lecture.player.step_changed.connect(lambda last, coming: steps.append((last, coming)))
    qtbot.mouseClick(lecture.transport.run_button, LEFT)
    qtbot.waitUntil(lambda: len(steps) >= 6)
    qtbot.mouseClick(lecture.transport.run_button, LEFT)
    lecture.player.settle()
    assert all(last is not None for last, _coming in steps)
    forward = [(last, coming) for last, coming in steps if last.stage is coming.stage is LoopStage.FORWARD]
    within = [(last.neuron, coming.neuron) for last, coming in forward if last.layer == coming.layer]
    assert within and all(following == neuron + 1 for neuron, following in within)
    assert lecture.player.where.inside


def test_a_run_ends_at_its_condition_and_says_why(lecture: MainWindow, qtbot: QtBot) -> None:
    lecture.actions_["stops"].trigger()
    form = lecture.findChild(StopForm)
    assert form.isVisible() and form.stops == ()
    form.checks["epoch"].click()
    form.forms["epoch"].changed.emit(AtEpoch(3))
    assert form.stops == (AtEpoch(3),)
    lecture.transport.speed.setValue(lecture.transport.speed.maximum())
    qtbot.mouseClick(lecture.transport.run_button, LEFT)
    qtbot.waitUntil(lambda: not lecture.player.running)
    lecture.player.settle()
    assert lecture.player.newest.iteration == 3 * lecture.player.snapshot.batches
    assert "Epoch 3 is complete." in lecture.notice.sentence.text()
    qtbot.mouseClick(lecture.transport.run_button, LEFT)
    qtbot.waitUntil(lambda: lecture.player.newest.iteration > 3 * lecture.player.snapshot.batches)
    assert lecture.player.running and not lecture.notice.isVisible()
    lecture.player.pause()
    lecture.actions_["reset"].trigger()
    form.checks["epoch"].click()
    form.checks["loss"].click()
    form.forms["loss"].changed.emit(BelowLoss(0.6))
    qtbot.mouseClick(lecture.transport.run_button, LEFT)
    qtbot.waitUntil(lambda: not lecture.player.running)
    assert lecture.player.snapshot.train.loss < 0.6
    assert "below 0.6" in lecture.notice.sentence.text()


def test_the_sentence_agrees_with_the_counters_after_a_run_that_ended_by_itself(lecture: MainWindow) -> None:
    lecture.session.message.emit("Opened something.")
    train(lecture, 17)
    assert lecture.counters.iteration.value.text() == "3 of 14"
    assert lecture.status.happened.text() == "Paused after iteration 3 of 14 in epoch 2"


def test_what_was_told_is_over_when_one_goes_on(lecture: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = set_clock(monkeypatch, status_bar)
    train(lecture, 40)
    lecture.timeline.slider.setValue(20)
    lecture.player.settle()
    lecture.timeline.resume.click()
    lecture.player.settle()
    assert "Training goes on from iteration 20" in lecture.status.happened.text()
    clock.seconds += status_bar.JUST_NOTIFIED_SECONDS + 0.05
    lecture.timeline.slider.setValue(10)
    lecture.player.settle()
    assert "Looking back at iteration 10" in lecture.status.happened.text()


def test_neurons_are_shown_over_the_features_picked(open_window: Open) -> None:
    window = open_window(files.read(files.find("iris")).design)
    boundary, pictured = window.panels["decision_boundary"], window.panels.canvas
    assert pictured.state.axes is None
    boundary.pickers[0].setCurrentIndex(1)
    boundary.pickers[0].activated.emit(1)
    assert pictured.state.axes == boundary.axes


def test_a_weight_over_time_is_shown_in_the_inspector(lecture: MainWindow, qtbot: QtBot) -> None:
    train(lecture, 50)
    lecture.session.select(Selection(layer=1, neuron=2, source=1))
    curve = lecture.panels["inspector"].parameter.curve
    qtbot.waitUntil(lambda: curve.iterations.size > 40)
    index = lecture.document.network.W(np.arange(lecture.document.network.parameters), 1)[1, 2]
    assert curve.values[-1] == lecture.player.newest.theta[index]


def test_what_is_wrong_is_told_and_hovering_is_shown_everywhere(lecture: MainWindow, qtbot: QtBot) -> None:
    found: list[object] = []
    lecture.player.findings_changed.connect(found.append)
    theta = 50 * np.ones_like(lecture.player.snapshot.theta)
    lecture.panels.canvas.theta_edit_requested.emit(theta, "Weights")
    qtbot.waitUntil(lambda: bool(found) and bool(found[-1]))
    assert lecture.panels.canvas.state.findings == found[-1]
    lecture.panels["inspector"].hover_requested.emit(Selection(layer=1, neuron=0, source=1))
    assert lecture.panels.canvas.state.linked == Selection(layer=1, neuron=0, source=1)
    assert all(isinstance(chip, QToolButton) for chip in lecture.transport.strip.chips.values())
