"""A worked solution as plain text for a terminal, with ``z[1]₂`` for the lecture's z_2^{[1]}.

The layer is in brackets at full size: Unicode has no superscript brackets, and a superscript (1) is the
lecture's notation for a sample.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from unicodedata import combining

from .. import number_style
from ..language import translatable
from ..outside_text import harmless
from .expressions import Equation, Solution, Symbol
from .writer import RAISED, SPACE, STEP, Script, Writer, plain, rows, written

NARROWEST = 40
NARROW_COLUMN = 2
LOWERED = str.maketrans("0123456789ijk=", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₖ₌")
LEGEND = translatable(
    "Here z[l]ⱼ is the z of neuron j in layer l, and W[l]ᵢⱼ leads to it from neuron i of layer l − 1."
)


class TextScript(Script):
    """Formulas in one line of Unicode."""

    def symbol(self, symbol: Symbol) -> str:
        """Return a letter with its layer in brackets and its neurons as subscript."""
        below = self.below(symbol).translate(LOWERED)
        layer = "" if symbol.layer is None else f"[{symbol.layer}]"
        mark = {"hat": "\u0302", "prime": "′"}.get(symbol.mark, "")
        return f"{'∂J/∂' if symbol.mark == 'slope' else ''}{symbol.letter}{mark}{layer}{below}"

    def sum_over(self, index: str) -> str:
        """Return Σ with its index."""
        return f"Σ{index.translate(LOWERED)}"

    def power(self, base: str, exponent: str) -> str:
        """Return a power, with a superscript if the exponent is an integer."""
        base = f"({base})" if base.startswith("∂") else base
        plain_exponent = exponent.isdecimal() or exponent == "t"
        return base + (exponent.translate(RAISED) if plain_exponent else f"^({exponent})")

    def words(self, text: str) -> str:
        """Return words without control characters."""
        return harmless(text)


SCRIPT: Script = TextScript()
WRITER = Writer(SCRIPT)


def as_text(solution: Solution, width: int = 80, digits: int | None = None) -> str:
    """Return the solution in lines of at most ``width`` characters (at least 40), ending with a newline.

    Numbers have ``digits`` significant digits (None: as many as is set), and more where the shown result
    would not follow from them.
    """
    return "\n".join(_lines(solution, max(width, NARROWEST), digits or number_style.digits())) + "\n"


def _lines(solution: Solution, width: int, digits: int) -> Iterator[str]:
    yield from _wrapped(harmless(solution.title), width)
    for paragraph in (*solution.paragraphs, (LEGEND,)):
        yield ""
        yield from _wrapped(WRITER.said(paragraph, digits), width)
    for k, section in enumerate(solution.sections, 1):
        yield ""
        yield ""
        yield from _wrapped(f"{k}. {section.title}", width)
        for paragraph in section.paragraphs:
            yield ""
            yield from _wrapped(WRITER.said(paragraph, digits), width)
        if section.lines:
            yield ""
        for line in section.lines:
            yield from text_of(line, width, digits)


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_on_hyphens=False)


def text_of(line: Equation, width: int, digits: int) -> Iterator[str]:
    """Yield the rows of one line of a solution; continuations begin under the relation."""
    strings = written(line, WRITER, digits)
    left, parts = plain(strings.left), strings.parts
    if strings.note:
        parts[-1] += f"{SPACE} ({WRITER.said(strings.note, digits).replace(' ', SPACE)})"
    column = len(left) + 1
    indent = " " * (column - sum(1 for character in left if combining(character)))
    found = rows(parts, width, column, len)
    if any(column + len(row.text) + (0 if row.opens else STEP) > width for row in found):
        # The left side leaves too little room, so it gets a row of its own.
        yield left
        found, indent, left = rows(parts, width, NARROW_COLUMN, len), " " * NARROW_COLUMN, ""
    for k, row in enumerate(found):
        start = f"{left} " if left and k == 0 else indent
        yield f"{start}{'' if row.opens else ' ' * STEP}{row.text}"
