"""Drawn stages by real events: what each build draws, at any size; what is dragged or typed, and undone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QAbstractAnimation, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QProxyStyle, QStyle

from core.lecture.builds import builds_of
from core.lecture.drawings import DRAWINGS
from core.lecture.scene import read_scene, scene_files
from core.number_style import HIDDEN, value_text
from gui.app.application import application
from gui.lecture.inspection import faults_of
from gui.lecture.scene_player import ScenePlayer
from gui.theme import theme
from tests.gui.drawings import picture, place_of, playing, stage_of, texts
from tests.gui.stages import click, drag
from tests.sampling import spread

DRAWN = {scene.name: scene for scene in map(read_scene, scene_files()) if scene.drawing is not None}
SIZES = ((1280, 720), (1024, 768), (1920, 1080), (3840, 2160))
ABOVE_AND_BELOW = 170
"""Lines of 1080 that the footer of the window takes from a scene; the player has the sentence itself."""


def sigmoid(z: float) -> float:
    return 1 / (1 + float(np.exp(-z)))


NUMBERS = {
    ("notation", 1): ([], ["0.8", "?"]),
    ("notation", 5): (["0.8", "0.5", "1.5", "−2", "0.6", HIDDEN], ["+1.2", "0.690"]),
    ("notation", 6): (["0.6", "+1.2", "−1", "0.8"], [HIDDEN, "0.690"]),
    ("notation", 7): (["0.690", "0.5", "0.8", "−0.3", "−0.1", "−0.4"], [HIDDEN, "0.622"]),
    ("notation", 8): (["0.622", "0.690", "0.426", "0.5", "0.8", "−0.3"], ["0.594"]),
    ("notation", 9): (["0.594"], [HIDDEN]),
    ("one-expression", 1): (["2", "0.5", "−1", "1"], [HIDDEN]),
    ("one-expression", 3): ([HIDDEN, "0.25", "−2"], ["0.562"]),
    ("one-expression", 4): (["0.25", "0.562"], [HIDDEN]),
    ("vectorized", 2): (["2", "−5", HIDDEN], ["0.25"]),
    ("vectorized", 5): (["0.25", "0.32", "−0.25", "0.08", "0.125", "−0.16", HIDDEN], ["−0.8"]),
    ("vectorized", 6): (["1", "2", "−1", "0.5", "0.25", "0.16", "0", HIDDEN], ["−0.8"]),
    ("vectorized", 7): (["0.5", "−0.8", HIDDEN], ["−1.1"]),
    ("vectorized", 8): (["−1.1", "−0.9", "1.05", "−0.8"], [HIDDEN]),
    ("vectorized", 9): (["0.25", "−0.4", "0.75", "−1.2", "1", "−1.6", "1.5"], [HIDDEN]),
    ("the-loop", 1): (["1", "0.5", "0"], [HIDDEN, "lap 1"]),
    ("the-loop", 3): (["lap 1", "0.5"], [HIDDEN, "0.6931"]),
    ("the-loop", 4): ([HIDDEN], ["0.6931"]),
    ("the-loop", 6): (["0.6931", "−0.5", "−0.25"], ["0.25", "0.125"]),
    ("the-loop", 8): (["0.25", "0.125", "was 0"], ["−0.25", "0.6370"]),
    ("the-loop", 10): (["lap 2", "0.6370", "was 0.5", "0.6931"], ["0.4509"]),
    ("the-loop", 11): (["0.4509", "was 0.6931", "0.6370", "0.25", "0.125"], [HIDDEN]),
    ("the-loop", 12): (["lap 20", "loss of each lap"], ["was 0"]),
    ("k-classes", 1): ([], ["1.5"]),
    ("k-classes", 2): (["1.5", "0.8", "−0.5"], ["4.4817"]),
    ("k-classes", 3): (["4.4817", "2.2255", "0.6065", "sum 7.3138", "−0.5"], ["sum 1"]),
    ("k-classes", 4): (["7.3138", "1", "sum 1"], ["0.6128"]),
    ("k-classes", 5): (["0.6128", "0.3043", HIDDEN], ["0.0829"]),
    ("k-classes", 6): (["0.6128", "0.3043", "0.0829"], [HIDDEN, "gap"]),
    ("k-classes", 7): (["gap", "target"], ["0.4898"]),
    ("k-classes", 9): (["0.4898", r"-\ln 0.6128\;="], ["{-}0.3872"]),
    ("k-classes", 10): (["{-}0.3872", "0.3043", "0.0829", "0.4898"], [HIDDEN]),
    ("activation-family", 1): (["sigmoid", "tanh"], ["0.77"]),
    ("activation-family", 2): (["0.77", "0.29", "0.83", "−0.72", "z = 1.2", "z = −0.9"], ["0.25"]),
    ("activation-family", 3): (["1", HIDDEN], ["0.25"]),
    ("activation-family", 4): (["1", "0.25"], [HIDDEN, "0.178"]),
    ("activation-family", 5): (["0.178", "0.206", "0.305", "0.487"], ["−0.959"]),
    ("activation-family", 6): (["−0.959", "−3.10", "−0.737", "−0.277", "−2.58", "+2.22"], ["16 steps"]),
    ("activation-family", 7): (["same sign", "signs differ"], ["16 steps"]),
    ("activation-family", 9): (["16 steps", "0.6", "same sign", "signs differ"], ["to the goal"]),
    ("activation-family", 10): (["0.0004", HIDDEN], ["1.55"]),
    ("activation-family", 11): (["1.55", "0.0004"], [HIDDEN]),
    ("activation-family", 12): (["ReLU", "LeakyReLU", "1", "0", "0.01"], ["tanh", "to the goal"]),
    ("activation-family", 13): (["ELU", "GELU", "0.407", "1.12"], ["ReLU"]),
}
"""By scene and build what stands in the picture, and what does not yet."""


@pytest.mark.parametrize("name", sorted({name for name, _build in NUMBERS}))
def test_each_build_draws_its_numbers_and_going_back_restores_the_picture(
    play: Callable[[str, int], ScenePlayer], name: str
) -> None:
    player, seen = play(name, 1), []
    for k in range(player.builds):
        there, absent = NUMBERS.get((name, k + 1), ([], []))
        written = texts(player)
        assert [text for text in there if text not in written] == []
        assert [text for text in absent if text in written] == []
        seen.append(picture(player))
        player.next_build()
        player.finish()
    for k in reversed(range(player.builds - 1)):
        player.previous_build()
        assert picture(player) == seen[k], k + 1


def test_every_step_of_a_drawing_is_shown_by_a_scene() -> None:
    shown = {
        (scene.drawing, build.draw) for scene in DRAWN.values() for build in builds_of(scene) if build.draw
    }
    assert shown == {(name, step) for name, drawing in DRAWINGS.items() for step in drawing.steps}


@pytest.mark.parametrize("size", spread(SIZES, 2), ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", sorted(DRAWN))
def test_all_of_a_drawing_can_be_read_at_any_size(
    qapp: QApplication, name: str, size: tuple[int, int]
) -> None:
    width, height = size
    theme.apply(application(), theme.LIGHT, theme.hall_scale(height))
    try:
        with playing(DRAWN[name], (width, height - ABOVE_AND_BELOW * height // 2160)) as player:
            for k in range(player.builds):
                player.go_build(k)
                player.finish()
                QApplication.processEvents()
                assert list(faults_of(player, height)) == [], k + 1
    finally:
        theme.apply(application(), theme.LIGHT)


def test_a_weight_is_dragged_and_the_neuron_follows(play: Callable[[str, int], ScenePlayer]) -> None:
    player = play("notation", 7)
    stage, before = stage_of(player), picture(player)
    start = place_of(player, "1.5")
    drag(stage, start, start + QPointF(20, 0), start + QPointF(61, 0))
    z = 0.6 + 2.5 * 0.8 - 2 * 0.5
    written = texts(player)
    assert "2.5" in written and "1.5" not in written and "+2" in written
    assert value_text(z) in written and value_text(sigmoid(z)) in written
    player.next_build()
    player.finish()
    assert value_text(sigmoid(z)) in texts(player)  # it stays in the next build
    assert stage.undo_stack().count() == 1
    stage.undo_stack().undo()
    assert "0.690" in texts(player)
    stage.undo_stack().redo()
    player.previous_build()
    assert picture(player) == before


def test_an_input_is_typed_and_what_is_no_number_is_refused(
    play: Callable[[str, int], ScenePlayer],
) -> None:
    player = play("notation", 7)
    stage = stage_of(player)
    said: list[str] = []
    stage.told.connect(said.append)
    click(stage, place_of(player, "0.8"))
    assert (
        stage.input.field.isVisible() and stage.input.field.hasFocus() and stage.input.field.text() == "0.8"
    )
    QTest.keyClicks(stage.input.field, "3x")
    QTest.keyClick(stage.input.field, Qt.Key.Key_Return)
    assert stage.input.field.isVisible() and "number" in said[-1]
    QTest.keyClicks(stage.input.field, "-0.4")
    QTest.keyClick(stage.input.field, Qt.Key.Key_Return)
    assert not stage.input.field.isVisible() and stage.hasFocus()
    z = 0.6 - 1.5 * 0.4 - 2 * 0.5
    assert value_text(z) in texts(player) and value_text(sigmoid(z)) in texts(player)
    click(stage, place_of(player, "0.6"))
    QTest.keyClicks(stage.input.field, "7")
    QTest.keyClick(stage.input.field, Qt.Key.Key_Escape)
    assert "7" not in texts(player) and stage.undo_stack().count() == 1


def test_numbers_are_chosen_and_changed_by_keys_and_wheel(
    play: Callable[[str, int], ScenePlayer],
) -> None:
    player = play("notation", 6)
    stage = stage_of(player)
    stage.setFocus()
    QTest.keyClick(stage, Qt.Key.Key_Tab)
    QTest.keyClick(stage, Qt.Key.Key_Up)
    QTest.keyClick(stage, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert "1.61" in texts(player)
    QTest.keyClick(stage, Qt.Key.Key_Return)
    assert stage.input.field.isVisible() and stage.input.field.text() == "1.61"
    QTest.keyClick(stage.input.field, Qt.Key.Key_Escape)
    bias = place_of(player, "0.6")
    notch = QWheelEvent(
        bias, stage.mapToGlobal(bias), QPointF(0, 0).toPoint(), QPointF(0, -120).toPoint(),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(stage, notch)
    assert value_text(0.5 + 1.61 * 0.8 - 1) in texts(player)


def test_what_arrives_from_the_right_is_dragged_and_stays_when_a_weight_is(
    play: Callable[[str, int], ScenePlayer],
) -> None:
    player = play("vectorized", 9)
    stage = stage_of(player)
    W, x, b = (
        np.array([[1, 2], [-1, 0.5], [0.5, -1]]),
        np.array([0.5, 1.5, 2]),
        np.array([0, np.log(4) + 0.25]),
    )
    upstream = np.array([2.0, -5.0])

    def assert_drawn() -> None:
        a = np.array([sigmoid(z) for z in x @ W + b])
        delta = a * (1 - a) * upstream
        written = texts(player)
        for numbers in (W, upstream, a * (1 - a), delta, W @ delta, np.outer(x, delta)):
            assert [value for value in numbers.ravel() if value_text(value) not in written] == []

    assert_drawn()
    start = place_of(player, "−5")
    drag(stage, start, start + QPointF(-30, 0), start + QPointF(-60, 0))
    upstream[1] = -6
    assert_drawn()
    click(stage, place_of(player, "2"))  # the weight from input 1 to output 2
    assert stage.input.field.isVisible()
    QTest.keyClicks(stage.input.field, "0.5")
    QTest.keyClick(stage.input.field, Qt.Key.Key_Return)
    W[0, 1] = 0.5
    assert_drawn()
    stage.undo_stack().undo()
    stage.undo_stack().undo()
    W[0, 1], upstream[1] = 2, -5
    assert_drawn()


class StillStyle(QProxyStyle):
    """A desktop that wants nothing to move."""

    def styleHint(self, hint, *rest):  # type: ignore[no-untyped-def]
        if hint == QStyle.StyleHint.SH_Widget_Animation_Duration:
            return 0
        return super().styleHint(hint, *rest)


@pytest.fixture
def still_style(qapp: QApplication) -> StillStyle:
    """Return the style, which outlives the stages it is set on: asked for before ``play``."""
    return StillStyle()


def moves(player: ScenePlayer) -> bool:
    motions = stage_of(player).findChildren(QAbstractAnimation)
    return any(motion.state() == QAbstractAnimation.State.Running for motion in motions)


def test_the_motion_of_a_build_ends_in_the_same_picture(
    still_style: StillStyle, play: Callable[[str, int], ScenePlayer]
) -> None:
    player = play("notation", 5)
    player.next_build()
    assert moves(player)
    flying = picture(player)
    player.finish()
    assert not moves(player)
    landed = picture(player)
    assert {text for text, _x, _y in flying} == {text for text, _x, _y in landed}
    player.previous_build()
    stage_of(player).setStyle(still_style)
    player.next_build()
    assert not moves(player)
    assert picture(player) == landed
