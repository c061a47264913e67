"""The columns of the table, and the contents of those that hold the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

import numpy as np

from core.arrays import Array
from core.data.datasets import Dataset
from core.data.encoding import encoded
from core.data.table import PARTS, Table
from core.data.table import Column as TableColumn
from core.language import tr
from core.number_style import exact_text, fine_text, value_text

LONGEST_NUMBER = 13  # characters of a number up to which all its digits are shown
MOST_OUTPUTS = 8  # columns for the outputs of a network, and for the targets of a regression
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class Role(Enum):
    """The role of a column of the data."""

    INPUT = "input"
    TARGET = "target"
    IGNORED = "ignored"


class Holds(Enum):
    """The kind of contents of a column."""

    NUMBER = "number"
    PART = "part"
    DATA = "data"
    DECIDED = "decided"
    OUTPUT = "output"
    TERM = "term"
    LOSS = "loss"


@dataclass(frozen=True)
class ShownColumn:
    """A column; ``at`` is the index among the columns of the data, or the index of the output."""

    kind: Holds
    title: str
    at: int = 0
    role: Role | None = None
    unit: str = ""

    @property
    def live(self) -> bool:
        """Whether its contents change with the network."""
        return self.kind in (Holds.DECIDED, Holds.OUTPUT, Holds.TERM, Holds.LOSS)


@dataclass(frozen=True)
class DataColumn:
    """A column of the data: its name, its role, and whether it holds numbers."""

    name: str
    role: Role
    numeric: bool


class Contents(Protocol):
    """The rows and columns of the data. Rows that are left out are no samples of the network."""

    dataset: Dataset
    rows: int
    columns: Sequence[DataColumn]
    samples: Array
    """The sample of each row (rows,); -1 if a row is left out."""
    parts: Array
    """The index in `PARTS` of each row's part (rows,)."""

    def text(self, row: int, column: int) -> str:
        """Return the text of a cell."""

    def number(self, row: int, column: int) -> float | None:
        """Return the number in a cell; None if there is none."""

    def values(self, column: int) -> Array:
        """Return the sort keys of the rows for a column, (rows,)."""

    def class_of(self, row: int, column: int) -> int | None:
        """Return the class that a cell names; None if it names none."""

    def fault(self, row: int, column: int) -> str:
        """Return why a cell counts as missing; empty if it does not."""


class DatasetContents:
    """The samples of a bundled data set in their original units, features first, then the targets."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.rows = int(dataset.x.shape[1])
        self.samples: Array = np.arange(self.rows)
        self.parts: Array = np.where(np.isin(self.samples, dataset.test), PARTS.index("test"), 0)
        features = [DataColumn(name, Role.INPUT, numeric=True) for name in dataset.feature_names]
        self.columns: Sequence[DataColumn] = [*features, *_targets(dataset)]

    def text(self, row: int, column: int) -> str:
        """Return the text of a cell."""
        named, number = self.class_of(row, column), self.number(row, column)
        return self.dataset.class_names[named] if named is not None else value_text(number or 0.0)

    def number(self, row: int, column: int) -> float | None:
        """Return the number in a cell; None if there is none."""
        dataset = self.dataset
        if column < dataset.features:
            return float(dataset.measured(row)[column])
        values = dataset.task == "regression"
        return float(dataset.labels[column - dataset.features, row]) if values else None

    def values(self, column: int) -> Array:
        """Return the sort keys of the rows for a column, (rows,)."""
        dataset = self.dataset
        if column >= dataset.features:
            return np.asarray(np.atleast_2d(dataset.labels)[column - dataset.features])
        return np.asarray(dataset.in_own_units(dataset.x)[column])

    def class_of(self, row: int, column: int) -> int | None:
        """Return the class that a cell names; None if it names none."""
        classes = self.dataset.task == "classes" and column >= self.dataset.features
        return int(self.dataset.labels[row]) if classes else None

    def fault(self, _row: int, _column: int) -> str:
        """Return "": bundled data have no faults."""
        return ""


def _targets(dataset: Dataset) -> list[DataColumn]:
    if dataset.task == "classes":
        return [DataColumn(tr("class"), Role.TARGET, numeric=False)]
    count = min(dataset.outputs, MOST_OUTPUTS)
    return [DataColumn(numbered("y", k, count), Role.TARGET, numeric=True) for k in range(count)]


def numbered(letter: str, k: int, count: int) -> str:
    """Return the name of one of several quantities: y₁, y₂; if there is only one, y."""
    return f"{letter}{k + 1}".translate(LOWERED) if count > 1 else letter


def columns_of(contents: Contents, outputs: int) -> tuple[ShownColumn, ...]:
    """Return the columns of the table for a network with ``outputs`` outputs."""
    dataset = contents.dataset
    columns = [ShownColumn(Holds.NUMBER, tr("row")), ShownColumn(Holds.PART, tr("part"))]
    for k, column in enumerate(contents.columns):
        title, _, unit = column.name.removesuffix(")").partition(" (")
        columns.append(ShownColumn(Holds.DATA, title, k, column.role, unit))
    if dataset.task == "classes":
        columns.append(ShownColumn(Holds.DECIDED, tr("network says")))
        columns.append(ShownColumn(Holds.OUTPUT, tr("o of target") if outputs > 1 else "o"))
    else:
        shown = range(min(outputs, MOST_OUTPUTS))
        columns += [ShownColumn(Holds.OUTPUT, numbered("o", k, outputs), k) for k in shown]
        if outputs > 1:
            title = tr("loss of {output}")
            names = [numbered("o", k, outputs) for k in shown]
            columns += [ShownColumn(Holds.TERM, title.format(output=name), k) for k, name in enumerate(names)]
    return (*columns, ShownColumn(Holds.LOSS, tr("loss")))


class OwnContents:
    """The rows of the user's own table, as in the file."""

    def __init__(self, table: Table) -> None:
        made = encoded(table)
        self.table, self.dataset = table, made.dataset
        self.rows = table.rows
        self.samples: Array = made.samples
        self.parts: Array = made.parts
        self.columns: Sequence[DataColumn] = [
            DataColumn(_titled(column), Role(column.role), numeric=column.type == "number")
            for column in table.columns
        ]
        self._faults = {(fault.row, fault.column): fault.why for fault in made.faults}

    def text(self, row: int, column: int) -> str:
        """Return the text of a cell; a number with very many digits is rounded."""
        cell = self.table.columns[column].cells[row]
        if not isinstance(cell, float):
            return cell
        exact = exact_text(cell)
        return exact if len(exact) <= LONGEST_NUMBER else fine_text(cell)

    def number(self, row: int, column: int) -> float | None:
        """Return the number in a cell; None if there is none."""
        cell = self.table.columns[column].cells[row]
        return cell if isinstance(cell, float) else None

    def values(self, column: int) -> Array:
        """Return the sort keys of the rows for a column, (rows,): numbers, then words, then empty cells."""
        cells = self.table.columns[column].cells
        numbers, ranks = np.unique(cells.numbers, return_inverse=True)
        words = np.array([*(1e9 if not word else k for k, word in enumerate(cells.words)), 0.0])
        return np.where(cells.codes < 0, ranks, numbers.size + words[cells.codes])

    def class_of(self, row: int, column: int) -> int | None:
        """Return the class that a cell names; None if it names none."""
        sample = self.samples[row]
        alone = self.columns[column].role is Role.TARGET and len(self.table.of_role("target")) == 1
        if not alone or sample < 0 or self.dataset.task != "classes" or self.table.autoencoder:
            return None
        return int(self.dataset.labels[sample])

    def fault(self, row: int, column: int) -> str:
        """Return why a cell counts as missing; empty if it does not."""
        return self._faults.get((row, column), "")


def _titled(column: TableColumn) -> str:
    return f"{column.name} ({column.unit})" if column.unit else column.name
