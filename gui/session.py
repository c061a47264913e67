"""Session: brings the document, the player and the views together.

Everything that goes from one to another goes through here: edits and selections that views ask for
go to the document, designs, networks and snapshots go to the views.
"""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from core.datasets import Dataset
from core.design import Design, Problem, fitted, problems
from core.network import Network
from core.training import Snapshot
from gui.document import Document, dataset_of
from gui.frames import Frames
from gui.listeners import Listeners
from gui.notice import Notice
from gui.player import Player
from gui.selection import Selection


class Session(QObject):
    """What is open and playing, and who is told.

    ``told`` carries a sentence on what just happened, ``network_shown`` the network the views show,
    ``place_shown`` where the run stands, with the numbers of that moment.
    """

    selection_changed = Signal(object)
    place_shown = Signal(object)
    network_shown = Signal(object)
    told = Signal(str)

    def __init__(
        self,
        document: Document,
        player: Player,
        views: Listeners,
        notice: Notice,
        frames: Frames,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._frames = frames
        self.document, self.player = document, player
        self._views, self._notice = views, notice
        self.selection = Selection()
        document.design_changed.connect(self._design_changed)
        document.network_changed.connect(self._network_changed)
        document.learning_rate_changed.connect(player.set_learning_rate)
        document.told.connect(self.told)
        player.snapshot_changed.connect(self._snapshot_changed)
        player.running_changed.connect(self._running_changed)
        player.diverged.connect(self._diverged)
        player.stopped.connect(self._stopped)
        player.step_changed.connect(partial(views.show, "show_step"))
        player.findings_changed.connect(partial(views.show, "show_findings"))
        views.connect("plane_requested", partial(views.show, "show_plane"))
        views.connect("hover_requested", partial(views.show, "show_hover"))
        views.connect("pins_changed", partial(views.show, "show_pins"))
        views.connect("edit_requested", document.edit)
        views.connect("design_requested", document.edit)
        views.connect("select_requested", self.select)
        views.connect("learning_rate_previewed", player.set_learning_rate)
        views.connect("told", self.told)

    def begin(self) -> None:
        """Show what the document holds at first."""
        self._design_changed(self.document.design, self.document.problems)
        self._network_changed(self.document.network, self.document.dataset)

    def select(self, selection: Selection) -> None:
        """Let all views look at something else."""
        if selection != self.selection:
            self.selection = selection
            self._views.show("show_selection", selection)
            self.selection_changed.emit(selection)

    def toggle_run(self) -> None:
        """Run, or pause."""
        where = self.player.where
        if self.player.running:
            self.player.pause()
            return
        if where is not None and where.behind:
            told = self.tr("Training goes on from the newest iteration, {newest}.")
            self.told.emit(told.format(newest=f"{where.newest:,}"))
        self.player.run()

    # -- what owners tell -------------------------------------------------------------------------

    def _design_changed(self, design: Design, found: tuple[Problem, ...]) -> None:
        self._views.show("show_design", design, found)
        if found:
            self._tell_problem(design, found)
        else:
            self._notice.over("design")

    def _tell_problem(self, design: Design, found: tuple[Problem, ...]) -> None:
        more = self.tr("{sentence} (And {count} more.)").format(sentence=found[0].why, count=len(found) - 1)
        sentence = found[0].why if len(found) == 1 else more
        if any(problem.where.startswith("data") for problem in found):
            self._notice.tell("warning", sentence, "design")
            return
        dataset = dataset_of(design.data)
        mends = not problems(fitted(design, dataset), dataset)
        button = self.tr("Fit output to data") if mends else self.tr("Undo")
        act = self.document.fit if mends else self.document.undo_stack.undo
        self._notice.tell("warning", sentence, "design", button=button, act=act)

    def _network_changed(self, network: Network, dataset: Dataset) -> None:
        self._notice.over("diverged")
        if not _exists(self.selection, network, dataset):
            self.select(Selection())
        self._views.show("show_network", network, dataset)
        self._views.show("show_hover", Selection())  # what was pointed at may be another thing now
        self.network_shown.emit(network)
        if self.document.run_back is not None:
            return
        if self.document.keeps_weights:
            self.player.carry(network, dataset)
        else:
            self.player.load(network, dataset)

    def _tell_place(self) -> None:
        self.place_shown.emit(self.player.where)

    def _snapshot_changed(self, snapshot: Snapshot) -> None:
        curves = self.player.curves
        if curves is None:
            return
        if self.player.stepping:
            self._tell_place()
            self._frames.show_all(snapshot, curves)
        else:
            self._frames.show(snapshot, curves, self._tell_place)

    def show_again(self) -> None:
        """Show the present moment to all views: to those that became visible, or waited for their turn."""
        if self.player.snapshot is not None and self.player.curves is not None:
            self._tell_place()
            self._frames.show_all(self.player.snapshot, self.player.curves)

    def _running_changed(self, running: bool) -> None:
        if running:
            self._notice.over("welcome", "diverged", "stopped")
        else:
            self.show_again()

    def _diverged(self, sentence: str) -> None:
        button = self.tr("Reset and divide η by 10")
        self._notice.tell("error", sentence, "diverged", button=button, act=self._calm_down)

    def _stopped(self, why: str) -> None:
        self._notice.tell("info", self.tr("Training stopped by itself. {why}").format(why=why), "stopped")

    def _calm_down(self) -> None:
        """Begin again from the same weights, with a tenth of the learning rate."""
        design = self.document.design
        rate = design.training.learning_rate / 10
        calmer = replace(design, training=replace(design.training, learning_rate=rate))
        text = self.tr("Smaller learning rate")
        self.document.undo_stack.beginMacro(text)
        self.document.edit(calmer, text)
        self.document.restart_requested.emit()
        self.document.undo_stack.endMacro()


def _exists(selection: Selection, network: Network, dataset: Dataset) -> bool:
    """Whether what is selected is still there."""
    l, place = selection.layer, selection.place
    if selection.sample is not None and selection.sample >= dataset.x.shape[1]:
        return False
    if place is not None and place >= len(network.design.layers):
        return False
    if l is None:
        return True
    if l >= len(network.n) or (selection.neuron or 0) >= network.n[l]:
        return False
    return selection.source is None or selection.source < network.n[l - 1]
