"""Formulas rendered as pictures."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QColor
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from core.derivation.formulas import activation_latex, loss_latex
from core.derivation.update import optimizer_latex
from core.nn.activations import ACTIVATIONS
from core.nn.losses import LOSSES
from core.nn.optimizers import OPTIMIZERS
from gui.text.formula_label import FormulaLabel, svg

FORMULAS = [
    *(formula for activation in ACTIVATIONS.values() for formula in activation_latex(activation)),
    *(loss_latex(kind()) for kind in LOSSES.values()),
    *(optimizer_latex(kind()) for kind in OPTIMIZERS.values()),
]


@pytest.mark.parametrize("latex", FORMULAS)
def test_every_formula_of_the_tables_is_drawn_with_all_its_glyphs(qtbot: QtBot, latex: str) -> None:
    picture = svg(latex, "#123456", 16)
    assert QSvgRenderer(QByteArray(picture)).isValid()
    assert b"<symbol" not in picture and picture.count(b"#123456") >= 1


def test_a_formula_is_set_once(qtbot: QtBot) -> None:
    svg.cache_clear()
    label = FormulaLabel(r"1-g(z)^2", "derivative of tanh")
    qtbot.addWidget(label)
    label.show()
    for _ in range(5):
        label.grab()
    assert svg.cache_info().misses == 1
    assert label.accessibleName() == "derivative of tanh"


def test_it_is_painted_in_the_text_colour_and_in_its_own(qtbot: QtBot) -> None:
    label = FormulaLabel(r"\frac{1}{2}")
    qtbot.addWidget(label)
    label.resize(60, 40)
    label.show()
    text = label.palette().text().color()
    assert _distance(label, text) < 0.1
    assert _distance(label, QColor("#ff0000")) > 0.3
    label.set_formula(r"\frac{1}{2}", "", "#ff0000")
    assert _distance(label, QColor("#ff0000")) < 0.1


def _distance(label: FormulaLabel, colour: QColor) -> float:
    """Return the colour distance of the pixel that is nearest to a colour."""
    image = label.grab().toImage()
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return min(
        max(abs(p.redF() - colour.redF()), abs(p.greenF() - colour.greenF()), abs(p.blueF() - colour.blueF()))
        for p in pixels
    )


def test_a_formula_of_several_lines_is_higher(qtbot: QtBot) -> None:
    one, three = FormulaLabel(r"v\leftarrow g"), FormulaLabel(optimizer_latex(OPTIMIZERS["adam"]()))
    for label in (one, three):
        qtbot.addWidget(label)
        label.show()
    assert len(three.lines()) == 3 and three.sizeHint().height() > 2 * one.sizeHint().height()


def test_an_empty_formula_takes_no_room(qtbot: QtBot) -> None:
    label = FormulaLabel()
    qtbot.addWidget(label)
    label.show()
    assert label.sizeHint().height() == 0


def test_ziamath_is_not_imported_before_a_formula_is_seen() -> None:
    code = (
        "import sys; from PySide6.QtWidgets import QApplication; app = QApplication([]);"
        "from gui.text.formula_label import FormulaLabel; label = FormulaLabel('x'); label.sizeHint();"
        "assert not any(name.startswith('ziamath') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("latex", [r"a = b + c - d + e", r"v \leftarrow \beta v + (1 - \beta) g^2"])
def test_a_formula_that_is_too_wide_goes_on_below_in_the_same_size(qtbot: QtBot, latex: str) -> None:
    around, label = QWidget(), FormulaLabel(latex)
    qtbot.addWidget(around)
    column = QVBoxLayout(around)
    column.addWidget(label)
    around.resize(600, 200)
    around.show()
    qtbot.waitExposed(around)
    (whole,) = label.lines()
    around.resize(whole.defaultSize().width(), 200)  # the margins take some of it
    qtbot.waitUntil(lambda: label.height() >= sum(line.defaultSize().height() for line in label.lines()))
    assert len(label.lines()) > 1
    assert all(line.defaultSize().width() <= label.width() for line in label.lines())
