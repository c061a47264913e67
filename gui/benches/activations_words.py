"""The formulas of an activation with its numbers put in, in rich text."""

from __future__ import annotations

from math import isfinite

from core.curve_points import CurvePoint
from core.notation import Line
from gui.benches.decimals import VEILED, four
from gui.explain_html import SCRIPT, PlainWriter, resolved, said, symbols
from gui.numbers import MINUS
from gui.theme import Theme

DIGITS = 5
LARGEST = 1e5


def five(value: float) -> str:
    """Return a number with five decimals, as on the slides: 0.99667."""
    value = float(value) + 0.0
    if not isfinite(value) or abs(value) >= LARGEST:
        return four(value)
    text = f"{value:.{DIGITS}f}"
    return text.replace("-", MINUS) if float(text) else text.lstrip("-")


def formulas_html(symbol: str, point: CurvePoint, theme: Theme, *, veiled: bool) -> str:
    """Return g and g' of an activation: in symbols, with the numbers put in, and what they come to."""
    before = "".join(_line(line, line.result.value, veiled) for line in point.before if line.result)
    parts = (
        f'<p style="color: {theme.muted.name()};">{symbol}</p>',
        _line(point.value_line, point.g, veiled),
        before,
        _line(point.slope_line, point.slope, veiled),
    )
    return f"<style>p {{ margin: 0 0 4px 0; }} .m {{ color: {theme.muted.name()}; }}</style>{''.join(parts)}"


def _line(line: Line, value: float, veiled: bool) -> str:
    sides = [symbols(line.left, links=False)]
    if line.symbols is not None:
        sides.append(symbols(line.symbols, links=False))
    if line.numbers is not None and not veiled:
        sides.append(resolved(PlainWriter(SCRIPT, DIGITS).write(line.numbers)))
    result = VEILED if veiled else five(value)
    once = [side for k, side in enumerate(sides) if side not in sides[:k] and side != result]
    note = f' <span class="m">({said(line.note)})</span>' if line.note and not veiled else ""
    return f"<p>{' = '.join(once)} = <b>{result}</b>{note}</p>"
