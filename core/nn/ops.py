"""Modules: the operations a computational graph is made of, each with its derivative.

A module knows two things, as on the lecture's slides "Backward propagation for a single module":
its value ``z = f(inputs)`` and, given the upstream gradient dJ/dz, the gradient of each input.
Every derivative of the project is written once, here or in the tables built on this file
(`core.nn.activations`, `core.nn.losses`), and serves the graph, the network and every check.

A function of one variable is written as a recipe: the steps, each a NumPy function and its
arguments, that write the result into a given array. The training loop binds each step once to its
arrays and then only calls; `Elementwise.module` is the same recipe as a value-in, value-out module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from ..arrays import Array

Step = tuple[Any, ...]
Recipe = Iterable[Step]
Call = partial[Any]

CACHE_LINE = 64  # bytes


def aligned(shape: int | tuple[int, ...], dtype: Any) -> Array:
    """Return zeros that begin with a line of the processor's cache: calls on them are a little faster."""
    array = np.zeros(shape, dtype)
    room = np.zeros(array.nbytes + CACHE_LINE, np.uint8)
    start = -room.ctypes.data % CACHE_LINE
    return room[start : start + array.nbytes].view(dtype).reshape(array.shape)


def bound(recipe: Recipe) -> list[Call]:
    """Return the steps of a recipe as calls without arguments."""
    return [partial(function, *arguments) for function, *arguments in recipe]


def rebound(calls: Iterable[Call], old: Iterable[object], new: Iterable[object]) -> list[Call]:
    """Return bound calls with the objects ``new`` as arguments, or as what a method is of, for ``old``."""
    others = {id(one): other for one, other in zip(old, new, strict=True)}
    return [_rebound(call, others) for call in calls]


def _rebound(call: Call, others: dict[int, object]) -> Call:
    owner = others.get(id(getattr(call.func, "__self__", None)))
    function = call.func if owner is None else getattr(owner, call.func.__name__)
    arguments = [others.get(id(argument), argument) for argument in call.args]
    named = {name: others.get(id(argument), argument) for name, argument in call.keywords.items()}
    return partial(function, *arguments, **named)


def unrolled(
    calls: Iterable[Call], inputs: Iterable[object]
) -> Callable[[Iterable[tuple[object, ...]]], None]:
    """Return a function that makes the calls again and again, each time with other objects for ``inputs``.

    Its argument is the tuples of those objects. It is written out, a line for every call, since going
    through a list of calls takes up to a quarter of an iteration of a small network.
    """
    names = {id(one): f"input_{k}" for k, one in enumerate(inputs)}
    head = f"def repeat(rounds):\n  for {', '.join(names.values())}, in rounds:\n"
    known: dict[str, object] = {}

    def name(thing: object) -> str:
        if id(thing) not in names:
            names[id(thing)] = f"known_{len(known)}"
            known[names[id(thing)]] = thing
        return names[id(thing)]

    lines = [f"    {_line(call, name)}\n" for call in calls]
    exec("".join([head, *lines]), known)
    return known["repeat"]  # type: ignore[return-value]


def _line(call: Call, name: Callable[[object], str]) -> str:
    owner = getattr(call.func, "__self__", None)
    function = f"{name(owner)}.{call.func.__name__}" if isinstance(owner, np.ndarray) else name(call.func)
    named = [f"{key}={name(argument)}" for key, argument in call.keywords.items()]
    return f"{function}({', '.join([*map(name, call.args), *named])})"


def follow(recipe: Recipe) -> None:
    """Take the steps of a recipe, in order."""
    for function, *arguments in recipe:
        function(*arguments)


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
    """A function g of one variable and its derivative g', as recipes.

    ``value(z, a, k)`` writes g(z) into a; ``slope(z, a, out, k)`` writes g'(z) into out, where
    a = g(z) is at hand because most derivatives are shorter in a. ``k`` holds the constants.
    """

    name: str
    symbol: str
    value: Callable[[Array, Array, Constants], Recipe]
    slope: Callable[[Array, Array, Array, Constants], Recipe]

    def g(self, z: Array, alpha: float | None = None) -> Array:
        """Return g(z), an array like z."""
        z = np.asarray(z, float)
        a = np.empty_like(z)
        follow(self.value(z, a, constants(alpha=self._alpha(alpha))))
        return a

    def dg(self, z: Array, alpha: float | None = None) -> Array:
        """Return g'(z), an array like z."""
        z = np.asarray(z, float)
        out = np.empty_like(z)
        follow(self.slope(z, self.g(z, alpha), out, constants(alpha=self._alpha(alpha))))
        return out

    def _alpha(self, alpha: float | None) -> float:
        return alpha or 0.0

    def module(self, alpha: float | None = None) -> Module:
        """Return the same function as a module on new arrays."""
        return Module(
            self.name,
            self.symbol,
            1,
            lambda z: self.g(z, alpha),
            lambda da, a, z: (da * self.dg(z, alpha),),
        )


def _power_vjp(dz: Array, z: Array, x: Array, p: Array) -> tuple[Array, ...]:
    by_base = np.where(p == 0, 0.0, p * np.power(x, p - 1))
    # For x < 0 there is no derivative by the exponent: powers of x exist only at whole ones.
    by_exponent = np.where((x == 0) & (p > 0), 0.0, z * np.log(np.where(x < 0, np.nan, x)))
    return dz * by_base, dz * by_exponent


def _affine_vjp(dz: Array, _z: Array, W: Array, b: Array, a: Array) -> tuple[Array, ...]:
    return a @ dz.T, dz.sum(axis=1).reshape(b.shape), W @ dz


FUNCTIONS: dict[str, Elementwise] = {
    op.name: op
    for op in (
        Elementwise(
            "exp", "exp", lambda z, a, k: [(np.exp, z, a)], lambda z, a, out, k: [(np.copyto, out, a)]
        ),
        Elementwise(
            "log", "ln", lambda z, a, k: [(np.log, z, a)], lambda z, a, out, k: [(np.reciprocal, z, out)]
        ),
        Elementwise("sin", "sin", lambda z, a, k: [(np.sin, z, a)], lambda z, a, out, k: [(np.cos, z, out)]),
        Elementwise(
            "cos",
            "cos",
            lambda z, a, k: [(np.cos, z, a)],
            lambda z, a, out, k: [(np.sin, z, out), (np.negative, out, out)],
        ),
        Elementwise(
            "sqrt", "√", lambda z, a, k: [(np.sqrt, z, a)], lambda z, a, out, k: [(np.divide, k.half, a, out)]
        ),
        Elementwise("abs", "|·|", lambda z, a, k: [(np.abs, z, a)], lambda z, a, out, k: [(np.sign, z, out)]),
        Elementwise(
            "square",
            "( )²",
            lambda z, a, k: [(np.square, z, a)],
            lambda z, a, out, k: [(np.multiply, z, k.two, out)],
        ),
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
