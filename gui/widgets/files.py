"""Files of a window: one that is dropped on it, and a picture that is saved."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QEvent, QIODevice, QObject, Signal
from PySide6.QtGui import QDropEvent, QImageWriter, QPixmap
from PySide6.QtWidgets import QWidget

from core.project.json_io import FileError, reason, replace_file


class FileDrops(QObject):
    """Accepts one file at a time for a window; ``dropped`` carries its `Path`."""

    dropped = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in (QEvent.Type.DragEnter, QEvent.Type.Drop):
            return super().eventFilter(watched, event)
        assert isinstance(event, QDropEvent)  # QDragEnterEvent is a subclass of QDropEvent
        path = _file(event)
        if path is None:
            event.ignore()
            return True
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            self.dropped.emit(path)
        return True


def _file(event: QDropEvent) -> Path | None:
    """Return the file being dragged if there is exactly one, else None."""
    paths = [url.toLocalFile() for url in event.mimeData().urls()]
    return Path(paths[0]) if len(paths) == 1 and paths[0] else None


def save_pixmap(pixmap: QPixmap, name: str) -> None:
    """Write a picture in the format that the end of the name says. Raises FileError; the old file is left."""
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
