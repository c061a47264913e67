"""Epochs: which samples make which batch of an epoch, in the order training takes them."""

from __future__ import annotations

import numpy as np

from .batches import Batches, Origin
from .datasets import Dataset
from .modules import Array
from .network import Network


class Epochs:
    """The batches of every epoch of training a network on a dataset; ``per_epoch`` is their number.

    The order is that of `core.batches` and the same bits, drawn again from (seed, epoch). Epochs count
    from ``origin``.
    """

    def __init__(self, network: Network, dataset: Dataset, origin: Origin = Origin()) -> None:  # noqa: B008
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
