"""Modules: the operations of a computational graph, each with its derivative.

As on the slides "Backward propagation for a single module", a module computes its value ``z = f(inputs)``
and, given the upstream gradient dJ/dz, the gradient of each input. Every derivative of the project is defined
once, here or in the tables built on this file (`core.nn.activations`, `core.nn.losses`), and used by the
graph, the network and all checks.

A function of one variable has two forms: a formula, from which everything shown is made, and a recipe, by
which training computes it. A recipe is a list of steps, each a NumPy function and its arguments, that write
the result into a given array. The training loop binds each step to its arrays once and then only calls it;
`Elementwise.module` wraps the same recipe as a function that returns new arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from ..arrays import Array
from ..expressions import (
    ONE,
    ZERO,
    Expression,
    Leaf,
    absolute,
    cos,
    exp,
    ln,
    maximum,
    minimum,
    number,
    sign,
    sin,
    sqrt,
    where,
)

Step = tuple[Any, ...]
Recipe = Iterable[Step]
Call = partial[Any]


def bound(recipe: Recipe) -> list[Call]:
    """Return the steps of a recipe as calls without arguments, bound to the arrays of the recipe."""
    return [partial(function, *arguments) for function, *arguments in recipe]


def follow(recipe: Recipe) -> None:
    """Execute the steps of a recipe in order."""
    for function, *arguments in recipe:
        function(*arguments)


class Constants(NamedTuple):
    """Constants used in training loops, as 0-d arrays of the network's precision.

    A ufunc handles a 0-d array twice as fast as a Python number, and float32 stays float32.
    """

    zero: Array
    half: Array
    one: Array
    two: Array
    alpha: Array


def constants(dtype: Any = np.float64, alpha: float = 0.0) -> Constants:
    """Return the constants for a precision; ``alpha`` is the parameter of an activation."""
    return Constants(*(np.array(value, dtype) for value in (0.0, 0.5, 1.0, 2.0, alpha)))


@dataclass(frozen=True)
class Module:
    """An operation of a computational graph: its value and its vector-Jacobian product.

    ``forward(*inputs)`` returns z. ``vjp(dz, z, *inputs)`` returns dJ/d(input) for every input, given dJ/dz,
    in shapes that broadcast to those of the inputs. For single numbers, ``formula(*inputs)`` and
    ``derivative_formulas(z, *inputs)`` are z and dz/d(input) for every input as expressions (None: not
    available).
    """

    name: str
    symbol: str
    arity: int
    forward: Callable[..., Array]
    vjp: Callable[..., tuple[Array, ...]]
    formula: Callable[..., Expression] | None = None
    derivative_formulas: Callable[..., tuple[Expression, ...]] | None = None


@dataclass(frozen=True)
class Elementwise:
    """A function g of one variable and its derivative g', each as a recipe and as a formula.

    ``value_steps(z, a, k)`` writes g(z) into a. ``derivative_steps(z, a, out, k)`` writes g'(z) into out; a =
    g(z) is given because most derivatives are simpler in terms of a. ``k`` holds the constants. ``formula(z,
    alpha)`` and ``derivative_formula(z, a, alpha)`` are the same as expressions.
    """

    name: str
    symbol: str
    value_steps: Callable[[Array, Array, Constants], Recipe]
    derivative_steps: Callable[[Array, Array, Array, Constants], Recipe]
    formula: Callable[[Expression, Expression], Expression]
    derivative_formula: Callable[[Expression, Expression, Expression], Expression]

    def g(self, z: Array, alpha: float | None = None) -> Array:
        """Return g(z), of the shape of z."""
        z = np.asarray(z, float)
        a = np.empty_like(z)
        follow(self.value_steps(z, a, constants(alpha=self._alpha(alpha))))
        return a

    def derivative(self, z: Array, alpha: float | None = None) -> Array:
        """Return g'(z), of the shape of z."""
        z = np.asarray(z, float)
        out = np.empty_like(z)
        follow(self.derivative_steps(z, self.g(z, alpha), out, constants(alpha=self._alpha(alpha))))
        return out

    def _alpha(self, alpha: float | None) -> float:
        return alpha or 0.0

    def module(self, alpha: float | None = None) -> Module:
        """Return the function as a module that returns new arrays."""
        parameter = number(self._alpha(alpha))
        return Module(
            self.name,
            self.symbol,
            1,
            lambda z: self.g(z, alpha),
            lambda da, a, z: (da * self.derivative(z, alpha),),
            lambda z: self.formula(z, parameter),
            lambda a, z: (self.derivative_formula(z, a, parameter),),
        )


def _power_vjp(dz: Array, z: Array, x: Array, p: Array) -> tuple[Array, ...]:
    by_base = np.where(p == 0, 0.0, p * np.power(x, p - 1))
    # For x < 0 there is no derivative by the exponent: such powers exist for integer exponents only.
    by_exponent = np.where((x == 0) & (p > 0), 0.0, z * np.log(np.where(x < 0, np.nan, x)))
    return dz * by_base, dz * by_exponent


def _affine_vjp(dz: Array, _z: Array, W: Array, b: Array, a: Array) -> tuple[Array, ...]:
    return a @ dz.T, dz.sum(axis=1).reshape(b.shape), W @ dz


def _power_derivatives(z: Expression, x: Expression, p: Expression) -> tuple[Expression, ...]:
    less = number(p.value - 1) if isinstance(p, Leaf) and p.symbol is None else p - 1
    return p * x**less, z * ln(x)


FUNCTIONS: dict[str, Elementwise] = {
    op.name: op
    for op in (
        Elementwise(
            "exp",
            "exp",
            lambda z, a, k: [(np.exp, z, a)],
            lambda z, a, out, k: [(np.copyto, out, a)],
            lambda z, alpha: exp(z),
            lambda z, a, alpha: a,
        ),
        Elementwise(
            "log",
            "ln",
            lambda z, a, k: [(np.log, z, a)],
            lambda z, a, out, k: [(np.reciprocal, z, out)],
            lambda z, alpha: ln(z),
            lambda z, a, alpha: ONE / z,
        ),
        Elementwise(
            "sin",
            "sin",
            lambda z, a, k: [(np.sin, z, a)],
            lambda z, a, out, k: [(np.cos, z, out)],
            lambda z, alpha: sin(z),
            lambda z, a, alpha: cos(z),
        ),
        Elementwise(
            "cos",
            "cos",
            lambda z, a, k: [(np.cos, z, a)],
            lambda z, a, out, k: [(np.sin, z, out), (np.negative, out, out)],
            lambda z, alpha: cos(z),
            lambda z, a, alpha: -sin(z),
        ),
        Elementwise(
            "sqrt",
            "√",
            lambda z, a, k: [(np.sqrt, z, a)],
            lambda z, a, out, k: [(np.divide, k.half, a, out)],
            lambda z, alpha: sqrt(z),
            lambda z, a, alpha: ONE / (2 * a),
        ),
        Elementwise(
            "abs",
            "|·|",
            lambda z, a, k: [(np.abs, z, a)],
            lambda z, a, out, k: [(np.sign, z, out)],
            lambda z, alpha: absolute(z),
            lambda z, a, alpha: sign(z),
        ),
        Elementwise(
            "square",
            "( )²",
            lambda z, a, k: [(np.square, z, a)],
            lambda z, a, out, k: [(np.multiply, z, k.two, out)],
            lambda z, alpha: z**2,
            lambda z, a, alpha: 2 * z,
        ),
    )
}

OPERATORS: dict[str, Module] = {
    op.name: op
    for op in (
        Module(
            "add",
            "+",
            2,
            np.add,
            lambda dz, z, x, y: (dz, dz),
            lambda x, y: x + y,
            lambda z, x, y: (ONE, ONE),
        ),
        Module(
            "subtract",
            "−",
            2,
            np.subtract,
            lambda dz, z, x, y: (dz, -dz),
            lambda x, y: x - y,
            lambda z, x, y: (ONE, number(-1)),
        ),
        Module(
            "multiply",
            "×",
            2,
            np.multiply,
            lambda dz, z, x, y: (dz * y, dz * x),
            lambda x, y: x * y,
            lambda z, x, y: (y, x),
        ),
        Module(
            "divide",
            "÷",
            2,
            np.divide,
            lambda dz, z, x, y: (dz / y, -dz * z / y),
            lambda x, y: x / y,
            lambda z, x, y: (ONE / y, -(x / y**2)),
        ),
        Module("power", "^", 2, np.power, _power_vjp, lambda x, p: x**p, _power_derivatives),
        Module(
            "negative",
            "−",
            1,
            np.negative,
            lambda dz, z, x: (-dz,),
            lambda x: -x,
            lambda z, x: (number(-1),),
        ),
        Module(
            "max",
            "max",
            2,
            np.maximum,
            lambda dz, z, x, y: (dz * (x >= y), dz * (x < y)),
            maximum,
            lambda z, x, y: (where(x >= y, ONE, ZERO), where(x >= y, ZERO, ONE)),
        ),
        Module(
            "min",
            "min",
            2,
            np.minimum,
            lambda dz, z, x, y: (dz * (x <= y), dz * (x > y)),
            minimum,
            lambda z, x, y: (where(x <= y, ONE, ZERO), where(x <= y, ZERO, ONE)),
        ),
        Module("affine", "b + Wᵀa", 3, lambda W, b, a: W.T @ a + b.reshape(-1, 1), _affine_vjp),
        Module("mean", "mean", 1, np.mean, lambda dz, z, x: (np.full_like(x, dz / np.size(x)),)),
    )
}
