"""What the next step of the pass will compute, in a sentence and a formula."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.debugger.steps import LoopStage, PassStep, StepKind
from core.derivation.equations import (
    a_equation,
    da_equation,
    delta_equation,
    derivative_equations,
    gradient_equation,
    terms_of,
    z_equation,
)
from core.derivation.expressions import Equation, Expression, Leaf
from core.derivation.update import lines_of
from core.language import tr
from gui.passes.inspected_sample import InspectedSample
from gui.selection import Selection
from gui.text.formula_browser import FormulaText
from gui.text.rich_text import address, numbers, paragraph, symbols
from gui.theme.theme import Theme, icon, sized
from gui.views.inspector.update import change_of

MOST_TERMS = 8


def of_step(moment: InspectedSample, step: PassStep) -> str:
    """Return what the next step computes, with its formula and the numbers known so far."""
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
    if step.quantity is StepKind.UPSTREAM and step.layer == moment.case.L:
        sentence = tr("Neuron {j} of layer {l}: the derivative of the loss by its output")
    return sentence.format(l=step.layer, j=(step.neuron or 0) + 1, i=(step.source or 0) + 1)


def _strong(step: PassStep) -> str:
    """Return the link of the next term."""
    if step.source is None or step.neuron is None:
        return ""
    if step.quantity is StepKind.UPSTREAM:
        return address(Selection(step.layer + 1, step.source, step.neuron))
    return address(Selection(step.layer, step.neuron, step.source))


def _formula(moment: InspectedSample, step: PassStep) -> tuple[Expression, Expression | None]:
    """Return what is computed, and the formula for it, or None if there is none to show."""
    case, l, j, i = moment.case, step.layer, step.neuron or 0, step.source
    match step.quantity:
        case StepKind.BIAS | StepKind.PRODUCT:
            return _of_sum(z_equation(case, l, j), 0 if i is None else i + 1)
        case StepKind.UPSTREAM:
            return _of_sum(da_equation(case, l, j), i or 0)
        case StepKind.ACTIVITY:
            line = a_equation(case, l, j)
        case StepKind.SLOPE:
            line = derivative_equations(case, l, j)[-1]
        case StepKind.DELTA:
            line = delta_equation(case, l, j)
        case StepKind.WEIGHT_GRADIENT | StepKind.BIAS_GRADIENT:
            line = gradient_equation(case, l, i, j)
        case _:
            return _of_update(moment, step)
    return line.left, line.numbers or line.symbols


def _of_sum(line: Equation, term: int) -> tuple[Expression, Expression | None]:
    """Return a sum; of a long one only the term with the index ``term`` (0: the first)."""
    terms = terms_of(line.numbers)
    return (line.left, line.numbers) if len(terms) <= MOST_TERMS else (terms[term], terms[term])


def _of_update(moment: InspectedSample, step: PassStep) -> tuple[Expression, Expression | None]:
    i = step.source if step.quantity is StepKind.NEW_WEIGHT else None
    change = change_of(moment, step.layer, i, step.neuron or 0)
    if change.parameter is None:
        return Leaf(0, change.symbol), None
    line = list(lines_of(change.parameter))[-1]
    if moment.network.design.training.optimizer.vectors == 0:
        return line.left, line.numbers or line.result
    return line.left, line.result


# -- the panel -------------------------------------------------------------------------------------------


SIGN = 11


class NextStep(QWidget):
    """Shows the next step of the pass; hidden if it is not known."""

    def __init__(self) -> None:
        super().__init__()
        self.title = QLabel(self.tr("Next"))
        self.title.setProperty("look", "title")
        self.title.setFont(sized("title"))
        self.sign = QLabel()
        self.text = FormulaText(self.tr("What the next step computes"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(5)
        head.addWidget(self.sign)
        head.addWidget(self.title, 1)
        column.addLayout(head)
        column.addWidget(self.text)
        self.hide()

    def show_step(self, moment: InspectedSample | None, step: PassStep | None) -> None:
        """Show what a step computes from the numbers of ``moment``; None: nothing."""
        self.setVisible(moment is not None and step is not None)
        if moment is not None and step is not None:
            self.text.write(of_step(moment, step))

    def show_hover(self, selection: Selection) -> None:
        """Highlight the terms of what the mouse points at in any view."""
        self.text.show_hover(selection)

    def show_theme(self, theme: Theme) -> None:
        """Write in a theme's colours."""
        self.text.show_theme(theme)
        self.sign.setPixmap(icon("sign_next", theme).pixmap(SIGN, SIGN))  # as on the canvas
        self.title.setFont(sized("title"))
