"""Notation: formulas as values, so that one derivation can be written in symbols and in numbers.

An expression is a tree whose leaves are numbers that know their symbol. Written in symbols it is the
lecture's formula, written in numbers the same formula with the numbers put in, and evaluated it is the
result: what is shown can be checked. How it looks is the matter of the writers (`core.derivation.writer`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import floor, isfinite, isnan, log10
from typing import Any, NamedTuple

import numpy as np

MOST_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Symbol:
    """A letter with its indices: ``Symbol("W", (1, 2), 3)`` is W_{12}^{[3]}. Neurons count from 1.

    ``below`` holds neurons, or letters like ``"i"`` that stand for any; ``mark`` is ``"hat"``,
    ``"prime"``, or ``"slope"`` for the derivative of J by the symbol.
    """

    letter: str
    below: tuple[int | str, ...] = ()
    layer: int | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A number and the symbol it stands for; without symbol, a number of the formula itself.

    ``grain``: a change by so much has to be visible. ``exact``: chosen by somebody, like η = 0.003, and
    so never rounded.
    """

    value: float
    symbol: Symbol | None = None
    grain: float = 0.0
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Sum:
    """first + second + …; in symbols ``generic`` summed over the letter ``index``, where there is one."""

    terms: tuple[Expression, ...]
    index: str = ""
    generic: Expression | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """first - second."""

    first: Expression
    second: Expression


@dataclass(frozen=True, slots=True)
class Negative:
    """The term with its sign turned."""

    term: Expression


@dataclass(frozen=True, slots=True)
class Product:
    """The factors, multiplied."""

    factors: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Quotient:
    """above / below."""

    above: Expression
    below: Expression


@dataclass(frozen=True, slots=True)
class Power:
    """The base to the power of the exponent."""

    base: Expression
    exponent: Expression


@dataclass(frozen=True, slots=True)
class Function:
    """A function of its arguments. ``f`` computes it; None: it is only named, not computed.

    The names ``exp``, ``sqrt`` and ``abs`` are written as power, root and bars.
    """

    name: str | Symbol
    arguments: tuple[Expression, ...]
    f: Callable[..., Any] | None = None


Expression = Leaf | Sum | Difference | Negative | Product | Quotient | Power | Function
Words = tuple["str | Expression | Equation", ...]


@dataclass(frozen=True, slots=True)
class Equation:
    """left = formula in symbols = formula in numbers = result.

    What is None is left out. ``relation`` is the first sign: ``=``, or ``←`` for an update. ``note`` is
    said behind it.
    """

    left: Expression
    symbols: Expression | None = None
    numbers: Expression | None = None
    result: Leaf | None = None
    relation: str = "="
    note: Words = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a solution: its title, what is said before, and its lines."""

    title: str
    paragraphs: tuple[Words, ...]
    lines: tuple[Equation, ...]


@dataclass(frozen=True, slots=True)
class Solution:
    """A worked solution: a title, what is given, and the sections in the order of the computation."""

    title: str
    paragraphs: tuple[Words, ...]
    sections: tuple[Section, ...]

    @property
    def lines(self) -> Iterator[Equation]:
        """All lines, in order."""
        return (line for section in self.sections for line in section.lines)


def number(value: float) -> Leaf:
    """Return a number of the formula itself, like the 2 in 2 (o - y)."""
    return Leaf(value, exact=True)


ZERO, ONE, TWO = number(0), number(1), number(2)
PI = Leaf(np.pi, Symbol("π"), exact=True)


def value_of(expression: Expression, leaf: Callable[[Leaf], float] = lambda leaf: leaf.value) -> float:
    """Return what the expression amounts to; ``leaf`` gives the value of a leaf.

    Infinity and NaN come out where a formula overflows or is not defined.
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
    return value


# -- how many digits ----------------------------------------------------------------------------------


def rounded(leaf: Leaf, digits: int) -> str:
    """Return the number in so many significant digits, as ``-1.234e-5`` or ``0.05432``.

    More, where the leaf's grain asks for them; fewer, where the number is written exactly without.
    """
    value = leaf.value
    if value == 0:
        return "0"
    if leaf.exact or leaf.grain:
        digits = _exact_digits(value) if leaf.exact else max(digits, _digits_for(value, leaf.grain))
    mantissa, power = f"{abs(value):.{digits - 1}e}".split("e")
    figures, exponent = mantissa.replace(".", ""), int(power)
    if float(f"{mantissa}e{power}") == abs(value):
        figures = figures.rstrip("0")
    sign = "-" if value < 0 else ""
    if -4 <= exponent < max(digits, len(figures), 6 if leaf.exact else 0):
        return sign + _fixed(figures, exponent)
    rest = f".{figures[1:]}" if len(figures) > 1 else ""
    return f"{sign}{figures[0]}{rest}e{exponent}"


def _fixed(figures: str, exponent: int) -> str:
    if exponent < 0:
        return "0." + "0" * (-1 - exponent) + figures
    whole = figures.ljust(exponent + 1, "0")
    return whole[: exponent + 1] + (f".{whole[exponent + 1 :]}" if len(whole) > exponent + 1 else "")


def _exact_digits(value: float) -> int:
    return max(1, len(Decimal(repr(float(value))).normalize().as_tuple().digits))


def _place(value: float) -> int:
    """Return the power of ten of the first digit."""
    return floor(log10(abs(value)))


def _digits_for(value: float, grain: float) -> int:
    """Return how many digits show a change by ``grain`` with two of its own."""
    return min(MOST_DIGITS, _place(value) - _place(grain) + 2) if grain and value else 1


class Digits(NamedTuple):
    """In how many digits the numbers of a line and its result are shown.

    ``holds``: who computes with the shown numbers arrives at the shown result, to its last digit.
    """

    numbers: int
    result: int
    holds: bool


def digits_of(line: Equation, digits: int, most: int = MOST_DIGITS) -> Digits:
    """Return in how many digits a line is shown so that it holds on a calculator.

    The result in ``digits`` digits, its numbers in at least as many and at most ``most``. Where terms
    cancel so far that no number of digits does it, the result is shown in fewer; where that does not
    help either, for the rounding of the network's precision, the line does not hold.
    """
    if line.numbers is None or line.result is None or isnan(value_of(line.numbers)):
        return Digits(digits, digits, True)
    if not all(isfinite(leaf.value) for leaf in (*leaves(line.numbers), line.result)):
        return Digits(digits, digits, True)
    most = max(most, digits)
    reached = {n: value_of(line.numbers, _shown_in(n, most)) for n in (digits,)}
    for result in range(digits, 0, -1):
        goal, half = _goal(line.result, result, most, line.numbers)
        for n in range(digits, most + 1):
            if n not in reached:
                reached[n] = value_of(line.numbers, _shown_in(n, most))
            away, up = abs(reached[n] - goal), abs(goal) > abs(reached[n])
            if away < half * (1 - 1e-6) or (up and away <= half * (1 + 1e-9)):  # at a half, one rounds up
                return Digits(n, result, True)
    return Digits(most, digits, False)


def capped(leaf: Leaf, most: int) -> Leaf:
    """Return a number that is not shown in more than ``most`` digits, however small its step."""
    if not leaf.grain or not leaf.value or not isfinite(leaf.value):
        return leaf
    finest = 10.0 ** (_place(leaf.value) + 2 - most)
    return Leaf(leaf.value, leaf.symbol, max(abs(leaf.grain), finest), leaf.exact)


def cancels(line: Equation) -> bool:
    """Tell whether the terms of a line cancel so far that little is left of them but rounding."""
    if line.numbers is None or line.result is None:
        return False
    largest = max((abs(leaf.value) for leaf in leaves(line.numbers)), default=0.0)
    return 0 < abs(line.result.value) < 1e-9 * largest


def _shown_in(digits: int, most: int) -> Callable[[Leaf], float]:
    return lambda leaf: float(rounded(capped(leaf, most), digits))


def _goal(result: Leaf, digits: int, most: int, numbers: Expression) -> tuple[float, float]:
    """Return the result as it is shown, and half of its last digit; of the formula's, where it is 0."""
    result = capped(result, most)
    if result.value:
        shown = max(digits, _digits_for(result.value, result.grain))
        half = 0.5 * 10.0 ** (_place(result.value) - shown + 1)
        return float(rounded(result, digits)), half
    largest = max((abs(leaf.value) for leaf in leaves(numbers)), default=0.0)
    return 0.0, max(0.5 * largest * 10.0**-digits, 1e-300)


def leaves(expression: Expression) -> Iterator[Leaf]:
    """Return the numbers of an expression, in the order in which they are written."""
    match expression:
        case Leaf():
            yield expression
        case Sum(parts) | Product(parts) | Function(_, parts):
            for part in parts:
                yield from leaves(part)
        case Negative(part):
            yield from leaves(part)
        case Difference(first, second) | Quotient(first, second) | Power(first, second):
            yield from leaves(first)
            yield from leaves(second)
