"""The paper of the pad: a square that is drawn on with the left button, and erased with the right one."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.arrays import Array
from core.data.drawn_digit import PAD, blank, stroke
from core.language import tr
from gui.qt.drawable import guarded_overrides, shielded
from gui.theme.theme import LIGHT, Theme, sized

PAPER, INK = 255, 28  # grey levels, as in the images of samples: dark on white in every theme
THINNEST, THICKEST = 2, 12  # pixels of the drawing: radius of the pen
PEN = 5
LEAST_SIDE = 90


@guarded_overrides
class Paper(QWidget):
    """A drawing made with the mouse.

    ``changed`` is emitted while the drawing changes, ``ended`` at the end of a stroke, with the drawing
    before it. ``pen`` is half the width of the pen in pixels of the drawing; the wheel changes it.
    """

    changed = Signal()
    ended = Signal(object)
    pen_changed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Paper"))
        self.setToolTip(tr("The left button draws, the right one erases, the wheel sets the pen"))
        self.setMinimumSize(LEAST_SIDE, LEAST_SIDE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.drawing = blank()
        self.pen = PEN
        self.theme = LIGHT
        self.sent = False
        self._before: Array | None = None
        self._last = (0.0, 0.0)
        self._mouse: QPointF | None = None

    def sizeHint(self) -> QSize:
        return QSize(190, 190)

    def show_theme(self, theme: Theme) -> None:
        """Apply the colours of a theme."""
        self.theme = theme
        self.update()

    def show_drawing(self, drawing: Array) -> None:
        """Show another drawing, (rows, columns)."""
        self.drawing = drawing
        self.update()

    def show_sent(self, sent: bool) -> None:
        """Frame the paper if its drawing is the input of the network."""
        self.sent = sent
        self.update()

    def set_pen(self, pen: int) -> None:
        """Change the width of the pen."""
        self.pen = min(max(pen, THINNEST), THICKEST)
        self.update()

    @property
    def square(self) -> QRectF:
        """Return the square of the paper."""
        side = min(self.width(), self.height()) - 4.0
        return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)

    def place_of(self, position: QPointF) -> tuple[float, float]:
        """Return a place of the widget in pixels of the drawing."""
        square = self.square
        at = (position - square.topLeft()) * (PAD / max(1.0, square.width()))
        return at.x(), at.y()

    # -- mouse -------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            if self._before is None:
                self._before = self.drawing
            self._last = self.place_of(event.position())
            self._draw(event, erases=event.button() == Qt.MouseButton.RightButton)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse = event.position()
        if self._before is not None:
            self._draw(event, erases=bool(event.buttons() & Qt.MouseButton.RightButton))
        self.update()

    def _draw(self, event: QMouseEvent, *, erases: bool) -> None:
        place = self.place_of(event.position())
        self.show_drawing(stroke(self.drawing, self._last, place, self.pen, on=not erases))
        self._last = place
        self.changed.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        before = self._before
        if before is not None and not event.buttons():
            self._before = None
            if not np.array_equal(before, self.drawing):
                self.ended.emit(before)

    def leaveEvent(self, _event: object) -> None:
        self._mouse = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if step := (event.angleDelta().y() > 0) - (event.angleDelta().y() < 0):
            self.set_pen(self.pen + step)
            self.pen_changed.emit(self.pen)
        event.accept()

    # -- painting ----------------------------------------------------------------------------------

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, square, theme = QPainter(self), self.square, self.theme
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawImage(square, picture_of(self.drawing))
        if not self.drawing.any():
            painter.setPen(QColor(130, 130, 130))
            painter.setFont(sized("text"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            hint = tr("Draw a digit here")
            if square.contains(painter.boundingRect(square, flags, hint)):
                painter.drawText(square, flags, hint)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.accent, 2.4) if self.sent else QPen(theme.border, 1.2))
        painter.drawRect(square)
        if self._mouse is not None and square.contains(self._mouse):
            painter.setPen(QPen(theme.accent, 1.4))
            reach = self.pen * square.width() / PAD
            painter.drawEllipse(self._mouse, reach, reach)
        painter.end()


def picture_of(drawing: Array) -> QImage:
    """Return a drawing as a grey image."""
    grey = np.where(drawing, INK, PAPER).astype(np.uint8)
    rows, columns = grey.shape
    return QImage(grey.tobytes(), columns, rows, columns, QImage.Format.Format_Grayscale8).copy()
