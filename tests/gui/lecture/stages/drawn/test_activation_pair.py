"""The drawn pair of activations by real events: the start of the paths, the learning rate, a sample."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from core.number_style import value_text
from gui.lecture.scene_player import ScenePlayer
from gui.lecture.stages.drawn.activation_pair import ActivationPairPicture
from tests.gui.drawings import picture, place_of, stage_of, texts
from tests.gui.stages import click, drag

PATHS, DISTANCES = 9, 11
SAMPLES = np.array([(1.2, -0.9), (-0.7, 1.1), (1.0, 0.8), (-1.1, -0.9)])


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def distances(start: tuple[float, float] = (-1.0, 1.0), rate: float = 0.6) -> list[str]:
    """Return how far both networks are from the goal (1, −1) after 16 steps, as they are written."""
    found = []
    for g in (sigmoid, np.tanh):
        w, goal = np.array(start), np.array([1.0, -1.0])
        for k in range(16):
            a = g(SAMPLES[k % 4])
            w = w - rate * ((w - goal) @ a) * a
        found.append(value_text(round(float(np.linalg.norm(w - goal)), 4)))
    return found


def assert_written(player: ScenePlayer, wanted: list[str]) -> None:
    written = texts(player)
    assert [text for text in wanted if text not in written] == []


def pictured(player: ScenePlayer) -> ActivationPairPicture:
    picture = stage_of(player).picture
    assert isinstance(picture, ActivationPairPicture)
    return picture


def on_plane(player: ScenePlayer, side: int, w1: float, w2: float) -> QPointF:
    seen, fit = pictured(player).seen[side], stage_of(player).fit()
    place = seen.plane.on_board(np.array([w1, w2])) + QPointF(seen.shift, 0)
    return fit.origin + place * fit.scale


def test_the_first_weights_are_pulled_on_one_side_and_both_paths_follow(
    play: Callable[[str, int], ScenePlayer],
) -> None:
    player = play("activation-family", DISTANCES)
    stage, before = stage_of(player), picture(player)
    assert_written(player, distances())
    start = on_plane(player, 1, -1, 1)
    drag(stage, start, start + QPointF(8, 8), on_plane(player, 1, 0.5, 1.2))
    first = pictured(player).pair.sides[0].first_weights
    assert np.allclose(first, [0.5, 1.2], atol=0.02)
    assert_written(player, distances((float(first[0]), float(first[1]))))
    assert stage.undo_stack().count() == 1
    stage.undo_stack().undo()
    assert picture(player) == before
    stage.setFocus()
    QTest.keyClick(stage, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert_written(player, distances((-0.95, 1.0)))


def test_at_a_large_learning_rate_tanh_zigzags_too(play: Callable[[str, int], ScenePlayer]) -> None:
    player = play("activation-family", DISTANCES)
    stage = stage_of(player)
    click(stage, place_of(player, "0.6"))
    QTest.keyClicks(stage.input.field, "1.6")
    QTest.keyClick(stage.input.field, Qt.Key.Key_Return)
    assert texts(player).count("1.6") == 2
    assert_written(player, distances(rate=1.6))
    path = pictured(player).pair.sides[1].path(16)
    turns = np.sign(np.diff(path[:6, 0]))
    assert {1.0, -1.0} <= set(turns.tolist())


def test_a_sample_is_dragged_and_its_outputs_follow_on_both_sides(
    play: Callable[[str, int], ScenePlayer],
) -> None:
    player = play("activation-family", 2)
    stage = stage_of(player)
    start = place_of(player, "1.2", 1)  # in the network at the right
    drag(stage, start, start + QPointF(-20, 0), start + QPointF(-44, 0))
    x1 = float(pictured(player).pair.sides[0].x[0, 0])
    assert x1 < 1.2
    written = texts(player)
    for g in (sigmoid, np.tanh):
        assert value_text(float(g(np.array(x1))), count=2) in written
    assert written.count(f"z = {value_text(x1)}") == 2


def test_the_path_grows_while_it_is_shown(play: Callable[[str, int], ScenePlayer]) -> None:
    player = play("activation-family", PATHS - 1)
    player.next_build()
    assert pictured(player).arrived("paths") < 1
    player.finish()
    assert pictured(player).arrived("paths") == 1
