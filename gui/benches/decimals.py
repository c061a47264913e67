"""Numbers of a bench: four decimals as on the slides, true minus signs, powers of ten in figures."""

from __future__ import annotations

from math import isfinite, isnan

from gui.numbers import MINUS

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
