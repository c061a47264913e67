"""Changing a weight: typed, dragged, with the wheel; its check and its history."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionSlider, QWidget
from pytestqt.qtbot import QtBot

from core.analysis.activation_map import central_difference
from core.arrays import Array
from core.nn.design import Dense, Dropout
from core.nn.passes import evaluate
from core.nn.trainer import Phase
from core.number_style import exact_text, fine_text, value_text
from gui.selection import Selection
from gui.views.inspector.view import Inspector
from gui.views.inspector.weight_editor import WeightEditor, reach_for
from tests.gui.scenes import Scene, scene, scene_of, tell
from tests.gui.waiting import wait_for_the_late

EDGE = Selection(layer=2, neuron=1, source=3)


class Asked:
    """What the inspector has asked for."""

    def __init__(self, inspector: Inspector) -> None:
        self.previews: list[Array] = []
        self.edits: list[tuple[Array, str]] = []
        self.histories: list[Selection] = []
        inspector.theta_previewed.connect(self.previews.append)
        inspector.theta_edit_requested.connect(lambda theta, text: self.edits.append((theta, text)))
        inspector.weight_history_requested.connect(self.histories.append)


@pytest.fixture
def told() -> Scene:
    return scene()


@pytest.fixture
def inspector(qtbot: QtBot, told: Scene) -> Inspector:
    made = Inspector()
    qtbot.addWidget(made)
    made.resize(340, 700)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    tell(made, told, EDGE)
    QApplication.processEvents()
    return made


def _with(told: Scene, value: float, l: int = 2, i: int = 3, j: int = 1) -> Array:
    theta = told.snapshot.theta.copy()
    told.network.W(theta, l)[i, j] = value
    return theta


def _type(qtbot: QtBot, editor: WeightEditor, text: str) -> None:
    editor.edit.setFocus()
    editor.edit.selectAll()
    QApplication.clipboard().setText(text)
    editor.edit.paste()
    qtbot.keyClick(editor.edit, Qt.Key.Key_Return)


def _wheel(widget: QWidget, notches: int, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    place = QPointF(widget.rect().center())
    event = QWheelEvent(
        place,
        QPointF(widget.mapToGlobal(place.toPoint())),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def _handle(editor: WeightEditor) -> QPoint:
    option = QStyleOptionSlider()
    editor.slider.initStyleOption(option)
    style, parts = editor.slider.style(), QStyle.SubControl
    control = QStyle.ComplexControl.CC_Slider
    return style.subControlRect(control, option, parts.SC_SliderHandle, editor.slider).center()


def test_the_number_shown_is_the_weight(inspector: Inspector, told: Scene) -> None:
    editor = inspector.parameter.editor
    weight = told.network.W(told.snapshot.theta, 2)[3, 1]
    assert editor.value == weight and float(editor.edit.text()) == pytest.approx(weight, rel=1e-6)
    assert editor.edit.accessibleName() == "Weight from neuron 4 of layer 1 to neuron 2 of layer 2"
    assert editor.slider.value() == round(weight / editor.reach * editor.slider.maximum())


def test_typing_is_one_edit(qtbot: QtBot, inspector: Inspector, told: Scene) -> None:
    asked = Asked(inspector)
    _type(qtbot, inspector.parameter.editor, "−0,75")
    assert len(asked.edits) == 1 and not asked.previews
    theta, text = asked.edits[0]
    assert np.array_equal(theta, _with(told, -0.75)) and text == "Set W[2]₄₂ to −0.75"


@pytest.mark.parametrize("wrong", ["much", "nan", "inf", "1e9", ""])
def test_what_is_no_number_is_refused(qtbot: QtBot, inspector: Inspector, wrong: str) -> None:
    asked, panel = Asked(inspector), inspector.parameter
    panel.editor.edit.clear()
    _type(qtbot, panel.editor, wrong or " ")
    assert not asked.edits and panel.refusal.isVisible() and "must be a number" in panel.refusal.text()
    qtbot.keyClick(panel.editor.edit, Qt.Key.Key_Escape)
    assert not panel.refusal.isVisible() and float(panel.editor.edit.text()) != 0


def test_dragging_previews_and_edits_once(qtbot: QtBot, inspector: Inspector, told: Scene) -> None:
    asked, editor = Asked(inspector), inspector.parameter.editor
    slider, start = editor.slider, _handle(editor)
    before = told.snapshot.theta.copy()
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=start)
    for dx in (6, 12, 18):
        qtbot.mouseMove(slider, start + QPoint(dx, 0))
        if asked.previews:
            told.trainer.edit(asked.previews[-1])
            inspector.show_snapshot(told.snapshot)
    assert len(asked.previews) >= 2 and not asked.edits
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=start + QPoint(18, 0))
    assert len(asked.edits) == 1
    theta = asked.edits[0][0]
    assert np.array_equal(theta, asked.previews[-1])
    assert np.flatnonzero(theta != before).size == 1
    assert editor.value == told.network.W(theta, 2)[3, 1] > told.network.W(before, 2)[3, 1]


def test_the_loss_follows_the_drag(qtbot: QtBot, inspector: Inspector, told: Scene) -> None:
    asked = Asked(inspector)
    _type(qtbot, inspector.parameter.editor, "2.5")
    told.trainer.edit(asked.edits[0][0])
    inspector.show_snapshot(told.snapshot)
    values = told.snapshot.values
    assert values is not None and told.snapshot.phase is Phase.BACKWARD
    row = next(row for row in inspector.text.toPlainText().split("\n") if row.startswith("J"))
    assert value_text(values.J) in row


@pytest.mark.parametrize("where", ["edit", "slider"])
def test_the_wheel_is_one_edit(qtbot: QtBot, inspector: Inspector, told: Scene, where: str) -> None:
    asked, editor = Asked(inspector), inspector.parameter.editor
    widget = getattr(editor, where)
    _wheel(widget, 1)
    assert not asked.previews, "without the focus the wheel scrolls the panel"
    widget.setFocus()
    for _ in range(3):
        _wheel(widget, 1)
    assert len(asked.previews) == 3 and not asked.edits
    qtbot.waitUntil(lambda: len(asked.edits) == 1)
    weight = told.network.W(told.snapshot.theta, 2)[3, 1]
    assert editor.value == pytest.approx(weight + 3 * editor.reach / 100, abs=1e-4)
    _wheel(widget, 1, Qt.KeyboardModifier.ControlModifier)
    assert abs(editor.value - told.network.W(asked.edits[0][0], 2)[3, 1]) < editor.reach / 500


def test_arrow_keys_and_going_back(qtbot: QtBot, inspector: Inspector, told: Scene) -> None:
    asked, editor = Asked(inspector), inspector.parameter.editor
    editor.edit.setFocus()
    for _ in range(2):
        qtbot.keyClick(editor.edit, Qt.Key.Key_Down)
    assert len(asked.previews) == 2
    qtbot.keyClick(editor.edit, Qt.Key.Key_Escape)
    assert np.array_equal(asked.previews[-1], told.snapshot.theta)
    wait_for_the_late(qtbot, inspector)
    assert not asked.edits


def test_the_slider_by_keyboard_is_one_edit(qtbot: QtBot, inspector: Inspector) -> None:
    asked, editor = Asked(inspector), inspector.parameter.editor
    editor.slider.setFocus()
    for _ in range(3):
        qtbot.keyClick(editor.slider, Qt.Key.Key_Right)
    assert len(asked.previews) == 3 and not asked.edits
    editor.edit.setFocus()
    assert len(asked.edits) == 1


def test_choosing_something_else_ends_the_gesture(qtbot: QtBot, inspector: Inspector, told: Scene) -> None:
    asked, editor = Asked(inspector), inspector.parameter.editor
    editor.edit.setFocus()
    qtbot.keyClick(editor.edit, Qt.Key.Key_Up)
    value = editor.value
    inspector.show_selection(Selection(layer=1, neuron=0))
    assert len(asked.edits) == 1 and np.array_equal(asked.edits[0][0], _with(told, value))
    assert editor.edit.accessibleName() == "Bias of neuron 1 of layer 1"


def test_another_network_forgets_the_gesture(qtbot: QtBot, inspector: Inspector) -> None:
    asked, editor = Asked(inspector), inspector.parameter.editor
    editor.edit.setFocus()
    qtbot.keyClick(editor.edit, Qt.Key.Key_Up)
    tell(inspector, scene(hidden=(2, 2)), Selection(layer=1, neuron=0))
    wait_for_the_late(qtbot, inspector)
    assert not asked.edits


def test_the_bias_of_a_neuron(qtbot: QtBot, inspector: Inspector, told: Scene) -> None:
    asked = Asked(inspector)
    inspector.show_selection(Selection(layer=1, neuron=2))
    assert not inspector.parameter.check.isVisible() and not inspector.parameter.curve.isVisible()
    _type(qtbot, inspector.parameter.editor, "1.5")
    theta = told.snapshot.theta.copy()
    told.network.b(theta, 1)[2] = 1.5
    assert np.array_equal(asked.edits[0][0], theta)


def test_the_reach_follows_the_number(qtbot: QtBot, inspector: Inspector) -> None:
    editor = inspector.parameter.editor
    _type(qtbot, editor, "7")
    assert editor.reach == 20 and editor.slider.value() == round(7 / 20 * 400)
    assert reach_for(0.3, 1.0) == 1.0 and reach_for(0.01, 1.0) == 1.0
    assert reach_for(1.2, 1.0) == 2.0 and reach_for(400, 1.0) == 1000 and reach_for(-3, 50.0) == 5


# -- the numerical check -------------------------------------------------------------------------------


def _expected(told: Scene, samples: Array, k: int) -> tuple[float, float]:
    theta, network, dataset = told.snapshot.before, told.network, told.dataset
    x, y = dataset.x[:, samples], dataset.targets(network.n[-1])[:, samples]
    g = evaluate(network, theta, x, y).g
    assert g is not None
    return g[k], central_difference(lambda theta: evaluate(network, theta, x, y).J, theta, k)


@pytest.mark.parametrize("sample", [None, 6])
def test_a_derivative_is_checked(qtbot: QtBot, inspector: Inspector, told: Scene, sample: int | None) -> None:
    inspector.show_selection(Selection(2, 1, 3, sample=sample))
    row, values = inspector.parameter.check, told.snapshot.values
    assert values is not None and row.result.text() == ""
    qtbot.mouseClick(row.button, Qt.MouseButton.LeftButton)
    k = told.network.layers[1].offset + 3 * told.network.n[2] + 1
    samples = values.samples if sample is None else np.array([sample])
    exact, difference = _expected(told, samples, k)
    assert np.isclose(exact, difference, rtol=1e-5)
    assert fine_text(difference) in row.result.text() and "✓" in row.result.text()
    assert exact_text(exact) in row.result.toolTip()


def test_a_check_is_of_its_moment(qtbot: QtBot, inspector: Inspector, told: Scene) -> None:
    row = inspector.parameter.check
    qtbot.mouseClick(row.button, Qt.MouseButton.LeftButton)
    inspector.show_snapshot(told.snapshot)
    assert row.result.text()
    told.trainer.advance(Phase.UPDATE)
    inspector.show_snapshot(told.snapshot)
    assert not row.result.text(), "the derivative shown is that of the new weights"
    qtbot.mouseClick(row.button, Qt.MouseButton.LeftButton)
    inspector.show_selection(Selection(2, 0, 3))
    assert not row.result.text()


def test_a_check_is_without_dropout_and_penalty(qtbot: QtBot, inspector: Inspector) -> None:
    design = scene(l2=0.5).design
    layers = (design.layers[0], Dropout(0.5), *design.layers[1:])
    told = scene_of(replace(design, layers=layers))
    told.trainer.advance(Phase.BACKWARD)
    tell(inspector, told, Selection(2, 0, 1))
    qtbot.mouseClick(inspector.parameter.check.button, Qt.MouseButton.LeftButton)
    assert "✓" in inspector.parameter.check.result.text()


def test_a_kink_is_left_behind(qtbot: QtBot, inspector: Inspector) -> None:
    design = scene().design
    layers = (replace(design.layers[0], activation="relu"), *design.layers[1:])
    told = scene_of(replace(design, layers=layers))
    told.trainer.advance(Phase.BACKWARD)
    for i, j in np.ndindex(2, 4):
        tell(inspector, told, Selection(1, j, i))
        qtbot.mouseClick(inspector.parameter.check.button, Qt.MouseButton.LeftButton)
        assert "✓" in inspector.parameter.check.result.text()


# -- its history ---------------------------------------------------------------------------------------


def test_the_history_is_asked_for_and_shown(qtbot: QtBot, inspector: Inspector, told: Scene) -> None:
    asked = Asked(inspector)
    inspector.show_selection(Selection(1, 0, 1, sample=3))
    qtbot.waitUntil(lambda: asked.histories == [Selection(1, 0, 1)])
    curve = inspector.parameter.curve
    t = np.arange(0, 40, 10)
    inspector.show_history(t, np.array([0.1, 0.2, 0.3, 0.4]))
    present = told.network.W(told.snapshot.theta, 1)[1, 0]
    assert curve.present == (told.snapshot.iteration, present)
    assert np.array_equal(curve.iterations, t) and curve.x_range == (0, 40)
    assert curve.y_range[0] < min(0.1, present) and curve.y_range[1] > max(0.4, present)
    assert "after 0 iterations" in curve.accessibleDescription()


def test_while_it_runs_the_history_is_asked_for_now_and_then(
    qtbot: QtBot, inspector: Inspector, told: Scene
) -> None:
    asked = Asked(inspector)
    for times in (1, 2, 3):
        for _ in range(10):
            told.trainer.advance(Phase.UPDATE)
            inspector.show_snapshot(told.snapshot)
        wait_for_the_late(qtbot, inspector)
        assert len(asked.histories) == times
    inspector.hide()
    asked.histories.clear()
    told.trainer.advance(Phase.UPDATE)
    inspector.show_snapshot(told.snapshot)
    wait_for_the_late(qtbot, inspector)
    assert not asked.histories


def test_another_weight_has_another_history(inspector: Inspector) -> None:
    inspector.show_history(np.arange(5), np.zeros(5))
    inspector.show_selection(Selection(1, 0, 0))
    assert inspector.parameter.curve.values.size == 0


def test_a_check_at_a_kink_tells_both_derivatives(qtbot: QtBot, inspector: Inspector) -> None:
    design = scene("xor-four-points", (2,)).design
    told = scene_of(replace(design, layers=(Dense(2, "relu"), Dense(1, "sigmoid"))))
    theta = np.array(told.snapshot.theta)
    told.network.W(theta, 1)[:, 0] = 1.0, 2.0
    told.network.b(theta, 1)[0] = -1.0  # z of neuron 1 is 0 at (1, 0)
    told.network.W(theta, 2)[:, 0] = 1.0
    told.trainer.restart(theta)
    told.trainer.advance(Phase.BACKWARD)
    tell(inspector, told, Selection(layer=1, neuron=0, source=0))
    row = inspector.parameter.check
    qtbot.mouseClick(row.button, Qt.MouseButton.LeftButton)
    assert row.result.text().startswith("<b>kink: ") and "✗" not in row.result.text()
    assert "ReLU′(0) = 0 by convention" in row.result.accessibleDescription()
