"""Undo of edits of a single value, such as the subject of a stage or the designs of a form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QUndoCommand, QUndoStack
from PySide6.QtWidgets import QApplication

from gui.qt.drawable import guarded_overrides

MOST_UNDO = 100
Value = TypeVar("Value")


@guarded_overrides
class EditHistory(QObject, Generic[Value]):
    """Records edits of a value, and calls ``put_back`` with the value to restore.

    An edit is recorded after it was made. Those of one drag of the mouse are one edit, and those of one
    text being typed are, too, until `close`. Values are compared with ``==``. There is nothing to undo before
    `begin`.
    """

    def __init__(self, put_back: Callable[[Value], object], parent: QObject) -> None:
        super().__init__(parent)
        self.stack = QUndoStack(self)
        self.stack.setUndoLimit(MOST_UNDO)
        self._put_back = put_back
        self._value: Value | None = None
        self._open: _Edit[Value] | None = None
        self._putting = False

    def begin(self, value: Value) -> None:
        """Set a value, with an empty history."""
        self.close()
        self.stack.clear()
        self._value = value

    def follow(self, value: Value) -> None:
        """Set a value that changed without an edit."""
        if not self._putting:
            self.close()
            self._value = value

    def note(self, value: Value, text: str, *, typing: bool = False) -> None:
        """Record that an edit with this name led to a value; ``typing``: it continues the present typing."""
        if self._putting or value == self._value:
            return
        before, self._value = self._value, value
        if before is None:
            return
        if self._open is not None and self._open.text() == text:
            self._open.after = value
            return
        self.close()
        edit = _Edit(self, before, value, text)
        self.stack.push(edit)
        dragged = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        if dragged or typing:
            self._open = edit
        if dragged and (application := QApplication.instance()) is not None:
            application.installEventFilter(self)  # for as long as the mouse is pressed

    def close(self) -> None:
        """End the present edit, so that the next one is separate."""
        self._open = None

    def put(self, value: Value) -> None:
        """Restore a value."""
        self.close()
        if value is self._value:
            return
        self._value, self._putting = value, True
        try:
            self._put_back(value)
        finally:
            self._putting = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonRelease:
            application = QApplication.instance()
            assert application is not None
            application.removeEventFilter(self)
            QTimer.singleShot(0, self, self.close)  # the widget that was dragged may still emit its value
        return False


class _Edit(QUndoCommand, Generic[Value]):
    def __init__(self, history: EditHistory[Value], before: Value, after: Value, text: str) -> None:
        super().__init__(text)
        self._history, self._before, self.after = history, before, after

    def undo(self) -> None:
        self._history.put(self._before)

    def redo(self) -> None:
        self._history.put(self.after)
