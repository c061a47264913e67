"""The settings of the selected layer or dropout, and the activation function of one neuron."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.nn.activations import ACTIVATIONS
from core.nn.design import Dense, Design, Dropout, Problem
from core.nn.neuron_ids import RemovedNeuron
from gui.qt.typed_signal import TypedSignal
from gui.selection import Selection
from gui.widgets.form import FocusedComboBox, Form, problems_under


class LayerSettings(QWidget):
    """A form for the part of the design that is selected."""

    edit_requested = TypedSignal[Design, str, RemovedNeuron | None]()

    def __init__(self) -> None:
        super().__init__()
        self._design: Design | None = None
        self._problems: Sequence[Problem] = ()
        self._selection = Selection()
        self.activation_row = QWidget()
        name = self.tr("Activation of this neuron")
        self.activation = FocusedComboBox(name, self.tr("What this neuron makes of its z"))
        self.layer_form, self.dropout_form = Form(Dense), Form(Dropout)
        self.fixed = QCheckBox(self.tr("Fixed during training"))
        self.fixed.setToolTip(self.tr("An update does not change what is fixed; a padlock marks it"))
        self.fixed.clicked.connect(self._fix_layer)
        self._arrange()
        self.activation.activated.connect(self._pick_activation)
        for form in (self.layer_form, self.dropout_form):
            form.changed.connect(self._change_layer)
        self._show()

    def _arrange(self) -> None:
        row = QHBoxLayout(self.activation_row)
        row.setContentsMargins(0, 0, 0, 0)
        label = QLabel(self.tr("Activation"))
        label.setBuddy(self.activation)
        row.addWidget(label, 1)
        row.addWidget(self.activation)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (self.activation_row, self.layer_form, self.fixed, self.dropout_form):
            column.addWidget(widget)

    def show_design(self, design: Design, problems: Sequence[Problem]) -> None:
        """Show the settings in another design."""
        self._design, self._problems = design, problems
        self._show()

    def show_selection(self, selection: Selection) -> None:
        """Show the settings of another selection."""
        self._selection = selection
        self._show()

    def place(self) -> int | None:
        """Return the index of the selected layer or dropout in ``design.layers``."""
        if self._design is None:
            return None
        if self._selection.place is not None:
            return self._selection.place if self._selection.place < len(self._design.layers) else None
        places = [k for k, layer in enumerate(self._design.layers) if isinstance(layer, Dense)]
        l = self._selection.layer
        return places[l - 1] if l is not None and 1 <= l <= len(places) else None

    def _show(self) -> None:
        place, chosen = self.place(), self._selection
        layer = None if place is None or self._design is None else self._design.layers[place]
        found = problems_under(self._problems, f"layers[{place}]")
        neuron = isinstance(layer, Dense) and chosen.neuron is not None and chosen.source is None
        whole = isinstance(layer, Dense) and chosen.neuron is None
        self.activation_row.setVisible(neuron)
        self.layer_form.setVisible(whole)
        self.fixed.setVisible(whole)
        self.dropout_form.setVisible(isinstance(layer, Dropout))
        self.setVisible(neuron or whole or isinstance(layer, Dropout))
        if isinstance(layer, Dropout):
            self.dropout_form.show_value(layer, found)
        elif isinstance(layer, Dense) and whole:
            self.layer_form.show_value(layer, found)
            self.fixed.setChecked(layer.fixed is True)
            uses_alpha = any(ACTIVATIONS[n].alpha is not None for n in layer.activations if n in ACTIVATIONS)
            self.layer_form.rows["alpha"].setVisible(uses_alpha or "alpha" in found)
        elif isinstance(layer, Dense) and neuron:
            self._show_activation(layer)

    def _show_activation(self, layer: Dense) -> None:
        """Offer the activations that one neuron can have; a layer-wide one only if the layer has it."""
        j = self._selection.neuron or 0
        name = layer.activations[j] if j < layer.neurons else ""
        offered = [key for key, entry in ACTIVATIONS.items() if not entry.layerwide or key == name]
        if [self.activation.itemData(k) for k in range(self.activation.count())] != offered:
            self.activation.clear()
            for key in offered:
                self.activation.addItem(ACTIVATIONS[key].symbol, key)
        self.activation.setCurrentIndex(self.activation.findData(name))
        single = name not in ACTIVATIONS or not ACTIVATIONS[name].layerwide
        self.activation.setEnabled(single)
        tip = self.tr("Only this neuron's; the others keep theirs")
        of_layer = self.tr("{activation} is for the whole layer: change it there")
        self.activation.setToolTip(tip if single else of_layer.format(activation=ACTIVATIONS[name].symbol))

    def _pick_activation(self) -> None:
        place, j = self.place(), self._selection.neuron
        if place is None or j is None or self._design is None:
            return
        layer = self._design.layers[place]
        assert isinstance(layer, Dense)
        names = list(layer.activations)
        names[j] = self.activation.currentData()
        one = names[0] if len(set(names)) == 1 else tuple(names)
        text = self.tr("Activation of neuron {}").format(j + 1)
        self._ask(place, replace(layer, activation=one), text)

    def _fix_layer(self, fixed: bool) -> None:
        place = self.place()
        layer = None if place is None or self._design is None else self._design.layers[place]
        if place is not None and isinstance(layer, Dense):
            self._ask(
                place,
                replace(layer, fixed=fixed),
                self.tr("Fix layer") if fixed else self.tr("Release layer"),
            )

    def fix(self, l: int, inputs: int, parameter: tuple[int | None, int], fixed: bool, text: str) -> None:
        """Request that a parameter (i, j) of layer l, which has ``inputs`` inputs, is fixed, or released."""
        if self._design is not None and l <= len(self._design.dense):
            layer = self._design.dense[l - 1]
            place = [k for k, one in enumerate(self._design.layers) if isinstance(one, Dense)][l - 1]
            self._ask(place, layer.holding(inputs, [parameter], fixed), text)

    def _change_layer(self, layer: Dense | Dropout) -> None:
        place = self.place()
        if place is None or self._design is None:
            return
        old = self._design.layers[place]
        if isinstance(layer, Dense) and isinstance(old, Dense) and layer.neurons != old.neurons:
            layer = replace(layer, activation=_for_neurons(old, layer.neurons))
        if isinstance(layer, Dense) and isinstance(old, Dense) and layer.initializer != old.initializer:
            layer = replace(layer, initial=None)  # the weights are drawn again
        self._ask(place, layer, self.tr("Change layer settings"))

    def _ask(self, place: int, layer: Dense | Dropout, text: str) -> None:
        assert self._design is not None
        layers = (*self._design.layers[:place], layer, *self._design.layers[place + 1 :])
        if layers != self._design.layers:
            self.edit_requested.emit(replace(self._design, layers=layers), text, None)


def _for_neurons(layer: Dense, neurons: int) -> str | tuple[str, ...]:
    """Return the activations for another number of neurons; new neurons get that of the last one."""
    if isinstance(layer.activation, str):
        return layer.activation
    names = layer.activations[:neurons]
    return (*names, *([names[-1]] * (neurons - len(names))))
