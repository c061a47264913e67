"""Time in tests: a module's clock that is set by hand, and waiting for deferred work."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

if TYPE_CHECKING:
    from gui.session.player import Player

CLOCKS = ("perf_counter", "monotonic")


class Clock:
    """A clock that stands still until it is moved; it shows ``seconds``."""

    def __init__(self, seconds: float = 1000.0) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        return self.seconds


def set_clock(monkeypatch: pytest.MonkeyPatch, *modules: ModuleType) -> Clock:
    """Give these modules the same clock, which stands still, and return it."""
    clock = Clock()
    for module in modules:
        names = [name for name in CLOCKS if hasattr(module, name)]
        assert names, f"{module.__name__} asks no clock"
        for name in names:
            monkeypatch.setattr(module, name, clock)
    return clock


def pending(widget: QWidget) -> list[QTimer]:
    """Return the active single-shot timers of a widget."""
    return [timer for timer in widget.findChildren(QTimer) if timer.isSingleShot() and timer.isActive()]


def wait_for_the_late(qtbot: QtBot, widget: QWidget) -> None:
    """Wait until all deferred work of a widget is done."""
    QApplication.processEvents()
    qtbot.waitUntil(lambda: not pending(widget))
    QApplication.processEvents()


def wait_for_frames(qtbot: QtBot, player: Player, count: int) -> None:
    """Wait until ``count`` more snapshots of a run were shown."""
    shown: list[int] = []
    note = player.snapshot_changed.connect(lambda snapshot: shown.append(snapshot.iteration))
    qtbot.waitUntil(lambda: len(shown) >= count)
    player.snapshot_changed.disconnect(note)


def let_pass(qtbot: QtBot, milliseconds: int) -> None:
    """Let time pass in which something must not happen, or whose length does not matter."""
    qtbot.wait(milliseconds)
