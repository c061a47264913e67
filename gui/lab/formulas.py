"""What a module computes and its local derivatives, as formulas of the lecture's symbols.

The formulas are only the writing: where one does not amount to what the core computed, as at an
overflow, the number is shown without it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.activations import ACTIVATIONS
from core.explain_functions import SLOPES, VALUES, Formula, absolute, agrees, exp, ln, power
from core.modules import Module
from core.notation import (
    ONE,
    TWO,
    ZERO,
    Difference,
    Expression,
    Function,
    Leaf,
    Negative,
    Power,
    Product,
    Quotient,
    Sum,
    Words,
    number,
    value_of,
)

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
class Slope:
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


def slopes(module: Module, inputs: Sequence[Leaf], z: Leaf, values: Sequence[float]) -> tuple[Slope, ...]:
    """Return the local derivatives of a module by its inputs; ``values`` are the core's."""
    formulas = _slopes(module, inputs, z)
    return tuple(
        Slope(formula if formula is not None and _holds(formula.expression, value) else None, value)
        for formula, value in zip(formulas, values, strict=True)
    )


def _holds(formula: Expression, value: float) -> bool:
    return not np.isfinite(value) or agrees(formula, value) or value_of(formula) == value


def _slopes(module: Module, inputs: Sequence[Leaf], z: Leaf) -> tuple[Formula | None, ...]:
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
