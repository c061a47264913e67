"""The network's output, loss and correctness for each single sample."""

from __future__ import annotations

from dataclasses import dataclass
from operator import is_

import numpy as np

from ..arrays import Array
from ..data.datasets import Dataset
from ..nn.network import Network
from ..nn.passes import Passes, run_calls, terms, with_ones
from ..slices import slices_of


@dataclass(frozen=True)
class SampleLosses:
    """The outputs and losses of samples, and for classes the decisions.

    ``o`` is (n[L], samples), and so are ``terms``, each output's share of the loss; the others are
    (samples,). ``loss`` is J of the sample alone, without penalty; its mean or sum over the training set is
    the training loss. ``decided`` is the class that the outputs decide for, ``right`` whether it is the
    sample's class; both are None for regression.
    """

    o: Array
    terms: Array
    loss: Array
    decided: Array | None
    right: Array | None

    def copied(self) -> SampleLosses:
        """Return a copy, for `put`."""
        decided, right = (None if array is None else array.copy() for array in (self.decided, self.right))
        return SampleLosses(self.o.copy(), self.terms.copy(), self.loss.copy(), decided, right)

    def put(self, samples: Array | slice, of_samples: SampleLosses) -> None:
        """Write what was computed of some samples, by their numbers, over what is here."""
        self.o[:, samples], self.terms[:, samples] = of_samples.o, of_samples.terms
        self.loss[samples] = of_samples.loss
        if self.decided is not None and self.right is not None:
            self.decided[samples], self.right[samples] = of_samples.decided, of_samples.right


def sample_losses(
    network: Network, theta: Array, dataset: Dataset, samples: Array | None = None
) -> SampleLosses:
    """Return the losses of samples of a dataset (None: all), from one forward pass without dropout."""
    y = dataset.targets(network.n[-1]).astype(theta.dtype)
    return _losses(network, theta, dataset, y, slice(None) if samples is None else samples)


def _losses(
    network: Network, theta: Array, dataset: Dataset, y: Array, samples: Array | slice
) -> SampleLosses:
    """Return the losses of samples of a dataset with the targets y (n[L], all samples)."""
    x, y = dataset.x[:, samples], y[:, samples]
    passes = Passes(network, theta, np.empty(0), y.shape[1])
    with np.errstate(all="ignore"):
        run_calls(passes.forward(with_ones(x, theta.dtype)))
        shares = terms(network, passes.loss_input, y) * network.loss.scale(y.shape[0], 1)
        loss = shares.sum(axis=0)
    o = passes.a[-1]
    if dataset.task != "classes":
        return SampleLosses(o, shares, loss, None, None)
    decided = dataset.decided(o)
    return SampleLosses(o, shares, loss, decided, decided == dataset.labels[samples])


# -- in slices, between which a window can draw ----------------------------------------------------------


class SlicedLosses:
    """The losses of all samples of a dataset, computed slice by slice; ``found`` is None until all are."""

    def __init__(self, network: Network, theta: Array, dataset: Dataset) -> None:
        self.of = network, theta, dataset
        self.found: SampleLosses | None = None
        self._y = dataset.targets(network.n[-1]).astype(theta.dtype)
        self._left = slices_of(self._y.shape[1], sum(network.n), network.parameters)
        self._all: SampleLosses | None = None

    def advance(self) -> bool:
        """Compute one more slice; return whether all are computed."""
        if self.found is not None:
            return True
        (network, theta, dataset), count = self.of, self._y.shape[1]
        span = next(self._left)
        of_slice, classes = _losses(network, theta, dataset, self._y, span), dataset.task == "classes"
        if span.stop - span.start == count:
            self.found = of_slice
            return True
        if self._all is None:
            o, shares = (np.empty(self._y.shape, theta.dtype) for _ in range(2))
            decided, right = (np.empty(count, kind) if classes else None for kind in (int, bool))
            self._all = SampleLosses(o, shares, np.empty(count, theta.dtype), decided, right)
        self._all.put(span, of_slice)
        if span.stop >= count:
            self.found = self._all
        return self.found is not None


_latest: list[SlicedLosses] = []


def sliced_losses(network: Network, theta: Array, dataset: Dataset) -> SlicedLosses:
    """Return the losses of a moment, perhaps computed in part; all views that show the moment share them.

    They are not to be changed. Only the latest are kept. To be called from the window's thread.
    """
    of = network, theta, dataset
    if not _latest or not all(map(is_, of, _latest[0].of)):
        _latest[:] = [SlicedLosses(*of)]
    return _latest[0]
