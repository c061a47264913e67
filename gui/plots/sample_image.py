"""Samples whose features are the pixels of an image, in grey levels: dark on white in every theme."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from core.arrays import Array
from core.data.datasets import Dataset
from gui.qt.drawable import pixel_image

_GREY = np.arange(255, -1, -1, dtype=np.uint32)
GREYS: Array = 0xFF000000 | _GREY << 16 | _GREY << 8 | _GREY  # from 0, white, to the darkest grey


def ink(dataset: Dataset, x: Array) -> Array:
    """Return an input x (features,) as darkness 0 … 1, (rows, columns), by the data's extreme features."""
    std = 1.0 if dataset.std is None else dataset.std
    mean = 0.0 if dataset.mean is None else dataset.mean
    greatest = float((dataset.x.max(axis=1) * std + mean).max())
    least = float((dataset.x.min(axis=1) * std + mean).min())
    rows, columns = dataset.image_shape or (round(dataset.features**0.5),) * 2
    measured = (x * std + mean).reshape(rows, columns)
    return np.asarray((measured - least) / ((greatest - least) or 1.0))


def grey_image(strength: Array) -> QImage:
    """Return ink 0 … 1 (rows, columns) as an image of a pixel for each number."""
    return pixel_image(GREYS[np.clip(255.999 * strength, 0, 255).astype(np.uint8)])


def sample_image(dataset: Dataset, sample: int) -> QImage:
    """Return a sample as an image with one pixel for each feature."""
    return grey_image(ink(dataset, dataset.x[:, sample]))
