"""Texts of the softmax bench: the decision, what is impossible, and one probability worked out."""

from __future__ import annotations

from collections.abc import Collection
from math import isfinite

from core.derivation.expressions import Leaf, Quotient, worked_digits
from core.language import tr
from core.lecture.demos import SoftmaxTable
from core.lecture.subjects import SoftmaxBench
from core.number_style import HIDDEN, fine_text, slide_digits, slide_text, value_text
from gui.lecture.stages.shared.worked_line import Fraction, Row

MOST_WRITTEN = 5


def class_name(bench: SoftmaxBench, place: int) -> str:
    """Return the name of a class, or its number if classes have no names."""
    return bench.class_names[place] if bench.class_names else str(place)


def raised(bench: SoftmaxBench) -> str:
    """Return the exponent of e: z, with the constant and the temperature if there are any."""
    over = "z + c" if bench.shift else "z"
    if bench.temperature == 1:
        return over
    return f"({over}) ÷ T" if bench.shift else f"{over} ÷ T"


def decision(bench: SoftmaxBench, table: SoftmaxTable, hidden: Collection[str] = ()) -> str:
    """Return a sentence on the predicted class."""
    if "decision" in hidden:
        return tr("Decision: ?")
    which = tr("class {k}").format(k=table.decision)
    if bench.class_names:
        which = class_name(bench, table.decision)
    if table.tied > 1:
        text = tr("A tie of {count} classes; the first of them is taken: {which}.")
        return text.format(count=table.tied, which=which)
    return tr("Decision: {which}, which has the largest z.").format(which=which)


def impossible(bench: SoftmaxBench, table: SoftmaxTable) -> list[str]:
    """Return a sentence on what is wrong with a share of z, if such a share is invalid."""
    wrong = [k for k, share in enumerate(table.shares) if not 0 <= share <= 1]
    if not bench.by_sum or not wrong:
        return []
    if not isfinite(table.share_sum):
        return [tr("The z sum to 0: nothing can be divided by that.")]
    k = min(wrong, key=lambda place: table.shares[place])
    text = tr("Divided by the sum, {name} gets {share}: no probability is below 0.")
    if table.shares[k] > 1:
        text = tr("Divided by the sum, {name} gets {share}: no probability is above 1.")
    return [text.format(name=class_name(bench, k), share=slide_text(table.shares[k]))]


def unmoved(bench: SoftmaxBench, table: SoftmaxTable, hidden: Collection[str] = ()) -> str:
    """Return a sentence on how much the constant changes a probability."""
    text = tr("Adding {c} to all z changes a probability by {moved} at most.")
    moved = HIDDEN if "moved" in hidden else slide_text(table.moved)
    return text.format(c=fine_text(bench.shift), moved=moved)


def rows(bench: SoftmaxBench, table: SoftmaxTable, k: int, hidden: Collection[str] = ()) -> tuple[Row, ...]:
    """Return the calculation of the probability of class k, by definition and as the engine does it."""
    power = "power" in hidden

    def quotient(above: float, below: float) -> tuple[Fraction, str]:
        """Return a quotient in numbers, with the relation sign to the probability, its value."""
        if power or not isfinite(below):
            texts = (HIDDEN, HIDDEN) if power else (slide_text(above), slide_text(below))
            return Fraction(*texts), "="
        result, line = table.probabilities[k], Quotient(Leaf(above), Leaf(below))
        digits = worked_digits(line, result, slide_digits(result))
        numbers = (
            value_text(value, count=max(digits.numbers, slide_digits(value))) for value in (above, below)
        )
        return Fraction(*numbers), "=" if digits.holds else "≈"

    z = [slide_text(value) for value in table.z]
    largest = slide_text(table.z.max()) if table.z.max() >= 0 else f"({slide_text(table.z.max())})"
    result = HIDDEN if "probability" in hidden else slide_text(table.probabilities[k])
    overflows = not isfinite(table.sum) and not power
    plain, safe = [f"e^{{{one}}}" for one in z], [f"e^{{{one} − {largest}}}" for one in z]
    first, sign = quotient(float(table.exponentials[k]), table.sum)
    second, safe_sign = quotient(float(table.safe[k]), float(table.safe.sum()))
    return (
        (
            f"P({class_name(bench, k)}) = ",
            Fraction(plain[k], _sum(plain)),
            " = ",
            first,
            tr(", too large to compute") if overflows else f" {sign} {result}",
        ),
        (tr("safe from overflow: "), Fraction(safe[k], _sum(safe)), " = ", second, f" {safe_sign} {result}"),
    )


def _sum(terms: list[str]) -> str:
    if len(terms) > MOST_WRITTEN:
        terms = [*terms[: MOST_WRITTEN - 2], "…", terms[-1]]
    return " + ".join(terms)
