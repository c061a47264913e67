"""Batches: the training samples in the order of every epoch, cut into batches.

Several epochs make a block: they are shuffled together, gathered together and then only sliced,
because a generator or a gather for every epoch would cost as much as an iteration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import Array
from ..data.datasets import Dataset
from .network import Network
from .ops import aligned

PASSES_IN_BLOCK = 64
NUMBERS_IN_BLOCK = 1 << 20
SHORT_ROW_BYTES = 32


@dataclass(frozen=True)
class Origin:
    """From where a run counts, whose settings were changed on the way: zeros where it began with them.

    The batches of the present size are cut from pass ``iteration`` on, when ``epochs`` were complete; the
    optimizer began with an empty memory after ``optimizer`` updates.
    """

    iteration: int = 0
    epochs: int = 0
    optimizer: int = 0


class BatchBuffers:
    """Numbers (rows, samples) of every pass of a block of epochs, those of a pass in one piece of memory.

    ``parts`` are arrays (epochs, passes, rows, batch): one for the batches of ``size``, one for the
    last, short batch of every epoch, where there is one. With ``samples_first`` the numbers of a sample
    are neighbours, which is gathered in one go, else those of a row, which is faster to compute with.
    """

    def __init__(
        self, rows: int, samples: int, size: int, epochs: int, dtype: Any, *, samples_first: bool = False
    ) -> None:
        even, odd = divmod(samples, size)
        self._cut, self._epochs, self._direct = even * size, epochs, samples_first or rows == 1
        flat = aligned((epochs, samples * rows), dtype)
        self._gathered, self._taken = flat.reshape(-1, rows), np.empty((0, 0))
        self.parts: list[Array] = []
        for columns, count, n in (
            (flat[:, : self._cut * rows], even, size),
            (flat[:, self._cut * rows :], 1, odd),
        ):
            if n and samples_first:
                self.parts.append(columns.reshape(epochs, count, n, rows).swapaxes(2, 3))
            elif n:
                self.parts.append(columns.reshape(epochs, count, rows, n))

    def of_passes(self) -> list[Array]:
        """Return the numbers of every pass of the block, in order, each (rows, batch)."""
        return [array for epoch in zip(*self.parts, strict=True) for part in epoch for array in part]

    def gather(self, table: Array, order: Array) -> None:
        """Take the numbers from a table (samples, rows or more), in the order of the block."""
        if self._direct:
            table.take(order, 0, self._gathered, "clip")
            return
        if self._taken.shape[1] != table.shape[1]:
            self._taken = np.empty((order.size, table.shape[1]), table.dtype)
        taken = table.take(order, 0, self._taken, "clip").reshape(self._epochs, -1, table.shape[1])
        for part, columns in zip(self.parts, (slice(self._cut), slice(self._cut, None)), strict=False):
            _, count, rows, n = part.shape
            source = taken[:, columns].reshape(-1, count, n, table.shape[1])
            np.copyto(part, source[..., :rows].swapaxes(2, 3))


class Batches:
    """Pass p = 0, 1, … takes batch p % per_epoch of its epoch.

    x (features, samples) and y (outputs, samples) are the training set; ``x`` and ``y`` of this object
    hold those of each pass of the block last loaded. The last, short batch of an epoch is a batch like
    the others. The order of epoch e comes from (seed, block of e) alone, and from ``first``, the
    iteration from which on a run has batches of this size. A single batch is not shuffled: order is
    nothing to its gradient.
    """

    def __init__(self, x: Array, y: Array, size: int, seed: int, first: int = 0) -> None:
        self._seed, self._size = seed, size
        self._first = (first,) if first else ()
        features, samples = x.shape
        self.per_epoch = -(-samples // size)
        wanted = -(-PASSES_IN_BLOCK // self.per_epoch)
        self.epochs = max(1, min(wanted, NUMBERS_IN_BLOCK // x.size))
        self._plain = np.tile(np.arange(samples), (self.epochs, 1))
        self._order = self._plain.copy()
        self._x, self._y = _table(x), np.ascontiguousarray(y.T)
        wide = self._x.shape[1] * x.itemsize > SHORT_ROW_BYTES
        epochs = self.epochs if self.per_epoch > 1 else 1
        self._chunks = BatchBuffers(features, samples, size, epochs, x.dtype, samples_first=wide)
        self._chunks.gather(self._x, self._order[:epochs].ravel())
        self.x = self._chunks.of_passes() * (self.epochs // epochs)
        self.y = self.chunks(y.shape[0], y.dtype)
        self.y.gather(self._y, self._order.ravel())
        self._block = -1

    def __len__(self) -> int:
        """Return the number of passes in a block."""
        return len(self.x)

    def chunks(self, rows: int, dtype: Any) -> BatchBuffers:
        """Return a place for so many numbers of every sample of the block."""
        return BatchBuffers(rows, len(self._x), self._size, self.epochs, dtype)

    def load(self, p: int) -> int:
        """Gather the block of pass p, if it is not at hand; return the place of p in it."""
        block, place = divmod(p, len(self))
        if block != self._block and self.per_epoch > 1:
            np.random.default_rng((self._seed, block, *self._first)).permuted(
                self._plain, axis=1, out=self._order
            )
            order = self._order.ravel()
            self._chunks.gather(self._x, order)
            self.y.gather(self._y, order)
        self._block = block
        return place

    def samples(self, p: int) -> Array:
        """Return the columns of the training set that make the batch of pass p."""
        epoch, batch = divmod(self.load(p), self.per_epoch)
        return self._order[epoch, batch * self._size : (batch + 1) * self._size]


def _table(x: Array) -> Array:
    """Return x with samples as rows; short rows are padded to a length that NumPy copies in one piece."""
    features, samples = x.shape
    padded = 1 << (features - 1).bit_length()
    width = padded if padded * x.itemsize <= SHORT_ROW_BYTES else features
    table = np.zeros((samples, width), x.dtype)
    table[:, :features] = x.T
    return table


# -- Which samples make which batch of an epoch, in the order training takes them ------------------------


class Epochs:
    """The batches of every epoch of training a network on a dataset; ``per_epoch`` is their number.

    The order is that of `core.nn.batches` and the same bits, drawn again from (seed, epoch). Epochs count
    from ``origin``.
    """

    def __init__(self, network: Network, dataset: Dataset, origin: Origin = Origin()) -> None:
        training = network.design.training
        self.origin = origin
        self._train = dataset.train
        self.size = training.size_of_batch(dataset.train.size)
        # How many epochs are shuffled together depends on the shape of x with its row of ones.
        shape = dataset.features + 1, dataset.train.size
        x, y = np.zeros(shape, np.uint8), np.zeros((1, dataset.train.size), np.uint8)
        self._batches = Batches(x, y, self.size, training.seed, origin.iteration)
        self.per_epoch = self._batches.per_epoch

    def samples(self, epoch: int, batch: int) -> Array:
        """Return the dataset columns of a batch; epoch and batch count from 0."""
        return self._train[self._batches.samples(self.iteration(epoch, batch) - self.origin.iteration)]

    def place(self, p: int) -> tuple[int, int]:
        """Return epoch and batch of pass p, all counted from 0."""
        epoch, batch = divmod(p - self.origin.iteration, self.per_epoch)
        return self.origin.epochs + epoch, batch

    def iteration(self, epoch: int, batch: int) -> int:
        """Return which pass takes a batch of an epoch."""
        return self.origin.iteration + (epoch - self.origin.epochs) * self.per_epoch + batch

    def taken(self, epoch: int, batch: int) -> Array:
        """Return the dataset columns of all batches of an epoch before this one, in their order."""
        if batch == 0:
            return self._train[:0]
        return np.concatenate([self.samples(epoch, k) for k in range(batch)])

    def size_of(self, batch: int) -> int:
        """Return how many samples a batch has: the last one may be short."""
        rest = self._train.size - batch * self.size
        return min(self.size, rest)
