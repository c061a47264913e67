"""The lecture being edited: its value, its undoable edits, and its file."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from msgspec.structs import replace
from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from core.language import tr
from core.lecture.lecture_edits import written
from core.lecture.lecture_file import (
    MOST_SCENES,
    SUFFIX,
    Lecture,
    LectureScene,
    OpenedLecture,
    opened,
    read_lecture,
    scene_path,
    write_lecture,
)
from core.lecture.lecture_journal import LectureState
from core.lecture.scene import SUFFIX as SCENE_SUFFIX
from core.lecture.scene import Scene, read_scene, scene_problems
from core.outside_text import what_is_at
from core.project.json_io import (
    LECTURE,
    FileError,
    bytes_of,
    comes_with_program,
    fingerprint,
    fingerprint_on_disk,
)
from gui.lecture.gallery.view import remember_lecture
from gui.text.plain_text import file_name, plain
from gui.widgets import dialogs
from gui.widgets.edit_history import EditHistory

FILTER = "Glassnet (*{suffix})"
Button = QMessageBox.StandardButton


class LectureDraft(QObject):
    """A lecture and its edits. ``path`` is its file; None: it has none yet.

    ``changed`` is emitted for every other value, ``restored`` after undo, redo or opening a file, with the
    index of the first scene that differs. ``told`` carries a sentence, and whether it is an error message.
    """

    changed = Signal()
    restored = Signal(int)
    told = Signal(str, bool)
    saved = Signal(object)

    def __init__(self, window: QWidget, settings: QSettings | None) -> None:
        super().__init__(window)
        self._window, self._settings = window, settings
        self.lecture = Lecture(title=tr("Untitled lecture"), scenes=())
        self.path: Path | None = None
        self._kept: Lecture | None = self.lecture
        self._stamp = b""
        self._originals: dict[str, Scene] = {}
        self._elsewhere: dict[str, Path] = {}
        self._faults: dict[int, tuple[LectureScene, str]] = {}
        self.history = EditHistory(self._put_back, self)
        self.history.begin(self.lecture)

    # -- the value --------------------------------------------------------------------------------

    def edit(self, lecture: Lecture, name: str, *, typing: bool = False) -> None:
        """Make an edit with this name."""
        if lecture != self.lecture:
            self.lecture = lecture
            self.history.note(lecture, name, typing=typing)
            self.changed.emit()

    def _put_back(self, lecture: Lecture) -> None:
        before, self.lecture = self.lecture.scenes, lecture
        same = (k for k, pair in enumerate(zip(before, lecture.scenes, strict=False)) if pair[0] != pair[1])
        self.changed.emit()
        self.restored.emit(next(same, min(len(before), len(lecture.scenes)) - 1))

    @property
    def modified(self) -> bool:
        """Whether there are edits that are not in the file."""
        return self.lecture != self._kept

    def path_of(self, word: str) -> Path:
        """Return the file of a scene in the lecture. Raises FileError."""
        return self._elsewhere.get(word) or scene_path(self.path, word)

    def original(self, one: LectureScene) -> Scene:
        """Return a scene as it is in its file. Raises FileError."""
        if one.scene not in self._originals:
            self._originals[one.scene] = read_scene(self.path_of(one.scene))
        return self._originals[one.scene]

    def opened(self) -> OpenedLecture:
        """Return the lecture in its present state, to be presented. Raises FileError."""
        return opened(self.lecture, self.path, self.path_of)

    def word_for(self, path: Path) -> str:
        """Return the name for a scene's file in the lecture; it is copied beside the lecture when saved."""
        if self.path is not None and path.parent == self.path.parent:
            return path.name
        names = (path.name, *(f"{path.stem}-{k}{path.suffix}" for k in range(2, MOST_SCENES + 2)))
        known = {one.scene for one in self.lecture.scenes if one.scene.endswith(path.suffix)}
        word = next(name for name in names if name not in known or self.path_of(name) == path)
        self._elsewhere[word] = path
        return word

    def scene(self, at: int) -> Scene:
        """Return a scene with the lecture's changes, which may have faults. Raises FileError."""
        one = self.lecture.scenes[at]
        return one.applied_to(self.original(one))

    def fault(self, at: int) -> str:
        """Return why a scene cannot be presented, as a sentence; empty: it can."""
        one = self.lecture.scenes[at]
        if id(one) not in self._faults:
            here = {id(scene) for scene in self.lecture.scenes}
            self._faults = {key: known for key, known in self._faults.items() if key in here}
            self._faults[id(one)] = one, self._find_fault(at)
        return self._faults[id(one)][1]

    def _find_fault(self, at: int) -> str:
        try:
            problem = next(scene_problems(self.scene(at)), None)
        except FileError as error:
            return str(error)
        return "" if problem is None else f"{problem.where}: {problem.why}"

    def with_edited(self, at: int, edited: Scene) -> Lecture:
        """Return the lecture with an edited scene. Raises FileError."""
        one = self.lecture.scenes[at]
        scenes = (*self.lecture.scenes[:at], written(one, self.original(one), edited))
        return replace(self.lecture, scenes=(*scenes, *self.lecture.scenes[at + 1 :]))

    # -- files ------------------------------------------------------------------------------------

    def begin(self, lecture: Lecture, path: Path | None = None) -> None:
        """Edit another lecture, with an empty history."""
        self._take(lecture, path)

    def unsaved(self) -> LectureState | None:
        """Return the present lecture; None if it is the same as in the file."""
        if not self.modified:
            return None
        title, elsewhere = self.lecture.title, dict(self._elsewhere)
        return LectureState(self.lecture, self.path, title, time.time(), self._stamp, elsewhere)

    def recover(self, state: LectureState) -> None:
        """Edit a lecture recovered after a crash; its file is not changed."""
        self._take(state.lecture, state.path, state.stamp, state.elsewhere, saved=False)

    def _take(
        self,
        lecture: Lecture,
        path: Path | None,
        stamp: bytes = b"",
        elsewhere: Mapping[str, Path] = MappingProxyType({}),
        *,
        saved: bool = True,
    ) -> None:
        self.lecture, self._kept = lecture, lecture if saved else None
        self.path, self._stamp = path, stamp
        self._originals.clear()
        self._elsewhere = dict(elsewhere)
        self._faults.clear()
        self.history.begin(lecture)
        self.changed.emit()
        self.restored.emit(0)

    def begin_with(self, shown: OpenedLecture) -> bool:
        """Edit an opened lecture, or a copy of a bundled one; return whether that succeeded.

        A folder of scenes gets a lecture file beside them.
        """
        if shown.path is not None and what_is_at(shown.path) == "file":
            return self.open(shown.path)
        folder = shown.path
        words = (place.path.stem if folder is None else place.path.name for place in shown.places)
        scenes = tuple(LectureScene(scene=word) for word in words)
        path = None if folder is None else folder / f"{folder.name}{SUFFIX}"
        self.begin(Lecture(title=shown.title, language=shown.language, scenes=scenes), path)
        return True

    def open(self, path: Path) -> bool:
        """Open the lecture of a file; return whether it could be read."""
        try:
            lecture = read_lecture(path)
            stamp = fingerprint(bytes_of(path, LECTURE))
        except FileError as error:
            self.told.emit(str(error), True)
            return False
        self.begin(lecture, None if comes_with_program(path) else path)
        self._stamp = stamp
        return True

    def ask_and_open(self) -> None:
        """Ask for a file and open it."""
        if self.may_leave():
            names = FILTER.format(suffix=SUFFIX)
            if name := dialogs.file_to_open(self._window, tr("Open a lecture"), self._folder(), names):
                self.open(Path(name))

    def save(self) -> bool:
        """Save to the lecture's file, asking for one if there is none; return whether it was saved."""
        if self.path is None:
            return self.save_as()
        found = fingerprint_on_disk(self.path, LECTURE)
        if self._stamp and found not in (b"", self._stamp) and not self._may_overwrite():
            return False
        return self.write(self.path)

    def save_as(self) -> bool:
        """Ask for a file and save to it; return whether it was saved."""
        start = str(Path(self._folder()) / f"{file_name(self.lecture.title)}{SUFFIX}")
        name = dialogs.file_to_save(
            self._window, tr("Save the lecture"), start, FILTER.format(suffix=SUFFIX), confirm=False
        )
        path = Path(name) if not name or Path(name).suffix else Path(name).with_suffix(SUFFIX)
        return bool(name) and (not what_is_at(path) or self._may_replace(path)) and self.write(path)

    def write(self, path: Path) -> bool:
        """Write the lecture to a file, and check that it can be presented; return whether that worked."""
        try:
            if not self.lecture.scenes:
                raise FileError(tr("The lecture was not saved: it has no scene yet; add one."))
            own = {one.scene for one in self.lecture.scenes if one.scene.endswith(SCENE_SUFFIX)}
            files = {word: self.path_of(word) for word in own}
            write_lecture(path, self.lecture, files)
            self._stamp = fingerprint(bytes_of(path, LECTURE))
        except FileError as error:
            self.told.emit(str(error), True)
            return False
        self.path, self._kept = path, self.lecture
        self._elsewhere.clear()
        if self._settings is not None:
            remember_lecture(self._settings, path)
        self.changed.emit()
        self.told.emit(tr("Saved {name}.", name=path.name), False)
        self.saved.emit(path)
        return True

    def may_leave(self) -> bool:
        """Ask what to do with unsaved edits, if there are any; return whether to go on."""
        if not self.modified:
            return True
        text = tr("Save the changes to “{title}” before going on?", title=self.lecture.title)
        buttons = Button.Save | Button.Discard | Button.Cancel
        answer = dialogs.question(self._window, tr("Unsaved changes"), plain(text), buttons, Button.Save)
        return self.save() if answer == Button.Save else answer == Button.Discard

    def _may_overwrite(self) -> bool:
        assert self.path is not None
        text = tr(
            "“{name}” was changed outside this window since it was opened. Overwrite it?", name=self.path.name
        )
        answer = dialogs.question(self._window, tr("The file has changed"), plain(text))
        return answer == Button.Yes

    def _may_replace(self, path: Path) -> bool:
        text = tr("“{name}” is there already. Replace it?", name=path.name)
        return dialogs.question(self._window, tr("Replace the file?"), plain(text)) == Button.Yes

    def _folder(self) -> str:
        return str(self.path.parent if self.path is not None else Path.home())
