"""Decides which views are redrawn in which frame while training runs.

A frame lasts 16 ms, most of which the training needs. Therefore only graphics are redrawn constantly: the
canvas in every frame (or every few frames if it is slow to draw), and one of the other views per frame, in
turn. Numbers cannot be read faster than about ten times a second; they are all updated in the same frame, so
that they belong to the same iteration, and views whose graphics have a turn of their own update nothing else
in it. While nothing runs, everything is drawn at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QWidget

from core.nn.curves import Curves
from core.nn.trainer import Snapshot
from gui.qt.drawable import overflowing
from gui.session.view_events import ShowsCurves, ShowsNumbers, ShowsPicture, ShowsSnapshot

Show = Callable[[Snapshot, Curves], None]

CHEAP_SECONDS, COSTLY_SECONDS = 0.009, 0.02
SMOOTHING = 0.1
FRAME_SECONDS = 0.02  # at most, from asking for a snapshot to drawing it
NUMBERS_SECONDS = 0.1
NUMBERS_SHARE = 0.25  # the fraction of the time that updating numbers may take, however slow it is


class Readings:
    """Decides in which frames of a run numbers are updated: in all views at once, for the same iteration."""

    def __init__(self) -> None:
        self._due = float("-inf")

    def due(self, ahead: float = 0.0) -> bool:
        """Return whether numbers are to be updated in this frame, or in one ``ahead`` seconds later."""
        return perf_counter() + ahead >= self._due

    def wrote(self, begun: float) -> None:
        """Record that updating them took from ``begun`` until now."""
        self._due = begun + max(NUMBERS_SECONDS, (perf_counter() - begun) / NUMBERS_SHARE)


class FrameScheduler:
    """Draws ``main`` as often as its cost allows, and one of ``turns`` per frame; an empty turn is a pause.

    ``numbers`` updates all numbers, and the graphics that have no turn; ``everything`` shows a snapshot to
    all views.
    """

    def __init__(self, main: Show, turns: Sequence[Show | None], numbers: Show, everything: Show) -> None:
        self._main, self._turns, self._numbers, self._everything = main, turns, numbers, everything
        self._frame = self._turn = 0
        self._cost = 0.0
        self._readings = Readings()

    @property
    def gap(self) -> int:
        """The number of frames per drawing of ``main``."""
        return 1 + (self._cost > CHEAP_SECONDS) + (self._cost > COSTLY_SECONDS)

    def numbers_due(self) -> bool:
        """Whether numbers are to be updated in the next frame of a run."""
        return self._readings.due(FRAME_SECONDS)

    def show(self, snapshot: Snapshot, curves: Curves, show_place: Callable[[], object]) -> None:
        """Draw one frame of a run; if numbers are due, also call ``show_place`` to update the position.

        Numbers wait for a moment whose scores came with it: to score all samples takes too long for a frame.
        """
        begun = perf_counter()
        if self._readings.due() and snapshot.scores is not None:
            show_place()
            self._numbers(snapshot, curves)
            draw_now()
            self._readings.wrote(begun)
            return
        self._frame += 1
        with_main = self._frame % self.gap == 0
        if with_main:
            self._main(snapshot, curves)
            draw_now()
            self._cost += SMOOTHING * (perf_counter() - begun - self._cost)
        if not with_main:
            self._show_next(snapshot, curves, rests=False)
        elif self.gap == 1:
            self._show_next(snapshot, curves, rests=True)

    def _show_next(self, snapshot: Snapshot, curves: Curves, *, rests: bool) -> None:
        """Draw the view whose turn it is; skip a pause if the frame would otherwise be empty."""
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
        """Draw everything, while nothing runs."""
        begun = perf_counter()
        self._everything(snapshot, curves)
        self._readings.wrote(begun)


def draw_now() -> None:
    """Repaint pending widgets immediately rather than after the next slice of training."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.MetaCall)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.UpdateRequest)


def shower(*views: object) -> Show:
    """Return a function that passes a snapshot and curves to those of the views that accept them.

    The same curves are passed only once per network shown.
    """
    pairs = [
        (
            view.show_curves if isinstance(view, ShowsCurves) else None,
            view.show_snapshot if isinstance(view, ShowsSnapshot) else None,
        )
        for view in views
    ]
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


def painter(*views: object) -> Show:
    """Return a function that updates only the graphics of these views; their numbers stay."""
    methods = [view.show_picture for view in views if isinstance(view, ShowsPicture)]

    def show(snapshot: Snapshot, curves: Curves) -> None:
        for method in methods:
            method(snapshot, curves)

    return show


def writer(*views: object) -> Show:
    """Return a function that updates the numbers of these views.

    Views that cannot update their numbers alone show the snapshot, and the curves if these have changed.
    """
    apart = [view for view in views if isinstance(view, ShowsNumbers)]
    whole = shower(*(view for view in views if not isinstance(view, ShowsNumbers)))

    def show(snapshot: Snapshot, curves: Curves) -> None:
        for view in apart:
            view.show_numbers(snapshot)
        whole(snapshot, curves)

    return show


def together(*shows: Show) -> Show:
    """Return a function that calls all of these in order."""

    def show(snapshot: Snapshot, curves: Curves) -> None:
        for one in shows:
            one(snapshot, curves)

    return show


def while_visible(view: QWidget, made: Callable[..., Show] = shower) -> Show:
    """Return a function that shows a snapshot to a view only while the view is visible."""
    show = made(view)
    return lambda snapshot, curves: show(snapshot, curves) if view.isVisible() else None
