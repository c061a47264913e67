"""Stage: what a scene of the lecture plays on, whatever its subject is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol, runtime_checkable

from PySide6.QtCore import Signal
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QWidget

from core.lecture.builds import InitialSelection, Phase
from core.lecture.expected import AnyQuantity
from core.lecture.scene import Scene
from core.lecture.subjects import Subject
from core.lecture.view_ids import ViewId
from gui.theme.theme import Theme


@runtime_checkable
class HoldsWords(Protocol):
    """A stage in which the words of a scene can stand."""

    def hold_words(self, words: QWidget) -> bool:
        """Take the words into the stage, which then has the whole width; return whether it does."""


@runtime_checkable
class TellsAnswered(Protocol):
    """A stage that shows what was answered where the rest is still hidden."""

    def tell(self, told: Sequence[AnyQuantity]) -> None:
        """Take the quantities that were answered, before it is asked to hide the others."""


class SceneStage(QWidget):
    """Shows the subject of a scene, lets it be changed freely, and plays it.

    ``told`` carries a sentence on what just happened; ``running_changed`` whether something plays by
    itself. Fonts are those of `gui.theme.theme.sized`, read again whenever `show_theme` is called.
    """

    told = Signal(str)
    running_changed = Signal(bool)

    plays = False
    """Whether there is something to run."""
    steps = False
    """Whether there are steps to make, ahead and back."""

    def show_scene(self, scene: Scene) -> None:
        """Begin a scene at its first state; again: bring it back there. Raises FileError, DesignError."""
        raise NotImplementedError

    def subject(self) -> Subject:
        """Return the subject as it is now, with all that was changed."""
        raise NotImplementedError

    def play(self) -> None:
        """Run, or pause."""

    def step(self, *, ahead: bool) -> None:
        """Make one step of what is walked through here, or take one back."""

    def home(self) -> QWidget:
        """Return what has the keyboard while nothing is typed: the picture one looks at."""
        return self

    def undo_stack(self) -> QUndoStack | None:
        """Return the edits made here, if they can be undone."""
        return None

    def zoom(self, factor: float | None) -> None:
        """Show the picture so much larger, if it can be; None: all of it."""

    def change(self, name: str, *, quietly: bool = False) -> None:
        """Do what the button of that name in the scene says; ``quietly``: no notice stands over the stage."""

    # -- the builds of a scene ---------------------------------------------------------------------------

    def advance(self, count: int) -> None:
        """Make so many iterations, or steps where there are no iterations."""
        for _ in range(count):
            self.step(ahead=True)

    def enter(self, phase: Phase) -> None:
        """Go on to a phase of the iteration."""

    def look_at(self, look: InitialSelection) -> None:
        """Select a layer, neuron, edge or sample."""

    def show_spotlight(self, layer: int | None) -> None:
        """Dim all layers of the network but one; None: none."""

    def show_views(self, views: Collection[ViewId]) -> None:
        """Show only these of the scene's views."""

    def ask(self, asked: Sequence[AnyQuantity], now: Sequence[AnyQuantity] | None = None) -> None:
        """Hide what tells these quantities, which are still to be guessed, and show everything else.

        ``now`` are those of the open question; None: all of them. A stage that grows with the questions shows
        “?” for these alone, and nothing yet for those that are asked later.
        """
        self.show_veil(bool(asked))

    def show_veil(self, veiled: bool) -> None:
        """Hide what is computed behind a question mark while the audience guesses, or show it again."""

    def show_theme(self, shown: Theme) -> None:
        """Take the colours of a theme and the present size of the fonts."""

    def close_stage(self) -> None:
        """End all that runs; the stage is of no use afterwards."""
