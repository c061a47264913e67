"""Frames: shares out the drawing of a running training.

A frame has 16 ms, and the training wants most of them. So of all views only the canvas is drawn in
every frame, or in every other one where it is costly; of the others one at a time, in turn. At rest
all are drawn at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QWidget

from core.curves import Curves
from core.training import Snapshot
from gui.drawable import overflowing

Show = Callable[[Snapshot, Curves], None]

CHEAP_SECONDS, COSTLY_SECONDS = 0.009, 0.02
SMOOTHING = 0.1


class Frames:
    """``main`` is drawn as often as its cost allows, of ``turns`` one at a time; an empty turn is a rest."""

    def __init__(self, main: Show, turns: Sequence[Show | None]) -> None:
        self._main, self._turns = main, turns
        self._frame = self._turn = 0
        self._cost = 0.0

    @property
    def gap(self) -> int:
        """How many frames there are to one drawing of ``main``."""
        return 1 + (self._cost > CHEAP_SECONDS) + (self._cost > COSTLY_SECONDS)

    def show(self, snapshot: Snapshot, curves: Curves) -> None:
        """Draw a frame of a run."""
        self._frame += 1
        with_main = self._frame % self.gap == 0
        if with_main:
            begun = perf_counter()
            self._main(snapshot, curves)
            draw_now()
            self._cost += SMOOTHING * (perf_counter() - begun - self._cost)
        if not with_main:
            self._show_next(snapshot, curves, rests=False)
        elif self.gap == 1:
            self._show_next(snapshot, curves, rests=True)

    def _show_next(self, snapshot: Snapshot, curves: Curves, *, rests: bool) -> None:
        """Draw whose turn it is; where nothing else is drawn, a rest would be a frame left out."""
        turn = None
        for _ in self._turns:
            turn = self._turns[self._turn]
            self._turn = (self._turn + 1) % len(self._turns)
            if turn is not None or rests:
                break
        if turn is not None:
            turn(snapshot, curves)
            draw_now()

    def show_all(self, snapshot: Snapshot, curves: Curves) -> None:
        """Draw everything, at rest."""
        for show in dict.fromkeys((self._main, *self._turns)):
            if show is not None:
                show(snapshot, curves)


def draw_now() -> None:
    """Let widgets draw what they were shown at once, and not after the training's next slice."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.MetaCall)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.UpdateRequest)


def shower(*views: object) -> Show:
    """Return what shows a moment to these views, whichever of it they take.

    The same curves are shown only once, as long as the views were shown no other network.
    """
    pairs = [(getattr(view, "show_curves", None), getattr(view, "show_snapshot", None)) for view in views]

    shown: list[object] = [None, None]

    def show(snapshot: Snapshot, curves: Curves) -> None:
        other = shown[0] is not curves or shown[1] is not snapshot.network
        shown[:] = curves, snapshot.network
        with overflowing():
            for show_curves, show_snapshot in pairs:
                if show_curves is not None and other:
                    show_curves(curves)
                if show_snapshot is not None:
                    show_snapshot(snapshot)

    return show


def while_visible(view: QWidget) -> Show:
    """Return what shows a moment to a view, but not while it is hidden."""
    show = shower(view)
    return lambda snapshot, curves: show(snapshot, curves) if view.isVisible() else None
