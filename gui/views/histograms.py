"""A view of the distributions of every layer's weights, activations and gradients."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from core.analysis.health import Histogram, LayerHistograms, histograms
from core.data.datasets import Dataset
from core.nn.network import Network
from core.nn.trainer import Snapshot
from core.number_style import value_text, widest_text
from gui.figures.figure import fill_background
from gui.layout.scroll_canvas import ScrollCanvas
from gui.qt.drawable import guarded_overrides, shielded
from gui.qt.typed_signal import TypedSignal
from gui.selection import Selection
from gui.theme.theme import LIGHT, Theme, mixed, sized

LEFT, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight


TALL, GAP = 44, 12  # pixels: smallest height of a histogram, and gap


class Grid:
    """The layout of the histograms of ``rows`` layers: three per row, under a line of titles.

    ``tall`` and ``wide`` are the size of a histogram, whose height is limited; ``row`` is the height of a
    layer including the numbers below the histograms, ``head`` that of the titles.
    """

    def __init__(self, area: QSize, rows: int, painter: HistogramPainter) -> None:
        self.rows, self.head = rows, painter.line + 6
        self.left = 14 + painter.metrics.horizontalAdvance("00")
        self.wide = (area.width() - self.left - 4 - 2 * GAP) / 3
        below = painter.ends(self.wide) * painter.line + GAP
        self.tall = max(TALL, min(2 * TALL, (area.height() - self.head) // max(1, rows) - below))
        self.row = self.tall + below

    def place(self, k: int, column: int) -> QRectF:
        """Return the rectangle of the bars in row k."""
        left, top = self.left + column * (self.wide + GAP), self.head + k * self.row
        return QRectF(left, top, self.wide, self.tall)

    def row_at(self, y: float) -> int | None:
        """Return the row at a height, or None."""
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
        return 1 if 2 * self.metrics.horizontalAdvance(f"{widest_text()} ") <= width else 2

    def title(self, painter: QPainter, place: QRectF, title: str, letter: str) -> None:
        """Paint the title of a column, or only its letter if there is too little room."""
        painter.setPen(self.theme.muted)
        fits = self.metrics.horizontalAdvance(title) <= place.width()
        box = QRectF(place.left(), 0, place.width(), self.line + 2)
        painter.drawText(box, LEFT | Qt.AlignmentFlag.AlignVCenter, title if fits else letter)

    def unknown(self, painter: QPainter, place: QRectF, sentence: str) -> None:
        """Paint the reason why there is no histogram."""
        painter.fillRect(place, mixed(self.theme.panel, self.theme.raised, 0.5))
        painter.setPen(self.theme.muted)
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap), sentence)

    def bars(self, painter: QPainter, place: QRectF, found: Histogram, gradient: bool) -> None:
        """Paint a histogram, with a line at 0, and its smallest and largest number below."""
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
        painter.drawText(box, LEFT, value_text(low))
        painter.drawText(
            box.translated(0, (self.ends(place.width()) - 1) * self.line), RIGHT, value_text(high)
        )


# -- the view --------------------------------------------------------------------------------------------

BINS = 30


@guarded_overrides
class HistogramsView(ScrollCanvas):
    """A row for every layer: W, a and ∂J/∂W, each with its smallest and largest number.

    What the pass has not computed yet has no histogram. Clicking a row selects its layer.
    """

    select_requested = TypedSignal[Selection]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Histograms of weights, activations and gradients"))
        self.setAccessibleDescription(
            self.tr("One row for each layer; the panel Outline has the numbers of the neurons")
        )
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.shown: list[LayerHistograms] = []
        self._snapshot: Snapshot | None = None
        self._selection = Selection()
        self._stale = False
        self.show_theme(LIGHT)

    def sizeHint(self) -> QSize:
        return QSize(420, 260)

    # -- contents ----------------------------------------------------------------------------------

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Set the layers of another network."""
        self._snapshot = None
        self.shown = []
        self._scroll_range()
        self.viewport().update()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Compute the histograms of the present pass."""
        self._snapshot = snapshot
        self._count_if_seen()

    def show_selection(self, selection: Selection) -> None:
        """Mark the selected layer."""
        self._selection = selection
        self.viewport().update()

    def show_theme(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self._painter = HistogramPainter(theme)
        self._scroll_range()
        self.viewport().update()

    def _count_if_seen(self) -> None:
        self._stale = not self.isVisible()
        snapshot = self._snapshot
        if self._stale or snapshot is None:
            return
        fresh = not self.shown
        self.shown = histograms(snapshot.network, snapshot.shown_theta, snapshot.shown, BINS)
        if fresh:
            self._scroll_range()
        self.viewport().update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._count_if_seen()

    # -- geometry ----------------------------------------------------------------------------------

    def _grid(self) -> Grid:
        return Grid(self.viewport().size(), len(self.shown), self._painter)

    def _scroll_range(self) -> None:
        grid = self._grid()
        self.reach(QSize(0, grid.head + grid.rows * grid.row), grid.row // 2)

    def place(self, k: int, kind: int) -> QRectF:
        """Return the visible rectangle of the bars of layer k + 1 in column ``kind`` (W, a, gradient)."""
        return self._grid().place(k, kind).translated(0, -self.offset.y())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._scroll_range()

    # -- painting ----------------------------------------------------------------------------------

    @shielded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, row = QPainter(self.viewport()), self._grid().row
        fill_background(painter, event.rect(), self._painter.theme.panel)
        painter.setFont(self._painter.font)
        for k, layer in enumerate(self.shown):
            if self.place(k, 0).adjusted(0, 0, 0, row).intersects(QRectF(event.rect())):
                self._paint_row(painter, k, layer)
        self._paint_head(painter)
        painter.end()

    def _paint_head(self, painter: QPainter) -> None:
        """Paint the titles of the columns, above the rows that scroll below them."""
        painter.fillRect(QRectF(0, 0, self.viewport().width(), self._grid().head), self._painter.theme.panel)
        titles = self.tr("weights W"), self.tr("activations a"), self.tr("gradients ∂J/∂W")
        for kind, title in enumerate(titles if self.shown else ()):
            self._painter.title(painter, self.place(0, kind), title, title.split()[-1])

    def _paint_row(self, painter: QPainter, k: int, layer: LayerHistograms) -> None:
        theme, first = self._painter.theme, self.place(k, 0)
        painter.setPen(theme.accent if self._selection.layer == layer.layer else theme.muted)
        box = QRectF(2, first.top(), first.left() - 6, first.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, str(layer.layer))
        for kind, found in enumerate(_histograms(layer)):
            place = self.place(k, kind)
            if found is None or not found.counts.any():
                self._painter.unknown(painter, place, self.tr("not computed yet"))
            else:
                self._painter.bars(painter, place, found, found is layer.gradient)

    # -- mouse -------------------------------------------------------------------------------------

    def row_at(self, y: float) -> int | None:
        """Return the row at a height of the viewport."""
        grid = self._grid()
        return grid.row_at(y + self.offset.y()) if y > grid.head else None

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
        """Return a sentence on how many numbers a bar holds, or "" if there is no bar at the point."""
        k = self.row_at(point.y())
        if k is None:
            return ""
        for kind, found in enumerate(_histograms(self.shown[k])):
            place = self.place(k, kind)
            if found is not None and place.contains(point):
                b = min(
                    found.counts.size - 1, int((point.x() - place.left()) / place.width() * found.counts.size)
                )
                text = self.tr("{count} of {all} numbers lie between {low} and {high}.")
                low, high = value_text(float(found.edges[b])), value_text(float(found.edges[b + 1]))
                return text.format(
                    count=int(found.counts[b]), all=int(found.counts.sum()), low=low, high=high
                )
        return ""


def _histograms(layer: LayerHistograms) -> tuple[Histogram | None, ...]:
    """Return the histograms of a row: of weights, activations and gradients."""
    return layer.W, layer.a, layer.gradient
