"""Status: the line at the foot of the window: what just happened, and where training stands."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from core.network import Network
from core.training import Phase, Snapshot
from gui.line import Line
from gui.theme import Theme
from gui.views.counters import place_in_training

TELLING_MILLISECONDS = 5000


class Status(QStatusBar):
    """At the left what just happened; at the right the seed, the batch and the number of parameters."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self.setAccessibleName(self.tr("Status"))
        self.setSizeGripEnabled(False)
        self.happened = Line("muted", margin=8)
        widest = self.tr("batch {batch} of {batches}").format(batch=999, batches=999)
        self.samples = Line("muted", widest, Qt.AlignmentFlag.AlignRight, margin=6)
        self.seed, self.parameters = QLabel(), QLabel()
        self.addWidget(self.happened, 1)
        for label in (self.samples, self.seed, self.parameters):
            self.addPermanentWidget(label)
        self._running = False
        self._telling = QTimer(self, singleShot=True, interval=TELLING_MILLISECONDS)

    def show_theme(self, shown: Theme) -> None:
        """Take the colours of a theme."""
        for line in (self.happened, self.samples):
            line.show_theme(shown)

    def show_network(self, network: Network) -> None:
        """Show what is fixed for a network."""
        seed = self.tr("seed {seed}").format(seed=network.design.training.seed)
        parameters = self.tr("{count} parameters").format(count=f"{network.parameters:,}")
        self.seed.setText(seed)
        self.parameters.setText(parameters)

    def tell(self, sentence: str) -> None:
        """Say a sentence, and keep it for some seconds unless training goes on."""
        self._telling.start()
        self.happened.setText(sentence)

    def show_running(self, running: bool) -> None:
        """Note whether a run is on."""
        self._running = running

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Say in a sentence what happened last."""
        epoch, iteration = place_in_training(snapshot)
        place = {"iteration": iteration, "batches": snapshot.batches, "epoch": epoch}
        if self._running or not self._telling.isActive():
            self.happened.setText(self._sentence(snapshot).format(**place))
        batch = self.tr("batch {batch} of {batches}")
        batch = batch.format(batch=iteration, batches=snapshot.batches) if iteration else ""
        self.samples.setText(batch)

    def _sentence(self, snapshot: Snapshot) -> str:
        if self._running:
            return self.tr("Training: iteration {iteration} of {batches} in epoch {epoch}")
        if snapshot.phase is Phase.FORWARD:
            return self.tr(
                "Paused after the forward pass of iteration {iteration} of {batches} in epoch {epoch}"
            )
        if snapshot.phase is Phase.BACKWARD:
            return self.tr(
                "Paused after the backward pass of iteration {iteration} of {batches} in epoch {epoch}"
            )
        if snapshot.iteration == 0:
            return self.tr("Ready: nothing is learned yet")
        return self.tr("Paused after iteration {iteration} of {batches} in epoch {epoch}")
