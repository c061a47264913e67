"""What is said about a gradient check: its passes, its times, and how far the two ways agree."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.gradient_check import GradientSteps
from core.network import Network
from core.pass_counts import by_backpropagation, by_differences
from gui.derivative_check import GOOD
from gui.parameter_rows import parameter_name
from gui.rough import duration, rough

MOST_NAMES = 3
Rows = tuple[tuple[str, str], tuple[str, str]]


def tr(text: str) -> str:
    """Return a text in the language of the window."""
    return QCoreApplication.translate("GradientCheck", text)


def counts_of(network: Network, steps: GradientSteps | None) -> tuple[int, int, int]:
    """Return the passes of backpropagation, those of the differences so far, and all they will take."""
    back, there = by_backpropagation(), by_differences(network)
    made = 0 if steps is None else steps.forward_passes
    extra = 0 if steps is None else steps.passes_beside_kinks
    return back.forward + back.backward, made, there.forward + extra


def rows_of(network: Network, steps: GradientSteps | None) -> Rows:
    """Return for both ways the number of passes, and what they are."""
    both, made, goal = counts_of(network, steps)
    back = by_backpropagation()
    one = tr("backpropagation: {forward} forward + {backward} backward")
    two = tr("differences: {made:,} of {all:,} forward passes")
    extra = goal - by_differences(network).forward
    if extra:
        two = tr("differences: {made:,} of {all:,}, {extra:,} again beside kinks")
    return (
        (f"{both}", one.format(forward=back.forward, backward=back.backward)),
        (f"{made:,}", two.format(made=made, all=goal, extra=extra)),
    )


def times_of(steps: GradientSteps | None) -> str:
    """Say how long both ways took."""
    if steps is None or not steps.done:
        return tr("Press Check: two forward passes for each parameter, one after another.")
    text = tr("{back} against {forward} so far: {ratio:.3g} times as long")
    if steps.finished:
        text = tr("{back} against {forward}: {ratio:.3g} times as long, on {samples:,} samples")
    return text.format(
        back=duration(steps.backward_seconds),
        forward=duration(steps.forward_seconds),
        ratio=steps.forward_seconds / steps.backward_seconds,
        samples=steps.samples,
    )


def verdict_of(network: Network, steps: GradientSteps | None) -> str:
    """Say whether both ways agree, and where they are farthest apart."""
    if steps is None or not steps.done:
        return tr("Without dropout and penalty, in double precision.")
    return " ".join(part for part in (_agreement(network, steps), _kinks(network, steps)) if part)


def _agreement(network: Network, steps: GradientSteps) -> str:
    if steps.worst is None:
        return ""
    error = float(steps.errors[steps.worst])
    text = tr("✗ They disagree: at {name} by {error}.")
    if error <= GOOD:
        text = tr("✓ They agree. Farthest apart: {name}, by {error}.")
    return text.format(name=parameter_name(network, steps.worst), error=rough(error))


def _kinks(network: Network, steps: GradientSteps) -> str:
    """Say where J has a kink, which is no error, and what backpropagation takes there."""
    if not steps.kinks:
        return ""
    names = ", ".join(parameter_name(network, k) for k in list(steps.kinks)[:MOST_NAMES])
    more = len(steps.kinks) - MOST_NAMES
    names += tr(" and {count} more").format(count=more) if more > 0 else ""
    text = tr("Kink at {names}: the derivatives from left and right differ; that is no error.")
    if steps.conventions:
        text = tr(
            "Kink at {names}: the derivatives from left and right differ; that is no error."
            " Backpropagation takes {convention} by convention."
        )
    return text.format(names=names, convention=", ".join(steps.conventions))
