"""Stage: the widget on which a scene of the lecture is played, whatever its subject is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol, runtime_checkable

from PySide6.QtCore import Signal
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QWidget

from core.lecture.expected import AnyQuantity
from core.lecture.scene import InitialSelection, PhaseName, Scene
from core.lecture.subjects import Subject
from core.lecture.view_ids import ViewId
from gui.theme.theme import Theme


@runtime_checkable
class HoldsWords(Protocol):
    """A stage in which the texts of a scene can be placed."""

    def hold_words(self, words: QWidget) -> bool:
        """Place the texts inside the stage, which then takes the whole width; return whether it does."""


@runtime_checkable
class TellsAnswered(Protocol):
    """A stage that shows what was answered where the rest is still hidden."""

    def tell(self, told: Sequence[AnyQuantity]) -> None:
        """Take the quantities that were answered, before it is asked to hide the others."""


class SceneStage(QWidget):
    """Shows the subject of a scene, lets the user change it freely, and plays it.

    ``told`` carries a sentence on what just happened; ``running_changed`` whether something plays
    automatically. Fonts are those of `gui.theme.theme.sized`, read again whenever `show_theme` is called.
    """

    told = Signal(str)
    running_changed = Signal(bool)

    plays = False
    """Whether there is something to run."""
    steps = False
    """Whether there are steps forward and back."""

    def show_scene(self, scene: Scene) -> None:
        """Begin a scene in its initial state; also to reset it. Raises FileError, DesignError."""
        raise NotImplementedError

    def subject(self) -> Subject:
        """Return the subject in its present state, with all changes."""
        raise NotImplementedError

    def play(self) -> None:
        """Start or pause."""

    def step(self, *, ahead: bool) -> None:
        """Make one step forward, or undo one."""

    def home(self) -> QWidget:
        """Return the widget that has the focus unless a field is being edited: the picture."""
        return self

    def undo_stack(self) -> QUndoStack | None:
        """Return the undo stack of the edits made here, if there is one."""
        return None

    def zoom(self, factor: float | None) -> None:
        """Zoom the picture by ``factor``, if possible; None: fit all of it."""

    def change(self, name: str, *, quietly: bool = False) -> None:
        """Apply the change of the scene's button ``name``; ``quietly``: without a notification."""

    # -- the builds of a scene ---------------------------------------------------------------------------

    def advance(self, count: int) -> None:
        """Make ``count`` iterations, or steps where there are no iterations."""
        for _ in range(count):
            self.step(ahead=True)

    def enter(self, phase: PhaseName) -> None:
        """Go on to a phase of the iteration."""

    def look_at(self, look: InitialSelection) -> None:
        """Select a layer, neuron, edge or sample."""

    def show_spotlight(self, layer: int | None) -> None:
        """Dim all layers of the network except one; None: none."""

    def show_views(self, views: Collection[ViewId]) -> None:
        """Show only these of the scene's views."""

    def ask(self, asked: Sequence[AnyQuantity], now: Sequence[AnyQuantity] | None = None) -> None:
        """Hide these quantities, which are still to be guessed, and show everything else.

        ``now`` are those of the open question; None: all of them. A stage that grows with the questions shows
        “?” for these only, and nothing yet for those that are asked later.
        """
        self.show_veil(bool(asked))

    def show_veil(self, veiled: bool) -> None:
        """Hide computed numbers behind question marks while the audience guesses, or show them again."""

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme and the present font size."""

    def close_stage(self) -> None:
        """End everything that runs; the stage cannot be used afterwards."""
