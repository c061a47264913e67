"""Reading the texts of a window: every kind of drawing, with texts cut off, covering each other and small."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from gui.figures.drawn_text import DrawnText, drawn_texts
from gui.qt.later import draw_all
from gui.text.formula_label import FormulaLabel
from gui.text.labels import FastLabel


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    page = QWidget()
    page.resize(400, 300)
    qtbot.addWidget(page)
    return page


def put(page: QWidget, widget: QWidget, x: int, y: int, width: int, height: int) -> None:
    widget.setParent(page)
    widget.setGeometry(x, y, width, height)
    widget.show()


def read(page: QWidget) -> dict[str, DrawnText]:
    return {drawn.text: drawn for drawn in drawn_texts(page)}


class Painted(QWidget):
    """Draws a text at a place, turned by 90 degrees if so desired."""

    def __init__(self, text: str, *, turned: bool = False) -> None:
        super().__init__()
        self.text, self.turned = text, turned

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.turned:
            painter.translate(self.width() / 2, self.height() - 10)
            painter.rotate(-90)
            painter.drawText(0, 0, self.text)
        else:
            painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, self.text)
        painter.end()


def test_labels_painted_texts_and_graphics_items_are_read_where_they_stand(page: QWidget) -> None:
    scene = QGraphicsScene(0, 0, 100, 50)
    scene.addText("item").setPos(20, 10)
    put(page, QLabel("rich <b>label</b>"), 10, 20, 200, 20)
    put(page, Painted("painted"), 200, 100, 100, 40)
    put(page, Painted("turned", turned=True), 20, 60, 30, 120)
    put(page, QGraphicsView(scene), 200, 200, 120, 70)
    found = read(page)
    assert {text.strip() for text in found} == {"rich", "label", "painted", "turned", "item"}
    assert found["painted"].place.center().x() == pytest.approx(250, abs=2)
    assert found["painted"].place.center().y() == pytest.approx(120, abs=2)
    assert found["turned"].place.height() > found["turned"].place.width()
    assert not any(drawn.cut for drawn in found.values())
    assert QRectF(200, 200, 120, 70).contains(found["item"].place)


def test_what_is_cut_off_is_told_by_clipping_and_by_dots(page: QWidget) -> None:
    put(page, QLabel("a label much longer than its room"), 10, 10, 60, 20)
    put(page, QLabel("low"), 10, 40, 60, 6)
    put(page, QLabel("whole"), 10, 70, 100, 20)
    short = FastLabel("text")
    short.setText("words that end in dots where there is no room")
    put(page, short, 10, 100, 80, 20)
    area, inside = QScrollArea(), QWidget()
    inside.resize(300, 40)
    QLabel("scrolled out of sight at its end", inside)
    area.setWidget(inside)
    put(page, area, 10, 150, 90, 60)
    cut = {drawn.text for drawn in drawn_texts(page) if drawn.cut}
    assert "whole" not in cut and len(cut) == 4 and any(text.endswith("…") for text in cut)


def test_texts_over_each_other_overlap_and_neighbours_do_not(page: QWidget) -> None:
    put(page, QLabel("one"), 10, 10, 80, 20)
    put(page, QLabel("over it"), 14, 14, 80, 20)
    put(page, QLabel("below"), 10, 32, 80, 20)
    found = read(page)
    assert found["one"].overlaps(found["over it"])
    assert not found["one"].overlaps(found["below"]) and not found["over it"].overlaps(found["below"])


@pytest.mark.parametrize("points", [8, 12, 30])
def test_the_height_of_letters_is_that_of_capitals(page: QWidget, points: int) -> None:
    font = QFont(page.font())
    font.setPointSize(points)
    label = QLabel("Letters")
    label.setFont(font)
    put(page, label, 0, 0, 380, 100)
    assert read(page)["Letters"].letters == pytest.approx(QFontMetricsF(font).capHeight(), rel=0.05)


def test_items_that_qt_keeps_as_bitmaps_are_read_too(page: QWidget) -> None:
    scene = QGraphicsScene(0, 0, 100, 50)
    item = scene.addText("kept")
    item.setCacheMode(item.CacheMode.DeviceCoordinateCache)
    put(page, QGraphicsView(scene), 10, 10, 200, 100)
    page.grab()
    assert "kept" in read(page)
    assert item.cacheMode() == item.CacheMode.DeviceCoordinateCache


def test_an_exponent_has_the_height_of_its_own_letters_and_is_whole(page: QWidget) -> None:
    put(page, QLabel("e<sup>100</sup>"), 10, 10, 100, 40)
    found = read(page)
    assert found["100"].letters < 0.8 * found["e"].letters and not found["100"].cut


def shown_formula(page: QWidget, latex: str, width: int, height: int) -> FormulaLabel:
    """Show a formula with a size on a page."""
    formula = FormulaLabel(latex)
    put(page, formula, 10, 10, width, height)
    page.show()
    draw_all(page)
    return formula


def test_a_formula_tells_its_letters_and_is_cut_off_where_a_denominator_is_lost(page: QWidget) -> None:
    latex = r"\frac{\partial L}{\partial w}"
    formula = shown_formula(page, latex, 300, 200)
    whole = read(page)[latex]
    assert whole.outlined and not whole.cut
    assert whole.letters < 0.6 * whole.place.height()  # of a line, not of the fraction
    formula.resize(300, round(0.85 * whole.place.height()))
    draw_all(page)
    assert read(page)[latex].cut


def test_a_formula_that_is_squeezed_has_small_letters(page: QWidget) -> None:
    latex = r"\sigma(a_1 w_1 + a_2 w_2 + a_3 w_3)"
    formula = shown_formula(page, latex, 380, 100)
    usual = read(page)[latex].letters
    formula.resize(formula.fontMetrics().height() * 4 + 2, 100)
    draw_all(page)
    assert read(page)[latex].letters < 0.95 * usual
