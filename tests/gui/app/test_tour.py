"""The tour: offered once, beside the parts of the window it is about, and left at any time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.app.main_window import MainWindow
from gui.app.tour import STEPS

LEFT = Qt.MouseButton.LeftButton
Open = Callable[..., MainWindow]


def place(window: QWidget, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint()), widget.size())


def test_the_first_start_offers_it_and_no_other_does(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    window.welcome()
    assert window.notice.button.isVisible()
    qtbot.mouseClick(window.notice.button, LEFT)
    assert window.tour.isVisible() and window.notice.isHidden()
    window.tour.leave()
    again = open_window()
    again.welcome()
    assert again.notice.isVisible() and not again.notice.button.isVisible()


@pytest.mark.parametrize("size", [(1024, 600), (1366, 768), (1920, 1080)])
def test_each_step_stands_beside_what_it_is_about(
    open_window: Open, qtbot: QtBot, size: tuple[int, int]
) -> None:
    window = open_window(size=size)
    for dock in window.panels.docks:
        dock.close()
    window.actions_["tour"].trigger()
    tour = window.tour
    for k, step in enumerate(STEPS):
        QApplication.processEvents()
        target = window.bring(step.view)
        assert target.isVisible() and tour.count.text().startswith(str(k + 1))
        around, card = place(window, target), place(window, tour)
        assert window.rect().contains(card) and tour.frame.geometry().intersects(around)
        common = around & card
        assert common.width() * common.height() < 0.4 * around.width() * around.height(), step
        qtbot.mouseClick(tour.next, LEFT)
    assert tour.isHidden() and tour.frame.isHidden()


def test_every_sentence_is_short_and_no_part_is_shown_twice() -> None:
    assert 6 <= len(STEPS) <= 8 and len({step.view for step in STEPS}) == len(STEPS)
    assert all(len(step.sentence.split()) <= 14 for step in STEPS)


def test_enter_goes_on_and_escape_leaves_wherever_the_keyboard_is(window: MainWindow, qtbot: QtBot) -> None:
    tour = window.tour
    window.actions_["tour"].trigger()
    qtbot.waitUntil(tour.next.hasFocus)
    qtbot.keyClick(tour.next, Qt.Key.Key_Return)
    assert tour.place == 1
    qtbot.mouseClick(tour.back, LEFT)
    assert tour.place == 0
    window.panels.canvas.setFocus()
    qtbot.keyClick(window.panels.canvas, Qt.Key.Key_Escape)
    assert tour.isHidden()


def test_the_window_is_used_as_ever_meanwhile(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_["tour"].trigger()
    window.panels.canvas.setFocus()
    qtbot.keyClick(window.panels.canvas, Qt.Key.Key_Space)
    assert window.player.running and window.tour.isVisible()
    qtbot.mouseClick(window.transport.run_button, LEFT)
    assert not window.player.running
    window.resize(1200, 700)
    QApplication.processEvents()
    assert window.rect().contains(place(window, window.tour))
