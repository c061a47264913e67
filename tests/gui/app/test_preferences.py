"""Preferences: every entry of the table has a row, an action and a stored value, and takes effect at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from core.graph.number_text import read_number
from core.number_style import POWERS, set_digits, set_powers, value_text
from core.project import files
from gui.actions.preference_table import PREFERENCES
from gui.actions.registry import Actions
from gui.app.application import application
from gui.app.preferences import FolderField, Preferences, PreferenceStore
from gui.app.theme_controller import ThemeController
from gui.qt import motion
from gui.theme import theme
from gui.widgets import dialogs
from gui.widgets.files import start_folder
from tests.gui.app.test_every_window import of_another_theme
from tests.gui.app.test_saving import DESIGN

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow


class Part(QWidget):
    """A part of a window that takes the colours of a theme; its font is that of the application."""

    shown = theme.LIGHT

    def show_theme(self, shown: theme.Theme) -> None:
        self.shown = shown


class Desk:
    """A bare window with its preferences, and the window in which they are chosen."""

    def __init__(self, settings: QSettings, qtbot: QtBot) -> None:
        self.window = Part()
        qtbot.addWidget(self.window)
        self.actions = Actions(self.window)
        self.store = PreferenceStore(self.actions, settings, self.window)
        self.looks = ThemeController(self.store, [self.window], self.window)
        self.looks.restore()
        self.dialog = Preferences(self.store, self.window)
        self.dialog.show()
        qtbot.waitExposed(self.dialog)


@pytest.fixture
def desk(settings: QSettings, qtbot: QtBot) -> Iterator[Callable[[], Desk]]:
    application()
    opened: list[Desk] = []

    def make() -> Desk:
        opened.append(Desk(settings, qtbot))
        return opened[-1]

    yield make
    for here in opened:
        here.dialog.close()
    set_digits(3)
    set_powers(POWERS[0])
    motion.reduce(False)
    theme.set_font_size(theme.USUAL_POINTS)
    theme.apply(application(), theme.LIGHT)


def choose(row: QWidget, qtbot: QtBot) -> None:
    """Choose the next value by the keyboard, or the other one with the mouse."""
    if isinstance(row, QComboBox):
        row.setFocus()
        qtbot.keyClick(row, Qt.Key.Key_Down if row.currentIndex() < row.count() - 1 else Qt.Key.Key_Up)
    else:
        qtbot.mouseClick(row, Qt.MouseButton.LeftButton, pos=row.rect().center() / 8)


@pytest.mark.parametrize("name", [name for name, one in PREFERENCES.items() if one.choices])
def test_a_choice_is_an_action_a_row_and_a_stored_value(
    desk: Callable[[], Desk], settings: QSettings, qtbot: QtBot, name: str
) -> None:
    first = desk()
    row, before = first.dialog.rows[name], first.store[name]
    assert row.accessibleName() and before == PREFERENCES[name].first
    choose(row, qtbot)
    assert first.store[name] != before
    checked = [value for value, entry in PREFERENCES[name].choices if first.actions[entry.id].isChecked()]
    assert checked == ([first.store[name]] if first.store[name] is not False else [])
    settings.sync()
    again = desk()
    assert again.store[name] == first.store[name]
    shown = again.dialog.rows[name]
    assert isinstance(shown, QComboBox | QCheckBox)
    for value, entry in PREFERENCES[name].choices:  # an action is shown in the window that is open
        if again.store[name] != value:
            again.actions[entry.id].trigger()
            assert again.store[name] == value
            assert (
                not isinstance(shown, QComboBox)
                or value == PREFERENCES[name].choices[shown.currentIndex()][0]
            )


def test_the_appearance_follows_at_once(desk: Callable[[], Desk]) -> None:
    here = desk()

    def set_to(name: str, value: str | int) -> None:
        here.actions[f"{name}_{value}"].trigger()

    set_to("theme", "dark")
    assert here.window.shown is theme.DARK
    set_to("colours", "strong")
    assert here.window.shown is theme.coloured(theme.DARK, "strong") is here.looks.coloured(theme.DARK)
    set_to("font_size", 14)
    assert QApplication.font().pointSizeF() == 14 and theme.sized("text").pointSizeF() == 14
    assert theme.type_scale() == 1  # it is no hall
    set_to("digits", 5)
    set_to("powers", "e")
    assert value_text(-1.23456e-7) == "−1.2346e−7"
    here.actions["reduced_motion"].trigger()
    assert motion.milliseconds(300) == 0


@pytest.mark.parametrize("sign", POWERS)
def test_every_notation_of_powers_is_read_back(sign: str) -> None:
    try:
        set_powers(sign)
        text = value_text(-2.5e-9)
        assert sign in text and read_number(text) == -2.5e-9
    finally:
        set_powers(POWERS[0])


def test_stored_values_that_do_not_exist_are_the_first(desk: Callable[[], Desk], settings: QSettings) -> None:
    for preference in PREFERENCES.values():
        settings.setValue(preference.key, "\x00nonsense")
    here = desk()
    chosen = {name: here.store[name] for name, one in PREFERENCES.items() if one.choices}
    assert chosen == {name: PREFERENCES[name].first for name in chosen}
    assert start_folder(settings, "files/folder") == str(Path.home())


@pytest.mark.parametrize("name", [name for name, one in PREFERENCES.items() if one.choices])
def test_a_choice_holds_in_all_windows_at_once(
    desk: Callable[[], Desk], settings: QSettings, qtbot: QtBot, name: str
) -> None:
    first, second = desk(), desk()
    closed = desk()
    closed.store.close()
    before = first.store[name]
    for here in (first, second, first):
        choose(here.dialog.rows[name], qtbot)
        assert first.store[name] == second.store[name] != before
        before = first.store[name]
        for value, entry in PREFERENCES[name].choices:
            assert first.actions[entry.id].isChecked() == second.actions[entry.id].isChecked()
            assert first.actions[entry.id].isChecked() == (before == value)
        rows = [one.dialog.rows[name] for one in (first, second)]
        values = {row.currentIndex() if isinstance(row, QComboBox) else row.isChecked() for row in rows}
        assert len(values) == 1
        assert first.window.shown is second.window.shown is first.looks.theme
    assert closed.store[name] == PREFERENCES[name].first


def test_what_another_process_has_stored_is_taken(desk: Callable[[], Desk], settings: QSettings) -> None:
    here = desk()
    text = Path(settings.fileName()).read_text() if Path(settings.fileName()).exists() else "[look]\n"
    Path(settings.fileName()).write_text(f"{text}\n[look]\ntheme=dark\ndigits=6\n")
    assert here.store["theme"] == "system"
    here.store.look()
    assert (here.store["theme"], here.store["digits"]) == ("dark", 6)
    assert here.window.shown is theme.DARK and value_text(1 / 3) == "0.333333"
    assert here.actions["theme_dark"].isChecked() and not here.actions["theme_system"].isChecked()


def test_two_windows_of_the_program_look_alike(open_window: Callable[..., MainWindow]) -> None:
    first, second = open_window(), open_window()
    first.actions_["theme_dark"].trigger()
    assert second.looks.theme is first.looks.theme is theme.DARK and not of_another_theme(second)
    second.hall.show(second, True)
    large = theme.type_scale()
    first.actions_["font_size_13"].trigger()
    first.actions_["digits_7"].trigger()
    assert theme.type_scale() == pytest.approx(large) and large > 1  # a hall stays one
    second.hall.leave()
    assert theme.type_scale() == 1 and second.actions_["digits_7"].isChecked()
    snapshot = second.player.snapshot
    assert snapshot is not None
    assert second.counters.train.value.text() == value_text(snapshot.train.loss, count=7)


def test_files_begin_in_the_folder_that_was_chosen(
    desk: Callable[[], Desk],
    settings: QSettings,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = desk()
    row = here.dialog.rows["default_folder"]
    assert isinstance(row, FolderField)
    settings.setValue("files/folder", "/last")
    assert start_folder(settings, "files/folder") == "/last"
    monkeypatch.setattr(dialogs, "folder", lambda *_asked: str(tmp_path))
    qtbot.mouseClick(row.choose, Qt.MouseButton.LeftButton)
    assert row.line.text() == start_folder(settings, "files/folder") == str(tmp_path)
    qtbot.mouseClick(row.clear, Qt.MouseButton.LeftButton)
    assert start_folder(settings, "files/folder") == "/last"


def test_a_design_with_a_file_is_saved_by_itself_but_never_over_another_change(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    window.files._autosave.setInterval(20)
    window.document.begin(DESIGN)
    path = tmp_path / "mine.glassnet"
    assert window.files.write(path)
    window.actions_["autosave"].trigger()
    window.actions_["add_layer"].trigger()
    qtbot.waitUntil(lambda: not window.document.modified)
    assert files.read(path).design == window.document.design
    assert window.document.undo_stack.canUndo()
    files.write(path, files.DesignFile(DESIGN))
    window.actions_["add_layer"].trigger()
    qtbot.waitUntil(window.notice.isVisible)
    assert "was changed outside" in window.notice.sentence.text()
    assert files.read(path).design == DESIGN and window.document.modified
    window.actions_["autosave"].trigger()


def test_preferences_that_are_open_come_to_the_front(window: MainWindow) -> None:
    window.actions_["preferences"].trigger()
    window.actions_["preferences"].trigger()
    (opened,) = window.findChildren(Preferences)
    opened.close()
    window.actions_["preferences"].trigger()
    assert [one.isVisible() for one in window.findChildren(Preferences)].count(True) == 1
