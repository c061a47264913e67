"""Formula writer: an expression as a string in one script, and long lines broken where they may be.

The order of operations and the parentheses are the same in every script; a `Script` says how the
pieces look in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from .expressions import (
    PI,
    Cases,
    Difference,
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
    digits_of,
    rounded,
)

# Where a line may be broken: at a space, or between two pieces that touch.
SPACE, TOUCH = "\x1f", "\x1e"
STEP = 2  # how far what goes on stands behind its relation
ADDITION, MULTIPLICATION, SINGLE = 1, 2, 3


class Script(Protocol):
    """How the pieces of a formula look."""

    minus: str
    times: str
    beside: str

    def symbol(self, symbol: Symbol) -> str:
        """Return a letter with its indices."""

    def number(self, text: str) -> str:
        """Return a number given as ``-1.234e-5``."""

    def sum_over(self, index: str) -> str:
        """Return the sign of a sum over a letter."""

    def quotient(self, above: str, below: str, slashed: str) -> str:
        """Return a quotient; ``slashed`` is the one on one line, with a slash."""

    def power(self, base: str, exponent: str) -> str:
        """Return a power."""

    def function(self, name: str | Symbol, arguments: str) -> str:
        """Return a function of the arguments."""

    def cases(self, then: str, left: str, sign: str, right: str, otherwise: str) -> str:
        """Return what holds where ``left`` is above or below ``right``, as the sign says, and otherwise."""


@dataclass(frozen=True)
class Writer:
    """Writes expressions in one script: in numbers of so many digits, or in symbols (``digits`` 0)."""

    script: Script
    digits: int = 0

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
        text = self.script.number(rounded(leaf, self.digits or 1))
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


@dataclass(frozen=True)
class WrittenLine:
    """A line as strings: what stands left, and each ``= …`` with its marks of where it may be broken."""

    left: str
    parts: tuple[str, ...]


def written(line: Equation, script: Script, digits: int, relations: dict[str, str]) -> WrittenLine:
    """Return the strings of a line, without its note."""
    shown = digits_of(line, digits)
    symbols, numbers = Writer(script), Writer(script, shown.numbers)
    sides: list[str] = []
    if line.symbols is not None:
        sides.append(symbols.write(line.symbols))
    if line.numbers is not None:
        sides.append(numbers.write(line.numbers))
    if line.result is not None:
        result = Writer(script, shown.result).write(line.result)
        if not sides or plain(sides[-1]) != result:
            sides.append(result)
    signs = [relations[line.relation], *("=" for _ in sides[1:])]
    parts = tuple(f"{sign} {side}" for sign, side in zip(signs, sides, strict=True))
    return WrittenLine(symbols.write(line.left), parts)


def note_of(line: Equation, digits: int) -> Words:
    """Return the note of a line, and a word where its result is little but rounding."""
    if not cancels(line) or digits_of(line, digits).holds:
        return line.note
    return (*line.note, *(("; ",) if line.note else ()), "the terms cancel: little is left but rounding")


def plain(marked: str) -> str:
    """Return a string with its marks resolved, on one line."""
    return marked.replace(SPACE, " ").replace(TOUCH, "")


@dataclass(frozen=True)
class FormulaRow:
    """One row of a broken line: ``opens`` with a relation, or goes on with a formula."""

    text: str
    opens: bool


def rows(line: WrittenLine, width: int, column: int, measure: Callable[[str], int]) -> list[FormulaRow]:
    """Return what stands right of ``left`` in rows not wider than ``width``.

    The relation stands in ``column``, and what goes on `STEP` columns further. A part that does not
    fit behind another gets a row of its own; one that does not fit in a row is broken at its marks.
    """
    found: list[FormulaRow] = []
    for part in line.parts:
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
