"""A dock with a frame while it floats: Qt draws none if the dock has a custom title bar."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QDockWidget

from gui.qt.drawable import shielded


class FramedDock(QDockWidget):
    """A dock whose frame, for which the style sheet reserves a margin, is visible against its background."""

    @shielded
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.isFloating():
            painter = QPainter(self)
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
            painter.end()
