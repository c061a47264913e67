"""Sections share the height: what there is no room for folds, and opens again when there is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.layout.folding_sections import FoldingSections

LEFT = Qt.MouseButton.LeftButton
BODY = 100


class Body(QWidget):
    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.line, self.filling = QLineEdit(), QWidget()
        self.filling.setFixedHeight(BODY - self.line.sizeHint().height() - column.spacing())
        column.addWidget(self.line)
        column.addWidget(self.filling)


@pytest.fixture
def sections(qtbot: QtBot) -> FoldingSections:
    made = FoldingSections()
    for name in ("first", "second", "third"):
        made.add(name, name.capitalize(), Body())
    qtbot.addWidget(made)
    made.resize(200, height(made, 3))
    made.show()
    qtbot.waitExposed(made)
    return made


def height(sections: FoldingSections, bodies: int) -> int:
    headers = sum(section.header.sizeHint().height() for section in sections.sections.values())
    return headers + bodies * BODY + 2


def opened(sections: FoldingSections) -> list[str]:
    QApplication.processEvents()
    return [name for name, section in sections.sections.items() if section.body.isVisible()]


def test_all_are_open_where_there_is_room(sections: FoldingSections) -> None:
    assert opened(sections) == ["first", "second", "third"]


def test_a_click_or_a_key_on_a_header_folds_and_opens(sections: FoldingSections, qtbot: QtBot) -> None:
    header = sections.sections["second"].header
    qtbot.mouseClick(header, LEFT)
    assert opened(sections) == ["first", "third"] and sections.folded == ["second"]
    header.setFocus()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
        before = opened(sections)
        qtbot.keyClick(header, key)
        assert ("second" in opened(sections)) is not ("second" in before)


@pytest.mark.parametrize("bodies", [0, 1, 2])
def test_nothing_is_cut_or_scrolled_in_a_low_window(sections: FoldingSections, bodies: int) -> None:
    sections.resize(200, height(sections, bodies))
    shown = opened(sections)
    assert len(shown) == max(1, bodies)
    if bodies:
        for name in shown:
            assert sections.sections[name].body.geometry().bottom() <= sections.height()
            assert sections.sections[name].body.height() >= BODY


def test_the_one_used_longest_ago_gives_way(sections: FoldingSections, qtbot: QtBot) -> None:
    sections.activateWindow()
    for name in ("third", "first", "second"):
        sections.sections[name].body.line.setFocus()  # type: ignore[attr-defined]
        qtbot.waitUntil(sections.sections[name].body.line.hasFocus)  # type: ignore[attr-defined]
    sections.resize(200, height(sections, 2))
    assert opened(sections) == ["first", "second"]
    qtbot.mouseClick(sections.sections["third"].header, LEFT)
    assert opened(sections) == ["second", "third"]
    sections.resize(200, height(sections, 3))
    assert opened(sections) == ["first", "second", "third"], "what only gave way comes back"


def test_a_folded_section_stays_folded_where_there_is_room(sections: FoldingSections) -> None:
    sections.show_folded(["first"])
    sections.resize(200, height(sections, 1))
    sections.resize(200, height(sections, 3) + 300)
    assert opened(sections) == ["second", "third"] and sections.folded == ["first"]


def test_what_is_extra_is_shown_where_there_is_room_left(qtbot: QtBot) -> None:
    made, body, extra = FoldingSections(), Body(), QWidget()
    extra.setFixedHeight(50)
    layout = body.layout()
    assert layout is not None
    layout.addWidget(extra)
    made.add("only", "Only", body, extra)
    qtbot.addWidget(made)
    made.resize(200, height(made, 1))
    made.show()
    qtbot.waitExposed(made)
    QApplication.processEvents()
    assert body.isVisible() and not extra.isVisible()
    made.resize(200, height(made, 1) + 80)
    QApplication.processEvents()
    assert extra.isVisible()
    made.resize(200, height(made, 1))
    QApplication.processEvents()
    assert not extra.isVisible()


def test_a_summary_is_said_to_screen_readers_too(sections: FoldingSections) -> None:
    sections.show_summary("first", "140 train, 60 test")
    header = sections.sections["first"].header
    assert header.summary == header.accessibleDescription() == header.toolTip() == "140 train, 60 test"


def test_a_folded_section_opens_when_what_lies_deep_inside_it_becomes_lower(
    sections: FoldingSections, qtbot: QtBot
) -> None:
    third = sections.sections["third"].body
    outer, inner, row = QWidget(), QWidget(), QWidget()
    row.setFixedHeight(BODY)
    QVBoxLayout(inner).addWidget(row)
    QVBoxLayout(outer).addWidget(inner)
    layout = third.layout()
    assert layout is not None
    layout.addWidget(outer)
    assert opened(sections) == ["first", "second"], "there is no room for the row"
    row.hide()
    sections.resize(200, height(sections, 3) + BODY // 2)
    assert opened(sections) == ["first", "second", "third"]


class Narrowing(QWidget):
    """Takes away the room in which it is being shown, before Qt calls it visible."""

    def __init__(self, sections: FoldingSections) -> None:
        super().__init__()
        self.setFixedHeight(50)
        self._sections, self._done = sections, False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._sections.isVisible() and not self._done:
            self._done = True
            self._sections.resize(200, height(self._sections, 1))


def test_what_is_hidden_in_the_middle_of_its_showing_stays_hidden(qtbot: QtBot) -> None:
    made, body = FoldingSections(), Body()
    extra = Narrowing(made)
    body.layout().addWidget(extra)
    made.add("only", "Only", body, extra)
    qtbot.addWidget(made)
    made.resize(200, height(made, 1) + 60)
    made.show()
    qtbot.waitExposed(made)
    qtbot.waitUntil(lambda: extra.isHidden() and not extra.isVisible())
