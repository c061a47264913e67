"""After any events, the canvas shows the same pixels as a new canvas in the same state."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPixmapCache
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.debugger.steps import StepSize
from core.nn.design import Data, Dense, Design, Dropout
from gui.app.main_window import MainWindow
from gui.canvas.editor_view import CanvasView
from gui.canvas.items.neuron_values import bracket_box, tag_rect
from gui.canvas.items.neurons import bias_rect
from gui.layout.placement import screen_of
from gui.qt.later import draw_all
from gui.selection import Selection
from gui.theme.theme import DARK, LIGHT
from tests.gui.on_canvas import LEFT, NONE, Shown, farthest
from tests.gui.waiting import let_pass

CONTROL = Qt.KeyboardModifier.ControlModifier
Open = Callable[..., MainWindow]


def move(viewport: QWidget, point: QPoint) -> None:
    at = QPointF(point)
    event = QMouseEvent(
        QEvent.Type.MouseMove, at, viewport.mapToGlobal(at), Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton, NONE,
    )  # fmt: skip
    QApplication.sendEvent(viewport, event)


def seen(view: CanvasView) -> QImage:
    """Return what is on the screen at the place of the canvas."""
    port, window = view.viewport(), view.window()
    place = QRect(port.mapTo(window, QPoint()), port.size())
    return screen_of(window).grabWindow(window.winId()).toImage().copy(place)


def as_kept(view: CanvasView) -> QImage:
    """Return what the canvas paints with its cached pixmaps."""
    QApplication.processEvents()
    return seen(view)


def as_fresh(view: CanvasView) -> QImage:
    """Return what the canvas paints with all caches cleared."""
    QPixmapCache.clear()
    for item in view.scene().items():
        kept = item.cacheMode()
        item.setCacheMode(item.CacheMode.NoCache)
        item.setCacheMode(kept)
        item.update()
    view.viewport().update()
    QApplication.processEvents()
    return seen(view)


def run_and_pause(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_["run"].trigger()
    let_pass(qtbot, 150)
    window.actions_["run"].trigger()


EVENTS: dict[str, Callable[[QtBot, MainWindow], object]] = {
    "run and pause": run_and_pause,
    "larger": lambda _qtbot, window: window.resize(1500, 940),
    "maximized": lambda _qtbot, window: window.showMaximized(),
    "smaller": lambda _qtbot, window: window.resize(1100, 700),
    "restored": lambda _qtbot, window: window.showNormal(),
    "a layer more": lambda qtbot, window: qtbot.keyClick(window, Qt.Key.Key_L, CONTROL),
    "undone": lambda _qtbot, window: window.actions_["undo"].trigger(),
    "stepped": lambda qtbot, window: qtbot.keyClick(window, Qt.Key.Key_Right),
    "zoomed": lambda _qtbot, window: window.panels.canvas.zoom_by(1.4),
    "panned": lambda _qtbot, window: window.panels.canvas.pan_by(37, -21),
    "fitted": lambda _qtbot, window: window.panels.canvas.fit(),
    "selected": lambda _qtbot, window: window.session.select(Selection(1, 0)),
    "dark": lambda _qtbot, window: window.panels.show_theme(DARK),
    "light": lambda _qtbot, window: window.panels.show_theme(LIGHT),
    "both numbers": lambda _qtbot, window: window.panels.canvas.set_edge_numbers("both"),
}
ORDERS = [
    ["run and pause"],
    ["run and pause", "maximized"],
    ["run and pause", "maximized", "run and pause", "restored", "stepped", "stepped"],
    ["larger", "run and pause", "smaller"],
    ["larger", "a layer more", "run and pause", "undone", "maximized"],
    ["zoomed", "panned", "run and pause"],
    ["zoomed", "run and pause", "fitted", "selected", "stepped", "dark", "larger", "light"],
    ["stepped", "both numbers", "maximized", "restored", "zoomed", "panned", "stepped"],
]


@pytest.mark.parametrize("events", ORDERS, ids=", ".join)
def test_nothing_stale_is_left_on_the_canvas(qtbot: QtBot, open_window: Open, events: list[str]) -> None:
    window = open_window()
    window.setFocus()
    view = window.panels.canvas
    for event in events:
        EVENTS[event](qtbot, window)
        window.player.settle()
        draw_all(window)
    kept, fresh = as_kept(view), as_fresh(view)
    assert kept.size() == fresh.size()
    assert farthest(kept, fresh) <= 2


# -- hovering ---------------------------------------------------------------------------------------


def dimmed(view: CanvasView) -> list[int]:
    """Return the opacities of the numbers on the edges."""
    return [look.strength for look in view.network_scene.pills._looks.values()]


def test_what_was_hovered_does_not_stay_lit_when_the_network_changes_under_the_mouse(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window()
    view = window.panels.canvas
    view.setFocus()
    tile = view.state.layout.of_layer(1).tile(0)
    move(view.viewport(), view.mapFromScene(tile.center()))
    assert 0 in dimmed(view) and view.state.looked_at
    qtbot.keyClick(view, Qt.Key.Key_L, CONTROL)
    window.player.settle()
    QApplication.processEvents()
    under = view.mouse.part(view.mouse.position)
    if under is None or under.j is None:
        assert not view.state.looked_at and set(dimmed(view)) == {1}
    else:
        assert {(l, j, i) for l, j, i in view.state.looked_at} == {(under.layer, under.j, under.i)}


@pytest.mark.parametrize("change", ["fewer", "zoom", "pan", "resize"])
def test_hover_follows_the_mouse_though_it_does_not_move(qtbot: QtBot, change: str) -> None:
    shown = Shown(qtbot, "2-4-2-1")
    view, asked = shown.view, []
    view.hover_requested.connect(asked.append)
    view.hover_requested.connect(view.show_hover)
    shown.hover(shown.tile(1, 3))
    assert asked[-1] == Selection(1, 3)
    if change == "fewer":
        other = Design(data=Data(), layers=(Dense(1), Dense(1, "sigmoid")))
        view.show_design(other, ())
    elif change == "zoom":
        view.zoom_by(2.5)
    elif change == "pan":
        view.zoom_by(1.3)
        view.pan_by(150, 90)
    else:
        view.resize(420, 330)
    under = view.mouse.part(view.mouse.position)
    wanted = Selection() if under is None or under.j is None else Selection(under.layer, under.j, under.i)
    assert asked[-1] == wanted == view.state.linked
    assert view.state.hover == under
    assert wanted != Selection(1, 3) or change == "zoom"


# -- selection and next step ------------------------------------------------------------------------


def test_the_selection_is_a_frame_and_the_next_step_has_brackets_at_the_corners(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window()
    view = window.panels.canvas
    window.session.select(Selection(2, 0))
    window.actions_["grain_neuron"].trigger()
    window.setFocus()
    for _ in range(3):
        qtbot.keyClick(window, Qt.Key.Key_Right)
        window.player.settle()
    QApplication.processEvents()
    coming, theme = view.state.coming, view.state.theme
    assert coming is not None and coming.neuron is not None and coming.layer == 1
    image = as_kept(view)

    def is_near(point: QPointF, wanted: QColor) -> bool:
        at = view.mapFromScene(point)
        around = [image.pixelColor(at + QPoint(x, y)).getRgb() for x in (-1, 0, 1) for y in (-1, 0, 1)]
        return min(max(np.abs(np.subtract(found, wanted.getRgb()))) for found in around) < 60

    selected = view.state.layout.of_layer(2).tile(0).adjusted(-1, -1, 1, 1)
    assert is_near(QPointF(selected.left(), selected.center().y()), theme.accent)
    tile = view.state.layout.of_layer(1).tile(coming.neuron)
    box = bracket_box(tile)
    for corner in (box.topLeft(), box.topRight(), box.bottomLeft(), box.bottomRight()):
        assert is_near(corner, theme.text)
    middle = [QPointF(box.left(), box.center().y()), QPointF(box.right(), box.center().y())]
    assert not any(is_near(point, colour) for point in middle for colour in (theme.text, theme.accent))
    tag = tag_rect(tile, view.state)
    assert is_near(tag.topLeft() + QPointF(5, 2), theme.text)
    bias = bias_rect(view.state.layout.of_layer(1), coming.neuron, view.state.layout.sizes)
    assert bias is not None and view.state.lit.bias == (1, coming.neuron)
    assert is_near(bias.topLeft(), theme.text) and is_near(bias.bottomRight(), theme.text)
    assert not any(is_near(QPointF(bias.center().x(), y), theme.accent) for y in (bias.top(), bias.bottom()))


def test_a_number_that_is_next_has_brackets_too(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    view = window.panels.canvas
    window.actions_["grain_term"].trigger()
    window.setFocus()
    while (edge := view.state.lit.edge) is None:
        qtbot.keyClick(window, Qt.Key.Key_Right)
        window.player.settle()
        QApplication.processEvents()
    rect = view.network_scene.pills.rect(edge)
    assert rect is not None
    at, image = view.mapFromScene(rect.topLeft()), as_kept(view)
    corner = [image.pixelColor(at + QPoint(x, y)).getRgb() for x in (-1, 0, 1) for y in (-1, 0, 1)]
    assert min(max(np.abs(np.subtract(one, view.state.theme.text.getRgb()))) for one in corner) < 60


# -- dropout ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [0.3, 0.6])
def test_dropout_shows_which_inputs_are_off_in_this_pass_and_nothing_before_there_is_one(
    qtbot: QtBot, open_window: Open, rate: float
) -> None:
    layers = (Dense(6), Dropout(rate), Dense(1, "sigmoid"))
    window = open_window(Design(data=Data(), layers=layers))
    view, k = window.panels.canvas, 2
    band, before = view.state.layout.columns[k].block, view.state.layout.columns[k - 1]

    def marks() -> list[str]:
        """Return what is painted beside each neuron: nothing, a dot, or a cross."""
        image, found = as_kept(view), []
        for j in range(before.neurons):
            middle = QPointF(band.center().x(), before.tile(j).center().y())
            inks = [
                image.pixelColor(view.mapFromScene(middle + QPointF(x, y))).lightness()
                for x, y in ((0, 0), (3.5, 3.5), (0, 2))
            ]
            ground = image.pixelColor(view.mapFromScene(middle + QPointF(0, 9))).lightness()
            centre, corner, below = (abs(ink - ground) > 40 for ink in inks)
            found.append("cross" if corner else "dot" if centre and below else "")
        return found

    assert marks() == [""] * 6
    window.setFocus()
    window.actions_[f"grain_{StepSize.PASS.name.lower()}"].trigger()
    patterns = set()
    for _ in range(14):
        qtbot.keyClick(window, Qt.Key.Key_Right)
        window.player.settle()
        snapshot = window.player.snapshot
        assert snapshot is not None
        if snapshot.values is not None:
            mask = snapshot.values.masks[2][:, 0]
            assert marks() == ["cross" if m == 0 else "dot" for m in mask.tolist()]
            patterns.add(tuple(mask.tolist()))
    assert len(patterns) > 2
    window.session.select(Selection(sample=5))  # a selected sample is evaluated by itself, without dropout
    assert marks() == [""] * 6


def test_a_wide_layer_s_mask_is_a_strip(qtbot: QtBot, open_window: Open) -> None:
    layers = (Dense(64), Dropout(0.5), Dense(1, "sigmoid"))
    window = open_window(Design(data=Data(), layers=layers))
    window.actions_["iteration"].trigger()
    window.player.settle()
    view, snapshot = window.panels.canvas, window.player.snapshot
    assert snapshot is not None and snapshot.values is not None
    mask, image = snapshot.values.masks[2][:, 0], as_kept(view)
    band = view.state.layout.columns[2].block.adjusted(5, 9, -5, -9)
    heights = band.top() + (np.arange(64) + 0.5) * band.height() / 64
    points = [view.mapFromScene(QPointF(band.center().x(), float(y))) for y in heights]
    off = np.array([image.pixelColor(point) == view.state.theme.panel for point in points])
    assert np.mean(off == (mask == 0)) > 0.9
    qtbot.mouseClick(view.viewport(), LEFT, NONE, points[0])
