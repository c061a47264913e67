"""Fixtures of the tests of drawn scenes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication

from gui.lecture.scene_player import ScenePlayer
from tests.gui.drawings import playing
from tests.gui.stages import scene_of


@pytest.fixture
def play(qapp: QApplication) -> Iterator[Callable[[str, int], ScenePlayer]]:
    """Return what plays a scene at a build, counted from 1."""
    open_players = []

    def begin(name: str, build: int) -> ScenePlayer:
        context = playing(scene_of(name))
        open_players.append(context)
        player = context.__enter__()
        for _ in range(build - 1):
            player.next_build()
        player.finish()
        QApplication.processEvents()
        return player

    yield begin
    for context in open_players:
        context.__exit__(None, None, None)
