"""An edge explained: its derivative, the chain from it to the loss, and its update."""

from __future__ import annotations

from math import isnan

from core.derivation.expressions import Difference, Equation, Function, Leaf, Product, Sum, Symbol
from gui.passes.inspected_sample import InspectedSample, which_sample
from gui.selection import Selection
from gui.views.inspector.neuron import da_line, delta_lines, fused_line, jacobian_line, share_of
from gui.views.inspector.update import index_of, update_of
from gui.widgets.rich_text import (
    address,
    coloured,
    digits_for,
    heading,
    html_of,
    muted,
    not_yet,
    number,
    numbers,
    paragraph,
    pending,
    symbols,
    tr,
    vector,
)

MOST_SPELLED = 12  # neurons in the sum of one line


def of_edge(moment: InspectedSample, l: int, i: int, j: int) -> str:
    """Explain the weight from neuron i of layer l - 1 to neuron j of layer l."""
    share = share_of(moment, l, i, j)
    if moment.size > 1:
        text = _batch_sum(moment, share, index_of(moment, l, i, j))
    elif isnan(moment.case.dW(l, i, j).value):
        text = pending(share.left, share.symbols)
    else:
        text = html_of(share)
    text += which_sample(moment) + _dropped(moment, l, i)
    chained = heading(tr("The chain to the loss")) + chain(moment, l, j)
    return text + chained + update_of(moment, l, i, j, gradient=moment.alone)


def _batch_sum(moment: InspectedSample, share: Equation, k: int) -> str:
    """Return the derivative as a sum over the batch: this sample's share, and all of it."""
    assert share.symbols is not None and share.numbers is not None and share.result is not None
    total, own = float(moment.g[k]), share.result.value
    text = paragraph(f"{symbols(share.left)} = Σ<sub><i>B</i></sub>&nbsp;{symbols(share.symbols)}")
    if isnan(own) or isnan(total):
        return text + paragraph(f'<i class="m">{not_yet()}</i>', "in")
    digits = digits_for(share)
    product, value = numbers(share.numbers, digits.numbers), number(own, digits.result)
    one = tr("this sample: {product} = {value}") if digits.holds else tr("this sample: {product} ≈ {value}")
    text += paragraph(one.format(product=product, value=coloured(value, own, gradient=True)), "in")
    every = tr("all {size} together: {value}")
    shown = coloured(number(total), total, gradient=True)
    return text + paragraph(every.format(size=moment.size, value=shown), "in")


def _dropped(moment: InspectedSample, l: int, i: int) -> str:
    mask = moment.mask(l, i)
    if mask is None:
        return ""
    if mask.value == 0:
        return muted(tr("Dropout switched this input off for this sample (m = 0)."))
    return muted(tr("Dropout enlarged this input by m = {} for this sample.").format(number(mask.value)))


def chain(moment: InspectedSample, l: int, j: int) -> str:
    """Return delta[l]_j down to the loss: one line a layer, each with all its neurons but the first."""
    own = delta_line(moment, l, j)
    unknown = isnan(moment.case.delta(l, j).value)
    lines = [pending(own.left, own.symbols) if unknown else html_of(own)]
    lines += [_layer_line(moment, above) for above in range(l + 1, moment.L + 1)]
    return "".join(lines) + _loss_line(moment)


def _formula(moment: InspectedSample, l: int, below: str, over: str) -> str:
    """Return what delta[l] of any neuron is in symbols."""
    last = l == moment.L
    if last and moment.network.fused is not None:
        o, y = (Leaf(0, Symbol(letter, (below,))) for letter in "oy")
        exact = fused_line(moment, 0).symbols
        if isinstance(exact, Leaf):
            return symbols(Leaf(0, Symbol("z", (below,), l, "slope")))
        share = symbols(Difference(o, y))
        return f"({share})/<i>|B|</i>" if moment.size > 1 else share
    run = moment.layer(l).spans[0]
    slope = Function(Symbol("σ", (below,), l, "prime"), (Leaf(0, Symbol("z", (below,), l)),))
    if run.activation.layerwide:
        return symbols(Leaf(0, Symbol("z", (below,), l, "slope")))
    if last:
        return symbols(Product((slope, Leaf(0, Symbol("o", (below,), None, "slope")))))
    weight = Leaf(0, Symbol("W", (below, over), l + 1))
    total = Sum((), over, Product((weight, Leaf(0, Symbol("δ", (over,), l + 1)))))
    return symbols(Product((slope, total)))


def delta_line(moment: InspectedSample, l: int, j: int) -> Equation:
    """Return delta[l]_j in one line: sigma'(z) times the sum over the next layer, or from the loss."""
    if l == moment.L and moment.network.fused is not None:
        return fused_line(moment, j)
    if moment.run(l, j).activation.layerwide:
        return jacobian_line(moment, l, j)
    last, above = delta_lines(moment, l, j)[-1], da_line(moment, l, j)
    if (
        above.numbers is None
        or not isinstance(last.symbols, Product)
        or (0 if l == moment.L else moment.network.n[l + 1]) > MOST_SPELLED
    ):
        return last
    formula = Product((last.symbols.factors[0], above.numbers))
    return Equation(last.left, formula, formula, last.result)


def _layer_line(moment: InspectedSample, l: int) -> str:
    """Return delta of all neurons of a layer, as a formula for any of them and as numbers."""
    assert moment.case.values.delta is not None
    delta = moment.case.values.delta[l][:, 0]
    left = symbols(Leaf(0, Symbol("δ", ("k",), l)))
    formula = _formula(moment, l, "k", "m")
    if isnan(delta[0]):
        return paragraph(f'{left} = {formula} : <i class="m">{not_yet()}</i>')
    links = [address(Selection(l, k)) for k in range(delta.size)]
    name = f"<b><i>δ</i></b><sup>[{l}]</sup>"
    return paragraph(f"{left} = {formula}") + paragraph(f"{name} = {vector(delta, links)}", "in")


def _loss_line(moment: InspectedSample) -> str:
    J, values = Leaf(moment.case.values.J, Symbol("J")), moment.snapshot.shown
    if isnan(J.value):
        return pending(J)
    if not moment.alone and values is not None and values.y.shape[1] > 1:
        text = tr("{J} = {value}, the mean loss of the batch")
        return paragraph(text.format(J=symbols(J), value=f"<b>{number(J.value)}</b>"))
    return html_of(Equation(J, None, None, Leaf(J.value)))
