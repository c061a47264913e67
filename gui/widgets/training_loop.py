"""Loop strip: the loop of gradient descent as a row of arrows, with the current stage highlighted."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from core.debugger.steps import LoopStage
from gui.actions.registry import Actions, plain
from gui.qt.drawable import guarded_overrides, shape, shielded
from gui.text.reading_direction import keep_left_to_right, reading
from gui.theme.theme import LIGHT, Theme, mixed, set_look

STAGES = {
    LoopStage.SAMPLE: "sample",
    LoopStage.FORWARD: "forward",
    LoopStage.LOSS: "loss",
    LoopStage.BACKWARD: "backward",
    LoopStage.UPDATE: "update",
}

POINT = 7
"""Pixels by which the tip of an arrow extends into the next one."""
SOFT = 0.16  # share of its colour in a stage that is completed in this pass


@guarded_overrides
class StageChip(QToolButton):
    """A stage of the loop: current ("now"), completed in this pass ("done"), or still ahead ("").

    It paints its state itself, and is always wide enough for its text: with a style sheet, every step of a
    pass would lay out the window again.
    """

    def __init__(self, stage: LoopStage) -> None:
        super().__init__()
        self._backward, self._first = stage is LoopStage.BACKWARD, stage is LoopStage.SAMPLE
        self._theme = LIGHT
        self.state = ""
        self.setProperty("look", "chip")

    def show_state(self, state: str) -> bool:
        """Show a state; return whether it differs from the one before."""
        if state == self.state:
            return False
        self.state = state
        self.update()
        return True

    def show_theme(self, theme: Theme) -> None:
        """Apply the colours of a theme."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        size, plain_font, bold = super().sizeHint(), QFontMetrics(self.font()), QFontMetrics(self._bold())
        wider = bold.horizontalAdvance(self.text()) - plain_font.horizontalAdvance(self.text())
        return QSize(size.width() + max(0, wider) + POINT, size.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _bold(self) -> QFont:
        font = self.font()
        font.setBold(True)
        return font

    def _colours(self) -> tuple[QColor, QColor]:
        """Return the background and text colours."""
        theme = self._theme
        own = theme.gradient_positive if self._backward else theme.accent
        if self.state == "now":
            return own, theme.on_accent
        if self.state == "done":
            return mixed(theme.panel, own, SOFT) if self._backward else theme.accent_soft, own
        return theme.raised, theme.muted

    def _outline(self) -> QPolygonF:
        """Return an arrow to the right; all but the first have a notch for the tip of the previous one."""
        wide, high = self.width() - 0.5, self.height() - 0.5
        notch = [] if self._first else [QPointF(POINT, high / 2)]
        return shape(
            [
                QPointF(0.5, 0.5),
                QPointF(wide - POINT, 0.5),
                QPointF(wide, high / 2),
                QPointF(wide - POINT, high),
                QPointF(0.5, high),
                *notch,
            ]
        )

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, text = self._colours()
        line = self._theme.text if self.hasFocus() else self._theme.accent if self.underMouse() else ground
        painter.setPen(line)
        painter.setBrush(ground)
        painter.drawPolygon(self._outline())
        frame = QRectF(self.rect()).adjusted(0 if self._first else POINT, 0, -POINT, 0)
        painter.setPen(text)
        painter.setFont(self._bold() if self.state == "now" else self.font())
        painter.setLayoutDirection(reading(self.text()))
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()


@guarded_overrides
class TrainingLoopStrip(QWidget):
    """Shows sample → ① forward → loss → ② backward → ③ update; clicking a stage runs up to it."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("The loop of gradient descent"))
        keep_left_to_right(self)
        self._actions = actions
        self.now: LoopStage | None = None
        self.chips = {stage: self._chip(stage) for stage in LoopStage}
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(2, 0, 2, 0)
        row.setSpacing(2 - POINT)
        for chip in self.chips.values():
            row.addWidget(chip)
        self.show_stage(None)
        self.shorten(0)

    def _chip(self, stage: LoopStage) -> StageChip:
        chip, action = StageChip(stage), self._actions[STAGES[stage]]
        chip.setObjectName(f"chip_{STAGES[stage]}")
        chip.setToolTip(action.toolTip())
        chip.clicked.connect(action.trigger)
        return chip

    def show_stage(self, now: LoopStage | None) -> None:
        """Highlight the stage made last; None: there is none, or it changes too fast to be seen."""
        self.now = now
        for stage, chip in self.chips.items():
            state = "" if now is None or stage > now else "now" if stage == now else "done"
            if chip.show_state(state):
                chip.setAccessibleDescription(
                    {"now": self.tr("made last"), "done": self.tr("made in this pass"), "": ""}[state]
                )
            self._actions[STAGES[stage]].setChecked(stage == now)

    def show_theme(self, theme: Theme) -> None:
        """Use a theme's colours."""
        for chip in self.chips.values():
            chip.show_theme(theme)

    def shorten(self, level: int) -> None:
        """Use a small font (1), hide the words of the passes too (2); 0: show everything."""
        for stage, chip in self.chips.items():
            whole = plain(self._actions[STAGES[stage]].text())
            chip.setAccessibleName(whole)
            numbered = stage in (LoopStage.FORWARD, LoopStage.BACKWARD, LoopStage.UPDATE)
            if chip.property("small") != (level > 0):
                set_look(chip, "small", level > 0)
            chip.setText(whole.split()[0] if level > 1 and numbered else whole)
        self._row.invalidate()
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
