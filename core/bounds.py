"""Bounds of the numbers in a file: what each kind may be, so that all that is computed with it is a number.

`real` numbers are what a lecture calculates with; their squares, products and exponents of the few
layers of a network are far from what a float holds.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from msgspec import Meta

MOST_REAL = 1e6
MOST_EXACT = 1e15
LEAST_SPAN = 1e-3
MOST_DIGITS = 30

Real = Annotated[float, Meta(ge=-MOST_REAL, le=MOST_REAL)]
"""A value, a weight, an input, a target."""
Exact = Annotated[float, Meta(ge=-MOST_EXACT, le=MOST_EXACT)]
"""A number that is compared with a computed one."""
Written = Annotated[str, Meta(min_length=1, max_length=200)]
"""How a number is worked out: "1/18"."""
Index = Annotated[int, Meta(ge=0, le=100_000)]
"""Which of some, from 0."""
Steps = Annotated[int, Meta(ge=0, le=1_000_000)]
"""How many updates."""


def printable(number: Decimal) -> bool:
    """Return whether a number is one that a slide may show."""
    if not number.is_finite():
        return False
    exponent = int(number.as_tuple().exponent)
    return abs(exponent) <= MOST_DIGITS and (not number or abs(number.adjusted()) <= MOST_DIGITS)
