"""Exceptions that nothing handles: said once, with a report to copy or save that names no personal path."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QUndoCommand, QUndoStack
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.actions.registry import Actions
from gui.app.application import application
from gui.app.fault_report import MOST_ACTIONS, ActionLog, FaultHandler, report, without_paths
from gui.layout.notification_bar import NotificationBar
from gui.widgets import dialogs

TIMES = 16


@dataclass
class Desk:
    """A bare window with the actions of the main one; ``kept`` counts how often its work was kept."""

    window: QWidget
    notice: NotificationBar
    actions: Actions
    stack: QUndoStack
    handler: FaultHandler
    kept: list[str]


@pytest.fixture
def desk(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    application()
    window, kept = QWidget(), list[str]()
    qtbot.addWidget(window)
    notice, stack = NotificationBar(), QUndoStack(window)
    actions = Actions(window)
    notice.lie_over(window)
    log = ActionLog(actions, stack, window)

    def keep() -> str:
        kept.append("")
        return kept[0]

    handler = FaultHandler(window, notice, log, keep)
    for module, name in ((sys, "excepthook"), (threading, "excepthook")):
        monkeypatch.setattr(module, name, getattr(module, name))
    handler.install()
    window.resize(900, 300)
    window.show()
    qtbot.waitExposed(window)
    yield Desk(window, notice, actions, stack, handler, kept)


def fail(text: str = "a fault") -> None:
    raise ValueError(text)


def raised(call: object = fail, *arguments: object) -> ValueError:
    with pytest.raises(ValueError) as caught:
        call(*arguments)
    return caught.value


def test_a_fault_that_repeats_is_said_once_and_costs_nothing_again(
    desk: Desk, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(TIMES):
        error = raised()
        sys.excepthook(type(error), error, error.__traceback__)
    assert desk.kept == [""] and list(desk.handler.counts.values()) == [TIMES]
    assert capsys.readouterr().err.count("ValueError: a fault") == 1
    assert "Your work is safe" in desk.notice.sentence.text()
    assert "ValueError" not in desk.notice.sentence.text()  # plain words
    qtbot.mouseClick(desk.notice.cross, Qt.MouseButton.LeftButton)
    error = raised()
    sys.excepthook(type(error), error, error.__traceback__)
    assert not desk.notice.isVisible()
    other = raised(int, "x")
    sys.excepthook(type(other), other, other.__traceback__)
    assert desk.notice.isVisible()


def test_the_report_is_copied_by_one_click_and_saved_by_one(
    desk: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.actions["run"].trigger()
    desk.stack.push(QUndoCommand("Add layer"))
    desk.actions["hall"].trigger()
    error = raised()
    sys.excepthook(type(error), error, error.__traceback__)
    monkeypatch.setattr(dialogs, "file_to_save", lambda *_asked: str(tmp_path / "report.txt"))
    qtbot.mouseClick(desk.notice.button, Qt.MouseButton.LeftButton)
    copied = QApplication.clipboard().text()
    desk.notice.show()
    qtbot.mouseClick(desk.notice.second, Qt.MouseButton.LeftButton)
    assert (tmp_path / "report.txt").read_text() == copied
    assert "\nrun\nedit: Add layer\nhall\n" in copied
    assert "ValueError: a fault" in copied and "NumPy" in copied and 'File "glassnet/tests/gui' in copied
    assert str(Path(__file__).parent) not in copied and str(Path.home()) + "/" not in copied


def test_work_that_could_not_be_kept_is_said(desk: Desk) -> None:
    desk.kept.append("the disk is full")
    error = raised()
    sys.excepthook(type(error), error, error.__traceback__)
    assert "could not be kept (the disk is full): save it now" in desk.notice.sentence.text()
    assert "is safe" not in desk.notice.sentence.text()


def test_a_fault_in_another_thread_is_said_in_the_window(desk: Desk, qtbot: QtBot) -> None:
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    qtbot.waitUntil(desk.notice.isVisible)


def test_a_fault_in_an_event_of_qt_is_said(desk: Desk, qtbot: QtBot) -> None:
    from gui.qt.drawable import guarded

    QTimer.singleShot(0, guarded(None)(fail))
    qtbot.waitUntil(desk.notice.isVisible)


def test_only_the_last_actions_are_in_a_report(desk: Desk) -> None:
    log = ActionLog(desk.actions, desk.stack, desk.window)
    for _ in range(2 * MOST_ACTIONS):
        desk.actions["hall"].trigger()
    desk.stack.push(QUndoCommand("Add layer"))
    desk.stack.undo()
    assert log.names() == ["hall"] * (MOST_ACTIONS - 1) + ["edit: Add layer"]


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("No such file: '/home/anna maria/Klausur 3.glassnet'", "No such file: '<path>.glassnet'"),
        ("cannot open “C:\\Users\\Anna\\a.csv”.", "cannot open “<path>.csv”."),
        ("cannot open C:\\Users\\Anna\\a.csv", "cannot open <path>.csv"),
        ("/media/stick/notes was moved to ~/Documents/notes", "<path> was moved to <path>"),
        ("at 3/4 of n/a, dJ/dw", "at 3/4 of n/a, dJ/dw"),
        (r"'\\\\server\\share\\a.png'", "'<path>.png'"),
        ('File "/opt/tool/x.py", line 3', 'File "<path>.py", line 3'),
    ],
)
def test_paths_are_named_by_their_suffix_only(told: str, kept: str) -> None:
    assert without_paths(told) == kept


def test_an_endless_recursion_makes_a_short_report(desk: Desk) -> None:
    def deeper() -> None:
        deeper()

    with pytest.raises(RecursionError) as caught:
        deeper()
    assert len(report([], caught.value)) < 20_000


def test_a_fault_after_a_window_is_closed_is_said_in_the_one_before(desk: Desk, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    log = ActionLog(desk.actions, desk.stack, window)
    notice = NotificationBar()
    notice.lie_over(window)
    FaultHandler(window, notice, log, lambda: "").install()
    window.show()
    for text, told in (("in the second", notice), ("in the first", desk.notice)):
        error = raised(lambda text=text: fail(text))
        error.__traceback__ = None  # another place
        sys.excepthook(type(error), error, None)
        assert "Something went wrong" in told.sentence.text()
        window.close()
    assert desk.kept == [""]
