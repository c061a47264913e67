"""Places windows so that they are entirely on their screen, with their frames."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QWidget

from gui.actions.help_keys import offer_help

SIDE, TOP = 8, 40
"""Space for the frame and the title bar that the system draws around a window."""
ROOMY = QSize(1700, 1050)
"""A main window fills any screen smaller than this."""


def screen_of(widget: QWidget) -> QScreen:
    """Return the screen with the centre of a widget's window; the primary one if there is none.

    Not `QWidget.screen`: PySide makes the screen it returns a child of the widget, and a garbage collection
    that finds both unreachable deletes the screen, so that the next paint event crashes.
    """
    middle = widget.window().geometry().center()
    return QGuiApplication.screenAt(middle) or QGuiApplication.primaryScreen()


def place(window: QWidget, size: tuple[int, int]) -> None:
    """Give a window its initial place, entirely on its screen with its frame.

    A main window is centred on the screen, or fills a small one; any other window is centred on the window it
    belongs to. A dialog takes the keys of the manual.
    """
    if isinstance(window, QDialog):
        offer_help(window)
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
    """Shrink or move a window so that it is entirely on its screen, with its frame."""
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


def to_front(window: QWidget) -> None:
    """Raise an open window above all others, in its former size if it was minimised."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()


def is_blocked(window: QWidget) -> bool:
    """Return whether a window takes no input before a dialog is answered."""
    dialog = QApplication.activeModalWidget()
    if dialog is None or dialog is window:
        return False
    if dialog.windowModality() == Qt.WindowModality.ApplicationModal:
        return True
    above = dialog.parentWidget()
    while above is not None and above.window() is not window:
        above = above.window().parentWidget()
    return above is not None


def at_side(window: QWidget, share: float) -> QRect:
    """Return a rectangle at the right of a window's screen, with the fraction ``share`` of its width."""
    room = _room(window)
    box = QRect(room)
    box.setLeft(room.right() - max(window.minimumSizeHint().width(), round(share * room.width())))
    return box


def _room(window: QWidget) -> QRect:
    """Return the part of the screen that the contents of a window may take, without the frame."""
    parent = window.parentWidget()
    return screen_of(parent or window).availableGeometry().adjusted(SIDE, TOP, -SIDE, -SIDE)
