"""Batches: the training samples in the order of every epoch, cut into batches.

Several epochs make a block: they are shuffled together, gathered together and then only sliced,
because a generator or a gather for every epoch would cost as much as an iteration.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from .modules import Array

PASSES_IN_BLOCK = 64
NUMBERS_IN_BLOCK = 1 << 20


class Batches:
    """Pass p = 0, 1, … takes batch p % per_epoch of its epoch.

    x (features, samples) and y (outputs, samples) are the training set; ``x``, ``y`` of this object
    hold the block last loaded, x with samples as rows in memory, so that a gather copies whole rows
    and a batch is one stretch. ``spans`` are the columns of each pass of a block. The last, short
    batch of an epoch is a batch like the others. The order of epoch e comes from (seed, block of e)
    alone. A single batch is not shuffled: order is nothing to its gradient.
    """

    def __init__(self, x: Array, y: Array, size: int, seed: int) -> None:
        self._seed = seed
        samples = x.shape[1]
        edges = [*range(0, samples, size), samples]
        self.per_epoch = len(edges) - 1
        wanted = -(-PASSES_IN_BLOCK // self.per_epoch)
        self._epochs = max(1, min(wanted, NUMBERS_IN_BLOCK // x.size))
        self._x, self._y = np.ascontiguousarray(x.T), np.ascontiguousarray(y)
        self._block_x = np.tile(self._x, (self._epochs, 1))
        self.x, self.y = self._block_x.T, np.tile(y, self._epochs)
        self.spans = [
            slice(e * samples + start, e * samples + stop)
            for e in range(self._epochs)
            for start, stop in pairwise(edges)
        ]
        self._plain = np.tile(np.arange(samples), (self._epochs, 1))
        self._order = self._plain.copy()
        self._block = -1

    def load(self, p: int) -> int:
        """Gather the block of pass p, if it is not at hand; return the place of p in it."""
        block, place = divmod(p, len(self.spans))
        if block != self._block and self.per_epoch > 1:
            np.random.default_rng((self._seed, block)).permuted(self._plain, axis=1, out=self._order)
            order = self._order.ravel()
            self._x.take(order, 0, self._block_x, "clip")
            self._y.take(order, 1, self.y, "clip")
        self._block = block
        return place

    def samples(self, p: int) -> Array:
        """Return the columns of the training set that make the batch of pass p."""
        return self._order.ravel()[self.spans[self.load(p)]]
