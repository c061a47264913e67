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
from .dataset import SPLIT, Dataset, split, without_samples
from .table import MOST_CLASSES, PART_LETTERS, PARTS, SCALINGS, Column, Table, number_of, plain_number

TRAIN, TEST, LEFT_OUT = range(len(PARTS))
MOST_FEATURES = 1024
MOST_FAULTS = 100  # of each column


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

    ``dataset`` has no samples, and a ``problem``, if the table cannot be used.
    ``parts`` (rows,) holds `TRAIN`, `TEST` or `LEFT_OUT` for each row of the table. ``samples`` (rows,) is
    the sample of each row, -1 if it is left out; `Dataset.rows` is the way back. ``faults`` are cells that
    count as missing because they are no numbers, the first of each column and text.
    """

    dataset: Dataset
    parts: Array
    samples: Array
    columns: tuple[EncodedColumn, ...]
    faults: tuple[Fault, ...]


class _Unusable(Exception):
    """A table that gives no samples; the message is a sentence."""


@lru_cache(maxsize=8)
def encoded(table: Table) -> EncodedTable:
    """Return the samples in a table; the last few are cached, since undo returns to them."""
    values = [_ColumnValues.of(column, table.missing_marks) for column in table.columns]
    parts = _parts(table, values)
    faults = tuple(fault for k, column in enumerate(values) if column.used for fault in column.faults(k))
    columns = tuple(EncodedColumn(missing=column.missing_count) for column in values)
    samples = np.full(table.rows, -1)
    try:
        dataset, columns = _dataset(table, values, parts)
    except _Unusable as problem:
        dataset = without_samples(_name(table), str(problem))
    assert dataset.rows is not None
    samples[dataset.rows] = np.arange(dataset.rows.size)
    return EncodedTable(dataset, parts, samples, columns, faults)


def _name(table: Table) -> str:
    return table.name or tr("Own table")


def parts_by_hand(table: Table) -> Array:
    """Return `TRAIN`, `TEST` or `LEFT_OUT` for each row (rows,), as if all were given by hand as they are.

    A row that is left out for a missing cell alone counts as one for training, or as what it was given.
    """
    values = [_ColumnValues.of(column, table.missing_marks) for column in table.columns]
    parts = _parts(table, values)
    return np.where(_lacking(table, values), _given(table), parts)


@dataclass(frozen=True, eq=False)
class _ColumnValues:
    """The values of a column's cells as its type and entry want them.

    ``numbers`` (rows,) are the numbers, NaN where there is none, for columns that enter as numbers. ``codes``
    (rows,) index ``names``, the different values in order, -1 where there is none, for all others.
    """

    column: Column
    used: bool
    numbers: Array | None
    codes: Array | None
    names: tuple[str, ...] = ()
    marks: frozenset[str] = frozenset()

    @classmethod
    def of(cls, column: Column, missing_marks: Iterable[str]) -> _ColumnValues:
        marks = frozenset(missing_marks) | {""}
        used = column.role != "ignored"
        if column.type == "text":
            return cls(column, used, None, *_categories(column, marks), marks)
        numbers = _numbers(column, marks)
        if column.entry not in ("one-hot", "0/1", "classes"):
            return cls(column, used, numbers, None, (), marks)
        known = ~np.isnan(numbers)
        different, places = np.unique(numbers[known], return_inverse=True)
        codes = np.full(numbers.size, -1)
        codes[known] = places
        return cls(column, used, None, codes, tuple(map(plain_number, different.tolist())), marks)

    @property
    def missing(self) -> Array:
        """Whether the cells have no value, (rows,)."""
        if self.numbers is not None:
            return np.isnan(self.numbers)
        assert self.codes is not None
        return self.codes < 0

    @property
    def missing_count(self) -> int:
        return int(np.count_nonzero(self.missing))

    def faults(self, k: int) -> list[Fault]:
        """Return the cells of column ``k`` that should be numbers but are other texts, the first of each."""
        cells = self.column.cells
        if self.column.type == "text":
            return []
        wrong = [
            (code, word)
            for code, word in enumerate(cells.words)
            if word not in self.marks and number_of(word) is None
        ]
        why = tr("“{}” is not a number that can be computed with; it counts as missing.")
        found = [
            Fault(int(np.argmax(cells.codes == code)), k, why.format(word))
            for code, word in wrong[:MOST_FAULTS]
        ]
        return sorted(found, key=lambda fault: fault.row)

    def among(self, rows: Array) -> _ColumnValues:
        """Return the values of some rows; names that do not occur among them are left out."""
        if self.numbers is not None:
            return replace(self, numbers=self.numbers[rows])
        assert self.codes is not None
        codes = self.codes[rows]
        used = np.unique(codes[codes >= 0])
        place = np.full(len(self.names) + 1, -1)
        place[used] = np.arange(used.size)
        return replace(self, codes=place[codes], names=tuple(self.names[k] for k in used.tolist()))


def _numbers(column: Column, marks: frozenset[str]) -> Array:
    """Return the numbers of a column (rows,), also those written as text; NaN where there is none.

    Numbers among the marks of missing cells, such as -999, are none.
    """
    cells, numbers = column.cells, column.cells.numbers
    if cells.words:
        read = [number_of(word) for word in cells.words]
        table = np.array([*(np.nan if number is None else number for number in read), np.nan])
        numbers = np.where(cells.codes < 0, numbers, table[cells.codes])
    absent = _numbers_among(marks)
    return np.where(np.isin(numbers, absent), np.nan, numbers) if absent else numbers


def _numbers_among(marks: Iterable[str]) -> list[float]:
    """Return the marks of missing cells that are numbers, however they are written."""
    return [number for mark in marks if (number := number_of(mark)) is not None]


def _categories(column: Column, marks: frozenset[str]) -> tuple[Array, tuple[str, ...]]:
    """Return codes (rows,) and different texts of a column of text, in order; -1 where there is none."""
    cells = column.cells
    written = cells.codes < 0
    numbers, places = np.unique(cells.numbers[written], return_inverse=True)
    texts = [plain_number(number) for number in numbers.tolist()]
    names = tuple(sorted({*cells.words, *texts} - marks - {*map(plain_number, _numbers_among(marks))}))
    place = {name: k for k, name in enumerate(names)}
    of_word = np.array([*(place.get(word, -1) for word in cells.words), -1])
    codes = of_word[cells.codes]
    if texts:
        codes[written] = np.array([place.get(text, -1) for text in texts])[places]
    return codes, names


def _parts(table: Table, values: list[_ColumnValues]) -> Array:
    """Return the part of each row: left out by hand or for a missing cell, the others by the split."""
    given = _given(table)
    out = (given == LEFT_OUT) | _lacking(table, values)
    parts = given if table.split.kind == "hand" else np.zeros(table.rows, int)
    rows = np.flatnonzero(~out)
    if table.split.kind == "share":
        parts[rows[_drawn(table, values, rows)]] = TEST
    elif table.split.kind == "order":
        parts[rows[rows.size - round(table.split.share * rows.size) :]] = TEST
    elif table.split.kind == "column":
        parts[_reads(table, table.split.column, table.split.test)] = TEST
    return np.where(out, LEFT_OUT, parts)


def _given(table: Table) -> Array:
    """Return the parts given by hand, (rows,)."""
    if not table.parts:
        return np.full(table.rows, TRAIN)
    letters = np.frombuffer(table.parts[: table.rows].encode(), "S1")
    return np.select([letters == letter.encode() for letter in PART_LETTERS], range(len(PARTS)))


def _lacking(table: Table, values: list[_ColumnValues]) -> Array:
    """Return which rows are left out because a cell has no value, (rows,); a target is never filled in."""
    lacking = np.zeros(table.rows, bool)
    for column in values:
        role, missing = column.column.role, column.column.missing
        if (role == "input" and missing == "leave out") or (role == "target" and not table.autoencoder):
            lacking |= column.missing
    return lacking


def _drawn(table: Table, values: list[_ColumnValues], rows: Array) -> Array:
    """Return which of the rows are drawn for testing; with the same mix, the same share of each class."""
    strata = np.zeros(rows.size, int)
    targets = [column for column in values if column.column.role == "target" and column.codes is not None]
    if table.split.same_mix and not table.autoencoder:
        if len(targets) == 1:
            strata = targets[0].codes[rows]  # type: ignore[index]
        elif targets:
            mixed = np.array([column.codes[rows] for column in targets])  # type: ignore[index]
            strata = np.unique(mixed, axis=1, return_inverse=True)[1].ravel()
    rng = np.random.default_rng((table.split.seed, 0, SPLIT))
    return split(strata, table.split.share, rng)[1]


def _reads(table: Table, name: str, text: str) -> Array:
    """Return which cells of a column read like a text, (rows,)."""
    column = next((column for column in table.columns if column.name == name), None)
    if column is None:
        return np.zeros(table.rows, bool)
    codes, names = _categories(column, frozenset())
    return codes == names.index(text) if text in names else np.zeros(table.rows, bool)


# -- inputs and targets ---------------------------------------------------------------------------------


def _dataset(
    table: Table, values: list[_ColumnValues], parts: Array
) -> tuple[Dataset, tuple[EncodedColumn, ...]]:
    rows = np.flatnonzero(parts != LEFT_OUT)
    train, test = (np.flatnonzero(parts[rows] == part) for part in (TRAIN, TEST))
    used = [column.among(rows) for column in values]
    _check_usable(table, rows, train)
    told = [EncodedColumn(missing=column.missing_count) for column in values]
    x, names, units, mean, std = _inputs(used, train, told)
    labels, class_names, targets = (
        (x, (), (names, mean, std)) if table.autoencoder else _targets(used, rows, train, told)
    )
    for array in (x, labels, rows):
        array.flags.writeable = False
    dataset = Dataset(
        _name(table),
        x,
        labels,
        "classes" if class_names else "regression",
        names,
        class_names,
        train,
        test,
        mean,
        std,
        units=units,
        image_shape=_image_shape(table, len(names)),
        target_names=targets[0],
        target_mean=targets[1],
        target_std=targets[2],
        rows=rows,
    )
    return dataset, tuple(told)


def _image_shape(table: Table, features: int) -> tuple[int, int] | None:
    """Return rows and columns of the images whose pixels are the features, if there are as many."""
    shape = table.image_shape
    return shape if shape is not None and shape[0] * shape[1] == features else None


def _check_usable(table: Table, rows: Array, train: Array) -> None:
    if table.file is not None and not table.rows:
        name = table.file.path.replace("\\", "/").rpartition("/")[2]
        raise _Unusable(tr("The rows of the table lie in “{name}”: open that file.", name=name))
    if not table.of_role("input"):
        raise _Unusable(tr("The table has no input: give a column the role “input”."))
    if not table.autoencoder and not table.of_role("target"):
        raise _Unusable(tr("The table has no target: give a column the role “target”."))
    if not rows.size:
        raise _Unusable(
            tr("No row of the table can be used: type numbers, or fill missing cells instead of leaving out.")
            if table.rows
            else tr("The table has no rows: type or paste one.")
        )
    if not train.size:
        raise _Unusable(tr("No row of the table is for training: move rows from test to train."))


def _inputs(
    used: list[_ColumnValues], train: Array, told: list[EncodedColumn]
) -> tuple[Array, tuple[str, ...], tuple[str, ...], Array | None, Array | None]:
    """Return x (features, samples), names, units, mean and std of the features; note them in ``told``.

    Mean and std are None if no feature is scaled.
    """
    blocks, names, units, means, stds = [], list[str](), list[str](), list[float](), list[float]()
    for k, column in enumerate(used):
        if column.column.role != "input":
            continue
        block, its_names, encoded_column = _entered(column, train)
        if len(names) + len(its_names) > MOST_FEATURES:
            raise _Unusable(
                tr(
                    "Up to column “{name}”, the table gives more than {most} inputs: ignore columns, or "
                    "those of text.",
                    name=column.column.name,
                    most=MOST_FEATURES,
                )
            )
        places = range(len(names), len(names) + len(its_names))
        told[k] = replace(encoded_column, places=places, missing=told[k].missing)
        blocks.append(block)
        names += its_names
        units += [column.column.unit] * len(its_names)
        means += [encoded_column.mean] * len(its_names)
        stds += [encoded_column.std] * len(its_names)
    x = np.concatenate(blocks)
    scaled = any(column.column.role == "input" and column.column.entry in SCALINGS for column in used)
    return x, tuple(names), tuple(units), *((np.array(means), np.array(stds)) if scaled else (None, None))


def _entered(column: _ColumnValues, train: Array) -> tuple[Array, list[str], EncodedColumn]:
    """Return an input column as features (features, samples), with their names."""
    name = column.column.name
    if column.numbers is not None:
        numbers, filled = _filled(column, train)
        mean, std = _scaling(numbers[train], column.column.entry)
        return ((numbers - mean) / std)[None, :], [name], EncodedColumn(mean=mean, std=std, filled=filled)
    assert column.codes is not None
    codes, names, common = column.codes, column.names, None
    if column.missing_count:
        counts = np.bincount(codes[train][codes[train] >= 0], minlength=len(names))
        if not counts.any():
            raise _Unusable(_nothing_to_fill(name))
        k = int(counts.argmax())
        codes, common = np.where(codes < 0, k, codes), names[k]
    result = EncodedColumn(filled=common, categories=names)
    if column.column.entry == "0/1":
        if len(names) > 2:
            raise _Unusable(
                tr(
                    "Column “{name}” has {count} different values, so it cannot enter as 0 and 1: choose "
                    "one-hot.",
                    name=name,
                    count=len(names),
                )
            )
        return (codes == len(names) - 1)[None, :] * float(len(names) > 1), [f"{name} = {names[-1]}"], result
    if len(names) > MOST_CLASSES:
        raise _Unusable(
            tr(
                "Column “{name}” has {count:,} different values; at most {most} can enter one-hot: ignore "
                "the column.",
                name=name,
                count=len(names),
                most=MOST_CLASSES,
            )
        )
    one_hot = np.arange(len(names))[:, None] == codes
    return one_hot.astype(float), [f"{name} = {category}" for category in names], result


def _filled(column: _ColumnValues, train: Array) -> tuple[Array, float | None]:
    """Return the numbers of a column with missing ones replaced, and by what."""
    numbers = column.numbers
    assert numbers is not None
    missing = np.isnan(numbers)
    if not missing.any():
        return numbers, None
    known = numbers[train][~missing[train]]
    if not known.size:
        raise _Unusable(_nothing_to_fill(column.column.name))
    if column.column.missing == "mean":
        value = float(known.mean())
    else:
        different, counts = np.unique(known, return_counts=True)
        value = float(different[counts.argmax()])
    return np.where(missing, value, numbers), value


def _nothing_to_fill(name: str) -> str:
    return tr(
        "Column “{name}” has no value in any training row to fill its gaps with: ignore the column.",
        name=name,
    )


def _scaling(numbers: Array, entry: str) -> tuple[float, float]:
    """Return mean and std, for (numbers - mean) / std to be scaled as the entry says."""
    low, high = float(numbers.min()), float(numbers.max())
    if entry == "standardized":
        std = float(numbers.std())
        return float(numbers.mean()), std if std > 0 and high > low else 1.0
    if entry == "0..1":
        return low, high - low or 1.0
    if entry == "-1..1":
        return (low + high) / 2, (high - low) / 2 or 1.0
    return 0.0, 1.0


_TargetScaling = tuple[tuple[str, ...], Array | None, Array | None]


def _targets(
    used: list[_ColumnValues], rows: Array, train: Array, told: list[EncodedColumn]
) -> tuple[Array, tuple[str, ...], _TargetScaling]:
    """Return labels, class names (none: values), and names, mean and std of the values."""
    places = [k for k, column in enumerate(used) if column.column.role == "target"]
    targets = [used[k] for k in places]
    as_classes = [column.codes is not None for column in targets]
    if all(as_classes):
        labels, class_names = _one_hot_given(targets, rows) if len(targets) > 1 else _classes(targets[0])
        for i, k in enumerate(places):
            outputs = range(1 if len(class_names) == 2 else len(class_names))
            its_outputs = range(i, i + 1) if len(targets) > 1 else outputs
            told[k] = replace(
                told[k], places=its_outputs, categories=targets[i].names if len(targets) > 1 else class_names
            )
        return labels, class_names, ((), None, None)
    if any(as_classes):
        name = targets[as_classes.index(True)].column.name
        raise _Unusable(
            tr(
                "Target “{name}” is a class, others are values: make all of them values, or keep one.",
                name=name,
            )
        )
    scalings = [_scaling(column.numbers[train], column.column.entry) for column in targets]  # type: ignore[index]
    for i, k in enumerate(places):
        told[k] = replace(told[k], places=range(i, i + 1), mean=scalings[i][0], std=scalings[i][1])
    mean, std = np.array(scalings).T
    values = np.array([column.numbers for column in targets])
    names = tuple(column.column.name for column in targets)
    return (values - mean[:, None]) / std[:, None], (), (names, mean, std)


def _classes(column: _ColumnValues) -> tuple[Array, tuple[str, ...]]:
    """Return class numbers and names of a target column; 0 and 1 are two classes though one may not occur."""
    assert column.codes is not None
    name, names = column.column.name, column.names
    if {*names} <= {"0", "1"}:
        return column.codes + (names == ("1",)), ("0", "1")
    if len(names) < 2:
        raise _Unusable(
            tr("“{value}” is the only class in column “{name}”; two are needed.", value=names[0], name=name)
        )
    if len(names) > MOST_CLASSES:
        raise _Unusable(
            tr(
                "Column “{name}” has {count:,} different values; at most {most} classes are possible: let it "
                "enter as a value, or choose another target.",
                name=name,
                count=len(names),
                most=MOST_CLASSES,
            )
        )
    return column.codes, names


def _one_hot_given(targets: list[_ColumnValues], rows: Array) -> tuple[Array, tuple[str, ...]]:
    """Return class numbers from columns of 0 and 1, one for each class, which they name."""
    ones = []
    for column in targets:
        if not {*column.names} <= {"0", "1"}:
            raise _Unusable(
                tr(
                    "Several columns are classes, so each must hold 0 and 1 alone, but “{name}” holds "
                    "“{value}”: let it enter as a value, or ignore it.",
                    name=column.column.name,
                    value=next(name for name in column.names if name not in ("0", "1")),
                )
            )
        assert column.codes is not None
        ones.append(column.codes == (column.names.index("1") if "1" in column.names else -2))
    count = np.sum(ones, axis=0)
    if (count != 1).any():
        k = int(np.argmax(count != 1))
        raise _Unusable(
            tr(
                "Row {row}: {count} of the target columns are 1, but a row belongs to one class: mend "
                "the row, or let the columns enter as values.",
                row=rows[k] + 1,
                count=count[k],
            )
        )
    return np.argmax(ones, axis=0), tuple(column.column.name for column in targets)
