"""Sample tiles: samples that lie in no plane, as tiles in the order of their numbers."""

from __future__ import annotations

from math import ceil

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.datasets import Dataset
from core.modules import Array
from gui.drawable import shielded
from gui.plane import image_of
from gui.samples import class_colours
from gui.theme import LIGHT, Theme, mixed

UNSEEN, SEEN = 0.16, 0.45


class SampleTiles(QWidget):
    """A tile for each of some samples in the colour of its class: pale, seen, or lit.

    ``picked`` tells the sample that was clicked.
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
        """Take samples, columns of a dataset."""
        self._dataset, self._samples = dataset, samples
        self._seen = self._lit = np.empty(0, int)
        self.update()

    def show_lit(self, seen: Array, lit: Array) -> None:
        """Show which samples have had their turn, and which have it now."""
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

    # -- places ------------------------------------------------------------------------------------

    @property
    def _grid(self) -> tuple[int, float]:
        """Tiles in a row, and their side: as large as fits."""
        count, width, height = max(1, self._samples.size), self.width(), self.height()
        side = max(2.0, float(np.floor(np.sqrt(width * height / count))))
        while side > 2 and ceil(count / max(1, int(width // side))) * side > height:
            side -= 1
        return max(1, int(width // side)), side

    def tile(self, k: int) -> QRectF:
        """Return where the k-th of the samples is."""
        columns, side = self._grid
        row, column = divmod(k, columns)
        return QRectF(column * side, row * side, side, side)

    def sample_at(self, point: QPointF) -> int | None:
        """Return the sample at a point."""
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
        """Frame the samples whose turn it is, and more strongly the selected one."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for chosen, colour, width in (
            (np.isin(self._samples, self._lit), self._theme.text, 1.4),
            (self._samples == self._selected, self._theme.accent, 3.0),
        ):
            if chosen.all():
                continue  # of all samples none stands out
            painter.setPen(QPen(colour, width))
            for k in np.flatnonzero(chosen).tolist():
                painter.drawRect(self.tile(k).adjusted(0.5, 0.5, -0.5, -0.5))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        sample = self.sample_at(event.position())
        if sample is not None and event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(sample)
