"""Lockstep: several trainers that advance together, by updates or by epochs, with recorded paths.

A beat takes all trainers from one state in which they can be compared to the next: by one update each, or one
epoch each. It is divided into ticks, as many as the largest number of updates per epoch, so that all go
through an epoch evenly; in each tick a trainer makes the updates that are due.
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
    """One of the trainers, with its history and its path through parameter space.

    ``fault`` is the message of its divergence, or empty; after it, the trainer stays at its last finite
    state.
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
        """Train until ``goal`` updates are made; stop for good on divergence."""
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
        """Go back to the state after ``goal`` updates, bit-identical; training may continue from there."""
        goal = max(goal, self.first)
        if self.trainer.iteration > goal:
            seek(self.trainer, self.history, goal)
            self._note()
            self.fault = ""

    def set_learning_rate(self, value: float) -> None:
        """Change η from the next update on; a diverged trainer may continue with it."""
        self.trainer.learning_rate.value = value
        self.history.record(self.trainer)
        self.fault = ""


class Lockstep:
    """Several trainers that advance together (see the module); ``tick`` counts from the start.

    ``together`` None: each trainer advances on its own, one update per tick, if it is among the movers of
    `advance`.
    """

    def __init__(self, trainers: Sequence[Trainer], together: Together = "update") -> None:
        self.runners = tuple(LockstepMember(trainer) for trainer in trainers)
        self.together, self.tick = together, 0
        by_epoch = together == "epoch"
        self.ticks = max(runner.updates for runner in self.runners) if by_epoch else 1
        """The number of ticks per beat."""
        self._shares = [runner.updates if by_epoch else 1 for runner in self.runners]

    @property
    def left_in_beat(self) -> int:
        """The number of ticks to the end of the present beat, or at its end, to the end of the next."""
        return self.ticks - self.tick % self.ticks

    @property
    def stopped(self) -> bool:
        """Whether all trainers have diverged."""
        return all(runner.fault for runner in self.runners)

    def _due(self, k: int) -> int:
        """Return how many updates network k should have made by now, counted from its offset."""
        return self.tick * self._shares[k] // self.ticks

    def advance(self, ticks: int, movers: Collection[int] | None = None) -> None:
        """Let all trainers (or only the ``movers``) make the updates due in the next ``ticks`` ticks."""
        self.tick += ticks
        for k, runner in enumerate(self.runners):
            if movers is None or k in movers:
                runner.go(runner.offset + self._due(k))
            else:
                self._leave(k)

    def back(self, movers: Collection[int] | None = None) -> None:
        """Go back to the end of the previous beat or, within a beat, to its beginning."""
        if self.tick == 0:
            return
        self.tick = (self.tick - 1) // self.ticks * self.ticks
        for k, runner in enumerate(self.runners):
            if movers is None or k in movers:
                runner.back(runner.offset + self._due(k))
            else:
                self._leave(k)

    def _leave(self, k: int) -> None:
        """Keep network k where it is: its updates are due from here on."""
        runner = self.runners[k]
        runner.offset = runner.trainer.iteration - self._due(k)

    def set_learning_rate(self, k: int, value: float) -> None:
        """Change η of network k from its next update on; if it had diverged, it continues."""
        runner = self.runners[k]
        if runner.fault:
            self._leave(k)
        runner.set_learning_rate(value)

    def standing(self) -> LockstepPosition:
        """Return the state of all trainers."""
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
    """The state of several trainers after ``tick`` ticks, ``ticks`` of which make a beat.

    ``paths`` end at the present states. ``faults`` are the messages of divergence; empty where there is none.
    """

    snapshots: tuple[Snapshot, ...]
    curves: tuple[Curves, ...]
    paths: tuple[ParameterPath, ...]
    faults: tuple[str, ...]
    tick: int
    ticks: int
