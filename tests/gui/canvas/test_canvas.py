"""The canvas: what it shows is what was computed, and how one walks over it."""

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from core.nn.design import Dense
from core.nn.design_problems import problems
from core.nn.passes import evaluate
from core.nn.trainer import Phase
from gui.canvas.canvas_state import HitTarget
from gui.canvas.hit_test import tooltip
from gui.canvas.popups.wide_layer_popup import WideLayerPopup
from gui.selection import Selection
from gui.theme.theme import DARK
from tests.gui.on_canvas import LEFT, NONE, Shown, widths

OFFSCREEN = pytest.mark.qt_log_ignore("This plugin does not support")  # popups, without a screen


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    return Shown(qtbot)


@pytest.fixture
def make(qtbot: QtBot) -> Callable[..., Shown]:
    return lambda *arguments: Shown(qtbot, *arguments)


# -- what is shown --------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", [Phase.FORWARD, Phase.BACKWARD, Phase.UPDATE])
def test_the_numbers_are_those_of_the_snapshot(shown: Shown, phase: Phase) -> None:
    shown.trainer.advance(phase)
    snapshot = shown.trainer.snapshot()
    shown.view.show_snapshot(snapshot)
    moment, network, values = shown.view.state.moment, shown.trainer.network, snapshot.values
    if phase is Phase.UPDATE:  # the same samples, with the new weights
        x, y = shown.trainer.dataset.x, shown.trainer.dataset.targets(1)
        values = evaluate(network, snapshot.theta, x[:, values.samples], y[:, values.samples])
    for l in (1, 2, 3):
        np.testing.assert_array_equal(moment.theta.W[l], network.W(snapshot.theta, l))
        np.testing.assert_array_equal(moment.theta.b[l], network.b(snapshot.theta, l))
        np.testing.assert_array_equal(moment.a[l], values.a[l][:, 0])
        np.testing.assert_array_equal(moment.z[l], values.z[l][:, 0])
        if phase is not Phase.FORWARD:
            np.testing.assert_array_equal(moment.delta[l], values.delta[l][:, 0])
            np.testing.assert_array_equal(moment.gradient.W[l], network.W(values.g, l))


def test_what_is_not_computed_yet_is_not_shown_as_a_number(shown: Shown) -> None:
    shown.trainer.restart()
    shown.view.show_snapshot(shown.trainer.snapshot())
    assert shown.view.state.moment.a is None
    shown.trainer.advance(Phase.FORWARD)
    shown.view.show_snapshot(shown.trainer.snapshot())
    moment = shown.view.state.moment
    assert moment.a is not None
    assert moment.delta is None and moment.gradient is None
    assert "·" in tooltip(shown.view.state, HitTarget("edge", layer=1, j=0, i=0))


def test_a_selected_sample_is_computed_with_the_parameters_on_the_screen(shown: Shown) -> None:
    shown.select(Selection(sample=7))
    network, data, snapshot = shown.trainer.network, shown.trainer.dataset, shown.trainer.snapshot()
    own = evaluate(network, snapshot.theta, data.x[:, [7]], data.targets(1)[:, [7]])
    for l in range(4):
        np.testing.assert_array_equal(shown.view.state.moment.a[l], own.a[l][:, 0])


def test_a_broken_design_stays_on_the_canvas_with_its_problems(shown: Shown) -> None:
    broken = replace(shown.design, layers=(Dense(4), Dense(3, "softmax")))
    found = problems(broken, shown.trainer.dataset)
    assert found
    shown.view.show_design(broken, found)
    shown.view.show_snapshot(shown.trainer.snapshot())
    assert shown.view.state.moment is None
    assert [bubble.text for bubble in shown.view.network_scene.overlay.bubbles] == [
        problem.why for problem in found
    ]
    tiles = shown.view.state.layout.of_layer(1)
    assert all(
        tiles.tile(0).top() > bubble.rect.bottom() for bubble in shown.view.network_scene.overlay.bubbles
    )
    shown.view.grab()
    shown.view.show_design(shown.design, ())
    assert not shown.view.network_scene.overlay.bubbles
    assert shown.view.state.moment is not None


@pytest.mark.parametrize("sizes", ["2-4-2-1", "2-8-8-1", "2-3-3", "1-6-1", "4-6-3", "30-16-8-1", "64-32-10"])
@pytest.mark.parametrize("numbers", ["weights", "gradients", "both"])
def test_all_networks_are_drawn_in_all_phases(make: Callable[..., Shown], sizes: str, numbers: str) -> None:
    shown = make(sizes)
    shown.view.set_edge_numbers(numbers)
    for phase in (Phase.FORWARD, Phase.BACKWARD, Phase.UPDATE):
        shown.trainer.advance(phase)
        shown.view.show_snapshot(shown.trainer.snapshot())
        picture = shown.view.grab().toImage()
        colours = {picture.pixelColor(x, y).name() for x in range(0, 868, 7) for y in range(0, 552, 7)}
        assert len(colours) > 10


def test_the_theme_changes_the_colour_of_the_canvas(shown: Shown) -> None:
    shown.view.show_theme(DARK)
    assert QColor(shown.view.grab().toImage().pixelColor(2, 2)) == DARK.canvas


def test_a_tile_shows_what_its_neuron_computes_over_the_plane(shown: Shown) -> None:
    column = shown.view.state.layout.of_layer(0)
    image = shown.view.grab().toImage()
    tile = column.tile(0)
    left, right = (
        image.pixelColor(int(tile.center().x() + side * tile.width() * 0.3), int(tile.center().y()))
        for side in (-1, 1)
    )
    assert left.red() > left.blue()
    assert right.blue() > right.red()


# -- selecting ------------------------------------------------------------------------------------


def test_a_click_selects_neuron_edge_layer_and_nothing(shown: Shown) -> None:
    shown.click(shown.tile(1, 2))
    assert shown.selection == Selection(1, 2)
    shown.click(shown.edge(1, 1, 3))
    assert shown.selection == Selection(1, 3, 1)
    shown.click(shown.at(shown.view.state.layout.columns[2].chip.topLeft() + QPointF(40, 10)))
    assert shown.selection == Selection(2)
    shown.click(QPoint(850, 530))
    assert shown.selection == Selection()


def test_a_click_on_a_cell_of_a_matrix_selects_its_edge(make: Callable[..., Shown]) -> None:
    shown = make("64-32-10")
    rect = shown.view.state.layout.matrices[2]
    cell = QPointF(rect.left() + rect.width() * 3.5 / 10, rect.top() + rect.height() * 8.5 / 32)
    shown.click(shown.at(cell))
    assert shown.selection == Selection(2, 3, 8)


@OFFSCREEN
def test_a_wide_layer_opens_and_a_click_in_it_selects_a_neuron(make: Callable[..., Shown]) -> None:
    shown = make("64-32-10")
    shown.qtbot.mouseDClick(shown.view.viewport(), LEFT, NONE, shown.tile(1, 9))
    opened = shown.view.findChild(WideLayerPopup)
    assert opened.isVisible()
    colours = {opened.grab().toImage().pixelColor(x, 60).name() for x in range(10, opened.width(), 5)}
    assert len(colours) > 3
    shown.qtbot.mouseClick(opened, LEFT, NONE, opened.cell(17).center().toPoint())
    assert shown.selection == Selection(1, 17)
    shown.key(Qt.Key.Key_O)
    opened = shown.view.findChildren(WideLayerPopup)[-1]
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Return):
        shown.qtbot.keyClick(opened, key)
    assert shown.selection == Selection(1, shown.view.state.layout.of_layer(1).grid[1])


def test_hovering_shows_the_numbers_of_the_neuron(make: Callable[..., Shown]) -> None:
    shown = make("2-8-8-1")
    shown.hover(shown.tile(2, 4))
    assert shown.view.state.hover == HitTarget("neuron", 2, 2, 4)
    assert {(2, i, 4) for i in range(8)} <= set(shown.view.network_scene.pills.shown)
    shown.hover(QPoint(1, 540))
    assert shown.view.state.hover is None


def test_tooltips_are_in_the_notation_of_the_lecture(shown: Shown) -> None:
    picture = shown.view.state
    assert "W<sup>[2]</sup><sub>31</sub>" in tooltip(picture, HitTarget("edge", layer=2, j=0, i=2))
    assert "z<sup>[1]</sup><sub>2</sub>" in tooltip(picture, HitTarget("neuron", 1, 1, 1))
    for kind in ("chip", "activation", "less", "more", "menu", "delete"):
        assert tooltip(picture, HitTarget(kind, 1))


# -- keyboard -------------------------------------------------------------------------------------


def test_the_arrow_keys_walk_over_the_network(shown: Shown) -> None:
    for key, selection in (
        (Qt.Key.Key_Right, Selection(0)),
        (Qt.Key.Key_Right, Selection(1)),
        (Qt.Key.Key_Down, Selection(1, 0)),
        (Qt.Key.Key_Down, Selection(1, 1)),
        (Qt.Key.Key_Right, Selection(2, 1)),
        (Qt.Key.Key_E, Selection(2, 1, 0)),
        (Qt.Key.Key_Down, Selection(2, 1, 1)),
        (Qt.Key.Key_Left, Selection(1, 1)),
        (Qt.Key.Key_Escape, Selection()),
    ):
        shown.key(key)
        assert shown.selection == selection


def test_keys_edit_the_selected_layer(shown: Shown) -> None:
    shown.select(Selection(1))
    shown.key(Qt.Key.Key_Plus)
    shown.key(Qt.Key.Key_Minus)
    shown.key(Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    shown.key(Qt.Key.Key_Delete)
    shown.select(Selection(1, 2))
    shown.key(Qt.Key.Key_Delete)
    assert [(widths(design), text) for design, text in shown.edits] == [
        ([5, 2, 1], "Add neuron"),
        ([3, 2, 1], "Remove neuron"),
        ([2, 4, 1], "Move layer"),
        ([2, 1], "Delete layer"),
        ([3, 2, 1], "Remove neuron"),
    ]


@OFFSCREEN
def test_enter_opens_the_picker(shown: Shown) -> None:
    shown.select(Selection(2))
    shown.key(Qt.Key.Key_Return)
    menu = next(iter(shown.view.findChildren(QMenu)))
    assert menu.isVisible()
    menu.close()


def test_tab_goes_from_layer_to_layer_and_on(shown: Shown) -> None:
    shown.view.setFocus()
    seen = []
    for _ in range(4):
        shown.key(Qt.Key.Key_Tab)
        seen.append(shown.selection.layer)
    assert seen == [0, 1, 2, 3]


# -- zoom -----------------------------------------------------------------------------------------


def test_the_wheel_zooms_around_the_mouse_within_limits(shown: Shown) -> None:
    point = shown.tile(1, 1)
    before = shown.view.mapToScene(point)
    shown.wheel(point, 240)
    assert shown.view.state.zoom > 1.3
    assert (shown.view.mapToScene(point) - before).manhattanLength() < 4
    for _ in range(60):
        shown.wheel(point, 240)
    assert shown.view.state.zoom <= 6.01
    for _ in range(90):
        shown.wheel(point, -240)
    assert shown.view.state.zoom >= 0.19


def test_fit_shows_all_again_and_a_zoomed_picture_stays_on_resize(shown: Shown) -> None:
    shown.wheel(shown.tile(1, 1), 240)
    zoom = shown.view.state.zoom
    shown.view.resize(700, 500)
    assert shown.view.state.zoom == zoom
    shown.key(Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert shown.view.state.zoom == 1.0
    assert shown.view.state.layout.scene.width() == shown.view.viewport().width()


def test_dragging_the_empty_canvas_moves_the_picture(shown: Shown) -> None:
    shown.wheel(shown.tile(1, 1), 480)
    before = shown.tile(1, 1)
    shown.drag(QPoint(10, 500), QPoint(60, 470))
    moved = shown.tile(1, 1) - before
    assert (moved - QPoint(50, -30)).manhattanLength() <= 3
    assert not shown.edits


def test_the_canvas_has_a_name_and_its_notes_fade_once_used(shown: Shown) -> None:
    from gui.canvas.items.overlay import notes

    assert shown.view.accessibleName()
    assert (
        len(
            notes(
                shown.view.state, shown.view.network_scene.pills.shown, shown.view.network_scene.overlay.used
            )
        )
        == 2
    )
    shown.click(shown.edge(1, 1, 3))
    shown.qtbot.waitUntil(
        lambda: (
            len(
                notes(
                    shown.view.state,
                    shown.view.network_scene.pills.shown,
                    shown.view.network_scene.overlay.used,
                )
            )
            == 1
        )
    )
