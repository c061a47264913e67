"""A view of the present epoch: its mini-batches as a strip, and the samples of the present one."""

from __future__ import annotations

from math import ceil

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from core.analysis.activation_map import plane_of
from core.arrays import Array
from core.data.datasets import Dataset
from core.nn.batches import Epochs
from core.nn.network import Network
from core.nn.trainer import Snapshot
from gui.layout.lazy_view import LazyView
from gui.plots.hidden_space import SpacePicture, range_of
from gui.plots.hidden_space_plot import SpacePlane
from gui.plots.output_map import image_of
from gui.plots.scatter import class_colours
from gui.qt.drawable import guarded_overrides, shielded
from gui.qt.typed_signal import TypedSignal
from gui.selection import Selection
from gui.theme.theme import LIGHT, Theme, mixed
from gui.views.batches.strip import BatchStrip

UNSEEN, SEEN = 0.16, 0.45


@guarded_overrides
class SampleTiles(QWidget):
    """A tile for each sample in the colour of its class: pale (to come), normal (used), or highlighted.

    ``picked`` carries the sample that was clicked.
    """

    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 60)
        self._theme = LIGHT
        self._dataset: Dataset | None = None
        self._samples: Array = np.empty(0, int)
        self._seen: Array = np.empty(0, int)
        self._lit: Array = np.empty(0, int)
        self._selected = -1

    def show_samples(self, dataset: Dataset, samples: Array) -> None:
        """Show samples, given as columns of a dataset."""
        self._dataset, self._samples = dataset, samples
        self._seen = self._lit = np.empty(0, int)
        self.update()

    def show_lit(self, seen: Array, lit: Array) -> None:
        """Show which samples have been used (``seen``), and which are in use (``lit``)."""
        self._seen, self._lit = seen, lit
        self.update()

    def show_selected(self, sample: int) -> None:
        """Mark a sample; −1: none."""
        self._selected = sample
        self.update()

    def show_theme(self, theme: Theme) -> None:
        """Paint in a theme's colours."""
        self._theme = theme
        self.update()

    # -- geometry ----------------------------------------------------------------------------------

    @property
    def _grid(self) -> tuple[int, float]:
        """The number of tiles in a row, and the largest side length that fits."""
        count, width, height = max(1, self._samples.size), self.width(), self.height()
        side = max(2.0, float(np.floor(np.sqrt(width * height / count))))
        while side > 2 and ceil(count / max(1, int(width // side))) * side > height:
            side -= 1
        return max(1, int(width // side)), side

    def tile(self, k: int) -> QRectF:
        """Return the rectangle of the k-th sample."""
        columns, side = self._grid
        row, column = divmod(k, columns)
        return QRectF(column * side, row * side, side, side)

    def sample_at(self, point: QPointF) -> int | None:
        """Return the sample at a point, or None."""
        columns, side = self._grid
        column, row = int(point.x() // side), int(point.y() // side)
        k = row * columns + column
        return int(self._samples[k]) if column < columns and k < self._samples.size else None

    def sizeHint(self) -> QSize:
        return QSize(240, 120)

    # -- painting ----------------------------------------------------------------------------------

    def colours(self) -> Array:
        """Return the colour of every tile, (count, 4)."""
        assert self._dataset is not None
        theme, samples = self._theme, self._samples
        classes = len(self._dataset.class_names) if self._dataset.task == "classes" else 0
        base = class_colours(theme, classes) if classes else (theme.positive,)
        kinds = self._dataset.labels[samples] if classes else np.zeros(samples.size, int)
        shares = np.full(samples.size, 0)
        shares[np.isin(samples, self._seen)] = 1
        shares[np.isin(samples, self._lit)] = 2
        table = [[mixed(theme.panel, colour, share) for share in (UNSEEN, SEEN, 1.0)] for colour in base]
        flat = np.array([[[c.red(), c.green(), c.blue(), 255] for c in row] for row in table], np.uint8)
        found: Array = flat[kinds, shares]
        return found

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._dataset is None or not self._samples.size:
            return
        painter, (columns, side) = QPainter(self), self._grid
        rows = ceil(self._samples.size / columns)
        picture = np.zeros((rows * columns, 4), np.uint8)
        picture[: self._samples.size] = self.colours()
        painter.drawImage(
            QRectF(0, 0, columns * side, rows * side), image_of(picture.reshape(rows, columns, 4))
        )
        if side >= 5:
            painter.setPen(QPen(self._theme.panel, 1))
            for column in range(columns + 1):
                painter.drawLine(QPointF(column * side, 0), QPointF(column * side, rows * side))
            for row in range(rows + 1):
                painter.drawLine(QPointF(0, row * side), QPointF(columns * side, row * side))
        self._frame(painter)
        painter.end()

    def _frame(self, painter: QPainter) -> None:
        """Frame the samples in use, and more strongly the selected one."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for chosen, colour, width in (
            (np.isin(self._samples, self._lit), self._theme.text, 1.4),
            (self._samples == self._selected, self._theme.accent, 3.0),
        ):
            if chosen.all():
                continue  # if all samples are in use, none is framed
            painter.setPen(QPen(colour, width))
            for k in np.flatnonzero(chosen).tolist():
                painter.drawRect(self.tile(k).adjusted(0.5, 0.5, -0.5, -0.5))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        sample = self.sample_at(event.position())
        if sample is not None and event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(sample)


# -- the view --------------------------------------------------------------------------------------------


@guarded_overrides
class BatchView(LazyView):
    """Shows which samples belong to the iteration begun last, and its position in the epoch.

    Samples are drawn in the plane of their two inputs, or at their value over a single input; samples with
    more inputs are tiles. ``seek_requested`` carries the iteration just after the clicked batch was used.
    """

    select_requested = TypedSignal[Selection]()
    seek_requested = TypedSignal[int]()

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
        self.strip.setAccessibleDescription(self.tr("The arrow keys go from batch to batch"))
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

    # -- contents ----------------------------------------------------------------------------------

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Divide the training samples of the dataset into batches."""
        self._network, self._dataset, self._snapshot = network, dataset, None
        self._epochs = Epochs(network, dataset)
        self.strip.show_batches(tuple(self._epochs.size_of(k) for k in range(self._epochs.per_epoch)))
        lies = dataset.dimensions <= 2
        self.samples.setCurrentWidget(self.plane if lies else self.tiles)
        if lies:
            self.plane.show_dataset(dataset)
        else:
            self.tiles.show_samples(dataset, dataset.train)
        self.draw_if_seen()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Highlight the batch of the present iteration."""
        before, self._snapshot = self._snapshot, snapshot
        if self._epochs is None or self._epochs.origin != snapshot.origin:
            self._epochs = Epochs(snapshot.network, snapshot.dataset, snapshot.origin)
        if before is None or _begun(before) != _begun(snapshot):
            self.draw_if_seen()

    def show_selection(self, selection: Selection) -> None:
        """Mark the selected sample."""
        for samples in (self.plane, self.tiles):
            samples.show_selected(-1 if selection.column is None else selection.column)

    def hide_scores(self, hidden: bool) -> None:
        """Hide how many batches there are and which of them is the present one, or show them again."""
        for part in (self.place, self.strip, self.words):
            part.setVisible(not hidden)

    def show_theme(self, theme: Theme) -> None:
        """Paint in a theme's colours and the present fonts."""
        for part in (self.strip, self.plane, self.tiles):
            part.show_theme(theme)

    # -- contents ----------------------------------------------------------------------------------

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
        self._show_text(epochs, dataset, batch if last >= 0 else None)

    def _show_text(self, epochs: Epochs, dataset: Dataset, batch: int | None) -> None:
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
    """Return the index of the pass begun last, from 0; −1: there is none."""
    return snapshot.begun - 1


def _picture(dataset: Dataset) -> SpacePicture:
    """Return the training samples over their two inputs, or their value over a single one."""
    train, names = dataset.train, dataset.coordinate_names
    if dataset.dimensions == 2:
        plane = plane_of(dataset)
        ranges, titles = (plane.x_range, plane.y_range), (names[0], names[1])
        return SpacePicture(train, dataset.coordinates[:, train].T, None, ranges, titles)
    x, y = dataset.x[0], dataset.labels[0] if dataset.task == "regression" else dataset.labels
    points = np.column_stack([x[train], y[train]])
    return SpacePicture(train, points, None, (range_of(x), range_of(y)), (names[0], "y"))
