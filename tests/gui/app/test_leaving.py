"""What is asked before a design is left: about edits always, about weights where the file has them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from core.project import files
from gui.widgets import dialogs

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow

Button = QMessageBox.StandardButton
Open = Callable[..., "MainWindow"]


class Asked:
    """The questions asked; each is answered with ``answer``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.texts: list[str] = []
        self.answer = Button.Cancel
        monkeypatch.setattr(dialogs, "question", self._ask)

    def _ask(self, _parent: QWidget, _title: str, text: str, *_buttons: object) -> Button:
        self.texts.append(text)
        return self.answer


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    return Asked(monkeypatch)


@pytest.fixture
def saved(window: MainWindow, tmp_path: Path) -> MainWindow:
    """A window on a file of the user, trained and saved with its weights."""
    train(window, 30)
    assert window.files.write(tmp_path / "mine.glassnet")
    return window


def train(window: MainWindow, iterations: int) -> None:
    window.player.run(iterations)
    window.player.settle()


def example(window: MainWindow, qtbot: QtBot) -> None:
    """Open an example from the menu."""
    menu = window.files.examples_menu
    menu.aboutToShow.emit()
    menu.actions()[1].trigger()
    window.player.settle()


def test_weights_newer_than_the_file_are_asked_about(saved: MainWindow, asked: Asked) -> None:
    path = saved.document.path
    assert saved.files.may_leave() and asked.texts == []
    train(saved, 5)
    assert not saved.document.modified
    assert not saved.close()
    assert asked.texts == ["The weights are no longer those in “mine.glassnet”. Save them before going on?"]
    asked.answer = Button.Save
    assert saved.close()
    kept = files.read(path)
    assert kept.iteration == 35
    np.testing.assert_array_equal(kept.theta, saved.player.newest.theta)


def test_opening_an_example_asks_too(saved: MainWindow, asked: Asked, qtbot: QtBot) -> None:
    train(saved, 5)
    example(saved, qtbot)
    assert len(asked.texts) == 1 and saved.document.path is not None
    asked.answer = Button.Discard
    example(saved, qtbot)
    assert len(asked.texts) == 2 and saved.document.path is None


def test_a_file_just_opened_is_left_without_a_question(saved: MainWindow, asked: Asked, qtbot: QtBot) -> None:
    path = saved.document.path
    saved.files.open(path)
    saved.player.settle()
    assert saved.files.may_leave()
    qtbot.keyClick(saved, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    saved.player.settle()
    assert not saved.files.may_leave()
    saved.actions_["undo"].trigger()
    saved.player.settle()
    asked.texts.clear()
    assert saved.files.may_leave() and asked.texts == []


def test_nobody_is_asked_about_what_was_only_tried(window: MainWindow, asked: Asked, qtbot: QtBot) -> None:
    train(window, 50)
    assert window.files.may_leave()
    example(window, qtbot)
    train(window, 50)
    window.actions_["reset"].trigger()
    window.player.settle()
    assert window.files.may_leave()
    assert asked.texts == []


def test_nobody_is_asked_about_weights_that_are_not_saved(saved: MainWindow, asked: Asked) -> None:
    saved.actions_["with_weights"].trigger()
    train(saved, 5)
    assert saved.files.may_leave()
    saved.files.save()
    saved.actions_["with_weights"].trigger()
    train(saved, 5)
    assert saved.files.may_leave()
    assert asked.texts == []


def test_edits_are_always_asked_about(window: MainWindow, asked: Asked) -> None:
    window.actions_["add_layer"].trigger()
    assert not window.files.may_leave()
    window.actions_["undo"].trigger()
    window.player.settle()
    assert window.files.may_leave()
    theta = window.player.newest.theta + 1
    window.panels.canvas.theta_edit_requested.emit(theta, "Weights")
    window.player.settle()
    assert not window.files.may_leave()
    assert len(asked.texts) == 2 and all("Save the changes" in text for text in asked.texts)
