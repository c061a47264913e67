"""Writing of expressions and equations as text, LaTeX or HTML.

Precedence, parentheses, digits and the parts of an equation are common to all three; a `Script` defines how
the pieces look. Long equations are broken into rows at marked positions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import isfinite, isnan

from ..language import tr
from ..number_style import MINUS, NOT_COMPUTED, styled
from .expressions import (
    MOST_DIGITS,
    PI,
    Cases,
    Difference,
    Digits,
    Equation,
    Expression,
    Function,
    Leaf,
    Negative,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    Words,
    cancels,
    capped,
    digits_of,
    rounded,
)

# Marks of possible line breaks: at a space, or between two adjacent pieces.
SPACE, TOUCH = "\x1f", "\x1e"
RAISED = str.maketrans("0123456789-t", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵗ")
STEP = 2  # columns by which a continuation is indented relative to its relation sign
ADDITION, MULTIPLICATION, SINGLE = 1, 2, 3
_TAG = re.compile(r"<[^>]*>")


class Script:
    """How the pieces of a formula look; this base class writes characters on one line.

    ``times`` joins multiplied numbers, ``beside`` multiplied symbols.
    """

    minus, times, beside, infinity = MINUS, "·", f"{TOUCH} ", "∞"

    def symbol(self, symbol: Symbol) -> str:
        """Return a letter with its indices."""
        raise NotImplementedError

    def below(self, symbol: Symbol) -> str:
        """Return the subscripts of a symbol, separated by commas if one has two digits."""
        separator = "," if any(isinstance(k, int) and k > 9 for k in symbol.below) else ""
        return separator.join(str(k) for k in symbol.below)

    def number(self, text: str) -> str:
        """Return a number given as ``-1.234e-5``, as `core.number_style` writes it."""
        return styled(text)

    def sum_over(self, index: str) -> str:
        """Return the summation sign with an index (empty: none)."""
        raise NotImplementedError

    def quotient(self, above: str, below: str, slashed: str) -> str:
        """Return a quotient; ``slashed`` is its form on one line."""
        return slashed

    def power(self, base: str, exponent: str) -> str:
        """Return a power."""
        raise NotImplementedError

    def function(self, name: str | Symbol, arguments: str) -> str:
        """Return a function with its arguments."""
        if name == "exp":
            return f"e^({arguments})"
        if name == "abs":
            return f"|{arguments}|"
        if name == "sqrt":
            return f"√({arguments})"
        return f"{name if isinstance(name, str) else self.symbol(name)}({arguments})"

    def relation(self, sign: str) -> str:
        """Return the relation sign ``=``, ``≈`` or ``←``."""
        return sign

    def words(self, text: str) -> str:
        """Return words, escaped as needed."""
        raise NotImplementedError

    def inline(self, marked: str) -> str:
        """Return a formula for use within words."""
        return plain(marked)

    def cases(self, then: str, left: str, sign: str, right: str, otherwise: str) -> str:
        """Return the two cases ``then`` (if ``left`` ``sign`` ``right``) and ``otherwise``."""
        return tr(
            "{then}{space}if {left} {sign} {right},{space}else {otherwise}",
            then=then,
            space=SPACE,
            left=left,
            sign=self.words(sign),
            right=right,
            otherwise=otherwise,
        )


@dataclass(frozen=True)
class Writer:
    """Writes expressions in one script, as numbers with ``digits`` digits or in symbols (``digits`` 0).

    A number that must show a small change gets more digits, at most ``most``.
    """

    script: Script
    digits: int = 0
    most: int = MOST_DIGITS

    def write(self, expression: Expression, level: int = 0, first: bool = True) -> str:
        """Return the expression, in parentheses if its precedence is lower than ``level``.

        ``first``: nothing precedes it, so a minus sign needs no parentheses.
        """
        rank = self._rank(expression)
        signed = isinstance(expression, Negative) and not first
        if rank < level or signed:
            return f"({self._plain(expression, True)})"
        return self._plain(expression, first)

    def _rank(self, expression: Expression) -> int:
        match expression:
            case Sum(terms, _, generic):
                if generic is not None and not self.digits:
                    return MULTIPLICATION
                return ADDITION if len(terms) > 1 else self._rank(terms[0])
            case Difference() | Negative():
                return ADDITION
            case Cases():
                return 0
            case Product() | Quotient():
                return MULTIPLICATION
        return MULTIPLICATION if self._with_power(expression) else SINGLE

    def _plain(self, expression: Expression, first: bool) -> str:
        match expression:
            case Leaf():
                text = self._leaf(expression, first)
            case Sum():
                text = self._sum(expression, first)
            case Difference(one, two):
                after = self.write(two, MULTIPLICATION, False)
                text = f"{self.write(one, ADDITION, first)}{SPACE}{self.script.minus} {after}"
            case Negative(term):
                text = f"{self.script.minus}{self.write(term, MULTIPLICATION, False)}"
            case Product():
                text = self._product(expression, first)
            case Quotient():
                text = self._quotient(expression, first)
            case Power(base, exponent):
                text = self.script.power(self.write(base, SINGLE, False), self.write(exponent))
            case Function(name, arguments):
                text = self.script.function(name, f",{SPACE}".join(self.write(x) for x in arguments))
            case Cases():
                text = self._cases(expression)
        return text

    def _with_power(self, expression: Expression) -> bool:
        """Tell whether an expression is a number that is written as a product with a power of ten."""
        if not isinstance(expression, Leaf) or self._as_symbol(expression) or not isfinite(expression.value):
            return False
        return "e" in self._figures(expression)

    def _as_symbol(self, leaf: Leaf) -> bool:
        return leaf.symbol is not None and (not self.digits or leaf.symbol == PI.symbol)

    def _figures(self, leaf: Leaf) -> str:
        return rounded(capped(leaf, self.most), self.digits or 1)

    def _cases(self, cases: Cases) -> str:
        if self.digits:
            return self.write(cases.branch)
        compared = self.write(cases.condition.left), cases.condition.sign, self.write(cases.condition.right)
        return self.script.cases(self.write(cases.then), *compared, self.write(cases.otherwise))

    def _leaf(self, leaf: Leaf, first: bool) -> str:
        if self._as_symbol(leaf) and leaf.symbol is not None:
            return self.script.symbol(leaf.symbol)
        if isnan(leaf.value):  # in a product, a bare dot would read as a multiplication sign
            return NOT_COMPUTED if first else f"({NOT_COMPUTED})"
        if isfinite(leaf.value):
            text = self.script.number(self._figures(leaf))
        else:
            text = self.script.infinity if leaf.value > 0 else f"{self.script.minus}{self.script.infinity}"
        return text if first or leaf.value >= 0 else f"({text})"

    def _sum(self, total: Sum, first: bool) -> str:
        if total.generic is not None and not self.digits:
            return f"{self.script.sum_over(total.index)} {self.write(total.generic, MULTIPLICATION, False)}"
        written = [self.write(term, ADDITION, first and k == 0) for k, term in enumerate(total.terms)]
        return f"{SPACE}+ ".join(written)

    def _product(self, product: Product, first: bool) -> str:
        written = [
            self.write(factor, MULTIPLICATION, first and k == 0) for k, factor in enumerate(product.factors)
        ]
        return (TOUCH + self.script.times if self.digits else self.script.beside).join(written)

    def _quotient(self, quotient: Quotient, first: bool) -> str:
        above, below = self.write(quotient.above), self.write(quotient.below)
        numerator = self.write(quotient.above, MULTIPLICATION, first)
        return self.script.quotient(
            above, below, f"{numerator}{TOUCH}/{self.write(quotient.below, SINGLE, False)}"
        )

    def said(self, words: Words, digits: int) -> str:
        """Return words with their formulas in symbols, and their equations in full."""
        return "".join(self._said(word, digits) for word in words)

    def _said(self, word: str | Expression | Equation, digits: int) -> str:
        if isinstance(word, str):
            return self.script.words(word)
        if not isinstance(word, Equation):
            return self.script.inline(self.write(word))
        line = written(word, self, digits)
        return self.script.inline(SPACE.join([line.left, *line.parts]))


@dataclass(frozen=True)
class WrittenLine:
    """An equation as strings, with marks of possible line breaks; missing parts are empty.

    ``relation`` is the first sign; ``last`` is the one before the result, ``≈`` if the result only
    approximately follows from the numbers.
    """

    left: str
    symbols: str
    numbers: str
    result: str
    relation: str
    last: str
    note: Words

    @property
    def parts(self) -> list[str]:
        """All parts to the right of ``left``, each with the sign before it."""
        sides = (("=", self.symbols), ("=", self.numbers), (self.last, self.result))
        signed = [(sign, side) for sign, side in sides if side]
        if self.relation != "=" and signed:
            signed[0] = self.relation, signed[0][1]
        return [f"{sign} {side}" for sign, side in signed]


def written(line: Equation, writer: Writer, digits: int, shown: Digits | None = None) -> WrittenLine:
    """Return the strings of an equation, without repeated equal parts.

    The result has ``digits`` significant digits, and the numbers as many more as are needed to compute it
    from them. ``shown`` are these digits if already known.
    """
    shown = shown or digits_of(line, digits, writer.most)
    symbols = "" if line.symbols is None else writer.write(line.symbols)
    numbers = "" if line.numbers is None else replace(writer, digits=shown.numbers).write(line.numbers)
    result = "" if line.result is None else replace(writer, digits=shown.result).write(line.result)
    cancelled = not shown.holds and cancels(line)
    remark = (*(("; ",) if line.note else ()), tr("the terms cancel: little is left but rounding"))
    return WrittenLine(
        writer.write(line.left),
        "" if _same(symbols, numbers or result) else symbols,
        "" if _same(numbers, result) else numbers,
        result,
        writer.script.relation(line.relation),
        writer.script.relation("=" if shown.holds else "≈"),
        (*line.note, *remark) if cancelled else line.note,
    )


def _same(one: str, other: str) -> bool:
    """Return whether two parts look the same, apart from their links."""
    return _TAG.sub("", plain(one)) == _TAG.sub("", plain(other))


def plain(marked: str) -> str:
    """Return a string with its break marks resolved, on one line."""
    return marked.replace(SPACE, " ").replace(TOUCH, "")


@dataclass(frozen=True)
class FormulaRow:
    """One row of a broken line; it ``opens`` with a relation sign, or continues a formula."""

    text: str
    opens: bool


def rows(parts: Sequence[str], width: int, column: int, measure: Callable[[str], int]) -> list[FormulaRow]:
    """Return the parts of an equation in rows at most ``width`` wide, as measured by ``measure``.

    The relation sign is in ``column``, and continuations are indented by `STEP` more. A part that does not
    fit after another gets a row of its own; one wider than a row is broken at its marks.
    """
    found: list[FormulaRow] = []
    for part in parts:
        whole = plain(part)
        if found and column + measure(f"{found[-1].text} {whole}") + _indent(found[-1]) <= width:
            found[-1] = FormulaRow(f"{found[-1].text} {whole}", found[-1].opens)
        elif column + measure(whole) <= width:
            found.append(FormulaRow(whole, True))
        else:
            found += _broken(part, width - column, measure)
    return found


def _indent(row: FormulaRow) -> int:
    return 0 if row.opens else STEP


def _broken(part: str, width: int, measure: Callable[[str], int]) -> list[FormulaRow]:
    found: list[FormulaRow] = []
    row = ""
    for piece in _pieces(part, width - STEP, measure):
        room = width - (STEP if found else 0)
        if row and measure(plain(row + piece).strip()) > room:
            found.append(FormulaRow(plain(row).strip(), not found))
            row = ""
        row += piece
    return [*found, FormulaRow(plain(row).strip(), not found)]


def _pieces(part: str, width: int, measure: Callable[[str], int]) -> list[str]:
    """Return the pieces between possible line breaks; only too long ones are cut at `TOUCH`."""
    found: list[str] = []
    for piece in part.replace(SPACE, f"\n{SPACE}").split("\n"):
        long = measure(plain(piece)) > width
        found += piece.replace(TOUCH, f"\n{TOUCH}").split("\n") if long else [piece]
    return found
