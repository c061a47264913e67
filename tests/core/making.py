"""Helpers for tests of `core`: small datasets, networks, and the lecture's formulas.

The formulas are the oracle: plain NumPy as in a textbook, independent of `core`.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import get_args

import numpy as np

from core.data.datasets import Dataset
from core.nn.activations import ACTIVATIONS
from core.nn.design import Dense, Design, Training, fields_of
from core.nn.losses import LOSSES
from core.nn.network import Network


def values(features=2, outputs=1, samples=12, test=0, seed=0):
    """Return a random dataset for regression."""
    generator = np.random.default_rng(seed)
    x, y = generator.normal(size=(features, samples)), generator.normal(size=(outputs, samples))
    names = tuple(f"x{i + 1}" for i in range(features))
    train = np.arange(samples - test)
    return Dataset("values", x, y, "regression", names, (), train, np.arange(samples - test, samples))


def classes(count=2, features=2, samples=12, test=0, seed=0):
    """Return a random dataset with ``count`` classes, each of them present."""
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(features, samples))
    labels = generator.permutation(np.arange(samples) % count)
    names = tuple(f"x{i + 1}" for i in range(features))
    kinds = tuple("ABCDEF"[:count])
    train = np.arange(samples - test)
    return Dataset("classes", x, labels, "classes", names, kinds, train, np.arange(samples - test, samples))


def suiting(loss, outputs=3, **settings):
    """Return a random dataset with targets for which a loss is defined, in ``outputs`` columns."""
    if loss.targets is None:
        return values(outputs=outputs, **settings)
    return replace(classes(max(2, outputs), **settings), negative=loss.targets[0])


def reductions(kind):
    """Return a loss with all choices of means and sums over the outputs and samples."""
    fields = fields_of(kind)
    over_outputs = get_args(fields["over_outputs"][0]) if "over_outputs" in fields else (None,)
    chosen = [{} if choice is None else {"over_outputs": choice} for choice in over_outputs]
    return [kind(**one, over_samples=samples) for one in chosen for samples in ("mean", "sum")]


def network(layers, loss, dataset, **training):
    """Return a network with these layers, trained by full-batch gradient descent by default."""
    settings = {"gradient_descent": "batch", "loss": loss, **training}
    return Network(Design(layers=tuple(layers), training=Training(**settings)), dataset)


class Oracle(dict):
    """Formulas by name; for an entry of a table without formula here, its own values are used.

    Its derivatives are then still compared with differences of these values.
    """

    def __init__(self, formulas: dict, own: Callable) -> None:
        super().__init__(formulas)
        self._own = own

    def __missing__(self, name: str) -> Callable:
        return self._own(name)


_G = {
    "linear": lambda z, alpha: z,
    "sigmoid": lambda z, alpha: 1 / (1 + np.exp(-z)),
    "tanh": lambda z, alpha: (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)),
    "relu": lambda z, alpha: np.where(z > 0, z, 0.0),
    "leaky_relu": lambda z, alpha: np.where(z > 0, z, (0.01 if alpha is None else alpha) * z),
    "elu": lambda z, alpha: np.where(z > 0, z, (1.0 if alpha is None else alpha) * (np.exp(z) - 1)),
    "gelu": lambda z, alpha: z / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3))),
    "softplus": lambda z, alpha: np.log(1 + np.exp(z)),
    "softmax": lambda z, alpha: np.exp(z) / np.exp(z).sum(axis=0),
}

G = Oracle(_G, lambda name: ACTIVATIONS[name].g)

_TERMS = {
    "mse": lambda o, y, d: (y - o) ** 2,
    "mae": lambda o, y, d: np.abs(y - o),
    "huber": lambda o, y, d: np.where(np.abs(y - o) <= d, (y - o) ** 2 / 2, d * (np.abs(y - o) - d / 2)),
    "bce": lambda o, y, d: -(y * np.log(o) + (1 - y) * np.log(1 - o)),
    "cce": lambda o, y, d: -(y * np.log(o)),
    "hinge": lambda o, y, d: np.where(y * o < 1, 1 - y * o, 0.0),
}


TERMS = Oracle(_TERMS, lambda name: lambda o, y, d: LOSSES[name]().terms(o, y))


def textbook_passes(design, features, theta, x):
    """Return z[l] and a[l] for l = 1 … L, neuron by neuron, without dropout."""
    a, zs, activations, place, n_in = x, [], [], 0, features
    for layer in (layer for layer in design.layers if isinstance(layer, Dense)):
        W_and_b = theta[place : place + (n_in + 1) * layer.neurons].reshape(n_in + 1, layer.neurons)
        z = W_and_b[-1][:, None] + W_and_b[:-1].T @ a
        if isinstance(layer.activation, str):
            a = G[layer.activation](z, layer.alpha)
        else:
            a = np.array([G[name](row, layer.alpha) for name, row in zip(layer.activation, z, strict=True)])
        zs.append(z)
        activations.append(a)
        place, n_in = place + W_and_b.size, layer.neurons
    return zs, activations


def textbook_J(design, features, theta, x, y):
    """Return the loss of a batch by the lecture's formulas."""
    loss = design.training.loss
    kind = loss.__struct_config__.tag
    o = textbook_passes(design, features, theta, x)[1][-1]
    total = TERMS[kind](o, y, getattr(loss, "delta", None)).sum()
    over_outputs = getattr(loss, "over_outputs", "sum" if loss.of_probabilities else "mean")
    total *= {"mean": 1 / len(y), "sum": 1, "half sum": 0.5}[over_outputs]
    return total / y.shape[1] if loss.over_samples == "mean" else total


def slope_along(J, point, direction, step=1e-3):
    """Return the derivative of J at a point along a direction by a five-point difference.

    Its error is of order step^4, far below 1e-6 for smooth J.
    """
    ahead, behind = J(point + step * direction), J(point - step * direction)
    far_ahead, far_behind = J(point + 2 * step * direction), J(point - 2 * step * direction)
    return (8 * (ahead - behind) - (far_ahead - far_behind)) / (12 * step)
