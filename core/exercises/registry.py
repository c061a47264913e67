"""Makes an exercise from a worked example of the lecture; the answers are computed by the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from ..lecture.scene import Scene
from ..lecture.subjects import ActivationBench, Expression, LossBench, Networks, OneWeight, SoftmaxBench
from ..lecture.view_ids import ViewId
from .formulas import of_activations, of_expression, of_one_weight
from .networks import of_networks
from .question import Exercise, NumberDraw
from .softmax_and_losses import of_losses, of_softmax


def exercise(scene: Scene, seed: int) -> Exercise | None:
    """Return the worked example of a scene with other numbers; None if it has none.

    The same seed gives the same numbers. They have at most one decimal, so they can be used by hand, and no
    answer is larger than some hundreds.
    """
    draw, subject = NumberDraw(seed), scene.subject
    if isinstance(subject, Networks):
        return of_networks(subject, scene.expected, draw)
    return _MAKERS[type(subject)](subject, draw)


_MAKERS: dict[type, Callable[[Any, NumberDraw], Exercise | None]] = {
    Expression: of_expression,
    OneWeight: of_one_weight,
    ActivationBench: of_activations,
    SoftmaxBench: of_softmax,
    LossBench: of_losses,
}


def scene_of(scene: Scene, made: Exercise) -> Scene:
    """Return the scene with an exercise's subject, without cards and expected numbers.

    The network of a drawing is shown on the canvas: its numbers may need other room.
    """
    look = made.look if made.look is not None else scene.look
    shown = replace(scene, subject=made.subject, look=look, surface=None, cards=(), builds=(), expected=())
    if scene.drawing is None:
        return shown
    network = isinstance(made.subject, Networks)
    return replace(
        shown, drawing=None, show=(ViewId.CANVAS, ViewId.INSPECTOR) if network else (ViewId.BENCH,)
    )
