"""Starts the application: the main window and, if requested, the lecture window."""

from __future__ import annotations

import gc
import importlib.util
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QLocale, QObject, QSettings, QStandardPaths, Qt, QTimer
from PySide6.QtGui import QFileOpenEvent, QFontDatabase, QFontMetrics, QIcon
from PySide6.QtWidgets import QApplication

from core.language import in_use
from core.nn.design import Design
from core.project import files
from core.project.journal import JournalFile, WorkState, left_behind
from gui.app.data_files import is_table
from gui.app.fault_report import FaultHandler
from gui.app.installation import version
from gui.app.main_window import MainWindow
from gui.app.single_instance import InstanceServer, OpenRequest, hand_over
from gui.app.translator import CatalogueTranslator
from gui.layout.placement import to_front
from gui.qt.drawable import guarded_overrides
from gui.theme import theme

if TYPE_CHECKING:
    from core.lecture.window_journals import KeptWork

FIRST = "xor"
WITHOUT_CLIPBOARD = ("offscreen", "minimal")
"""Platforms where the program keeps what is copied until it has ended; elsewhere the desktop takes it."""


def application() -> QApplication:
    """Return the QApplication, with its name and style set."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    app.setOrganizationName("Glassnet")
    app.setApplicationName("Glassnet")
    app.setApplicationDisplayName("Glassnet")
    app.setDesktopFileName("glassnet")
    app.setWindowIcon(QIcon(str(theme.ICONS / "glassnet.svg")))
    app.setApplicationVersion(version())
    if app.findChild(CatalogueTranslator) is None:
        app.installTranslator(CatalogueTranslator(app))
    if not QFontMetrics(app.font()).inFontUcs4(ord("A")):
        _bring_font()
    if not app.styleSheet():
        theme.apply(app, theme.LIGHT)  # before any window: Qt sizes menu bars by their first font
    return app


def _bring_font() -> None:
    """Let text be written on a system without any font, with the one that comes with the formulas."""
    spec = importlib.util.find_spec("ziafont")
    for folder in (spec.submodule_search_locations if spec else None) or ():
        for font in Path(folder, "fonts").glob("*.ttf"):
            QFontDatabase.addApplicationFont(str(font))


def first_design() -> Design:
    """Return the design that a new window shows."""
    return files.read(files.find(FIRST)).design


def run(request: OpenRequest | None = None, *, new_instance: bool = False, reverse: bool = False) -> int:
    """Open the main window with what was requested, and run until it is closed.

    A program that runs already opens it instead, unless ``new_instance`` is set. Work recovered after a
    crash is offered above the canvas. The layout is from right to left if the language in use is, or if
    ``reverse`` is set.
    """
    request = request or OpenRequest()
    app, from_right = application(), Qt.LayoutDirection.RightToLeft
    if reverse or QLocale(in_use()).textDirection() == from_right:
        app.setLayoutDirection(from_right)
    if not new_instance and hand_over(request):
        return 0
    window = open_window()
    QTimer.singleShot(0, partial(offer_kept_work, window))
    gc.freeze()  # the garbage collector need not traverse objects that live as long as the window
    if request == OpenRequest():
        window.welcome()
    else:
        QTimer.singleShot(0, partial(show_request, window, request, open_file=partial(open_named, window)))
    server = InstanceServer(app)
    server.requested.connect(serve)
    if not new_instance:
        server.listen()
    if sys.platform == "darwin":  # on other systems the desktop passes the file on the command line
        app.installEventFilter(FileOpener(server))
    try:
        return app.exec()
    finally:
        end(app)


def end(app: QApplication) -> None:
    """Destroy the main windows with all that belongs to them, and what was copied.

    Otherwise Python would destroy their parts in any order, a menu of a plot before the plot, and Qt what was
    copied after Python, which made it, has ended. Both may end the process by a crash.
    """
    gc.disable()  # a collection while Qt destroys an object may destroy another one
    FaultHandler.uninstall()
    for window in [one for one in app.topLevelWidgets() if isinstance(one, MainWindow)]:
        window.deleteLater()
        QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete.value)
    if app.platformName() in WITHOUT_CLIPBOARD:
        app.clipboard().clear()


def present_window() -> MainWindow:
    """Return the main window used last, or another one that is open."""
    found = (one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow) and one.isVisible())
    windows = sorted(found, key=MainWindow.isActiveWindow)
    return windows[-1] if windows else open_window()


def serve(request: OpenRequest) -> None:
    """Open what another start of the program requested, after asking about unsaved changes."""
    window = present_window()
    to_front(window)
    show_request(window, request, open_file=lambda name: window.open_dropped(Path(name)))


def show_request(window: MainWindow, request: OpenRequest, open_file: Callable[[str], object]) -> None:
    """Open a file, a link or the lecture in a window; ``open_file`` opens files that are not scenes."""
    if request.lecture:
        give_lecture(window, Path(request.file) if request.file else None, hall=request.hall)
    elif request.link:
        window.files.open_link(request.link)
    elif request.file:
        open_file(request.file)


@guarded_overrides
class FileOpener(QObject):
    """Opens files that the desktop asks the running program to open, as macOS does after a double click."""

    def __init__(self, server: InstanceServer) -> None:
        super().__init__(server)
        self._server = server

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent):
            self._server.take(OpenRequest(file=event.file()))
            return True
        return False


def open_window() -> MainWindow:
    """Show another main window, whose work is kept in a journal, and which reports faults from now on."""
    window = MainWindow(first_design(), QSettings())
    window.keep_journal(journal_folder())
    faults = FaultHandler(window, window.notice, window.action_log, window.keep_work)
    faults.interrupted.connect(QApplication.closeAllWindows)
    faults.install()
    window.take_place()
    window.show()
    return window


def journal_folder() -> Path:
    """Return the folder of the journals, below the user's folder for application state."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.StateLocation)) / "journals"


def offer_kept_work(window: MainWindow) -> None:
    """Offer the work of windows that ended abruptly, if there is any."""
    journals = left_behind(journal_folder())
    if journals:
        from gui.app.recovery import RecoveryOffer  # noqa: PLC0415  (late: most starts need none)

        offer = RecoveryOffer(journals, window.looks.theme)
        window.add_above(offer)
        offer.accepted.connect(partial(recover, window))


def recover(window: MainWindow, journal: JournalFile, state: KeptWork) -> None:
    """Open kept work in a window, or in another one if this one holds work that is not saved."""
    from core.lecture.lecture_journal import LectureState  # noqa: PLC0415  (late: most starts need none)

    if isinstance(state, WorkState):
        if window.files.unsaved_work() is not None:
            window = open_window()
        if window.journal is not None:
            window.journal.adopt(journal)
        window.files.recover(state)
    elif isinstance(state, LectureState):
        editor = window.lecture_launcher.editor
        if editor is not None and editor.draft.modified:
            window = open_window()
        window.lecture_launcher.recover(journal, state)
    else:
        window.secondary_windows.recover(journal, state)


def give_lecture(window: MainWindow, scene: Path | None, *, hall: bool) -> None:
    """Open the lecture at a scene file, or where it was left; in presentation mode if ``hall`` is set."""
    if scene is None:
        window.lecture_launcher.begin(hall=hall)
    else:
        window.lecture_launcher.show_if_scene(scene, hall=hall)


def open_named(window: MainWindow, name: str) -> None:
    """Open a file, or an example by its name; show an error message in the window if that fails.

    A table is shown in the import dialog first.
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
