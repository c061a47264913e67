"""All fields for numbers, tested with real keys, read alike, explain refusals, and restore the old number."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QToolTip, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from core.graph.number_text import read_number
from core.lecture.scene import find_scene, read_scene
from core.nn.design import Training
from core.nn.early_stopping import STOPS
from core.number_style import axis_text, exact_text, fine_text, value_text
from gui.actions.keys import Keys
from gui.canvas.weight_editing import CanvasNumberEdit, EditedParameter
from gui.compare.card import CardField
from gui.graph_lab.value_field import ValueField
from gui.lecture.exercise_panel import ExercisePanel
from gui.lecture.questions.guess import ChoiceList, TypedGuess
from gui.text.rich_text import number
from gui.theme import theme
from gui.views.inspector.weight_editor import WeightEditor
from gui.views.training_panel import StopForm
from gui.widgets.form import Form
from gui.widgets.number_edit import NumberEdit
from tests.core.graph.test_number_text import assert_read_back, numbers

GUI = Path(__file__).parents[3] / "gui"


def type_text(line: QLineEdit, text: str, end: Qt.Key | None = Qt.Key.Key_Return) -> None:
    """Replace the text of a field by typing, then press Enter."""
    line.setFocus()
    line.selectAll()
    if not text:
        QTest.keyClick(line, Qt.Key.Key_Delete)
    for letter in text:
        event = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, letter)
        QApplication.sendEvent(line, event)
    if end is not None:
        QTest.keyClick(line, end)


@dataclass
class Made:
    """A field with its line edit, the numbers it emitted, and the messages it showed."""

    widget: QWidget
    line: QLineEdit
    told: list[float]
    said: list[str]


def of_form(form: Form, value: object, name: str) -> Made:
    form.show_value(value)  # type: ignore[arg-type]
    row = form.rows[name]
    made = Made(form, row.edit, [], [])  # type: ignore[arg-type]
    form.changed.connect(lambda new: made.told.append(getattr(new, name)))
    row.field.refused.connect(made.said.append)  # type: ignore[attr-defined]
    return made


def learning_rate() -> Made:
    return of_form(Form(Training), Training(), "learning_rate")


def stop_condition() -> Made:
    dialog = StopForm()
    name = next(name for name, kind in STOPS.items() if "loss" in kind.__struct_fields__)
    dialog.checks[name].setChecked(True)
    made = of_form(dialog.forms[name], STOPS[name](), "loss")
    made.widget = dialog
    dialog.setWindowFlags(Qt.WindowType.Widget)
    return made


def side_by_side() -> Made:
    field = CardField("η", "learning_rate")
    field.show_value(0.1)
    made = Made(field, field.edit, [], [])
    field.changed.connect(made.told.append)
    field.refused.connect(made.said.append)
    return made


def cell() -> Made:
    field = NumberEdit("z of cat", 1.5)
    made = Made(field, field, [], [])
    field.changed.connect(made.told.append)
    field.refused.connect(made.said.append)
    return made


def variable() -> Made:
    field = ValueField("x", 3.0)
    made = Made(field, field.edit, [], [])
    field.changed.connect(lambda _name, value: made.told.append(value))
    field.refused.connect(made.said.append)
    return made


def weight() -> Made:
    field = WeightEditor()
    field.show_name("W", "weight")
    field.show_value(0.25)
    made = Made(field, field.edit, [], [])
    field.changed.connect(made.told.append)
    field.refused.connect(made.said.append)
    return made


def on_canvas() -> Made:
    around = QWidget()
    around.resize(300, 200)
    around.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    field = CanvasNumberEdit(around)
    made = Made(around, field, [], [])
    field.entered.connect(lambda _place, value: made.told.append(value))
    field.refused.connect(made.said.append)
    return made


def sheet() -> Made:
    panel = ExercisePanel()
    panel.show_scene(read_scene(find_scene("23")))
    made = Made(panel, panel.sheet_field, [], [])
    panel.sheet_field.changed.connect(made.told.append)
    panel.sheet_field.refused.connect(made.said.append)
    return made


FIELDS: dict[str, Callable[[], Made]] = {
    made.__name__: made
    for made in (learning_rate, stop_condition, side_by_side, cell, variable, weight, on_canvas)
}


@pytest.fixture
def field(request: pytest.FixtureRequest, qtbot: QtBot, qapp: QApplication) -> Iterator[Made]:
    theme.apply(qapp, theme.LIGHT)
    made, around = EVERY[request.param](), QWidget()
    column = QVBoxLayout(around)
    column.addWidget(made.widget)
    column.addWidget(QLineEdit())  # for Tab to leave the field
    qtbot.addWidget(around)
    around.show()
    around.activateWindow()
    qtbot.waitUntil(around.isActiveWindow)
    if isinstance(made.line, CanvasNumberEdit):
        made.line.open(EditedParameter(1, 0, 0), 0.25, QRectF(50, 50, 80, 30))
    yield made


WHOLE = {"sheet": sheet}
EVERY = {**FIELDS, **WHOLE}


def wheel(line: QLineEdit, notches: int) -> bool:
    """Turn the wheel over a field; return whether the field took it."""
    middle = QPointF(line.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(line.mapToGlobal(line.rect().center())),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(line, event)
    return event.isAccepted()


@pytest.mark.parametrize("field", EVERY, indirect=True)
def test_arrows_step_up_and_down_from_what_is_typed(field: Made) -> None:
    field.line.setFocus()
    start = read_number(field.line.text())
    QTest.keyClick(field.line, Qt.Key.Key_Up)
    up = read_number(field.line.text())
    assert up > start
    QTest.keyClick(field.line, Qt.Key.Key_Down)
    assert read_number(field.line.text()) < up
    type_text(field.line, "7", end=Qt.Key.Key_Up)
    assert read_number(field.line.text()) > 7


@pytest.mark.parametrize("field", EVERY, indirect=True)
def test_the_wheel_over_a_field_without_focus_changes_only_those_made_for_it(field: Made) -> None:
    if isinstance(field.line, CanvasNumberEdit):
        pytest.skip("a field on the canvas is there only while it has the focus")
    others = [line for line in field.line.window().findChildren(QLineEdit) if line is not field.line]
    others[-1].setFocus()
    before = field.line.text()
    made_for_it = isinstance(field.line.parent(), ValueField) or isinstance(field.widget, NumberEdit)
    assert wheel(field.line, 1) == made_for_it
    assert (field.line.text() != before) == made_for_it
    field.line.setFocus()
    before = field.line.text()
    assert wheel(field.line, 1)
    assert read_number(field.line.text()) > read_number(before)


@pytest.mark.parametrize("field", EVERY, indirect=True)
def test_escape_brings_the_old_number_back(field: Made) -> None:
    before = field.line.text()
    type_text(field.line, "77", end=Qt.Key.Key_Escape)
    assert (field.line.text(), field.told) == (before, [])
    assert not field.line.isModified()


@pytest.mark.parametrize("field", EVERY, indirect=True)
def test_enter_leaves_a_field_only_if_the_number_is_taken(field: Made, qtbot: QtBot) -> None:
    window = field.line.window()
    home = QPushButton("home", window)
    home.show()
    keys = Keys(window, lambda: home, lambda: ())
    QApplication.processEvents()
    field.line.clearFocus()
    if isinstance(field.line, CanvasNumberEdit):
        field.line.open(EditedParameter(1, 0, 0), 0.25, QRectF(50, 50, 80, 30))
    type_text(field.line, "no number")
    QApplication.processEvents()
    assert field.line.hasFocus() and field.line.selectedText() == field.line.text()
    type_text(field.line, "5")
    qtbot.waitUntil(lambda: not field.line.hasFocus())
    assert field.told == [5]
    assert keys.parent() is window


TYPED = {
    "0,75": 0.75, "3/4": 0.75, "75 %": 0.75, "7.5·10⁻¹": 0.75, "75×10^-2": 0.75, "7.5e-1": 0.75, "۰٫۷۵": 0.75,
    "۷۵٪": 0.75, "\u200e+۰.۷۵": 0.75, " 0.75 ": 0.75, "sqrt(9)/4": 0.75,
}  # fmt: skip


@pytest.mark.parametrize("text", TYPED)
@pytest.mark.parametrize("field", FIELDS, indirect=True)
def test_every_field_reads_a_number_however_it_is_written(field: Made, text: str) -> None:
    type_text(field.line, text)
    assert field.told == [pytest.approx(TYPED[text], rel=1e-15)]
    assert read_number(field.line.text()) == pytest.approx(0.75), "and it shows the number it took"


REFUSED = {"": "left empty", "1,000": "write 1000 or 1.000", "abc": "“abc” is none", "1/0": "divides by 0"}


@pytest.mark.parametrize("text", REFUSED)
@pytest.mark.parametrize("field", FIELDS, indirect=True)
def test_a_refused_text_goes_the_old_number_is_back_and_the_sentence_says_why(
    field: Made, text: str, qtbot: QtBot
) -> None:
    before = field.line.text()
    type_text(field.line, text)
    assert (field.told, field.line.text()) == ([], before)
    why = next(sentence for sentence in reversed(field.said) if sentence)
    assert REFUSED[text] in why
    assert why.endswith(f"It stays {before}.")
    assert field.said[-1] == why, "it goes on being said"
    if isinstance(field.line, CanvasNumberEdit):
        assert QToolTip.text() == why
        return
    QTest.keyClick(field.line, Qt.Key.Key_Escape)
    assert field.said[-1] == "", "Escape takes the sentence away"
    type_text(field.line, "0.5", end=Qt.Key.Key_Tab)
    assert field.told == [0.5]
    assert field.said[-1] == ""


@pytest.mark.parametrize("field", FIELDS, indirect=True)
def test_leaving_a_field_takes_or_refuses_too(field: Made) -> None:
    if isinstance(field.line, CanvasNumberEdit):
        pytest.skip("a field on the canvas goes when it is left")
    before = field.line.text()
    type_text(field.line, "1 5", end=Qt.Key.Key_Tab)
    assert (field.told, field.line.text()) == ([], before)
    assert "grouped in threes" in field.said[-1]


@pytest.fixture
def row(qtbot: QtBot, qapp: QApplication) -> Callable[[str], tuple[Form, QLineEdit, QLabel]]:
    def make(name: str) -> tuple[Form, QLineEdit, QLabel]:
        form = Form(Training)
        qtbot.addWidget(form)
        form.show_value(Training())
        form.changed.connect(form.show_value)
        form.show()
        form.activateWindow()
        qtbot.waitUntil(form.isActiveWindow)
        return form, form.rows[name].edit, form.rows[name].problem  # type: ignore[return-value]

    return make


def test_a_form_says_it_below_the_field(row: Callable[[str], tuple[Form, QLineEdit, QLabel]]) -> None:
    _form, line, problem = row("learning_rate")
    type_text(line, "")
    assert (line.text(), line.property("problem")) == ("0.1", "false")
    assert problem.isVisible()
    assert problem.text() == "Learning rate η must be a number: the field was left empty. It stays 0.1."
    type_text(line, "1e9")
    assert problem.text() == "Learning rate η must be above 0 and at most 100; it is 1·10⁹. It stays 0.1."


def test_a_whole_number_takes_thousands(row: Callable[[str], tuple[Form, QLineEdit, QLabel]]) -> None:
    form, line, problem = row("batch_size")
    told: list[object] = []
    form.changed.connect(told.append)
    type_text(line, "1,000")
    assert told == [Training(batch_size=1000)]
    type_text(line, "۱۵۰")
    assert told[-1] == Training(batch_size=150)
    type_text(line, "1/2")
    why = "Batch size |B| must be a whole number: “1/2” is not a whole number."
    assert problem.text() == f"{why} It stays 150."


def test_votes_and_guesses(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, theme.LIGHT)
    around = QWidget()
    column, choices, guess = QVBoxLayout(around), ChoiceList(("yes", "no")), TypedGuess()
    column.addWidget(choices)
    column.addWidget(guess)
    qtbot.addWidget(around)
    around.show()
    around.activateWindow()
    qtbot.waitUntil(around.isActiveWindow)
    choices.ask_votes(True)
    type_text(choices.boxes[0], "۱۲")
    type_text(choices.boxes[1], "1,200")
    assert choices.votes == [12, 1200]
    type_text(choices.boxes[1], "-3")
    assert choices.votes == [12, 1200]
    assert choices.problem.isVisible()
    assert "between 0 and 9999" in choices.problem.text() and "It stays 1200." in choices.problem.text()
    type_text(guess.field, "2.13·10⁻⁵")
    assert guess.guess() == 2.13e-5 and guess.reads()
    type_text(guess.field, "1,000")
    assert guess.guess() is None and not guess.reads()
    assert "write 1000 or 1.000" in guess.problem.text()


def test_answers_and_the_sheet_of_an_exercise(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, theme.LIGHT)
    panel = ExercisePanel()
    qtbot.addWidget(panel)
    panel.resize(440, 700)
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    panel.show_scene(read_scene(find_scene("23")))
    type_text(panel.sheet_field, "۱۲")
    assert panel.sheet == 12 and panel.sheet_field.text() == "12"
    type_text(panel.sheet_field, "")
    assert panel.sheet_field.text() == "12" and panel.sheet_problem.isVisible()
    assert panel.sheet_problem.text().endswith("left empty. It stays 12.")
    row = panel.rows[0]
    type_text(row.field, "1/0")
    assert "divides by 0" in row.said.text() and not row.done
    type_text(row.field, f"{row.question.answer:.12e}".replace("e", "·10^"))
    assert row.right


STYLES: dict[str, Callable[[float], str]] = {
    "value": value_text,
    "with a step": lambda value: value_text(value, 1e-3),
    "fine": fine_text,
    "exact": exact_text,
    "axis": axis_text,
    "inspector": number,
    "inspector, eight digits": lambda value: number(value, 8),
}


@pytest.mark.parametrize("style", STYLES)
def test_every_style_of_the_window_is_read_back(style: str, qapp: QApplication) -> None:
    for value in numbers():
        assert_read_back(re.sub("<[^>]*>", "", STYLES[style](value)), value)


def test_no_field_reads_numbers_in_a_way_of_its_own() -> None:
    own = []
    for path in sorted(GUI.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                reads = node.func.id in ("float", "int") and any(
                    isinstance(part, ast.Attribute) and part.attr == "text"
                    for argument in node.args
                    for part in ast.walk(argument)
                )
                if reads or re.search("SpinBox|Validator", node.func.id):
                    own.append(f"{path.name}:{node.lineno}")
    assert not own


def test_the_weights_of_a_matrix_are_not_changed_by_reading(qapp: QApplication) -> None:
    for value in np.linspace(-3, 3, 61):
        assert read_number(f"{value:.6g}".replace("-", "−")) == float(f"{value:.6g}")
