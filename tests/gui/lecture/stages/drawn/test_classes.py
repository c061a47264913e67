"""The drawn classes by real events: the point is pulled, and all that follows from it moves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from core.number_style import slide_text
from gui.figures.drawn_text import drawn_texts
from gui.lecture.scene_player import ScenePlayer
from gui.lecture.stages.drawn.classes import ClassesPicture
from gui.lecture.stages.drawn.stage import DrawnStage
from tests.gui.drawings import picture, stage_of, texts
from tests.gui.stages import drag

LAST = 10
W = np.array([[-0.21, 2.604], [2.436, -1.47], [-2.436, -1.47]])
B = np.array([1.05564, 0.49466, 0.36394])


def on_plane(stage: DrawnStage, x1: float, x2: float) -> QPointF:
    plane = stage.fit().on_widget(stage.picture._plane)
    return plane.center() + QPointF(x1 * plane.width() / 2, -x2 * plane.height() / 2)


def assert_follows(player: ScenePlayer, stage: DrawnStage) -> None:
    """Check every number of the picture against those of the point, computed here."""
    z = W @ np.array(stage.picture.found.point) + B
    shares = np.exp(z) / np.exp(z).sum()
    written = texts(player)
    gradient = [slide_text(slope).replace("−", "{-}") for slope in (shares - [1, 0, 0]).tolist()]
    wanted = [slide_text(power) for power in np.exp(z).tolist()]
    wanted += [f"sum {slide_text(float(np.exp(z).sum()))}", *gradient, slide_text(float(-np.log(shares[0])))]
    assert [text for text in wanted if text not in written] == []


@pytest.mark.parametrize("goal", [(-0.5, -0.5), (0.0, 0.9), (-3.0, 0.4)], ids=["red", "blue", "beyond"])
def test_the_point_is_pulled_and_everything_follows(
    play: Callable[[str, int], ScenePlayer], goal: tuple[float, float]
) -> None:
    player = play("k-classes", LAST)
    stage, before = stage_of(player), picture(player)
    assert isinstance(stage.picture, ClassesPicture)
    assert_follows(player, stage)
    start = on_plane(stage, 0.24, 0.19)
    end = on_plane(stage, *goal)
    drag(stage, start, start + QPointF(5, 5), end)
    assert np.allclose(stage.picture.found.point, np.clip(goal, -1, 1), atol=0.02)
    assert_follows(player, stage)
    drawn = drawn_texts(stage)
    assert not [one.text for one in drawn for other in drawn if one is not other and one.overlaps(other)]
    assert stage.undo_stack().count() == 1
    stage.undo_stack().undo()
    assert picture(player) == before


def test_arrow_keys_move_the_point(play: Callable[[str, int], ScenePlayer]) -> None:
    player = play("k-classes", LAST)
    stage = stage_of(player)
    assert isinstance(stage.picture, ClassesPicture)
    stage.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        QTest.keyClick(stage, key, Qt.KeyboardModifier.ShiftModifier)
    assert stage.picture.found.point.tolist() == pytest.approx([0.34, 0.14])
    assert_follows(player, stage)


def test_the_heights_of_the_bars_do_not_change_when_they_pile_up(
    play: Callable[[str, int], ScenePlayer],
) -> None:
    stage = stage_of(play("k-classes", 4))
    assert isinstance(stage.picture, ClassesPicture)
    pile, found = stage.picture._parts(), stage.picture.found
    heights = np.array([pile[k].height() for k in range(3)])
    assert heights == pytest.approx(heights.sum() * found.powers / found.total)
    order = sorted(pile, key=lambda k: -pile[k].bottom())
    assert order[0] == found.truth
