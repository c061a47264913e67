"""Companions: the windows beside the main one, opened from its menus, in its theme, closed with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from gui.actions import Actions
from gui.document import Document
from gui.panels import Panels
from gui.player import Player
from gui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from gui.lab.window import LabWindow
    from gui.side_by_side import SideBySide

FEW = 64  # samples


class Companions(QObject):
    """Opens the computational graph lab, and two networks side by side."""

    def __init__(
        self, window: QWidget, document: Document, player: Player, panels: Panels, actions: Actions
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._player, self._panels = window, document, player, panels
        self._theme = LIGHT
        self.opened: list[LabWindow | SideBySide] = []
        actions["lab"].triggered.connect(self._open_lab)
        actions["side_by_side"].triggered.connect(self._open_side_by_side)

    def show_theme(self, shown: Theme) -> None:
        """Give the open ones a theme, and those still to come."""
        self._theme = shown
        for companion in self._alive():
            companion.show_theme(shown)

    def close(self) -> None:
        """Close all."""
        for companion in self._alive():
            companion.close()

    def _alive(self) -> list[LabWindow | SideBySide]:
        self.opened = [companion for companion in self.opened if isValid(companion)]
        return self.opened

    def _open_lab(self) -> None:
        from gui.lab.window import open_lab  # noqa: PLC0415  (the first window does not wait for it)

        lab = open_lab(self._window, self._theme)
        lab.offer_network()
        lab.network_requested.connect(lambda: self._show_network(lab))
        self.opened = [*self._alive(), lab]

    def _show_network(self, window: LabWindow) -> None:
        """Show the network of the main window at the present moment.

        Its samples are those of the present pass; between passes all training samples if they are few,
        else as many as make a batch.
        """
        snapshot = self._player.snapshot
        if snapshot is None:
            return  # the network was changed a moment ago, and its first numbers are on their way
        network, dataset = snapshot.network, snapshot.dataset
        values, samples, theta = snapshot.shown, dataset.train, snapshot.shown_theta
        if values is not None:
            samples = values.samples
        elif samples.size > FEW:
            samples = samples[: network.design.training.size_of_batch(samples.size)]
        y = dataset.targets(network.n[-1])[:, samples]
        window.lab.show_network(network, theta, dataset.x[:, samples], y)

    def _open_side_by_side(self) -> None:
        from gui.side_by_side import open_side_by_side  # noqa: PLC0415  (nor for this)
        from gui.views.runs import Runs  # noqa: PLC0415

        document, runs = self._document, self._panels.made("runs")
        pinned = runs.pinned if isinstance(runs, Runs) else ()
        design = document.network.design if document.problems else document.design
        pair = open_side_by_side(self._window, design, document.dataset, self._theme, pinned)
        self.opened = [*self._alive(), pair]
