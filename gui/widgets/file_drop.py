"""Drops: a file dragged from the desktop onto a window and let go there."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget


class FileDrops(QObject):
    """Takes one file at a time for a window; ``dropped`` carries its `Path`."""

    dropped = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in (QEvent.Type.DragEnter, QEvent.Type.Drop):
            return super().eventFilter(watched, event)
        assert isinstance(event, QDropEvent)  # of which the other is a kind
        path = _file(event)
        if path is None:
            event.ignore()
            return True
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            self.dropped.emit(path)
        return True


def _file(event: QDropEvent) -> Path | None:
    """Return the one file that is dragged, if there is one."""
    paths = [url.toLocalFile() for url in event.mimeData().urls()]
    return Path(paths[0]) if len(paths) == 1 and paths[0] else None
