"""Next step: what the next step of the pass will compute, in a sentence and a formula."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.debugger.steps import LoopStage, PassStep, StepKind
from core.derivation.expressions import Difference, Equation, Expression, Leaf, Product, Sum, Symbol
from gui.passes.inspected_sample import InspectedSample
from gui.selection import Selection
from gui.theme.theme import Theme, sized
from gui.views.inspector.edge import delta_line
from gui.views.inspector.neuron import a_line, da_line, delta_lines, share_of, z_line
from gui.views.inspector.update import change_of
from gui.widgets.formula_browser import FormulaText
from gui.widgets.rich_text import address, numbers, paragraph, symbols, tr

MOST_TERMS = 8


def of_step(moment: InspectedSample, step: PassStep) -> str:
    """Say what the next step computes, and write its formula with the numbers known so far."""
    text = paragraph(_sentence(moment, step))
    if step.neuron is None:
        return text + (
            paragraph("<i>J</i> = <i>L</i>(<i>o</i>, <i>y</i>)") if step.quantity is StepKind.LOSS else ""
        )
    left, formula = _formula(moment, step)
    if formula is None:
        return text + paragraph(symbols(left))
    strong = _strong(step)
    kind = "gp" if step.stage is LoopStage.BACKWARD else "c" if step.stage is LoopStage.UPDATE else "p"
    arrow = "←" if step.stage is LoopStage.UPDATE else "="
    return text + f'<p class="{kind}">{symbols(left)} {arrow} {numbers(formula, strong=strong)}</p>'


def _sentence(moment: InspectedSample, step: PassStep) -> str:
    sentences = {
        StepKind.SAMPLE: tr("The next sample is chosen."),
        StepKind.BIAS: tr("Neuron {j} of layer {l}: its sum begins with the bias"),
        StepKind.PRODUCT: tr("Neuron {j} of layer {l}: the term of neuron {i} is added to its sum"),
        StepKind.ACTIVITY: tr("Neuron {j} of layer {l}: its activation"),
        StepKind.LOSS: tr("The loss J of what came out"),
        StepKind.UPSTREAM: tr("Neuron {j} of layer {l}: sum over the next layer"),
        StepKind.SLOPE: tr("Neuron {j} of layer {l}: the slope of its activation"),
        StepKind.DELTA: tr("Neuron {j} of layer {l}: its δ"),
        StepKind.WEIGHT_GRADIENT: tr(
            "The derivative by the weight from neuron {i} to neuron {j} of layer {l}"
        ),
        StepKind.BIAS_GRADIENT: tr("The derivative by the bias of neuron {j} of layer {l}"),
        StepKind.NEW_WEIGHT: tr("The weight from neuron {i} to neuron {j} of layer {l} is updated"),
        StepKind.NEW_BIAS: tr("The bias of neuron {j} of layer {l} is updated"),
    }
    sentence = sentences[step.quantity]
    if step.quantity is StepKind.UPSTREAM and step.layer == moment.L:
        sentence = tr("Neuron {j} of layer {l}: the derivative of the loss by its output")
    return sentence.format(l=step.layer, j=(step.neuron or 0) + 1, i=(step.source or 0) + 1)


def _strong(step: PassStep) -> str:
    """Return the link of the term that comes next."""
    if step.source is None or step.neuron is None:
        return ""
    if step.quantity is StepKind.UPSTREAM:
        return address(Selection(step.layer + 1, step.source, step.neuron))
    return address(Selection(step.layer, step.neuron, step.source))


def _formula(moment: InspectedSample, step: PassStep) -> tuple[Expression, Expression | None]:
    """Return what is computed, and from what; None: from nothing that can be shown."""
    l, j, i = step.layer, step.neuron or 0, step.source
    if step.quantity in (StepKind.BIAS, StepKind.PRODUCT):
        return _of_sum(z_line(moment, l, j), None if i is None else i + 1)
    if step.quantity is StepKind.UPSTREAM:
        return _of_sum(da_line(moment, l, j), i)
    if step.quantity is StepKind.ACTIVITY:
        line = a_line(moment, l, j)
    elif step.quantity is StepKind.SLOPE:
        line = delta_lines(moment, l, j)[-2]
    elif step.quantity is StepKind.DELTA:
        fused = l == moment.L and moment.network.fused is not None
        whole = fused or moment.run(l, j).activation.layerwide
        line = delta_line(moment, l, j) if whole else delta_lines(moment, l, j)[-1]
    elif step.quantity is StepKind.WEIGHT_GRADIENT:
        line = share_of(moment, l, i or 0, j)
    elif step.quantity is StepKind.BIAS_GRADIENT:
        delta = moment.case.delta(l, j)
        return Leaf(0, Symbol("b", (j + 1,), l, "slope")), delta
    else:
        return _of_update(moment, step)
    return line.left, line.numbers or line.symbols


def _of_sum(line: Equation, term: int | None) -> tuple[Expression, Expression | None]:
    """Return a sum; of a long one, the term with this number (0: the first) alone."""
    total = line.numbers
    if not isinstance(total, Sum):
        return line.left, total
    inner = total.terms[-1]
    terms = [*total.terms[:-1], *inner.terms] if isinstance(inner, Sum) else list(total.terms)
    if len(terms) <= MOST_TERMS:
        return line.left, total
    return terms[term or 0], terms[term or 0]


def _of_update(moment: InspectedSample, step: PassStep) -> tuple[Expression, Expression | None]:
    i = step.source if step.quantity is StepKind.NEW_WEIGHT else None
    change = change_of(moment, step.layer, i, step.neuron or 0)
    old = Leaf(change.old, change.symbol)
    if change.place is None:
        return old, None
    eta = Leaf(moment.snapshot.learning_rate, Symbol("η"), exact=True)
    if moment.network.design.training.optimizer.vectors == 0:
        return old, Difference(change.place.old, Product((eta, change.place.g)))
    return old, Leaf(change.place.new.value, None, change.place.step)


# -- What the next step of the pass will compute, in a sentence and a formula ----------------------------


class NextStep(QWidget):
    """Not there while the next step is not known."""

    def __init__(self) -> None:
        super().__init__()
        self.title = QLabel(self.tr("Next"))
        self.title.setProperty("look", "title")
        self.text = FormulaText(self.tr("What the next step computes"), firm=False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.title)
        column.addWidget(self.text)
        self.hide()

    def show_step(self, moment: InspectedSample | None, step: PassStep | None) -> None:
        """Say what a step computes from the numbers of a moment; None: nothing."""
        self.setVisible(moment is not None and step is not None)
        if moment is not None and step is not None:
            self.text.write(of_step(moment, step))

    def show_hover(self, selection: Selection) -> None:
        """Mark the terms of what is pointed at somewhere."""
        self.text.show_hover(selection)

    def show_theme(self, theme: Theme) -> None:
        """Write in a theme's colours."""
        self.text.show_theme(theme)
        self.title.setFont(sized("title"))
