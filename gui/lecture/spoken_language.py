"""The language of a lecture: spoken while its window, or one that belongs to it, is in front."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from core.language import Spoken, speaking, spoken, use
from core.project.languages import texts_in


class SpokenLanguage(QObject):
    """Speaks another language than the program's while a window is in front; what it then paints is in it.

    What a window says comes from one catalogue, asked for when it is written or painted. So the whole program
    speaks the language of the lecture until another of its windows is brought to the front.
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
        """Take the language of another lecture; an empty code, and one without a file, are the program's.

        Raises FileError for a faulty file; the program's language is then spoken.
        """
        self.end()
        texts = texts_in(code)
        self._lecture = None if texts is None else (code, texts)
        self._follow()

    def speech(self) -> AbstractContextManager[None]:
        """Return a block inside which the lecture's language is spoken, wherever its window is."""
        return nullcontext() if self._lecture is None else speaking(*self._lecture)

    def end(self) -> None:
        """Speak the program's language again."""
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
            window.update()  # words that are painted come in the language that is now spoken
