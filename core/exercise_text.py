"""Numbers as students write and read them, and sentences with numbers put in."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite

from .expression import ExpressionError
from .notation import Leaf, rounded
from .subjects import worked_out

MOST_TYPED = 60
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
    figures, _, power = rounded(Leaf(float(value)), digits).partition("e")
    return figures.replace("-", "−") + (f"·10{power.translate(_RAISED)}" if power else "")


def factor(value: float, digits: int = 4) -> str:
    """Return a number as it stands behind a sign: negative ones in brackets."""
    text = text_of(value, digits)
    return f"({text})" if text.startswith("−") else text


def lowered(number: int) -> str:
    """Return a whole number as an index: 12 is ₁₂."""
    return str(number).translate(_LOWERED)


def typed_number(text: str) -> float | None:
    """Return the number somebody typed: −0,5 or 12 % or 10/3; None where it is none."""
    text = text.strip().replace("−", "-").replace("\u00a0", "")[:MOST_TYPED]
    share = text.endswith("%")
    text = text.removesuffix("%").strip()
    if "(" not in text:
        text = text.replace(",", ".")
    try:
        value = worked_out(text)
    except ExpressionError:
        return None
    return value / 100 if share else value
