"""Whether what moves on the screen is to move, or to be in its new place at once."""

from __future__ import annotations


class _Motion:
    reduced = False


def reduce(on: bool) -> None:
    """Turn decorative animations off; training and the playing of a pass are not affected."""
    _Motion.reduced = on


def reduced() -> bool:
    """Whether decorative animations are turned off."""
    return _Motion.reduced


def milliseconds(usual: int) -> int:
    """Return how long a motion takes: as long as ``usual``, or no time at all."""
    return 0 if _Motion.reduced else usual
