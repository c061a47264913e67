"""Frames: shares out the drawing of a running training.

A frame has 16 ms, and the training wants most of them. So of all views only those that must be
fluent are drawn in every frame; of the others one at a time, in turn. At rest all are drawn at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from core.curves import Curves
from core.training import Snapshot

Show = Callable[[Snapshot, Curves], None]


class Frames:
    """``every`` is drawn in every frame, of ``turns`` one in each; ``at_rest`` only when nothing runs."""

    def __init__(self, every: Sequence[Show], turns: Sequence[Show]) -> None:
        self._every, self._turns = every, turns
        self._next = 0

    def show(self, snapshot: Snapshot, curves: Curves) -> None:
        """Draw a frame of a run."""
        turn = self._turns[self._next : self._next + 1]
        self._next = (self._next + 1) % max(1, len(self._turns))
        for show in (*self._every, *turn):
            show(snapshot, curves)

    def show_all(self, snapshot: Snapshot, curves: Curves) -> None:
        """Draw everything, at rest."""
        for show in (*self._every, *self._turns):
            show(snapshot, curves)


def shower(*views: object) -> Show:
    """Return what shows a moment to these views, whichever of it they take."""
    pairs = [(getattr(view, "show_curves", None), getattr(view, "show_snapshot", None)) for view in views]

    def show(snapshot: Snapshot, curves: Curves) -> None:
        for show_curves, show_snapshot in pairs:
            if show_curves is not None:
                show_curves(curves)
            if show_snapshot is not None:
                show_snapshot(snapshot)

    return show


def while_visible(view: QWidget) -> Show:
    """Return what shows a moment to a view, but not while it is hidden."""
    show = shower(view)
    return lambda snapshot, curves: show(snapshot, curves) if view.isVisible() else None
