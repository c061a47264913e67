"""The canvas: what it shows is what was computed, and every gesture ends in one edit."""

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from core.design import Dense, Design, Dropout, problems
from core.passes import evaluate
from core.training import Phase, Trainer
from gui.canvas.chips import buttons
from gui.canvas.compact import CloseUp
from gui.canvas.gestures import ACTIVATION, LAYER
from gui.canvas.hits import tooltip
from gui.canvas.layout import curve, ends
from gui.canvas.picture import Part
from gui.canvas.view import CanvasView
from gui.selection import Selection
from gui.theme import DARK
from tests.gui.networks import trainer

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
OFFSCREEN = pytest.mark.qt_log_ignore("This plugin does not support")  # popups, without a screen


class Shown:
    """A canvas with a network on it, whose requests are answered as the window answers them."""

    def __init__(self, qtbot: QtBot, sizes: str = "2-4-2-1", size: tuple[int, int] = (868, 552)) -> None:
        self.qtbot, self.view = qtbot, CanvasView()
        qtbot.addWidget(self.view)
        self.view.resize(*size)
        self.view.show()
        self.trainer: Trainer = trainer(sizes)
        self.design: Design = self.trainer.network.design
        self.edits: list[tuple[Design, str]] = []
        self.selection = Selection()
        self.view.edit_requested.connect(lambda design, text: self.edits.append((design, text)))
        self.view.select_requested.connect(self.select)
        self.view.show_design(self.design, ())
        self.view.show_network(self.trainer.network, self.trainer.dataset)
        self.view.show_snapshot(self.trainer.snapshot())

    def select(self, selection: Selection) -> None:
        self.selection = selection
        self.view.show_selection(selection)

    def at(self, point: QPointF) -> QPoint:
        return self.view.mapFromScene(point)

    def tile(self, l: int, j: int) -> QPoint:
        return self.at(self.view.picture.layout.of_layer(l).tile(j).center())

    def button(self, k: int, kind: str) -> QPoint:
        picture = self.view.picture
        rects = buttons(picture.layout.columns[k], picture.part(k), picture.layout.sizes, output=False)
        return self.at(rects[kind].center())

    def edge(self, l: int, i: int, j: int, share: float = 0.15) -> QPoint:
        outs, ins = ends(self.view.picture.layout, l)
        x = outs[0, 0] + share * (ins[0, 0] - outs[0, 0])
        y = outs[i, 1] + (ins[j, 1] - outs[i, 1]) * curve(share)
        return self.at(QPointF(float(x), float(y)))

    def click(self, point: QPoint) -> None:
        self.qtbot.mouseClick(self.view.viewport(), LEFT, NONE, point)

    def drag(self, start: QPoint, stop: QPoint, *, release: bool = True) -> None:
        viewport = self.view.viewport()
        self.qtbot.mousePress(viewport, LEFT, NONE, start)
        for share in (0.2, 0.6, 1.0):
            step = QPointF(start) + share * (QPointF(stop) - QPointF(start))
            _move(viewport, step)
        if release:
            self.qtbot.mouseRelease(viewport, LEFT, NONE, stop)

    def drop(self, mime: str, key: str, point: QPoint) -> bool:
        """Carry something onto the canvas as Qt does; return whether it was taken."""
        data = QMimeData()
        data.setData(mime, key.encode())
        viewport, copy = self.view.viewport(), Qt.DropAction.CopyAction
        enter = QDragEnterEvent(point, copy, data, LEFT, NONE)
        QApplication.sendEvent(viewport, enter)
        move = QDragMoveEvent(point, copy, data, LEFT, NONE)
        QApplication.sendEvent(viewport, move)
        drop = QDropEvent(QPointF(point), copy, data, LEFT, NONE)
        QApplication.sendEvent(viewport, drop)
        return enter.isAccepted() and drop.isAccepted()

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        self.qtbot.keyClick(self.view, key, modifiers)


def _move(viewport, point: QPointF) -> None:
    from PySide6.QtGui import QMouseEvent

    everywhere = QPointF(viewport.mapToGlobal(point.toPoint()))
    event = QMouseEvent(QEvent.Type.MouseMove, point, everywhere, Qt.MouseButton.NoButton, LEFT, NONE)
    QApplication.sendEvent(viewport, event)


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
    moment, network, values = shown.view.picture.moment, shown.trainer.network, snapshot.values
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
    assert shown.view.picture.moment.a is None
    shown.trainer.advance(Phase.FORWARD)
    shown.view.show_snapshot(shown.trainer.snapshot())
    moment = shown.view.picture.moment
    assert moment.a is not None
    assert moment.delta is None and moment.gradient is None
    assert "·" in tooltip(shown.view.picture, Part("edge", layer=1, j=0, i=0))


def test_a_selected_sample_is_computed_with_the_parameters_of_the_pass(shown: Shown) -> None:
    shown.select(Selection(sample=7))
    network, data, snapshot = shown.trainer.network, shown.trainer.dataset, shown.trainer.snapshot()
    own = evaluate(network, snapshot.before, data.x[:, [7]], data.targets(1)[:, [7]])
    for l in range(4):
        np.testing.assert_array_equal(shown.view.picture.moment.a[l], own.a[l][:, 0])


def test_a_broken_design_stays_on_the_canvas_with_its_problems(shown: Shown) -> None:
    broken = replace(shown.design, layers=(Dense(4), Dense(2, "softmax")))
    found = problems(broken, shown.trainer.dataset)
    assert found
    shown.view.show_design(broken, found)
    shown.view.show_snapshot(shown.trainer.snapshot())
    assert shown.view.picture.moment is None
    assert [bubble.text for bubble in shown.view.overlay.bubbles] == [problem.why for problem in found]
    tiles = shown.view.picture.layout.of_layer(1)
    assert all(tiles.tile(0).top() > bubble.rect.bottom() for bubble in shown.view.overlay.bubbles)
    shown.view.grab()
    shown.view.show_design(shown.design, ())
    assert not shown.view.overlay.bubbles
    assert shown.view.picture.moment is not None


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
    column = shown.view.picture.layout.of_layer(0)
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
    shown.click(shown.at(shown.view.picture.layout.columns[2].chip.topLeft() + QPointF(40, 10)))
    assert shown.selection == Selection(2)
    shown.click(QPoint(850, 530))
    assert shown.selection == Selection()


def test_a_click_on_a_cell_of_a_matrix_selects_its_edge(make: Callable[..., Shown]) -> None:
    shown = make("64-32-10")
    rect = shown.view.picture.layout.matrices[2]
    cell = QPointF(rect.left() + rect.width() * 3.5 / 10, rect.top() + rect.height() * 8.5 / 32)
    shown.click(shown.at(cell))
    assert shown.selection == Selection(2, 3, 8)


@OFFSCREEN
def test_a_wide_layer_opens_and_a_click_in_it_selects_a_neuron(make: Callable[..., Shown]) -> None:
    shown = make("64-32-10")
    shown.qtbot.mouseDClick(shown.view.viewport(), LEFT, NONE, shown.tile(1, 9))
    opened = shown.view.findChild(CloseUp)
    assert opened.isVisible()
    colours = {opened.grab().toImage().pixelColor(x, 60).name() for x in range(10, opened.width(), 5)}
    assert len(colours) > 3
    shown.qtbot.mouseClick(opened, LEFT, NONE, opened.cell(17).center().toPoint())
    assert shown.selection == Selection(1, 17)
    shown.key(Qt.Key.Key_O)
    opened = shown.view.findChildren(CloseUp)[-1]
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Return):
        shown.qtbot.keyClick(opened, key)
    assert shown.selection == Selection(1, shown.view.picture.layout.of_layer(1).grid[1])


def test_hovering_shows_the_numbers_of_the_neuron(make: Callable[..., Shown]) -> None:
    shown = make("2-8-8-1")
    _hover(shown, shown.tile(2, 4))
    assert shown.view.picture.hover == Part("neuron", 2, 2, 4)
    assert {(2, i, 4) for i in range(8)} <= set(shown.view.pills.shown)
    _hover(shown, QPoint(1, 540))
    assert shown.view.picture.hover is None


def _hover(shown: Shown, point: QPoint) -> None:
    from PySide6.QtGui import QMouseEvent

    no = Qt.MouseButton.NoButton
    everywhere = QPointF(shown.view.viewport().mapToGlobal(point))
    event = QMouseEvent(QEvent.Type.MouseMove, QPointF(point), everywhere, no, no, NONE)
    QApplication.sendEvent(shown.view.viewport(), event)


def test_tooltips_are_in_the_notation_of_the_lecture(shown: Shown) -> None:
    picture = shown.view.picture
    assert "W<sup>[2]</sup><sub>31</sub>" in tooltip(picture, Part("edge", layer=2, j=0, i=2))
    assert "z<sup>[1]</sup><sub>2</sub>" in tooltip(picture, Part("neuron", 1, 1, 1))
    for kind in ("chip", "activation", "less", "more", "menu", "delete"):
        assert tooltip(picture, Part(kind, 1))


# -- editing with the mouse -----------------------------------------------------------------------


def _widths(design: Design) -> list[object]:
    return [layer.neurons if isinstance(layer, Dense) else "dropout" for layer in design.layers]


def test_a_layer_dropped_between_two_goes_there(shown: Shown) -> None:
    columns = shown.view.picture.layout.columns
    gap = QPointF((columns[1].x + columns[2].x) / 2, 300)
    assert shown.drop(LAYER, "dense", shown.at(gap))
    assert [(_widths(design), text) for design, text in shown.edits] == [([4, 4, 2, 1], "Add layer")]


def test_a_layer_dropped_at_either_end_goes_behind_the_input_or_before_the_output(shown: Shown) -> None:
    shown.drop(LAYER, "dense", QPoint(2, 300))
    shown.drop(LAYER, "dropout", QPoint(864, 300))
    assert [_widths(design) for design, _ in shown.edits] == [[4, 4, 2, 1], [4, 2, "dropout", 1]]
    assert [text for _, text in shown.edits] == ["Add layer", "Add dropout"]


def test_where_a_layer_would_be_dropped_is_shown_and_forgotten(shown: Shown) -> None:
    data = QMimeData()
    data.setData(LAYER, b"dense")
    enter = QDragEnterEvent(QPoint(330, 300), Qt.DropAction.CopyAction, data, LEFT, NONE)
    QApplication.sendEvent(shown.view.viewport(), enter)
    assert shown.view.overlay.mark.text == "drop layer here"
    shown.view.grab()
    QApplication.sendEvent(shown.view.viewport(), QDragLeaveEvent())
    assert shown.view.overlay.mark is None
    assert not shown.edits


def test_an_activation_is_dropped_on_a_layer_or_on_one_neuron(shown: Shown) -> None:
    shown.drop(ACTIVATION, "relu", shown.at(shown.view.picture.layout.columns[1].chip.center()))
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
    assert [(_widths(design), text) for design, text in shown.edits] == [
        ([5, 2, 1], "Add neuron"),
        ([3, 2, 1], "Remove neuron"),
        ([2, 1], "Delete layer"),
    ]


def test_a_chip_is_dragged_to_another_place(shown: Shown) -> None:
    columns = shown.view.picture.layout.columns
    title = columns[1].chip.center() - QPointF(0, 12)
    beyond = QPointF((columns[2].x + columns[3].x) / 2, 40)
    shown.drag(shown.at(title), shown.at(beyond))
    assert [(_widths(design), text) for design, text in shown.edits] == [([2, 4, 1], "Move layer")]


def test_a_chip_dragged_out_of_the_canvas_is_deleted(shown: Shown) -> None:
    title = shown.view.picture.layout.columns[2].chip.center() - QPointF(0, 12)
    shown.drag(shown.at(title), QPoint(500, -60))
    assert [(_widths(design), text) for design, text in shown.edits] == [([4, 1], "Delete layer")]


def test_the_output_stays_the_last_layer(shown: Shown) -> None:
    title = shown.view.picture.layout.columns[3].chip.center() - QPointF(0, 12)
    shown.drag(shown.at(title), QPoint(200, 40))
    shown.drag(shown.at(title), QPoint(200, -90))
    assert not shown.edits


def test_escape_cancels_a_drag(shown: Shown) -> None:
    title = shown.view.picture.layout.columns[1].chip.center() - QPointF(0, 12)
    shown.drag(shown.at(title), QPoint(500, -60), release=False)
    shown.key(Qt.Key.Key_Escape)
    shown.qtbot.mouseRelease(shown.view.viewport(), LEFT, NONE, QPoint(500, -60))
    assert not shown.edits
    assert shown.view.overlay.mark is None


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
    texts["0.20"].trigger()
    texts["Move right"].trigger()
    he, alpha, moved = (design for design, _ in shown.edits)
    assert he.layers[0].initializer == "he"
    assert alpha.layers[0].alpha == 0.2
    assert _widths(moved) == [2, 4, 1]
    for menu in shown.view.findChildren(QMenu):
        menu.close()


def test_a_dropout_has_a_rate_to_change_and_can_be_selected(shown: Shown) -> None:
    shown.view.show_design(replace(shown.design, layers=(Dense(4), Dropout(0.2), Dense(1, "sigmoid"))), ())
    shown.click(shown.button(2, "more"))
    assert shown.edits[0][0].layers[1] == Dropout(0.25)
    shown.click(shown.at(shown.view.picture.layout.columns[2].block.center()))
    assert shown.selection == Selection(place=1)


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
    assert [(_widths(design), text) for design, text in shown.edits] == [
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


def _wheel(shown: Shown, point: QPoint, angle: int) -> None:
    here = QPointF(point)
    everywhere = QPointF(shown.view.viewport().mapToGlobal(point))
    phase = Qt.ScrollPhase.NoScrollPhase
    no = Qt.MouseButton.NoButton
    event = QWheelEvent(here, everywhere, QPoint(), QPoint(0, angle), no, NONE, phase, False)
    QApplication.sendEvent(shown.view.viewport(), event)


def test_the_wheel_zooms_around_the_mouse_within_limits(shown: Shown) -> None:
    point = shown.tile(1, 1)
    before = shown.view.mapToScene(point)
    _wheel(shown, point, 240)
    assert shown.view.picture.zoom > 1.3
    assert (shown.view.mapToScene(point) - before).manhattanLength() < 4
    for _ in range(60):
        _wheel(shown, point, 240)
    assert shown.view.picture.zoom <= 6.01
    for _ in range(90):
        _wheel(shown, point, -240)
    assert shown.view.picture.zoom >= 0.19


def test_fit_shows_all_again_and_a_zoomed_picture_stays_on_resize(shown: Shown) -> None:
    _wheel(shown, shown.tile(1, 1), 240)
    zoom = shown.view.picture.zoom
    shown.view.resize(700, 500)
    assert shown.view.picture.zoom == zoom
    shown.key(Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert shown.view.picture.zoom == 1.0
    assert shown.view.picture.layout.scene.width() == shown.view.viewport().width()


def test_dragging_the_empty_canvas_moves_the_picture(shown: Shown) -> None:
    _wheel(shown, shown.tile(1, 1), 480)
    before = shown.tile(1, 1)
    shown.drag(QPoint(10, 500), QPoint(60, 470))
    moved = shown.tile(1, 1) - before
    assert (moved - QPoint(50, -30)).manhattanLength() <= 3
    assert not shown.edits


def test_the_canvas_has_a_name_and_its_notes_fade_once_used(shown: Shown) -> None:
    from gui.canvas.overlay import notes

    assert shown.view.accessibleName()
    assert len(notes(shown.view.picture, shown.view.pills.shown, shown.view.overlay.used)) == 2
    shown.click(shown.edge(1, 1, 3))
    shown.qtbot.waitUntil(
        lambda: len(notes(shown.view.picture, shown.view.pills.shown, shown.view.overlay.used)) == 1,
        timeout=2000,
    )
