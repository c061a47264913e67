"""Player: runs and steps the training, in a thread of its own, and shows its newest moment.

The window fetches the newest snapshot by a timer. Training parks while the window draws.
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
from core.nn.neuron_ids import NeuronIds
from core.nn.trainer import Checkpoint, Snapshot, Trainer, trainer_at
from gui.session.gc_timer import GarbageTimer
from gui.session.run_speed import Speed
from gui.session.thread_channel import ThreadChannel, wait_until
from gui.session.training_thread import CancellableRequests, Report, Request, TrainingThread
from gui.widgets.typed_signal import TypedSignal

FRAME_MILLISECONDS, LATE_MILLISECONDS = 16, 3
SWITCH_SECONDS = 0.0001


class Player(QObject):
    """Plays the training of one network. All signals come in the window's thread.

    What is shown is one report of the present run: ``snapshot`` is of the place looked at, which
    ``where`` describes; ``newest`` is the moment training stands at. A new moment is told in the order
    `place_changed`, `step_changed` (the last and the coming step, None while whole iterations run),
    `curves_changed`, `snapshot_changed`. All of it is of the network and the data that `network_changed`
    told last: those of another run when it is taken, those of another stretch of it when one looks there.
    ``passed`` carries in a sentence which conditions to stop at were reached before. Where iterations are
    computed again, and that takes long, ``progress`` is how many of how many are done; ``requests``
    cancels it.
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
        self._exchange: ThreadChannel[TrainingThread, Report] = ThreadChannel(TrainingThread())
        self.parked = self._exchange.parked
        self._loads = self._runs = self._run = 0
        self._ends, self._looked = False, True
        self._timer = QTimer(self, interval=FRAME_MILLISECONDS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.pull)
        self._garbage = GarbageTimer(self)

    @property
    def snapshot(self) -> Snapshot | None:
        """The moment looked at; None: it is not known yet."""
        return None if self._shown is None else self._shown.snapshot

    @property
    def curves(self) -> Curves | None:
        """The learning curves."""
        return None if self._shown is None else self._shown.curves

    @property
    def where(self) -> RunStatus | None:
        """Which place of the run is looked at."""
        return None if self._shown is None else self._shown.where

    @property
    def newest(self) -> Checkpoint | None:
        """The moment training stands at."""
        return None if self._shown is None else self._shown.newest

    @property
    def origin(self) -> Origin:
        """From where the run counts at the moment training stands at."""
        return Origin() if self._shown is None else self._shown.origin

    @property
    def running(self) -> bool:
        """Whether a run is on."""
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
    ) -> None:
        """Take another network: from its first weights, or where a run stood (see `trainer_at`)."""

        def make(_worker: TrainingThread) -> Run:
            if theta is None or not iteration:
                return Run(Trainer(network, dataset, theta))
            return Run(trainer_at(network, dataset, theta, memory, iteration, origin))

        self.take(network, dataset, make)

    def carry(
        self, network: Network, dataset: Dataset, ids: tuple[NeuronIds, NeuronIds] | None = None
    ) -> None:
        """Take an edited network; what was learned stays where shapes agree, and a run goes on.

        ``ids`` are those of the weights of this network, and of the one before; None: one edit lies between.
        """

        def make(worker: TrainingThread) -> Run:
            old = worker.training_run.trainer
            learned = old.network, old.moment().theta
            return Run(
                Trainer(network, dataset, network.keep(*learned, *ids) if ids else network.carry(*learned))
            )

        self.take(network, dataset, make)

    def set_training(self, network: Network, dataset: Dataset) -> None:
        """Take the same network with other settings of training; its run goes on with them."""

        def make(worker: TrainingThread) -> Run:
            worker.training_run.set_training(network)
            return worker.training_run

        self.take(network, dataset, make)

    def take(self, network: Network, dataset: Dataset, make: Callable[[TrainingThread], Run]) -> None:
        """Take another run of a network, which the worker makes; what is told of others is ignored."""
        self.requests.cancel()
        self._loads += 1
        load = self._loads
        self.ask(lambda worker: worker.take(make(worker), load))
        self._show_network(network, dataset)

    def _show_network(self, network: Network, dataset: Dataset) -> None:
        """Tell of which network and data all is that is told from now on; what was known is over."""
        self.network, self._shown, self._steps = network, None, (None, None)
        self.network_changed.emit(network, dataset)

    # -- playing ----------------------------------------------------------------------------------

    def run(self, iterations: int | None = None) -> None:
        """Train until paused, or for ``iterations`` updates at full speed."""
        self.play(lambda _worker: iterations, ends=iterations is not None)

    def play(self, iterations: Callable[[TrainingThread], int | None], *, ends: bool) -> None:
        """Begin a run of as many iterations as the worker finds; ``ends``: it is not for ever."""
        self.requests.cancel()
        self._runs += 1
        run, self._ends = self._runs, ends
        self.ask(lambda worker: worker.begin(run, iterations))
        self._set_run(run)

    def _set_run(self, run: int) -> None:
        """Note which run is on, 0 for none, and tell."""
        self._run = run
        self.running_changed.emit(self.running)

    def pause(self) -> None:
        """Stop after the iteration under way."""
        if self.running:
            self.ask(TrainingThread.end)
            self._set_run(0)

    def reset(self) -> None:
        """Go back to the same first weights; a run goes on from there."""
        self.ask(lambda worker: worker.training_run.restart())

    def set_learning_rate(self, value: float) -> None:
        """Change η from the next update on; nothing else changes."""
        self.ask(lambda worker: worker.training_run.set_learning_rate(value))

    def set_speed(self, speed: Speed) -> None:
        """Set the speed of runs."""
        self._speed = speed
        self.ask(lambda worker: worker.pace(speed))

    def set_stops(self, stops: tuple[Stop, ...]) -> None:
        """Set the conditions that end a run which has no other end."""
        self.ask(lambda worker: worker.set_stops(stops))

    @property
    def stepping(self) -> bool:
        """Whether nothing runs, or so slowly that every step is to be seen."""
        return not self.running or (self._speed.grain is not None and not self._ends)

    def close(self) -> None:
        """End the thread; the player is of no use afterwards."""
        self._timer.stop()
        self._run = 0
        self.requests.cancel()
        self._exchange.close()
        self._garbage.stop()

    # -- what comes back --------------------------------------------------------------------------

    def settle(self, seconds: float = 60.0) -> None:
        """Wait until everything asked for is done and shown, a run with an end too.

        A run without an end goes on. Raises TimeoutError.
        """
        wait_until(lambda: not (self._exchange.waiting or (self.running and self._ends)), self.pull, seconds)

    def pull(self) -> None:
        """Fetch the newest moment and show it; ask for the next one.

        Where a run has nothing new yet, it is looked for again soon, once: else a frame would be left out.
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
                self._looked = True
                self.findings_changed.emit(report.findings)
            if report.passed and report.load == self._loads:
                self.passed.emit(report.passed)
            if report.answer is not None and report.load == self._loads:
                report.answer()
            if report.error is not None or (report.ended and report.load == self._loads):
                self._end(report)
        self._exchange.want(self.running)
        late = self.running and not moments and self._timer.interval() == FRAME_MILLISECONDS
        if late or self._timer.interval() != FRAME_MILLISECONDS:  # setting it begins the interval anew
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
        """Take note of the end of a run, or of what a step met; ends of earlier runs are nothing new."""
        if report.run == self._run and self.running:
            self._set_run(0)
        if report.diverged and report.run in (0, self._runs):
            self.diverged.emit(report.diverged)
        if report.stopped:
            self.stopped.emit(report.stopped)
        if report.error is not None:
            self._looked = True  # nothing more comes
            raise report.error

    def ask(self, request: Request) -> None:
        """Have a function of the worker run in its thread, and what it leads to be shown."""
        self._exchange.ask(request)
        self._timer.start()
