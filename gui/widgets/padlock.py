"""The padlock of fixed weights and biases, which training does not change."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from gui.theme.theme import Theme

SHARE = 0.62  # height relative to that of a line


def padlock_rect(rect: QRectF, line: float) -> QRectF:
    """Return the rectangle of the padlock of a number in the box ``rect``: over its left edge."""
    side = SHARE * line
    return QRectF(rect.left() - 0.62 * side, rect.center().y() - 0.6 * side, side, 1.2 * side)


def paint_padlock(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """Paint a closed padlock in a rectangle, on the colour of the panel."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.panel)
    painter.drawEllipse(rect.center(), 0.62 * rect.height(), 0.62 * rect.height())
    body = QRectF(rect.left(), rect.top() + 0.42 * rect.height(), rect.width(), 0.58 * rect.height())
    shackle = QRectF(body.left() + 0.2 * body.width(), rect.top(), 0.6 * body.width(), 0.84 * rect.height())
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.text, 0.13 * rect.width()))
    painter.drawArc(shackle, 0, 180 * 16)
    for x in (shackle.left(), shackle.right()):
        painter.drawLine(QPointF(x, shackle.center().y()), QPointF(x, body.top()))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.text)
    painter.drawRoundedRect(body, 0.14 * body.width(), 0.14 * body.width())
