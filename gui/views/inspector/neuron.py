"""A neuron explained: z term by term, a, and backwards dJ/da, sigma'(z) and delta."""

from __future__ import annotations

from html import escape
from math import isnan

import numpy as np

from core.debugger.steps import StepKind
from core.derivation.expressions import (
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
    number,
    value_of,
)
from core.derivation.formulas import (
    Formula,
    agrees,
    bare,
    loss_slope,
    slope_formula,
    softmax_formula,
    value_formula,
)
from core.nn.network import ActivationSpan
from gui.passes.inspected_sample import InspectedSample, which_sample
from gui.views.inspector.update import update_of
from gui.widgets.rich_text import digits_for, heading, html_of, muted, numbers, paragraph, pending, tr
from gui.widgets.rich_text import number as written


def of_neuron(moment: InspectedSample, l: int, j: int) -> str:
    """Explain neuron j of layer l: z, a, and backwards dJ/da, sigma'(z) and delta; and its bias."""
    if l == 0:
        return _of_input(moment, j)
    forward = which_sample(moment) + z_html(moment, l, j) + a_html(moment, l, j)
    backward = heading(tr("Backward")) + "".join(delta_html(moment, l, j))
    return forward + backward + update_of(moment, l, None, j)


def _of_input(moment: InspectedSample, j: int) -> str:
    name = f"<b>{escape(moment.dataset.feature_names[j])}</b>"
    a = moment.case.a(0, j)
    shown = (
        pending(a)
        if isnan(a.value)
        else html_of(Equation(a, Leaf(a.value, Symbol("x", (j + 1,))), None, bare(a)))
    )
    standardized = muted(tr("Standardized: 0 is the mean of the training samples."))
    text = paragraph(tr("Input {feature}").format(feature=name)) + which_sample(moment) + shown
    return text + (standardized if moment.dataset.mean is not None else "")


# -- forward -----------------------------------------------------------------------------------------


def z_line(moment: InspectedSample, l: int, j: int) -> Equation:
    """Return z[l]_j = b + the sum of W a, with the masks of dropout where there are some."""
    case, terms = moment.case, []
    for i in range(moment.layer(l).n_in):
        mask = moment.mask(l, i)
        factors = (case.W(l, i, j), case.a(l - 1, i))
        terms.append(Product(factors if mask is None else (*factors, mask)))
    any_factors = [Leaf(0, Symbol("W", ("i", j + 1), l)), Leaf(0, Symbol("a", ("i",), l - 1))]
    if l in moment.masks:
        any_factors.append(Leaf(0, Symbol("m", ("i",), l)))
    formula = Sum((case.b(l, j), Sum(tuple(terms), "i", Product(tuple(any_factors)))))
    return Equation(case.z(l, j), formula, formula, bare(case.z(l, j)))


def z_html(moment: InspectedSample, l: int, j: int) -> str:
    """Return the lines of z, or as much of the sum as is computed."""
    line = z_line(moment, l, j)
    if isnan(line.left.value if isinstance(line.left, Leaf) else 0.0):
        return pending(line.left, line.symbols, _so_far(line.numbers, _made(moment, l, j, forward=True)))
    return html_of(line) + _dropout_note(moment, l)


def _dropout_note(moment: InspectedSample, l: int) -> str:
    if l not in moment.masks:
        return ""
    off, rate = int((moment.masks[l] == 0).sum()), moment.layer(l).dropout
    text = tr("Dropout: {off} of {n} inputs are off for this sample (m = 0), the others enlarged by {m}.")
    return muted(text.format(off=off, n=moment.masks[l].size, m=written(1 / (1 - rate))))


def _made(moment: InspectedSample, l: int, j: int, *, forward: bool) -> int:
    """Return how many terms of the sum under way are made; 0 where another one is."""
    step = moment.coming
    if step is None or (step.layer, step.neuron) != (l, j) or step.source is None:
        return 0
    if step.quantity is (StepKind.PRODUCT if forward else StepKind.UPSTREAM):
        return step.source + forward
    return 0


def _so_far(formula: Expression | None, made: int) -> str:
    """Return the first terms of a sum and what they amount to; empty: none is made."""
    if not made or not isinstance(formula, Sum):
        return ""
    terms = (
        [*formula.terms[:-1], *formula.terms[-1].terms]
        if isinstance(formula.terms[-1], Sum)
        else formula.terms
    )
    part = Sum(tuple(terms[:made]))
    total = Leaf(value_of(part))
    line = Equation(total, None, part, total)
    digits = digits_for(line)
    text = tr("so far {sum} = {total}") if digits.holds else tr("so far {sum} ≈ {total}")
    shown = f"<b>{written(total.value, digits.result)}</b>"
    return text.format(sum=numbers(part, digits.numbers), total=shown)


def a_line(moment: InspectedSample, l: int, j: int) -> Equation:
    """Return a[l]_j = sigma(z), with the formula of its activation in numbers."""
    case, run = moment.case, moment.run(l, j)
    z, a = case.z(l, j), case.a(l, j)
    if run.activation.layerwide:
        softmax = softmax_formula(case, l, j)
        return Equation(a, softmax.expression, softmax.expression, bare(a), note=softmax.note)
    found = value_formula(run, z, a)
    return Equation(a, _sigma(l, j, z), found.expression, bare(a), note=_called(run, found))


def _called(run: ActivationSpan, found: Formula) -> Words:
    """Return the name of an activation, its α, and why it has this branch."""
    name: Words = (run.activation.symbol,)
    if run.activation.alpha is not None:
        alpha = Leaf(run.alpha, Symbol("α"), exact=True)
        name = (*name, ", ", Equation(alpha, result=bare(alpha)))
    return (*name, *((" ", *found.note) if found.note else ()))


def _sigma(l: int, j: int, z: Leaf, mark: str = "") -> Function:
    return Function(Symbol("σ", (j + 1,), l, mark), (z,))


def a_html(moment: InspectedSample, l: int, j: int) -> str:
    """Return the lines of a."""
    case = moment.case
    if isnan(case.a(l, j).value):
        return pending(case.a(l, j), _sigma(l, j, case.z(l, j)))
    return html_of(a_line(moment, l, j))


# -- backward ----------------------------------------------------------------------------------------


def delta_html(moment: InspectedSample, l: int, j: int) -> list[str]:
    """Return the lines that lead to delta[l]_j, in the order of the pass."""
    if l == moment.L and moment.network.fused is not None:
        return [fused_html(moment, j)]
    run = moment.run(l, j)
    lines = [da_html(moment, l, j)]
    if run.activation.layerwide:
        return [*lines, _known(jacobian_line(moment, l, j))]
    *before, slope, delta = delta_lines(moment, l, j)
    if not slope_known(moment, l, j):
        return [*lines, pending(slope.left, slope.symbols), _known(delta)]
    return [*lines, *(_known(line) for line in (*before, slope, delta))]


def slope_known(moment: InspectedSample, l: int, j: int) -> bool:
    """Tell whether this pass has computed sigma'(z): with delta, or in the step just before it."""
    step = moment.coming
    just = step is not None and (step.quantity, step.layer, step.neuron) == (StepKind.DELTA, l, j)
    return just or not isnan(moment.case.delta(l, j).value)


def _known(line: Equation) -> str:
    """Return a line, or that its result is not computed yet."""
    if line.result is not None and isnan(line.result.value):
        return pending(line.left, line.symbols)
    return html_of(line)


def fused_line(moment: InspectedSample, j: int) -> Equation:
    """Return delta of an output whose activation and loss are one module; with 1/|B| in a batch."""
    case, L = moment.case, moment.L
    delta, fused = case.delta(L, j), moment.network.fused
    assert fused is not None
    formula = _over_batch(moment, fused.derivative_formula(case.o(j), case.y(j)))
    if isnan(delta.value) or agrees(formula, delta.value):
        return Equation(delta, formula, formula, bare(delta))
    return Equation(delta, Leaf(0, Symbol("z", (j + 1,), L, "slope")), None, bare(delta))


def _over_batch(moment: InspectedSample, share: Expression) -> Expression:
    """Return what is one sample's share of a mean over the batch."""
    if moment.size == 1:
        return share
    return Quotient(share, Leaf(moment.size, Symbol("|B|"), exact=True))


def fused_html(moment: InspectedSample, j: int) -> str:
    """Return delta of such an output, and why it is so short."""
    activation, loss = moment.layer(moment.L).spans[0].activation.symbol, moment.network.loss.symbol
    text = tr("Derivative of {activation} and {loss} in one step.")
    return _known(fused_line(moment, j)) + muted(text.format(activation=activation, loss=loss.lower()))


def da_line(moment: InspectedSample, l: int, j: int) -> Equation:
    """Return dJ/da[l]_j: from the loss, or as the sum over the next layer."""
    case, da = moment.case, moment.case.da(l, j)
    if l == moment.L:
        found = loss_slope(case, j)
        formula = None if found is None else _over_batch(moment, found.expression)
        if found is None or formula is None or not (isnan(da.value) or agrees(formula, da.value)):
            return Equation(da, None, None, bare(da))
        return Equation(da, formula, formula, bare(da), note=found.note)
    ks = range(moment.network.n[l + 1])
    terms = tuple(Product((case.W(l + 1, j, k), case.delta(l + 1, k))) for k in ks)
    generic = Product((Leaf(0, Symbol("W", (j + 1, "k"), l + 1)), Leaf(0, Symbol("δ", ("k",), l + 1))))
    total: Expression = Sum(terms, "k", generic)
    mask = moment.mask(l + 1, j)
    if mask is not None:
        total = Product((mask, total))
    return Equation(da, total, total, bare(da))


def da_html(moment: InspectedSample, l: int, j: int) -> str:
    """Return the lines of dJ/da, or as much of the sum as is computed."""
    line = da_line(moment, l, j)
    if line.result is None or not isnan(line.result.value):
        return html_of(line)
    made = 0 if l == moment.L else _made(moment, l, j, forward=False)
    return pending(line.left, line.symbols, _so_far(line.numbers, made))


def delta_lines(moment: InspectedSample, l: int, j: int) -> list[Equation]:
    """Return the lines of sigma'(z) and of delta = sigma'(z) dJ/da."""
    case, run = moment.case, moment.run(l, j)
    z, delta = case.z(l, j), case.delta(l, j)
    left = _sigma(l, j, z, "prime")
    sigma = Symbol("σ", (j + 1,), l, "prime")
    if isnan(z.value):
        product = Product((Leaf(np.nan, sigma), case.da(l, j)))
        return [Equation(left, None, None, Leaf(np.nan)), Equation(delta, product, product, bare(delta))]
    found, value = slope_formula(run, z, case.a(l, j))
    in_numbers = None if isinstance(found.expression, Leaf) else found.expression
    slope = Equation(left, found.expression, in_numbers, Leaf(value), note=found.note)
    product = Product((Leaf(value, sigma), case.da(l, j)))
    return [*found.before, slope, Equation(delta, product, product, bare(delta))]


def jacobian_line(moment: InspectedSample, l: int, j: int) -> Equation:
    """Return delta of a layer-wide activation, the sum over its Jacobian a_k (1 if k = j - a_j)."""
    case = moment.case
    delta, a = case.delta(l, j), case.a(l, j)
    ks = range(moment.layer(l).n_out)
    terms = tuple(Product((case.a(l, k), Difference(ONE if k == j else ZERO, a), case.da(l, k))) for k in ks)
    any_a, any_da = Leaf(0, Symbol("a", ("k",), l)), Leaf(0, Symbol("a", ("k",), l, "slope"))
    same = Leaf(0, Symbol("1", (f"k={j + 1}",)))
    total = Sum(terms, "k", Product((any_a, Difference(same, a), any_da)))
    return Equation(delta, total, total, bare(delta))


def share_of(moment: InspectedSample, l: int, i: int, j: int) -> Equation:
    """Return a sample's share of dJ/dW[l]_ij: a_i delta_j, and the mask of dropout."""
    case, mask = moment.case, moment.mask(l, i)
    factors: tuple[Expression, ...] = (case.a(l - 1, i), case.delta(l, j))
    product = Product(factors if mask is None else (*factors, mask))
    value = value_of(product)
    return Equation(Leaf(value, Symbol("W", (i + 1, j + 1), l, "slope")), product, product, number(value))
