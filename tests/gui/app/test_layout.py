"""The main window shows what it has at every size: nothing is cut, nothing covers the network."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QWidget

from gui.app.main_window import MainWindow

Open = Callable[..., MainWindow]
TITLE_BAR = 19
"""Pixels that the frame of a window takes from a screen at the least."""


def place_of(window: QWidget, widget: QWidget) -> QRect:
    """Return the place of a widget in its window."""
    return QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())


def test_all_sections_are_open_on_a_screen_of_1366_by_768(open_window: Open) -> None:
    window = open_window(size=(1366, 768 - TITLE_BAR))
    assert [name for name, one in window.panels.side_bar.sections.items() if not one.body.isVisible()] == []


def test_a_notice_neither_covers_nor_moves_the_network(open_window: Open) -> None:
    window = open_window()
    canvas = window.panels.canvas
    before = place_of(window, canvas)
    for sentence in ("Press Run.", "The loss is no number any more: the learning rate is too high. " * 3):
        window.notice.tell("warning", sentence, button="Use a smaller one")
        QApplication.processEvents()
        assert window.notice.isVisible() and window.rect().contains(place_of(window, window.notice))
        assert place_of(window, canvas) == before and not before.intersects(place_of(window, window.notice))
