"""The equations of a pass for one sample: how each number follows from those before it.

The worked solution, the inspector and the caption of the next step are all written from these equations. They
include the dropout masks m and, for a sample in a batch, the factor 1/|B| if J is a mean over the batch.
Neurons count from 0 in arguments and from 1 in symbols. Numbers not computed yet are NaN.
"""

from __future__ import annotations

from dataclasses import replace
from math import isnan

import numpy as np

from ..expressions import setting
from ..language import tr
from ..nn.differences import corners_of_activation, corners_of_loss
from ..nn.network import ActivationSpan
from ..nn.ops import follow
from ..nn.passes import loss_of
from .expressions import (
    ONE,
    ZERO,
    Difference,
    Equation,
    Expression,
    Function,
    Leaf,
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
from .formulas import bare, divided, loss_line, loss_slope, slope_formula, softmax_formula, value_formula
from .sample_pass import SamplePass, gradient_symbol


def _any(letter: str, below: tuple[int | str, ...], l: int | None = None, mark: str = "") -> Leaf:
    """Return a quantity of an arbitrary neuron, to be written in symbols only."""
    return Leaf(np.nan, Symbol(letter, below, l, mark))


# -- the forward pass ---------------------------------------------------------------------------------


def input_equation(case: SamplePass, i: int) -> Equation:
    """Return a[0]_i = x_i."""
    a = case.a(0, i)
    return Equation(a, Leaf(a.value, Symbol("x", (i + 1,))), None, bare(a))


def output_equation(case: SamplePass, k: int) -> Equation:
    """Return o_k = a[L]_k."""
    return Equation(case.o(k), case.a(case.L, k), None, bare(case.o(k)))


def z_equation(case: SamplePass, l: int, j: int) -> Equation:
    """Return z[l]_j = b[l]_j + sum over i of W[l]_ij a[l-1]_i m[l]_i; m only with dropout."""
    terms = tuple(_masked(case, l, i, case.W(l, i, j), case.a(l - 1, i)) for i in range(case.layer(l).n_in))
    factors = (_any("W", ("i", j + 1), l), _any("a", ("i",), l - 1))
    generic = Product((*factors, _any("m", ("i",), l)) if l in case.values.masks else factors)
    formula = Sum((case.b(l, j), Sum(terms, "i", generic)))
    return Equation(case.z(l, j), formula, formula, bare(case.z(l, j)))


def _masked(case: SamplePass, l: int, i: int, *factors: Leaf) -> Product:
    """Return the product of the factors and, with dropout, of the mask of input i of layer l."""
    mask = case.m(l, i)
    return Product(factors if mask is None else (*factors, mask))


def a_equation(case: SamplePass, l: int, j: int) -> Equation:
    """Return a[l]_j = sigma(z[l]_j) by the formula of its activation; a note names the branch taken."""
    span, z, a = case.span(l, j), case.z(l, j), case.a(l, j)
    if isnan(case.values.z[l][:, 0].sum() if is_layerwide(case, l) else z.value):
        return Equation(a, _sigma(l, j, z), None, bare(a))
    if is_layerwide(case, l):
        found = softmax_formula(case, l, j)
        return Equation(a, found.expression, found.expression, bare(a), note=found.note)
    found = value_formula(span, z, _exact_a(case, l, j))
    return Equation(a, _sigma(l, j, z), found.expression, bare(a), note=found.note)


def _exact_a(case: SamplePass, l: int, j: int) -> Leaf:
    """Return a[l]_j of the pass; in low precision, recomputed from z in float64."""
    a, z, span = case.a(l, j), case.z(l, j), case.span(l, j)
    if case.values.a[l].dtype == np.float64 and not isnan(a.value):
        return a
    return Leaf(float(span.activation.g(np.array(z.value), span.alpha)), a.symbol)


def _sigma(l: int, j: int, z: Leaf, mark: str = "") -> Function:
    return Function(Symbol("σ", (j + 1,), l, mark), (z,))


def activation_name(span: ActivationSpan) -> Words:
    """Return the name of an activation, with its parameter alpha if any."""
    if span.activation.alpha is None:
        return (span.activation.symbol,)
    alpha = setting("α", span.alpha)
    return sentence(
        "{name} with {alpha}", name=span.activation.symbol, alpha=Equation(alpha, result=bare(alpha))
    )


def loss_equation(case: SamplePass) -> Equation:
    """Return J as a formula of the outputs, or of z if an output is too close to 0 or 1.

    For a batch of several samples, J has no formula in the numbers of one of them.
    """
    J, network = Leaf(case.values.J, Symbol("J")), case.network
    if case.size > 1:
        return Equation(J, result=bare(J))
    z, o, y = (array.astype(float) for array in (case.values.z[-1], case.values.a[-1], case.values.y))
    exact, precision = network.loss.J(o, y), float(np.finfo(case.values.z[-1].dtype).eps)
    if not abs(exact - J.value) <= max(1e-9, 8 * precision) * abs(J.value):
        exact = loss_of(network, o if network.fused is None else z, y)
    line = loss_line(replace(case, values=replace(case.values, J=exact)))
    return replace(line, left=J, result=bare(J))


# -- the backward pass --------------------------------------------------------------------------------


def is_direct(case: SamplePass, l: int) -> bool:
    """Return whether layer l is the output and its delta follows from o and y at once.

    Its activation is then fused with the loss, or training follows the perceptron rule.
    """
    return l == case.L and case.network.direct_delta


def direct_words(case: SamplePass) -> Words:
    """Return words that say why delta of the output follows from o and y at once."""
    activation = case.layer(case.L).spans[0].activation.symbol
    if not case.network.perceptron:
        loss = case.network.loss.title
        text = tr(
            "{activation} with {loss}: the two are differentiated together.",
            activation=activation,
            loss=f"{loss[0].lower()}{loss[1:]}",
        )
        return (text,)
    W, x, y, o = (
        _any(letter, ("i", "j") if letter == "W" else ("i" if letter == "x" else "j",)) for letter in "Wxyo"
    )
    step = Product((Leaf(0, Symbol("η")), Difference(y, o), x))
    return sentence(
        "The perceptron rule: {rule}. It takes {delta} in place of a derivative, as {activation} has none "
        "but 0.",
        rule=Equation(W, Sum((W, step)), relation="←"),
        delta=Difference(o, y),
        activation=activation,
    )


def is_layerwide(case: SamplePass, l: int) -> bool:
    """Return whether the activation of layer l is layer-wide, like softmax."""
    return case.layer(l).spans[0].activation.layerwide


def backward_equations(case: SamplePass, l: int, j: int) -> tuple[Equation, ...]:
    """Return the equations of dJ/da[l]_j, sigma'(z[l]_j) and delta[l]_j, in the order of the pass.

    An output whose delta follows at once (see `is_direct`) has only delta; a layer-wide activation has no
    sigma'.
    """
    delta = delta_equation(case, l, j)
    if is_direct(case, l):
        return (delta,)
    derivatives = () if is_layerwide(case, l) else derivative_equations(case, l, j)
    return (da_equation(case, l, j), *derivatives, delta)


def da_equation(case: SamplePass, l: int, j: int) -> Equation:
    """Return dJ/da[l]_j: for the output from the loss, else as the sum over the next layer."""
    da = case.da(l, j)
    if l == case.L:
        found = loss_slope(case, j)
        formula = None if found is None else _over_batch(case, found.expression)
        if found is None or formula is None or not _gives(case, formula, da.value):
            return Equation(da, None, None, bare(da))
        return Equation(da, formula, formula, bare(da), note=_loss_kink(case, j) or found.note)
    terms = tuple(Product((case.W(l + 1, j, k), case.delta(l + 1, k))) for k in range(case.network.n[l + 1]))
    total: Expression = Sum(terms, "k", _upstream(l, j + 1, "k"))
    mask = case.m(l + 1, j)
    if mask is not None:
        total = Product((mask, total))
    return Equation(da, total, total, bare(da))


def _upstream(l: int, j: int | str, k: str) -> Product:
    """Return the term W[l+1]_jk delta[l+1]_k for an arbitrary neuron k of the next layer."""
    return Product((_any("W", (j, k), l + 1), _any("δ", (k,), l + 1)))


def derivative_equations(case: SamplePass, l: int, j: int) -> tuple[Equation, ...]:
    """Return sigma'(z[l]_j), preceded by the equations of intermediate results in its formula."""
    span, z = case.span(l, j), case.z(l, j)
    left = _sigma(l, j, z, "prime")
    if isnan(z.value):
        return (Equation(left, None, None, Leaf(np.nan)),)
    found, value = slope_formula(span, z, _exact_a(case, l, j))
    numbers = None if isinstance(found.expression, Leaf) else found.expression
    note = _activation_kink(span, z.value) or found.note
    return (*found.before, Equation(left, found.expression, numbers, Leaf(value), note=note))


def delta_equation(case: SamplePass, l: int, j: int) -> Equation:
    """Return delta[l]_j = sigma'(z[l]_j) dJ/da[l]_j, or the formula of a fused or layer-wide activation."""
    delta = case.delta(l, j)
    formula: Expression | None
    if is_direct(case, l):
        formula = _direct(case, case.o(j), case.y(j))
        if not _gives(case, formula, delta.value):
            return Equation(delta, _any("z", (j + 1,), l, "slope"), None, bare(delta))
    elif is_layerwide(case, l):
        formula = _jacobian_row(case, l, j)
    else:
        formula = Product((_derivative(case, l, j), case.da(l, j)))
    return Equation(delta, formula, formula, bare(delta))


def _derivative(case: SamplePass, l: int, j: int) -> Leaf:
    """Return sigma'(z[l]_j) as a number."""
    z = case.z(l, j).value
    span = case.span(l, j)
    value = np.nan if isnan(z) else float(span.activation.derivative(np.array(z), span.alpha))
    return Leaf(value, Symbol("σ", (j + 1,), l, "prime"))


def _direct(case: SamplePass, o: Leaf, y: Leaf) -> Expression:
    """Return delta of an output in terms of o and y alone: o - y, or y o - y."""
    fused, count = case.network.fused, case.network.n[-1]
    share = o - y if fused is None else fused.derivative_formula(o, y)
    if fused is not None and case.network.loss.reduction == "mean" and count > 1:
        share = divided(share, number(count))
    return _over_batch(case, share)


def _over_batch(case: SamplePass, share: Expression) -> Expression:
    """Return a sample's contribution to the mean or the sum over the batch."""
    whole = case.size == 1 or case.network.loss.over_samples == "sum"
    return share if whole else Quotient(share, Leaf(case.size, Symbol("|B|"), exact=True))


def _gives(case: SamplePass, formula: Expression, value: float) -> bool:
    """Return whether a formula gives ``value`` to the precision of the network; true if it is NaN."""
    if isnan(value):
        return True
    largest = max(abs(leaf.value) for leaf in leaves(formula))
    precision = float(np.finfo(case.values.z[-1].dtype).eps)
    return abs(value_of(formula) - value) <= 1e-9 * abs(value) + 8 * precision * largest


def _jacobian_row(case: SamplePass, l: int, j: int) -> Sum:
    """Return the sum over k of a_k (1 if k = j, else 0, - a_j) dJ/da_k."""
    a = case.a(l, j)
    terms = tuple(
        Product((case.a(l, k), Difference(ONE if k == j else ZERO, a), case.da(l, k)))
        for k in range(case.layer(l).n_out)
    )
    same = Leaf(0, Symbol("1", (f"k={j + 1}",)))
    return Sum(
        terms, "k", Product((_any("a", ("k",), l), Difference(same, a), _any("a", ("k",), l, "slope")))
    )


def jacobian_words(case: SamplePass, l: int) -> Words:
    """Return words that explain the Jacobian of a layer-wide activation."""
    a_k, a_j, z_j = _any("a", ("k",), l), _any("a", ("j",), l), _any("z", ("j",), l)
    same, other = Product((a_k, Difference(ONE, a_j))), Product((a_k, Difference(ZERO, a_j)))
    return sentence(
        "{symbol} makes every output depend on every {z}, so delta is a sum over its Jacobian: the "
        "derivative of {a} by {z} is {same} for k = j, and {other} else.",
        symbol=case.layer(l).spans[0].activation.symbol,
        z=z_j,
        a=a_k,
        same=same,
        other=other,
    )


def chained_delta(case: SamplePass, l: int, j: int) -> Equation:
    """Return delta[l]_j with dJ/da[l]_j written out: sigma' times the sum over the next layer."""
    line = delta_equation(case, l, j)
    if is_direct(case, l) or is_layerwide(case, l):
        return line
    above = da_equation(case, l, j).numbers
    if above is None:
        return line
    formula = Product((_derivative(case, l, j), above))
    return Equation(line.left, formula, formula, line.result)


def any_delta(case: SamplePass, l: int) -> Expression:
    """Return delta[l]_k of an arbitrary neuron k, in symbols."""
    whole = _any("z", ("k",), l, "slope")
    if is_direct(case, l):
        known = delta_equation(case, l, 0).numbers is not None
        return _direct(case, _any("o", ("k",)), _any("y", ("k",))) if known else whole
    if is_layerwide(case, l):
        return whole
    slope = Function(Symbol("σ", ("k",), l, "prime"), (_any("z", ("k",), l),))
    if l == case.L:
        return Product((slope, _any("o", ("k",), None, "slope")))
    mask = (_any("m", ("k",), l + 1),) if l + 1 in case.values.masks else ()
    return Product((slope, *mask, Sum((), "j", _upstream(l, "k", "j"))))


# -- kinks --------------------------------------------------------------------------------------------


def _activation_kink(span: ActivationSpan, z: float) -> Words:
    """Return words about the kink of sigma at z, with both one-sided derivatives; empty if there is none."""
    if z not in corners_of_activation(span.activation.name, span.alpha):
        return ()
    if span.activation.piecewise_constant:
        return (tr("a jump: there is no derivative here; 0 by convention"),)
    beside = np.array([np.nextafter(z, -np.inf), np.nextafter(z, np.inf), z])
    return _kink(*span.activation.derivative(beside, span.alpha))


def _loss_kink(case: SamplePass, k: int) -> Words:
    """Return words about the kink of the loss at output o_k (absolute error at 0); empty if there is none."""
    loss, error = case.network.loss, case.o(k).value - case.y(k).value
    if error not in corners_of_loss(loss):
        return ()
    o, y = case.o(k).value, case.y(k).value
    beside = np.array([[np.nextafter(o, -np.inf), np.nextafter(o, np.inf), o]])
    slopes = np.empty_like(beside)
    follow(loss.derivative_steps(beside, np.full_like(beside, y), slopes))
    return _kink(*slopes[0] * loss.scale(case.network.n[-1], case.size))


def _kink(left: float, right: float, used: float) -> Words:
    return sentence(
        "a kink: {left} from the left, {right} from the right; {used} by convention",
        left=number(float(left)),
        right=number(float(right)),
        used=number(float(used)),
    )


# -- gradients ----------------------------------------------------------------------------------------


def gradient_equation(case: SamplePass, l: int, i: int | None, j: int) -> Equation:
    """Return the sample's contribution to dJ/dW[l]_ij or, if i is None, to dJ/db[l]_j.

    It is a_i delta_j (times the dropout mask), or delta_j.
    """
    delta, symbol = case.delta(l, j), gradient_symbol(case.network, l, i, j)
    if i is None:
        return Equation(Leaf(delta.value, symbol), delta, None, bare(delta))
    product = _masked(case, l, i, case.a(l - 1, i), delta)
    share = Leaf(value_of(product), symbol)
    return Equation(share, product, product, bare(share))


def batch_gradient_equation(
    case: SamplePass, l: int, i: int | None, j: int, value: float, size: int
) -> Equation:
    """Return the derivative ``value`` by W[l]_ij or b[l]_j as a sum of contributions of ``size`` samples."""
    share = gradient_equation(case, l, i, j).symbols
    total = Leaf(value, gradient_symbol(case.network, l, i, j))
    return Equation(total, share if size == 1 else Sum((), "B", share), None, bare(total))


# -- sums, term by term -------------------------------------------------------------------------------


def terms_of(formula: Expression | None) -> tuple[Expression, ...]:
    """Return the terms of a sum (of z: the bias, then those of the sum over a layer); empty for no sum."""
    if not isinstance(formula, Sum):
        return ()
    last = formula.terms[-1]
    return (*formula.terms[:-1], *last.terms) if isinstance(last, Sum) else formula.terms


def first_terms(formula: Expression | None, made: int) -> Equation | None:
    """Return the first ``made`` terms of a sum, with its mask, and their total; None if there are none."""
    factors, total = (
        (formula.factors[:-1], formula.factors[-1]) if isinstance(formula, Product) else ((), formula)
    )
    terms = terms_of(total)[:made]
    if not terms:
        return None
    part = Product((*factors, Sum(terms))) if factors else Sum(terms)
    total_so_far = Leaf(value_of(part))
    return Equation(total_so_far, None, part, total_so_far)
