"""Equations in HTML whose terms link to neurons and edges.

A link is ``layer/neuron`` or ``layer/neuron/source``; neurons count from 0. Lines may break only before a
plus or minus sign or a relation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html import escape

from .. import number_style
from .expressions import Digits, Equation, Leaf, Product, Sum, Symbol, digits_of, leaves
from .writer import RAISED, SPACE, TOUCH, Script, Writer, WrittenLine, written

MOST_DIGITS = 8
MOST_TERMS = 32
MOST_CHECKED = 3 * MOST_TERMS + 2  # numbers; a longer line is abbreviated and cannot be recalculated
_NEURONS = {"a", "z", "δ", "b"}
_SHORT = re.compile(r"\([^()<>]{1,16}\)")  # no line break inside
_GAP, FIRM = "\x1d", "\u00a0"  # a space inside a tag, and a non-breaking space


class HtmlScript(Script):
    """Formulas in HTML, as the lecture writes them."""

    def symbol(self, symbol: Symbol) -> str:
        """Return a letter with its neurons as subscript and its layer in brackets as superscript."""
        below = self.below(symbol)
        mark = {"hat": "\u0302", "prime": "′"}.get(symbol.mark, "")
        text = f"<i>{symbol.letter}</i>{mark}" + (f"<sub>{below}</sub>" if below else "")
        text += "" if symbol.layer is None else f"<sup>[{symbol.layer}]</sup>"
        return f"∂<i>J</i>/∂{text}" if symbol.mark == "slope" else text

    def sum_over(self, index: str) -> str:
        """Return Σ with its index."""
        return f"Σ<sub>{index}</sub>" if index else "Σ"

    def power(self, base: str, exponent: str) -> str:
        """Return a power; a base with its own superscript stands in parentheses."""
        base = f"({base})" if "<sup>" in base and not base.endswith(")") else base
        raised = exponent.translate(RAISED) if exponent.isdecimal() else f"<sup>{exponent}</sup>"
        return base + raised

    def function(self, name: str | Symbol, arguments: str) -> str:
        """Return a function with its arguments in parentheses."""
        return f"e<sup>{arguments}</sup>" if name == "exp" else super().function(name, arguments)

    def words(self, text: str) -> str:
        """Return words, escaped for HTML."""
        return escape(text)

    def inline(self, marked: str) -> str:
        """Return a formula whose break marks are resolved."""
        return resolved(marked)


# -- links --------------------------------------------------------------------------------------------


def link_of(symbol: Symbol | None) -> str:
    """Return the link of the neuron or edge a symbol belongs to; empty if there is none."""
    if symbol is None or not symbol.below or not all(isinstance(k, int) for k in symbol.below):
        return ""
    below = [int(k) - 1 for k in symbol.below]
    if symbol.letter == "x":
        return f"0/{below[0]}"
    if symbol.layer is None:
        return ""
    if symbol.letter == "W" and len(below) == 2:
        return f"{symbol.layer}/{below[1]}/{below[0]}"
    return f"{symbol.layer}/{below[0]}" if symbol.letter in _NEURONS else ""


def linked(html: str, link: str, strong: bool = False) -> str:
    """Return HTML as a link; unchanged if ``link`` is empty."""
    if not link:
        return html
    mark = f'{_GAP}class="k"' if strong else ""
    return f'<a{_GAP}href="{link}"{mark}>{html}</a>'


@dataclass(frozen=True)
class HtmlWriter(Writer):
    """Writes expressions whose terms are links; ``strong`` is the link to be highlighted.

    Sums of more than 32 terms are cut and end with ``more``, which receives the number of omitted terms.
    """

    strong: str = ""
    more: str = "({} more)"

    def _leaf(self, leaf: Leaf, first: bool) -> str:
        link = link_of(leaf.symbol)
        return linked(super()._leaf(leaf, first), link, bool(link) and link == self.strong)

    def _product(self, product: Product, first: bool) -> str:
        head = product.factors[0]
        link = link_of(head.symbol) if isinstance(head, Leaf) else ""
        if link.count("/") < 2:
            return super()._product(product, first)
        inside = Writer(self.script, self.digits, self.most)._product(product, first)
        return linked(inside, link, link == self.strong)

    def _sum(self, total: Sum, first: bool) -> str:
        more = len(total.terms) - MOST_TERMS
        if more <= 0 or not self.digits:
            return super()._sum(total, first)
        return f"{super()._sum(Sum(total.terms[:MOST_TERMS]), first)}{SPACE}+ {self.more.format(more)}"


def resolved(marked: str) -> str:
    """Return HTML that can be broken at the marks and nowhere else."""
    together = _SHORT.sub(lambda found: found[0].replace(SPACE, FIRM), marked)
    firm = together.replace(" ", FIRM).replace(SPACE, " ").replace(TOUCH, "")
    return firm.replace(_GAP, " ")


# -- equations ----------------------------------------------------------------------------------------


def digits_for(line: Equation, digits: int | None = None) -> Digits:
    """Return in how many digits an equation is shown, so that its result follows from its numbers.

    The result has ``digits`` (None: as many as is set).
    """
    digits = digits or number_style.digits()
    if line.numbers is None or sum(1 for _leaf in leaves(line.numbers)) >= MOST_CHECKED:
        return Digits(digits, digits, True)
    return digits_of(line, digits, max(MOST_DIGITS, digits))


def html_parts(line: Equation, writer: Writer, digits: int | None = None) -> WrittenLine:
    """Return the parts of an equation as HTML, its result in ``digits`` (None: as many as is set)."""
    digits = digits or number_style.digits()
    found = written(line, writer, digits, digits_for(line, digits))
    left, symbols, numbers, result = map(resolved, (found.left, found.symbols, found.numbers, found.result))
    return replace(found, left=left, symbols=symbols, numbers=numbers, result=result)
