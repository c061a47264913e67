"""Lockstep: several trainers that move together, by updates or by epochs, each with its way recorded.

A beat is what all do between two places at which they can be compared: one update each, or one epoch
each. A beat has ticks, as many as the network with the most updates in an epoch makes, so that all get
through an epoch evenly; each trainer makes its own updates as they fall due.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..arrays import Array
from ..nn.curves import Curves
from ..nn.trainer import Diverged, Snapshot, Trainer
from .checkpoints import History, seek

Together = Literal["epoch", "update"] | None
HISTORY_BYTES = 16 << 20
TRAIL_BYTES = 8 << 20
LEAST_POINTS, MOST_POINTS = 64, 2048


@dataclass(frozen=True, eq=False)
class ParameterPath:
    """The parameters a training went through: ``thetas`` (count, parameters), every ``stride`` updates.

    The first is the start; the newest moment is not among them unless it fell due. Nobody changes it.
    """

    iterations: Array
    thetas: Array
    stride: int


class PathRecorder:
    """Records a way in bounded memory: when it is full, every second point is dropped.

    Which points are kept depends on the number of updates alone.
    """

    def __init__(self, parameters: int, limit_bytes: int = TRAIL_BYTES) -> None:
        self._most = min(max(limit_bytes // (8 * max(1, parameters)), LEAST_POINTS), MOST_POINTS)
        self._thetas: Array = np.empty((self._most, parameters))
        self._iterations: Array = np.zeros(self._most, int)
        self._count, self.stride = 0, 1

    def due(self, iteration: int) -> int:
        """Return the next iteration after this one at which a point is to be recorded."""
        return (iteration // self.stride + 1) * self.stride

    def record(self, iteration: int, theta: Array) -> None:
        """Add a point, if one is due here; the first is taken wherever it is."""
        if self._count and (iteration % self.stride or iteration <= self._iterations[self._count - 1]):
            return
        if self._count == self._most:
            self._thin()
            if iteration % self.stride:
                return
        self._iterations[self._count], self._thetas[self._count] = iteration, theta
        self._count += 1

    def _thin(self) -> None:
        """Drop what is not on the double stride, but for the start; ways given out stay as they are."""
        self.stride *= 2
        kept = self._iterations[: self._count] % self.stride == 0
        kept[0] = True
        self._take(self._iterations[: self._count][kept], self._thetas[: self._count][kept])

    def _take(self, iterations: Array, thetas: Array) -> None:
        self._thetas = np.empty_like(self._thetas)
        self._iterations = np.zeros_like(self._iterations)
        self._count = len(iterations)
        self._iterations[: self._count], self._thetas[: self._count] = iterations, thetas

    def cut(self, iteration: int) -> None:
        """Forget what came after ``iteration``."""
        kept = self._iterations[: self._count] <= iteration
        if not kept.all():
            self._take(self._iterations[: self._count][kept], self._thetas[: self._count][kept])

    def way(self) -> ParameterPath:
        """Return the way so far, as views that are never written to again."""
        return ParameterPath(self._iterations[: self._count], self._thetas[: self._count], self.stride)


class LockstepMember:
    """One of the trainers: its history, its trail, and why it stopped, if it did.

    ``fault``: the sentence of its divergence; it stands at its last finite moment and goes on no more.
    """

    def __init__(self, trainer: Trainer) -> None:
        self.trainer, self.fault = trainer, ""
        self.history, self.trail = History(HISTORY_BYTES), PathRecorder(trainer.network.parameters)
        self.updates = trainer.snapshot().batches
        self.first = trainer.iteration
        self.offset = self.first
        self.history.record_edit(trainer)
        self.trail.record(trainer.iteration, trainer.moment().theta)

    def go(self, goal: int) -> None:
        """Train to so many updates; where it diverges, it stops for good."""
        trainer = self.trainer
        if self.fault:
            return
        try:
            while (t := trainer.iteration) < goal:
                trainer.run(min(goal, self.trail.due(t), self.history.next_due(t)) - t)
                self._note()
        except Diverged as diverged:
            self.fault = str(diverged)
            self._note()

    def _note(self) -> None:
        self.history.record(self.trainer)
        if self.trainer.iteration % self.trail.stride == 0:
            self.trail.record(self.trainer.iteration, self.trainer.moment().theta)

    def back(self, goal: int) -> None:
        """Stand again where it stood after so many updates, to the bit; it may go on from there."""
        goal = max(goal, self.first)
        if self.trainer.iteration > goal:
            seek(self.trainer, self.history, goal)
            self.history.record(self.trainer)
            self.trail.cut(goal)
            self.fault = ""

    def set_learning_rate(self, value: float) -> None:
        """Change η from the next update on; one that diverged may go on with it."""
        self.trainer.pace.learning_rate = value
        self.history.record(self.trainer)
        self.fault = ""


class Lockstep:
    """Several trainers that move together: see the module. ``tick`` counts from the start.

    ``together`` None: each for itself, one update a tick; who moves is said at `advance`.
    """

    def __init__(self, trainers: Sequence[Trainer], together: Together = "update") -> None:
        self.runners = tuple(LockstepMember(trainer) for trainer in trainers)
        self.together, self.tick = together, 0
        by_epoch = together == "epoch"
        self.ticks = max(runner.updates for runner in self.runners) if by_epoch else 1
        """How many ticks a beat has."""
        self._shares = [runner.updates if by_epoch else 1 for runner in self.runners]

    @property
    def left_in_beat(self) -> int:
        """How many ticks complete the present beat, or at its end the next one."""
        return self.ticks - self.tick % self.ticks

    @property
    def stopped(self) -> bool:
        """Whether none of them can go on."""
        return all(runner.fault for runner in self.runners)

    def _due(self, k: int) -> int:
        """Return how many updates network k has made by now, counted from its offset."""
        return self.tick * self._shares[k] // self.ticks

    def advance(self, ticks: int, movers: Collection[int] | None = None) -> None:
        """Let all (or only the movers) make the updates that fall due in so many ticks."""
        self.tick += ticks
        for k, runner in enumerate(self.runners):
            if movers is None or k in movers:
                runner.go(runner.offset + self._due(k))
            else:
                self._leave(k)

    def back(self, movers: Collection[int] | None = None) -> None:
        """Go back to the end of the beat before this one, or to the beginning of this one."""
        if self.tick == 0:
            return
        self.tick = (self.tick - 1) // self.ticks * self.ticks
        for k, runner in enumerate(self.runners):
            if movers is None or k in movers:
                runner.back(runner.offset + self._due(k))
            else:
                self._leave(k)

    def _leave(self, k: int) -> None:
        """Let network k stay where it is: its updates fall due from here on."""
        runner = self.runners[k]
        runner.offset = runner.trainer.iteration - self._due(k)

    def set_learning_rate(self, k: int, value: float) -> None:
        """Change η of network k from its next update on; if it had diverged, it joins in again."""
        runner = self.runners[k]
        if runner.fault:
            self._leave(k)
        runner.set_learning_rate(value)

    def standing(self) -> LockstepPosition:
        """Return where all stand."""
        trainers = [runner.trainer for runner in self.runners]
        return LockstepPosition(
            tuple(trainer.snapshot() for trainer in trainers),
            tuple(trainer.curves() for trainer in trainers),
            tuple(runner.trail.way() for runner in self.runners),
            tuple(runner.fault for runner in self.runners),
            self.tick,
            self.ticks,
        )


@dataclass(frozen=True, eq=False)
class LockstepPosition:
    """Where several trainers stand after ``tick`` ticks, ``ticks`` of which are a beat.

    ``faults``: why a network goes on no more; empty where it does.
    """

    snapshots: tuple[Snapshot, ...]
    curves: tuple[Curves, ...]
    ways: tuple[ParameterPath, ...]
    faults: tuple[str, ...]
    tick: int
    ticks: int
