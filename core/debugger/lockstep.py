"""Lockstep: several trainers that move together, by updates or by epochs, each with its path recorded.

A beat is what all do between two places at which they can be compared: one update each, or one epoch
each. A beat has ticks, as many as the network with the most updates in an epoch makes, so that all get
through an epoch evenly; each trainer makes its own updates as they fall due.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from ..nn.curves import Curves
from ..nn.trainer import Diverged, Snapshot, Trainer
from .checkpoints import History, seek
from .parameter_path import ParameterPath

Together = Literal["epoch", "update"] | None
HISTORY_BYTES = 16 << 20
PATH_BYTES = 8 << 20
LEAST_POINTS, MOST_POINTS = 64, 2048


class LockstepMember:
    """One of the trainers: its history, its path through parameter space, and why it stopped, if it did.

    ``fault``: the sentence of its divergence; it stands at its last finite moment and goes on no more.
    """

    def __init__(self, trainer: Trainer) -> None:
        self.trainer, self.fault = trainer, ""
        self.history = History(HISTORY_BYTES)
        most = PATH_BYTES // (8 * trainer.network.parameters)
        self.path = ParameterPath(min(max(most, LEAST_POINTS), MOST_POINTS))
        self.updates = trainer.snapshot().batches
        self.first = trainer.iteration
        self.offset = self.first
        self.history.record_edit(trainer)
        self.path.append(trainer.iteration, trainer.moment().theta)

    def go(self, goal: int) -> None:
        """Train until ``goal`` updates are made; where training diverges, it stops for good."""
        trainer = self.trainer
        if self.fault:
            return
        try:
            while (t := trainer.iteration) < goal:
                trainer.run(min(goal, self.path.due(t), self.history.next_due(t)) - t)
                self._note()
        except Diverged as diverged:
            self.fault = str(diverged)
            self._note()

    def _note(self) -> None:
        self.history.record(self.trainer)
        self.path.append(self.trainer.iteration, self.trainer.moment().theta)

    def back(self, goal: int) -> None:
        """Return to the state after ``goal`` updates, to the bit; training may go on from there."""
        goal = max(goal, self.first)
        if self.trainer.iteration > goal:
            seek(self.trainer, self.history, goal)
            self._note()
            self.fault = ""

    def set_learning_rate(self, value: float) -> None:
        """Change η from the next update on; one that diverged may go on with it."""
        self.trainer.learning_rate.value = value
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
        """Let all (or only the movers) make the updates that fall due in the next ``ticks``."""
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
            tuple(runner.path.until(runner.trainer.iteration) for runner in self.runners),
            tuple(runner.fault for runner in self.runners),
            self.tick,
            self.ticks,
        )


@dataclass(frozen=True, eq=False)
class LockstepPosition:
    """Where several trainers stand after ``tick`` ticks, ``ticks`` of which are a beat.

    ``paths`` end where they stand. ``faults``: why a network goes on no more; empty where it does.
    """

    snapshots: tuple[Snapshot, ...]
    curves: tuple[Curves, ...]
    paths: tuple[ParameterPath, ...]
    faults: tuple[str, ...]
    tick: int
    ticks: int
