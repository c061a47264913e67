"""Random actions in the main window, in any order, while its thread really trains."""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.nn.activations import ACTIVATIONS
from core.nn.design import Dense, Design, Dropout
from core.nn.losses import MSE, BinaryCrossEntropy, CategoricalCrossEntropy
from core.nn.neuron_ids import RemovedNeuron
from core.nn.optimizers import OPTIMIZERS
from core.project import files
from gui.canvas import design_edits
from gui.selection import Selection
from gui.views.registry import DOCKS
from gui.views.toolbar import GRAINS
from tests.gui.waiting import let_pass
from tests.gui.wandering_data import ACTS

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow

SMALL_DATA = ("xor", "circles", "spiral", "blobs", "iris", "linear", "sine", "xor-four-points")
LEFT = Qt.MouseButton.LeftButton


class Wanderer:
    """Makes random actions in a window, and checks after each that everything shown is consistent."""

    def __init__(self, window: MainWindow, qtbot: QtBot, folder: Path, seed: int) -> None:
        self.window, self.qtbot, self.folder = window, qtbot, folder
        self.random = random.Random(seed)
        self.trail: list[str] = []
        self.examples = [
            path for path in files.examples().values() if files.read(path).design.data.source in SMALL_DATA
        ]

    def wander(self, steps: int) -> None:
        """Make ``steps`` actions; an assertion that fails lists the last ones."""
        acts = {name: getattr(self, name) for name in dir(self) if name.startswith("do_")}
        acts |= {name: partial(act, self) for name, act in ACTS.items()}
        for _ in range(steps):
            name = self.random.choice(list(acts))
            with self.qtbot.captureExceptions() as raised:
                self.trail.append(name.removeprefix("do_"))
                acts[name]()
                self.let_go()
            assert not raised, (self.trail[-12:], raised)
            self.check()
        self.window.player.pause()
        with self.qtbot.captureExceptions() as raised:
            self.window.player.settle()
            QApplication.processEvents()
        assert not raised, (self.trail[-12:], raised)
        self.check()

    def let_go(self) -> None:
        """Process events, for no time or for some frames."""
        for _ in range(self.random.choice((0, 0, 1, 1, 2, 8))):
            let_pass(self.qtbot, self.random.choice((1, 5, 17)))

    def check(self) -> None:
        """Check that everything shown belongs to the same network, dataset and run."""
        window, player = self.window, self.window.player
        snapshot = player.snapshot
        if snapshot is not None:
            assert snapshot.network is player.network, self.trail[-12:]
            assert snapshot.theta.size == snapshot.network.parameters
            assert player.curves is not None and player.where is not None
            records = player.curves.records
            assert not records or len(records[-1].gradient) == len(snapshot.network.layers)
        for view in window.panels.listeners:
            seen, network = getattr(view, "_snapshot", None), getattr(view, "_network", None)
            if seen is not None and network is not None:
                assert seen.network is network, (self.trail[-12:], view)

    # -- running and time travel ------------------------------------------------------------------

    def do_run(self) -> None:
        self.window.actions_["run"].trigger()

    def do_run_by_key(self) -> None:
        self.window.panels.canvas.setFocus()
        self.qtbot.keyClick(self.window.panels.canvas, Qt.Key.Key_Space)

    def do_pause(self) -> None:
        if self.window.player.running:
            self.window.actions_["run"].trigger()

    def do_step(self) -> None:
        self.window.actions_[self.random.choice(list(GRAINS.values()))].setChecked(True)
        for _ in range(self.random.randint(1, 5)):
            self.window.actions_[self.random.choice(("step", "step", "back"))].trigger()

    def do_iteration(self) -> None:
        name = self.random.choice(("iteration", "iteration_back", "epoch", "forward", "backward", "update"))
        self.window.actions_[name].trigger()

    def do_speed(self) -> None:
        speed = self.window.transport.speed
        speed.setValue(
            self.random.choice((speed.maximum(), speed.maximum(), self.random.randint(0, speed.maximum())))
        )

    def do_seek(self) -> None:
        slider = self.window.timeline.slider
        slider.setValue(self.random.randint(slider.minimum(), slider.maximum()))

    def do_click_timeline(self) -> None:
        slider = self.window.timeline.slider
        at = QPoint(self.random.randint(1, slider.width() - 2), slider.height() // 2)
        QTest.mouseClick(slider, LEFT, pos=at)

    def do_reset(self) -> None:
        self.window.actions_["reset"].trigger()

    def do_resume(self) -> None:
        self.window.actions_[self.random.choice(("resume", "branch"))].trigger()

    # -- edits ------------------------------------------------------------------------------------

    def do_undo(self) -> None:
        for _ in range(self.random.choice((1, 1, 1, 3))):
            self.window.actions_["undo"].trigger()

    def do_redo(self) -> None:
        self.window.actions_["redo"].trigger()

    def do_undo_while_running(self) -> None:
        self.do_add_layer()
        if not self.window.player.running:
            self.window.actions_["run"].trigger()
        self.let_go()
        self.window.actions_["undo"].trigger()

    def edit(self, design: Design, text: str) -> None:
        if design.dense and sum(layer.neurons for layer in design.dense) < 60 and len(design.layers) < 8:
            self.window.document.edit(design, text)

    def do_add_layer(self) -> None:
        if len(self.window.document.design.layers) < 7:
            self.window.actions_["add_layer"].trigger()

    def do_change_layers(self) -> None:
        design, layers = self.window.document.design, list(self.window.document.design.layers)
        k = self.random.randrange(len(layers))
        what = self.random.choice(
            ("remove", "insert", "dropout", "neurons", "activation", "swap", "initializer")
        )
        if what == "remove" and len(layers) > 1:
            del layers[k]
        elif what == "insert":
            layers.insert(
                k, Dense(self.random.randint(1, 9), self.random.choice(("tanh", "relu", "sigmoid")))
            )
        elif what == "dropout":
            layers.insert(min(k, len(layers) - 1), Dropout(0.25))
        elif what == "swap":
            layers[k], layers[-1] = layers[-1], layers[k]
        elif isinstance(layers[k], Dense):
            n = max(1, layers[k].neurons + self.random.choice((-1, 1, 3)))
            layers[k] = {
                "neurons": Dense(n, layers[k].activations[0]),
                "initializer": replace(layers[k], initializer=self.random.choice(("he", "xavier"))),
            }.get(what, Dense(layers[k].neurons, self.random.choice(list(ACTIVATIONS))))
        self.edit(replace(design, layers=tuple(layers)), what)

    def do_remove_neuron(self) -> None:
        design = self.window.document.design
        k, layer = self.random.choice(list(enumerate(design.layers)))
        if isinstance(layer, Dense) and layer.neurons > 1:
            l = 1 + sum(isinstance(one, Dense) for one in design.layers[:k])
            j = self.random.randrange(layer.neurons)
            smaller = design_edits.without_neuron(design, k, j)
            self.window.document.edit(smaller, "Remove neuron", RemovedNeuron(l, j))

    def do_change_training(self) -> None:
        design, pick = self.window.document.design, self.random.choice
        training = design.training
        changes = pick(
            [
                {"optimizer": pick(list(OPTIMIZERS.values()))()},
                {"optimizer": OPTIMIZERS["adam"](beta1=pick((0.5, 0.8)))},
                {"gradient_descent": pick(("batch", "stochastic", "mini-batch"))},
                {"batch_size": pick((1, 3, 10, 25, 5000))},
                {"l1": pick((0.0, 0.01)), "l2": pick((0.0, 0.1))},
                {"learning_rate": pick((0.001, 0.1, 1.0, 100.0))},
                {"loss": pick((MSE(), BinaryCrossEntropy(), CategoricalCrossEntropy()))},
                {"precision": pick(("float32", "float64"))},
                {"seed": training.seed + 1},
            ]
        )
        self.edit(replace(design, training=replace(training, **changes)), "Change training")

    def do_preview_rate(self) -> None:
        self.window.player.set_learning_rate(self.random.choice((0.01, 0.3, 3.0)))

    def do_change_data(self) -> None:
        design, pick = self.window.document.design, self.random.choice
        data = replace(
            design.data,
            source=pick(SMALL_DATA),
            samples=pick((20, 60, 200)),
            noise=pick((0.0, 0.3)),
            test_share=pick((0.0, 0.3, 0.9)),
        )
        self.edit(replace(design, data=data), "Change data")

    def do_draw_anew(self) -> None:
        self.window.actions_[self.random.choice(("new_weights", "new_data", "fit_output"))].trigger()

    def do_edit_weight(self) -> None:
        snapshot = self.window.player.snapshot
        if snapshot is not None:
            theta = snapshot.theta.copy()
            theta[self.random.randrange(theta.size)] += self.random.choice((-1.0, 0.5))
            inspector = self.window.panels["inspector"]
            for _ in range(self.random.randint(0, 2)):
                inspector.theta_previewed.emit(theta)
            inspector.theta_edit_requested.emit(theta, "Edit weight")

    # -- files ------------------------------------------------------------------------------------

    def do_open(self) -> None:
        self.window.files.open(self.random.choice(self.examples))

    def do_save_and_open(self) -> None:
        path = self.folder / "wandered.glassnet"
        if not self.window.document.problems:
            self.window.files.write(path)
            self.let_go()
            self.window.files.open(path)

    # -- views ------------------------------------------------------------------------------------

    def do_show_panel(self) -> None:
        self.window.panels.bring(self.random.choice(list(DOCKS)))

    def do_hide_panel(self) -> None:
        self.window.panels.dock_of(self.random.choice(list(DOCKS))).hide()

    def do_select(self) -> None:
        network = self.window.player.network
        assert network is not None
        l = self.random.randrange(len(network.n))
        j = self.random.randrange(network.n[l])
        i = self.random.randrange(network.n[l - 1]) if l and self.random.random() < 0.5 else None
        sample = self.random.choice((None, 0, 7))
        self.window.session.select(self.random.choice((Selection(), Selection(l, j, i, sample))))

    def do_ask_for_history(self) -> None:
        inspector = self.window.panels["inspector"]
        inspector.weight_history_requested.emit(self.window.session.selection)

    def do_pin(self) -> None:
        runs = self.window.panels["runs"]
        self.random.choice((runs.pin, runs.pin, runs.strip.clear.click))()

    def do_find_wrong_data(self) -> None:
        """Request data that do not fit the present layers, by an edit that is refused at its field."""
        design = self.window.document.design
        broken = replace(design, layers=(*design.layers[:-1], Dense(5, "softmax")))
        self.edit(broken, "Five outputs")


def check_all_drawn(window: MainWindow) -> None:
    """Draw every panel in its present state, including hidden ones."""
    for name in DOCKS:
        window.panels.bring(name)
        QApplication.processEvents()
