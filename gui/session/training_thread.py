"""Worker: the thread that trains. It owns the course of the run; nobody else touches it.

What the window wants done comes as requests, functions of the worker, which run between two slices
of training. What it has to tell comes as reports, which the window fetches; none is sent unasked
but at the end of a run and after a request, so that a fast run cannot flood a slow window.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from time import perf_counter

from core.analysis.health import Finding
from core.debugger.checkpoints import Cancelled
from core.debugger.queries import findings_of
from core.debugger.run import Run, RunStatus
from core.nn.batches import Origin
from core.nn.curves import Curves
from core.nn.early_stopping import Stop, first_reached, next_look, still_ahead
from core.nn.trainer import Checkpoint, Diverged, Snapshot
from gui.session.run_speed import RunPacer, Speed


class CancelToken:
    """Something that may be called off; the thread that does it looks at that now and then."""

    called_off = False


class CancellableRequests:
    """The errands of the window, of which those sent since `call_off` are wanted."""

    def __init__(self) -> None:
        self._wanted = CancelToken()

    def sent(self, go: Callable[[TrainingThread], object]) -> Callable[[TrainingThread], None]:
        """Return the request that goes on an errand."""
        errand = self._wanted

        def request(worker: TrainingThread) -> None:
            worker.errand = errand
            go(worker)

        return request

    def call_off(self) -> None:
        """Call off what is under way, and what waits; both are over at once, and nothing has changed."""
        self._wanted.called_off = True
        self._wanted = CancelToken()


# -- The thread that trains. It owns the course of the run; nobody else touches it -----------------------

SLICE_SECONDS = 0.002
LONGEST_PARKING = 0.1
QUIET_SECONDS = 0.15  # at rest, so long the window draws before anything else is looked for
FINDING_SECONDS = 1.0
FINDING_SHARE = 0.05  # of the time of a run may go into looking for what is wrong
LONG_SECONDS = 0.5  # after so long, the window is told how far something is
TELL_SECONDS = 0.1

Request = Callable[["TrainingThread"], None]


@dataclass(frozen=True)
class Report:
    """What the worker tells: of which ``load`` (a trainer) and which ``run`` it speaks.

    ``snapshot`` is of the place looked at, ``where`` says which, ``newest`` is the moment training
    stands at, ``origin`` from where the run counts there. ``ended``: the run is over, by itself;
    ``diverged`` or ``stopped``: the sentence that says why. ``passed``: which conditions to stop at were
    reached before. ``findings``: what is wrong, if that was looked for. ``answer`` answers a question.
    ``progress``: how many of how many iterations are computed again. ``error``: a fault of the program.
    ``done``: how many requests are finished.
    """

    load: int
    run: int
    done: int
    snapshot: Snapshot | None = None
    curves: Curves | None = None
    where: RunStatus | None = None
    newest: Checkpoint | None = None
    origin: Origin = field(default_factory=Origin)
    findings: tuple[Finding, ...] | None = None
    answer: Callable[[], object] | None = None
    progress: tuple[int, int] | None = None
    ended: bool = False
    diverged: str = ""
    stopped: str = ""
    passed: str = ""
    error: Exception | None = None


class TrainingThread(threading.Thread):
    """Trains in slices of about two milliseconds, holding ``turn``; parks while ``go`` is cleared.

    ``trial`` is a snapshot to be shown once in place of the present one. ``errand`` is the one the
    present request is part of, if it can be called off.
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
        self.errand: CancelToken | None = None
        self.stops: tuple[Stop, ...] = ()
        self._course: Run | None = None
        self._requests: SimpleQueue[Request | None] = SimpleQueue()
        self._done = self._run = 0
        self._goal: int | None = None
        self._heeded: tuple[Stop, ...] = ()
        self._passed: tuple[Stop, ...] = ()
        self._tempo = RunPacer()
        self._size = 1
        self._tell_at = 0.0
        self._shown: Snapshot | None = None
        self._looked_at: Snapshot | None = None
        self._next_look = 0.0

    @property
    def course(self) -> Run:
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
                self._guarded(TrainingThread._slice if self._run else TrainingThread._look)
                continue
            if request is None:
                return
            self._done += 1
            self.trial = self.errand = None
            self._tell_at = perf_counter() + LONG_SECONDS
            self._guarded(request)
            self._guarded(TrainingThread.report)

    # -- what requests may do ---------------------------------------------------------------------

    def take(self, course: Run, load: int) -> None:
        """Train this course from now on, which is number ``load``; a run goes on."""
        course.watch = self._heed
        self._course, self.load, self._size = course, load, 1
        if self._run and self._goal is not None:
            self.report(ended=True)

    def begin(self, run: int, iterations: Callable[[TrainingThread], int | None]) -> None:
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
            self._heed_stops()

    def set_stops(self, stops: tuple[Stop, ...]) -> None:
        """Set the conditions that end a run without another end; one that is on heeds them at once."""
        self.stops, self._passed = stops, ()
        self._heed_stops()

    def _heed_stops(self) -> None:
        """Heed the conditions not reached yet; tell of the others, once, that they will end nothing."""
        self._heeded = ()
        if self._course is None or not self.stops or (self._run and self._goal is not None):
            return
        trainer = self._course.trainer
        snapshot, curves = trainer.snapshot(), trainer.curves()
        self._heeded = still_ahead(self.stops, snapshot, curves)
        passed = tuple(stop for stop in self.stops if stop not in self._heeded)
        told = " ".join(stop.reached(snapshot, curves) for stop in passed if stop not in self._passed)
        self._passed = passed
        if told:
            self.reports.put(Report(self.load, self._run, self._done - 1, passed=told))

    def end(self) -> None:
        """End the run, if there is one."""
        self._run = 0

    def pace(self, speed: Speed) -> None:
        """Set the speed of runs."""
        self._tempo.begin(speed)

    def report(self, *, ended: bool = False, diverged: str = "", stopped: str = "") -> None:
        """Tell where training stands; a run that ended, by itself or at a condition, is over."""
        self.wanted = False
        course, run, ended = self._course, self._run, ended or bool(stopped)
        report = Report(self.load, run, self._done, ended=ended, diverged=diverged, stopped=stopped)
        if course is not None:
            self._shown = _seen(course) if self.trial is None else self.trial
            newest, curves = course.trainer.moment(), course.trainer.curves()
            report = replace(report, snapshot=self._shown, curves=curves, where=course.where(), newest=newest)
            report = replace(report, origin=course.trainer.origin)
        if ended:
            self._run = 0
        self.reports.put(report)

    def _heed(self, done: int, of: int) -> None:
        """While something is computed again, let the window draw, and be called off; tell how far it is."""
        self.go.wait(LONGEST_PARKING)
        if self.errand is not None and self.errand.called_off:
            raise Cancelled
        if perf_counter() >= self._tell_at:
            self._tell_at = perf_counter() + TELL_SECONDS
            self.reports.put(Report(self.load, self._run, self._done - 1, progress=(done, of)))

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
        return self._tempo.due(self._size)

    def _slice(self) -> None:
        self.go.wait(LONGEST_PARKING)
        with self.turn:
            self._train()

    def _train(self) -> None:
        due, begun = self._due(), perf_counter()
        course, grain = self.course, self._tempo.speed.grain if self._goal is None else None
        stopped = ""
        if due > 0 and grain is not None:
            look = next_look(self._heeded, course.trainer)
            course.train(course.step(grain))
            stopped = self._reached(look)
        elif due > 0:
            stopped = self._train_for(course.trainer.iteration + due)
            self._resize(due, perf_counter() - begun)
        self._tempo.made(due)
        if stopped:
            self.report(stopped=stopped)
        elif self._goal is not None and course.trainer.iteration >= self._goal:
            self.report(ended=True)
        elif self.wanted:
            self.report()
            if perf_counter() >= self._next_look:
                self._look()

    def _train_for(self, goal: int) -> str:
        """Train up to iteration ``goal``, or to a condition at which to stop; return why, in a sentence."""
        trainer, stopped = self.course.trainer, ""
        while trainer.iteration < goal and not stopped:
            look = next_look(self._heeded, trainer)
            self.course.train((goal if look is None else min(goal, look)) - trainer.iteration)
            stopped = self._reached(look)
        return stopped

    def _reached(self, look: int | None) -> str:
        """Return which condition is reached, once training is at the iteration to look at them."""
        trainer = self.course.trainer
        if look is None or trainer.iteration < look:
            return ""
        why = first_reached(self._heeded, trainer.snapshot(), trainer.curves())
        if why:
            self._passed = self.stops  # the end of the run tells of them
        return why

    def _resize(self, made: int, seconds: float) -> None:
        """Bring the number of iterations in a slice nearer to what fills it."""
        fitting = made * SLICE_SECONDS / max(seconds, 1e-7)
        self._size = max(1, min(int(fitting), 2 * self._size))

    def _look(self) -> None:
        """Look for what is wrong at the place shown."""
        begun, self._looked_at = perf_counter(), self._shown
        if self._shown is not None:
            found = findings_of(self.course, self._shown)
            self.reports.put(Report(self.load, self._run, self._done, findings=found))
        ended = perf_counter()
        self._next_look = ended + max(FINDING_SECONDS, (ended - begun) / FINDING_SHARE)

    def _guarded(self, work: Request) -> None:
        """Run ``work``; a divergence ends the run, a fault of the program is handed to the window."""
        try:
            work(self)
        except Cancelled:
            pass  # the place looked at is as it was
        except Diverged as diverged:
            self.report(ended=True, diverged=str(diverged))
        except Exception as error:
            run, self._run = self._run, 0
            self.reports.put(Report(self.load, run, self._done, ended=True, error=error))


def _seen(course: Run) -> Snapshot:
    """Return what is to be seen; where that is called off, the newest moment."""
    try:
        return course.snapshot()
    except Cancelled:
        return course.snapshot()
