"""Equations of a pass as rich text, whose terms are links to their neurons and edges.

The HTML is made by `core.derivation.html`. Colours are CSS classes, so that the text is the same in every
theme.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

import numpy as np

from core.arrays import Array
from core.derivation.expressions import Equation, Expression, Leaf, Symbol, Words
from core.derivation.html import (
    FIRM,
    MOST_DIGITS,
    HtmlScript,
    HtmlWriter,
    html_parts,
    linked,
    resolved,
)
from core.derivation.writer import Script, Writer
from core.language import tr
from core.number_style import digits, restyled
from gui.selection import Selection
from gui.theme.theme import Theme

REMEMBERED = 512  # cached lines: most steps of a pass change only one of those shown
MOST_BESIDE = 34  # characters of a formula up to which its numbers are written on the same row
_TAG = re.compile(r"<[^>]*>")


class _TranslatedScript(HtmlScript):
    """Writes formulas in HTML, with the words between them translated."""

    def words(self, text: str) -> str:
        """Return words in the user's language."""
        return escape(tr(text))


SCRIPT: Script = _TranslatedScript()


def writer(count: int = 0, strong: str = "") -> HtmlWriter:
    """Return the writer of numbers in ``count`` digits, or of symbols (0); ``strong`` is the link set off."""
    return HtmlWriter(SCRIPT, count, MOST_DIGITS, strong, tr("({} more)"))


def style(theme: Theme) -> str:
    """Return the style sheet of the rich text in a theme's colours."""
    colours = {
        "p": theme.positive,
        "n": theme.negative,
        "gp": theme.gradient_positive,
        "gn": theme.gradient_negative,
        "c": theme.accent,
        "e": theme.error,
        "m": theme.muted,
        "train": theme.train,
        "test": theme.test,
    }
    rules = [f".{name} {{ color: {colour.name()}; }}" for name, colour in colours.items()]
    rules.append(f"a {{ color: {theme.text.name()}; text-decoration: none; }}")
    rules += [f".{name} a {{ color: {colour.name()}; }}" for name, colour in colours.items()]
    rules.append(f"a.k {{ color: {theme.accent.name()}; font-weight: bold; }}")
    rules.append("p { margin-top: 0; margin-bottom: 3px; } p.h { margin-top: 8px; margin-bottom: 2px; }")
    rules.append("p.in { margin-left: 12px; }")
    return "\n".join([*rules, f".h {{ color: {theme.muted.name()}; font-weight: bold; }}"])


# -- links ------------------------------------------------------------------------------------------


def address(selection: Selection) -> str:
    """Return the link of a neuron, "l/j", or of an edge, "l/j/i"."""
    places = (selection.layer, selection.neuron, selection.source)
    return "/".join(str(place) for place in places if place is not None)


def selection_at(link: str) -> Selection:
    """Return the selection that a link stands for; an empty link gives an empty one."""
    return Selection(*(int(place) for place in link.split("/"))) if link else Selection()


def without(html: str, selection: Selection) -> str:
    """Return a text without the links to ``selection``, which is shown already."""
    return re.sub(rf'<a href="{address(selection)}">(.*?)</a>', r"\1", html)


# -- lines ------------------------------------------------------------------------------------------


@restyled
@lru_cache(maxsize=REMEMBERED)
def symbols(expression: Expression, *, links: bool = True) -> str:
    """Return an expression in symbols."""
    return resolved((writer() if links else Writer(SCRIPT)).write(expression))


def number(value: float, count: int | None = None, grain: float = 0.0) -> str:
    """Return a number in ``count`` digits (None: the preferred number); NaN is not computed yet."""
    return resolved(writer(count or digits()).write(Leaf(float(value), None, grain)))


def numbers(expression: Expression, count: int | None = None, strong: str = "") -> str:
    """Return an expression with its numbers inserted."""
    return resolved(writer(count or digits(), strong).write(expression))


def of_gradient(symbol: Symbol | None) -> bool:
    """Whether a quantity belongs to the backward pass."""
    return symbol is not None and (symbol.mark in ("slope", "prime") or symbol.letter in ("δ", "g"))


def coloured(html: str, value: float, gradient: bool = False) -> str:
    """Return a text in bold, in the colour of a value's sign."""
    kind = ("gn", "gp") if gradient else ("n", "p")
    return f'<b class="{kind[value >= 0]}">{html}</b>'


def paragraph(html: str, kind: str = "") -> str:
    """Return a paragraph; ``kind`` "in" is indented, "m" muted, "h" a heading."""
    return f'<p class="{kind}">{html}</p>' if kind else f"<p>{html}</p>"


def heading(text: str) -> str:
    """Return a heading."""
    return paragraph(text, "h")


def muted(html: str) -> str:
    """Return a muted remark."""
    return paragraph(html, "m")


def html_of(line: Equation, kind: str = "") -> str:
    """Return an equation: the formula in symbols and, below or beside it, with numbers and its result.

    The result has the colour of its sign; with ``kind`` "new", that of a new value.
    """
    return _html_of(line, kind, digits())


@restyled
@lru_cache(maxsize=REMEMBERED)
def _html_of(line: Equation, kind: str, count: int) -> str:
    parts = html_parts(line, writer(), count)
    first, sides = parts.left, [parts.numbers] if parts.numbers else []
    if line.result is not None:
        sides.append(_result(line, parts.result, kind))
    if parts.symbols:
        first += f" {parts.relation} {parts.symbols}"
    note = f' <span class="m">({said(parts.note)})</span>' if parts.note else ""
    return _rows(first, sides, "" if parts.symbols else parts.relation, note, parts.last)


def _result(line: Equation, text: str, kind: str) -> str:
    assert line.result is not None
    if kind == "new":
        return f'<b class="c">{text}</b>'
    gradient = not isinstance(line.left, Leaf) or of_gradient(line.left.symbol)
    return coloured(text, line.result.value, gradient)


def _rows(first: str, sides: list[str], relation: str, note: str, last: str) -> str:
    """Return the sides of an equation on one row; those after a formula (``relation`` "") are indented below.

    ``last`` is the sign before the result.
    """
    if not sides:
        return paragraph(first + note)
    sign = relation or ("=" if len(sides) > 1 else last)
    rest = f" {sign}{FIRM}" + f" {last}{FIRM}".join(sides) + note
    if relation or len(_TAG.sub("", first + rest)) <= MOST_BESIDE:
        return paragraph(first + rest)
    return paragraph(first) + paragraph(rest.strip(), "in")


def pending(left: Expression, formula: Expression | None = None, so_far: str = "") -> str:
    """Return an equation whose result this pass has not computed yet."""
    return unknown(symbols(left) + (f" = {symbols(formula)}" if formula is not None else ""), so_far)


def unknown(name: str, so_far: str = "") -> str:
    """Return a line for a quantity this pass has not computed yet, with the part known ``so_far``, if any."""
    return paragraph(f'{name} : <i class="m">{so_far or not_yet()}</i>')


def not_yet() -> str:
    """Return the text shown for a number that this pass has not computed yet."""
    return tr("not computed yet").replace(" ", FIRM)


def said(words: Words) -> str:
    """Return words with their formulas in symbols, and lines with their results."""
    return writer().said(words, digits())


def vector(values: Array, l: int | None, most: int = 6) -> str:
    """Return the numbers (n,) of layer l, each a link to its neuron (l None: no link), at most ``most``."""
    links = ["" if l is None else address(Selection(l, k)) for k in range(min(values.size, most))]
    shown = [resolved(linked(number(value), link)) for value, link in zip(values, links, strict=False)]
    if values.size > most:
        shown.append(tr("… {} in all").format(values.size))
    return shown[0] if values.size == 1 else f"({', '.join(shown)})"


def vector_line(name: str, values: Array, l: int, most: int) -> str:
    """Return a line with the numbers of layer l, or one saying that none of them is computed yet."""
    return unknown(name) if np.isnan(values).all() else paragraph(f"{name} = {vector(values, l, most)}")


def bold(letter: str, l: int) -> str:
    """Return a whole matrix or vector of layer l in rich text."""
    return f"<b>{letter}</b><sup>[{l}]</sup>"
