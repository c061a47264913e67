"""Presentation mode: shows a window full screen with large text, and restores it afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QCoreApplication, QEvent, QObject, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from gui.app.theme_controller import ThemeController
from gui.layout.placement import screen_of
from gui.qt.drawable import guarded_overrides
from gui.qt.typed_signal import TypedSignal
from gui.theme.theme import LIGHT, Theme, hall_scale


@dataclass(frozen=True, eq=False)
class WindowedState:
    """The state restored afterwards: the theme, the window's place and, for the main window, its docks."""

    theme: Theme
    state: Qt.WindowState
    place: QRect
    docks: tuple[tuple[QMainWindow, QSize, QByteArray], ...]


@guarded_overrides
class PresentationMode(QObject):
    """Shows one window at a time in presentation mode. ``changed`` carries that window, or None."""

    changed = TypedSignal[QWidget | None]()

    def __init__(self, main: QMainWindow, looks: ThemeController) -> None:
        super().__init__(main)
        self._main, self._looks = main, looks
        self._windowed: WindowedState | None = None
        self.shown: QMainWindow | None = None
        self._returning: dict[QMainWindow, tuple[QSize, QByteArray]] = {}
        """The windows that have not got back their former size, which a window manager gives them later."""

    def show(self, window: QMainWindow, on: bool) -> None:
        """Enter presentation mode with a window, or leave it."""
        if on and self.shown is not window:
            self.leave()
            self._enter(window)
        elif not on and self.shown is window:
            self.leave()

    def _enter(self, window: QMainWindow) -> None:
        self._windowed = WindowedState(
            self._looks.theme,
            window.windowState(),
            window.geometry(),
            tuple((one, one.size(), one.saveState()) for one in dict.fromkeys((self._main, window))),
        )
        self._returning.clear()
        self.shown = window
        for dock in window.findChildren(QDockWidget):
            if not dock.isFloating():
                dock.hide()
        self._show_menus(False)
        window.setWindowState(window.windowState() | Qt.WindowState.WindowFullScreen)
        if QGuiApplication.platformName() == "xcb":  # without a window manager, X does not activate it
            window.setGeometry(screen_of(window).geometry())
        self._looks.show(self._looks.coloured(LIGHT), hall_scale(screen_of(window).geometry().height()))
        self.changed.emit(window)

    def _show_menus(self, shown: bool) -> None:
        """Show the menu bar of the window, or hide it; its keys go on working."""
        bar = None if self.shown is None else self.shown.menuWidget()
        if bar is not None:
            bar.setVisible(shown)

    def leave(self) -> None:
        """Restore everything to its state before."""
        before, window = self._windowed, self.shown
        if before is None or window is None:
            return
        self._show_menus(True)
        self._windowed = self.shown = None
        self._looks.show(before.theme, 1.0)
        window.setWindowState(before.state)
        if not before.state & Qt.WindowState.WindowMaximized:
            window.setGeometry(before.place)
        for one, size, docks in before.docks:
            one.restoreState(docks)
            self._returning[one] = size, docks
            one.installEventFilter(self)
            # Once more, when the layouts know the small minimum sizes of the docks.
            QTimer.singleShot(0, one, lambda one=one: self._settle(one))
        self.changed.emit(None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and isinstance(watched, QMainWindow):
            QTimer.singleShot(0, watched, lambda: self._settle(watched))
        return super().eventFilter(watched, event)

    def _settle(self, window: QMainWindow) -> None:
        """Restore the former sizes of the docks, for the last time once the window has its former size."""
        if window not in self._returning:
            return
        size, docks = self._returning[window]
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        window.restoreState(docks)
        if window.size() == size:
            del self._returning[window]
            window.removeEventFilter(self)
