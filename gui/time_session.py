"""Time session: what the user does in time goes from the views to the run, and onto the undo stack."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import isclose

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from core.course import Where
from core.curves import Curves
from core.datasets import Dataset
from core.design import Training
from core.modules import Array
from core.network import Network
from core.reveal import Grain, Stage
from core.training import Snapshot
from gui.actions import Actions
from gui.document import Document, State
from gui.listeners import Listeners
from gui.loop_strip import STAGES
from gui.other_run import OtherRun
from gui.player import Player
from gui.selection import Selection
from gui.time_travel import TimeTravel

MOST_GHOSTS = 4


class TimeSession(QObject):
    """Steps, seeks, resumes and edits of weights. ``told`` carries a sentence for the status bar."""

    told = Signal(str)

    def __init__(
        self,
        document: Document,
        player: Player,
        views: Listeners,
        grain: Callable[[], Grain],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._player, self._views, self._grain = document, player, views, grain
        self._travel = TimeTravel(player, self)
        self._ghosts: tuple[Curves, ...] = ()
        self._before: Array | None = None
        self._left: tuple[Snapshot, Curves] | None = None
        document.network_changed.connect(self._network_changed)
        document.run_left.connect(self._keep)
        document.run_returned.connect(self._take_up)
        document.restart_requested.connect(self.restart)
        views.connect("seek_requested", self.seek)
        views.connect("theta_previewed", self.preview)
        views.connect("theta_edit_requested", self.edit)
        views.connect("weight_history_requested", self.tell_weight_history)
        views.connect("way_requested", self.tell_way)

    def connect_actions(self, actions: Actions) -> None:
        """Let the actions of stepping do what they say; those of the past only work there."""
        travel = self._travel
        slots: dict[str, Callable[[], object]] = {
            "step": lambda: travel.step(self._grain()),
            "back": lambda: travel.back(self._grain()),
            "iteration": lambda: travel.step(Grain.ITERATION),
            "iteration_back": lambda: travel.back(Grain.ITERATION),
            "epoch": lambda: travel.step(Grain.EPOCH),
            "reset": self.restart,
            "call_off": self._player.errands.call_off,
            "resume": self.resume,
            "branch": self.branch,
            **{name: partial(self.enter, stage) for stage, name in STAGES.items()},
        }
        for name, slot in slots.items():
            actions[name].triggered.connect(lambda _on=False, slot=slot: slot())
        past = [actions["resume"], actions["branch"]]

        def allow(where: Where) -> None:
            for action in past:
                action.setEnabled(where.behind)

        self._player.place_changed.connect(allow)
        actions["call_off"].setEnabled(False)
        self._player.progress_changed.connect(
            lambda progress: actions["call_off"].setEnabled(progress is not None)
        )

    # -- going ------------------------------------------------------------------------------------

    def enter(self, stage: Stage) -> None:
        """Go on until a part of the loop is done."""
        self._travel.enter(stage)

    def seek(self, iteration: int) -> None:
        """Look at the moment after so many iterations."""
        self._travel.seek(iteration)

    # -- changing the run -------------------------------------------------------------------------

    def resume(self) -> None:
        """Let training go on from the moment looked at; one undo step."""
        self._resume(self.tr("Resume from iteration {t}"))

    def branch(self) -> None:
        """Do the same, and keep the curve of the old run as a ghost."""
        curves = self._player.curves
        if self._resume(self.tr("Branch at iteration {t}")) and curves is not None:
            self._show_ghosts((*self._ghosts, curves))

    def _resume(self, text: str) -> bool:
        where = self._player.where
        if where is None or not where.behind:
            return False
        other, then = OtherRun(self._ghosts), self._settings_there()
        self._travel.resume(other)
        self._document.change_run(
            other, text.format(t=f"{where.iteration:,}"), then, self._document.state.mark
        )
        told = self.tr("Training goes on from iteration {t}; Undo brings back the run up to {newest}.")
        self.told.emit(told.format(t=f"{where.iteration:,}", newest=f"{where.newest:,}"))
        return True

    def restart(self) -> None:
        """Begin again from the first weights: one undo step, where there is anything to go back from."""
        player, document = self._player, self._document
        newest, first = player.newest, document.network.initial(document.network.design.training.seed)
        if newest is None:
            return
        if not player.running and newest.iteration == 0 and np.array_equal(newest.theta, first):
            player.reset()
            return
        other = OtherRun(self._ghosts)
        self._travel.restart(other)
        document.change_run(other, self.tr("Reset"))

    def _settings_there(self) -> tuple[Training, Network] | None:
        """Return the settings of the moment looked at, where they are not those of the design."""
        snapshot, present = self._player.snapshot, self._document.design.training
        if snapshot is None:
            return None
        then, rate = snapshot.network.design.training, present.learning_rate
        if not isclose(snapshot.learning_rate, rate, rel_tol=1e-6):
            rate = snapshot.learning_rate
        then = replace(then, learning_rate=rate)
        return None if then == present else (then, snapshot.network)

    # -- runs that are left and come back ---------------------------------------------------------

    def _keep(self, state: State) -> None:
        """Put the present run aside, into the state it was in."""
        other = OtherRun(self._ghosts)
        state.run = other
        snapshot, curves = self._player.snapshot, self._player.curves
        self._left = None if snapshot is None or curves is None else (snapshot, curves)
        self._travel.keep(other)

    def _take_up(self, other: OtherRun) -> None:
        self._travel.take_up(other)
        self._show_ghosts(other.ghosts)

    def _show_ghosts(self, ghosts: tuple[Curves, ...]) -> None:
        if ghosts or self._ghosts:
            self._ghosts = ghosts[-MOST_GHOSTS:]
            self._views.show("show_ghost", self._ghosts)

    def _network_changed(self, network: Network, dataset: Dataset) -> None:
        self._before = None
        other = self._document.run_back
        if isinstance(other, OtherRun):
            self._travel.take_up_network(network, dataset, other)
            self._show_ghosts(other.ghosts)
        elif self._document.keeps_run:
            self._views.show("show_ghost", self._ghosts)
            if (left := self._left) is not None and left[0].iteration:
                told = self.tr("The run goes on from iteration {t} with the new settings.")
                self.told.emit(told.format(t=f"{left[0].iteration:,}"))
        else:
            self._begin_anew(network)
        self._left = None

    def _begin_anew(self, network: Network) -> None:
        """Keep the curve of the run that ends as a ghost where its losses mean the same, and say so."""
        left, self._left = self._left, None
        if left is None or left[1].losses.size < 2 or not self._document.keeps_weights:
            self._show_ghosts(())
            return
        old, new = left[0].network.design, network.design
        if (old.data, old.training.loss) != (new.data, new.training.loss):
            self._show_ghosts(())
            told = self.tr(
                "Another run begins with the weights learned so far; Undo brings back the old one."
            )
        else:
            self._show_ghosts((*self._ghosts, left[1]))
            told = self.tr(
                "Another run begins with the weights learned so far; the old curve stays, dotted. "
                "Undo brings back the old run."
            )
        if old.data == new.data:
            self.told.emit(told)

    # -- weights by hand --------------------------------------------------------------------------

    def preview(self, theta: Array) -> None:
        """Show what other weights lead to, while they are being changed."""
        snapshot = self._player.snapshot
        if snapshot is None or theta.shape != snapshot.theta.shape:
            return
        if self._before is None:
            self._before = snapshot.theta
        self._travel.preview(theta)

    def edit(self, theta: Array, text: str) -> None:
        """Put other weights in place: one undo step; in the past, training goes on from there."""
        snapshot, where = self._player.snapshot, self._player.where
        before, self._before = self._before, None
        if snapshot is None or where is None or theta.shape != snapshot.theta.shape:
            return
        if np.array_equal(theta, snapshot.theta if before is None else before):
            self._travel.show_again()
            return
        other, then = OtherRun(self._ghosts), self._settings_there() if where.behind else None
        self._travel.edit(other, theta)
        self._document.change_run(other, text, then, mark=other)
        if where.behind:
            told = self.tr("The run goes on from iteration {t} with this weight; Undo brings back the rest.")
            self.told.emit(told.format(t=f"{where.iteration:,}"))

    def tell_weight_history(self, selection: Selection) -> None:
        """Have the views shown what a weight, or the bias of a neuron, was over time."""
        snapshot, l, i, j = self._player.snapshot, selection.layer, selection.source, selection.neuron
        if not l or j is None or snapshot is None:
            return
        network = snapshot.network
        places = np.arange(network.parameters)
        index = network.b(places, l)[j] if i is None else network.W(places, l)[i, j]
        self._travel.weight_history(int(index), partial(self._views.show, "show_history"))

    def tell_way(self, retraced: bool) -> None:
        """Have the views shown all parameters over time; ``retraced``: as finely as is quick."""
        self._travel.way(partial(self._views.show, "show_way"), retraced=retraced)
