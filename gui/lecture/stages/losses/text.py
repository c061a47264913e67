"""Words of the bench of losses: names, headings, and J written out with its numbers."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication

from core import number_style
from core.derivation.expressions import Leaf, Quotient, Sum, worked_digits
from core.lecture.demos import LossTable, labels, loss_tables
from core.lecture.subjects import LossBench
from core.nn.losses import MAE, MSE, BinaryCrossEntropy, CategoricalCrossEntropy, Huber, Loss
from core.number_style import HIDDEN, fine_text, value_text
from gui.lecture.stages.shared.worked_line import Fraction, Row

MOST_WRITTEN, MOST_IN_FULL = 4, 2  # terms of a sum, losses
COLOURS = ("positive", "negative", "gradient_positive")
_SHORT: dict[type[Loss], str] = {
    MSE: "MSE",
    MAE: "MAE",
    Huber: "Huber",
    BinaryCrossEntropy: "BCE",
    CategoricalCrossEntropy: "CCE",
}
_TERMS: dict[type[Loss], str] = {
    MSE: "(<i>ŷ</i> − <i>y</i>)²",
    MAE: "|<i>ŷ</i> − <i>y</i>|",
    Huber: "<i>L</i>",
    BinaryCrossEntropy: "−ln <i>P</i>",
    CategoricalCrossEntropy: "−ln <i>ŷ<sub>c</sub></i>",
}


def tr(text: str) -> str:
    """Translate a text of the bench of losses."""
    return QCoreApplication.translate("LossBench", text)


def short_name(loss: Loss) -> str:
    """Return the letters by which the lecture calls a loss."""
    return _SHORT.get(type(loss), QCoreApplication.translate("Form", loss.symbol))


def full_name(loss: Loss) -> str:
    """Return the name of a loss with its letters, and δ where it has one."""
    name = QCoreApplication.translate("Form", loss.symbol)
    if isinstance(loss, Huber):
        return tr("{name}, δ = {delta}").format(name=name, delta=fine_text(loss.delta))
    letters = short_name(loss)
    return name if letters == name else tr("{name} ({letters})").format(name=name, letters=letters)


def term_heading(loss: Loss) -> str:
    """Return what a term is, in rich text."""
    return _TERMS.get(type(loss), "<i>L</i>")


def logarithm(bench: LossBench) -> str:
    """Return what ln and P mean, where a loss of the bench has them."""
    if not any(loss.of_probabilities for loss in bench.losses):
        return ""
    if any(isinstance(loss, BinaryCrossEntropy) for loss in bench.losses):
        return tr(
            "<i>P</i>: the probability given to the true answer, <i>ŷ</i> for 1 and 1 − <i>ŷ</i> for 0. "
            "ln: the natural logarithm, base <i>e</i>."
        )
    return tr(
        "<i>ŷ<sub>c</sub></i>: the probability given to the true class. "
        "ln: the natural logarithm, base <i>e</i>."
    )


def working_row(bench: LossBench, table: LossTable, *, veiled: bool = False) -> Row:
    """Return J with the numbers in: the terms as they are computed, their values, their sum, J."""
    loss, name = table.loss, short_name(table.loss)
    over = round(1 / table.scale)
    terms = [
        term_text(loss, output, target)
        for row, targets in zip(bench.outputs, bench.targets, strict=True)
        for output, target in zip(row, targets, strict=True)
        if counts(bench, loss, target)
    ]
    values = [
        float(table.terms[k, i])
        for i, targets in enumerate(bench.targets)
        for k, target in enumerate(targets)
        if counts(bench, loss, target)
    ]
    logarithms = isinstance(loss, (BinaryCrossEntropy, CategoricalCrossEntropy))
    signs, minus = (" − ", "−") if logarithms else (" + ", "")
    written = _cut([minus + terms[0], *terms[1:]], signs)
    line = Quotient(Sum(tuple(Leaf(value) for value in values)), Leaf(over, exact=True))
    digits = worked_digits(line, table.J, number_style.digits())
    shown = [HIDDEN if veiled else value_text(value, count=digits.numbers) for value in values]
    computed = Fraction(_cut(shown, " + "), str(over))
    result = HIDDEN if veiled else value_text(table.J, count=digits.result)
    result = f" {'=' if digits.holds or veiled else '≈'} {result}"
    if len(bench.losses) > MOST_IN_FULL:
        return f"{name} = ", computed, result
    return f"{name} = ", Fraction(written, str(over)), " = ", computed, result


def counts(bench: LossBench, loss: Loss, target: float) -> bool:
    """Whether a term is written: of one-hot targets, those of other classes are 0 whatever ŷ is."""
    return not (isinstance(loss, CategoricalCrossEntropy) and labels(bench) and not target)


def term_text(loss: Loss, output: float, target: float) -> str:
    """Return a term with its numbers in, without the minus of the logarithms."""
    o, y = fine_text(output), fine_text(target)
    if isinstance(loss, CategoricalCrossEntropy):
        return f"ln {o}" if target == 1 else f"{y} ln {o}"
    if isinstance(loss, BinaryCrossEntropy):
        if 0 < target < 1:
            return f"({y} ln {o} + {fine_text(1 - target)} ln(1 − {o}))"
        return f"ln {o}" if target else f"ln(1 − {o})"
    if type(loss) not in _SHORT:
        return f"L({o}, {y})"
    difference = f"{o} − {y}" if target >= 0 else f"{o} − ({y})"
    if isinstance(loss, Huber):
        delta, half = fine_text(loss.delta), fine_text(loss.delta / 2)
        near = abs(output - target) <= loss.delta
        return f"½({difference})^{{2}}" if near else f"{delta}(|{difference}| − {half})"
    return f"({difference})^{{2}}" if isinstance(loss, MSE) else f"|{difference}|"


def _cut(terms: list[str], sign: str) -> str:
    if len(terms) > MOST_WRITTEN:
        terms = [*terms[: MOST_WRITTEN - 2], "…", terms[-1]]
    return sign.join(terms)


def output_name(bench: LossBench, sample: int, output: int) -> str:
    """Return how an output is called where it is read aloud."""
    if len(bench.outputs[0]) == 1:
        return tr("ŷ of sample {sample}").format(sample=sample + 1)
    name = bench.class_names[output] if bench.class_names else str(output + 1)
    return tr("ŷ of sample {sample}, class {name}").format(sample=sample + 1, name=name)


def refusal(bench: LossBench, sample: int, output: int) -> str:
    """Return why an output may not be outside 0 … 1; empty: it may."""
    if not any(loss.of_probabilities for loss in bench.losses):
        return ""
    text = tr("{name} is a probability: write a number from 0 to 1, for ln has no other.")
    return text.format(name=output_name(bench, sample, output))


def endless(bench: LossBench) -> str:
    """Return a sentence where a true answer is given the probability 0."""
    for table in loss_tables(bench):
        for sample in np.flatnonzero(np.isinf(table.terms).any(axis=0)):
            text = tr(
                "Sample {sample} gives the true answer the probability 0: −ln 0 is ∞, and so is the loss."
            )
            return text.format(sample=sample + 1)
    return ""
