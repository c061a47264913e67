"""The path of a run through parameter space: theta after some of its iterations, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ..analysis.loss_surface import ParameterPlane
from ..arrays import Array


class ParameterPath:
    """The parameters theta of a run by iteration, in at most ``most`` points.

    Within one ``stride`` of iterations only the first point is kept, and the newest point of the path. The
    stride doubles whenever there would be more than ``most`` points, so which points are kept does not depend
    on how often the run went back.
    """

    def __init__(self, most: int) -> None:
        self.most, self.stride = max(2, most), 1
        self._iterations: list[int] = []
        self._thetas: list[Array] = []

    @classmethod
    def at(cls, theta: Array, iteration: int = 0) -> ParameterPath:
        """Return a path with one point."""
        path = cls(2)
        path.append(iteration, theta)
        return path

    @property
    def iterations(self) -> Array:
        """The iterations of the points, (points,)."""
        return np.array(self._iterations, int)

    @property
    def thetas(self) -> Array:
        """The parameters at the points, (points, parameters)."""
        return np.array(self._thetas, float)

    @property
    def newest(self) -> int:
        """The iteration of the newest point. Raises IndexError if there is none."""
        return self._iterations[-1]

    def due(self, iteration: int) -> int:
        """Return the next iteration after this one whose point is kept."""
        return (iteration // self.stride + 1) * self.stride

    def append(self, iteration: int, theta: Array) -> None:
        """Append a point and drop later ones, which belong to an abandoned branch."""
        self.cut(iteration - 1)
        if self._is_extra(len(self._iterations) - 1):
            del self._iterations[-1], self._thetas[-1]
        self._iterations.append(iteration)
        self._thetas.append(theta)
        self._thin()

    def merge(self, iterations: Iterable[int], thetas: Iterable[Array]) -> None:
        """Add points at iterations that have none yet."""
        known = dict(zip(self._iterations, self._thetas, strict=True))
        found = dict(zip(iterations, thetas, strict=True)) | known
        self._iterations = sorted(found)
        self._thetas = [found[iteration] for iteration in self._iterations]
        self._thin()

    def cut(self, iteration: int) -> None:
        """Drop the points after ``iteration``."""
        while self._iterations and self._iterations[-1] > iteration:
            del self._iterations[-1], self._thetas[-1]

    def until(self, iteration: int) -> ParameterPath:
        """Return a copy of the path up to ``iteration``."""
        copy = ParameterPath(self.most)
        copy.stride = self.stride
        copy._iterations, copy._thetas = self._iterations[:], self._thetas[:]
        copy.cut(iteration)
        return copy

    def points(self, plane: ParameterPlane) -> Array:
        """Return the path projected onto a plane, (points, 2)."""
        return plane.points(self.thetas)

    def _is_extra(self, k: int) -> bool:
        """Whether point k is not the first one within its stride."""
        return k > 0 and self._iterations[k] // self.stride == self._iterations[k - 1] // self.stride

    def _thin(self) -> None:
        while len(self._iterations) > self.most:
            self.stride *= 2
            last = len(self._iterations) - 1
            kept = [k for k in range(last + 1) if k == last or not self._is_extra(k)]
            self._iterations = [self._iterations[k] for k in kept]
            self._thetas = [self._thetas[k] for k in kept]
