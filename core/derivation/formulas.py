"""The formulas of activations and losses, with the numbers of a pass or in symbols only.

They come from the tables in `core.nn`. If a formula cannot be evaluated as it stands (e^z overflows, ln 0),
the function is written by its name, so the numbers shown are always those of the pass.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..expressions import Condition, absolute, chosen, power, setting
from ..language import tr
from ..nn.activations import ACTIVATIONS, Activation
from ..nn.activations import softmax_formula as softmax
from ..nn.losses import Loss
from ..nn.network import ActivationSpan
from .expressions import (
    ONE,
    Equation,
    Expression,
    Function,
    Leaf,
    Negative,
    Product,
    Quotient,
    Sum,
    Symbol,
    Words,
    leaves,
    number,
    sentence,
    value_of,
)
from .latex import SCRIPT
from .sample_pass import SamplePass
from .writer import Writer, plain

__all__ = ["absolute", "power"]


@dataclass(frozen=True)
class Formula:
    """A formula, a note on the branch taken, and equations to be shown ``before`` it."""

    expression: Expression
    note: Words = ()
    before: tuple[Equation, ...] = ()


def formula_of(expression: Expression) -> Formula:
    """Return an expression as a formula, with its branches resolved and its abbreviations defined."""
    found, conditions = chosen(expression)
    note: Words = () if not conditions else sentence("because {condition}", condition=_words(conditions[0]))
    return Formula(found, note, definitions(found))


def definitions(expression: Expression) -> tuple[Equation, ...]:
    """Return the equations that define the abbreviating symbols of an expression."""
    defined = dict.fromkeys(leaf for leaf in leaves(expression) if leaf.definition is not None)
    return tuple(Equation(leaf, leaf.definition, leaf.definition, bare(leaf)) for leaf in defined)


def _words(condition: Condition) -> Words:
    return condition.left, f" {condition.sign} ", condition.right


def bare(leaf: Leaf) -> Leaf:
    """Return the leaf without its symbol, so that it is always written as a number."""
    return Leaf(leaf.value, None, leaf.grain, leaf.exact)


def agrees(expression: Expression, value: float) -> bool:
    """Return whether a formula, as evaluated, gives the value of the pass."""
    return bool(abs(value_of(expression) - value) <= 1e-9 * abs(value))


# -- activations --------------------------------------------------------------------------------------


def value_formula(span: ActivationSpan, z: Leaf, a: Leaf) -> Formula:
    """Return the formula of a = g(z), for an activation of a single z."""
    activation = span.activation
    found = formula_of(activation.formula(z, _alpha(span)))
    named = Function(activation.symbol, (z,), lambda x: activation.g(np.array(x), span.alpha))
    return found if agrees(found.expression, a.value) else Formula(named)


def slope_formula(span: ActivationSpan, z: Leaf, a: Leaf) -> tuple[Formula, float]:
    """Return the formula of g'(z) and its value."""
    activation = span.activation
    slope = float(activation.derivative(np.array(z.value), span.alpha))
    found = formula_of(activation.derivative_formula(z, a, _alpha(span)))
    named = Function(f"{activation.symbol}′", (z,), lambda x: activation.derivative(np.array(x), span.alpha))
    return (found if agrees(found.expression, slope) else Formula(named)), slope


def _alpha(span: ActivationSpan) -> Leaf:
    return setting("α", span.alpha)


def softmax_formula(case: SamplePass, l: int, j: int) -> Formula:
    """Return the formula of softmax for neuron j; z is shifted by the largest if e^z would overflow."""
    z = [case.z(l, k) for k in range(case.network.n[l])]
    any_z = Leaf(0, Symbol("z", ("k",), l))
    if max(abs(leaf.value) for leaf in z) < LARGEST_EXPONENT:
        return Formula(softmax(z[j], z, any_z))
    shift = Leaf(max(leaf.value for leaf in z), Symbol("m"))
    return Formula(softmax(z[j], z, any_z, shift), _largest())


LARGEST_EXPONENT = 700  # e to a larger power overflows


def _largest() -> Words:
    return sentence("{m} is the largest z", m=Leaf(0, Symbol("m")))


# -- losses -------------------------------------------------------------------------------------------


def loss_line(case: SamplePass) -> Equation:
    """Return J of the sample as a formula of the outputs, or of z if an output is too close to 0 or 1."""
    left = Leaf(case.values.J, Symbol("J"))
    for formula in (_of_outputs(case), _of_z(case)):
        if formula is not None and agrees(formula.expression, left.value):
            return Equation(left, formula.expression, formula.expression, bare(left), note=formula.note)
    return Equation(left, result=bare(left))


def _of_outputs(case: SamplePass) -> Formula:
    """Return J of the sample: the sum, the mean or half the sum of its terms."""
    loss, count = case.network.loss, case.network.n[-1]
    terms = [chosen(loss.formula(case.o(k), case.y(k))) for k in range(count)]
    if count == 1:
        return Formula(_reduced(loss, terms[0][0], 1))
    any_o, any_y = (Leaf(0, Symbol(letter, ("k",))) for letter in ("o", "y"))
    generic = loss.formula(any_o, any_y)
    note: Words = ()
    if any(conditions for _, conditions in terms):
        o, y = Leaf(0, Symbol("o")), Leaf(0, Symbol("y"))
        generic = Function(Symbol("L"), (any_o, any_y))
        note = sentence("{name} is {value}", name=Function(Symbol("L"), (o, y)), value=loss.formula(o, y))
    total = _sum([term for term, _ in terms], "k", generic)
    return Formula(_reduced(loss, total, count), note)


def _reduced(loss: Loss, total: Expression, count: int) -> Expression:
    """Return what J of a sample is of the sum of the terms of its ``count`` outputs."""
    divisor = {"sum": 1, "mean": count, "half sum": 2}[loss.reduction]
    return total if divisor == 1 else Product((Quotient(ONE, number(divisor)), total))


def _sum(terms: list[Expression], index: str, generic: Expression) -> Expression:
    """Return the sum of the terms, with a common minus sign factored out."""
    if isinstance(generic, Negative):
        inside = tuple(term.term for term in terms if isinstance(term, Negative))
        return Negative(Sum(inside, index, generic.term))
    return Sum(tuple(terms), index, generic)


def _of_z(case: SamplePass) -> Formula | None:
    """Return the loss fused with its activation as a formula of z; None if it is not fused."""
    if case.network.fused is None:
        return None
    outputs = range(case.network.n[-1])
    total = case.network.fused.formula([case.z(case.L, k) for k in outputs], [case.y(k) for k in outputs])
    formula = _reduced(case.network.loss, total, len(outputs))
    note: Words = (tr("from z, because an output is very near to 0 or 1"),)
    shifted = any(leaf.symbol == Symbol("m") for leaf in leaves(formula))
    return Formula(formula, (*note, "; ", *_largest()) if shifted else note)


def loss_slope(case: SamplePass, k: int) -> Formula | None:
    """Return the formula of dJ/da[L]_k; None if it is infinite or undefined."""
    loss, count = case.network.loss, case.network.n[-1]
    found = formula_of(loss.derivative_formula(case.o(k), case.y(k)))
    if not np.isfinite(value_of(found.expression)):
        return None
    match loss.reduction, found.expression:
        case "mean", slope if count > 1:
            return Formula(divided(slope, number(count)), found.note)
        case "half sum", Product((Leaf(2.0), *rest)):
            return Formula(rest[0] if len(rest) == 1 else Product(tuple(rest)), found.note)
    return found


def divided(expression: Expression, count: Leaf) -> Expression:
    """Return the expression divided by ``count``, merged with a leading factor or an existing fraction."""
    match expression:
        case Negative(term):
            return Negative(divided(term, count))
        case Quotient(above, below):
            return Quotient(above, count * below)
        case Product((Leaf(_, None) as first, *rest)) if rest:
            return Product((Quotient(first, count), *rest))
    factors = expression.factors if isinstance(expression, Product) else (expression,)
    return Product((Quotient(ONE, count), *factors))


# -- in symbols, as LaTeX -------------------------------------------------------------------------------


def latex(expression: Expression) -> str:
    """Return an expression in symbols as LaTeX, with large parentheses around fractions."""
    text = plain(Writer(SCRIPT).write(expression))
    return text.replace("(", r"\left(").replace(")", r"\right)") if r"\frac" in text else text


def activation_latex(activation: Activation) -> tuple[str, str]:
    """Return g(z) and g'(z) of an activation as LaTeX."""
    z, alpha = Leaf(0, Symbol("z")), Leaf(0, Symbol("α"))
    value = activation.formula(z, alpha)
    if isinstance(value, Function) and value.definition is not None:
        value = value.definition
    derivative = activation.derivative_formula(z, Function(Symbol("g"), (z,)), alpha)
    letters = [
        f"{latex(line.left)}={latex(line.symbols)}"
        for line in definitions(derivative)
        if line.symbols is not None
    ]
    return latex(value), r";\ ".join([latex(derivative), *letters])


def loss_latex(loss: Loss) -> str:
    """Return L of a target y and an output ŷ as LaTeX; for classes, summed over all outputs."""
    below = ("c",) if loss.least > 1 else ()
    formula = loss.formula(Leaf(0, Symbol("y", below, mark="hat")), Leaf(0, Symbol("y", below)))
    return latex(_sum([], "c", formula) if below else formula)


def cost_latex(loss: Loss) -> str:
    """Return J as LaTeX: what it is of the losses L of K outputs and of the samples of a batch B."""
    over_outputs = loss.least == 1  # otherwise L is summed over the outputs already
    mean = {"mean": "K", "half sum": "2"}.get(loss.reduction, "") if over_outputs else ""
    divisor = mean + ("|B|" if loss.over_samples == "mean" else "")
    factor = rf"\frac{{1}}{{{divisor}}}" if divisor else ""
    return rf"{factor}\sum_{{B}}" + (r"\sum_{k}" if over_outputs else "") + "L"


# -- g and g' at a point, with formulas and numbers ------------------------------------------------------

Z = Symbol("z")


@dataclass(frozen=True)
class CurvePoint:
    """An activation at z: ``g``, ``slope`` (its derivative), and both as equations.

    ``before`` are equations needed first by the formula of the derivative.
    """

    z: float
    g: float
    slope: float
    value_line: Equation
    slope_line: Equation
    before: tuple[Equation, ...] = ()

    def tangent(self, z: Array) -> Array:
        """Return the tangent's value at every z."""
        return self.g + self.slope * (z - self.z)


@dataclass(frozen=True)
class Curve:
    """An activation of a single z with its parameter (None: the default)."""

    name: str
    alpha: float | None = None

    @property
    def activation(self) -> Activation:
        """The activation's entry in the table."""
        return ACTIVATIONS[self.name]

    @property
    def span(self) -> ActivationSpan:
        """The activation as the span of one neuron."""
        default = self.activation.alpha or 0.0
        return ActivationSpan(0, 1, self.activation, default if self.alpha is None else self.alpha)

    def over(self, z: Array) -> tuple[Array, Array]:
        """Return g and g' at every z, arrays of the shape of z."""
        with np.errstate(all="ignore"):
            return self.activation.g(z, self.alpha), self.activation.derivative(z, self.alpha)

    def at(self, z: float) -> CurvePoint:
        """Return the point of the curve at z."""
        here = np.array([z], float)
        g, slope = (float(values[0]) for values in self.over(here))
        leaf, a = Leaf(z, Z, exact=True), Leaf(g, Symbol("g"))
        value, rise = value_formula(self.span, leaf, a), slope_formula(self.span, leaf, a)[0]
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
