"""Formulas of the worked solution as rich text, whose terms are links to their neurons and edges.

The lines are those of `core.derivation.expressions`, so symbols, order and digits are the same as on
paper. Colours are classes of the style sheet, so the text is the same in every theme.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from math import isfinite, isnan

from PySide6.QtCore import QCoreApplication

from core.derivation.expressions import (
    Digits,
    Equation,
    Expression,
    Leaf,
    Product,
    Sum,
    Symbol,
    Words,
    capped,
    digits_of,
    leaves,
)
from core.derivation.writer import SPACE, TOUCH, Script, Writer
from gui.selection import Selection
from gui.theme.theme import Theme
from gui.widgets.number_format import MINUS, NOT_COMPUTED, RAISED

DIGITS = 3
MOST_DIGITS = 8
MOST_TERMS = 32
MOST_CHECKED = 3 * MOST_TERMS + 2  # numbers; a line of more is cut, and so nothing to compute again
REMEMBERED = 512  # lines: most steps of a pass change one of those shown
MOST_BESIDE = 34  # characters of a formula that stand on one row with its numbers
_NEURONS = {"a", "z", "δ", "b"}
_TAG = re.compile(r"<[^>]*>")
_SHORT = re.compile(r"\([^()<>]{1,16}\)")  # no row ends inside
_GAP, _FIRM = "\x1d", "\u00a0"  # a space inside a tag, and one at which no row ends


def tr(text: str) -> str:
    """Return a text in the language of the window."""
    return QCoreApplication.translate("Inspector", text)


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
    """Return what a link leads to; an empty link leads to nothing."""
    return Selection(*(int(place) for place in link.split("/"))) if link else Selection()


def link_of(symbol: Symbol | None) -> str:
    """Return the link of the neuron or edge a symbol belongs to; empty: it belongs to none."""
    if symbol is None or not symbol.below or not all(isinstance(k, int) for k in symbol.below):
        return ""
    below = [int(k) - 1 for k in symbol.below]
    if symbol.letter == "x":
        return address(Selection(0, below[0]))
    if symbol.layer is None:
        return ""
    if symbol.letter == "W" and len(below) == 2:
        return address(Selection(symbol.layer, below[1], below[0]))
    return address(Selection(symbol.layer, below[0])) if symbol.letter in _NEURONS else ""


def linked(html: str, link: str, strong: bool = False) -> str:
    """Return a text as a link; without a link, the text."""
    if not link:
        return html
    mark = f'{_GAP}class="k"' if strong else ""
    return f'<a{_GAP}href="{link}"{mark}>{html}</a>'


# -- the script -------------------------------------------------------------------------------------


class HtmlScript:
    """Formulas in the rich text of Qt, as the lecture writes them."""

    minus, times, beside = MINUS, "·", f"{TOUCH} "

    def symbol(self, symbol: Symbol) -> str:
        """Return a letter with neurons below and the layer in brackets above."""
        separator = "," if any(isinstance(k, int) and k > 9 for k in symbol.below) else ""
        below = separator.join(str(k) for k in symbol.below)
        mark = {"hat": "\u0302", "prime": "′"}.get(symbol.mark, "")
        text = f"<i>{symbol.letter}</i>{mark}" + (f"<sub>{below}</sub>" if below else "")
        text += "" if symbol.layer is None else f"<sup>[{symbol.layer}]</sup>"
        return f"∂<i>J</i>/∂{text}" if symbol.mark == "slope" else text

    def number(self, text: str) -> str:
        """Return a number with a true minus sign, and a power of ten where it has one."""
        figures, _, exponent = text.partition("e")
        power = f"×10{exponent.translate(RAISED)}" if exponent else ""
        return figures.replace("-", MINUS) + power

    def sum_over(self, index: str) -> str:
        """Return Σ with its letter."""
        return f"Σ<sub>{index}</sub>" if index else "Σ"

    def quotient(self, above: str, below: str, slashed: str) -> str:
        """Return a quotient with a slash."""
        return slashed

    def power(self, base: str, exponent: str) -> str:
        """Return a power; a base with its own superscript stands in parentheses."""
        base = f"({base})" if ("<sup>" in base or "×" in base) and not base.endswith(")") else base
        return (
            f"{base}{exponent.translate(RAISED)}" if exponent.isdecimal() else f"{base}<sup>{exponent}</sup>"
        )

    def function(self, name: str | Symbol, arguments: str) -> str:
        """Return a function with its arguments in parentheses."""
        if name == "abs":
            return f"|{arguments}|"
        if name == "exp":
            return f"e<sup>{arguments}</sup>"
        if name == "sqrt":
            return f"√({arguments})"
        return f"{name if isinstance(name, str) else self.symbol(name)}({arguments})"

    def cases(self, then: str, left: str, sign: str, right: str, otherwise: str) -> str:
        """Return both formulas in words."""
        text = tr("{then} if {condition}, else {otherwise}").replace(" ", SPACE)
        return text.format(then=then, condition=f"{left} {escape(sign)} {right}", otherwise=otherwise)


SCRIPT: Script = HtmlScript()


@dataclass(frozen=True)
class PlainWriter(Writer):
    """Writes expressions some of whose numbers may not be computed yet, without links."""

    def _leaf(self, leaf: Leaf, first: bool) -> str:
        if isfinite(leaf.value):
            return super()._leaf(capped(leaf, MOST_DIGITS), first)
        if leaf.symbol is not None and not self.digits:
            return self.script.symbol(leaf.symbol)
        if isnan(leaf.value):  # in a product a bare dot would read as a sign of its own
            return NOT_COMPUTED if first else f"({NOT_COMPUTED})"
        return "∞" if leaf.value > 0 else f"({MINUS}∞)"


@dataclass(frozen=True)
class HtmlWriter(PlainWriter):
    """Writes expressions whose terms are links; ``strong`` is the link to be set off."""

    strong: str = ""

    def _leaf(self, leaf: Leaf, first: bool) -> str:
        link = link_of(leaf.symbol)
        return linked(super()._leaf(leaf, first), link, bool(link) and link == self.strong)

    def _product(self, product: Product, first: bool) -> str:
        head = product.factors[0]
        link = link_of(head.symbol) if isinstance(head, Leaf) else ""
        if link.count("/") < 2:
            return super()._product(product, first)
        inside = PlainWriter(self.script, self.digits)._product(product, first)
        return linked(inside, link, link == self.strong)

    def _sum(self, total: Sum, first: bool) -> str:
        more = len(total.terms) - MOST_TERMS
        if more <= 0 or not self.digits:
            return super()._sum(total, first)
        return f"{super()._sum(Sum(total.terms[:MOST_TERMS]), first)}{SPACE}+ {tr('({} more)').format(more)}"


def without(html: str, selection: Selection) -> str:
    """Return a text in which nothing leads to what is looked at anyway."""
    return re.sub(rf'<a href="{address(selection)}">(.*?)</a>', r"\1", html)


def resolved(marked: str) -> str:
    """Return rich text whose rows may end before a sign and nowhere else."""
    together = _SHORT.sub(lambda found: found[0].replace(SPACE, _FIRM), marked)
    firm = together.replace(" ", _FIRM).replace(SPACE, " ").replace(TOUCH, "")
    return firm.replace(_GAP, " ")


# -- lines ------------------------------------------------------------------------------------------


def digits_for(line: Equation, digits: int = DIGITS) -> Digits:
    """Return in how many digits a line is shown, so that its result follows from its numbers."""
    if line.numbers is None or line.result is None:
        return Digits(digits, digits, True)
    shown = [*leaves(line.numbers), line.result]
    if len(shown) > MOST_CHECKED or not all(isfinite(leaf.value) for leaf in shown):
        return Digits(digits, digits, True)
    result = Leaf(line.result.value, None, line.result.grain)  # it is rounded here, whatever it is
    return digits_of(replace(line, result=result), digits, MOST_DIGITS)


@lru_cache(maxsize=REMEMBERED)
def symbols(expression: Expression, *, links: bool = True) -> str:
    """Return an expression in symbols."""
    return resolved((HtmlWriter(SCRIPT) if links else PlainWriter(SCRIPT)).write(expression))


def number(value: float, digits: int = DIGITS, grain: float = 0.0) -> str:
    """Return a number; NaN is not computed yet."""
    return resolved(HtmlWriter(SCRIPT, digits).write(Leaf(float(value), None, grain)))


def numbers(expression: Expression, digits: int = DIGITS, strong: str = "") -> str:
    """Return an expression with its numbers put in."""
    return resolved(HtmlWriter(SCRIPT, digits, strong).write(expression))


def of_gradient(symbol: Symbol | None) -> bool:
    """Tell whether a quantity belongs to the backward pass."""
    return symbol is not None and (symbol.mark in ("slope", "prime") or symbol.letter in ("δ", "g"))


def coloured(html: str, value: float, gradient: bool = False) -> str:
    """Return a text in bold and in the colour of a number's sign."""
    kind = ("gn", "gp") if gradient else ("n", "p")
    return f'<b class="{kind[value >= 0]}">{html}</b>'


def paragraph(html: str, kind: str = "") -> str:
    """Return a paragraph; ``kind`` "in" is set in, "m" muted, "h" a heading."""
    return f'<p class="{kind}">{html}</p>' if kind else f"<p>{html}</p>"


def heading(text: str) -> str:
    """Return a heading."""
    return paragraph(text, "h")


def muted(html: str) -> str:
    """Return a remark."""
    return paragraph(html, "m")


@lru_cache(maxsize=REMEMBERED)
def html_of(line: Equation, kind: str = "") -> str:
    """Return a line: the formula in symbols and, below or behind it, in numbers with its result."""
    first, sides = symbols(line.left), []
    formula = "" if line.symbols is None else symbols(line.symbols)
    digits = digits_for(line)
    if line.numbers is not None:
        sides.append(numbers(line.numbers, digits.numbers))
    if line.result is not None:
        result = number(line.result.value, digits.result, line.result.grain)
        sides = [side for side in sides if _TAG.sub("", side) != result]
        formula = formula if formula != result else ""
        sides.append(_result(line, result, kind))
    if formula:
        first += f" {line.relation} {formula}"
    note = f' <span class="m">({said(line.note)})</span>' if line.note else ""
    return _rows(first, sides, "" if formula else line.relation, note, "=" if digits.holds else "≈")


def _result(line: Equation, text: str, kind: str) -> str:
    """Return the result of a line in the colour of its sign, or as a new value."""
    assert line.result is not None
    if kind == "new":
        return f'<b class="c">{text}</b>'
    gradient = not isinstance(line.left, Leaf) or of_gradient(line.left.symbol)
    return coloured(text, line.result.value, gradient)


def _rows(first: str, sides: list[str], relation: str, note: str, last: str) -> str:
    """Return the sides of a line on one row; those behind a formula (``relation`` "") set in below it.

    ``last`` is the sign before the result.
    """
    if not sides:
        return paragraph(first + note)
    sign = relation or ("=" if len(sides) > 1 else last)
    rest = f" {sign}{_FIRM}" + f" {last}{_FIRM}".join(sides) + note
    if relation or len(_TAG.sub("", first + rest)) <= MOST_BESIDE:
        return paragraph(first + rest)
    return paragraph(first) + paragraph(rest.strip(), "in")


def pending(left: Expression, formula: Expression | None = None, so_far: str = "") -> str:
    """Return a line whose number this pass has not computed yet."""
    text = symbols(left) + (f" = {symbols(formula)}" if formula is not None else "")
    return paragraph(f'{text} : <i class="m">{so_far or not_yet()}</i>')


def not_yet() -> str:
    """Return what stands for a number that this pass has not computed yet."""
    return tr("not computed yet").replace(" ", _FIRM)


def said(words: Words) -> str:
    """Return words with their formulas in symbols, and lines with their results."""
    return "".join(_said(word) for word in words)


def _said(word: str | Expression | Equation) -> str:
    if isinstance(word, str):
        return escape(tr(word))
    if not isinstance(word, Equation):
        return symbols(word)
    return symbols(word.left) + ("" if word.result is None else f" = {number(word.result.value)}")


def vector(values: Iterable[float], links: Iterable[str], most: int = 6) -> str:
    """Return numbers in parentheses, each a link to its neuron; a long one is cut."""
    pairs = list(zip((float(value) for value in values), links, strict=True))
    shown = [linked(number(value), link).replace(_GAP, " ") for value, link in pairs[:most]]
    if len(pairs) > most:
        shown.append(tr("… {} in all").format(len(pairs)))
    return shown[0] if len(pairs) == 1 else f"({', '.join(shown)})"


def bold(letter: str, l: int) -> str:
    """Return a whole matrix or vector of layer l in rich text."""
    return f"<b>{letter}</b><sup>[{l}]</sup>"
