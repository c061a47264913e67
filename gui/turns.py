"""Turns: two widgets side by side, or one of them where there is no room for both."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSplitter, QWidget


class Turns(QSplitter):
    """Below ``narrow`` letters of width, ``switch`` appears and shows the second in place of the first."""

    def __init__(
        self, first: QWidget, second: QWidget, switch: QAbstractButton, least: int, narrow: int
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._parts, self._switch, self._least, self._narrow = (first, second), switch, least, narrow
        for part in self._parts:
            self.addWidget(part)
            self.setStretchFactor(self.indexOf(part), 1)
        self.setChildrenCollapsible(False)
        switch.toggled.connect(lambda _on: self._share())
        self._share()

    def minimumSizeHint(self) -> QSize:
        return QSize(self._least * self.fontMetrics().averageCharWidth(), 100)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        narrow = self.width() < self._narrow * self.fontMetrics().averageCharWidth()
        turned = self._switch.isChecked()
        self._switch.setVisible(narrow)
        self._parts[0].setVisible(not (narrow and turned))
        self._parts[1].setVisible(turned or not narrow)
