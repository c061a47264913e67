"""Sample stamps: the marker of every kind of sample drawn once, to be set down where samples move."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from core.datasets import Dataset
from core.modules import Array
from gui.samples import VALUE, class_colours, draw_markers, value_colours
from gui.theme import Theme, diverging

SHADES = 16  # colours of samples that have a value


class SampleStamps:
    """Markers of a dataset's samples, ``size`` pixels wide: training filled, test hollow.

    Setting a stamp down takes a tenth of the time its shape takes to draw.
    """

    def __init__(self, dataset: Dataset, theme: Theme, size: float, ratio: float) -> None:
        kinds, looks = _kinds(dataset, theme)
        hollow = np.zeros(dataset.x.shape[1], bool)
        hollow[dataset.test] = True
        self._kind = 2 * kinds + hollow
        side = 2 * round(size * 0.8 + 2)
        self._half = side / 2
        self._stamps = [
            _stamp(symbol, colour, size, side, ratio, theme, empty)
            for symbol, colour in looks
            for empty in (False, True)
        ]

    def paint(self, painter: QPainter, samples: Array, places: Array) -> None:
        """Set down samples, columns of the dataset, at places (count, 2) in pixels; test samples first."""
        kinds = self._kind[samples]
        order = np.argsort(-(kinds % 2), kind="stable")
        stamps, half = self._stamps, self._half
        for kind, (x, y) in zip(kinds[order].tolist(), places[order].tolist(), strict=True):
            painter.drawPixmap(QPointF(x - half, y - half), stamps[kind])


def _kinds(dataset: Dataset, theme: Theme) -> tuple[Array, list[tuple[str, QColor]]]:
    """Return the kind of every sample, and the symbol and colour of every kind."""
    if dataset.task == "classes":
        count = len(dataset.class_names)
        symbols = (theme.class_symbols[k % len(theme.class_symbols)] for k in range(count))
        return dataset.labels, list(zip(symbols, class_colours(theme, count), strict=False))
    values = dataset.labels[0]
    low, high = float(values.min()), float(values.max())
    kinds = np.clip((values - low) / ((high - low) or 1.0) * SHADES, 0, SHADES - 1).astype(int)
    middles = np.arange(SHADES) + 0.5
    return kinds, [(VALUE, colour) for colour in value_colours(diverging(theme), middles, 0.0, SHADES)]


def _stamp(
    symbol: str, colour: QColor, size: float, side: int, ratio: float, theme: Theme, hollow: bool
) -> QPixmap:
    stamp = QPixmap(round(side * ratio), round(side * ratio))
    stamp.setDevicePixelRatio(ratio)
    stamp.fill(Qt.GlobalColor.transparent)
    painter = QPainter(stamp)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw_markers(painter, np.full((1, 2), side / 2), symbol, size, colour, theme, hollow)
    painter.end()
    return stamp
