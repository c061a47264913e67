"""The window of the lab."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMainWindow, QWidget

from core.language import tr
from gui.actions.gestures import LAB_GESTURES, PASSES
from gui.actions.keys import Keys, begin_tabs_with
from gui.actions.registry import Actions, show_undo
from gui.actions.window_table import EVERYWHERE, UNDO
from gui.graph_lab.view import Autoplay, Lab
from gui.layout.placement import place
from gui.text.topics import set_topic
from gui.theme.theme import Theme
from gui.windows.shortcut_sheet import window_blocks
from gui.windows.window_actions import connect_window_actions

SIZE = (1400, 860)
ZOOM = 1.25


class LabWindow(QMainWindow):
    """A window with a `Lab`; its theme is set by `show_theme`.

    ``network_requested`` requests the network of the main window, once `offer_network` was called.
    """

    network_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowFlag(Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("lab_window")
        self.setWindowTitle(tr("Computational graph — Glassnet"))
        self.setMinimumSize(760, 480)
        set_topic(self, "stepping", "Any expression as a graph")
        self.lab = lab = Lab()
        lab.offer_updates()
        self.autoplay, self.actions_ = Autoplay(lab), Actions(self, (*PASSES, *UNDO, *EVERYWHERE))
        self.keys = Keys(self, lambda: lab.canvas, lambda: [lab.canvas, lab.bar, lab.side])
        self.setCentralWidget(lab)
        begin_tabs_with(self, (lab.canvas, lab.bar))
        lab.bar.network_requested.connect(self.network_requested)
        lab.bar.pressed.connect(lambda _name: self.autoplay.pause())
        self._connect()

    def _connect(self) -> None:
        lab, autoplay, canvas = self.lab, self.autoplay, self.lab.canvas
        history = lab.history.stack
        history.indexChanged.connect(self._show_undo)
        self._show_undo()
        slots: dict[str, Callable[[], object]] = {
            "walk": autoplay.toggle,
            "step": lambda: autoplay.step(ahead=True),
            "back": lambda: autoplay.step(ahead=False),
            "first": lambda: lab.go(0),
            "last": lambda: lab.go(lab.stepper.last),
            "reset": lab.reset,
            "undo": history.undo,
            "redo": history.redo,
            "zoom_in": lambda: canvas.zoom_by(ZOOM),
            "zoom_out": lambda: canvas.zoom_by(1 / ZOOM),
            "zoom_fit": canvas.fit,
            "next_pane": lambda: self.keys.go_round(ahead=True),
            "previous_pane": lambda: self.keys.go_round(ahead=False),
        }
        connect_window_actions(self, self.actions_, lambda: window_blocks(self, self.actions_, LAB_GESTURES))
        for name, slot in slots.items():
            self.actions_[name].triggered.connect(lambda _on=False, slot=slot: slot())

    def _show_undo(self) -> None:
        show_undo(self.actions_, self.lab.history.stack)

    def offer_network(self) -> None:
        """Show the button that requests the network of the main window."""
        self.lab.bar.offer_network()

    def show_theme(self, theme: Theme) -> None:
        """Apply the colours of a theme."""
        self.lab.show_theme(theme)


def open_lab(parent: QWidget | None, theme: Theme) -> LabWindow:
    """Open the lab in a window, ready to step; return the window."""
    window = LabWindow(parent)
    window.show_theme(theme)
    place(window, SIZE)
    window.show()
    window.lab.canvas.setFocus()
    return window
