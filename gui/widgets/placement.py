"""Windows: where a window is put on its screen, so that all of it is seen, its frame too."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QMainWindow, QWidget

SIDE, TOP = 8, 40
"""Room for the frame and the title bar that the system draws around a window."""
ROOMY = QSize(1700, 1050)
"""A screen that is smaller is filled."""


def screen_of(widget: QWidget) -> QScreen:
    """Return the screen on which the middle of a widget's window is; the primary one where there is none.

    Not `QWidget.screen`: PySide makes the screen it returns a child of the widget, and a garbage collection
    that finds both unreachable deletes the screen, at which the next paint event ends the process.
    """
    middle = widget.window().geometry().center()
    return QGuiApplication.screenAt(middle) or QGuiApplication.primaryScreen()


def place(window: QWidget, size: tuple[int, int]) -> None:
    """Give a window its first place: all of it, with its frame, is on its screen.

    A main window is centred on the screen and fills one that is not roomy; any other stands in the
    middle of the window it belongs to.
    """
    parent, room = window.parentWidget(), _room(window)
    main = isinstance(window, QMainWindow)
    box = QRect(room.topLeft(), QSize(*size))
    over = None if main or parent is None or not parent.isVisible() else parent.window().geometry()
    box.moveCenter((over or room).center())
    window.setGeometry(box)
    fit(window)
    whole = screen_of(window).availableSize()
    if main and whole.boundedTo(ROOMY) != ROOMY:
        window.setWindowState(window.windowState() | Qt.WindowState.WindowMaximized)


def fit(window: QWidget) -> None:
    """Make a window smaller, or move it, so that all of it is on its screen with its frame."""
    room = _room(window)
    window.setMinimumSize(window.minimumSize().boundedTo(room.size()))
    box = window.geometry()
    box.setSize(box.size().boundedTo(room.size()))
    box.moveRight(min(box.right(), room.right()))
    box.moveLeft(max(box.left(), room.left()))
    box.moveBottom(min(box.bottom(), room.bottom()))
    box.moveTop(max(box.top(), room.top()))
    if box != window.geometry() and not window.isMaximized() and not window.isFullScreen():
        window.setGeometry(box)


def at_side(window: QWidget, share: float) -> QRect:
    """Return the place at the right side of a window's screen that has this share of its width."""
    room = _room(window)
    box = QRect(room)
    box.setLeft(room.right() - max(window.minimumSizeHint().width(), round(share * room.width())))
    return box


def _room(window: QWidget) -> QRect:
    """Return what a window's screen has for what is inside its frame."""
    parent = window.parentWidget()
    return screen_of(parent or window).availableGeometry().adjusted(SIDE, TOP, -SIDE, -SIDE)
