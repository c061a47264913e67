"""A dock that has a frame while it floats: Qt draws none where the dock has a title bar of its own."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QDockWidget

from gui.qt.drawable import shielded


class FramedDock(QDockWidget):
    """A dock whose frame, for which the style sheet leaves room, stands out from what it floats over."""

    @shielded
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.isFloating():
            painter = QPainter(self)
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
            painter.end()
