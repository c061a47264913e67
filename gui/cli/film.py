"""The command `film`: a run, a pass or the builds of a scene as GIF, WebP or MP4, without a display."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QSettings, Qt

from core.language import tr
from core.lecture.view_ids import ViewId
from core.project.json_io import FileError
from gui.app.application import application, first_design
from gui.app.export.films import one_pass, timeline
from gui.app.main_window import MainWindow
from gui.cli.printing import log, say
from gui.cli.screenshot import MOST_SECONDS, VIEWED
from gui.figures.figure import figure_of
from gui.figures.film import Footage, check_film, save_film
from gui.lecture.scene_film import builds_of_scene
from gui.lecture.window import open_lecture
from gui.theme import theme
from gui.views.registry import DOCKS

ITERATIONS, PICTURES = 200, 60
RUN_RATE, PASS_RATE, SCENE_RATE = 10.0, 1.5, 0.4
FILMED = [view for view in VIEWED if view in DOCKS or view is ViewId.CANVAS]


@dataclass(frozen=True)
class FilmOptions:
    """The options of a film: size in pixels, theme, view ("": the window), frames per second (None: default).

    A design is trained for ``iterations``, of which ``pictures`` are taken; with ``one_pass``, the pass after
    them is filmed step by step instead.
    """

    size: tuple[int, int]
    theme: str = "light"
    view: str = ""
    iterations: int = ITERATIONS
    pictures: int = PICTURES
    one_pass: bool = False
    rate: float | None = None


def save_film_of(file: Path, out: str, options: FilmOptions, *, scene: bool) -> None:
    """Film a design or a scene. Raises FileError."""
    path = Path(out)
    check_film(path)
    if options.view and (scene or options.view not in FILMED):
        raise FileError(
            tr("A scene is filmed as a whole: leave --view out.")
            if scene
            else tr(
                "There is no view “{name}” to film: choose one of {known}.",
                name=options.view,
                known=", ".join(FILMED),
            )
        )
    application()
    with TemporaryDirectory() as folder:  # so that the user's own settings are neither read nor written
        settings = QSettings(str(Path(folder, "settings.ini")), QSettings.Format.IniFormat)
        (_of_scene if scene else _of_design)(settings, file, options, path)
        settings.sync()
    say(out)


def _of_design(settings: QSettings, file: Path, options: FilmOptions, path: Path) -> None:
    window = MainWindow(first_design(), settings)
    try:
        window.files.open(file)
        window.looks.show(theme.THEMES[options.theme])
        window.resize(*options.size)
        window.show()
        window.resize(*options.size)
        window.notice.over("welcome", "file")
        start = 0 if window.player.where is None else window.player.where.iteration
        if options.iterations:
            window.player.run(options.iterations)
        window.player.settle(seconds=MOST_SECONDS)
        where = window.player.where
        widget = figure_of(window.bring(ViewId(options.view))) if options.view else window
        last = start if where is None else where.newest
        if options.one_pass:
            _save(one_pass(window.player, window.time.seek, widget), path, options.rate or PASS_RATE)
        else:
            footage = timeline(window.player, window.time.seek, widget, start, last, options.pictures)
            _save(footage, path, options.rate or RUN_RATE)
    finally:
        window.player.close()


def _of_scene(settings: QSettings, file: Path, options: FilmOptions, path: Path) -> None:
    shown = theme.THEMES[options.theme]
    theme.apply(application(), shown)
    window = open_lecture(None, settings, shown)
    try:
        window.setWindowState(Qt.WindowState.WindowNoState)
        window.resize(*options.size)
        window.open_scene(file)
        _save(builds_of_scene(window, window.theatre), path, options.rate or SCENE_RATE)
    finally:
        window.close()


def _save(footage: Footage, path: Path, rate: float) -> None:
    def told(k: int) -> bool:
        if k % 10 == 0:
            log(tr("{k} of {count} pictures", k=k, count=footage.count))
        return True

    save_film(footage, path, rate, told)
