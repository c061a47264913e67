"""Drawn stage: one picture of a scene, painted on a `Board` at the step that a build names.

Every number that was chosen, such as a weight or an input, can be dragged sideways or clicked and typed over;
all that is computed follows, and the edit can be undone.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QUndoStack, QWheelEvent
from PySide6.QtWidgets import QApplication, QStyle, QToolTip, QWidget

from core.lecture.drawings import DRAWINGS
from core.lecture.expected import AnyQuantity
from core.lecture.scene import Scene
from core.lecture.subjects import Subject
from core.nn.design import DesignError
from core.number_style import HIDDEN, slide_text, value_text
from gui.lecture.stages.base import SceneStage
from gui.lecture.stages.drawn.board import HEIGHT, WIDTH, Board, Formulas, NumberHandle
from gui.theme.theme import LIGHT, Theme, font
from gui.widgets.description import Description
from gui.widgets.drawable import guarded, shielded
from gui.widgets.edit_history import EditHistory
from gui.widgets.number_edit import FINER, MOST, NOTCH, PIXELS, NumberEdit, step_for

ARROWS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1),
}  # fmt: skip
"""Where the arrow keys lead, to the right and upwards."""
KEY_STEP = 0.05
"""How far an arrow key moves a point of a plane."""
MOTION_MILLISECONDS = 300
"""How long one thing moves."""
EDGE = 8.0
"""Units around a number in which it can be grabbed."""


class BoardNumberEdit(NumberEdit):
    """A field over a number of the board. ``closed`` is emitted when it goes, whatever was typed."""

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", drag=False, role="", parent=parent)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setToolTip(self.tr("Enter takes the number, Escape leaves it as it was"))
        self.hide()

    def open(self, handle: NumberHandle, place: QRectF) -> None:
        """Open over a rectangle of the widget, with the number there."""
        letters = font("number")
        letters.setPixelSize(max(12, round(0.5 * place.height())))
        self.setFont(letters)
        self.setAccessibleName(handle.name)
        self.show_value(handle.value)
        self.settle()
        wide = max(round(place.width()), self.fontMetrics().horizontalAdvance("−0.0000") + 24)
        middle, high = place.center(), max(round(place.height()), self.sizeHint().height())
        self.setGeometry(round(middle.x() - wide / 2), round(middle.y() - high / 2), wide, high)
        self.show()
        self.selectAll()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    @guarded(None)
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close when the number is taken, or left as it was."""
        super().keyPressEvent(event)
        entered = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.refusing
        if entered or event.key() == Qt.Key.Key_Escape:
            self._close()
        event.accept()

    @guarded(True)
    def event(self, event: QEvent) -> bool:
        """Keep every key from the window's shortcuts, but for those of a clicker."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    @guarded(None)
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self._close()

    def _close(self) -> None:
        if not self.isHidden():
            self.hide()
            self.closed.emit()


class DrawnStage(SceneStage):
    """A picture in one of the program's drawings. A subclass says what is computed and how it is painted.

    ``asked`` are the quantities that are still to be guessed, which it must hide. ``durations`` are the
    milliseconds that the motion of a step takes, where it is not `MOTION_MILLISECONDS`.
    """

    durations: ClassVar[dict[str, int]] = {}

    def __init__(self, drawing: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.drawing = DRAWINGS[drawing]
        self.theme = LIGHT
        self._handles: list[NumberHandle] = []
        self._painted = False
        self._subject: Subject | None = None
        self._place, self._progress = 0, 1.0
        self.asked: tuple[AnyQuantity, ...] = ()
        self._veiled = False
        self._hovered: Hashable = None
        self._chosen: Hashable = None
        self._pressed: tuple[NumberHandle, float] | None = None
        self._dragged = False
        self._formulas = Formulas()
        self.history = EditHistory(self._change, self)
        self._description = Description(self, self._described)
        self._motion = QVariantAnimation(self, startValue=0.0, endValue=1.0)
        self._motion.valueChanged.connect(self._move)
        self.field = BoardNumberEdit(self)
        self.field.closed.connect(self.setFocus)
        self.field.refused.connect(self._refuse)
        self._edited: NumberHandle | None = None
        self.field.typed.connect(self._take_typed)

    # -- what a subclass says --------------------------------------------------------------------------

    def compute(self, subject: Subject) -> None:
        """Compute everything that is painted of a subject."""
        raise NotImplementedError

    def paint(self, board: Board) -> None:
        """Paint the picture at the present step."""
        raise NotImplementedError

    def with_number(self, key: Hashable, value: float) -> Subject:
        """Return the subject with another number at the handle of that key. Raises DesignError."""
        raise NotImplementedError

    # -- for subclasses, while they paint --------------------------------------------------------------

    def reached(self, step: str) -> bool:
        """Whether a step, or one after it, is shown."""
        return self._place >= self.drawing.place(step)

    def at(self, *steps: str) -> bool:
        """Whether one of these steps is shown."""
        return self.drawing.steps[self._place] in steps

    def arrived(self, step: str, part: int = 0, parts: int = 1) -> float:
        """Return how far the motion of a step is, from 0 to 1; 0 before it and 1 after it.

        The motion may have ``parts`` that follow one another, of which this is the one with index ``part``.
        """
        place = self.drawing.place(step)
        if self._place != place:
            return float(self._place > place)
        share = min(max(self._progress * parts - part, 0.0), 1.0)
        return share * share * (3 - 2 * share)

    def asks(self, kind: type, **fields: object) -> bool:
        """Whether a quantity of a kind with these fields is still to be guessed."""
        return self._veiled or any(
            isinstance(one, kind) and all(getattr(one, name) == value for name, value in fields.items())
            for one in self.asked
        )

    def written(self, value: float, *, hidden: bool = False) -> str:
        """Return a computed number, or a question mark."""
        return HIDDEN if hidden or self._veiled else value_text(value)

    def precise(self, value: float, *, hidden: bool = False) -> str:
        """Return a computed number with the four decimals of the slides, or a question mark."""
        return HIDDEN if hidden or self._veiled else slide_text(value)

    # -- the stage -------------------------------------------------------------------------------------

    def show_scene(self, scene: Scene) -> None:
        """Begin at the first step of the drawing."""
        self.setAccessibleName(scene.title)
        self._change(scene.subject)
        self.history.begin(scene.subject)
        self.show_drawing("")

    def subject(self) -> Subject:
        """Return the subject as it is now."""
        assert self._subject is not None
        return self._subject

    def undo_stack(self) -> QUndoStack:
        """Return the edits of the numbers."""
        return self.history.stack

    def show_drawing(self, step: str, *, moving: bool = False) -> None:
        """Show the drawing at a step; ``moving``: with the motion that leads to it."""
        before, self._place = self._place, self.drawing.place(step)
        self._painted = False
        self.end_motion()
        if moving and self._place != before:
            self.begin_motion(self.durations.get(step, MOTION_MILLISECONDS))
        self._description.changed()
        self.update()

    def begin_motion(self, milliseconds: int) -> None:
        """Move to what is to be painted now, where the desktop wants things to move."""
        if self.isVisible() and self._animated():
            self._progress = 0.0
            self._motion.setDuration(milliseconds)
            self._motion.start()

    def _animated(self) -> bool:
        """Whether the desktop wants things to move."""
        return self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self) > 0

    def _move(self, progress: float) -> None:
        self._progress = progress
        self.update()

    def end_motion(self) -> None:
        """Show at once where everything moves to."""
        self._motion.stop()
        self._progress = 1.0
        self.update()

    def ask(self, asked: Sequence[AnyQuantity]) -> None:
        """Hide these quantities behind question marks."""
        self.asked = tuple(asked)
        self.update()

    def show_veil(self, veiled: bool) -> None:
        """Hide all that is computed, or show it again."""
        self._veiled = veiled
        self.update()

    def show_theme(self, shown: Theme) -> None:
        """Take the colours of a theme."""
        self.theme = shown
        self.update()

    def close_stage(self) -> None:
        """End the motion."""
        self._motion.stop()

    # -- changes ---------------------------------------------------------------------------------------

    def _change(self, subject: Subject) -> None:
        self.compute(subject)
        self._subject = subject
        self._painted = False
        self._description.changed()
        self.update()

    def _described(self) -> str:
        """Return the numbers that can be changed, in words: a screen reader sees no picture."""
        handles = self.handles if self.isVisible() else []
        numbers = ", ".join(f"{handle.name} {value_text(handle.value)}" for handle in handles)
        if not numbers:
            return self.tr("A drawing; the sentence above it and the words beside it tell what it shows.")
        return self.tr("A drawing with these numbers to change: {numbers}").format(numbers=numbers)

    def edit(self, handle: NumberHandle, value: float) -> None:
        """Give a number of the picture another value, which can be undone."""
        said = self.tr("{name}: {value}").format(name=handle.name, value=value_text(value))
        self.take(lambda: self.with_number(handle.key, min(max(value, -MOST), MOST)), handle.name, said)

    def take(self, change: Callable[[], Subject], name: str, said: str) -> None:
        """Make an edit of that name, which can be undone, and tell ``said``; or why it cannot be made."""
        try:
            subject = change()
            self._change(subject)
        except DesignError as error:
            self.told.emit(str(error))
            return
        self.history.note(subject, name)
        self.told.emit(said)

    def open_field(self, handle: NumberHandle) -> None:
        """Open the field in which a number is typed."""
        self._edited = handle
        self.field.open(handle, self._on_widget(handle.place))

    def _take_typed(self, value: float) -> None:
        if self._edited is not None and value != self._edited.value:
            self.edit(self._edited, value)

    def _refuse(self, sentence: str) -> None:
        if sentence:
            self.told.emit(sentence)
            QToolTip.showText(self.field.mapToGlobal(self.field.rect().bottomLeft()), sentence, self)

    @property
    def handles(self) -> list[NumberHandle]:
        """The numbers that can be changed, as they are now: events may come faster than the painting."""
        if not self._painted:
            self.repaint()
        return self._handles

    # -- the mouse -------------------------------------------------------------------------------------

    def on_board(self, point: QPointF) -> QPointF:
        """Return a point of the widget in units of the board."""
        return (point - self._origin) / self._scale

    def handle_at(self, point: QPointF) -> NumberHandle | None:
        """Return the number at a point of the widget; None if there is none that can be changed."""
        on_board = self.on_board(point)
        for handle in reversed(self.handles):
            if handle.place.adjusted(-EDGE, -EDGE, EDGE, EDGE).contains(on_board):
                return handle
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        handle = self.handle_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and handle is not None:
            self._pressed, self._dragged = (handle, event.position().x()), False
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            self._hover(event)
            return
        handle, start = self._pressed
        across = event.position().x() - start
        if not self._dragged and abs(across) < QApplication.startDragDistance():
            return
        self._dragged = True
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        self._turn(handle, round(across / PIXELS), fine=fine)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is not None and not self._dragged:
            self.open_field(pressed[0])
        super().mouseReleaseEvent(event)

    def _hover(self, event: QMouseEvent) -> None:
        handle = self.handle_at(event.position())
        hovered = None if handle is None else handle.key
        if hovered != self._hovered:
            self._hovered = hovered
            self.update()
        self.setCursor(Qt.CursorShape.ArrowCursor if handle is None else Qt.CursorShape.SizeHorCursor)
        tip = "" if handle is None else self.tr("{name}: drag it sideways, or click and type")
        QToolTip.showText(
            event.globalPosition().toPoint(), tip.format(name="" if handle is None else handle.name), self
        )

    def wheelEvent(self, event: QWheelEvent) -> None:
        handle = self.handle_at(event.position())
        if handle is None:
            event.ignore()
            return
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        self._turn(handle, event.angleDelta().y() / NOTCH, fine=fine)

    def _turn(self, handle: NumberHandle, steps: float, *, fine: bool = False) -> None:
        """Change a number by so many steps."""
        step = step_for(handle.value) / (FINER if fine else 1)
        self.edit(handle, round(handle.value + steps * step, 10))

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.update()
        super().leaveEvent(event)

    # -- the keyboard ----------------------------------------------------------------------------------

    @guarded(False)
    def focusNextPrevChild(self, ahead: bool) -> bool:
        """Choose the next number, or the one before; after the last one the focus leaves."""
        keys = [handle.key for handle in self.handles]
        at = keys.index(self._chosen) if self._chosen in keys else (-1 if ahead else len(keys))
        at += 1 if ahead else -1
        self._chosen = keys[at] if 0 <= at < len(keys) else None
        self.update()
        return True if self._chosen is not None else super().focusNextPrevChild(ahead)

    @guarded(None)
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Change the number that is chosen with the arrow keys, or open the field for it with Enter."""
        handle = next((one for one in self.handles if one.key == self._chosen), None)
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if handle is None:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._turn(handle, 1 if event.key() == Qt.Key.Key_Up else -1, fine=fine)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_field(handle)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() == Qt.FocusReason.MouseFocusReason:
            self._chosen = None
        self.update()

    # -- painting --------------------------------------------------------------------------------------

    @property
    def _scale(self) -> float:
        """How many pixels a unit of the board is."""
        return max(1e-3, min(self.width() / WIDTH, self.height() / HEIGHT))

    @property
    def _origin(self) -> QPointF:
        """The left upper corner of the board, in pixels of the widget."""
        scale = self._scale
        return QPointF((self.width() - scale * WIDTH) / 2, (self.height() - scale * HEIGHT) / 2)

    def _on_widget(self, place: QRectF) -> QRectF:
        scale, origin = self._scale, self._origin
        return QRectF(
            origin.x() + scale * place.x(), origin.y() + scale * place.y(),
            scale * place.width(), scale * place.height(),
        )  # fmt: skip

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.theme.panel)
        if self._subject is not None:
            painter.translate(self._origin)
            painter.scale(self._scale, self._scale)
            board = Board(painter, self.theme, self._formulas)
            self.paint(board)
            self._handles, self._painted = board.handles, True
            self._paint_hovered(board)
        painter.end()

    def _paint_hovered(self, board: Board) -> None:
        """Frame the numbers under the mouse and chosen by the keyboard: they can be changed."""
        chosen = self._chosen if self.hasFocus() else None
        for handle in board.handles:
            if handle.key in (self._hovered, chosen):
                board.frame(handle.place.adjusted(-EDGE, -EDGE, EDGE, EDGE), self.theme.accent, 3)
