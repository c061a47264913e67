"""A monkey: random real events, and random actions, in all windows that are open."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEventLoop, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QAction, QDesktopServices, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QMessageBox, QWidget
from shiboken6 import isValid

from gui.widgets import dialogs

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow

NEVER = {"quit", "full_screen", "hall"}
"""Actions that would end it, or give it a screen that there is not."""
OPENS = ("lecture", "scenes", "lab", "side_by_side", "preferences", "shortcuts", "commands", "stops")
BUTTONS = (Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton)
NAMED = (
    "Space Return Escape Tab Backtab Delete Left Right Up Down Home End PageUp PageDown Backspace Plus Minus"
)
KEYS = (*NAMED.split(), *"ABCDEFGNRSTVWYZ0123456789")
MODIFIERS = (
    *(Qt.KeyboardModifier.NoModifier,) * 6,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
MOST_WINDOWS = 6
DISMISS_MILLISECONDS = 5


class Monkey:
    """Does random things; ``trail`` lists the last of them. Dialogs for files are cancelled."""

    def __init__(self, window: MainWindow, seed: int, patched: pytest.MonkeyPatch) -> None:
        self.window, self.random, self._patched = window, random.Random(seed), patched
        self.trail: deque[str] = deque(maxlen=15)
        for name in ("file_to_open", "file_to_save", "folder"):
            patched.setattr(dialogs, name, lambda *_asked, **_named: "")
        patched.setattr(QDesktopServices, "openUrl", lambda _url: True)
        patched.setattr(window, "close", lambda: False)  # Ctrl+W and Ctrl+Q
        for name in (*NEVER, "close_window"):
            window.actions_[name].setEnabled(False)
        self._dismiss = QTimer(interval=DISMISS_MILLISECONDS)
        self._dismiss.timeout.connect(self._leave_menus_and_questions)
        self._dismiss.start()

    def run(self, things: int, stops: Callable[[], object]) -> None:
        """Do so many random things in an event loop, as they come in the program, unless it ``stops`` before.

        Between some of them the program comes to no rest.
        """
        loop, going = QEventLoop(), QTimer(interval=0)

        def go_on() -> None:
            nonlocal things
            for _ in range(self.random.choice((1, 2, 4))):
                if not things or stops():
                    loop.quit()
                    return
                things -= 1
                self.step()

        going.timeout.connect(go_on)
        going.start()
        loop.exec()

    def stop(self) -> None:
        """Do nothing more, and close all windows but the main one; what is not saved in them is discarded."""
        self._dismiss.stop()
        self._patched.setattr(dialogs, "question", lambda *_asked: QMessageBox.StandardButton.Discard)
        for window in self._windows():
            if window is not self.window:
                window.close()

    def step(self) -> None:
        """Do one random thing."""
        if self.random.random() < 0.25:
            self.act()
        else:
            self.poke()

    def _windows(self) -> list[QWidget]:
        return [one for one in QApplication.topLevelWidgets() if isValid(one) and one.isVisible()]

    def _leave_menus_and_questions(self) -> None:
        """Choose something in an open menu, or leave it; answer a question."""
        if (popup := QApplication.activePopupWidget()) is not None:
            QTest.keyClick(popup, self.random.choice((Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Escape)))
        elif isinstance(box := QApplication.activeModalWidget(), QDialog):
            QTest.keyClick(box, self.random.choice((Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab)))

    # -- actions ----------------------------------------------------------------------------------

    def act(self) -> None:
        """Trigger an action of a window that is open, or open another one."""
        windows = self._windows()
        if len(windows) > MOST_WINDOWS:
            closing = self.random.choice(windows)
            if closing is not self.window:
                self.trail.append(f"close {type(closing).__name__}")
                closing.close()
            return
        if self.random.random() < 0.1:
            action = self.window.actions_[self.random.choice(OPENS)]
        else:
            of = self.random.choice([one for one in windows if isinstance(one, QMainWindow | QDialog)])
            actions = [one for one in of.actions() if self._may(one)]
            if not actions:
                return
            action = self.random.choice(actions)
        self.trail.append(f"action {action.objectName() or action.text()}")
        action.trigger()

    def _may(self, action: QAction) -> bool:
        return action.isEnabled() and not action.isSeparator() and action.objectName() not in NEVER

    # -- events -----------------------------------------------------------------------------------

    def poke(self) -> None:
        """Send a random event to a random widget that is seen."""
        window = self.random.choice(self._windows())
        seen = [one for one in window.findChildren(QWidget) if one.isVisible() and one.width() > 1]
        widget = self.random.choice(seen) if seen else window
        at = QPoint(
            self.random.randrange(max(1, widget.width())), self.random.randrange(max(1, widget.height()))
        )
        kind = self.random.choice(("click", "click", "double", "drag", "move", "wheel", "key", "key", "key"))
        self.trail.append(f"{kind} {type(window).__name__} › {type(widget).__name__}")
        getattr(self, f"_{kind}")(widget, at)

    def _click(self, widget: QWidget, at: QPoint) -> None:
        button, modifiers = self.random.choice(BUTTONS), self.random.choice(MODIFIERS)
        QTest.mousePress(widget, button, modifiers, at)
        self._assert_alive(widget)
        QTest.mouseRelease(widget, button, modifiers, at)
        self._assert_alive(widget)

    def _double(self, widget: QWidget, at: QPoint) -> None:
        QTest.mouseDClick(widget, Qt.MouseButton.LeftButton, pos=at)

    def _move(self, widget: QWidget, at: QPoint) -> None:
        QTest.mouseMove(widget, at)

    def _drag(self, widget: QWidget, at: QPoint) -> None:
        far = QPoint(self.random.randrange(widget.width() + 1), self.random.randrange(widget.height() + 1))
        QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=at)
        self._assert_alive(widget)
        for target in ((at + far) / 2, far):
            QTest.mouseMove(widget, target)
            self._assert_alive(widget)
        QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=far)
        self._assert_alive(widget)

    def _assert_alive(self, widget: QWidget) -> None:
        """Check that a widget was not destroyed within its own event, after which Qt goes on with it."""
        assert isValid(widget), f"destroyed within its own event: {list(self.trail)[-1]}"

    def _wheel(self, widget: QWidget, at: QPoint) -> None:
        turned = QPoint(0, self.random.choice((-120, 120, 960)))
        event = QWheelEvent(
            QPointF(at), QPointF(widget.mapToGlobal(at)), QPoint(), turned, Qt.MouseButton.NoButton,
            self.random.choice(MODIFIERS), Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(widget, event)

    def _key(self, widget: QWidget, _at: QPoint) -> None:
        key = getattr(Qt.Key, f"Key_{self.random.choice(KEYS)}")
        QTest.keyClick(widget, key, self.random.choice(MODIFIERS))
