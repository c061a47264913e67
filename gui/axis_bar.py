"""Axis bar: takes the parameter that is selected in the network as an axis of the loss surface."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from core.network import Network
from gui.quiet_button import quiet_button
from gui.selection import Selection
from gui.surface_words import name_of, place_of


class AxisBar(QWidget):
    """Is seen while a weight or bias is selected.

    ``chosen(place, upwards)`` carries its position in theta, for the axis to the right or upwards.
    """

    chosen = Signal(int, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.place: int | None = None
        self.label = QLabel()
        self.label.setProperty("look", "small")
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.right = quiet_button(self.tr("→ axis"), self.tr("Take the selected parameter to the right"))
        self.up = quiet_button(self.tr("↑ axis"), self.tr("Take the selected parameter upwards"))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.addWidget(self.label, 1)
        row.addWidget(self.right)
        row.addWidget(self.up)
        for button, upwards in ((self.right, False), (self.up, True)):
            button.clicked.connect(lambda _on=False, upwards=upwards: self.chosen.emit(self.place, upwards))

    def show_selection(self, network: Network, selection: Selection, axes: tuple[int, ...]) -> None:
        """Offer the weight of the selected edge, or the bias of the neuron, for the axes it is not on."""
        l, j = selection.layer, selection.neuron
        self.place = place_of(network, l, selection.source, j) if l and j is not None else None
        self.setVisible(self.place is not None)
        if self.place is not None:
            self.label.setText(self.tr("Take {name} as").format(name=name_of(network, self.place)))
            for button, axis in zip((self.right, self.up), axes or (None, None), strict=True):
                button.setEnabled(self.place != axis)
