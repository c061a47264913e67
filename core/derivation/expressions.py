"""The lines of a worked solution (equations and sections), and how many digits their numbers need.

An equation holds one formula (see `core.expressions`) that can be written in symbols, as in the lecture,
written with the numbers inserted, and evaluated, so that what is shown can be checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from math import isfinite, isnan
from string import Formatter
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
    "sentence",
    "value_of",
]

from ..language import tr
from ..number_style import chosen_digits, figures, power_of

MOST_DIGITS = 15

Words = tuple["str | Expression | Equation", ...]


def sentence(template: str, /, **parts: str | Expression | Equation | Words) -> Words:
    """Return a sentence in the language in use whose ``{places}`` are filled with texts and formulas."""
    words: list[str | Expression | Equation] = []
    for text, name, _, _ in Formatter().parse(tr(template)):
        part = parts[name] if name else ""
        words += (text, *(part if isinstance(part, tuple) else (part,)))
    grouped = groupby(words, key=lambda word: isinstance(word, str))
    return tuple(
        word
        for is_text, group in grouped
        for word in (("".join(map(str, group)),) if is_text else group)
        if word != ""
    )


@dataclass(frozen=True, slots=True)
class Equation:
    """The line: left = formula in symbols = formula in numbers = result.

    Parts that are None are omitted. ``relation`` is the first sign: ``=``, or ``←`` for an update. ``note``
    follows the line.
    """

    left: Expression
    symbols: Expression | None = None
    numbers: Expression | None = None
    result: Leaf | None = None
    relation: str = "="
    note: Words = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a solution: its title, introductory paragraphs, and lines."""

    title: str
    paragraphs: tuple[Words, ...]
    lines: tuple[Equation, ...]


@dataclass(frozen=True, slots=True)
class Solution:
    """A worked solution: a title, what is given, and the sections in the order of computation."""

    title: str
    paragraphs: tuple[Words, ...]
    sections: tuple[Section, ...]

    @property
    def lines(self) -> Iterator[Equation]:
        """All lines, in order."""
        return (line for section in self.sections for line in section.lines)


# -- how many digits ----------------------------------------------------------------------------------


def rounded(leaf: Leaf, digits: int) -> str:
    """Return the number in ``digits`` significant digits, as ``-1.234e-5`` or ``0.05432``.

    There are more digits if the leaf's ``grain`` requires them, and fewer if the number is exact with fewer.
    """
    if leaf.exact and leaf.value:
        digits = chosen_digits(leaf.value)
    elif leaf.grain and leaf.value:
        digits = max(digits, _digits_for(leaf.value, leaf.grain))
    return figures(leaf.value, digits)


def _digits_for(value: float, grain: float) -> int:
    """Return how many digits show a change by ``grain`` with two of its own."""
    return min(MOST_DIGITS, power_of(value) - power_of(grain) + 2) if grain and value else 1


class Digits(NamedTuple):
    """The numbers of significant digits for the numbers of a line and for its result.

    ``holds``: calculating with the numbers as shown gives the result as shown, to its last digit.
    """

    numbers: int
    result: int
    holds: bool


def digits_of(line: Equation, digits: int, most: int = MOST_DIGITS) -> Digits:
    """Return the digits with which a line holds when recalculated with a calculator.

    The result has ``digits`` digits, its numbers between ``digits`` and ``most``. If terms cancel too much
    for that, the result gets fewer digits; if even that is not enough, because of the network's precision,
    the line does not hold.
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
            if away < half * (1 - 1e-6) or (up and away <= half * (1 + 1e-9)):  # ties round up
                return Digits(n, result, True)
    return Digits(most, digits, False)


def capped(leaf: Leaf, most: int) -> Leaf:
    """Return the number, limited to ``most`` digits however small its ``grain``."""
    if not leaf.grain or not leaf.value or not isfinite(leaf.value):
        return leaf
    finest = 10.0 ** (power_of(leaf.value) + 2 - most)
    return Leaf(leaf.value, leaf.symbol, max(abs(leaf.grain), finest), leaf.exact)


def worked_digits(numbers: Expression, result: float, digits: int, most: int = MOST_DIGITS) -> Digits:
    """Return in how many digits ``numbers`` and their ``result`` are shown, so that the line holds."""
    return digits_of(Equation(Leaf(result), None, numbers, Leaf(result)), digits, most)


def cancels(line: Equation) -> bool:
    """Return whether the terms of a line cancel so far that mostly rounding error is left."""
    if line.numbers is None or line.result is None:
        return False
    largest = max((abs(leaf.value) for leaf in leaves(line.numbers)), default=0.0)
    return 0 < abs(line.result.value) < 1e-9 * largest


def _shown_in(digits: int, most: int) -> Callable[[Leaf], float]:
    return lambda leaf: float(rounded(capped(leaf, most), digits))


def _goal(result: Leaf, digits: int, most: int, numbers: Expression) -> tuple[float, float]:
    """Return the result as shown, and half a unit of its last digit (for 0: relative to the numbers)."""
    result = capped(result, most)
    if result.value:
        shown = max(digits, _digits_for(result.value, result.grain))
        half = 0.5 * 10.0 ** (power_of(result.value) - shown + 1)
        return float(rounded(result, digits)), half
    largest = max((abs(leaf.value) for leaf in leaves(numbers)), default=0.0)
    return 0.0, max(0.5 * largest * 10.0**-digits, 1e-300)
