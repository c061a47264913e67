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
    """The outputs and losses of all samples, and for classes the decisions.

    ``o`` is (n[L], samples); the others are (samples,). ``loss`` is J of the sample alone, without penalty;
    its mean or sum over the training set is the training loss. ``decided`` is the class that the outputs
    decide for, ``right`` whether it is the sample's class; both are None for regression.
    """

    o: Array
    loss: Array
    decided: Array | None
    right: Array | None


def sample_losses(network: Network, theta: Array, dataset: Dataset) -> SampleLosses:
    """Return the losses of all samples of a dataset, from one forward pass without dropout."""
    y = dataset.targets(network.n[-1]).astype(theta.dtype)
    passes = Passes(network, theta, np.empty(0), y.shape[1])
    with np.errstate(all="ignore"):
        run_calls(passes.forward(with_ones(dataset.x, theta.dtype)))
        loss = terms(network, passes.loss_input, y).sum(axis=0) * network.loss.scale(y.shape[0], 1)
    o = passes.a[-1]
    if dataset.task != "classes":
        return SampleLosses(o, loss, None, None)
    decided = dataset.decided(o)
    return SampleLosses(o, loss, decided, decided == dataset.labels)
