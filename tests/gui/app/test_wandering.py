"""Random actions in any order raise nothing, and all views stay consistent with one another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.wandering import Wanderer
from tests.sampling import spread

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.mark.parametrize("seed", spread(range(6), 3))
def test_fifty_random_actions(window: MainWindow, qtbot: QtBot, tmp_path: Path, seed: int) -> None:
    Wanderer(window, qtbot, tmp_path, seed).wander(50)


def test_undo_of_an_added_layer_while_running(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    wanderer = Wanderer(window, qtbot, tmp_path, 0)
    canvas = window.panels.canvas
    for _ in range(10):
        canvas.setFocus()
        qtbot.keyClick(window, Qt.Key.Key_L, CONTROL)
        qtbot.keyClick(canvas, Qt.Key.Key_Space)
        qtbot.waitUntil(lambda: window.player.newest is not None and window.player.newest.iteration > 50)
        assert window.player.running
        qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL)
        wanderer.check()
        window.player.settle()
        wanderer.check()
        assert window.document.network.n == (2, 4, 2, 1)
