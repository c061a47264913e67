"""The actions that every window has: close it, the manual, What's This, the shortcut sheet."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from gui.actions.registry import Actions
from gui.windows.manual.whats_this import ask_whats_this
from gui.windows.manual.window import open_manual
from gui.windows.shortcut_sheet import Block, ShortcutSheet


def connect_window_actions(window: QWidget, actions: Actions, keys: Callable[[], list[Block]]) -> None:
    """Connect the actions that every window has; ``keys`` returns the contents of its shortcut sheet."""
    slots: dict[str, Callable[[], object]] = {
        "close_window": window.close,
        "manual": lambda: open_manual(window),
        "whats_this": lambda: ask_whats_this(window),
        "shortcuts": lambda: ShortcutSheet(keys(), window).open(),
    }
    for name, slot in slots.items():
        actions[name].triggered.connect(lambda _on=False, slot=slot: slot())
