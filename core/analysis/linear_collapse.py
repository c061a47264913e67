"""Linear collapse: without non-linear activations, a network of any depth equals a single layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..nn.network import ActivationSpan, Network
from ..nn.passes import Passes, run_calls, with_ones
from ..slices import Sliced, slices_of


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


def nearest(network: Network, theta: Array, x: Array) -> Sliced[OneLayer]:
    """Find the single layer that best fits the network's z[L] on x (n[0], samples) by least squares.

    Its numbers are NaN if z[L] is not finite. Slice by slice the rows [xᵀ 1 | zᵀ] are turned into a
    triangular matrix R with the same least-squares problem: Q of rows = QR changes no length.
    """
    inputs, outputs = x.shape[0] + 1, network.n[-1]
    R: Array = np.empty((0, inputs + outputs))
    for span in slices_of(x.shape[1], 2 * (inputs + outputs) + sum(network.n), network.parameters):
        if span.start:
            yield
        part = x[:, span]
        rows = np.vstack([part, np.ones((1, part.shape[1])), _deep(network, theta, part)[0]]).T
        if not np.isfinite(rows).all():
            return OneLayer(np.full((inputs - 1, outputs), np.nan), np.full(outputs, np.nan))
        R = np.asarray(np.linalg.qr(np.vstack([R, rows]), mode="r"))
    found = np.linalg.lstsq(R[:, :inputs], R[:, inputs:], rcond=np.finfo(float).eps * x.shape[1])[0]
    return OneLayer(found[:-1], found[-1])


def compared(network: Network, theta: Array, one: OneLayer, x: Array) -> Sliced[OutputDifference]:
    """Find the differences between a network and a single layer on inputs x (n[0], samples)."""
    deep, flat, z = (np.empty((network.n[-1], x.shape[1])) for _ in range(3))
    missed = z_difference = 0.0
    for span in slices_of(x.shape[1], 2 * sum(network.n), network.parameters):
        if span.start:
            yield
        with np.errstate(all="ignore"):
            z[:, span], deep[:, span] = _deep(network, theta, x[:, span])
            z_flat = one.z(x[:, span])
            flat[:, span] = activated(network, z_flat)
            apart = z[:, span] - z_flat
            missed += float(np.square(apart).sum())
            z_difference = float(np.maximum(z_difference, np.abs(apart).max(initial=0.0)))
    with np.errstate(all="ignore"):
        spread = np.square(z - z.mean(axis=1, keepdims=True)).sum()
        share = float(missed / spread) if spread > 0 else 0.0
        return OutputDifference(deep, flat, float(np.abs(deep - flat).max()), z_difference, share)


def activated(network: Network, z: Array) -> Array:
    """Return the network's output activation applied to z (n[L], samples)."""
    o = np.empty_like(z)
    for run in network.layers[-1].spans:
        rows = slice(run.start, run.stop)
        o[rows] = run.activation.g(z[rows], run.alpha)
    return o


def _deep(network: Network, theta: Array, x: Array) -> tuple[Array, Array]:
    """Return z[L] and a[L] of a network for x (n[0], samples), in float64."""
    passes = Passes(network, np.asarray(theta, np.float64), np.empty(0), x.shape[1])
    with np.errstate(all="ignore"):
        run_calls(passes.forward(with_ones(x)))
    return passes.z[-1], passes.a[-1]


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
