"""The file that a window has open, announced to the other windows on this computer."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from core.outside_text import one_line
from core.project import locks


class FileInUse(QObject):
    """Holds a lock for the open file in ``folder`` (None: the file is not announced).

    ``told`` carries a sentence if another window has the file open too.
    """

    told = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.folder: Path | None = None
        self._name = ""
        self._lock: locks.FileLock | None = None

    def of(self, path: Path | None) -> None:
        """Record that this window has another file open; None: none."""
        real = "" if path is None else os.path.realpath(path)
        if self.folder is None or real == self._name:
            return
        self.release()
        self._name = real
        if path is None:
            return
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = locks.take(self.folder / hashlib.sha256(os.fsencode(real)).hexdigest())
        except OSError:
            return  # other windows are not told; saving asks anyway
        if self._lock is None:
            text = self.tr("“{name}” is open in another window too: whoever saves second is asked.")
            self.told.emit(text.format(name=one_line(path.name)))

    def release(self) -> None:
        """Release the lock of the file."""
        if self._lock is not None:
            self._lock.release()
        self._lock, self._name = None, ""
