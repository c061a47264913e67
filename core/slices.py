"""Work on many samples in slices of a few milliseconds, between which a window can draw."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TypeVar

Result = TypeVar("Result")
Sliced = Generator[None, None, Result]
"""Work that yields after each slice but the last, and returns its result."""

NUMBERS, MULTIPLICATIONS = 200_000, 20_000_000  # computed in a slice
FEWEST = 64  # samples in a slice


def finished(work: Sliced[Result]) -> Result:
    """Do all of the work at once and return its result."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: Result = end.value
            return result


def slices_of(samples: int, numbers: int, multiplications: int = 0) -> Iterator[slice]:
    """Cut samples into slices, at least one.

    For each sample ``numbers`` numbers are computed, and ``multiplications`` made in products of matrices.
    """
    size = max(FEWEST, min(NUMBERS // max(1, numbers), MULTIPLICATIONS // max(1, multiplications)))
    for begin in range(0, max(1, samples), size):
        yield slice(begin, min(begin + size, samples))
