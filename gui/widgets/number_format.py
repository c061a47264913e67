"""Numbers as they are shown: short, of the same look everywhere, and honest about a change."""

from __future__ import annotations

from functools import lru_cache
from math import ceil, floor, isfinite, isnan, log10

from PySide6.QtCore import QCoreApplication

MINUS = "−"
RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
LONGEST = 6
NOT_COMPUTED = "·"
ASKED = "?"  # what the coming step computes, and what is hidden until it is asked for


def short(value: float, step: float | None = None) -> str:
    """Return a number in at most 3 significant digits and 6 characters, with a true minus.

    With ``step`` there are as many digits as a change by ``step`` needs to be seen, in at most 7
    characters.
    """
    return _short(float(value), step)


@lru_cache(maxsize=4096)
def _short(value: float, step: float | None) -> str:
    """Do so, remembering the numbers that stay from one step of a pass to the next."""
    if not isfinite(value):
        return "NaN" if isnan(value) else "∞" if value > 0 else MINUS + "∞"
    size = abs(value)
    if size < 1e-99:
        return "0"
    room = 6 if step is None else 7
    finest = ceil(-log10(abs(step))) if step and isfinite(step) else -99
    text = _fixed(size, room - (value < 0), finest)
    if text is None:
        text = _scientific(size, room - (value < 0), finest)
    return MINUS + text if value < 0 else text


def known(value: float, step: float | None = None) -> str:
    """Return a number of a pass as `short` does, and a dot where it is not computed yet (NaN)."""
    return NOT_COMPUTED if isnan(value) else short(value, step)


def _fixed(size: float, room: int, finest: int) -> str | None:
    """Return the number with a decimal point, or None where it would need an exponent."""
    exponent = floor(log10(size))
    if exponent < -3 or exponent > 2:
        return None
    wanted = 2 - max(exponent, 0) if exponent >= -1 else 2 - exponent
    decimals = max(0, wanted, finest)
    before = max(exponent, 0) + 1
    decimals = max(0, min(decimals, room - before - 1))
    text = f"{size:.{decimals}f}"
    if "." in text and decimals == wanted and len(text.lstrip("0.").replace(".", "")) > 3:
        text = f"{size:.{decimals - 1}f}"  # 9.996 at two decimals would become 10.00
    return None if len(text) > room or float(text) == 0 or float(text) >= 1000 else text


def _scientific(size: float, room: int, finest: int) -> str:
    """Return the number with an exponent, in as many digits as there is room for, 3 unless finer."""
    exponent = floor(log10(size))
    decimals = max(2, finest + exponent)
    while True:
        mantissa, power = f"{size:.{decimals}e}".split("e")
        text = f"{mantissa}e{power.replace('-', MINUS)[:1] if power[0] == '-' else ''}{int(power[1:])}"
        if len(text) <= room or decimals == 0:
            return text
        decimals -= 1


def exact(value: float) -> str:
    """Return a number in the fewest digits that are read back as the same number, with a true minus."""
    if not isfinite(value):
        return short(value)
    text = str(value)  # of a number of 32 bits fewer digits than of one of 64
    return (text[:-2] if text.endswith(".0") else text).replace("-", MINUS)


def known_exactly(value: float) -> str:
    """Return a number of a pass as `exact` does, and a dot where it is not computed yet (NaN)."""
    return NOT_COMPUTED if isnan(value) else exact(value)


def brief(value: float) -> str:
    """Return a number exactly where six digits do, up to rounding; else in three significant digits."""
    value = float(value)
    if isfinite(value):
        exact = f"{value + 0.0:.6g}"
        near = abs(float(exact) - value) <= 1e-12 * abs(value)
        rounded = f"{value:#.3g}".rstrip(".")
        for text, most in ((exact if near else "e", LONGEST), (rounded, LONGEST + 1)):
            if "e" not in text and len(text.lstrip("-")) <= most:
                return "0" if not value else text.replace("-", MINUS)
    return short(value)


def clean(value: float) -> float:
    """Return a number to twelve digits, which is written shorter: 0.7 · 0.7 is 0.49, not 0.490."""
    return float(f"{float(value):.12g}")


# -- Differences and times of any size, in two digits ----------------------------------------------------

UNITS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6))


def rough(value: float) -> str:
    """Return a size in two digits, like 0.31 or 2.2·10⁻¹⁶."""
    if value == 0:
        return "0"
    mantissa, _, power = f"{value:.1e}".partition("e")
    if -3 <= int(power) < 3:
        return f"{value:.2g}" if value < 10 else f"{value:.0f}"
    return f"{mantissa}·10{str(int(power)).translate(RAISED)}"


def duration(seconds: float) -> str:
    """Return a time in its unit, in three digits."""
    unit, size = next(((name, size) for name, size in UNITS if seconds >= size), UNITS[-1])
    text = QCoreApplication.translate("Rough", "{number} {unit}")
    return text.format(number=f"{seconds / size:.3g}", unit=unit)


# -- Four decimals as on the slides, true minus signs, powers of ten in figures --------------------------

VEILED = "?"
MOST_FIXED, LEAST_FIXED, LEAST_TYPED = 1e6, 5e-5, 1e-3
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def four(value: float) -> str:
    """Return a computed number with four decimals; very large and very small ones as 1.069×10¹³."""
    value = float(value) + 0.0
    if not isfinite(value):
        return "NaN" if isnan(value) else "∞" if value > 0 else MINUS + "∞"
    if value and not LEAST_FIXED <= abs(value) < MOST_FIXED:
        mantissa, power = f"{value:.3e}".split("e")
        return f"{mantissa.replace('-', MINUS)}×10{str(int(power)).translate(_RAISED)}"
    return f"{value:.4f}".replace("-", MINUS)


def typed(value: float) -> str:
    """Return a given number as one writes it: 5, −0.5, 0.0857."""
    value = float(value) + 0.0
    if (value and abs(value) < LEAST_TYPED) or not isfinite(value):
        return f"{value:.3g}".replace("-", MINUS)
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return text.replace("-", MINUS)
