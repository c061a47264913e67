"""Microscope: the drawing of a pass under way, of what other views look at, and of what is wrong."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from core.diagnostics import Finding
from core.reveal import Step
from core.training import Snapshot
from gui.canvas.drawing import Drawing
from gui.canvas.reach import reach
from gui.later import Later
from gui.selection import Selection


class Microscope(Drawing):
    """The network as a picture of a pass, number by number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # A step is told before its moment: drawn at once, it would be drawn twice.
        self._step_told = Later(self, interval=0, singleShot=True)
        self._step_told.timeout.connect(self._refresh)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the numbers of a moment of the present network, and of the step last told."""
        self._step_told.stop()
        super().show_snapshot(snapshot)

    def show_step(self, last: Step | None, coming: Step | None) -> None:
        """Light what the next step of the pass works on; ``last`` leads to the moment shown next.

        None: whole iterations are made, and nothing is lit.
        """
        picture = self.picture
        picture.last, picture.coming = last, coming
        picture.reach = None if picture.moment is None else reach(picture.moment, last)
        self._step_told.start()

    def show_hover(self, selection: Selection) -> None:
        """Light what is under the mouse in another view."""
        if selection != self.picture.linked:
            self.picture.linked = selection
            self._arrange()

    def show_findings(self, findings: tuple[Finding, ...]) -> None:
        """Mark the neurons and layers in which something is wrong."""
        if findings != self.picture.findings:
            self.picture.findings = findings
            self.badges.setVisible(bool(findings))
            self.badges.update()

    def show_plane(self, axes: tuple[int, int] | None) -> None:
        """Show over the plane of two of many features what each neuron computes; None: its activity."""
        if axes != self._axes:
            self._axes = axes
            self.rebuild()
