"""Deferred drawing, and waiting until all of it is done."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from PySide6.QtCore import QAbstractAnimation, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

LOOK_MILLISECONDS = 15
LOOKS = 3  # rounds, since drawing may request more drawing
MOST_LOOKS, LOOKS_IN_A_RUN = 4000, 20  # about a minute, and less than a second


class Later(QTimer):
    """A timer for deferred drawing; while one is active, the screen is not up to date.

    A timer that repeats, for a run that plays or a clock, is a plain `QTimer`.
    """


@runtime_checkable
class Awaiting(Protocol):
    """A part of a window whose numbers are computed by a thread."""

    @property
    def awaited(self) -> bool:
        """Whether a requested result has not arrived yet, or is not drawn."""


def still_to_draw(window: QWidget) -> bool:
    """Return whether a part of a window has something to draw that it does not show yet."""
    return (
        any(later.isActive() for later in window.findChildren(Later))
        or any(_moves(motion) for motion in window.findChildren(QAbstractAnimation))
        or any(part.awaited for part in window.findChildren(QObject) if isinstance(part, Awaiting))
    )


def _moves(motion: QAbstractAnimation) -> bool:
    """Whether an animation is running that will end."""
    return motion.state() == QAbstractAnimation.State.Running and motion.loopCount() > 0


def draw_all(window: QWidget, most: int = MOST_LOOKS) -> None:
    """Process events until nothing of a window remains to be drawn, for ``most`` rounds.

    During a run there is always more to draw: `LOOKS_IN_A_RUN` are enough then.
    """
    looks = 0
    for _ in range(most):
        if looks == LOOKS:
            return
        loop = QEventLoop()
        QTimer.singleShot(LOOK_MILLISECONDS, loop.quit)
        loop.exec()
        QApplication.processEvents()
        looks = 0 if still_to_draw(window) else looks + 1
