"""Jacobians of a layer: what its z are to its inputs, and its a to its z, as matrices.

In the slide's layout a row is an input and a column an output, so that dJ/dx = (df/dx)(dJ/df).
"""

from __future__ import annotations

import numpy as np

from .modules import Array
from .network import Network, Run
from .passes import Pass


def dz_da(network: Network, theta: Array, l: int, mask: Array | None = None) -> Array:
    """Return dz[l]/da[l-1], (n[l-1], n[l]): it is W[l].

    ``mask`` (n[l-1],) is what dropout multiplied the inputs of the layer with.
    """
    W = network.W(theta, l)
    return W if mask is None else W * mask[:, None]


def da_dz(network: Network, values: Pass, l: int, column: int | None = None) -> Array:
    """Return da[l]/dz[l], (n[l], n[l]), of one sample of a pass, or its mean over the batch.

    diag(sigma'(z)) where every neuron has its own activation; for softmax diag(a) - a a^T. NaN where
    z is not computed yet.
    """
    z = values.z[l] if column is None else values.z[l][:, column : column + 1]
    jacobian = np.zeros((z.shape[0], z.shape[0]))
    with np.errstate(all="ignore"):
        for run in network.layers[l - 1].runs:
            own = slice(run.start, run.stop)
            jacobian[own, own] = _of_run(run, z[own].astype(float))
    return jacobian


def _of_run(run: Run, z: Array) -> Array:
    """Return the mean Jacobian of an activation over samples z (neurons, samples)."""
    if not run.activation.layerwide:
        slopes = np.where(np.isnan(z), np.nan, run.activation.dg(z, run.alpha))
        return np.diag(slopes.mean(axis=1))
    module = run.activation.module(run.alpha)
    a, da = module.forward(z), np.zeros_like(z)
    jacobian = np.empty((z.shape[0], z.shape[0]))
    for k in range(z.shape[0]):
        da[k] = 1
        jacobian[:, k] = module.vjp(da, a, z)[0].mean(axis=1)
        da[k] = 0
    return jacobian
