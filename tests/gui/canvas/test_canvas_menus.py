"""The menus of the canvas, the number in the header of a layer, and the exact values under the mouse."""

from __future__ import annotations

import re

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from core.nn.design import Dense, Dropout
from gui.canvas.canvas_state import HitTarget
from gui.canvas.hit_test import tooltip
from gui.canvas.items.neurons import bias_rect
from gui.selection import Selection
from tests.gui.on_canvas import LEFT, NONE, Shown, widths

OFFSCREEN = pytest.mark.qt_log_ignore("This plugin does not support")  # popups, without a screen
CLEAR = QPoint(20, 530)  # of the canvas, where nothing is


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    return Shown(qtbot)


def _right_click(shown: Shown, point: QPoint) -> dict[str, QAction]:
    """Return the actions of the menu that opens, by their texts without keys."""
    viewport = shown.view.viewport()
    QApplication.sendEvent(
        viewport, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, viewport.mapToGlobal(point))
    )
    return _opened(shown)


def _opened(shown: Shown) -> dict[str, QAction]:
    menu = next(menu for menu in shown.view.findChildren(QMenu) if menu.isVisible())
    return {action.text().partition("\t")[0]: action for action in menu.actions()}


def _choose(action: QAction) -> None:
    menu = action.parent()
    assert isinstance(menu, QMenu)
    menu.setActiveAction(action)
    QTest.keyClick(menu, Qt.Key.Key_Return)


# -- a weight -------------------------------------------------------------------------------------


@OFFSCREEN
def test_the_menu_of_a_weight_copies_it_to_the_last_bit(shown: Shown) -> None:
    weight = shown.trainer.network.W(shown.trainer.snapshot().theta, 2)[1, 0]
    actions = _right_click(shown, shown.edge(2, 1, 0))
    _choose(actions["Copy the exact value"])
    assert float(QGuiApplication.clipboard().text()) == weight


@OFFSCREEN
def test_the_menu_of_a_weight_opens_its_field(shown: Shown) -> None:
    asked: list[np.ndarray] = []
    shown.view.theta_edit_requested.connect(lambda theta, _text: asked.append(theta))
    _choose(_right_click(shown, shown.edge(2, 1, 0))["Type another value"])
    field = shown.view.editing.weights.number_edit
    assert field.isVisible()
    field.selectAll()
    shown.qtbot.keyClicks(field, "0.5")
    shown.qtbot.keyClick(field, Qt.Key.Key_Return)
    assert shown.trainer.network.W(asked[0], 2)[1, 0] == 0.5


@OFFSCREEN
def test_the_menu_of_a_weight_asks_for_its_history(shown: Shown) -> None:
    asked: list[Selection] = []
    shown.view.editing.history_requested.connect(asked.append)
    _choose(_right_click(shown, shown.edge(2, 1, 0))["Show its history"])
    assert asked == [Selection(2, 0, 1)] and shown.selection == Selection(2, 0, 1)


@OFFSCREEN
def test_the_menu_of_a_bias_copies_it(shown: Shown) -> None:
    layout = shown.view.state.layout
    point = shown.at(bias_rect(layout.of_layer(1), 2, layout.sizes).center())
    actions = _right_click(shown, point)
    assert "Show its history" not in actions
    _choose(actions["Copy the exact value"])
    assert (
        float(QGuiApplication.clipboard().text())
        == shown.trainer.network.b(shown.trainer.snapshot().theta, 1)[2]
    )


# -- the empty canvas -----------------------------------------------------------------------------


@OFFSCREEN
def test_the_menu_of_the_canvas_adds_a_layer_where_it_was_opened(shown: Shown) -> None:
    columns = shown.view.state.layout.columns
    y = shown.view.state.layout.scene.bottom() - 3
    for k, kind in ((1, "Add layer here"), (2, "Add dropout here")):
        x = (columns[k].chip.right() + columns[k + 1].chip.left()) / 2
        _choose(_right_click(shown, shown.at(QPointF(x, y)))[kind])
    assert [widths(design) for design, _text in shown.edits] == [[4, 4, 2, 1], [4, 2, "dropout", 1]]


@OFFSCREEN
def test_the_menu_of_the_canvas_zooms_and_fits(shown: Shown) -> None:
    before = shown.view.zoom
    _choose(_right_click(shown, CLEAR)["Zoom in"])
    assert shown.view.zoom == pytest.approx(1.25 * before)
    _choose(_right_click(shown, CLEAR)["Zoom out"])
    assert shown.view.zoom == pytest.approx(before)
    shown.view.zoom_by(2)
    shown.key(Qt.Key.Key_Menu)
    _choose(_opened(shown)["Fit network"])
    assert shown.view.zoom == pytest.approx(before)


@OFFSCREEN
def test_the_menu_of_the_canvas_has_what_the_window_says_of_the_edges(shown: Shown) -> None:
    action = QAction("Gradients", shown.view, checkable=True)
    shown.view.editing.edge_actions = [action]
    actions = _right_click(shown, CLEAR)
    assert actions["Gradients"] is action
    next(menu for menu in shown.view.findChildren(QMenu) if menu.isVisible()).close()


def test_a_double_click_on_the_ground_fits_the_network(shown: Shown) -> None:
    before = shown.view.zoom
    shown.view.zoom_by(0.5)
    shown.qtbot.mouseDClick(shown.view.viewport(), LEFT, NONE, CLEAR)
    assert shown.view.zoom == pytest.approx(before)


# -- the number in a header -----------------------------------------------------------------------


def _type_in_header(shown: Shown, column: int, text: str) -> None:
    shown.qtbot.mouseDClick(shown.view.viewport(), LEFT, NONE, shown.button(column, "count"))
    field = shown.view.editing.layer_number_edit
    assert field.isVisible()
    field.selectAll()
    shown.qtbot.keyClicks(field, text)
    shown.qtbot.keyClick(field, Qt.Key.Key_Return)


def test_a_double_click_on_the_number_of_neurons_types_it(shown: Shown) -> None:
    _type_in_header(shown, 1, "12")
    assert widths(shown.edits[0][0]) == [12, 2, 1] and not shown.edits[1:]


@pytest.mark.parametrize("text", ["0", "2.5", "1025", "many"])
def test_what_is_no_number_of_neurons_is_refused(shown: Shown, text: str) -> None:
    said: list[str] = []
    shown.view.editing.layer_number_edit.refused.connect(said.append)
    _type_in_header(shown, 1, text)
    assert not shown.edits and said[-1].endswith("It stays 4.")


def test_the_rate_of_a_dropout_is_typed_and_turned(shown: Shown) -> None:
    shown.view.show_design(replace(shown.design, layers=(Dense(4), Dropout(0.2), Dense(1, "sigmoid"))), ())
    _type_in_header(shown, 2, "30 %")
    shown.wheel(shown.button(2, "count"), -120)
    shown.qtbot.waitUntil(lambda: len(shown.edits) == 2)
    assert [design.layers[1] for design, _text in shown.edits] == [Dropout(0.3), Dropout(0.15)]


def test_the_wheel_over_the_number_of_neurons_changes_it_and_does_not_zoom(shown: Shown) -> None:
    before, field = shown.view.zoom, shown.view.editing.layer_number_edit
    for angle in (120, 120, 120, -120):
        shown.wheel(shown.button(1, "count"), angle)
    assert field.isVisible() and field.text() == "6" and not shown.edits
    shown.qtbot.waitUntil(lambda: not field.isVisible())
    for _ in range(4):  # a fine wheel
        shown.wheel(shown.button(2, "count"), 30)
    shown.qtbot.waitUntil(lambda: len(shown.edits) == 2)
    assert [widths(design) for design, _text in shown.edits] == [[6, 2, 1], [4, 3, 1]]
    assert shown.view.zoom == before


def test_what_the_wheel_made_is_taken_by_leaving_and_given_up_by_escape(shown: Shown) -> None:
    field = shown.view.editing.layer_number_edit
    shown.wheel(shown.button(1, "count"), 240)
    shown.qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not shown.edits and not field.isVisible()
    shown.wheel(shown.button(1, "count"), 240)
    shown.view.setFocus()
    assert [widths(design) for design, _text in shown.edits] == [[6, 2, 1]]


# -- what is under the mouse ----------------------------------------------------------------------


def test_tooltips_tell_numbers_to_the_last_bit(shown: Shown) -> None:
    state, moment = shown.view.state, shown.view.state.moment
    assert moment is not None
    for part, numbers in (
        (HitTarget("edge", layer=2, j=0, i=2), [moment.theta.W[2][2, 0]]),
        (HitTarget("neuron", 1, 1, 1), [moment.theta.b[1][1], moment.z[1][1], moment.a[1][1]]),
    ):
        texts = re.findall(r"<b>(−?[\d.e−]+)</b>", tooltip(state, part))
        told = {float(text.replace("−", "-")) for text in texts}
        assert {float(number) for number in numbers} <= told
