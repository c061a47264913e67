"""The lab's lines and update step, by real events: named values are one node, and gradient descent walks."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from core import number_style
from core.export.tikz import shape_text
from core.graph.autodiff import by_backpropagation, forward
from core.graph.expression_text import expression_text
from core.graph.parser import parse
from gui.graph_lab.view import Lab
from gui.graph_lab.window import LabWindow
from gui.theme.theme import LIGHT
from gui.widgets import dialogs
from tests.gui.graph_lab.test_lab import column, type_expression
from tests.gui.graph_lab.test_lab_words import text_of

LEFT = Qt.MouseButton.LeftButton


def inputs(lab: Lab) -> dict[str, float]:
    return {name: float(value) for name, value in lab.stepper.inputs.items()}


def test_a_named_value_is_one_node_with_the_sum_of_its_shares(lab: Lab, qtbot: QtBot) -> None:
    type_expression(qtbot, lab, "h = tanh(w*x); f = h*u + h*v")
    lab.go(lab.stepper.last)
    names = list(column(lab, 1))
    assert names.count("h") == 1 and len(lab.stepper.uses[lab.stepper.graph.position("h")]) == 2
    assert lab.bar.sign.text() == ""
    type_expression(qtbot, lab, "x + y")
    assert "f" in lab.bar.sign.text()


def test_lines_are_pasted_as_they_are_written(lab: Lab, qtbot: QtBot) -> None:
    graph = parse("1/(1+exp(-(w0*x0+w1*x1+b)))")
    QGuiApplication.clipboard().setText(expression_text(graph))
    field = lab.bar.expression
    field.setFocus()
    field.selectAll()
    qtbot.keySequence(field, QKeySequence.StandardKey.Paste)
    assert {node.name for node in lab.stepper.graph.nodes} == {node.name for node in graph.nodes}
    assert "\n" not in field.text() and parse(field.text()) == lab.stepper.graph
    assert not lab.bubble.isVisible()


def choose(lab: Lab, text: str) -> None:
    """Choose an entry of the menu of the canvas."""
    viewport = lab.canvas.viewport()
    at = viewport.rect().bottomRight() - QPoint(3, 3)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, viewport.mapToGlobal(at))
    QApplication.sendEvent(viewport, event)
    menu = next(menu for menu in lab.canvas.findChildren(QMenu) if menu.isVisible())
    action = next(action for action in menu.actions() if action.text() == text)
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())


def test_the_canvas_copies_lines_that_are_read_again(lab: Lab) -> None:
    before = lab.stepper.graph
    choose(lab, "Copy as lines of text")
    assert parse(QGuiApplication.clipboard().text()) == before


def test_the_graph_is_saved_for_latex_as_it_stands(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialogs, "file_to_save", lambda *_what, **_how: str(tmp_path / "a"))
    lab.forward_pass()
    choose(lab, "Save for LaTeX (TikZ)…")
    text = (tmp_path / "a.tex").read_text(encoding="utf-8")
    assert text.count(r"\draw[->") == sum(len(node.inputs) for node in lab.stepper.graph.nodes) + 1
    assert text.count("node[value") > 0 and "node[gradient" not in text
    lab.backward_pass()
    assert "node[gradient" in lab.canvas.tikz()


def test_hidden_numbers_are_hidden_in_the_drawing_for_latex_too(lab: Lab) -> None:
    lab.backward_pass()
    bare = lab.canvas.tikz()
    lab.show_veil(True)
    text = lab.canvas.tikz()
    computed = [k for k, node in enumerate(lab.stepper.graph.nodes) if node.module is not None]
    numbers = [f"sloped] {{{shape_text(lab.stepper.values[k])}}}" for k in computed]
    assert all(number in bare for number in numbers)
    assert "sloped] {?}" in text and text.count("node[gradient, sloped] {?}") == bare.count("node[gradient")
    assert text.count("node[value, sloped] {?}") >= len(computed)
    lab.show_veil(False)
    assert lab.canvas.tikz() == bare


def test_updates_walk_downhill_and_are_taken_back(window: LabWindow, lab: Lab, qtbot: QtBot) -> None:
    type_expression(qtbot, lab, "q = x - 3; f = q^2 + y²")
    graph, start = lab.stepper.graph, inputs(lab)
    row = lab.updates
    walk = [start]
    for _ in range(3):
        gradient = by_backpropagation(graph, walk[-1]).of
        walk.append({name: x - 0.1 * float(gradient[name]) for name, x in walk[-1].items()})
        qtbot.mouseClick(row.button, LEFT)
        assert inputs(lab) == walk[-1]
        before, after = (float(forward(graph, values)[-1]) for values in walk[-2:])
        shown = text_of(row.text.text())
        assert f"f: {number_style.value_text(before)} → {number_style.value_text(after)}" in shown
        assert f"x ← {number_style.value_text(walk[-2]['x'])} − 0.1 · " in shown.replace("(", "")
        assert after < before
    assert lab.stepper.at == lab.stepper.last
    for values in reversed(walk[:-1]):
        qtbot.keyClick(window, "z", Qt.KeyboardModifier.ControlModifier)
        assert inputs(lab) == values
    qtbot.keyClick(window, "z", Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert inputs(lab) == walk[1]


def test_only_chosen_variables_are_updated_by_the_rate_that_was_typed(lab: Lab, qtbot: QtBot) -> None:
    type_expression(qtbot, lab, "(y - w*x)^2")
    before, row = inputs(lab), lab.updates
    for action in row.of.menu().actions():
        if action.data() != "w":
            action.trigger()
    assert "of w" in row.of.text()
    row.rate.edit.setFocus()
    row.rate.edit.selectAll()
    qtbot.keyClicks(row.rate.edit, "0,05")
    qtbot.keyClick(row.rate.edit, Qt.Key.Key_Return)
    qtbot.mouseClick(row.button, LEFT)
    gradient = float(by_backpropagation(parse("(y - w*x)^2"), before).of["w"])
    assert inputs(lab) == {**before, "w": before["w"] - 0.05 * gradient}
    for _ in range(3):
        lab.history.stack.undo()
    assert inputs(lab) == before and row.choice.rate == 0.1 and row.choice.kept == {"y"}
    row.of.menu().actions()[0].trigger()
    for action in row.of.menu().actions():
        if action.isChecked():
            action.trigger()
    assert not row.button.isEnabled()


def test_there_is_no_update_where_there_is_no_gradient(lab: Lab, qtbot: QtBot) -> None:
    lab.show_expression("√x", {"x": 0})
    qtbot.mouseClick(lab.updates.button, LEFT)
    assert inputs(lab) == {"x": 0.0}
    assert "infinitely steep" in lab.bubble.text() and not lab.history.stack.canUndo()


def test_a_veiled_graph_is_not_updated(lab: Lab, qtbot: QtBot) -> None:
    before = inputs(lab)
    lab.show_veil(True)
    qtbot.mouseClick(lab.updates.button, LEFT)
    assert inputs(lab) == before


def test_numbers_follow_the_digits_that_are_set(lab: Lab, qtbot: QtBot) -> None:
    lab.show_expression("x / y", {"x": 1, "y": 3})
    digits = number_style.digits()
    try:
        number_style.set_digits(9)
        lab.show_theme(LIGHT)
        lab.go(lab.stepper.last)
        assert column(lab, 1)["f"] == "0.333333333"
        qtbot.mouseClick(lab.updates.button, LEFT)
        assert "0.966666667" in text_of(lab.updates.text.text())
    finally:
        number_style.set_digits(digits)


def test_the_button_stays_in_its_place(lab: Lab, qtbot: QtBot) -> None:
    place = lab.updates.button.pos()
    for action in lab.updates.of.menu().actions()[:2]:
        action.trigger()
        qtbot.mouseClick(lab.updates.button, LEFT)
        assert lab.updates.button.pos() == place


@pytest.mark.parametrize(
    ("lines", "values", "f", "gradients"),
    [
        ("q = x + y; f = q*z", {"x": -2, "y": 5, "z": -4}, "−12", {"x": "−4", "y": "−4", "z": "3"}),
        (
            "σ(w0*x0 + w1*x1 + w2)",
            {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3},
            "0.731",
            {"w₀": "−0.197", "x₀": "0.393", "w₁": "−0.393", "x₁": "−0.590", "w₂": "0.197"},
        ),
        (
            "f = 2(x*y + max(z, w))",
            {"x": 3, "y": -4, "z": 2, "w": -1},
            "−20",
            {"x": "−8", "y": "6", "z": "2", "w": "0"},
        ),
    ],
)
def test_the_circuits_of_a_lecture_are_typed_and_read(
    lab: Lab, qtbot: QtBot, lines: str, values: dict[str, float], f: str, gradients: dict[str, str]
) -> None:
    QGuiApplication.clipboard().setText(lines)
    lab.bar.expression.setFocus()
    lab.bar.expression.selectAll()
    qtbot.keySequence(lab.bar.expression, QKeySequence.StandardKey.Paste)
    qtbot.keyClick(lab.bar.expression, Qt.Key.Key_Return)
    for name, value in values.items():
        edit = lab.bar.fields[name].edit
        edit.setFocus()
        edit.selectAll()
        qtbot.keyClicks(edit, str(value))
        qtbot.keyClick(edit, Qt.Key.Key_Return)
    lab.go(lab.stepper.last)
    told, back = column(lab, 1), column(lab, 2)
    assert told["f"] == f
    assert {name: back[name] for name in gradients} == gradients
