"""Surface offer: what is said of a network too large for its loss surface to be computed unasked."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from core.datasets import Dataset
from core.network import Network

SOON_WORK = 1 << 25  # parameters times samples; a surface is hundreds of passes


def is_soon(network: Network, dataset: Dataset) -> bool:
    """Return whether the surface is computed soon enough not to be asked for."""
    return network.parameters * dataset.train.size <= SOON_WORK


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

    def show_network(self, network: Network, dataset: Dataset, *, again: bool) -> None:
        """Offer to compute the surface of a network, ``again``: the one that is seen is an earlier one."""
        earlier = self.tr("The surface was computed at an earlier moment.")
        large = self.tr("{parameters} parameters and {samples} samples: too large to be drawn at once.")
        sizes = {"parameters": f"{network.parameters:,}", "samples": f"{dataset.train.size:,}"}
        self.sentence.setText(earlier if again else large.format(**sizes))
        self.button.setText(self.tr("Draw again") if again else self.tr("Draw anyway"))
        self.button.setAccessibleName(self.button.text())
