"""Histograms: how the weights, activities and gradients of every layer are spread."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from core.datasets import Dataset
from core.diagnostics import Histogram, LayerHistograms, histograms
from core.network import Network
from core.training import Snapshot
from gui.fonts import sized
from gui.numbers import short
from gui.selection import Selection
from gui.theme import LIGHT, Theme, mixed

BINS = 30
TALL, GAP = 44, 12  # pixels
KINDS = ("W", "a", "gradient")


class Histograms(QAbstractScrollArea):
    """A row for every layer: W, a and ∂J/∂W, each with its smallest and largest number.

    What the pass has not computed yet has no histogram. A row that is clicked selects its layer.
    """

    select_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Histograms of weights, activations and gradients"))
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumSize(140, 60)
        self.shown: list[LayerHistograms] = []
        self._network: Network | None = None
        self._snapshot: Snapshot | None = None
        self._selection = Selection()
        self._theme = LIGHT
        self._stale = False
        self.show_theme(LIGHT)

    def sizeHint(self) -> QSize:
        return QSize(420, 260)

    # -- what is told ------------------------------------------------------------------------------

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Take the layers of another network."""
        self._network, self._snapshot = network, None
        self.shown = []
        self._scroll_range()
        self.viewport().update()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Count the numbers of the present pass."""
        self._snapshot = snapshot
        self._count_if_seen()

    def show_selection(self, selection: Selection) -> None:
        """Mark the selected layer."""
        self._selection = selection
        self.viewport().update()

    def show_theme(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self._theme = theme
        self._font = sized("small")
        self._metrics = QFontMetricsF(self._font)
        self._line = ceil(self._metrics.height())
        self._scroll_range()
        self.viewport().update()

    def _count_if_seen(self) -> None:
        self._stale = not self.isVisible()
        if self._stale or self._network is None or self._snapshot is None:
            return
        fresh = not self.shown
        self.shown = histograms(self._network, self._snapshot.theta, self._snapshot.values, BINS)
        if fresh:
            self._scroll_range()
        self.viewport().update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._count_if_seen()

    # -- places ------------------------------------------------------------------------------------

    @property
    def _row(self) -> int:
        """The height of a layer's row: the bars, their ends, and a gap."""
        return self._tall + self._line + GAP

    @property
    def _tall(self) -> int:
        """The height of the bars: as high as there is room, within limits."""
        rows = max(1, len(self.shown))
        room = (self.viewport().height() - self._line - 6) // rows - self._line - GAP
        return max(TALL, min(2 * TALL, room))

    def _scroll_range(self) -> None:
        height = self._line + 6 + len(self.shown) * self._row
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, height - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(self._row // 2)

    def place(self, k: int, kind: int) -> QRectF:
        """Return where the bars of row k (layer k + 1) and column ``kind`` (W, a, gradient) are."""
        left = 14 + self._metrics.horizontalAdvance("00")
        wide = (self.viewport().width() - left - 4 - 2 * GAP) / 3
        top = self._line + 6 + k * self._row - self.verticalScrollBar().value()
        return QRectF(left + kind * (wide + GAP), top, wide, self._tall)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._scroll_range()

    # -- painting ----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self.viewport()), self._theme
        painter.fillRect(event.rect(), theme.panel)
        painter.setFont(self._font)
        for k, layer in enumerate(self.shown):
            if self.place(k, 0).adjusted(0, -GAP, 0, self._line).intersects(QRectF(event.rect())):
                self._paint_row(painter, k, layer)
        self._paint_head(painter)
        painter.end()

    def _paint_head(self, painter: QPainter) -> None:
        """Write what the columns are, over the rows that scroll under it."""
        painter.fillRect(QRectF(0, 0, self.viewport().width(), self._line + 4), self._theme.panel)
        painter.setPen(self._theme.muted)
        titles = self.tr("weights W"), self.tr("activations a"), self.tr("gradients ∂J/∂W")
        for kind, title in enumerate(titles if self.shown else ()):
            place = self.place(0, kind)
            box = QRectF(place.left(), 0, place.width(), self._line + 2)
            shown = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, int(box.width()))
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_row(self, painter: QPainter, k: int, layer: LayerHistograms) -> None:
        theme, chosen = self._theme, self._selection.layer == layer.layer
        first = self.place(k, 0)
        painter.setPen(theme.accent if chosen else theme.muted)
        box = QRectF(2, first.top(), first.left() - 6, first.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, str(layer.layer))
        values, gradients = (
            (theme.negative, theme.positive),
            (theme.gradient_negative, theme.gradient_positive),
        )
        for kind, name in enumerate(KINDS):
            place = self.place(k, kind)
            found: Histogram | None = getattr(layer, name)
            if found is None or not found.counts.any():
                self._paint_unknown(painter, place)
            else:
                self._paint_bars(painter, place, found, gradients if name == "gradient" else values)

    def _paint_unknown(self, painter: QPainter, place: QRectF) -> None:
        painter.fillRect(place, mixed(self._theme.panel, self._theme.raised, 0.5))
        painter.setPen(self._theme.muted)
        flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
        painter.drawText(place, flags, self.tr("not computed yet"))

    def _paint_bars(
        self, painter: QPainter, place: QRectF, found: Histogram, colours: tuple[QColor, QColor]
    ) -> None:
        theme, bins = self._theme, found.counts.size
        painter.fillRect(QRectF(place.left(), place.bottom(), place.width(), 1), theme.border)
        wide, most = place.width() / bins, float(found.counts.max())
        softened = [mixed(colour, theme.panel, 0.25) for colour in colours]
        middles = (found.edges[:-1] + found.edges[1:]).tolist()
        for b, (count, middle) in enumerate(zip(found.counts.tolist(), middles, strict=True)):
            if count:
                high = max(1.5, count / most * place.height())
                bar = QRectF(place.left() + b * wide, place.bottom() - high, max(1.0, wide - 1), high)
                painter.fillRect(bar, softened[middle >= 0])
        low, high = float(found.edges[0]), float(found.edges[-1])
        if low < 0 < high:
            zero = place.left() - low / (high - low) * place.width()
            painter.fillRect(QRectF(zero - 0.5, place.top(), 1, place.height()), theme.muted)
        painter.setPen(theme.muted)
        ends = QRectF(place.left(), place.bottom() + 1, place.width(), self._line)
        painter.drawText(ends, Qt.AlignmentFlag.AlignLeft, short(low))
        painter.drawText(ends, Qt.AlignmentFlag.AlignRight, short(high))

    # -- gestures ----------------------------------------------------------------------------------

    def row_at(self, y: float) -> int | None:
        """Return the row at a height of the viewport."""
        k = int((y - self._line - 6 + self.verticalScrollBar().value()) // self._row)
        return k if y > self._line + 4 and 0 <= k < len(self.shown) else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        k = self.row_at(event.position().y())
        if k is not None:
            chosen = Selection(self.shown[k].layer, sample=self._selection.sample)
            self.select_requested.emit(chosen)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.sentence(QPointF(event.pos())), self)
            return True
        return super().viewportEvent(event)

    def sentence(self, point: QPointF) -> str:
        """Say how many numbers a bar holds; empty: there is no bar at the point."""
        k = self.row_at(point.y())
        if k is None:
            return ""
        for kind, name in enumerate(KINDS):
            place, found = self.place(k, kind), getattr(self.shown[k], name)
            if found is not None and place.contains(point):
                b = min(
                    found.counts.size - 1, int((point.x() - place.left()) / place.width() * found.counts.size)
                )
                text = self.tr("{count} of {all} numbers lie between {low} and {high}.")
                low, high = short(float(found.edges[b])), short(float(found.edges[b + 1]))
                return text.format(
                    count=int(found.counts[b]), all=int(found.counts.sum()), low=low, high=high
                )
        return ""
