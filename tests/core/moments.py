"""Trainers with various designs, and the bitwise comparison of snapshots."""

import dataclasses

import numpy as np

from core.nn.design import Dense, Dropout
from core.nn.losses import MSE, BinaryCrossEntropy, CategoricalCrossEntropy
from core.nn.network import Network
from core.nn.optimizers import Adam, GradientDescent, Momentum, RMSProp
from core.nn.trainer import Trainer
from tests.core.making import classes, network

MIXED = Dense(4, ("tanh", "relu", "elu", "gelu"))
MINI = {"gradient_descent": "mini-batch", "batch_size": 5}

WAYS = {
    "2-4-2-1": ([MIXED, Dense(2), Dense(1, "sigmoid")], BinaryCrossEntropy(), GradientDescent(), MINI),
    "dropout, penalties, softmax": (
        [Dropout(0.3), Dense(3, "relu"), Dropout(0.5), MIXED, Dense(3, "softmax")],
        CategoricalCrossEntropy(),
        Adam(),
        {**MINI, "l1": 0.001, "l2": 0.02},
    ),
    "softmax not fused, inside too": (
        [Dense(3, "softmax"), Dense(2), Dense(3, "softmax")],
        MSE(),
        RMSProp(),
        {"gradient_descent": "stochastic"},
    ),
    "single precision, one layer": (
        [Dense(3, "softplus")],
        MSE(),
        Momentum(),
        {**MINI, "precision": "float32"},
    ),
}


def trainer_of(way, rate=0.05):
    """Return a trainer with 18 training and 5 test samples."""
    layers, loss, optimizer, settings = WAYS[way]
    dataset = classes(3 if layers[-1].neurons == 3 else 2, samples=23, test=5, seed=4)
    net = network(layers, loss, dataset, optimizer=optimizer, learning_rate=rate, **settings)
    return Trainer(net, dataset)


def differences(one, other, path=""):
    """Return where two values differ in any bit; NaN equals NaN."""
    if type(one) is not type(other):
        return [path]
    if isinstance(one, Network):
        one, other = one.design, other.design
    if dataclasses.is_dataclass(one):
        one, other = vars(one), vars(other)
    if isinstance(one, tuple):
        one, other = dict(enumerate(one)), dict(enumerate(other))
    if isinstance(one, dict):
        shared = [place for name in one.keys() & other.keys() for place in _below(one, other, path, name)]
        return shared + [f"{path}.{name}" for name in one.keys() ^ other.keys()]
    if isinstance(one, np.ndarray | float):
        same = np.array_equal(one, other, equal_nan=True) and np.asarray(one).dtype == np.asarray(other).dtype
        return [] if same else [path]
    return [] if one == other else [path]


def _below(one, other, path, name):
    return differences(one[name], other[name], f"{path}.{name}")
