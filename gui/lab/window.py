"""The window of the lab."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMainWindow, QWidget

from gui.lab.names import tr
from gui.lab.view import Lab
from gui.theme import Theme

SIZE = (1400, 860)


class LabWindow(QMainWindow):
    """A window with a `Lab`; it follows the theme when it is told.

    ``network_requested`` asks for the network of the main window, once `offer_network` offers it.
    """

    network_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowFlag(Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("lab_window")
        self.setWindowTitle(tr("Computational graph — Glassnet"))
        self.setMinimumSize(760, 480)
        self.lab = Lab()
        self.setCentralWidget(self.lab)
        self.lab.bar.network_requested.connect(self.network_requested)

    def offer_network(self) -> None:
        """Offer the network of the main window by a button of the bar."""
        self.lab.bar.offer_network()

    def show_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.lab.show_theme(theme)


def open_lab(parent: QWidget | None, theme: Theme) -> LabWindow:
    """Open the lab in a window of its own, ready to step; return the window."""
    window = LabWindow(parent)
    window.show_theme(theme)
    room = window.screen().availableSize()
    window.resize(min(SIZE[0], room.width()), min(SIZE[1], room.height()))
    window.show()
    window.lab.canvas.setFocus()
    return window
