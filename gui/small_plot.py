"""Small plot: a pale grid, numbers at its rims, and curves painted in a few microseconds."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.modules import Array
from gui.drawable import along, pieces, point, shielded
from gui.fonts import sized
from gui.numbers import short
from gui.theme import LIGHT, Theme

LINES = 4


class SmallPlot(QWidget):
    """Axes from ``x_range`` and ``y_range``; who inherits paints curves in `paint_curves`."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.theme = LIGHT
        self.x_range, self.y_range = (0.0, 1.0), (0.0, 1.0)
        self._fit()

    def show_theme(self, theme: Theme) -> None:
        """Paint in a theme's colours."""
        self.theme = theme
        self._fit()
        self.update()

    def _fit(self) -> None:
        self._small = sized("small")
        self._metrics = QFontMetricsF(self._small)
        self.setFixedHeight(round(6.2 * self._metrics.height()))

    def box(self) -> QRectF:
        """Return the rectangle of the curves, in pixels."""
        low, high = (self._metrics.horizontalAdvance(short(y)) for y in self.y_range)
        line = self._metrics.height()
        return QRectF(self.rect()).adjusted(max(low, high) + 6, line / 2, -line / 2, -line - 3)

    def places(self, x: Array, y: Array) -> Array:
        """Return points of the axes in pixels, (n, 2)."""
        box = self.box()
        across = along(x, self.x_range, box.left(), box.width())
        return np.column_stack([across, along(y, self.y_range, box.bottom(), -box.height())])

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._small)
        self._paint_axes(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_curves(painter)
        painter.end()

    def _paint_axes(self, painter: QPainter) -> None:
        box, line = self.box(), self._metrics.height()
        for k in range(LINES):
            line_y = round(box.top() + k * box.height() / (LINES - 1))
            painter.fillRect(QRectF(box.left(), line_y, box.width(), 1), self.theme.border)
        painter.setPen(self.theme.muted)
        flags = Qt.AlignmentFlag
        for value, y in zip(self.y_range, (box.bottom(), box.top()), strict=True):
            place = QRectF(0, y - line / 2, box.left() - 4, line)
            painter.drawText(place, flags.AlignRight | flags.AlignVCenter, short(value))
        below = QRectF(box.left(), box.bottom() + 2, box.width(), line)
        for text, flag in zip(
            self.x_words(), (flags.AlignLeft, flags.AlignHCenter, flags.AlignRight), strict=True
        ):
            painter.drawText(below, flag, text)

    def x_words(self) -> tuple[str, str, str]:
        """Return what stands below the axis, at its left, middle and right."""
        return short(self.x_range[0]), "", short(self.x_range[1])

    def paint_curves(self, painter: QPainter) -> None:
        """Paint what this plot shows."""
        raise NotImplementedError

    def paint_curve(
        self,
        painter: QPainter,
        x: Array,
        y: Array,
        colour: QColor,
        style: Qt.PenStyle = Qt.PenStyle.SolidLine,
    ) -> None:
        """Paint a curve, with a gap where it is not a number."""
        painter.setPen(QPen(colour, 1.8, style))
        for piece in pieces(self.places(x, np.where(np.isfinite(y), y, np.nan))):
            painter.drawPolyline(piece)

    def paint_dot(self, painter: QPainter, x: float, y: float, colour: QColor, radius: float = 4.0) -> None:
        """Paint a dot with a rim of the background, where it lies within the axes."""
        if not (np.isfinite(x) and np.isfinite(y)):
            return
        ((across, down),) = self.places(np.array([x]), np.array([y]))
        painter.setPen(QPen(self.theme.panel, 1.5))
        painter.setBrush(colour)
        painter.drawEllipse(point(across, down), radius, radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)
