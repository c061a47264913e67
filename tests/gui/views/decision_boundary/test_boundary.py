"""The view of the decision boundary shows the network's output for every kind of data."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace as replaced
from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from core.analysis.activation_map import PlaneMap
from core.analysis.metrics import confusion_counts
from core.analysis.sample_losses import sample_losses
from core.data.encoding import encoded
from core.data.table import Cells, Column, Table
from core.nn.passes import evaluate
from core.nn.trainer import Phase
from core.number_style import ratio_text, value_text
from gui.plots.axes import ticks
from gui.plots.output_map import borders, contour, diverging_image, telling_pair
from gui.plots.scatter import class_colours
from gui.selection import PlaneLook, Selection
from gui.theme.theme import DARK, LIGHT, diverging
from gui.views.decision_boundary.view import BoundaryView
from tests.gui.scenes import Scene, scene, tell


@pytest.fixture
def view(qtbot: QtBot) -> BoundaryView:
    made = BoundaryView()
    qtbot.addWidget(made)
    made.resize(300, 330)
    made.show()
    qtbot.waitExposed(made)
    return made


def _pixel(view: BoundaryView, k: int) -> QPoint:
    """Return the position of sample k in the plane."""
    x, y = view.plane.axes.to_pixels(view.plane._points[[k]])[0]
    return QPoint(round(x), round(y))


def _alone(view: BoundaryView) -> int:
    """Return a sample far from all others."""
    places = view.plane.axes.to_pixels(view.plane._points)
    away = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) + 1e9 * np.eye(len(places))
    return int(away.min(axis=1).argmax())


@pytest.mark.parametrize(
    "source, title",
    [
        ("xor", "Decision boundary"),
        ("blobs", "Decision regions"),
        ("sine", "Fitted curve"),
        ("breast-cancer", "Decision boundary"),
        ("iris", "Decision regions"),
        ("digits", "Decision regions"),
        ("xor-four-points", "Decision boundary"),
    ],
)
@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_every_kind_of_data_is_drawn(view: BoundaryView, source: str, title: str, theme: object) -> None:
    tell(view, scene(source, iterations=5), Selection(sample=2), theme)  # type: ignore[arg-type]
    image = view.grab().toImage()
    assert view.windowTitle() == title
    colours = {image.pixelColor(x, y).name() for x in range(60, 290, 5) for y in range(60, 250, 5)}
    assert len(colours) > 3


def test_the_picture_is_the_output_of_the_network(view: BoundaryView) -> None:
    told = scene(iterations=300)
    tell(view, told)
    assert view._map is not None and view._plane is not None and view.plane._image is not None
    rows, columns = view._map.shape
    x = np.linspace(*view._plane.x_range, columns)
    y = np.linspace(*view._plane.y_range[::-1], rows)
    for r, c in ((0, 0), (0, columns - 1), (rows - 1, 3), (40, 60)):
        point = np.array([[x[c]], [y[r]]])
        o = evaluate(told.network, told.snapshot.theta, point, np.zeros((1, 1))).a[-1][0, 0]
        red, green, blue, _alpha = view._table[int(np.clip(255 * o, 0, 255))]
        seen = view.plane._image.pixelColor(c, r)
        assert abs(seen.red() - red) <= 2 and abs(seen.green() - green) <= 2 and abs(seen.blue() - blue) <= 2


def test_the_line_is_where_the_output_is_one_half(view: BoundaryView) -> None:
    told = scene(iterations=300)
    tell(view, told)
    assert view._map is not None and view._plane is not None
    rows, columns = view._map.shape
    lines = view.plane._lines
    assert len(lines) > 20
    (left, right), (bottom, top) = view._plane.x_range, view._plane.y_range
    x = left + lines[:, 0] / (columns - 1) * (right - left)
    y = top - lines[:, 1] / (rows - 1) * (top - bottom)
    o = evaluate(told.network, told.snapshot.theta, np.array([x, y]), np.zeros((1, len(x)))).a[-1][0]
    assert np.abs(o - 0.5).max() < 0.05


def test_regions_are_the_most_probable_class(view: BoundaryView) -> None:
    told = scene("blobs", iterations=200, data={"classes": 4})
    tell(view, told)
    assert view._map is not None and view.plane._image is not None
    o = view._map.activities(told.snapshot.theta)[-1]
    colours = class_colours(LIGHT, 4)
    sure = np.argwhere(o.max(axis=0) > 0.95)[::200]
    for r, c in sure:
        seen = view.plane._image.pixelColor(int(c), int(r))
        wanted = colours[int(o[:, r, c].argmax())]
        assert min(colours, key=lambda other: abs(other.hue() - seen.hue())) == wanted


def test_a_curve_for_one_input(view: BoundaryView) -> None:
    told = scene("sine", iterations=50)
    tell(view, told)
    (curve,) = view.plane._curves
    o = evaluate(told.network, told.snapshot.theta, curve[::50, 0][None], np.zeros((1, 6))).a[-1][0]
    assert np.allclose(curve[::50, 1], o, atol=1e-4)


def test_a_click_selects_the_nearest_sample(qtbot: QtBot, view: BoundaryView) -> None:
    tell(view, scene())
    view.grab()
    k = _alone(view)
    with qtbot.waitSignal(view.select_requested) as heard:
        qtbot.mouseClick(view.plane, Qt.MouseButton.LeftButton, pos=_pixel(view, k) + QPoint(2, 2))
    assert heard.args == [Selection(sample=k)]


def test_a_click_far_from_all_samples_selects_nothing(qtbot: QtBot, view: BoundaryView) -> None:
    tell(view, scene("xor-four-points"))
    with qtbot.assertNotEmitted(view.select_requested):
        centre = view.plane.axes.area.center().toPoint()
        qtbot.mouseClick(view.plane, Qt.MouseButton.LeftButton, pos=centre)


def test_arrow_keys_go_through_the_samples(qtbot: QtBot, view: BoundaryView) -> None:
    tell(view, scene("xor-four-points"), Selection(sample=3))
    heard: list[Selection] = []
    view.select_requested.connect(heard.append)
    qtbot.keyClick(view.plane, Qt.Key.Key_Right)
    qtbot.keyClick(view.plane, Qt.Key.Key_Left)
    view.show_selection(Selection())
    qtbot.keyClick(view.plane, Qt.Key.Key_Right)
    assert [selection.sample for selection in heard] == [0, 2, 0]


def test_hovering_tells_point_and_output(qtbot: QtBot, view: BoundaryView) -> None:
    told = scene("xor-four-points", iterations=100)
    tell(view, told)
    centre = view.plane.axes.area.center()
    qtbot.mouseMove(view.plane, centre.toPoint())
    point = view.plane.axes.from_pixels(QPointF(centre.toPoint()))
    x = np.array(point)[:, None]
    o = evaluate(told.network, told.snapshot.theta, x, np.zeros((1, 1))).a[-1][0, 0]
    assert (
        view.line.text()
        == f"x₁ = {value_text(point[0])}, x₂ = {value_text(point[1])}: output {value_text(o)}"
    )
    qtbot.mouseMove(view.plane, _pixel(view, 1))
    o = evaluate(told.network, told.snapshot.theta, told.dataset.x[:, [1]], np.zeros((1, 1))).a[-1][0, 0]
    assert view.line.text() == f"Sample 2: y = 1, output {value_text(o)}"


def test_accuracy_is_that_of_the_snapshot(view: BoundaryView) -> None:
    told = scene(iterations=100)
    tell(view, told)
    train, test = told.snapshot.train, told.snapshot.test
    assert test is not None and train.accuracy is not None and test.accuracy is not None
    assert ratio_text(train.accuracy) in view.line.text() and ratio_text(test.accuracy) in view.line.text()


def test_more_inputs_show_a_chosen_pair(qtbot: QtBot, view: BoundaryView) -> None:
    told = scene("breast-cancer", iterations=20)
    tell(view, told)
    assert view.head.isVisible() and view.note.isVisible() and "mean" in view.note.text()
    before = view.axes
    assert before == telling_pair(told.dataset) and len(set(before)) == 2
    picker = view.pickers[0]
    assert picker.itemText(before[0]) == told.dataset.feature_names[before[0]]
    picker.setFocus()
    qtbot.keyClick(picker, Qt.Key.Key_Home)
    assert view.axes == (0, before[1])
    assert np.array_equal(view.plane._points, told.dataset.x[[0, before[1]]].T)
    assert view._plane is not None
    assert np.allclose(view._plane.fixed, told.dataset.x[:, told.dataset.train].mean(axis=1))


def test_the_same_feature_twice_changes_places(qtbot: QtBot, view: BoundaryView) -> None:
    tell(view, scene("iris", iterations=5))
    a, b = view.axes
    view.pickers[0].setCurrentIndex(b)
    view.pickers[0].activated.emit(b)
    assert view.axes == (b, a)


def test_two_inputs_have_no_pair_to_choose(view: BoundaryView) -> None:
    tell(view, scene())
    assert not view.head.isVisible() and not view.note.isVisible()


def test_the_present_batch_is_lit(view: BoundaryView) -> None:
    told = scene(phase=Phase.FORWARD, batch_size=7)
    tell(view, told)
    values = told.snapshot.values
    assert values is not None
    assert np.array_equal(view.plane._batch, values.samples) and view.plane._batch.size == 7
    tell(view, scene(phase=Phase.FORWARD, gradient_descent="batch"))
    assert view.plane._batch.size == 0, "all of them lit would be none"


def test_one_training_sample(view: BoundaryView) -> None:
    tell(view, scene("xor", data={"samples": 2, "test_share": 0.5}, batch_size=1, iterations=2))
    view.grab()


def test_nan_outputs_are_drawn(view: BoundaryView) -> None:
    told = scene()
    tell(view, told)
    from dataclasses import replace

    view.show_snapshot(replace(told.snapshot, theta=np.full_like(told.snapshot.theta, np.nan)))
    view.grab()


def test_hidden_it_computes_nothing(qtbot: QtBot) -> None:
    view = BoundaryView()
    qtbot.addWidget(view)
    tell(view, scene())
    assert view.plane._image is None
    view.resize(300, 300)
    view.show()
    assert view.plane._image is not None


def test_another_network_on_the_same_data_keeps_pair_and_marks(view: BoundaryView) -> None:
    told = scene("iris", iterations=2)
    tell(view, told, Selection(sample=4))
    view.pickers[0].setCurrentIndex(0)
    view.pickers[0].activated.emit(0)
    chosen = view.axes
    view.show_network(told.network, told.dataset)
    assert view.axes == chosen and view.plane._selected == 4


def test_contour_of_a_circle() -> None:
    y, x = np.mgrid[-1:1:81j, -1:1:81j]
    lines = contour(x**2 + y**2, 0.25)
    radius = np.hypot(lines[:, [0, 2]] / 40 - 1, lines[:, [1, 3]] / 40 - 1)
    assert np.abs(radius - 0.5).max() < 1e-3
    length = np.hypot(lines[:, 0] - lines[:, 2], lines[:, 1] - lines[:, 3]).sum() / 40
    assert abs(length - np.pi) < 0.02


def test_contour_of_nothing_and_of_a_saddle() -> None:
    assert contour(np.ones((5, 5)), 0.5).shape == (0, 4)
    assert contour(np.full((5, 5), np.nan), 0.5).shape == (0, 4)
    assert len(contour(np.array([[1.0, 0.0], [0.0, 1.0]]), 0.5)) == 2


def test_borders_part_every_pair_of_regions() -> None:
    x = np.linspace(0, 1, 50)
    a = np.array([np.tile(f, (20, 1)) for f in (1 - x, 0.6 + 0 * x, x)])
    crossing = sorted(set(np.round(borders(a)[:, 0] / 49, 2)))
    assert crossing == [0.4, 0.6]
    assert borders(a[:1].repeat(2, axis=0)).shape[1] == 4


def test_diverging_picture_and_ticks() -> None:
    image = diverging_image(np.array([[0.0, 0.5, 1.0, np.nan, 9.0]]), 0, 1, diverging(LIGHT))
    assert image.pixelColor(0, 0) == LIGHT.negative and image.pixelColor(2, 0) == LIGHT.positive
    assert image.pixelColor(4, 0) == LIGHT.positive
    assert ticks(-1, 1) == [-1, -0.5, 0, 0.5, 1] and ticks(0, 0) == [] and len(ticks(0.001, 1234)) <= 5


def test_ten_classes_have_ten_colours() -> None:
    assert len({colour.name() for colour in class_colours(LIGHT, 10)}) == 10
    assert class_colours(DARK, 2) == (DARK.negative, DARK.positive)


def test_a_plane_map_of_the_view_is_the_cores(view: BoundaryView) -> None:
    told: Scene = scene("iris", iterations=5)
    tell(view, told)
    assert isinstance(view._map, PlaneMap) and view._map.network is told.network


@pytest.mark.parametrize("source", ["xor", "iris", "digits"])
def test_the_confusion_matrix_counts_the_test_samples(qtbot: QtBot, view: BoundaryView, source: str) -> None:
    told = scene(source, iterations=60)
    tell(view, told)
    qtbot.mouseClick(view.as_matrix, Qt.MouseButton.LeftButton)
    counts, test = view.matrix.counts, told.snapshot.test
    assert test is not None and view.matrix.isVisible() and not view.plane.isVisible()
    assert view.windowTitle() == "Confusion matrix" and not view.head.isVisible()
    assert counts.sum() == told.dataset.test.size
    assert np.trace(counts) / counts.sum() == pytest.approx(test.accuracy)
    names, sizes = np.unique(told.dataset.labels[told.dataset.test], return_counts=True)
    assert list(counts.sum(axis=1)[names]) == list(sizes)
    view.grab()
    told.trainer.run(60)
    view.show_snapshot(told.snapshot)
    decided = sample_losses(told.network, told.snapshot.theta, told.dataset).decided
    assert decided is not None
    pairs = told.dataset.labels[told.dataset.test], decided[told.dataset.test]
    fresh = confusion_counts(*pairs, len(told.dataset.class_names))
    qtbot.waitUntil(lambda: np.array_equal(view.matrix.counts, fresh))
    qtbot.mouseClick(view.as_matrix, Qt.MouseButton.LeftButton)
    assert view.plane.isVisible() and view.windowTitle().startswith("Decision")


def test_values_have_no_confusion_matrix(qtbot: QtBot, view: BoundaryView) -> None:
    tell(view, scene("xor", iterations=1))
    qtbot.mouseClick(view.as_matrix, Qt.MouseButton.LeftButton)
    tell(view, scene("sine", iterations=1))
    assert not view.as_matrix.isVisible() and view.plane.isVisible()
    assert view.windowTitle() == "Fitted curve"


def test_without_a_test_set_the_training_samples_are_counted(qtbot: QtBot, view: BoundaryView) -> None:
    told = scene("xor-four-points", iterations=1)
    tell(view, told)
    qtbot.mouseClick(view.as_matrix, Qt.MouseButton.LeftButton)
    assert view.matrix.counts.sum() == 4


def test_numbers_alone_leave_the_plane_and_at_rest_it_is_that_of_the_moment(
    view: BoundaryView, qtbot: QtBot
) -> None:
    told = scene(phase=None)
    tell(view, told)
    first = view.plane.grab().toImage()
    told.trainer.run(150)
    last, curves = told.trainer.snapshot(), told.trainer.curves()
    view.show_numbers(last)
    assert view.plane.grab().toImage() == first
    assert ratio_text(last.train.accuracy) in view.line.text()
    view.show_picture(last, curves)
    assert view.plane.grab().toImage() != first
    view.show_snapshot(last)
    other = BoundaryView()
    qtbot.addWidget(other)
    tell(other, told)
    other.show_snapshot(last)
    other.resize(view.size())
    other.show()
    qtbot.waitExposed(other)
    other.plane.setFixedSize(view.plane.size())
    assert view.plane.grab().toImage() == other.plane.grab().toImage()


@pytest.mark.parametrize("source", ["xor", "blobs", "surface"])
def test_discretized_output_shows_the_decision_alone(view: BoundaryView, source: str) -> None:
    told = scene(source, iterations=60)
    tell(view, told)

    def colours() -> set[str]:
        image = view.plane._image
        assert image is not None
        return {
            image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(image.height())
        }

    smooth = colours()
    view.show_plane_look(PlaneLook(discretized=True))
    assert 2 <= len(colours()) <= 3 < len(smooth)
    view.show_plane_look(PlaneLook())
    assert colours() == smooth


def test_hidden_test_samples_are_neither_seen_nor_hit(qtbot: QtBot, view: BoundaryView) -> None:
    told = scene()
    tell(view, told)
    k = int(told.dataset.test[0])
    assert view.plane.nearest(QPointF(_pixel(view, k))) == k
    before = view.plane.grab().toImage()
    view.show_plane_look(PlaneLook(test=False))
    assert view.plane.nearest(QPointF(_pixel(view, k))) not in told.dataset.test
    assert view.plane.grab().toImage() != before
    j = int(told.dataset.train[0])
    assert view.plane.nearest(QPointF(_pixel(view, j))) in told.dataset.train


def test_the_menu_asks_for_another_look(view: BoundaryView) -> None:
    tell(view, scene())
    asked: list[PlaneLook] = []
    view.plane_look_requested.connect(asked.append)
    view.look_actions["discretized"].trigger()
    view.show_plane_look(asked[-1])
    view.look_actions["test"].trigger()
    assert asked == [PlaneLook(discretized=True), PlaneLook(test=False, discretized=True)]


def test_features_leave_the_axes_as_they_are(view: BoundaryView) -> None:
    told = scene("circles", iterations=300, data={"features": ("x1**2", "x2**2", "x1*x2")})
    tell(view, told)
    assert view.head.isHidden(), "the axes are x₁ and x₂, which need no choice"
    assert np.array_equal(view.plane._points, told.dataset.coordinates.T)
    at = (0.3, -0.2)
    o = evaluate(told.network, told.snapshot.theta, np.array([[0.09], [0.04], [-0.06]]), np.zeros((1, 1))).a[
        -1
    ][0, 0]
    view._hover(at, -1)
    assert view.line.text() == f"x₁ = 0.3, x₂ = −0.2: output {value_text(float(o))}"


@pytest.mark.parametrize("classes", [True, False])
def test_features_of_two_values_come_last_among_the_axes(classes: bool) -> None:
    numbers = np.random.default_rng(1).normal(size=(2, 60))
    kinds = ["a", "b", "c"] * 20
    target = Column("y", Cells.of([float(kind == "a") for kind in kinds]), role="target")
    columns = (
        Column("kind", Cells.of(kinds), type="text", entry="one-hot"),
        *(Column(f"x{k}", Cells(row)) for k, row in enumerate(numbers)),
        replaced(target, entry="classes") if classes else target,
    )
    dataset = encoded(Table(columns)).dataset
    assert {dataset.feature_names[k] for k in telling_pair(dataset)} == {"x0", "x1"}


def test_two_outputs_over_one_input_draw_a_curve_in_their_plane(view: BoundaryView) -> None:
    told = scene("circle", iterations=400)
    tell(view, told)
    (curve,) = view.plane._curves
    given, every = told.dataset.x[0], np.linspace(*view._plane.x_range, view._map.shape[1])
    x = every[(every >= given.min()) & (every <= given.max())][None]  # the curve ends where the data do
    outputs = evaluate(told.network, told.snapshot.shown_theta, x, np.zeros((2, len(curve)))).a[-1]
    assert np.allclose(curve, outputs.T, atol=1e-5)
    assert np.array_equal(view.plane._points, told.dataset.labels.T)
    area = view.plane.axes.area
    assert area.width() == area.height()  # a circle is round
