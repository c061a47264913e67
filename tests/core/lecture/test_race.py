"""The race of two lines: fitted lines, steps back, and moved points."""

import numpy as np
import pytest
from msgspec.structs import replace

from core.lecture.evaluator import SceneEvaluator
from core.lecture.loss_race import LineRace
from core.lecture.scene import find_scene, read_scene
from core.lecture.subjects import LossBench
from core.nn.trainer import Diverged


@pytest.fixture(scope="module")
def bench() -> LossBench:
    subject = read_scene(find_scene("mse-against-mae")).subject
    assert isinstance(subject, LossBench)
    return subject


@pytest.fixture
def race(bench: LossBench) -> LineRace:
    assert bench.race is not None
    return LineRace(bench.losses, bench.race)


def test_in_small_slices_the_lines_are_those_fitted_in_one_go(race: LineRace, bench: LossBench) -> None:
    for _ in range(25):
        race.advance(8)
    assert race.iteration == 200
    for loss, line in zip(bench.losses, race.lines, strict=True):
        np.testing.assert_array_equal(line, SceneEvaluator(bench).raced(loss, 200))


def test_a_line_follows_the_gradient_of_its_loss_by_hand(race: LineRace) -> None:
    x, y = np.array(race.race.x), np.array(race.race.y)
    w = b = 0.0
    for _ in range(30):
        e = w * x + b - y
        w, b = w - 0.01 * 2 * (e * x).mean(), b - 0.01 * 2 * e.mean()
    race.advance(30)
    np.testing.assert_allclose(race.lines[0], (w, b), rtol=1e-12)
    assert race.scores[0] == pytest.approx(np.square(w * x + b - y).mean())
    assert race.scores[1] == pytest.approx(np.abs(race.lines[1][0] * x + race.lines[1][1] - y).mean())


def test_back_takes_single_updates_back_and_at_the_start_nothing(race: LineRace) -> None:
    seen = [race.lines]
    for _ in range(5):
        race.advance(1)
        seen.append(race.lines)
    for lines in reversed(seen[:-1]):
        assert race.back()
        np.testing.assert_array_equal(race.lines, lines)
    assert not race.back()
    assert race.iteration == 0


def test_a_point_moved_changes_where_the_lines_go_and_back_undoes_it(race: LineRace) -> None:
    race.advance(40)
    lines = race.lines
    race.move(4, 0.9, 2.0)
    race.move(4, 1.0, 1.0)
    np.testing.assert_array_equal(race.lines, lines)
    assert race.iteration == 40
    race.advance(4000)
    np.testing.assert_allclose(race.lines, [(1, 0), (1, 0)], atol=0.02)


def test_back_beyond_a_move_brings_the_point_back(race: LineRace) -> None:
    race.advance(3)
    race.move(4, 1.0, -2.0)
    race.advance(1)
    race.back()
    assert (race.iteration, race.race.y[4]) == (3, -2.0)
    race.back()
    assert (race.iteration, race.race.y[4]) == (2, 4.0)
    fresh = LineRace(race.losses, race.race)
    fresh.advance(2)
    np.testing.assert_array_equal(race.lines, fresh.lines)


def test_lines_that_diverge_stand_in_step_before_it(bench: LossBench) -> None:
    assert bench.race is not None
    race = LineRace(bench.losses, replace(bench.race, learning_rate=10.0))
    with pytest.raises(Diverged):
        race.advance(100_000)
    assert np.isfinite(race.lines).all()
    stopped = race.iteration
    other = LineRace(bench.losses, replace(bench.race, learning_rate=10.0))
    other.advance(stopped)
    np.testing.assert_array_equal(race.lines, other.lines)
