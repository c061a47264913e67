"""Computes a loss surface in slices of time between the events of the window."""

from __future__ import annotations

from time import perf_counter

from PySide6.QtCore import QObject, Signal

from core.analysis.loss_surface import Losses, ParameterPlane, SurfaceSampling
from gui.views.loss_surface.relief import Ranges
from gui.widgets.later import Later

SLICE_SECONDS = 0.006
PAUSE_MILLISECONDS = 4
WHOLE_SECONDS = 1.2
FINEST, COARSEST = 61, 17


class SurfaceSampler(QObject):
    """Surveys a rectangle of a plane at a time; the newest wish counts.

    ``surveyed`` carries the surface once it is complete, ``advanced`` before that the share that is
    computed. The finer the cheaper a pass is.
    """

    surveyed = Signal(object)
    advanced = Signal(float)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._survey: SurfaceSampling | None = None
        self._timer = Later(self)
        self._timer.setInterval(PAUSE_MILLISECONDS)
        self._timer.timeout.connect(self._go)

    @property
    def busy(self) -> bool:
        """Whether a survey is under way."""
        return self._timer.isActive()

    def survey(self, losses: Losses, plane: ParameterPlane, ranges: Ranges, seconds: float) -> None:
        """Begin to survey; one pass takes so many seconds. What was under way is given up."""
        size = int((WHOLE_SECONDS / max(seconds, 1e-6)) ** 0.5)
        self._survey = SurfaceSampling(losses, plane, *ranges, min(FINEST, max(COARSEST, size)))
        self._timer.start()

    def stop(self) -> None:
        """Give up what is under way."""
        self._timer.stop()

    def _go(self) -> None:
        if self._survey is None:
            return
        self._survey.go(SLICE_SECONDS)
        self.advanced.emit(self._survey.share)
        if self._survey.complete:
            self._timer.stop()
            self.surveyed.emit(self._survey.surface())


def seconds_of(losses: Losses, plane: ParameterPlane) -> float:
    """Return how long one pass takes at best."""
    taken = []
    for _ in range(3):
        begun = perf_counter()
        losses.parts[0].sums(plane.origin[None])
        taken.append(perf_counter() - begun)
    return min(taken) * len(losses.parts)
