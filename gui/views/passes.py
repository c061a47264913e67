"""Passes: how many the training has made, and how many it would have needed without backpropagation."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.datasets import Dataset
from core.network import Network
from core.pass_counts import PassCount, by_backpropagation, by_differences, passes_made
from core.training import Snapshot
from gui.number_rows import NumberRow, NumberRows
from gui.pass_bars import PassBars
from gui.seen import Seen
from gui.theme import LIGHT, Theme


class PassesView(Seen):
    """The passes of one gradient in big numbers, and below those of iteration, epoch and run so far.

    Differences would make their two passes for every parameter at each gradient.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Passes"))
        self._network: Network | None = None
        self._snapshot: Snapshot | None = None
        self.bars, self.rows, self.line = PassBars(), NumberRows(), QLabel()
        self.bars.setAccessibleName(self.tr("Passes of one gradient"))
        self.rows.setAccessibleName(self.tr("Passes so far"))
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
        """Leave the sentence away where there is only room for the numbers."""
        super().resizeEvent(event)
        numbers = self.bars.sizeHint().height() + self.rows.sizeHint().height() + 20
        self.line.setVisible(event.size().height() >= numbers + 2 * self.line.fontMetrics().height() + 12)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, self.bars.sizeHint().height() + self.rows.sizeHint().height() + 20)

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Count the passes of another network."""
        self._network, self._snapshot = network, None
        back, there, n = by_backpropagation(), by_differences(network), network.parameters
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
        """Count the passes up to the present moment."""
        self._snapshot = snapshot
        self.draw_if_seen()

    def show_theme(self, theme: Theme) -> None:
        """Paint in a theme's colours and the present fonts."""
        self.bars.show_theme(theme)
        self.rows.show_theme(theme)

    def draw(self) -> None:
        if self._network is None:
            return
        made = None if self._snapshot is None else passes_made(self._snapshot)
        names = self.tr("this iteration"), self.tr("this epoch"), self.tr("this run")
        counts = (None, None, None) if made is None else (made.iteration, made.epoch, made.run)
        rows = [self._row(name, count) for name, count in zip(names, counts, strict=True)]
        heads = self.tr("passes so far"), self.tr("forward"), self.tr("backward"), self.tr("differences")
        self.rows.show_rows(heads, rows)

    def _row(self, name: str, made: PassCount | None) -> NumberRow:
        if made is None or self._network is None:
            return NumberRow((name, "–", "–", "–"))
        instead = made.backward * by_differences(self._network).forward
        return NumberRow((name, f"{made.forward:,}", f"{made.backward:,}", f"{instead:,}"))
