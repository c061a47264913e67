"""The hidden space shows every sample where the core maps it; samples respond to the mouse."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.analysis.hidden_space import HiddenSpaces, cut_of_next, principal, straight_cut
from core.data.datasets import make_dataset
from core.debugger.steps import Steps, revealed
from core.nn.design import Data, Dense, Design, Training, fitted
from core.nn.passes import evaluate
from core.nn.trainer import Phase
from core.number_style import ratio_text
from gui.plots.hidden_space import clipped, line_within, range_of, rounded_up
from gui.selection import Selection
from gui.theme.theme import DARK, LIGHT
from gui.views.hidden_space import WHOLE, HiddenSpaceView
from gui.widgets.form import FocusedComboBox, Segments
from tests.gui.scenes import Scene, scene, scene_of, tell


@pytest.fixture
def view(qtbot: QtBot) -> HiddenSpaceView:
    made = HiddenSpaceView()
    qtbot.addWidget(made)
    made.resize(420, 460)
    made.show()
    qtbot.waitExposed(made)
    return made


def activity(told: Scene, l: int) -> np.ndarray:
    """Return a[l] of all samples, (n[l], samples)."""
    y = told.dataset.targets(told.network.n[-1])
    return evaluate(told.network, told.snapshot.theta.astype(float), told.dataset.x, y).a[l]


def go_to(view: HiddenSpaceView, qtbot: QtBot, layer: int) -> None:
    """Click the button of a layer, and wait until the animation has ended."""
    assert isinstance(view.layers.shown, Segments)
    button = view.layers.shown._group.button(layer)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.share == 1.0 and view._motion.state().value == 0)
    assert view.layer == layer


def test_points_are_those_of_the_core(view: HiddenSpaceView, qtbot: QtBot) -> None:
    told = scene(hidden=(2, 2), iterations=60)
    tell(view, told)
    assert view.layer == 2
    for l in (0, 1, 2):
        go_to(view, qtbot, l)
        picture = view.plane.picture
        assert picture is not None and picture.grid is not None
        assert np.allclose(picture.points, activity(told, l).T, atol=1e-6)
        assert picture.grid.shape == (2, 22, 41)
    assert "parts" in view.line.text() and view.accessibleDescription() == view.line.text()


def test_the_layers_line_is_the_next_neurons(view: HiddenSpaceView, qtbot: QtBot) -> None:
    told = scene(hidden=(2,), iterations=400)
    tell(view, told)
    picture, theta = view.plane.picture, told.snapshot.theta
    wanted = cut_of_next(told.network, theta, 1, 0.5)
    assert picture is not None and picture.cut is not None and wanted is not None
    assert np.allclose(picture.cut[0], wanted[0]) and picture.cut[1] == pytest.approx(wanted[1])
    right = (picture.points @ picture.cut[0] + picture.cut[1] > 0) == told.dataset.labels
    train = told.snapshot.train.accuracy
    assert train is not None and right[told.dataset.train].mean() == pytest.approx(train)
    share = straight_cut(activity(told, 1), told.dataset.labels)
    assert ratio_text(share) in view.line.text()
    go_to(view, qtbot, 0)
    assert view.plane.picture is not None and view.plane.picture.cut is None
    assert ratio_text(straight_cut(told.dataset.x, told.dataset.labels)) in view.line.text()


def test_the_slider_goes_through_the_layer(view: HiddenSpaceView, qtbot: QtBot) -> None:
    told = scene(hidden=(2,), iterations=60)
    tell(view, told)
    theta = told.snapshot.theta.astype(float)
    z = told.network.W(theta, 1).T @ told.dataset.x + told.network.b(theta, 1)[:, None]
    view.through.setFocus()
    qtbot.keyClick(view.through, Qt.Key.Key_Home)
    assert view.plane.picture is not None
    assert np.allclose(view.plane.picture.points, told.dataset.x.T)
    for _ in range(2):
        qtbot.keyClick(view.through, Qt.Key.Key_PageUp)
    assert view.share == 0.5
    assert np.allclose(view.plane.picture.points, z.T) and view.plane.picture.titles[0] == "z₁[1]"
    qtbot.keyClick(view.through, Qt.Key.Key_PageUp)
    assert np.allclose(view.plane.picture.points, (z + np.tanh(z)).T / 2, atol=1e-6)
    assert view.plane.picture.titles == ("towards a₁[1]", "towards a₂[1]")
    qtbot.keyClick(view.through, Qt.Key.Key_End)
    assert np.allclose(view.plane.picture.points, np.tanh(z).T, atol=1e-6)


def test_choosing_a_layer_bends_the_plane_briefly(view: HiddenSpaceView, qtbot: QtBot) -> None:
    tell(view, scene(hidden=(2, 2)))
    seen: list[int] = []
    view.through.valueChanged.connect(seen.append)
    go_to(view, qtbot, 1)
    assert seen[-1] == WHOLE and len(seen) > 2 and seen == sorted(seen)
    assert view._motion.duration() <= 300


def test_many_neurons_by_components_or_two_of_them(view: HiddenSpaceView, qtbot: QtBot) -> None:
    told = scene(hidden=(5,), iterations=60)
    tell(view, told)
    assert view.projection.isVisible() and not view.pickers[0].isVisible()
    a, picture = activity(told, 1), view.plane.picture
    wanted = principal(a)
    assert picture is not None and np.allclose(picture.points, wanted.of(a).T, atol=1e-6)
    assert ratio_text(wanted.shares[0]) in picture.titles[0]
    assert "at least" in view.line.text()
    qtbot.mouseClick(view.how._group.button(1), Qt.MouseButton.LeftButton)
    view.pickers[0].setFocus()
    qtbot.keyClick(view.pickers[0], Qt.Key.Key_Down)
    qtbot.keyClick(view.pickers[0], Qt.Key.Key_Down)
    assert view.pair == (2, 1)
    view.show_snapshot(told.snapshot)
    assert view.plane.picture is not None
    assert np.allclose(view.plane.picture.points, a[[2, 1]].T, atol=1e-6)
    assert view.plane.picture.titles == ("a₃[1]", "a₂[1]")


def test_components_keep_their_signs_while_training(view: HiddenSpaceView) -> None:
    told = scene(hidden=(4,), iterations=10)
    tell(view, told)
    for _ in range(25):
        before = view._pictures.projections[1]  # type: ignore[union-attr]
        told.trainer.run(2)
        view.show_snapshot(told.snapshot)
        after = view._pictures.projections[1]  # type: ignore[union-attr]
        assert (np.sum(before.directions * after.directions, axis=0) >= 0).all()


def test_one_neuron_is_a_number_line(view: HiddenSpaceView, qtbot: QtBot) -> None:
    told = scene(hidden=(2,), iterations=60)
    tell(view, told)
    go_to(view, qtbot, 2)
    picture, o = view.plane.picture, activity(told, 2)[0]
    assert picture is not None and picture.number_line and not view.passage.isVisible()
    assert np.allclose(picture.points[:, 0], o, atol=1e-6)
    assert np.array_equal(picture.points[:, 1] > 0.5, told.dataset.labels == 1)
    assert picture.cut is not None and -picture.cut[1] / picture.cut[0][0] == pytest.approx(0.5)
    view.grab()


def test_many_inputs_have_points_only(view: HiddenSpaceView, qtbot: QtBot) -> None:
    told = scene("breast-cancer", (3,), iterations=20)
    tell(view, told, theme=DARK)
    go_to(view, qtbot, 0)
    picture = view.plane.picture
    assert picture is not None and picture.grid is None
    assert np.allclose(picture.points, principal(told.dataset.x).of(told.dataset.x).T)
    view.grab()


def test_the_regions_of_three_outputs_are_parted(view: HiddenSpaceView) -> None:
    design = Design(data=Data(source="blobs"), layers=(Dense(2), Dense(3, "softmax")), training=Training())
    told = scene_of(fitted(design, make_dataset(design.data)))
    told.trainer.run(200)
    tell(view, told)
    picture, network, theta = view.plane.picture, told.network, told.snapshot.theta
    assert picture is not None and len(picture.borders)
    ends = picture.borders.reshape(-1, 2)
    z = np.sort(network.W(theta, 2).T @ ends.T + network.b(theta, 2)[:, None], axis=0)
    assert np.median(z[-1] - z[-2]) < 0.05 * np.abs(z).max()  # two outputs are equal at a border
    assert "300 samples" in view.line.text() or "200 samples" in view.line.text()


def test_a_click_selects_a_sample_and_the_pointer_reads_it(view: HiddenSpaceView, qtbot: QtBot) -> None:
    told = scene(hidden=(2,), iterations=60)
    tell(view, told)
    a = activity(told, 1)
    far = int(np.argmax(np.min(np.hypot(*(a[:, :, None] - a[:, None, :])) + 9 * np.eye(a.shape[1]), axis=0)))
    QApplication.processEvents()  # to update the layout
    place = view.plane.place(far)
    assert place is not None
    with qtbot.waitSignal(view.select_requested) as blocker:
        qtbot.mouseClick(view.plane, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert blocker.args == [Selection(sample=far)]
    qtbot.mouseMove(view.plane, QPoint(2, 2))
    qtbot.mouseMove(view.plane, place.toPoint())
    qtbot.waitUntil(lambda: view.line.text().startswith(f"Sample {far + 1}, class"))
    view.show_selection(Selection(sample=far))
    image = view.plane.grab().toImage()
    row = [image.pixelColor(round(place.x()) + off, round(place.y())) for off in range(5, 13)]
    assert any(abs(colour.hslHueF() - LIGHT.accent.hslHueF()) < 0.03 for colour in row)
    view.plane.setFocus()
    with qtbot.waitSignal(view.select_requested) as blocker:
        qtbot.keyClick(view.plane, Qt.Key.Key_Right)
    assert blocker.args == [Selection(sample=(far + 1) % a.shape[1])]


def test_a_pass_under_way_rings_its_batch_when_it_arrives(view: HiddenSpaceView, qtbot: QtBot) -> None:
    told = scene(hidden=(2, 2), iterations=10, phase=None)
    tell(view, told)
    start, steps = told.snapshot, Steps(told.network)
    told.trainer.advance(Phase.UPDATE)
    done = told.snapshot
    view.show_snapshot(revealed(steps, start, done, 4))
    qtbot.waitUntil(lambda: "not computed layer 2 yet" in view.line.text())
    assert not view.plane._batch.size
    view.show_snapshot(revealed(steps, start, done, steps.after(Phase.FORWARD)))
    assert done.values is not None and np.array_equal(view.plane._batch, done.values.samples)
    qtbot.waitUntil(lambda: "parts" in view.line.text())


def test_a_deep_network_has_a_list_of_layers(view: HiddenSpaceView, qtbot: QtBot) -> None:
    told = scene(hidden=(2,) * 9)
    tell(view, told)
    assert isinstance(view.layers.shown, FocusedComboBox) and view.layers.shown.count() == 11
    view.layers.shown.setFocus()
    qtbot.keyClick(view.layers.shown, Qt.Key.Key_Home)
    assert view.layer == 0


def test_hidden_it_computes_nothing(view: HiddenSpaceView) -> None:
    told = scene(hidden=(2,))
    tell(view, told)
    before = view.plane.picture
    view.hide()
    told.trainer.run(3)
    view.show_snapshot(told.snapshot)
    assert view.plane.picture is before
    view.show()
    QApplication.processEvents()
    assert view.plane.picture is not before


def test_one_input_and_values_have_spaces_too(view: HiddenSpaceView, qtbot: QtBot) -> None:
    told = scene("sine", (2,), iterations=20)
    tell(view, told, theme=DARK)
    assert view.plane.picture is not None and view.plane.picture.cut is None
    assert "samples in a space of 2" in view.line.text()
    go_to(view, qtbot, 0)
    assert view.plane.picture is not None and view.plane.picture.number_line
    view.grab()


def test_axes_do_not_tremble() -> None:
    assert [rounded_up(reach) for reach in (0.9, 1.0, 1.2, 2.1, 77.0)] == [1.0, 1.0, 1.5, 3.0, 100.0]
    assert range_of(np.array([0.0, 2.0])) == range_of(np.array([0.0, 2.3]))
    assert range_of(np.array([np.nan, 0.0, 2.0])) == range_of(np.array([0.0, 2.0]))
    low, high = range_of(np.array([-0.3, 4.0]))
    assert low <= -0.3 and high >= 4


def test_lines_are_cut_at_the_axes() -> None:
    ranges = ((-1.0, 1.0), (-1.0, 1.0))
    w, b = np.array([1.0, 2.0]), 0.5
    ends = line_within(ranges, w, b)
    assert len(ends) == 2
    for x, y in ends:
        assert x + 2 * y + 0.5 == pytest.approx(0) and max(abs(x), abs(y)) == pytest.approx(1)
    assert line_within(ranges, w, 9.0) == []
    square = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
    assert sorted(clipped(square, np.array([1.0, 0.0]), -0.5)) == [(0.5, 0), (0.5, 1), (1, 0), (1, 1)]


def test_samples_are_thinned_but_numbered_as_in_the_data(view: HiddenSpaceView) -> None:
    told = scene(hidden=(2,), data={"samples": 5000})
    tell(view, replace_scene(told))
    spaces = HiddenSpaces(told.network, told.dataset, None)
    assert view.plane.picture is not None
    assert np.array_equal(view.plane.picture.samples, spaces.samples)


def replace_scene(told: Scene) -> Scene:
    """Return the same scene with another title, as after an edit that changes nothing else."""
    return Scene(replace(told.design, title="other"), told.dataset, told.network, told.trainer)
