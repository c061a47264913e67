"""The lab where there is no number: undefined, with the reason; two derivatives at a kink; first values."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.number_style import HIDDEN, NOT_COMPUTED
from gui.app.application import application
from gui.graph_lab.view import Lab
from gui.graph_lab.window import open_lab
from gui.theme import theme
from gui.theme.theme import LIGHT
from tests.gui.graph_lab.test_lab import column, pills, press, type_expression
from tests.gui.graph_lab.test_lab_words import text_of
from tests.gui.widgets.test_number_edit import type_text


@pytest.fixture
def lab(qtbot: QtBot) -> Iterator[Lab]:
    theme.apply(application(), LIGHT)
    window = open_lab(None, LIGHT)
    window.resize(1366, 768)
    qtbot.waitExposed(window)
    QApplication.processEvents()
    yield window.lab
    window.close()


def show(qtbot: QtBot, lab: Lab, text: str, **values: str) -> None:
    """Type an expression with any letters, and values, and press Backward pass."""
    type_text(lab.bar.expression, text)
    assert lab.bubble.isHidden(), lab.bubble.text()
    for name, value in values.items():
        type_text(lab.bar.fields[name].edit, value)
    press(qtbot, lab, "backward")


def said(lab: Lab) -> str:
    return text_of(lab.side.step.text())


def everything(lab: Lab) -> list[str]:
    """Return every text that stands for a number."""
    columns = range(1, lab.side.table.columnCount())
    shown = [text for k in columns for text in column(lab, k).values()]
    return [*shown, *(text for pair in pills(lab).values() for text in pair), said(lab)]


UNDEFINED = {
    "1/0": ({}, "nothing can be divided by 0"),
    "log(-1)": ({}, "−1 has no logarithm; only numbers above 0 have"),
    "x/(y-y)": ({}, "nothing can be divided by 0"),
    "ln(x)": ({"x": "0"}, "0 has no logarithm; only numbers above 0 have"),
    "√x": ({"x": "-4"}, "−4 has no real root"),
    "x^0.5": ({"x": "-1"}, "−1 to the power of 0.5 is not a real number"),
    "-(y*log(o)+(1-y)*log(1-o))": ({"y": "4", "o": "3"}, "−2 has no logarithm; only numbers above 0 have"),
}


@pytest.mark.parametrize("text", UNDEFINED)
def test_what_has_no_value_says_undefined_and_why(lab: Lab, qtbot: QtBot, text: str) -> None:
    values, why = UNDEFINED[text]
    show(qtbot, lab, text, **values)
    assert column(lab, 1)["f"] == "undefined"
    assert set(column(lab, 2).values()) == set(column(lab, 3).values()) == {"undefined"}
    shown = everything(lab)
    assert not any(HIDDEN in one or "NaN" in one or one == NOT_COMPUTED for one in shown)
    press(qtbot, lab, "forward")
    assert column(lab, 2)["f"] == NOT_COMPUTED, "not computed is another thing"
    culprit = next(node.name for k, node in enumerate(lab.stepper.graph.nodes) if lab.stepper.no_value(k))
    while lab.stepper.graph.nodes[lab.stepper.step.node].name != culprit:
        press(qtbot, lab, "back")
    assert "undefined" in said(lab) and why in said(lab)
    lab.show_veil(True)
    assert column(lab, 1)[culprit] == HIDDEN and "undefined" not in said(lab), "hidden is a third"


def test_a_root_has_no_slope_at_0(lab: Lab, qtbot: QtBot) -> None:
    show(qtbot, lab, "sqrt(x)", x="0")
    assert (column(lab, 1)["f"], column(lab, 2)["x"], column(lab, 3)["x"]) == ("0", "undefined", "undefined")
    assert "∂f/∂x is undefined here, because the root is infinitely steep at 0" in said(lab)


def test_a_power_of_a_negative_number(lab: Lab, qtbot: QtBot) -> None:
    show(qtbot, lab, "x**y", x="-2", y="3")
    assert (column(lab, 1)["f"], column(lab, 2)["x"], column(lab, 2)["y"]) == ("−8", "12", "undefined")
    assert column(lab, 3)["x"] == "12" and column(lab, 3)["y"] == "undefined"
    assert "∂f/∂y is undefined here, because a power of −2 exists only at whole exponents" in said(lab)


@pytest.mark.parametrize(
    ("text", "values", "gradient", "sides", "words"),
    [
        ("max(x, y)", {"x": "1", "y": "1"}, "1", "0 | 1", "a kink of max: 0 from the left, 1"),
        ("relu(x)", {"x": "0"}, "0", "0 | 1", "a kink of ReLU: 0 from the left, 1 from the right"),
        ("|x|", {"x": "0"}, "0", "−1 | 1", "−1 from the left, 1 from the right; 0 is a convention"),
    ],
)
def test_a_kink_tells_both_derivatives(
    lab: Lab, qtbot: QtBot, text: str, values: dict[str, str], gradient: str, sides: str, words: str
) -> None:
    show(qtbot, lab, text, **values)
    assert (column(lab, 2)["x"], column(lab, 3)["x"]) == (gradient, sides)
    assert words in said(lab)


def test_the_larger_of_a_number_and_itself_has_one_derivative(lab: Lab, qtbot: QtBot) -> None:
    show(qtbot, lab, "max(x, x)")
    assert (column(lab, 2)["x"], column(lab, 3)["x"]) == ("1", "1")


READ = {
    "pi*r^2": ("12.6", {"r": "12.6"}),
    "e^x": ("7.39", {"x": "7.39"}),
    "2x": ("4", {"x": "2"}),
    "|x|": ("2", {"x": "1"}),
    "x²": ("4", {"x": "4"}),
    "ln(x)": ("0.693", {"x": "0.5"}),
    "σ(x)": ("0.881", {"x": "0.105"}),
    "√x": ("1.41", {"x": "0.354"}),
    "۲·x": ("4", {"x": "2"}),
}


@pytest.mark.parametrize("text", READ)
def test_what_is_written_on_screen_is_read(lab: Lab, qtbot: QtBot, text: str) -> None:
    lab.show_expression("1", {})
    value, gradients = READ[text]
    name = next(iter(gradients))
    lab._known.clear()
    show(qtbot, lab, text, **{name: "2"})
    assert list(lab.bar.fields) == [name], "constants are no variables"
    assert column(lab, 1)["f"] == value
    assert column(lab, 2)[name] == gradients[name]


def test_first_values_lie_inside_whatever_was_shown_before(lab: Lab, qtbot: QtBot) -> None:
    assert lab.stepper.inputs == {"x": 3, "y": 4, "z": 2}
    show(qtbot, lab, "-(y*log(o)+(1-y)*log(1-o))")
    assert lab.stepper.domain is not None and lab.stepper.domain.fine
    assert 0 < lab.stepper.inputs["o"] < 1
    show(qtbot, lab, "sigmoid(w*x)")
    assert float(lab.stepper.final.gradients[0]) != pytest.approx(0, abs=1e-3)


def test_what_was_typed_stays_though_it_is_outside(lab: Lab, qtbot: QtBot) -> None:
    type_text(lab.bar.fields["y"].edit, "-1")
    type_expression(qtbot, lab, "log(y)*x")
    assert lab.stepper.inputs["y"] == -1
    press(qtbot, lab, "backward")
    assert column(lab, 1)["f"] == "undefined"


def test_a_refusal_says_what_to_write(lab: Lab, qtbot: QtBot) -> None:
    for text, write in (("1/2x", "/2*x"), ("0,5*x", "0.5"), ("√x²", "√(x**2)"), ("x(2)", "x*(…)")):
        type_text(lab.bar.expression, text)
        qtbot.waitUntil(lab.bubble.isVisible, timeout=60_000)
        assert write in lab.bubble.text()
