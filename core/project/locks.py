"""Locks between processes, which the operating system releases when their process ends, however it ends."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from time import sleep

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

TRIES, BETWEEN_TRIES = 100, 0.01  # seconds


class FileLock:
    """A lock that this process holds until `release`; made by `take`."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path, self._descriptor = path, descriptor

    def release(self) -> None:
        """Release the lock and remove its file."""
        if self._descriptor < 0:
            return
        with contextlib.suppress(OSError):  # Windows cannot remove an open file
            self.path.unlink()
        os.close(self._descriptor)
        self._descriptor = -1
        if sys.platform == "win32":
            with contextlib.suppress(OSError):
                self.path.unlink()

    def leave(self) -> None:
        """Release the lock, so that another process can take it; its file stays."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1


def take(path: Path) -> FileLock | None:
    """Return the lock with the file ``path``, which is created; None if it is held elsewhere.

    Two locks of one process exclude each other as those of two do. Raises OSError, also for what is there
    and is no file.
    """
    while True:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path))
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        if not _locked(descriptor):
            os.close(descriptor)
            return None
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return FileLock(path, descriptor)
        os.close(descriptor)  # the former holder has removed its file meanwhile


def _locked(descriptor: int) -> bool:
    """Lock an open file; return whether that worked. It fails where files cannot be locked."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Exclude other processes that do the same from a folder, during a write.

    Some file systems cannot do that, and a suspended process is not waited for long.
    """
    descriptor = -1
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            for _ in range(TRIES):
                if _locked(descriptor):
                    break
                sleep(BETWEEN_TRIES)
    try:
        yield
    finally:
        if descriptor >= 0:
            os.close(descriptor)
