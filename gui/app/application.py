"""Starts the application: the main window and, if requested, the lecture window."""

from __future__ import annotations

import gc
import sys
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths, QTimer
from PySide6.QtWidgets import QApplication

from core.nn.design import Design
from core.project import files
from gui.app.data_files import is_table
from gui.app.fault_report import FaultHandler
from gui.app.installation import version
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
    app.setApplicationVersion(version())
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
    faults = FaultHandler(window, window.notice, window.action_log, partial(keep_work, window))
    faults.interrupted.connect(window.close)
    faults.install()
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


def keep_work(window: MainWindow) -> str:
    """Store the design of a window; return a sentence if that fails, else ""."""
    folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files.write(folder / RECOVERED, files.DesignFile(window.document.design))
    except (files.FileError, OSError) as failed:
        return window.tr("Your design could not be kept: {why}").format(why=failed)
    return ""
