"""The loss surface of one's own network: the way of its run, its axes, pinned runs, large networks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.arrays import Array
from core.nn.design import Data, Dense, Design, Training
from core.nn.network import Network
from core.nn.passes import evaluate
from core.nn.trainer import Trainer
from core.number_style import value_text
from gui.plots.run_plot import run_colours
from gui.theme.theme import DARK, LIGHT
from gui.views.loss_surface.plane_form import place_of
from gui.views.loss_surface.view import LossSurfaceView, first_choice
from tests.gui import networks
from tests.gui.on_canvas import edge

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
DESIGN = Design(
    "2-4-2-1",
    data=Data("xor", samples=100),
    layers=(Dense(4), Dense(2), Dense(1, "sigmoid")),
    training=Training(seed=5, learning_rate=0.2, l2=0.02),
)
Open = Callable[..., "MainWindow"]


@pytest.fixture
def window(open_window: Open) -> MainWindow:
    return open_window(DESIGN, size=(1366, 768))


@pytest.fixture
def view(window: MainWindow, qtbot: QtBot) -> LossSurfaceView:
    made = window.panels.bring("loss_surface")
    assert isinstance(made, LossSurfaceView)
    qtbot.waitUntil(made.board.isVisible)
    return made


def rest(qtbot: QtBot, window: MainWindow, view: LossSurfaceView) -> None:
    """Wait until the surface is computed for the moment shown, and its way is told."""
    window.player.settle()
    qtbot.waitUntil(lambda: view._asked == (window.player.snapshot.iteration, True) and not view._waiting)
    qtbot.waitUntil(lambda: not view._rest.isActive() and not view.board.sampler.busy)
    QApplication.processEvents()


def train(qtbot: QtBot, window: MainWindow, view: LossSurfaceView, iterations: int) -> None:
    window.player.run(iterations)
    rest(qtbot, window, view)


def path(view: LossSurfaceView) -> Array:
    return view.board.picture.paths[0].points


def way(window: MainWindow, iterations: int, rate: float = 0.2) -> Array:
    """Return theta after 0, 1, … iterations of an undisturbed run."""
    trainer = Trainer(window.document.network, window.document.dataset)
    trainer.learning_rate.value = rate
    thetas = [trainer.snapshot().theta]
    for _ in range(iterations):
        trainer.run(1)
        thetas.append(trainer.snapshot().theta)
    return np.array(thetas)


def J(window: MainWindow, theta: Array) -> float:
    network, dataset = window.document.network, window.document.dataset
    x, y = dataset.x[:, dataset.train], dataset.targets(1)[:, dataset.train]
    W = theta * network.weights_mask()
    return evaluate(network, theta, x, y).J + network.design.training.l2 / 2 * float(W @ W)


def axes(view: LossSurfaceView) -> list[int]:
    return [view.board.form.choice.first, view.board.form.choice.second]


def assert_surface(window: MainWindow, view: LossSurfaceView, theta: Array) -> None:
    """Assert that the surface is the loss round theta, over the two parameters that are chosen."""
    surface = view.board.picture.surface
    assert surface is not None and surface.complete
    rows, columns = surface.J.shape
    for r, c in ((0, 0), (rows - 1, 3), (7, columns - 1), (rows // 2, columns // 2)):
        there = theta.copy()
        there[axes(view)[0]] = np.linspace(*surface.u_range, columns)[c]
        there[axes(view)[1]] = np.linspace(*surface.v_range, rows)[rows - 1 - r]
        assert surface.J[r, c] == pytest.approx(J(window, there), rel=1e-12)


# -- the way of the run -----------------------------------------------------------------------------------


def test_the_surface_lies_round_the_weights_and_the_path_is_that_of_the_run(
    qtbot: QtBot, window: MainWindow, view: LossSurfaceView
) -> None:
    rest(qtbot, window, view)
    network = window.document.network
    assert axes(view) == [place_of(network, 3, 0, 0), place_of(network, 3, 1, 0)]
    assert_surface(window, view, way(window, 0)[0])
    train(qtbot, window, view, 60)
    thetas = way(window, 60)
    assert np.array_equal(path(view), thetas[:, axes(view)])
    assert_surface(window, view, thetas[-1])
    assert view.board.line.text().startswith("Through θ after 60 updates. 23 other parameters move too")
    place = view.board.picture.shown_part.area.center().toPoint() + QPoint(9, -7)
    u, v = view.board.picture.shown_part.from_pixels(QPointF(place))
    qtbot.mouseMove(view.board.picture, place)
    there = thetas[-1].copy()
    there[axes(view)] = u, v
    told = f"W[3]₁₁ = {value_text(u)}, W[3]₂₁ = {value_text(v)}: J = {value_text(J(window, there))}"
    assert view.board.line.text() == told


def test_the_path_grows_while_training_runs(qtbot: QtBot, window: MainWindow, view: LossSurfaceView) -> None:
    rest(qtbot, window, view)
    surface = view.board.picture.surface
    qtbot.mouseClick(window.transport.run_button, LEFT)
    qtbot.waitUntil(lambda: len(path(view)) > 3 and view.board.paths[0].path.newest > 20)
    assert window.player.running and view.board.picture.surface is surface
    qtbot.mouseClick(window.transport.run_button, LEFT)
    rest(qtbot, window, view)
    end = window.player.snapshot
    assert np.array_equal(path(view)[-1], end.theta[axes(view)])
    assert_surface(window, view, end.theta)


def test_back_in_time_the_path_ends_there_and_a_reset_ends_it_at_the_start(
    qtbot: QtBot, window: MainWindow, view: LossSurfaceView
) -> None:
    train(qtbot, window, view, 50)
    thetas = way(window, 50)
    window.timeline.slider.setValue(20)
    rest(qtbot, window, view)
    assert np.array_equal(path(view), thetas[:21, axes(view)])
    assert_surface(window, view, thetas[20])
    window.timeline.slider.setValue(35)
    rest(qtbot, window, view)
    assert np.array_equal(path(view), thetas[:36, axes(view)])
    window.actions_["reset"].trigger()
    rest(qtbot, window, view)
    assert np.array_equal(path(view), thetas[:1, axes(view)])
    window.actions_["undo"].trigger()
    rest(qtbot, window, view)
    shown = window.player.snapshot.iteration
    assert shown == 35 and np.array_equal(path(view), thetas[:36, axes(view)])


def test_weights_by_hand_lie_on_the_path(qtbot: QtBot, window: MainWindow, view: LossSurfaceView) -> None:
    train(qtbot, window, view, 30)
    before, theta = path(view).copy(), window.player.snapshot.theta.copy()
    theta[axes(view)[0]] += 1.5
    window.panels["inspector"].theta_edit_requested.emit(theta, "Weight")
    window.player.settle()
    qtbot.waitUntil(lambda: not view._rest.isActive() and not view.board.sampler.busy)
    assert np.array_equal(path(view)[:-1], before[:-1])
    assert path(view)[-1] == pytest.approx(before[-1] + (1.5, 0.0))
    assert_surface(window, view, theta)


def test_a_dock_that_is_opened_late_shows_the_whole_way(qtbot: QtBot, window: MainWindow) -> None:
    window.player.run(40)
    window.player.settle()
    view = window.panels.bring("loss_surface")
    rest(qtbot, window, view)
    assert np.array_equal(path(view), way(window, 40)[:, axes(view)])
    window.panels.bring("decision_boundary")
    window.player.run(10)
    window.player.settle()
    assert view.board.paths[0].path.newest == 40
    window.panels.bring("loss_surface")
    rest(qtbot, window, view)
    assert np.array_equal(path(view), way(window, 50)[:, axes(view)])


def test_moments_are_followed_where_no_record_is_told(qtbot: QtBot) -> None:
    trainer = networks.trainer("2-3-1", 0)
    view = LossSurfaceView()
    qtbot.addWidget(view)
    view.show_network(trainer.network, trainer.dataset)
    view.resize(320, 400)
    view.show()
    qtbot.waitExposed(view)
    thetas = []
    for _ in range(5):
        view.show_snapshot(trainer.snapshot())
        thetas.append(trainer.snapshot().theta)
        trainer.run(7)
    assert np.array_equal(path(view), np.array(thetas)[:, axes(view)])
    trainer.restart()
    view.show_snapshot(trainer.snapshot())
    assert np.array_equal(path(view), np.array(thetas)[:1, axes(view)])
    for theme in (DARK, LIGHT):
        view.show_theme(theme)
        view.grab()


# -- what it is drawn over --------------------------------------------------------------------------------


def test_a_selected_weight_becomes_an_axis(qtbot: QtBot, window: MainWindow, view: LossSurfaceView) -> None:
    assert not view.axes.isVisible()
    canvas, network = window.panels.canvas, window.document.network
    qtbot.mouseClick(canvas.viewport(), LEFT, pos=edge(canvas, 2, 1, 0))
    assert view.axes.isVisible() and view.axes.label.text() == "Take W[2]₂₁ as"
    qtbot.mouseClick(view.axes.right, LEFT)
    assert axes(view) == [place_of(network, 2, 1, 0), place_of(network, 3, 1, 0)]
    assert not view.axes.right.isEnabled() and view.axes.up.isEnabled()
    rest(qtbot, window, view)
    assert_surface(window, view, way(window, 0)[0])
    qtbot.mouseClick(view.axes.up, LEFT)
    assert axes(view) == [place_of(network, 3, 1, 0), place_of(network, 2, 1, 0)]
    view.board.form.kind.setFocus()
    qtbot.mouseClick(view.board.axes, LEFT)
    qtbot.keyClick(view.board.form.kind, Qt.Key.Key_Down)
    assert view.board.form.choice.kind == "random" and view.axes.up.isEnabled()
    qtbot.mouseClick(view.axes.up, LEFT)
    assert view.board.form.choice.kind == "weights"
    rest(qtbot, window, view)


def test_main_directions_follow_the_whole_path(
    qtbot: QtBot, window: MainWindow, view: LossSurfaceView
) -> None:
    qtbot.mouseClick(view.board.axes, LEFT)
    view.board.form.kind.setFocus()
    for _ in range(2):
        qtbot.keyClick(view.board.form.kind, Qt.Key.Key_Down)
    assert view.board.form.choice.kind == "main"
    train(qtbot, window, view, 60)
    thetas, plane = way(window, 60), view.board.plane
    assert np.allclose(path(view), plane.points(thetas))
    spread = np.square(thetas - thetas.mean(axis=0)).sum()
    held = np.square((thetas - thetas.mean(axis=0)) @ plane.directions.T).sum()
    assert f"hold {100 * held / spread:.1f} % of the path" in view.board.line.text()


def test_another_design_of_the_same_shape_keeps_the_axes(
    qtbot: QtBot, window: MainWindow, view: LossSurfaceView
) -> None:
    view.board.form.choose_axis(3, upwards=True)
    first = axes(view)
    window.document.new_data()
    rest(qtbot, window, view)
    assert axes(view) == first
    assert_surface(window, view, window.player.snapshot.theta)
    window.document.edit(networks.design("2-1"), "Smaller")
    rest(qtbot, window, view)
    choice = first_choice(window.document.network)
    assert axes(view) == [choice.first, choice.second] == [0, 1]


def test_a_pinned_run_stays_on_the_surface(qtbot: QtBot, window: MainWindow, view: LossSurfaceView) -> None:
    train(qtbot, window, view, 40)
    first = way(window, 40)
    window.actions_["pin_run"].trigger()
    rest(qtbot, window, view)
    assert [one.name for one in view.board.paths] == ["this network", "Run 1"]
    window.actions_["reset"].trigger()
    window.player.set_learning_rate(0.02)
    train(qtbot, window, view, 25)
    mine, pinned = view.board.picture.paths
    assert np.array_equal(pinned.points, first[:, axes(view)])
    assert np.array_equal(mine.points, way(window, 25, 0.02)[:, axes(view)])
    assert pinned.colour == run_colours(window.looks.theme)[0]
    window.panels["runs"].pins.rename(0, "fast")
    rest(qtbot, window, view)
    assert [view.board.form.base.itemText(k) for k in range(2)] == ["this network", "fast"]
    window.panels["runs"].pins.clear()
    rest(qtbot, window, view)
    assert len(view.board.paths) == 1


# -- large networks ---------------------------------------------------------------------------------------


def test_a_large_network_is_drawn_when_asked_for_and_the_window_goes_on(qtbot: QtBot) -> None:
    data = networks.dataset(784, 10, samples=600)
    network = Network(networks.design("784-128-64-10"), data)
    trainer, view = Trainer(network, data), LossSurfaceView()
    qtbot.addWidget(view)
    view.resize(320, 400)
    view.show()
    qtbot.waitExposed(view)
    view.show_network(network, data)
    view.show_snapshot(trainer.snapshot())
    told = "109,386 parameters and 400 samples: too large to be drawn at once."
    assert view.offer.isVisible() and view.offer.sentence.text() == told
    assert not view.board.isVisible()
    events: list[float | None] = []  # shares of the surface, and None for what else the window does
    clock = QTimer(view, interval=1)
    clock.timeout.connect(lambda: events.append(None))
    clock.start()
    view.board.sampler.advanced.connect(events.append)
    qtbot.mouseClick(view.offer.button, LEFT)
    assert view.board.isVisible() and not view.offer.button.isEnabled()
    qtbot.waitUntil(lambda: max((share or 0.0 for share in events), default=0.0) > 0.03)
    slices = [k for k, share in enumerate(events) if share is not None]
    assert len(slices) > 5 and np.mean(np.diff(slices) > 1) > 0.5, "the window goes on between slices"
    assert "Computing the surface: " in view.board.line.text()
    trainer.run(1)
    view.show_snapshot(trainer.snapshot())
    size = view.board.picture.size()
    QApplication.processEvents()
    assert view.offer.button.isEnabled() and view.offer.button.text() == "Draw again"
    assert "earlier" in view.offer.sentence.text() and view.board.picture.size() == size
    assert len(path(view)) == 2
