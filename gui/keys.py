"""Plain keys as shortcuts, and where they are left to the field that has the focus."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)


class KeysForFields(QObject):
    """Leaves plain keys to the field that has the focus.

    Space, arrows and digits are shortcuts of the window; in a text field, a list, a slider or on a
    button they mean something else there.
    """

    _TYPING = (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox)
    _MOVING = (QAbstractItemView, QAbstractSlider, QComboBox, QMenu)

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        app.focusChanged.connect(self._follow)

    def _follow(self, old: QWidget | None, new: QWidget | None) -> None:
        # Only the widget with the focus is watched: a filter of the whole application would run
        # Python for every event there is.
        if old is not None:
            old.removeEventFilter(self)
        if new is not None:
            new.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride:
            return super().eventFilter(watched, event)
        if isinstance(watched, QWidget) and self._belongs_to(watched, event):
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def _belongs_to(self, focus: QWidget, event: QKeyEvent) -> bool:
        plain_key = not event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        if not plain_key:
            return False
        key = event.key()
        arrow = key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
        if isinstance(focus, self._TYPING):
            return arrow or (Qt.Key.Key_Space <= key <= Qt.Key.Key_AsciiTilde)
        if isinstance(focus, self._MOVING):
            return arrow or key == Qt.Key.Key_Space
        return isinstance(focus, QAbstractButton) and key == Qt.Key.Key_Space
