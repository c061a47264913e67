"""Loop strip: the loop of gradient descent as a row of chips, the part that was made last lit."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from core.reveal import Stage
from gui.actions import Actions, plain

STAGES = {
    Stage.SAMPLE: "sample",
    Stage.FORWARD: "forward",
    Stage.LOSS: "loss",
    Stage.BACKWARD: "backward",
    Stage.UPDATE: "update",
}


class LoopStrip(QWidget):
    """sample → ① forward → loss → ② backward → ③ update; pressing a chip goes on to there.

    A chip is lit ("now"), made in this pass ("done"), or still ahead ("").
    """

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("The loop of gradient descent"))
        self._actions = actions
        self.now: Stage | None = None
        self.chips = {stage: self._chip(stage) for stage in Stage}
        self._arrows = [QLabel("→") for _ in range(len(Stage) - 1)]
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(2, 0, 2, 0)
        row.setSpacing(1)
        for stage, chip in self.chips.items():
            row.addWidget(chip)
            if stage < len(self._arrows):
                self._arrows[stage].setProperty("look", "muted")
                row.addWidget(self._arrows[stage])
        self.show_stage(None)
        self.shorten(0)

    def _chip(self, stage: Stage) -> QToolButton:
        chip, action = QToolButton(), self._actions[STAGES[stage]]
        chip.setObjectName(f"chip_{STAGES[stage]}")
        chip.setProperty("look", "chip")
        chip.setProperty("side", "backward" if stage is Stage.BACKWARD else "forward")
        chip.setToolTip(action.toolTip())
        chip.clicked.connect(action.trigger)
        return chip

    def show_stage(self, now: Stage | None) -> None:
        """Light the part that was made last; None: none was, or it changes too fast to see."""
        self.now = now
        for stage, chip in self.chips.items():
            state = "" if now is None or stage > now else "now" if stage == now else "done"
            if self._set(chip, "state", state):
                chip.setAccessibleDescription(
                    {"now": self.tr("made last"), "done": self.tr("made in this pass"), "": ""}[state]
                )
            self._actions[STAGES[stage]].setChecked(stage == now)

    def _set(self, chip: QToolButton, name: str, value: object) -> bool:
        """Set what the style sheet goes by; return whether it is another value."""
        if chip.property(name) == value:
            return False
        chip.setProperty(name, value)
        chip.style().unpolish(chip)
        chip.style().polish(chip)
        return True

    def shorten(self, level: int) -> None:
        """Write small (1), leave the words of the passes away too (2), and the arrows (3); 0: write all."""
        for arrow in self._arrows:
            arrow.setVisible(level < 3)
        for stage, chip in self.chips.items():
            whole = plain(self._actions[STAGES[stage]].text())
            chip.setAccessibleName(whole)
            numbered = stage in (Stage.FORWARD, Stage.BACKWARD, Stage.UPDATE)
            self._set(chip, "small", level > 0)
            chip.setText(whole.split()[0] if level > 1 and numbered else whole)
        self._row.invalidate()
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
