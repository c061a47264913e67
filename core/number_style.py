"""Number style: how a number is written, the same in every view, in text output and in files for people.

Each role has one function:

- `value_text`: a number that is computed and stands beside others, in `digits` significant digits;
- `known_text`: the same of an array in which NaN means "not computed yet";
- `slide_text`: a computed number in as many decimals as the slides of the lecture have;
- `fine_text`: a number that is edited, or compared with another, in at least 7 digits;
- `exact_text`: all digits, so that reading the text gives the same float again; `known_exactly`: the
  same of an array in which NaN means "not computed yet";
- `ratio_text`: a share as a percentage; `axis_text`: a tick of an axis; `count_text`: a whole number.

Trailing zeros are left out where the number is exactly what is written: 0.5 is one half, 0.500 is
rounded. Powers of ten are written 2.13·10⁻⁵, or as `set_powers` says; the minus sign is the true one.
`core.graph.number_text` reads all of it back.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from math import floor, isfinite, isnan, log10
from sys import float_info
from typing import ClassVar, Protocol, TypeVar

MINUS = "−"
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
NOT_COMPUTED = "·"
HIDDEN = "?"  # a number the audience is to guess first, and nothing else

FEWEST_DIGITS, MOST_DIGITS = 3, 12
FINE_DIGITS = 7
AXIS_DIGITS = 6
MORE_DIGITS = 2  # at most this many more, to show a change that is smaller than the last digit
SLIDE_DECIMALS = 4  # of the lecture's slides
SLIDE_RANGE = 5e-5, 1e6  # sizes that are written with decimals there, others with a power of ten
WHOLE_DIGITS = 6  # whole numbers of at most this many digits are written without a power of ten
LEAST_POWER = -4  # smaller ones have a power of ten
SAME = 1e-12  # relative: closer numbers differ only by the rounding of binary arithmetic
HALF_UP = 1e-15  # relative: 0.2275, which no float is exactly, becomes 0.228 in three digits
ZERO = 1e-99  # smaller sizes are written 0


POWERS = ("·10", "×10", "e")
"""How powers of ten are written: 2.13·10⁻⁵ as in the lecture, 2.13×10⁻⁵ or 2.13e−5."""


class _Digits:
    """How all computed numbers are written, as the lecture has them at first."""

    digits = FEWEST_DIGITS
    powers = POWERS[0]
    texts: ClassVar[list[Cache]] = []


class Cache(Protocol):
    """A function that remembers its results."""

    def cache_clear(self) -> None:
        """Forget them."""


CacheOf = TypeVar("CacheOf", bound=Cache)


def restyled(function: CacheOf) -> CacheOf:
    """Decorate a function that remembers texts with numbers: it forgets them once these are written anew."""
    _Digits.texts.append(function)
    return function


def set_powers(sign: str) -> None:
    """Write powers of ten with another one of the signs `POWERS` from now on."""
    _Digits.powers = sign if sign in POWERS else POWERS[0]
    for function in _Digits.texts:
        function.cache_clear()


def digits() -> int:
    """Return how many significant digits computed numbers are shown in."""
    return _Digits.digits


def set_digits(count: int) -> None:
    """Show all computed numbers in ``count`` significant digits, from 3 to 12, from now on."""
    _Digits.digits = min(max(count, FEWEST_DIGITS), MOST_DIGITS)


def value_text(value: float, step: float | None = None, count: int | None = None) -> str:
    """Return a computed number in ``count`` significant digits (None: as many as is set).

    With ``step`` it gets up to `MORE_DIGITS` more digits, so that a change by ``step`` is seen.
    """
    return _value_text(float(value), count or digits(), step)


def known_text(value: float, step: float | None = None) -> str:
    """Return a number as `value_text` does, and "·" where it is not computed yet (NaN)."""
    return NOT_COMPUTED if isnan(value) else _value_text(float(value), digits(), step)


def slide_text(value: float, decimals: int = SLIDE_DECIMALS) -> str:
    """Return a computed number with as many digits as the slides of the lecture print, or as is set."""
    return _value_text(float(value), slide_digits(value, decimals), None)


def slide_digits(value: float, decimals: int = SLIDE_DECIMALS) -> int:
    """Return how many significant digits a number with ``decimals`` decimals has, but no fewer than is set.

    Very large and very small numbers, which are written with a power of ten, have 4.
    """
    if not SLIDE_RANGE[0] <= abs(value) < SLIDE_RANGE[1]:
        return max(digits(), SLIDE_DECIMALS)
    return max(digits(), power_of(value) + 1 + decimals)


def fine_text(value: float) -> str:
    """Return a number that is edited or compared with another, in 7 digits or as many as is set."""
    return _value_text(float(value), max(FINE_DIGITS, digits()), None)


@restyled
@lru_cache(maxsize=8192)
def _value_text(value: float, count: int, step: float | None) -> str:
    if not isfinite(value):
        return endless_text(value)
    if abs(value) < ZERO:
        return "0"
    if step and isfinite(step):
        needed = power_of(value) - power_of(step) + 1
        count = min(max(count, needed), count + MORE_DIGITS)
    return styled(figures(value, count))


def exact_text(value: float) -> str:
    """Return a number in all its digits: `core.graph.number_text.read_number` gives the same float.

    A number of 32 bits, as `numpy.float32`, has fewer digits than one of 64.
    """
    value = float(str(value))
    return styled(figures(value, exact_digits(value))) if isfinite(value) else endless_text(value)


def known_exactly(value: float) -> str:
    """Return a number as `exact_text` does, and "·" where it is not computed yet (NaN)."""
    return NOT_COMPUTED if isnan(value) else exact_text(value)


def ratio_text(share: float) -> str:
    """Return a share as a percentage: 0.972 is "97.2 %", 1 is "100 %" and 0.9996 is "100.0 %"."""
    percent = 100 * float(share)
    if not isfinite(percent):
        return f"{endless_text(percent)} %"
    text = f"{percent + 0.0:.{digits() - 2}f}"
    whole = f"{percent + 0.0:.0f}"
    return styled(whole if abs(float(whole) - percent) < SAME * 100 else text) + " %"


def axis_text(value: float, largest: float = 1.0) -> str:
    """Return a tick of an axis; all are powers of ten where ``largest``, its end, is large or small."""
    value = float(value)
    if abs(value) <= 1e-9 * largest or not value:
        return "0"
    powers = largest >= 10.0**AXIS_DIGITS or largest < 1e-3
    return styled(figures(value, AXIS_DIGITS, powers=powers)) if isfinite(value) else endless_text(value)


def count_text(count: int) -> str:
    """Return a whole number with its thousands set apart: 12,345."""
    return f"{count:,}".replace("-", MINUS)


def widest_text(more: int = 0) -> str:
    """Return a text as wide as computed numbers usually are at most, with ``more`` digits than is set."""
    return f"{MINUS}0.0" + "0" * (digits() + more)


def endless_text(value: float) -> str:
    """Return how NaN and the infinities are written."""
    return "NaN" if isnan(value) else "∞" if value > 0 else f"{MINUS}∞"


# -- Digits ----------------------------------------------------------------------------------------------


def figures(value: float, count: int, *, powers: bool = False) -> str:
    """Return a finite number in ``count`` significant digits as programs write it, such as ``-1.234e-5``.

    ``powers``: with an exponent, whatever its size.
    """
    if value == 0:
        return "0"
    size = min(abs(value) * (1 + HALF_UP if count <= MOST_DIGITS else 1), float_info.max)
    mantissa, power = f"{size:.{max(count, 1) - 1}e}".split("e")
    digits_, exponent = mantissa.replace(".", ""), int(power)
    whole = abs(float(f"{mantissa}e{power}") - abs(value)) <= SAME * abs(value)
    if whole:
        digits_ = digits_.rstrip("0")
    sign = "-" if value < 0 else ""
    most = max(count, len(digits_), WHOLE_DIGITS if whole else 0)
    if LEAST_POWER <= exponent < most and not powers:
        return sign + _without_power(digits_, exponent)
    rest = f".{digits_[1:]}" if len(digits_) > 1 else ""
    return f"{sign}{digits_[0]}{rest}e{exponent}"


def styled(text: str) -> str:
    """Return ``-1.234e-5`` as people write it, −1.234·10⁻⁵ or as is set (`set_powers`)."""
    mantissa, _, power = text.partition("e")
    sign = _Digits.powers
    raised = power.replace("-", MINUS) if sign == "e" else power.translate(RAISED)
    return mantissa.replace("-", MINUS) + (f"{sign}{raised}" if power else "")


def _without_power(digits_: str, exponent: int) -> str:
    if exponent < 0:
        return "0." + "0" * (-1 - exponent) + digits_
    whole = digits_.ljust(exponent + 1, "0")
    return whole[: exponent + 1] + (f".{whole[exponent + 1 :]}" if len(whole) > exponent + 1 else "")


def exact_digits(value: float) -> int:
    """Return how many significant digits give the same float again."""
    return max(1, len(Decimal(repr(float(value))).normalize().as_tuple().digits))


def chosen_digits(value: float) -> int:
    """Return the digits of a number somebody chose: as `exact_digits`, without the rounding of binary
    arithmetic, so that 0.1 + 0.2 has one."""
    tidy = float(f"{value:.14g}")
    return exact_digits(tidy if abs(tidy - value) <= 1e-15 * abs(value) else value)


def power_of(value: float) -> int:
    """Return the power of ten of the first digit of a finite number other than 0."""
    return floor(log10(abs(value)))
