"""Files of a window: dropped files and links, saved pictures, and the folders of dialogs."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QEvent, QIODevice, QObject, QSettings, QTimer, Signal
from PySide6.QtGui import QDropEvent, QImageWriter, QPixmap
from PySide6.QtWidgets import QWidget

from core.project.json_io import FileError, reason, replace_file
from core.project.links import is_link
from gui.actions.preference_table import PREFERENCES
from gui.layout.placement import is_blocked
from gui.qt.drawable import guarded_overrides


@guarded_overrides
class FileDrops(QObject):
    """Accepts one file or link at a time for a window.

    ``dropped`` carries the `Path` of a file, ``link_dropped`` the text of a link that can be opened. Both are
    emitted after the drop has ended: the program that was dragged from waits for its end, and what is dropped
    may lead to a question. While a question is open, nothing is accepted.
    """

    dropped = Signal(object)
    link_dropped = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in (QEvent.Type.DragEnter, QEvent.Type.Drop):
            return super().eventFilter(watched, event)
        assert isinstance(event, QDropEvent)  # QDragEnterEvent is a subclass of QDropEvent
        path, link = _file(event), event.mimeData().text()
        if (path is None and not is_link(link)) or is_blocked(self._window):
            event.ignore()
            return True
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            tell = partial(self.link_dropped.emit, link) if path is None else partial(self.dropped.emit, path)
            QTimer.singleShot(0, self, tell)
        return True


def _file(event: QDropEvent) -> Path | None:
    """Return the file being dragged if there is exactly one, else None."""
    paths = [url.toLocalFile() for url in event.mimeData().urls()]
    return Path(paths[0]) if len(paths) == 1 and paths[0] else None


def save_pixmap(pixmap: QPixmap, name: str) -> None:
    """Write a picture in the format of the suffix. Raises FileError; an existing file is then unchanged."""
    path = Path(name)
    format_ = path.suffix.removeprefix(".").lower().encode()
    if format_ not in [bytes(known.data()) for known in QImageWriter.supportedImageFormats()]:
        raise FileError(f"The picture “{name}” was not saved: choose a place and a name like “a.png”.")
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, format_).write(pixmap.toImage())
    try:
        replace_file(path, bytes(buffer.data().data()))
    except (OSError, ValueError) as error:
        raise FileError(
            f"The picture “{name}” was not saved: {reason(error)}; choose another place."
        ) from None


def start_folder(settings: QSettings, key: str) -> str:
    """Return the initial folder of a file dialog: the preferred one, or the last one of its kind."""
    preferred = str(settings.value(PREFERENCES["default_folder"].key, ""))
    return preferred if preferred and Path(preferred).is_dir() else str(settings.value(key, str(Path.home())))
