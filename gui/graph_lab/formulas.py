"""The formula of a module and its local derivatives, in the lecture's symbols.

The formulas are notation only: where the value of one differs from what the core computed, as at an
overflow, the number is shown without it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from core.arrays import Array
from core.derivation.expressions import (
    Equation,
    Expression,
    Function,
    Leaf,
    Symbol,
    Words,
    value_of,
)
from core.derivation.formulas import Formula, agrees, formula_of
from core.derivation.html import MOST_DIGITS, HtmlScript, html_parts, resolved
from core.derivation.writer import SPACE, Writer, WrittenLine
from core.graph.domain import OneSided, Undefined
from core.language import tr
from core.nn.ops import Module
from core.number_style import MINUS, NOT_COMPUTED, value_text


@dataclass(frozen=True)
class LocalDerivative:
    """A local derivative: its formula, if it has one, and the number computed by the core."""

    formula: Formula | None
    value: float


def value_formula(module: Module, inputs: Sequence[Leaf], z: float) -> Expression:
    """Return the formula of a module for its inputs, ``z`` from the core; by name, if there is no other."""
    found = None if module.formula is None else formula_of(module.formula(*inputs)).expression
    named = Function(module.name, tuple(inputs), lambda *x: float(module.forward(*map(np.asarray, x))))
    return named if found is None or (np.isfinite(z) and not agrees(found, z)) else found


def local_derivatives(
    module: Module, inputs: Sequence[Leaf], z: Leaf, values: Sequence[float]
) -> tuple[LocalDerivative, ...]:
    """Return the local derivatives of a module by its inputs; ``values`` are the core's."""
    formulas = _formulas(module, inputs, z)
    return tuple(
        LocalDerivative(formula if formula is not None and _holds(formula.expression, value) else None, value)
        for formula, value in zip(formulas, values, strict=True)
    )


def _holds(formula: Expression, value: float) -> bool:
    return not np.isfinite(value) or agrees(formula, value) or value_of(formula) == value


def _formulas(module: Module, inputs: Sequence[Leaf], z: Leaf) -> tuple[Formula | None, ...]:
    if module.derivative_formulas is None:
        return (None,) * module.arity
    return tuple(formula_of(formula) for formula in module.derivative_formulas(z, *inputs))


# -- Letters with their indices, short exact numbers -----------------------------------------------------

_INDEXED = re.compile(r"([^\W\d_]+)_?(\d+)")
_LAYER = re.compile(r"(\w+)\[(\d+)\](?: (.+))?")
_NUMBER = re.compile(r"-?\.?\d")
_DOWN = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
NONE = "–"  # shown for a side on which there is no derivative, at a kink or the end of a domain
ROUNDING = 1e-10  # smaller differences are rounding errors
LEAST_NUMBER = f"{MINUS}0.00"  # pills reserve room for it, so that they seldom move


def rich(name: str) -> str:
    """Return the name of a node in rich text: w0 gets a subscript, W[1] a superscript."""
    if found := _LAYER.fullmatch(name):
        rows = f"<sub>{found[3]}</sub>" if found[3] else ""
        return f"<i>{found[1]}</i><sup>[{found[2]}]</sup>{rows}"
    if found := _INDEXED.fullmatch(name):
        return f"<i>{found[1]}</i><sub>{found[2]}</sub>"
    if _NUMBER.match(name):
        return name.replace("-", MINUS)
    return f"<i>{escape(name)}</i>"


def capitals(template: str, symbol: str = "") -> str:
    """Return a title in capitals, except for the ``{symbol}`` in it."""
    return template.format(symbol="\0").upper().replace("\0", symbol)


def partial(of: str, by: str) -> str:
    """Return the derivative of one node by another in rich text."""
    return f"∂{rich(of)}/∂{rich(by)}"


def because(undefined: Undefined, name: str = "") -> str:
    """Return as plain text why a number is undefined; ``name`` is the node concerned."""
    why = tr(undefined.why).format(**undefined.fields)
    if not undefined.root or undefined.root == name:
        return why
    text = tr("{name} is {word}: {why}")
    return text.format(name=plain(undefined.root), word=tr(undefined.word), why=why)


def sides_text(sides: OneSided) -> str:
    """Return the derivatives from the left and from the right of a kink; “–” if there is none."""
    return " | ".join(NONE if side is None else difference_text(side) for side in (sides.left, sides.right))


def difference_text(value: float) -> str:
    """Return a derivative by differences with its six correct digits; less than `ROUNDING` is 0."""
    return value_text(0.0 if abs(value) < ROUNDING else float(f"{value:.6g}"))


def plain(name: str) -> str:
    """Return the name of a node as plain text: w0 with its index below."""
    found = _INDEXED.fullmatch(name)
    return f"{found[1]}{found[2].translate(_DOWN)}" if found else name.replace("-", MINUS)


def size_of(shape: tuple[int, ...]) -> str:
    """Return the shape of a value: rows × columns, a number 1 × 1, a vector one column."""
    rows, across = (*shape, 1, 1)[:2]
    return f"{rows} × {across}"


def node_text(
    value: Array | None, undefined: Undefined | None = None, *, scalar: bool, count: int | None = None
) -> str:
    """Return the text of a value in a pill or a cell: a number, the shape of a matrix, or a word.

    None: not computed yet. ``undefined``: why there is no number. ``count``: significant digits.
    """
    if value is None:
        return NOT_COMPUTED
    if undefined is not None:
        return tr(undefined.word)
    return value_text(float(value), count=count) if scalar else size_of(np.shape(value))


class _FormulaScript(HtmlScript):
    """Writes formulas in rich text, which the lab can parse as plain text; ∂ of two names is a derivative."""

    times = beside = f"{SPACE}· "

    def symbol(self, symbol: Symbol) -> str:
        """Return the name of a node, or a derivative."""
        if symbol.letter == "∂":
            return partial(str(symbol.below[0]), str(symbol.below[1]))
        return rich(symbol.letter)

    def power(self, base: str, exponent: str) -> str:
        """Return a power; only whole exponents are raised, as others would be lost when copied as text."""
        return super().power(base, exponent) if exponent.isdecimal() else f"{base}^({exponent})"

    def function(self, name: str | Symbol, arguments: str) -> str:
        """Return a function with its arguments; e to a power is written as exp."""
        return f"exp({arguments})" if name == "exp" else super().function(name, arguments)

    def words(self, text: str) -> str:
        """Return words in the language of the window."""
        return escape(tr(text))


_SCRIPT = _FormulaScript()


def derivative(of: str, by: str, value: float) -> Leaf:
    """Return the derivative of one node by another, as a number that has a symbol."""
    return Leaf(value, Symbol("∂", (of, by)))


def written(expression: Expression, digits: int = 0) -> str:
    """Return an expression in rich text: in symbols, or in numbers of ``digits`` digits."""
    return resolved(Writer(_SCRIPT, digits).write(expression))


def said(words: Words) -> str:
    """Return words in which formulas are in symbols."""
    return Writer(_SCRIPT).said(words, 1)


def parts_of(line: Equation) -> WrittenLine:
    """Return the parts of an equation in rich text."""
    return html_parts(line, Writer(_SCRIPT, most=MOST_DIGITS))
