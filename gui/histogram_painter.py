"""Histogram painter: bars in the colours of the signs of the numbers they count."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from core.diagnostics import Histogram
from gui.fonts import sized
from gui.numbers import short
from gui.theme import Theme, mixed

LEFT, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight


TALL, GAP = 44, 12  # pixels


class Grid:
    """Where the histograms of ``rows`` layers are in an area: three a row, under a line of titles.

    ``tall`` and ``wide`` is a histogram, as high as there is room within limits; ``row`` is the height
    of a layer with the numbers under it, ``head`` that of the titles.
    """

    def __init__(self, area: QSize, rows: int, painter: HistogramPainter) -> None:
        self.rows, self.head = rows, painter.line + 6
        self.left = 14 + painter.metrics.horizontalAdvance("00")
        self.wide = (area.width() - self.left - 4 - 2 * GAP) / 3
        below = painter.ends(self.wide) * painter.line + GAP
        self.tall = max(TALL, min(2 * TALL, (area.height() - self.head) // max(1, rows) - below))
        self.row = self.tall + below

    def place(self, k: int, column: int) -> QRectF:
        """Return where the bars of row k are."""
        left, top = self.left + column * (self.wide + GAP), self.head + k * self.row
        return QRectF(left, top, self.wide, self.tall)

    def row_at(self, y: float) -> int | None:
        """Return the row at a height."""
        k = int((y - self.head) // self.row)
        return k if 0 <= k < self.rows else None


class HistogramPainter:
    """Paints histograms in a theme's colours; ``line`` is the height of their text."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.font = sized("small")
        self.metrics = QFontMetricsF(self.font)
        self.line = ceil(self.metrics.height())
        pairs = (theme.negative, theme.positive), (theme.gradient_negative, theme.gradient_positive)
        self._colours = [[mixed(colour, theme.panel, 0.25) for colour in pair] for pair in pairs]

    def ends(self, width: float) -> int:
        """Return how many lines the numbers under a histogram take."""
        return 1 if 2 * self.metrics.horizontalAdvance("−0.000 ") <= width else 2

    def title(self, painter: QPainter, place: QRectF, title: str, letter: str) -> None:
        """Write what a column is; only its letter where there is no room."""
        painter.setPen(self.theme.muted)
        fits = self.metrics.horizontalAdvance(title) <= place.width()
        box = QRectF(place.left(), 0, place.width(), self.line + 2)
        painter.drawText(box, LEFT | Qt.AlignmentFlag.AlignVCenter, title if fits else letter)

    def unknown(self, painter: QPainter, place: QRectF, sentence: str) -> None:
        """Say why there is no histogram."""
        painter.fillRect(place, mixed(self.theme.panel, self.theme.raised, 0.5))
        painter.setPen(self.theme.muted)
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap), sentence)

    def bars(self, painter: QPainter, place: QRectF, found: Histogram, gradient: bool) -> None:
        """Paint a histogram, 0 as a line in it, and its smallest and largest number under it."""
        colours, bins = self._colours[gradient], found.counts.size
        painter.fillRect(QRectF(place.left(), place.bottom(), place.width(), 1), self.theme.border)
        wide, most = place.width() / bins, float(found.counts.max())
        middles = (found.edges[:-1] + found.edges[1:]).tolist()
        for b, (count, middle) in enumerate(zip(found.counts.tolist(), middles, strict=True)):
            if count:
                high = max(1.5, count / most * place.height())
                bar = QRectF(place.left() + b * wide, place.bottom() - high, max(1.0, wide - 1), high)
                painter.fillRect(bar, colours[middle >= 0])
        low, high = float(found.edges[0]), float(found.edges[-1])
        if low < 0 < high:
            zero = place.left() - low / (high - low) * place.width()
            painter.fillRect(QRectF(zero - 0.5, place.top(), 1, place.height()), self.theme.muted)
        self._write_ends(painter, place, low, high)

    def _write_ends(self, painter: QPainter, place: QRectF, low: float, high: float) -> None:
        painter.setPen(self.theme.muted)
        box = QRectF(place.left(), place.bottom() + 1, place.width(), self.line)
        painter.drawText(box, LEFT, short(low))
        painter.drawText(box.translated(0, (self.ends(place.width()) - 1) * self.line), RIGHT, short(high))
