"""Texts that explain a neuron and an edge: their equations forwards, back to the loss, and the update."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from math import isnan

from core.debugger.steps import StepKind
from core.derivation.equations import (
    a_equation,
    activation_name,
    any_delta,
    backward_equations,
    batch_gradient_equation,
    chained_delta,
    direct_words,
    first_terms,
    gradient_equation,
    input_equation,
    is_direct,
    z_equation,
)
from core.derivation.expressions import Equation, Leaf, Symbol
from core.derivation.html import html_parts
from core.derivation.text import SCRIPT
from core.language import tr
from core.number_style import known_exactly
from gui.passes.inspected_sample import InspectedSample, which_sample
from gui.text.rich_text import (
    coloured,
    heading,
    html_of,
    muted,
    not_yet,
    number,
    paragraph,
    pending,
    said,
    symbols,
    unknown,
    vector,
    writer,
)
from gui.views.inspector.update import index_of, update_of


def exact_numbers(moment: InspectedSample, l: int, j: int, i: int | None = None) -> str:
    """Return the numbers of a neuron, or of the edge from neuron i into it, in all digits, one a line."""
    case = moment.case
    if i is not None:
        weight = case.W(l, i, j)
        slope = moment.network.W(moment.g, l)[i, j]
        name = SCRIPT.symbol(weight.symbol) if weight.symbol else ""
        pairs = [(name, weight.value), (f"∂J/∂{name}", slope)]
    else:
        leaves = [case.b(l, j), case.z(l, j), case.a(l, j)] if l else [case.a(l, j)]
        if l and case.values.delta is not None:
            leaves.append(case.delta(l, j))
        pairs = [(SCRIPT.symbol(leaf.symbol), leaf.value) for leaf in leaves if leaf.symbol]
    line = tr("{symbol} = {value}")
    return "\n".join(line.format(symbol=name, value=known_exactly(value)) for name, value in pairs)


MOST_SPELLED = 12  # neurons up to which a sum is written on one line


def _known(line: Equation, so_far: str = "") -> str:
    """Return an equation or, if its result is not computed yet, the part known ``so_far``."""
    if line.result is not None and isnan(line.result.value):
        return pending(line.left, line.symbols, so_far)
    return html_of(line)


# -- a neuron ----------------------------------------------------------------------------------------


def of_neuron(moment: InspectedSample, l: int, j: int) -> str:
    """Explain neuron j of layer l: z, a, then backwards dJ/da, sigma'(z) and delta, and its bias."""
    if l == 0:
        return _of_input(moment, j)
    backward = heading(tr("Backward")) + _backward(moment, l, j) + update_of(moment, l, None, j)
    return forward_of_neuron(moment, l, j) + backward


def forward_of_neuron(moment: InspectedSample, l: int, j: int) -> str:
    """Explain the forward pass of neuron j of layer l, after the inputs: z and a."""
    case = moment.case
    z, a = z_equation(case, l, j), a_equation(case, l, j)
    text = which_sample(moment) + _known(z, _so_far(moment, z, l, j, StepKind.PRODUCT))
    if not isnan(case.z(l, j).value):
        text += _dropout_note(moment, l)
    text += _known(replace(a, note=(*activation_name(case.span(l, j)), *((", ", *a.note) if a.note else ()))))
    return text


def _of_input(moment: InspectedSample, j: int) -> str:
    name = f"<b>{escape(moment.dataset.feature_names[j])}</b>"
    line = input_equation(moment.case, j)
    shown = pending(line.left) if isnan(moment.case.a(0, j).value) else html_of(line)
    text = paragraph(tr("Input {feature}").format(feature=name)) + which_sample(moment) + shown
    scaling = moment.dataset.scaling_sentence(j)
    return text + (muted(scaling) if scaling else "")


def _dropout_note(moment: InspectedSample, l: int) -> str:
    mask, rate = moment.case.values.masks.get(l), moment.case.layer(l).dropout
    if mask is None:
        return ""
    text = tr("Dropout: {off} of {n} inputs are off for this sample (m = 0), the others enlarged by {m}.")
    return muted(text.format(off=int((mask == 0).sum()), n=mask.size, m=number(1 / (1 - rate))))


def _so_far(moment: InspectedSample, line: Equation, l: int, j: int, kind: StepKind) -> str:
    """Return the terms of neuron j's sum computed so far, and their total; "" if there are none."""
    step = moment.coming
    if step is None or (step.quantity, step.layer, step.neuron) != (kind, l, j) or step.source is None:
        return ""
    part = first_terms(line.numbers, step.source + (kind is StepKind.PRODUCT))
    if part is None:
        return ""
    shown = html_parts(part, writer())
    text = tr("so far {sum} = {total}") if shown.last == "=" else tr("so far {sum} ≈ {total}")
    if not shown.numbers:
        text = tr("so far {total}")
    return text.format(sum=shown.numbers, total=f"<b>{shown.result}</b>")


def _backward(moment: InspectedSample, l: int, j: int) -> str:
    """Return the equations that lead to delta[l]_j, in the order of the pass."""
    case, lines = moment.case, backward_equations(moment.case, l, j)
    if is_direct(case, l):
        return _known(lines[0]) + muted(said(direct_words(case)))
    da, *derivatives, delta = lines
    text = _known(da, _so_far(moment, da, l, j, StepKind.UPSTREAM) if l < case.L else "")
    if derivatives and not _derivative_known(moment, l, j):
        derivatives = [replace(derivatives[-1], result=Leaf(float("nan")))]
    return text + "".join(map(_known, (*derivatives, delta)))


def _derivative_known(moment: InspectedSample, l: int, j: int) -> bool:
    """Whether this pass has computed sigma'(z), which happens with delta or in the step before it."""
    step = moment.coming
    just = step is not None and (step.quantity, step.layer, step.neuron) == (StepKind.DELTA, l, j)
    return just or not isnan(moment.case.delta(l, j).value)


# -- an edge -----------------------------------------------------------------------------------------


def of_edge(moment: InspectedSample, l: int, i: int, j: int) -> str:
    """Explain the weight from neuron i of layer l - 1 to neuron j of layer l."""
    share, k = gradient_equation(moment.case, l, i, j), index_of(moment, l, i, j)
    assert moment.case.values.g is not None
    if moment.case.size > 1:
        total = batch_gradient_equation(moment.case, l, i, j, float(moment.g[k]), moment.case.size)
        text = _batch_sum(total, share, moment.case.size)
    elif isnan(moment.case.values.g[k]):
        text = pending(share.left, share.symbols)
    else:
        text = html_of(share)
    text += which_sample(moment) + _dropped(moment, l, i)
    chained = heading(tr("The chain to the loss")) + _chain(moment, l, j)
    return text + chained + update_of(moment, l, i, j, gradient=moment.alone)


def _batch_sum(total: Equation, share: Equation, size: int) -> str:
    """Return the derivative as a sum over the batch: this sample's term, and the total."""
    assert total.symbols is not None and total.result is not None and share.result is not None
    text = paragraph(f"{symbols(total.left)} = {symbols(total.symbols)}")
    value, own = total.result.value, share.result.value
    if isnan(own) or isnan(value):
        return text + paragraph(f'<i class="m">{not_yet()}</i>', "in")
    parts = html_parts(share, writer())
    one = tr("this sample: {product} = {value}")
    if parts.last != "=":
        one = tr("this sample: {product} ≈ {value}")
    own_shown = coloured(parts.result, own, gradient=True)
    text += paragraph(one.format(product=parts.numbers or parts.result, value=own_shown), "in")
    every = tr("all {size} together: {value}")
    shown = coloured(number(value), value, gradient=True)
    return text + paragraph(every.format(size=size, value=shown), "in")


def _dropped(moment: InspectedSample, l: int, i: int) -> str:
    mask = moment.case.m(l, i)
    if mask is None:
        return ""
    if mask.value == 0:
        return muted(tr("Dropout switched this input off for this sample (m = 0)."))
    return muted(tr("Dropout enlarged this input by m = {} for this sample.").format(number(mask.value)))


def _chain(moment: InspectedSample, l: int, j: int) -> str:
    """Return delta[l]_j back to the loss: one line per layer, each with all its neurons but the first."""
    case = moment.case
    spelled = l == case.L or moment.network.n[l + 1] <= MOST_SPELLED
    lines = [_known(chained_delta(case, l, j) if spelled else backward_equations(case, l, j)[-1])]
    lines += [_layer_line(moment, above) for above in range(l + 1, case.L + 1)]
    return "".join(lines) + _loss_line(moment)


def _layer_line(moment: InspectedSample, l: int) -> str:
    """Return delta of all neurons of a layer, as a formula for any of them and as numbers."""
    assert moment.case.values.delta is not None
    delta = moment.case.values.delta[l][:, 0]
    text = f"{symbols(Leaf(0, Symbol('δ', ('k',), l)))} = {symbols(any_delta(moment.case, l))}"
    if isnan(delta[0]):
        return unknown(text)
    return paragraph(text) + paragraph(f"<b><i>δ</i></b><sup>[{l}]</sup> = {vector(delta, l)}", "in")


def _loss_line(moment: InspectedSample) -> str:
    J = Leaf(moment.case.values.J, Symbol("J"))
    if isnan(J.value):
        return pending(J)
    if moment.case.size > 1:
        text = tr("{J} = {value}, the mean loss of the batch")
        return paragraph(text.format(J=symbols(J), value=f"<b>{number(J.value)}</b>"))
    return html_of(Equation(J, None, None, Leaf(J.value)))
