"""The command `picture`: saves a picture of a window or of one view, without a display."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QMainWindow, QWidget

from core.export.tikz import network_tikz
from core.language import tr
from core.lecture.view_ids import ViewId
from core.project.json_io import FileError
from gui.app.application import application, first_design
from gui.app.export.exports import neuron_places
from gui.app.main_window import MainWindow
from gui.canvas.editor_view import CanvasView
from gui.figures.figure import AS_SHOWN, FigureStyle, drawing, figure_of, pdf_of, save_figure, write_figure
from gui.graph_lab.canvas import GraphCanvas
from gui.graph_lab.computational_graph import ComputationalGraphView
from gui.lecture.stages.network import NetworkStage
from gui.lecture.window import LectureWindow, open_lecture
from gui.qt.later import draw_all
from gui.session.player import Player
from gui.theme import theme
from gui.views.registry import DOCKS, VIEWS
from gui.widgets.files import save_pixmap

MOST_SECONDS = 3600
VIEWED = (
    ViewId.CANVAS,
    ViewId.COMPUTATIONAL_GRAPH,
    *(view for view, position in DOCKS.items() if not position.section),
)
"""The views of a design that can be rendered alone."""
TEX, DRAWN_FOR_LATEX = ".tex", (ViewId.CANVAS, ViewId.COMPUTATIONAL_GRAPH)
"""The file name suffix of drawings for LaTeX, and the views that can be saved as one."""


@dataclass(frozen=True)
class ScreenshotOptions:
    """The options of a picture: size in pixels, theme, iterations trained before, font size.

    ``build`` is the number of the build of a scene, from 1; 0: the last one; None: all, each on a page of a
    PDF. ``view`` is the name of the view that is rendered; empty: the whole window. ``style`` is
    that of a figure.
    """

    size: tuple[int, int]
    theme: str = "light"
    iterations: int = 0
    hall: bool = False
    build: int | None = 1
    view: str = ""
    style: FigureStyle = AS_SHOWN


def save_picture(file: Path, out: str, shot: ScreenshotOptions, *, scene: bool) -> None:
    """Save a picture of the main window with a design, or of the lecture window with a scene.

    Raises FileError if something cannot be read, trained or written.
    """
    if shot.view and (scene or shot.view not in VIEWED):
        known = ", ".join(VIEWED)
        raise FileError(
            tr("A scene is pictured as a whole: leave --view out.")
            if scene
            else tr(
                "There is no view “{name}” to picture: choose one of {known}.", name=shot.view, known=known
            )
        )
    if Path(out).suffix.lower() == TEX and shot.view not in DRAWN_FOR_LATEX:
        raise FileError(
            tr(
                "“{name}” was not saved: for LaTeX, add {views}.",
                name=Path(out).name,
                views=" / ".join(f"--view {view}" for view in DRAWN_FOR_LATEX),
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
            window.setWindowState(Qt.WindowState.WindowNoState)  # of the requested size, not the screen's
        window.resize(*shot.size)  # its panels are laid out for its first size
        window.show()
        window.resize(*shot.size)
        if shot.iterations:
            window.player.run(shot.iterations)
        window.player.settle(seconds=MOST_SECONDS)
        shown = _view(window, ViewId(shot.view), shot) if shot.view else window
        _save(window, shown, shot, out)
    finally:
        window.player.close()


def _view(window: MainWindow, name: ViewId, shot: ScreenshotOptions) -> QWidget:
    """Return a view of the window's design, prepared for rendering."""
    if name in DOCKS or name is ViewId.CANVAS:
        return figure_of(window.bring(name))
    view = VIEWS[name].make()  # it has no dock
    view.setParent(window, Qt.WindowType.Window)
    view.resize(*shot.size)
    window.panels.listeners.add(view)
    view.show()
    snapshot = window.player.snapshot
    if isinstance(view, ComputationalGraphView) and snapshot is not None:
        view.show_snapshot(snapshot)
        view.lab.backward_pass()
    return figure_of(view)


def _of_scene(settings: QSettings, file: Path, shot: ScreenshotOptions, out: str) -> None:
    shown = theme.THEMES[shot.theme]
    theme.apply(application(), shown, theme.hall_scale(shot.size[1]) if shot.hall else 1.0)
    window = open_lecture(None, settings, shown)
    try:
        window.setWindowState(Qt.WindowState.WindowNoState)
        window.resize(*shot.size)
        window.open_scene(file)
        if shot.build is None:
            _save_builds(window, shot, out)
            return
        _go_build(window, shot.build)
        if shot.iterations:
            _train(window, shot.iterations)
        _save(window, window, shot, out)
    finally:
        window.close()


def _save_builds(window: LectureWindow, shot: ScreenshotOptions, out: str) -> None:
    """Save every build of a scene as a page of a PDF. Raises FileError."""
    if Path(out).suffix.lower() != ".pdf":
        raise FileError(tr("All builds of a scene are pages of one file: its name must end in .pdf."))
    pages = []
    for number in range(1, window.theatre.builds + 1):
        _go_build(window, number)
        _draw(window, shot)
        pages.append(drawing(window.theatre, shot.style))
    write_figure(Path(out), pdf_of(pages, _title(window), shot.style))


def _go_build(window: LectureWindow, number: int) -> None:
    """Go to a build of the scene, and complete its training. Raises FileError if it does not exist."""
    player = window.theatre
    if not player.go_build((number or player.builds) - 1):
        raise FileError(f"The scene has {player.builds} builds: ask for one of them with --build.")
    player.finish()


def _train(window: LectureWindow, iterations: int) -> None:
    """Train the scene's network for ``iterations`` updates. Raises FileError if it has none."""
    stage = window.theatre.stage
    if not isinstance(stage, NetworkStage):
        raise FileError("Only a scene with one network is trained: leave --iterations out.")
    stage.player.run(iterations)
    stage.player.settle(seconds=MOST_SECONDS)


def _save(window: QMainWindow, shown: QWidget, shot: ScreenshotOptions, out: str) -> None:
    """Save a picture of a window or a part of it after everything is drawn.

    One pixel of the bitmap is one logical pixel of the window, whatever the device pixel ratio of the screen.
    Raises FileError if the size is too small.
    """
    _draw(window, shot)
    if Path(out).suffix.lower() == TEX:
        write_figure(Path(out), _tikz(window, shown).encode())
        return
    if shown is not window or Path(out).suffix.lower() in (".svg", ".pdf"):
        save_figure(shown, Path(out), _title(window), shot.style)
        return
    picture = QPixmap(window.size())
    window.render(picture)
    save_pixmap(picture, out)


def _tikz(window: QMainWindow, shown: QWidget) -> str:
    """Return the canvas or the graph of a design's window as a drawing for LaTeX."""
    if isinstance(shown, GraphCanvas):
        return shown.tikz()
    assert isinstance(window, MainWindow) and isinstance(shown, CanvasView)
    snapshot = window.player.snapshot
    if snapshot is None:
        raise FileError(window.document.problems[0].why)
    return network_tikz(snapshot, neuron_places(shown))


def _title(window: QMainWindow) -> str:
    return window.windowTitle().replace("[*]", "")


def _draw(window: QMainWindow, shot: ScreenshotOptions) -> None:
    """Draw the whole window. Raises FileError if the size is too small."""
    draw_all(window)
    for player in window.findChildren(Player):
        player.settle(seconds=MOST_SECONDS)
    draw_all(window)
    if (window.width(), window.height()) != shot.size:
        least = f"{window.width()}x{window.height()}"
        raise FileError(f"The window needs more room than that: ask for a --size of {least} or more.")
