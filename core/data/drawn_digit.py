"""A digit drawn by hand, made into an image like those of the UCI set of handwritten digits.

Those came from bitmaps of 32 x 32 pixels, in which NIST's form reader had made every digit 32 pixels high, 20
wide and about equally dark; the pixels that are on were counted in blocks of 4 x 4, which gives 8 x 8 numbers
from 0 to 16 (Alpaydin & Kaynak 1998; Garris et al., NISTIR 5469, 1994). The same is done here with a drawing:
a bitmap of any size, of which the place, the size and the width of the pen do not matter.
"""

from __future__ import annotations

import numpy as np

from ..arrays import Array
from .dataset import Dataset
from .table import Cell, Table
from .table_edits import insert_rows, set_cells, set_parts

PAD = 128  # pixels of a drawing across and down
BITMAP, BLOCK = 32, 4
HIGH, WIDE = 32, 20  # pixels that a digit fills in the bitmap
STRETCH = 2.0  # most of one direction against the other, so that a 1 does not fill its box
INK = 312  # pixels that are on in a bitmap of the set, on average
SUBPIXELS = 4  # across and down, of which a pixel of the bitmap is the mean
DARKEST = BLOCK * BLOCK
SHAPE = BITMAP // BLOCK, BITMAP // BLOCK


def blank() -> Array:
    """Return an empty drawing, (rows, columns), with no pixel on."""
    return np.zeros((PAD, PAD), bool)


def stroke(
    drawing: Array, start: tuple[float, float], end: tuple[float, float], radius: float, *, on: bool = True
) -> Array:
    """Return a drawing with a straight stroke of a round pen: its pixels on, or off to erase.

    ``start`` and ``end`` are (x, y) in pixels from the left and the top, ``radius`` is half the pen's width.
    """
    rows, columns = drawing.shape
    y, x = np.ogrid[0.5 : rows + 0.5, 0.5 : columns + 0.5]
    (x0, y0), (x1, y1) = start, end
    length2 = (x1 - x0) ** 2 + (y1 - y0) ** 2
    along = np.clip(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / (length2 or 1.0), 0.0, 1.0)
    away2 = (x - x0 - along * (x1 - x0)) ** 2 + (y - y0 - along * (y1 - y0)) ** 2
    return np.where(away2 <= radius**2, on, drawing)


def normalized(drawing: Array) -> Array:
    """Return a drawing as a bitmap (32, 32): centred, 32 high and at most 20 wide, as dark as the set's."""
    ys, xs = np.flatnonzero(drawing.any(axis=1)), np.flatnonzero(drawing.any(axis=0))
    if not ys.size:
        return np.zeros((BITMAP, BITMAP), bool)
    high, wide = ys[-1] + 1 - ys[0], xs[-1] + 1 - xs[0]
    down, across = HIGH / high, WIDE / wide
    down, across = min(down, STRETCH * across), min(across, STRETCH * down)
    fine = (np.arange(BITMAP * SUBPIXELS) + 0.5) / SUBPIXELS - BITMAP / 2  # from the middle of the bitmap
    rows = np.floor(ys[0] + high / 2 + fine / down).astype(int)
    columns = np.floor(xs[0] + wide / 2 + fine / across).astype(int)
    inside = [(at >= 0) & (at < size) for at, size in zip((rows, columns), drawing.shape, strict=True)]
    shown = np.zeros((fine.size, fine.size))
    shown[np.ix_(*inside)] = drawing[np.ix_(rows[inside[0]], columns[inside[1]])]
    coverage = shown.reshape(BITMAP, SUBPIXELS, BITMAP, SUBPIXELS).mean(axis=(1, 3))
    return _equally_dark(coverage)


def _equally_dark(coverage: Array) -> Array:
    """Return which pixels (32, 32) are on: those that lie deepest in the strokes, as many as in the set."""
    kernel = np.array([1.0, 4.0, 6.0, 4.0, 1.0]) / 16
    depth = coverage
    for _ in range(2):
        for axis in (0, 1):
            depth = np.apply_along_axis(np.convolve, axis, depth, kernel, "same")
    left = (BITMAP - WIDE) // 2
    depth[:, :left] = depth[:, left + WIDE :] = 0.0
    faintest = np.sort(depth, axis=None)[-INK]
    return (depth >= faintest) & (depth > 0)


def digit_image(drawing: Array) -> Array:
    """Return a drawing as an image (8, 8) of numbers 0 … 16, how many pixels of each block are on."""
    blocks = normalized(drawing).reshape(SHAPE[0], BLOCK, SHAPE[1], BLOCK)
    return blocks.sum(axis=(1, 3)).astype(float)


def as_input(dataset: Dataset, image: Array) -> Array:
    """Return the features (features,) of an image in the units of the set, as they enter the network."""
    mean = 0.0 if dataset.mean is None else dataset.mean
    std = 1.0 if dataset.std is None else dataset.std
    return np.asarray((image.ravel() - mean) / std)


def table_with(table: Table, image: Array, name: str) -> Table:
    """Return a table with one more row, for training: an image, and the name of its class.

    The pixels go into the input columns in their order, the name into the target.
    """
    row = table.rows
    cells: dict[tuple[int, int], Cell] = {}
    pixels = iter(image.ravel().tolist())
    for k, column in enumerate(table.columns):
        if column.role == "input":
            cells[row, k] = next(pixels)
        elif column.role == "target":
            cells[row, k] = name
    grown = set_cells(insert_rows(table, row), cells)
    return grown if table.split.kind == "hand" else set_parts(grown, [row], "train")
