"""The network's output, loss and correctness for each single sample."""

from __future__ import annotations

from dataclasses import dataclass
from operator import is_

import numpy as np

from ..arrays import Array
from ..data.datasets import Dataset
from ..nn.network import Network
from ..nn.passes import Passes, run_calls, terms, with_ones

MULTIPLICATIONS, ACTIVATIONS = 5e7, 5e5  # of one slice, which takes some ten milliseconds
FEWEST = 64  # samples of a slice


@dataclass(frozen=True)
class SampleLosses:
    """The outputs and losses of all samples, and for classes the decisions.

    ``o`` is (n[L], samples); the others are (samples,). ``loss`` is J of the sample alone, without penalty;
    its mean over the training set is the training loss. ``decided`` is the class of the largest output (of
    one output: 1 above 0.5), ``right`` whether it is the sample's class; both are None for regression.
    """

    o: Array
    loss: Array
    decided: Array | None
    right: Array | None


class SlicedLosses:
    """The losses of all samples of a dataset, computed in slices, so that a window can draw between them.

    ``found`` is None until `advance` has computed the last slice. There is no dropout.
    """

    def __init__(self, network: Network, theta: Array, dataset: Dataset) -> None:
        self.of = network, theta, dataset
        self.found: SampleLosses | None = None
        self._y = dataset.targets(network.n[-1]).astype(theta.dtype)
        count = self._y.shape[1]
        self._o: Array = np.empty(self._y.shape, theta.dtype)
        self._loss: Array = np.empty(count, theta.dtype)
        size = min(MULTIPLICATIONS / network.parameters, ACTIVATIONS / sum(network.n))
        self._size, self._begin = max(FEWEST, min(count, int(size))), 0
        self._passes: Passes | None = None

    def advance(self) -> bool:
        """Compute one more slice; return whether all are computed."""
        network, theta, dataset = self.of
        if self.found is None:
            begin, count = self._begin, self._loss.size
            span = slice(begin, min(begin + self._size, count))
            if self._passes is None or self._passes.size != span.stop - begin:
                self._passes = Passes(network, theta, np.empty(0), span.stop - begin)
            passes, y = self._passes, self._y[:, span]
            with np.errstate(all="ignore"):
                run_calls(passes.forward(with_ones(dataset.x[:, span], theta.dtype)))
                scale = network.loss.scale(y.shape[0], 1)
                self._loss[span] = terms(network, passes.loss_input, y).sum(axis=0) * scale
            self._o[:, span] = passes.a[-1]
            self._begin = span.stop
            if span.stop >= count:
                self.found, self._passes = self._decided(dataset), None
        return self.found is not None

    def _decided(self, dataset: Dataset) -> SampleLosses:
        o = self._o
        if dataset.task != "classes":
            return SampleLosses(o, self._loss, None, None)
        decided = (o[0] > 0.5).astype(int) if o.shape[0] == 1 else o.argmax(axis=0)
        return SampleLosses(o, self._loss, decided, decided == dataset.labels)


_latest: list[SlicedLosses] = []


def sliced_losses(network: Network, theta: Array, dataset: Dataset) -> SlicedLosses:
    """Return the losses of a moment, perhaps computed in part; views that show the same moment share them.

    Only the latest are kept. To be called from the window's thread.
    """
    of = network, theta, dataset
    if not _latest or not all(map(is_, of, _latest[0].of)):
        _latest[:] = [SlicedLosses(*of)]
    return _latest[0]


def sample_losses(network: Network, theta: Array, dataset: Dataset) -> SampleLosses:
    """Return the losses of all samples of a dataset at once; see `sliced_losses`."""
    losses = sliced_losses(network, theta, dataset)
    while not losses.advance():
        pass
    assert losses.found is not None
    return losses.found
