"""Worker: the thread that trains. It owns the course of the run; nobody else touches it.

What the window wants done comes as requests, functions of the worker, which run between two slices
of training. What it has to tell comes as reports, which the window fetches; none is sent unasked
but at the end of a run and after a request, so that a fast run cannot flood a slow window.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from time import perf_counter

from core.closer import findings_of
from core.course import Course, Where
from core.curves import Curves
from core.diagnostics import Finding
from core.stops import Stop, first_reached, still_ahead
from core.training import Diverged, Moment, Snapshot, Trainer
from gui.tempo import Speed, Tempo

SLICE_SECONDS = 0.002
LONGEST_PARKING = 0.1
QUIET_SECONDS = 0.15  # at rest, so long the window draws before anything else is looked for
FINDING_SECONDS = 1.0
FINDING_SHARE = 0.05  # of the time of a run may go into looking for what is wrong

Request = Callable[["Worker"], None]


@dataclass(frozen=True)
class Report:
    """What the worker tells: of which ``load`` (a trainer) and which ``run`` it speaks.

    ``snapshot`` is of the place looked at, ``where`` says which, ``newest`` is the moment training
    stands at. ``ended``: the run is over, by itself; ``diverged`` or ``stopped``: the sentence that
    says why. ``findings``: what is wrong, if that was looked for. ``answer`` answers a question.
    ``error``: a fault of the program. ``done``: how many requests are finished.
    """

    load: int
    run: int
    done: int
    snapshot: Snapshot | None = None
    curves: Curves | None = None
    where: Where | None = None
    newest: Moment | None = None
    findings: tuple[Finding, ...] | None = None
    answer: Callable[[], object] | None = None
    ended: bool = False
    diverged: str = ""
    stopped: str = ""
    error: Exception | None = None


class Worker(threading.Thread):
    """Trains in slices of about two milliseconds, holding ``turn``; parks while ``go`` is cleared.

    ``trial`` is a snapshot to be shown once in place of the present one.
    """

    def __init__(self) -> None:
        super().__init__(name="training", daemon=True)
        self.reports: SimpleQueue[Report] = SimpleQueue()
        self.go = threading.Event()
        self.go.set()
        self.turn = threading.Lock()
        self.wanted = False
        self.load = 0
        self.trial: Snapshot | None = None
        self.stops: tuple[Stop, ...] = ()
        self._course: Course | None = None
        self._requests: SimpleQueue[Request | None] = SimpleQueue()
        self._done = self._run = 0
        self._goal: int | None = None
        self._heeded: tuple[Stop, ...] = ()
        self._tempo = Tempo()
        self._size = 1
        self._shown: Snapshot | None = None
        self._looked_at: Snapshot | None = None
        self._next_look = 0.0

    @property
    def course(self) -> Course:
        """The run. Raises RuntimeError before there is one."""
        if self._course is None:
            raise RuntimeError("No network is loaded.")
        return self._course

    def request(self, request: Request | None) -> None:
        """Have a function of this worker run in its thread; None ends the thread."""
        self._requests.put(request)

    def run(self) -> None:
        """Serve requests, and train while a run is on."""
        while True:
            try:
                request = self._requests.get(timeout=self._patience())
            except Empty:
                self._guarded(Worker._slice if self._run else Worker._look)
                continue
            if request is None:
                return
            self._done += 1
            self.trial = None
            self._guarded(request)
            self._guarded(Worker.report)

    # -- what requests may do ---------------------------------------------------------------------

    def take(self, trainer: Trainer, load: int) -> None:
        """Train ``trainer`` from now on, which is number ``load``; a run goes on."""
        self._course, self.load, self._size = Course(trainer), load, 1
        if self._run and self._goal is not None:
            self.report(ended=True)

    def begin(self, run: int, iterations: Callable[[Worker], int | None]) -> None:
        """Start a run of that number; it goes on for so many iterations, or until it is ended (None).

        A run without an end begins at the newest moment, and heeds the conditions not reached yet.
        """
        self._run, self._heeded = run, ()
        trainer, left = self.course.trainer, iterations(self)
        self._goal = None if left is None else trainer.iteration + left
        self._tempo.begin()
        if left is None:
            if self.course.behind:
                self.course.seek(trainer.iteration)
            self._heeded = still_ahead(self.stops, trainer.snapshot(), trainer.curves()) if self.stops else ()

    def end(self) -> None:
        """End the run, if there is one."""
        self._run = 0

    def pace(self, speed: Speed) -> None:
        """Set the speed of runs."""
        self._tempo.begin(speed)

    def report(self, *, ended: bool = False, diverged: str = "") -> None:
        """Tell where training stands; a run that came to a condition at which it stops is over."""
        self.wanted = False
        course, run = self._course, self._run
        report = Report(self.load, run, self._done, ended=ended, diverged=diverged)
        if course is not None:
            self._shown = course.snapshot() if self.trial is None else self.trial
            newest, curves = course.trainer.moment(), course.trainer.curves()
            stopped = first_reached(self._heeded, self._shown, curves) if run and not ended else ""
            report = replace(
                report,
                snapshot=self._shown,
                curves=curves,
                where=course.where(),
                newest=newest,
                stopped=stopped,
                ended=ended or bool(stopped),
            )
        if report.ended:
            self._run = 0
        self.reports.put(report)

    def answer(self, answer: Callable[[], object]) -> None:
        """Have ``answer`` called in the window's thread."""
        self.reports.put(Report(self.load, self._run, self._done, answer=answer))

    # -- a run ------------------------------------------------------------------------------------

    def _patience(self) -> float | None:
        """Return how long to wait for a request: for ever at rest, not at all when something is due."""
        if not self._run:
            return QUIET_SECONDS if self._shown is not self._looked_at else None
        return 0.0 if self._goal is not None else min(self._tempo.wait(), LONGEST_PARKING)

    def _due(self) -> int:
        """Return how many iterations, or steps, to make now."""
        trainer = self.course.trainer
        if self._goal is not None:
            return min(self._size, self._goal - trainer.iteration)
        if self._tempo.speed.grain is not None:
            return self._tempo.due(1)
        stop = self._next_stop()
        most = self._size if stop is None else min(self._size, max(1, stop - trainer.iteration))
        return self._tempo.due(most)

    def _next_stop(self) -> int | None:
        """Return the iteration at which a condition is reached, where that is known."""
        training, samples = (
            self.course.trainer.network.design.training,
            self.course.trainer.dataset.train.size,
        )
        batches = -(-samples // training.size_of_batch(samples))
        known = [t for stop in self._heeded if (t := stop.iteration(batches)) is not None]
        return min(known, default=None)

    def _slice(self) -> None:
        self.go.wait(LONGEST_PARKING)
        with self.turn:
            self._train()

    def _train(self) -> None:
        due, begun = self._due(), perf_counter()
        course, grain = self.course, self._tempo.speed.grain if self._goal is None else None
        if due > 0 and grain is not None:
            course.train(course.step(grain))
        elif due > 0:
            course.train(due)
            self._resize(due, perf_counter() - begun)
        self._tempo.made(due)
        if self._goal is not None and course.trainer.iteration >= self._goal:
            self.report(ended=True)
        elif self.wanted or (self._heeded and course.trainer.iteration == self._next_stop()):
            self.report()
            if perf_counter() >= self._next_look:
                self._look()

    def _resize(self, made: int, seconds: float) -> None:
        """Bring the number of iterations in a slice nearer to what fills it."""
        fitting = made * SLICE_SECONDS / max(seconds, 1e-7)
        self._size = max(1, min(int(fitting), 2 * self._size))

    def _look(self) -> None:
        """Look for what is wrong at the place shown."""
        begun, self._looked_at = perf_counter(), self._shown
        if self._shown is not None:
            found = findings_of(self.course, self._shown.theta)
            self.reports.put(Report(self.load, self._run, self._done, findings=found))
        ended = perf_counter()
        self._next_look = ended + max(FINDING_SECONDS, (ended - begun) / FINDING_SHARE)

    def _guarded(self, work: Request) -> None:
        """Run ``work``; a divergence ends the run, a fault of the program is handed to the window."""
        try:
            work(self)
        except Diverged as diverged:
            self.report(ended=True, diverged=str(diverged))
        except Exception as error:
            run, self._run = self._run, 0
            self.reports.put(Report(self.load, run, self._done, ended=True, error=error))
