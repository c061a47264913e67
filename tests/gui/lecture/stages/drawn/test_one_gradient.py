"""The drawing of one gradient by real events: another edge is chosen, numbers are typed, all follows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.nn.passes import evaluate
from core.number_style import value_text
from gui.lecture.scene_player import ScenePlayer
from gui.lecture.stages.drawn.board import between
from gui.lecture.stages.drawn.one_gradient import NET, OneGradientPicture
from tests.gui.drawings import place_of, stage_of, texts
from tests.gui.stages import click

EDGE, ALL, LAST = 6, 7, 9


def on_edge(player: ScenePlayer, source: int, neuron: int) -> QPointF:
    """Return a point of an edge into the hidden layer, beside its weight, in the stage."""
    stage = stage_of(player)
    fit = stage.fit()
    return fit.origin + between(NET.neuron(0, source, 2), NET.neuron(1, neuron, 2), 0.75) * fit.scale


def slopes(picture: OneGradientPicture, h: float = 1e-6) -> np.ndarray:
    """Return the slope of J by every parameter."""
    sample = picture.sample

    def J(theta: np.ndarray) -> float:
        return float(evaluate(sample.network, theta, sample.x[:, None], sample.y[:, None]).J)

    steps = h * np.eye(sample.theta.size)
    found = [(J(sample.theta + one) - J(sample.theta - one)) / (2 * h) for one in steps]
    return np.round(found, 6)


@pytest.mark.parametrize("edge", [(0, 0), (1, 0), (1, 1)], ids=str)
def test_a_click_chooses_the_edge_whose_gradient_is_followed(
    play: Callable[[str, int], ScenePlayer], edge: tuple[int, int]
) -> None:
    player = play("through-a-network", EDGE)
    source, neuron = edge
    click(stage_of(player), on_edge(player, source, neuron))
    stage_of(player).end_motion()
    picture = stage_of(player).picture
    assert isinstance(picture, OneGradientPicture)
    written = texts(player)
    name = rf"W_{{{source + 1}{neuron + 1}}}^{{[1]}}"
    assert any(text.startswith(rf"\frac{{\partial J}}{{\partial {name}}}") for text in written)
    assert value_text(float(slopes(picture)[2 * source + neuron])) in written
    for _ in range(LAST - EDGE):
        player.next_build()
    weight = picture.sample.theta[2 * source + neuron]
    after = weight - 0.1 * slopes(picture)[2 * source + neuron]
    assert value_text(float(after)) in texts(player)


def test_numbers_are_typed_and_every_gradient_follows(play: Callable[[str, int], ScenePlayer]) -> None:
    player = play("through-a-network", EDGE)
    stage = stage_of(player)
    click(stage, place_of(player, "−2"))
    QTest.keyClicks(stage.input.field, "3")
    QTest.keyClick(stage.input.field, Qt.Key.Key_Return)
    QApplication.processEvents()
    player.next_build()
    player.finish()
    picture = stage.picture
    assert isinstance(picture, OneGradientPicture)
    written = texts(player)
    weights = [0, 1, 2, 3, 6, 7]  # in theta, with the biases between
    missing = [k for k in weights if value_text(float(slopes(picture)[k])) not in written]
    assert missing == []
