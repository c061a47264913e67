"""The training thread, which owns the run; no other thread touches it.

The window sends requests, which are functions of the worker and run between two slices of training. The
worker sends reports, which the window fetches. A report is sent only when the window wants one, at the end of
a run and after a request, so that a fast run does not flood the window.
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
from core.debugger.steps import StepSize
from core.nn.batches import Origin
from core.nn.curves import Curves
from core.nn.early_stopping import Stop, first_reached, next_look, still_ahead
from core.nn.run_outline import RunOutline
from core.nn.trainer import Checkpoint, Diverged, Snapshot
from gui.session.run_speed import RunPacer, Speed


class CancelToken:
    """Tells whether a request has been cancelled; the thread that serves the request polls it."""

    cancelled = False


class CancellableRequests:
    """Requests of the window that can be cancelled; only those made since the last `cancel` are valid."""

    def __init__(self) -> None:
        self._wanted = CancelToken()

    def cancellable(self, go: Callable[[TrainingThread], object]) -> Callable[[TrainingThread], None]:
        """Return a request that calls ``go`` unless it has been cancelled before."""
        token = self._wanted

        def request(worker: TrainingThread) -> None:
            worker.token = token
            go(worker)

        return request

    def cancel(self) -> None:
        """Cancel the current and all waiting requests; they end at once and change nothing."""
        self._wanted.cancelled = True
        self._wanted = CancelToken()


# -- the thread ------------------------------------------------------------------------------------------

SLICE_SECONDS = 0.002
LONGEST_PARKING = 0.1
QUIET_SECONDS = 0.15  # while nothing runs, for the window to draw before the health check starts
FINDING_SECONDS = 1.0
FINDING_SHARE = 0.05  # the fraction of a run's time that health checks may take
SCORING_SHARE = 0.1  # the fraction that scoring all samples may take, for the numbers shown meanwhile
LONG_SECONDS = 0.5  # after which the window shows the progress of a request
PROGRESS_SECONDS = 0.1

Request = Callable[["TrainingThread"], None]


@dataclass(frozen=True)
class Report:
    """A report of the worker on run number ``run`` of the trainer number ``load``.

    ``snapshot`` is the position viewed, and ``where`` describes it; ``newest`` is the checkpoint that
    training has reached, ``origin`` the point from which its iterations are counted, and ``past`` from what
    they can be computed again. ``ended``: the run has ended by itself; ``diverged`` or ``stopped`` is the
    sentence that says why. ``passed``: the stop conditions that were met before. ``findings``: the results
    of the health check of the moment ``judged``, if one was made. ``answer`` is a function that delivers the
    answer to a query. ``progress``: the number of iterations recomputed, and their total. ``error``: an
    exception. ``done``: the number of requests finished.
    """

    load: int
    run: int
    done: int
    snapshot: Snapshot | None = None
    curves: Curves | None = None
    where: RunStatus | None = None
    newest: Checkpoint | None = None
    origin: Origin = field(default_factory=Origin)
    past: RunOutline = field(default_factory=RunOutline)
    findings: tuple[Finding, ...] | None = None
    judged: Snapshot | None = None
    answer: Callable[[], object] | None = None
    progress: tuple[int, int] | None = None
    ended: bool = False
    diverged: str = ""
    stopped: str = ""
    passed: str = ""
    error: Exception | None = None


class TrainingThread(threading.Thread):
    """Trains in slices of about two milliseconds holding the lock ``turn``; waits while ``go`` is cleared.

    ``token`` is that of the current request, if it can be cancelled. ``scores_wanted``: whether the snapshot
    of the next report of a run is to have its scores.
    """

    def __init__(self) -> None:
        super().__init__(name="training", daemon=True)
        self.reports: SimpleQueue[Report] = SimpleQueue()
        self.go = threading.Event()
        self.go.set()
        self.turn = threading.Lock()
        self.wanted, self.scores_wanted = False, True
        self.load = 0
        self._shown_once: Snapshot | None = None
        self.token: CancelToken | None = None
        self.stops: tuple[Stop, ...] = ()
        self._training_run: Run | None = None
        self._requests: SimpleQueue[Request | None] = SimpleQueue()
        self._done = self._run = 0
        self._goal: int | None = None
        self._pending_stops: tuple[Stop, ...] = ()
        self._passed: tuple[Stop, ...] = ()
        self._pacer = RunPacer()
        self._size = 1
        self._progress_due = 0.0
        self._shown: Snapshot | None = None
        self._looked_at: Snapshot | None = None
        self._next_look = self._next_scores = 0.0

    @property
    def training_run(self) -> Run:
        """The run. Raises RuntimeError if none has been set."""
        if self._training_run is None:
            raise RuntimeError("No network is loaded.")
        return self._training_run

    def request(self, request: Request | None) -> None:
        """Queue a function to be run in this thread; None ends the thread."""
        self._requests.put(request)

    def run(self) -> None:
        """Serve requests, and train while a run is active."""
        while True:
            try:
                request = self._requests.get(timeout=self._wait_time())
            except Empty:
                self._guarded(TrainingThread._slice if self._run else TrainingThread._check_health)
                continue
            if request is None:
                return
            self._done += 1
            self._shown_once = self.token = None
            self._progress_due = perf_counter() + LONG_SECONDS
            self._guarded(request)
            self._guarded(TrainingThread.report)

    # -- requests ---------------------------------------------------------------------------------

    def show_once(self, snapshot: Snapshot) -> None:
        """Report this snapshot instead of the present one, after this request only."""
        self._shown_once = snapshot

    def take(self, training_run: Run, load: int) -> None:
        """Train this run, which is number ``load``, from now on; an active run continues."""
        training_run.watch = self._watch
        self._training_run, self.load, self._size = training_run, load, 1
        if self._run and self._goal is not None:
            self.report(ended=True)

    def begin(self, run: int, iterations: Callable[[TrainingThread], int | None]) -> None:
        """Start run number ``run``, of ``iterations`` updates, or until it is ended (None).

        A run without an end starts at the newest checkpoint; the first stop condition met ends it.
        """
        self._run, self._pending_stops = run, ()
        trainer, left = self.training_run.trainer, iterations(self)
        self._goal = None if left is None else trainer.iteration + left
        self._pacer.begin()
        if left is None:
            if self.training_run.behind:
                self.training_run.seek(trainer.iteration)
            self._await_stops()

    def set_stops(self, stops: tuple[Stop, ...]) -> None:
        """Set the conditions that end a run without a given end; an active run uses them at once."""
        self.stops, self._passed = stops, ()
        self._await_stops()

    def _await_stops(self) -> None:
        """Watch for the conditions not met yet; report once that the others will not end the run."""
        self._pending_stops = ()
        if self._training_run is None or not self.stops or (self._run and self._goal is not None):
            return
        trainer = self._training_run.trainer
        snapshot, curves = trainer.snapshot(), trainer.curves()
        self._pending_stops = still_ahead(self.stops, snapshot, curves)
        passed = tuple(stop for stop in self.stops if stop not in self._pending_stops)
        message = " ".join(stop.reached(snapshot, curves) for stop in passed if stop not in self._passed)
        self._passed = passed
        if message:
            self.reports.put(Report(self.load, self._run, self._done - 1, passed=message))

    def end(self) -> None:
        """End the run, if there is one."""
        self._run = 0

    def pace(self, speed: Speed) -> None:
        """Set the speed of runs."""
        self._pacer.begin(speed)

    def report(
        self, *, ended: bool = False, diverged: str = "", stopped: str = "", scored: bool = True
    ) -> None:
        """Report the present position; a run that ended by itself, or at a condition, is over.

        Without scores (see `Trainer.snapshot`) if not ``scored``.
        """
        self.wanted = False
        training_run, run, ended = self._training_run, self._run, ended or bool(stopped)
        report = Report(self.load, run, self._done, ended=ended, diverged=diverged, stopped=stopped)
        if training_run is not None:
            self._shown = _seen(training_run, scored) if self._shown_once is None else self._shown_once
            newest, curves = training_run.trainer.moment(), training_run.trainer.curves()
            report = replace(
                report, snapshot=self._shown, curves=curves, where=training_run.where(), newest=newest
            )
            past = training_run.history.outline()
            report = replace(report, origin=training_run.trainer.origin, past=past)
        if ended:
            self._run = 0
        self.reports.put(report)

    def _watch(self, done: int, of: int) -> None:
        """While iterations are recomputed, let the window draw and cancel; report ``done`` of ``of``."""
        self.go.wait(LONGEST_PARKING)
        if self.token is not None and self.token.cancelled:
            raise Cancelled
        if perf_counter() >= self._progress_due:
            self._progress_due = perf_counter() + PROGRESS_SECONDS
            self.reports.put(Report(self.load, self._run, self._done - 1, progress=(done, of)))

    def answer(self, answer: Callable[[], object]) -> None:
        """Have ``answer`` called in the GUI thread."""
        self.reports.put(Report(self.load, self._run, self._done, answer=answer))

    # -- a run ------------------------------------------------------------------------------------

    def _wait_time(self) -> float | None:
        """Return how long to wait for a request: forever while idle, not at all if something is due."""
        if not self._run:
            return QUIET_SECONDS if self._shown is not self._looked_at else None
        return 0.0 if self._goal is not None else min(self._pacer.wait(), LONGEST_PARKING)

    def _due(self) -> int:
        """Return how many iterations (or steps) are due now."""
        trainer = self.training_run.trainer
        if self._goal is not None:
            return min(self._size, self._goal - trainer.iteration)
        if self._pacer.speed.grain is not None:
            return self._pacer.due(1)
        return self._pacer.due(self._size)

    def _slice(self) -> None:
        self.go.wait(LONGEST_PARKING)
        with self.turn:
            self._train()

    @property
    def _grain(self) -> StepSize | None:
        """How much a step of the run computes, if it goes by steps."""
        return self._pacer.speed.grain if self._goal is None else None

    def _train(self) -> None:
        due, begun = self._due(), perf_counter()
        training_run, grain = self.training_run, self._grain
        stopped = ""
        if due > 0 and grain is not None:
            look = next_look(self._pending_stops, training_run.trainer)
            training_run.train(training_run.step(grain))
            stopped = self._reached(look)
        elif due > 0:
            stopped = self._train_for(training_run.trainer.iteration + due)
            self._resize(due, perf_counter() - begun)
        self._pacer.made(due)
        if stopped:
            self.report(stopped=stopped)
        elif self._goal is not None and training_run.trainer.iteration >= self._goal:
            self.report(ended=True)
        elif self.wanted:
            self._report_frame()
            if perf_counter() >= self._next_look:
                self._check_health()

    def _report_frame(self) -> None:
        """Report a moment of a run; with scores if they are wanted and due."""
        begun, every_step_shown = perf_counter(), self._grain is not None
        scored = self.scores_wanted and (every_step_shown or begun >= self._next_scores)
        self.report(scored=scored)
        if scored:
            ended = perf_counter()
            self._next_scores = ended + (ended - begun) / SCORING_SHARE

    def _train_for(self, goal: int) -> str:
        """Train up to iteration ``goal``, or to a stop condition; return the reason for stopping, if any."""
        trainer, stopped = self.training_run.trainer, ""
        while trainer.iteration < goal and not stopped:
            look = next_look(self._pending_stops, trainer)
            self.training_run.train((goal if look is None else min(goal, look)) - trainer.iteration)
            stopped = self._reached(look)
        return stopped

    def _reached(self, look: int | None) -> str:
        """Return which condition is met, if training is at the iteration where they are checked."""
        trainer = self.training_run.trainer
        if look is None or trainer.iteration < look:
            return ""
        why = first_reached(self._pending_stops, trainer.snapshot(), trainer.curves())
        if why:
            self._passed = self.stops  # the end of the run reports them
        return why

    def _resize(self, made: int, seconds: float) -> None:
        """Adjust the number of iterations per slice so that a slice takes its intended time."""
        fitting = made * SLICE_SECONDS / max(seconds, 1e-7)
        self._size = max(1, min(int(fitting), 2 * self._size))

    def _check_health(self) -> None:
        """Run the health check at the position shown."""
        begun, self._looked_at = perf_counter(), self._shown
        if self._shown is not None:
            found = findings_of(self.training_run, self._shown)
            self.reports.put(Report(self.load, self._run, self._done, findings=found, judged=self._shown))
        ended = perf_counter()
        self._next_look = ended + max(FINDING_SECONDS, (ended - begun) / FINDING_SHARE)

    def _guarded(self, work: Request) -> None:
        """Run ``work``; a divergence ends the run, other exceptions are reported to the window."""
        try:
            work(self)
        except Cancelled:
            pass  # the position viewed is unchanged
        except Diverged as diverged:
            self.report(ended=True, diverged=str(diverged))
        except Exception as error:
            run, self._run = self._run, 0
            self.reports.put(Report(self.load, run, self._done, ended=True, error=error))


def _seen(training_run: Run, scored: bool) -> Snapshot:
    """Return the snapshot viewed; if computing it is cancelled, the newest one."""
    try:
        return training_run.snapshot(scored=scored)
    except Cancelled:
        return training_run.snapshot(scored=scored)
