"""A table of one's own from samples, and as the text of a CSV file."""

from __future__ import annotations

import csv
from io import StringIO

import numpy as np

from ..arrays import Array
from ..language import tr
from .dataset import Dataset
from .encoding import plain_number
from .table import PART_LETTERS, PARTS, Cell, Cells, Column, Entry, Table

DIGITS = 12  # significant digits of a value from which scaling was taken off again


def table_of(dataset: Dataset) -> Table:
    """Return the samples of a dataset as a table of one's own, in their own units and in the same parts.

    What was standardized enters standardized again. A target keeps the order of its classes only if it is
    alphabetical.
    """
    mean = 0.0 if dataset.mean is None else dataset.mean[:, None]
    std = 1.0 if dataset.std is None else dataset.std[:, None]
    x = dataset.x * std + mean
    if dataset.mean is not None:
        x = _rounded(x)
    columns = []
    for name, cells in zip(dataset.feature_names, x, strict=True):
        title, _, unit = name.removesuffix(")").partition(" (")
        entry: Entry = "unscaled" if dataset.mean is None else "standardized"
        columns.append(Column(title, Cells(cells), unit=unit, entry=entry))
    parts = np.full(dataset.x.shape[1], PART_LETTERS[PARTS.index("train")])
    parts[dataset.test] = PART_LETTERS[PARTS.index("test")]
    return Table(
        (*columns, *_targets(dataset)), dataset.name, "".join(parts), image_shape=dataset.image_shape
    )


def _rounded(values: Array) -> Array:
    """Return values in so many digits that those lost by scaling and back are gone."""
    with np.errstate(divide="ignore"):
        power = np.where(values == 0, 0, np.floor(np.log10(np.abs(values))))
    step = 10.0 ** (DIGITS - 1 - np.clip(power, -200, 200))
    return np.asarray(np.rint(values * step) / step)


def _targets(dataset: Dataset) -> list[Column]:
    if dataset.task != "classes":
        count = dataset.labels.shape[0]
        names = [f"y{k + 1}" if count > 1 else "y" for k in range(count)]
        return [
            Column(name, Cells(np.array(values, float)), role="target")
            for name, values in zip(dataset.target_names or names, dataset.labels, strict=True)
        ]
    numbers = dataset.class_names == tuple(str(k) for k in range(len(dataset.class_names)))
    if numbers:
        return [Column("y", Cells(dataset.labels.astype(float)), role="target", entry="classes")]
    cells = Cells(np.full(dataset.labels.size, np.nan), dataset.labels, dataset.class_names)
    return [Column(tr("class"), cells, role="target", type="text", entry="classes")]


def as_csv(table: Table) -> str:
    """Return a table as CSV: a line of names, and a line for each row; numbers in all their digits."""
    written = StringIO(newline="")
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(table.names)
    columns = [column.cells.written() for column in table.columns]
    writer.writerows([cell_text(cell) for cell in row] for row in zip(*columns, strict=True))
    return written.getvalue()


def cell_text(cell: Cell) -> str:
    """Return a cell as it is written: 3, not 3.0."""
    return plain_number(cell) if isinstance(cell, float) else cell
