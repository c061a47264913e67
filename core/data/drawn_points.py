"""Points drawn on a plane: the samples of a table of one's own with two inputs and one target.

`points_of` takes the points out of a table, the methods of `DrawnPoints` change them, and `table_with` puts
them back, where all other columns and the rows without a point stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from string import ascii_uppercase

import numpy as np
from msgspec.structs import replace as replace_struct

from ..arrays import Array
from .dataset import Dataset
from .encoding import TEST, TRAIN, EncodedColumn, encoded
from .table import Cell, Cells, Column, Table
from .table_edits import delete_rows, insert_rows, set_parts

MOST_POINTS = 20_000
NEW = -1


@dataclass(frozen=True)
class DrawnPoints:
    """Points of a plane with their classes or values.

    ``xy`` (points, 2) are coordinates as the network gets them. ``labels`` (points,) are positions in
    ``class_names``, or values if there are no classes. ``test`` (points,) says which are for testing, and
    ``rows`` (points,) where in the table they stand, `NEW` if they do not yet.
    """

    xy: Array
    labels: Array
    test: Array
    rows: Array
    class_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.xy)

    def near(self, x: float, y: float, radius: float) -> Array:
        """Return the positions of the points at most ``radius`` away from (x, y)."""
        return np.flatnonzero(np.hypot(*(self.xy - (x, y)).T) <= radius)

    def nearest(self, x: float, y: float, radius: float) -> int | None:
        """Return the position of the point nearest to (x, y); None if it is farther than ``radius``."""
        if not len(self):
            return None
        distance = np.hypot(*(self.xy - (x, y)).T)
        k = int(distance.argmin())
        return k if distance[k] <= radius else None

    def added(self, xy: Array, label: float, test_share: float) -> DrawnPoints:
        """Return these points and ``xy`` (count, 2), of which ``test_share`` go to the test set, evenly."""
        count = len(xy)
        before = int(np.count_nonzero(self.labels == label)) if self.class_names else len(self)
        steps = np.floor(test_share * (before + np.arange(count + 1)) + 0.5)
        return replace(
            self,
            xy=np.concatenate([self.xy, xy]),
            labels=np.append(self.labels, np.full(count, label, self.labels.dtype)),
            test=np.append(self.test, np.diff(steps) > 0),
            rows=np.append(self.rows, np.full(count, NEW)),
        )

    def without(self, points: Array) -> DrawnPoints:
        """Return the points that are not among the given positions."""
        kept = np.delete(np.arange(len(self)), points)
        return replace(
            self, xy=self.xy[kept], labels=self.labels[kept], test=self.test[kept], rows=self.rows[kept]
        )

    def moved(self, point: int, x: float, y: float) -> DrawnPoints:
        """Return the points with one of them at (x, y)."""
        xy = self.xy.copy()
        xy[point] = x, y
        return replace(self, xy=xy)

    def labelled(self, points: Array, label: float) -> DrawnPoints:
        """Return the points with another class or value for some."""
        labels = self.labels.copy()
        labels[points] = label
        return replace(self, labels=labels)

    def with_class(self, name: str) -> DrawnPoints:
        """Return the points with another possible class after all others."""
        return replace(self, class_names=(*self.class_names, name))

    def shown(self) -> Dataset:
        """Return the points as samples to be drawn, whether or not a network can learn from them."""
        labels = self.labels if self.class_names else self.labels[None]
        task = "classes" if self.class_names else "regression"
        names = ("x₁", "x₂")
        train, test = np.flatnonzero(~self.test), np.flatnonzero(self.test)
        return Dataset("", self.xy.T, labels, task, names, self.class_names, train, test)


def first_points(name: str) -> Table:
    """Return a table to begin drawing with: a point of each of two classes."""
    return Table(
        (
            Column("x₁", Cells.of((-0.5, 0.5))),
            Column("x₂", Cells.of((-0.5, 0.5))),
            Column("class", Cells.of(("A", "B")), role="target", type="text", entry="classes"),
        ),
        name,
    )


def can_draw(dataset: Dataset) -> bool:
    """Return whether samples are points of a plane, and not too many."""
    return is_planar(dataset) and dataset.x.shape[1] <= MOST_POINTS


def is_planar(dataset: Dataset) -> bool:
    """Return whether samples are points of a plane, each with one class or one value."""
    return dataset.dimensions == 2 and (dataset.task == "classes" or len(dataset.labels) == 1)


def is_drawable(table: Table) -> bool:
    """Return whether the samples of a table are points of a plane, each with one class or one value."""
    inputs, targets = table.of_role("input"), table.of_role("target")
    numbers = all(column.type == "number" and column.entry not in ("one-hot", "0/1") for column in inputs)
    return len(inputs) == 2 and len(targets) == 1 and numbers and not table.autoencoder


def table_of(dataset: Dataset, name: str) -> Table:
    """Return the samples of a dataset of points as a table; see `can_draw`."""
    inputs = [
        Column(given, Cells(np.array(cells)))
        for given, cells in zip(dataset.coordinate_names, dataset.coordinates, strict=True)
    ]
    if dataset.task == "classes":
        words = [dataset.class_names[k] for k in dataset.labels.tolist()]
        target = Column("class", Cells.of(words), role="target", type="text", entry="classes")
    else:
        target = Column("value", Cells(np.array(dataset.labels[0])), role="target")
    table = Table((*inputs, target), name)
    return set_parts(table, dataset.test.tolist(), "test") if dataset.test.size else table


def points_of(table: Table, class_names: Sequence[str] = ()) -> DrawnPoints:
    """Return the points in a drawable table; ``class_names`` are known classes that may have none.

    Classes stand in the order in which the network has them.
    """
    across, up, target = _places(table)
    coded = encoded(table)
    numbers = [_scaled(table.columns[k], coded.columns[k]) for k in (across, up)]
    column, parts = table.columns[target], coded.parts
    used = np.isfinite(numbers[0]) & np.isfinite(numbers[1]) & np.isin(parts, (TRAIN, TEST))
    if column.entry == "classes":
        words = np.array([_word(cell) for cell in column.cells], object)
        names = _class_names({*words[used].tolist()} - {""}, class_names)
        place = {name: k for k, name in enumerate(names)}
        labels = np.array([place.get(word, NEW) for word in words.tolist()], int)
        used &= labels >= 0
    else:
        names, labels = (), _scaled(column, coded.columns[target])
        used &= np.isfinite(labels)
    rows = np.flatnonzero(used)
    return DrawnPoints(np.column_stack(numbers)[rows], labels[rows], parts[rows] == TEST, rows, names)


def table_with(table: Table, points: DrawnPoints) -> Table:
    """Return a table with its points replaced by others that were made of them; see `points_of`."""
    places, coded = _places(table), encoded(table)
    new = np.flatnonzero(points.rows == NEW)
    rows = points.rows.copy()
    rows[new] = table.rows + np.arange(new.size)
    old = points_of(table).rows
    changed = insert_rows(table, table.rows, new.size)
    columns = list(changed.columns)
    for place, numbers in zip(places, (*points.xy.T, points.labels), strict=True):
        cells = _written(table.columns[place], coded.columns[place], numbers, points.class_names)
        columns[place] = replace_struct(
            columns[place], cells=_replaced(columns[place].cells, rows, cells, certain=rows >= table.rows)
        )
    changed = replace_struct(changed, columns=tuple(columns))
    tested = rows[new[points.test[new]]].tolist()
    if new.size and (tested or table.split.kind != "hand"):
        parts = encoded(table).parts
        changed = set_parts(changed, tested, "test")
        trained = rows[new[~points.test[new]]].tolist()
        changed = set_parts(changed, [*trained, *np.flatnonzero(parts == TRAIN).tolist()], "train")
        changed = set_parts(changed, np.flatnonzero(parts == TEST).tolist(), "test")
    return delete_rows(changed, np.setdiff1d(old, points.rows).tolist())


def next_class(names: Sequence[str]) -> str:
    """Return a name for another class, which stands behind the others in their order."""
    if names and all(name.isdecimal() for name in names) and len(names) < 10:
        return str(max(map(int, names)) + 1)
    letters = [letter for letter in ascii_uppercase if not names or letter > max(names)]
    return letters[0] if letters else f"{max(names)}+"


def _places(table: Table) -> tuple[int, int, int]:
    across, up = (k for k, column in enumerate(table.columns) if column.role == "input")
    return across, up, next(k for k, column in enumerate(table.columns) if column.role == "target")


def _scaled(column: Column, how: EncodedColumn) -> Array:
    """Return the numbers of a column as they enter the network, NaN where there is none."""
    return np.asarray((column.cells.numbers - how.mean) / how.std)


def _word(cell: Cell) -> str:
    """Return the name of the class a cell says."""
    return cell if isinstance(cell, str) else f"{cell:.15g}"


def _class_names(used: set[str], known: Sequence[str]) -> tuple[str, ...]:
    """Return the names of classes as the network orders them, then known ones without a point."""
    numbers = all(name.lstrip("-").replace(".", "", 1).isdecimal() for name in used)
    names = sorted(used, key=float) if numbers else sorted(used)
    return (*names, *(name for name in known if name not in used))


def _written(column: Column, how: EncodedColumn, numbers: Array, names: Sequence[str]) -> list[Cell]:
    """Return numbers as the cells of a column."""
    if column.entry == "classes":
        words = [names[k] for k in numbers.tolist()]
        return [float(word) for word in words] if column.type == "number" else [*words]
    return (numbers * how.std + how.mean).tolist()


def _replaced(cells: Cells, rows: Array, new: Sequence[Cell], certain: Array) -> Cells:
    """Return cells with those of ``rows`` replaced where they say something else or are ``certain`` to."""
    differ = [
        k for k, (row, cell) in enumerate(zip(rows.tolist(), new, strict=True))
        if certain[k] or not _same(cells[row], cell)
    ]  # fmt: skip
    return cells.replaced(rows[differ], [new[k] for k in differ]) if differ else cells


def _same(old: Cell, new: Cell) -> bool:
    """Return whether two cells are the same but for the rounding of a scaling and back."""
    if isinstance(old, float) and isinstance(new, float):
        return abs(old - new) <= 1e-12 * max(1.0, abs(old))
    return old == new or _word(old) == _word(new)
