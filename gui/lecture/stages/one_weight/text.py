"""What a learning rate does to one weight, in sentences."""

from __future__ import annotations

from math import isfinite

from PySide6.QtCore import QCoreApplication

from core.lecture.demos import DescentStep, Fate, Kind, OneWeightLoss
from gui.widgets.number_format import MINUS, MOST_FIXED, four, typed

FIXED = 1e5  # beyond it no decimals are of interest


def tr(text: str) -> str:
    """Return a text in the language of the window."""
    return QCoreApplication.translate("OneWeight", text)


def number(value: float) -> str:
    """Return a computed number in at most four decimals and seven figures; larger ones as −1.683×10⁶."""
    size = abs(value)
    if not size < FIXED:
        return four(value) if not isfinite(value) or size >= MOST_FIXED else four(value).partition(".")[0]
    if size < 100:
        return typed(value) if round(value, 4) or not value else four(value)
    decimals = 3 if size < 1e3 else 2 if size < 1e4 else 1
    return f"{value:.{decimals}f}".rstrip("0").rstrip(".").replace("-", MINUS)


def fate(found: Fate, rate: str) -> str:
    """Return what a learning rate, as it is written, leads to."""
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
    return sentences[found.kind].format(rate=rate, factor=typed(abs(found.factor)))


def arrived(step: DescentStep, t: int) -> str:
    """Return that the ball is at the minimum."""
    text = tr("Arrived at t = {t}: w = {w}, and the gradient is 0 to four decimals.")
    return text.format(t=t, w=four(step.w))


def flown(step: DescentStep, t: int, loss: OneWeightLoss) -> str:
    """Return that the ball has left for good."""
    text = tr("It has flown away: w = {w} and L = {loss} at t = {t}. Take η below {bound}.")
    return text.format(t=t, w=number(step.w), loss=number(step.loss), bound=typed(loss.oscillation))


def moved(step: DescentStep, t: int) -> str:
    """Return where a step led to."""
    one, more = tr("After 1 step w = {w} and L = {loss}."), tr("After {t} steps w = {w} and L = {loss}.")
    return (one if t == 1 else more).format(t=t, w=number(step.w), loss=number(step.loss))


def minimum(loss: OneWeightLoss, x: float, y: float) -> str:
    """Return the minimum as y / x and as a number."""
    if not loss.curvature:
        return ""
    quotient = f"{typed(y)}/{typed(x)}" if x >= 0 else f"{typed(y)}/({typed(x)})"
    return tr("minimum {quotient} = {number}").format(quotient=quotient, number=typed(loss.minimum))


def update(step: DescentStep, rate: str, *, veil: str = "") -> str:
    """Return the step as a formula in numbers, in rich text; ``veil`` stands for what is computed."""
    slope = veil or (f"({number(step.slope)})" if step.slope < 0 else number(step.slope))
    result = veil or number(step.next)
    return f"<i>w</i> ← {number(step.w)} − {rate} · {slope} = <b>{result}</b>"
