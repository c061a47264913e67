"""Reads a large table once, in shards, before a run on it: its contents, and the scaling of its columns.

Only sums, the classes, and a few rows stay in memory. The latter become the table of the resulting
design, scaled like the network's inputs, so that it can be stepped through in the window.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace

from ..arrays import Array
from ..data.encoding import encoded
from ..data.guessing import guessed_reading
from ..data.reading import read_table
from ..data.table import MISSING_MARKS, MOST_CLASSES, SCALINGS, Cells, Column, Reading, Table, TableError
from ..data.table_edits import set_parts
from ..data.writing import WRITTEN
from ..language import tr
from ..nn.design import Data, Design, fitted
from ..project.json_io import FileError, reason
from .batches import Plan, arrow_table, class_numbers, held_back, numbers
from .plan import MOST_TEST, Shards

SUFFIXES = (".parquet", ".csv")
HEAD_BYTES, HEAD_ROWS = 1 << 20, 1000
STRETCH_BYTES = 32 << 20  # of a CSV file, read at once
MOST_SHARD_BYTES = 512 << 20
ROWS_AT_ONCE = 1 << 16
SHOWN_TRAIN, SHOWN_TEST = 1000, 300
SHOWN_DECIMALS, MOST_SHOWN_CELLS = 6, 150_000  # in a design file of at most 2 MiB
TEST_SHARE = 0.01
SPLIT_SEED = 2


@dataclass
class _Sums:
    """Count, mean, squared deviations, least and largest of the columns of a stream (Chan et al. 1983)."""

    count: int = 0
    mean: Array = field(default_factory=lambda: np.zeros(0))
    m2: Array = field(default_factory=lambda: np.zeros(0))
    low: Array = field(default_factory=lambda: np.zeros(0))
    high: Array = field(default_factory=lambda: np.zeros(0))

    def add(self, rows: Array) -> None:
        """Add rows (count, columns)."""
        if not len(rows):
            return
        mean, low, high = rows.mean(axis=0), rows.min(axis=0), rows.max(axis=0)
        m2 = ((rows - mean) ** 2).sum(axis=0)
        if not self.count:
            self.count, self.mean, self.m2, self.low, self.high = len(rows), mean, m2, low, high
            return
        total, delta = self.count + len(rows), mean - self.mean
        self.m2 = self.m2 + m2 + delta**2 * (self.count * len(rows) / total)
        self.mean = self.mean + delta * (len(rows) / total)
        self.low, self.high, self.count = np.minimum(self.low, low), np.maximum(self.high, high), total

    def scaling(self, k: int, entry: str) -> tuple[float, float]:
        """Return mean and std of column k, such that (x - mean) / std is the scaling of ``entry``."""
        low, high = float(self.low[k]), float(self.high[k])
        if entry == "standardized":
            std = math.sqrt(float(self.m2[k]) / self.count)
            return float(self.mean[k]), std if std > 0 and high > low else 1.0
        if entry == "0..1":
            return low, high - low or 1.0
        if entry == "-1..1":
            return (low + high) / 2, (high - low) / 2 or 1.0
        return 0.0, 1.0


class _Sample:
    """The rows with the smallest random keys: a uniform sample of the rows of a stream."""

    def __init__(self, most: int) -> None:
        self._most, self._rng = most, np.random.default_rng((SPLIT_SEED, most))
        self._keys, self._rows = np.empty(0), np.empty((0, 0))

    def add(self, rows: Array) -> None:
        """Process the next rows (count, columns)."""
        keys = self._rng.random(len(rows))
        few = np.argsort(keys)[: self._most]
        self._keys = np.concatenate([self._keys, keys[few]])
        self._rows = np.concatenate([self._rows.reshape(-1, rows.shape[1]), rows[few]])
        kept = np.argsort(self._keys)[: self._most]
        self._keys, self._rows = self._keys[kept], self._rows[kept]

    @property
    def rows(self) -> Array:
        """The sampled rows, in random order."""
        return self._rows


@dataclass(frozen=True)
class LargeTable:
    """A table too large for the window: a design on some of its rows, its shards, and the training rows."""

    design: Design
    shards: Shards
    rows: int


def scan(
    path: Path,
    design: Design,
    targets: Sequence[str] = (),
    *,
    standardize: bool = True,
    header: bool | None = None,
    progress: Callable[[str], None] = lambda _text: None,
) -> LargeTable:
    """Return a table in a file, or in the files of a folder, as data of a design. Raises FileError.

    The columns are interpreted as in the window, from the first rows; all inputs must be numbers. A share of
    the rows is held back as a test set. ``progress`` is called with the share that is done.
    """
    _package()
    files = _files(path)
    head, plan = _head(files[0], targets, header)
    columns = _columns(head.columns, standardize)
    plan |= {
        "folder": str(files[0].parent),
        "inputs": [column.name for column in columns if column.role == "input"],
        "target": {
            "columns": [column.name for column in columns if column.role == "target"],
            "classes": None,
        },
        "dtype": design.training.precision,
        "split_seed": SPLIT_SEED,
        "test_share": TEST_SHARE,
    }
    plan["shards"] = [*chain.from_iterable(_shards(file, plan) for file in files)]
    target = next(column for column in columns if column.role == "target")
    if target.entry == "classes":
        plan["target"]["classes"] = _classes(plan, target, progress)
    return _Scan(plan, columns, design, head.name or path.stem).made(progress)


def _package() -> Any:
    try:
        return import_module("pyarrow")
    except ImportError:
        raise FileError(
            tr("Large tables need pyarrow, which is not installed: pip install 'glassnet[torch]'.")
        ) from None


def _files(path: Path) -> list[Path]:
    """Return the files of a table: one, or all of one kind in a folder, in order."""
    path = path.absolute()
    files = [path]
    if path.is_dir():
        kinds = ([*sorted(path.glob(f"*{suffix}"))] for suffix in SUFFIXES)
        files = next((found for found in kinds if found), [])
    if not files or not all(file.is_file() and file.suffix.lower() in SUFFIXES for file in files):
        raise FileError(
            tr(
                "“{name}” is no table: choose a .parquet or .csv file, or a folder of such files.",
                name=path.name,
            )
        )
    return files


def _head(file: Path, targets: Sequence[str], header: bool | None) -> tuple[Table, Plan]:
    """Return the table of the first rows of a file, and the options for reading its text."""
    try:
        if file.suffix.lower() == ".parquet":
            with import_module("pyarrow.parquet").ParquetFile(file, pre_buffer=False) as parquet:
                batch = next(parquet.iter_batches(HEAD_ROWS, use_threads=False))
            text = _csv_of(batch)
            return read_table(text, file.stem, WRITTEN, targets=targets).table, {}
        with file.open("rb") as stream:
            data = stream.read(HEAD_BYTES)
        data = data[: data.rfind(b"\n") + 1] if len(data) == HEAD_BYTES else data
        reading = guessed_reading(data)
        reading = reading if header is None else replace(reading, header=header)
        table = read_table(data, file.stem, reading, targets=targets).table
        return table, {"reading": _reading(data, reading, table)}
    except TableError as error:
        raise FileError(f"“{file.name}”: {error}") from None
    except Exception as error:
        raise _damaged(file, error) from None


def _damaged(file: Path, error: Exception) -> FileError:
    """Return the error for a file that cannot be read, with the reason given by the reader."""
    said = reason(error).splitlines() or [type(error).__name__]
    text = tr("“{name}” cannot be read as a table: {reason}.", name=file.name, reason=said[0].rstrip(" ."))
    return FileError(text)


def _csv_of(batch: Any) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(batch.schema.names)
    writer.writerows(zip(*(column.to_pylist() for column in batch.columns), strict=True))
    return text.getvalue().encode()


def _reading(data: bytes, reading: Reading, table: Table) -> Plan:
    """Return the options for Arrow to read the text of a CSV file."""
    if reading.encoding not in ("utf-8", "utf-8-sig", "ascii") or reading.delimiter == " ":
        raise TableError(
            tr("a large table must be UTF-8 text with commas, semicolons or tabs between its cells.")
        )
    return {
        "names": [*table.names],
        "types": {one.name: "string" if one.type == "text" else "float64" for one in table.columns},
        "delimiter": reading.delimiter,
        "decimal": reading.decimal,
        "missing": [*MISSING_MARKS],
        "first": data.find(b"\n") + 1 if reading.header else 0,
    }


def _columns(columns: Sequence[Column], standardize: bool) -> list[Column]:
    """Return the columns used, which must be numbers, except for a target of classes."""
    used = [column for column in columns if column.role != "ignored"]
    if not any(column.role == "target" for column in used) or len(used) < 2:
        raise FileError(tr("The table needs inputs and a target: name the target with --target."))
    for column in used:
        single = sum(one.role == "target" for one in used) == 1
        if column.role == "target" and column.entry == "classes" and single:
            continue
        if column.type == "text" or column.entry not in ("unscaled", *SCALINGS):
            raise FileError(
                tr(
                    "Column “{name}” holds texts or classes; a large table is read as numbers: encode the "
                    "column before, or take it out.",
                    name=column.name,
                )
            )
    if standardize:
        return used
    return [one if one.entry == "classes" else replace(one, entry="unscaled") for one in used]


def _shards(file: Path, plan: Plan) -> Iterator[Plan]:
    """Yield the shards of a file: row groups, or parts that consist of whole lines."""
    if file.suffix.lower() == ".parquet":
        parquet = import_module("pyarrow.parquet")
        try:
            meta = parquet.read_metadata(file)
        except Exception as error:
            raise _damaged(file, error) from None
        width = len(plan["inputs"]) + len(plan["target"]["columns"])
        for group in range(meta.num_row_groups):
            rows = meta.row_group(group).num_rows
            if 8 * rows * width > MOST_SHARD_BYTES:
                raise FileError(
                    tr(
                        "“{name}” has {rows:,} rows in a row group, too many to be in memory at once: "
                        "write it with a smaller row_group_size, such as 100,000.",
                        name=file.name,
                        rows=rows,
                    )
                )
            yield {"path": file.name, "group": group}
        return
    with file.open("rb") as stream:
        begin, size = plan["reading"]["first"], file.stat().st_size
        while begin < size:
            stream.seek(min(begin + STRETCH_BYTES, size))
            stream.readline()
            yield {"path": file.name, "begin": begin, "end": stream.tell()}
            begin = stream.tell()


def _classes(plan: Plan, target: Column, progress: Callable[[str], None]) -> list[Any]:
    """Return the different values of a target column, in order."""
    compute = import_module("pyarrow.compute")
    found = set[Any]()
    for k, shard in enumerate(plan["shards"]):
        progress(tr("classes: {done} of {count} shards", done=k + 1, count=len(plan["shards"])))
        column = _read(plan, shard, [target.name]).column(target.name)
        column = column.cast("string" if target.type == "text" else "float64")
        found |= {
            value for value in compute.unique(column.drop_null()).to_pylist() if value not in ("", math.nan)
        }
        if len(found) > MOST_CLASSES:
            raise FileError(
                tr(
                    "Column “{name}” has more than {most} different values: choose another target.",
                    name=target.name,
                    most=MOST_CLASSES,
                )
            )
    if len(found) < 2:
        raise FileError(tr("Column “{name}” has less than two classes.", name=target.name))
    return sorted(found)


def _read(plan: Plan, shard: Plan, columns: list[str]) -> Any:
    try:
        return arrow_table(plan, shard, columns)
    except Exception as error:
        raise _damaged(Path(shard["path"]), error) from None


class _Scan:
    """One pass over all shards."""

    def __init__(self, plan: Plan, columns: list[Column], design: Design, name: str) -> None:
        self._plan, self._columns, self._design, self._name = plan, columns, design, name
        self._inputs = [column for column in columns if column.role == "input"]
        self._targets = [column for column in columns if column.role == "target"]
        self._sums = _Sums()
        batch, most = design.training.size_of_batch(10**9), MOST_SHOWN_CELLS // len(columns)
        if design.training.gradient_descent == "batch" or batch > most:
            raise FileError(
                tr(
                    "A large table of {columns:,} columns is trained in mini-batches of at most {most:,} "
                    "samples: choose them in the design.",
                    columns=len(columns),
                    most=most,
                )
            )
        self._train = _Sample(max(batch, min(SHOWN_TRAIN, most)))
        self._test, self._shown_test = _Sample(MOST_TEST), min(SHOWN_TEST, most)

    def made(self, progress: Callable[[str], None]) -> LargeTable:
        """Read all shards; return the table."""
        plan, shards = self._plan, self._plan["shards"]
        for k, shard in enumerate(shards):
            progress(tr("reading: {done} of {count} shards", done=k + 1, count=len(shards)))
            rows = self._rows(shard)
            held = held_back(plan, k, len(rows))
            shard["train"] = int(np.count_nonzero(~held))
            for begin in range(0, len(rows), ROWS_AT_ONCE):
                some, out = rows[begin : begin + ROWS_AT_ONCE], held[begin : begin + ROWS_AT_ONCE]
                self._sums.add(some[~out])
                self._train.add(some[~out])
                self._test.add(some[out])
            del rows
        if not self._sums.count:
            raise FileError(tr("No row of the table has a value in every column that is used."))
        scalings = [self._sums.scaling(k, column.entry) for k, column in enumerate(self._columns_in_order)]
        inputs = len(self._inputs)
        plan["mean"], plan["std"] = (list(one) for one in zip(*scalings[:inputs], strict=True))
        rest = scalings[inputs:]
        plan["target"]["mean"], plan["target"]["std"] = [one[0] for one in rest], [one[1] for one in rest]
        mean, std = np.array(scalings).T
        train, test = (self._train.rows - mean) / std, (self._test.rows.reshape(-1, mean.size) - mean) / std
        classes = plan["target"]["classes"]
        labels = test[:, inputs].astype(int) if classes else test[:, inputs:]
        found = Shards(plan, test[:, :inputs].astype(plan["dtype"]), labels)
        return LargeTable(self._with_data(train, test[: self._shown_test]), found, self._sums.count)

    @property
    def _columns_in_order(self) -> list[Column]:
        return [*self._inputs, *self._targets]

    def _rows(self, shard: Plan) -> Array:
        """Return the rows of a shard that can be used (rows, columns), with a class as its number."""
        target = self._plan["target"]
        table = _read(self._plan, shard, [column.name for column in self._columns_in_order])
        rows = np.empty((table.num_rows, len(self._columns)))
        for k, column in enumerate(self._columns_in_order):
            if column.entry == "classes":
                rows[:, k] = class_numbers(table, target)
                rows[rows[:, k] < 0, k] = np.nan
            else:
                rows[:, k] = numbers(table, column.name)
        del table
        valid = np.isfinite(rows).all(axis=1)
        return rows if valid.all() else rows[valid]

    def _with_data(self, train: Array, test: Array) -> Design:
        """Return the design with a table of some of the rows, and output layer and loss fitted to it."""
        classes = self._plan["target"]["classes"]
        rows = np.round(np.concatenate([train, test]), SHOWN_DECIMALS)
        if classes:
            rows = _every_class(rows, train, len(classes), len(self._inputs))
        columns = [
            replace(column, cells=Cells(rows[:, k]), type="number", unit="", missing="leave out",
                    entry="classes" if column.entry == "classes" else "unscaled")
            for k, column in enumerate(self._columns_in_order)
        ]  # fmt: skip
        table = Table(tuple(columns), self._name)
        if classes:
            table = _named(table, classes)
        table = set_parts(table, range(len(train), len(rows)), "test") if len(test) else table
        design = replace(self._design, data=Data("table", table=table), title=self._name)
        return fitted(design, encoded(table).dataset)


def _every_class(rows: Array, train: Array, classes: int, place: int) -> Array:
    """Return the rows, in which every class occurs; one row each is assigned to the classes without any."""
    missing = [k for k in range(classes) if not (rows[: len(train), place] == k).any()]
    for k, row in zip(missing, range(len(train)), strict=False):
        rows[row, place] = k
    return rows


def _named(table: Table, classes: Sequence[Any]) -> Table:
    """Return a table whose target has the classes, texts or numbers, in place of their numbers from 0."""
    *inputs, target = table.columns
    codes = target.cells.numbers.astype(int)
    texts = all(isinstance(one, str) for one in classes)
    cells = Cells(np.full(table.rows, np.nan), codes, classes) if texts else Cells(np.array(classes)[codes])
    column = replace(target, cells=cells, type="text" if texts else "number")
    return replace(table, columns=(*inputs, column))
