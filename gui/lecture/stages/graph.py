"""Graph stage: an expression, or a network, as a computational graph that is stepped node by node."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from core.arrays import Array
from core.lecture.expected import AnyQuantity
from core.lecture.formula_quantities import NodeNumber
from core.lecture.scene import PhaseName, Scene
from core.lecture.subjects import BuiltSubject, Expression, Networks, OneWeight, Subject, made
from core.lecture.view_ids import ViewId
from core.nn.trainer import Phase, Trainer
from gui.graph_lab.explanations import status
from gui.graph_lab.view import Autoplay, Lab
from gui.lecture.stages.base import SceneStage
from gui.theme.theme import Theme, in_hall, sized

WORDS_SHARE = 0.38
"""Share of the width below a graph that the texts have."""


@dataclass(frozen=True)
class Cut:
    """The samples that a network's graph shows: all those of the first mini-batch, or one of them."""

    made: BuiltSubject
    batch: Array
    one: int

    def columns(self, whole: bool) -> Array:
        """Return the columns of the samples in the dataset."""
        return self.batch if whole else np.array([self.one])


class GraphStage(SceneStage):
    """The computational-graph lab on a stage. Subjects: Expression, OneWeight, Networks (the first one).

    A network is shown for one sample, whose Jacobians are those of the slides, or for a mini-batch.
    """

    plays = steps = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Computational graph"))
        self.lab = Lab()
        self._scene: Scene | None = None
        self._cut: Cut | None = None
        self._asked: tuple[NodeNumber, ...] = ()
        self._told = frozenset[tuple[str, str]]()
        self.autoplay = Autoplay(self.lab)
        self.autoplay.running_changed.connect(self.running_changed)
        self.row = QWidget()
        self.one = self._choice(self.tr("one sample"), self.tr("The Jacobians of a single sample"))
        self.batch = self._choice("", self.tr("All samples of the first mini-batch at once"))
        self._choices = QButtonGroup(self)
        self._arrange()
        self.lab.stepped.connect(self._tell)
        self.lab.stepped.connect(lambda *_at: self._veil_asked())

    def _arrange(self) -> None:
        line = QHBoxLayout(self.row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        for place, button in (("first", self.one), ("last", self.batch)):
            button.setProperty("place", place)
            self._choices.addButton(button)
            line.addWidget(button)
        self._choices.buttonClicked.connect(lambda _button: self._show_cut())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.lab)
        self.lab.bar.add_choice(self.row)

    @staticmethod
    def _choice(text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setCheckable(True)
        button.setProperty("look", "segment")
        button.setText(text)
        button.setAccessibleName(text)
        button.setToolTip(tip)
        return button

    # -- what is shown -----------------------------------------------------------------------------------

    def show_scene(self, scene: Scene) -> None:
        """Show the graph of the scene's subject, with nothing computed."""
        self.autoplay.pause()
        again = self._scene is scene
        self._scene, subject = scene, scene.subject
        self.lab.side.show_parts(
            passes=ViewId.PASSES in scene.show, derivatives=ViewId.DERIVATIVES in scene.show
        )
        self.row.setVisible(isinstance(subject, Networks))
        if isinstance(subject, Networks):
            if not again:
                self.one.setChecked(True)
            self._show_network(scene, subject)
        elif isinstance(subject, (Expression, OneWeight)):
            derivatives = subject.derivatives if isinstance(subject, Expression) else {}
            self.lab.show_expression(subject.expression, subject.values, derivatives)
            self.lab.go(0)
        else:
            raise TypeError(f"a graph has no {type(subject).__name__}")
        self.lab.select(None)
        self.lab.canvas.fit()

    def _show_network(self, scene: Scene, subject: Networks) -> None:
        one = made(subject.networks[0])
        trainer = Trainer(one.network, one.dataset, one.theta)
        trainer.advance(Phase.FORWARD)
        values = trainer.snapshot().values
        assert values is not None
        looked = scene.look.sample if scene.look is not None else None
        self._cut = Cut(one, values.samples, int(values.samples[0]) if looked is None else looked)
        self.one.setToolTip(self.tr("Sample {number} alone").format(number=self._cut.one + 1))
        text = self.tr("a mini-batch of {count}").format(count=values.samples.size)
        self.batch.setText(text)
        self.batch.setAccessibleName(text)
        self._show_cut()

    def _show_cut(self) -> None:
        cut = self._cut
        if cut is None:
            return
        self.autoplay.pause()
        network, dataset = cut.made.network, cut.made.dataset
        columns = cut.columns(self.batch.isChecked())
        y = dataset.targets(network.n[-1])[:, columns]
        self.lab.show_network(network, cut.made.theta, dataset.x[:, columns], y)

    def subject(self) -> Subject:
        """Return the expression with its present values; a network as in the scene."""
        assert self._scene is not None
        before = self._scene.subject
        if isinstance(before, Networks) or not self.lab.text:
            return before
        values = {name: float(value) for name, value in self.lab.stepper.inputs.items()}
        if isinstance(before, OneWeight) and self.lab.text == before.expression:
            return replace(before, **values)
        return Expression(expression=self.lab.text, values=values, derivatives=self.lab.analytic)

    # -- the passes --------------------------------------------------------------------------------------

    def enter(self, phase: PhaseName) -> None:
        """Go to the end of the forward pass or of the backward pass."""
        self.autoplay.pause()
        if phase == "start":
            self.lab.go(0)
        elif phase == "forward":
            self.lab.forward_pass()
        else:
            self.lab.backward_pass()

    def play(self) -> None:
        """Step automatically, node by node, forward and then backward, or pause; at the end, begin again."""
        self.autoplay.toggle()

    def step(self, *, ahead: bool) -> None:
        """Go one node forward or back; automatic stepping is paused."""
        self.autoplay.step(ahead=ahead)

    def _tell(self, _at: int, _last: int) -> None:
        self.told.emit(self.tr("{where}.").format(where=status(self.lab.stepper)))

    def undo_stack(self) -> QUndoStack:
        """Return the undo stack of the expression and its values."""
        return self.lab.history.stack

    def home(self) -> QWidget:
        """Return the canvas of the graph."""
        return self.lab.canvas

    def zoom(self, factor: float | None) -> None:
        """Zoom the graph by ``factor``; None: fit all of it."""
        self.lab.canvas.fit() if factor is None else self.lab.canvas.zoom_by(factor)

    # -- looks -------------------------------------------------------------------------------------------

    def tell(self, told: Sequence[AnyQuantity]) -> None:
        """Uncover these numbers of the graph where the others are still hidden."""
        self._told = frozenset((one.node, one.what) for one in told if isinstance(one, NodeNumber))

    def ask(self, asked: Sequence[AnyQuantity], now: Sequence[AnyQuantity] | None = None) -> None:
        """Hide the numbers of the graph as soon as one of them is a number to be guessed."""
        self._asked = tuple(one for one in asked if isinstance(one, NodeNumber))
        if len(self._asked) < len(asked):
            self.show_veil(True)
        else:
            self._veil_asked(again=True)

    def _veil_asked(self, *, again: bool = False) -> None:
        """Hide or show the numbers, according to what is computed so far."""
        if self._asked or again:
            veiled, stepper = any(self._tells(one) for one in self._asked), self.lab.stepper
            if (veiled, self._told) != (stepper.veiled, stepper.told):
                self.lab.show_veil(veiled, self._told)

    def _tells(self, asked: NodeNumber) -> bool:
        stepper = self.lab.stepper
        names = [node.name for node in stepper.graph.nodes]
        if asked.node not in names:
            return False
        k = names.index(asked.node)
        return (stepper.values[k] if asked.what == "value" else stepper.gradient(k)) is not None

    def show_veil(self, veiled: bool) -> None:
        """Hide values and gradients of the graph; the numbers given stay."""
        self.lab.show_veil(veiled, self._told)

    def hold_words(self, words: QWidget) -> bool:
        """In presentation mode, put the texts beside the present step: the graph has the whole width."""
        if in_hall():
            self.lab.hold(words, WORDS_SHARE)
        return in_hall()

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        for widget in (self.one, self.batch):
            widget.setFont(sized("text"))
        self.lab.show_bare(in_hall())
        self.lab.show_theme(shown)

    def close_stage(self) -> None:
        """Stop automatic stepping."""
        self.autoplay.end()
