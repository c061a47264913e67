"""Undo restores the run as it was: after a reset, after edits that start a new run, after both."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.debugger.checkpoints import History
from core.debugger.run import Run
from core.lecture.view_ids import ViewId
from core.nn.design import Dense, Design, Training
from core.nn.trainer import Trainer
from gui.canvas.items.layer_header import buttons
from gui.session.time_travel import ArchivedRun, RunArchive
from gui.views.loss_plot import LossPlot
from tests.core.moments import differences, trainer_of

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
DESIGN = Design("2-4-2-1", layers=(Dense(4), Dense(2), Dense(1, "sigmoid")), training=Training(seed=5))
Open = Callable[..., "MainWindow"]


@pytest.fixture
def trained(open_window: Open) -> MainWindow:
    window = open_window(DESIGN)
    train(window, 5000)
    return window


def train(window: MainWindow, iterations: int) -> None:
    window.player.run(iterations)
    window.player.settle()


def undo(window: MainWindow) -> None:
    window.actions_["undo"].trigger()
    window.player.settle()


def redo(window: MainWindow) -> None:
    window.actions_["redo"].trigger()
    window.player.settle()


def one_neuron_more(window: MainWindow) -> None:
    """Click the + of the first hidden layer on the canvas."""
    view = window.panels.canvas
    picture = view.state
    rects = buttons(picture.layout.columns[1], picture.part(1), picture.layout.sizes, output=False)
    QTest.mouseClick(view.viewport(), LEFT, pos=view.mapFromScene(rects["more"].center()))
    window.player.settle()


def stands(window: MainWindow) -> tuple[object, ...]:
    """Return what undo must restore: network, weights, curves, timeline."""
    player, slider = window.player, window.timeline.slider
    shape = (window.document.network.n, window.panels.canvas.state.layout.sizes)
    place = (slider.minimum(), slider.maximum(), slider.value())
    return window.document.design, shape, player.snapshot, player.curves.losses, player.curves.records, place


def unbroken(window: MainWindow, iterations: int) -> Trainer:
    trainer = Trainer(window.document.network, window.document.dataset)
    trainer.run(iterations)
    return trainer


def test_undo_of_a_reset_brings_back_the_run(trained: MainWindow, qtbot: QtBot) -> None:
    before = stands(trained)
    qtbot.mouseClick(trained.transport.reset_button, LEFT)
    trained.player.settle()
    assert trained.player.newest.iteration == 0 and trained.player.curves.losses.size == 0
    assert trained.document.undo_stack.undoText() == "Reset"
    assert not trained.document.modified
    undo(trained)
    assert differences(stands(trained), before) == []
    redo(trained)
    assert trained.player.newest.iteration == 0
    undo(trained)
    train(trained, 100)
    assert differences(trained.player.snapshot, unbroken(trained, 5100).snapshot()) == []


def test_a_reset_at_the_start_is_no_step(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(DESIGN)
    qtbot.mouseClick(window.transport.reset_button, LEFT)
    window.player.settle()
    assert window.document.undo_stack.count() == 0


def test_a_reset_while_running_runs_on(trained: MainWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(trained.transport.run_button, LEFT)
    qtbot.waitUntil(lambda: trained.player.newest.iteration > 5000)
    qtbot.keyClick(trained, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: 0 < trained.player.newest.iteration < 5000)
    assert trained.player.running
    undo(trained)
    assert not trained.player.running and trained.player.newest.iteration > 5000


def test_undo_of_one_neuron_more_brings_back_network_weights_curves_and_timeline(trained: MainWindow) -> None:
    before = stands(trained)
    one_neuron_more(trained)
    assert trained.document.network.n == (2, 5, 2, 1)
    assert trained.player.newest.iteration == 0
    train(trained, 300)
    wider = stands(trained)
    undo(trained)
    assert differences(stands(trained), before) == []
    trained.timeline.slider.setValue(1234)
    trained.player.settle()
    assert differences(trained.player.snapshot, unbroken(trained, 1234).snapshot()) == []
    redo(trained)
    assert differences(stands(trained), wider) == []
    undo(trained)
    assert trained.player.where.iteration == 1234 and trained.player.newest.iteration == 5000
    train(trained, 50)
    assert differences(trained.player.snapshot, unbroken(trained, 5050).snapshot()) == []


@pytest.mark.parametrize("action", ["new_weights", "new_data"])
def test_undo_of_other_weights_or_data_brings_back_the_run(trained: MainWindow, action: str) -> None:
    before = stands(trained)
    trained.actions_[action].trigger()
    train(trained, 20)
    undo(trained)
    assert differences(stands(trained), before) == []


def test_many_edits_come_back_one_by_one_each_with_its_run(trained: MainWindow) -> None:
    stood = [stands(trained)]
    for k, edit in enumerate(("neuron", "reset", "new_weights", "neuron", "add_layer")):
        one_neuron_more(trained) if edit == "neuron" else trained.actions_[edit].trigger()
        train(trained, 100 + k)
        stood.append(stands(trained))
    back = stood[:-1]
    while back:
        undo(trained)
        assert differences(stands(trained), back.pop()) == []
    for then in stood[1:]:
        redo(trained)
        assert differences(stands(trained), then) == []


def test_a_broken_design_keeps_its_run_and_undo_goes_past_it(trained: MainWindow) -> None:
    before = stands(trained)
    document = trained.document
    broken = replace(DESIGN, layers=(*DESIGN.layers[:-1], Dense(1, "softmax")))
    document.edit(broken, "Softmax")
    trained.player.settle()
    assert document.problems and trained.player.newest.iteration == 5000
    document.edit(replace(DESIGN, layers=(Dense(3), Dense(1, "sigmoid"))), "Another")
    train(trained, 10)
    undo(trained)
    assert document.problems and document.network.n == (2, 4, 2, 1)
    assert trained.player.newest.iteration == 5000
    undo(trained)
    assert differences(stands(trained), before) == []


def test_a_smaller_rate_after_divergence_is_one_step(trained: MainWindow) -> None:
    before, count = stands(trained), trained.document.undo_stack.count()
    trained.session._calm_down()
    trained.player.settle()
    assert trained.document.undo_stack.count() == count + 1
    assert trained.player.newest.iteration == 0
    assert trained.player.snapshot.learning_rate == DESIGN.training.learning_rate / 10
    undo(trained)
    assert differences(stands(trained), before) == []


def test_a_design_as_it_was_is_not_modified(trained: MainWindow) -> None:
    one_neuron_more(trained)
    assert trained.document.modified and trained.isWindowModified()
    trained.document.edit(DESIGN, "Back by hand")
    trained.player.settle()
    assert not trained.document.modified and not trained.isWindowModified()
    theta = trained.player.snapshot.theta + 0.5
    trained.panels.canvas.theta_edit_requested.emit(theta, "Weight")
    trained.player.settle()
    assert trained.document.modified
    trained.actions_["reset"].trigger()
    trained.player.settle()
    assert not trained.document.modified


def run_of(iterations: int) -> Run:
    training_run = Run(trainer_of("2-4-2-1"))
    training_run.train(iterations)
    return training_run


def test_the_runs_put_aside_are_bounded_and_the_oldest_keep_their_weights() -> None:
    training_run = run_of(400)
    one = training_run.kept().bytes
    shelf, others = RunArchive(limit_bytes=3 * one), [ArchivedRun() for _ in range(6)]
    for other in others:
        shelf.put(other, training_run)
    assert [other.kept.record is None for other in others] == [True] * 3 + [False] * 3
    assert sum(other.kept.bytes for other in others[3:]) <= 3 * one
    assert others[0].kept.bytes < one / 10
    again = run_of(7)
    again.take_up(others[0].kept)
    assert differences(again.trainer.moment().theta, training_run.trainer.moment().theta) == []
    assert again.where().first == again.where().newest == 400
    assert np.isnan(again.trainer.curves().losses).all()
    again.train(100)
    training_run.train(100)
    assert differences(again.snapshot(), training_run.snapshot()) == []
    del others[3:], other
    shelf.put(others[0], training_run)
    assert len(shelf._others) == 3


def test_a_kept_run_is_thinned_and_all_of_it_can_be_sought() -> None:
    training_run = run_of(2000)
    assert isinstance(training_run.history, History)
    kept = training_run.kept()
    assert kept.record is not None and kept.record.history.span == (0, 2000)


def test_the_timeline_of_a_new_run_ends_where_the_run_does(open_window: Open) -> None:
    """Nothing of the longer run that was undone is left in its numbers."""
    window = open_window(DESIGN)
    loss = window.panels.made(ViewId.LOSS_PLOT)
    assert isinstance(loss, LossPlot)
    axis = loss.time
    fresh = axis.grab().toImage()
    one_neuron_more(window)
    train(window, 1500)
    assert axis.grab().toImage() != fresh
    undo(window)
    assert window.player.snapshot.iteration == 0
    assert axis.grab().toImage() == fresh
