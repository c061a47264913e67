"""Modules: the operations a computational graph is made of, each with its derivative.

A module knows two things, as on the lecture's slides "Backward propagation for a single module":
its value ``z = f(inputs)`` and, given the upstream gradient dJ/dz, the gradient of each input.
Every derivative of the project is written once, here or in the tables built on this file
(`core.activations`, `core.losses`), and serves the graph, the network and every check.

Functions of one variable are written in place (`Elementwise`), because the training loop runs on
buffers; `Elementwise.module` is the same function as a value-in, value-out module.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Constants(NamedTuple):
    """Numbers used inside the loops, as 0-d arrays of the network's precision.

    A ufunc takes a 0-d array in half the time of a Python number, and keeps float32 float32.
    """

    zero: Array
    half: Array
    one: Array
    two: Array
    alpha: Array


def constants(dtype: Any = np.float64, alpha: float = 0.0) -> Constants:
    """Return the constants for one precision; ``alpha`` is an activation's own parameter."""
    return Constants(*(np.array(value, dtype) for value in (0.0, 0.5, 1.0, 2.0, alpha)))


@dataclass(frozen=True)
class Module:
    """One operation: its value, and its vector-Jacobian product.

    ``forward(*inputs)`` returns z. ``vjp(dz, z, *inputs)`` returns dJ/d(input) for every input,
    given dJ/dz, in shapes that broadcast like the inputs.
    """

    name: str
    symbol: str
    arity: int
    forward: Callable[..., Array]
    vjp: Callable[..., tuple[Array, ...]]


@dataclass(frozen=True)
class Elementwise:
    """A function g of one variable and its derivative g', both written into a given array.

    ``function(z, out, k)`` writes g(z); ``slope(z, a, out, k)`` writes g'(z), where a = g(z) is
    at hand because most derivatives are shorter in a. ``k`` holds the constants.
    """

    name: str
    symbol: str
    function: Callable[[Array, Array, Constants], object]
    slope: Callable[[Array, Array, Array, Constants], object]

    def module(self, k: Constants | None = None) -> Module:
        """Return the same function as a module on new arrays."""
        k = k or constants()

        def forward(z: Array) -> Array:
            z = np.asarray(z, k.one.dtype)
            out = np.empty_like(z)
            self.function(z, out, k)
            return out

        def vjp(da: Array, a: Array, z: Array) -> tuple[Array, ...]:
            out = np.empty_like(a)
            self.slope(np.asarray(z, a.dtype), a, out, k)
            return (da * out,)

        return Module(self.name, self.symbol, 1, forward, vjp)


def _power_vjp(dz: Array, z: Array, x: Array, p: Array) -> tuple[Array, ...]:
    by_base = p * np.power(x, p - 1)
    by_exponent = z * np.log(np.where(x > 0, x, 1.0))
    return dz * by_base, dz * by_exponent


def _affine_vjp(dz: Array, _z: Array, W: Array, b: Array, a: Array) -> tuple[Array, ...]:
    return a @ dz.T, dz.sum(axis=1).reshape(b.shape), W @ dz


def _exp_slope(_z: Array, a: Array, out: Array, _k: Constants) -> None:
    np.copyto(out, a)


def _log_slope(z: Array, _a: Array, out: Array, _k: Constants) -> None:
    np.reciprocal(z, out)


def _sin_slope(z: Array, _a: Array, out: Array, _k: Constants) -> None:
    np.cos(z, out)


def _cos_slope(z: Array, _a: Array, out: Array, _k: Constants) -> None:
    np.sin(z, out)
    np.negative(out, out)


def _sqrt_slope(_z: Array, a: Array, out: Array, k: Constants) -> None:
    np.divide(k.half, a, out)


def _square_slope(z: Array, _a: Array, out: Array, k: Constants) -> None:
    np.multiply(z, k.two, out)


FUNCTIONS: dict[str, Elementwise] = {
    op.name: op
    for op in (
        Elementwise("exp", "exp", lambda z, out, k: np.exp(z, out), _exp_slope),
        Elementwise("log", "ln", lambda z, out, k: np.log(z, out), _log_slope),
        Elementwise("sin", "sin", lambda z, out, k: np.sin(z, out), _sin_slope),
        Elementwise("cos", "cos", lambda z, out, k: np.cos(z, out), _cos_slope),
        Elementwise("sqrt", "√", lambda z, out, k: np.sqrt(z, out), _sqrt_slope),
        Elementwise("abs", "|·|", lambda z, out, k: np.abs(z, out), lambda z, a, out, k: np.sign(z, out)),
        Elementwise("square", "( )²", lambda z, out, k: np.square(z, out), _square_slope),
    )
}

OPERATORS: dict[str, Module] = {
    op.name: op
    for op in (
        Module("add", "+", 2, np.add, lambda dz, z, x, y: (dz, dz)),
        Module("subtract", "−", 2, np.subtract, lambda dz, z, x, y: (dz, -dz)),
        Module("multiply", "×", 2, np.multiply, lambda dz, z, x, y: (dz * y, dz * x)),
        Module("divide", "÷", 2, np.divide, lambda dz, z, x, y: (dz / y, -dz * z / y)),
        Module("power", "^", 2, np.power, _power_vjp),
        Module("negative", "−", 1, np.negative, lambda dz, z, x: (-dz,)),
        Module("max", "max", 2, np.maximum, lambda dz, z, x, y: (dz * (x >= y), dz * (x < y))),
        Module("min", "min", 2, np.minimum, lambda dz, z, x, y: (dz * (x <= y), dz * (x > y))),
        Module("affine", "b + Wᵀa", 3, lambda W, b, a: W.T @ a + b.reshape(-1, 1), _affine_vjp),
        Module("mean", "mean", 1, np.mean, lambda dz, z, x: (np.full_like(x, dz / np.size(x)),)),
    )
}
