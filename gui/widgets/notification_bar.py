"""A notification at the top of the canvas, which does not block the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from gui.theme import theme

ICONS = {"info": "info", "warning": "triangle-alert", "error": "circle-alert"}


class NotificationBar(QFrame):
    """One sentence of a kind ("info", "warning", "error"), at most one button, and a close button.

    ``topic`` names what it is about, so that it can be removed when that is over.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setAccessibleName(self.tr("Notice"))
        self.topic = ""
        self._kind, self._theme = "info", theme.LIGHT
        self._act: Callable[[], object] | None = None
        self._picture, self.sentence = QLabel(), QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.sentence.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.button, self.cross = QPushButton(), QToolButton()
        self.button.clicked.connect(self._pressed)
        self.cross.setProperty("look", "quiet")
        self.cross.setAccessibleName(self.tr("Close the notice"))
        self.cross.setToolTip(self.tr("Close the notice"))
        self.cross.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 8, 5)
        row.addWidget(self._picture)
        row.addWidget(self.sentence, 1)
        row.addWidget(self.button)
        row.addWidget(self.cross)
        self.hide()

    def tell(
        self,
        kind: str,
        sentence: str,
        topic: str = "",
        *,
        button: str = "",
        act: Callable[[], object] | None = None,
    ) -> None:
        """Show a sentence in place of the present one; the button, if it has a text, calls ``act``."""
        self.topic, self._kind, self._act = topic, kind, act
        self.sentence.setText(sentence)
        self.setAccessibleDescription(sentence)
        self.button.setText(button)
        self.button.setAccessibleName(button)
        self.button.setToolTip(button)
        self.button.setVisible(bool(button))
        self.show_theme(self._theme)
        self.show()

    def over(self, *topics: str) -> None:
        """Hide the notification if it is about one of the ``topics``."""
        if self.topic in topics:
            self.hide()

    def _pressed(self) -> None:
        act = self._act
        self.hide()
        if act is not None:
            act()

    def show_theme(self, shown: theme.Theme) -> None:
        """Take the colours of a theme."""
        self._theme = shown
        colour = {"info": shown.accent, "warning": shown.warning, "error": shown.error}[self._kind]
        back = theme.mixed(shown.panel, colour, 0.12).name()
        line = theme.mixed(shown.panel, colour, 0.45).name()
        self.setStyleSheet(f"#notice {{ background: {back}; border: 0; border-bottom: 1px solid {line}; }}")
        self._picture.setPixmap(theme.icon(ICONS[self._kind], shown, colour).pixmap(18, 18))
        self.cross.setIcon(theme.icon("x", shown, shown.muted))
