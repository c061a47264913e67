"""Small networks such as "2-4-2-1", with a suitable dataset, for the tests of the windows."""

import numpy as np

from core.data.datasets import Dataset
from core.nn.design import Dense, Design, Training
from core.nn.losses import BinaryCrossEntropy, CategoricalCrossEntropy
from core.nn.network import Network
from core.nn.trainer import Trainer


def dataset(features: int, classes: int = 2, samples: int = 60) -> Dataset:
    """Return a dataset of clusters, one per class."""
    generator = np.random.default_rng(0)
    centres = generator.normal(0, 1.5, (classes, features))
    labels = np.arange(samples) % classes
    x = (centres[labels] + generator.normal(0, 0.6, (samples, features))).T
    names = tuple(f"x{k + 1}" for k in range(features))
    order = np.arange(samples)
    split = samples * 2 // 3
    classes_named = tuple(str(k) for k in range(classes))
    return Dataset("clusters", x, labels, "classes", names, classes_named, order[:split], order[split:])


def design(sizes: str, activation: str = "tanh") -> Design:
    """Return a design with layers of sizes such as "2-4-2-1"; the first is the number of inputs."""
    n = [int(size) for size in sizes.split("-")]
    output = Dense(1, "sigmoid") if n[-1] == 1 else Dense(n[-1], "softmax")
    loss = BinaryCrossEntropy() if n[-1] == 1 else CategoricalCrossEntropy()
    layers = (*(Dense(size, activation) for size in n[1:-1]), output)
    return Design(layers=layers, training=Training(loss=loss, learning_rate=0.3, seed=3))


def trainer(sizes: str, iterations: int = 20) -> Trainer:
    """Return a trainer of such a network after some iterations."""
    n = [int(size) for size in sizes.split("-")]
    data = dataset(n[0], 2 if n[-1] == 1 else n[-1])
    made = Trainer(Network(design(sizes), data), data)
    if iterations:
        made.run(iterations)
    return made
