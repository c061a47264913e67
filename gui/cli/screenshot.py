"""Picture: a window on a design or on a scene, drawn without a display and saved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QMainWindow

from core.project.json_io import FileError
from gui.app.application import application, first_design
from gui.app.main_window import MainWindow
from gui.app.presentation_mode import SCALE
from gui.lecture.stages.network import NetworkStage
from gui.lecture.window import LectureWindow, open_lecture
from gui.session.player import Player
from gui.theme import theme
from gui.widgets.later import draw_all
from gui.widgets.picture_file import save_pixmap

MOST_SECONDS = 3600


@dataclass(frozen=True)
class ScreenshotOptions:
    """How a picture is taken: its size in pixels, the theme, iterations of training before, hall letters."""

    size: tuple[int, int]
    theme: str = "light"
    iterations: int = 0
    hall: bool = False


def save_picture(file: Path, out: str, shot: ScreenshotOptions, *, scene: bool) -> None:
    """Save a picture of the window on a design, or of the lecture's on a scene.

    Raises FileError for what cannot be read, trained or written.
    """
    application()
    grab = _of_scene if scene else _of_design
    with TemporaryDirectory() as folder:  # the user's own settings are neither read nor written
        settings = QSettings(str(Path(folder, "settings.ini")), QSettings.Format.IniFormat)
        picture = grab(settings, file, shot)
        settings.sync()
    save_pixmap(picture, out)


def _of_design(settings: QSettings, file: Path, shot: ScreenshotOptions) -> QPixmap:
    window = MainWindow(first_design(), settings)
    try:
        window.files.open(file)
        window.looks.show(theme.THEMES[shot.theme])
        if shot.hall:
            window.hall.show(window, True)
            window.setWindowState(Qt.WindowState.WindowNoState)  # of the size asked for, not the screen's
        window.show()
        window.resize(*shot.size)
        if shot.iterations:
            window.player.run(shot.iterations)
        window.player.settle(seconds=MOST_SECONDS)
        return _grabbed(window, shot)
    finally:
        window.player.close()


def _of_scene(settings: QSettings, file: Path, shot: ScreenshotOptions) -> QPixmap:
    shown = theme.THEMES[shot.theme]
    theme.apply(application(), shown, SCALE if shot.hall else 1.0)
    window = open_lecture(None, settings, shown)
    try:
        window.setWindowState(Qt.WindowState.WindowNoState)
        window.resize(*shot.size)
        window.open_scene(file)
        if shot.iterations:
            _train(window, shot.iterations)
        return _grabbed(window, shot)
    finally:
        window.close()


def _train(window: LectureWindow, iterations: int) -> None:
    """Train the scene's network for ``iterations`` updates. Raises FileError without one."""
    stage = window.theatre.stage
    if not isinstance(stage, NetworkStage):
        raise FileError("Only a scene with one network is trained: leave --iterations out.")
    stage.player.run(iterations)
    stage.player.settle(seconds=MOST_SECONDS)


def _grabbed(window: QMainWindow, shot: ScreenshotOptions) -> QPixmap:
    """Return the picture once all is drawn. Raises FileError for a size that is too small.

    A pixel of the picture is one of the window, however many of the screen Qt would take for it.
    """
    draw_all(window)
    for player in window.findChildren(Player):
        player.settle(seconds=MOST_SECONDS)
    draw_all(window)
    if (window.width(), window.height()) != shot.size:
        least = f"{window.width()}x{window.height()}"
        raise FileError(f"The window needs more room than that: ask for a --size of {least} or more.")
    picture = QPixmap(window.size())
    window.render(picture)
    return picture
