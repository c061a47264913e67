"""Linear collapse: without non-linear activations, a network of any depth equals a single layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..nn.network import ActivationSpan, Network
from ..nn.passes import evaluate


def is_linear(network: Network) -> bool:
    """Return whether all hidden layers are linear, so that the network collapses."""
    hidden = network.layers[:-1]
    return all(name == "linear" for layer in hidden for name in layer.activations)


def collapsed(network: Network, theta: Array) -> tuple[Array, Array]:
    """Return W (n[0], n[L]) and b (n[L],) of the single layer with the same z[L] = W^T x + b.

    W = W[1] W[2] … W[L], and b is carried through: b <- W[l]^T b + b[l]. Raises ValueError if a hidden layer
    is not linear.
    """
    if not is_linear(network):
        raise ValueError("A hidden layer is not linear, so the network does not collapse into one layer.")
    W, b = np.eye(network.n[0]), np.zeros(network.n[0])
    for layer in network.layers:
        W, b = W @ network.W(theta, layer.l), network.W(theta, layer.l).T @ b + network.b(theta, layer.l)
    return W, b


# -- a network compared with a single layer ---------------------------------------------------------------


@dataclass(frozen=True)
class OneLayer:
    """A single layer z[L] = W^T x + b with W (n[0], n[L]) and b (n[L],)."""

    W: Array
    b: Array

    @property
    def parameters(self) -> int:
        """The number of weights and biases."""
        return int(self.W.size + self.b.size)

    def z(self, x: Array) -> Array:
        """Return z[L] of inputs x (n[0], samples)."""
        return self.W.T @ x + self.b[:, None]


@dataclass(frozen=True)
class OutputDifference:
    """Outputs of a network (``deep``) and of a single layer (``flat``) for the same inputs.

    Both are (n[L], samples) in float64. ``difference`` is the largest between two outputs, ``z_difference``
    that before the output activation. ``unexplained`` is the share of the variance of the network's z[L] that
    the single layer does not explain (0 … 1 for a least-squares fit).
    """

    deep: Array
    flat: Array
    difference: float
    z_difference: float
    unexplained: float


def bending_layers(network: Network) -> tuple[int, ...]:
    """Return the numbers (from 1) of the hidden layers that are not linear."""
    hidden = network.layers[:-1]
    return tuple(layer.l for layer in hidden if any(name != "linear" for name in layer.activations))


@np.errstate(all="ignore")
def product(network: Network, theta: Array) -> OneLayer:
    """Return the single layer equal to a linear network.

    Raises ValueError if a hidden layer is not linear.
    """
    return OneLayer(*collapsed(network, np.asarray(theta, np.float64)))


@np.errstate(all="ignore")
def nearest(network: Network, theta: Array, x: Array) -> OneLayer:
    """Return the single layer that best fits the network's z[L] on x (n[0], samples) by least squares.

    Its numbers are NaN if z[L] is not finite.
    """
    z = _deep(network, theta, x)[0]
    if not np.isfinite(z).all():
        return OneLayer(np.full((x.shape[0], len(z)), np.nan), np.full(len(z), np.nan))
    rows = np.column_stack([x.T, np.ones(x.shape[1])])
    found = np.linalg.lstsq(rows, z.T, rcond=None)[0]
    return OneLayer(found[:-1], found[-1])


@np.errstate(all="ignore")
def compared(network: Network, theta: Array, one: OneLayer, x: Array) -> OutputDifference:
    """Return the differences between a network and a single layer on inputs x (n[0], samples)."""
    z, deep = _deep(network, theta, x)
    z_flat = one.z(x)
    flat = activated(network, z_flat)
    missed = np.square(z - z_flat).sum()
    spread = np.square(z - z.mean(axis=1, keepdims=True)).sum()
    share = float(missed / spread) if spread > 0 else 0.0
    return OutputDifference(
        deep, flat, float(np.abs(deep - flat).max()), float(np.abs(z - z_flat).max()), share
    )


def activated(network: Network, z: Array) -> Array:
    """Return the network's output activation applied to z (n[L], samples)."""
    o = np.empty_like(z)
    for run in network.layers[-1].spans:
        rows = slice(run.start, run.stop)
        o[rows] = run.activation.g(z[rows], run.alpha)
    return o


def _deep(network: Network, theta: Array, x: Array) -> tuple[Array, Array]:
    """Return z[L] and a[L] of a network for x (n[0], samples), in float64."""
    nothing = np.zeros((network.n[-1], x.shape[1]))
    found = evaluate(network, np.asarray(theta, np.float64), x, nothing)
    return found.z[-1], found.a[-1]


@dataclass(frozen=True)
class Bend:
    """An example of non-linearity: ``together`` = g(p + q) differs from ``apart`` = g(p) + g(q)."""

    p: float
    q: float
    together: float
    apart: float


def bend_of(run: ActivationSpan) -> Bend | None:
    """Return the clearer example of non-linearity of p, q = 1, 1 and 1, −1; None for softmax."""
    if run.activation.layerwide:
        return None
    found = []
    for q in (1.0, -1.0):
        first, second, both = run.activation.g(np.array([1.0, q, 1.0 + q]), run.alpha).tolist()
        found.append(Bend(1.0, q, both, first + second))
    return max(found, key=lambda bend: abs(bend.together - bend.apart))
