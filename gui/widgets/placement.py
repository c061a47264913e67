"""Windows: where a window is put on its screen, so that all of it is seen, its frame too."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QMainWindow, QWidget

SIDE, TOP = 8, 40
"""Room for the frame and the title bar that the system draws around a window."""
ROOMY = QSize(1700, 1050)
"""A screen that is smaller is filled."""


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
    whole = window.screen().availableSize()
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
    return (parent or window).screen().availableGeometry().adjusted(SIDE, TOP, -SIDE, -SIDE)
