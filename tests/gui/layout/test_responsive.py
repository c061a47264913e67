"""Widgets that adapt to the room."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from gui.layout.responsive import FittedScrollArea


def test_a_button_may_have_its_own_area_show_something_else(qtbot: QtBot) -> None:
    area, first, second, seen = FittedScrollArea(), QPushButton("first"), QPushButton("second"), list[bool]()

    def replace() -> None:
        area.setWidget(second)
        seen.append(isValid(first) and not first.isVisible())

    area.setWidget(first)
    first.clicked.connect(replace)
    qtbot.addWidget(area)
    area.show()
    qtbot.waitExposed(area)
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    assert seen == [True]
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not isValid(first) and second.isVisible() and area.widget() is second
