"""The language of a lecture, in use while the lecture window, or a window that belongs to it, is active."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from core.language import Spoken, speaking, spoken, use
from core.project.languages import texts_in


class SpokenLanguage(QObject):
    """Switches the language in use to that of the lecture while its window is active.

    All windows look up their texts in one catalogue when a text is set or painted. So the whole program uses
    the language of the lecture until another of its windows becomes active.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._lecture: tuple[str, Mapping[str, str]] | None = None
        self._program: Spoken | None = None
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.focusWindowChanged.connect(self._follow)

    def take(self, code: str) -> None:
        """Set the language of the lecture; an empty code, or one without a file, means the program's.

        Raises FileError for a faulty file; the program's language is then in use.
        """
        self.end()
        texts = texts_in(code)
        self._lecture = None if texts is None else (code, texts)
        self._follow()

    def speech(self) -> AbstractContextManager[None]:
        """Return a context in which the lecture's language is in use, whether or not its window is active."""
        return nullcontext() if self._lecture is None else speaking(*self._lecture)

    def end(self) -> None:
        """Switch back to the program's language."""
        self._lecture = None
        self._follow()

    def _follow(self) -> None:
        front = QApplication.activeWindow()
        while front is not None and front is not self._window:
            front = front.parentWidget()
        mine = self._lecture is not None and front is self._window
        if mine and self._program is None and self._lecture is not None:
            self._program = spoken()
            use(*self._lecture)
        elif not mine and self._program is not None and (QApplication.activeWindow() or not self._lecture):
            use(*self._program)
            self._program = None
        else:
            return
        for window in QApplication.topLevelWidgets():
            window.update()  # painted texts change to the language now in use
