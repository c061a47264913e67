"""The keys of the manual in dialogs, which have no menus: they ask the window that opened them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from gui.actions.registry import Actions
from gui.actions.window_table import HELP


def offer_help(dialog: QWidget) -> None:
    """Let F1 and Shift+F1 do in a dialog what they do in the window with menus to which it belongs."""
    for entry in HELP:
        if dialog.findChild(QShortcut, entry.id, Qt.FindChildOption.FindDirectChildrenOnly) is None:
            keys = QShortcut(QKeySequence(entry.shortcut), dialog)
            keys.setObjectName(entry.id)
            keys.activated.connect(partial(_ask, dialog, entry.id))


def _ask(dialog: QWidget, name: str) -> None:
    above = dialog.parentWidget()
    while above is not None and not isinstance(getattr(above, "actions_", None), Actions):
        above = above.parentWidget()
    if above is not None:
        above.actions_[name].trigger()  # type: ignore[attr-defined]
