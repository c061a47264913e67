"""The next step of the pass explained: what it will compute, and from which numbers."""

from __future__ import annotations

from core.notation import Difference, Expression, Leaf, Line, Product, Sum, Symbol
from core.reveal import Quantity, Stage, Step
from gui.explain import Moment
from gui.explain_edge import delta_line
from gui.explain_html import address, numbers, paragraph, symbols, tr
from gui.explain_neuron import a_line, da_line, delta_lines, share_of, z_line
from gui.explain_update import change_of
from gui.selection import Selection

MOST_TERMS = 8


def of_step(moment: Moment, step: Step) -> str:
    """Say what the next step computes, and write its formula with the numbers known so far."""
    text = paragraph(_sentence(moment, step))
    if step.neuron is None:
        return text + (
            paragraph("<i>J</i> = <i>L</i>(<i>o</i>, <i>y</i>)") if step.quantity is Quantity.LOSS else ""
        )
    left, formula = _formula(moment, step)
    if formula is None:
        return text + paragraph(symbols(left))
    strong = _strong(step)
    kind = "gp" if step.stage is Stage.BACKWARD else "c" if step.stage is Stage.UPDATE else "p"
    arrow = "←" if step.stage is Stage.UPDATE else "="
    return text + f'<p class="{kind}">{symbols(left)} {arrow} {numbers(formula, strong=strong)}</p>'


def _sentence(moment: Moment, step: Step) -> str:
    sentences = {
        Quantity.SAMPLE: tr("The next sample is chosen."),
        Quantity.BIAS: tr("Neuron {j} of layer {l}: its sum begins with the bias"),
        Quantity.PRODUCT: tr("Neuron {j} of layer {l}: the term of neuron {i} is added to its sum"),
        Quantity.ACTIVITY: tr("Neuron {j} of layer {l}: its activation"),
        Quantity.LOSS: tr("The loss J of what came out"),
        Quantity.UPSTREAM: tr("Neuron {j} of layer {l}: sum over the next layer"),
        Quantity.SLOPE: tr("Neuron {j} of layer {l}: the slope of its activation"),
        Quantity.DELTA: tr("Neuron {j} of layer {l}: its δ"),
        Quantity.WEIGHT_GRADIENT: tr(
            "The derivative by the weight from neuron {i} to neuron {j} of layer {l}"
        ),
        Quantity.BIAS_GRADIENT: tr("The derivative by the bias of neuron {j} of layer {l}"),
        Quantity.NEW_WEIGHT: tr("The weight from neuron {i} to neuron {j} of layer {l} is updated"),
        Quantity.NEW_BIAS: tr("The bias of neuron {j} of layer {l} is updated"),
    }
    sentence = sentences[step.quantity]
    if step.quantity is Quantity.UPSTREAM and step.layer == moment.L:
        sentence = tr("Neuron {j} of layer {l}: the derivative of the loss by its output")
    return sentence.format(l=step.layer, j=(step.neuron or 0) + 1, i=(step.source or 0) + 1)


def _strong(step: Step) -> str:
    """Return the link of the term that comes next."""
    if step.source is None or step.neuron is None:
        return ""
    if step.quantity is Quantity.UPSTREAM:
        return address(Selection(step.layer + 1, step.source, step.neuron))
    return address(Selection(step.layer, step.neuron, step.source))


def _formula(moment: Moment, step: Step) -> tuple[Expression, Expression | None]:
    """Return what is computed, and from what; None: from nothing that can be shown."""
    l, j, i = step.layer, step.neuron or 0, step.source
    if step.quantity in (Quantity.BIAS, Quantity.PRODUCT):
        return _of_sum(z_line(moment, l, j), None if i is None else i + 1)
    if step.quantity is Quantity.UPSTREAM:
        return _of_sum(da_line(moment, l, j), i)
    if step.quantity is Quantity.ACTIVITY:
        line = a_line(moment, l, j)
    elif step.quantity is Quantity.SLOPE:
        line = delta_lines(moment, l, j)[-2]
    elif step.quantity is Quantity.DELTA:
        fused = l == moment.L and moment.network.fused is not None
        whole = fused or moment.run(l, j).activation.layerwide
        line = delta_line(moment, l, j) if whole else delta_lines(moment, l, j)[-1]
    elif step.quantity is Quantity.WEIGHT_GRADIENT:
        line = share_of(moment, l, i or 0, j)
    elif step.quantity is Quantity.BIAS_GRADIENT:
        delta = moment.case.delta(l, j)
        return Leaf(0, Symbol("b", (j + 1,), l, "slope")), delta
    else:
        return _of_update(moment, step)
    return line.left, line.numbers or line.symbols


def _of_sum(line: Line, term: int | None) -> tuple[Expression, Expression | None]:
    """Return a sum; of a long one, the term with this number (0: the first) alone."""
    total = line.numbers
    if not isinstance(total, Sum):
        return line.left, total
    inner = total.terms[-1]
    terms = [*total.terms[:-1], *inner.terms] if isinstance(inner, Sum) else list(total.terms)
    if len(terms) <= MOST_TERMS:
        return line.left, total
    return terms[term or 0], terms[term or 0]


def _of_update(moment: Moment, step: Step) -> tuple[Expression, Expression | None]:
    i = step.source if step.quantity is Quantity.NEW_WEIGHT else None
    change = change_of(moment, step.layer, i, step.neuron or 0)
    old = Leaf(change.old, change.symbol)
    if change.place is None:
        return old, None
    eta = Leaf(moment.snapshot.learning_rate, Symbol("η"), exact=True)
    if moment.network.design.training.optimizer.vectors == 0:
        return old, Difference(change.place.old, Product((eta, change.place.g)))
    return old, Leaf(change.place.new.value, None, change.place.step)
