"""The command `picture`: saves a picture of a window or of one view, without a display."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QMainWindow, QWidget

from core.language import tr
from core.lecture.view_ids import ViewId
from core.project.json_io import FileError
from gui.actions.export_table import FIGURES
from gui.app.application import application, first_design
from gui.app.main_window import MainWindow
from gui.lecture.stages.network import NetworkStage
from gui.lecture.window import LectureWindow, open_lecture
from gui.session.player import Player
from gui.theme import theme
from gui.widgets.figure import figure_of, save_figure
from gui.widgets.files import save_pixmap
from gui.widgets.later import draw_all

MOST_SECONDS = 3600


@dataclass(frozen=True)
class ScreenshotOptions:
    """The options of a picture: size in pixels, theme, iterations trained before, size of the letters.

    ``build`` is the number of the build of a scene, from 1; 0: the last one. ``view`` is the name of the view
    of a design that is pictured; empty: the whole window.
    """

    size: tuple[int, int]
    theme: str = "light"
    iterations: int = 0
    hall: bool = False
    build: int = 1
    view: str = ""


def save_picture(file: Path, out: str, shot: ScreenshotOptions, *, scene: bool) -> None:
    """Save a picture of the main window with a design, or of the lecture window with a scene.

    Raises FileError if something cannot be read, trained or written.
    """
    if shot.view and (scene or shot.view not in FIGURES):
        known = ", ".join(FIGURES)
        raise FileError(
            tr("A scene is pictured as a whole: leave --view out.")
            if scene
            else tr(
                "There is no view “{name}” to picture: choose one of {known}.", name=shot.view, known=known
            )
        )
    application()
    save = _of_scene if scene else _of_design
    with TemporaryDirectory() as folder:  # so that the user's own settings are neither read nor written
        settings = QSettings(str(Path(folder, "settings.ini")), QSettings.Format.IniFormat)
        save(settings, file, shot, out)
        settings.sync()


def _of_design(settings: QSettings, file: Path, shot: ScreenshotOptions, out: str) -> None:
    window = MainWindow(first_design(), settings)
    try:
        window.files.open(file)
        window.looks.show(theme.THEMES[shot.theme])
        if shot.hall:
            window.hall.show(window, True)
            window.setWindowState(Qt.WindowState.WindowNoState)  # of the size asked for, not the screen's
        window.resize(*shot.size)  # its panels are laid out for the size it is first shown in
        window.show()
        window.resize(*shot.size)
        if shot.iterations:
            window.player.run(shot.iterations)
        window.player.settle(seconds=MOST_SECONDS)
        shown = figure_of(window.bring(ViewId(shot.view))) if shot.view else window
        _save(window, shown, shot, out)
    finally:
        window.player.close()


def _of_scene(settings: QSettings, file: Path, shot: ScreenshotOptions, out: str) -> None:
    shown = theme.THEMES[shot.theme]
    theme.apply(application(), shown, theme.hall_scale(shot.size[1]) if shot.hall else 1.0)
    window = open_lecture(None, settings, shown)
    try:
        window.setWindowState(Qt.WindowState.WindowNoState)
        window.resize(*shot.size)
        window.open_scene(file)
        _go_build(window, shot.build)
        if shot.iterations:
            _train(window, shot.iterations)
        _save(window, window, shot, out)
    finally:
        window.close()


def _go_build(window: LectureWindow, number: int) -> None:
    """Go to a build of the scene, all that it runs done. Raises FileError if there is none."""
    player = window.theatre
    if not player.go_build((number or player.builds) - 1):
        raise FileError(f"The scene has {player.builds} builds: ask for one of them with --build.")
    player.finish()


def _train(window: LectureWindow, iterations: int) -> None:
    """Train the scene's network for ``iterations`` updates. Raises FileError without one."""
    stage = window.theatre.stage
    if not isinstance(stage, NetworkStage):
        raise FileError("Only a scene with one network is trained: leave --iterations out.")
    stage.player.run(iterations)
    stage.player.settle(seconds=MOST_SECONDS)


def _save(window: QMainWindow, shown: QWidget, shot: ScreenshotOptions, out: str) -> None:
    """Save a picture of a window or a part of it once everything is drawn.

    One pixel of a bitmap of the window is one of the window, whatever the device pixel ratio of the screen.
    Raises FileError if the size is too small.
    """
    draw_all(window)
    for player in window.findChildren(Player):
        player.settle(seconds=MOST_SECONDS)
    draw_all(window)
    if (window.width(), window.height()) != shot.size:
        least = f"{window.width()}x{window.height()}"
        raise FileError(f"The window needs more room than that: ask for a --size of {least} or more.")
    if shown is not window or Path(out).suffix.lower() in (".svg", ".pdf"):
        save_figure(shown, Path(out), window.windowTitle().replace("[*]", ""))
        return
    picture = QPixmap(window.size())
    window.render(picture)
    save_pixmap(picture, out)
