"""The lab: an expression, or a network, as a computational graph that is stepped forward and backward."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

import numpy as np
from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.arrays import Array
from core.graph.autodiff import Graph
from core.graph.descent import descend
from core.graph.network_graph import graph_inputs, network_graph
from core.graph.parser import parse
from core.graph.starting_values import starting_values
from core.language import tr
from core.nn.network import Network
from gui.figures.figure_menu import FigureMenu
from gui.graph_lab.canvas import GraphCanvas
from gui.graph_lab.explanations import foot_html
from gui.graph_lab.formulas import because, plain
from gui.graph_lab.side_panel import SidePanel
from gui.graph_lab.stepper import Stepper
from gui.graph_lab.toolbar import EXAMPLES, LabToolbar
from gui.graph_lab.update_row import UpdateChoice, UpdateRow
from gui.qt.drawable import guarded_overrides
from gui.theme.theme import LIGHT, Theme, font
from gui.widgets.edit_history import EditHistory

SIDE = (310, 0.28, 440)  # least width, share of the window, greatest width; at scale 1
LOW, NARROW = 320, 1000  # of a window that shows a wide graph; at scale 1
BELOW, BELOW_BARE = 0.26, 0.48  # of the height, for a side panel below
MOST = 16777215


@guarded_overrides
class LabFrame(QWidget):
    """The parts of the lab, laid out. ``wide``: the graph is wide, so that the side panel may be below it.

    ``selected`` is the node that is explained.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar, self.canvas, self.side = LabToolbar(), GraphCanvas(), SidePanel()
        self.updates = UpdateRow()
        FigureMenu(self, lambda: self.canvas, tr("Computational graph"))
        self.bubble, self.status_line, self.keys_line = QLabel(self), QLabel(), QLabel()
        self.theme: Theme = LIGHT
        self._scale: float | None = None
        self.wide = self.bare = False
        self.selected: int | None = None
        self._arrange()

    def _arrange(self) -> None:
        self.status_line.setAccessibleName(tr("Where the passes are"))
        self.keys_line.setText(tr("Left and Right step, Home and End go all the way"))
        self.bubble.setObjectName("lab_bubble")
        self.bubble.setAccessibleName(tr("What is wrong"))
        self.bubble.setTextFormat(Qt.TextFormat.PlainText)
        self.bubble.setWordWrap(True)
        self.bubble.hide()
        self._middle = middle = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._foot, self._aside = foot, aside = QWidget(), QWidget()
        self._beside = QHBoxLayout(aside)
        self._beside.setContentsMargins(0, 0, 0, 0)
        self._beside.setSpacing(0)
        self._beside.addWidget(self.side, 1)
        middle.setSpacing(0)
        middle.addWidget(self.canvas, 1)
        middle.addWidget(aside)
        foot.setObjectName("lab_foot")
        line = QHBoxLayout(foot)
        line.setContentsMargins(14, 4, 14, 4)
        line.addWidget(self.status_line, 1)
        line.addWidget(self.keys_line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addLayout(middle, 1)
        column.addWidget(self.updates)
        column.addWidget(foot)

    def show_theme(self, theme: Theme) -> None:
        """Apply the colours of a theme, in the scale of the application or that of `set_scale`."""
        self.theme = theme
        scale = self.scale
        self.bar.show_theme(theme, scale)
        self.side.show_theme(theme, scale)
        self.canvas.show_theme(theme, scale, larger=self.bare)
        self.updates.show_theme(theme, scale)
        for line in (self.status_line, self.keys_line):
            line.setStyleSheet(f"color: {theme.muted.name()};")
        self.bubble.setFont(font("text", scale))
        self._fit()

    def set_scale(self, scale: float) -> None:
        """Set the font scale: 1 by default, 1.8 in presentation mode."""
        self._scale = scale
        self.show_theme(self.theme)

    @property
    def scale(self) -> float:
        """The present font scale."""
        if self._scale is not None:
            return self._scale
        return QApplication.font().pointSizeF() / font("text").pointSizeF()

    def show_bare(self, bare: bool) -> None:
        """Show only the graph and the present step, enlarged, or all parts of the lab."""
        self.bare = bare
        self._fit()

    def hold(self, words: QWidget, share: float) -> None:
        """Put a widget beside the present step; ``share`` is its share of the width."""
        self._beside.addWidget(words)
        for k, part in enumerate((1 - share, share)):
            self._beside.setStretch(k, round(100 * part))

    def tell(self, sentence: str) -> None:
        """Show an error message below the field; empty: none."""
        self.bubble.setText(sentence)
        self.bubble.setVisible(bool(sentence))
        if sentence:
            field = self.bar.expression
            place = field.mapTo(self, QPoint(0, field.height() + 4))
            width = min(self.width() - place.x() - 12, round(640 * self.scale))
            self.bubble.setFixedWidth(max(200, width))
            self.bubble.adjustSize()
            self.bubble.move(place)
            self.bubble.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @property
    def low(self) -> bool:
        """Whether there is only room for a wide graph itself; clicking a node shows the side panel again."""
        return self.wide and self.height() < LOW * self.scale

    def _fit(self) -> None:
        low = self.low
        below = self.bare or (self.wide and not low and self.width() < NARROW * self.scale)
        for part in (self.bar, self._foot):
            part.setVisible(not self.bare)
        way = QBoxLayout.Direction
        self._middle.setDirection(way.TopToBottom if below else way.LeftToRight)
        self.bar.show_short(low)
        self.side.arrange(across=below, short=low or self.bare)
        self._aside.setVisible(not low or self.bare or self.selected is not None)
        self.keys_line.setVisible(not low)
        self.status_line.setFont(font("text" if low else "small", self.scale))
        self.keys_line.setFont(font("small", self.scale))
        aside = self._aside
        if below:
            aside.setMinimumWidth(0)
            aside.setMaximumWidth(MOST)
            aside.setFixedHeight(round((BELOW_BARE if self.bare else BELOW) * self.height()))
            return
        aside.setMinimumHeight(0)
        aside.setMaximumHeight(MOST)
        least, share, most = SIDE
        wide = min(most * self.scale, max(least * self.scale, share * self.width()))
        aside.setFixedWidth(round(min(wide, 0.45 * self.width())))


# -- The lab ----------------------------------------------------------------------------------------------

FIRST = 1


@dataclass(frozen=True)
class LabState:
    """The undoable state of the lab.

    It is the expression, derivatives on paper, the present and initial values, and what an update changes.
    """

    text: str
    analytic: dict[str, str]
    values: dict[str, float]
    first: dict[str, float]
    update: UpdateChoice


@dataclass(frozen=True, eq=False)
class LabNetwork:
    """A network shown in the lab: theta, and a batch, x of shape (n[0], batch) and y of (n[L], batch)."""

    network: Network
    theta: Array
    x: Array
    y: Array


@guarded_overrides
class Lab(LabFrame):
    """The computational-graph lab.

    `show_expression` and `show_network` set what is shown. ``stepped`` is emitted after every step with its
    index and that of the last one. ``valued`` carries the name of a variable that was changed.
    ``text`` is the expression (empty: a network), ``analytic`` its derivatives worked out on paper.
    """

    stepped = Signal(int, int)
    valued = Signal(str, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Computational graph"))
        self.text = ""
        self.analytic: dict[str, str] = {}
        self._first_values: dict[str, float] = {}
        self._known: dict[str, float] = {}
        self._typed: dict[str, float] = {}
        self._veiled, self._told = False, frozenset[tuple[str, str]]()
        self._own: tuple[LabState, int] | None = None
        self._network: LabNetwork | None = None
        self.history: EditHistory[LabState | LabNetwork] = EditHistory(self._put_back, self)
        self.stepper = Stepper(parse("0"), {})
        self._connect()
        self.show_example(FIRST)
        self.show_theme(LIGHT)

    def _connect(self) -> None:
        self.bar.expression.parsed.connect(self._take_graph)
        self.bar.expression.editingFinished.connect(self.history.close)
        self.bar.expression.failed.connect(self.tell)
        self.bar.refused.connect(self.tell)
        self.bar.example.connect(self._take_example)
        self.bar.valued.connect(self._take_value)
        self.bar.expression_requested.connect(self.show_own)
        self.bar.pressed.connect(self._press)
        self.updates.pressed.connect(self.update_step)
        self.updates.refused.connect(self.tell)
        self.updates.changed.connect(lambda: self.history.note(self._state(), tr("Update step")))
        self.canvas.picked.connect(self._pick)
        self.side.table.picked.connect(lambda row: self._pick(self.side.table.rows[row]))

    # -- what is shown -----------------------------------------------------------------------------------

    def show_expression(
        self, text: str, values: Mapping[str, float] | None = None, analytic: Mapping[str, str] | None = None
    ) -> None:
        """Show the graph of an expression, with nothing computed.

        ``values`` are those of its variables, as far as given; ``analytic`` are derivatives
        of f by nodes as expressions of nodes, such as ``{"x": "2*x*y/z"}``. Raises ExpressionError or
        GraphError.
        """
        self._show_expression(text, values or {}, analytic or {})
        self.history.begin(self._state())

    def _show_expression(self, text: str, values: Mapping[str, float], analytic: Mapping[str, str]) -> None:
        graph = parse(text)
        given = {name: float(value) for name, value in values.items()}
        self._known, self._typed = self._known | given, {}
        stepper = Stepper(graph, self._values_of(graph, given))
        stepper.analytic(analytic)
        self.text, self.analytic, self._network = text, dict(analytic), None
        self._first_values = {name: float(stepper.inputs[name]) for name in graph.variables}
        self.bar.expression.show_expression(text)
        self.bar.show_network("")
        self._show(stepper)

    def show_example(self, k: int) -> None:
        """Show an example of the table."""
        example = EXAMPLES[k]
        self.show_expression(example.text, example.values, example.analytic)

    def _take_example(self, k: int) -> None:
        example = EXAMPLES[k]
        self._show_expression(example.text, example.values, example.analytic)
        self.history.note(self._state(), tr("Example"))

    def show_network(self, network: Network, theta: Array, x: Array, y: Array) -> None:
        """Show the vectorized graph of a network over a batch: x of shape (n[0], batch), y (n[L], batch)."""
        self._show_network(LabNetwork(network, theta, x, y))
        self.history.begin(self._state())

    def take_network(self, network: Network, theta: Array, x: Array, y: Array) -> None:
        """Show a network as `show_network` does, as an edit: undo or `show_own` restores the expression."""
        self._show_network(LabNetwork(network, theta, x, y))
        self.history.note(self._state(), tr("Network"))

    def _show_network(self, shown: LabNetwork) -> None:
        if self.text:
            self._own = self._expression_state(), self.stepper.at
        network = shown.network
        graph = network_graph(network)
        learned = tuple(name for name in graph.variables if name not in ("x", "y"))
        self.text, self.analytic, self._first_values, self._network = "", {}, {}, shown
        widths = " – ".join(str(n) for n in network.n)
        text = tr("J of the network {widths} over a batch of {batch}, vectorized")
        self.bar.show_values({})
        self.updates.show_variables((), "J")
        self.bar.show_network(text.format(widths=widths, batch=shown.x.shape[1]))
        self.tell("")
        inputs = graph_inputs(network, shown.theta, shown.x, shown.y)
        self._show(Stepper(graph, inputs, learned=learned, given=("y",)))

    def show_own(self) -> None:
        """Show the last expression again after a network, with its values and at its step."""
        if self._own is not None and not self.text:
            state, at = self._own
            self._put_back(state)
            self.history.note(self._state(), tr("Expression"))
            self.go(at)
            self.canvas.setFocus()

    def _show(self, stepper: Stepper) -> None:
        """Show another graph or other values."""
        if stepper.graph != self.stepper.graph:
            self.selected = None
        stepper.veiled, stepper.told = self._veiled, self._told
        self.stepper, self.wide = stepper, not stepper.scalar
        self._fit()
        if stepper.scalar:
            self.bar.show_values({name: float(value) for name, value in stepper.inputs.items()})
            self.updates.show_variables(stepper.graph.variables, stepper.graph.nodes[-1].name)
            self.updates.show_rule()
        self.canvas.show_stepper(stepper)
        self.side.show_stepper(stepper, stepper.analytic(self.analytic))
        self.select(self.selected)
        self._show_step()

    def _show_step(self) -> None:
        self.canvas.show_step()
        self.side.show_step()
        self.bar.show_at(self.stepper.at, self.stepper.last)
        self.status_line.setText(foot_html(self.stepper, with_step=self.low))
        self.stepped.emit(self.stepper.at, self.stepper.last)

    def show_veil(self, veiled: bool, told: frozenset[tuple[str, str]] = frozenset()) -> None:
        """Hide what is computed, but for ``told``, behind question marks, or show it again.

        ``told`` are names of nodes with "value" or "gradient"; the numbers given stay.
        """
        self._veiled, self._told = veiled, told
        self.stepper.veiled, self.stepper.told = veiled, told
        self.updates.setEnabled(not veiled)
        self.canvas.show_step()
        self.side.show_veil()

    # -- the passes ----------------------------------------------------------------------------------------

    def go(self, at: int) -> None:
        """Go to a step: 0 the inputs, ``stepper.last`` the end of the backward pass."""
        self.stepper.go(at)
        self._show_step()

    def reset(self) -> None:
        """Restore the initial values, with nothing computed."""
        self._known |= self._first_values
        self._typed = {}
        inputs = {**self.stepper.inputs, **self._first_values}
        before = self.stepper
        self._show(Stepper(before.graph, inputs, learned=before.learned, given=before.given))
        if self.text:
            self.history.note(self._state(), tr("Reset"))

    def forward_pass(self) -> None:
        """Compute every value."""
        self.go(self.stepper.end_of_forward)

    def backward_pass(self) -> None:
        """Compute every gradient."""
        self.go(self.stepper.last)

    def offer_updates(self) -> None:
        """Offer gradient descent steps on the variables of an expression."""
        self.updates.offered = True
        self.updates.setVisible(bool(self.stepper.scalar and self.stepper.graph.variables))

    def update_step(self) -> None:
        """Make one step of gradient descent on the chosen variables, and both passes with the new values."""
        before, names = self.stepper, self.updates.chosen
        steps = descend(before.graph, before.inputs, names, self.updates.choice.rate)
        for step in steps:
            undefined = before.no_gradient(before.graph.position(step.name))
            if undefined is None and isfinite(step.after):
                continue
            why = tr("it is too large") if undefined is None else because(undefined, step.name)
            text = tr("There is no update: the gradient by {name} is no number here ({why}).")
            self.tell(text.format(name=plain(step.name), why=why))
            return
        self.tell("")
        after = {step.name: step.after for step in steps}
        self._known |= after
        self._typed |= after
        self._show(Stepper(before.graph, {**before.inputs, **after}, before.last))
        outputs = [float(np.asarray(one.final.values[-1])) for one in (before, self.stepper)]
        self.updates.show_update(steps, *outputs)
        for step in steps:
            self.valued.emit(step.name, step.after)
        self.history.note(self._state(), tr("Update"))

    def _press(self, name: str) -> None:
        at = self.stepper.at
        ways = {
            "reset": self.reset,
            "back": lambda: self.go(at - 1),
            "step": lambda: self.go(at + 1),
            "forward": self.forward_pass,
            "backward": self.backward_pass,
        }
        ways[name]()

    def select(self, k: int | None) -> None:
        """Explain a node; None: no node."""
        self.selected = k
        self._fit()
        self.canvas.show_selected(k)
        self.side.show_selected(k)

    def _pick(self, k: int) -> None:
        last = len(self.stepper.graph.nodes) - 1
        self.select(None if k < 0 else min(k, last))

    # -- what is typed -------------------------------------------------------------------------------------

    def _values_of(self, graph: Graph, given: Mapping[str, float]) -> dict[str, float]:
        """Return a value for every variable: the ``given`` one, its former one, or one in the domain of f.

        A former value that was not typed is kept only if f is defined there.
        """
        return starting_values(graph, given, self._known)

    def _take_graph(self, graph: Graph, text: str) -> None:
        self.text = text
        if graph == self.stepper.graph:
            return
        self.analytic, self._network = {}, None
        self._first_values = self._values_of(graph, self._typed)
        self._show(Stepper(graph, self._first_values))
        self.history.note(self._state(), tr("Expression"), typing=True)

    def _take_value(self, name: str, value: float) -> None:
        self._known[name] = self._typed[name] = value
        inputs = {**self.stepper.inputs, name: value}
        self._show(Stepper(self.stepper.graph, inputs, self.stepper.at))
        self.valued.emit(name, value)
        self.history.note(self._state(), tr("Value of {name}").format(name=name))

    def _state(self) -> LabState | LabNetwork:
        return self._expression_state() if self._network is None else self._network

    def _expression_state(self) -> LabState:
        values = {name: float(value) for name, value in self.stepper.inputs.items()}
        return LabState(self.text, self.analytic, values, self._first_values, self.updates.choice)

    @property
    def expression_state(self) -> tuple[LabState, int]:
        """The expression and the step of its passes; beside a network, those it leads back to."""
        known = self._own if self._network is not None else None
        return known or (self._expression_state(), self.stepper.at)

    def put_expression(self, state: LabState, at: int) -> None:
        """Show an expression as it was at a step, of which no edit is known."""
        self._put_back(state)
        self.go(min(at, self.stepper.last))
        self.history.begin(self._state())

    def _put_back(self, state: LabState | LabNetwork) -> None:
        """Restore an expression and its values; if the expression is unchanged, keep the present step."""
        if isinstance(state, LabNetwork):
            self._show_network(state)
            return
        at = self.stepper.at if state.text == self.text else 0
        self._show_expression(state.text, state.values, state.analytic)
        self._first_values = state.first
        self.updates.show_choice(state.update)
        self.go(at)

    # -- events --------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        ways = {
            Qt.Key.Key_Left: self.stepper.at - 1,
            Qt.Key.Key_Right: self.stepper.at + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: self.stepper.last,
        }
        if key in ways:
            self.go(ways[key])
        elif key == Qt.Key.Key_Escape and self.selected is not None:
            self.select(None)
        else:
            super().keyPressEvent(event)


# -- The passes made one step after the other, until they end or are paused ------------------------------


STEP_MILLISECONDS = 700


class Autoplay(QObject):
    """Steps through a lab automatically, forward and then backward. ``running_changed``: whether it runs."""

    running_changed = Signal(bool)

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self._lab = lab
        self._timer = QTimer(self, interval=STEP_MILLISECONDS)
        self._timer.timeout.connect(self._walk_on)

    def toggle(self) -> None:
        """Start or pause; at the end, begin again."""
        if self._timer.isActive():
            self.pause()
            return
        if self._lab.stepper.at == self._lab.stepper.last:
            self._lab.go(0)
        self._timer.start()
        self.running_changed.emit(True)

    def pause(self) -> None:
        """Pause at the present node."""
        if self._timer.isActive():
            self._timer.stop()
            self.running_changed.emit(False)

    def step(self, *, ahead: bool) -> None:
        """Go one node forward or back; automatic stepping is paused."""
        self.pause()
        self._lab.go(self._lab.stepper.at + (1 if ahead else -1))

    def end(self) -> None:
        """Stop without emitting signals."""
        self._timer.stop()

    def _walk_on(self) -> None:
        self._lab.go(self._lab.stepper.at + 1)
        if self._lab.stepper.at == self._lab.stepper.last:
            self.pause()
