"""The run of several variants in lock-step, as a window controls it: start, pause, step, display."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from core.debugger.lockstep import Lockstep, LockstepPosition, Together
from gui.compare.variants import Variant
from gui.session.gc_timer import GarbageTimer
from gui.session.lockstep_thread import LockstepReport, LockstepThread
from gui.session.run_speed import Speed
from gui.session.thread_channel import ThreadChannel

FRAME_MILLISECONDS = 33
SWITCH_SECONDS = 0.0001


class LockstepRun(QObject):
    """Trains variants in a thread; one that diverges stops, and the others go on.

    ``shown`` carries a `LockstepPosition` to be drawn, ``standing`` is the last one (None: training has
    just begun). A beat is an epoch or an update of all, see `core.debugger.lockstep`. `close` ends the
    thread.
    """

    shown = Signal(object)
    running_changed = Signal(bool)
    diverged = Signal(int, str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        sys.setswitchinterval(SWITCH_SECONDS)
        self.exchange: ThreadChannel[LockstepThread, LockstepReport] = ThreadChannel(LockstepThread())
        self.standing: LockstepPosition | None = None
        self.running = False
        self._load = 0
        self._movers: Collection[int] | None = None
        self._garbage = GarbageTimer(self)
        self._timer = QTimer(self, interval=FRAME_MILLISECONDS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.pull)

    @property
    def awaited(self) -> bool:
        """Whether a requested moment is not drawn yet."""
        return self.exchange.waiting

    def begin(
        self, variants: Sequence[Variant], together: Together, movers: Collection[int] | None = None
    ) -> None:
        """Put all variants at their start; later only the ``movers`` train, None: all."""
        self._set_running(False)
        self._load += 1
        load = self._load
        self.standing, self._movers = None, movers
        self._ask(lambda thread: thread.take(Lockstep([one.trainer() for one in variants], together), load))

    def toggle(self) -> None:
        """Start or pause the run."""
        movers = self._movers
        self._set_running(not self.running)
        self._ask((lambda thread: thread.begin(movers)) if self.running else LockstepThread.end)

    def step(self, *, ahead: bool) -> None:
        """Complete a beat, or undo one; a run is paused."""
        if self.running:
            self.toggle()
        movers = self._movers
        if ahead:
            self._ask(lambda thread: thread.lockstep.advance(thread.lockstep.left_in_beat, movers))
        else:
            self._ask(lambda thread: thread.lockstep.back(movers))

    def set_speed(self, beats: float | None) -> None:
        """Set the speed of training in beats per second; None: as fast as possible."""
        self._ask(lambda thread: thread.pace(Speed(None if beats is None else beats * thread.lockstep.ticks)))

    def set_learning_rate(self, k: int, value: float) -> None:
        """Change η of variant k, beginning with its next update."""
        self._ask(lambda thread: thread.lockstep.set_learning_rate(k, value))

    def _ask(self, request: Callable[[LockstepThread], None]) -> None:
        self.exchange.ask(request)
        self._timer.start()

    def _set_running(self, running: bool) -> None:
        if running != self.running:
            self.running = running
            self.running_changed.emit(running)

    def pull(self) -> None:
        """Show the positions of all, and request the next report. Raises what the thread raised."""
        reports = [report for report in self.exchange.reports() if report.load == self._load]
        for report in reports:
            if report.error is not None:
                self._set_running(False)
                raise report.error
        if any(report.ended for report in reports):
            self._set_running(False)
        standings = [report.standing for report in reports if report.standing is not None]
        if standings:
            with self.exchange.parked():
                self._show(standings[-1])
        self.exchange.want(self.running)
        if not self.running and not self.exchange.waiting:
            self._timer.stop()

    def _show(self, standing: LockstepPosition) -> None:
        before = ("",) * len(standing.faults) if self.standing is None else self.standing.faults
        self.standing = standing
        self.shown.emit(standing)
        for k, (fault, known) in enumerate(zip(standing.faults, before, strict=True)):
            if fault and fault != known:
                self.diverged.emit(k, fault)

    def close(self) -> None:
        """End the thread, within a second."""
        self._timer.stop()
        self._set_running(False)
        self.exchange.close()
        self._garbage.stop()
