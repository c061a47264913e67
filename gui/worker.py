"""Worker: the thread that trains. It owns the trainer; nobody else touches it.

What the window wants done comes as requests, functions of the trainer, which run between two slices
of training. What it has to tell comes as reports, which the window fetches; none is sent unasked
but at the end of a run and after a request, so that a fast run cannot flood a slow window.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from time import perf_counter

from core.curves import Curves
from core.training import Diverged, Snapshot, Trainer

SLICE_SECONDS = 0.002
LONGEST_PARKING = 0.1

Request = Callable[["Worker"], object]


@dataclass(frozen=True)
class Report:
    """What the worker tells: of which ``load`` (a trainer) and which ``run`` it speaks.

    ``ended``: the run is over, by itself; ``diverged``: the sentence, if that was why. ``error``: a
    fault of the program. ``done``: how many requests are finished.
    """

    load: int
    run: int
    done: int
    snapshot: Snapshot | None = None
    curves: Curves | None = None
    ended: bool = False
    diverged: str = ""
    error: Exception | None = None


class Worker(threading.Thread):
    """Trains in slices of about two milliseconds, holding ``turn``; parks while ``go`` is cleared."""

    def __init__(self) -> None:
        super().__init__(name="training", daemon=True)
        self.reports: SimpleQueue[Report] = SimpleQueue()
        self.go = threading.Event()
        self.go.set()
        self.turn = threading.Lock()
        self.wanted = False
        self.trainer: Trainer | None = None
        self.load = 0
        self._requests: SimpleQueue[Request | None] = SimpleQueue()
        self._done = self._run = 0
        self._goal: int | None = None
        self._speed: float | None = None
        self._size = 1
        self._begun, self._made = 0.0, 0

    def request(self, request: Request | None) -> None:
        """Have a function of this worker run in its thread; None ends the thread."""
        self._requests.put(request)

    def run(self) -> None:
        """Serve requests, and train while a run is on."""
        while True:
            try:
                request = self._requests.get(timeout=self._patience())
            except Empty:
                self._guarded(Worker._slice)
                continue
            if request is None:
                return
            self._done += 1
            self._guarded(request)
            self._guarded(Worker.report)

    # -- what requests may do ---------------------------------------------------------------------

    def take(self, trainer: Trainer, load: int) -> None:
        """Train ``trainer`` from now on, which is number ``load``; a run goes on."""
        self.trainer, self.load, self._size = trainer, load, 1
        if self._run and self._goal is not None:
            self._finish()

    def begin(self, run: int, iterations: int | None = None) -> None:
        """Start a run of that number; it goes on for so many iterations, or until it is ended."""
        assert self.trainer is not None
        self._run = run
        self._goal = None if iterations is None else self.trainer.iteration + iterations
        self._begun, self._made = perf_counter(), 0

    def end(self) -> None:
        """End the run, if there is one."""
        self._run = 0

    def pace(self, speed: float | None) -> None:
        """Set the speed in iterations a second; None is flat out."""
        self._speed = speed
        self._begun, self._made = perf_counter(), 0

    def report(self) -> None:
        """Tell where training stands."""
        self.wanted = False
        self.reports.put(self._report(self._run))

    def _report(self, run: int) -> Report:
        if self.trainer is None:
            return Report(self.load, run, self._done)
        return Report(self.load, run, self._done, self.trainer.snapshot(), self.trainer.curves())

    # -- a run ------------------------------------------------------------------------------------

    def _patience(self) -> float | None:
        """Return how long to wait for a request: for ever at rest, not at all when training is due."""
        if not self._run:
            return None
        if self._speed is None or self._goal is not None:
            return 0.0
        next_due = self._begun + (self._made + 1) / self._speed
        return min(max(0.0, next_due - perf_counter()), LONGEST_PARKING)

    def _due(self) -> int:
        """Return how many iterations to make now."""
        assert self.trainer is not None
        if self._goal is not None:
            return min(self._size, self._goal - self.trainer.iteration)
        if self._speed is None:
            return self._size
        due = int((perf_counter() - self._begun) * self._speed) - self._made
        if due > 2 * self._size:
            # What could not be made in time is given up, or the run would chase it for ever.
            self._begun, self._made = perf_counter() - self._size / self._speed, 0
        return min(due, self._size)

    def _slice(self) -> None:
        self.go.wait(LONGEST_PARKING)
        with self.turn:
            self._train()

    def _train(self) -> None:
        due, begun = self._due(), perf_counter()
        assert self.trainer is not None
        if due > 0:
            self.trainer.run(due)
            self._made += due
            self._resize(due, perf_counter() - begun)
        if self._goal is not None and self.trainer.iteration >= self._goal:
            self._finish()
        elif self.wanted:
            self.report()

    def _resize(self, made: int, seconds: float) -> None:
        """Bring the number of iterations in a slice nearer to what fills it."""
        fitting = made * SLICE_SECONDS / max(seconds, 1e-7)
        self._size = max(1, min(int(fitting), 2 * self._size))

    def _finish(self, diverged: str = "") -> None:
        run, self._run = self._run, 0
        self.reports.put(replace(self._report(run), ended=True, diverged=diverged))

    def _guarded(self, work: Request) -> None:
        """Run ``work``; a divergence ends the run, a fault of the program is handed to the window."""
        try:
            work(self)
        except Diverged as diverged:
            self._finish(diverged=str(diverged))
        except Exception as error:
            run, self._run = self._run, 0
            self.reports.put(Report(self.load, run, self._done, ended=True, error=error))
