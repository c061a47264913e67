"""The matrices of a layer in one pass: of one sample, or of the whole batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .jacobians import da_dz, dz_da
from .modules import Array
from .network import Network
from .passes import Pass


@dataclass(frozen=True)
class Matrix:
    """A quantity of layer ``layer`` as a matrix, NaN where it is not computed yet; a vector is a column.

    ``name`` is one of "W", "b", "z", "a", "delta", "dW", "db", "dz_da", "da_dz". ``gradient``: it
    belongs to the backward pass. ``step`` (like ``values``) says by how much each number has just
    changed; None: it is not known.
    """

    name: str
    layer: int
    values: Array
    gradient: bool = False
    step: Array | None = None


def matrices_of(
    network: Network,
    theta: Array,
    before: Array,
    values: Pass | None,
    l: int,
    column: int | None,
    of_pass: Array | None = None,
) -> tuple[Matrix, ...]:
    """Return the matrices of layer l (of the input, layer 0, only a), in the order of the computation.

    ``theta`` are the parameters now, ``before`` those before the last update; the pass was made with
    ``of_pass`` (None: with those before the update). With a ``column``, the numbers are
    those of this sample of the batch and its share of the gradient, a[l-1] delta[l].T. Without,
    z, a and the Jacobians are means over the batch; delta, whose numbers hold the factor 1/batch, is
    the sum over it, which is dJ/db[l]; and the gradients are those of the update, penalty included.
    """
    if l == 0:
        return (Matrix("a", 0, _activity(network, values, 0, column)),)
    step = None if before is theta else np.abs(theta - before)
    names = ("W", network.W), ("b", network.b)
    parameters = (
        Matrix(name, l, _column(view(theta, l)), False, None if step is None else _column(view(step, l)))
        for name, view in names
    )
    return (
        *parameters,
        *_forward(network, values, l, column),
        *_backward(network, before if of_pass is None else of_pass, values, l, column),
    )


def _column(array: Array) -> Array:
    """Return a vector as a matrix of one column."""
    return array.reshape(-1, 1) if array.ndim == 1 else array


def _unknown(*shape: int) -> Array:
    return np.full(shape, np.nan)


def _mean(array: Array, column: int | None) -> Array:
    with np.errstate(all="ignore"):
        return array.mean(axis=1, keepdims=True) if column is None else array[:, column : column + 1]


def _activity(network: Network, values: Pass | None, l: int, column: int | None) -> Array:
    return _unknown(network.n[l], 1) if values is None else _mean(values.a[l], column)


def _forward(network: Network, values: Pass | None, l: int, column: int | None) -> Iterator[Matrix]:
    z = _unknown(network.n[l], 1) if values is None else _mean(values.z[l], column)
    yield Matrix("z", l, z)
    yield Matrix("a", l, _activity(network, values, l, column))


def _backward(
    network: Network, theta: Array, values: Pass | None, l: int, column: int | None
) -> Iterator[Matrix]:
    n_in, n_out = network.n[l - 1], network.n[l]
    delta, dW, db = _unknown(n_out, 1), _unknown(n_in, n_out), _unknown(n_out, 1)
    jacobian, mask = _unknown(n_out, n_out), None
    if values is not None:
        jacobian = da_dz(network, values, l, column)
        mask = _mean(values.masks[l], column)[:, 0] if l in values.masks else None
        if values.delta is not None:
            delta = _of_batch(values.delta[l], column)
        if values.g is not None:
            dW, db = _gradients(network, values, l, column)
    yield Matrix("delta", l, delta, True)
    yield Matrix("dW", l, dW, True)
    yield Matrix("db", l, db, True)
    yield Matrix("dz_da", l, dz_da(network, theta, l, mask), True)
    yield Matrix("da_dz", l, jacobian, True)


def _of_batch(delta: Array, column: int | None) -> Array:
    with np.errstate(all="ignore"):
        return delta.sum(axis=1, keepdims=True) if column is None else delta[:, column : column + 1]


def _gradients(network: Network, values: Pass, l: int, column: int | None) -> tuple[Array, Array]:
    """Return dJ/dW[l] and dJ/db[l], or a sample's share of them as far as they are computed."""
    assert values.g is not None and values.delta is not None
    dW, db = network.W(values.g, l), _column(network.b(values.g, l))
    if column is None:
        return dW, db
    a, delta = values.a[l - 1][:, column], values.delta[l][:, column]
    if l in values.masks:
        a = a * values.masks[l][:, column]
    with np.errstate(all="ignore"):
        share = np.outer(a, delta)
    return np.where(np.isnan(dW), np.nan, share), np.where(np.isnan(db), np.nan, delta[:, None])
