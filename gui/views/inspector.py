"""Inspector: the selected neuron, edge, layer or sample in formulas and numbers."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QTextBrowser, QVBoxLayout, QWidget

from core.activations import ACTIVATIONS
from core.datasets import Dataset
from core.design import Dense, Design, Dropout, Problem
from core.network import Network
from core.training import Snapshot
from gui.explain import moment_of, of_edge, of_neuron
from gui.explain_more import of_layer, of_network, of_sample
from gui.fonts import sized
from gui.form import FocusedComboBox, Form, problems_under
from gui.selection import Selection
from gui.theme import LIGHT, Theme


class Inspector(QWidget):
    """Text that can be copied, over the settings of what is selected.

    The window title names what is selected. Nothing is written while the inspector is not seen.
    """

    edit_requested = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Inspector"))
        self._design: Design | None = None
        self._problems: Sequence[Problem] = ()
        self._network: Network | None = None
        self._dataset: Dataset | None = None
        self._snapshot: Snapshot | None = None
        self._selection = Selection()
        self._theme = LIGHT
        self._stale = False
        self._html = ""
        self.text = QTextBrowser()
        self.text.setAccessibleName(self.tr("Formulas and numbers of the selection"))
        self.text.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.text.setStyleSheet("QTextBrowser { border: 0; padding: 0; background: transparent; }")
        self.text.setOpenLinks(False)
        by_keyboard = Qt.TextInteractionFlag.TextSelectableByKeyboard
        self.text.setTextInteractionFlags(by_keyboard | Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setCursorWidth(0)
        self.activation_row = QWidget()
        self.activation = FocusedComboBox()
        self.activation.setAccessibleName(self.tr("Activation of this neuron"))
        self.layer_form = Form(Dense)
        self.dropout_form = Form(Dropout)
        self._arrange()
        self.activation.activated.connect(self._pick_activation)
        for form in (self.layer_form, self.dropout_form):
            form.changed.connect(self._change_layer)
        self._show_settings()
        self.text.setFont(sized("formula"))
        self._write()

    def _arrange(self) -> None:
        row = QHBoxLayout(self.activation_row)
        row.setContentsMargins(0, 0, 0, 0)
        label = QLabel(self.tr("Activation of this neuron"))
        label.setBuddy(self.activation)
        row.addWidget(label, 1)
        row.addWidget(self.activation)
        for entry in ACTIVATIONS.values():
            self.activation.addItem(entry.symbol, entry.name)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 6)
        column.setSpacing(6)
        column.addWidget(self.text, 1)
        for widget in (self.activation_row, self.layer_form, self.dropout_form):
            column.addWidget(widget)

    # -- what is told ------------------------------------------------------------------------------

    def show_design(self, design: Design, problems: Sequence[Problem]) -> None:
        """Show the settings of the selected layer or neuron of a design."""
        self._design, self._problems = design, problems
        self._show_settings()

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Explain another network."""
        self._network, self._dataset, self._snapshot = network, dataset, None
        self._write_if_seen()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Write the numbers of the present pass."""
        self._snapshot = snapshot
        self._write_if_seen()

    def show_selection(self, selection: Selection) -> None:
        """Explain what is selected."""
        self._selection = selection
        self._show_settings()
        self._write_if_seen()
        self.text.verticalScrollBar().setValue(0)

    def show_theme(self, theme: Theme) -> None:
        """Write in a theme's colours."""
        self._theme = theme
        self.text.setFont(sized("formula"))
        self._write_if_seen()

    # -- text --------------------------------------------------------------------------------------

    def _write_if_seen(self) -> None:
        self._stale = not self.isVisible()
        if not self._stale:
            self._write()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._write_if_seen()

    def _write(self) -> None:
        html = self._explanation()
        if html == self._html:
            return
        self._html = html
        bar = self.text.verticalScrollBar()
        place = bar.value()
        self.text.setHtml(html)
        bar.setValue(place)

    def _explanation(self) -> str:
        network, dataset, snapshot, chosen = self._network, self._dataset, self._snapshot, self._selection
        if network is None or dataset is None or snapshot is None:
            self.setWindowTitle(self.tr("Inspector"))
            return of_network(None, network)
        moment = moment_of(network, dataset, snapshot, chosen.sample, self._theme)
        l, j, i = self._within(network)
        if l is not None and j is not None and i is not None:
            title = self.tr("Edge from neuron {i} of layer {below} to neuron {j} of layer {l}")
            self.setWindowTitle(title.format(i=i + 1, below=l - 1, j=j + 1, l=l))
            return of_edge(moment, l, i, j)
        if l is not None and j is not None:
            self.setWindowTitle(self.tr("Neuron {j}, layer {l}").format(j=j + 1, l=l))
            return of_neuron(moment, l, j)
        if l is not None:
            self.setWindowTitle(self.tr("Layer {}").format(l))
            return of_layer(moment, l)
        if moment.alone:
            self.setWindowTitle(self.tr("Sample {}").format(chosen.sample))
            return of_sample(moment)
        self.setWindowTitle(self.tr("Inspector"))
        return of_network(moment, network)

    def _within(self, network: Network) -> tuple[int | None, int | None, int | None]:
        """Return layer, neuron and source of the selection, as far as the network has them."""
        l, j, i = self._selection.layer, self._selection.neuron, self._selection.source
        if l is None or not 0 <= l < len(network.n):
            return None, None, None
        j = j if j is not None and j < network.n[l] else None
        i = i if i is not None and j is not None and l > 0 and i < network.n[l - 1] else None
        return l, j, i

    # -- settings ----------------------------------------------------------------------------------

    def _place(self) -> int | None:
        """Return where the selected layer or dropout stands in ``design.layers``."""
        if self._design is None:
            return None
        if self._selection.place is not None:
            return self._selection.place if self._selection.place < len(self._design.layers) else None
        places = [k for k, layer in enumerate(self._design.layers) if isinstance(layer, Dense)]
        l = self._selection.layer
        return places[l - 1] if l is not None and 1 <= l <= len(places) else None

    def _show_settings(self) -> None:
        place = self._place()
        layer = None if place is None or self._design is None else self._design.layers[place]
        chosen = self._selection
        found = problems_under(self._problems, f"layers[{place}]")
        neuron = isinstance(layer, Dense) and chosen.neuron is not None and chosen.source is None
        whole = isinstance(layer, Dense) and chosen.neuron is None
        self.activation_row.setVisible(neuron)
        self.layer_form.setVisible(whole)
        self.dropout_form.setVisible(isinstance(layer, Dropout))
        if isinstance(layer, Dropout):
            self.dropout_form.show_value(layer, found)
        elif isinstance(layer, Dense) and whole:
            self.layer_form.show_value(layer, found)
            uses_alpha = any(ACTIVATIONS[n].alpha is not None for n in layer.activations if n in ACTIVATIONS)
            self.layer_form.rows["alpha"].setVisible(uses_alpha or "alpha" in found)
        elif isinstance(layer, Dense) and chosen.neuron is not None and chosen.neuron < layer.neurons:
            self.activation.setCurrentIndex(self.activation.findData(layer.activations[chosen.neuron]))

    def _pick_activation(self) -> None:
        place, j = self._place(), self._selection.neuron
        if place is None or j is None or self._design is None:
            return
        layer = self._design.layers[place]
        assert isinstance(layer, Dense)
        names = list(layer.activations)
        names[j] = self.activation.currentData()
        one = names[0] if len(set(names)) == 1 else tuple(names)
        text = self.tr("Activation of neuron {}").format(j + 1)
        self._ask(place, replace(layer, activation=one), text)

    def _change_layer(self, layer: Dense | Dropout) -> None:
        place = self._place()
        if place is None or self._design is None:
            return
        old = self._design.layers[place]
        if isinstance(layer, Dense) and isinstance(old, Dense) and layer.neurons != old.neurons:
            layer = replace(layer, activation=_for_neurons(old, layer.neurons))
        self._ask(place, layer, self.tr("Change layer settings"))

    def _ask(self, place: int, layer: Dense | Dropout, text: str) -> None:
        assert self._design is not None
        layers = (*self._design.layers[:place], layer, *self._design.layers[place + 1 :])
        if layers != self._design.layers:
            self.edit_requested.emit(replace(self._design, layers=layers), text)


def _for_neurons(layer: Dense, neurons: int) -> str | tuple[str, ...]:
    """Return the activations of a layer for another number of neurons: new ones take the last one's."""
    if isinstance(layer.activation, str):
        return layer.activation
    names = layer.activations[:neurons]
    return (*names, *([names[-1]] * (neurons - len(names))))
