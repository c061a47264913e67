"""The player: runs and steps the training, which happens in another thread, and shows its latest state.

The window fetches the latest report by a timer. Training pauses while the window draws.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from core.analysis.health import Finding
from core.arrays import Array
from core.data.datasets import Dataset
from core.debugger.run import Run, RunStatus
from core.debugger.steps import PassStep
from core.nn.batches import Origin
from core.nn.curves import Curves
from core.nn.early_stopping import Stop
from core.nn.network import Network
from core.nn.run_outline import RunOutline
from core.nn.trainer import Checkpoint, Snapshot, Trainer, trainer_at
from core.project.run_record import StoredRun
from gui.qt.typed_signal import TypedSignal
from gui.session.gc_timer import GarbageTimer
from gui.session.run_speed import Speed
from gui.session.thread_channel import ThreadChannel, wait_until
from gui.session.training_thread import CancellableRequests, Report, Request, TrainingThread

FRAME_MILLISECONDS, LATE_MILLISECONDS = 16, 3
SWITCH_SECONDS = 0.0001


class Player(QObject):
    """Plays the training of one network. All signals are emitted in the GUI thread.

    The attributes describe one report of the present run: ``snapshot`` is the position being viewed, which
    ``where`` describes; ``newest`` is the checkpoint that training has reached. A new report is announced by
    the signals `place_changed`, `step_changed` (the last and the next step; None while whole iterations run),
    `curves_changed` and `snapshot_changed`, in this order. They refer to the network and the data of the last
    `network_changed`.

    ``findings_changed`` carries the results of a health check, ``running_changed`` whether a run is active,
    ``diverged`` and ``stopped`` a sentence on why the run has ended, ``passed`` one on which stop conditions
    had already been met. If recomputing takes long, ``progress`` is the number of iterations recomputed and
    their total; ``requests`` cancels it. ``numbers_due`` tells whether numbers are to be updated in the next
    frame of a run; reports for other frames have no scores.
    """

    network_changed = TypedSignal[Network, Dataset]()
    snapshot_changed = TypedSignal[Snapshot]()
    curves_changed = TypedSignal[Curves]()
    place_changed = TypedSignal[RunStatus]()
    step_changed = TypedSignal[PassStep | None, PassStep | None]()
    findings_changed = TypedSignal[tuple[Finding, ...]]()
    running_changed = Signal(bool)
    diverged = Signal(str)
    stopped = Signal(str)
    passed = Signal(str)
    progress_changed = TypedSignal[tuple[int, int] | None]()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        sys.setswitchinterval(SWITCH_SECONDS)
        self.network: Network | None = None
        self._shown: Report | None = None
        self.progress: tuple[int, int] | None = None
        self.requests = CancellableRequests()
        self._speed = Speed()
        self._steps: tuple[PassStep | None, PassStep | None] = (None, None)
        self._thread = TrainingThread()
        self._exchange: ThreadChannel[TrainingThread, Report] = ThreadChannel(self._thread)
        self.numbers_due: Callable[[], bool] = lambda: True
        self.parked = self._exchange.parked
        self._loads = self._runs = self._run = 0
        self._ends, self._looked = False, True
        self._timer = QTimer(self, interval=FRAME_MILLISECONDS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.pull)
        self._garbage = GarbageTimer(self)

    @property
    def snapshot(self) -> Snapshot | None:
        """The snapshot being viewed; None if it is not known yet."""
        return None if self._shown is None else self._shown.snapshot

    @property
    def curves(self) -> Curves | None:
        """The learning curves."""
        return None if self._shown is None else self._shown.curves

    @property
    def where(self) -> RunStatus | None:
        """The position in the run that is being viewed."""
        return None if self._shown is None else self._shown.where

    @property
    def newest(self) -> Checkpoint | None:
        """The checkpoint that training has reached."""
        return None if self._shown is None else self._shown.newest

    @property
    def past(self) -> RunOutline:
        """From what the run that led to the newest checkpoint can be computed again."""
        return RunOutline() if self._shown is None else self._shown.past

    @property
    def origin(self) -> Origin:
        """The origin from which the run counts iterations at its newest checkpoint."""
        return Origin() if self._shown is None else self._shown.origin

    @property
    def running(self) -> bool:
        """Whether a run is active."""
        return self._run != 0

    # -- what is played ---------------------------------------------------------------------------

    def load(
        self,
        network: Network,
        dataset: Dataset,
        theta: Array | None = None,
        memory: Array | None = None,
        iteration: int = 0,
        origin: Origin = Origin(),  # noqa: B008  (a value)
        record: StoredRun | None = None,
    ) -> None:
        """Load another network, with its initial weights or with the state of a run (see `trainer_at`).

        ``record`` describes that run before this state, if it is known.
        """

        def make(_worker: TrainingThread) -> Run:
            if theta is None or not iteration:
                return Run(Trainer(network, dataset, theta))
            trainer = trainer_at(network, dataset, theta, memory, iteration, origin)
            run = Run(trainer)
            if record is not None:
                run.remember(record.curves, record.past)
            return run

        self.take(network, dataset, make)

    def carry(self, network: Network, dataset: Dataset) -> None:
        """Load an edited network, with the weights of the neurons it shares with the one in training."""

        def make(worker: TrainingThread) -> Run:
            old = worker.training_run.trainer
            return Run(Trainer(network, dataset, network.keep(old.network, old.moment().theta)))

        self.take(network, dataset, make)

    def set_training(self, network: Network, dataset: Dataset) -> None:
        """Load the same network with other training settings; its run continues with them."""

        def make(worker: TrainingThread) -> Run:
            worker.training_run.set_training(network)
            return worker.training_run

        self.take(network, dataset, make)

    def take(self, network: Network, dataset: Dataset, make: Callable[[TrainingThread], Run]) -> None:
        """Load another run, which the worker makes by ``make``; reports of earlier runs are ignored."""
        self.requests.cancel()
        self._loads += 1
        load = self._loads
        self.ask(lambda worker: worker.take(make(worker), load))
        self._show_network(network, dataset)

    def _show_network(self, network: Network, dataset: Dataset) -> None:
        """Announce the network and data that later reports refer to; forget the old reports."""
        self.network, self._shown, self._steps = network, None, (None, None)
        self.network_changed.emit(network, dataset)

    # -- playing ----------------------------------------------------------------------------------

    def run(self, iterations: int | None = None) -> None:
        """Train until paused, or for ``iterations`` updates at full speed."""
        self.play(lambda _worker: iterations, ends=iterations is not None)

    def play(self, iterations: Callable[[TrainingThread], int | None], *, ends: bool) -> None:
        """Start a run; the worker computes its number of iterations, which is finite if ``ends``."""
        self.requests.cancel()
        self._runs += 1
        run, self._ends = self._runs, ends
        self.ask(lambda worker: worker.begin(run, iterations))
        self._set_run(run)

    def _set_run(self, run: int) -> None:
        """Set the number of the active run (0: none), and announce it."""
        self._run = run
        self.running_changed.emit(self.running)

    def pause(self) -> None:
        """Stop after the current iteration."""
        if self.running:
            self.ask(TrainingThread.end)
            self._set_run(0)

    def reset(self) -> None:
        """Return to the same initial weights; an active run continues from there."""
        self.ask(lambda worker: worker.training_run.restart())

    def set_learning_rate(self, value: float) -> None:
        """Change the learning rate η from the next update on."""
        self.ask(lambda worker: worker.training_run.set_learning_rate(value))

    def set_speed(self, speed: Speed) -> None:
        """Set the speed of runs."""
        self._speed = speed
        self.ask(lambda worker: worker.pace(speed))

    def set_stops(self, stops: tuple[Stop, ...]) -> None:
        """Set the conditions that end a run without a given number of iterations."""
        self.ask(lambda worker: worker.set_stops(stops))

    @property
    def stepping(self) -> bool:
        """Whether nothing runs, or so slowly that every step is to be visible."""
        return not self.running or (self._speed.grain is not None and not self._ends)

    def close(self) -> None:
        """End the thread; the player cannot be used afterwards."""
        self._timer.stop()
        self._run = 0
        self.requests.cancel()
        self._exchange.close()
        self._garbage.stop()

    # -- reports ----------------------------------------------------------------------------------

    @property
    def awaited(self) -> bool:
        """Whether a request is not done yet, so that what is shown is not what was asked for."""
        return self._exchange.waiting

    def settle(self, seconds: float = 60.0) -> None:
        """Wait until all requests are done and shown, including a run with a given end.

        A run without an end continues. Raises TimeoutError.
        """
        wait_until(lambda: not (self._exchange.waiting or (self.running and self._ends)), self.pull, seconds)

    def pull(self) -> None:
        """Fetch and show the newest report, and ask for the next one.

        If a run has nothing new yet, look once more shortly after, so that no frame is skipped.
        """
        reports = list(self._exchange.reports())
        moments = [report for report in reports if report.snapshot and report.load == self._loads]
        if moments:
            with self.parked():
                self._show(moments[-1])
        if reports and reports[-1].progress != self.progress:
            self.progress = reports[-1].progress
            self.progress_changed.emit(self.progress)
        for report in reports:
            if report.findings is not None and report.load == self._loads:
                of_shown = report.judged is self.snapshot
                self._looked = self._looked or of_shown
                if of_shown or self.running:  # at rest, the moment that is shown is judged next
                    self.findings_changed.emit(report.findings)
            if report.passed and report.load == self._loads:
                self.passed.emit(report.passed)
            if report.answer is not None and report.load == self._loads:
                report.answer()
            if report.error is not None or (report.ended and report.load == self._loads):
                self._end(report)
        self._thread.scores_wanted = self.stepping or self.numbers_due()
        self._exchange.want(self.running)
        late = self.running and not moments and self._timer.interval() == FRAME_MILLISECONDS
        if late or self._timer.interval() != FRAME_MILLISECONDS:  # setting the interval restarts it
            self._timer.setInterval(LATE_MILLISECONDS if late else FRAME_MILLISECONDS)
        if self._looked and not self.running and not self._exchange.waiting:
            self._timer.stop()

    def _show(self, report: Report) -> None:
        assert report.where is not None and report.snapshot is not None and report.curves is not None
        if report.snapshot.network is not self.network:
            self._show_network(report.snapshot.network, report.snapshot.dataset)
        self._shown, self._looked = report, False
        self.place_changed.emit(report.where)
        still = self.stepping or report.ended
        seen = (report.where.last, report.where.coming) if still else (None, None)
        if seen != self._steps:
            self._steps = seen
            self.step_changed.emit(*seen)
        self.curves_changed.emit(report.curves)
        self.snapshot_changed.emit(report.snapshot)

    def _end(self, report: Report) -> None:
        """Handle the end of a run, or the outcome of a step; reports on earlier runs are ignored."""
        if report.run == self._run and self.running:
            self._set_run(0)
        if report.diverged and report.run in (0, self._runs):
            self.diverged.emit(report.diverged)
        if report.stopped:
            self.stopped.emit(report.stopped)
        if report.error is not None:
            self._looked = True  # no further report comes
            raise report.error

    def ask(self, request: Request) -> None:
        """Queue a function to be run in the worker's thread, and show its result."""
        self._exchange.ask(request)
        self._timer.start()
