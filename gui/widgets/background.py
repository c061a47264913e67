"""Work that runs in a thread, with progress, until it is done, fails, or is cancelled."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from core.outside_text import OneSentenceError

Progress = Callable[[float], bool]
"""Called with the share that is done, 0 … 1; returns False to stop."""
Work = Callable[[Progress], object]


class Background(QObject):
    """Runs one piece of work at a time; starting another cancels the one before.

    ``progressed`` carries the share that is done, ``finished`` the result, ``failed`` a sentence. Cancelled
    work emits nothing more.
    """

    progressed = Signal(float)
    finished = Signal(object)
    failed = Signal(str)
    _told = Signal(int, str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._thread: threading.Thread | None = None
        self._told.connect(self._pass_on)

    @property
    def busy(self) -> bool:
        """Whether work is in progress whose result is awaited."""
        return self._thread is not None

    def start(self, work: Work) -> None:
        """Start a piece of work; work in progress is cancelled."""
        self.cancel()
        number = self._number
        self._thread = threading.Thread(target=self._run, args=(number, work), daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Stop, and wait until the thread has ended: nothing more is emitted."""
        self._number += 1
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()

    def _run(self, number: int, work: Work) -> None:
        def progress(share: float) -> bool:
            if number == self._number:
                self._told.emit(number, "progressed", share)
            return number == self._number

        try:
            result = work(progress)
        except OneSentenceError as error:
            self._told.emit(number, "failed", str(error))
        except Exception as error:
            self._told.emit(number, "raised", error)
        else:
            self._told.emit(number, "finished", result)

    def _pass_on(self, number: int, what: str, value: object) -> None:
        """Emit, in the thread of the window, a result that is still awaited."""
        if number != self._number:
            return
        if what == "progressed":
            self.progressed.emit(value)
            return
        self._thread = None
        if what == "raised":
            assert isinstance(value, Exception)
            raise value
        getattr(self, what).emit(value)
