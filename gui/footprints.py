"""Footprints: where a run went, as all its parameters after so many iterations."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from core.modules import Array


class Footprints:
    """What a run's record tells of its way, and what was seen since; at most ``most`` points.

    Where there are more, every second one is dropped.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._points: list[tuple[int, Array]] = []

    def take(self, iterations: Iterable[int], thetas: Iterable[Array]) -> None:
        """Take the recorded way in place of what was seen: iterations (n,) and theta (n, parameters)."""
        self._points = []
        self.add(iterations, thetas)

    def add(self, iterations: Iterable[int], thetas: Iterable[Array]) -> None:
        """Take of the recorded way what was not seen."""
        seen = dict(self._points)
        recorded = zip(iterations, thetas, strict=True)
        self._points += [(t, theta) for t, theta in recorded if t not in seen]
        self._points.sort(key=lambda point: point[0])
        self._thin()

    def tread(self, iteration: int, theta: Array) -> None:
        """Add where the run is seen; what came later belongs to a way that is left, or is told again."""
        self._points = [*(point for point in self._points if point[0] < iteration), (iteration, theta)]
        self._thin()

    def _thin(self) -> None:
        while len(self._points) > self._most:
            del self._points[1:-1:2]

    def until(self, iteration: int) -> Array:
        """Return theta (points, parameters) on the way to so many iterations."""
        return np.array([theta for t, theta in self._points if t <= iteration])
