"""Plays a scene build by build: a sentence at the top, the stage below it, texts or an exercise beside it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from core.exercises.question import Question
from core.lecture.builds import BuildState, builds_of, scene_at, state_at, still_hidden
from core.lecture.scene import Build, Scene
from gui.lecture.build_run import BuildRun
from gui.lecture.exercise_panel import ExercisePanel
from gui.lecture.overlay import ScreenOverlay
from gui.lecture.stages.base import HoldsWords, SceneStage, TellsAnswered
from gui.lecture.stages.drawn.stage import DrawnStage
from gui.lecture.stages.network import NetworkStage
from gui.lecture.stages.registry import stage_of
from gui.lecture.text_panel import Headline, TextPanel
from gui.lecture.view_layout import divide
from gui.qt.typed_signal import TypedSignal
from gui.theme.theme import LIGHT, Theme

WORDS_SHARE, LEAST_STAGE = 0.31, 480
OF_STAGE = ("name", "subject", "drawing", "show", "look", "surface", "phase")
"""The fields of a scene from which its stage starts; the others are texts."""


class ScenePlayer(QWidget):
    """Plays one scene at a time. ``scene`` is that of the lecture, ``stage`` the widget that shows it.

    ``state`` is the present build. The next build is applied to the stage in its present state, with all
    changes by hand; going back restarts the scene and repeats the earlier builds.

    The stage is at least ``least_stage`` pixels wide.

    Signals: ``build_changed`` carries the `BuildState` of another build. ``told`` carries a sentence on what
    just happened, ``running_changed`` whether something is playing, ``curtain_changed`` whether the picture
    is "frozen", "dark", or neither (""). ``stage_changed`` is emitted when another stage is shown,
    ``exercise_closed`` when the user leaves the exercise.
    """

    build_changed = TypedSignal[BuildState]()
    told = Signal(str)
    running_changed = Signal(bool)
    curtain_changed = Signal(str)
    exercise_closed = Signal()
    stage_changed = Signal()

    def __init__(self, parent: QWidget | None = None, least_stage: int = LEAST_STAGE) -> None:
        super().__init__(parent)
        self.scene: Scene | None = None
        self.state: BuildState | None = None
        self.stage: SceneStage | None = None
        self._run: BuildRun | None = None
        self._spot: int | None = None
        self._words_wanted = False
        self._running, self._theme = False, LIGHT
        self.headline, self.words, self.exercise = Headline(), TextPanel(), ExercisePanel()
        self._holder, self._side = QStackedWidget(), QStackedWidget()
        self._lay_out(least_stage)
        self.curtain = ScreenOverlay(self)
        self.words.change_requested.connect(self._change)
        self.words.cards.reveal_requested.connect(self._reveal)
        self.exercise.ask_requested.connect(self._ask_exercise)
        self.exercise.told.connect(self.told)
        self.exercise.subject_requested.connect(self._show_exercise_subject)
        self.exercise.closed.connect(self.exercise_closed)

    def _lay_out(self, least_stage: int) -> None:
        across = self._across = QSplitter(Qt.Orientation.Horizontal)
        across.setChildrenCollapsible(False)
        across.setHandleWidth(1)
        self._holder.setMinimumWidth(least_stage)  # or a wide stage would squeeze the text
        for panel in (self.words, self.exercise):
            self._side.addWidget(panel)
        for part in (self._holder, self._side):
            across.addWidget(part)
        divide(across, 1 - WORDS_SHARE)
        self._beside = True
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.headline)
        column.addWidget(across, 1)

    # -- the scene --------------------------------------------------------------------------------

    def put_on(self, scene: Scene) -> None:
        """Play a scene from its beginning. Raises FileError or DesignError; the present scene then stays."""
        self._put_on(scene)
        self._open(scene)

    def _open(self, scene: Scene) -> None:
        self.scene, self.state = scene, None
        self._side.setCurrentWidget(self.words)
        self.words.show_scene(scene)
        self.go_build(0)

    def _put_on(self, scene: Scene) -> None:
        stage, old = stage_of(scene), self.stage
        self.setUpdatesEnabled(False)
        stage.told.connect(self._tell)
        stage.running_changed.connect(self._note_running)
        self._holder.addWidget(stage)
        self._holder.setCurrentWidget(stage)
        self._place_words(stage)
        self.stage, self._spot, self._run = stage, None, BuildRun(stage)
        if old is not None:
            self._holder.removeWidget(old)
            old.close_stage()
            old.deleteLater()
        self._note_running(False)
        stage.show_scene(scene)
        stage.show_theme(self._theme)
        self.draw_curtain("")
        self.setUpdatesEnabled(True)
        self.stage_changed.emit()

    def _place_words(self, stage: SceneStage) -> None:
        """Put the texts where the stage wants them, or else beside it."""
        beside = not (isinstance(stage, HoldsWords) and stage.hold_words(self._side))
        if beside and not self._beside:
            self._across.addWidget(self._side)
            divide(self._across, 1 - WORDS_SHARE)
        self._beside = beside

    def home(self) -> QWidget:
        """Return the widget that has the focus unless a field is being edited."""
        return self if self.stage is None else self.stage.home()

    def zoom(self, factor: float | None) -> None:
        """Zoom the picture by ``factor``; None: fit all of it."""
        if self.stage is not None:
            self.stage.zoom(factor)

    def panes(self) -> list[QWidget]:
        """Return the stage, and the panel beside it."""
        return [pane for pane in (self.stage, self._side.currentWidget()) if pane is not None]

    def reset(self) -> None:
        """Restore the initial state of the scene."""
        if self.scene is None or self.stage is None:
            return
        if self.exercising:
            self.put_on(self.scene)
        else:
            self.stage.show_scene(self.scene)
            self._open(self.scene)

    # -- the builds -------------------------------------------------------------------------------

    @property
    def builds(self) -> int:
        """The number of builds of the scene."""
        return 0 if self.scene is None else len(builds_of(self.scene))

    def go_build(self, number: int) -> bool:
        """Show the build with this number, from 0; return whether there is one. An exercise is left."""
        if self.exercising:
            self.exercise_closed.emit()
            self.show_exercise(False)
        scene, stage = self.scene, self.stage
        if scene is None or stage is None or not 0 <= number < self.builds:
            return False
        assert self._run is not None
        before, state = self.state, state_at(scene, number)
        self.draw_curtain("")
        following = before is not None and number == before.number + 1
        unchanged = state.subject == (scene.subject if before is None else before.subject)
        if (following or before is None) and unchanged:
            self._run.go_on(builds_of(scene)[number])
        else:
            self._repeat(scene, state, animated=following)
        self._show_state(state, moving=following)
        return True

    def _show_state(self, state: BuildState, *, moving: bool = False) -> None:
        """Show the texts, views and question of a build around what the stage shows."""
        scene, stage = self.scene, self.stage
        assert scene is not None and stage is not None
        self.state = state
        self.headline.show_sentence(state.say)
        self.headline.show_theme(self._theme)
        self.words.show_build(state)
        self._show_side()
        stage.show_views(state.views)
        if isinstance(stage, DrawnStage):
            stage.show_drawing(state.draw, moving=moving)
        hidden = still_hidden(scene, state)
        answered = {scene.cards[k].reveals for k in state.revealed} - hidden
        if isinstance(stage, TellsAnswered):
            stage.tell([one.quantity for one in scene.expected if one.name in answered])
        card = scene.cards[state.question] if state.question is not None and state.asking else None
        asked = [one for one in scene.expected if one.name in hidden]
        now = [one.quantity for one in asked if card is not None and one.name == card.reveals]
        stage.ask([one.quantity for one in asked], now)
        self.build_changed.emit(state)

    def revise(self, scene: Scene, number: int) -> None:
        """Show a build of an edited scene; a running stage is kept if only texts differ.

        Raises FileError or DesignError; the present scene then stays.
        """
        former, state = self.scene, self.state
        if (
            former is None
            or state is None
            or any(getattr(scene, name) != getattr(former, name) for name in OF_STAGE)
        ):
            self.put_on(scene)
            self.go_build(number)
            return
        done = [[_stage_effects(build) for build in builds_of(one)[: number + 1]] for one in (former, scene)]
        self.scene = scene
        self.words.show_scene(scene)
        if state.number == number and done[0] == done[1]:
            self._show_state(state_at(scene, number))
        else:
            self.go_build(number)

    @property
    def drawn(self) -> bool:
        """Whether the scene is a drawing, which takes the whole width."""
        return self.scene is not None and self.scene.drawing is not None

    def show_words(self, on: bool) -> None:
        """Show formula, questions and texts beside a drawing, or let it take the whole width."""
        self._words_wanted = on
        self._show_side()

    def _show_side(self) -> None:
        wanted = self._words_wanted or not self.drawn
        self._side.setVisible(self.exercising or (wanted and not self.words.isHidden()))

    def _repeat(self, scene: Scene, state: BuildState, *, animated: bool) -> None:
        """Restart the scene, and apply all builds up to a given one."""
        assert self.stage is not None and self._run is not None
        builds = builds_of(scene)
        begun = max((k for k in range(state.number + 1) if builds[k].subject), default=0)
        self.finish()
        self.stage.show_scene(scene_at(scene, state))
        for k in range(begun, state.number + 1):
            self._run.go_on(builds[k])
            if k < state.number or not animated:
                self.finish()

    def _tell(self, sentence: str) -> None:
        """Pass on a message of the stage, unless a build caused it, which has a sentence of its own."""
        if self._run is None or not self._run.acting:
            self.told.emit(sentence)

    @property
    def under_way(self) -> bool:
        """Whether the training of a build is being shown."""
        return self._run is not None and self._run.under_way

    def finish(self) -> None:
        """Complete the training and the motion of a build at once."""
        if self._run is not None:
            self._run.finish()
        if isinstance(self.stage, DrawnStage):
            self.stage.end_motion()

    def next_build(self) -> bool:
        """Go on to the next build; return whether there is one."""
        return self.state is not None and self.go_build(self.state.number + 1)

    def previous_build(self) -> bool:
        """Undo the last build; return whether there is one before."""
        return self.state is not None and self.go_build(self.state.number - 1)

    @property
    def choosing(self) -> bool:
        """Whether a question with choices is open, even if a drawing hides its panel."""
        return self._side.currentWidget() is self.words and self.words.cards.choosing

    def choose(self, k: int) -> None:
        """Choose choice k, from 0; show a message if the choices are hidden."""
        cards = self.words.cards
        cards.choose(k)
        if cards.card is not None and k < len(cards.card.choices) and not self._side.isVisible():
            self.told.emit(f"{k + 1}: {cards.card.choices[k]}")

    def reveal(self) -> None:
        """Answer the open question, if there is one."""
        if self._side.currentWidget() is self.words:
            self.words.cards.reveal()

    def _reveal(self) -> None:
        """Go on to the build that answers the open question."""
        if self.scene is not None and self.state is not None:
            builds = builds_of(self.scene)
            later = range(self.state.number + 1, len(builds))
            self.go_build(next((k for k in later if builds[k].reveal), self.state.number))

    @property
    def exercising(self) -> bool:
        """Whether the exercise is shown, on its own stage, which may be of another kind."""
        return self._side.currentWidget() is self.exercise

    def show_exercise(self, on: bool) -> None:
        """Show the exercise of the scene instead of its texts, or the scene again."""
        if self.scene is None:
            return
        if on:
            self.headline.show_sentence(self.scene.title)
            self._side.setCurrentWidget(self.exercise)
            self._side.show()
            self.exercise.show_scene(self.scene)
        elif self.exercising:
            self.put_on(self.scene)

    def _show_exercise_subject(self, _subject: object) -> None:
        now = self.exercise.scene_now
        if now is not None:
            self._put_on(now)
            stack = None if self.stage is None else self.stage.undo_stack()
            if stack is not None:
                stack.indexChanged.connect(lambda at: at and QTimer.singleShot(0, self, self._keep_exercise))

    def _keep_exercise(self) -> None:
        """Restore the numbers of the sheet, to which its questions refer, after an edit of the stage."""
        now, stage = self.exercise.scene_now, self.stage
        if now is None or stage is None or not self.exercising:
            return
        stage.show_scene(now)
        self._ask_exercise(self.exercise.open_questions)
        text = self.tr("These are the numbers of sheet {number}: they are back.")
        self.told.emit(text.format(number=self.exercise.sheet))

    # -- requests to the stage ---------------------------------------------------------------------

    def play(self) -> None:
        """Start or pause; the training of a build is completed at once."""
        if self.stage is None:
            return
        if self.under_way:
            self.finish()
        else:
            self.stage.play()

    def step(self, *, ahead: bool) -> None:
        """Make a step forward or back."""
        if self.stage is not None:
            self.stage.step(ahead=ahead)

    def _change(self, name: str) -> None:
        if self.stage is not None:
            self.stage.change(name)

    def move_spotlight(self) -> None:
        """Move the spotlight to the next layer; after the last one, show all layers."""
        if isinstance(self.stage, NetworkStage):
            following = 0 if self._spot is None else self._spot + 1
            self._spot = following if following < self.stage.layers else None
            self.stage.show_spotlight(self._spot)

    def show_settings(self, on: bool) -> None:
        """Show or hide the panel with the settings of the network."""
        if isinstance(self.stage, NetworkStage):
            self.stage.show_settings(on)

    def _ask_exercise(self, questions: Sequence[Question]) -> None:
        """Let the stage hide the answers of the open questions of the exercise."""
        if self.stage is None or self._side.currentWidget() is not self.exercise:
            return
        answered = [row.question.quantity for row in self.exercise.rows if row.done]
        if isinstance(self.stage, TellsAnswered):
            self.stage.tell([quantity for quantity in answered if quantity is not None])
        quantities = [question.quantity for question in questions if question.quantity is not None]
        if len(quantities) < len(questions):
            self.stage.show_veil(True)
        else:
            self.stage.ask(quantities)

    def _note_running(self, running: bool) -> None:
        self._running = running
        self.running_changed.emit(running)

    # -- freezing and darkening --------------------------------------------------------------------

    def draw_curtain(self, state: str) -> None:
        """Freeze the picture ("frozen") or darken the screen ("dark"), pausing what runs; "": undo that."""
        self.pause()
        self.curtain.hide()
        if state == "frozen":
            self.curtain.freeze()
        elif state == "dark":
            self.curtain.darken()
        self.curtain_changed.emit(state)

    def pause(self) -> None:
        """Pause what is playing."""
        if self._running:
            self.play()

    # -- theme and closing -------------------------------------------------------------------------

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self._theme = shown
        for part in (self.headline, self.words, self.exercise, self.curtain):
            part.show_theme(shown)
        if self.stage is not None:
            self.stage.show_theme(shown)
            self._place_words(self.stage)

    def close_stage(self) -> None:
        """Stop everything that runs."""
        if self.stage is not None:
            self.stage.close_stage()


def _stage_effects(build: Build) -> Build:
    """Return a build with only its effects on the stage."""
    return replace(build, say="", formula=None, ask=None, reveal=False, show=())
