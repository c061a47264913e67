"""Player: runs and steps the training, in a thread of its own, and shows its newest moment.

The window fetches the newest snapshot by a timer. Training parks while the window draws.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import monotonic, sleep

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from core.curves import Curves
from core.datasets import Dataset
from core.modules import Array
from core.network import Network
from core.training import Moment, Phase, Snapshot, Trainer
from gui.exchange import Exchange
from gui.garbage import Garbage
from gui.worker import Report, Request, Worker

FRAME_MILLISECONDS = 16
SWITCH_SECONDS = 0.0001


class Player(QObject):
    """Plays the training of one network. All signals come in the window's thread."""

    snapshot_changed = Signal(object)
    curves_changed = Signal(object)
    running_changed = Signal(bool)
    diverged = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        sys.setswitchinterval(SWITCH_SECONDS)
        self.snapshot: Snapshot | None = None
        self.curves: Curves | None = None
        self._exchange = Exchange()
        self.parked = self._exchange.parked
        self._loads = self._runs = self._run = 0
        self._ends = False
        self._timer = QTimer(self, interval=FRAME_MILLISECONDS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.pull)
        self._garbage = Garbage(self)

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
    ) -> None:
        """Take another network: from its first weights, or where ``theta`` and ``memory`` stood."""

        def make(_worker: Worker) -> Trainer:
            trainer = Trainer(network, dataset, theta)
            if theta is not None and iteration:
                kept = trainer.snapshot().memory if memory is None else memory
                trainer.restore(Moment(theta, kept, theta, iteration, Phase.START, None))
            return trainer

        self._take(make)

    def carry(self, network: Network, dataset: Dataset) -> None:
        """Take an edited network; what was learned stays where shapes agree, and a run goes on."""

        def make(worker: Worker) -> Trainer:
            old = worker.trainer
            theta = None if old is None else network.carry(old.network, old.snapshot().theta)
            return Trainer(network, dataset, theta)

        self._take(make)

    def _take(self, make: Callable[[Worker], Trainer]) -> None:
        self._loads += 1
        load = self._loads
        self.snapshot = self.curves = None
        self._ask(lambda worker: worker.take(make(worker), load))

    # -- playing ----------------------------------------------------------------------------------

    def run(self, iterations: int | None = None) -> None:
        """Train, until paused or for so many iterations (these flat out)."""
        self._play(lambda _worker: iterations, ends=iterations is not None)

    def _play(self, iterations: Callable[[Worker], int | None], *, ends: bool) -> None:
        self._runs += 1
        run, self._ends = self._runs, ends
        self._ask(lambda worker: worker.begin(run, iterations(worker)))
        self._set_run(run)

    def _set_run(self, run: int) -> None:
        """Note which run is on, 0 for none, and tell."""
        self._run = run
        self.running_changed.emit(self.running)

    def pause(self) -> None:
        """Stop after the iteration under way."""
        if self.running:
            self._ask(Worker.end)
            self._set_run(0)

    def step(self, phase: Phase) -> None:
        """Go on, at most one iteration, until the pass stands at ``phase``."""
        self.pause()
        self._ask(lambda worker: _trainer(worker).advance(phase))

    def step_epoch(self) -> None:
        """Complete the epoch, or make the next one."""
        self.pause()
        self._play(lambda worker: _trainer(worker).left_in_epoch, ends=True)

    def change(self, change: Callable[[Trainer], object]) -> None:
        """Have something done to the trainer between two iterations; a run goes on after it."""
        self._ask(lambda worker: change(_trainer(worker)))

    def reset(self) -> None:
        """Go back to the same first weights; a run goes on from there."""
        self.change(Trainer.restart)

    def set_learning_rate(self, value: float) -> None:
        """Change η from the next update on; nothing else changes."""
        self.change(lambda trainer: setattr(trainer.pace, "learning_rate", value))

    def set_speed(self, iterations_per_second: float | None) -> None:
        """Set the speed of runs; None is flat out."""
        self._ask(lambda worker: worker.pace(iterations_per_second))

    def close(self) -> None:
        """End the thread, within a second; the player is of no use afterwards."""
        self._timer.stop()
        self._run = 0
        self._exchange.close()
        self._garbage.stop()

    # -- what comes back --------------------------------------------------------------------------

    def settle(self, seconds: float = 60.0) -> None:
        """Wait until everything asked for is done and shown, a run of so many iterations too.

        A run without an end goes on. Raises TimeoutError.
        """
        limit = monotonic() + seconds
        while self._exchange.waiting or (self.running and self._ends):
            self.pull()
            if monotonic() > limit:
                raise TimeoutError(f"Training was not done within {seconds:g} seconds.")
            sleep(0.001)

    def pull(self) -> None:
        """Fetch the newest moment and show it; ask for the next one."""
        reports = list(self._exchange.reports())
        moments = [report for report in reports if report.snapshot and report.load == self._loads]
        if moments:
            with self.parked():
                self.snapshot, self.curves = moments[-1].snapshot, moments[-1].curves
                self.curves_changed.emit(self.curves)
                self.snapshot_changed.emit(self.snapshot)
        for report in reports:
            if report.error is not None or (report.ended and report.load == self._loads):
                self._end(report)
        self._exchange.want_moment(self.running)
        if not self.running and not self._exchange.waiting:
            self._timer.stop()

    def _end(self, report: Report) -> None:
        """Take note of the end of a run, or of what a step met; ends of earlier runs are nothing new."""
        if report.run == self._run and self.running:
            self._set_run(0)
        if report.diverged and report.run in (0, self._runs):
            self.diverged.emit(report.diverged)
        if report.error is not None:
            raise report.error

    def _ask(self, request: Request) -> None:
        self._exchange.ask(request)
        self._timer.start()


def _trainer(worker: Worker) -> Trainer:
    if worker.trainer is None:
        raise RuntimeError("No network is loaded.")
    return worker.trainer
