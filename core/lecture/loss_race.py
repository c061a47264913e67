"""Straight lines fitted to the same points in parallel, each by another loss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace

from ..arrays import Array
from ..data.datasets import Dataset
from ..nn.design import Dense, Design, Training
from ..nn.losses import Loss
from ..nn.network import Network
from ..nn.trainer import Diverged, Trainer
from .subjects import Race


def race_trainer(race: Race, loss: Loss, theta: Array | None = None) -> Trainer:
    """Return a trainer that fits a line to the points by this loss, from theta = (w, b), default (0, 0)."""
    x, y = np.array([race.x]), np.array([race.y])
    train, test = np.arange(x.size), np.arange(0)
    dataset = Dataset("race", x, y, "regression", ("x",), (), train, test)
    training = Training(loss=loss, learning_rate=race.learning_rate, gradient_descent="batch")
    network = Network(Design(layers=(Dense(1, "linear", initializer="zeros"),), training=training), dataset)
    return Trainer(network, dataset, theta)


@dataclass(frozen=True)
class _Segment:
    """A part of the race with fixed points: its initial lines and the iteration at its start."""

    race: Race
    starts: tuple[Array, ...]
    iteration: int


class LineRace:
    """One line w x + b per loss, all after ``iteration`` updates of gradient descent.

    Points may be moved in between. `back` undoes single updates, and moves of points since.
    """

    def __init__(self, losses: tuple[Loss, ...], race: Race) -> None:
        self.losses = losses
        self._segments: list[_Segment] = []
        self._begin(_Segment(race, tuple(np.zeros(2) for _ in losses), 0))

    def _begin(self, segment: _Segment) -> None:
        self._segments.append(segment)
        self._present = segment
        self._trainers = [
            race_trainer(segment.race, loss, start)
            for loss, start in zip(self.losses, segment.starts, strict=True)
        ]

    @property
    def race(self) -> Race:
        """The race with the present points."""
        return self._segments[-1].race

    @property
    def iteration(self) -> int:
        """The number of updates each line has made."""
        return self._segments[-1].iteration + self._trainers[0].iteration

    @property
    def lines(self) -> tuple[Array, ...]:
        """(w, b) of each line."""
        return tuple(trainer.moment().theta for trainer in self._trainers)

    @property
    def scores(self) -> tuple[float, ...]:
        """J of each line on the points, by its own loss."""
        x, y = np.array([self.race.x]), np.array([self.race.y])
        lines = zip(self.losses, self.lines, strict=True)
        return tuple(loss.J(w * x + b, y) for loss, (w, b) in lines)

    def advance(self, updates: int) -> None:
        """Make ``updates`` updates of every line.

        Raises Diverged; all lines are then just before the first divergence.
        """
        error: Diverged | None = None
        for trainer in self._trainers:
            try:
                trainer.run(updates)
            except Diverged as diverged:
                error = diverged
        if error is not None:
            self._go_to(min(trainer.iteration for trainer in self._trainers))
            raise error

    def _go_to(self, updates: int) -> None:
        """Set the lines to those ``updates`` updates after the last move of a point."""
        for trainer, start in zip(self._trainers, self._segments[-1].starts, strict=True):
            trainer.restart(start)
            if updates:
                trainer.run(updates)

    def back(self) -> bool:
        """Undo the last update, and moves of points since; return whether there was one."""
        iteration = self.iteration - 1
        if iteration < 0:
            return False
        segment = self._segments[-1]
        while segment.iteration > iteration:
            self._segments.pop()
            segment = self._segments[-1]
        if segment is not self._present:
            self._begin(self._segments.pop())
        self._go_to(iteration - segment.iteration)
        return True

    def move(self, place: int, x: float, y: float) -> None:
        """Move a point; the lines continue from their present state."""
        race, lines, iteration = self.race, self.lines, self.iteration
        xs, ys = list(race.x), list(race.y)
        xs[place], ys[place] = float(x), float(y)
        if not self._trainers[0].iteration:
            self._segments.pop()
        self._begin(_Segment(replace(race, x=tuple(xs), y=tuple(ys)), lines, iteration))
