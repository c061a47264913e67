"""Whether decorative animations run, or widgets are in their new place at once."""

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
    """Return the duration of a motion: ``usual``, or 0 if animations are turned off."""
    return 0 if _Motion.reduced else usual
