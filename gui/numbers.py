"""Numbers as they are shown: short, of the same look everywhere, and honest about a change."""

from __future__ import annotations

from functools import lru_cache
from math import ceil, floor, isfinite, isnan, log10

MINUS = "−"
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
