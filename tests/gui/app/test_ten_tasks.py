"""Ten everyday tasks in the main window, each within so many clicks and keys, as a user makes them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.lecture.view_ids import ViewId
from core.nn.optimizers import Adam
from core.number_style import exact_text
from gui.actions.table import ENTRIES
from gui.app.command_palette import CommandPalette
from gui.app.main_window import MainWindow
from gui.canvas.hit_test import part_at, tooltip
from gui.compare.window import ComparisonWindow
from gui.views.runs.view import RunsView
from tests.gui.on_canvas import edge

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # popups, without a screen
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CTRL, KEY = Qt.KeyboardModifier.ControlModifier, Qt.Key


class Counted:
    """A user of the main window, whose clicks and keys are counted; a double click is two."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self.qtbot, self.count = window, qtbot, 0
        window.activateWindow()

    def settle(self) -> None:
        QApplication.processEvents()
        self.window.player.settle()
        QApplication.processEvents()

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        self.count += 1
        self.qtbot.mouseClick(widget, LEFT, NONE, at or widget.rect().center())
        self.settle()

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = NONE, widget: QWidget | None = None) -> None:
        self.count += 1
        self.qtbot.keyClick(widget or self.window, key, keys)
        self.settle()

    def say(self, text: str) -> None:
        """Type words into the palette of commands, and do the first that is found."""
        self.key(KEY.Key_K, CTRL)
        line = self.window.findChildren(CommandPalette)[-1].line
        self.count += len(text)
        self.qtbot.keyClicks(line, text)
        self.key(KEY.Key_Return, widget=line)

    def shortcut_of(self, name: str) -> None:
        entry = next(entry for entry in ENTRIES if entry.id == name)
        assert entry.shortcut.startswith("Ctrl+") and len(entry.shortcut) == 6
        self.key(KEY(ord(entry.shortcut[-1])), CTRL)


@pytest.fixture
def user(window: MainWindow, qtbot: QtBot) -> Counted:
    return Counted(window, qtbot)


def test_add_a_layer(user: Counted) -> None:
    user.shortcut_of("add_layer")
    assert len(user.window.document.design.dense) == 4 and user.count == 1


def test_change_an_activation(user: Counted) -> None:
    user.say("relu la")
    assert user.window.document.design.dense[0].activation == "relu" and user.count <= 9


def test_open_the_matrices(user: Counted) -> None:
    user.say("mat")
    assert user.window.panels[ViewId.MATRICES].isVisible() and user.count <= 5


def test_go_to_iteration_100(user: Counted) -> None:
    user.window.player.run(150)
    user.settle()
    user.say("iter 100")
    user.qtbot.waitUntil(lambda: user.window.player.snapshot.iteration == 100)
    assert user.count <= 10


def test_load_the_digits(user: Counted) -> None:
    picker = user.window.panels[ViewId.DATA_PANEL].picker
    row = picker.names.index("digits")
    user.click(picker.viewport(), picker.visualItemRect(picker.item(row)).center())
    assert user.window.document.design.data.source == "digits" and user.count == 1


def test_compare_two_optimizers(user: Counted) -> None:
    user.key(KEY.Key_B, CTRL)
    (both,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, ComparisonWindow)]
    assert isinstance(both.variants[1].design.training.optimizer, Adam)
    both.activateWindow()
    user.key(KEY.Key_Space, widget=both)
    user.qtbot.waitUntil(lambda: all(view.card._snapshot.iteration > 0 for view in both.views))
    assert user.count == 2
    both.close()


def test_read_an_exact_weight(user: Counted) -> None:
    canvas = user.window.panels.canvas
    at = edge(canvas, 1, 0, 1)
    target = part_at(canvas.state, canvas.network_scene.pills, canvas.mapToScene(at))
    weight = user.window.document.network.W(user.window.player.snapshot.theta, 1)[0, 1]
    assert target is not None and exact_text(weight) in tooltip(canvas.state, target)
    assert user.count == 0, "the mouse over it is enough"


def test_pin_two_runs(user: Counted) -> None:
    for _ in range(2):
        user.window.player.run(20)
        user.settle()
        user.shortcut_of("pin_run")
    runs = user.window.panels[ViewId.RUNS]
    assert isinstance(runs, RunsView) and len(runs.pinned) == 2 and user.count == 2


def test_find_dead_neurons(user: Counted) -> None:
    user.say("dead")
    assert user.window.panels[ViewId.HEALTH].isVisible() and user.count <= 6


def test_change_the_loss(user: Counted) -> None:
    user.say("mse")
    assert user.window.document.design.training.loss.short == "MSE" and user.count <= 5
