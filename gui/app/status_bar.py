"""The status bar: what happened last, and the progress of the training."""

from __future__ import annotations

from time import monotonic

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QStatusBar, QToolButton, QWidget

from core.arrays import Array
from core.debugger.run import RunStatus
from core.debugger.steps import LoopStage, PassStep
from core.nn.network import Network
from core.nn.trainer import Phase, Snapshot
from gui.qt.drawable import guarded_overrides
from gui.selection import OutsideInput, Selection
from gui.text.labels import FastLabel
from gui.theme.theme import Theme
from gui.views.counters import place_in_training

MESSAGE_MILLISECONDS = 5000
SENTENCE = 46
"""Characters that the message at the left has room for at least."""
JUST_NOTIFIED_SECONDS = 0.3  # a move within this time is an effect of what was notified


@guarded_overrides
class StatusBar(QStatusBar):
    """Shows what happened last at the left; seed, batch and number of parameters at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self.setAccessibleName(self.tr("Status"))
        self.setSizeGripEnabled(False)
        self.happened = FastLabel("muted", margin=8)
        widest = self.tr("batch {batch} of {batches}").format(batch=999, batches=999)
        self.samples = FastLabel("muted", widest, Qt.AlignmentFlag.AlignRight, margin=6)
        self.seed, self.parameters = QLabel(), QLabel()
        self.addWidget(self.happened, 1)
        self.back = QToolButton()
        self.back.setText(self.tr("→ step     Space run     Esc desk"))
        self.back.setAccessibleName(self.tr("Back to the desk"))
        self.back.setToolTip(self.tr("Leave the lecture hall (Esc or F11)"))
        self.back.setProperty("look", "quiet")
        for part in (self.samples, self.seed, self.parameters, self.back):
            self.addPermanentWidget(part)
        self.back.hide()
        self._running = self._outside = False
        self._widths: tuple[int, ...] = ()
        self._notified = 0.0
        self._where: RunStatus | None = None
        self._snapshot: Snapshot | None = None
        self._message_timer = QTimer(self, singleShot=True, interval=MESSAGE_MILLISECONDS)
        self._message_timer.timeout.connect(self._show_text)
        self._first: tuple[Network, Array] | None = None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide the fields that change least if the message would have no room."""
        super().resizeEvent(event)
        self._leave_out()

    def show_way_back(self, shown: bool) -> None:
        """Show the keys of a lecture hall and the way back to the desk, in place of facts about the run."""
        self.back.setVisible(shown)
        self._leave_out()

    def _leave_out(self) -> None:
        room = self.width() - SENTENCE * self.fontMetrics().averageCharWidth()
        for label in (self.samples, self.seed, self.parameters):
            room -= label.sizeHint().width()
            label.setVisible(room >= 0 and self.back.isHidden())

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme."""
        for line in (self.happened, self.samples):
            line.show_theme(shown)
        self._leave_out()

    def show_network(self, network: Network) -> None:
        """Show the facts that are fixed for a network."""
        seed = self.tr("seed {seed}").format(seed=network.design.training.seed)
        self._widths = network.n
        self.seed.setText(seed)
        self.parameters.setText(network.parameters_text)

    def notify(self, sentence: str) -> None:
        """Show a sentence for some seconds, or until training continues."""
        self._message_timer.start()
        self._notified = monotonic()
        self.happened.setText(sentence)

    def show_selection(self, selection: Selection) -> None:
        """Say why an input outside the data has no backward pass."""
        self._outside = isinstance(selection.sample, OutsideInput)
        if not self._message_timer.isActive():
            self._show_text()

    def show_running(self, running: bool) -> None:
        """Record whether a run is active; when it ends, the message shown is removed."""
        if self._running and not running:
            self._message_timer.stop()
        self._running = running

    def show_place(self, where: RunStatus) -> None:
        """Record which position of the run is viewed."""
        moved = where != self._where and monotonic() - self._notified > JUST_NOTIFIED_SECONDS
        self._where = where
        if moved:
            self._message_timer.stop()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show a sentence on the last step."""
        self._snapshot = snapshot
        if self._running:
            self._message_timer.stop()  # or a previous message would hide the end of the run
        if not self._message_timer.isActive():
            self._show_text()
        _epoch, iteration = place_in_training(snapshot)
        batch = self.tr("batch {batch} of {batches}")
        batch = batch.format(batch=iteration, batches=snapshot.batches) if iteration else ""
        self.samples.setText(batch)

    def _show_text(self) -> None:
        if self._outside:
            text = self.tr(
                "The input shown is not part of the data: it has no target, so only the forward pass can run"
            )
            self.happened.setText(text)
            return
        if self._snapshot is None:
            return
        epoch, iteration = place_in_training(self._snapshot)
        place = {"iteration": iteration, "batches": self._snapshot.batches, "epoch": epoch}
        self.happened.setText(self._sentence(self._snapshot).format(**place))

    def _sentence(self, snapshot: Snapshot) -> str:
        where = self._where
        if self._running:
            return self.tr("Training: iteration {iteration} of {batches} in epoch {epoch}")
        if where is not None and (where.inside or where.behind):
            return self._place(where)
        if snapshot.phase is Phase.FORWARD:
            return self.tr(
                "Paused after the forward pass of iteration {iteration} of {batches} in epoch {epoch}"
            )
        if snapshot.phase is Phase.BACKWARD:
            return self.tr(
                "Paused after the backward pass of iteration {iteration} of {batches} in epoch {epoch}"
            )
        if snapshot.iteration == 0:
            return self._ready(snapshot)
        return self.tr("Paused after iteration {iteration} of {batches} in epoch {epoch}")

    def _ready(self, snapshot: Snapshot) -> str:
        """Return a sentence on the initial weights of a run."""
        network, theta = snapshot.network, snapshot.theta
        if self._first is None or self._first[0] is not network:
            self._first = network, network.initial(network.design.training.seed)
        if np.array_equal(theta, self._first[1]):
            return self.tr("Ready: nothing is learned yet")
        return self.tr("Ready: this run has not begun; its weights were learned or set before")

    def _place(self, where: RunStatus) -> str:
        """Return a sentence on the position viewed, inside a pass or in the past."""
        coming = self._coming(where.coming) if where.inside else ""
        if not where.behind:
            return coming
        said = self.tr("Looking back at iteration {t}: Run goes on from the newest, {newest}.")
        if where.inside:
            said = self.tr("Looking back at iteration {t} of {newest}. {coming}")
        return said.format(t=f"{where.begun:,}", newest=f"{where.newest:,}", coming=coming)

    def _coming(self, step: PassStep) -> str:
        """Return a sentence on the next step of the pass."""
        sentences = {
            LoopStage.SAMPLE: self.tr(
                "Iteration {{iteration}} of {{batches}} is complete; next: other samples"
            ),
            LoopStage.FORWARD: self.tr("Forward pass, next: layer {layer}, neuron {neuron} of {neurons}"),
            LoopStage.LOSS: self.tr("Forward pass complete, next: the loss"),
            LoopStage.BACKWARD: self.tr("Backward pass, next: layer {layer}, neuron {neuron} of {neurons}"),
            LoopStage.UPDATE: self.tr(
                "Update, next: the weights of layer {layer}, neuron {neuron} of {neurons}"
            ),
        }
        neuron = 0 if step.neuron is None else step.neuron + 1
        return sentences[step.stage].format(layer=step.layer, neuron=neuron, neurons=self._widths[step.layer])
