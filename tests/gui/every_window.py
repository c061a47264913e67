"""Every window of the program, opened by the actions and the buttons of the windows before it."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QDockWidget,
    QFileDialog,
    QMainWindow,
    QMessageBox,
    QToolButton,
    QWhatsThis,
    QWidget,
)
from shiboken6 import isValid

import gui
from core.lecture.lecture_file import SUFFIX as LECTURE_SUFFIX
from core.lecture.lecture_file import shipped_lectures
from core.lecture.scene import shipped_scenes
from core.project.files import SUFFIX, examples
from gui.actions.registry import Actions
from gui.qt.later import draw_all
from gui.widgets import dialogs

LEAVING = {"close_window", "quit", "full_screen", "hall"}
"""Actions that open nothing, and after which a window is not what it was."""


def window_classes() -> set[type[QWidget]]:
    """Return all classes of main windows and dialogs in the program but those whose contents Qt makes."""
    for module in pkgutil.walk_packages(gui.__path__, "gui."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found, waiting = set[type[QWidget]](), [QMainWindow, QDialog]
    while waiting:
        for one in waiting.pop().__subclasses__():
            waiting.append(one)
            if one.__module__.startswith("gui.") and not issubclass(one, (QMessageBox, QFileDialog)):
                found.add(one)
    return {one for one in found if not found & set(one.__subclasses__())}


def shown() -> list[QWidget]:
    """Return the windows that are on the screen."""
    return [one for one in QApplication.topLevelWidgets() if one.isVisible()]


class EveryWindow:
    """Does everything in a window that may open another, and so on; ``look`` sees each kind once.

    Questions for a file are answered by one of the kind that is asked for, and others refused.
    """

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, folder: Path, look: Callable[[QWidget], object]
    ) -> None:
        self._look = look
        self.seen = set[type[QWidget]]()
        table = folder / "table.csv"
        table.write_text("a,b,y\n1,2,0\n2,1,1\n3,4,0\n4,3,1\n", encoding="utf-8")
        files = {".csv": table, SUFFIX: examples()["xor"], ".json": shipped_scenes()[0]}
        files[LECTURE_SUFFIX] = shipped_lectures()[0]

        def file_to_open(_window: QWidget, _title: str, _folder: str, names: str) -> str:
            return str(next(files[suffix] for suffix in re.findall(r"\*(\.\w+)", names) if suffix in files))

        monkeypatch.setattr(dialogs, "file_to_open", file_to_open)
        for refused in ("file_to_save", "folder", "line_of_text"):
            monkeypatch.setattr(dialogs, refused, lambda *_asked, **_how: "")
        monkeypatch.setattr(dialogs, "question", lambda *_asked: QMessageBox.StandardButton.Discard)

    def look(self, window: QWidget) -> None:
        """Look at a window and at all that open from it."""
        draw_all(window)
        self.seen.add(type(window))
        self._look(window)
        for open_something, again in (*self._actions(window), *_buttons(window)):
            before = shown()
            open_something()
            QCoreApplication.processEvents()
            if QWhatsThis.inWhatsThisMode():
                QWhatsThis.leaveWhatsThisMode()
            if (popup := QApplication.activePopupWidget()) is not None:
                popup.close()
            opened = [one for one in shown() if one not in before]
            for one in opened:
                if type(one) not in self.seen:
                    self.look(one)
            for one in reversed(opened):
                if isValid(one):
                    one.close()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            if again:
                open_something()

    def _actions(self, window: QWidget) -> Iterator[tuple[Callable[[], object], bool]]:
        """Yield what each action does that is enabled by then, and whether it is to be done once more."""
        actions = getattr(window, "actions_", None)
        for action in actions if isinstance(actions, Actions) else ():
            if action.objectName() not in LEAVING and action.isEnabled() and action.isVisible():
                yield action.trigger, _is_switch(action)


def _is_switch(action: QAction) -> bool:
    group = action.actionGroup()
    return action.isCheckable() and (group is None or not group.isExclusive())


def _buttons(window: QWidget) -> Iterator[tuple[Callable[[], object], bool]]:
    """Yield a click on each button whose text promises a window, after all panels were in front."""
    for dock in window.findChildren(QDockWidget):
        dock.show()
        dock.raise_()
        draw_all(window)
    for button in window.findChildren(QAbstractButton):
        done = isinstance(button, QToolButton) and button.defaultAction() is not None
        if isValid(button) and button.text().endswith("…") and not done and button.isEnabled():
            yield button.click, False
