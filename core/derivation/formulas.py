"""The formulas of activations and losses, to be written with their numbers.

An activation or loss that has no formula here, or one whose formula cannot be computed as it stands
(e^z overflows, ln 0), is written by its name: the numbers shown are always those of the pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..nn.activations import ACTIVATIONS, Activation
from ..nn.losses import MAE, MSE, BinaryCrossEntropy, CategoricalCrossEntropy, Huber
from ..nn.network import ActivationSpan
from .expressions import (
    ONE,
    PI,
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
from .sample_pass import SamplePass


@dataclass(frozen=True)
class Formula:
    """What a number comes from, why this branch of several, and what is computed ``before``."""

    expression: Expression
    note: Words = ()
    before: tuple[Equation, ...] = ()


def exp(x: Expression) -> Function:
    """Return e^x."""
    return Function("exp", (x,), np.exp)


def ln(x: Expression) -> Function:
    """Return the natural logarithm."""
    return Function("ln", (x,), np.log)


def absolute(x: Expression) -> Function:
    """Return abs(x)."""
    return Function("abs", (x,), np.abs)


def maximum(x: Expression, y: Expression) -> Function:
    """Return max(x, y)."""
    return Function("max", (x, y), np.maximum)


def power(x: Expression, exponent: int) -> Power:
    """Return a power with a whole exponent."""
    return Power(x, number(exponent))


def bare(leaf: Leaf) -> Leaf:
    """Return the number without its symbol: as a result it is always written as a number."""
    return Leaf(leaf.value, None, leaf.grain, leaf.exact)


def agrees(expression: Expression, value: float) -> bool:
    """Tell whether a formula, computed as it stands, gives the value of the pass."""
    return bool(abs(value_of(expression) - value) <= 1e-9 * abs(value))


# -- activations --------------------------------------------------------------------------------------

Value = Callable[[Leaf, Leaf], Formula]
Slope = Callable[[Leaf, Leaf, Leaf], Formula]


def _because(z: Leaf) -> Words:
    return ("because ", z, " > 0") if z.value > 0 else ("because ", z, " ≤ 0")


def _one_or(z: Leaf, otherwise: Expression) -> Formula:
    return Formula(ONE if z.value > 0 else otherwise, _because(z))


_ROOT = Function("sqrt", (Quotient(TWO, PI),), np.sqrt)


def _gelu_tanh(z: Leaf) -> Function:
    cubic = Sum((z, Product((number(0.044715), power(z, 3)))))
    return Function("tanh", (Product((_ROOT, cubic)),), np.tanh)


def _gelu_slope(z: Leaf) -> Formula:
    tanh = _gelu_tanh(z)
    t = Leaf(value_of(tanh), Symbol("t"))
    inner = Sum((ONE, Product((number(0.134145), power(z, 2)))))
    rise = Product((Quotient(z, TWO), Difference(ONE, power(t, 2)), _ROOT, inner))
    slope = Sum((Quotient(Sum((ONE, t)), TWO), rise))
    return Formula(slope, before=(Equation(t, tanh, tanh, bare(t)),))


# g(z, alpha)
VALUES: dict[str, Value] = {
    "linear": lambda z, alpha: Formula(z),
    "sigmoid": lambda z, alpha: Formula(Quotient(ONE, Sum((ONE, exp(Negative(z)))))),
    "tanh": lambda z, alpha: Formula(Function("tanh", (z,), np.tanh)),
    "relu": lambda z, alpha: Formula(maximum(ZERO, z)),
    "leaky_relu": lambda z, alpha: Formula(maximum(Product((alpha, z)), z)),
    "elu": lambda z, alpha: Formula(
        z if z.value > 0 else Product((alpha, Difference(exp(z), ONE))), _because(z)
    ),
    "gelu": lambda z, alpha: Formula(Product((Quotient(z, TWO), Sum((ONE, _gelu_tanh(z)))))),
    "softplus": lambda z, alpha: Formula(ln(Sum((ONE, exp(z))))),
}
# g'(z, a, alpha), where a = g(z)
SLOPES: dict[str, Slope] = {
    "linear": lambda z, a, alpha: Formula(ONE),
    "sigmoid": lambda z, a, alpha: Formula(Product((a, Difference(ONE, a)))),
    "tanh": lambda z, a, alpha: Formula(Difference(ONE, power(a, 2))),
    "relu": lambda z, a, alpha: _one_or(z, ZERO),
    "leaky_relu": lambda z, a, alpha: _one_or(z, alpha),
    "elu": lambda z, a, alpha: _one_or(z, Sum((a, alpha))),
    "gelu": lambda z, a, alpha: _gelu_slope(z),
    "softplus": lambda z, a, alpha: Formula(Difference(ONE, exp(Negative(a)))),
}


def value_formula(run: ActivationSpan, z: Leaf, a: Leaf) -> Formula:
    """Return what a = g(z) is computed from, for an activation of one z."""
    named = Function(run.activation.symbol, (z,), lambda x: run.activation.g(np.array(x), run.alpha))
    build = VALUES.get(run.activation.name)
    found = Formula(named) if build is None else build(z, _alpha(run))
    return found if agrees(found.expression, a.value) else Formula(named)


def slope_formula(run: ActivationSpan, z: Leaf, a: Leaf) -> tuple[Formula, float]:
    """Return what g'(z) is computed from, and its value."""
    slope = float(run.activation.dg(np.array(z.value), run.alpha))
    named = Function(f"{run.activation.symbol}′", (z,), lambda x: run.activation.dg(np.array(x), run.alpha))
    build = SLOPES.get(run.activation.name)
    found = Formula(named) if build is None else build(z, a, _alpha(run))
    return (found if agrees(found.expression, slope) else Formula(named)), slope


def _alpha(run: ActivationSpan) -> Leaf:
    return Leaf(run.alpha, Symbol("α"), exact=True)


def softmax_formula(case: SamplePass, l: int, j: int) -> Formula:
    """Return what softmax of neuron j is computed from; where e^z would overflow, z less the largest."""
    z = [case.z(l, k) for k in range(case.network.n[l])]
    any_z = Leaf(0, Symbol("z", ("k",), l))
    shift = _largest(z)
    if max(abs(leaf.value) for leaf in z) < 700:
        total = Sum(tuple(exp(leaf) for leaf in z), "k", exp(any_z))
        return Formula(Quotient(exp(z[j]), total))
    total = Sum(tuple(exp(Difference(leaf, shift)) for leaf in z), "k", exp(Difference(any_z, shift)))
    return Formula(Quotient(exp(Difference(z[j], shift)), total), _LARGEST)


def _largest(z: list[Leaf]) -> Leaf:
    return Leaf(max(leaf.value for leaf in z), Symbol("m"))


_LARGEST: Words = (Leaf(0, Symbol("m")), " is the largest z")


# -- losses -------------------------------------------------------------------------------------------


def loss_line(case: SamplePass) -> Equation:
    """Return J of the sample as a formula of the outputs; of z, where an output is too near to 0 or 1."""
    left = Leaf(case.values.J, Symbol("J"))
    for formula in (_of_outputs(case), _of_z(case)):
        if formula is not None and agrees(formula.expression, left.value):
            return Equation(left, formula.expression, formula.expression, bare(left), note=formula.note)
    return Equation(left, result=bare(left))


def _of_outputs(case: SamplePass) -> Formula | None:
    outputs = range(case.network.n[-1])
    errors = [Difference(case.y(k), case.o(k)) for k in outputs]
    match case.network.loss:
        case MSE():
            return Formula(_mean([power(error, 2) for error in errors], power(_any_error(), 2)))
        case MAE():
            return Formula(_mean([absolute(error) for error in errors], absolute(_any_error())))
        case Huber(delta):
            return _huber(errors, delta)
        case BinaryCrossEntropy():
            o, y = case.o(0), case.y(0)
            of_no = Product((Difference(ONE, y), ln(Difference(ONE, o))))
            return Formula(Negative(Sum((Product((y, ln(o))), of_no))))
        case CategoricalCrossEntropy():
            generic = Product((Leaf(0, Symbol("y", ("k",))), ln(Leaf(0, Symbol("o", ("k",))))))
            return Formula(
                Negative(Sum(tuple(Product((case.y(k), ln(case.o(k)))) for k in outputs), "k", generic))
            )
    return None


def _any_error() -> Expression:
    return Difference(Leaf(0, Symbol("y", ("k",))), Leaf(0, Symbol("o", ("k",))))


def _mean(terms: list[Expression], generic: Expression) -> Expression:
    """Return the mean over the outputs; of one output, the term itself."""
    if len(terms) == 1:
        return terms[0]
    return Product((Quotient(ONE, number(len(terms))), Sum(tuple(terms), "k", generic)))


def _huber(errors: list[Difference], delta: float) -> Formula:
    """Return the mean of e^2/2 where abs(e) is at most delta, and of delta (abs(e) - delta/2) beyond."""
    limit = number(delta)
    terms: list[Expression] = [
        Quotient(power(error, 2), TWO)
        if abs(value_of(error)) <= delta
        else Product((limit, Difference(absolute(error), Quotient(limit, TWO))))
        for error in errors
    ]
    e = Leaf(0, Symbol("e"))
    near, far = Quotient(power(e, 2), TWO), Product((limit, Difference(absolute(e), Quotient(limit, TWO))))
    named = Function("H", (e,))
    note: Words = (named, " is ", near, " where ", absolute(e), " ≤ ", limit, ", else ", far)
    return Formula(_mean(terms, Function("H", (_any_error(),))), note if len(terms) > 1 else ())


def _of_z(case: SamplePass) -> Formula | None:
    """Return the losses that are one module with their activation, as functions of z."""
    z = [case.z(case.L, k) for k in range(case.network.n[-1])]
    match (case.network.layers[-1].runs[0].activation.name, case.network.loss):
        case ("sigmoid", BinaryCrossEntropy()):
            return Formula(Difference(_softplus(z[0], z[0]), Product((case.y(0), z[0]))), _NEAR)
        case ("sigmoid", CategoricalCrossEntropy()):
            terms = [Product((case.y(k), _softplus(Negative(leaf), leaf))) for k, leaf in enumerate(z)]
            return Formula(Sum(tuple(terms)), _NEAR)
        case ("softmax", CategoricalCrossEntropy()):
            return Formula(_softmax_entropy(case, z), (*_NEAR, "; ", *_LARGEST))
    return None


_NEAR: Words = ("from z, because an output is very near to 0 or 1",)


def _softplus(x: Expression, z: Leaf) -> Expression:
    """Return ln(1 + e^x), where x is z or -z, without overflow."""
    return Sum((maximum(x, ZERO), ln(Sum((ONE, exp(Negative(absolute(z))))))))


def _softmax_entropy(case: SamplePass, z: list[Leaf]) -> Expression:
    """Return the sum of y_k (ln sum_i e^(z_i - m) - (z_k - m)), where m is the largest z."""
    shift = _largest(z)
    any_z = Leaf(0, Symbol("z", ("i",), case.L))
    total = Sum(tuple(exp(Difference(leaf, shift)) for leaf in z), "i", exp(Difference(any_z, shift)))
    targets = [case.y(k) for k in range(len(z))]
    return Sum(
        tuple(
            Product((y, Difference(ln(total), Difference(leaf, shift))))
            for y, leaf in zip(targets, z, strict=True)
            if y.value
        )
    )


def loss_slope(case: SamplePass, k: int) -> Formula | None:
    """Return what dJ/da[L]_k is computed from, where the loss has a formula here."""
    count = case.network.n[-1]
    error = Difference(case.o(k), case.y(k))
    sign = Function("sign", (error,), np.sign)
    share: tuple[Expression, ...] = (Quotient(ONE, number(count)),) if count > 1 else ()
    match case.network.loss:
        case MSE():
            return Formula(Product((Quotient(TWO, number(count)) if count > 1 else TWO, error)))
        case MAE():
            return Formula(Product((*share, sign)))
        case Huber(delta):
            inside = abs(value_of(error)) <= delta
            part = (error,) if inside else (number(delta), sign)
            relation = " ≤ " if inside else " > "
            return Formula(Product((*share, *part)), ("because ", absolute(error), relation, number(delta)))
    return None


# -- G and g' at any z, with their formulas and the numbers put in ---------------------------------------

Z = Symbol("z")


@dataclass(frozen=True)
class CurvePoint:
    """An activation at z: ``g``, ``slope``, and both as lines of symbols, numbers and result.

    ``before`` are lines that the formula of the slope needs first.
    """

    z: float
    g: float
    slope: float
    value_line: Equation
    slope_line: Equation
    before: tuple[Equation, ...] = ()

    def tangent(self, z: Array) -> Array:
        """Return the height of the tangent at every z."""
        return self.g + self.slope * (z - self.z)


@dataclass(frozen=True)
class Curve:
    """An activation of one z with its parameter (None: the default)."""

    name: str
    alpha: float | None = None

    @property
    def activation(self) -> Activation:
        """The entry of the table."""
        return ACTIVATIONS[self.name]

    @property
    def run(self) -> ActivationSpan:
        """The activation as one neuron has it."""
        default = self.activation.alpha or 0.0
        return ActivationSpan(0, 1, self.activation, default if self.alpha is None else self.alpha)

    def over(self, z: Array) -> tuple[Array, Array]:
        """Return g and g' at every z, arrays like z."""
        with np.errstate(all="ignore"):
            return self.activation.g(z, self.alpha), self.activation.dg(z, self.alpha)

    def at(self, z: float) -> CurvePoint:
        """Return the point of the curve at z."""
        here = np.array([z], float)
        g, slope = (float(values[0]) for values in self.over(here))
        leaf, a = Leaf(z, Z, exact=True), Leaf(g, Symbol("g"))
        value, rise = value_formula(self.run, leaf, a), slope_formula(self.run, leaf, a)[0]
        return CurvePoint(
            z,
            g,
            slope,
            Equation(a, value.expression, value.expression, Leaf(g), note=value.note),
            Equation(
                Leaf(slope, Symbol("g", mark="prime")),
                rise.expression,
                rise.expression,
                Leaf(slope),
                note=rise.note,
            ),
            rise.before,
        )
