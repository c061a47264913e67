"""A view of the confusion matrix on training or test samples."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.arrays import Array
from core.data.datasets import Dataset
from core.nn.network import Network
from core.nn.trainer import Snapshot
from core.number_style import ratio_text
from gui.plots.confusion_matrix import ConfusionMatrix, confusion
from gui.theme.theme import Theme
from gui.widgets.form import Segments
from gui.widgets.lazy_view import LazyView

TRAIN, TEST = "train", "test"


class ConfusionView(LazyView):
    """The confusion matrix of the training or the test samples, and the number of correct predictions."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Confusion matrix"))
        self._network: Network | None = None
        self._dataset: Dataset | None = None
        self._snapshot: Snapshot | None = None
        self.part = TEST
        self.parts = Segments({TRAIN: self.tr("training samples"), TEST: self.tr("test samples")})
        self.parts.setAccessibleName(self.tr("Samples to count"))
        self.parts.setToolTip(self.tr("Count the samples the network learns from, or those held back"))
        self.parts.chosen.connect(self._choose)
        self.matrix, self.accuracy, self.line = ConfusionMatrix(), QLabel(), QLabel()
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

    def sizeHint(self) -> QSize:
        return QSize(300, 300)

    # -- what is shown -----------------------------------------------------------------------------

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Count for another network or other data; if there are no test samples, on the training samples."""
        self._network, self._dataset, self._snapshot = network, dataset, None
        self.parts.setVisible(dataset.task == "classes" and dataset.test.size > 0)
        self.part = self.part if dataset.test.size else TRAIN
        self.parts.show_choice(self.part)
        self.matrix.show_counts(np.zeros((0, 0), int), ())
        self.draw_if_seen()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Count the predictions with the present parameters, unless that is done already."""
        before, self._snapshot = self._snapshot, snapshot
        if before is None or not np.array_equal(before.shown_theta, snapshot.shown_theta):
            self.draw_if_seen()

    def show_theme(self, theme: Theme) -> None:
        """Paint in a theme's colours and the present fonts."""
        self.matrix.show_theme(theme)

    # -- counting ----------------------------------------------------------------------------------

    @property
    def samples(self) -> Array:
        """The columns of the dataset that are counted."""
        if self._dataset is None:
            return np.empty(0, int)
        return self._dataset.test if self.part == TEST else self._dataset.train

    def _choose(self, part: str) -> None:
        self.part = part
        self.draw()

    def draw(self) -> None:
        """Count the predictions with the present parameters."""
        snapshot = self._snapshot
        if snapshot is None:
            return
        network, dataset = snapshot.network, snapshot.dataset
        if dataset.task != "classes":
            self._show_text(
                "", self.tr("The network gives values, not classes: there is nothing to confuse.")
            )
            return
        counts = confusion(network, snapshot.shown_theta, dataset, self.samples)
        self.matrix.show_counts(counts, dataset.class_names)
        right, count = int(np.trace(counts)), int(counts.sum())
        text = self.tr("right: {right:,} of {count:,} test samples")
        if self.part == TRAIN:
            text = self.tr("right: {right:,} of {count:,} training samples")
        self._show_text(ratio_text(right / max(1, count)), text.format(right=right, count=count))

    def _show_text(self, accuracy: str, line: str) -> None:
        self.accuracy.setText(accuracy)
        self.line.setText(line)
        self.setAccessibleDescription(self.tr("{accuracy} {line}").format(accuracy=accuracy, line=line))
