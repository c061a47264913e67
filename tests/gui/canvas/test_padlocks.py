"""Padlocks on the canvas: fixing and releasing weights, biases and layers by mouse, key and menu."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from core.nn.design import Dense, Design, Training
from gui.canvas.items.neurons import bias_rect
from gui.selection import Selection
from gui.widgets.padlock import padlock_rect

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow

Open = Callable[..., "MainWindow"]
DESIGN = Design("2-2-1", layers=(Dense(2), Dense(1, "sigmoid")), training=Training(gradient_descent="batch"))


@pytest.fixture
def window(open_window: Open) -> MainWindow:
    return open_window(DESIGN)


def fixed(window: MainWindow) -> list[object]:
    return [layer.fixed for layer in window.document.design.dense]


def key(window: MainWindow, what: Qt.Key) -> None:
    window.panels.canvas.setFocus()
    QTest.keyClick(window.panels.canvas, what)


def lock_of_bias(window: MainWindow, l: int, j: int) -> QPoint:
    """Return where the padlock of a bias is, in the canvas's viewport."""
    state = window.panels.canvas.state
    rect = bias_rect(state.layout.of_layer(l), j, state.layout.sizes)
    assert rect is not None
    return window.panels.canvas.mapFromScene(padlock_rect(rect, state.layout.sizes.line).center())


def chosen(menu_of: MainWindow, title: str) -> None:
    """Choose an entry of the open context menu with the keys."""
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    action = next(one for one in menu.actions() if one.text().startswith(title))
    menu.setActiveAction(action)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert menu_of.isVisible()


def test_l_fixes_the_selected_weight_and_releases_it(window: MainWindow) -> None:
    window.session.select(Selection(1, 1, 0))
    key(window, Qt.Key.Key_L)
    assert fixed(window) == [((1, 2),), False]
    assert window.status.parameters.text() == "9 parameters, 1 of them fixed"
    key(window, Qt.Key.Key_L)
    assert fixed(window) == [False, False] and window.status.parameters.text() == "9 parameters"
    window.document.undo_stack.undo()
    assert fixed(window) == [((1, 2),), False]


def test_l_fixes_the_bias_of_the_selected_neuron_and_a_click_on_its_padlock_releases_it(
    window: MainWindow,
) -> None:
    window.session.select(Selection(1, 0))
    key(window, Qt.Key.Key_L)
    assert fixed(window) == [((0, 1),), False]
    QTest.mouseClick(
        window.panels.canvas.viewport(), Qt.MouseButton.LeftButton, pos=lock_of_bias(window, 1, 0)
    )
    assert fixed(window) == [False, False]


def test_the_menu_of_a_layer_fixes_all_of_it(window: MainWindow) -> None:
    window.session.select(Selection(1))
    key(window, Qt.Key.Key_Menu)
    chosen(window, "Fix all")
    assert fixed(window) == [True, False]
    window.session.select(Selection(1, 0, 1))
    key(window, Qt.Key.Key_L)
    assert fixed(window) == [((0, 1), (0, 2), (1, 1), (1, 2), (2, 2)), False]
    window.player.settle()
    key(window, Qt.Key.Key_Menu)
    chosen(window, "Fixed")
    assert fixed(window) == [True, False]


def test_a_padlock_is_drawn_where_something_is_fixed(window: MainWindow) -> None:
    point = lock_of_bias(window, 1, 0)

    def dark() -> float:
        image = window.panels.canvas.grab().toImage()
        pixels = [image.pixelColor(point + QPoint(x, y)).lightness() for x in (-1, 0, 1) for y in (1, 2, 3)]
        return float(np.mean(pixels))

    before = dark()
    window.session.select(Selection())
    design = replace(DESIGN, layers=(replace(DESIGN.layers[0], fixed=((0, 1),)), DESIGN.layers[1]))
    window.document.edit(design, "Fix")
    assert dark() < before - 60


def test_a_fixed_weight_stays_in_a_run_that_goes_on(window: MainWindow) -> None:
    player = window.player
    player.run(20)
    player.settle()
    before = player.newest.theta.copy()
    window.session.select(Selection(1, 1, 0))
    key(window, Qt.Key.Key_L)
    player.run(20)
    player.settle()
    now = player.newest
    assert now.iteration == 40
    assert (now.theta == before).tolist() == [False, True, *[False] * 7]


def test_padlocks_and_first_weights_travel_with_their_neurons(open_window: Open) -> None:
    table = ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0), (7.0, 8.0, 9.0))
    hidden = Dense(3, initial=table, fixed=((0, 3), (1, 2), (2, 3)))
    design = replace(DESIGN, layers=(hidden, Dense(1, "sigmoid", fixed=((3, 1),))))
    window = open_window(design)
    window.session.select(Selection(1, 1))
    key(window, Qt.Key.Key_Delete)
    assert fixed(window) == [((0, 2), (2, 2)), ((2, 1),)]
    assert window.document.design.dense[0].initial == ((1.0, 3.0), (4.0, 6.0), (7.0, 9.0))
    window.player.settle()
    network, theta = window.document.network, window.player.newest.theta
    assert network.fixed.tolist() == [3, 5, 7]
    assert network.W(theta, 1).tolist() == [[1, 3], [4, 6]]
    key(window, Qt.Key.Key_Plus)
    assert fixed(window) == [((0, 2), (2, 2)), ((2, 1),)]
    for _ in range(2):
        window.document.undo_stack.undo()
    assert window.document.design == design
