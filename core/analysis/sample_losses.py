"""The network's output, loss and correctness for each single sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..data.datasets import Dataset
from ..nn.network import Network
from ..nn.passes import Passes, run_calls, terms, with_ones


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

    def put(self, samples: Array, of_samples: SampleLosses) -> None:
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
    x, labels = dataset.x, dataset.labels
    if samples is not None:
        x, y, labels = x[:, samples], y[:, samples], labels[..., samples]
    passes = Passes(network, theta, np.empty(0), y.shape[1])
    with np.errstate(all="ignore"):
        run_calls(passes.forward(with_ones(x, theta.dtype)))
        shares = terms(network, passes.loss_input, y) * network.loss.scale(y.shape[0], 1)
        loss = shares.sum(axis=0)
    o = passes.a[-1]
    if dataset.task != "classes":
        return SampleLosses(o, shares, loss, None, None)
    decided = dataset.decided(o)
    return SampleLosses(o, shares, loss, decided, decided == labels)
