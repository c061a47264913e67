"""Spotlight: the network in front of a class: one layer lit, or numbers hidden until they are asked for."""

from __future__ import annotations

from PySide6.QtCore import QVariantAnimation
from PySide6.QtWidgets import QToolTip, QWidget

from gui.canvas.microscope import Microscope

FADE = 250  # milliseconds


class Spotlight(Microscope):
    """The network as a picture of which a part is lit or hidden."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fade = QVariantAnimation(self, duration=FADE)
        self._fade.valueChanged.connect(self._dim)

    def show_spotlight(self, layer: int | None) -> None:
        """Dim everything but a layer: its header, its tiles and numbers, the edges into it; None: nothing.

        It fades within 300 ms, or is so at once where the canvas is not seen.
        """
        picture = self.picture
        if layer is not None:
            picture.spotlight = layer
        self._fade.stop()
        wanted = 0.0 if layer is None else 1.0
        self._fade.setStartValue(picture.dimmed)
        self._fade.setEndValue(wanted)
        if self.isVisible() and picture.dimmed != wanted:
            self._fade.start()
        else:
            self._dim(wanted)

    def show_veil(self, veiled: bool) -> None:
        """Show a question mark for all that a pass computes; inputs, weights and biases stay."""
        if veiled != self.picture.veiled:
            self.picture.veiled = veiled
            QToolTip.hideText()
            self.badges.update()
            self._refresh()
            self.viewport().update()

    def rebuild(self) -> None:
        """Lay out the design for the viewport and make its items, as visible as they are."""
        super().rebuild()
        self._light()

    def _dim(self, share: float) -> None:
        """Dim what is beside the spotlight by a share of 0 … 1."""
        self.picture.dimmed = share
        if share == 0.0 and self._fade.endValue() == 0.0:
            self.picture.spotlight = None
        self._light()
        self.pills.look()
        self.overlay.refresh()
        self.badges.update()
        self.viewport().update()

    def _light(self) -> None:
        for item in self._items:
            item.setOpacity(self.picture.shown(item.layer))
