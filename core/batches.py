"""Batches: the training samples in the order of every epoch, cut into batches.

Several epochs make a block: they are shuffled together, gathered together and then only sliced,
because a generator or a gather for every epoch would cost as much as an iteration.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from .modules import Array, aligned

PASSES_IN_BLOCK = 64
NUMBERS_IN_BLOCK = 1 << 20
SHORT_ROW_BYTES = 32


class Chunks:
    """Numbers (rows, samples) of every pass of a block of epochs, those of a pass in one piece of memory.

    ``parts`` are arrays (epochs, passes, rows, batch): one for the batches of ``size``, one for the
    last, short batch of every epoch, where there is one.
    """

    def __init__(self, rows: int, samples: int, size: int, epochs: int, dtype: Any) -> None:
        even, odd = divmod(samples, size)
        self._cut = even * size
        flat = aligned((epochs, samples * rows), dtype)
        whole = flat[:, : self._cut * rows].reshape(epochs, even, rows, size)
        rest = [flat[:, self._cut * rows :].reshape(epochs, 1, rows, odd)] if odd else []
        self.parts: list[Array] = [whole, *rest]
        self._gathered = flat.reshape(-1, 1) if rows == 1 else np.empty((epochs * samples, rows), dtype)

    def of_passes(self) -> list[Array]:
        """Return the numbers of every pass of the block, in order, each (rows, batch)."""
        return [array for epoch in zip(*self.parts, strict=True) for part in epoch for array in part]

    def gather(self, source: Array, order: Array) -> None:
        """Take the numbers from a table ``source`` (samples, rows), in the order of the block."""
        source.take(order, 0, self._gathered, "clip")
        rows = source.shape[1]
        if rows == 1:
            return
        epochs = self._gathered.reshape(self.parts[0].shape[0], -1, rows)
        for part, columns in zip(self.parts, (slice(self._cut), slice(self._cut, None)), strict=False):
            count, batch = part.shape[1], part.shape[3]
            taken = epochs[:, columns].reshape(-1, count, batch, rows)
            np.copyto(part, taken.swapaxes(2, 3))


class Batches:
    """Pass p = 0, 1, … takes batch p % per_epoch of its epoch.

    x (features, samples) and y (outputs, samples) are the training set; ``x`` and ``y`` of this object
    hold the block last loaded: x with samples as rows in memory, so that a gather copies whole rows
    and a batch is one stretch, y in chunks. ``spans`` are the columns of each pass of a block. The
    last, short batch of an epoch is a batch like the others. The order of epoch e comes from (seed,
    block of e) alone. A single batch is not shuffled: order is nothing to its gradient.
    """

    def __init__(self, x: Array, y: Array, size: int, seed: int) -> None:
        self._seed = seed
        samples = x.shape[1]
        edges = [*range(0, samples, size), samples]
        self.per_epoch = len(edges) - 1
        wanted = -(-PASSES_IN_BLOCK // self.per_epoch)
        self.epochs = max(1, min(wanted, NUMBERS_IN_BLOCK // x.size))
        self._x, self._y = _table(x), np.ascontiguousarray(y.T)
        copies = self.epochs if self.per_epoch > 1 else 1
        self._block_x = aligned((copies * samples, self._x.shape[1]), x.dtype)
        self._block_x[...] = np.tile(self._x, (copies, 1))
        self.x = self._block_x[:, : x.shape[0]].T
        self.y = self.chunks(y.shape[0], y.dtype, size)
        self.spans = [
            slice(e % copies * samples + start, e % copies * samples + stop)
            for e in range(self.epochs)
            for start, stop in pairwise(edges)
        ]
        self._plain = np.tile(np.arange(samples), (self.epochs, 1))
        self._order = self._plain.copy()
        self.y.gather(self._y, self._order.ravel())
        self._block = -1

    def chunks(self, rows: int, dtype: Any, size: int) -> Chunks:
        """Return a place for so many numbers of every sample, in batches of ``size``."""
        return Chunks(rows, self._x.shape[0], size, self.epochs, dtype)

    def load(self, p: int) -> int:
        """Gather the block of pass p, if it is not at hand; return the place of p in it."""
        block, place = divmod(p, len(self.spans))
        if block != self._block and self.per_epoch > 1:
            np.random.default_rng((self._seed, block)).permuted(self._plain, axis=1, out=self._order)
            order = self._order.ravel()
            self._x.take(order, 0, self._block_x, "clip")
            self.y.gather(self._y, order)
        self._block = block
        return place

    def samples(self, p: int) -> Array:
        """Return the columns of the training set that make the batch of pass p."""
        place = self.load(p)
        epoch, batch = divmod(place, self.per_epoch)
        start = self.spans[batch].start
        return self._order[epoch, start : start + self.spans[place].stop - self.spans[place].start]


def _table(x: Array) -> Array:
    """Return x with samples as rows; short rows are padded to a length that NumPy copies in one piece."""
    features, samples = x.shape
    padded = 1 << (features - 1).bit_length()
    width = padded if padded * x.itemsize <= SHORT_ROW_BYTES else features
    table = np.zeros((samples, width), x.dtype)
    table[:, :features] = x.T
    return table
