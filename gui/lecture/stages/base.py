"""Stage: what a scene of the lecture plays on, whatever its subject is."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QWidget

from core.lecture.builds import Build, InitialSelection, Phase
from core.lecture.expected import AnyQuantity
from core.lecture.scene import Scene
from core.lecture.subjects import Subject
from core.lecture.view_ids import ViewId
from gui.theme.theme import Theme

FRAME_MILLISECONDS = 40
SHOWN_MILLISECONDS = 3000
"""A run of a build is shown in about this time, however long it is."""


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

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._left, self._at_once = 0, 1
        self._build_timer = QTimer(self)
        self._build_timer.timeout.connect(self._make_some)

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

    def change(self, name: str) -> None:
        """Do what the button of that name in the scene says."""

    # -- the builds of a scene ---------------------------------------------------------------------------

    def go_on(self, build: Build) -> None:
        """Do to the stage what a build says; a run is shown as it goes, until `finish`."""
        self.finish()
        if build.change is not None:
            self.change(build.change)
        if build.phase is not None:
            self.enter(build.phase)
        if build.look is not None:
            self.look_at(build.look)
        if build.light is not None:
            self.show_spotlight(build.light if build.light >= 0 else None)
        if build.run:
            self._left = build.run
            frames = SHOWN_MILLISECONDS // FRAME_MILLISECONDS
            self._at_once = -(-build.run // frames)
            self._build_timer.start(max(FRAME_MILLISECONDS, min(500, SHOWN_MILLISECONDS // build.run)))

    @property
    def under_way(self) -> bool:
        """Whether the run of a build is being shown."""
        return self._left > 0

    def finish(self) -> None:
        """Make the rest of a build's run at once."""
        self._build_timer.stop()
        if self._left:
            self.advance(self._left)
            self._left = 0

    def _make_some(self) -> None:
        count = min(self._left, self._at_once)
        self._left -= count
        if not self._left:
            self._build_timer.stop()
        self.advance(count)

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

    def ask(self, asked: Sequence[AnyQuantity]) -> None:
        """Hide what tells these quantities, which are still to be guessed, and show everything else."""
        self.show_veil(bool(asked))

    def show_veil(self, veiled: bool) -> None:
        """Hide what is computed behind a question mark while the audience guesses, or show it again."""

    def show_theme(self, shown: Theme) -> None:
        """Take the colours of a theme and the present size of the fonts."""

    def close_stage(self) -> None:
        """End all that runs; the stage is of no use afterwards."""
