"""The main job from end to end, as a newcomer does it: build, run, look, undo, save, open."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.nn.trainer import Phase
from gui.app.main_window import MainWindow
from gui.widgets import dialogs

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def drag_layer_in(window: MainWindow, after: int) -> None:
    """Carry a dense layer from the palette between layer ``after`` and the next, as Qt does."""
    canvas = window.panels.canvas
    columns = canvas.state.layout.columns
    middle = (columns[after].chip.center() + columns[after + 1].chip.center()) / 2
    point = canvas.mapFromScene(QPointF(middle.x(), canvas.sceneRect().center().y()))
    data, copy = window.panels["palette"].layers["dense"].mime_data(), Qt.DropAction.CopyAction
    for event in (
        QDragEnterEvent(point, copy, data, LEFT, NONE),
        QDragMoveEvent(point, copy, data, LEFT, NONE),
        QDropEvent(QPointF(point), copy, data, LEFT, NONE),
    ):
        QApplication.sendEvent(canvas.viewport(), event)
        assert event.isAccepted()


def test_the_main_job(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = window.document.design
    drag_layer_in(window, after=1)
    design = window.document.design
    assert len(design.layers) == len(first.layers) + 1
    window.player.settle()

    qtbot.mouseClick(window.transport.run_button, LEFT)
    assert window.player.running
    qtbot.waitUntil(lambda: accuracy(window) >= 0.95)
    assert window.player.running
    qtbot.mouseClick(window.transport.run_button, LEFT)
    assert not window.player.running

    window.actions_["backward"].trigger()
    window.player.settle()
    values, canvas = window.player.snapshot.values, window.panels.canvas
    assert window.player.snapshot.phase is Phase.BACKWARD
    assert np.abs(values.g).max() > 0
    pictures = []
    for name in ("edges_weights", "edges_gradients"):
        window.actions_[name].trigger()
        pictures.append(canvas.grab().toImage())
    assert pictures[0] != pictures[1]

    for name, wanted in (("undo", first), ("redo", design)):
        window.actions_[name].trigger()
        window.player.settle()
        assert window.document.design == wanted
    qtbot.mouseClick(window.transport.run_button, LEFT)
    qtbot.waitUntil(lambda: accuracy(window) >= 0.95)
    qtbot.mouseClick(window.transport.run_button, LEFT)
    window.player.settle()

    path = tmp_path / "journey.glassnet"
    for dialog in ("file_to_save", "file_to_open"):
        monkeypatch.setattr(dialogs, dialog, lambda *_: str(path))
    theta = window.player.snapshot.theta
    window.actions_["save"].trigger()
    assert not window.isWindowModified()
    window.actions_["new"].trigger()
    window.actions_["open"].trigger()
    window.player.settle()
    assert window.document.design == design
    np.testing.assert_array_equal(window.player.snapshot.theta, theta)
    assert accuracy(window) >= 0.95


def accuracy(window: MainWindow) -> float:
    snapshot = window.player.snapshot
    return 0.0 if snapshot is None else snapshot.train.accuracy
