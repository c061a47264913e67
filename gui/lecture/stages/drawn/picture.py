"""Picture: what a drawn stage paints of a subject, at the present step of its drawing and of its motion."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import ClassVar

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent

from core.lecture.drawings import DRAWINGS
from core.lecture.expected import AnyQuantity
from core.lecture.subjects import Subject
from core.number_style import HIDDEN, slide_text, value_text
from gui.lecture.stages.drawn.board import Board
from gui.qt.drawable import guarded_overrides
from gui.qt.typed_signal import TypedSignal
from gui.theme.theme import LIGHT

ARROWS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1),
}  # fmt: skip
"""The directions of the arrow keys, to the right and upwards."""
KEY_STEP = 0.05
"""The distance by which an arrow key moves a point of a plane."""


WrittenNumber = Callable[[str, int, int], str]
"""Returns the text of z or a (its name, the layer, the neuron from 0), or a question mark."""


@guarded_overrides
class Picture(QObject):
    """A picture in one of the program's drawings. A subclass defines what is computed and how it is painted.

    ``place`` is the index of the step that is shown and ``progress`` the progress of its motion, from 0 to 1.
    ``asked`` are the quantities still to be guessed, which it must hide; if it is ``veiled``, it
    hides all computed numbers. ``durations`` are the milliseconds that the motion of a step takes, if they
    differ from the default.

    Signals: ``edit_requested`` carries a function that returns another subject, and may raise DesignError,
    the name of the edit, and a message on it. ``motion_requested`` carries the milliseconds of a motion to
    the present state; it may be skipped. ``running_changed`` carries whether it plays automatically.
    """

    edit_requested = TypedSignal[Callable[[], Subject], str, str]()
    motion_requested = Signal(int)
    running_changed = Signal(bool)

    durations: ClassVar[dict[str, int]] = {}
    plays = steps = False
    """Whether there is something to run, and whether there are steps to make."""

    def __init__(self, drawing: str) -> None:
        super().__init__()
        self.drawing, self.theme = DRAWINGS[drawing], LIGHT
        self.place, self.progress = 0, 1.0
        self.asked: tuple[AnyQuantity, ...] = ()
        self.veiled = False

    # -- what a subclass says --------------------------------------------------------------------------

    def compute(self, subject: Subject) -> None:
        """Compute everything that is painted of a subject. Raises DesignError; then nothing has changed."""
        raise NotImplementedError

    def paint(self, board: Board) -> None:
        """Paint the picture at the present step."""
        raise NotImplementedError

    def with_number(self, key: Hashable, value: float) -> Subject:
        """Return the subject with another number at the handle of that key. Raises DesignError."""
        raise NotImplementedError

    def show_step(self, step: str) -> None:
        """Go to a step of the drawing; empty: the first."""
        self.place = self.drawing.place(step)

    def step(self, *, ahead: bool) -> None:
        """Make one step forward, or undo one."""

    def play(self) -> None:
        """Start or pause automatic playing."""

    def end_motion(self) -> None:
        """Continue after a motion has ended, while playing."""

    def grips(self, point: QPointF) -> bool:
        """Return whether there is something draggable, other than a number, at a point of the board."""
        return False

    def pull(self, point: QPointF) -> None:
        """Drag what was gripped last to a point of the board."""

    def take_key(self, event: QKeyEvent) -> bool:
        """Handle a key; return whether it has a meaning here."""
        return False

    # -- for subclasses, while they paint --------------------------------------------------------------

    def reached(self, step: str) -> bool:
        """Whether a step, or one after it, is shown."""
        return self.place >= self.drawing.place(step)

    def at(self, *steps: str) -> bool:
        """Whether one of these steps is shown."""
        return self.drawing.steps[self.place] in steps

    def arrived(self, step: str, part: int = 0, parts: int = 1) -> float:
        """Return the progress of the motion of a step, from 0 to 1; 0 before it and 1 after it.

        The motion may have ``parts`` that follow one another, of which this is the one with index ``part``.
        """
        place = self.drawing.place(step)
        if self.place != place:
            return float(self.place > place)
        share = min(max(self.progress * parts - part, 0.0), 1.0)
        return share * share * (3 - 2 * share)

    def asks(self, kind: type, **fields: object) -> bool:
        """Whether a quantity of a kind with these fields is still to be guessed."""
        return self.veiled or any(
            isinstance(one, kind) and all(getattr(one, name) == value for name, value in fields.items())
            for one in self.asked
        )

    def written(self, value: float, *, hidden: bool = False) -> str:
        """Return a computed number, or a question mark."""
        return HIDDEN if hidden or self.veiled else value_text(value)

    def precise(self, value: float, *, hidden: bool = False) -> str:
        """Return a computed number with four decimals, as on the slides, or a question mark."""
        return HIDDEN if hidden or self.veiled else slide_text(value)
