"""Time travel: stepping, seeking and editing weights in a run, and the undo steps this makes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from math import isclose
from threading import Lock
from weakref import ref

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from core.arrays import Array
from core.data.datasets import Dataset
from core.debugger.checkpoints import LIMIT_BYTES
from core.debugger.queries import parameter_path, preview, weight_history
from core.debugger.run import Run, RunStatus, SavedRun
from core.debugger.steps import LoopStage, StepSize
from core.nn.curves import Curves
from core.nn.design import Design, Training
from core.nn.network import Network
from core.nn.trainer import Snapshot, Trainer
from gui.actions.registry import Actions
from gui.selection import Selection
from gui.session.document import Document, DocumentState
from gui.session.player import Player
from gui.session.training_thread import Request, TrainingThread
from gui.session.view_bus import ViewBus
from gui.widgets.training_loop import STAGES


class ArchivedRun:
    """A run that is not active and that undo or redo can restore. The worker's thread fills it in later.

    ``ghosts`` are the curves of other runs that were shown beside it.
    """

    def __init__(self, ghosts: tuple[Curves, ...] = ()) -> None:
        self.kept: SavedRun | None = None
        self.ghosts = ghosts


class RunArchive:
    """Stores inactive runs in at most ``limit_bytes`` of memory, as much as the history of the active run.

    If they do not fit, the oldest are reduced to their final weights and optimizer state: undo then restores
    these, without curves and history. Used by the worker's thread only. A run that no undo step refers to any
    more is removed automatically.
    """

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self.limit_bytes = limit_bytes
        self._others: list[ref[ArchivedRun]] = []

    def put(self, other: ArchivedRun, training_run: Run) -> None:
        """Store a run in its present state, reducing older ones if there is too little room."""
        other.kept = training_run.kept()
        aside = [run for kept in self._others if (run := kept()) is not None and run is not other]
        self._others = [*map(ref, aside), ref(other)]
        left = self.limit_bytes - other.kept.bytes
        for run in reversed(aside):
            if run.kept is not None:
                left -= run.kept.bytes
                run.kept = dataclasses.replace(run.kept, record=None) if left < 0 else run.kept


# -- moving through a run in both directions, and changing it at the position viewed ---------------------


class TimeTravel(QObject):
    """Sends the worker of a player to other positions of its run; all answers come through the player.

    If that takes long because many iterations must be recomputed, the next seek, run or change of the run
    cancels it at once; a step cancels it once the window shows a progress bar.
    """

    def __init__(self, player: Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self._newest: list[Request] = []
        self._lock = Lock()
        self._archive = RunArchive()

    # -- moving -----------------------------------------------------------------------------------

    def step(self, grain: StepSize) -> None:
        """Move one step of the given size forward."""
        if grain is StepSize.EPOCH:
            self._pause()
            self._player.play(lambda worker: worker.training_run.step(grain), ends=True)
        else:
            self._go(lambda worker: worker.training_run.step(grain))

    def back(self, grain: StepSize) -> None:
        """Move one step of the given size back."""
        self._go(lambda worker: worker.training_run.back(grain))

    def enter(self, stage: LoopStage) -> None:
        """Move forward until a stage of the training loop is done."""
        self._go(lambda worker: worker.training_run.enter(stage))

    def seek(self, iteration: int) -> None:
        """View the position after ``iteration`` updates; a newer request replaces one that is not done."""
        self._player.pause()
        self._ask_newest(lambda worker: worker.training_run.seek(iteration))

    def _go(self, go: Callable[[TrainingThread], object]) -> None:
        self._pause()
        if self._player.progress is not None:
            self._player.requests.cancel()
        self._player.ask(self._player.requests.cancellable(go))

    def _pause(self) -> None:
        self._newest = []
        self._player.pause()

    def _ask_newest(self, request: Request) -> None:
        """Queue a request in place of the last one of this kind, which is dropped or cancelled."""
        with self._lock:
            waiting = self._newest
            if waiting:
                waiting[0] = request
                return
            waiting = self._newest = [request]

        def serve(worker: TrainingThread) -> None:
            with self._lock:
                newest = waiting.pop()
            newest(worker)

        self._player.requests.cancel()
        self._player.ask(self._player.requests.cancellable(serve))

    # -- changing the run -------------------------------------------------------------------------

    def resume(self, other: ArchivedRun) -> None:
        """Continue training from the position viewed; the run as it was is stored in ``other``."""
        self._pause()
        self._change(other, lambda training_run: training_run.resume())

    def edit(self, other: ArchivedRun, theta: Array) -> None:
        """Set other parameters at the position viewed; an active run uses them. Else as `resume`."""
        self._change(other, lambda training_run: training_run.edit(theta))

    def restart(self, other: ArchivedRun) -> None:
        """Restart from the initial weights; an active run continues from there. Else as `resume`."""
        self._change(other, lambda training_run: training_run.restart())

    def update_on_first(self, other: ArchivedRun, network: Network) -> None:
        """Begin an epoch with the settings of ``network``, and make one update; else as `resume`."""

        def update(training_run: Run) -> None:
            training_run.begin_at(network)
            training_run.step(StepSize.ITERATION)

        self._change(other, update)

    def keep(self, other: ArchivedRun) -> None:
        """Store a copy of the run in ``other``; nothing changes."""
        self._change(other, lambda training_run: None)

    def _change(self, other: ArchivedRun, change: Callable[[Run], None]) -> None:
        self._newest = []
        self._player.requests.cancel()

        def keep_and_change(worker: TrainingThread) -> None:
            self._archive.put(other, worker.training_run)
            change(worker.training_run)

        self._player.ask(keep_and_change)

    def take_up(self, other: ArchivedRun) -> None:
        """Continue with another run of the present network, which ``other`` holds."""
        self._pause()

        def take_up(worker: TrainingThread) -> None:
            if other.kept is not None:
                worker.training_run.take_up(other.kept)

        self._player.ask(take_up)

    def take_up_network(self, network: Network, dataset: Dataset, other: ArchivedRun) -> None:
        """Continue with another run, which ``other`` holds, of another network."""
        self._pause()

        def make(_worker: TrainingThread) -> Run:
            training_run = Run(Trainer(network, dataset))
            if other.kept is not None:
                training_run.take_up(other.kept)
            return training_run

        self._player.take(network, dataset, make)

    # -- queries ----------------------------------------------------------------------------------

    def preview(self, theta: Array) -> None:
        """Show what other parameters would compute; the run is not changed."""
        self._player.pause()
        self._ask_newest(lambda worker: worker.show_once(preview(worker.training_run, theta)))

    def show_again(self) -> None:
        """Show the position viewed again, in place of a preview."""
        self._player.ask(lambda worker: None)

    def weight_history(self, index: int, show: Callable[[Array, Array], object]) -> None:
        """Call ``show`` with iterations and the values of one parameter after them."""

        def ask(worker: TrainingThread) -> None:
            iterations, values = weight_history(worker.training_run, index)
            worker.answer(lambda: show(iterations, values))

        self._player.ask(ask)

    def parameter_path(self, show: Callable[[Array, Array], object], *, retraced: bool) -> None:
        """Call ``show`` with iterations and theta after them.

        ``retraced`` is explained in `core.debugger.queries.way`.
        """

        def ask(worker: TrainingThread) -> None:
            gone = parameter_path(worker.training_run, retraced=retraced)
            worker.answer(lambda: show(*gone))

        self._player.ask(ask)


# -- from the views to the run, and to the undo stack ----------------------------------------------------

MOST_GHOSTS = 4


class TimeSession(QObject):
    """Steps, seeks, resumes and edits of weights, as undo steps.

    ``message`` carries a sentence for the status bar; ``began_anew`` a sentence on why a setting the user
    changed ended the run although the layers stayed the same.
    """

    message = Signal(str)
    began_anew = Signal(str)

    def __init__(
        self,
        document: Document,
        player: Player,
        views: ViewBus,
        grain: Callable[[], StepSize],
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
        views.seek_requested.connect(self.seek)
        views.update_requested.connect(self.update_on)
        views.theta_previewed.connect(self.preview)
        views.theta_edit_requested.connect(self.edit)
        views.weight_history_requested.connect(self.show_weight_history)
        views.way_requested.connect(self.show_parameter_path)

    def connect_actions(self, actions: Actions) -> None:
        """Connect the actions for stepping; those for the past are enabled only there."""
        travel = self._travel
        slots: dict[str, Callable[[], object]] = {
            "step": lambda: travel.step(self._grain()),
            "back": lambda: travel.back(self._grain()),
            "iteration": lambda: travel.step(StepSize.ITERATION),
            "iteration_back": lambda: travel.back(StepSize.ITERATION),
            "epoch": lambda: travel.step(StepSize.EPOCH),
            "reset": self.restart,
            "cancel": self._player.requests.cancel,
            "resume": self.resume,
            "branch": self.branch,
            **{name: partial(self.enter, stage) for stage, name in STAGES.items()},
        }
        for name, slot in slots.items():
            actions[name].triggered.connect(lambda _on=False, slot=slot: slot())
        past = [actions["resume"], actions["branch"]]

        def allow(where: RunStatus) -> None:
            for action in past:
                action.setEnabled(where.behind)

        self._player.place_changed.connect(allow)
        actions["cancel"].setEnabled(False)
        self._player.progress_changed.connect(
            lambda progress: actions["cancel"].setEnabled(progress is not None)
        )

    # -- moving -----------------------------------------------------------------------------------

    def enter(self, stage: LoopStage) -> None:
        """Move forward until a stage of the training loop is done."""
        self._travel.enter(stage)

    def seek(self, iteration: int) -> None:
        """View the position after ``iteration`` updates."""
        self._travel.seek(iteration)

    # -- changing the run -------------------------------------------------------------------------

    def resume(self) -> None:
        """Continue training from the position viewed; one undo step."""
        self._resume(self.tr("Resume from iteration {t}"))

    def branch(self) -> None:
        """Like `resume`, but keep the curve of the old run as a ghost."""
        curves = self._player.curves
        if self._resume(self.tr("Branch at iteration {t}")) and curves is not None:
            self._show_ghosts((*self._ghosts, curves))

    def _resume(self, text: str) -> bool:
        where = self._player.where
        if where is None or not where.behind:
            return False
        other, then = ArchivedRun(self._ghosts), self._settings_there()
        self._travel.resume(other)
        self._document.change_run(
            other, text.format(t=f"{where.iteration:,}"), then, self._document.state.mark
        )
        text = self.tr("Training goes on from iteration {t}; Undo brings back the run up to {newest}.")
        self.message.emit(text.format(t=f"{where.iteration:,}", newest=f"{where.newest:,}"))
        return True

    def update_on(self, sample: int | None) -> None:
        """Make one update on a sample (from 0) of the training set, at the position viewed; one undo step.

        Training goes on from there with the samples in the order of the table, one at a time.
        """
        document, where = self._document, self._player.where
        if where is None or sample is None or document.problems:
            return
        if sample not in document.dataset.train:
            text = self.tr("Sample {n} is for testing: training does not learn from it.")
            self.message.emit(text.format(n=document.dataset.number_of(sample)))
            return
        text = self.tr("One update on sample {n}").format(n=document.dataset.number_of(sample))
        self._player.pause()
        if where.behind:
            self._resume(text)
        design, other = document.design, ArchivedRun(self._ghosts)
        training = replace(
            design.training,
            gradient_descent="stochastic",
            order="as in the table",
            first_sample=sample + 1,
        )
        network = document.network
        if training != network.design.training:
            network = Network(replace(design, training=training), document.dataset, network.ids)
        document.change_run(other, text, (training, network), document.state.mark)
        self._travel.update_on_first(other, network)

    def restart(self) -> None:
        """Restart from the initial weights; one undo step, if there is anything to undo."""
        player, document = self._player, self._document
        newest, first = player.newest, document.network.initial(document.network.design.training.seed)
        if newest is None:
            return
        if not player.running and newest.iteration == 0 and np.array_equal(newest.theta, first):
            player.reset()
            return
        other = ArchivedRun(self._ghosts)
        self._travel.restart(other)
        document.change_run(other, self.tr("Reset"))

    def _settings_there(self) -> tuple[Training, Network] | None:
        """Return the settings in effect at the position viewed, if they differ from those of the design."""
        snapshot, present = self._player.snapshot, self._document.design.training
        if snapshot is None:
            return None
        then, rate = snapshot.network.design.training, present.learning_rate
        if not isclose(snapshot.learning_rate, rate, rel_tol=1e-6):
            rate = snapshot.learning_rate
        then = replace(then, learning_rate=rate)
        return None if then == present else (then, snapshot.network)

    # -- storing runs and restoring them ----------------------------------------------------------

    def _keep(self, state: DocumentState) -> None:
        """Store the active run in the state to which it belongs."""
        other = ArchivedRun(self._ghosts)
        state.run = other
        snapshot, curves = self._player.snapshot, self._player.curves
        self._left = None if snapshot is None or curves is None else (snapshot, curves)
        self._travel.keep(other)

    def _take_up(self, other: object) -> None:
        assert isinstance(other, ArchivedRun)
        self._travel.take_up(other)
        self._show_ghosts(other.ghosts)

    def _show_ghosts(self, ghosts: tuple[Curves, ...]) -> None:
        if ghosts or self._ghosts:
            self._ghosts = ghosts[-MOST_GHOSTS:]
            self._views.show_ghost(self._ghosts)

    def _network_changed(self, network: Network, dataset: Dataset) -> None:
        self._before = None
        other = self._document.run_back
        if isinstance(other, ArchivedRun):
            self._travel.take_up_network(network, dataset, other)
            self._show_ghosts(other.ghosts)
        elif self._document.keeps_run:
            self._views.show_ghost(self._ghosts)
            if (left := self._left) is not None and left[0].iteration:
                text = self.tr("The run goes on from iteration {t} with the new settings.")
                self.message.emit(text.format(t=f"{left[0].iteration:,}"))
        else:
            self._begin_anew(network)
        self._left = None

    def _begin_anew(self, network: Network) -> None:
        """Keep the curve of the run that ends as a ghost, unless its data differ, and say so."""
        left, self._left = self._left, None
        old, new = None if left is None else left[0].network.design, network.design
        if left is None or left[1].losses.size < 2 or old is None or old.data != new.data:
            self._show_ghosts(())
            return
        self._show_ghosts((*self._ghosts, left[1]))
        if reason := self._why_anew(old, new):
            self.began_anew.emit(reason)
            return
        message = self.tr(
            "Another run begins with the weights learned so far; the old curve stays, dotted. "
            "Undo brings back the old run."
        )
        self.message.emit(message)

    def _why_anew(self, old: Design, new: Design) -> str:
        """Return a sentence on which setting ended the run; empty if the layers changed."""
        if new.training.seed != old.training.seed:
            return self.tr("Another seed begins another run, with new weights; the old curve stays, dotted.")
        if not self._document.keeps_weights:
            return self.tr("Other first weights begin another run; the old curve stays, dotted.")
        if new.training.loss != old.training.loss:
            sentence = self.tr(
                "Another loss begins another run, with the weights learned so far; the old curve stays, "
                "dotted: it is of {loss}."
            )
            return sentence.format(loss=old.training.loss.title)
        if new.training.rule != old.training.rule:
            return self.tr(
                "Another training rule begins another run, with the weights learned so far; the old curve "
                "stays, dotted."
            )
        if new.training.precision != old.training.precision:
            return self.tr(
                "Another precision begins another run, with the weights learned so far; the old curve stays, "
                "dotted."
            )
        return ""

    # -- editing weights --------------------------------------------------------------------------

    def preview(self, theta: Array) -> None:
        """Show what other weights would compute, while they are being changed."""
        snapshot = self._player.snapshot
        if snapshot is None or theta.shape != snapshot.theta.shape:
            return
        if self._before is None:
            self._before = snapshot.theta
        self._travel.preview(theta)

    def edit(self, theta: Array, text: str) -> None:
        """Set other weights, as one undo step; in the past, training continues from there."""
        snapshot, where = self._player.snapshot, self._player.where
        before, self._before = self._before, None
        if snapshot is None or where is None or theta.shape != snapshot.theta.shape:
            return
        if np.array_equal(theta, snapshot.theta if before is None else before):
            self._travel.show_again()
            return
        other, then = ArchivedRun(self._ghosts), self._settings_there() if where.behind else None
        self._travel.edit(other, theta)
        self._document.change_run(other, text, then, mark=other)
        if where.behind:
            text = self.tr("The run goes on from iteration {t} with this weight; Undo brings back the rest.")
            self.message.emit(text.format(t=f"{where.iteration:,}"))

    def show_weight_history(self, selection: Selection) -> None:
        """Show the views the values of a weight, or of a neuron's bias, over all iterations."""
        snapshot, l, i, j = self._player.snapshot, selection.layer, selection.source, selection.neuron
        if not l or j is None or snapshot is None:
            return
        network = snapshot.network
        places = np.arange(network.parameters)
        index = network.b(places, l)[j] if i is None else network.W(places, l)[i, j]
        self._travel.weight_history(int(index), self._views.show_history)

    def show_parameter_path(self, retraced: bool) -> None:
        """Show the views all parameters over all iterations; ``retraced``: as finely as is quick."""
        self._travel.parameter_path(self._views.show_way, retraced=retraced)
