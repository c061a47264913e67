"""The matrices of a layer in one pass, for one sample or the whole batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..nn.network import ActivationSpan, Network
from ..nn.passes import Pass


def dz_da(network: Network, theta: Array, l: int, mask: Array | None = None) -> Array:
    """Return dz[l]/da[l-1] (n[l-1], n[l]), which is W[l].

    ``mask`` (n[l-1],) are the factors of dropout on the inputs of the layer.
    """
    W = network.W(theta, l)
    return W if mask is None else W * mask[:, None]


def da_dz(network: Network, values: Pass, l: int, column: int | None = None) -> Array:
    """Return da[l]/dz[l] (n[l], n[l]) of sample ``column`` of a pass, or its mean over the batch.

    It is diag(sigma'(z)) for activations of single neurons, and diag(a) - a a^T for softmax; NaN where z is
    not computed yet.
    """
    z = values.z[l] if column is None else values.z[l][:, column : column + 1]
    jacobian = np.zeros((z.shape[0], z.shape[0]))
    with np.errstate(all="ignore"):
        for run in network.layers[l - 1].spans:
            own = slice(run.start, run.stop)
            jacobian[own, own] = _of_run(run, z[own].astype(float))
    return jacobian


def _of_run(run: ActivationSpan, z: Array) -> Array:
    """Return the mean Jacobian of an activation over samples z (neurons, samples)."""
    if not run.activation.layerwide:
        slopes = np.where(np.isnan(z), np.nan, run.activation.derivative(z, run.alpha))
        return np.diag(slopes.mean(axis=1))
    module = run.activation.module(run.alpha)
    a, da = module.forward(z), np.zeros_like(z)
    jacobian = np.empty((z.shape[0], z.shape[0]))
    for k in range(z.shape[0]):
        da[k] = 1
        jacobian[:, k] = module.vjp(da, a, z)[0].mean(axis=1)
        da[k] = 0
    return jacobian


# -- all matrices of a layer ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Matrix:
    """A quantity of layer ``layer`` as a matrix, NaN where not computed yet; a vector is a column.

    ``name`` is one of "W", "b", "z", "a", "delta", "dW", "db", "dz_da", "da_dz". ``gradient``: it belongs to
    the backward pass. ``derivative`` is False for "dW" and "db" of the perceptron rule, which puts another
    number in place of the derivative. ``step`` (shaped like ``values``) is the absolute change of each number
    by the last update (None: unknown).
    """

    name: str
    layer: int
    values: Array
    gradient: bool = False
    step: Array | None = None
    derivative: bool = True


def matrices_of(
    network: Network,
    theta: Array,
    before: Array,
    values: Pass | None,
    l: int,
    column: int | None,
    of_pass: Array | None = None,
) -> tuple[Matrix, ...]:
    """Return the matrices of layer l (of the input, layer 0, only a), in the order of computation.

    ``theta`` are the present parameters, ``before`` those before the last update, ``of_pass`` those the pass
    was computed with (None: ``before``). With a ``column``, the numbers are those of this sample of the
    batch, and its contribution a[l-1] delta[l].T to the gradient. Without, z, a and the Jacobians are means
    over the batch; delta, which contains the factor 1/batch, is summed, giving dJ/db[l]; and the gradients
    are those of the update, including the penalty.
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
    derivative = not network.perceptron
    yield Matrix("dW", l, dW, True, derivative=derivative)
    yield Matrix("db", l, db, True, derivative=derivative)
    yield Matrix("dz_da", l, dz_da(network, theta, l, mask), True)
    yield Matrix("da_dz", l, jacobian, True)


def _of_batch(delta: Array, column: int | None) -> Array:
    with np.errstate(all="ignore"):
        return delta.sum(axis=1, keepdims=True) if column is None else delta[:, column : column + 1]


def _gradients(network: Network, values: Pass, l: int, column: int | None) -> tuple[Array, Array]:
    """Return dJ/dW[l] and dJ/db[l], or a sample's contribution, NaN where not computed yet."""
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


# -- matrices as text, in full precision ---------------------------------------------------------------


def _rows(matrix: Array, number: Callable[[str], str], between: str) -> list[str]:
    """Return each row as text, every number in the shortest form that reads back exactly."""
    columns = matrix.reshape(-1, 1) if matrix.ndim == 1 else matrix
    return [between.join(number(str(value)) for value in row) for row in columns]


def _blank(text: str) -> str:
    return "" if text == "nan" else text


def csv(matrix: Array) -> str:
    """Return a matrix (rows, columns) as comma-separated values; NaN is left empty."""
    return "\n".join(_rows(matrix, _blank, ",")) + "\n"


def tabbed(matrix: Array) -> str:
    """Return a matrix as tab-separated values, as spreadsheets paste them; NaN is left empty."""
    return "\n".join(_rows(matrix, _blank, "\t")) + "\n"


def _python(text: str) -> str:
    return text.replace("inf", "np.inf") if "inf" in text else text.replace("nan", "np.nan")


def numpy(matrix: Array) -> str:
    """Return a matrix as a NumPy expression, with its dtype unless it is float64."""
    rows = ",\n          ".join(f"[{row}]" for row in _rows(matrix, _python, ", "))
    precision = "" if matrix.dtype == np.float64 else f", dtype=np.{matrix.dtype}"
    return f"np.array([{rows}]{precision})\n"


def _latex_number(text: str) -> str:
    if text == "nan":
        return r"\cdot"
    if text.endswith("inf"):
        return text.replace("inf", r"\infty")
    figures, _, exponent = text.partition("e")
    return rf"{figures}\times 10^{{{int(exponent)}}}" if exponent else figures


def latex(matrix: Array) -> str:
    """Return a matrix as a LaTeX array in parentheses that needs no packages; NaN is a dot."""
    rows = _rows(matrix, _latex_number, " & ")
    columns = "r" * (1 if matrix.ndim == 1 else matrix.shape[1])
    body = " \\\\\n".join(rows)
    return f"\\left(\\begin{{array}}{{{columns}}}\n{body}\n\\end{{array}}\\right)\n"


FORMATS: dict[str, Callable[[Array], str]] = {"CSV": csv, "NumPy": numpy, "LaTeX": latex}
"""The formats in which a matrix can be copied, by their names in menus."""
