"""Whether what moves on the screen is to move, or to be in its new place at once."""

from __future__ import annotations


class _Motion:
    reduced = False


def reduce(on: bool) -> None:
    """Let nothing move for the sake of moving from now on: training and playing a pass go on as they are."""
    _Motion.reduced = on


def reduced() -> bool:
    """Whether nothing is to move for the sake of moving."""
    return _Motion.reduced


def milliseconds(usual: int) -> int:
    """Return how long a motion takes: as long as ``usual``, or no time at all."""
    return 0 if _Motion.reduced else usual
