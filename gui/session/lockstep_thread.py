"""A thread that trains several networks in lock-step, so that none is ever ahead of the others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from time import perf_counter

from core.debugger.lockstep import Lockstep, LockstepPosition
from gui.session.run_speed import RunPacer, Speed

SLICE_SECONDS = 0.002
LONGEST_PARKING = 0.1

Request = Callable[["LockstepThread"], None]


@dataclass(frozen=True, eq=False)
class LockstepReport:
    """The positions of all networks. ``load`` is the number of the set of networks being trained.

    ``done`` is the number of finished requests. ``ended``: the run is over because no network can continue.
    ``error``: an exception, if one was raised.
    """

    done: int
    load: int = 0
    standing: LockstepPosition | None = None
    ended: bool = False
    error: Exception | None = None


class LockstepThread(threading.Thread):
    """Trains in slices of about two milliseconds holding the lock ``turn``; waits while ``go`` is cleared.

    Speeds are in ticks of the lock-step. During a run, a report is sent only when ``wanted`` is set, so that
    a slow window is not flooded.
    """

    def __init__(self) -> None:
        super().__init__(name="training in lock-step", daemon=True)
        self.reports: SimpleQueue[LockstepReport] = SimpleQueue()
        self.go, self.turn = threading.Event(), threading.Lock()
        self.go.set()
        self.wanted = False
        self._lockstep: Lockstep | None = None
        self._movers: Collection[int] | None = None
        self._requests: SimpleQueue[Request | None] = SimpleQueue()
        self._done, self._load, self._size, self._running = 0, 0, 1, False
        self._pacer = RunPacer()

    @property
    def lockstep(self) -> Lockstep:
        """The trainers in lock-step. Raises RuntimeError if none have been set."""
        if self._lockstep is None:
            raise RuntimeError("No networks are loaded.")
        return self._lockstep

    def request(self, request: Request | None) -> None:
        """Queue a function to be run in this thread; None ends the thread."""
        self._requests.put(request)

    def run(self) -> None:
        """Serve requests, and train while a run is active."""
        while True:
            wait = min(self._pacer.wait(), LONGEST_PARKING) if self._running else None
            try:
                request = self._requests.get(timeout=wait)
            except Empty:
                self._guarded(LockstepThread._slice)
                continue
            if request is None:
                return
            self._done += 1
            self._guarded(request)
            self._guarded(LockstepThread.report)

    # -- requests ---------------------------------------------------------------------------------

    def take(self, lockstep: Lockstep, load: int = 0) -> None:
        """Train these networks from now on; the run, if any, ends."""
        self._lockstep, self._load, self._size = lockstep, load, 1
        self._running = False

    def begin(self, movers: Collection[int] | None = None) -> None:
        """Start a run, of all networks or only of those with the indices ``movers``."""
        self._running, self._movers = not self.lockstep.stopped, movers
        self._pacer.begin()
        if not self._running:
            self.report(ended=True)

    def end(self) -> None:
        """End the run."""
        self._running = False

    def pace(self, speed: Speed) -> None:
        """Set the speed of runs."""
        self._pacer.begin(speed)

    def report(self, *, ended: bool = False) -> None:
        """Send a report of the positions of all networks."""
        self.wanted = False
        standing = None if self._lockstep is None else self._lockstep.standing()
        self.reports.put(LockstepReport(self._done, self._load, standing, ended))

    # -- a run ------------------------------------------------------------------------------------

    def _slice(self) -> None:
        self.go.wait(LONGEST_PARKING)
        with self.turn:
            due, begun = self._pacer.due(self._size), perf_counter()
            if due > 0:
                self.lockstep.advance(due, self._movers)
                fitting = due * SLICE_SECONDS / max(perf_counter() - begun, 1e-7)
                self._size = max(1, min(int(fitting), 2 * self._size))
            self._pacer.made(due)
            if self.lockstep.stopped:
                self._running = False
                self.report(ended=True)
            elif self.wanted and self._running:
                self.report()

    def _guarded(self, work: Request) -> None:
        """Run ``work``; an exception is reported to the window."""
        try:
            work(self)
        except Exception as error:
            self._running = False
            self.reports.put(LockstepReport(self._done, self._load, ended=True, error=error))
