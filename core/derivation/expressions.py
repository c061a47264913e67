"""The lines of a worked solution: equations, sections, and how many digits their numbers need.

An equation holds one formula (see `core.expressions`): written in symbols it is the lecture's, written in
numbers the same with the numbers put in, and evaluated it is the result: what is shown can be checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import floor, isfinite, isnan, log10
from typing import NamedTuple

from ..expressions import (
    ONE,
    PI,
    TWO,
    ZERO,
    Cases,
    Difference,
    Expression,
    Function,
    Leaf,
    Negative,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    leaves,
    number,
    value_of,
)

__all__ = [
    "ONE",
    "PI",
    "TWO",
    "ZERO",
    "Cases",
    "Difference",
    "Digits",
    "Equation",
    "Expression",
    "Function",
    "Leaf",
    "Negative",
    "Power",
    "Product",
    "Quotient",
    "Section",
    "Solution",
    "Sum",
    "Symbol",
    "Words",
    "cancels",
    "capped",
    "digits_of",
    "leaves",
    "number",
    "rounded",
    "value_of",
]

MOST_DIGITS = 15

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
