"""Pass bars: the passes of one gradient, by backpropagation and by differences, as numbers and lengths."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.drawable import shielded
from gui.fonts import sized
from gui.theme import LIGHT, Theme, mixed

GAP = 6
Rows = tuple[tuple[str, str], tuple[str, str]]


class PassBars(QWidget):
    """Two rows: a big count, what it counts, and a bar as long as the count.

    The bars share a scale: the shorter one may be a hairline, as it should be.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme = LIGHT
        self.rows: tuple[tuple[str, str], ...] = (("–", ""), ("–", ""))
        self._counts, self._goal = (0, 0), 1

    def show_counts(self, rows: Rows, counts: tuple[int, int], goal: int) -> None:
        """Show for both ways the count and a sentence; ``goal`` is the count of a whole bar."""
        told = (rows, counts, max(1, goal))
        if told == (self.rows, self._counts, self._goal):
            return
        self.rows, self._counts, self._goal = told
        self.setAccessibleDescription("; ".join(f"{count} {text}" for count, text in rows))
        self.update()

    def show_theme(self, theme: Theme) -> None:
        """Paint in a theme's colours and the present fonts."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    @property
    def _row(self) -> int:
        number, text = (QFontMetricsF(sized(role)).height() for role in ("number", "small"))
        return ceil(number + text / 2 + 2 * GAP)

    def sizeHint(self) -> QSize:
        return QSize(240, 2 * self._row)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 2 * self._row)

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = QFontMetricsF(sized("number"))
        beside = max(metrics.horizontalAdvance(count) for count, _text in self.rows) + 2 * GAP
        colours = self._theme.gradient_positive, self._theme.negative
        for k, (count, text) in enumerate(self.rows):
            top = k * self._row
            painter.setFont(sized("number"))
            painter.setPen(self._theme.text)
            box = QRectF(0, top, beside - 2 * GAP, self._row - GAP)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, count)
            bar = QRectF(beside, top, self.width() - beside, self._row - GAP)
            self._paint_bar(painter, bar, k, text, colours[k])
        painter.end()

    def _paint_bar(self, painter: QPainter, area: QRectF, k: int, text: str, colour: QColor) -> None:
        painter.setFont(sized("small"))
        painter.setPen(self._theme.muted)
        metrics = QFontMetricsF(sized("small"))
        elided = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, elided)
        room = area.adjusted(0, metrics.height() + 2, 0, 0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mixed(self._theme.panel, self._theme.border, 0.5))
        painter.drawRoundedRect(room, 3, 3)
        share = min(1.0, self._counts[k] / self._goal)
        if share > 0:
            room.setWidth(max(2.0, share * room.width()))
            painter.setBrush(colour)
            painter.drawRoundedRect(room, 3, 3)
