"""Makes every picture of the manual and of README from the running program: ``python -m docs.pictures``.

Each picture is a window that the program draws without a screen, after what a user would do. Their names are
those that the pages refer to; `tests/docs/test_manual.py` compares the two.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "manual" / "pictures"
README_PICTURES = {
    "window": ROOT / "assets" / "screenshot.png",
    "lecture": ROOT / "assets" / "screenshot-lecture.png",
}
SIZE, README_SIZE = (1366, 768), (1600, 1000)
TABLE = ROOT / "tests" / "files" / "tables" / "penguins.csv"

if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    sys.path.insert(0, str(ROOT))

from PySide6.QtCore import QSettings, Qt  # noqa: E402
from PySide6.QtGui import QImage, QPixmap  # noqa: E402
from PySide6.QtWidgets import QWidget  # noqa: E402

from core.project.files import find, read  # noqa: E402
from gui.app.application import application  # noqa: E402
from gui.app.main_window import MainWindow  # noqa: E402
from gui.lecture.window import open_lecture  # noqa: E402
from gui.qt.later import draw_all  # noqa: E402
from gui.selection import Selection  # noqa: E402
from gui.theme import theme  # noqa: E402
from gui.windows.data_import.window import ImportWindow  # noqa: E402


def main_window(settings: QSettings, example: str = "xor", iterations: int = 0) -> MainWindow:
    """Return a main window with an example, trained for so many iterations."""
    window = MainWindow(read(find(example)).design, settings)
    window.resize(*SIZE)
    window.show()
    window.resize(*SIZE)
    if iterations:
        window.player.run(iterations)
    window.player.settle()
    return window


def _window(settings: QSettings) -> QWidget:
    return main_window(settings, iterations=420)


def _stepping(settings: QSettings) -> QWidget:
    window = main_window(settings, iterations=200)
    window.actions_["backward"].trigger()
    window.player.settle()
    window.actions_["grain_neuron"].trigger()
    window.actions_["back"].trigger()
    window.player.settle()
    window.session.select(Selection(2, 0))
    return window


def _digits(settings: QSettings) -> QWidget:
    return main_window(settings, "digits", 400)


def _lecture(settings: QSettings) -> QWidget:
    window = open_lecture(None, settings, theme.LIGHT)
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.resize(*SIZE)
    window.go(4)
    window.theatre.go_build(4)  # a question that is answered
    window.theatre.finish()
    return window


def _import(settings: QSettings) -> QWidget:
    owner = main_window(settings)
    table = Path(shutil.copy(TABLE, gettempdir()))  # the window names the folder
    owner.data_files.read(table)
    window = next(one for one in owner.findChildren(ImportWindow) if one.isVisible())
    window.resize(*SIZE)
    return window


MAKERS: dict[str, Callable[[QSettings], QWidget]] = {
    "window": _window,
    "stepping": _stepping,
    "digits": _digits,
    "lecture": _lecture,
    "import": _import,
}


def make(name: str, path: Path, size: tuple[int, int] = SIZE) -> None:
    """Make one picture of a size in a file."""
    application()
    with TemporaryDirectory() as settings_folder:
        settings = QSettings(str(Path(settings_folder, "settings.ini")), QSettings.Format.IniFormat)
        window = MAKERS[name](settings)
        window.resize(*size)
        draw_all(window)
        drawn = QPixmap(window.size())
        window.render(drawn)
        image = drawn.toImage().convertToFormat(QImage.Format.Format_RGB888)
        image.save(str(path), quality=0)
        (window.window() if window.parentWidget() is None else window.parentWidget().window()).close()


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    for picture in MAKERS:
        make(picture, PICTURES / f"{picture}.png")
    for picture, file in README_PICTURES.items():
        make(picture, file, README_SIZE)
    os._exit(0)
