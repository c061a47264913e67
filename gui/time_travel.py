"""Time travel: going through a run both ways, and what may be done at the place one looks at."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from PySide6.QtCore import QObject

from core.closer import preview, way, weight_history
from core.course import Course
from core.datasets import Dataset
from core.modules import Array
from core.network import Network
from core.reveal import Grain, Stage
from core.training import Trainer
from gui.other_run import OtherRun, Shelf
from gui.player import Player
from gui.worker import Request, Worker


class TimeTravel(QObject):
    """Has the worker of a player go to other places of its run; all answers come through the player.

    Where that takes long because much has to be computed again, the next seek, run or change of the run
    calls it off at once; a step does once the window was told that it takes long.
    """

    def __init__(self, player: Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self._newest: list[Request] = []
        self._lock = Lock()
        self._shelf = Shelf()

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
        """Look at the moment after so many iterations; only the newest of such requests is served."""
        self._player.pause()
        self._ask_newest(lambda worker: worker.course.seek(iteration))

    def _go(self, go: Callable[[Worker], object]) -> None:
        self._pause()
        if self._player.progress is not None:
            self._player.errands.call_off()
        self._player.ask(self._player.errands.sent(go))

    def _pause(self) -> None:
        self._newest = []
        self._player.pause()

    def _ask_newest(self, request: Request) -> None:
        """Ask, in place of the last such request, whether that is waiting or under way."""
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

        self._player.errands.call_off()
        self._player.ask(self._player.errands.sent(serve))

    # -- changing the run -------------------------------------------------------------------------

    def resume(self, other: OtherRun) -> None:
        """Let training go on from the place looked at; the run as it was is put into ``other``."""
        self._pause()
        self._change(other, lambda course: course.resume())

    def edit(self, other: OtherRun, theta: Array) -> None:
        """Put other parameters in place, where one looks; a run goes on with them. Else as `resume`."""
        self._change(other, lambda course: course.edit(theta))

    def restart(self, other: OtherRun) -> None:
        """Begin again from the first weights; a run goes on from there. Else as `resume`."""
        self._change(other, lambda course: course.restart())

    def keep(self, other: OtherRun) -> None:
        """Put the run as it stands into ``other``; nothing changes."""
        self._change(other, lambda course: None)

    def _change(self, other: OtherRun, change: Callable[[Course], None]) -> None:
        self._newest = []
        self._player.errands.call_off()

        def keep_and_change(worker: Worker) -> None:
            self._shelf.put(other, worker.course)
            change(worker.course)

        self._player.ask(keep_and_change)

    def take_up(self, other: OtherRun) -> None:
        """Go on with another run of the present network."""
        self._pause()

        def take_up(worker: Worker) -> None:
            if other.kept is not None:
                worker.course.take_up(other.kept)

        self._player.ask(take_up)

    def take_up_network(self, network: Network, dataset: Dataset, other: OtherRun) -> None:
        """Go on with another run of another network."""
        self._pause()

        def make(_worker: Worker) -> Course:
            course = Course(Trainer(network, dataset))
            if other.kept is not None:
                course.take_up(other.kept)
            return course

        self._player.take(network, dataset, make)

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

    def way(self, tell: Callable[[Array, Array], object], *, retraced: bool) -> None:
        """Have ``tell`` called with iterations and theta after them; ``retraced`` as in `core.closer.way`."""

        def ask(worker: Worker) -> None:
            gone = way(worker.course, retraced=retraced)
            worker.answer(lambda: tell(*gone))

        self._player.ask(ask)
