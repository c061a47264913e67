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
from core.project.journal import JournalFile, WorkState, left_behind
from gui.app.data_files import is_table
from gui.app.fault_report import FaultHandler
from gui.app.installation import version
from gui.app.main_window import MainWindow
from gui.app.translator import CatalogueTranslator
from gui.theme import theme

FIRST = "xor"


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
    presentation mode at once. Work kept when a window ended abruptly is offered above the canvas.
    """
    app = application()
    window = open_window()
    QTimer.singleShot(0, partial(offer_kept_work, window))
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


def open_window() -> MainWindow:
    """Show another main window, whose work is kept in a journal, and which tells of faults from now on."""
    window = MainWindow(first_design(), QSettings())
    journal = window.keep_journal(journal_folder())
    faults = FaultHandler(window, window.notice, window.action_log, journal.write_now)
    faults.interrupted.connect(window.close)
    faults.install()
    window.take_place()
    window.show()
    return window


def journal_folder() -> Path:
    """Return the folder of the journals, among what the user's programs keep of their state."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.StateLocation)) / "journals"


def offer_kept_work(window: MainWindow) -> None:
    """Offer what was worked on when a window ended abruptly, if there is anything."""
    journals = left_behind(journal_folder())
    if journals:
        from gui.app.recovery import RecoveryOffer  # noqa: PLC0415  (late: most starts need none)

        offer = RecoveryOffer(journals, window.looks.theme)
        window.add_above(offer)
        offer.accepted.connect(partial(recover, window))


def recover(window: MainWindow, journal: JournalFile, state: WorkState) -> None:
    """Open kept work in a window, or in another one if this one holds work that is not saved."""
    if window.files.unsaved_work() is not None:
        window = open_window()
    if window.journal is not None:
        window.journal.adopt(journal)
    window.files.recover(state)


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
