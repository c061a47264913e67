"""The number of passes that training has made, and that it would need without backpropagation."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.analysis.gradient_check import PassCount, by_backpropagation, by_differences, passes_made
from core.data.datasets import Dataset
from core.nn.network import Network
from core.nn.trainer import Snapshot
from gui.layout.lazy_view import LazyView
from gui.qt.drawable import guarded_overrides, shielded
from gui.text.labels import fitted
from gui.theme.theme import LIGHT, Theme, hide_in_hall, in_hall, mixed, sized
from gui.widgets.ruled_table import RuledTable

GAP = 6
HALL_ROW = 2.0
"""How many times higher a row is in presentation mode."""
Rows = tuple[tuple[str, str], tuple[str, str]]


@guarded_overrides
class PassBars(QWidget):
    """Two rows: a large count, what it counts, and a bar whose length is the count.

    The bars have the same scale, so the shorter one may be a hairline; that is intended.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme = LIGHT
        self.rows: tuple[tuple[str, str], ...] = (("–", ""), ("–", ""))
        self._counts, self._goal = (0, 0), 1

    def show_counts(self, rows: Rows, counts: tuple[int, int], goal: int) -> None:
        """Show a count and a sentence for both methods; ``goal`` is the count of a full bar."""
        shown = (rows, counts, max(1, goal))
        if shown == (self.rows, self._counts, self._goal):
            return
        self.rows, self._counts, self._goal = shown
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
        return ceil((HALL_ROW if in_hall() else 1.0) * (number + text / 2 + 2 * GAP))

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
        painter.setFont(fitted(sized("small"), text, area.width()))
        painter.setPen(self._theme.muted)
        metrics = QFontMetricsF(sized("small"))
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, text)
        room = area.adjusted(0, metrics.height() + 2, 0, 0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mixed(self._theme.panel, self._theme.border, 0.5))
        painter.drawRoundedRect(room, 3, 3)
        share = min(1.0, self._counts[k] / self._goal)
        if share > 0:
            room.setWidth(max(2.0, share * room.width()))
            painter.setBrush(colour)
            painter.drawRoundedRect(room, 3, 3)


# -- the view --------------------------------------------------------------------------------------------


@guarded_overrides
class PassesView(LazyView):
    """The passes per gradient in large numbers, and below them those per iteration, epoch and run so far.

    Central differences need two passes for every parameter at each gradient.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Passes"))
        self._network: Network | None = None
        self._snapshot: Snapshot | None = None
        self.bars, self.line = PassBars(), QLabel()
        self.rows = RuledTable(self.tr("Passes so far"))
        self.rows.setSelectionMode(RuledTable.SelectionMode.NoSelection)
        self.rows.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.bars.setAccessibleName(self.tr("Passes of one gradient"))
        self.line.setTextFormat(Qt.TextFormat.PlainText)
        self.line.setWordWrap(True)
        self.line.setProperty("look", "muted")
        self.line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(6)
        for widget in (self.bars, self.line, self.rows):
            column.addWidget(widget)
        column.addStretch(1)
        self.show_theme(LIGHT)

    def sizeHint(self) -> QSize:
        return QSize(320, 240)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide the sentence if there is only room for the numbers."""
        super().resizeEvent(event)
        numbers = self.bars.sizeHint().height() + self.rows.sizeHint().height() + 20
        self.line.setVisible(event.size().height() >= numbers + 2 * self.line.fontMetrics().height() + 12)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, self.bars.sizeHint().height() + self.rows.sizeHint().height() + 20)

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Count the passes of another network."""
        self._network, self._snapshot = network, None
        back, there, n = by_backpropagation(), by_differences(network), network.differentiated.size
        both = back.forward + back.backward
        one = self.tr("backpropagation: {forward} forward + {backward} backward")
        two = self.tr("differences: 2 for each of {n:,} parameters")
        rows = (
            (f"{both}", one.format(forward=back.forward, backward=back.backward)),
            (f"{there.forward:,}", two.format(n=n)),
        )
        self.bars.show_counts(rows, (both, there.forward), there.forward)
        text = self.tr("One gradient. A pass costs about n = {n:,} operations: Θ(n) against Θ(n²).")
        self.line.setText(text.format(n=n))
        self.setAccessibleDescription(self.line.text())
        self.draw_if_seen()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Count the passes up to the present."""
        self._snapshot = snapshot
        self.draw_if_seen()

    def show_theme(self, theme: Theme) -> None:
        """Paint in a theme's colours and the present fonts."""
        self.bars.show_theme(theme)
        self.rows.show_theme(theme)
        hide_in_hall(self.rows)

    def draw(self) -> None:
        if self._network is None:
            return
        made = None if self._snapshot is None else passes_made(self._snapshot)
        names = self.tr("this iteration"), self.tr("this epoch"), self.tr("this run")
        counts = (None, None, None) if made is None else (made.iteration, made.epoch, made.run)
        rows = [self._row(name, count) for name, count in zip(names, counts, strict=True)]
        heads = self.tr("passes so far"), self.tr("forward"), self.tr("backward"), self.tr("differences")
        self.rows.show_rows(heads, rows)

    def _row(self, name: str, made: PassCount | None) -> tuple[str, ...]:
        if made is None or self._network is None:
            return name, "–", "–", "–"
        instead = made.backward * by_differences(self._network).forward
        return name, f"{made.forward:,}", f"{made.backward:,}", f"{instead:,}"
