"""Makes an exercise from a worked example of the lecture; the answers are computed by the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from ..lecture.expected import AnyQuantity, Expected
from ..lecture.formula_quantities import ActivationNumber
from ..lecture.network_quantities import CollapseNumber, GradientRatio, JacobianNumber, PositionNumber
from ..lecture.scene import Scene
from ..lecture.subjects import ActivationBench, Expression, LossBench, Networks, OneWeight, SoftmaxBench
from ..lecture.view_ids import BARS, ViewId
from ..nn.activations import ACTIVATIONS
from ..nn.design import Design
from .counts import of_collapse, of_epochs, of_parameters, of_shapes
from .formulas import of_activations, of_expression, of_one_weight
from .networks import design_of, of_networks
from .question import Exercise, NumberDraw
from .softmax_and_losses import of_losses, of_softmax

RUNNING = ("updates_per_epoch", "last_batch")
"""Counts that identify a scene on epochs and batches."""
PARABOLA = OneWeight(x=2.0, y=8.0, w=1.0, learning_rate=0.05)
"""The parabola for trying learning rates by hand, with other numbers on every sheet."""
MOST_CURVES = 8


def exercise(scene: Scene, seed: int) -> Exercise | None:
    """Return the worked example of a scene with other numbers; None if it has none.

    The same seed gives the same numbers. They have at most one decimal, so they can be used by hand, and no
    answer is larger than some hundreds.
    """
    draw, subject = NumberDraw(seed), scene.subject
    if isinstance(subject, Networks):
        return _of_networks(subject, scene.expected, draw)
    return _MAKERS[type(subject)](subject, draw)


def _of_networks(subject: Networks, expected: tuple[Expected, ...], draw: NumberDraw) -> Exercise | None:
    """Return an exercise on the topic of a scene with networks, which its expected numbers determine."""
    quantities = [one.quantity for one in expected]
    design = design_of(subject.networks[0])
    rates = {design_of(start).training.learning_rate for start in subject.networks}
    if any(isinstance(one, PositionNumber) or getattr(one, "what", "") in RUNNING for one in quantities):
        return of_epochs(design, draw)
    if any(isinstance(one, CollapseNumber) for one in quantities):
        return of_collapse(design, draw)
    if len(rates) > 1:
        return of_one_weight(PARABOLA, draw)
    small = of_networks(subject, expected, draw)
    return small or _of_large_networks(subject, quantities, design, draw)


def _of_large_networks(
    subject: Networks, quantities: list[AnyQuantity], design: Design, draw: NumberDraw
) -> Exercise | None:
    """Return an exercise on networks too large to compute by hand: on shapes, derivatives or parameters."""
    if any(isinstance(one, JacobianNumber) for one in quantities):
        return of_shapes(design, draw)
    curves = [one.activation for one in quantities if isinstance(one, ActivationNumber)]
    if not curves and not any(isinstance(one, GradientRatio) for one in quantities):
        return of_parameters(design, draw)
    hidden = [layer.activation for start in subject.networks for layer in design_of(start).dense]
    names = dict.fromkeys(name for name in (*curves, *hidden) if isinstance(name, str))
    plotted = tuple(name for name in names if not ACTIVATIONS[name].layerwide)
    return of_activations(ActivationBench(plotted[:MOST_CURVES]), draw)


_MAKERS: dict[type, Callable[[Any, NumberDraw], Exercise | None]] = {
    Expression: of_expression,
    OneWeight: of_one_weight,
    ActivationBench: of_activations,
    SoftmaxBench: of_softmax,
    LossBench: of_losses,
}


def scene_of(scene: Scene, made: Exercise) -> Scene:
    """Return the scene with an exercise's subject, without cards and expected numbers.

    The network of a drawing is shown on the canvas, since its numbers may need other space.
    """
    look = made.look if made.look is not None else scene.look
    shown = [view for view in scene.show if view is not ViewId.LOSS_SURFACE]
    network = isinstance(made.subject, Networks)
    if not network and (scene.drawing is not None or type(made.subject) is not type(scene.subject)):
        shown, look = [ViewId.BENCH], None
    elif network and scene.drawing is not None:
        shown = [ViewId.CANVAS, ViewId.INSPECTOR]
    elif set(shown) <= {*BARS}:
        shown = [ViewId.CANVAS, *shown]
    return replace(
        scene,
        subject=made.subject,
        drawing=None,
        show=tuple(shown),
        look=look,
        surface=None,
        phase="start",
        cards=(),
        builds=(),
        expected=(),
    )
