"""Texts of the loss bench: names, headings, and J worked out with its numbers."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from core.derivation.expressions import (
    ONE,
    ZERO,
    Expression,
    Leaf,
    Negative,
    Quotient,
    Sum,
    Symbol,
    leaves,
    number,
    worked_digits,
)
from core.derivation.text import TextScript
from core.derivation.writer import SPACE, Writer, plain
from core.expressions import simplified
from core.language import tr
from core.lecture.demos import LossTable, loss_tables
from core.lecture.subjects import LossBench
from core.nn.losses import Huber, Loss
from core.number_style import HIDDEN, fine_text, slide_digits, slide_text, value_text
from gui.lecture.stages.shared.worked_line import Fraction, Row
from gui.text.rich_text import symbols

MOST_WRITTEN, MOST_IN_FULL = 4, 2  # terms of a sum, losses
MOST_IN_HEADING = 3  # letters and numbers of a formula
COLOURS = ("positive", "negative", "gradient_positive")


def short_name(loss: Loss) -> str:
    """Return the abbreviation of a loss used in the lecture."""
    return loss.short_title


def full_name(loss: Loss) -> str:
    """Return the name of a loss with its abbreviation, and δ if it has one."""
    name = loss.title
    if isinstance(loss, Huber):
        return tr("{name}, δ = {delta}").format(name=name, delta=fine_text(loss.delta))
    letters = short_name(loss)
    return name if letters == name else tr("{name} ({letters})").format(name=name, letters=letters)


def term_heading(loss: Loss) -> str:
    """Return a loss term in rich text: of the probability P of the true class, if it has one."""
    if loss.of_probabilities:
        true = Symbol("y", ("c",), mark="hat") if loss.least > 1 else Symbol("P")
        return symbols(simplified(loss.formula(Leaf(1, true), ONE)), links=False)
    formula = loss.formula(Leaf(0, Symbol("y", mark="hat")), Leaf(0, Symbol("y")))
    return "<i>L</i>" if len(list(leaves(formula))) > MOST_IN_HEADING else symbols(formula, links=False)


def logarithm(bench: LossBench) -> str:
    """Return the meaning of ln and P, if a loss of the bench has them."""
    if not any(loss.of_probabilities for loss in bench.losses):
        return ""
    if any(loss.of_probabilities and loss.least == 1 for loss in bench.losses):
        return tr(
            "<i>P</i>: the probability given to the true answer, <i>ŷ</i> for 1 and 1 − <i>ŷ</i> for 0. "
            "ln: the natural logarithm, base <i>e</i>."
        )
    return tr(
        "<i>ŷ<sub>c</sub></i>: the probability given to the true class. "
        "ln: the natural logarithm, base <i>e</i>."
    )


def working_row(bench: LossBench, table: LossTable, hidden: Collection[str] = ()) -> Row:
    """Return J with its numbers: the terms as they are computed, their values, their sum, J.

    ``hidden`` are those still to be guessed: "term", "J".
    """
    loss, name = table.loss, short_name(table.loss)
    over = round(1 / table.scale)
    terms = [
        (formula, float(table.terms[k, i]))
        for i, (row, targets) in enumerate(zip(bench.outputs, bench.targets, strict=True))
        for k, (output, target) in enumerate(zip(row, targets, strict=True))
        if (formula := term_formula(loss, output, target)) != ZERO
    ]
    formulas, values = zip(*terms, strict=True) if terms else ((), ())
    logarithms = all(isinstance(formula, Negative) for formula in formulas)
    parts = [in_numbers(formula.term if logarithms else formula) for formula in formulas]
    signs, minus = (" − ", "−") if logarithms else (" + ", "")
    written = _cut([minus + parts[0], *parts[1:]] if parts else ["0"], signs)
    line = Quotient(Sum(tuple(Leaf(value) for value in values)), Leaf(over, exact=True))
    digits = worked_digits(line, table.J, slide_digits(table.J))
    shown = [
        HIDDEN if "term" in hidden else value_text(value, count=max(digits.numbers, slide_digits(value)))
        for value in values
    ]
    computed = _over(_cut(shown, " + "), over)
    result = HIDDEN if "J" in hidden else slide_text(table.J)
    result = f" {'=' if digits.holds or hidden else '≈'} {result}"
    if len(bench.losses) > MOST_IN_FULL:
        return f"{name} = ", computed, result
    return f"{name} = ", _over(written, over), " = ", computed, result


def _over(total: str, over: int) -> Fraction | str:
    """Return a sum of terms divided by a number; by 1, the sum itself."""
    return total if over == 1 else Fraction(total, str(over))


def term_formula(loss: Loss, output: float, target: float) -> Expression:
    """Return a term with its numbers; 0 if it is 0 for any output, as for the other classes."""
    o = Leaf(output, Symbol("y", mark="hat"), exact=True)
    if loss.of_probabilities:
        return simplified(loss.formula(o, number(target)))
    return loss.formula(o, Leaf(target, Symbol("y"), exact=True))


class _LossScript(TextScript):
    """Writes formulas for a `WorkedCalculation`."""

    def number(self, text: str) -> str:
        """Return a number as in its edit field."""
        return fine_text(float(text))

    def power(self, base: str, exponent: str) -> str:
        """Return a power with the exponent as a superscript."""
        return f"{base}^{{{exponent}}}"

    def function(self, name: str | Symbol, arguments: str) -> str:
        """Return a function; a logarithm of a single number has no parentheses."""
        if name == "ln" and SPACE not in arguments:
            return f"ln {arguments}"
        return super().function(name, arguments)


def in_numbers(formula: Expression) -> str:
    """Return a formula with its numbers, on one line."""
    return plain(Writer(_LossScript(), 1).write(formula))


def _cut(terms: list[str], sign: str) -> str:
    if len(terms) > MOST_WRITTEN:
        terms = [*terms[: MOST_WRITTEN - 2], "…", terms[-1]]
    return sign.join(terms)


def output_name(bench: LossBench, sample: int, output: int) -> str:
    """Return the name of an output for screen readers."""
    if len(bench.outputs[0]) == 1:
        return tr("ŷ of sample {sample}").format(sample=sample + 1)
    name = bench.class_names[output] if bench.class_names else str(output + 1)
    return tr("ŷ of sample {sample}, class {name}").format(sample=sample + 1, name=name)


def refusal(bench: LossBench, sample: int, output: int) -> str:
    """Return why an output must not be outside 0 … 1; empty: it may be."""
    if not any(loss.of_probabilities for loss in bench.losses):
        return ""
    text = tr("{name} is a probability: write a number from 0 to 1, for ln has no other.")
    return text.format(name=output_name(bench, sample, output))


def endless(bench: LossBench) -> str:
    """Return a sentence if a true class has the probability 0."""
    for table in loss_tables(bench):
        for sample in np.flatnonzero(np.isinf(table.terms).any(axis=0)):
            text = tr(
                "Sample {sample} gives the true answer the probability 0: −ln 0 is ∞, and so is the loss."
            )
            return text.format(sample=sample + 1)
    return ""
