"""The lab as a view: the vectorized graph of the present network, for one sample."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.data.datasets import Dataset
from core.nn.network import Network
from core.nn.trainer import Snapshot
from gui.graph_lab.view import Lab
from gui.layout.lazy_view import LazyView
from gui.qt.later import Later
from gui.selection import ComputedNumber, Selection
from gui.theme.theme import Theme

PAUSE_MILLISECONDS = 250
"""Least time between two pictures while training changes the weights."""


class ComputationalGraphView(LazyView):
    """Shows the selected sample, or the first one, with the present weights; the step of the passes stays."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Vectorized graph of the network"))
        self.lab = Lab()
        self.figure = self.lab.canvas
        self.lab.side.show_parts(passes=True, derivatives=False)
        self._snapshot: Snapshot | None = None
        self._sample = 0
        self._shown: tuple[Network, bytes, int] | None = None
        self._pause = Later(self, interval=PAUSE_MILLISECONDS, singleShot=True)
        self._pause.timeout.connect(self.draw_if_seen)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.lab)

    def show_network(self, _network: Network, dataset: Dataset) -> None:
        """Set another network; it is drawn with its first snapshot."""
        self._snapshot = None
        self._sample = int(dataset.train[0])

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the weights of a moment, after a short delay."""
        self._snapshot = snapshot
        if not self._pause.isActive():
            self._pause.start()
            self.draw_if_seen()

    def show_selection(self, selection: Selection) -> None:
        """Show the selected sample."""
        if selection.column is not None and selection.column != self._sample:
            self._sample = selection.column
            self.draw_if_seen()

    def show_veil(self, veiled: bool, _told: frozenset[ComputedNumber] = frozenset()) -> None:
        """Hide all that is computed behind a question mark, or show it again."""
        self.lab.show_veil(veiled)

    def show_theme(self, theme: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self.lab.show_theme(theme)

    def draw(self) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            return
        network, dataset, theta = snapshot.network, snapshot.dataset, snapshot.theta
        shown = network, theta.tobytes(), self._sample
        if shown == self._shown:
            return
        at = self.lab.stepper.at if self._shown and self._shown[0] is network else 0
        self._shown, columns = shown, [self._sample]
        y = dataset.targets(network.n[-1])[:, columns]
        self.lab.show_network(network, theta, dataset.x[:, columns], y)
        self.lab.go(min(at, self.lab.stepper.last))
