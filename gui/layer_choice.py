"""Layer choice: which layer is looked at, as a row of buttons or, of many, as a list."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from gui.form import FocusedComboBox, Segments

MOST_BUTTONS = 8


class LayerChoice(QWidget):
    """Input, 1, 2, …, output; ``chosen`` carries the number of the layer, 0 for the input."""

    chosen = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.layer = 0
        self.shown: Segments | FocusedComboBox | None = None
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)

    def show_layers(self, last: int, layer: int) -> None:
        """Offer layers 0 … last, of which one is on."""
        if self.shown is not None:
            self._row.removeWidget(self.shown)
            self.shown.deleteLater()
        names = [self.tr("input"), *(str(l) for l in range(1, last)), self.tr("output")]
        made: Segments | FocusedComboBox
        if last < MOST_BUTTONS:
            made = Segments({str(l): name for l, name in enumerate(names)})
            made.chosen.connect(lambda key: self._choose(int(key)))
        else:
            made = FocusedComboBox()
            made.addItems(names)
            made.activated.connect(self._choose)
        made.setAccessibleName(self.accessibleName())
        made.setToolTip(self.accessibleName())
        self._row.addWidget(made)
        self.shown = made
        self.show_layer(layer)

    def show_layer(self, layer: int) -> None:
        """Show which layer is on, without telling anyone."""
        self.layer = layer
        if isinstance(self.shown, Segments):
            self.shown.show_choice(str(layer))
        elif self.shown is not None:
            self.shown.setCurrentIndex(layer)

    def _choose(self, layer: int) -> None:
        self.layer = layer
        self.chosen.emit(layer)
