"""The drawing of what a gradient costs, by real events: every parameter is shaken, and both ways agree."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.lecture.subjects import made
from core.nn.passes import evaluate
from core.number_style import slide_text
from gui.lecture.scene_player import ScenePlayer
from gui.lecture.stages.drawn.gradient_cost import GradientCostPicture
from tests.gui.drawings import place_of, stage_of, texts
from tests.gui.stages import click

SHAKEN, SWEPT = 6, 8


def shaken(picture: GradientCostPicture, h: float = 1e-5) -> list[float]:
    """Return the slope of J by every parameter, each moved to both sides by itself."""
    one = made(picture.sample.start)
    samples = one.dataset.train
    x, y = one.dataset.x[:, samples], one.dataset.targets(1)[:, samples]

    def J(theta: np.ndarray) -> float:
        return float(evaluate(one.network, theta, x, y).J)

    steps = h * np.eye(one.theta.size)
    return [(J(one.theta + step) - J(one.theta - step)) / (2 * h) for step in steps]


def test_every_parameter_is_shaken_and_one_sweep_finds_the_same(
    play: Callable[[str, int], ScenePlayer],
) -> None:
    player = play("why-linear-cost", SWEPT)
    picture = stage_of(player).picture
    assert isinstance(picture, GradientCostPicture)
    written = texts(player)
    for slope in shaken(picture):
        assert written.count(slide_text(slope)) >= 2, slope
    assert {"18", "2"} <= set(written)


def test_a_weight_is_typed_and_both_columns_follow(play: Callable[[str, int], ScenePlayer]) -> None:
    player = play("why-linear-cost", SWEPT)
    stage = stage_of(player)
    click(stage, place_of(player, "0.373"))
    QTest.keyClicks(stage.input.field, "-2")
    QTest.keyClick(stage.input.field, Qt.Key.Key_Return)
    QApplication.processEvents()
    picture = stage.picture
    assert isinstance(picture, GradientCostPicture)
    written = texts(player)
    assert "−2" in written
    for slope in shaken(picture):
        assert written.count(slide_text(slope)) >= 2, slope


def test_the_count_rises_while_weights_are_shaken(play: Callable[[str, int], ScenePlayer]) -> None:
    player = play("why-linear-cost", SHAKEN)
    stage, seen = stage_of(player), []
    for progress in (0.0, 0.3, 0.5, 0.7, 1.0):
        stage.picture.progress = progress
        stage.repaint()
        written = texts(player)
        seen.append(next(int(text) for text in written if text.isdigit() and int(text) >= 2))
    assert seen == sorted(set(seen)) and (seen[0], seen[-1]) == (2, 18)
