"""The loss surface on the screen: the loss under the pointer, the paths, the axes, and what moves it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.analysis.loss_surface import LossSurface, random_directions
from core.data.datasets import Dataset, make_dataset
from core.debugger.lockstep import Lockstep
from core.nn.design import Data, Dense, Design, Training
from core.nn.network import Network
from core.nn.passes import evaluate
from core.nn.trainer import Trainer
from core.number_style import value_text
from gui.theme.theme import DARK, LIGHT
from gui.views.loss_surface.heights import BANDS, bands, heights_of, lines
from gui.views.loss_surface.paths import DrawnPath
from gui.views.loss_surface.plane_form import PlaneChoice, name_of, parameter_at, place_of, rich_name
from gui.views.loss_surface.surface import SurfaceBoard
from gui.views.loss_surface.widget import simpler

LEFT = Qt.MouseButton.LeftButton
DESIGN = Design(
    data=Data("xor", samples=140),
    layers=(Dense(4), Dense(1, "sigmoid")),
    training=Training(learning_rate=0.3, seed=2, gradient_descent="batch", l2=0.01),
)


@pytest.fixture
def dataset() -> Dataset:
    return make_dataset(DESIGN.data)


@pytest.fixture
def race(dataset: Dataset) -> Lockstep:
    network = Network(DESIGN, dataset)
    return Lockstep([Trainer(network, dataset) for _ in range(2)], "update")


def drawn(race: Lockstep) -> list[DrawnPath]:
    made = []
    for k, (path, runner) in enumerate(zip(race.standing().paths, race.runners, strict=True)):
        trainer, colour = runner.trainer, (LIGHT.positive, LIGHT.negative)[k]
        made.append(DrawnPath("AB"[k], trainer.network, trainer.dataset, path, colour))
    return made


@pytest.fixture
def view(qtbot: QtBot, race: Lockstep) -> SurfaceBoard:
    made = SurfaceBoard()
    qtbot.addWidget(made)
    made.resize(700, 600)
    made.show()
    qtbot.waitExposed(made)
    made.begin(drawn(race), PlaneChoice("weights", 0, 12))
    settle(qtbot, made)
    return made


def settle(qtbot: QtBot, view: SurfaceBoard) -> None:
    qtbot.waitUntil(lambda: not view.sampler.busy)
    QApplication.processEvents()


def surface_of(view: SurfaceBoard) -> LossSurface:
    assert view.picture.surface is not None
    return view.picture.surface


def J(view: SurfaceBoard, theta: np.ndarray) -> float:
    one = view.paths[0]
    x, y = one.dataset.x[:, one.dataset.train], one.dataset.targets(1)[:, one.dataset.train]
    W = theta * one.network.weights_mask()
    return evaluate(one.network, theta, x, y).J + 0.01 / 2 * float(W @ W)


def pixel(view: SurfaceBoard, point: tuple[float, float]) -> QPoint:
    return QPointF(*view.picture.shown_part.to_pixels(np.array([point]))[0].tolist()).toPoint()


def test_the_surface_is_the_loss_round_the_base(view: SurfaceBoard) -> None:
    surface, base = surface_of(view), view.paths[0].path.thetas[-1]
    assert surface.complete
    rows, columns = surface.J.shape
    for r, c in ((0, 0), (rows - 1, 3), (7, columns - 1), (rows // 2, columns // 2)):
        theta = base.copy()
        theta[0] = np.linspace(*surface.u_range, columns)[c]
        theta[12] = np.linspace(*surface.v_range, rows)[rows - 1 - r]
        assert surface.J[r, c] == pytest.approx(J(view, theta), rel=1e-12)


def test_hovering_tells_the_loss(qtbot: QtBot, view: SurfaceBoard) -> None:
    place = view.picture.shown_part.area.center().toPoint() + QPoint(40, -30)
    u, v = view.picture.shown_part.from_pixels(QPointF(place))
    qtbot.mouseMove(view.picture, place)
    theta = view.paths[0].path.thetas[-1].copy()
    theta[0], theta[12] = u, v
    assert (
        view.line.text()
        == f"W[1]₁₁ = {value_text(u)}, W[2]₁₁ = {value_text(v)}: J = {value_text(J(view, theta))}"
    )
    qtbot.mouseMove(view.picture, QPoint(2, 2))
    assert view.line.text() == view.line.sentence
    assert "Through θ of A after 0 updates. 15 other parameters move too" in view.line.sentence


def test_paths_are_the_coordinates_of_the_two_weights(
    qtbot: QtBot, view: SurfaceBoard, race: Lockstep
) -> None:
    race.advance(40)
    race.set_learning_rate(1, 2.0)
    race.advance(30)
    view.show_paths(drawn(race), resting=False)
    for shadow, runner in zip(view.picture.paths, race.runners, strict=True):
        assert np.array_equal(shadow.points, runner.path.thetas[:, [0, 12]])
        assert np.array_equal(shadow.points[-1], runner.trainer.snapshot().theta[[0, 12]])
    assert not np.array_equal(view.picture.paths[0].points, view.picture.paths[1].points)
    settle(qtbot, view)
    assert "after 0 updates" in view.line.sentence
    view.show_paths(drawn(race))
    settle(qtbot, view)
    assert "after 70 updates" in view.line.sentence
    end = race.runners[0].trainer.snapshot().theta
    assert np.array_equal(view.plane.thetas(end[None][:, [0, 12]])[0], end)  # type: ignore[union-attr]
    (left, right), (low, high) = surface_of(view).u_range, surface_of(view).v_range
    for shadow in view.picture.paths:
        assert ((shadow.points >= (left, low)) & (shadow.points <= (right, high))).all()


def test_what_is_told_leaves_the_picture_its_size(qtbot: QtBot, view: SurfaceBoard) -> None:
    view.resize(300, 330)
    settle(qtbot, view)
    size, surface = view.picture.size(), surface_of(view)
    assert view.line.height() > 1.9 * view.line.fontMetrics().lineSpacing()
    qtbot.mouseMove(view.picture, view.picture.shown_part.area.center().toPoint())
    assert view.line.text() != view.line.sentence
    QApplication.processEvents()
    assert view.picture.size() == size and not view.sampler.busy and surface_of(view) is surface
    qtbot.mouseMove(view.picture, QPoint(2, 2))
    QApplication.processEvents()
    assert view.picture.size() == size and surface_of(view) is surface


def test_a_path_that_flies_off_is_not_followed(qtbot: QtBot, view: SurfaceBoard, race: Lockstep) -> None:
    before = view.picture.ranges
    far = drawn(race)
    lost = far[1].path
    lost.append(1, lost.thetas[0] + 1e90)
    far[1] = DrawnPath("B", far[1].network, far[1].dataset, lost, far[1].colour, lost=True)
    view.show_paths(far, resting=False)
    view.grab()
    assert view.picture.ranges == before


def test_the_lists_choose_parameters_and_base(qtbot: QtBot, view: SurfaceBoard, race: Lockstep) -> None:
    race.advance(5)
    race.set_learning_rate(1, 3.0)
    race.advance(5)
    view.show_paths(drawn(race))
    qtbot.mouseClick(view.axes, LEFT)
    assert view.form.isVisible()
    names = [view.form.first.itemText(k) for k in range(view.form.first.count())]
    assert names[:4] == ["W[1]₁₁", "W[1]₁₂", "W[1]₁₃", "W[1]₁₄"] and names[8] == "b[1]₁"
    view.form.first.setFocus()
    qtbot.keyClick(view.form.first, Qt.Key.Key_Down)
    assert view.form.choice.first == 1
    view.form.base.setFocus()
    qtbot.keyClick(view.form.base, Qt.Key.Key_Down)
    settle(qtbot, view)
    assert "Through θ of B after 10 updates" in view.line.sentence
    assert np.array_equal(surface_of(view).plane.origin[2:12], view.paths[1].path.thetas[-1][2:12])
    for _ in range(11):
        qtbot.keyClick(view.form.first, Qt.Key.Key_Down)
    assert (view.form.choice.first, view.form.choice.second) == (12, 11)


def test_directions(qtbot: QtBot, view: SurfaceBoard, race: Lockstep) -> None:
    race.advance(60)
    view.show_paths(drawn(race))
    qtbot.mouseClick(view.axes, LEFT)
    view.form.kind.setFocus()
    qtbot.keyClick(view.form.kind, Qt.Key.Key_Down)
    assert not view.form.first.isVisible() and "two random directions" in view.line.sentence
    assert np.array_equal(view.plane.directions, random_directions(17, 1))  # type: ignore[union-attr]
    qtbot.mouseClick(view.form.again, LEFT)
    assert np.array_equal(view.plane.directions, random_directions(17, 2))  # type: ignore[union-attr]
    qtbot.keyClick(view.form.kind, Qt.Key.Key_Down)
    settle(qtbot, view)
    assert "hold 100.0 % of their spread" in view.line.sentence or "of their spread" in view.line.sentence
    end = view.paths[0].path.thetas[-1]
    point = view.picture.paths[0].points[-1]
    assert surface_of(view).height(point[None])[0] == pytest.approx(J(view, end), rel=0.05)


def test_wheel_drag_and_keys_move_it(qtbot: QtBot, view: SurfaceBoard) -> None:
    picture = view.picture
    (left, right), _ = picture.ranges
    centre = picture.shown_part.area.center()
    wheel = QWheelEvent(
        centre, picture.mapToGlobal(centre), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(picture, wheel)
    (closer_left, closer_right), _ = picture.ranges
    assert closer_right - closer_left == pytest.approx((right - left) / 1.44)
    assert view.fit_button.isVisible()
    settle(qtbot, view)
    assert surface_of(view).u_range == (closer_left, closer_right)
    place = centre.toPoint()
    held = picture.shown_part.from_pixels(QPointF(place))
    qtbot.mousePress(picture, LEFT, pos=place)
    qtbot.mouseMove(picture, place + QPoint(30, 20))
    qtbot.mouseRelease(picture, LEFT, pos=place + QPoint(30, 20))
    assert picture.shown_part.from_pixels(QPointF(place + QPoint(30, 20))) == pytest.approx(held)
    picture.setFocus()
    before = picture.ranges[0][0]
    qtbot.keyClick(picture, Qt.Key.Key_Right)
    assert picture.ranges[0][0] > before
    qtbot.keyClick(picture, Qt.Key.Key_Plus)
    qtbot.keyClick(picture, Qt.Key.Key_Minus)
    qtbot.keyClick(picture, Qt.Key.Key_0)
    settle(qtbot, view)
    assert not view.fit_button.isVisible()
    assert picture.ranges[0] == pytest.approx((left, right))
    qtbot.mouseDClick(picture, LEFT, pos=place)
    settle(qtbot, view)


def test_height_is_turned_by_drag(qtbot: QtBot, view: SurfaceBoard) -> None:
    qtbot.mouseClick(view.mode._group.button(1), LEFT)
    picture = view.picture
    assert picture.relief and picture.shown_part.relief is not None
    eye, ranges = picture.camera, picture.ranges
    qtbot.mousePress(picture, LEFT, pos=QPoint(200, 200))
    qtbot.mouseMove(picture, QPoint(260, 240))
    qtbot.mouseRelease(picture, LEFT, pos=QPoint(260, 240))
    assert picture.camera != eye and picture.ranges == ranges
    for _ in range(9):
        qtbot.keyClick(picture, Qt.Key.Key_Up)
        cells, _colours = picture.shown_part.relief._cells(LIGHT)
        assert len(cells) >= 900
        assert (cells >= 0).all() and (cells <= (picture.width(), picture.height())).all()
    for theme in (DARK, LIGHT):
        view.show_theme(theme)
        view.grab()
    qtbot.mouseClick(view.mode._group.button(0), LEFT)
    assert not picture.relief


def test_a_lift_raises_high_places_on_the_screen(qtbot: QtBot, view: SurfaceBoard) -> None:
    qtbot.mouseClick(view.mode._group.button(1), LEFT)
    relief = view.picture.shown_part.relief
    assert relief is not None
    flat = np.array([[0.2, 0.3, 0.0], [0.2, 0.3, 1.0]])
    low, high = relief._pixels(flat)
    assert high[1] < low[1] and high[0] == pytest.approx(low[0])


@pytest.mark.parametrize("logarithmic", [False, True])
def test_lines_lie_at_their_levels(view: SurfaceBoard, logarithmic: bool) -> None:
    surface = surface_of(view)
    heights = heights_of(surface, logarithmic=logarithmic)
    found = lines(surface, heights)
    points = np.vstack([found[:, :2], found[:, 2:]])
    shares = heights.of(surface.height(points)) * BANDS
    assert np.abs(shares - np.rint(shares)).max() < 0.06
    assert heights.level(0.0) == pytest.approx(surface.J.min())
    assert heights.level(1.0) == pytest.approx(surface.J.max())
    image = bands(surface, heights, LIGHT)
    assert image.width() == (surface.J.shape[1] - 1) * 8 + 1
    top = np.unravel_index(surface.J.argmax(), surface.J.shape)
    low = np.unravel_index(surface.J.argmin(), surface.J.shape)
    colours = [image.pixelColor(int(c) * 8, int(r) * 8) for r, c in (top, low)]
    assert colours[0].lightness() < colours[1].lightness()


def test_the_switch_of_the_levels(qtbot: QtBot, view: SurfaceBoard) -> None:
    assert view.picture._heights.logarithmic
    qtbot.mouseClick(view.logarithmic, LEFT)
    assert not view.picture._heights.logarithmic


def test_places_and_names(dataset: Dataset) -> None:
    network = Network(DESIGN, dataset)
    theta = np.arange(network.parameters, dtype=float)
    for place in range(network.parameters):
        l, i, j = parameter_at(network, place)
        assert place_of(network, l, i, j) == place
        assert (network.b(theta, l)[j] if i is None else network.W(theta, l)[i, j]) == place
    assert name_of(network, 5) == "W[1]₂₂" and name_of(network, 16) == "b[2]₁"
    assert rich_name(network, 14) == "<i>W</i><sup>[2]</sup><sub>31</sub>"


def test_a_long_line_is_drawn_with_fewer_points() -> None:
    steps = np.random.default_rng(0).normal(size=(5000, 2))
    walk = np.cumsum(steps, axis=0)
    drawn = simpler(walk)
    assert len(drawn) <= 702
    assert np.array_equal(drawn[0], walk[0]) and np.array_equal(drawn[-1], walk[-1])
    for few in (walk[:0], walk[:1], walk[:2]):
        assert np.array_equal(simpler(few), few)


def test_a_small_and_a_large_widget(qtbot: QtBot, view: SurfaceBoard) -> None:
    for size in ((300, 260), (1100, 400), (420, 800)):
        view.resize(*size)
        settle(qtbot, view)
        (left, right), (low, high) = view.picture.ranges
        area = view.picture.shown_part.area
        assert (right - left) / area.width() == pytest.approx((high - low) / area.height())
        assert surface_of(view).u_range == (left, right)
        for shadow in view.picture.paths:
            assert area.contains(QPointF(pixel(view, tuple(shadow.points[0].tolist()))))
