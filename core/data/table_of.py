"""A table of one's own from the samples of a dataset."""

from __future__ import annotations

import numpy as np

from ..language import tr
from .dataset import Dataset
from .table import Cells, Column, Entry, Table
from .table_edits import set_parts


def table_of(dataset: Dataset) -> Table:
    """Return the samples of a dataset as a table of one's own, in their own units and in the same parts.

    What was standardized enters standardized again. A target keeps the order of its classes only if it is
    alphabetical.
    """
    x, columns = dataset.in_own_units(dataset.x), []
    for name, cells in zip(dataset.feature_names, x, strict=True):
        title, _, unit = name.removesuffix(")").partition(" (")
        entry: Entry = "unscaled" if dataset.mean is None else "standardized"
        columns.append(Column(title, Cells(cells), unit=unit, entry=entry))
    table = Table((*columns, *_targets(dataset)), dataset.name, image_shape=dataset.image_shape)
    return set_parts(table, dataset.test.tolist(), "test") if dataset.test.size else table


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
