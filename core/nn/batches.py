"""Mini-batches: the shuffled order of the training samples in each epoch, cut into batches.

The samples of several epochs (a block) are gathered in one call and then sliced, because gathering them for
each epoch would cost as much as an iteration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import Array, aligned
from ..data.datasets import Dataset
from .design import Training
from .network import Network

PASSES_IN_BLOCK = 64
NUMBERS_IN_BLOCK = 1 << 20
SHORT_ROW_BYTES = 32


@dataclass(frozen=True)
class Origin:
    """Where a run began with its present settings; all zero unless settings were changed during the run.

    Batches of the present size begin at pass ``iteration``, when ``epochs`` epochs were complete; the
    optimizer's memory was empty after ``optimizer`` updates.
    """

    iteration: int = 0
    epochs: int = 0
    optimizer: int = 0


class SampleOrder:
    """The order of ``samples`` training samples in every epoch, in batches of ``size``.

    The order of an epoch depends only on ``seed``, the number of the epoch and ``first``, the iteration at
    which batches of this size begin. With ``start``, the order is that of the table in every epoch, beginning
    with sample ``start`` (None: shuffled). Because creating a generator costs as much as an iteration, one
    generator draws the orders of ``epochs`` epochs with at least `PASSES_IN_BLOCK` batches: epoch e is row e
    % epochs of generator (seed, e // epochs). If an epoch is a single batch, it is not shuffled, as its
    gradient does not depend on the order.
    """

    def __init__(self, samples: int, size: int, seed: int, first: int = 0, start: int | None = None) -> None:
        self._seed, self._size = seed, size
        self._first = (first,) if first else ()
        self.per_epoch = -(-samples // size)
        self.epochs = -(-PASSES_IN_BLOCK // self.per_epoch)
        self._shuffled = self.per_epoch > 1 and start is None
        row = np.roll(np.arange(samples), -start if start and self.per_epoch > 1 else 0)
        self._unshuffled = np.broadcast_to(row, (self.epochs, samples))
        self._order = self._unshuffled.copy() if self._shuffled else self._unshuffled
        self._drawn = -1

    def of_epochs(self, epoch: int, count: int) -> Array:
        """Return the sample numbers (count, samples) of ``count`` epochs from ``epoch`` on, of one draw."""
        draw, row = divmod(epoch, self.epochs)
        if draw != self._drawn and self._shuffled:
            generator = np.random.default_rng((self._seed, draw, *self._first))
            generator.permuted(self._unshuffled, axis=1, out=self._order)
        self._drawn = draw
        return self._order[row : row + count]

    def of_batch(self, epoch: int, batch: int) -> Array:
        """Return the sample numbers of one batch; epochs and batches count from 0."""
        return self.of_epochs(epoch, 1)[0, batch * self._size : (batch + 1) * self._size]


class BatchBuffers:
    """Arrays for ``rows`` numbers per sample of every pass of a block, each pass contiguous in memory.

    ``parts`` are arrays (epochs, passes, rows, batch): one for the batches of ``size``, and one for the last,
    smaller batch of every epoch, if there is one. With ``samples_first``, the numbers of a sample are
    adjacent in memory, which allows gathering in one call; otherwise those of a row are, which makes
    computations faster.
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
        """Return one array (rows, batch) for each pass of the block, in order."""
        return [array for epoch in zip(*self.parts, strict=True) for part in epoch for array in part]

    def gather(self, table: Array, order: Array) -> None:
        """Copy the rows of ``table`` (samples, rows or more) in the given order (epochs · samples,)."""
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
    """The samples of pass p = 0, 1, …, which takes batch p % per_epoch of epoch p // per_epoch.

    The arguments x (features, samples) and y (outputs, samples) are the training set; the attributes ``x``
    and ``y`` hold the samples of each pass of the block last loaded, in the order of `SampleOrder`. The last
    batch of an epoch may be smaller.
    """

    def __init__(
        self, x: Array, y: Array, size: int, seed: int, first: int = 0, start: int | None = None
    ) -> None:
        features, samples = x.shape
        self._size, self._order = size, SampleOrder(samples, size, seed, first, start)
        self.per_epoch = self._order.per_epoch
        # A block is what one generator draws, or a fraction of it that fits into memory.
        most = min(self._order.epochs, max(1, NUMBERS_IN_BLOCK // x.size))
        self.epochs = next(count for count in range(most, 0, -1) if self._order.epochs % count == 0)
        self._x, self._y = _padded_rows(x), np.ascontiguousarray(y.T)
        wide = self._x.shape[1] * x.itemsize > SHORT_ROW_BYTES
        epochs = self.epochs if self.per_epoch > 1 else 1
        self._x_buffers = BatchBuffers(features, samples, size, epochs, x.dtype, samples_first=wide)
        self.y = self.buffers(y.shape[0], y.dtype)
        self.x = self._x_buffers.of_passes() * (self.epochs // epochs)
        unshuffled = np.tile(np.arange(samples), self.epochs)
        self._x_buffers.gather(self._x, unshuffled[: epochs * samples])
        self.y.gather(self._y, unshuffled)
        self._block = -1

    def __len__(self) -> int:
        """Return the number of passes in a block."""
        return len(self.x)

    def buffers(self, rows: int, dtype: Any) -> BatchBuffers:
        """Return buffers for ``rows`` numbers per sample of a block."""
        return BatchBuffers(rows, len(self._x), self._size, self.epochs, dtype)

    def load(self, p: int) -> int:
        """Gather the block of pass p, unless it was the last one loaded; return the index of p in it."""
        block, place = divmod(p, len(self))
        if block != self._block and self.per_epoch > 1:
            order = self._order.of_epochs(block * self.epochs, self.epochs).ravel()
            self._x_buffers.gather(self._x, order)
            self.y.gather(self._y, order)
        self._block = block
        return place

    def samples(self, p: int) -> Array:
        """Return the columns of the training set in the batch of pass p."""
        return self._order.of_batch(*divmod(p, self.per_epoch))


def _padded_rows(x: Array) -> Array:
    """Return x with samples as rows; short rows are padded to a length that NumPy copies at once."""
    features, samples = x.shape
    padded = 1 << (features - 1).bit_length()
    width = padded if padded * x.itemsize <= SHORT_ROW_BYTES else features
    table = np.zeros((samples, width), x.dtype)
    table[:, :features] = x.T
    return table


def start_of(training: Training, train: Array) -> int | None:
    """Return the place in the training set of the first sample; None if samples are shuffled.

    ``train`` are the columns of the training set in the dataset. A first sample that is not in it stands for
    the next one that is.
    """
    if training.order == "shuffled":
        return None
    return int(np.searchsorted(train, training.first_sample - 1)) % train.size


class Epochs:
    """The batches that training takes in each epoch, as columns of the dataset.

    ``per_epoch`` is the number of batches in an epoch, ``size`` the number of samples in all but the last.
    Epochs and passes count from the start of the run, also if it went on with other settings at ``origin``.
    """

    def __init__(self, network: Network, dataset: Dataset, origin: Origin = Origin()) -> None:
        training = network.design.training
        self.origin = origin
        self._train = dataset.train
        self.size = training.size_of_batch(dataset.train.size)
        start = start_of(training, dataset.train)
        self._order = SampleOrder(dataset.train.size, self.size, training.seed, origin.iteration, start)
        self.per_epoch = self._order.per_epoch

    def samples(self, epoch: int, batch: int) -> Array:
        """Return the dataset columns of a batch; epochs and batches count from 0."""
        return self._train[self._order.of_batch(epoch - self.origin.epochs, batch)]

    def place(self, p: int) -> tuple[int, int]:
        """Return the epoch and the batch of pass p, all counted from 0."""
        epoch, batch = divmod(p - self.origin.iteration, self.per_epoch)
        return self.origin.epochs + epoch, batch

    def iteration(self, epoch: int, batch: int) -> int:
        """Return the number of the pass that takes this batch."""
        return self.origin.iteration + (epoch - self.origin.epochs) * self.per_epoch + batch

    def taken(self, epoch: int, batch: int) -> Array:
        """Return the dataset columns of all batches of the epoch before this one, in order."""
        if batch == 0:
            return self._train[:0]
        return np.concatenate([self.samples(epoch, k) for k in range(batch)])

    def size_of(self, batch: int) -> int:
        """Return the number of samples in a batch; the last one may be smaller."""
        rest = self._train.size - batch * self.size
        return min(self.size, rest)
