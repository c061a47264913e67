"""Together stage: one to three networks of a scene, trained in lock-step from one start."""

from __future__ import annotations

import sys
from collections.abc import Callable

from msgspec.structs import replace
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.debugger.lockstep import Lockstep, LockstepPosition
from core.lecture.evaluator import SceneEvaluator
from core.lecture.network_quantities import CountNumber, GradientRatio
from core.lecture.scene import Scene
from core.lecture.subjects import Networks, Start, Subject
from core.nn.design import DesignError
from gui.lecture.stages.base import SceneStage
from gui.lecture.stages.compared_network import (
    ComparedNetwork,
    begun,
    redesigned,
    redrawn,
    tr,
    with_batch_size,
    with_learning_rate,
)
from gui.lecture.stages.comparison_views import ComparisonPanel, ComparisonToolbar
from gui.session.gc_timer import GarbageTimer
from gui.session.lockstep_thread import LockstepReport, LockstepThread
from gui.session.run_speed import Speed
from gui.session.thread_channel import ThreadChannel, wait_until
from gui.theme.theme import LIGHT, Theme

FRAME_MILLISECONDS = 33
SWITCH_SECONDS = 0.0001
BRISK = 40.0
"""Beats a second at first where a beat is one tick; fewer the more ticks it has."""


class ComparisonStage(SceneStage):
    """Networks that start alike and move together: by epochs, by updates, or the first one alone.

    ``standing`` is what was last shown. A step is an epoch or an update of all; each can be taken back.
    """

    plays = steps = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        sys.setswitchinterval(SWITCH_SECONDS)
        self.exchange: ThreadChannel[LockstepThread, LockstepReport] = ThreadChannel(LockstepThread())
        self.entries: tuple[ComparedNetwork, ...] = ()
        self.standing: LockstepPosition | None = None
        self.running = False
        self._theme, self._veiled, self._load = LIGHT, False, 0
        self._faults: tuple[str, ...] = ()
        self._movers: tuple[int, ...] | None = None
        self.panel: ComparisonPanel | None = None
        self.bar: ComparisonToolbar | None = None
        self._garbage = GarbageTimer(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._timer = QTimer(self, interval=FRAME_MILLISECONDS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.pull)

    @property
    def awaited(self) -> bool:
        """Whether a moment of the networks that was asked for is not drawn yet."""
        return self.exchange.waiting

    # -- the scene ---------------------------------------------------------------------------------

    def show_scene(self, scene: Scene) -> None:
        """Begin a scene: its networks at their start."""
        subject = scene.subject
        assert isinstance(subject, Networks)
        bench = SceneEvaluator(subject)
        self._scene, self._bench, self._together = scene, bench, subject.together
        self.entries = tuple(begun(start, bench.made(start.name)) for start in subject.networks)
        self._movers = (0,) if subject.together is None else None
        self._set_running(False)
        self.standing = None
        self._build(scene)
        self._begin()

    def _build(self, scene: Scene) -> None:
        """Make the views of a scene anew."""
        for old in (self.bar, self.panel):
            if old is not None:
                self._column.removeWidget(old)
                old.hide()
                old.deleteLater()
        by_epoch = self._together == "epoch"
        self.bar = ComparisonToolbar(by_epoch=by_epoch)
        self.panel = ComparisonPanel(scene, self.entries, by_epoch=by_epoch)
        self._column.addWidget(self.bar)
        self._column.addWidget(self.panel, 1)
        ticks = max(entry.updates for entry in self.entries) if by_epoch else 1
        self.bar.show_speed(BRISK / ticks**0.5)
        self.bar.start_requested.connect(self._begin)
        self.bar.weights_requested.connect(self._redraw)
        self.bar.speed_requested.connect(self._pace)
        self.panel.rate_changed.connect(self._set_rate)
        self.panel.size_changed.connect(lambda k, size: self._change(k, lambda e: with_batch_size(e, size)))
        self.panel.design_requested.connect(
            lambda k, to, removed: self._change(k, lambda e: redesigned(e, to, removed))
        )
        self.panel.refused.connect(lambda why: self.told.emit(why) if why else None)
        self.show_theme(self._theme)
        self.show_veil(self._veiled)

    def _begin(self) -> None:
        """Let all stand at their start."""
        assert self.panel is not None
        self._set_running(False)
        self._load += 1
        load, entries, together = self._load, self.entries, self._together
        self.standing, self._faults = None, ("",) * len(entries)
        self.panel.show_entries(entries)
        self._ask(lambda thread: thread.take(Lockstep([e.trainer() for e in entries], together), load))
        self._pace()

    def subject(self) -> Subject:
        """Return the networks as they are now, at their newest parameters; the buttons stay."""
        subject = self._scene.subject
        assert isinstance(subject, Networks)
        wait_until(lambda: not self.exchange.waiting, self.pull)
        assert self.standing is not None
        now = []
        for entry, at in zip(self.entries, self.standing.snapshots, strict=True):
            design = entry.network.design
            training = replace(design.training, learning_rate=at.learning_rate)
            theta = tuple(float(value) for value in at.theta)
            start = entry.start
            design = replace(design, training=training)
            now.append(Start(name=start.name, label=start.label, design=design, theta=theta))
        return replace(subject, networks=tuple(now))

    # -- changes -----------------------------------------------------------------------------------

    def change(self, name: str) -> None:
        """Put another network of the scene in place of the first, as one of its buttons says."""
        start = self._bench.starts[name]
        self.entries = (begun(start, self._bench.made(name)), *self.entries[1:])
        self._begin()
        self.told.emit(tr("{name} takes the place of the first network.").format(name=start.label or name))

    def _change(self, k: int, change: Callable[[ComparedNetwork], ComparedNetwork]) -> None:
        """Put another design in place of network k, and let all start again; or say why it cannot be."""
        try:
            entry = change(self.entries[k])
        except DesignError as error:
            self.told.emit(str(error))
            return
        self.entries = (*self.entries[:k], entry, *self.entries[k + 1 :])
        self._begin()
        self.told.emit(tr("{name}: all start again from the same weights.").format(name=entry.name))

    def _redraw(self) -> None:
        """Draw other first weights for all, from the next seed."""
        seed = 1 + max(entry.network.design.training.seed for entry in self.entries)
        self.entries = tuple(redrawn(entry, seed) for entry in self.entries)
        self._begin()
        self.told.emit(tr("All start from the weights of seed {seed}.").format(seed=seed))

    def _set_rate(self, k: int, value: float) -> None:
        """Change η of network k from its next update on."""
        assert self.panel is not None
        entry = with_learning_rate(self.entries[k], value)
        self.entries = (*self.entries[:k], entry, *self.entries[k + 1 :])
        self.panel.cards[k].show_entry(entry)
        self._ask(lambda thread: thread.lockstep.set_learning_rate(k, value))

    # -- playing -----------------------------------------------------------------------------------

    def play(self) -> None:
        """Run, or pause."""
        movers = self._movers
        self._set_running(not self.running)
        self._ask((lambda thread: thread.begin(movers)) if self.running else LockstepThread.end)

    def step(self, *, ahead: bool) -> None:
        """Make one epoch or update of all, or take one back."""
        if self.running:
            self.play()
        movers = self._movers
        if ahead:
            self._ask(lambda thread: thread.lockstep.advance(thread.lockstep.left_in_beat, movers))
        else:
            self._ask(lambda thread: thread.lockstep.back(movers))

    def _pace(self) -> None:
        assert self.bar is not None
        beats = self.bar.per_second()
        self._ask(lambda thread: thread.pace(Speed(None if beats is None else beats * thread.lockstep.ticks)))

    def _ask(self, request: Callable[[LockstepThread], None]) -> None:
        self.exchange.ask(request)
        self._timer.start()

    def _set_running(self, running: bool) -> None:
        if running != self.running:
            self.running = running
            self.running_changed.emit(running)

    def pull(self) -> None:
        """Fetch where all stand and show it; ask for the next report of a run."""
        reports = [report for report in self.exchange.reports() if report.load == self._load]
        for report in reports:
            if report.error is not None:
                self._set_running(False)
                raise report.error
        ended = any(report.ended for report in reports)
        if ended:
            self._set_running(False)
        standings = [report.standing for report in reports if report.standing is not None]
        if standings:
            with self.exchange.parked():
                self._show(standings[-1])
        self.exchange.want(self.running)
        if not self.running and not self.exchange.waiting:
            self._timer.stop()

    def _show(self, standing: LockstepPosition) -> None:
        assert self.panel is not None
        self.standing = standing
        self.panel.show_standing(standing, resting=not self.running)
        for entry, fault, known in zip(self.entries, standing.faults, self._faults, strict=True):
            if fault and fault != known:
                self.told.emit(tr("{name}: {sentence}").format(name=entry.name, sentence=fault))
        self._faults = standing.faults

    # -- looks and end -----------------------------------------------------------------------------

    def ask(self, asked: object) -> None:
        """Hide what the start tells already; what only training tells is nowhere yet."""
        if self.panel is not None:
            self.panel.show_veil(isinstance(asked, GradientRatio))
            self.panel.hide_counts(isinstance(asked, CountNumber))

    def show_veil(self, veiled: bool) -> None:
        """Hide boundaries, losses and paths behind question marks."""
        self._veiled = veiled
        if self.panel is not None:
            self.panel.show_veil(veiled)

    def show_theme(self, shown: Theme) -> None:
        """Take the colours of a theme and the present size of the fonts."""
        self._theme = shown
        if self.panel is not None and self.bar is not None:
            self.bar.show_theme(shown)
            self.panel.show_theme(shown, self.standing)

    def close_stage(self) -> None:
        """End the training thread."""
        self._timer.stop()
        self._set_running(False)
        self.exchange.close()
        self._garbage.stop()
