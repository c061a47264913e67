"""Tempo: how fast a run goes, and what is due by now."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from core.reveal import Grain


@dataclass(frozen=True)
class Speed:
    """``per_second`` iterations a second, or steps of a ``grain`` if one is given; None: flat out."""

    per_second: float | None = None
    grain: Grain | None = None


class Tempo:
    """Counts what is made since a run began, or since its speed changed."""

    def __init__(self) -> None:
        self.speed = Speed()
        self._begun, self._made = 0.0, 0

    def begin(self, speed: Speed | None = None) -> None:
        """Begin to count, at the same speed or another one. The first step is due at once."""
        self.speed = self.speed if speed is None else speed
        self._begun, self._made = perf_counter(), 0 if self.speed.grain is None else -1

    def wait(self) -> float:
        """Return in how many seconds something is due; 0: now."""
        if self.speed.per_second is None:
            return 0.0
        return max(0.0, self._begun + (self._made + 1) / self.speed.per_second - perf_counter())

    def due(self, most: int) -> int:
        """Return how much is due now, at most so much."""
        if self.speed.per_second is None:
            return most
        due = int((perf_counter() - self._begun) * self.speed.per_second) - self._made
        if due > 2 * most:
            # What could not be made in time is given up, or the run would chase it for ever.
            self._begun, self._made = perf_counter() - most / self.speed.per_second, 0
        return max(0, min(due, most))

    def made(self, count: int) -> None:
        """Note that so much was made."""
        self._made += count
