"""Reading and writing regular files, so that nothing is lost: not on a full disk, not at a power cut."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import stat
from pathlib import Path

STRAY_SECONDS = 60
_MARK = ".writing-"
_NO_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_WHAT = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


class NotRegularError(OSError):
    """A folder, a pipe, a device or a socket, where a file is to be read or written."""


def regular_status(path: Path) -> os.stat_result | None:
    """Return the status of a file that is to be read or replaced; None where there is none.

    Raises NotRegularError for what is no regular file, which would hang a reader and be lost by writing.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        what = _WHAT.get(stat.S_IFMT(status.st_mode), "something else")
        raise NotRegularError(errno.EINVAL, f"It is {what}, not a file", str(path))
    return status


def read_regular(path: Path, most: int) -> bytes:
    """Return the bytes of a regular file, or of a larger one the first ``most`` + 1. Raises OSError."""
    if regular_status(path) is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    # A pipe that took the place of the file in the meantime does not make us wait for a writer.
    with os.fdopen(os.open(path, os.O_RDONLY | _NO_WAITING), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise NotRegularError(errno.EINVAL, "It is no longer a file", str(path))
        return file.read(most + 1)


def fingerprint(data: bytes) -> bytes:
    """Return what tells the contents of a file from others."""
    return hashlib.sha256(data).digest()


def replace_file(path: Path, data: bytes) -> None:
    """Put ``data`` in the place of a file; at every moment the old or the new one is there, whole.

    The data goes to a temporary file in the same folder, down to the disk, and then takes the name.
    Permissions stay, a link is followed. A file with several names, or with an owner whom we cannot give a
    file to, would lose them so: it is written in place, after its room was reserved, and its old content
    is put back if that fails. Raises OSError; the old file is then unchanged.
    """
    target = Path(os.path.realpath(path))
    status = regular_status(target)
    if status is not None and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "The file is read-only", str(target))
    temporary = target.with_name(f".{target.name[:100]}{_MARK}{os.urandom(6).hex()}")
    try:
        _write_through(temporary, data)
        _sweep(temporary, target)
        if status is None or (status.st_nlink == 1 and _made_like(temporary, target, status)):
            temporary.replace(target)
        else:
            _write_in_place(target, data)
            temporary.unlink()
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(target.parent)


def _write_through(temporary: Path, data: bytes) -> None:
    with temporary.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _made_like(temporary: Path, target: Path, status: os.stat_result) -> bool:
    """Give a new file the owner, access list and permissions of another; return whether it has them."""
    if hasattr(os, "chown"):
        for owner in (status.st_uid, -1):
            with contextlib.suppress(OSError):
                os.chown(temporary, owner, status.st_gid)
                break
    kept = not hasattr(os, "listxattr") or _same_attributes(temporary, target)
    temporary.chmod(stat.S_IMODE(status.st_mode))
    made = temporary.stat()
    return kept and (made.st_uid, made.st_gid, made.st_mode) == (status.st_uid, status.st_gid, status.st_mode)


def _same_attributes(temporary: Path, target: Path) -> bool:
    """Copy what the user has noted about a file, and who may read it; return whether that worked."""
    try:
        names = os.listxattr(target)
    except OSError:
        return True  # a file system without such notes
    try:
        for name in names:
            if name.startswith(("user.", "system.posix_acl")):
                os.setxattr(temporary, name, os.getxattr(target, name))
    except OSError:
        return False
    return True


def _write_in_place(target: Path, data: bytes) -> None:
    """Write over a file; on a full disk its old content is put back, whose room it still has."""
    with io.FileIO(target, "r+") as file:
        old = file.readall()
        try:
            if len(data) > len(old) and hasattr(os, "posix_fallocate"):
                _reserve(file.fileno(), len(data))
            _overwrite(file, data)
        except BaseException:
            _overwrite(file, old)
            raise


def _reserve(descriptor: int, size: int) -> None:
    """Have the file system keep room for so many bytes. Raises OSError where there is none."""
    try:
        os.posix_fallocate(descriptor, 0, size)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP, errno.ENOSYS):
            raise


def _overwrite(file: io.FileIO, data: bytes) -> None:
    file.seek(0)
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]
    file.truncate(len(data))
    os.fsync(file.fileno())


def _sweep(temporary: Path, target: Path) -> None:
    """Delete what earlier writings of this file left when they were killed.

    Age is told by the folder's own clock, against the file just written; a younger one may be
    another program's, at work.
    """
    limit = temporary.stat().st_mtime - STRAY_SECONDS
    with contextlib.suppress(OSError):  # a folder that may be written to, but not listed
        for stray in target.parent.glob(f".*{_MARK}*"):
            ours = stray.name.startswith(f".{target.name[:100]}{_MARK}")
            with contextlib.suppress(OSError):
                if ours and stray.lstat().st_mtime < limit:
                    stray.unlink()


def _sync_folder(folder: Path) -> None:
    """Make the new name itself safe, where the file system can: many that are on a network cannot.

    The file is whole and has its name by now, so a failure is none of the saving.
    """
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
