"""Thumbnails of the datasets, for the list in which one is chosen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap

from core.arrays import Array
from core.data.datasets import Dataset, make_dataset
from core.nn.design import Data
from gui.plots.output_map import image_of, telling_pair
from gui.plots.scatter import draw_samples
from gui.theme.theme import Theme, diverging

SAMPLES = 60
MARGIN = 6
PICTURES = 3  # pictures per row and column, if the features are pixels


def thumbnail(source: str, theme: Theme, size: QSize, ratio: float) -> QPixmap:
    """Return a picture of a data set of this size in points, with ``ratio`` device pixels in each."""
    dataset = make_dataset(Data(source=source, samples=SAMPLES, noise=0.1, test_share=0.0))
    pixmap = QPixmap((QSizeF(size) * ratio).toSize())
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    width, height = size.width(), size.height()
    if dataset.image_shape is not None:
        side = height - 4
        painter.drawImage(QRectF((width - side) / 2, 2, side, side), mosaic(dataset, theme))
    else:
        few = some(dataset, np.unique(np.linspace(0, dataset.x.shape[1] - 1, SAMPLES).astype(int)))
        room = np.array([width - 2 * MARGIN, height - 2 * MARGIN])
        draw_samples(painter, few, places(few) * room + MARGIN, theme, height / 8.5, diverging(theme))
    painter.end()
    return pixmap


def places(dataset: Dataset) -> Array:
    """Return the position of each sample in the unit square, y downwards: (samples, 2)."""
    if dataset.dimensions == 1:
        x, y = dataset.x[0], dataset.labels[0] if dataset.task == "regression" else dataset.labels
    else:
        x, y = dataset.coordinates[list(telling_pair(dataset))]

    def share(values: Array) -> Array:
        low, high = float(values.min()), float(values.max())
        return np.asarray((values - low) / ((high - low) or 1.0))

    return np.column_stack([share(x), 1 - share(y)])


def mosaic(dataset: Dataset, theme: Theme) -> QImage:
    """Return a mosaic of some samples whose features are pixels, in text colour on the canvas's colour."""
    assert dataset.image_shape is not None
    rows, columns = dataset.image_shape
    count = PICTURES * PICTURES
    firsts = [np.nonzero(dataset.labels == k % len(dataset.class_names))[0][0] for k in range(count)]
    pixels = np.array([dataset.measured(int(k)).reshape(rows, columns) for k in firsts])
    strength = pixels / (pixels.max() or 1.0)
    grid = strength.reshape(PICTURES, PICTURES, rows, columns).swapaxes(1, 2)
    flat = grid.reshape(PICTURES * rows, PICTURES * columns)
    ink, paper = theme.text, theme.canvas
    colours = np.full((*flat.shape, 4), 255, np.uint8)
    for k, (dark, light) in enumerate(
        ((ink.red(), paper.red()), (ink.green(), paper.green()), (ink.blue(), paper.blue()))
    ):
        colours[..., k] = light + flat * (dark - light)
    return image_of(colours)


def some(dataset: Dataset, chosen: Array) -> Dataset:
    """Return a dataset of the chosen columns only, all of them training samples."""
    plane = dataset.plane and replace(dataset.plane, points=dataset.plane.points[:, chosen])
    return replace(
        dataset,
        x=dataset.x[:, chosen],
        plane=plane,
        labels=dataset.labels[..., chosen],
        train=np.arange(chosen.size),
        test=np.empty(0, int),
    )
