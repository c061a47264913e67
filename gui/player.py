"""Player: runs and steps the training, in a thread of its own, and shows its newest moment.

The window fetches the newest snapshot by a timer. Training parks while the window draws.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty
from time import monotonic, sleep

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from core.curves import Curves
from core.datasets import Dataset
from core.modules import Array
from core.network import Network
from core.training import Moment, Phase, Snapshot, Trainer
from gui.garbage import Garbage
from gui.worker import Report, Request, Worker

FRAME_MILLISECONDS = 16
SWITCH_SECONDS = 0.0001
PATIENCE_SECONDS = 0.004


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
        self._worker = Worker()
        self._loads = self._runs = self._run = self._sent = self._seen = 0
        self._ends = False
        self._timer = QTimer(self, interval=FRAME_MILLISECONDS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.pull)
        self._garbage = Garbage(self)
        self._worker.start()

    @property
    def running(self) -> bool:
        """Whether a run is on."""
        return self._run != 0

    @property
    def busy(self) -> bool:
        """Whether a run is on or something asked for is not done yet."""
        return self.running or self._seen < self._sent

    @property
    def _settled(self) -> bool:
        return self._seen == self._sent and not (self.running and self._ends)

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

        load = self._next_load()

        def begin(worker: Worker) -> None:
            trainer = Trainer(network, dataset, theta)
            if theta is not None and iteration:
                kept = trainer.snapshot().memory if memory is None else memory
                trainer.restore(Moment(theta, kept, theta, iteration, Phase.START, None))
            worker.take(trainer, load)

        self._ask(begin)

    def carry(self, network: Network, dataset: Dataset) -> None:
        """Take an edited network; what was learned stays where shapes agree, and a run goes on."""
        load = self._next_load()

        def begin(worker: Worker) -> None:
            old = worker.trainer
            theta = None if old is None else network.carry(old.network, old.snapshot().theta)
            worker.take(Trainer(network, dataset, theta), load)

        self._ask(begin)

    def _next_load(self) -> int:
        self._loads += 1
        self.snapshot = self.curves = None
        return self._loads

    # -- playing ----------------------------------------------------------------------------------

    def run(self, iterations: int | None = None) -> None:
        """Train, until paused or for so many iterations (these flat out)."""
        run = self._begin_run(ends=iterations is not None)
        self._ask(lambda worker: worker.begin(run, iterations))
        self.running_changed.emit(True)

    def _begin_run(self, *, ends: bool) -> int:
        self._ends = ends
        self._runs += 1
        self._run = self._runs
        return self._run

    def pause(self) -> None:
        """Stop after the iteration under way."""
        if self.running:
            self._ask(Worker.end)
            self._stopped()

    def step(self, phase: Phase) -> None:
        """Go on, at most one iteration, until the pass stands at ``phase``."""
        self.pause()
        self._ask(lambda worker: _trainer(worker).advance(phase))

    def step_epoch(self) -> None:
        """Complete the epoch, or make the next one."""
        self.pause()
        run = self._begin_run(ends=True)
        self._ask(lambda worker: worker.begin(run, _trainer(worker).left_in_epoch))
        self.running_changed.emit(True)

    def reset(self) -> None:
        """Go back to the same first weights; a run goes on from there."""
        self._ask(lambda worker: _trainer(worker).restart())

    def set_learning_rate(self, value: float) -> None:
        """Change η from the next update on; nothing else changes."""

        def change(worker: Worker) -> None:
            _trainer(worker).pace.learning_rate = value

        self._ask(change)

    def set_theta(self, theta: Array) -> None:
        """Put other parameters in place; the losses are computed anew."""
        self._ask(lambda worker: _trainer(worker).edit(theta))

    def set_speed(self, iterations_per_second: float | None) -> None:
        """Set the speed of runs; None is flat out."""
        self._ask(lambda worker: worker.pace(iterations_per_second))

    def close(self) -> None:
        """End the thread, within a second; the player is of no use afterwards."""
        self._timer.stop()
        self._run = 0
        self._worker.go.set()
        self._worker.request(None)
        self._worker.join(1.0)
        self._garbage.stop()

    # -- what comes back --------------------------------------------------------------------------

    @contextmanager
    def parked(self) -> Iterator[None]:
        """Keep the training still while the window draws.

        The slice under way is waited for: at full speed it is over sooner than side by side with
        the drawing, which it would slow down.
        """
        worker = self._worker
        was_going = worker.go.is_set()
        worker.go.clear()
        mine = was_going and worker.turn.acquire(timeout=PATIENCE_SECONDS)
        try:
            yield
        finally:
            if mine:
                worker.turn.release()
            if was_going:
                worker.go.set()

    def settle(self, seconds: float = 60.0) -> None:
        """Wait until everything asked for is done and shown, a run of so many iterations too.

        A run without an end goes on. Raises TimeoutError.
        """
        limit = monotonic() + seconds
        while not self._settled:
            self.pull()
            if monotonic() > limit:
                raise TimeoutError(f"Training was not done within {seconds:g} seconds.")
            sleep(0.001)

    def pull(self) -> None:
        """Fetch the newest moment and show it; ask for the next one."""
        reports = list(self._fetched())
        moments = [report for report in reports if report.snapshot and report.load == self._loads]
        if moments:
            with self.parked():
                self._show(moments[-1])
        for report in reports:
            if report.error is not None or (report.ended and report.load == self._loads):
                self._end(report)
        self._worker.wanted = self.running
        if not self.busy:
            self._timer.stop()

    def _fetched(self) -> Iterator[Report]:
        while True:
            try:
                report = self._worker.reports.get_nowait()
            except Empty:
                return
            self._seen = report.done
            yield report

    def _show(self, report: Report) -> None:
        self.snapshot, self.curves = report.snapshot, report.curves
        self.curves_changed.emit(report.curves)
        self.snapshot_changed.emit(report.snapshot)

    def _end(self, report: Report) -> None:
        """Take note of the end of a run, or of what a step met; ends of earlier runs are nothing new."""
        if report.run == self._run and self.running:
            self._stopped()
        if report.diverged and report.run in (0, self._runs):
            self.diverged.emit(report.diverged)
        if report.error is not None:
            raise report.error

    def _stopped(self) -> None:
        self._run = 0
        self.running_changed.emit(False)

    def _ask(self, request: Request) -> None:
        self._sent += 1
        self._worker.request(request)
        self._timer.start()


def _trainer(worker: Worker) -> Trainer:
    if worker.trainer is None:
        raise RuntimeError("No network is loaded.")
    return worker.trainer
