"""The samples in a table: inputs and targets as numbers, scaled, and parted into training and test.

Scaling and the filling of gaps are fitted on the training rows alone; the categories of texts and the classes
are those of all rows that are used.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from ..arrays import Array
from ..language import tr
from .dataset import Dataset, split
from .table import MOST_CLASSES, PARTS, Column, Table, number_of

TRAIN, TEST, LEFT_OUT = range(len(PARTS))
MOST_FEATURES = 1024
SPLIT = 2  # the stream of random numbers, as in `datasets`


@dataclass(frozen=True)
class Fault:
    """A cell that cannot be used as its column's type: its row and column, from 0, and a sentence."""

    row: int
    column: int
    why: str


@dataclass(frozen=True, eq=False)
class EncodedColumn:
    """What became of one column.

    ``places`` are the rows of `Dataset.x` (or of the targets) that it fills. A number enters as
    (x - ``mean``) / ``std``; ``filled`` is what stands for missing cells. ``categories`` are its different
    texts, or its classes. ``missing`` counts the cells without a value.
    """

    places: range = range(0)
    mean: float = 0.0
    std: float = 1.0
    filled: float | str | None = None
    categories: tuple[str, ...] = ()
    missing: int = 0


@dataclass(frozen=True, eq=False)
class EncodedTable:
    """A table as samples.

    ``dataset`` is None if the table cannot be used; ``problem`` is then a sentence on why, with the cure.
    ``parts`` (rows,) holds `TRAIN`, `TEST` or `LEFT_OUT` for each row of the table. ``samples`` (rows,) is the
    sample of each row, -1 if it is left out; `Dataset.rows` is the way back. ``faults`` are cells that count
    as missing because they are no numbers, the first of each column and text.
    """

    dataset: Dataset | None
    problem: str
    parts: Array
    samples: Array
    columns: tuple[EncodedColumn, ...]
    faults: tuple[Fault, ...]


class _Unusable(Exception):
    """A table that gives no samples; the message is a sentence."""


@lru_cache(maxsize=8)
def encoded(table: Table) -> EncodedTable:
    """Return the samples in a table; the last few are cached, since undo returns to them."""
    raise NotImplementedError


def parts_now(table: Table) -> Array:
    """Return `TRAIN`, `TEST` or `LEFT_OUT` for each row, (rows,)."""
    return encoded(table).parts
