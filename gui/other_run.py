"""Other runs: what undo brings back, and how much memory all of them may take."""

from __future__ import annotations

from dataclasses import replace
from weakref import ref

from core.course import Course, Kept
from core.curves import Curves
from core.history import LIMIT_BYTES


class OtherRun:
    """A run that is not the present one: what undo or redo brings back. The worker puts it here in its time.

    ``ghosts`` are the curves of still other runs that were shown beside it.
    """

    def __init__(self, ghosts: tuple[Curves, ...] = ()) -> None:
        self.kept: Kept | None = None
        self.ghosts = ghosts


class Shelf:
    """The runs put aside, in at most ``limit_bytes`` together: as much as the history of the present one.

    Where they do not fit, the oldest are reduced to the weights (and the optimizer's memory) they had
    come to: undo then brings these back, without their curves and their past. Only the worker's thread
    touches it. A run that nobody can come back to any more leaves it by itself.
    """

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self.limit_bytes = limit_bytes
        self._others: list[ref[OtherRun]] = []

    def put(self, other: OtherRun, course: Course) -> None:
        """Keep a run as it stands, and reduce older ones if there is no room for all."""
        other.kept = course.kept()
        aside = [run for kept in self._others if (run := kept()) is not None and run is not other]
        self._others = [*map(ref, aside), ref(other)]
        left = self.limit_bytes - other.kept.bytes
        for run in reversed(aside):
            if run.kept is not None:
                left -= run.kept.bytes
                run.kept = replace(run.kept, record=None) if left < 0 else run.kept
