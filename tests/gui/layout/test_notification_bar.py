"""The notice: it lies over what it is about and takes no room from it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.layout.notification_bar import NotificationBar

LONG = "The loss is no number any more: the learning rate is too high for this network. " * 4


@pytest.mark.parametrize("sentence", ["Training is over.", LONG])
def test_a_notice_covers_the_foot_of_a_widget_and_leaves_its_size_alone(qtbot: QtBot, sentence: str) -> None:
    canvas, notice = QWidget(), NotificationBar()
    qtbot.addWidget(canvas)
    canvas.resize(500, 400)
    notice.lie_over(canvas)
    canvas.show()
    qtbot.waitExposed(canvas)
    size = canvas.size()
    notice.tell("warning", sentence, button="Undo")
    for width in (500, 420, 900):
        canvas.resize(width, 400)
        assert canvas.rect().contains(notice.geometry()) and canvas.rect().bottom() - notice.y() < 200
        assert abs(notice.geometry().center().x() - canvas.rect().center().x()) <= 1
        assert notice.sentence.height() >= notice.sentence.heightForWidth(notice.sentence.width())
    canvas.resize(size)
    qtbot.mouseClick(notice.cross, Qt.MouseButton.LeftButton)
    assert notice.isHidden() and canvas.size() == size
