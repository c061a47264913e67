"""Exercises: a worked example of the lecture with fresh numbers, the answers computed by the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from .exercise_benches import of_losses, of_softmax
from .exercise_draws import Draw
from .exercise_formulas import of_activations, of_expression, of_one_weight
from .exercise_networks import of_networks
from .exercise_parts import Exercise
from .lecture import Scene
from .subjects import ActivationBench, Expression, LossBench, Networks, OneWeight, SoftmaxBench


def exercise(scene: Scene, seed: int) -> Exercise | None:
    """Return the worked example of a scene with other numbers; None where it has none.

    The same seed gives the same numbers. They have at most one decimal, so that they can be worked
    with by hand, and no answer is larger than some hundreds.
    """
    draw, subject = Draw(seed), scene.subject
    if isinstance(subject, Networks):
        return of_networks(subject, scene.expected, draw)
    return _MAKERS[type(subject)](subject, draw)


_MAKERS: dict[type, Callable[[Any, Draw], Exercise | None]] = {
    Expression: of_expression,
    OneWeight: of_one_weight,
    ActivationBench: of_activations,
    SoftmaxBench: of_softmax,
    LossBench: of_losses,
}


def scene_of(scene: Scene, made: Exercise) -> Scene:
    """Return the scene on an exercise's subject: without cards, and without numbers that are not its own."""
    look = made.look if made.look is not None else scene.look
    return replace(scene, subject=made.subject, look=look, surface=None, cards=(), expected=())
