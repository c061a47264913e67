"""Writes an expression tree as Python code on NumPy arrays."""

from __future__ import annotations

from collections.abc import Mapping

from ..expressions import (
    Cases,
    Difference,
    Expression,
    Function,
    Leaf,
    Negative,
    Power,
    Product,
    Quotient,
    Sum,
    leaves,
)

FUNCTIONS: Mapping[str, str] = {
    "exp": "np.exp",
    "ln": "np.log",
    "sqrt": "np.sqrt",
    "tanh": "np.tanh",
    "sign": "np.sign",
    "abs": "np.abs",
    "max": "np.maximum",
    "min": "np.minimum",
}
LETTERS: Mapping[str, str] = {
    "α": "alpha",
    "β": "beta",
    "δ": "huber_delta",
    "ε": "epsilon",
    "η": "eta",
    "μ": "mu",
    "π": "np.pi",
    "ρ": "rho",
}
SIGNS: Mapping[str, str] = {">": ">", "≥": ">=", "<": "<", "≤": "<="}
SUM, PRODUCT, POWER, ATOM = range(4)
"""Operator precedence in Python, the lowest first."""


def name_of(leaf: Leaf) -> str:
    """Return the Python name of a leaf with a symbol: ``beta1`` for β₁, ``m_hat`` for m with a hat."""
    assert leaf.symbol is not None
    symbol = leaf.symbol
    below = "".join(str(index) for index in symbol.below)
    return f"{LETTERS.get(symbol.letter, symbol.letter)}{below}" + (f"_{symbol.mark}" if symbol.mark else "")


def number_code(value: float) -> str:
    """Return a number as Python code with all its digits; 2 for 2.0."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))


def definitions(expression: Expression) -> list[str]:
    """Return an assignment for every symbol of the expression that abbreviates a formula, in order."""
    lines: dict[str, None] = {}
    for leaf in leaves(expression):
        if leaf.definition is not None and leaf.symbol is not None:
            lines |= dict.fromkeys(definitions(leaf.definition))
            lines[f"{name_of(leaf)} = {code(leaf.definition)}"] = None
    return list(lines)


def code(expression: Expression, level: int = SUM) -> str:
    """Return an expression as Python code; in parentheses if its precedence is below ``level``."""
    text, rank = _written(expression)
    return f"({text})" if rank < level else text


def _written(expression: Expression) -> tuple[str, int]:
    """Return an expression as code, and its precedence."""
    match expression:
        case Leaf(value, symbol):
            constant = number_code(value), ATOM if value >= 0 else SUM
            written = constant if symbol is None else (name_of(expression), ATOM)
        case Sum(terms):
            written = " + ".join(code(term) for term in terms), SUM
        case Difference(first, second):
            written = f"{code(first)} - {code(second, PRODUCT)}", SUM
        case Negative(term):
            written = f"-{code(term, PRODUCT)}", SUM
        case Product((first, *rest)):
            factors = [code(first, PRODUCT), *(code(factor, POWER) for factor in rest)]
            written = " * ".join(factors), PRODUCT
        case Quotient(above, below):
            written = f"{code(above, PRODUCT)} / {code(below, POWER)}", PRODUCT
        case Power(base, exponent):
            written = f"{code(base, ATOM)}**{code(exponent, ATOM)}", POWER
        case Function(name, arguments):
            written = f"{FUNCTIONS[str(name)]}({', '.join(map(code, arguments))})", ATOM
        case Cases(condition, then, otherwise):
            where = f"{code(condition.left)} {SIGNS[condition.sign]} {code(condition.right)}"
            written = f"np.where({where}, {code(then)}, {code(otherwise)})", ATOM
        case _:
            raise ValueError(expression)
    return written
