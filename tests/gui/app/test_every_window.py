"""Every window that can be opened: its controls are described, and another theme reaches all it draws."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QGraphicsView, QWidget

from gui.app.main_window import MainWindow
from gui.lecture.speaker_notes import NotesWindow
from gui.qt.later import draw_all
from gui.theme import theme
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


def test_every_window_is_described_and_takes_another_theme(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lacking, stale = list[str](), list[str]()

    def look(one: QWidget) -> None:
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
    assert {NotesWindow} | window_classes() <= every.seen
