"""Every window that can be opened: its controls are described, and another theme reaches all it draws."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGraphicsView, QWhatsThis, QWidget

from gui.app.main_window import MainWindow
from gui.lecture.speaker_notes import NotesWindow
from gui.qt.later import draw_all
from gui.text.topics import topic_of
from gui.theme import theme
from gui.windows.manual.pages import NAMES, sections
from gui.windows.manual.window import ManualWindow
from tests.gui.described import undescribed
from tests.gui.every_window import EveryWindow, window_classes


def of_another_theme(window: QWidget) -> set[str]:
    """Return the objects of a window, with what they consist of, that hold a theme other than the present."""
    waiting: list[object] = [window, *window.findChildren(QObject)]
    for view in window.findChildren(QGraphicsView):
        waiting += view.scene().items() if view.scene() is not None else []
    found, seen = set[str](), set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        for name, value in getattr(one, "__dict__", {}).items():
            if isinstance(value, theme.Theme) and value is not theme.present():
                found.add(f"{type(one).__name__}.{name}")
            waiting += _parts(value)
    return found


def _parts(value: object) -> Iterator[object]:
    """Yield a value of the program, or those that a collection holds, but no windows and widgets."""
    values = value.values() if isinstance(value, dict) else value
    for one in values if isinstance(values, (list, tuple)) else [values]:
        if type(one).__module__.startswith("gui.") and not isinstance(one, (QObject, type, theme.Theme)):
            yield one


def helpless(window: QWidget) -> Iterator[str]:
    """Yield what F1 and Shift+F1, pressed where the keyboard is, do not do in a window."""
    window.activateWindow()
    QCoreApplication.processEvents()
    focused = window.focusWidget() or window
    QTest.keyClick(focused, Qt.Key.Key_F1)
    QCoreApplication.processEvents()
    manuals = [one for one in QApplication.topLevelWidgets() if isinstance(one, ManualWindow)]
    topics = [one.topic for one in manuals if one.isVisible() and one.isActiveWindow()]
    if isinstance(window, ManualWindow):
        topics = [topic_of(focused)]
    if topics != [topic_of(focused)] or topics[0] not in {section.topic for section in sections()} | {*NAMES}:
        yield f"F1 opens {topics}, not {topic_of(focused) or 'any page'}"
    for manual in manuals:
        if manual is not window:
            manual.hide()
    window.activateWindow()
    QCoreApplication.processEvents()
    QTest.keyClick(focused, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    if not QWhatsThis.inWhatsThisMode():
        yield "Shift+F1 asks for nothing"
        return
    QTest.keyClick(focused, Qt.Key.Key_Escape)
    if QWhatsThis.inWhatsThisMode():
        QWhatsThis.leaveWhatsThisMode()
        yield "Escape does not end What's This"
    if not window.isVisible():
        yield "Escape has closed the window"


def test_every_window_is_described_and_takes_another_theme(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lacking, stale, helps = list[str](), list[str](), list[str]()

    def look(one: QWidget) -> None:
        helps.extend(f"{type(one).__name__}: {what}" for what in helpless(one))
        lacking.extend(f"{type(one).__name__}: {what}" for what in undescribed(one))
        for name in ("dark", "light"):
            window.actions_[f"theme_{name}"].trigger()
            assert theme.present().name == name
            draw_all(one)
            stale.extend(f"{type(one).__name__}, {name}: {what}" for what in of_another_theme(one))

    every = EveryWindow(monkeypatch, tmp_path, look)
    every.look(window)
    assert not lacking, "\n".join(lacking)
    assert not stale, "\n".join(stale)
    assert not helps, "\n".join(helps)
    assert {NotesWindow} | window_classes() <= every.seen
