"""Numbers as students write and read them, and sentences with numbers put in."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass, replace
from math import isfinite
from typing import Any

from .explain_text import SCRIPT
from .formula_writer import Writer, plain
from .notation import Expression, Leaf, Symbol, rounded

_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Sentence:
    """A sentence with places ``{name}`` and what stands there, so that it can be translated whole."""

    template: str
    fields: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format(**self.fields)


def said(template: str, **fields: object) -> Sentence:
    """Return a sentence; numbers among the fields are written in four significant digits."""
    return Sentence(
        template,
        {name: text_of(value) if isinstance(value, float) else str(value) for name, value in fields.items()},
    )


def text_of(value: float, digits: int = 4) -> str:
    """Return a number in so many significant digits, with a true minus: −0.5, 0.6128, 2.1·10⁻⁵."""
    if not isfinite(value):
        return "NaN" if value != value else "∞" if value > 0 else "−∞"  # noqa: PLR0124
    figures, _, power = rounded(Leaf(_tidy(value)), digits).partition("e")
    return figures.replace("-", "−") + (f"·10{power.translate(_RAISED)}" if power else "")


def lowered(number: int) -> str:
    """Return a whole number as an index: 12 is ₁₂."""
    return str(number).translate(_LOWERED)


def in_symbols(expression: Expression) -> str:
    """Return a formula on one line, in symbols: ∂f/∂q · z."""
    return plain(Writer(SCRIPT).write(expression))


def in_numbers(expression: Expression, digits: int = 4) -> str:
    """Return a formula on one line, with the numbers put in."""
    return plain(Writer(SCRIPT, digits).write(_tidied(expression)))


def _tidy(value: float) -> float:
    """Return a number without what rounding in binary has left in its last digits: 0.1 for 0.1 + 1e-17."""
    return float(f"{value:.12g}")


def _tidied(part: Any) -> Any:
    """Return a formula with tidy numbers."""
    if isinstance(part, Leaf):
        return replace(part, value=_tidy(part.value))
    if isinstance(part, tuple):
        return tuple(_tidied(one) for one in part)
    if is_dataclass(part) and not isinstance(part, (type, Symbol)):
        return replace(part, **{one.name: _tidied(getattr(part, one.name)) for one in fields(part)})
    return part


def hints_of(
    left: str, expression: Expression, *between: Sentence, becomes: bool = False
) -> tuple[Sentence, ...]:
    """Return the hints to a number: its formula, what is met on the way, the numbers put in."""
    symbols, numbers = in_symbols(expression), in_numbers(expression)
    line = "{left} ← {formula}" if becomes else "{left} = {formula}"
    first = said(line, left=left, formula=symbols)
    if symbols == numbers:
        return (first, *between)
    return (first, *between, said(line, left=left, formula=numbers))
