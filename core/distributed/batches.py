"""Batches of samples for one process of a run: from memory, or streamed from the shards of a table.

Rows are samples. This file imports nothing of Glassnet and becomes a part of exported scripts.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Plan = dict[str, Any]


def targets(plan: Plan, labels: Array) -> Array:
    """Return targets (samples, outputs) for class numbers (samples,); values stay as they are."""
    if labels.ndim > 1:
        return labels
    outputs, negative = plan["layers"][-1]["n_out"], plan["negative"]
    belongs = labels[:, None] == (np.ones(1) if outputs == 1 else np.arange(outputs))
    return np.asarray(negative + (1 - negative) * belongs)


class ArrayBatches:
    """Batches of samples in memory, in the order of Glassnet; each process takes a slice of each batch."""

    def __init__(self, plan: Plan, x: Array, labels: Array, rank: int, world: int) -> None:
        order = plan["order"]
        self._plan, self._x, self._labels, self._rank, self._world = plan, x, labels, rank, world
        self._size, self._first, self._start = plan["batch"], order["first"], order["start"]
        self.per_epoch = -(-len(x) // self._size)
        self._epochs = -(-order["passes"] // self.per_epoch)
        self._drawn: tuple[int, Array] = -1, np.empty(0, int)

    def at(self, iteration: int) -> tuple[Array, Array, int, slice]:
        """Return x and y of this process, the size of the whole batch, and its slice of the batch."""
        epoch, k = divmod(iteration - self._first, self.per_epoch)
        batch = self._order(epoch)[k * self._size : (k + 1) * self._size]
        ends = [batch.size * r // self._world for r in (self._rank, self._rank + 1)]
        mine = batch[ends[0] : ends[1]]
        return self._x[mine], targets(self._plan, self._labels[mine]), batch.size, slice(*ends)

    def _order(self, epoch: int) -> Array:
        samples = np.arange(len(self._x))
        if self.per_epoch == 1:
            return samples
        if self._start is not None:
            return np.roll(samples, -self._start)
        draw, row = divmod(epoch, self._epochs)
        if self._drawn[0] != draw:
            seeds = (self._plan["seed"], draw, *([self._first] if self._first else []))
            unshuffled = np.tile(samples, (self._epochs, 1))
            self._drawn = draw, np.random.default_rng(seeds).permuted(unshuffled, axis=1)
        return np.asarray(self._drawn[1][row])


class ShardBatches:
    """Batches streamed from shards of a table: row groups of Parquet files, or parts of CSV files.

    Each process reads its own shards, in an order shuffled in every epoch, the rows of each shuffled too; one
    shard is in memory at a time. A batch consists of equal shares of all processes, while their rows last.
    """

    def __init__(self, plan: Plan, rank: int, world: int) -> None:
        self._plan, self._rank, self._share = plan, rank, -(-plan["batch"] // world)
        shards = plan["shards"]
        rows, shares = [0] * world, [list[int]() for _ in range(world)]
        for k in sorted(range(len(shards)), key=lambda k: (-shards[k]["train"], k)):
            least = rows.index(min(rows))
            shares[least].append(k)
            rows[least] += shards[k]["train"]
        self._rows, self._mine = rows, shares[rank]
        self.per_epoch = -(-max(rows) // self._share)
        self._loaded: tuple[int, Array, Array, Array] | None = None
        self._mixed: tuple[tuple[int, int], Array] = (-1, -1), np.empty(0, int)

    def at(self, iteration: int) -> tuple[Array, Array, int, slice]:
        """Return x and y of this process, the size of the whole batch, and its slice of the batch."""
        epoch, k = divmod(iteration, self.per_epoch)
        begin = k * self._share
        sizes = [max(0, min(self._share, rows - begin)) for rows in self._rows]
        before, size = sum(sizes[: self._rank]), sizes[self._rank]
        x, labels = self._taken(epoch, begin, begin + size)
        return x, targets(self._plan, labels), sum(sizes), slice(before, before + size)

    def _taken(self, epoch: int, begin: int, end: int) -> tuple[Array, Array]:
        """Return rows ``begin`` … ``end`` - 1 of the order of this process in an epoch."""
        seed, shards = self._plan["seed"], self._plan["shards"]
        order = np.random.default_rng((seed, epoch, 0)).permutation(self._mine).tolist()
        found, place = [], 0
        for k in order:
            stop = place + shards[k]["train"]
            if begin < stop and end > place:
                x, labels, train = self._shard(k)
                if self._mixed[0] != (epoch, k):
                    self._mixed = (epoch, k), np.random.default_rng((seed, epoch, 1, k)).permutation(train)
                rows = self._mixed[1][max(begin - place, 0) : end - place]
                found.append((x[rows], labels[rows]))
            place = stop
        if not found:
            x, labels, _train = self._shard(self._mine[0]) if self._mine else _nothing(self._plan)
            return x[:0], labels[:0]
        return np.concatenate([x for x, _ in found]), np.concatenate([labels for _, labels in found])

    def _shard(self, k: int) -> tuple[Array, Array, Array]:
        """Return x and labels of a shard, and which of its rows are for training."""
        if self._loaded is None or self._loaded[0] != k:
            self._loaded = None  # so that two shards are never in memory
            x, labels = read_shard(self._plan, k)
            self._loaded = k, x, labels, np.flatnonzero(~held_back(self._plan, k, len(x)))
        return self._loaded[1:]


def _nothing(plan: Plan) -> tuple[Array, Array, Array]:
    kind = (0,) if plan["target"]["classes"] else (0, len(plan["target"]["columns"]))
    return np.empty((0, len(plan["inputs"])), plan["dtype"]), np.empty(kind), np.empty(0, int)


def held_back(plan: Plan, k: int, rows: int) -> Array:
    """Return which rows of shard k are excluded from training, as a test set (rows,)."""
    return np.asarray(np.random.default_rng((plan["split_seed"], k)).random(rows) < plan["test_share"])


def read_shard(plan: Plan, k: int) -> tuple[Array, Array]:
    """Return scaled inputs (rows, features) and labels of a shard; rows with a missing value are left out."""
    shard, wanted = plan["shards"][k], plan["target"]
    table = arrow_table(plan, shard, [*plan["inputs"], *wanted["columns"]])
    x = np.empty((table.num_rows, len(plan["inputs"])), plan["dtype"])
    for j, name in enumerate(plan["inputs"]):
        x[:, j] = (numbers(table, name) - plan["mean"][j]) / plan["std"][j]
    if wanted["classes"]:
        labels = class_numbers(table, wanted)
        valid = labels >= 0
    else:
        values = [(numbers(table, name) - mean) / std for name, mean, std in
                  zip(wanted["columns"], wanted["mean"], wanted["std"], strict=True)]  # fmt: skip
        labels = np.stack(values, axis=1)
        valid = np.isfinite(labels).all(axis=1)
    del table
    valid &= np.isfinite(x).all(axis=1)
    return (x, labels) if valid.all() else (x[valid], labels[valid])


def arrow_table(plan: Plan, shard: Plan, columns: list[str]) -> Any:
    """Return some columns of a shard as a table of Arrow."""
    path = Path(plan["folder"]) / shard["path"]
    if "group" in shard:
        from pyarrow import parquet  # noqa: PLC0415  (only where a table is read)

        with parquet.ParquetFile(path, pre_buffer=False) as file:
            return file.read_row_group(shard["group"], columns=columns, use_threads=False)
    from pyarrow import csv as arrow_csv  # noqa: PLC0415

    with path.open("rb") as file:
        file.seek(shard["begin"])
        text = file.read(shard["end"] - shard["begin"])
    reading = plan["reading"]
    return arrow_csv.read_csv(
        io.BytesIO(text),
        arrow_csv.ReadOptions(column_names=reading["names"], use_threads=False),
        arrow_csv.ParseOptions(delimiter=reading["delimiter"]),
        arrow_csv.ConvertOptions(
            column_types=reading["types"],
            include_columns=columns,
            decimal_point=reading["decimal"],
            null_values=reading["missing"],
            strings_can_be_null=True,
        ),
    )


def numbers(table: Any, name: str) -> Array:
    """Return a column as numbers, NaN where there is none."""
    column = table.column(name).cast("float64")
    return np.asarray(column.to_numpy(), float)


def class_numbers(table: Any, target: Plan) -> Array:
    """Return the class number of every row (rows,), -1 if it is unknown."""
    column, names = table.column(target["columns"][0]), target["classes"]
    if all(isinstance(name, str) for name in names):
        import pyarrow  # noqa: PLC0415
        from pyarrow import compute  # noqa: PLC0415

        places = compute.index_in(column.cast("string"), value_set=pyarrow.array(names))
        return np.asarray(places.fill_null(-1).to_numpy(), np.int64)
    values, known = numbers(table, target["columns"][0]), np.array(names, float)
    places = np.minimum(np.searchsorted(known, values), known.size - 1)
    return np.where(known[places] == values, places, -1)
