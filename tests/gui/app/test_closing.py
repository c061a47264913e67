"""Opening and closing anything, however often, leaves no thread and no widget behind."""

from __future__ import annotations

import gc
import threading
from collections import Counter
from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from gui.app.about import TextDialog
from gui.app.command_palette import CommandPalette
from gui.app.main_window import MainWindow
from gui.app.preferences import Preferences
from gui.compare.window import ComparisonWindow
from gui.graph_lab.window import LabWindow
from gui.lecture.window import LectureWindow
from gui.session.thread_channel import ThreadChannel
from gui.session.training_thread import TrainingThread
from gui.widgets import dialogs
from gui.windows.manual.window import ManualWindow
from gui.windows.shortcut_sheet import ShortcutSheet
from tests.gui.waiting import let_pass

TIMES = 10
OVER_A_SECOND = 1200


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()


def widgets() -> Counter[str]:
    return Counter(type(widget).__name__ for widget in QApplication.allWidgets())


def threads() -> int:
    return sum(thread.is_alive() for thread in threading.enumerate())


def opened(window: MainWindow, action: str, kind: type[QWidget]) -> QWidget:
    window.actions_[action].trigger()
    (found,) = (made for made in window.findChildren(kind) if made.isVisible())
    return found


def lecture(window: MainWindow, scene: int) -> QWidget:
    found = opened(window, "lecture", LectureWindow)
    assert isinstance(found, LectureWindow)
    found.go(scene)
    return found


OPENED: dict[str, Callable[[MainWindow], QWidget]] = {
    "preferences": lambda window: opened(window, "preferences", Preferences),
    "command palette": lambda window: opened(window, "commands", CommandPalette),
    "sheet of keys": lambda window: opened(window, "shortcuts", ShortcutSheet),
    "manual": lambda window: opened(window, "manual", ManualWindow),
    "report of a fault": lambda window: opened(window, "report_fault", TextDialog),
    "lab": lambda window: opened(window, "lab", LabWindow),
    "side by side": lambda window: opened(window, "side_by_side", ComparisonWindow),
    "lecture at a network": lambda window: lecture(window, 0),
    "lecture at three networks": lambda window: lecture(window, 23),
    "lecture at a graph": lambda window: lecture(window, 24),
    "lecture at a bench": lambda window: lecture(window, 15),
}


@pytest.mark.parametrize("name", OPENED)
def test_ten_openings_leave_no_thread_and_no_widget(window: MainWindow, qtbot: QtBot, name: str) -> None:
    def once() -> None:
        OPENED[name](window).close()
        settle()

    once()  # objects that are created once and kept do not count
    there, running = widgets(), threads()
    for _ in range(TIMES):
        once()
    assert widgets() - there == Counter()
    qtbot.waitUntil(lambda: threads() <= running, timeout=60_000)


def test_closing_waits_for_the_request_under_way_and_drops_those_behind_it(qtbot: QtBot) -> None:
    begun, released, later = threading.Event(), threading.Event(), threading.Event()

    def hold(_thread: TrainingThread) -> None:
        begun.set()
        released.wait()

    channel = ThreadChannel(TrainingThread())
    channel.ask(hold)
    channel.ask(lambda _thread: later.set())
    begun.wait()
    closing = threading.Thread(target=channel.close)
    closing.start()
    let_pass(qtbot, OVER_A_SECOND)
    assert closing.is_alive() and channel.alive
    released.set()
    closing.join()
    assert not channel.alive
    assert not later.is_set()


def test_a_window_closed_while_it_is_presented_opens_as_it_was_before(
    open_window: Callable[..., MainWindow],
) -> None:
    window = open_window()
    seen = {dock.objectName() for dock in window.panels.docks if dock.isVisible()}
    window.actions_["hall"].trigger()
    assert not [dock for dock in window.panels.docks if dock.isVisible()]
    window.close()
    again = open_window()
    assert {dock.objectName() for dock in again.panels.docks if dock.isVisible()} == seen
    assert not again.isFullScreen()


def test_quit_closes_all_main_windows_until_one_is_kept_open(
    open_window: Callable[..., MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    windows = [open_window() for _ in range(3)]
    answers = [QMessageBox.StandardButton.Cancel, QMessageBox.StandardButton.Discard]
    monkeypatch.setattr(dialogs, "question", lambda *_asked: answers.pop(0))
    windows[1].actions_["add_layer"].trigger()
    windows[1].actions_["quit"].trigger()
    assert [one.isVisible() for one in windows] == [True, True, True]
    windows[1].actions_["quit"].trigger()
    assert not answers and not [one for one in windows if one.isVisible()]
