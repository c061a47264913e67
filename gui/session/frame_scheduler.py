"""Frames: shares out the drawing of a running training.

A frame has 16 ms, and the training wants most of them. So only pictures are drawn all the time: the
canvas in every frame, or in every other one where it is costly; of the others one at a time, in turn.
Numbers, which nobody reads faster, are written some ten times a second, and then all of them in one
frame and of one moment. At rest all is drawn at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QWidget

from core.nn.curves import Curves
from core.nn.trainer import Snapshot
from gui.session.view_events import ShowsCurves, ShowsPicture, ShowsSnapshot
from gui.widgets.drawable import overflowing

Show = Callable[[Snapshot, Curves], None]

CHEAP_SECONDS, COSTLY_SECONDS = 0.009, 0.02
SMOOTHING = 0.1
NUMBERS_SECONDS = 0.1
NUMBERS_SHARE = 0.25  # of the time may go into writing numbers, however many views are open


class Readings:
    """Says in which frames of a run the numbers are due: of all views in one frame, of one moment."""

    def __init__(self) -> None:
        self._due = float("-inf")

    @property
    def due(self) -> bool:
        """Whether numbers are to be written in this frame."""
        return perf_counter() >= self._due

    def wrote(self, begun: float) -> None:
        """Note that they were written from ``begun`` until now."""
        self._due = begun + max(NUMBERS_SECONDS, (perf_counter() - begun) / NUMBERS_SHARE)


class FrameScheduler:
    """``main`` is drawn as often as its cost allows, of ``turns`` one at a time; an empty turn is a rest.

    ``numbers`` shows a moment to all views that tell numbers, those that are pictures too included.
    """

    def __init__(self, main: Show, turns: Sequence[Show | None], numbers: Show) -> None:
        self._main, self._turns, self._numbers = main, turns, numbers
        self._frame = self._turn = 0
        self._cost = 0.0
        self._readings = Readings()

    @property
    def gap(self) -> int:
        """How many frames there are to one drawing of ``main``."""
        return 1 + (self._cost > CHEAP_SECONDS) + (self._cost > COSTLY_SECONDS)

    def show(self, snapshot: Snapshot, curves: Curves, show_place: Callable[[], object]) -> None:
        """Draw a frame of a run; where numbers are due, ``show_place`` has the place in it told too."""
        begun = perf_counter()
        if self._readings.due:
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
        begun = perf_counter()
        self._numbers(snapshot, curves)
        self._readings.wrote(begun)


def draw_now() -> None:
    """Let widgets draw what they were shown at once, and not after the training's next slice."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.MetaCall)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.UpdateRequest)


def shower(*views: object) -> Show:
    """Return what shows a moment to these views, whichever of it they take.

    The same curves are shown only once, as long as the views were shown no other network.
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
    """Return what draws of a moment what is a picture in these views; the numbers they tell stay."""
    methods = [view.show_picture for view in views if isinstance(view, ShowsPicture)]

    def show(snapshot: Snapshot, curves: Curves) -> None:
        for method in methods:
            method(snapshot, curves)

    return show


def while_visible(view: QWidget, made: Callable[..., Show] = shower) -> Show:
    """Return what shows a moment to a view, but not while it is hidden."""
    show = made(view)
    return lambda snapshot, curves: show(snapshot, curves) if view.isVisible() else None
