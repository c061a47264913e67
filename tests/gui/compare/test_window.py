"""Networks side by side begin alike, stay at equal iterations, and differ in what was chosen only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from core.data.datasets import Dataset, make_dataset
from core.debugger.lockstep import LockstepPosition
from core.debugger.pinned_runs import PinnedRun, differences, run_of
from core.nn.design import Data, Dense, Design, Training
from core.nn.losses import MAE, MSE
from core.nn.network import Network
from core.nn.optimizers import Adam, GradientDescent
from core.nn.trainer import Snapshot, Trainer
from core.number_style import value_text
from gui.compare.variants import KINDS, MOST_VARIANTS, colours, first_weights, on_same_data
from gui.compare.window import ComparisonWindow, open_side_by_side
from gui.selection import Selection
from gui.session.thread_channel import wait_until
from gui.theme.theme import DARK, LIGHT
from tests.gui.legible import faults

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
        qtbot.waitUntil(lambda window=window: not window.run.exchange.alive)
        QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)
    sys.setswitchinterval(0.005)


def settle(qtbot: QtBot, window: ComparisonWindow) -> None:
    qtbot.waitUntil(lambda: not window.run.exchange.waiting and not window.run.running)
    window.run.pull()


def _snapshots(window: ComparisonWindow) -> tuple[Snapshot, ...]:
    assert window.run.standing is not None
    return window.run.standing.snapshots


def _press(qtbot: QtBot, window: ComparisonWindow, name: str) -> None:
    button = {**window.bar.buttons, "reset": window.bar.start, "weights": window.bar.weights}[name]
    qtbot.mouseClick(button, LEFT)


def _title(window: ComparisonWindow, k: int) -> str:
    return window.views[k].card.title.text()


def _choose(qtbot: QtBot, window: ComparisonWindow, k: int) -> None:
    window.form.what.setFocus()
    qtbot.keyClick(window.form.what, Qt.Key.Key_Home)
    for _ in range(k):
        qtbot.keyClick(window.form.what, Qt.Key.Key_Down)
    assert window.form.what.currentIndex() == k


def test_counts_are_equal_at_every_pull(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    pulled: list[tuple[int, int]] = []

    def watched(standing: LockstepPosition) -> None:
        left, right = standing.snapshots
        pulled.append((left.iteration, right.iteration))

    window.run.shown.connect(watched)
    window.bar.slider.setValue(window.bar.slider.maximum())
    _press(qtbot, window, "run")
    qtbot.waitUntil(lambda: len(pulled) > 8 and pulled[-1][0] > 500)
    _press(qtbot, window, "run")
    settle(qtbot, window)
    assert all(left == right for left, right in pulled)
    assert not window.run.running
    left, right = _snapshots(window)
    assert window.bar.count.text() == f"Iteration {left.iteration:,}"
    for side, snapshot in zip(window.views, (left, right), strict=True):
        assert snapshot.test is not None
        losses = value_text(snapshot.train.loss), value_text(snapshot.test.loss)
        assert side.card.loss.text() == "train J {} · test J {}".format(*losses)
    assert window.run.standing is not None
    curves = window.run.standing.curves
    assert curves[0].losses.size == curves[1].losses.size == left.iteration
    assert not np.array_equal(left.theta, right.theta)


def test_same_settings_give_the_same_bits(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    window.form.training["optimizer"].changed.emit(DESIGN.training)
    assert window.form.designs == [DESIGN, DESIGN]
    assert _title(window, 0) == "A: the same settings"
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
    for k in range(len(KINDS)):
        _choose(qtbot, window, k)
        (found,) = differences(window.form.designs)
        assert _title(window, 1) == f"B: {found.title} {found.values[1]}"
        settle(qtbot, window)
        _press(qtbot, window, "step")
        settle(qtbot, window)
        assert [snapshot.iteration for snapshot in _snapshots(window)] == [1, 1]


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_is_a_change_from_any_design(kind: str) -> None:
    there = KINDS[kind](DESIGN)
    assert there != DESIGN and KINDS[kind](there) != there
    again = replace(DESIGN, training=replace(DESIGN.training, optimizer=Adam(0.5)))
    assert KINDS["optimizer"](again).training.optimizer == GradientDescent()


def test_both_start_alike(dataset: Dataset) -> None:
    left = Network(DESIGN, dataset)
    start = left.initial(5)
    same = Network(KINDS["optimizer"](DESIGN), dataset)
    assert np.array_equal(first_weights(same, left), start)
    deeper = Network(replace(DESIGN, layers=(Dense(4), Dense(3), *DESIGN.layers[1:])), dataset)
    theta = first_weights(deeper, left)
    assert np.array_equal(deeper.W(theta, 1), left.W(start, 1))
    assert np.array_equal(deeper.W(theta, 4), left.W(start, 3))
    he = Network(KINDS["initializer"](DESIGN), dataset)
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
    _choose(qtbot, window, len(KINDS))
    settle(qtbot, window)
    assert window.variants[1].network.n == (2, 8, 1)
    window.panel.show_selection(Selection(1, 7))
    assert window.views[0].canvas.state.selection == Selection()
    assert window.views[1].canvas.state.selection == Selection(1, 7)


def test_one_that_diverges_stops_and_the_other_goes_on(qtbot: QtBot) -> None:
    wild = replace(DESIGN, layers=(Dense(4, "relu"), Dense(1, "linear")))
    data = make_dataset(Data("sine"))
    wild = replace(wild, data=Data("sine"), training=replace(wild.training, loss=MSE(), learning_rate=0.01))
    window = ComparisonWindow(wild, data)
    window.show()
    try:
        settle(qtbot, window)
        _choose(qtbot, window, 1)
        rate = window.form.training["learning_rate"].rows["learning_rate"].edit
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
    window.run._timer.stop()

    def fail(_thread: object) -> None:
        raise RuntimeError("broken")

    window.run.exchange.ask(fail)

    def met() -> bool:
        try:
            window.run.pull()
        except RuntimeError as error:
            return str(error) == "broken"
        return False

    qtbot.waitUntil(met)


def test_up_to_four_networks_train_as_they_would_alone(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    assert not window.form.fewer.isEnabled()
    while len(window.views) < MOST_VARIANTS:
        qtbot.mouseClick(window.form.more, LEFT)
        settle(qtbot, window)
    assert not window.form.more.isEnabled()
    for k, kind in ((1, "data"), (2, "layers"), (3, "seed")):
        qtbot.keyClick(window.form.which, Qt.Key.Key_Home)
        for _ in range(k - 1):
            qtbot.keyClick(window.form.which, Qt.Key.Key_Down)
        _choose(qtbot, window, list(KINDS).index(kind))
        settle(qtbot, window)
    for _ in range(20):
        _press(qtbot, window, "step")
    settle(qtbot, window)
    for variant, snapshot in zip(window.variants, _snapshots(window), strict=True):
        alone = Trainer(Network(variant.design, variant.dataset), variant.dataset, variant.theta)
        alone.run(20)
        assert np.array_equal(alone.snapshot().theta, snapshot.theta)
    base, noisy, deep, drawn = (variant.theta for variant in window.variants)
    assert np.array_equal(base, noisy) and not np.array_equal(base, drawn)
    assert np.array_equal(deep[:12], base[:12]) and deep.size > base.size
    assert not np.array_equal(window.variants[0].dataset.x, window.variants[1].dataset.x)
    qtbot.mouseClick(window.form.fewer, LEFT)
    settle(qtbot, window)
    assert [view.card.variant.label for view in window.views] == ["A", "B", "C"]


@pytest.mark.parametrize("count", [2, 3, 4])
def test_all_that_is_written_can_be_read_on_a_small_screen(
    qtbot: QtBot, open_window: Open, count: int
) -> None:
    window = open_window()
    window.resize(1366, 740)
    while len(window.views) < count:
        qtbot.mouseClick(window.form.more, LEFT)
        settle(qtbot, window)
    for _ in range(40):
        _press(qtbot, window, "step")
    settle(qtbot, window)
    for view in window.views:
        view.card.loss.setText("train J 0.000111 · test J 8.88·10⁻⁵")
    QApplication.processEvents()
    assert faults(window) == []


def test_the_keys_of_the_transport(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)

    def press(key: Qt.Key, control: bool = False) -> list[int]:
        modifier = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
        qtbot.keyClick(window.focusWidget(), key, modifier)
        wait_until(lambda: not window.run.awaited, window.run.pull)
        return [snapshot.iteration for snapshot in _snapshots(window)]

    assert press(Qt.Key.Key_Right) == [1, 1] and press(Qt.Key.Key_Right) == [2, 2]
    assert press(Qt.Key.Key_Left) == [1, 1]
    press(Qt.Key.Key_Space)
    assert window.run.running
    press(Qt.Key.Key_Space)
    assert not window.run.running
    assert press(Qt.Key.Key_R, control=True) == [0, 0]
    window.bar.slider.setFocus()
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(window.views[0].canvas.hasFocus)


def test_new_weights_are_the_same_for_both(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    start = _snapshots(window)[0].theta
    _press(qtbot, window, "weights")
    settle(qtbot, window)
    left, right = _snapshots(window)
    assert np.array_equal(left.theta, right.theta) and not np.array_equal(left.theta, start)
    assert {design.training.seed for design in window.form.designs} == {DESIGN.training.seed + 1}


def test_a_new_learning_rate_holds_from_the_next_update(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    _press(qtbot, window, "step")
    edit = window.views[1].card.rate.edit
    edit.selectAll()
    qtbot.keyClicks(edit, "0.7")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    _press(qtbot, window, "step")
    settle(qtbot, window)
    left, right = _snapshots(window)
    assert (left.learning_rate, right.learning_rate) == (0.1, 0.7)
    assert (left.iteration, right.iteration) == (2, 2)
    assert "Learning rate η 0.7" in _title(window, 1)


def test_a_layer_is_taken_away_on_a_canvas(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    canvas = window.views[1].canvas
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_Tab)
    qtbot.keyClick(canvas, Qt.Key.Key_Tab)
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    settle(qtbot, window)
    assert [len(design.dense) for design in window.form.designs] == [3, 2]
    assert window.variants[1].network.n == (2, 2, 1) and "Layers 2 tanh" in _title(window, 1)
    canvas.setFocus()
    window.panel.show_selection(Selection(1, 0))
    assert window.views[0].canvas.state.selection == canvas.state.selection == Selection(1, 0)


def test_a_choice_that_cannot_work_is_refused_and_the_others_stay(qtbot: QtBot) -> None:
    sine = replace(
        DESIGN, data=Data("sine"), layers=(Dense(4), Dense(1, "linear")), training=Training(loss=MSE())
    )
    window = ComparisonWindow(sine, make_dataset(sine.data))
    window.show()
    try:
        settle(qtbot, window)
        _choose(qtbot, window, list(KINDS).index("loss"))
        combo = window.form.training["loss"].rows["loss"].combo
        combo.setFocus()
        qtbot.keyClick(combo, Qt.Key.Key_End)
        assert window.notice.isVisible() and window.notice.text()
        assert [one.design.training.loss for one in window.variants] == [MSE(), MAE()]
        qtbot.keyClick(combo, Qt.Key.Key_Home)
        assert not window.notice.isVisible()
    finally:
        window.close()


def test_closing_during_a_run_ends_the_thread(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    _press(qtbot, window, "run")
    qtbot.waitUntil(lambda: _snapshots(window)[0].iteration > 5)
    window.close()
    qtbot.waitUntil(lambda: not window.run.exchange.alive)


def test_both_themes(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    _press(qtbot, window, "step")
    settle(qtbot, window)
    for theme in (DARK, LIGHT):
        window.show_theme(theme)
        assert [trace.colour for trace in window.panel.plot._traces] == list(colours(theme)[:2])


def test_a_perceptron_opens_beside_one_with_another_rate(qtbot: QtBot) -> None:
    """Another optimizer, the usual first change, does not work with the perceptron rule."""
    data, rule = (
        Data("xor-four-points"),
        Training(rule="perceptron", loss=MSE(), gradient_descent="stochastic"),
    )
    design = Design(layers=(Dense(1, "step"),), data=data, training=rule)
    window = open_side_by_side(None, design, make_dataset(data), LIGHT)
    try:
        settle(qtbot, window)
        first, second = (one.design.training for one in window.variants)
        assert second.learning_rate == first.learning_rate / 10
        assert not window.notice.isVisible()
        qtbot.mouseClick(window.form.more, LEFT)
        qtbot.mouseClick(window.form.more, LEFT)
        settle(qtbot, window)
        assert len(window.variants) == MOST_VARIANTS and not window.notice.isVisible()
        _press(qtbot, window, "run")
        qtbot.waitUntil(lambda: _snapshots(window)[3].iteration > 5)
    finally:
        window.close()
