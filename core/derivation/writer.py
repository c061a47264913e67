"""Writes expressions and equations as strings: in text, LaTeX or HTML.

Precedence, parentheses, digits and the parts of an equation are the same in all three; a `Script` says how
the pieces look. Long equations are broken into rows where a row may end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import isfinite, isnan

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

# Where a line may be broken: at a space, or between two pieces that touch.
SPACE, TOUCH = "\x1f", "\x1e"
RAISED = str.maketrans("0123456789-t", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵗ")
STEP = 2  # columns by which a continued row is indented behind its relation
ADDITION, MULTIPLICATION, SINGLE = 1, 2, 3
NOT_COMPUTED = "·"
_TAG = re.compile(r"<[^>]*>")


class Script:
    """How the pieces of a formula look: here, as characters on one line.

    ``times`` stands between numbers that are multiplied, ``beside`` between symbols.
    """

    minus, times, beside, infinity = "−", "·", f"{TOUCH} ", "∞"

    def symbol(self, symbol: Symbol) -> str:
        """Return a letter with its indices."""
        raise NotImplementedError

    def below(self, symbol: Symbol) -> str:
        """Return the lower indices of a symbol, with commas where one has two digits."""
        separator = "," if any(isinstance(k, int) and k > 9 for k in symbol.below) else ""
        return separator.join(str(k) for k in symbol.below)

    def number(self, text: str) -> str:
        """Return a number given as ``-1.234e-5``."""
        return text.replace("-", self.minus)

    def sum_over(self, index: str) -> str:
        """Return the sign of a sum over a letter; empty: without a letter."""
        raise NotImplementedError

    def quotient(self, above: str, below: str, slashed: str) -> str:
        """Return a quotient; ``slashed`` is the one on one line, with a slash."""
        return slashed

    def power(self, base: str, exponent: str) -> str:
        """Return a power."""
        raise NotImplementedError

    def function(self, name: str | Symbol, arguments: str) -> str:
        """Return a function of the arguments."""
        if name == "exp":
            return f"e^({arguments})"
        if name == "abs":
            return f"|{arguments}|"
        if name == "sqrt":
            return f"√({arguments})"
        return f"{name if isinstance(name, str) else self.symbol(name)}({arguments})"

    def relation(self, sign: str) -> str:
        """Return the sign ``=``, ``≈`` or ``←``."""
        return sign

    def words(self, text: str) -> str:
        """Return plain words."""
        raise NotImplementedError

    def inline(self, marked: str) -> str:
        """Return a formula among words."""
        return plain(marked)

    def cases(self, then: str, left: str, sign: str, right: str, otherwise: str) -> str:
        """Return what holds where ``left`` is above or below ``right``, as the sign says, and otherwise."""
        return f"{then}{SPACE}if {left} {self.words(sign)} {right},{SPACE}else {otherwise}"


@dataclass(frozen=True)
class Writer:
    """Writes expressions in one script: with numbers of ``digits`` digits, or in symbols (``digits`` 0).

    A number that has to show a small change gets more digits, but at most ``most``.
    """

    script: Script
    digits: int = 0
    most: int = MOST_DIGITS

    def write(self, expression: Expression, level: int = 0, first: bool = True) -> str:
        """Return the expression, in parentheses where one of lower rank than ``level`` would mislead.

        ``first``: nothing stands before it, so that a minus sign needs no parentheses.
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
        return SINGLE

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

    def _cases(self, cases: Cases) -> str:
        if self.digits:
            return self.write(cases.branch)
        compared = self.write(cases.condition.left), cases.condition.sign, self.write(cases.condition.right)
        return self.script.cases(self.write(cases.then), *compared, self.write(cases.otherwise))

    def _leaf(self, leaf: Leaf, first: bool) -> str:
        if leaf.symbol is not None and (not self.digits or leaf.symbol == PI.symbol):
            return self.script.symbol(leaf.symbol)
        if isnan(leaf.value):  # in a product, a bare dot would read as a sign of multiplication
            return NOT_COMPUTED if first else f"({NOT_COMPUTED})"
        if isfinite(leaf.value):
            text = self.script.number(rounded(capped(leaf, self.most), self.digits or 1))
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
        """Return words with their formulas in symbols, and their equations whole."""
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
    """An equation as strings, with marks of where a row may end; a part that is not there is empty.

    ``relation`` is the first sign, and ``last`` the one before the result, ``≈`` where the result is only
    near to what the numbers give.
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
        """Every part right of ``left`` with the sign before it."""
        sides = (("=", self.symbols), ("=", self.numbers), (self.last, self.result))
        signed = [(sign, side) for sign, side in sides if side]
        if self.relation != "=" and signed:
            signed[0] = self.relation, signed[0][1]
        return [f"{sign} {side}" for sign, side in signed]


def written(line: Equation, writer: Writer, digits: int, shown: Digits | None = None) -> WrittenLine:
    """Return the strings of an equation; what would be written twice is written once.

    The result has ``digits`` significant digits, and the numbers as many more as it takes to compute it
    from them. ``shown``: these digits, where they are known already.
    """
    shown = shown or digits_of(line, digits, writer.most)
    symbols = "" if line.symbols is None else writer.write(line.symbols)
    numbers = "" if line.numbers is None else replace(writer, digits=shown.numbers).write(line.numbers)
    result = "" if line.result is None else replace(writer, digits=shown.result).write(line.result)
    cancelled = not shown.holds and cancels(line)
    remark = (*(("; ",) if line.note else ()), "the terms cancel: little is left but rounding")
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
    """Whether two parts look the same, apart from where they lead to."""
    return _TAG.sub("", plain(one)) == _TAG.sub("", plain(other))


def plain(marked: str) -> str:
    """Return a string with its marks resolved, on one line."""
    return marked.replace(SPACE, " ").replace(TOUCH, "")


@dataclass(frozen=True)
class FormulaRow:
    """One row of a broken line: ``opens`` with a relation, or goes on with a formula."""

    text: str
    opens: bool


def rows(parts: Sequence[str], width: int, column: int, measure: Callable[[str], int]) -> list[FormulaRow]:
    """Return the parts of an equation in rows not wider than ``width``, as ``measure`` measures a string.

    The relation stands in ``column``, and what continues a part `STEP` columns further. A part that does
    not fit behind another gets a row of its own; one that does not fit in a row is broken at its marks.
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
    """Return the pieces between the spaces that may be broken; a piece too long is cut where pieces touch."""
    found: list[str] = []
    for piece in part.replace(SPACE, f"\n{SPACE}").split("\n"):
        long = measure(plain(piece)) > width
        found += piece.replace(TOUCH, f"\n{TOUCH}").split("\n") if long else [piece]
    return found
