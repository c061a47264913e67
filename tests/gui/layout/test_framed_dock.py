"""A floating dock has a frame all round, a docked one has none."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
from pytestqt.qtbot import QtBot

from gui.layout.framed_dock import FramedDock
from gui.theme import theme


def _edges(picture: QImage) -> set[str]:
    right, bottom = picture.width() - 1, picture.height() - 1
    across = {picture.pixel(x, y) for x in range(right + 1) for y in (0, bottom)}
    down = {picture.pixel(x, y) for y in range(bottom + 1) for x in (0, right)}
    return {QColor(pixel).name() for pixel in across | down}


@pytest.mark.parametrize("shown", theme.THEMES.values(), ids=list(theme.THEMES))
def test_a_floating_dock_has_a_frame(qtbot: QtBot, qapp: QApplication, shown: theme.Theme) -> None:
    theme.apply(qapp, shown)
    window, dock = QMainWindow(), FramedDock("Panel")
    qtbot.addWidget(window)
    dock.setTitleBarWidget(QLabel("Panel"))
    dock.setWidget(QLabel("what it shows"))
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
    window.show()
    qtbot.waitExposed(window)
    docked = _edges(dock.grab().toImage())
    dock.setFloating(True)
    qtbot.waitExposed(dock)
    framed = _edges(dock.grab().toImage())
    assert len(framed) == 1 and framed.isdisjoint(docked)
