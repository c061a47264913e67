"""Rough numbers: differences and times of any size, in two digits."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gui.explain_html import RAISED

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
