"""Saves pictures as files, without damaging an existing file on failure."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImageWriter, QPixmap

from core.project.json_io import FileError, reason, replace_file


def save_pixmap(pixmap: QPixmap, name: str) -> None:
    """Save a picture in the format of the suffix of ``name``. Raises FileError, keeping the old file."""
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
