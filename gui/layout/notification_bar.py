"""A notification over the lower edge of a widget, which does not block the window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from gui.qt.drawable import guarded_overrides
from gui.theme import theme

MARGIN = 2  # pixels between the notification and the edges of the widget
ICONS = {"info": "info", "warning": "triangle-alert", "error": "circle-alert"}


@guarded_overrides
class NotificationBar(QFrame):
    """One sentence of a kind ("info", "warning", "error"), at most two buttons, and a close button.

    ``topic`` names its subject, so that it can be removed when it no longer applies. It takes no room from
    other widgets: `lie_over` sets the widget that it covers.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setAccessibleName(self.tr("Notice"))
        self.topic = ""
        self._kind, self._theme = "info", theme.LIGHT
        self._under: QWidget | None = None
        self._acts: dict[QPushButton, Callable[[], object] | None] = {}
        self._picture, self.sentence = QLabel(), QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.sentence.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.button, self.second, self.cross = QPushButton(), QPushButton(), QToolButton()
        for button in (self.button, self.second):
            button.clicked.connect(partial(self._press, button))
        self.cross.setProperty("look", "quiet")
        self.cross.setAccessibleName(self.tr("Close the notice"))
        self.cross.setToolTip(self.tr("Close the notice"))
        self.cross.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 1, 6, 1)
        row.addWidget(self._picture)
        row.addWidget(self.sentence, 1)
        row.addWidget(self.button)
        row.addWidget(self.second)
        row.addWidget(self.cross)
        self.hide()

    def lie_over(self, widget: QWidget) -> None:
        """Cover the lower edge of a widget, centred, also when it is resized."""
        hidden = self.isHidden()
        if self._under is not None:
            self._under.removeEventFilter(self)
        self._under = widget
        self.setParent(widget)
        widget.installEventFilter(self)
        self.setVisible(not hidden)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._under and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._place()

    def _place(self) -> None:
        """Take the place that the sentence needs, in one line if that fits."""
        under = self._under
        if under is None:
            return
        text, most = self.sentence.fontMetrics(), under.width() - 2 * MARGIN
        beside = self.sizeHint().width() - self.sentence.sizeHint().width()
        wide = min(most, beside + text.horizontalAdvance(self.sentence.text()) + MARGIN)
        row = self.layout()
        assert row is not None
        row.activate()
        high = max(row.totalHeightForWidth(wide), self.button.sizeHint().height())
        self.setGeometry((under.width() - wide) // 2, under.height() - high - MARGIN, wide, high)
        self.raise_()

    def tell(
        self,
        kind: str,
        sentence: str,
        topic: str = "",
        *,
        button: str = "",
        act: Callable[[], object] | None = None,
        second: str = "",
        act_second: Callable[[], object] | None = None,
    ) -> None:
        """Show a sentence, replacing the present one.

        The button, if it has a text, calls ``act``; the second one calls ``act_second``.
        """
        self.topic, self._kind = topic, kind
        self.sentence.setText(sentence)
        self.setAccessibleDescription(sentence)
        for widget, text, called in ((self.button, button, act), (self.second, second, act_second)):
            self._acts[widget] = called
            widget.setText(text)
            widget.setAccessibleName(text)
            widget.setToolTip(text)
            widget.setVisible(bool(text))
        self.show_theme(self._theme)
        self.show()
        self._place()

    def over(self, *topics: str) -> None:
        """Hide the notification if it is about one of the ``topics``."""
        if self.topic in topics:
            self.hide()

    def _press(self, button: QPushButton) -> None:
        act = self._acts.get(button)
        self.hide()
        if act is not None:
            act()

    def show_theme(self, shown: theme.Theme) -> None:
        """Apply the colours of a theme."""
        self._theme = shown
        colour = {"info": shown.accent, "warning": shown.warning, "error": shown.error}[self._kind]
        back = theme.mixed(shown.panel, colour, 0.12).name()
        line = theme.mixed(shown.panel, colour, 0.45).name()
        self.setStyleSheet(f"#notice {{ background: {back}; border: 1px solid {line}; border-radius: 8px; }}")
        self._picture.setPixmap(theme.icon(ICONS[self._kind], shown, colour).pixmap(18, 18))
        self.cross.setIcon(theme.icon("x", shown, shown.muted))
