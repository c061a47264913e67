"""The window of the lab."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from core.bounds import MOST_REAL
from core.language import tr
from core.lecture.subjects import Expression
from core.lecture.window_journals import LabWork, lab_journal
from core.project.journal import JournalFile
from gui.actions.gestures import LAB_GESTURES, PASSES
from gui.actions.keys import Keys, begin_tabs_with
from gui.actions.registry import Actions, show_undo
from gui.actions.window_table import EVERYWHERE, UNDO
from gui.graph_lab.update_row import UpdateChoice
from gui.graph_lab.view import Autoplay, Lab, LabState
from gui.layout.placement import place
from gui.qt.drawable import guarded_overrides
from gui.session.journal_writer import JournalWriter
from gui.text.topics import set_topic
from gui.theme.theme import Theme
from gui.windows.shortcut_sheet import window_blocks
from gui.windows.window_actions import connect_window_actions

SIZE = (1400, 860)
ZOOM = 1.25


@guarded_overrides
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
        self.journal: JournalWriter | None = None
        self._untouched, _at = lab.expression_state
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

    # -- what is kept ------------------------------------------------------------------------------------

    def keep_journal(self, folder: Path) -> None:
        """Keep the expression in a journal of a folder, until the window is closed."""
        self.journal = JournalWriter(folder, self.unsaved_work, lab_journal, self)

    def unsaved_work(self) -> LabWork | None:
        """Return the expression as it is now; None if it is the one that every lab begins with."""
        state, at = self.lab.expression_state
        if state == self._untouched:
            return None
        within = all(abs(value) <= MOST_REAL for value in state.values.values())
        shown = Expression(state.text, state.values if within else state.first, state.analytic)
        return LabWork(shown, state.first, state.update.rate, state.update.kept, at, time.time())

    def recover(self, journal: JournalFile, work: LabWork) -> None:
        """Show an expression that was kept when the program ended, which its journal goes on keeping."""
        if self.journal is not None:
            self.journal.adopt(journal)
        shown, update = work.shown, UpdateChoice(work.rate, work.kept)
        state = LabState(shown.expression, shown.derivatives, shown.values, dict(work.first), update)
        self.lab.put_expression(state, work.at)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.journal is not None:
            self.journal.close()
        event.accept()

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
