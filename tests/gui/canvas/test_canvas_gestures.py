"""Gestures on the canvas: every one ends in one edit."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from core.nn.design import Dense, Dropout
from gui.canvas.gestures import ACTIVATION, LAYER
from gui.selection import Selection
from tests.gui.on_canvas import LEFT, NONE, Shown, widths

OFFSCREEN = pytest.mark.qt_log_ignore("This plugin does not support")  # popups, without a screen


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    return Shown(qtbot)


@pytest.fixture
def make(qtbot: QtBot) -> Callable[..., Shown]:
    return lambda *arguments: Shown(qtbot, *arguments)


# -- editing with the mouse -----------------------------------------------------------------------


def test_a_layer_dropped_between_two_goes_there(shown: Shown) -> None:
    columns = shown.view.state.layout.columns
    gap = QPointF((columns[1].x + columns[2].x) / 2, 300)
    assert shown.drop(LAYER, "dense", shown.at(gap))
    assert [(widths(design), text) for design, text in shown.edits] == [([4, 4, 2, 1], "Add layer")]


def test_a_layer_dropped_at_either_end_goes_behind_the_input_or_before_the_output(shown: Shown) -> None:
    shown.drop(LAYER, "dense", QPoint(2, 300))
    shown.drop(LAYER, "dropout", QPoint(864, 300))
    assert [widths(design) for design, _ in shown.edits] == [[4, 4, 2, 1], [4, 2, "dropout", 1]]
    assert [text for _, text in shown.edits] == ["Add layer", "Add dropout"]


def test_where_a_layer_would_be_dropped_is_shown_and_forgotten(shown: Shown) -> None:
    data = QMimeData()
    data.setData(LAYER, b"dense")
    enter = QDragEnterEvent(QPoint(330, 300), Qt.DropAction.CopyAction, data, LEFT, NONE)
    QApplication.sendEvent(shown.view.viewport(), enter)
    assert shown.view.network_scene.overlay.mark.text == "drop layer here"
    shown.view.grab()
    QApplication.sendEvent(shown.view.viewport(), QDragLeaveEvent())
    assert shown.view.network_scene.overlay.mark is None
    assert not shown.edits


def test_an_activation_is_dropped_on_a_layer_or_on_one_neuron(shown: Shown) -> None:
    shown.drop(ACTIVATION, "relu", shown.at(shown.view.state.layout.columns[1].chip.center()))
    shown.drop(ACTIVATION, "sigmoid", shown.tile(1, 2))
    shown.drop(ACTIVATION, "softmax", shown.tile(1, 2))
    assert [design.layers[0].activation for design, _ in shown.edits] == [
        "relu",
        ("tanh", "tanh", "sigmoid", "tanh"),
        "softmax",
    ]
    assert {text for _, text in shown.edits} == {"Change activation"}


def test_what_is_not_ours_is_not_taken(shown: Shown) -> None:
    assert not shown.drop("text/plain", "dense", QPoint(300, 300))
    assert not shown.drop(LAYER, "unknown", QPoint(300, 300))
    assert not shown.drop(ACTIVATION, "unknown", QPoint(300, 300))
    assert not shown.edits


def test_the_buttons_of_a_chip_change_neurons_and_delete_the_layer(shown: Shown) -> None:
    for kind in ("more", "less", "delete"):
        shown.click(shown.button(1, kind))
    assert [(widths(design), text) for design, text in shown.edits] == [
        ([5, 2, 1], "Add neuron"),
        ([3, 2, 1], "Remove neuron"),
        ([2, 1], "Delete layer"),
    ]


def test_a_chip_is_dragged_to_another_place(shown: Shown) -> None:
    columns = shown.view.state.layout.columns
    title = columns[1].chip.center() - QPointF(0, 12)
    beyond = QPointF((columns[2].x + columns[3].x) / 2, 40)
    shown.drag(shown.at(title), shown.at(beyond))
    assert [(widths(design), text) for design, text in shown.edits] == [([2, 4, 1], "Move layer")]


def test_a_chip_dragged_out_of_the_canvas_is_deleted(shown: Shown) -> None:
    title = shown.view.state.layout.columns[2].chip.center() - QPointF(0, 12)
    shown.drag(shown.at(title), QPoint(500, -60))
    assert [(widths(design), text) for design, text in shown.edits] == [([4, 1], "Delete layer")]


def test_the_output_stays_the_last_layer(shown: Shown) -> None:
    title = shown.view.state.layout.columns[3].chip.center() - QPointF(0, 12)
    shown.drag(shown.at(title), QPoint(200, 40))
    shown.drag(shown.at(title), QPoint(200, -90))
    assert not shown.edits


def test_escape_cancels_a_drag(shown: Shown) -> None:
    title = shown.view.state.layout.columns[1].chip.center() - QPointF(0, 12)
    shown.drag(shown.at(title), QPoint(500, -60), release=False)
    shown.key(Qt.Key.Key_Escape)
    shown.qtbot.mouseRelease(shown.view.viewport(), LEFT, NONE, QPoint(500, -60))
    assert not shown.edits
    assert shown.view.network_scene.overlay.mark is None


@OFFSCREEN
def test_the_picker_changes_the_activation(shown: Shown) -> None:
    shown.click(shown.button(1, "activation"))
    menu = next(iter(shown.view.findChildren(QMenu)))
    chosen = [action for action in menu.actions() if action.isChecked()]
    assert [action.text() for action in chosen] == ["tanh"]
    next(action for action in menu.actions() if action.text() == "ReLU").trigger()
    menu.close()
    assert shown.edits[0][0].layers[0].activation == "relu"


@OFFSCREEN
def test_the_menu_of_a_layer_changes_initializer_and_alpha(shown: Shown) -> None:
    leaky = replace(shown.design, layers=(Dense(4, "leaky_relu"), *shown.design.layers[1:]))
    shown.view.show_design(leaky, ())
    shown.click(shown.button(1, "menu"))
    texts = {}
    for menu in shown.view.findChildren(QMenu):
        texts |= {action.text(): action for action in menu.actions()}
    texts["He"].trigger()
    texts["0.2"].trigger()
    texts["Move right"].trigger()
    he, alpha, moved = (design for design, _ in shown.edits)
    assert he.layers[0].initializer == "he"
    assert alpha.layers[0].alpha == 0.2
    assert widths(moved) == [2, 4, 1]
    for menu in shown.view.findChildren(QMenu):
        menu.close()


def test_a_dropout_has_a_rate_to_change_and_can_be_selected(shown: Shown) -> None:
    shown.view.show_design(replace(shown.design, layers=(Dense(4), Dropout(0.2), Dense(1, "sigmoid"))), ())
    shown.click(shown.button(2, "more"))
    assert shown.edits[0][0].layers[1] == Dropout(0.25)
    shown.click(shown.at(shown.view.state.layout.columns[2].block.center()))
    assert shown.selection == Selection(place=1)
