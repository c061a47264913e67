"""Weights stay with their neurons over edits in any order, also while the design is invalid."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count, pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.analysis.health import Finding, FindingKind
from core.arrays import Array
from core.nn.design import Dense, Design, Training
from core.nn.neuron_ids import RemovedNeuron
from gui.canvas import design_edits
from gui.selection import Selection
from tests.sampling import spread

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow

Open = Callable[..., "MainWindow"]
XOR_INPUTS = 2
DESIGN = Design(
    "3-2-4-1",
    layers=(Dense(3), Dense(2, "relu"), Dense(4, "tanh", initializer="he"), Dense(1, "sigmoid")),
    training=Training(seed=5, batch_size=7),
)
_numbers = count(1)


@dataclass
class Layer:
    """A layer in the test's own model: a number for every weight, with the biases in the last row."""

    name: int
    marks: Array


def marked(rows: int, columns: int) -> Array:
    return np.array([next(_numbers) for _ in range(rows * columns)]).reshape(rows, columns)


class Followed:
    """A model in NumPy of what happens to every weight of a stack of layers, edit by edit."""

    def __init__(self, layers: list[Layer]) -> None:
        self.layers = layers

    def without_neuron(self, l: int, j: int) -> Followed:
        made = self.copied()
        made[l].marks = np.delete(made[l].marks, j, axis=1)
        made[l + 1].marks = np.delete(made[l + 1].marks, j, axis=0)
        return Followed(made)

    def with_neuron(self, l: int) -> Followed:
        made = self.copied()
        own, after = made[l].marks, made[l + 1].marks
        made[l].marks = np.hstack([own, marked(len(own), 1)])
        made[l + 1].marks = np.vstack([after[:-1], marked(1, after.shape[1]), after[-1:]])
        return Followed(made)

    def moved(self, k: int, to: int) -> Followed:
        order = self.copied()
        order.insert(to, order.pop(k))
        return self._in_order(order)

    def without_layer(self, k: int) -> Followed:
        order = self.copied()
        del order[k]
        return self._in_order(order)

    def with_layer(self, k: int, neurons: int) -> Followed:
        order = self.copied()
        order.insert(k, Layer(next(_numbers), marked(1, neurons)))
        return self._in_order(order)

    def copied(self) -> list[Layer]:
        return [Layer(layer.name, layer.marks) for layer in self.layers]

    def _in_order(self, order: list[Layer]) -> Followed:
        """Give a layer new weights if the layer before it is now another one, of another size."""
        before = dict(zip((l.name for l in self.layers), [0, *(l.name for l in self.layers)], strict=False))
        name, width = 0, XOR_INPUTS
        for layer in order:
            if before.get(layer.name) != name and len(layer.marks) != width + 1:
                layer.marks = marked(width + 1, layer.marks.shape[1])
            name, width = layer.name, layer.marks.shape[1]
        return Followed(order)

    @property
    def marks(self) -> list[int]:
        return [int(mark) for layer in self.layers for mark in layer.marks.ravel()]


class Editing:
    """A window in which design and weight marks are edited, and the weights that belong to every mark."""

    def __init__(self, window: MainWindow, seed: int) -> None:
        self.window, self.random = window, random.Random(seed)
        sizes = [XOR_INPUTS, *(layer.neurons for layer in DESIGN.dense)]
        shapes = pairwise(sizes)
        self.states = [Followed([Layer(next(_numbers), marked(n + 1, m)) for n, m in shapes])]
        self.at, self.done = 0, ["begun"]
        self.left: dict[int, dict[int, float]] = {}
        self.network, self.live = window.document.network, dict.fromkeys(self.states[0].marks, 0.0)
        self.train()

    @property
    def theta(self) -> Array:
        self.window.player.settle()
        newest = self.window.player.newest
        assert newest is not None
        return newest.theta

    def train(self) -> None:
        """Train; while the design is invalid, the last valid network is trained."""
        self.window.player.run(3)
        trained = self.theta
        self.live = dict(zip(self.live, trained.tolist(), strict=True))

    def edit(self) -> None:
        window, pick = self.window, self.random
        design, now = window.document.design, self.states[self.at]
        k = pick.randrange(len(design.layers))
        hidden = k < len(design.layers) - 1
        what = pick.choice(
            ("remove", "remove", "add", "move", "move", "layer", "delete", "break", "mend", "other")
        )
        removed, then = None, now
        if what == "remove" and hidden and design.dense[k].neurons > 1:
            j = pick.randrange(design.dense[k].neurons)
            design, removed = design_edits.without_neuron(design, k, j), RemovedNeuron(k + 1, j)
            then = now.without_neuron(k, j)
        elif what == "add" and hidden:
            design = design_edits.with_neurons(design, k, design.dense[k].neurons + 1)
            then = now.with_neuron(k)
        elif what == "move" and hidden:
            to = pick.randrange(len(design.layers) - 1)
            design = design_edits.moved(design, k, to + (to > k))
            then = now.moved(k, to)
        elif what == "layer" and len(design.layers) < 7:
            n = pick.randint(1, 4)
            design, then = design_edits.inserted(design, k, Dense(n, "elu")), now.with_layer(k, n)
        elif what == "delete" and hidden and len(design.layers) > 2:
            design, then = design_edits.removed(design, k), now.without_layer(k)
        elif what in ("break", "mend"):
            size = 5000 if what == "break" else pick.choice((5, 7))
            design = replace(design, training=replace(design.training, batch_size=size))
        elif what == "other":
            design = design_edits.with_activation(design, k, "sigmoid")
        before = window.document.undo_stack.index()
        window.document.edit(design, what, removed)
        if window.document.undo_stack.index() > before:
            del self.states[self.at + 1 :]
            self.states.append(then)
            self.left = {state: run for state, run in self.left.items() if state < before + 1}
            self.go(before, self.at + 1)
            self.done.append(what)

    def travel(self) -> None:
        """Undo or redo some edits."""
        stack = self.window.document.undo_stack
        for _ in range(self.random.choice((1, 1, 2, 4))):
            step = self.random.choice((-1, -1, 1))
            if stack.canUndo() if step < 0 else stack.canRedo():
                self.window.actions_["undo" if step < 0 else "redo"].trigger()
                self.done.append("undo" if step < 0 else "redo")
                self.go(self.at, self.at + step)

    def go(self, left: int, to: int) -> None:
        """Go to another state: its run is restored, or its weights come from the present run."""
        self.at, marks, theta = to, self.states[to].marks, self.theta
        network, before = self.window.document.network, self.network
        self.network = network
        if to in self.left:
            self.left[left], self.live = self.live, self.left.pop(to)
        elif network is not before:
            first = dict(zip(marks, network.initial(network.design.training.seed).tolist(), strict=True))
            self.left[left] = self.live
            self.live = {mark: self.live.get(mark, first[mark]) for mark in marks}
        assert theta.tolist() == list(self.live.values()), self.done


@pytest.mark.parametrize("seed", spread(range(12), 4))
def test_weights_stay_with_their_neurons_whatever_is_edited_undone_and_redone(
    open_window: Open, seed
) -> None:
    editing = Editing(open_window(DESIGN), seed)
    for _ in range(60):
        editing.random.choice((editing.edit, editing.edit, editing.edit, editing.travel, editing.train))()
    assert {"remove", "move", "undo", "break"} <= set(editing.done)


def test_the_neuron_deleted_while_another_field_was_wrong_is_the_one_that_goes(open_window: Open) -> None:
    window = open_window(DESIGN)
    network, before = window.document.network, Editing(window, 1).theta
    wrong = replace(DESIGN, training=replace(DESIGN.training, batch_size=5000))
    window.document.edit(wrong, "Batch size")
    canvas = window.panels.canvas
    window.session.select(Selection(1, 0))
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert window.document.problems
    assert window.document.design.dense[0].neurons == 2
    mended = replace(window.document.design, training=DESIGN.training)
    window.document.edit(mended, "Batch size")
    window.player.settle()
    theta, now = window.player.newest.theta, window.document.network
    assert np.array_equal(now.W(theta, 1), network.W(before, 1)[:, 1:])
    assert np.array_equal(now.W(theta, 2), network.W(before, 2)[1:])
    assert np.array_equal(now.layers[3].packed(theta), network.layers[3].packed(before))


def test_of_two_layers_that_are_alike_each_takes_its_weights_along(open_window: Open) -> None:
    design = replace(DESIGN, layers=(Dense(2), Dense(2), Dense(1, "sigmoid")))
    window = open_window(design)
    window.player.run(5)
    window.player.settle()
    network, before = window.document.network, window.player.newest.theta
    window.document.edit(design_edits.moved(design, 0, 2), "Move layer")
    window.player.settle()
    theta = window.player.newest.theta
    for l, its in ((1, 2), (2, 1), (3, 3)):
        assert np.array_equal(network.layers[l - 1].packed(theta), network.layers[its - 1].packed(before))
    window.actions_["undo"].trigger()
    window.player.settle()
    assert np.array_equal(window.player.newest.theta, before)


def test_what_is_wrong_with_a_neuron_is_not_said_of_another_design(open_window: Open) -> None:
    window = open_window(DESIGN)
    canvas = window.panels.canvas
    found = Finding(1, 2, FindingKind.DEAD, "Neuron 3 is dead.", "Smaller steps.")
    window.player.findings_changed.emit((found,))
    assert canvas.state.findings == (found,)
    smaller = design_edits.without_neuron(DESIGN, 0, 2)
    wrong = replace(smaller, training=replace(DESIGN.training, batch_size=5000))
    window.document.edit(wrong, "Remove neuron", RemovedNeuron(1, 2))
    canvas.grab()
    assert canvas.state.findings == ()
    window.player.findings_changed.emit((found,))
    assert canvas.state.findings == ()
    window.actions_["undo"].trigger()
    assert canvas.state.findings == (found,)
