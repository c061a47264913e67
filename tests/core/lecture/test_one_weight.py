"""Gradient descent on one weight, compared with hand calculations and the scene's expected numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.lecture.demos import ARRIVED, MOST_STEPS, Descent, OneWeightLoss
from core.lecture.expected import found
from core.lecture.scene import find_scene, read_scene


def test_the_steps_of_the_lecture() -> None:
    descent = Descent(3, 10, 2, 0.1)
    for _ in range(4):
        descent.ahead()
    assert [step.w for step in descent.way] == pytest.approx([2, 4.4, 2.48, 4.016, 2.7872], abs=1e-12)
    assert [step.loss for step in descent.way[:2]] == pytest.approx([16, 10.24])
    assert [step.slope for step in descent.way[:2]] == pytest.approx([-24, 19.2])
    assert [step.move for step in descent.way[:2]] == pytest.approx([2.4, -1.92])
    assert all(step.next == after.w for step, after in zip(descent.way, descent.way[1:], strict=False))


def test_the_numbers_are_those_the_scene_expects() -> None:
    scene = read_scene(find_scene("one-weight"))
    computed = {one.expected.name: one.computed for one in found(scene.subject, scene.expected)}
    loss, step = OneWeightLoss(3, 10), OneWeightLoss(3, 10).step(2, 0.1)
    assert step.slope == computed["gradient at w = 2"]
    assert step.next == computed["w after 1 step"]
    assert loss.minimum == pytest.approx(computed["the minimum"], abs=1e-15)
    assert loss.one_step == pytest.approx(computed["η that needs one step"], abs=1e-15)
    assert loss.oscillation == pytest.approx(computed["η that swings for ever"], abs=1e-15)


@pytest.mark.parametrize(
    ("rate", "kind", "factor"),
    [
        (0.0, "stays", 1.0),
        (0.01, "one_side", 0.82),
        (1 / 18, "one_step", 0.0),
        (0.1, "swings_in", -0.8),
        (1 / 9, "swings", -1.0),
        (0.12, "flies", -1.16),
    ],
)
def test_what_a_learning_rate_leads_to_is_what_the_steps_do(rate: float, kind: str, factor: float) -> None:
    fate = OneWeightLoss(3, 10).fate(rate)
    assert (fate.kind, fate.factor) == (kind, pytest.approx(factor, abs=1e-12))
    descent = Descent(3, 10, 2, rate)
    descent.ahead()
    away = [step.w - descent.loss.minimum for step in descent.way]
    assert away[1] == pytest.approx(factor * away[0], abs=1e-12)


def test_the_loss_is_computed_for_many_w_at_once() -> None:
    w = np.linspace(-2, 8, 11)
    assert OneWeightLoss(3, 10).at(w) == pytest.approx((10 - 3 * w) ** 2)


def test_without_x_nothing_moves() -> None:
    descent = Descent(0, 10, 2, 0.1)
    assert descent.loss.fate(0.1).kind == "flat"
    assert math.isnan(descent.loss.minimum)
    descent.ahead()
    assert [step.w for step in descent.way] == [2, 2]
    assert descent.ends


def test_a_run_ends_at_the_minimum() -> None:
    descent = Descent(3, 10, 2, 0.1)
    while not descent.ends:
        descent.ahead()
    assert descent.arrived
    assert abs(descent.now.slope) < ARRIVED
    assert descent.now.w == pytest.approx(10 / 3, abs=1e-5)


@pytest.mark.parametrize("rate", [0.12, 10.0, 1e300])
def test_a_run_ends_where_it_has_flown_away_and_never_in_an_error(rate: float) -> None:
    descent = Descent(3, 10, 2, rate)
    while not descent.ends:
        descent.ahead()
    assert descent.flown
    t = descent.t
    descent.ahead()
    assert descent.t == t <= MOST_STEPS


def test_back_takes_the_last_step_back_and_another_rate_goes_on_from_here() -> None:
    descent = Descent(3, 10, 2, 0.1)
    descent.ahead()
    descent.take_rate(1 / 18)
    assert descent.now.w == pytest.approx(4.4)
    assert descent.now.next == pytest.approx(10 / 3)
    descent.back()
    assert (descent.t, descent.now.w) == (0, 2)
    assert descent.now.next == pytest.approx(10 / 3)
    descent.back()
    assert descent.t == 0
