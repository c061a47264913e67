"""What a module computes and its local derivatives, as formulas of the lecture's symbols.

The formulas are only the writing: where one does not amount to what the core computed, as at an
overflow, the number is shown without it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import isfinite

import numpy as np
from PySide6.QtCore import QCoreApplication

from core.arrays import Array
from core.derivation.expressions import (
    ONE,
    TWO,
    ZERO,
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
    number,
    value_of,
)
from core.derivation.formulas import SLOPES, VALUES, Formula, absolute, agrees, exp, ln, power
from core.derivation.writer import SPACE
from core.graph.domain import OneSided, Undefined
from core.nn.activations import ACTIVATIONS
from core.nn.ops import Module
from gui.widgets.number_format import MINUS, NOT_COMPUTED, brief, short
from gui.widgets.rich_text import HtmlScript, PlainWriter, resolved

MINUS_ONE = number(-1)


def _sine(x: Expression) -> Function:
    return Function("sin", (x,), np.sin)


def _cosine(x: Expression) -> Function:
    return Function("cos", (x,), np.cos)


def _root(x: Expression) -> Function:
    return Function("sqrt", (x,), np.sqrt)


_OF_ONE: dict[str, Callable[[Leaf], Expression]] = {
    "negative": Negative,
    "exp": exp,
    "log": ln,
    "sin": _sine,
    "cos": _cosine,
    "sqrt": _root,
    "abs": absolute,
    "square": lambda x: power(x, 2),
}
_OF_TWO: dict[str, Callable[[Leaf, Leaf], Expression]] = {
    "add": lambda x, y: Sum((x, y)),
    "subtract": Difference,
    "multiply": lambda x, y: Product((x, y)),
    "divide": Quotient,
    "power": Power,
    "max": lambda x, y: Function("max", (x, y), np.maximum),
    "min": lambda x, y: Function("min", (x, y), np.minimum),
}


def _first_if(holds: bool, x: Leaf, y: Leaf, signs: tuple[str, str]) -> tuple[Formula, Formula]:
    because: Words = ("because ", x, f" {signs[0] if holds else signs[1]} ", y)
    first, second = (ONE, ZERO) if holds else (ZERO, ONE)
    return Formula(first, because), Formula(second, because)


def _power_slopes(x: Leaf, p: Leaf, z: Leaf) -> tuple[Formula, Formula]:
    less: Expression = number(p.value - 1) if p.symbol is None else Difference(p, ONE)
    return Formula(Product((p, Power(x, less)))), Formula(Product((z, ln(x))))


_SLOPES_OF_ONE: dict[str, Callable[[Leaf, Leaf], Expression]] = {
    "negative": lambda x, z: MINUS_ONE,
    "exp": lambda x, z: z,
    "log": lambda x, z: Quotient(ONE, x),
    "sin": lambda x, z: _cosine(x),
    "cos": lambda x, z: Negative(_sine(x)),
    "sqrt": lambda x, z: Quotient(ONE, Product((TWO, z))),
    "abs": lambda x, z: Function("sign", (x,), np.sign),
    "square": lambda x, z: Product((TWO, x)),
}
_SLOPES_OF_TWO: dict[str, Callable[[Leaf, Leaf, Leaf], tuple[Formula, Formula]]] = {
    "add": lambda x, y, z: (Formula(ONE), Formula(ONE)),
    "subtract": lambda x, y, z: (Formula(ONE), Formula(MINUS_ONE)),
    "multiply": lambda x, y, z: (Formula(y), Formula(x)),
    "divide": lambda x, y, z: (
        Formula(Quotient(ONE, y)),
        Formula(Negative(Quotient(x, power(y, 2)))),
    ),
    "power": _power_slopes,
    "max": lambda x, y, z: _first_if(x.value >= y.value, x, y, ("≥", "<")),
    "min": lambda x, y, z: _first_if(x.value <= y.value, x, y, ("≤", ">")),
}


@dataclass(frozen=True)
class LocalDerivative:
    """A local derivative: its formula, where it has one, and the number of the core."""

    formula: Formula | None
    value: float


def value_formula(module: Module, inputs: Sequence[Leaf], z: float) -> Expression:
    """Return what a module computes from its inputs, ``z`` of the core; by name, if nothing else fits."""
    found = _value(module, inputs)
    named = Function(module.name, tuple(inputs), lambda *x: float(module.forward(*map(np.asarray, x))))
    return named if found is None or (np.isfinite(z) and not agrees(found, z)) else found


def _value(module: Module, inputs: Sequence[Leaf]) -> Expression | None:
    if module.name in _OF_TWO:
        return _OF_TWO[module.name](*inputs)
    if module.name in _OF_ONE:
        return _OF_ONE[module.name](*inputs)
    build = VALUES.get(module.name)
    return None if build is None else build(inputs[0], _alpha(module)).expression


def local_derivatives(
    module: Module, inputs: Sequence[Leaf], z: Leaf, values: Sequence[float]
) -> tuple[LocalDerivative, ...]:
    """Return the local derivatives of a module by its inputs; ``values`` are the core's."""
    formulas = _local_derivatives(module, inputs, z)
    return tuple(
        LocalDerivative(formula if formula is not None and _holds(formula.expression, value) else None, value)
        for formula, value in zip(formulas, values, strict=True)
    )


def _holds(formula: Expression, value: float) -> bool:
    return not np.isfinite(value) or agrees(formula, value) or value_of(formula) == value


def _local_derivatives(module: Module, inputs: Sequence[Leaf], z: Leaf) -> tuple[Formula | None, ...]:
    if module.name in _SLOPES_OF_TWO:
        return _SLOPES_OF_TWO[module.name](inputs[0], inputs[1], z)
    if module.name in _SLOPES_OF_ONE:
        return (Formula(_SLOPES_OF_ONE[module.name](inputs[0], z)),)
    build = SLOPES.get(module.name)
    if build is None and module.name in ACTIVATIONS:
        entry = ACTIVATIONS[module.name]
        return (Formula(Function(f"{entry.symbol}′", (inputs[0],), entry.dg)),)
    return (None,) * module.arity if build is None else (build(inputs[0], z, _alpha(module)),)


def _alpha(module: Module) -> Leaf:
    """Return the parameter of an activation: in an expression, its default."""
    return number(ACTIVATIONS[module.name].alpha or 0.0)


# -- Letters with their indices, short exact numbers -----------------------------------------------------

_INDEXED = re.compile(r"([^\W\d_]+)_?(\d+)")
_LAYER = re.compile(r"(\w+)\[(\d+)\](?: (.+))?")
_NUMBER = re.compile(r"-?\.?\d")
_DOWN = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
NONE = "–"  # on one side of a kink or of the end of a domain: there is no derivative
LEAST_NUMBER = f"{MINUS}0.00"  # pills keep room for it, so that they seldom move


def tr(text: str) -> str:
    """Translate a text of the lab."""
    return QCoreApplication.translate("Lab", text)


def rich(name: str) -> str:
    """Return the name of a node in rich text: w0 has an index below, W[1] its layer above."""
    if found := _LAYER.fullmatch(name):
        rows = f"<sub>{found[3]}</sub>" if found[3] else ""
        return f"<i>{found[1]}</i><sup>[{found[2]}]</sup>{rows}"
    if found := _INDEXED.fullmatch(name):
        return f"<i>{found[1]}</i><sub>{found[2]}</sub>"
    if _NUMBER.match(name):
        return name.replace("-", MINUS)
    return f"<i>{escape(name)}</i>"


def capitals(template: str, symbol: str = "") -> str:
    """Return a title in capitals, but for the ``{symbol}`` in it."""
    return template.format(symbol="\0").upper().replace("\0", symbol)


def partial(of: str, by: str) -> str:
    """Return the derivative of one node by another in rich text."""
    return f"∂{rich(of)}/∂{rich(by)}"


def because(undefined: Undefined, name: str = "") -> str:
    """Return as plain text why there is no number; ``name`` is the node that is spoken of."""
    why = tr(undefined.why).format(**undefined.fields)
    if not undefined.root or undefined.root == name:
        return why
    text = tr("{name} is {word}: {why}")
    return text.format(name=plain(undefined.root), word=tr(undefined.word), why=why)


def sides_text(sides: OneSided) -> str:
    """Return the derivatives from the left and from the right of a kink; “–” where there is none."""
    return " | ".join(NONE if side is None else fixed(side) for side in (sides.left, sides.right))


def fixed(value: float, decimals: int = 4) -> str:
    """Return a number with so many decimals, as it comes from differences; very large or small: `short`."""
    value = float(value)
    if not isfinite(value) or abs(value) >= 1e5 or 10.0**-10 < abs(value) < 10.0**-decimals:
        return short(value)
    text = f"{value:.{decimals}f}"
    return text.replace("-", MINUS) if float(text) else text.lstrip("-")


def plain(name: str) -> str:
    """Return the name of a node as plain text: w0 with its index below."""
    found = _INDEXED.fullmatch(name)
    return f"{found[1]}{found[2].translate(_DOWN)}" if found else name.replace("-", MINUS)


def size_of(shape: tuple[int, ...]) -> str:
    """Return the shape of a value: rows × columns, a number 1 × 1, a vector one column."""
    rows, across = (*shape, 1, 1)[:2]
    return f"{rows} × {across}"


def value_text(value: Array | None, undefined: Undefined | None = None, *, scalar: bool) -> str:
    """Return a value as it is written in a pill or a cell: a number, of a matrix its shape, or a word.

    None: it is not computed yet. ``undefined``: why there is no number.
    """
    if value is None:
        return NOT_COMPUTED
    if undefined is not None:
        return tr(undefined.word)
    return brief(float(value)) if scalar else size_of(np.shape(value))


class _Script(HtmlScript):
    """Formulas in rich text; the symbol ∂ of two names is a derivative."""

    times = beside = f"{SPACE}· "

    def symbol(self, symbol: Symbol) -> str:
        """Return the name of a node, or a derivative."""
        if symbol.letter == "∂":
            return partial(str(symbol.below[0]), str(symbol.below[1]))
        return rich(symbol.letter)


_SCRIPT = _Script()


def derivative(of: str, by: str, value: float) -> Leaf:
    """Return the derivative of one node by another, as a number that knows its symbol."""
    return Leaf(value, Symbol("∂", (of, by)))


def written(expression: Expression, digits: int = 0) -> str:
    """Return an expression in rich text: in symbols, or in numbers of so many digits."""
    return resolved(PlainWriter(_SCRIPT, digits).write(expression))


def said(words: Words) -> str:
    """Return words with their formulas in symbols."""
    return "".join(_said(word) for word in words)


def _said(word: str | Expression | Equation) -> str:
    if isinstance(word, str):
        return escape(tr(word))
    return written(word.left if isinstance(word, Equation) else word)
