"""A request that cannot be carried out is answered at once; what was removed by hand can be restored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from core.lecture.view_ids import ViewId
from core.nn.curves import Curves
from core.nn.early_stopping import AtEpoch, BelowLoss
from gui.plots.run_plot import RunPlot, Trace
from gui.theme.theme import LIGHT
from gui.views.training_panel import StopForm

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton


def form_of(window: MainWindow) -> StopForm:
    window.actions_["stops"].trigger()
    form = window.findChild(StopForm)
    assert form is not None
    return form


def train(window: MainWindow, iterations: int) -> None:
    window.player.run(iterations)
    window.player.settle()


@pytest.mark.parametrize(
    ("name", "stop", "words"),
    [("loss", BelowLoss(1.0), "is below 1."), ("epoch", AtEpoch(2), "Epoch 2 is complete.")],
)
def test_a_condition_that_is_reached_already_is_told_when_it_is_set(
    window: MainWindow, qtbot: QtBot, name: str, stop: AtEpoch | BelowLoss, words: str
) -> None:
    train(window, 127)
    form = form_of(window)
    form.forms[name].changed.emit(stop)
    form.checks[name].click()
    window.player.settle()
    assert window.notice.isVisible() and words in window.notice.sentence.text()
    assert "Already reached" in window.notice.sentence.text()


def test_what_was_said_of_a_condition_is_over_when_it_is_changed(window: MainWindow, qtbot: QtBot) -> None:
    train(window, 127)
    form = form_of(window)
    qtbot.mouseClick(form.checks["epoch"], LEFT, pos=form.checks["epoch"].rect().center() / 10)
    field = form.forms["epoch"].findChildren(QLineEdit)[0]
    for typed, reached in (("2", True), ("5000", False), ("3", True), ("4000", False), ("1", True)):
        field.selectAll()
        qtbot.keyClicks(field, typed)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        window.player.settle()
        assert window.notice.isVisible() is reached
        assert not reached or f"Epoch {typed} is complete." in window.notice.sentence.text()
    form.checks["epoch"].click()
    window.player.settle()
    assert not window.notice.isVisible()


def test_a_condition_set_while_a_run_is_on_ends_it(window: MainWindow, qtbot: QtBot) -> None:
    form = form_of(window)
    window.transport.speed.setValue(window.transport.speed.maximum())
    qtbot.mouseClick(window.transport.run_button, LEFT)
    qtbot.waitUntil(lambda: window.player.newest is not None and window.player.newest.iteration > 0)
    batches = window.player.snapshot.batches
    goal = window.player.newest.iteration // batches + 3000
    form.forms["epoch"].changed.emit(AtEpoch(goal))
    form.checks["epoch"].click()
    qtbot.waitUntil(lambda: not window.player.running, timeout=60_000)
    window.player.settle()
    assert window.player.newest.iteration == goal * batches
    assert f"Epoch {goal} is complete." in window.notice.sentence.text()


def test_a_condition_reached_before_is_told_when_a_run_begins(window: MainWindow, qtbot: QtBot) -> None:
    form = form_of(window)
    form.forms["epoch"].changed.emit(AtEpoch(3))
    form.checks["epoch"].click()
    window.player.settle()
    assert not window.notice.isVisible()
    train(window, 400)
    qtbot.mouseClick(window.transport.run_button, LEFT)
    qtbot.waitUntil(lambda: "Epoch 3 is complete." in window.notice.sentence.text(), timeout=60_000)
    assert window.player.running
    qtbot.mouseClick(window.transport.run_button, LEFT)


def test_a_pinned_run_comes_back_by_undo(window: MainWindow, qtbot: QtBot) -> None:
    runs = window.panels.bring("runs")
    for _ in range(3):
        train(window, 40)
        runs.pin()
    pinned, rate = runs.pinned, window.document.design.training.learning_rate
    runs.table.select_run(1)
    runs._unpin()
    assert runs.pinned == (pinned[0], pinned[2])
    window.actions_["undo"].trigger()
    assert runs.pinned == pinned
    window.actions_["redo"].trigger()
    assert runs.pinned == (pinned[0], pinned[2])
    runs.pins.rename(0, "The first")
    runs.pin()
    window.actions_["undo"].trigger()
    assert [run.name for run in runs.pinned] == ["The first", "Run 2", "Run 3", "Run 4"]
    qtbot.mouseClick(runs.strip.clear, LEFT)
    assert runs.pinned == ()
    window.actions_["undo"].trigger()
    assert [run.name for run in runs.pinned] == ["The first", "Run 2", "Run 3", "Run 4"]
    assert window.document.design.training.learning_rate == rate and not window.document.modified


def test_the_gradient_is_shown_after_the_first_backward_pass(window: MainWindow) -> None:
    plot = window.panels.bring(ViewId.GRADIENT_NORMS)
    assert "Press Run" in plot.plot.sentence
    window.actions_["backward"].trigger()
    window.player.settle()
    assert plot.plot.sentence == ""
    snapshot = window.player.snapshot
    sizes = [np.linalg.norm(layer.packed(snapshot.values.g)) for layer in snapshot.network.layers]
    assert np.allclose(plot._dots.getData()[1], np.log10(sizes))
    train(window, 200)
    assert not len(plot._dots.getData()[0]) and len(plot._lines[0].getData()[0]) >= 2


@pytest.mark.parametrize("losses", [[0.0, 0.0, 0.0], [1.0, 0.25, 0.0], [0.0, 1e-9, 1.0]])
def test_a_loss_of_0_is_seen_on_a_logarithmic_axis(qtbot: QtBot, losses: list[float]) -> None:
    plot = RunPlot()
    qtbot.addWidget(plot)
    plot.resize(400, 240)
    plot.show()
    qtbot.waitExposed(plot)
    trace = Trace("Run", LIGHT.text, Curves(np.array(losses), 1, ()), 1)
    plot.show_traces([trace])
    qtbot.mouseClick(plot.logarithmic, LEFT)
    _x, y = plot.points(trace)
    assert np.isfinite(y).all() and plot.plot._zero.isVisible()
    zeros = [k for k, loss in enumerate(losses) if loss == 0]
    assert list(plot.plot._zeros.getData()[0]) == zeros
    above = [np.log10(loss) for loss in losses if loss > 0]
    assert all(y[k] < low for k in zeros for low in above)
    qtbot.mouseClick(plot.logarithmic, LEFT)
    assert not plot.plot._zero.isVisible()
