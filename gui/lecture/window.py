"""The lecture window: navigation through the scenes, presentation mode, the gallery and the notes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from core.lecture.builds import BuildState
from core.lecture.lecture_file import (
    OpenedLecture,
    ScenePlace,
    is_lecture,
    of_files,
    open_lecture_file,
    own_lecture,
)
from core.lecture.scene import Scene, book_files, localized
from core.lecture.subjects import Networks
from core.nn.design import DesignError
from core.project.json_io import FileError
from gui.actions.gestures import LECTURE_GESTURES
from gui.actions.keys import Keys, typing
from gui.actions.registry import Actions, show_undo
from gui.actions.scene_table import SCENE
from gui.actions.table import ENTRIES
from gui.actions.window_table import EVERYWHERE, UNDO
from gui.figures.figure_menu import FigureMenu
from gui.figures.film_dialog import ask_for_film
from gui.layout.notification_bar import NotificationBar
from gui.layout.placement import place
from gui.lecture.footer import LectureBar
from gui.lecture.gallery.view import Gallery, remember, remember_lecture
from gui.lecture.questions.panel import REVEAL_KEY
from gui.lecture.scene_editor import SaveScene
from gui.lecture.scene_film import scene_film_dialog
from gui.lecture.scene_player import ScenePlayer
from gui.lecture.speaker_notes import NotesWindow
from gui.lecture.spoken_language import SpokenLanguage
from gui.lecture.stages.network import NetworkStage
from gui.qt.drawable import guarded_overrides
from gui.text.plain_text import window_title
from gui.text.topics import set_topic
from gui.theme.theme import Theme, present
from gui.widgets.files import FileDrops
from gui.windows.shortcut_sheet import window_blocks
from gui.windows.window_actions import connect_window_actions

SIZE = (1600, 1000)
ZOOM = 1.25
OF_SCENE = (
    *("next_build", "previous_build", "first_build", "last_build"),
    *("next_scene", "previous_scene", "reset_scene", "exercise"),
)
"""Actions that are available only while a scene is shown."""
SHARED = ("run", "back", "step", "hall")
"""Actions that have the same meaning here as in the main window."""
KEY = "lecture/scene"
CLICKER = ("PgDown", "PgUp", "F5")
"""Keys of a clicker, which no widget with the focus can take."""
MOST_TYPED_DIGITS = 3


@guarded_overrides
class LectureWindow(QMainWindow):
    """Shows scenes one after another; the design in the main window is not affected.

    ``hall_requested`` requests presentation mode; ``build_requested`` carries the `Subject` that is to be
    opened in the main window, ``edit_requested`` the `OpenedLecture` to be edited and the index of its scene.
    """

    hall_requested = Signal(bool)
    build_requested = Signal(object)
    edit_requested = Signal(object, int)

    def __init__(self, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowFlag(Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("lecture_window")
        self.setMinimumSize(960, 600)
        set_topic(self, "lecture")
        self._settings = settings
        self.lecture = own_lecture()
        self.at, self._beside = -1, False
        shared = (entry for entry in ENTRIES if entry.id in SHARED)
        self.actions_ = Actions(self, (*SCENE, *shared, *UNDO, *EVERYWHERE))
        self.menu = QMenu(self)
        self.actions_.list_in(self.menu)
        self.theatre, self.notice = ScenePlayer(), NotificationBar()
        self.bar = LectureBar(self.actions_, self.menu)
        self.gallery, self.notes = Gallery(settings), NotesWindow(settings, self)
        self.actions_["hall"].setShortcuts([*self.actions_["hall"].shortcuts(), QKeySequence("F5")])
        self.keys = Keys(self, self.theatre.home, self._panes, CLICKER)
        self.spoken = SpokenLanguage(self)
        self._number = ""
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.page, self.pages = QWidget(), QStackedWidget()
        column = QVBoxLayout(self.page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.notice.lie_over(self.theatre)
        for widget, stretch in ((self.theatre, 1), (self.bar, 0)):
            column.addWidget(widget, stretch)
        for page in (self.page, self.gallery):
            self.pages.addWidget(page)
        self.setCentralWidget(self.pages)
        self.theatre.curtain.lie_over(self.page)
        FigureMenu(self.theatre, lambda: self.theatre, self.tr("Scene"))

    def _panes(self) -> list[QWidget]:
        return [*self.theatre.panes(), self.bar, self.gallery]

    def _connect(self) -> None:
        theatre = self.theatre
        slots = {
            "next_build": self._next_build,
            "previous_build": self._previous_build,
            "first_build": lambda: self._go_build(0),
            "last_build": lambda: self._go_build(theatre.builds - 1),
            "next_scene": lambda: self.go(self.at + 1),
            "previous_scene": lambda: self.go(self.at if self._beside else self.at - 1),
            "reset_scene": self.reset,
            "run": theatre.play,
            "step": lambda: theatre.step(ahead=True),
            "back": lambda: theatre.step(ahead=False),
            "spotlight": theatre.move_spotlight,
            "to_builder": self._build,
            "gallery": self.show_gallery,
            "notes": self._show_notes,
            "save_scene": self._save_scene,
            "film_scene": lambda: ask_for_film(scene_film_dialog(self, theatre)),
            "edit_lecture": lambda: self.edit_requested.emit(self.lecture, max(0, self.at)),
            "undo": lambda: self._undo(ahead=False),
            "redo": lambda: self._undo(ahead=True),
            "zoom_in": lambda: theatre.zoom(ZOOM),
            "zoom_out": lambda: theatre.zoom(1 / ZOOM),
            "zoom_fit": lambda: theatre.zoom(None),
            "next_pane": lambda: self.keys.go_round(ahead=True),
            "previous_pane": lambda: self.keys.go_round(ahead=False),
        }
        for name, slot in slots.items():
            self.actions_[name].triggered.connect(lambda _on=False, slot=slot: slot())
        connect_window_actions(
            self, self.actions_, lambda: window_blocks(self, self.actions_, LECTURE_GESTURES)
        )
        for name, switch in (
            ("hall", self.hall_requested),
            ("freeze", lambda on: theatre.draw_curtain("frozen" if on else "")),
            ("blank", lambda on: theatre.draw_curtain("dark" if on else "")),
            ("exercise", theatre.show_exercise),
            ("settings", theatre.show_settings),
            ("words", theatre.show_words),
        ):
            self.actions_[name].triggered.connect(switch)
        self.pages.currentChanged.connect(self._show_page)
        theatre.stage_changed.connect(self._show_stage)
        theatre.told.connect(self.bar.notify)
        theatre.running_changed.connect(self.bar.show_running)
        theatre.curtain_changed.connect(self._show_curtain)
        theatre.exercise_closed.connect(self.actions_["exercise"].trigger)
        self.bar.dots.chosen.connect(self._go_build)
        theatre.build_changed.connect(self._show_build)
        self.gallery.scene_chosen.connect(self.open_scene)
        self.gallery.number_chosen.connect(self._show_number_chosen)
        FileDrops(self).dropped.connect(self.open_scene)
        self.gallery.closed.connect(self._close_gallery)
        self._connect_keys()
        theatre.words.cards.answer_changed.connect(self.notes.show_card)

    def _connect_keys(self) -> None:
        for digit in "0123456789":
            self._shortcut(digit, self._type)
        self._shortcut(REVEAL_KEY, lambda _key: self._reveal())
        self._enter = [self._shortcut(key, lambda _key: self._jump()) for key in ("Return", "Enter")]
        self._set_number_keys()

    def _shortcut(self, key: str, act: Callable[[str], None]) -> QShortcut:
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.activated.connect(lambda: act(key))
        return shortcut

    def _show_page(self) -> None:
        """Enable the actions of the stage; disable them while the gallery is shown."""
        stage, here = self.theatre.stage, self.pages.currentWidget() is self.page
        plays, steps = stage is not None and stage.plays, stage is not None and stage.steps
        offered = {"run": plays, "step": steps, "back": steps}
        for name in (*OF_SCENE, *offered):
            self.actions_[name].setVisible(here and offered.get(name, True))

    def _show_stage(self) -> None:
        """Move the focus to a new stage, and connect undo and redo to it."""
        stage = self.theatre.stage
        assert stage is not None
        if (stack := stage.undo_stack()) is not None:
            stack.indexChanged.connect(self._show_undo)
        self._show_undo()
        if self.pages.currentWidget() is self.page:
            stage.home().setFocus()

    def _show_undo(self) -> None:
        stage = self.theatre.stage
        show_undo(self.actions_, None if stage is None else stage.undo_stack())

    def _undo(self, *, ahead: bool) -> None:
        stack = None if self.theatre.stage is None else self.theatre.stage.undo_stack()
        if stack is not None:
            stack.redo() if ahead else stack.undo()

    @property
    def scene(self) -> Scene | None:
        """The scene that is shown, or None."""
        return self.theatre.scene

    # -- navigation --------------------------------------------------------------------------------

    def go(self, at: int) -> None:
        """Show the scene with the index ``at``, from 0; out of range, nothing happens."""
        if 0 <= at < len(self.lecture.places) and self._show_place(self.lecture.places[at]):
            self.at = at
            if self.lecture == own_lecture():
                self._settings.setValue(KEY, self.lecture.places[at].path.name)
            self._show_number()

    def show_file(self, path: Path) -> bool:
        """Show the scene of a file; return whether that worked. If not, the present one stays."""
        return self._show_place(ScenePlace(path))

    def _show_place(self, place: ScenePlace) -> bool:
        try:
            with self.spoken.speech():
                scene = localized(place.read())
                self.theatre.put_on(scene)
        except (FileError, DesignError) as error:
            self.notice.tell("error", str(error), "scene")
            return False
        self.notice.over("scene")
        self._beside = place not in self.lecture.places
        self._show_scene(scene)
        return True

    def _show_scene(self, scene: Scene) -> None:
        stage = self.theatre.stage
        assert stage is not None
        self.bar.show_stage(plays=stage.plays, steps=stage.steps)
        self._show_page()
        self.bar.notify("")
        for name in ("exercise", "settings"):
            self.actions_[name].setChecked(False)
        for name in ("spotlight", "settings"):
            self.actions_[name].setEnabled(isinstance(stage, NetworkStage))
        self.actions_["words"].setVisible(self.theatre.drawn)
        self.bar.show_thin(self.theatre.drawn)
        self.actions_["to_builder"].setEnabled(isinstance(scene.subject, Networks))
        self.notes.show_scene(scene)
        self.bar.show_scene(scene.title, "")
        if self.theatre.state is not None:
            self._show_build(self.theatre.state)
        self.setWindowTitle(self.tr("{title} — Glassnet").format(title=window_title(scene.title)))

    def show_gallery(self) -> None:
        """Show the gallery instead of the scene."""
        self.theatre.pause()
        self.gallery.show_lecture(self.lecture)
        self.gallery.show_own()
        self.pages.setCurrentWidget(self.gallery)
        self.gallery.search.setFocus()

    def _close_gallery(self) -> None:
        if self.scene is None:
            self.go(self.last_place())
        self.pages.setCurrentWidget(self.page)

    def open_scene(self, path: Path) -> None:
        """Show a scene of the lecture or of a book, or one of the user's own, which is added to the gallery.

        The scenes before and after a scene of a book are the other scenes of books.
        """
        self.pages.setCurrentWidget(self.page)
        if is_lecture(path):
            self.open_lecture(path)
            return
        for lecture in (self.lecture, own_lecture(), of_files(self.tr("From the books"), book_files())):
            at = lecture.index_of(path)
            if at is not None:
                self._take(lecture)
                self.go(at)
                return
        if self.show_file(path):
            remember(self._settings, path)

    def _show_number_chosen(self, number: int) -> None:
        self.pages.setCurrentWidget(self.page)
        self.go(number - 1)

    def open_lecture(self, path: Path) -> bool:
        """Open another lecture at its first scene; return whether its file or folder could be read."""
        try:
            lecture = open_lecture_file(path)
        except FileError as error:
            self.notice.tell("error", str(error), "scene")
            return False
        remember_lecture(self._settings, path)
        self.give(lecture)
        return True

    def give(self, lecture: OpenedLecture, at: int = 0) -> None:
        """Open a lecture at the scene with an index."""
        self._take(lecture)
        self.pages.setCurrentWidget(self.page)
        self.go(at)

    def _take(self, lecture: OpenedLecture) -> None:
        """Make a lecture the present one, and use its language for the texts around its scenes."""
        self.lecture = lecture
        try:
            self.spoken.take(lecture.language)
        except FileError as error:
            self.notice.tell("error", str(error), "language")
        self.theatre.words.speak(self.spoken.speech)

    def reread(self, path: Path) -> None:
        """Read the lecture of a file again, if it is the present one."""
        if self.lecture.path != path:
            return
        try:
            self._take(open_lecture_file(path))
        except FileError as error:
            self.notice.tell("error", str(error), "scene")
            return
        self.go(min(self.at, len(self.lecture.places) - 1))

    def last_place(self) -> int:
        """Return the index of the scene that was shown last, or of the first one."""
        names = [place.path.name for place in self.lecture.places]
        name = self._settings.value(KEY, names[0])
        return names.index(name) if name in names else 0

    def _show_number(self) -> None:
        count = len(self.lecture.places)
        following = self.lecture.places[self.at + 1].heading() if self.at + 1 < count else None
        if self.scene is not None:
            self.notes.show_scene(self.scene, following)
            self.bar.show_scene(self.scene.title, f"{self.at + 1} / {count}")
        if self.theatre.state is not None:
            self._show_build(self.theatre.state)

    # -- the builds of a scene ---------------------------------------------------------------------

    def _show_build(self, state: BuildState) -> None:
        """Show which build is on the stage, and enable the actions for the next and previous one."""
        self._number = ""
        self._set_number_keys()
        self.bar.notify("")
        self.bar.show_build(state.number, state.count)
        self.notes.show_build(state)
        first, last = self.at <= 0 and not self._beside, self.at >= len(self.lecture.places) - 1
        ways = {
            "next_scene": not last,
            "previous_scene": not first,
            "next_build": not (last and state.last),
            "previous_build": not (first and not state.number),
        }
        for name, can in ways.items():
            self.actions_[name].setEnabled(can)

    def _next_build(self) -> None:
        """Go on to the next build, or after the last one to the next scene."""
        if self.actions_["exercise"].isChecked() or not self.theatre.next_build():
            self.go(self.at + 1)
        self._leave_fields()

    def _previous_build(self) -> None:
        """Undo the last build; at the first one, go to the last build of the previous scene."""
        if not self.actions_["exercise"].isChecked() and self.theatre.previous_build():
            self._leave_fields()
            return
        if self._beside:
            self.go(self.at)
        elif self.at > 0:
            self.go(self.at - 1)
            self._go_build(self.theatre.builds - 1)

    def _go_build(self, number: int) -> None:
        self.theatre.go_build(number)
        self._leave_fields()

    def _leave_fields(self) -> None:
        """Return the focus to the stage, whatever field has it."""
        if self.isActiveWindow() and self.pages.currentWidget() is self.page:
            self.theatre.home().setFocus()

    def _reveal(self) -> None:
        """Answer the open question, while its scene is shown."""
        if self.pages.currentWidget() is self.page:
            self.theatre.reveal()

    def _type(self, digit: str) -> None:
        """Choose the choice of that number, or add a digit to the number of a scene, to which Enter jumps."""
        if self.theatre.choosing:
            if digit != "0":
                self.theatre.choose(int(digit) - 1)
            return
        self._number = (self._number + digit)[-MOST_TYPED_DIGITS:]
        self._set_number_keys()
        self.bar.notify(self.tr("Scene {number}: press Enter").format(number=self._number))

    def _set_number_keys(self) -> None:
        """Enable the jump by Enter only once a number is typed."""
        for key in self._enter:
            key.setEnabled(bool(self._number))

    def _jump(self) -> None:
        """Go to the scene whose number was typed."""
        number, count = int(self._number), len(self.lecture.places)
        self._number = ""
        self._set_number_keys()
        if 1 <= number <= count:
            self.go(number - 1)
        else:
            said = self.tr("There is no scene {number}; the last one is {count}.")
            self.bar.notify(said.format(number=number, count=count))

    def reset(self) -> None:
        """Restore the initial state of the scene."""
        self.theatre.reset()
        self.actions_["exercise"].setChecked(False)
        self.bar.notify(self.tr("The scene is back as it began."))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Escape, if no field uses it, close what lies over the scene, then leave presentation mode."""
        focus = QApplication.focusWidget()
        if event.key() != Qt.Key.Key_Escape or (focus is not None and typing(focus)):
            super().keyPressEvent(event)
        elif self.theatre.curtain.isVisible():
            self.theatre.draw_curtain("")
        elif self.actions_["hall"].isChecked():
            self.hall_requested.emit(False)

    def _build(self) -> None:
        if self.theatre.stage is not None:
            self.build_requested.emit(self.theatre.stage.subject())

    def _show_notes(self) -> None:
        self.notes.show()
        self.notes.move_aside()
        self.notes.activateWindow()

    def _save_scene(self) -> None:
        """Open the form that saves what the stage shows; it stays open beside the lecture."""
        stage, scene = self.theatre.stage, self.scene
        if stage is None or scene is None:
            return
        form = SaveScene(scene, stage.subject(), self._settings, self)
        form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        form.show_theme(present())
        form.saved.connect(lambda path: self.bar.notify(self.tr("Saved {name}.").format(name=path.name)))
        place(form, (form.width(), form.height()))
        form.show()

    # -- theme and closing -------------------------------------------------------------------------

    def _show_curtain(self, state: str) -> None:
        self.actions_["freeze"].setChecked(state == "frozen")
        self.actions_["blank"].setChecked(state == "dark")

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        for part in (self.actions_, self.bar, self.notice, self.theatre, self.gallery, self.notes):
            part.show_theme(shown)

    def show_hall(self, on: bool) -> None:
        """Record whether this window is in presentation mode."""
        self.actions_["hall"].setChecked(on)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.hall_requested.emit(False)
        self.spoken.end()
        self.theatre.close_stage()
        self.notes.close()
        event.accept()


def open_lecture(parent: QWidget | None, settings: QSettings, theme: Theme) -> LectureWindow:
    """Open the lecture window, without a scene."""
    window = LectureWindow(settings, parent)
    window.show_theme(theme)
    place(window, SIZE)
    window.show()
    return window
