"""Sentences on the effect of a learning rate on one weight."""

from __future__ import annotations

from collections.abc import Collection

from core.derivation.expressions import Difference, Leaf, Product, worked_digits
from core.language import tr
from core.lecture.demos import DescentStep, Fate, Kind, OneWeightLoss
from core.number_style import HIDDEN, fine_text, slide_digits, slide_text, value_text

MOST_DIGITS = 6  # of a number in the table, beyond which decimals are of no interest


def number(value: float, least: int = 0) -> str:
    """Return a computed number with four decimals, fewer if it is large, in at least ``least`` digits."""
    return value_text(value, count=max(least, _digits(value)))


def _digits(value: float) -> int:
    return min(slide_digits(value), MOST_DIGITS)


def fate(found: Fate, rate: str) -> str:
    """Return a sentence on the outcome of a learning rate, given as its text."""
    sentences: dict[Kind, str] = {
        "flat": tr("With x = 0 the loss does not depend on w: the gradient is 0 and no step moves."),
        "stays": tr("η = {rate}: no step moves."),
        "one_step": tr("η = {rate}: one step goes straight to the minimum."),
        "one_side": tr("η = {rate}: it arrives from one side; each step leaves {factor} of the distance."),
        "swings_in": tr(
            "η = {rate}: it overshoots, swings and arrives; each step leaves {factor} of the distance, "
            "on the other side."
        ),
        "swings": tr("η = {rate}: each step lands just as far on the other side: it swings for ever."),
        "flies": tr("η = {rate}: each step lands {factor} times as far on the other side: it flies away."),
    }
    return sentences[found.kind].format(rate=rate, factor=slide_text(abs(found.factor)))


def arrived(step: DescentStep, t: int) -> str:
    """Return a sentence that the ball is at the minimum."""
    text = tr("Arrived at t = {t}: w = {w}, and the gradient is 0 to four decimals.")
    return text.format(t=t, w=number(step.w))


def flown(step: DescentStep, t: int, loss: OneWeightLoss) -> str:
    """Return a sentence that the ball has diverged."""
    text = tr("It has flown away: w = {w} and L = {loss} at t = {t}. Take η below {bound}.")
    return text.format(t=t, w=number(step.w), loss=number(step.loss), bound=slide_text(loss.oscillation))


def moved(step: DescentStep, t: int) -> str:
    """Return a sentence on the w that a step led to."""
    one, more = tr("After 1 step w = {w} and L = {loss}."), tr("After {t} steps w = {w} and L = {loss}.")
    return (one if t == 1 else more).format(t=t, w=number(step.w), loss=number(step.loss))


def minimum(loss: OneWeightLoss, x: float, y: float) -> str:
    """Return the minimum as y / x and as a number."""
    if not loss.curvature:
        return ""
    quotient = f"{fine_text(y)}/{fine_text(x)}" if x >= 0 else f"{fine_text(y)}/({fine_text(x)})"
    return tr("minimum {quotient} = {number}").format(quotient=quotient, number=slide_text(loss.minimum))


def update(step: DescentStep, rate: str, hidden: Collection[str] = ()) -> str:
    """Return the step as a formula in numbers, in rich text, without those ``hidden``: "slope", "next"."""
    w, slope = Leaf(step.w), Leaf(step.slope)
    line = Difference(w, Product((Leaf(step.rate, exact=True), slope)))
    digits = worked_digits(line, step.next, _digits(step.next))
    slope_text = number(step.slope, digits.numbers)
    if step.slope < 0:
        slope_text = f"({slope_text})"
    if "slope" in hidden:
        slope_text = HIDDEN
    result = HIDDEN if "next" in hidden else number(step.next)
    sign = "=" if digits.holds or result == HIDDEN else "≈"
    w_text = number(step.w, digits.numbers)
    return f"<i>w</i> ← {w_text} − {rate} · {slope_text} {sign} <b>{result}</b>"
