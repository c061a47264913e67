"""Choice: actions of which one is on, as a row of buttons or, where there is no room, as a list."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from gui.actions import plain


class Choice(QWidget):
    """The ``actions`` side by side; folded, a button that names the chosen one and opens a list."""

    def __init__(self, name: str, actions: Sequence[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._actions = tuple(actions)
        self.buttons = [self._segment(action) for action in self._actions]
        for button, place in zip(self.buttons, places(len(self.buttons)), strict=True):
            button.setProperty("place", place)
        self.folded = self._list(name)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for button in (*self.buttons, self.folded):
            row.addWidget(button)
        for action in self._actions:
            action.toggled.connect(self._name)
        self.fold(False)

    def _segment(self, action: QAction) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        button.setAccessibleName(plain(action.text()))
        button.setProperty("look", "segment")
        return button

    def _list(self, name: str) -> QToolButton:
        button, menu = QToolButton(), QMenu(name, self)
        menu.setToolTipsVisible(True)
        menu.addActions(self._actions)
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setToolTip(name)
        button.setProperty("look", "list")
        return button

    def _name(self) -> None:
        chosen = next((action for action in self._actions if action.isChecked()), None)
        text = "" if chosen is None else plain(chosen.text())
        self.folded.setText(self.tr("{choice} ▾").format(choice=text))
        self.folded.setAccessibleName(f"{self.accessibleName()}: {text}")

    def fold(self, folded: bool) -> None:
        """Show the list instead of the row."""
        for button in self.buttons:
            button.setVisible(not folded)
        self.folded.setVisible(folded)
        self._row.invalidate()
        self.updateGeometry()


def places(count: int) -> list[str]:
    """Return what the style sheet calls the places of so many segments."""
    return ["first", *["middle"] * (count - 2), "last"]
