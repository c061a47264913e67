"""The windows beside the main one: opened from the menu, in the window's theme, closed with it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from gui import theme
from gui.lab.window import LabWindow
from gui.main_window import MainWindow
from gui.side_by_side import SideBySide


@pytest.mark.parametrize(
    ("key", "kind"), [(Qt.Key.Key_G, LabWindow), (Qt.Key.Key_B, SideBySide)], ids=["lab", "side by side"]
)
def test_a_companion_opens_by_its_key_and_closes_with_the_window(
    window: MainWindow, qtbot: QtBot, key: Qt.Key, kind: type
) -> None:
    window.panels.canvas.setFocus()
    qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(window.companions.opened) == 1)
    (companion,) = window.companions.opened
    assert isinstance(companion, kind)
    assert companion.isVisible()
    window.looks.show(theme.DARK)
    window.close()
    qtbot.waitUntil(lambda: not isValid(companion) or not companion.isVisible())
