"""Lock-step: a thread that trains two networks, the one never an iteration ahead of the other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from time import perf_counter

from core.curves import Curves
from core.training import Diverged, Snapshot, Trainer
from gui.tempo import Speed, Tempo

SLICE_SECONDS = 0.002
LONGEST_PARKING = 0.1
PATIENCE_SECONDS = 0.004

Pair = tuple[Trainer, Trainer]
Request = Callable[["Lockstep"], None]


@dataclass(frozen=True)
class PairReport:
    """Where both networks stand, after the same number of iterations.

    ``done`` counts the requests that are finished. ``ended``: the run is over by itself; ``diverged``
    says which network did (0 or 1) and why. ``error``: a fault of the program.
    """

    done: int
    snapshots: tuple[Snapshot, Snapshot] | None = None
    curves: tuple[Curves, Curves] | None = None
    ended: bool = False
    diverged: tuple[int, str] | None = None
    error: Exception | None = None


class Lockstep(threading.Thread):
    """Trains two networks in slices of about two milliseconds, holding ``turn``; parks without ``go``.

    Requests are functions of the thread that run between two slices. A run reports only when a
    report is ``wanted``, so that it cannot flood a slow window.
    """

    def __init__(self) -> None:
        super().__init__(name="training of two", daemon=True)
        self.reports: SimpleQueue[PairReport] = SimpleQueue()
        self.go, self.turn = threading.Event(), threading.Lock()
        self.go.set()
        self.wanted = False
        self._trainers: Pair | None = None
        self._requests: SimpleQueue[Request | None] = SimpleQueue()
        self._done, self._size, self._running = 0, 1, False
        self._tempo = Tempo()

    def request(self, request: Request | None) -> None:
        """Have a function of this thread run in it; None ends the thread."""
        self._requests.put(request)

    def run(self) -> None:
        """Serve requests, and train while a run is on."""
        while True:
            wait = min(self._tempo.wait(), LONGEST_PARKING) if self._running else None
            try:
                request = self._requests.get(timeout=wait)
            except Empty:
                self._guarded(Lockstep._slice)
                continue
            if request is None:
                return
            self._done += 1
            self._guarded(request)
            self._guarded(Lockstep.report)

    # -- what requests may do ---------------------------------------------------------------------

    def take(self, trainers: Pair) -> None:
        """Train these two from now on; they stand at the same iteration. A run ends."""
        self._trainers, self._running, self._size = trainers, False, 1

    def begin(self) -> None:
        """Start a run."""
        self._running = True
        self._tempo.begin()

    def end(self) -> None:
        """End the run."""
        self._running = False

    def pace(self, speed: Speed) -> None:
        """Set the speed of runs."""
        self._tempo.begin(speed)

    def advance(self, iterations: int) -> None:
        """Train both by as many iterations. Where one diverges, both stand just before."""
        assert self._trainers is not None
        left, right = self._trainers
        start, faults = left.moment(), dict[int, str]()
        before = left.iteration
        made = iterations - _missed(left, iterations, 0, faults)
        made -= _missed(right, made, 1, faults) if made else 0
        if left.iteration != before + made:
            faults.pop(0, None)
            left.restore(start)
            if made:
                left.run(made)
        if faults:
            self._running = False
            self.report(diverged=next(iter(faults.items())))

    def report(self, *, diverged: tuple[int, str] | None = None) -> None:
        """Tell where both stand."""
        self.wanted = False
        if self._trainers is not None:
            left, right = self._trainers
            self.reports.put(
                PairReport(
                    self._done,
                    (left.snapshot(), right.snapshot()),
                    (left.curves(), right.curves()),
                    diverged is not None,
                    diverged,
                )
            )

    # -- a run ------------------------------------------------------------------------------------

    def _slice(self) -> None:
        self.go.wait(LONGEST_PARKING)
        with self.turn:
            due, begun = self._tempo.due(self._size), perf_counter()
            if due > 0:
                self.advance(due)
                fitting = due * SLICE_SECONDS / max(perf_counter() - begun, 1e-7)
                self._size = max(1, min(int(fitting), 2 * self._size))
            self._tempo.made(due)
            if self.wanted and self._running:
                self.report()

    def _guarded(self, work: Request) -> None:
        """Run ``work``; a fault of the program is handed to the window."""
        try:
            work(self)
        except Exception as error:
            self._running = False
            self.reports.put(PairReport(self._done, ended=True, error=error))


def _missed(trainer: Trainer, iterations: int, k: int, faults: dict[int, str]) -> int:
    """Train network number k and return how many iterations are missing because it diverged."""
    goal = trainer.iteration + iterations
    try:
        trainer.run(iterations)
    except Diverged as diverged:
        faults[k] = str(diverged)
    return goal - trainer.iteration


class PairExchange:
    """The window's end of the thread, which lives until `close`."""

    def __init__(self) -> None:
        self._thread = Lockstep()
        self._sent = self._seen = 0
        self._thread.start()

    @property
    def waiting(self) -> bool:
        """Whether something asked for is not done yet."""
        return self._seen < self._sent

    @property
    def alive(self) -> bool:
        """Whether the thread lives."""
        return self._thread.is_alive()

    def ask(self, request: Request) -> None:
        """Have a function of the thread run in it."""
        self._sent += 1
        self._thread.request(request)

    def want(self, wanted: bool) -> None:
        """Say whether a run shall report once."""
        self._thread.wanted = wanted

    def reports(self) -> Iterator[PairReport]:
        """Yield what was reported since the last time."""
        while True:
            try:
                report = self._thread.reports.get_nowait()
            except Empty:
                return
            self._seen = report.done
            yield report

    @contextmanager
    def parked(self) -> Iterator[None]:
        """Keep the training still while the window draws; a slice under way is waited for shortly."""
        thread = self._thread
        was_going = thread.go.is_set()
        thread.go.clear()
        mine = was_going and thread.turn.acquire(timeout=PATIENCE_SECONDS)
        try:
            yield
        finally:
            if mine:
                thread.turn.release()
            if was_going:
                thread.go.set()

    def close(self, seconds: float = 1.0) -> None:
        """End the thread, within so long."""
        self._thread.go.set()
        self._thread.request(None)
        self._thread.join(seconds)
