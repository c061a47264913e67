"""Types for the numbers in files, bounded so that computations with them cannot overflow.

Squares, products and exponentials of `Real` values over the few layers of a lecture's network stay far below
the largest float.
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
"""A value, weight, input or target that is computed with."""
Exact = Annotated[float, Meta(ge=-MOST_EXACT, le=MOST_EXACT)]
"""An expected number that is compared with a computed one."""
Written = Annotated[str, Meta(min_length=1, max_length=200)]
"""A number as an expression in plain text, such as "1/18"."""
Index = Annotated[int, Meta(ge=0, le=100_000)]
"""A position in a list, counted from 0."""
Steps = Annotated[int, Meta(ge=0, le=1_000_000)]
"""A number of parameter updates."""


def printable(number: Decimal) -> bool:
    """Return whether a number has few enough digits and a small enough exponent to be shown."""
    if not number.is_finite():
        return False
    exponent = int(number.as_tuple().exponent)
    return abs(exponent) <= MOST_DIGITS and (not number or abs(number.adjusted()) <= MOST_DIGITS)
