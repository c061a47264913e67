"""The window of the lecture: a stage, the words of its scene, and the way through all scenes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from core.design import DesignError
from core.expected import Expected
from core.lecture import Scene, read_scene, scene_files
from core.network_quantities import NetworkQuantity
from core.reading import FileError
from core.subjects import Networks
from gui.action_table import ENTRIES
from gui.actions import Actions
from gui.lecture.arrangement import divide
from gui.lecture.bar import LectureBar
from gui.lecture.curtain import Curtain
from gui.lecture.network_stage import NetworkStage
from gui.lecture.stages import stage_of
from gui.lecture.words import Words
from gui.lecture_table import SCENE
from gui.notice import Notice
from gui.stage import Stage
from gui.theme import LIGHT, Theme

SIZE = (1600, 1000)
WORDS_SHARE = 0.31
LEAST_STAGE = 480
SHARED = ("run", "back", "step", "hall")
"""Actions that mean the same here as in the main window."""
KEY = "lecture/scene"


class LectureWindow(QMainWindow):
    """Shows scenes one after another. The user's own design lies untouched in the main window.

    ``hall_requested`` asks to be shown to the hall, ``build_requested`` carries the `Subject` that the
    main window is to go on with. ``scene`` is the one on the stage, ``stage`` what it plays on.
    """

    hall_requested = Signal(bool)
    build_requested = Signal(object)
    scene_shown = Signal(object)

    def __init__(self, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowFlag(Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("lecture_window")
        self.setMinimumSize(960, 600)
        self._settings, self._theme = settings, LIGHT
        self.files = scene_files()
        self.at = -1
        self.scene: Scene | None = None
        self.stage: Stage | None = None
        self.actions_ = Actions(self, (*SCENE, *(entry for entry in ENTRIES if entry.id in SHARED)))
        self.words, self.notice, self.bar = Words(), Notice(), LectureBar(self.actions_)
        self.bar.dots.show_titles([_title(path) for path in self.files])
        self._lay_out()
        self.curtain = Curtain(self.page)
        self._connect()

    def _lay_out(self) -> None:
        self.page, self.across = QWidget(), QSplitter(Qt.Orientation.Horizontal)
        self.across.setChildrenCollapsible(False)
        self.across.setHandleWidth(1)
        self.holder = QStackedWidget()
        self.holder.setMinimumWidth(LEAST_STAGE)  # or a wide stage would squeeze the words
        self.across.addWidget(self.holder)
        self.across.addWidget(self.words)
        divide(self.across, 1 - WORDS_SHARE)
        column = QVBoxLayout(self.page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget, stretch in ((self.notice, 0), (self.across, 1), (self.bar, 0)):
            column.addWidget(widget, stretch)
        self.setCentralWidget(self.page)

    def _connect(self) -> None:
        slots = {
            "next_scene": lambda: self.go(self.at + 1),
            "previous_scene": lambda: self.go(self.at - 1),
            "reset_scene": self.reset,
            "run": self._play,
            "step": lambda: self._step(ahead=True),
            "back": lambda: self._step(ahead=False),
            "spotlight": self._move_spotlight,
            "to_builder": lambda: self.stage and self.build_requested.emit(self.stage.subject()),
        }
        for name, slot in slots.items():
            self.actions_[name].triggered.connect(lambda _on=False, slot=slot: slot())
        self.actions_["hall"].triggered.connect(self.hall_requested)
        self.actions_["freeze"].triggered.connect(self._freeze)
        self.actions_["blank"].triggered.connect(self._darken)
        self.bar.dots.chosen.connect(self.go)
        self.words.change_requested.connect(self._change)
        self.words.cards.veil_requested.connect(self._veil)

    # -- the way through the scenes ----------------------------------------------------------------

    def go(self, at: int) -> None:
        """Show the scene of that place, from 0; before the first and after the last there is none."""
        if 0 <= at < len(self.files) and self.show_file(self.files[at]):
            self.at = at
            self._settings.setValue(KEY, self.files[at].name)
            self._show_place()

    def show_file(self, path: Path) -> bool:
        """Show the scene of a file; return whether that worked. If not, the present one stays."""
        try:
            scene = read_scene(path)
            stage = stage_of(scene)
        except (FileError, DesignError) as error:
            self.notice.tell("error", str(error), "scene")
            return False
        self.notice.over("scene")
        self._put_on(scene, stage)
        return True

    def last_place(self) -> int:
        """Return the place of the scene that was shown last, or of the first."""
        names = [path.name for path in self.files]
        name = self._settings.value(KEY, names[0])
        return names.index(name) if name in names else 0

    def _put_on(self, scene: Scene, stage: Stage) -> None:
        old, self.stage, self.scene = self.stage, stage, scene
        self._lift_curtain()
        self._spot: int | None = None
        self.setUpdatesEnabled(False)
        stage.told.connect(self.bar.tell)
        stage.running_changed.connect(self.bar.show_running)
        self.holder.addWidget(stage)
        self.holder.setCurrentWidget(stage)
        if old is not None:
            self.holder.removeWidget(old)
            old.close_stage()
            old.deleteLater()
        self.bar.show_stage(plays=stage.plays, steps=stage.steps)
        self.bar.show_running(False)
        self.actions_["spotlight"].setEnabled(isinstance(stage, NetworkStage))
        self.actions_["to_builder"].setEnabled(isinstance(scene.subject, Networks))
        stage.show_scene(scene)
        stage.show_theme(self._theme)
        self.words.show_scene(scene)
        self.setUpdatesEnabled(True)
        self.setWindowTitle(self.tr("{title} — Glassnet").format(title=scene.title))
        self.scene_shown.emit(scene)

    def _show_place(self) -> None:
        count = len(self.files)
        self.bar.show_scene(self.at, count)
        self.actions_["previous_scene"].setEnabled(self.at > 0)
        self.actions_["next_scene"].setEnabled(self.at < count - 1)

    def reset(self) -> None:
        """Bring the scene back as it began."""
        if self.scene is not None and self.stage is not None:
            self._lift_curtain()
            self.stage.show_scene(self.scene)
            self.words.show_scene(self.scene)
            self.bar.tell(self.tr("The scene is back as it began."))

    # -- what the stage is asked for ---------------------------------------------------------------

    def _play(self) -> None:
        if self.stage is not None:
            self.stage.play()

    def _step(self, *, ahead: bool) -> None:
        if self.stage is not None:
            self.stage.step(ahead=ahead)

    def _change(self, name: str) -> None:
        if self.stage is not None:
            self.stage.change(name)

    def _veil(self, veiled: bool) -> None:
        """Hide what the open card asks for; what only training tells is not there to be hidden."""
        card = self.words.cards.card
        asked = self._expected(card.reveals if card else None)
        if self.stage is not None:
            trained = (
                asked is not None
                and isinstance(asked.quantity, NetworkQuantity)
                and asked.quantity.iterations > 0
            )
            self.stage.show_veil(veiled and not trained)

    def _expected(self, name: str | None) -> Expected | None:
        found = (one for one in (self.scene.expected if self.scene else ()) if one.name == name)
        return next(found, None)

    def _move_spotlight(self) -> None:
        if isinstance(self.stage, NetworkStage):
            following = 0 if self._spot is None else self._spot + 1
            self._spot = following if following < self.stage.layers else None
            self.stage.show_spotlight(self._spot)

    # -- the curtain -------------------------------------------------------------------------------

    def _freeze(self, on: bool) -> None:
        self._pause()
        self._lift_curtain()
        if on:
            self.actions_["freeze"].setChecked(True)
            self.curtain.freeze()

    def _darken(self, on: bool) -> None:
        self._pause()
        self._lift_curtain()
        if on:
            self.actions_["blank"].setChecked(True)
            self.curtain.darken()

    def _pause(self) -> None:
        if self.bar.running:
            self._play()

    def _lift_curtain(self) -> None:
        self.curtain.hide()
        for name in ("freeze", "blank"):
            self.actions_[name].setChecked(False)

    # -- looks and end -----------------------------------------------------------------------------

    def show_theme(self, shown: Theme) -> None:
        """Take the colours of a theme and the present size of the fonts."""
        self._theme = shown
        for part in (self.actions_, self.bar, self.notice, self.words, self.curtain):
            part.show_theme(shown)
        if self.stage is not None:
            self.stage.show_theme(shown)

    def show_hall(self, on: bool) -> None:
        """Note whether this window is shown to the hall."""
        self.actions_["hall"].setChecked(on)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.hall_requested.emit(False)
        if self.stage is not None:
            self.stage.close_stage()
        event.accept()


def open_lecture(parent: QWidget, settings: QSettings, theme: Theme) -> LectureWindow:
    """Open the window of the lecture, with no scene yet."""
    window = LectureWindow(settings, parent)
    window.show_theme(theme)
    room = window.screen().availableSize()
    window.resize(min(SIZE[0], room.width()), min(SIZE[1], room.height()))
    window.show()
    return window


def _title(path: Path) -> str:
    """Return a scene's name as its file tells it, which need not be read for that."""
    _number, _, name = path.stem.partition("-")
    return name.replace("-", " ").capitalize()
