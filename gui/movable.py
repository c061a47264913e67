"""Gestures over a picture: drag, wheel and keys, as what they mean for what is looked at."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

ZOOM = 1.2
KEY_PIXELS = 40.0
STEPS = {
    Qt.Key.Key_Left: QPointF(KEY_PIXELS, 0),
    Qt.Key.Key_Right: QPointF(-KEY_PIXELS, 0),
    Qt.Key.Key_Up: QPointF(0, KEY_PIXELS),
    Qt.Key.Key_Down: QPointF(0, -KEY_PIXELS),
}


class Movable(QWidget):
    """A picture one drags and looks closer at: by mouse, or by arrow keys, + and −; 0 shows all.

    ``pointed`` carries the pixel under the pointer, None where it left; ``fitted`` asks for all of it.
    """

    pointed = Signal(object)
    fitted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._dragged: QPointF | None = None

    def drag(self, by: QPointF) -> None:
        """Move the picture by so many pixels."""
        raise NotImplementedError

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Look so much closer at a pixel, or at the middle."""
        raise NotImplementedError

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        position = event.position()
        if self._dragged is None:
            self.pointed.emit(position)
            return
        by, self._dragged = position - self._dragged, position
        self.drag(by)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.fitted.emit()

    def leaveEvent(self, event: object) -> None:
        self.pointed.emit(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        if notches:
            self.zoom(ZOOM**notches, event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in STEPS:
            self.drag(STEPS[key])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(ZOOM)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / ZOOM)
        elif key == Qt.Key.Key_0:
            self.fitted.emit()
        else:
            super().keyPressEvent(event)
