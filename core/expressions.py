"""Formulas as expression trees that can be evaluated and written out in symbols or in numbers.

Leaves are numbers with an optional symbol. Python's operators build the trees, so a formula is written once,
as in ``1 / (1 + exp(-z))``. `core.derivation.writer` turns trees into text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeGuard

import numpy as np


@dataclass(frozen=True, slots=True)
class Symbol:
    """A letter with its indices: ``Symbol("W", (1, 2), 3)`` is W_{12}^{[3]}. Neurons count from 1.

    ``below`` holds the subscripts: neuron numbers, or letters such as ``"i"`` for any neuron. ``mark`` is
    ``"hat"``, ``"prime"``, or ``"slope"`` for dJ/d(symbol).
    """

    letter: str
    below: tuple[int | str, ...] = ()
    layer: int | None = None
    mark: str = ""


class Operators:
    """Python's operators as tree builders; plain numbers are converted to leaves."""

    __slots__ = ()

    def __add__(self, other: Operand) -> Sum:
        return Sum((*self.terms, tree(other)) if isinstance(self, Sum) else (tree(self), tree(other)))

    def __radd__(self, other: float) -> Sum:
        return number(other) + self

    def __sub__(self, other: Operand) -> Difference:
        return Difference(tree(self), tree(other))

    def __rsub__(self, other: float) -> Difference:
        return number(other) - self

    def __mul__(self, other: Operand) -> Product:
        first = self.factors if isinstance(self, Product) else (tree(self),)
        return Product((*first, tree(other)))

    def __rmul__(self, other: float) -> Product:
        return Product((number(other), *(self.factors if isinstance(self, Product) else (tree(self),))))

    def __truediv__(self, other: Operand) -> Quotient:
        return Quotient(tree(self), tree(other))

    def __rtruediv__(self, other: float) -> Quotient:
        return number(other) / self

    def __pow__(self, other: Operand) -> Power:
        return Power(tree(self), tree(other))

    def __neg__(self) -> Negative:
        return Negative(tree(self))

    def __abs__(self) -> Function:
        return Function("abs", (tree(self),), np.abs)

    def __gt__(self, other: Operand) -> Condition:
        return Condition(tree(self), ">", tree(other))

    def __ge__(self, other: Operand) -> Condition:
        return Condition(tree(self), "≥", tree(other))

    def __lt__(self, other: Operand) -> Condition:
        return Condition(tree(self), "<", tree(other))

    def __le__(self, other: Operand) -> Condition:
        return Condition(tree(self), "≤", tree(other))


@dataclass(frozen=True, slots=True)
class Leaf(Operators):
    """A number and the symbol it stands for; without a symbol, a constant of the formula itself.

    ``grain`` is the smallest change that rounding must keep visible. An ``exact`` number was chosen by the
    user or the author (such as η = 0.003) and is never rounded. ``definition`` is the formula that the symbol
    abbreviates, shown before the symbol is used.
    """

    value: float
    symbol: Symbol | None = None
    grain: float = 0.0
    exact: bool = False
    definition: Expression | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Sum(Operators):
    """first + second + …; in symbols, ``generic`` summed over the letter ``index`` if one is given."""

    terms: tuple[Expression, ...]
    index: str = ""
    generic: Expression | None = None


@dataclass(frozen=True, slots=True)
class Difference(Operators):
    """first - second."""

    first: Expression
    second: Expression


@dataclass(frozen=True, slots=True)
class Negative(Operators):
    """The negated term."""

    term: Expression


@dataclass(frozen=True, slots=True)
class Product(Operators):
    """The product of all factors."""

    factors: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Quotient(Operators):
    """above / below."""

    above: Expression
    below: Expression


@dataclass(frozen=True, slots=True)
class Power(Operators):
    """base to the power of exponent."""

    base: Expression
    exponent: Expression


@dataclass(frozen=True, slots=True)
class Function(Operators):
    """A function applied to arguments; ``f`` computes it (None: it can be written but not evaluated).

    The names ``exp``, ``sqrt`` and ``abs`` are written as a power, a root and bars. ``definition`` expresses
    the function by simpler ones, if it can be.
    """

    name: str | Symbol
    arguments: tuple[Expression, ...]
    f: Callable[..., Any] | None = None
    definition: Expression | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison of two expressions by ``>``, ``≥``, ``<`` or ``≤``."""

    left: Expression
    sign: str
    right: Expression

    @property
    def holds(self) -> bool:
        """Whether the comparison is true for the values of the leaves."""
        left, right = value_of(self.left), value_of(self.right)
        return {">": left > right, "≥": left >= right, "<": left < right, "≤": left <= right}[self.sign]

    @property
    def as_it_is(self) -> Condition:
        """This comparison if it holds, else its negation."""
        opposite = {">": "≤", "≥": "<", "<": "≥", "≤": ">"}[self.sign]
        return self if self.holds else replace(self, sign=opposite)


@dataclass(frozen=True, slots=True)
class Cases(Operators):
    """``then`` where the condition holds, else ``otherwise``."""

    condition: Condition
    then: Expression
    otherwise: Expression

    @property
    def branch(self) -> Expression:
        """The branch selected by the values of the leaves."""
        return self.then if self.condition.holds else self.otherwise


Expression = Leaf | Sum | Difference | Negative | Product | Quotient | Power | Function | Cases
Operand = Operators | float


def tree(operand: Operand) -> Expression:
    """Return the operand as an expression; a Python number becomes a leaf."""
    return operand if isinstance(operand, Expression) else number(float(operand))  # type: ignore[arg-type]


def number(value: float) -> Leaf:
    """Return a constant of the formula itself, such as the 2 in 2 (o - y)."""
    return Leaf(value, exact=True)


ZERO, ONE, TWO = number(0), number(1), number(2)
PI = Leaf(np.pi, Symbol("π"), exact=True)


def setting(letter: str, value: float, below: tuple[int | str, ...] = ()) -> Leaf:
    """Return a leaf for a chosen value, such as a hyperparameter, with its letter."""
    return Leaf(value, Symbol(letter, below), exact=True)


def let(symbol: Symbol, definition: Expression) -> Leaf:
    """Return a leaf that abbreviates ``definition`` by ``symbol``."""
    return Leaf(value_of(definition), symbol, definition=definition)


def where(condition: Condition, then: Operand, otherwise: Operand) -> Cases:
    """Return ``then`` where the condition holds, else ``otherwise``."""
    return Cases(condition, tree(then), tree(otherwise))


def exp(x: Expression) -> Function:
    """Return e^x."""
    return Function("exp", (x,), np.exp)


def ln(x: Expression) -> Function:
    """Return the natural logarithm."""
    return Function("ln", (x,), np.log)


def sqrt(x: Operand) -> Function:
    """Return the square root."""
    return Function("sqrt", (tree(x),), np.sqrt)


def sin(x: Expression) -> Function:
    """Return the sine."""
    return Function("sin", (x,), np.sin)


def cos(x: Expression) -> Function:
    """Return the cosine."""
    return Function("cos", (x,), np.cos)


def tanh(x: Expression) -> Function:
    """Return the hyperbolic tangent."""
    return Function("tanh", (x,), np.tanh, (exp(x) - exp(-x)) / (exp(x) + exp(-x)))


def sign(x: Expression) -> Function:
    """Return the sign: −1, 0 or 1."""
    return Function("sign", (x,), np.sign)


def maximum(x: Operand, y: Operand) -> Function:
    """Return the larger of two numbers."""
    return Function("max", (tree(x), tree(y)), np.maximum)


def minimum(x: Operand, y: Operand) -> Function:
    """Return the smaller of two numbers."""
    return Function("min", (tree(x), tree(y)), np.minimum)


def absolute(x: Expression) -> Function:
    """Return the absolute value."""
    return abs(x)


def power(x: Expression, exponent: int) -> Power:
    """Return x to the power of an integer."""
    return Power(x, number(exponent))


def value_of(expression: Expression, leaf: Callable[[Leaf], float] = lambda leaf: leaf.value) -> float:
    """Return the value of the expression; ``leaf`` maps each leaf to its value.

    The result is infinite or NaN where the formula overflows or is undefined.
    """
    with np.errstate(all="ignore"):
        return float(_value(expression, leaf))


def _value(expression: Expression, leaf: Callable[[Leaf], float]) -> np.float64:
    match expression:
        case Leaf():
            value = np.float64(leaf(expression))
        case Sum(terms):
            value = np.float64(0)
            for term in terms:
                value = value + _value(term, leaf)
        case Difference(first, second):
            value = _value(first, leaf) - _value(second, leaf)
        case Negative(term):
            value = -_value(term, leaf)
        case Product(factors):
            value = np.float64(1)
            for factor in factors:
                value = value * _value(factor, leaf)
        case Quotient(above, below):
            value = _value(above, leaf) / _value(below, leaf)
        case Power(base, exponent):
            value = np.power(_value(base, leaf), _value(exponent, leaf))
        case Function(_, arguments, f):
            value = np.float64(np.nan if f is None else f(*(_value(x, leaf) for x in arguments)))
        case Cases():
            value = _value(expression.branch, leaf)
    return value


def leaves(expression: Expression) -> Iterator[Leaf]:
    """Yield the leaves of an expression in the order in which they are written."""
    match expression:
        case Leaf():
            yield expression
        case Sum(parts) | Product(parts) | Function(_, parts):
            for part in parts:
                yield from leaves(part)
        case Negative(part):
            yield from leaves(part)
        case Cases(condition, first, second):
            for part in (condition.left, condition.right, first, second):
                yield from leaves(part)
        case Difference(first, second) | Quotient(first, second) | Power(first, second):
            yield from leaves(first)
            yield from leaves(second)


def chosen(expression: Expression) -> tuple[Expression, tuple[Condition, ...]]:
    """Return the expression with every case distinction resolved, and the conditions that decided them."""
    conditions: list[Condition] = []

    def of(part: Expression) -> Expression:
        result: Expression = part
        match part:
            case Cases(condition, _, _):
                conditions.append(condition.as_it_is)
                result = of(part.branch)
            case Sum(parts, index, generic):
                result = Sum(tuple(map(of, parts)), index, generic)
            case Product(parts):
                result = Product(tuple(map(of, parts)))
            case Function(_, parts):
                result = replace(part, arguments=tuple(map(of, parts)))
            case Negative(term):
                result = Negative(of(term))
            case Difference(first, second) | Quotient(first, second) | Power(first, second):
                result = type(part)(of(first), of(second))
        return result

    return of(expression), tuple(conditions)


def simplified(expression: Expression) -> Expression:
    """Return the expression with constants 0 and 1 absorbed and operations on constants evaluated.

    For example, the cross-entropy -(y ln o + (1 - y) ln(1 - o)) with the constant y = 1 becomes -ln o.
    """
    result: Expression = expression
    match expression:
        case Negative(term):
            inner = simplified(term)
            result = number(-inner.value) if _is_number(inner) else Negative(inner)
        case Sum(parts):
            rest = [one for part in parts if not _is_number(one := simplified(part), 0)]
            result = Sum(tuple(rest)) if len(rest) > 1 else rest[0] if rest else ZERO
        case Product(parts):
            rest = [one for part in parts if not _is_number(one := simplified(part), 1)]
            result = Product(tuple(rest)) if len(rest) > 1 else rest[0] if rest else ONE
            result = ZERO if any(_is_number(one, 0) for one in rest) else result
        case Difference(first, second) | Quotient(first, second):
            result = _of_two(type(expression)(simplified(first), simplified(second)))
    return result


def _of_two(pair: Difference | Quotient) -> Expression:
    match pair:
        case Difference(one, two) | Quotient(one, two) if _is_number(one) and _is_number(two):
            return number(round(value_of(pair), MOST_DECIMALS))
        case Difference(one, two) if _is_number(two, 0):
            return one
        case Difference(one, two) if _is_number(one, 0):
            return Negative(two)
        case Quotient(one, _) if _is_number(one, 0):
            return ZERO
    return pair


MOST_DECIMALS = 12  # with more, 1 - 0.9 would show the rounding error of binary floats


def _is_number(expression: Expression, value: float | None = None) -> TypeGuard[Leaf]:
    """Return whether an expression is a constant, and equal to ``value`` if one is given."""
    bare = isinstance(expression, Leaf) and expression.symbol is None
    return bare and (value is None or value_of(expression) == value)
