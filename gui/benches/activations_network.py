"""The network of an activation bench: its neurons, layer by layer, for one sample."""

from __future__ import annotations

from math import isfinite

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.passes import evaluate
from core.subjects import Start, made
from core.training import Phase, Trainer
from gui.benches.activations_curves import Neuron
from gui.benches.number_cell import NumberCell
from gui.fonts import sized
from gui.selection import Selection
from gui.still_canvas import StillCanvas
from gui.theme import Theme


class BenchNetwork(QWidget):
    """The canvas, the layer whose neurons are dots, and the sample.

    ``changed`` tells that there are other neurons, ``picked`` the (layer, place) of one that was
    clicked on the canvas.
    """

    changed = Signal()
    picked = Signal(int, int)
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.canvas, self.layers = StillCanvas(), QComboBox()
        self.canvas.setAccessibleName(self.tr("The network whose neurons are dots"))
        self.canvas.setMinimumHeight(80)
        self.layers.setAccessibleName(self.tr("Layer whose neurons are dots"))
        self.layers.setToolTip(self.tr("Choose a layer, here or on the canvas: its neurons are the dots"))
        self.sample = NumberCell(self.tr("Sample"), 1, 1, 1, step=1, whole=True, role="text", widest="00000")
        self.words = QLabel(self.tr("Dots:")), QLabel(self.tr("Sample"))
        self._trainer: Trainer | None = None
        self.neurons: tuple[Neuron, ...] = ()
        self._arrange()
        self.layers.currentIndexChanged.connect(lambda _k: self._compute())
        self.sample.changed.connect(self._take_sample)
        self.sample.refused.connect(self.refused)
        self.canvas.select_requested.connect(self._select)

    def _arrange(self) -> None:
        self.layers.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        for word, field in zip(self.words, (self.layers, self.sample), strict=True):
            word.setBuddy(field)
            row.addWidget(word)
            row.addWidget(field)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.canvas, 1)
        column.addLayout(row)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)

    def show_start(self, start: Start) -> None:
        """Show a network as a scene begins with it, its first sample, and all layers."""
        one = made(start)
        trainer = self._trainer = Trainer(one.network, one.dataset, one.theta)
        trainer.run(start.iterations)
        trainer.advance(Phase.FORWARD)
        self.canvas.show_design(one.network.design, ())
        self.canvas.show_network(one.network, one.dataset)
        self.canvas.show_snapshot(trainer.snapshot())
        self.layers.blockSignals(True)
        self.layers.clear()
        self.layers.addItem(self.tr("all layers"))
        for layer in one.network.layers:
            self.layers.addItem(self.tr("layer {number}").format(number=layer.l))
        self.layers.blockSignals(False)
        self.sample.set_bounds(1, one.dataset.x.shape[1])
        self.sample.show_value(1)
        self._compute()

    @property
    def layer(self) -> int | None:
        """The layer whose neurons are dots; None: all."""
        return self.layers.currentIndex() or None

    @property
    def sample_at(self) -> int:
        """The column of the sample in the dataset."""
        return round(self.sample.value) - 1

    def show_picked(self, neuron: Neuron | None) -> None:
        """Mark a neuron on the canvas; None: the layer, if one is chosen."""
        if neuron is None:
            self.canvas.show_selection(Selection(self.layer, sample=self.sample_at))
        else:
            self.canvas.show_selection(Selection(neuron.layer, neuron.place, sample=self.sample_at))

    def _compute(self) -> None:
        """Evaluate the network at the sample."""
        trainer = self._trainer
        if trainer is None:
            return
        network, dataset = trainer.network, trainer.dataset
        columns = slice(self.sample_at, self.sample_at + 1)
        y = dataset.targets(network.n[-1])[:, columns]
        values = evaluate(network, trainer.snapshot().before, dataset.x[:, columns], y)
        found: list[Neuron] = []
        for layer in network.layers:
            if self.layer not in (None, layer.l):
                continue
            for run in layer.runs:
                if run.activation.layerwide:
                    continue
                z = values.z[layer.l][run.start : run.stop, 0].astype(float)
                a, slope = run.activation.g(z, run.alpha), run.activation.dg(z, run.alpha)
                name, numbers = run.activation.name, zip(z.tolist(), a.tolist(), slope.tolist(), strict=True)
                found += [
                    Neuron(layer.l, run.start + k, name, *three)
                    for k, three in enumerate(numbers)
                    if isfinite(three[0])
                ]
        self.neurons = tuple(found)
        self.show_picked(None)
        self.changed.emit()

    def _take_sample(self, value: float) -> None:
        self.sample.show_value(round(value))
        self._compute()

    def _select(self, selection: Selection) -> None:
        """Take the layer that was clicked on the canvas, and the neuron."""
        l, j = selection.layer, selection.neuron
        if not l:
            self.layers.setCurrentIndex(0)
            return
        self.layers.setCurrentIndex(l)
        if j is not None:
            self.picked.emit(l, j)

    def show_theme(self, theme: Theme) -> None:
        """Take the colours of a theme and the present size of the fonts."""
        self.canvas.show_theme(theme)
        for widget in (self.layers, *self.words):
            widget.setFont(sized("text"))
        self.sample.show_theme(theme)
