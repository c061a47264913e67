"""Autoplay: the passes of a lab made by themselves, a node at a time, until they end or somebody pauses."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from gui.graph_lab.view import Lab

STEP_MILLISECONDS = 700


class Autoplay(QObject):
    """Walks through a lab, forward and then backward. ``running_changed`` tells whether it does."""

    running_changed = Signal(bool)

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self._lab = lab
        self._timer = QTimer(self, interval=STEP_MILLISECONDS)
        self._timer.timeout.connect(self._walk_on)

    def toggle(self) -> None:
        """Walk on, or pause; from the end, begin again."""
        if self._timer.isActive():
            self.pause()
            return
        if self._lab.stepper.at == self._lab.stepper.last:
            self._lab.go(0)
        self._timer.start()
        self.running_changed.emit(True)

    def pause(self) -> None:
        """Stay at this node."""
        if self._timer.isActive():
            self._timer.stop()
            self.running_changed.emit(False)

    def step(self, *, ahead: bool) -> None:
        """Go a node further, or a node back; what walks by itself pauses."""
        self.pause()
        self._lab.go(self._lab.stepper.at + (1 if ahead else -1))

    def end(self) -> None:
        """Stop without telling anyone."""
        self._timer.stop()

    def _walk_on(self) -> None:
        self._lab.go(self._lab.stepper.at + 1)
        if self._lab.stepper.at == self._lab.stepper.last:
            self.pause()
