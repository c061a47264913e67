"""Fresh numbers for exercises: few digits, small, so that they can be worked with by hand."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

MOST_DRAWS = 400


class Draw:
    """Pleasant numbers from one seed."""

    def __init__(self, seed: int) -> None:
        self._generator = np.random.default_rng(seed)

    def whole(self, low: int, high: int) -> float:
        """Return a whole number from ``low`` to ``high``, but not 0."""
        return self.one_of([float(k) for k in range(low, high + 1) if k])

    def tenth(self, low: float, high: float) -> float:
        """Return a number with one decimal from ``low`` to ``high``, but not 0."""
        return self.one_of([k / 10 for k in range(round(10 * low), round(10 * high) + 1) if k])

    def one_of(self, numbers: list[float]) -> float:
        """Return one of these."""
        return numbers[int(self._generator.integers(len(numbers)))]

    def some(self, count: int, low: float, high: float) -> tuple[float, ...]:
        """Return so many different numbers with one decimal."""
        choice = [k / 10 for k in range(round(10 * low), round(10 * high) + 1) if k]
        places = self._generator.choice(len(choice), count, replace=count > len(choice))
        return tuple(choice[int(k)] for k in places)

    def places(self, count: int, of: int) -> list[int]:
        """Return so many different places of a row, in order."""
        return sorted(int(k) for k in self._generator.choice(of, min(count, of), replace=False))

    def tries(self) -> Iterator[int]:
        """Yield once for every try that is worth making until the numbers please."""
        yield from range(MOST_DRAWS)
