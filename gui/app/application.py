"""Starts the application: the main window and, if requested, the lecture window."""

from __future__ import annotations

import gc
import sys
import traceback
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QSettings, QStandardPaths, QTimer
from PySide6.QtWidgets import QApplication

from core.nn.design import Design
from core.project import files
from gui.app.data_files import is_table
from gui.app.main_window import MainWindow
from gui.app.translator import CatalogueTranslator
from gui.theme import theme

FIRST = "xor"
RECOVERED = "recovered.glassnet"


def application() -> QApplication:
    """Return the QApplication, with its name and style set."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    app.setOrganizationName("Glassnet")
    app.setApplicationName("Glassnet")
    app.setApplicationDisplayName("Glassnet")
    if app.findChild(CatalogueTranslator) is None:
        app.installTranslator(CatalogueTranslator(app))
    if not app.styleSheet():
        theme.apply(app, theme.LIGHT)  # before any window: Qt sizes menu bars by their first font
    return app


def first_design() -> Design:
    """Return the design that a new window shows."""
    return files.read(files.find(FIRST)).design


def run(file: Path | None = None, *, lecture: bool = False, hall: bool = False, link: str = "") -> int:
    """Open the main window, with a design file or a link if one is given, and run until it is closed.

    ``lecture`` opens the lecture as well, at a scene file or where it was left; ``hall`` shows the lecture in
    presentation mode at once.
    """
    app = application()
    window = MainWindow(first_design(), QSettings())
    sys.excepthook = Rescue(window)
    window.take_place()
    window.show()
    gc.freeze()  # the garbage collector need not traverse objects that live as long as the window
    if lecture:
        QTimer.singleShot(0, lambda: give_lecture(window, file, hall=hall))
    elif link:
        QTimer.singleShot(0, lambda: window.files.open_link(link))
    elif file is None:
        window.welcome()
    else:
        QTimer.singleShot(0, lambda: open_named(window, str(file)))
    return app.exec()


def give_lecture(window: MainWindow, scene: Path | None, *, hall: bool) -> None:
    """Open the lecture at a scene file, or where it was left; in presentation mode if ``hall`` is set."""
    if scene is None:
        window.lecture_launcher.begin(hall=hall)
    else:
        window.lecture_launcher.show_if_scene(scene, hall=hall)


def open_named(window: MainWindow, name: str) -> None:
    """Open a file, or an example by its name; show an error message in the window if that fails.

    A table is shown as it is understood, to be opened.
    """
    if is_table(Path(name)):
        window.data_files.read(Path(name))
        return
    try:
        path = files.find(name)
    except files.FileError as error:
        window.notice.tell("error", str(error), "file")
        return
    window.files.open(path)


class Rescue:
    """Handles an unexpected exception: saves the user's work and shows a sentence about it in the window."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._window.close()
            return
        traceback.print_exception(kind, error, trace)
        window = self._window
        folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation))
        path = folder / RECOVERED
        try:
            folder.mkdir(parents=True, exist_ok=True)
            files.write(path, files.DesignFile(window.document.design))
        except (files.FileError, OSError) as failed:
            lost = window.tr(
                "Something went wrong inside Glassnet ({error}), and the design was not kept: {why}"
            )
            window.notice.tell("error", lost.format(error=error, why=failed), "fault")
            return
        kept = window.tr("Something went wrong inside Glassnet ({error}). Your design is kept in {path}.")
        window.notice.tell("error", kept.format(error=error, path=path), "fault")
