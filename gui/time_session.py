"""Time session: what the user does in time goes from the views to the run, and onto the undo stack."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import isclose

import numpy as np
from PySide6.QtCore import QObject, Signal

from core.course import Where
from core.modules import Array
from core.network import Network
from core.reveal import Grain, Stage
from gui.actions import Actions
from gui.document import Document
from gui.listeners import Listeners
from gui.loop_strip import STAGES
from gui.player import Player
from gui.selection import Selection
from gui.time_travel import OtherRun, TimeTravel

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
        self._ghosts: list[OtherRun] = []
        self._before: Array | None = None
        document.network_changed.connect(self._begin_anew)
        document.run_exchanged.connect(self._exchange)
        views.connect("theta_previewed", self.preview)
        views.connect("theta_edit_requested", self.edit)
        views.connect("weight_history_requested", self.tell_weight_history)

    def connect_actions(self, actions: Actions) -> None:
        """Let the actions of stepping do what they say; those of the past only work there."""
        travel = self._travel
        slots: dict[str, Callable[[], object]] = {
            "step": lambda: travel.step(self._grain()),
            "back": lambda: travel.back(self._grain()),
            "iteration": lambda: travel.step(Grain.ITERATION),
            "iteration_back": lambda: travel.back(Grain.ITERATION),
            "epoch": lambda: travel.step(Grain.EPOCH),
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
        other = self._resume(self.tr("Branch at iteration {t}"))
        if other is not None:
            other.curves = curves
            self._show_ghosts([*self._ghosts, other])

    def _resume(self, text: str) -> OtherRun | None:
        where = self._player.where
        if where is None or not where.behind:
            return None
        other = self._travel.resume()
        text = text.format(t=f"{where.iteration:,}")
        self._document.change_run(other, text, self._rate_there())
        told = self.tr("Training goes on from iteration {t}; Undo brings back the run up to {newest}.")
        self.told.emit(told.format(t=f"{where.iteration:,}", newest=f"{where.newest:,}"))
        return other

    def _rate_there(self) -> float | None:
        """Return the learning rate of the moment looked at, where it is not that of the design."""
        snapshot, rate = self._player.snapshot, self._document.design.training.learning_rate
        if snapshot is None or isclose(snapshot.learning_rate, rate, rel_tol=1e-6):
            return None
        return snapshot.learning_rate

    def _exchange(self, other: OtherRun, ahead: bool) -> None:
        self._travel.exchange(other)
        if other.curves is not None:
            rest = [ghost for ghost in self._ghosts if ghost is not other]
            self._show_ghosts([*rest, other] if ahead else rest)

    def _show_ghosts(self, ghosts: list[OtherRun]) -> None:
        self._ghosts = ghosts[-MOST_GHOSTS:]
        self._views.show("show_ghost", tuple(ghost.curves for ghost in self._ghosts))

    def _begin_anew(self, _network: Network, _dataset: object) -> None:
        self._before = None
        if self._ghosts:
            self._show_ghosts([])

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
        other = self._travel.edit(theta)
        self._document.change_run(other, text, self._rate_there() if where.behind else None)
        if where.behind:
            told = self.tr("The run goes on from iteration {t} with this weight; Undo brings back the rest.")
            self.told.emit(told.format(t=f"{where.iteration:,}"))

    def tell_weight_history(self, selection: Selection) -> None:
        """Have the views shown what a weight, or the bias of a neuron, was over time."""
        network, l, i, j = self._document.network, selection.layer, selection.source, selection.neuron
        if not l or j is None or self._player.snapshot is None:
            return
        places = np.arange(network.parameters)
        index = network.b(places, l)[j] if i is None else network.W(places, l)[i, j]
        self._travel.weight_history(int(index), partial(self._views.show, "show_history"))
