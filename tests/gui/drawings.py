"""Drawn scenes for tests: played in a window, and read as an audience reads them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QPointF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.lecture.scene import Scene
from gui.figures.drawn_text import drawn_texts
from gui.lecture.scene_player import ScenePlayer
from gui.lecture.stages.drawn.stage import DrawnStage
from gui.theme import theme
from tests.conftest import MINUTE


@contextmanager
def playing(scene: Scene, size: tuple[int, int] = (1280, 680)) -> Iterator[ScenePlayer]:
    player = ScenePlayer()
    try:
        player.put_on(scene)
        player.show_theme(theme.LIGHT)
        player.resize(*size)
        player.show()
        assert QTest.qWaitForWindowExposed(player, MINUTE)
        QApplication.processEvents()
        yield player
    finally:
        player.close_stage()
        player.close()
        player.deleteLater()


def stage_of(player: ScenePlayer) -> DrawnStage:
    assert isinstance(player.stage, DrawnStage)
    return player.stage


def texts(player: ScenePlayer) -> list[str]:
    return [drawn.text for drawn in drawn_texts(stage_of(player))]


def picture(player: ScenePlayer) -> list[tuple[str, float, float]]:
    """Return all that is written, with its place."""
    drawn = drawn_texts(stage_of(player))
    return [(one.text, round(one.place.x(), 2), round(one.place.y(), 2)) for one in drawn]


def place_of(player: ScenePlayer, text: str, which: int = 0) -> QPointF:
    return [one.place.center() for one in drawn_texts(stage_of(player)) if one.text == text][which]
