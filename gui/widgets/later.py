"""What is still to be drawn: everything that draws later than it is told waits by a `Later`."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from PySide6.QtCore import QAbstractAnimation, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

LOOK_MILLISECONDS = 15
LOOKS = 3  # what is drawn late may ask for more


class Later(QTimer):
    """A timer for drawing that is put off; while one is active, not all that is known is on the screen.

    A timer that only beats, for a run that plays or a clock, is a plain `QTimer`.
    """


@runtime_checkable
class Awaiting(Protocol):
    """A part of a window whose numbers come from a thread."""

    @property
    def awaited(self) -> bool:
        """Whether what was asked for has not come yet, or is not drawn."""


def still_to_draw(window: QWidget) -> bool:
    """Return whether a part of a window has something to draw that it does not show yet."""
    return (
        any(later.isActive() for later in window.findChildren(Later))
        or any(_moves(motion) for motion in window.findChildren(QAbstractAnimation))
        or any(part.awaited for part in window.findChildren(QObject) if isinstance(part, Awaiting))
    )


def _moves(motion: QAbstractAnimation) -> bool:
    """Whether a motion is under way that will come to rest."""
    return motion.state() == QAbstractAnimation.State.Running and motion.loopCount() > 0


def draw_all(window: QWidget) -> None:
    """Let events and timers go on until nothing of a window is still to be drawn."""
    looks = 0
    while looks < LOOKS:
        loop = QEventLoop()
        QTimer.singleShot(LOOK_MILLISECONDS, loop.quit)
        loop.exec()
        QApplication.processEvents()
        looks = 0 if still_to_draw(window) else looks + 1
