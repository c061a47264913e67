"""Linear collapse: a network without a non-linear activation is one layer, however deep it is."""

from __future__ import annotations

import numpy as np

from .modules import Array
from .network import Network


def is_linear(network: Network) -> bool:
    """Tell whether all layers but the output are linear, so that the network collapses."""
    hidden = network.layers[:-1]
    return all(name == "linear" for layer in hidden for name in layer.activations)


def collapsed(network: Network, theta: Array) -> tuple[Array, Array]:
    """Return W (n[0], n[L]) and b (n[L],) of the one layer with the same z[L] = W^T x + b.

    W = W[1] W[2] … W[L], and b is carried through: b <- W[l]^T b + b[l]. Raises ValueError where a
    hidden layer is not linear.
    """
    if not is_linear(network):
        raise ValueError("A hidden layer is not linear, so the network does not collapse into one layer.")
    W, b = np.eye(network.n[0]), np.zeros(network.n[0])
    for layer in network.layers:
        W, b = W @ network.W(theta, layer.l), network.W(theta, layer.l).T @ b + network.b(theta, layer.l)
    return W, b
