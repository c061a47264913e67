"""Writes the journal of a window in a thread, while the user works."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from core.language import tr
from core.project.journal import JournalFile, new_journal
from core.project.json_io import reason

INTERVAL_MILLISECONDS = 500
"""Interval of checks for changes: including the time for writing, the journal is at most a second behind."""
PATIENCE_SECONDS = 2.0


def not_kept(why: str) -> str:
    """Return the sentence that says that the work of a window cannot be kept."""
    text = tr("What you do now would be lost if Glassnet ended abruptly: {why}. Save your work.")
    return text.format(why=why)


class Kept(Protocol):
    """The work at a moment, an immutable value."""

    def same_as(self, other: Any, /) -> bool:
        """Return whether a journal of the other one would be the same."""


class _Request:
    """A request to the thread: write a state (None: there is nothing to lose), to another file if given."""

    def __init__(self, state: Kept | None, file: JournalFile | None = None) -> None:
        self.state, self.file = state, file
        self.done = threading.Event()


class _WritingThread(threading.Thread):
    """Writes the newest state it was given. ``told`` is called with an error message, "" if there is none."""

    def __init__(self, folder: Path, text: Callable[[Any], bytes], told: Callable[[str], None]) -> None:
        super().__init__(name="journal", daemon=True)
        self.requests: SimpleQueue[_Request | None] = SimpleQueue()
        self.problem = ""
        self._folder, self._text, self._told = folder, text, told
        self._file: JournalFile | None = None

    def run(self) -> None:
        """Serve requests until there is one that is None; the journal is removed then."""
        while (request := self.requests.get()) is not None:
            request = self._newest(request)
            self._serve(request)
            request.done.set()
        if self._file is not None:
            self._file.remove()

    def _newest(self, request: _Request) -> _Request:
        """Return the last request in the queue; those before it are skipped, unless they name a file."""
        while request.file is None:
            try:
                later = self.requests.get_nowait()
            except Empty:
                break
            request.done.set()
            if later is None:
                self.requests.put(None)
                break
            request = later
        return request

    def _serve(self, request: _Request) -> None:
        try:
            if request.file is not None:
                if self._file is not None:
                    self._file.remove()
                self._file = request.file
            elif request.state is not None:
                if self._file is None:
                    self._file = new_journal(self._folder)
                self._file.write(self._text(request.state))
            elif self._file is not None:
                self._file.clear()
            problem = ""
        except (OSError, ValueError) as error:
            problem = reason(error)
        if problem != self.problem:
            self.problem = problem
            self._told(problem)


class JournalWriter(QObject):
    """Keeps the work of a window in a journal in ``folder``, until `close`.

    ``state`` returns the work that would be lost now, None if there is none, and ``text`` turns it into
    bytes, in the thread. ``problem_changed`` carries why it cannot be kept, "" once it can.
    """

    problem_changed = Signal(str)

    def __init__(
        self, folder: Path, state: Callable[[], Kept | None], text: Callable[[Any], bytes], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._state = state
        self._given: Kept | None = None
        self._thread = _WritingThread(folder, text, self.problem_changed.emit)
        self._thread.start()
        self._timer = QTimer(self, interval=INTERVAL_MILLISECONDS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    @property
    def problem(self) -> str:
        """Why the last writing failed; empty if it did not."""
        return self._thread.problem

    def look(self) -> bool:
        """Request the work to be written, if it has changed; return whether it has."""
        state, given = self._state(), self._given
        same = given is None if state is None else state.same_as(given)
        if same and not self.problem:
            return False
        self._given = state
        self._thread.requests.put(_Request(state))
        return True

    def write_now(self) -> str:
        """Write the present work, and wait for it; return why that failed, "" if it did not."""
        self._given = state = self._state()
        request = _Request(state)
        self._thread.requests.put(request)
        in_time = request.done.wait(PATIENCE_SECONDS)
        return self.problem if in_time else self.tr("the disk is slow")

    def adopt(self, file: JournalFile) -> None:
        """Keep the work in another journal from now on; the present one is removed."""
        self._given = None
        self._thread.requests.put(_Request(None, file))

    def close(self) -> None:
        """Remove the journal, as nothing needs to be kept."""
        if self._thread.is_alive():
            self._timer.stop()
            self._thread.requests.put(None)
            self._thread.join()
