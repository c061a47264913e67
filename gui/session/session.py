"""The session: connects the document, the player and the views.

All communication between them goes through here: edits and selections that views request go to the document;
designs, networks and snapshots go to the views.
"""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import QObject, Signal

from core.analysis.remedies import Cure, Remedy
from core.data.datasets import Dataset
from core.debugger.run import RunStatus
from core.nn.curves import Curves
from core.nn.design import Design, Problem, fitted
from core.nn.design_problems import problems
from core.nn.network import Network
from core.nn.trainer import Snapshot
from gui.layout.notification_bar import NotificationBar
from gui.qt.typed_signal import TypedSignal
from gui.selection import Selection
from gui.session.document import Document, dataset_of
from gui.session.frame_scheduler import FrameScheduler
from gui.session.player import Player
from gui.session.view_bus import ViewBus


class Session(QObject):
    """The open document, the player that trains it, and the views that show it.

    Signals: ``message`` carries a sentence on what just happened, ``network_shown`` the network that the
    views show, ``place_shown`` the position in the run together with the numbers at that position, and
    ``selection_changed`` what is selected.
    """

    selection_changed = TypedSignal[Selection]()
    place_shown = TypedSignal[RunStatus]()
    network_shown = TypedSignal[Network]()
    message = Signal(str)

    def __init__(
        self,
        document: Document,
        player: Player,
        views: ViewBus,
        notice: NotificationBar,
        frames: FrameScheduler,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._frames = frames
        self.document, self.player = document, player
        self._views, self._notice = views, notice
        self.selection = Selection()
        self._shown: tuple[Network, Dataset] | None = None
        self._scored: tuple[Snapshot, Curves] | None = None
        document.design_changed.connect(self._design_changed)
        document.network_changed.connect(self._network_changed)
        document.opened.connect(lambda: self.select(Selection()))
        document.data_changed.connect(self.tell_with_undo)
        document.learning_rate_changed.connect(player.set_learning_rate)
        player.numbers_due = frames.numbers_due
        player.network_changed.connect(self._show_network)
        player.snapshot_changed.connect(self._snapshot_changed)
        player.running_changed.connect(self._running_changed)
        player.running_changed.connect(views.show_running)
        player.diverged.connect(self._diverged)
        player.stopped.connect(self._stopped)
        player.passed.connect(self._passed)
        player.step_changed.connect(views.show_step)
        player.findings_changed.connect(views.show_findings)
        views.plane_requested.connect(views.show_plane)
        views.hover_requested.connect(views.show_hover)
        views.pins_changed.connect(views.show_pins)
        views.deed_done.connect(document.note)
        views.edit_requested.connect(document.edit)
        views.design_requested.connect(document.edit)
        views.select_requested.connect(self.select)
        views.mend_requested.connect(self.mend)
        views.learning_rate_previewed.connect(player.set_learning_rate)
        views.message.connect(self.message)

    def begin(self) -> None:
        """Show the initial contents of the document."""
        self._design_changed(self.document.design, self.document.problems)
        self._network_changed(self.document.network, self.document.dataset)

    def select(self, selection: Selection) -> None:
        """Show another selection in all views."""
        if selection != self.selection:
            self.selection = selection
            self._views.show_selection(selection)
            self.selection_changed.emit(selection)

    def toggle_run(self) -> None:
        """Start the run, or pause it."""
        where = self.player.where
        if self.player.running:
            self.player.pause()
            return
        if where is not None and where.behind:
            text = self.tr("Training goes on from the newest iteration, {newest}.")
            self.message.emit(text.format(newest=f"{where.newest:,}"))
        self.player.run()

    # -- signals of document and player -----------------------------------------------------------

    def _design_changed(self, design: Design, found: tuple[Problem, ...]) -> None:
        self._views.show_design(design, found)
        self._notice.over("data")
        if found:
            self._show_problem(design, found)
        else:
            self._notice.over("design")

    def _show_problem(self, design: Design, found: tuple[Problem, ...]) -> None:
        more = self.tr("{sentence} (And {count} more.)").format(sentence=found[0].why, count=len(found) - 1)
        sentence = found[0].why if len(found) == 1 else more
        if any(problem.where.startswith("data") for problem in found):
            self._notice.tell("warning", sentence, "design")
            return
        fit = fitted(design, dataset_of(design.data))
        mends = not problems(fit, dataset_of(fit.data))
        button = self.tr("Fit output to data") if mends else self.tr("Undo")
        act = self.document.fit if mends else self.document.undo_stack.undo
        self._notice.tell("warning", sentence, "design", button=button, act=act)

    def _network_changed(self, network: Network, dataset: Dataset) -> None:
        """Train the network of the document; if an undo step restores a run, continue that run."""
        self._notice.over("diverged")
        if self.document.run_back is not None or network is not self.document.network:
            return  # or another edit, made while this one was announced, has replaced it already
        if self.document.keeps_run:
            self.player.set_training(network, dataset)
        elif self.document.keeps_weights:
            self.player.carry(network, dataset)
        else:
            self.player.load(network, dataset)

    def tell_with_undo(self, sentence: str) -> None:
        """Show a sentence on the result of the last edit, with an Undo button."""
        self._notice.tell("info", sentence, "data", button=self.tr("Undo"), act=self.document.undo_stack.undo)

    # -- contents ---------------------------------------------------------------------------------

    def _show_network(self, network: Network, dataset: Dataset) -> None:
        """Show the network and the data to which all later snapshots belong."""
        other_data = self._shown is not None and self._shown[1] is not dataset
        self._shown, self._scored = (network, dataset), None
        selection = _without_sample(self.selection) if other_data else self.selection
        self.select(selection if _exists(selection, network, dataset) else Selection())
        self._views.show_network(network, dataset)
        self._views.show_hover(Selection())  # the neuron or weight hovered over may no longer exist
        self.network_shown.emit(network)

    def _present(self) -> tuple[Snapshot, Curves] | None:
        """Return the snapshot and curves to show, if they are of the network and data that the views show."""
        snapshot, curves = self.player.snapshot, self.player.curves
        if snapshot is None or curves is None or self._shown is None:
            return None
        network, dataset = self._shown
        return (snapshot, curves) if snapshot.network is network and snapshot.dataset is dataset else None

    def _show_place(self) -> None:
        if (where := self.player.where) is not None:
            self.place_shown.emit(where)

    def _snapshot_changed(self, _snapshot: Snapshot) -> None:
        if (present := self._present()) is None:
            return
        if present[0].scores is not None:
            self._scored = present
        elif self.player.stepping:
            return  # a moment of the run that has just ended; the answer to the request to end it follows
        if self.player.stepping:
            self._show_place()
            self._frames.show_all(*present)
        else:
            self._frames.show(*present, self._show_place)

    def show_again(self) -> None:
        """Show the present to all views, including those that were hidden or wait for their turn.

        Within a run that is the last moment that was scored: to score all samples takes too long for a frame.
        """
        present = self._present()
        if present is not None and present[0].scores is None:
            present = self._scored
        if present is not None:
            self._show_place()
            self._frames.show_all(*present)

    def _running_changed(self, running: bool) -> None:
        if running:
            self._notice.over("welcome", "diverged", "stopped", "passed")
        else:
            self.show_again()

    def _diverged(self, sentence: str) -> None:
        button = self.tr("Reset and divide η by 10")
        self._notice.tell("error", sentence, "diverged", button=button, act=self._calm_down)

    def _stopped(self, why: str) -> None:
        self._notice.tell("info", self.tr("Training stopped by itself. {why}").format(why=why), "stopped")

    def _passed(self, why: str) -> None:
        said = self.tr("Already reached, so training does not stop for it: {why}")
        self._notice.tell("info", said.format(why=why), "passed")

    def _calm_down(self) -> None:
        """Restart from the same weights, with a tenth of the learning rate."""
        self.mend(Remedy(Cure.SMALLER_RATE), self.tr("Smaller learning rate"))

    def mend(self, remedy: Remedy, text: str) -> None:
        """Apply a remedy to the design, as one undo step; restart the run if the remedy needs it."""
        mended = remedy.applied(self.document.design)
        if mended == self.document.design and not remedy.restarts:
            return
        self.document.undo_stack.beginMacro(text)
        self.document.edit(mended, text)
        if remedy.restarts:
            self.document.restart_requested.emit()
        self.document.undo_stack.endMacro()


def _without_sample(selection: Selection) -> Selection:
    """Return a selection without its sample, since the same index is another sample of other data."""
    return dataclasses.replace(selection, sample=None)


def _exists(selection: Selection, network: Network, dataset: Dataset) -> bool:
    """Whether the selected items still exist."""
    l, place = selection.layer, selection.place
    if selection.column is not None and selection.column >= dataset.x.shape[1]:
        return False
    if place is not None and place >= len(network.design.layers):
        return False
    if l is None:
        return True
    if l >= len(network.n) or (selection.neuron or 0) >= network.n[l]:
        return False
    return selection.source is None or selection.source < network.n[l - 1]
