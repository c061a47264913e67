"""Pair: two designs to compare from one start, which differ in one thing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLabel, QToolBar, QToolButton, QVBoxLayout, QWidget

from core.arrays import Array
from core.data.datasets import Dataset
from core.debugger.pinned_runs import PinnedRun
from core.debugger.steps import StepSize
from core.nn.activations import ACTIVATIONS
from core.nn.design import Dense, Design, Training, fitted, problems
from core.nn.network import Network
from core.nn.optimizers import Adam, GradientDescent
from core.nn.trainer import Trainer
from gui.session import run_speed
from gui.session.run_speed import Speed
from gui.theme.theme import LIGHT, Theme, icon
from gui.widgets.form import ChoiceRow, FocusedComboBox, Form
from gui.widgets.labels import FastLabel
from gui.widgets.slider import Slider

USUAL: dict[str, tuple[Any, Any]] = {
    "optimizer": (Adam(), GradientDescent()),
    "activation": ("relu", "tanh"),
    "gradient_descent": ("batch", "mini-batch"),
    "initializer": ("he", "xavier"),
}
KINDS = ("optimizer", "learning_rate", "activation", "gradient_descent", "initializer")
FOR_NEURONS = {name: entry.symbol for name, entry in ACTIVATIONS.items() if not entry.layerwide}


def with_activation(design: Design, activation: str) -> Design:
    """Return the design with one activation in all hidden layers."""
    hidden = set(map(id, design.dense[:-1]))
    layers = (
        replace(layer, activation=activation, alpha=None) if id(layer) in hidden else layer
        for layer in design.layers
    )
    return replace(design, layers=tuple(layers))


def with_initializer(design: Design, initializer: str) -> Design:
    """Return the design with one initializer in all layers."""
    layers = (
        replace(layer, initializer=initializer) if isinstance(layer, Dense) else layer
        for layer in design.layers
    )
    return replace(design, layers=tuple(layers))


def changed(design: Design, kind: str) -> Design:
    """Return the design with another setting of a kind (one of `KINDS`): a usual one it does not have."""
    training = design.training
    if kind == "learning_rate":
        tenth = float(f"{training.learning_rate / 10:.6g}")
        return replace(design, training=replace(training, learning_rate=tenth))
    first, second = USUAL[kind]
    if kind == "activation":
        now = {layer.activation for layer in design.dense[:-1]}
        return with_activation(design, second if now == {first} else first)
    if kind == "initializer":
        names = {layer.initializer for layer in design.dense}
        return with_initializer(design, second if names == {first} else first)
    taken = second if type(getattr(training, kind)) is type(first) is not str else first
    if getattr(training, kind) == taken:
        taken = second
    return replace(design, training=replace(training, **{kind: taken}))


def on_same_data(design: Design, present: Design, dataset: Dataset) -> Design:
    """Return a design with the data and the seed of the present one; its output fits the data."""
    seeded = replace(design.training, seed=present.training.seed)
    moved = replace(design, data=present.data, training=seeded)
    return fitted(moved, dataset) if problems(moved, dataset) else moved


def first_weights(right: Network, left: Network) -> Array:
    """Return where the right network starts: from the left one's first weights where shapes agree.

    Another initializer draws its own, by the same seed.
    """
    seed = left.design.training.seed
    kinds = [[layer.initializer for layer in network.design.dense] for network in (left, right)]
    own = len(kinds[0]) == len(kinds[1]) and kinds[0] != kinds[1]
    return right.initial(seed) if own else right.carry(left, left.initial(seed))


def trainers(left: Network, right: Network, dataset: Dataset) -> tuple[Trainer, Trainer]:
    """Return the trainers of both, at their first weights."""
    return Trainer(left, dataset), Trainer(right, dataset, first_weights(right, left))


# -- Which one thing is changed in the second of two networks, and to what -------------------------------

FIELDS = {
    "optimizer": ("optimizer",),
    "learning_rate": ("learning_rate",),
    "gradient_descent": ("gradient_descent", "batch_size"),
}


class ChangeForm(QWidget):
    """Makes the right design of the left one: the same, but for one thing that is chosen here.

    ``changed(design)`` carries the right design after every choice; ``right`` is the last one.
    """

    changed = Signal(object)

    def __init__(self, left: Design, dataset: Dataset, pinned: Sequence[PinnedRun] = ()) -> None:
        super().__init__()
        self.left, self._dataset, self._pinned = left, dataset, tuple(pinned)
        self.right = left
        self.what = FocusedComboBox()
        self.what.setAccessibleName(self.tr("What is changed in network B"))
        self.what.setToolTip(self.tr("Network B is network A, but for this"))
        self.editors: dict[str, QWidget] = {name: self._form(name, *FIELDS[name]) for name in FIELDS}
        self.activation = ChoiceRow(self.tr("Hidden layers"), FOR_NEURONS, side_by_side=False)
        self.activation.changed.connect(lambda name: self._tell(with_activation(self.left, name)))
        self.initializer = Form(Dense, ("initializer",))
        self.initializer.changed.connect(
            lambda layer: self._tell(with_initializer(self.left, layer.initializer))
        )
        self.editors |= {"activation": self.activation, "initializer": self.initializer}
        self._arrange()
        self.what.activated.connect(self._choose)
        self._choose(0)

    def _form(self, name: str, *fields: str) -> Form:
        form = Form(Training, fields)
        form.changed.connect(lambda training: self._tell(replace(self.left, training=training)))
        form.setAccessibleName(name)
        return form

    def _arrange(self) -> None:
        titles = {
            "optimizer": self.tr("Optimizer"),
            "learning_rate": self.tr("Learning rate η"),
            "activation": self.tr("Activation of the hidden layers"),
            "gradient_descent": self.tr("Gradient descent"),
            "initializer": self.tr("Initializer"),
        }
        kinds = [kind for kind in KINDS if kind != "activation" or len(self.left.dense) > 1]
        for kind in kinds:
            self.what.addItem(titles[kind], kind)
        for run in self._pinned:
            self.what.addItem(self.tr("Settings of “{name}”").format(name=run.name), run)
        label = QLabel(self.tr("Changed in network B"))
        label.setBuddy(self.what)
        label.setProperty("look", "title")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(label)
        column.addWidget(self.what)
        for editor in self.editors.values():
            column.addWidget(editor)
        column.addStretch(1)

    # -- choices -----------------------------------------------------------------------------------

    def _choose(self, k: int) -> None:
        """Take another thing to change, at a usual value the left design does not have."""
        kind = self.what.itemData(k)
        for name, editor in self.editors.items():
            editor.setVisible(name == kind)
        if isinstance(kind, PinnedRun):
            self._tell(on_same_data(kind.design, self.left, self._dataset))
        else:
            self._tell(changed(self.left, kind))

    def _tell(self, right: Design) -> None:
        self.right = right
        for name in FIELDS:
            form = self.editors[name]
            assert isinstance(form, Form)
            form.show_value(right.training)
        if len(right.dense) > 1:
            self.activation.show_value(right.dense[0].activation)
        self.initializer.show_value(right.dense[0])
        training = right.training
        batch = ("batch_size",) if training.gradient_descent == "mini-batch" else ()
        form = self.editors["gradient_descent"]
        assert isinstance(form, Form)
        form.show_fields(("gradient_descent", *batch))
        self.changed.emit(right)


# -- Run, step and reset two networks together, and how fast ---------------------------------------------


class VariantToolbar(QToolBar):
    """Buttons and the speed of two networks in lock-step. ``speed_requested`` carries a Speed."""

    speed_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pair_bar")
        self.setWindowTitle(self.tr("Training of both networks"))
        self.setAccessibleName(self.windowTitle())
        self.setMovable(False)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._theme, self._running = LIGHT, False
        self.run_action = self._action(
            self.tr("Run"), self.tr("Train both networks until you pause (Space)"), "Space"
        )
        self.step_action = self._action(
            self.tr("Step"), self.tr("Make one iteration in both networks (Right)"), "Right", "N"
        )
        self.reset_action = self._action(
            self.tr("Reset"), self.tr("Go back to the same first weights (Ctrl+R)"), "Ctrl+R"
        )
        self.slider = Slider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, run_speed.FLAT_OUT)
        self.slider.setValue(run_speed.FIRST)
        self.slider.setFixedWidth(160)
        self.slider.setAccessibleName(self.tr("Speed"))
        self.slider.setToolTip(self.tr("Iterations a second, the same for both networks"))
        self.slider.valueChanged.connect(lambda _place: self._tell())
        self.pace = FastLabel("small", self.tr("10,000 it/s"))
        self.count = FastLabel("text", self.tr("Iteration {count}").format(count="10,000,000"))
        self._fill()
        self.show_iteration(0)
        self.pace.setText(run_speed.words(self.speed()))

    def _action(self, text: str, tip: str, *keys: str) -> QAction:
        action = QAction(text, self)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setToolTip(tip)
        self.addAction(action)
        button = self.widgetForAction(action)
        if isinstance(button, QToolButton):
            button.setAccessibleName(text)
        return action

    def _fill(self) -> None:
        run = self.widgetForAction(self.run_action)
        if run is not None:
            run.setProperty("look", "primary")
        self.addSeparator()
        label = QLabel(self.tr("Speed"))
        label.setBuddy(self.slider)
        for widget in (label, self.slider, self.pace, self.count):
            self.addWidget(widget)

    @property
    def shortcuts(self) -> tuple[QAction, ...]:
        """What keys do here."""
        return self.run_action, self.step_action, self.reset_action

    def speed(self) -> Speed:
        """Return the speed the slider stands at, in whole iterations."""
        return Speed(run_speed.speed_at(self.slider.value(), StepSize.ITERATION).per_second)

    def _tell(self) -> None:
        self.pace.setText(run_speed.words(run_speed.speed_at(self.slider.value(), StepSize.ITERATION)))
        self.speed_requested.emit(self.speed())

    def show_running(self, running: bool) -> None:
        """Show whether a run is on."""
        self._running = running
        self.run_action.setText(self.tr("Pause") if running else self.tr("Run"))
        button = self.widgetForAction(self.run_action)
        if button is not None:
            button.setAccessibleName(self.run_action.text())
        self.run_action.setIcon(icon("pause" if running else "play", self._theme, self._theme.on_accent))
        self.step_action.setEnabled(not running)

    def show_iteration(self, iteration: int) -> None:
        """Show how many iterations both made."""
        self.count.setText(self.tr("Iteration {count}").format(count=f"{iteration:,}"))

    def show_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self.step_action.setIcon(icon("skip-forward", theme))
        self.reset_action.setIcon(icon("rotate-ccw", theme))
        self.show_running(self._running)
        self.pace.show_theme(theme)
        self.count.show_theme(theme)
