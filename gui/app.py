"""The application: one window on a design, or a picture of it."""

from __future__ import annotations

import gc
import sys
import traceback
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from PySide6.QtCore import QEventLoop, QSettings, QStandardPaths, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication

from core import files
from core.design import Design
from gui import theme
from gui.keys import KeysForFields
from gui.main_window import MainWindow

FIRST = "xor"
RECOVERED = "recovered.glassnet"
MOST_SECONDS = 3600
LATE_MILLISECONDS = 700


def application() -> QApplication:
    """Return the QApplication, named and styled."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    app.setOrganizationName("Glassnet")
    app.setApplicationName("Glassnet")
    app.setApplicationDisplayName("Glassnet")
    return app


def first_design() -> Design:
    """Return the design a new window begins with."""
    return files.read(files.find(FIRST)).design


def run(file: str | None = None) -> int:
    """Open the window, on a file or an example if one is named, and stay until it is closed."""
    app = application()
    window = MainWindow(first_design(), QSettings())
    sys.excepthook = Rescue(window)
    KeysForFields(app)
    window.show()
    gc.freeze()  # what lives as long as the window is not looked through again and again
    if file is None:
        window.welcome()
    else:
        QTimer.singleShot(0, lambda: open_named(window, file))
    return app.exec()


def open_named(window: MainWindow, name: str) -> None:
    """Open a file, or an example by its name; say in the window if that fails."""
    try:
        path = files.find(name)
    except files.FileError as error:
        window.notice.tell("error", str(error), "file")
        return
    window.files.open(path, own=path not in files.examples().values())


class Rescue:
    """What happens to a fault of the program: the work is kept, and the window says so in a sentence."""

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
            files.write(path, files.Work(window.document.design))
        except (files.FileError, OSError) as failed:
            lost = window.tr(
                "Something went wrong inside Glassnet ({error}), and the design was not kept: {why}"
            )
            window.notice.tell("error", lost.format(error=error, why=failed), "fault")
            return
        kept = window.tr("Something went wrong inside Glassnet ({error}). Your design is kept in {path}.")
        window.notice.tell("error", kept.format(error=error, path=path), "fault")


def picture(
    source: str, out: str, size: tuple[int, int], theme_name: str = "light", iterations: int = 0
) -> None:
    """Save a picture of the window, of that size in pixels, after so many iterations of training.

    Raises FileError for a design that cannot be read or a picture that cannot be written.
    """
    application()
    path = files.find(source)
    with TemporaryDirectory() as folder:  # the user's own settings are neither read nor written
        settings = QSettings(str(Path(folder, "settings.ini")), QSettings.Format.IniFormat)
        saved = _grab(settings, path, size, theme_name, iterations).save(out)
        settings.sync()
    if not saved:
        raise files.FileError(f"The picture “{out}” was not saved: choose a place and a name like “a.png”.")


def _grab(
    settings: QSettings, path: Path, size: tuple[int, int], theme_name: str, iterations: int
) -> QPixmap:
    window = MainWindow(first_design(), settings)
    try:
        window.files.open(path, own=False)
        window.looks.show(theme.THEMES[theme_name])
        window.resize(*size)
        window.show()
        if iterations:
            window.player.run(iterations)
        window.player.settle(seconds=MOST_SECONDS)
        _draw_late_parts()
        return window.grab()
    finally:
        window.player.close()


def _draw_late_parts() -> None:
    """Let the timers run that draw a part after the other, as thumbnails are drawn."""
    loop = QEventLoop()
    QTimer.singleShot(LATE_MILLISECONDS, loop.quit)
    loop.exec()
