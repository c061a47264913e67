"""The builds of a scene as a film."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtWidgets import QWidget

from core.language import tr
from gui.figures.film import Footage
from gui.figures.film_dialog import FilmDialog
from gui.lecture.scene_player import ScenePlayer
from gui.qt.later import draw_all
from gui.session.player import Player

SECONDS = 2.5  # seconds for which a build is shown


def builds_of_scene(window: QWidget, player: ScenePlayer) -> Footage:
    """Return the film of all builds of the scene that is played; it then returns to the present build."""

    def moments() -> Iterator[int]:
        before = 0 if player.state is None else player.state.number
        try:
            for number in range(player.builds):
                player.go_build(number)
                player.finish()
                draw_all(window)
                for runner in player.findChildren(Player):
                    runner.settle()
                draw_all(window)
                yield number
        finally:
            player.go_build(before)

    return Footage(player, moments, player.builds)


def scene_film_dialog(window: QWidget, player: ScenePlayer) -> FilmDialog:
    """Return the dialog of a film of a scene's builds."""
    title = "" if player.scene is None else player.scene.title
    offered = {tr("The builds of the scene"): (lambda: builds_of_scene(window, player), 1 / SECONDS)}
    return FilmDialog(window, title, offered)
