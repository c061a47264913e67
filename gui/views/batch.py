"""Batch view: the epoch as a strip of mini-batches, and the samples of the present one."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from core.analysis import plane_of
from core.datasets import Dataset
from core.epochs import Epochs
from core.network import Network
from core.training import Snapshot
from gui.batch_strip import BatchStrip
from gui.sample_tiles import SampleTiles
from gui.seen import Seen
from gui.selection import Selection
from gui.space_picture import SpacePicture, range_of
from gui.space_plane import SpacePlane
from gui.theme import LIGHT, Theme


class BatchView(Seen):
    """Which samples make the iteration that was begun last, and where it stands in its epoch.

    Samples lie in the plane of two inputs, or at their value over one; those of more inputs are tiles.
    ``seek_requested`` carries the iteration after which the batch that was clicked has just been used.
    """

    select_requested = Signal(object)
    seek_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Batches of the epoch"))
        self._network: Network | None = None
        self._dataset: Dataset | None = None
        self._snapshot: Snapshot | None = None
        self._epochs: Epochs | None = None
        self._epoch = 0
        self.place, self.words = QLabel(), QLabel()
        self.strip, self.plane, self.tiles = BatchStrip(), SpacePlane(dims=True), SampleTiles()
        self.strip.setAccessibleName(self.tr("Batches in the order of the epoch"))
        self.plane.setAccessibleName(self.tr("Training samples, those of the batch ringed"))
        self.tiles.setAccessibleName(self.tr("Training samples, those of the batch framed"))
        self.strip.picked.connect(self._seek)
        for samples in (self.plane, self.tiles):
            samples.setToolTip(self.tr("Faint: still to come in this epoch. Click a sample to follow it."))
            samples.picked.connect(lambda k: self.select_requested.emit(Selection(sample=k)))
        self._arrange()
        self.show_theme(LIGHT)

    def _arrange(self) -> None:
        self.samples = QStackedWidget()
        self.samples.addWidget(self.plane)
        self.samples.addWidget(self.tiles)
        for label, look in ((self.place, "number"), (self.words, "muted")):
            label.setProperty("look", look)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(5)
        column.addWidget(self.place)
        column.addWidget(self.strip)
        column.addWidget(self.words)
        column.addWidget(self.samples, 1)

    def sizeHint(self) -> QSize:
        return QSize(320, 340)

    # -- what is told ------------------------------------------------------------------------------

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Cut the training samples of another dataset, or into other batches."""
        self._network, self._dataset, self._snapshot = network, dataset, None
        self._epochs = Epochs(network, dataset)
        self.strip.show_batches(tuple(self._epochs.size_of(k) for k in range(self._epochs.per_epoch)))
        lies = dataset.features <= 2
        self.samples.setCurrentWidget(self.plane if lies else self.tiles)
        if lies:
            self.plane.show_dataset(dataset)
        else:
            self.tiles.show_samples(dataset, dataset.train)
        self.draw_if_seen()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Light the batch of the present iteration."""
        before, self._snapshot = self._snapshot, snapshot
        if self._epochs is None or self._epochs.origin != snapshot.origin:
            self._epochs = Epochs(snapshot.network, snapshot.dataset, snapshot.origin)
        if before is None or _begun(before) != _begun(snapshot):
            self.draw_if_seen()

    def show_selection(self, selection: Selection) -> None:
        """Mark the selected sample."""
        for samples in (self.plane, self.tiles):
            samples.show_selected(-1 if selection.sample is None else selection.sample)

    def show_theme(self, theme: Theme) -> None:
        """Paint in a theme's colours and the present fonts."""
        for part in (self.strip, self.plane, self.tiles):
            part.show_theme(theme)

    # -- what is shown -----------------------------------------------------------------------------

    def draw(self) -> None:
        epochs, dataset = self._epochs, self._dataset
        if epochs is None or dataset is None:
            return
        first = epochs.origin.iteration
        last = -1 if self._snapshot is None else _begun(self._snapshot)
        last = last if last >= first else -1
        self._epoch, batch = epochs.place(max(last, first))
        nothing = np.empty(0, int)
        taken = epochs.taken(self._epoch, batch) if last >= 0 else nothing
        lit = epochs.samples(self._epoch, batch) if last >= 0 else nothing
        self.strip.show_current(batch if last >= 0 else -1)
        if self.samples.currentWidget() is self.plane:
            self.plane.show_picture(_picture(dataset), lit, taken)
        else:
            self.tiles.show_lit(taken, lit)
        self._say(epochs, dataset, batch if last >= 0 else None)

    def _say(self, epochs: Epochs, dataset: Dataset, batch: int | None) -> None:
        count, train, short = epochs.per_epoch, dataset.train.size, epochs.size_of(epochs.per_epoch - 1)
        place = self.tr("{count:,} iterations make an epoch").format(count=count)
        if batch is not None:
            place = self.tr("iteration {k:,} of {count:,} in epoch {epoch:,}")
            place = place.format(k=batch + 1, count=count, epoch=self._epoch + 1)
        size = epochs.size if batch is None else epochs.size_of(batch)
        text = self.tr("A batch of {size:,} of the {train:,} training samples.")
        if count > 1 and short < epochs.size:
            text = self.tr(
                "A batch of {size:,} of the {train:,} training samples; the last has only {short:,}."
            )
            if batch == count - 1:
                text = self.tr("The last batch: the {size:,} of {train:,} training samples that are left.")
        elif count == 1:
            text = self.tr("The batch is all {train:,} training samples.")
        words = text.format(size=size, train=train, short=short)
        for label, said in ((self.place, place), (self.words, words)):
            if said != label.text():
                label.setText(said)
        self.setAccessibleDescription(self.tr("{place}. {words}").format(place=place, words=words))

    def _seek(self, batch: int) -> None:
        if self._epochs is not None:
            self.seek_requested.emit(self._epochs.iteration(self._epoch, batch) + 1)


def _begun(snapshot: Snapshot) -> int:
    """Return the pass that was begun last, from 0; −1: none was."""
    return snapshot.begun - 1


def _picture(dataset: Dataset) -> SpacePicture:
    """Return the training samples over their two inputs, or their value over the only one."""
    train, names = dataset.train, dataset.feature_names
    if dataset.features == 2:
        plane = plane_of(dataset)
        ranges, titles = (plane.x_range, plane.y_range), (names[0], names[1])
        return SpacePicture(train, dataset.x[:, train].T, None, ranges, titles)
    x, y = dataset.x[0], dataset.labels[0] if dataset.task == "regression" else dataset.labels
    points = np.column_stack([x[train], y[train]])
    return SpacePicture(train, points, None, (range_of(x), range_of(y)), (names[0], "y"))
