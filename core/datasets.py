"""Datasets: what the network learns from. Columns are samples, as in the lecture.

To add one, write its function and add an entry to `DATASETS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from .modules import Array


@dataclass(frozen=True)
class Dataset:
    """Samples with a fixed split into training and test sets.

    ``x``: (features, samples), as the network sees it (bundled sets: standardized with mean and
    deviation of the training part). ``labels``: class numbers (samples,) for the task "classes", or
    values (outputs, samples) for "regression". ``train``, ``test``: column numbers, each ascending.
    """

    name: str
    x: Array
    labels: Array
    task: str
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]
    train: Array
    test: Array

    @property
    def features(self) -> int:
        """The number of inputs, n[0]."""
        return int(self.x.shape[0])

    @property
    def outputs(self) -> int:
        """How many outputs the data asks for: one a value, one for two classes, else one a class."""
        if self.task == "regression":
            return int(self.labels.shape[0])
        return 1 if len(self.class_names) == 2 else len(self.class_names)

    def targets(self, outputs: int) -> Array:
        """Return y of shape (outputs, samples) for a network of so many outputs.

        Regression: the values. Two classes and one output: 0 or 1. Otherwise one-hot.
        """
        if self.task == "regression":
            return self.labels
        if outputs == 1:
            return self.labels[None, :].astype(float)
        return (np.arange(outputs)[:, None] == self.labels).astype(float)


@dataclass(frozen=True)
class Source:
    """An entry of the table (placeholder)."""

    name: str
    symbol: str


DATASETS = {}


def make_dataset(data):
    rng = np.random.default_rng(data.seed)
    x = rng.uniform(-1, 1, (2, data.samples))
    y = ((x[0] * x[1]) > 0).astype(int)
    n = int(data.samples * data.test_share)
    idx = rng.permutation(data.samples)
    return Dataset("xor", x, y, "classes", ("x1", "x2"), ("0", "1"), np.sort(idx[n:]), np.sort(idx[:n]))


DATASETS["xor"] = Source("xor", "XOR")
