"""The pad: a digit is drawn with the mouse, read while it is drawn, and can be added to the data."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.arrays import Array
from core.data.datasets import OWN_TABLE
from core.data.drawn_digit import PAD, as_input, digit_image
from core.nn.design import Data, Design
from core.nn.passes import evaluate
from core.number_style import value_text
from core.project.files import examples, read
from gui.app.main_window import MainWindow
from gui.qt.later import draw_all
from gui.selection import OutsideInput, Selection
from gui.theme.theme import DARK
from gui.views.digit_pad.view import DigitPad
from tests.core.data.test_drawn_digit import DIGITS
from tests.gui.scenes import Scene, scene, tell
from tests.gui.waiting import wait_for_the_late

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture
def view(qtbot: QtBot) -> DigitPad:
    made = DigitPad()
    qtbot.addWidget(made)
    made.resize(260, 340)
    made.show()
    qtbot.waitExposed(made)
    return made


def on_paper(view: DigitPad, x: float, y: float) -> QPoint:
    """Return a place of the paper, given in pixels of the drawing."""
    square = view.paper.square
    return (square.topLeft() + QPointF(x, y) * square.width() / PAD).toPoint()


def draw_line(view: DigitPad, places: list[tuple[float, float]], button: Qt.MouseButton = LEFT) -> None:
    """Draw a stroke through places of the drawing with the mouse."""
    points = [on_paper(view, *place) for place in places]
    QTest.mousePress(view.paper, button, pos=points[0])
    for point in points[1:]:
        QTest.mouseMove(view.paper, point)
        QApplication.processEvents()
    QTest.mouseRelease(view.paper, button, pos=points[-1])


def draw_digit(view: DigitPad, digit: int) -> None:
    for points in DIGITS[digit]:
        draw_line(view, [(38 + 50 * x, 16 + 62 * y) for x, y in points])


def read_by(told: Scene, drawing: Array) -> Array:
    """Return the outputs for a drawing, of the core alone."""
    x = as_input(told.dataset, digit_image(drawing))[:, None]
    return evaluate(told.network, told.snapshot.theta, x, np.zeros((10, 1))).a[-1][:, 0]


def asked(view: DigitPad) -> list[Selection]:
    """Return the selections asked for, which are then shown; the list grows with the requests."""
    heard: list[Selection] = []

    def answer(selection: Selection) -> None:
        heard.append(selection)
        view.show_selection(selection)

    view.select_requested.connect(answer)
    return heard


@pytest.fixture(scope="module")
def digits() -> Scene:
    return scene("digits", (32,), iterations=600, learning_rate=0.005)


def test_a_drawing_goes_through_the_network_and_is_read(view: DigitPad, qtbot: QtBot, digits: Scene) -> None:
    tell(view, digits, theme=DARK)
    heard = asked(view)
    draw_digit(view, 3)
    wait_for_the_late(qtbot, view)
    sent = heard[-1].sample
    assert isinstance(sent, OutsideInput) and view.paper.sent
    assert sent.x == tuple(as_input(digits.dataset, digit_image(view.paper.drawing)).tolist())
    o = read_by(digits, view.paper.drawing)
    k = int(o.argmax())
    assert view.line.text() == f"The network says {k}, with probability {value_text(float(o[k]))}."
    assert view.meant.currentText() == str(k) and view.add.isEnabled()
    view.grab()


def test_it_is_sent_while_it_is_drawn_not_only_at_its_end(
    view: DigitPad, qtbot: QtBot, digits: Scene
) -> None:
    tell(view, digits)
    heard = asked(view)
    QTest.mousePress(view.paper, LEFT, pos=on_paper(view, 60, 20))
    for y in (40, 60, 80):
        QTest.mouseMove(view.paper, on_paper(view, 60, y))
        qtbot.waitUntil(lambda: not view._frame.isActive())
    assert len(heard) >= 2 and heard[0] != heard[-1]
    QTest.mouseRelease(view.paper, LEFT, pos=on_paper(view, 60, 80))


def test_the_right_button_erases_and_clear_begins_anew(view: DigitPad, qtbot: QtBot, digits: Scene) -> None:
    tell(view, digits)
    heard = asked(view)
    draw_line(view, [(20, 60), (100, 60)])
    across = view.paper.drawing.copy()
    assert across[60, 60] and across.sum() > 500
    draw_line(view, [(60, 40), (60, 90)], RIGHT)
    assert not view.paper.drawing[60, 60] and view.paper.drawing[60, 30]
    qtbot.mouseClick(view.clear, LEFT)
    assert not view.paper.drawing.any() and heard[-1].sample is None
    assert not view.add.isEnabled() and "draws" in view.line.text()


def test_the_wheel_and_the_slider_set_the_pen(view: DigitPad, digits: Scene) -> None:
    tell(view, digits)
    place = QPointF(on_paper(view, 60, 60))
    turn = QWheelEvent(
        place,
        view.paper.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    before = view.pen.value()
    QApplication.sendEvent(view.paper, turn)
    assert view.pen.value() == view.paper.pen == before + 1
    QTest.keyClick(view.pen, Qt.Key.Key_End)
    draw_line(view, [(60, 60)])
    assert view.paper.pen == view.pen.maximum()
    assert view.paper.drawing.sum() == pytest.approx(np.pi * view.paper.pen**2, rel=0.1)


def test_each_stroke_can_be_undone(view: DigitPad, digits: Scene) -> None:
    tell(view, digits)
    deeds: list[tuple[str, Callable[[], object], Callable[[], object]]] = []
    view.deed_done.connect(lambda *deed: deeds.append(deed))
    draw_line(view, [(20, 30), (100, 30)])
    first = view.paper.drawing
    draw_line(view, [(20, 90), (100, 90)])
    assert [text for text, _undo, _redo in deeds] == ["Draw", "Draw"]
    deeds[1][1]()
    assert np.array_equal(view.paper.drawing, first)
    deeds[1][2]()
    assert view.paper.drawing[90, 60]


def test_the_reading_follows_the_training(view: DigitPad, qtbot: QtBot) -> None:
    told = scene("digits", (8,), iterations=0, phase=None)
    tell(view, told)
    draw_digit(view, 0)
    wait_for_the_late(qtbot, view)
    before = view.line.text()
    told.trainer.run(200)
    view.show_snapshot(told.snapshot)
    o = read_by(told, view.paper.drawing)
    assert view.line.text() != before and value_text(float(o.max())) in view.line.text()


@pytest.mark.parametrize("source", ["xor", "iris"])
def test_other_data_cannot_be_drawn(view: DigitPad, source: str) -> None:
    tell(view, scene(source, (4,), iterations=1))
    heard = asked(view)
    assert "Digits" in view.line.text() and not view.paper.isEnabled()
    draw_line(view, [(20, 30), (100, 30)])
    assert not view.paper.drawing.any() and not heard


# -- in the window ---------------------------------------------------------------------------------------


@pytest.fixture
def window(open_window: Callable[..., MainWindow], qtbot: QtBot) -> MainWindow:
    made = open_window(read(examples()["digits"]).design)
    made.resize(1366, 768)
    made.player.run(200)
    made.player.settle()
    draw_all(made)
    return made


def pad_of(window: MainWindow) -> DigitPad:
    pad = window.panels["digit_pad"]
    assert isinstance(pad, DigitPad)
    return pad


def test_the_pad_appears_with_images_and_goes_with_them(open_window: Callable[..., MainWindow]) -> None:
    window = open_window(Design(data=Data("xor")))
    dock = window.panels.docks["digit_pad"]
    draw_all(window)
    assert dock.isHidden()
    window.files.open(examples()["digits"])
    draw_all(window)
    assert pad_of(window).isVisible()
    window.files.open(examples()["iris"])
    draw_all(window)
    assert dock.isHidden()


def test_what_is_drawn_stands_on_the_canvas_and_only_the_forward_pass_is_known(
    window: MainWindow, qtbot: QtBot
) -> None:
    pad, canvas = pad_of(window), window.panels.canvas
    draw_digit(pad, 0)
    wait_for_the_late(qtbot, pad)
    moment, dataset = canvas.state.moment, window.document.dataset
    x = as_input(dataset, digit_image(pad.paper.drawing))
    assert moment is not None and moment.a is not None and np.allclose(moment.a[0], x)
    assert moment.delta is None
    y = np.zeros((10, 1))
    expected = evaluate(window.player.network, window.player.snapshot.shown_theta, x[:, None], y).a
    assert np.allclose(moment.a[-1], expected[-1][:, 0])
    assert "no target" in window.status.happened.text()
    inspector = window.panels["inspector"]
    assert inspector.windowTitle() == "Your own input"
    for selection in (
        Selection(1, 3, sample=window.session.selection.sample),
        Selection(2, 3, 5, sample=window.session.selection.sample),
        Selection(1, sample=window.session.selection.sample),
    ):
        window.session.select(selection)
        draw_all(window)
    assert canvas.state.moment.a is not None and np.allclose(canvas.state.moment.a[0], x)


def test_going_through_passes_leaves_the_drawing_in_the_network(window: MainWindow, qtbot: QtBot) -> None:
    pad, canvas = pad_of(window), window.panels.canvas
    draw_digit(pad, 7)
    wait_for_the_late(qtbot, pad)
    before = canvas.state.moment.a[0].copy()
    for name in ("forward", "backward", "update"):
        window.actions_[name].trigger()
        window.player.settle()
        draw_all(window)
        moment = canvas.state.moment
        assert np.array_equal(moment.a[0], before) and moment.delta is None
        assert not any(np.isnan(a).any() for a in moment.a)
    for view in ("matrices", "activation_plot", "network_expression", "linear_collapse", "outline"):
        window.panels.bring(view)
        draw_all(window)
    assert "no target" in window.status.happened.text()


def test_a_drawing_is_added_to_the_data_with_its_class_in_one_undo_step(
    window: MainWindow, qtbot: QtBot
) -> None:
    pad, document = pad_of(window), window.document
    before, count = document.design, document.dataset.x.shape[1]
    draw_digit(pad, 4)
    wait_for_the_late(qtbot, pad)
    drawing, steps = pad.paper.drawing, document.undo_stack.index()
    pad.meant.setFocus()
    QTest.keyClick(pad.meant, Qt.Key.Key_4)
    QTest.keyClick(pad.meant, Qt.Key.Key_Return)
    assert pad.meant.currentText() == "4"
    qtbot.mouseClick(pad.add, LEFT)
    draw_all(window)
    dataset = document.dataset
    assert document.undo_stack.index() == steps + 1 and document.undo_stack.undoText() == "Add a drawn 4"
    assert document.design.data.source == OWN_TABLE.name and not document.problems
    assert dataset.x.shape[1] == count + 1 and dataset.labels[-1] == 4 and count in dataset.train
    assert np.allclose(dataset.measured(count), digit_image(drawing).ravel())
    assert window.session.selection == Selection(sample=count) and not pad.paper.drawing.any()
    assert pad.isVisible() and pad.paper.isEnabled()
    document.undo_stack.undo()
    draw_all(window)
    assert document.design == before and np.array_equal(pad.paper.drawing, drawing) and pad.paper.sent
    document.undo_stack.redo()
    draw_all(window)
    qtbot.mouseClick(pad.clear, LEFT)
    draw_digit(pad, 1)
    wait_for_the_late(qtbot, pad)
    qtbot.mouseClick(pad.add, LEFT)
    draw_all(window)
    assert document.dataset.x.shape[1] == count + 2
    while document.undo_stack.canUndo():
        document.undo_stack.undo()
    draw_all(window)
    assert document.design == before and document.dataset.x.shape[1] == count


def test_a_run_goes_on_while_it_is_drawn(window: MainWindow, qtbot: QtBot) -> None:
    pad = pad_of(window)
    window.session.toggle_run()
    for a, b in pairwise([(30, 30), (90, 30), (50, 100)]):
        draw_line(pad, [a, b])
    first = window.player.snapshot.iteration
    qtbot.waitUntil(lambda: window.player.snapshot.iteration > first)
    assert isinstance(window.session.selection.sample, OutsideInput)
    window.session.toggle_run()
    window.player.settle()
    draw_all(window)
    assert np.allclose(window.panels.canvas.state.moment.a[0], window.session.selection.sample.x)
