"""Points are drawn on the decision boundary by mouse, wheel and keys, in the main window."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.data.datasets import make_dataset
from core.lecture.view_ids import ViewId
from core.nn.design import Data, Dense, Design, fitted
from gui.app.main_window import MainWindow
from gui.qt.later import draw_all
from gui.views.data_panel import DataPanel
from gui.views.decision_boundary.view import BoundaryView

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE, SHIFT, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
Place = tuple[float, float]


def _design(source: str = "blobs", **data: object) -> Design:
    made = Design(data=Data(source, samples=60, **data), layers=(Dense(3), Dense(1, "sigmoid")))  # type: ignore[arg-type]
    return fitted(made, make_dataset(made.data))


class Desk:
    """A main window in which points are drawn."""

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        self.qtbot, self.window = qtbot, window
        window.actions_["draw_points"].trigger()
        view = window.panels[ViewId.DECISION_BOUNDARY]
        assert isinstance(view, BoundaryView)
        self.view, self.plane, self.bar = view, view.plane, view.draw_mode.bar
        qtbot.waitUntil(lambda: self.plane.axes.area.width() > 150)

    @property
    def design(self) -> Design:
        return self.window.document.design

    @property
    def counts(self) -> list[int]:
        """How many samples of each class the network has."""
        dataset = self.window.document.dataset
        return np.bincount(dataset.labels, minlength=len(dataset.class_names)).tolist()

    def pixel(self, place: Place) -> QPoint:
        return self.plane.axes.place(*place).toPoint()

    def stroke(self, *way: Place, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> None:
        """Press at the first place, move to the others, and release at the last one."""
        self.qtbot.mousePress(self.plane, button, keys, self.pixel(way[0]))
        for place in way[1:]:
            self.move(place, button, keys)
        self.qtbot.mouseRelease(self.plane, button, keys, self.pixel(way[-1]))

    def move(self, place: Place, button: Qt.MouseButton, keys: Qt.KeyboardModifier = NONE) -> None:

        at = QPointF(self.pixel(place))
        moved = QMouseEvent(QEvent.Type.MouseMove, at, self.plane.mapToGlobal(at), LEFT, button, keys)
        QApplication.sendEvent(self.plane, moved)

    def key(self, key: Qt.Key) -> None:
        self.qtbot.keyClick(self.plane, key)

    def sample(self, k: int) -> Place:
        x, y = self.window.document.dataset.coordinates[:, k]
        return float(x), float(y)


@pytest.fixture
def desk(qtbot: QtBot, open_window: Callable[..., MainWindow]) -> Desk:
    return Desk(qtbot, open_window(_design()))


def test_the_mode_gives_the_plane_the_whole_side_and_leaves_it_again(desk: Desk, qtbot: QtBot) -> None:
    docks = desk.window.panels.docks
    area = desk.plane.axes.area
    assert abs(area.width() - area.height()) < 1e-6 and desk.bar.isVisible()
    assert docks[ViewId.INSPECTOR].isHidden()
    assert "drawing" in docks[ViewId.DECISION_BOUNDARY].windowTitle()
    desk.key(Qt.Key.Key_Escape)
    assert not desk.bar.isVisible() and not docks[ViewId.INSPECTOR].isHidden()
    assert not desk.window.actions_["draw_points"].isChecked()
    assert desk.design.data.source == "blobs", "nothing was drawn"


def test_the_docks_have_their_sizes_again_after_drawing(desk: Desk) -> None:
    desk.key(Qt.Key.Key_Escape)
    draw_all(desk.window)
    docks = [desk.window.panels.docks[view] for view in (ViewId.DECISION_BOUNDARY, ViewId.INSPECTOR)]
    before = [dock.size() for dock in docks]
    for _ in range(3):
        desk.window.actions_["draw_points"].trigger()
        draw_all(desk.window)
        assert docks[0].width() > before[0].width()
        desk.key(Qt.Key.Key_Escape)
        draw_all(desk.window)
        assert [dock.size() for dock in docks] == before


def test_the_button_of_the_data_panel_switches_the_mode(desk: Desk) -> None:
    panel = desk.window.panels[ViewId.DATA_PANEL]
    assert isinstance(panel, DataPanel) and panel.own.draw.isChecked()
    desk.qtbot.mouseClick(panel.own.draw, LEFT)
    assert not desk.bar.isVisible() and not panel.own.draw.isChecked()
    desk.qtbot.mouseClick(panel.own.draw, LEFT)
    assert desk.bar.isVisible() and panel.own.draw.isChecked()


def test_a_stroke_turns_the_data_into_a_table_and_is_one_undo_step(desk: Desk) -> None:
    before, stack = desk.design, desk.window.document.undo_stack
    desk.stroke((0, 0), (0.1, 0.1), (0.4, 0.1))
    added = desk.counts[0] - 20
    assert added > 5 and desk.counts[1:] == [20, 20]
    assert desk.design.data.source == "table" and stack.count() == 1
    assert stack.undoText() == f"Draw {added} points"
    desk.stroke((0.5, 0.5), (0.6, 0.5))
    assert stack.count() == 2
    desk.qtbot.keyClick(desk.plane, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk.counts == [20 + added, 20, 20]
    desk.qtbot.keyClick(desk.plane, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk.design == before and desk.counts == [20, 20, 20]


def test_a_point_lies_where_the_mouse_is_and_its_class_is_chosen_by_key(desk: Desk) -> None:
    desk.key(Qt.Key.Key_P)
    desk.key(Qt.Key.Key_2)
    place = desk.plane.axes.from_pixels(QPointF(desk.pixel((0.3, -0.2))))
    desk.stroke((0.3, -0.2))
    assert desk.counts == [20, 21, 20]
    assert np.allclose(desk.sample(60), place, atol=1e-3)
    assert desk.sample(60) == pytest.approx(np.round(desk.sample(60), 4), abs=1e-12)


def test_the_brush_sprays_within_its_size_and_shift_draws_a_line(desk: Desk) -> None:
    desk.bar.choose_size(0.02)
    desk.bar.noise_field.edit.selectAll()
    desk.qtbot.keyClicks(desk.bar.noise_field.edit, "0")
    desk.qtbot.keyClick(desk.bar.noise_field.edit, Qt.Key.Key_Return)
    desk.stroke((-0.5, 0), (-0.2, 0.6), (0.5, 0), keys=SHIFT)
    x, y = desk.window.document.dataset.x[:, 60:]
    assert np.abs(y).max() < 0.03 and np.ptp(x) > 0.9
    desk.stroke((-0.5, 0.3), (0, 0.6), (0.5, 0.3))
    y = desk.window.document.dataset.x[1, 60 + x.size :]
    assert y.max() > 0.5, "without Shift the way of the mouse counts"


def test_new_points_go_to_training_and_three_tenths_to_the_test(desk: Desk) -> None:
    tests = desk.window.document.dataset.test.size
    desk.stroke((-0.5, 0), (0.5, 0), (0.5, 0.5))
    added = sum(desk.counts) - 60
    assert abs((desk.window.document.dataset.test.size - tests) / added - 0.3) < 0.1
    desk.view.draw_mode.foot.share.setCurrentIndex(2)
    tests = desk.window.document.dataset.test.size
    desk.stroke((-0.5, 0.2), (0.5, 0.2))
    assert desk.window.document.dataset.test.size - tests == sum(desk.counts) - 60 - added


def test_move_recolour_and_erase(desk: Desk) -> None:
    desk.key(Qt.Key.Key_M)
    desk.stroke(desk.sample(5), (0.1, 0.1), (0.2, 0.3))
    assert np.allclose(desk.sample(5), (0.2, 0.3), atol=0.01) and sum(desk.counts) == 60
    desk.key(Qt.Key.Key_R)
    desk.key(Qt.Key.Key_3)
    desk.bar.choose_size(0.02)
    desk.stroke((0.2, 0.3))
    assert desk.window.document.dataset.labels[5] == 2 and sum(desk.counts) == 60
    desk.key(Qt.Key.Key_E)
    desk.stroke((0.2, 0.3))
    assert sum(desk.counts) == 59
    desk.key(Qt.Key.Key_B)
    desk.stroke(desk.sample(0), button=RIGHT)
    assert sum(desk.counts) < 59, "the right button erases with any tool"


def test_alt_and_a_click_pick_the_class(desk: Desk) -> None:
    k = int(np.flatnonzero(desk.window.document.dataset.labels == 1)[0])
    desk.stroke(desk.sample(k), keys=ALT)
    assert desk.bar.label == 1 and desk.bar.chips[1].isChecked()
    assert sum(desk.counts) == 60


def test_wheel_and_brackets_change_the_size(desk: Desk) -> None:
    size = desk.bar.reach
    desk.key(Qt.Key.Key_BracketRight)
    assert desk.bar.reach > size
    desk.key(Qt.Key.Key_BracketLeft)
    assert desk.bar.reach == pytest.approx(size, rel=0.01)
    at = QPointF(desk.pixel((0, 0)))
    turn = QWheelEvent(
        at, desk.plane.mapToGlobal(at), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton, NONE,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(desk.plane, turn)
    assert desk.bar.reach < size


def test_escape_takes_back_the_stroke_that_goes_on(desk: Desk) -> None:
    desk.qtbot.mousePress(desk.plane, LEFT, NONE, desk.pixel((0, 0)))
    desk.move((0.3, 0), LEFT)
    assert desk.view.draw_mode.points is not None and len(desk.view.draw_mode.points) > 60
    desk.key(Qt.Key.Key_Escape)
    desk.qtbot.mouseRelease(desk.plane, LEFT, NONE, desk.pixel((0.3, 0)))
    assert len(desk.view.draw_mode.points) == 60 and desk.design.data.source == "blobs"
    assert desk.bar.isVisible()


def test_a_new_class_gives_the_network_an_output_in_the_same_undo_step(desk: Desk) -> None:
    desk.qtbot.mouseClick(desk.bar.chips[-1], LEFT)
    assert desk.bar.label == 3 and len(desk.bar.chips) == 5
    desk.stroke((0, 0), (0.2, 0))
    assert desk.design.dense[-1].neurons == 4 and desk.window.document.dataset.class_names[-1] == "3"
    desk.window.document.undo_stack.undo()
    assert desk.design.dense[-1].neurons == 3 and desk.counts == [20, 20, 20]


def test_a_class_and_all_can_be_cleared_and_drawn_again(desk: Desk) -> None:
    foot = desk.view.draw_mode.foot
    desk.key(Qt.Key.Key_2)
    assert foot.clear_class.text() == "Clear 1"
    desk.qtbot.mouseClick(foot.clear_class, LEFT)
    assert desk.window.document.dataset.class_names == ("0", "2")
    assert desk.design.dense[-1].neurons == 1
    desk.qtbot.mouseClick(foot.clear_all, LEFT)
    assert desk.window.document.problems and desk.design.data.table is not None
    assert desk.design.data.table.rows == 0
    desk.bar.choose_label(0)
    desk.stroke((-0.5, 0), (-0.3, 0))
    desk.bar.choose_label(1)
    desk.stroke((0.5, 0), (0.3, 0))
    assert not desk.window.document.problems and min(desk.counts) > 1


def test_points_are_drawn_while_training_goes_on_and_weights_are_kept(desk: Desk, qtbot: QtBot) -> None:
    player = desk.window.player
    desk.window.actions_["run"].trigger()
    qtbot.waitUntil(lambda: player.snapshot is not None and player.snapshot.train.accuracy == 1.0)
    desk.stroke((0, 0.55), (0.05, 0.6))
    assert player.running and sum(desk.counts) > 60
    qtbot.waitUntil(lambda: player.snapshot is not None and player.snapshot.dataset.x.shape[1] > 60)
    assert player.snapshot is not None and player.snapshot.train.accuracy is not None
    assert player.snapshot.train.accuracy > 0.85, "what was learned is kept"
    desk.window.actions_["run"].trigger()


def test_values_are_drawn_with_a_value_field(qtbot: QtBot, open_window: Callable[..., MainWindow]) -> None:
    desk = Desk(qtbot, open_window(_design("surface")))
    edit = desk.bar.value_field.edit
    assert edit.isVisible() and not desk.view.draw_mode.foot.clear_class.isVisible()
    edit.selectAll()
    qtbot.keyClicks(edit, "-0.75")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    desk.stroke((0.1, 0.1), (0.3, 0.1))
    labels = desk.window.document.dataset.labels[0, 60:]
    assert labels.size > 2 and (labels == -0.75).all()
    desk.stroke(desk.sample(3), keys=ALT)
    assert desk.bar.label == pytest.approx(desk.window.document.dataset.labels[0, 3])


def test_points_are_drawn_in_the_plane_whatever_the_features(
    qtbot: QtBot, open_window: Callable[..., MainWindow]
) -> None:
    desk = Desk(qtbot, open_window(_design("circles", features=("x1**2", "x2**2"))))
    desk.key(Qt.Key.Key_P)
    place = desk.plane.axes.from_pixels(QPointF(desk.pixel((0.5, -0.5))))
    desk.stroke((0.5, -0.5))
    dataset = desk.window.document.dataset
    assert np.allclose(dataset.coordinates[:, 60], place, atol=1e-3)
    assert np.allclose(dataset.x[:, 60], np.square(dataset.coordinates[:, 60]))


def test_on_other_data_a_sentence_says_why_not(qtbot: QtBot, open_window: Callable[..., MainWindow]) -> None:
    window = open_window(_design("digits"))
    window.actions_["draw_points"].trigger()
    assert not window.actions_["draw_points"].isChecked()
    assert "digit pad" in window.status.happened.text()
    assert window.document.design.data.source == "digits"
    assert not window.panels.docks[ViewId.INSPECTOR].isHidden()


def test_other_data_end_the_mode(desk: Desk) -> None:
    document = desk.window.document
    document.edit(replace(desk.design, data=Data("iris")), "other data")
    assert not desk.bar.isVisible() and not desk.window.actions_["draw_points"].isChecked()


def test_the_plane_keeps_its_ends_while_points_are_drawn(desk: Desk) -> None:
    ends = desk.plane.axes.ranges
    (left, right), (low, high) = ends
    desk.key(Qt.Key.Key_P)
    desk.stroke((left + 0.02, low + 0.02))
    assert desk.plane.axes.ranges == ends and right - left == pytest.approx(high - low)


@pytest.mark.parametrize("value", [-3.0, 0.7, 5.0])
def test_a_value_drawn_before_becomes_a_class_where_there_are_classes(desk: Desk, value: float) -> None:
    desk.window.document.edit(_design("surface"), "Values")
    desk.bar.choose_label(value)
    desk.stroke((0, 0), (0.1, 0.1))
    desk.window.document.edit(_design("circles"), "Classes")
    assert desk.bar.label in (0, 1) and [chip.isChecked() for chip in desk.bar.chips].count(True) == 1
    desk.stroke((0.3, 0), (0.4, 0.1))
    assert sum(desk.counts) > 60 and len(desk.counts) == 2


@pytest.mark.parametrize("source", ["iris", "circles"])
def test_a_stroke_is_given_up_when_other_data_come_in_its_midst(desk: Desk, source: str) -> None:
    desk.qtbot.mousePress(desk.plane, LEFT, NONE, desk.pixel((0.2, 0.2)))
    desk.move((0.3, 0.3), LEFT)
    other = _design(source)
    desk.window.document.edit(other, "Other data")
    desk.move((0.3, 0.2), LEFT)
    desk.qtbot.mouseRelease(desk.plane, LEFT, NONE, desk.pixel((0.3, 0.2)))
    assert desk.design.data == other.data
    assert desk.view.draw_mode.active == (source == "circles")


def test_where_data_are_no_points_drawing_begins_with_two(
    qtbot: QtBot, open_window: Callable[..., MainWindow]
) -> None:
    window = open_window(_design("iris"))
    panel = window.panels[ViewId.DATA_PANEL]
    assert isinstance(panel, DataPanel)
    qtbot.mouseClick(panel.own.draw, LEFT)
    view = window.panels[ViewId.DECISION_BOUNDARY]
    assert isinstance(view, BoundaryView) and view.draw_mode.active
    assert window.document.dataset.class_names == ("A", "B") and window.document.dataset.x.shape == (2, 2)
    assert not window.document.problems, "the output layer fits them"
    window.document.undo_stack.undo()
    assert window.document.design.data.source == "iris" and not view.draw_mode.active
    assert not panel.own.draw.isChecked()
