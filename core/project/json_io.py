"""Safe reading and writing of JSON files, with every fault reported in one sentence.

The size is checked before the content, and the schema before the values. Bytes are decoded as UTF-8 by
Python, so the position of invalid bytes is known; every exception of the JSON decoder is reported as a fault
of the file. Strings are made safe to show (`core.outside_text`).
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import json
import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from ..arrays import Array
from ..data.table import from_json, json_form
from ..language import tr
from ..outside_text import OneSentenceError, harmless_json
from .decoder_messages import line_and_column, plain

# -- writing that survives full disks and power cuts -----------------------------------------------------

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
    """A folder, pipe, device or socket where a file was expected."""


def regular_status(path: Path) -> os.stat_result | None:
    """Return the status of a regular file to be read or replaced; None if there is none.

    Raises NotRegularError for anything else, which might block a reader or be destroyed by writing.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        what = _WHAT.get(stat.S_IFMT(status.st_mode), "something else")
        raise NotRegularError(errno.EINVAL, tr("It is {what}, not a file", what=what), str(path))
    return status


def read_regular(path: Path, most: int) -> bytes:
    """Return the bytes of a regular file, at most ``most`` + 1. Raises OSError."""
    if regular_status(path) is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    # Without blocking, in case a pipe has replaced the file in the meantime.
    with os.fdopen(os.open(path, os.O_RDONLY | _NO_WAITING), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise NotRegularError(errno.EINVAL, tr("It is no longer a file"), str(path))
        return file.read(most + 1)


def fingerprint(data: bytes) -> bytes:
    """Return a hash (SHA-256) that identifies the contents of a file."""
    return hashlib.sha256(data).digest()


def replace_file(path: Path, data: bytes) -> None:
    """Replace the contents of a file atomically: at any time, the old or the new one is complete.

    The data is written to a temporary file in the same folder, synchronized to disk, and renamed. Permissions
    are kept and links followed. A file with several hard links, or with an owner that cannot be set, would
    lose these; it is overwritten in place after reserving space, and its old content is restored on failure.
    Raises OSError; the old file is then unchanged.
    """
    target = Path(os.path.realpath(path))
    status = regular_status(target)
    if status is not None and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, tr("The file is read-only"), str(target))
    temporary = target.with_name(f".{target.name[:100]}{_MARK}{os.urandom(6).hex()}")
    try:
        _write_through(temporary, data)
        _delete_leftovers(temporary, target)
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
    """Copy owner, access list and permissions to a new file; return whether that worked."""
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
    """Copy the user's extended attributes and access lists of a file; return whether that worked."""
    try:
        names = os.listxattr(target)
    except OSError:
        return True  # the file system has no extended attributes
    try:
        for name in names:
            if name.startswith(("user.", "system.posix_acl")):
                os.setxattr(temporary, name, os.getxattr(target, name))
    except OSError:
        return False
    return True


def _write_in_place(target: Path, data: bytes) -> None:
    """Overwrite a file; if the disk is full, restore its old content, whose space is still reserved."""
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
    """Reserve disk space for ``size`` bytes. Raises OSError if there is not enough."""
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


def _delete_leftovers(temporary: Path, target: Path) -> None:
    """Delete temporary files that earlier, interrupted writes of this file left behind.

    Age is measured relative to the file just written, by the file system's clock; a recent one may belong to
    another running program.
    """
    limit = temporary.stat().st_mtime - STRAY_SECONDS
    with contextlib.suppress(OSError):  # the folder may be writable but not readable
        for stray in target.parent.glob(f".*{_MARK}*"):
            ours = stray.name.startswith(f".{target.name[:100]}{_MARK}")
            with contextlib.suppress(OSError):
                if ours and stray.lstat().st_mtime < limit:
                    stray.unlink()


def _sync_folder(folder: Path) -> None:
    """Synchronize a folder to disk, if the file system can (many network file systems cannot).

    The file is complete by now, so a failure is ignored.
    """
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


# -- checked reading and writing ---------------------------------------------------------------------------

Part = TypeVar("Part")

MOST_LISTS = 8
PIECE = 1 << 15  # bytes; their numbers fit into the processor's cache
ASSETS = Path(__file__).parents[2] / "assets"


UNREADABLE = b"unreadable"
"""The fingerprint of a file that cannot be read, which no contents have."""


class FileError(OneSentenceError):
    """A file that cannot be read or written; the message names the file, the place and the remedy."""


class PlaceError(OneSentenceError):
    """A fault at a place in a file; the message is a sentence without the file's name."""


@dataclass(frozen=True)
class FileKind:
    """A kind of file: its description, format name, suffix, and maximal number of bytes."""

    what: str
    format: str
    suffix: str
    most: int


DESIGN = FileKind("a design", "glassnet-design", ".glassnet", 16 << 20)
SCENE = FileKind("a scene", "glassnet-scene", ".json", 2 << 20)
LECTURE = FileKind("a lecture", "glassnet-lecture", ".glasslecture", 4 << 20)
KINDS = (DESIGN, SCENE, LECTURE)


class Head(Struct):
    """The fields with which every file of the program begins."""

    format: str
    version: int


def bytes_of(path: Path, kind: FileKind) -> bytes:
    """Return the bytes of a file of this kind. Raises FileError."""
    try:
        return _bytes(path, kind)
    except NotRegularError:
        raise FileError(
            tr(
                "“{name}” is not a file that can be read: choose a {suffix} file.",
                name=path.name,
                suffix=kind.suffix,
            )
        ) from None
    except (OSError, ValueError) as error:
        raise FileError(
            tr(
                "“{name}” cannot be opened: {reason}; choose another file.",
                name=path.name,
                reason=reason(error),
            )
        ) from None


def _bytes(path: Path, kind: FileKind) -> bytes:
    """Return the bytes of a file. Raises OSError, ValueError or, for its size, PlaceError."""
    status = regular_status(path)
    size = status.st_size if status is not None else 0
    data = read_regular(path, kind.most) if size <= kind.most else b""
    _check_size(max(size, len(data)), kind)
    return data


def _check_size(size: int, kind: FileKind) -> None:
    if size > kind.most:
        raise PlaceError(
            tr(
                "it has {size:.0f} MiB, and {what} has at most {most} MiB",
                size=size / 2**20,
                what=kind.what,
                most=kind.most >> 20,
            )
        )


def read_checked(path: Path, data: bytes, parsed: Callable[[bytes], Part]) -> Part:
    """Return the parsed contents of a file of text. Raises FileError with place and remedy."""

    def as_text(data: bytes) -> Part:
        text_of(data)
        return parsed(data)

    return read_checked_bytes(path, data, as_text)


def read_checked_bytes(path: Path, data: bytes, parsed: Callable[[bytes], Part]) -> Part:
    """Return the parsed contents of a file. Raises FileError with place and remedy."""
    try:
        return parsed(data)
    except PlaceError as error:
        raise FileError(f"“{path.name}”: {error}") from None


def write_checked(path: Path, data: bytes, kind: FileKind, parsed: Callable[[bytes], object]) -> bytes:
    """Write a file after checking that its bytes can be parsed again.

    Returns its fingerprint. Raises FileError; an existing file is then unchanged.
    """
    check_place(path, kind)
    try:
        parsed(data)
        _check_size(len(data), kind)
        replace_file(path, data)
    except PlaceError as error:
        raise FileError(tr("“{name}” was not saved: {error}", name=path.name, error=error)) from None
    except (OSError, ValueError) as error:
        raise FileError(
            tr(
                "“{name}” was not saved: {reason}; choose another place.",
                name=path.name,
                reason=reason(error),
            )
        ) from None
    return fingerprint(data)


def check_output(path: Path, *, replace: bool = True) -> None:
    """Raise FileError if no file can be written at ``path``; to be called before long work.

    ``replace``: an existing file may be replaced.
    """
    if not path.absolute().parent.is_dir():
        raise FileError(
            tr("“{name}” cannot be saved: there is no such folder; choose another place.", name=str(path))
        )
    try:
        folder, there = path.is_dir(), path.exists()
    except (OSError, ValueError) as error:
        why = reason(error)
        raise FileError(
            tr("“{name}” was not saved: {reason}; choose another place.", name=path.name, reason=why)
        ) from None
    if folder:
        raise FileError(tr("“{name}” is a folder: name a file in it.", name=str(path)))
    _check_own(path)
    if there and not replace:
        raise FileError(tr("“{name}” is there already: choose another name, or add --force.", name=str(path)))


def _check_own(path: Path) -> None:
    """Raise FileError if a file is a bundled one."""
    if comes_with_program(path):
        raise FileError(
            tr(
                "“{name}” was not saved: it comes with Glassnet; choose another name or place.",
                name=path.name,
            )
        )


def check_place(path: Path, kind: FileKind) -> None:
    """Raise FileError if a path cannot be read or written, or holds a file of another kind."""
    try:
        there = _bytes(path, kind) if regular_status(path) is not None else b""
    except (OSError, ValueError) as error:
        raise FileError(
            tr(
                "“{name}” was not saved: {reason}; choose another place.",
                name=path.name,
                reason=reason(error),
            )
        ) from None
    _check_own(path)
    others = [other for other in KINDS if other is not kind]
    said = format_of(there)
    why = next((tr("it is {what}", what=other.what) for other in others if said == other.format), "") or next(
        (tr("it has the name of {what}", what=other.what) for other in others if path.suffix == other.suffix),
        "",
    )
    if not why and said != kind.format and path.suffix != kind.suffix and there.strip():
        why = tr("it is no file of Glassnet")
    if why:
        raise FileError(
            tr(
                "“{name}” was not saved: {why}; choose a name that ends in {suffix}.",
                name=path.name,
                why=why,
                suffix=kind.suffix,
            )
        )


def comes_with_program(path: Path) -> bool:
    """Return whether a path, by any name or link, is a bundled example or scene."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return False
    own = (file for folder in ("designs", "scenes", "lectures") for file in (ASSETS / folder).iterdir())
    return any(os.path.samestat(status, file.stat()) for file in own)


def fingerprint_on_disk(path: Path, kind: FileKind) -> bytes:
    """Return the fingerprint of a file: b"" if there is none, UNREADABLE if it cannot be read."""
    try:
        return fingerprint(_bytes(path, kind))
    except FileNotFoundError:
        return b""
    except (OSError, ValueError):
        return UNREADABLE


def reason(error: Exception) -> str:
    """Return the operating system's reason for an error, as part of a sentence."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[0].lower() + error.strerror[1:]
    return str(error)


def json_text(value: object) -> bytes:
    """Return a value as readable JSON, with the cells of a column on one line."""
    lists: list[bytes] = []

    def placed(part: object) -> object:
        lists.append(msgspec.json.encode(json_form(part)))
        return f"\0{len(lists) - 1}"  # no text in a file contains this character

    text = msgspec.json.format(msgspec.json.encode(value, enc_hook=placed), indent=2)
    return _PLACE.sub(lambda found: lists[int(found[1])], text) if lists else text


def text_of(data: bytes) -> str:
    """Return bytes as text without a byte-order mark. Raises PlaceError with the position."""
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        place = line_and_column(data, error.start)
        raise PlaceError(tr("{place} is not UTF-8 text: mend it there.", place=place)) from None


def decoded(data: bytes, kind: type[Part], where: str) -> Part:
    """Return ``data``, which is at ``where`` in the file, decoded as ``kind``. Raises PlaceError."""
    data = harmless_json(text_of(data)).encode()
    return _asked(
        lambda: msgspec.json.decode(data, type=kind, dec_hook=from_json),
        lambda said: plain(said, where, data, kind),
    )


def converted(value: object, kind: type[Part], where: str, data: bytes) -> Part:
    """Return a decoded value, whose text was ``data``, converted to ``kind``. Raises PlaceError."""
    return _asked(
        lambda: msgspec.convert(value, kind, dec_hook=from_json), lambda said: plain(said, where, data, kind)
    )


def _asked(decode: Callable[[], Part], fault: Callable[[str], str]) -> Part:
    """Return the result of a decoder; all its exceptions, which vary by version, become PlaceError."""
    try:
        return decode()
    except RecursionError:
        raise PlaceError(tr("it is nested too deeply: a file of ours has only a few levels.")) from None
    except MemoryError:
        raise
    except Exception as error:
        raise PlaceError(fault(str(error))) from None


def format_of(data: bytes) -> str:
    """Return the format that a file declares; empty if it declares none."""
    try:
        return decoded(data, Head, "").format
    except PlaceError:
        return ""


def check_head(head: Head, kind: FileKind, version: int) -> None:
    """Raise PlaceError for a file of another kind, or of a version later than ``version``."""
    if head.format != kind.format:
        raise PlaceError(
            tr(
                "format must be “{format}”: this is not {what} of Glassnet.",
                format=kind.format,
                what=kind.what,
            )
        )
    if head.version > version:
        raise PlaceError(
            tr(
                "version {found} is newer than this Glassnet, which reads up to {version}: install "
                "a newer Glassnet.",
                found=head.version,
                version=version,
            )
        )
    if head.version < 1:
        raise PlaceError(
            tr("there is no version {found}: write {version}.", found=head.version, version=version)
        )


def check_fields(text: bytes) -> None:
    """Raise PlaceError if a field occurs twice in one object of a file."""
    _asked(
        lambda: json.loads(text_of(text), object_pairs_hook=_check_keys, parse_int=len, parse_float=len),
        str,
    )


def _check_keys(pairs: list[tuple[str, Any]]) -> None:
    """Raise PlaceError if a key occurs twice in an object, as one value would be lost silently."""
    keys = [key for key, _value in pairs]
    if len(set(keys)) < len(keys):
        twice = next(key for k, key in enumerate(keys) if key in keys[:k])
        raise PlaceError(tr("the field “{twice}” stands twice in one object: remove one.", twice=twice))


_PLACE = re.compile(rb'"\\u0000(\d+)"')

# -- long lists of numbers -------------------------------------------------------------------------------

_OPENING, _BETWEEN = re.compile(rb"[ \t\r\n]*:[ \t\r\n]*\["), re.compile(rb"[ \t\r\n]*(,[ \t\r\n]*\[|\])")
_FLOATS = msgspec.json.Decoder(list[float])


def flat_lists(data: bytes, name: str, *, nested: bool) -> list[slice]:
    """Return the slices of a field's lists of numbers in a file, without their brackets.

    It is one list, or if ``nested``, the lists in a short list. Their contents are not checked. Empty if the
    value of the first field of that name has another form.
    """
    key = f'"{name}"'.encode()
    found = _OPENING.match(data, at + len(key)) if (at := data.find(key)) >= 0 else None
    if found is None:
        return []
    start, lists = found.end(), list[slice]()
    if nested:
        start = data.find(b"[", start) + 1
        if not start or data[found.end() : start - 1].strip():
            return []
    while len(lists) < MOST_LISTS:
        stop = _end_of_list(data, start)
        if stop < 0:
            return []
        lists.append(slice(start, stop))
        after = _BETWEEN.match(data, stop + 1) if nested else None
        if after is None or after[1] == b"]":
            return lists if after or not nested else []
        start = after.end()
    return []


def _end_of_list(data: bytes, start: int) -> int:
    """Return the end of a list whose content begins at ``start`` and may contain lists; -1 if none."""
    stop = data.find(b"]", start)
    for inside in range(MOST_LISTS):
        if stop < 0 or data.count(b"[", start, stop) == inside:
            return stop
        stop = data.find(b"]", stop + 1)
    return -1


def read_numbers(data: bytes, place: slice, out: Array, where: str) -> bool:
    """Read a list of numbers at ``place`` of a file into ``out``; return whether its length fits.

    ``where`` names the place in messages. Decoding in pieces is twice as fast as at once. Raises PlaceError
    if an entry is not a number.
    """
    k, start = 0, place.start
    while start < place.stop:
        comma = data.find(b",", start + PIECE, place.stop)
        stop = place.stop if comma < 0 else comma
        numbers = _asked(
            partial(_FLOATS.decode, b"[%b]" % data[start:stop]),
            partial(_fault_of_piece, data, where, k, start),
        )
        if k + len(numbers) > out.size:
            return False
        out[k : k + len(numbers)] = numbers
        k, start = k + len(numbers), stop + 1
    return k == out.size


def _fault_of_piece(data: bytes, where: str, numbers: int, start: int, message: str) -> str:
    return plain(_moved(message, numbers, start - 1), where, data, list[float])


def _moved(message: str, numbers: int, bytes_before: int) -> str:
    """Return a message about a piece as one about the whole list and file."""
    moved = re.sub(r"\$\[(\d+)\]", lambda found: f"$[{int(found[1]) + numbers}]", message)
    return re.sub(r"\(byte (\d+)\)", lambda found: f"(byte {int(found[1]) + bytes_before})", moved)
