"""A layer that is moved on the canvas keeps its weights."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.nn.design import Data, Dense, Design
from gui.app.main_window import MainWindow
from gui.selection import Selection
from tests.gui.drawn import on_canvas
from tests.sampling import spread

ALT = Qt.KeyboardModifier.AltModifier
LAYERS = (Dense(2, "relu"), Dense(2, "tanh"), Dense(2, "elu"), Dense(1, "sigmoid"))


@pytest.mark.parametrize(
    ("chosen", "key", "came_from"),
    [
        (2, Qt.Key.Key_Left, (2, 1, 3, 4)),
        (1, Qt.Key.Key_Right, (2, 1, 3, 4)),
        (3, Qt.Key.Key_Left, (1, 3, 2, 4)),
    ],
)
def test_a_moved_layer_takes_its_learned_numbers_with_it(
    qtbot: QtBot,
    open_window: Callable[..., MainWindow],
    chosen: int,
    key: Qt.Key,
    came_from: tuple[int, ...],
) -> None:
    window = open_window(Design(data=Data(), layers=LAYERS))
    window.actions_["epoch"].trigger()
    window.player.settle()
    before = window.player.snapshot
    assert before is not None
    old, theta = window.document.network, before.theta.copy()
    canvas = window.panels.canvas
    window.session.select(Selection(chosen))
    canvas.setFocus()
    qtbot.keyClick(canvas, key, ALT)
    window.player.settle()
    QApplication.processEvents()
    new, after = window.document.network, window.player.snapshot
    assert after is not None and new is not old
    for l, its in enumerate(came_from, 1):
        assert np.array_equal(new.layers[l - 1].packed(after.theta), old.layers[its - 1].packed(theta))
        for j in range(new.n[l]):
            written, bias = on_canvas(canvas).b[l, j], old.b(theta, its)[j]
            assert written is not None and written.low <= bias <= written.high
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    window.player.settle()
    back = window.player.snapshot
    assert back is not None and np.array_equal(back.theta, theta)


@pytest.mark.parametrize("neuron", spread([0, 1, 2], 1))
@pytest.mark.parametrize("layer", [1, 2])
@pytest.mark.parametrize("activation", ["tanh", ("relu", "tanh", "elu")])
def test_delete_takes_the_selected_neuron_away_and_the_others_keep_their_weights(
    qtbot: QtBot,
    open_window: Callable[..., MainWindow],
    layer: int,
    neuron: int,
    activation: str | tuple[str, ...],
) -> None:
    hidden = [Dense(3, activation) if l == layer else Dense(3, "tanh") for l in (1, 2)]
    window = open_window(Design(data=Data(), layers=(*hidden, Dense(1, "sigmoid"))))
    window.actions_["epoch"].trigger()
    window.player.settle()
    before = window.player.snapshot
    assert before is not None
    old, theta = window.document.network, before.theta.copy()
    canvas = window.panels.canvas
    window.session.select(Selection(layer, neuron))
    canvas.setFocus()

    def check() -> None:
        window.player.settle()
        QApplication.processEvents()
        new, after = window.document.network, window.player.snapshot
        assert after is not None and new.n[layer] == 2
        kept = [j for j in range(3) if j != neuron]
        into, out = new.layers[layer - 1].packed(after.theta), new.layers[layer].packed(after.theta)
        assert np.array_equal(into, old.layers[layer - 1].packed(theta)[:, kept])
        assert np.array_equal(out, old.layers[layer].packed(theta)[[*kept, 3]])
        for j in range(2):
            written = on_canvas(canvas).b[layer, j]
            assert written is not None and written.low <= into[-1, j] <= written.high

    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    check()
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    window.player.settle()
    back = window.player.snapshot
    assert back is not None and np.array_equal(back.theta, theta)
    qtbot.keyClick(window, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    check()
