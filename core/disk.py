"""Writing a file so that nothing is lost: not on a full disk, not when the machine stops half way."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path

STRAY_SECONDS = 60
_MARK = ".writing-"


def replace_file(path: Path, data: bytes) -> None:
    """Put ``data`` in the place of a file; at every moment the old or the new one is there, whole.

    The data goes to a temporary file in the same folder, down to the disk, and then takes the name.
    Permissions stay, a link is followed. Raises OSError; the old file is then unchanged.
    """
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "It is a folder", str(target))
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "The file is read-only", str(target))
    temporary = target.with_name(f".{target.name[:100]}{_MARK}{os.urandom(6).hex()}")
    try:
        _write_through(temporary, data, target)
        _sweep(temporary, target)
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(target.parent)


def _write_through(temporary: Path, data: bytes, target: Path) -> None:
    with temporary.open("xb") as file:
        if target.exists():
            _keep_permissions(temporary, target)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _keep_permissions(temporary: Path, target: Path) -> None:
    status = target.stat()
    if hasattr(os, "chown"):
        # Only root may give a file away; the user's own copy is still theirs.
        with contextlib.suppress(PermissionError):
            os.chown(temporary, status.st_uid, status.st_gid)
    temporary.chmod(stat.S_IMODE(status.st_mode))


def _sweep(temporary: Path, target: Path) -> None:
    """Delete what earlier writings of this file left when they were killed.

    Age is told by the folder's own clock, against the file just written; a younger one may be
    another program's, at work.
    """
    limit = temporary.stat().st_mtime - STRAY_SECONDS
    for stray in target.parent.glob(f".*{_MARK}*"):
        ours = stray.name.startswith(f".{target.name[:100]}{_MARK}")
        with contextlib.suppress(OSError):
            if ours and stray.lstat().st_mtime < limit:
                stray.unlink()


def _sync_folder(folder: Path) -> None:
    """Make the new name itself safe; Windows has no such call for folders."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
