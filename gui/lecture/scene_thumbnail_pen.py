"""Lines, dots and places for the small pictures of scenes."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from core.modules import Array
from gui.drawable import along, pieces, point
from gui.theme import Theme

MARGIN = 0.1
LINE, THICK = 0.011, 0.018
"""Widths of lines, in heights of the picture."""


def stroke(colour: QColor, room: QRectF, share: float = THICK) -> QPen:
    """Return a pen as wide as a share of the height of the picture."""
    pen = QPen(colour, max(1.0, share * room.height() / (1 - 2 * MARGIN)))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def curve(painter: QPainter, x: Array, y: Array) -> None:
    """Draw a line through points in pixels."""
    for piece in pieces(np.column_stack([x, y])):
        painter.drawPolyline(piece)


def placed(values: Array, low: float, high: float, start: float, end: float) -> Array:
    """Return where values between low and high lie between two places."""
    return along(values, (low, high), start, end - start)


def axis(painter: QPainter, room: QRectF, theme: Theme, y: float) -> None:
    """Draw a line across at the height y."""
    painter.setPen(stroke(theme.border, room, LINE))
    painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))


def dot(painter: QPainter, x: float, y: float, radius: float, colour: QColor) -> None:
    """Draw a dot."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(point(x, y), radius, radius)
