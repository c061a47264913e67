from collections import Counter
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QLineEdit,
    QListWidget,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QSlider,
    QSpinBox,
)
from pytestqt.qtbot import QtBot

from gui.actions.registry import plain
from gui.actions.table import ENTRIES, SUBMENUS, TITLES
from gui.app.command_palette import CommandPalette
from gui.app.main_window import MainWindow
from gui.canvas.keyboard import GESTURES
from gui.windows.shortcut_sheet import ShortcutSheet


def test_no_shortcut_stands_twice() -> None:
    counted = Counter(
        QKeySequence(keys).toString() for entry in ENTRIES for keys in (entry.shortcut, *entry.also) if keys
    )
    assert [keys for keys, count in counted.items() if count > 1] == []
    assert "" not in counted


def test_nothing_in_the_window_has_a_shortcut_of_an_action(window: MainWindow) -> None:
    from PySide6.QtGui import QShortcut

    actions = [action.shortcut().toString() for action in window.actions_ if not action.shortcut().isEmpty()]
    others = [found.key().toString() for found in window.findChildren(QShortcut)]
    assert not set(actions) & set(others)


def test_ids_are_unique_and_every_menu_has_an_entry() -> None:
    assert len({entry.id for entry in ENTRIES}) == len(ENTRIES)
    assert {entry.menu for entry in ENTRIES} == set(TITLES)


def test_mnemonics_of_a_menu_differ() -> None:
    for menu in TITLES:
        texts = [str(entry.text) for entry in ENTRIES if entry.menu == menu]
        texts += [title for parent, title in SUBMENUS.values() if parent == menu]
        letters = Counter(text[text.index("&") + 1].lower() for text in texts if "&" in text)
        assert [letter for letter, count in letters.items() if count > 1] == [], menu


def test_every_action_has_a_tooltip_with_its_shortcut_and_does_something(window: MainWindow) -> None:
    for entry in ENTRIES:
        action = window.actions_[entry.id]
        assert action.toolTip(), entry.id
        if entry.shortcut:
            assert QKeySequence(entry.shortcut).toString() in action.toolTip()
        connected = action.receivers("2triggered(bool)") + action.receivers("2toggled(bool)")
        assert connected > 0, entry.id


def test_menus_hold_all_actions(window: MainWindow) -> None:
    titles = [plain(action.text()) for action in window.menuBar().actions()]
    assert titles == ["File", "Edit", "View", "Network", "Train", "Data", "Lecture", "Help"]
    in_menus = {action for menu in window.menuBar().findChildren(QMenu) for action in menu.actions()}
    assert all(window.actions_[entry.id] in in_menus for entry in ENTRIES)


def palette_of(window: MainWindow) -> CommandPalette:
    return window.findChild(CommandPalette)


def test_ctrl_k_finds_a_command_and_enter_does_it(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = palette_of(window)
    assert palette.isVisible()
    qtbot.keyClicks(palette.line, "other first")
    assert palette.list.topLevelItemCount() == 1
    assert "New weights" in palette.list.topLevelItem(0).text(0)
    seed = window.document.design.training.seed
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert window.document.design.training.seed == seed + 1


def test_arrows_move_in_the_list_of_commands(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_["commands"].trigger()
    palette = palette_of(window)
    qtbot.keyClick(palette.line, Qt.Key.Key_Down)
    assert palette.list.indexOfTopLevelItem(palette.list.currentItem()) == 1
    qtbot.keyClick(palette.line, Qt.Key.Key_Up)
    assert palette.list.indexOfTopLevelItem(palette.list.currentItem()) == 0
    palette.close()


def test_the_sheet_shows_every_shortcut(window: MainWindow, qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QLabel

    window.actions_["shortcuts"].trigger()
    sheet = window.findChild(ShortcutSheet)
    shown = {label.text() for label in sheet.findChildren(QLabel)}
    for entry in ENTRIES:
        for keys in (entry.shortcut, *entry.also) if entry.shortcut else ():
            assert QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText) in shown
    for keys, what in GESTURES:
        assert {keys, what} <= shown
    sheet.close()


@pytest.fixture
def watched(window: MainWindow) -> MainWindow:
    return window


@pytest.mark.parametrize("kind", [QLineEdit, QSpinBox, QPlainTextEdit])
def test_space_belongs_to_the_field_that_is_typed_into(
    watched: MainWindow, qtbot: QtBot, kind: Callable[[], object]
) -> None:
    field = kind()
    watched.centralWidget().layout().addWidget(field)
    watched.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClick(field, Qt.Key.Key_Space)
    assert not watched.player.running
    field.clearFocus()
    watched.setFocus()
    qtbot.keyClick(watched, Qt.Key.Key_Space)
    assert watched.player.running


@pytest.mark.parametrize("kind", [QListWidget, QPushButton, QSlider, QCheckBox])
def test_space_runs_where_nothing_is_typed(
    watched: MainWindow, qtbot: QtBot, kind: Callable[[], object]
) -> None:
    other = kind()
    watched.centralWidget().layout().addWidget(other)
    watched.activateWindow()
    other.setFocus()
    qtbot.waitUntil(other.hasFocus)
    qtbot.keyClick(other, Qt.Key.Key_Space)
    assert watched.player.running
    qtbot.keyClick(other, Qt.Key.Key_Space)
    assert not watched.player.running


def test_a_digit_is_typed_into_a_field_and_not_a_step(watched: MainWindow, qtbot: QtBot) -> None:
    field = QLineEdit()
    watched.centralWidget().layout().addWidget(field)
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClick(field, Qt.Key.Key_1)
    watched.player.settle()
    assert field.text() == "1"
    assert watched.player.snapshot.phase == 0
    field.clearFocus()
    watched.setFocus()
    qtbot.keyClick(watched, Qt.Key.Key_1)
    watched.player.settle()
    assert watched.player.snapshot.phase == 1
