"""Activation stage: several activations in one plot, with g, g' and the tangents at a draggable z."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from msgspec.structs import replace
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.lecture.expected import AnyQuantity
from core.lecture.formula_quantities import ActivationNumber
from core.lecture.scene import InitialSelection, Scene
from core.lecture.subjects import ActivationBench, Start, made
from core.lecture.view_ids import ViewId
from core.nn.passes import evaluate
from core.nn.trainer import Phase, Trainer
from core.number_style import fine_text
from gui.canvas.network_view import NetworkView
from gui.lecture.stages.activations.curves import ActivationCurves, Hidden, Neuron, name_of
from gui.lecture.stages.activations.table import CURVES, Chips, PointTable, formulas_html
from gui.lecture.stages.base import SceneStage
from gui.lecture.stages.shared.worked_line import FormulaBlock
from gui.qt.drawable import whole
from gui.selection import Selection
from gui.theme.theme import LIGHT, Theme, hide_in_hall, in_hall, sized
from gui.widgets.edit_history import EditHistory
from gui.widgets.number_edit import NumberEdit
from gui.widgets.slider import Slider


class BenchNetwork(QWidget):
    """The canvas, the layer whose neurons are dots, and the sample.

    ``changed`` is emitted when the neurons changed, ``picked`` carries the (layer, place) of one that was
    clicked on the canvas.
    """

    changed = Signal()
    picked = Signal(int, int)
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.canvas, self.layers = NetworkView(), QComboBox()
        self.canvas.setAccessibleName(self.tr("The network whose neurons are dots"))
        self.canvas.setMinimumHeight(80)
        self.layers.setAccessibleName(self.tr("Layer whose neurons are dots"))
        self.layers.setToolTip(self.tr("Choose a layer, here or on the canvas: its neurons are the dots"))
        self.sample = NumberEdit(self.tr("Sample"), 1, 1, 1, step=1, whole=True, role="text", widest="00000")
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

    def show_start(self, start: Start, sample: int = 0) -> None:
        """Show the initial network of a scene, a sample (from 0), and all layers."""
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
        self.sample.show_value(min(sample, one.dataset.x.shape[1] - 1) + 1)
        self._compute()

    @property
    def layer(self) -> int | None:
        """The layer whose neurons are dots; None: all."""
        return self.layers.currentIndex() or None

    @property
    def output(self) -> Neuron | None:
        """The output neuron, if there is only one and it has a dot."""
        trainer = self._trainer
        last = None if trainer is None or trainer.network.n[-1] > 1 else len(trainer.network.layers)
        return next((neuron for neuron in self.neurons if neuron.layer == last), None)

    @property
    def sample_at(self) -> int:
        """The column of the sample in the dataset."""
        return round(self.sample.value or 1) - 1

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
            for run in layer.spans:
                if run.activation.layerwide:
                    continue
                z = values.z[layer.l][run.start : run.stop, 0].astype(float)
                a, slope = run.activation.g(z, run.alpha), run.activation.derivative(z, run.alpha)
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
        """Choose the layer that was clicked on the canvas, and the neuron."""
        l, j = selection.layer, selection.neuron
        if not l:
            self.layers.setCurrentIndex(0)
            return
        self.layers.setCurrentIndex(l)
        if j is not None:
            self.picked.emit(l, j)

    def show_theme(self, theme: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self.canvas.show_theme(theme)
        for widget in (self.layers, *self.words):
            widget.setFont(sized("text"))
        self.sample.show_theme(theme)


# -- Activations over one another, with g, g' and the tangents at a dragged z ----------------------------

FRAME_MILLISECONDS, FRAMES = 40, 250  # the duration of a frame and the number of frames from low to high
STEP = 0.5
PLACES = 100  # positions of the slider per unit


class ActivationStage(SceneStage):
    """Chips choose the activations; a row of the table chooses the one whose formulas are shown."""

    plays = steps = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Activations and their slopes"))
        self._subject = ActivationBench(activations=("sigmoid",))
        self._theme, self._chosen = LIGHT, "sigmoid"
        self._hidden: Hidden = frozenset()
        self._later: Hidden = frozenset()  # what is asked for later, and not shown yet
        self._named: Neuron | None = None
        self.history = EditHistory(self._put_back, self)
        self.chips, self.table = Chips(), PointTable()
        self.g, self.slope = ActivationCurves(of_slope=False), ActivationCurves(of_slope=True)
        self.formulas, self.remark = FormulaBlock(), QLabel()
        self.network: BenchNetwork | None = None
        self.sign, self.cell = QLabel("<i>z</i> ="), NumberEdit(self.tr("z"), step=0.1)
        self.slider = Slider(Qt.Orientation.Horizontal)
        self._timer = QTimer(self, interval=FRAME_MILLISECONDS)
        self._right = QVBoxLayout()
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        self.formulas.setAccessibleName(self.tr("The formulas with the numbers put in"))
        self.remark.setWordWrap(True)
        self.remark.setProperty("look", "muted")
        self.remark.hide()
        self.slider.setAccessibleName(self.tr("z, on a slider"))
        self.slider.setToolTip(self.tr("Slide z"))
        self.sign.setBuddy(self.cell)
        left, top, bottom = QVBoxLayout(), QHBoxLayout(), QHBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.g, 6)
        left.addWidget(self.slope, 5)
        self._right.setSpacing(8)
        self._right.addWidget(self.table)
        self._right.addWidget(self.formulas)
        top.setSpacing(12)
        top.addLayout(left, 6)
        top.addLayout(self._right, 5)
        for widget in (self.sign, self.cell, self.slider):
            bottom.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 7, 12, 7)
        column.setSpacing(8)
        column.addWidget(self.chips)
        column.addLayout(top, 1)
        column.addWidget(self.remark)
        column.addLayout(bottom)

    def _connect(self) -> None:
        self.chips.changed.connect(self._show_curves)
        self.chips.changed.connect(lambda: self._note(self.tr("Activations")))
        self.table.picked.connect(lambda row: self._choose(self.table.names[row]))
        self.cell.changed.connect(self._set_z)
        self.slider.valueChanged.connect(lambda place: self._set_z(place / PLACES))
        self._timer.timeout.connect(self._slide_on)
        for plot in (self.g, self.slope):
            plot.dragged.connect(self._set_z)
            plot.picked.connect(self._name)
        for part in (self.chips, self.cell):
            part.refused.connect(self._remark)

    # -- what is shown -----------------------------------------------------------------------------------

    def show_scene(self, scene: Scene) -> None:
        """Show the activations of the scene at its z."""
        subject = scene.subject
        if not isinstance(subject, ActivationBench):
            raise TypeError(f"an activation bench is not {type(subject).__name__}")
        self._pause()
        self._remark("")
        self._subject, self._chosen, self._named = subject, subject.activations[0], None
        self.cell.set_bounds(subject.low, subject.high)
        self.slider.blockSignals(True)
        self.slider.setRange(whole(PLACES * subject.low), whole(PLACES * subject.high))
        self.slider.blockSignals(False)
        self.slider.setPageStep(PLACES // 2)
        self.chips.show_names(subject.activations)
        self._show_network(subject, ViewId.CANVAS in scene.show, scene.look)
        if self.network is not None and scene.look is not None:
            self._named = self.network.output
        self._show_curves()
        self.history.begin(self._state())

    def subject(self) -> ActivationBench:
        """Return the present activations and z."""
        return self._subject

    def undo_stack(self) -> QUndoStack:
        """Return the undo stack of z and of the curves."""
        return self.history.stack

    def _show_network(self, subject: ActivationBench, drawn: bool, look: InitialSelection | None) -> None:
        if subject.network is None:
            if self.network is not None:
                self.network.hide()
            return
        if self.network is None:
            self.network = BenchNetwork()
            self.network.changed.connect(self._show_neurons)
            self.network.picked.connect(lambda l, j: self._name(self.g.neuron(l, j)))
            self.network.refused.connect(self._remark)
            self.network.show_theme(self._theme)
            self._right.addWidget(self.network, 1)
        self.network.canvas.setVisible(drawn)
        hide_in_hall(self.network)
        self.network.show_start(subject.network, 0 if look is None else look.sample or 0)

    def _show_curves(self) -> None:
        """Show the activations chosen now."""
        names = tuple(curve.name for curve in self.chips.curves)
        self._subject = replace(self._subject, activations=names)
        self._chosen = self._chosen if self._chosen in names else names[0]
        self._remark("")
        for plot in (self.g, self.slope):
            plot.show_curves(self.chips.curves, self._subject.low, self._subject.high)
        self.table.show_names([(curve.name, curve.activation.symbol) for curve in self.chips.curves])
        self._show_neurons()
        self._show_z()

    def _show_z(self) -> None:
        """Show everything that depends on z."""
        curves = self.chips.curves
        z, hidden = self._subject.z, self._hidden
        if not self.cell.isModified():
            self.cell.show_value(z)
        self.slider.blockSignals(True)
        self.slider.setValue(whole(PLACES * z))
        self.slider.blockSignals(False)
        points = [curve.at(z) for curve in curves]
        self.table.show_points(points, self._chosen, hidden)
        for plot in (self.g, self.slope):
            plot.show_z(z, self._chosen, hidden)
        chosen = next(k for k, curve in enumerate(curves) if curve.name == self._chosen)
        symbol = curves[chosen].activation.symbol
        asked, later = (
            [what for name, what in some if name == self._chosen] for some in (hidden, self._later)
        )
        self.formulas.show_html(formulas_html(symbol, points[chosen], self._theme, asked, later))
        self.table.setVisible(len(curves) > 1 or not in_hall())  # the formulas show those of a single curve
        slopes = any((curve.name, "slope") not in self._later for curve in curves)
        self.slope.setVisible(slopes)
        self.g.show_axis(not slopes)

    def _show_neurons(self) -> None:
        """Show as dots the neurons whose activation is shown."""
        there = () if self.network is None or self._subject.network is None else self.network.neurons
        names = self._subject.activations
        neurons = [neuron for neuron in there if neuron.activation in names]
        if self._named is not None:
            place = (self._named.layer, self._named.place)
            self._named = next((n for n in neurons if (n.layer, n.place) == place), None)
        for plot in (self.g, self.slope):
            plot.show_neurons(neurons, self._named)

    # -- changes -----------------------------------------------------------------------------------------

    def _set_z(self, z: float) -> None:
        """Set z to a typed, slid or dragged value."""
        self._take_z(z)
        self._note(self.tr("z"))

    def _state(self) -> tuple[ActivationBench, tuple[float, ...]]:
        return self._subject, self.chips.alpha_values

    def _note(self, text: str) -> None:
        self.history.note(self._state(), text)

    def _put_back(self, state: tuple[ActivationBench, tuple[float, ...]]) -> None:
        self._subject = state[0]
        self.chips.show_names(self._subject.activations, state[1])
        self._show_curves()

    def _take_z(self, z: float) -> None:
        self._remark("")
        self._subject = replace(self._subject, z=min(max(float(z), self._subject.low), self._subject.high))
        self._show_z()

    def _choose(self, name: str) -> None:
        self._chosen = name
        self._show_z()

    def _name(self, neuron: Neuron | None) -> None:
        """Show the name of a neuron that was clicked; None: none was."""
        if neuron is None:
            return
        self._named, self._chosen = neuron, neuron.activation
        if self.network is not None:
            self.network.show_picked(neuron)
        for plot in (self.g, self.slope):
            plot.show_neurons(plot.neurons, neuron)
        self._show_z()
        self.told.emit(self.tr("Neuron {name}.").format(name=name_of(neuron)))

    def _remark(self, sentence: str) -> None:
        self.remark.setText(sentence)
        self.remark.setVisible(bool(sentence))

    # -- sliding -----------------------------------------------------------------------------------------

    def play(self) -> None:
        """Move z slowly from low to high, or pause; at the end, begin again."""
        if self._timer.isActive():
            self._pause()
            return
        if self._subject.z >= self._subject.high:
            self._take_z(self._subject.low)
        self._timer.start()
        self.running_changed.emit(True)

    def _slide_on(self) -> None:
        low, high = self._subject.low, self._subject.high
        self._take_z(round(self._subject.z + (high - low) / FRAMES, 4))
        self.history.follow(self._state())
        if self._subject.z >= high:
            self._pause()

    def _pause(self) -> None:
        if self._timer.isActive():
            self._timer.stop()
            self.running_changed.emit(False)

    def step(self, *, ahead: bool) -> None:
        """Move z by 0.5."""
        self._pause()
        self._take_z(round(self._subject.z + (STEP if ahead else -STEP), 4))
        self.history.follow(self._state())
        self.told.emit(self.tr("z = {z}.").format(z=fine_text(self._subject.z)))

    # -- looks -------------------------------------------------------------------------------------------

    def ask(self, asked: Sequence[AnyQuantity], now: Sequence[AnyQuantity] | None = None) -> None:
        """Hide g or g' of the activations that a question asks for, at any z."""
        hidden, open_now = (
            frozenset[tuple[str, str]](
                (one.activation, one.what) for one in some if isinstance(one, ActivationNumber)
            )
            for some in (asked, now or ())
        )
        self._later = frozenset() if now is None else hidden - open_now
        self._hide(hidden)

    def show_veil(self, veiled: bool) -> None:
        """Hide g(z) and g'(z) in numbers, dots and tangents."""
        self._later = frozenset()
        every = frozenset((name, what) for name in CURVES for what in ("value", "slope"))
        self._hide(every if veiled else frozenset())

    def _hide(self, hidden: Hidden) -> None:
        self._hidden = hidden
        self._show_z()
        if self.network is not None:
            self.network.canvas.show_veil(any(what == "value" for _name, what in hidden))

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self._theme = shown
        self.chips.show_theme(shown)
        hide_in_hall(self.chips)
        self.table.show_theme(shown)
        self.cell.show_theme(shown)
        for plot in (self.g, self.slope):
            plot.show_theme(shown)
        if self.network is not None:
            self.network.show_theme(shown)
            hide_in_hall(self.network)  # its dots on the curves stay visible
        for label in (self.sign, self.remark):
            label.setFont(sized("text"))
        self.formulas.show_theme(shown)
        if self.chips.curves:
            self._show_z()

    def close_stage(self) -> None:
        """Stop the motion of z."""
        self._timer.stop()
