"""Hall: a window shown to a lecture hall, with large fonts on the whole screen, and back to the desk."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QObject, QRect, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDockWidget, QMainWindow

from gui.app.theme_controller import ThemeController
from gui.theme.theme import LIGHT, Theme
from gui.windows.placement import screen_of

SCALE = 1.8


@dataclass(frozen=True, eq=False)
class Desk:
    """How everything was before: the theme, the window's place, and its docks with the main window's."""

    theme: Theme
    state: Qt.WindowState
    place: QRect
    docks: tuple[tuple[QMainWindow, QByteArray], ...]


class PresentationMode(QObject):
    """Shows one window at a time to the hall. ``changed`` carries the window shown there, or None."""

    changed = Signal(object)

    def __init__(self, main: QMainWindow, looks: ThemeController) -> None:
        super().__init__(main)
        self._main, self._looks = main, looks
        self._desk: Desk | None = None
        self.shown: QMainWindow | None = None

    def show(self, window: QMainWindow, on: bool) -> None:
        """Show a window to the hall, or take it back to the desk."""
        if on and self.shown is not window:
            self.leave()
            self._enter(window)
        elif not on and self.shown is window:
            self.leave()

    def _enter(self, window: QMainWindow) -> None:
        self._desk = Desk(
            self._looks.theme,
            window.windowState(),
            window.geometry(),
            tuple((one, one.saveState()) for one in dict.fromkeys((self._main, window))),
        )
        self.shown = window
        for dock in window.findChildren(QDockWidget):
            if not dock.isFloating():
                dock.hide()
        window.setWindowState(window.windowState() | Qt.WindowState.WindowFullScreen)
        if QGuiApplication.platformName() == "xcb":  # a bare X server has no manager that would do it
            window.setGeometry(screen_of(window).geometry())
        self._looks.show(LIGHT, SCALE)
        self.changed.emit(window)

    def leave(self) -> None:
        """Bring everything back as it was."""
        desk, window = self._desk, self.shown
        if desk is None or window is None:
            return
        self._desk = self.shown = None
        self._looks.show(desk.theme, 1.0)
        window.setWindowState(desk.state)
        if not desk.state & Qt.WindowState.WindowMaximized:
            window.setGeometry(desk.place)
        for one, docks in desk.docks:
            one.restoreState(docks)
        self.changed.emit(None)
