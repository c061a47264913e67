"""The terms of a formula are links that can be hovered over, clicked, reached by Tab, and highlighted."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from core.nn.trainer import Phase
from gui.selection import Selection
from gui.text.formula_browser import FormulaText
from gui.text.rich_text import address, selection_at
from gui.theme.theme import DARK
from gui.views.inspector.view import Inspector
from tests.gui.scenes import scene, tell


@pytest.fixture
def inspector(qtbot: QtBot) -> Inspector:
    made = Inspector()
    qtbot.addWidget(made)
    made.resize(340, 700)
    made.show()
    qtbot.waitExposed(made)
    tell(made, scene(), Selection(layer=1, neuron=2, sample=4))
    return made


def _middle(text: FormulaText, link: str) -> QPoint:
    """Return a point in the middle of the first term with a link."""
    start, end = next(iter(text.places(link)))
    cursor = QTextCursor(text.document())
    cursor.setPosition((start + end) // 2)
    return text.cursorRect(cursor).center()


def test_a_link_leads_back_to_its_selection() -> None:
    for selection in (Selection(2, 1, 0), Selection(1, 3), Selection()):
        assert selection_at(address(selection)) == selection


def test_pointing_at_a_term_lights_its_edge(qtbot: QtBot, inspector: Inspector) -> None:
    hovered: list[Selection] = []
    inspector.hover_requested.connect(hovered.append)
    view = inspector.text.viewport()
    for i in range(2):
        qtbot.mouseMove(view, _middle(inspector.text, f"1/2/{i}"))
        assert hovered[-1] == Selection(1, 2, i)
    for k in range(2):
        qtbot.mouseMove(view, _middle(inspector.text, f"2/{k}/2"))
        assert hovered[-1] == Selection(2, k, 2)
    marked = [text.replace("\xa0", " ") for text in inspector.text.marked()]
    assert len(marked) == 1 and marked[0].count("·") == 1
    qtbot.mouseMove(view, QPoint(2, 2))
    assert hovered[-1] == Selection() and not inspector.text.marked()


def test_the_mouse_leaves(qtbot: QtBot, inspector: Inspector) -> None:
    hovered: list[Selection] = []
    inspector.hover_requested.connect(hovered.append)
    qtbot.mouseMove(inspector.text.viewport(), _middle(inspector.text, "1/2/1"))
    qtbot.mouseMove(inspector.copy.button)
    qtbot.waitUntil(lambda: hovered[-1] == Selection())


def test_what_is_pointed_at_elsewhere_is_marked(inspector: Inspector) -> None:
    inspector.show_hover(Selection(1, 2, 1, sample=9))
    (term,) = inspector.text.marked()
    row = inspector.text.toPlainText().replace("\xa0", " ").split("\n")[2]
    assert term in row and "·" in term
    told = scene(phase=Phase.FORWARD)
    inspector.show_snapshot(told.snapshot)
    assert len(inspector.text.marked()) == 1, "the mark stays when the numbers change"
    inspector.show_theme(DARK)
    assert len(inspector.text.marked()) == 1
    inspector.show_hover(Selection(7, 7, 7))
    assert not inspector.text.marked()
    inspector.show_hover(Selection(layer=2))
    assert not inspector.text.marked()


def test_a_click_looks_at_the_edge_and_keeps_the_sample(qtbot: QtBot, inspector: Inspector) -> None:
    asked: list[Selection] = []
    inspector.select_requested.connect(asked.append)
    point = _middle(inspector.text, "1/2/0")
    qtbot.mouseMove(inspector.text.viewport(), point)
    qtbot.mouseClick(inspector.text.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert asked == [Selection(1, 2, 0, sample=4)]


def test_tab_goes_from_term_to_term(qtbot: QtBot, inspector: Inspector) -> None:
    hovered: list[Selection] = []
    asked: list[Selection] = []
    inspector.hover_requested.connect(hovered.append)
    inspector.select_requested.connect(asked.append)
    inspector.activateWindow()
    inspector.text.setFocus()
    qtbot.waitUntil(inspector.text.hasFocus)
    for _ in range(2):
        qtbot.keyClick(inspector.text, Qt.Key.Key_Tab)
    assert hovered[-1].layer is not None and len(hovered) == 2
    qtbot.keyClick(inspector.text, Qt.Key.Key_Return)
    assert asked[-1].layer == hovered[-1].layer and asked[-1].source == hovered[-1].source


def test_tab_leaves_the_text_in_the_end(qtbot: QtBot, inspector: Inspector) -> None:
    inspector.activateWindow()
    inspector.text.setFocus()
    for _ in range(40):
        qtbot.keyClick(inspector.focusWidget() or inspector, Qt.Key.Key_Tab)
        if not inspector.text.hasFocus():
            return
    raise AssertionError("the focus is caught in the text")


def test_the_text_is_as_high_as_what_it_says(qtbot: QtBot) -> None:
    text = FormulaText("text")
    qtbot.addWidget(text)
    text.resize(200, 20)
    text.show()
    text.write("<p>one</p>")
    low = text.height()
    text.write("<p>one</p><p>two</p><p>three</p>")
    assert text.height() > 2 * low
    wide = text.height()
    text.write("<p>" + "many words " * 20 + "</p>")
    assert text.height() > wide
    high = text.height()
    text.resize(600, text.height())
    assert text.height() < high
