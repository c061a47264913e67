"""Long work of the window's thread, done in slices between which the window draws."""

from __future__ import annotations

from time import perf_counter

from PySide6.QtCore import QObject

from core.slices import Sliced
from gui.qt.drawable import overflowing
from gui.qt.later import Later

SLICE_SECONDS = 0.008
PAUSE_MILLISECONDS = 8  # between slices, for other drawing


class InSlices(QObject):
    """Does work in slices; the work is a generator that yields every few milliseconds.

    Work that never yields is done at once. Work requested while other work is under way waits until that is
    complete; only the last one requested is then done.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._wanted: Sliced[None] | None = None
        self._under_way: Sliced[None] | None = None
        self._later = Later(self, singleShot=True, interval=PAUSE_MILLISECONDS)
        self._later.timeout.connect(self._advance)

    def want(self, work: Sliced[None]) -> None:
        """Do this work once the work under way is complete."""
        self._wanted = work
        if self._under_way is None and not self._later.isActive():
            self._advance()

    def forget(self) -> None:
        """Cancel the work under way and the work requested."""
        self._wanted = self._under_way = None
        self._later.stop()

    def _advance(self) -> None:
        """Work for one slice."""
        if self._under_way is None:
            self._under_way, self._wanted = self._wanted, None
        work, unfinished = self._under_way, False
        try:
            unfinished = work is not None and _work_until(work, perf_counter() + SLICE_SECONDS)
        finally:
            if not unfinished and self._under_way is work:
                self._under_way = None
            if self._under_way is not None or self._wanted is not None:
                self._later.start()


def _work_until(work: Sliced[None], end: float) -> bool:
    """Continue work until a time; return whether some of it is left."""
    with overflowing():
        return any(perf_counter() > end for _ in work)
