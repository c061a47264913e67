"""Two networks side by side begin alike, stay at equal iterations, and differ in one thing only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from core.data.datasets import Dataset, make_dataset
from core.debugger.lockstep import LockstepPosition
from core.debugger.pinned_runs import PinnedRun, differences, run_of
from core.nn.design import Data, Dense, Design, Training
from core.nn.losses import MSE
from core.nn.network import Network
from core.nn.optimizers import Adam, GradientDescent
from core.nn.trainer import Snapshot, Trainer
from gui.compare.variants import KINDS, changed, first_weights, on_same_data
from gui.compare.window import ComparisonWindow, open_side_by_side
from gui.selection import Selection
from gui.theme.theme import DARK, LIGHT
from gui.widgets.number_format import short

LEFT = Qt.MouseButton.LeftButton
DESIGN = Design(
    layers=(Dense(4), Dense(2), Dense(1, "sigmoid")), training=Training(learning_rate=0.1, seed=5)
)
Open = Callable[..., ComparisonWindow]


@pytest.fixture
def dataset() -> Dataset:
    return make_dataset(DESIGN.data)


@pytest.fixture
def open_window(qtbot: QtBot, dataset: Dataset) -> Iterator[Open]:
    opened: list[ComparisonWindow] = []

    def make(design: Design = DESIGN, pinned: tuple[PinnedRun, ...] = ()) -> ComparisonWindow:
        window = open_side_by_side(None, design, dataset, LIGHT, pinned)
        opened.append(window)
        qtbot.waitExposed(window)
        settle(qtbot, window)
        return window

    yield make
    for window in filter(isValid, opened):
        window.close()
        qtbot.waitUntil(lambda window=window: not window.exchange.alive)
        QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)
    sys.setswitchinterval(0.005)


def settle(qtbot: QtBot, window: ComparisonWindow) -> None:
    qtbot.waitUntil(lambda: not window.exchange.waiting and not window.running)
    window.pull()


def _snapshots(window: ComparisonWindow) -> tuple[Snapshot, Snapshot]:
    assert window.standing is not None
    left, right = window.standing.snapshots
    return left, right


def _press(qtbot: QtBot, window: ComparisonWindow, name: str) -> None:
    action = {"run": window.bar.run_action, "step": window.bar.step_action, "reset": window.bar.reset_action}
    button = window.bar.widgetForAction(action[name])
    assert button is not None
    qtbot.mouseClick(button, LEFT)


def _choose(qtbot: QtBot, window: ComparisonWindow, k: int) -> None:
    window.form.what.setFocus()
    qtbot.keyClick(window.form.what, Qt.Key.Key_Home)
    for _ in range(k):
        qtbot.keyClick(window.form.what, Qt.Key.Key_Down)
    assert window.form.what.currentIndex() == k


def test_counts_are_equal_at_every_pull(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    pulled: list[tuple[int, int]] = []
    show = window._show

    def watched(standing: LockstepPosition) -> None:
        show(standing)
        left, right = _snapshots(window)
        pulled.append((left.iteration, right.iteration))

    window._show = watched  # type: ignore[method-assign]
    window.bar.slider.setValue(window.bar.slider.maximum())
    _press(qtbot, window, "run")
    qtbot.waitUntil(lambda: len(pulled) > 8 and pulled[-1][0] > 500)
    _press(qtbot, window, "run")
    settle(qtbot, window)
    assert all(left == right for left, right in pulled)
    assert not window.running
    left, right = _snapshots(window)
    assert window.bar.count.text() == f"Iteration {left.iteration:,}"
    for side, snapshot in zip(window.sides, (left, right), strict=True):
        assert snapshot.test is not None
        losses = short(snapshot.train.loss), short(snapshot.test.loss)
        assert side.losses.text() == "train J {} · test J {}".format(*losses)
    assert window.standing is not None
    curves = window.standing.curves
    assert curves[0].losses.size == curves[1].losses.size == left.iteration
    assert not np.array_equal(left.theta, right.theta)


def test_same_settings_give_the_same_bits(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    window.form.editors["optimizer"].changed.emit(DESIGN.training)  # type: ignore[attr-defined]
    assert window.form.right == window.form.left == DESIGN
    assert window.sides[0].title.text() == "Network A: the same settings in both"
    _press(qtbot, window, "run")
    qtbot.waitUntil(lambda: _snapshots(window)[0].iteration > 200)
    _press(qtbot, window, "run")
    settle(qtbot, window)
    left, right = _snapshots(window)
    assert left.iteration == right.iteration
    assert np.array_equal(left.theta, right.theta)
    trainer = Trainer(Network(DESIGN, window.dataset), window.dataset)
    trainer.run(left.iteration)
    assert np.array_equal(left.theta, trainer.snapshot().theta)


def test_step_and_reset(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    start = _snapshots(window)[0].theta
    for _ in range(3):
        _press(qtbot, window, "step")
    settle(qtbot, window)
    assert [snapshot.iteration for snapshot in _snapshots(window)] == [3, 3]
    assert not np.array_equal(_snapshots(window)[0].theta, start)
    _press(qtbot, window, "reset")
    settle(qtbot, window)
    assert [snapshot.iteration for snapshot in _snapshots(window)] == [0, 0]
    for snapshot in _snapshots(window):
        assert np.array_equal(snapshot.theta, start)


def test_every_choice_changes_one_thing(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    titles = ["Optimizer", "Learning rate η", "Layers", "Gradient descent", "Initializer"]
    for k, title in enumerate(titles):
        _choose(qtbot, window, k)
        found = differences([window.form.left, window.form.right])
        assert [setting.title for setting in found] == [title]
        assert window.sides[1].title.text() == f"Network B: {title} {found[0].values[1]}"
        settle(qtbot, window)
        _press(qtbot, window, "step")
        settle(qtbot, window)
        assert [snapshot.iteration for snapshot in _snapshots(window)] == [1, 1]


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_is_a_change_from_any_design(kind: str) -> None:
    there = changed(DESIGN, kind)
    assert there != DESIGN and changed(there, kind) != there
    again = replace(DESIGN, training=replace(DESIGN.training, optimizer=Adam(0.5)))
    assert changed(again, "optimizer").training.optimizer == GradientDescent()


def test_both_start_alike(dataset: Dataset) -> None:
    left = Network(DESIGN, dataset)
    start = left.initial(5)
    same = Network(changed(DESIGN, "optimizer"), dataset)
    assert np.array_equal(first_weights(same, left), start)
    deeper = Network(replace(DESIGN, layers=(Dense(4), Dense(3), *DESIGN.layers[1:])), dataset)
    theta = first_weights(deeper, left)
    assert np.array_equal(deeper.W(theta, 1), left.W(start, 1))
    assert np.array_equal(deeper.W(theta, 4), left.W(start, 3))
    he = Network(changed(DESIGN, "initializer"), dataset)
    ratio = he.W(first_weights(he, left), 1) / left.W(start, 1)
    assert np.allclose(ratio, ratio[0, 0]) and not np.isclose(ratio[0, 0], 1)


def test_settings_of_a_pinned_run_on_the_present_data(
    qtbot: QtBot, open_window: Open, dataset: Dataset
) -> None:
    iris = Design(
        data=Data("iris"), layers=(Dense(8, "relu"), Dense(3, "softmax")), training=Training(seed=9)
    )
    moved = on_same_data(iris, DESIGN, dataset)
    assert (moved.data, moved.training.seed) == (DESIGN.data, 5)
    trainer = Trainer(Network(DESIGN, dataset), dataset)
    run = run_of("wide", 0, iris, trainer.curves(), trainer.snapshot())
    window = open_window(pinned=(run,))
    _choose(qtbot, window, 5)
    settle(qtbot, window)
    network = window.sides[1].network
    assert network is not None and network.n == (2, 8, 1)
    window.show_selection(Selection(1, 7))
    assert window.sides[0].canvas.state.selection == Selection()
    assert window.sides[1].canvas.state.selection == Selection(1, 7)


def test_one_that_diverges_stops_and_the_other_goes_on(qtbot: QtBot) -> None:
    wild = replace(DESIGN, layers=(Dense(4, "relu"), Dense(1, "linear")))
    data = make_dataset(Data("sine"))
    wild = replace(wild, data=Data("sine"), training=replace(wild.training, loss=MSE(), learning_rate=0.01))
    window = ComparisonWindow(wild, data)
    window.show()
    try:
        settle(qtbot, window)
        _choose(qtbot, window, 1)
        rate = window.form.editors["learning_rate"].rows["learning_rate"].edit  # type: ignore[attr-defined]
        rate.selectAll()
        qtbot.keyClicks(rate, "90")
        qtbot.keyClick(rate, Qt.Key.Key_Return)
        settle(qtbot, window)
        _press(qtbot, window, "run")
        qtbot.waitUntil(lambda: _snapshots(window)[0].iteration > 300)
        _press(qtbot, window, "run")
        settle(qtbot, window)
        left, right = _snapshots(window)
        assert right.iteration < 100 < left.iteration
        assert np.isfinite(left.theta).all() and np.isfinite(right.theta).all()
        assert window.notice.isVisible()
        assert window.notice.text().startswith("Network B: Training diverged in iteration")
        alone = Trainer(Network(wild, data), data)
        alone.run(left.iteration)
        assert np.array_equal(alone.snapshot().theta, left.theta)
        _press(qtbot, window, "reset")
        settle(qtbot, window)
        assert not window.notice.isVisible()
    finally:
        window.close()


def test_a_fault_reaches_the_window(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    window._timer.stop()

    def fail(_thread: object) -> None:
        raise RuntimeError("broken")

    window.exchange.ask(fail)

    def met() -> bool:
        try:
            window.pull()
        except RuntimeError as error:
            return str(error) == "broken"
        return False

    qtbot.waitUntil(met)


def test_canvases_are_only_looked_at(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    canvas = window.sides[0].canvas
    canvas.setFocus()
    window.show_selection(Selection(1, 0))
    for key in (Qt.Key.Key_Return, Qt.Key.Key_F2, Qt.Key.Key_Delete, Qt.Key.Key_Plus):
        qtbot.keyClick(canvas, key)
    settle(qtbot, window)
    assert canvas.state.design == DESIGN == window.form.left
    assert canvas.state.selection == window.sides[1].canvas.state.selection


def test_closing_during_a_run_ends_the_thread(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    _press(qtbot, window, "run")
    qtbot.waitUntil(lambda: _snapshots(window)[0].iteration > 5)
    window.close()
    qtbot.waitUntil(lambda: not window.exchange.alive)


def test_both_themes(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    _press(qtbot, window, "step")
    settle(qtbot, window)
    for theme in (DARK, LIGHT):
        window.show_theme(theme)
        assert [trace.colour for trace in window.plot._traces] == [theme.text, theme.accent]
