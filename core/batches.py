"""Batches: the training samples in the order of every epoch, cut into batches.

Several epochs make a block: they are shuffled together, gathered together and then only sliced,
because a generator or a gather for every epoch would cost as much as an iteration.
"""

from __future__ import annotations

import numpy as np

from .modules import Array

PASSES_IN_BLOCK = 64
NUMBERS_IN_BLOCK = 1 << 20


class Batches:
    """Columns of ``x`` and ``y`` for pass p = 0, 1, …: pass p is batch p % per_epoch of its epoch.

    ``x``, ``y`` hold the block last loaded and ``spans`` the columns of each of its passes. The
    last, short batch of an epoch is a batch like the others. The order of epoch e comes from
    (seed, block of e) alone. A single batch is not shuffled: order is nothing to its gradient.
    """

    def __init__(self, x: Array, y: Array, size: int, seed: int) -> None:
        self._whole, self._seed = (x, y), seed
        samples = x.shape[1]
        edges = [*range(0, samples, size), samples]
        self.per_epoch = len(edges) - 1
        wanted = -(-PASSES_IN_BLOCK // self.per_epoch)
        self._epochs = max(1, min(wanted, NUMBERS_IN_BLOCK // x.size))
        self.x, self.y = np.tile(x, self._epochs), np.tile(y, self._epochs)
        self.spans = [
            slice(e * samples + start, e * samples + stop)
            for e in range(self._epochs)
            for start, stop in zip(edges[:-1], edges[1:], strict=True)
        ]
        self._order = np.tile(np.arange(samples), (self._epochs, 1))
        self._plain = self._order.copy()
        self._block = -1

    def load(self, p: int) -> int:
        """Gather the block of pass p, if it is not at hand; return the place of p in it."""
        block, place = divmod(p, len(self.spans))
        if block != self._block and self.per_epoch > 1:
            generator = np.random.default_rng((self._seed, block))
            generator.permuted(self._plain, axis=1, out=self._order)
            order = self._order.ravel()
            for whole, gathered in zip(self._whole, (self.x, self.y), strict=True):
                whole.take(order, 1, gathered, "clip")
        self._block = block
        return place

    def samples(self, p: int) -> Array:
        """Return the columns of the training set that make the batch of pass p."""
        return self._order.ravel()[self.spans[self.load(p)]]
