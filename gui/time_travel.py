"""Time travel: going through a run both ways, and what may be done at the place one looks at."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from PySide6.QtCore import QObject

from core.closer import preview, weight_history
from core.course import Kept
from core.curves import Curves
from core.modules import Array
from core.reveal import Grain, Stage
from gui.player import Player
from gui.worker import Request, Worker


class OtherRun:
    """The run that is not the present one: what undo brings back. The worker puts it here in its time.

    ``curves``, if there are any, are those of the run a branch leaves behind, to be shown beside it.
    """

    def __init__(self) -> None:
        self.kept: Kept | None = None
        self.curves: Curves | None = None


class TimeTravel(QObject):
    """Has the worker of a player go to other places of its run; all answers come through the player."""

    def __init__(self, player: Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self._newest: list[Request] = []
        self._lock = Lock()

    # -- going ------------------------------------------------------------------------------------

    def step(self, grain: Grain) -> None:
        """Go one step ahead."""
        if grain is Grain.EPOCH:
            self._pause()
            self._player.play(lambda worker: worker.course.step(grain), ends=True)
        else:
            self._go(lambda worker: worker.course.step(grain))

    def back(self, grain: Grain) -> None:
        """Go one step back."""
        self._go(lambda worker: worker.course.back(grain))

    def enter(self, stage: Stage) -> None:
        """Go ahead until a part of the loop is done."""
        self._go(lambda worker: worker.course.enter(stage))

    def seek(self, iteration: int) -> None:
        """Look at the moment after so many iterations; of requests that wait, only the newest is served."""
        self._player.pause()
        self._ask_newest(lambda worker: worker.course.seek(iteration))

    def _go(self, go: Callable[[Worker], object]) -> None:
        self._pause()
        self._player.ask(lambda worker: void(go(worker)))

    def _pause(self) -> None:
        self._newest = []
        self._player.pause()

    def _ask_newest(self, request: Request) -> None:
        """Ask, in place of the last such request if that is still waiting and nothing else was asked."""
        with self._lock:
            waiting = self._newest
            if waiting:
                waiting[0] = request
                return
            waiting = self._newest = [request]

        def serve(worker: Worker) -> None:
            with self._lock:
                newest = waiting.pop()
            newest(worker)

        self._player.ask(serve)

    # -- changing the run -------------------------------------------------------------------------

    def resume(self) -> OtherRun:
        """Let training go on from the place looked at; return where the run as it was will be kept."""
        self._pause()
        return self._change(lambda worker: worker.course.resume())

    def edit(self, theta: Array) -> OtherRun:
        """Put other parameters in place, where one looks; a run goes on with them. Returns as `resume`."""
        self._newest = []
        return self._change(lambda worker: worker.course.edit(theta))

    def _change(self, change: Request) -> OtherRun:
        other = OtherRun()

        def keep_and_change(worker: Worker) -> None:
            other.kept = worker.course.kept()
            change(worker)

        self._player.ask(keep_and_change)
        return other

    def exchange(self, other: OtherRun) -> None:
        """Take up the other run, and keep the present one in its place."""
        self._pause()

        def swap(worker: Worker) -> None:
            present = worker.course.kept()
            if other.kept is not None:
                worker.course.take_up(other.kept)
            other.kept = present

        self._player.ask(swap)

    # -- asking -----------------------------------------------------------------------------------

    def preview(self, theta: Array) -> None:
        """Show what other parameters would lead to; the run stays as it is."""
        self._player.pause()
        self._ask_newest(lambda worker: setattr(worker, "trial", preview(worker.course, theta)))

    def show_again(self) -> None:
        """Show the place looked at, in place of a preview."""
        self._player.ask(lambda worker: None)

    def weight_history(self, index: int, tell: Callable[[Array, Array], object]) -> None:
        """Have ``tell`` called with iterations and the values of a parameter after them."""

        def ask(worker: Worker) -> None:
            iterations, values = weight_history(worker.course, index)
            worker.answer(lambda: tell(iterations, values))

        self._player.ask(ask)


def void(_value: object) -> None:
    """Take a value nobody wants."""
