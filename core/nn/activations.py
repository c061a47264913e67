"""The table of activation functions: g, its derivative g', and how they are shown.

To add an activation, add one entry to `ACTIVATIONS`; menus, files, formulas, plots and checks follow.
ReLU'(0) = 0, as on the slides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from .. import expressions as ex
from ..arrays import Array
from ..expressions import ONE, PI, ZERO, Expression, Leaf, Sum, Symbol
from .ops import Call, Constants, Elementwise, Module, Recipe, follow


@dataclass(frozen=True)
class Activation(Elementwise):
    """An activation function g, with its derivative.

    ``source`` is the slide or paper it comes from; its values lie between ``lowest`` and ``highest``.
    ``colour`` names one theme colour, or two that are mixed (empty: the next free colour). ``alpha`` is the
    default of its parameter (None: it has none), which must lie in ``alpha_range``.

    ``piecewise_constant``: its value only jumps, so its derivative is 0 wherever there is one.

    ``layer_vjp`` is set for softmax only, where an output depends on the whole layer: ``layer_vjp(da, a,
    dz)`` is the recipe of the vector-Jacobian product, ``derivative_steps`` gives only the diagonal of the
    Jacobian, and the formulas are those of neuron i with sums over j.
    """

    source: str = ""
    lowest: float = -np.inf
    highest: float = np.inf
    colour: tuple[str, ...] = ()
    alpha: float | None = None
    alpha_range: tuple[float, float] = (0.0, 10.0)
    piecewise_constant: bool = False
    layer_vjp: Callable[[Array, Array, Array], Recipe] | None = None

    @property
    def layerwide(self) -> bool:
        """Whether each output depends on every z of the layer."""
        return self.layer_vjp is not None

    def _alpha(self, alpha: float | None) -> float:
        return (self.alpha or 0.0) if alpha is None or self.alpha is None else alpha

    def g(self, z: Array, alpha: float | None = None) -> Array:
        """Return g(z), of the shape of z; for softmax, columns are samples and a vector is one sample."""
        z = np.asarray(z, float)
        columns = z.reshape(-1, 1) if self.layerwide and z.ndim == 1 else z
        return super().g(columns, alpha).reshape(z.shape)

    def module(self, alpha: float | None = None) -> Module:
        """Return the activation as a module; its input z is (n, batch) for softmax, else of any shape."""
        plain = super().module(alpha)
        if self.layer_vjp is None:
            return plain
        recipe = self.layer_vjp

        def vjp(da: Array, a: Array, _z: Array) -> tuple[Array, ...]:
            dz = np.empty_like(a)
            follow(recipe(np.broadcast_to(da, a.shape), a, dz))
            return (dz,)

        return Module(self.name, self.symbol, 1, plain.forward, vjp)


def _maximum(x: Array, y: Array, out: Array) -> Call:
    """Return the call that writes max(x, y); NumPy requires ``out`` as a keyword here."""
    return partial(np.maximum, x, y, out=out)


def _minimum(x: Array, y: Array, out: Array) -> Call:
    """Return the call that writes min(x, y)."""
    return partial(np.minimum, x, y, out=out)


def _where_positive(z: Array, value: Array, out: Array) -> None:
    """Write ``value`` where z > 0."""
    np.copyto(out, value, where=z > 0)


def _sigmoid(z: Array, a: Array, k: Constants) -> Recipe:
    """Return the recipe of (1 + tanh(z/2)) / 2, which cannot overflow."""
    return (np.multiply, z, k.half, a), (np.tanh, a, a), (np.multiply, a, k.half, a), (np.add, a, k.half, a)


def _sigmoid_derivative(z: Array, a: Array, out: Array, k: Constants) -> Recipe:
    return (np.subtract, k.one, a, out), (np.multiply, out, a, out)


def _tanh_derivative(z: Array, a: Array, out: Array, k: Constants) -> Recipe:
    return (np.square, a, out), (np.subtract, k.one, out, out)


def _leaky_relu(z: Array, a: Array, k: Constants) -> Recipe:
    return (np.multiply, z, k.alpha, a), (_maximum(a, z, a),)


def _leaky_relu_derivative(z: Array, a: Array, out: Array, k: Constants) -> Recipe:
    return (np.copyto, out, k.alpha), (_where_positive, z, k.one, out)


def _elu(z: Array, a: Array, k: Constants) -> Recipe:
    negative = (_minimum(z, k.zero, a),), (np.expm1, a, a), (np.multiply, a, k.alpha, a)
    return *negative, (_where_positive, z, z, a)


def _elu_derivative(z: Array, a: Array, out: Array, k: Constants) -> Recipe:
    return (np.add, a, k.alpha, out), (_where_positive, z, k.one, out)


def _sign(z: Array, a: Array, k: Constants) -> Recipe:
    """Return the recipe of 1 for z >= 0, else -1."""
    return (np.greater_equal, z, k.zero, a), (np.multiply, a, k.two, a), (np.subtract, a, k.one, a)


def _gelu_tanh(z: Expression) -> Expression:
    return ex.tanh(ex.sqrt(2 / PI) * (z + 0.044715 * z**3))


def _gelu_derivative(z: Expression) -> Expression:
    t = ex.let(Symbol("t"), _gelu_tanh(z))
    return (1 + t) / 2 + z / 2 * (1 - t**2) * ex.sqrt(2 / PI) * (1 + 0.134145 * z**2)


_GELU_C = float(np.sqrt(2 / np.pi))


def _gelu_at(z: Array, out: Array) -> None:
    np.multiply(0.5 * z, 1 + np.tanh(_GELU_C * (z + 0.044715 * z**3)), out)


def _gelu_derivative_at(z: Array, out: Array) -> None:
    t = np.tanh(_GELU_C * (z + 0.044715 * z**3))
    inner = _GELU_C * (1 + 3 * 0.044715 * z**2)
    np.add(0.5 * (1 + t), 0.5 * z * (1 - t * t) * inner, out)


def _softplus_derivative(z: Array, a: Array, out: Array, k: Constants) -> Recipe:
    return (np.negative, a, out), (np.expm1, out, out), (np.negative, out, out)


FULL_SUMS = 16


def softmax_recipe(z: Array, a: Array, scale: float = 1.0) -> Recipe:
    """Return the recipe of scale exp(z) / sum(exp(z)) for each column of z (n, batch).

    For few neurons, the sums are repeated in every row, because division of arrays of equal shape is faster.
    """
    n = z.shape[0]
    rows = n if n <= FULL_SUMS else 1
    ones, sums = np.full((rows, n), 1 / scale, z.dtype), np.empty((rows, z.shape[1]), z.dtype)
    largest, moderate = np.empty_like(z[:1]), (np.log(np.finfo(z.dtype).max) / 2) ** 2
    return (_shifted_exp, z, a, largest, moderate), (ones.dot, a, sums), (np.divide, a, sums, a)


def _shifted_exp(z: Array, out: Array, largest: Array, moderate: float) -> None:
    """Write exp(z - c), where c is chosen per column so that no sum overflows; softmax is the same for any c.

    If the Euclidean norm of z is moderate, c = 0; otherwise c is the largest z of the column.
    """
    if np.vdot(z, z) < moderate:
        np.exp(z, out)
    else:
        np.maximum.reduce(z, 0, None, largest[0])
        np.subtract(z, largest, out)
        np.exp(out, out)


def _softmax_vjp(da: Array, a: Array, dz: Array) -> Recipe:
    """Return the recipe of a (da - sum(a da)), as the Jacobian of softmax is diag(a) - a a^T."""
    row, ones = np.empty_like(a[:1]), np.ones((1, a.shape[0]), a.dtype)
    return (np.multiply, da, a, dz), (ones.dot, dz, row), (np.subtract, da, row, dz), (np.multiply, dz, a, dz)


def softmax_formula(
    z: Expression, every_z: Sequence[Expression], any_z: Expression, shift: Leaf | None = None
) -> Expression:
    """Return softmax of z as an expression: e^z divided by the sum of e^z' over every z' of the layer.

    In symbols, the sum runs over the index of ``any_z``. ``shift``, if given, is subtracted from every z: the
    result is the same, and e^z cannot overflow if ``shift`` is the largest z.
    """
    return _exp(z, shift) / softmax_sum(every_z, any_z, shift)


def softmax_sum(every_z: Sequence[Expression], any_z: Expression, shift: Leaf | None = None) -> Sum:
    """Return the sum of e^z over a layer (see `softmax_formula`)."""
    symbol = next(ex.leaves(any_z)).symbol
    index = "" if symbol is None else str(symbol.below[0])
    return Sum(tuple(_exp(z, shift) for z in every_z), index, _exp(any_z, shift))


def _exp(z: Expression, shift: Leaf | None) -> Expression:
    return ex.exp(z if shift is None else z - shift)


def _of(letter: str, *below: str) -> Leaf:
    """Return a letter whose indices stand for any neuron."""
    return Leaf(0, Symbol(letter, below))


ACTIVATIONS: dict[str, Activation] = {
    entry.name: entry
    for entry in (
        Activation(
            "linear",
            "linear",
            lambda z, a, k: [(np.copyto, a, z)],
            lambda z, a, out, k: [(np.copyto, out, k.one)],
            lambda z, alpha: z,
            lambda z, a, alpha: ONE,
            "slides, “Importance of Activation Function”",
            colour=("muted",),
        ),
        Activation(
            "sigmoid",
            "sigmoid",
            _sigmoid,
            _sigmoid_derivative,
            lambda z, alpha: 1 / (1 + ex.exp(-z)),
            lambda z, a, alpha: a * (1 - a),
            "slides, “Sigmoid”",
            lowest=0.0,
            highest=1.0,
            colour=("positive",),
        ),
        Activation(
            "tanh",
            "tanh",
            lambda z, a, k: [(np.tanh, z, a)],
            _tanh_derivative,
            lambda z, alpha: ex.tanh(z),
            lambda z, a, alpha: 1 - a**2,
            "slides, “Tanh”",
            lowest=-1.0,
            highest=1.0,
            colour=("negative",),
        ),
        Activation(
            "relu",
            "ReLU",
            lambda z, a, k: [(_maximum(z, k.zero, a),)],
            lambda z, a, out, k: [(np.sign, a, out)],
            lambda z, alpha: ex.maximum(0, z),
            lambda z, a, alpha: ex.where(z > 0, 1, 0),
            "slides, “ReLU”",
            lowest=0.0,
            colour=("gradient_positive",),
        ),
        Activation(
            "leaky_relu",
            "LeakyReLU",
            _leaky_relu,
            _leaky_relu_derivative,
            lambda z, alpha: ex.maximum(alpha * z, z),
            lambda z, a, alpha: ex.where(z > 0, 1, alpha),
            "slides, “Variant of ReLU”",
            colour=("gradient_negative",),
            alpha=0.01,
            alpha_range=(0.0, 1.0),
        ),
        Activation(
            "elu",
            "ELU",
            _elu,
            _elu_derivative,
            lambda z, alpha: ex.where(z > 0, z, alpha * (ex.exp(z) - 1)),
            lambda z, a, alpha: ex.where(z > 0, 1, a + alpha),
            "Clevert, Unterthiner & Hochreiter 2016",
            colour=("error",),
            alpha=1.0,
            alpha_range=(0.01, 10.0),
        ),
        Activation(
            "gelu",
            "GELU",
            lambda z, a, k: [(_gelu_at, z, a)],
            lambda z, a, out, k: [(_gelu_derivative_at, z, out)],
            lambda z, alpha: z / 2 * (1 + _gelu_tanh(z)),
            lambda z, a, alpha: _gelu_derivative(z),
            "Hendrycks & Gimpel 2016",
            lowest=-0.17004,
            colour=("text",),
        ),
        Activation(
            "softplus",
            "softplus",
            lambda z, a, k: [(np.logaddexp, z, k.zero, a)],
            _softplus_derivative,
            lambda z, alpha: ex.ln(1 + ex.exp(z)),
            lambda z, a, alpha: 1 - ex.exp(-a),
            "Dugas et al. 2001",
            lowest=0.0,
            colour=("positive", "gradient_positive"),
        ),
        Activation(
            "step",
            "step",
            lambda z, a, k: [(np.greater_equal, z, k.zero, a)],
            lambda z, a, out, k: [(np.copyto, out, k.zero)],
            lambda z, alpha: ex.where(z >= 0, 1, 0),
            lambda z, a, alpha: ZERO,
            "Rosenblatt 1958",
            lowest=0.0,
            highest=1.0,
            colour=("positive", "negative"),
            piecewise_constant=True,
        ),
        Activation(
            "sign",
            "sign",
            _sign,
            lambda z, a, out, k: [(np.copyto, out, k.zero)],
            lambda z, alpha: ex.where(z >= 0, 1, -1),
            lambda z, a, alpha: ZERO,
            "Rosenblatt 1958",
            lowest=-1.0,
            highest=1.0,
            colour=("negative", "gradient_negative"),
            piecewise_constant=True,
        ),
        Activation(
            "softmax",
            "softmax",
            lambda z, a, k: softmax_recipe(z, a),
            _sigmoid_derivative,
            lambda z, alpha: softmax_formula(_of("z", "i"), (), _of("z", "j")),
            lambda z, a, alpha: _of("g", "i") * (_of("δ", "i", "j") - _of("g", "j")),
            "slides, “Softmax activation function”",
            lowest=0.0,
            highest=1.0,
            layer_vjp=_softmax_vjp,
        ),
    )
}
