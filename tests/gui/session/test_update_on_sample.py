"""One update on a chosen sample: by key and by context menu, undone, and found again in the past."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from core.lecture.view_ids import ViewId
from core.nn.design import Data, Dense, Design, Training
from core.nn.passes import evaluate
from gui.selection import Selection

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow

Open = Callable[..., "MainWindow"]
DESIGN = Design(
    "2-2-1",
    data=Data(source="xor", samples=20),
    layers=(Dense(2), Dense(1, "sigmoid")),
    training=Training(batch_size=5, learning_rate=0.5),
)


@pytest.fixture
def window(open_window: Open) -> MainWindow:
    made = open_window(DESIGN)
    made.player.run(6)
    made.player.settle()
    return made


def update(window: MainWindow, sample: int) -> bytes:
    """Select a sample and press the key; return theta after the update, checked by hand."""
    network, dataset, before = window.document.network, window.document.dataset, window.player.newest
    x, y = dataset.x[:, [sample]], dataset.targets(1)[:, [sample]]
    wanted = before.theta - 0.5 * evaluate(network, before.theta, x, y).g
    window.session.select(Selection(sample=sample))
    QTest.keyClick(window, Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    window.player.settle()
    snapshot = window.player.snapshot
    assert snapshot.iteration == before.iteration + 1
    assert snapshot.values.samples.tolist() == [sample]
    assert snapshot.theta == pytest.approx(wanted, rel=1e-12)
    return snapshot.theta.tobytes()


def test_updates_on_chosen_samples_are_found_again(window: MainWindow) -> None:
    train = window.document.dataset.train.tolist()
    chosen = [train[4], train[1], train[1], train[7]]
    thetas = [update(window, sample) for sample in chosen]
    training = window.document.design.training
    assert (training.gradient_descent, training.order) == ("stochastic", "as in the table")
    assert training.first_sample == train[7] + 1
    window.player.run(2)
    window.player.settle()
    assert window.player.snapshot.values.samples.tolist() == [train[9]]  # 7, then 8 and 9 of the table
    for iteration, theta in enumerate(thetas, start=7):
        window.time.seek(iteration)
        window.player.settle()
        assert window.player.snapshot.theta.tobytes() == theta


def test_undo_takes_back_each_update_and_its_settings(window: MainWindow) -> None:
    train = window.document.dataset.train.tolist()
    first = window.player.newest.theta.tobytes()
    once = update(window, train[2])
    update(window, train[2])
    window.document.undo_stack.undo()
    window.player.settle()
    assert window.player.newest.theta.tobytes() == once
    window.document.undo_stack.undo()
    window.player.settle()
    assert window.player.newest.theta.tobytes() == first
    assert window.document.design == DESIGN
    window.document.undo_stack.redo()
    window.player.settle()
    assert window.player.newest.theta.tobytes() == once


def test_without_a_sample_there_is_nothing_to_press_and_a_test_sample_is_refused(window: MainWindow) -> None:
    assert not window.actions_["update_on_sample"].isEnabled()
    sample = int(window.document.dataset.test[0])
    window.session.select(Selection(sample=sample))
    QTest.keyClick(window, Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    window.player.settle()
    assert window.player.newest.iteration == 6
    assert (
        window.status.happened.text()
        == f"Sample {sample + 1} is for testing: training does not learn from it."
    )


def test_the_menu_of_a_sample_in_the_decision_boundary(window: MainWindow) -> None:
    plane = window.panels.bring(ViewId.DECISION_BOUNDARY).plane
    sample = int(window.document.dataset.train[3])
    where = plane.axes.place(*window.document.dataset.x[:, sample])
    at = QPoint(round(where.x()), round(where.y()))
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, plane.mapToGlobal(at))
    QApplication.sendEvent(plane, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu) and window.session.selection.sample == sample
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    window.player.settle()
    assert window.player.snapshot.values.samples.tolist() == [sample]
    assert window.document.undo_stack.undoText() == f"One update on sample {sample + 1}"
