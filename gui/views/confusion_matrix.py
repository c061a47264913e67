"""A view of the confusion matrix on training or test samples."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.analysis.metrics import confusion_counts
from core.analysis.sample_losses import SampleLosses
from core.arrays import Array
from core.data.datasets import Dataset
from core.nn.network import Network
from core.nn.trainer import Snapshot
from core.number_style import ratio_text, value_text
from gui.layout.lazy_view import LazyView
from gui.passes.losses_in_slices import LossesInSlices
from gui.plots.confusion_matrix import ConfusionMatrix
from gui.plots.hidden_space import digits_below
from gui.plots.sample_list import SampleList
from gui.qt.drawable import guarded_overrides
from gui.qt.typed_signal import TypedSignal
from gui.selection import Selection
from gui.theme.theme import Theme, in_hall
from gui.widgets.form import Segments

TRAIN, TEST = "train", "test"


@guarded_overrides
class ConfusionView(LazyView):
    """The confusion matrix of the training or the test samples, and the number of correct ones.

    Below are the samples of the chosen cell, and the other misclassified ones, the most certain first; a
    click on one requests to select it in all views.
    """

    select_requested = TypedSignal[Selection]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Confusion matrix"))
        self._dataset: Dataset | None = None
        self._snapshot: Snapshot | None = None
        self._losses = LossesInSlices(self)
        self._losses.known.connect(self._count)
        self.part = TEST
        self.parts = Segments(
            {TRAIN: self.tr("training samples"), TEST: self.tr("test samples")},
            self.tr("Samples to count"),
            self.tr("Count the samples the network learns from, or those held back"),
        )
        self.parts.chosen.connect(self._choose)
        self.matrix, self.accuracy, self.line = ConfusionMatrix(), QLabel(), QLabel()
        self.matrix.allow_choosing()
        self.matrix.cell_chosen.connect(self._choose_cell)
        self.of_cell, self.others = SampleList(), SampleList()
        for samples in (self.of_cell, self.others):
            samples.chosen.connect(self._send)
            samples.hide()
        self._selection = Selection()
        self._arrange()

    def _arrange(self) -> None:
        self.accuracy.setProperty("look", "number")
        self.line.setProperty("look", "muted")
        for label in (self.accuracy, self.line):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.line.setWordWrap(True)
        self.line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        foot = QHBoxLayout()
        foot.addWidget(self.accuracy)
        foot.addWidget(self.line, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(4)
        column.addWidget(self.parts)
        column.addWidget(self.matrix, 1)
        column.addLayout(foot)
        column.addWidget(self.of_cell)
        column.addWidget(self.others)

    def sizeHint(self) -> QSize:
        return QSize(300, 300)

    # -- contents ----------------------------------------------------------------------------------

    def show_network(self, _network: Network, dataset: Dataset) -> None:
        """Count for another network or other data; if there are no test samples, on the training samples."""
        self._dataset, self._snapshot = dataset, None
        self._losses.forget()
        self.parts.setVisible(dataset.task == "classes" and dataset.test.size > 0)
        self.part = self.part if dataset.test.size else TRAIN
        self.parts.show_choice(self.part)
        self.matrix.show_counts(np.zeros((0, 0), int), ())
        self.matrix.show_cell(None)
        self.of_cell.hide()
        self.others.hide()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Count the predictions with the present parameters, unless that is done already."""
        before, self._snapshot = self._snapshot, snapshot
        if before is None or not np.array_equal(before.shown_theta, snapshot.shown_theta):
            self.draw_if_seen()

    def show_theme(self, theme: Theme) -> None:
        """Paint in a theme's colours and the present fonts."""
        self.matrix.show_theme(theme)
        self._losses.tell_again()

    def show_selection(self, selection: Selection) -> None:
        """Store the selection, so that a sample chosen here is added to it."""
        self._selection = selection

    # -- counting ----------------------------------------------------------------------------------

    @property
    def samples(self) -> Array:
        """The columns of the dataset that are counted."""
        if self._dataset is None:
            return np.empty(0, int)
        return self._dataset.test if self.part == TEST else self._dataset.train

    def _choose(self, part: str) -> None:
        self.part = part
        self._losses.tell_again()

    def draw(self) -> None:
        """Count the predictions with the present parameters."""
        if self._snapshot is not None:
            self._losses.want(self._snapshot)

    def _count(self, snapshot: Snapshot, found: SampleLosses) -> None:
        dataset = snapshot.dataset
        if found.decided is None:
            self._show_text(
                "", self.tr("The network gives values, not classes: there is nothing to confuse.")
            )
            return
        samples, names = self.samples, dataset.class_names
        counts = confusion_counts(dataset.labels[samples], found.decided[samples], len(names))
        self.matrix.show_counts(counts, names)
        self._list(dataset, found.o, found.decided)
        right, count = int(np.trace(counts)), int(counts.sum())
        text = self.tr("right: {right:,} of {count:,} test samples")
        if self.part == TRAIN:
            text = self.tr("right: {right:,} of {count:,} training samples")
        self._show_text(ratio_text(right / max(1, count)), text.format(right=right, count=count))

    def _choose_cell(self, row: int, column: int) -> None:
        """List the samples of a cell; if it is chosen again, no longer."""
        self.matrix.show_cell(None if self.matrix.cell == (row, column) else (row, column))
        self._losses.tell_again()

    def _send(self, sample: int) -> None:
        self.select_requested.emit(replace(self._selection, sample=sample))

    def _list(self, dataset: Dataset, o: Array, decided: Array) -> None:
        """List the samples of the chosen cell and the other misclassified ones, the most certain first."""
        samples, labels, cell = self.samples, dataset.labels, self.matrix.cell
        sure = np.where(decided == 1, o[0], 1 - o[0]) if len(o) == 1 else o.max(axis=0)
        samples = samples[np.argsort(-sure[samples], kind="stable")]
        own = np.zeros(len(samples), bool)
        names = dataset.class_names
        if cell is not None:
            row, column = cell
            own = (labels[samples] == row) & (decided[samples] == column)
            count = int((labels[samples] == row).sum())
            text = self.tr("{is_} read as {says}: {own} of {count}")
            heading = text.format(is_=names[row], says=names[column], own=int(own.sum()), count=count)
            sign = f"p{digits_below(int(names[column]))}" if names[column].isdecimal() else "p"
            captions = [f"{sign} = {value_text(float(p))}" for p in sure[samples[own]]]
            self.of_cell.show_samples(heading, dataset, samples[own], captions)
        rest = samples[(labels[samples] != decided[samples]) & ~own]
        text = (
            self.tr("The other {n} misread, surest first")
            if own.any()
            else self.tr("{n} misread, surest first")
        )
        captions = [f"{names[int(labels[s])]} → {names[int(decided[s])]}" for s in rest]
        self.others.show_samples(text.format(n=len(rest)), dataset, rest, captions)
        self._share_height()

    def _share_height(self) -> None:
        """Show as many lists below the matrix as leave half of the height to it."""
        room, wanted = self.height() / 2, self.of_cell.sizeHint().height()
        shown = self.matrix.counts.size > 0 and not in_hall()  # an audience counts, and looks at no sample
        self.of_cell.setVisible(shown and self.matrix.cell is not None)
        taken = wanted if self.of_cell.isVisibleTo(self) else 0
        left = taken + self.others.sizeHint().height() <= room
        self.others.setVisible(shown and left and bool(self.others.samples))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_height()

    def _show_text(self, accuracy: str, line: str) -> None:
        self.accuracy.setText(accuracy)
        self.line.setText(line)
        self.setAccessibleDescription(self.tr("{accuracy} {line}").format(accuracy=accuracy, line=line))
