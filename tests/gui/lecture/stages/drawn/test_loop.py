"""The drawn loop by real events: laps, the learning rate, inputs and weights, steps and running."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.number_style import slide_text
from gui.figures.drawn_text import drawn_texts
from gui.lecture.scene_player import ScenePlayer
from gui.lecture.stages.drawn.loop import LoopPicture
from tests.gui.drawings import picture, place_of, stage_of, texts
from tests.gui.stages import click, drag

SECOND_LOSS = 11


def second_lap(rate: float = 0.5, x1: float = 1.0) -> tuple[float, float]:
    """Return output and loss of the second lap from weights that are all 0."""
    x = np.array([x1, 0.5, 1.0])
    z = rate * 0.5 * x @ x
    return float(1 / (1 + np.exp(-z))), float(np.log1p(np.exp(-z)))


def test_the_learning_rate_is_dragged_and_the_second_lap_follows(
    play: Callable[[str, int], ScenePlayer],
) -> None:
    player = play("the-loop", SECOND_LOSS)
    stage, before = stage_of(player), picture(player)
    assert isinstance(stage.picture, LoopPicture)
    start = place_of(player, "0.5")
    assert stage.input.handle_at(start).name.startswith("learning rate")
    drag(stage, start, start + QPointF(10, 0), start + QPointF(22, 0))
    rate = stage.picture.laps.learning_rate
    assert rate > 0.5
    written = texts(player)
    assert [number for number in second_lap(rate) if slide_text(number) not in written] == []
    assert stage.undo_stack().count() == 1
    stage.undo_stack().undo()
    assert picture(player) == before


def test_an_input_and_a_weight_are_typed(play: Callable[[str, int], ScenePlayer]) -> None:
    player = play("the-loop", SECOND_LOSS)
    stage = stage_of(player)
    said: list[str] = []
    stage.told.connect(said.append)
    before = picture(player)
    click(stage, place_of(player, "1"))  # the target, of a class
    QTest.keyClicks(stage.input.field, "2")
    QTest.keyClick(stage.input.field, Qt.Key.Key_Return)
    assert "cross-entropy" in said[-1] and picture(player) == before
    click(stage, place_of(player, "1", 1))
    QTest.keyClicks(stage.input.field, "2")
    QTest.keyClick(stage.input.field, Qt.Key.Key_Return)
    written = texts(player)
    assert [number for number in second_lap(x1=2.0) if slide_text(number) not in written] == []
    player.go_build(2)
    QApplication.processEvents()
    click(stage, place_of(player, "0"))
    QTest.keyClicks(stage.input.field, "1.5")
    QTest.keyClick(stage.input.field, Qt.Key.Key_Return)
    assert slide_text(float(1 / (1 + np.exp(-1.5)))) in texts(player)


def test_stations_are_stepped_through_and_back(play: Callable[[str, int], ScenePlayer]) -> None:
    player = play("the-loop", SECOND_LOSS)
    stage, seen = stage_of(player), list[object]()
    for _ in range(9):
        player.step(ahead=False)
    stage.end_motion()
    for number in ("", "0.5", "0.6931", "−0.25", "0.125", "", "0.6370", "0.4509", "−0.3630"):
        seen.append(picture(player))
        player.step(ahead=True)
        stage.end_motion()
        written = texts(player)
        assert not number or any(number in text for text in written)
    for before in reversed(seen):  # to the empty ring
        player.step(ahead=False)
        stage.end_motion()
        assert picture(player) == before
    player.step(ahead=False)
    assert picture(player) == seen[0]


def test_nothing_overlaps_on_later_laps(play: Callable[[str, int], ScenePlayer]) -> None:
    player = play("the-loop", SECOND_LOSS)
    stage = stage_of(player)
    for _ in range(12):
        player.step(ahead=True)
        stage.end_motion()
        drawn = drawn_texts(stage)
        over = [(one.text, other.text) for one, other in combinations(drawn, 2) if one.overlaps(other)]
        assert over == []


def test_the_token_goes_round_until_it_is_stopped(
    play: Callable[[str, int], ScenePlayer], qtbot: QtBot
) -> None:
    player = play("the-loop", 3)
    with qtbot.waitSignal(player.running_changed):
        player.play()
    qtbot.waitUntil(lambda: "lap 2" in texts(player))
    with qtbot.waitSignal(player.running_changed):
        player.play()
    stage_of(player).end_motion()
    stopped = picture(player)
    player.next_build()  # goes on from its own station
    player.finish()
    assert "lap 1" in texts(player) and picture(player) != stopped


def test_weights_that_diverge_stop_the_token(play: Callable[[str, int], ScenePlayer]) -> None:
    player = play("the-loop", 2)
    stage = stage_of(player)
    click(stage, place_of(player, "0"))
    QTest.keyClicks(stage.input.field, "1e300")
    QTest.keyClick(stage.input.field, Qt.Key.Key_Return)
    for _ in range(8):
        player.step(ahead=True)
        stage.end_motion()
    assert texts(player)


@pytest.mark.parametrize("build", [4, 7])
def test_what_is_asked_is_nowhere_in_the_picture(play: Callable[[str, int], ScenePlayer], build: int) -> None:
    player = play("the-loop", build)
    answer = {4: "0.6931", 7: "0.25"}[build]
    assert answer not in texts(player)
    player.step(ahead=True)
    stage_of(player).end_motion()
    assert answer not in texts(player)
    player.next_build()
    player.finish()
    assert answer in texts(player)
