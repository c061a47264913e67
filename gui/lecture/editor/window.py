"""The window of the lecture editor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMenu,
    QSplitter,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.language import tr, translatable
from core.lecture.builds import BuildState, builds_of
from core.lecture.lecture_edits import moved, with_duplicate, with_scene, with_scenes, without
from core.lecture.lecture_file import Lecture, LectureScene, OpenedLecture
from core.lecture.lecture_journal import LectureJournalText, LectureState
from core.lecture.scene import Scene, shipped_scenes
from core.nn.design import DesignError
from core.project.journal import JournalFile
from core.project.json_io import FileError
from gui.actions.editor_table import EDITOR
from gui.actions.keys import Keys
from gui.actions.registry import Actions, plain, show_undo
from gui.actions.table import MENUS
from gui.actions.window_table import EVERYWHERE, UNDO
from gui.layout.notification_bar import NotificationBar
from gui.layout.placement import place
from gui.lecture.editor.builds_tab import BuildsTab
from gui.lecture.editor.draft import LectureDraft
from gui.lecture.editor.fields import LineField, Tab
from gui.lecture.editor.questions_tab import QuestionsTab
from gui.lecture.editor.scene_list import SceneList
from gui.lecture.editor.scene_picker import ScenePicker
from gui.lecture.editor.words_tab import ViewsTab, WordsTab
from gui.lecture.footer import Dots
from gui.lecture.scene_player import ScenePlayer
from gui.qt.drawable import guarded_overrides
from gui.qt.later import Later
from gui.session.journal_writer import JournalWriter, not_kept
from gui.text.plain_text import window_title
from gui.text.topics import set_topic
from gui.theme.theme import LIGHT, Theme, icon, sized
from gui.widgets.files import FileDrops
from gui.widgets.number_edit import NumberEdit
from gui.windows.shortcut_sheet import window_blocks
from gui.windows.window_actions import connect_window_actions

SIZE = (1600, 1000)
CLICKER = ("PgDown", "PgUp", "F5")
PLAY_MILLISECONDS = 350
"""Delay of the stage after an edit, so that typing is not slowed down."""
LEFT, RIGHT, LEAST_STAGE = 15, 26, 360
"""Widths of the list and of the tabs, in heights of a text line; the least one of the stage, in pixels."""
ZOOM = 1.25
_MENUS = {**MENUS, "scene": translatable("&Scene")}


@guarded_overrides
class LectureEditor(QMainWindow):
    """Edits a lecture: the list of scenes at the left, the running one in the middle, its parts at the right.

    ``give_requested`` carries the present `OpenedLecture` and the index of the scene to begin with;
    ``saved`` the path of the file.
    """

    give_requested = Signal(object, int)
    saved = Signal(object)

    def __init__(self, settings: QSettings | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowFlag(Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        set_topic(self, "lecture", "Lectures of your own")
        self.setObjectName("lecture_editor")
        self.setMinimumSize(960, 600)
        self._settings, self._theme, self.build = settings, LIGHT, 0
        self.actions_ = Actions(self, (*EDITOR, *UNDO, *EVERYWHERE))
        self.draft = LectureDraft(self, settings)
        self.journal: JournalWriter | None = None
        self.scenes = SceneList(self.draft, self.actions_)
        self.player, self.notice, self.dots, self.fault = (
            ScenePlayer(least_stage=LEAST_STAGE),
            NotificationBar(),
            Dots(),
            QLabel(),
        )
        self.builds, self.questions, self.words, self.views = (
            BuildsTab(),
            QuestionsTab(),
            WordsTab(),
            ViewsTab(),
        )
        self.tabs = QTabWidget()
        self.title = LineField(self.tr("Title"), self.tr("What the lecture is called"), 80)
        self.author = LineField(self.tr("Author"), self.tr("Who gives it"), 200)
        self.language = LineField(
            self.tr("Language"), self.tr("The code of the lecture’s language, such as en, de or fa"), 10
        )
        self.minutes = NumberEdit(self.tr("Minutes"), 0, 0, 1000, whole=True, wheel="focused", role="text")
        self.keys = Keys(self, self.player.home, self._panes, CLICKER)
        self._play_later = Later(self, singleShot=True, interval=PLAY_MILLISECONDS)
        self._lay_out()
        self._connect()
        self._show_lecture()

    def _panes(self) -> list[QWidget]:
        return [self.scenes, *self.player.panes(), self.tabs]

    # -- layout -----------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._lay_out_menus()
        head, self._heads = QHBoxLayout(), list[QLabel]()
        for field, stretch in ((self.title, 4), (self.author, 3), (self.language, 0), (self.minutes, 0)):
            label = QLabel(field.accessibleName())
            label.setBuddy(field)
            label.setProperty("look", "title")
            self._heads.append(label)
            head.addWidget(label)
            head.addWidget(field, stretch)
        self.save_button, self.give_button = (self._button(name) for name in ("save", "give"))
        self.give_button.setProperty("look", "primary")
        self.give_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        for button in (self.save_button, self.give_button):
            head.addWidget(button)
        for title, tab in (
            (self.tr("Builds"), self.builds),
            (self.tr("Questions"), self.questions),
            (self.tr("Words"), self.words),
            (self.tr("Views"), self.views),
        ):
            self.tabs.addTab(tab, title)
        self.fault.setProperty("look", "error")
        self.fault.setWordWrap(True)
        self.fault.setTextFormat(Qt.TextFormat.PlainText)
        right, column = QWidget(), QVBoxLayout()
        right.setLayout(column)
        column.addWidget(self.fault)
        column.addWidget(self.tabs, 1)
        self.middle = QWidget()
        middle = QVBoxLayout(self.middle)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.addWidget(self.player, 1)
        foot = self._foot()
        middle.addLayout(foot)
        middle.setAlignment(foot, Qt.AlignmentFlag.AlignBottom)  # also while there is no scene
        self.notice.lie_over(self.player)
        self.across = QSplitter(Qt.Orientation.Horizontal)
        self.across.setChildrenCollapsible(False)
        for part in (self.scenes, self.middle, right):
            self.across.addWidget(part)
        self.across.setStretchFactor(1, 1)
        page, whole = QWidget(), QVBoxLayout()
        page.setLayout(whole)
        whole.addLayout(head)
        whole.addWidget(self.across, 1)
        self.setCentralWidget(page)

    def _lay_out_menus(self) -> None:
        menus: dict[str, QMenu] = {}
        for name in ("file", "edit", "scene", "view", "help"):
            menus[name] = self.menuBar().addMenu(tr(_MENUS[name]))
        for entry in (*EDITOR, *UNDO, *EVERYWHERE):
            if entry.rule and not menus[entry.menu].isEmpty():
                menus[entry.menu].addSeparator()
            menus[entry.menu].addAction(self.actions_[entry.id])

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addStretch(1)
        for name in ("previous_build", "run"):
            row.addWidget(self._button(name))
        row.addWidget(self.dots)
        row.addWidget(self._button("next_build"))
        row.addStretch(1)
        return row

    def _button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(self.actions_[name])
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(plain(self.actions_[name].text()))
        return button

    def _connect(self) -> None:
        draft, stack, player = self.draft, self.draft.history.stack, self.player
        slots: dict[str, Callable[[], object]] = {
            "new": self._new,
            "open": draft.ask_and_open,
            "save": draft.save,
            "save_as": draft.save_as,
            "give": self._give,
            "add_scenes": self.pick_scenes,
            "duplicate_scene": self._duplicate,
            "leave_out": self._leave_out,
            "remove_scene": lambda: self._remove(self.scenes.at),
            "previous_build": lambda: self._step(ahead=False),
            "next_build": lambda: self._step(ahead=True),
            "run": player.play,
            "undo": stack.undo,
            "redo": stack.redo,
            "zoom_in": lambda: player.zoom(ZOOM),
            "zoom_out": lambda: player.zoom(1 / ZOOM),
            "zoom_fit": lambda: player.zoom(None),
            "next_pane": lambda: self.keys.go_round(ahead=True),
            "previous_pane": lambda: self.keys.go_round(ahead=False),
        }
        connect_window_actions(self, self.actions_, lambda: window_blocks(self, self.actions_))
        for name, slot in slots.items():
            self.actions_[name].triggered.connect(lambda _on=False, slot=slot: slot())
        stack.indexChanged.connect(self._show_undo)
        self._show_undo()
        draft.changed.connect(self._show_lecture)
        draft.restored.connect(self._restored)
        draft.told.connect(self._tell)
        draft.saved.connect(self.saved)
        self.scenes.chosen.connect(self._show_scene)
        self.scenes.list.moved.connect(self._move)
        self.scenes.list.removed.connect(self._remove)
        for tab in self._tabs():
            tab.edited.connect(self._edit_scene)
        self.words.original.clicked.connect(self._as_it_was)
        self.builds.chosen.connect(self._show_build)
        self.dots.chosen.connect(self._show_build)
        self._play_later.timeout.connect(self._play)
        for name, field in (("title", self.title), ("author", self.author), ("language", self.language)):
            field.edited.connect(lambda text, name=name: self._edit_head(name, text))
        self.title.editingFinished.connect(lambda: self.title.show_text(self.draft.lecture.title))
        self.minutes.changed.connect(lambda count: self._edit_head("minutes", int(count)))
        FileDrops(self).dropped.connect(lambda path: draft.may_leave() and draft.open(path))
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._close_typing)

    def _tabs(self) -> tuple[Tab, ...]:
        return self.builds, self.questions, self.words, self.views

    def _show_undo(self) -> None:
        show_undo(self.actions_, self.draft.history.stack)

    def _close_typing(self) -> None:
        """End the present typing edit, so that input in another field is a separate edit."""
        self.draft.history.close()

    # -- the lecture ------------------------------------------------------------------------------

    @property
    def scene(self) -> Scene | None:
        """The selected scene with the lecture's changes; None: there is none, or it cannot be read."""
        if not 0 <= self.scenes.at < len(self.draft.lecture.scenes):
            return None
        try:
            return self.draft.scene(self.scenes.at)
        except FileError:
            return None

    def _edit_head(self, name: str, value: str | int) -> None:
        text = value.strip() if isinstance(value, str) else value
        if text or name != "title":
            self.draft.edit(
                replace(self.draft.lecture, **{name: text}), self.tr("Edit the head"), typing=True
            )

    def pick_scenes(self) -> None:
        """Let the user choose scenes, which are added after the selected one."""
        picker = ScenePicker(self._settings, self)
        picker.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picker.show_theme(self._theme)
        picker.chosen.connect(self._add)
        place(picker, (picker.width(), picker.height()))
        picker.open()

    def _add(self, paths: list[Path]) -> None:
        own, at = shipped_scenes(), self.scenes.at + 1
        words = [path.stem if path in own else self.draft.word_for(path) for path in paths]
        self.draft.edit(with_scenes(self.draft.lecture, at, words), self.tr("Add scenes"))
        self.scenes.select(min(at, len(self.draft.lecture.scenes) - 1))

    def _move(self, at: int, to: int) -> None:
        scenes = moved(self.draft.lecture.scenes, at, to)
        self.draft.edit(replace(self.draft.lecture, scenes=scenes), self.tr("Move scene"))
        self.scenes.select(to)

    def _remove(self, at: int) -> None:
        if 0 <= at < len(self.draft.lecture.scenes):
            scenes = without(self.draft.lecture.scenes, at)
            self.draft.edit(replace(self.draft.lecture, scenes=scenes), self.tr("Remove scene"))
            self.scenes.select(min(at, len(scenes) - 1))

    def _duplicate(self) -> None:
        if (at := self.scenes.at) >= 0:
            self.draft.edit(with_duplicate(self.draft.lecture, at), self.tr("Duplicate scene"))
            self.scenes.select(min(at + 1, len(self.draft.lecture.scenes) - 1))

    def _leave_out(self) -> None:
        if (at := self.scenes.at) >= 0:
            out = not self.draft.lecture.scenes[at].left_out
            name = self.tr("Leave out scene") if out else self.tr("Give scene")
            self.draft.edit(with_scene(self.draft.lecture, at, left_out=out), name)

    def _as_it_was(self) -> None:
        if (at := self.scenes.at) >= 0:
            one = self.draft.lecture.scenes[at]
            fresh = LectureScene(scene=one.scene, left_out=one.left_out)
            scenes = (*self.draft.lecture.scenes[:at], fresh, *self.draft.lecture.scenes[at + 1 :])
            self.draft.edit(replace(self.draft.lecture, scenes=scenes), self.tr("Scene as it was"))

    def _edit_scene(self, edited: Scene, name: str, typing: bool) -> None:
        self.draft.edit(self.draft.with_edited(self.scenes.at, edited), name, typing=typing)

    # -- what is shown ----------------------------------------------------------------------------

    def _show_lecture(self) -> None:
        lecture: Lecture = self.draft.lecture
        for field, text in (
            (self.title, lecture.title),
            (self.author, lecture.author),
            (self.language, lecture.language),
        ):
            if field.text().strip() != text:
                field.show_text(text)
        if self.minutes.value != lecture.minutes:
            self.minutes.show_value(lecture.minutes)
        path = self.draft.path
        shown = lecture.title if path is None else f"{lecture.title} ({path.name})"
        title = self.tr("{title}[*] — Lecture editor — Glassnet")
        self.setWindowTitle(title.format(title=window_title(shown)))
        self.setWindowModified(self.draft.modified)
        self._show_parts()

    def _show_parts(self) -> None:
        """Show the selected scene in all tabs; the stage follows after a delay."""
        scene, at = self.scene, self.scenes.at
        self.builds.show_scene(scene, self.builds.at)
        self.questions.show_scene(scene)
        self.words.show_scene(scene)
        self.views.show_scene(scene)
        self.build = self.builds.at
        there = 0 <= at < len(self.draft.lecture.scenes)
        self.actions_["leave_out"].setChecked(there and self.draft.lecture.scenes[at].left_out)
        for name in (
            "give",
            "duplicate_scene",
            "leave_out",
            "remove_scene",
            "previous_build",
            "next_build",
            "run",
        ):
            self.actions_[name].setEnabled(there)
        self.player.setVisible(there)
        self._show_fault()
        self._play_later.start()

    def _show_fault(self) -> None:
        at = self.scenes.at
        why = self.draft.fault(at) if 0 <= at < len(self.draft.lecture.scenes) else ""
        self.fault.setText(why)
        self.fault.setAccessibleName(why)
        self.fault.setVisible(bool(why))

    def _show_scene(self, at: int) -> None:
        """Show another scene, from its first build."""
        self.draft.history.close()
        self.builds.at = self.questions.at = 0
        self._show_parts()
        self._play_later.stop()
        self._play()

    def _restored(self, at: int) -> None:
        """Show the scene and the build that undo or redo has changed."""
        if at != self.scenes.at and 0 <= at < len(self.draft.lecture.scenes):
            self.scenes.select(at)
        if self.scene is None or self.player.scene is None:
            return
        pairs = zip(builds_of(self.player.scene), builds_of(self.scene), strict=False)
        changed = next((k for k, (one, other) in enumerate(pairs) if one != other), self.build)
        if changed != self.build:
            self._show_build(changed)

    def _show_build(self, number: int) -> None:
        self.build = number
        self.builds.show_scene(self.scene, number)
        self._play_later.stop()
        self._play()

    def _step(self, *, ahead: bool) -> None:
        """Go to the next build, or after the last one to the next scene, and back."""
        number, at = self.build + (1 if ahead else -1), self.scenes.at + (1 if ahead else -1)
        if self.scene is not None and 0 <= number < len(builds_of(self.scene)):
            self._show_build(number)
        elif 0 <= at < len(self.draft.lecture.scenes):
            self.scenes.select(at)
            if not ahead and self.scene is not None:
                self._show_build(len(builds_of(self.scene)) - 1)

    def _play(self) -> None:
        """Show the selected build on the stage; if the scene has a fault, the stage stays as it is."""
        scene = self.scene
        if scene is None or self.draft.fault(self.scenes.at):
            return
        try:
            self.player.revise(scene, self.build)
        except (FileError, DesignError) as error:
            self._tell(str(error), True)
            return
        state: BuildState | None = self.player.state
        if state is not None:
            self.dots.show_build(state.number, state.count)

    def _tell(self, sentence: str, fault: bool) -> None:
        self.notice.tell("error" if fault else "info", sentence, "file")

    # -- giving, closing, theme -------------------------------------------------------------------

    def _give(self) -> None:
        """Present the lecture in its present state, from the selected scene."""
        before = self.draft.lecture.scenes[: self.scenes.at]
        try:
            lecture = self.draft.opened()
        except FileError as error:
            self._tell(str(error), True)
            return
        at = sum(not one.left_out for one in before)
        self.give_requested.emit(lecture, min(at, len(lecture.places) - 1))

    def _new(self) -> None:
        if self.draft.may_leave():
            self.begin()

    def begin(self) -> None:
        """Begin a new lecture, and let the user choose its scenes."""
        self.draft.begin(Lecture(title=self.tr("Untitled lecture"), scenes=()))
        self.pick_scenes()

    def edit(self, lecture: OpenedLecture, at: int) -> None:
        """Edit an opened lecture, beginning with the scene at an index."""
        if self.draft.begin_with(lecture):
            given = [k for k, one in enumerate(self.draft.lecture.scenes) if not one.left_out]
            self.scenes.select(given[min(at, len(given) - 1)] if given else 0)

    def keep_journal(self, folder: Path) -> None:
        """Keep the draft in a journal in a folder, until the window is closed."""
        self.journal = JournalWriter(folder, self.draft.unsaved, LectureJournalText().of, self)
        self.journal.problem_changed.connect(self._show_journal)

    def _show_journal(self, problem: str) -> None:
        self.notice.over("journal")
        if problem:
            self.notice.tell("warning", not_kept(problem), "journal")

    def recover(self, journal: JournalFile, state: LectureState) -> None:
        """Edit a lecture recovered after a crash, which stays in its journal until it is saved."""
        if self.journal is not None:
            self.journal.adopt(journal)
        self.draft.recover(state)
        self.scenes.select(0)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.draft.may_leave():
            event.ignore()
            return
        if self.journal is not None:
            self.journal.close()
        self.player.close_stage()
        event.accept()

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self._theme = shown
        for part in (self.actions_, self.scenes, self.player, self.notice, self.dots):
            part.show_theme(shown)
        for tab in self._tabs():
            tab.show_theme(shown)
        for label in self._heads:
            label.setFont(sized("small"))
        self.actions_["run"].setIcon(icon("play", shown))
        line = self.fontMetrics().height()
        self.language.setFixedWidth(4 * line)
        self.minutes.setFixedWidth(4 * line)
        self.scenes.setMinimumWidth(12 * line)
        wide = self.across.width() or SIZE[0]
        self.across.setSizes([LEFT * line, max(1, wide - (LEFT + RIGHT) * line), RIGHT * line])


def open_editor(parent: QWidget | None, settings: QSettings | None, theme: Theme) -> LectureEditor:
    """Open the lecture editor with an empty lecture."""
    window = LectureEditor(settings, parent)
    place(window, SIZE)
    window.show()
    window.show_theme(theme)
    return window
