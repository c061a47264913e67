"""Drawn stage: one picture of a scene, painted on a `Board` at the step that a build names.

Every given number, such as a weight or an input, can be dragged sideways or clicked and edited;
everything computed is updated, and the edit can be undone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer, QVariantAnimation
from PySide6.QtGui import QPainter, QPaintEvent, QUndoStack
from PySide6.QtWidgets import QStyle, QWidget

from core.lecture.expected import AnyQuantity
from core.lecture.scene import Scene
from core.lecture.subjects import Subject
from core.nn.design import DesignError
from core.number_style import value_text
from gui.lecture.stages.base import SceneStage
from gui.lecture.stages.drawn.board import Board, BoardFit, Formulas, NumberHandle, fitted
from gui.lecture.stages.drawn.board_input import BoardInput
from gui.lecture.stages.drawn.picture import Picture
from gui.qt import motion
from gui.qt.drawable import shielded
from gui.text.description import Description
from gui.theme.theme import Theme
from gui.widgets.edit_history import EditHistory
from gui.widgets.number_edit import MOST

MOTION_MILLISECONDS = 300
"""The milliseconds for which a motion lasts."""


class DrawnStage(SceneStage):
    """Shows a picture, animates it from step to step, and lets its numbers be changed."""

    def __init__(self, picture: Picture, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = picture
        picture.setParent(self)
        self.plays, self.steps = picture.plays, picture.steps
        self._handles: list[NumberHandle] = []
        self._painted = False
        self._subject: Subject | None = None
        self._formulas = Formulas()
        self.history = EditHistory(self._change, self)
        self._description = Description(self, self._described)
        self._motion = QVariantAnimation(self, startValue=0.0, endValue=1.0)
        self._motion.valueChanged.connect(self._move)
        self._motion.finished.connect(picture.end_motion)
        self.input = BoardInput(self, picture, self.fit, self.handles)
        self.input.edited.connect(self._edit)
        self.input.told.connect(self.told)
        picture.edit_requested.connect(self._take)
        picture.motion_requested.connect(self._begin_motion)
        picture.running_changed.connect(self.running_changed)

    # -- the stage -------------------------------------------------------------------------------------

    def show_scene(self, scene: Scene) -> None:
        """Begin at the first step of the drawing."""
        self.setAccessibleName(scene.title)
        self._change(scene.subject)
        self.history.begin(scene.subject)
        self.show_drawing("")

    def subject(self) -> Subject:
        """Return the subject in its present state."""
        assert self._subject is not None
        return self._subject

    def undo_stack(self) -> QUndoStack:
        """Return the undo stack of the numbers."""
        return self.history.stack

    def show_drawing(self, step: str, *, moving: bool = False) -> None:
        """Show the drawing at a step; ``moving``: with the motion that leads to it."""
        picture, before = self.picture, self.picture.place
        self.end_motion()
        picture.show_step(step)
        if moving and picture.place != before:
            self._begin_motion(picture.durations.get(step, MOTION_MILLISECONDS))
        self._description.changed()
        self._paint_again()

    def step(self, *, ahead: bool) -> None:
        """Make a step of the picture, or undo one."""
        self.end_motion()
        self.picture.step(ahead=ahead)
        self._paint_again()

    def play(self) -> None:
        """Let the picture play automatically, or pause."""
        self.picture.play()
        self._paint_again()

    def end_motion(self) -> None:
        """Complete every motion at once."""
        self._motion.stop()
        self.picture.progress = 1.0
        self._paint_again()

    def ask(self, asked: Sequence[AnyQuantity], now: Sequence[AnyQuantity] | None = None) -> None:
        """Hide these quantities behind question marks."""
        self.picture.asked = tuple(asked)
        self._paint_again()

    def show_veil(self, veiled: bool) -> None:
        """Hide all computed numbers, or show them again."""
        self.picture.veiled = veiled
        self._paint_again()

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme."""
        self.picture.theme = shown
        self._paint_again()

    def close_stage(self) -> None:
        """End the motion."""
        self._motion.stop()

    # -- motion ----------------------------------------------------------------------------------------

    def _begin_motion(self, milliseconds: int) -> None:
        """Animate towards the present state, unless the desktop asks for reduced motion."""
        usual = self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self)
        animated = motion.milliseconds(usual) > 0
        self._motion.stop()
        if not self.isVisible() or not animated:
            self.picture.progress = 1.0
            QTimer.singleShot(milliseconds, self.picture.end_motion)
            return
        self.picture.progress = 0.0
        self._motion.setDuration(milliseconds)
        self._motion.start()

    def _move(self, progress: float) -> None:
        self.picture.progress = progress
        self._paint_again()

    # -- changes ---------------------------------------------------------------------------------------

    def _change(self, subject: Subject) -> None:
        self.picture.compute(subject)
        self._subject = subject
        self._description.changed()
        self._paint_again()

    def _described(self) -> str:
        """Return a description of the numbers that can be changed, for screen readers."""
        handles = self.handles() if self.isVisible() else []
        numbers = ", ".join(f"{handle.name} {value_text(handle.value)}" for handle in handles)
        if not numbers:
            return self.tr("A drawing; the sentence above it and the words beside it tell what it shows.")
        return self.tr("A drawing with these numbers to change: {numbers}").format(numbers=numbers)

    def _edit(self, handle: NumberHandle, value: float) -> None:
        """Set a number of the picture to another value, as an undoable edit."""
        value = min(max(value, -MOST), MOST)
        said = self.tr("{name}: {value}").format(name=handle.name, value=value_text(value))
        self._take(lambda: self.picture.with_number(handle.key, value), handle.name, said)

    def _take(self, change: Callable[[], Subject], name: str, said: str) -> None:
        """Make an undoable edit with this name, and show the message ``said``; or an error message."""
        try:
            subject = change()
            self._change(subject)
        except DesignError as error:
            self.told.emit(str(error))
            return
        self.history.note(subject, name)
        self.told.emit(said)

    # -- painting --------------------------------------------------------------------------------------

    def fit(self) -> BoardFit:
        """Return the position of the board in the stage."""
        return fitted(self.width(), self.height())

    def handles(self) -> list[NumberHandle]:
        """Return the present numbers that can be changed: events may arrive before the painting."""
        if not self._painted:
            self.repaint()
        return self._handles

    def _paint_again(self) -> None:
        self._painted = False
        self.update()

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, picture = QPainter(self), self.picture
        painter.fillRect(self.rect(), picture.theme.panel)
        if self._subject is not None:
            scale, origin = self.fit()
            painter.translate(origin)
            painter.scale(scale, scale)
            board = Board(painter, picture.theme, self._formulas)
            picture.paint(board)
            self._handles, self._painted = board.handles, True
            self.input.paint(board, picture.theme)
        painter.end()
