"""Surface offer: what is said of a network too large for its loss surface to be computed unasked."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from core.datasets import Dataset
from core.network import Network
from core.surface import WORK_AT_ONCE


def is_soon(network: Network, dataset: Dataset) -> bool:
    """Return whether the surface, hundreds of passes, is computed soon enough to be drawn unasked."""
    return network.parameters * dataset.train.size <= WORK_AT_ONCE


class SurfaceOffer(QWidget):
    """A sentence and a button; ``taken`` tells that it was pressed."""

    taken = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentence, self.button = QLabel(), QPushButton()
        self.sentence.setWordWrap(True)
        self.button.setToolTip(self.tr("It is computed in small pieces: the window and training go on"))
        self.button.clicked.connect(self.taken)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 0)
        row.addWidget(self.sentence, 1)
        row.addWidget(self.button)
        self.hide()

    def show_network(self, network: Network, dataset: Dataset, drawn: int | None, present: int) -> None:
        """Offer to compute the surface; ``drawn``: after how many of the ``present`` updates it was, if ever.

        It stays while there is nothing to offer, or the picture below would change its size.
        """
        large = self.tr("{parameters} parameters and {samples} samples: too large to be drawn at once.")
        sentence = large.format(parameters=f"{network.parameters:,}", samples=f"{dataset.train.size:,}")
        if drawn is not None:
            now = self.tr("The surface is that of the present moment.")
            sentence = now if drawn == present else self.tr("The surface is that of an earlier moment.")
        self.sentence.setText(sentence)
        self.button.setText(self.tr("Draw anyway") if drawn is None else self.tr("Draw again"))
        self.button.setAccessibleName(self.button.text())
        self.button.setEnabled(drawn != present)
