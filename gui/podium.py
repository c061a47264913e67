"""Podium: from where a lecture is given: opens its window, shows windows to the hall, and takes a
network of a scene to the builder.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QMainWindow
from shiboken6 import isValid

from core.files import Work
from gui.actions import Actions
from gui.file_menu import FileMenu
from gui.hall import Hall
from gui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from core.subjects import Subject
    from gui.lecture.window import LectureWindow


class Podium(QObject):
    """Has one window of the lecture at most; it goes on where it was left."""

    def __init__(
        self, window: QMainWindow, actions: Actions, files: FileMenu, hall: Hall, settings: QSettings
    ) -> None:
        super().__init__(window)
        self._window, self._files, self._hall, self._settings = window, files, hall, settings
        self._actions, self._theme = actions, LIGHT
        self._lecture: LectureWindow | None = None
        actions["lecture"].triggered.connect(self.begin)
        actions["scenes"].triggered.connect(self.show_gallery)
        hall.changed.connect(self._hall_changed)

    @property
    def lecture(self) -> LectureWindow | None:
        """The window of the lecture, if it is open."""
        return self._lecture if self._lecture is not None and isValid(self._lecture) else None

    def begin(self, *, hall: bool = False) -> None:
        """Show the lecture where it was left; in the hall if asked, or if the main window is there."""
        lecture = self._opened(hall=hall)
        if lecture.scene is None:
            lecture.go(lecture.last_place())

    def show_if_scene(self, path: Path, *, hall: bool = False) -> bool:
        """Show a file in the lecture if it is a scene; if it is broken, the main window says so."""
        from core.lecture import is_scene, read_scene  # noqa: PLC0415  (nor for this)
        from core.reading import FileError  # noqa: PLC0415

        if not is_scene(path):
            return False
        try:
            read_scene(path)
        except FileError as error:
            self._files.failed.emit(str(error))
            return True
        self._opened(hall=hall).open_scene(path)
        return True

    def show_gallery(self) -> None:
        """Show all scenes to choose from."""
        self._opened().show_gallery()

    def _opened(self, *, hall: bool = False) -> LectureWindow:
        """Return the window of the lecture; it goes to the hall before it is given a scene."""
        if self.lecture is None:
            from gui.lecture.window import open_lecture  # noqa: PLC0415  (the first window does not wait)

            self._lecture = lecture = open_lecture(self._window, self._settings, self._theme)
            lecture.hall_requested.connect(lambda on: self._hall.show(lecture, on))
            lecture.build_requested.connect(self.build)
        assert self._lecture is not None
        if hall or self._hall.shown is self._window:
            self._hall.show(self._lecture, True)
        self._lecture.raise_()
        self._lecture.activateWindow()
        return self._lecture

    def build(self, subject: Subject) -> None:
        """Go on with the first network of a subject in the main window, once the user agrees."""
        from core.subjects import ActivationBench, Networks, made  # noqa: PLC0415  (nor for this)

        if isinstance(subject, Networks):
            start = subject.networks[0]
        elif isinstance(subject, ActivationBench) and subject.network is not None:
            start = subject.network
        else:
            return
        if self._files.may_leave():
            one = made(start)
            self._files.take(Work(one.network.design, one.theta))
            self._window.raise_()
            self._window.activateWindow()

    def _hall_changed(self, shown: object) -> None:
        self._actions["hall"].setChecked(shown is self._window)
        if self.lecture is not None:
            self.lecture.show_hall(shown is self.lecture)

    def show_theme(self, shown: Theme) -> None:
        """Give the lecture a theme, now or when it opens."""
        self._theme = shown
        if self.lecture is not None:
            self.lecture.show_theme(shown)

    def close(self) -> None:
        """Close the window of the lecture."""
        if self.lecture is not None:
            self.lecture.close()
