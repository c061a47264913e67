"""Careful reading of JSON files: size before content, schema before values, one sentence for faults.

Every file is read and written here, and here alone the decoder is asked. Its bytes are first decoded as
UTF-8 by Python, so the place of what is no text is known; whatever the decoder then raises is a fault of
the file. Its texts come out harmless (`core.outside_text`): none of them commands a terminal.
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
from enum import Enum
from functools import partial
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from ..arrays import Array
from ..outside_text import OneSentenceError, harmless_json

_KINDS = {
    "object": "an object {…}",
    "array": "a list […]",
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "null": "null",
}
_GOT = {"int": "a number", "float": "a number with decimals"}
_BOUNDS = {"<=": "at most", ">=": "at least", "<": "below", ">": "above"}


def plain(message: str, where: str, data: bytes, kind: Any) -> str:
    """Return msgspec's ``message`` about a part of type ``kind`` at ``where`` of the file as one sentence.

    ``data`` is what was decoded; a byte number in the message becomes a line and a column of it.
    """
    what, _, path = message.partition(" - at ")
    place = (where + path.strip("`").removeprefix("$")).removeprefix(".") or "the file"
    if found := re.search(r"\(byte (\d+)\)", what):
        return _syntax(data, int(found[1]))
    if what.startswith("Input data was truncated"):
        end = line_and_column(data, len(data))
        return f"it ends too early, at {end}: the file is not complete, take another copy of it."
    if found := re.fullmatch(r"Invalid (?:enum )?value '(.*)'", what):
        known = ", ".join(choices(kind, path.strip("`").removeprefix("$").removeprefix(".")))
        return f"{place} cannot be “{found[1]}”: choose one of {known}."
    return f"{place} {_value(what, place)}"


def line_and_column(data: bytes, byte: int) -> str:
    """Return the place of a byte as people count it."""
    line = data.count(b"\n", 0, byte) + 1
    column = byte - data.rfind(b"\n", 0, byte)
    return f"line {line}, column {column}"


def _syntax(data: bytes, byte: int) -> str:
    place = line_and_column(data, byte)
    for name in ("NaN", "Infinity"):
        if data.startswith(name.encode(), byte):
            return f"{place}: {name} is not a number a file can hold; write a finite one."
    return f"{place} is not JSON: mend it there, or choose a file that Glassnet wrote."


def _value(what: str, place: str) -> str:
    for pattern, say in _MESSAGES:
        if found := re.fullmatch(pattern, what):
            return say(place, *found.groups())
    return f"cannot be read ({what}): mend it."


def _kinds(names: str) -> str:
    return " or ".join(_KINDS.get(name, name) for name in names.split(" | "))


def choices(kind: Any, path: str) -> list[str]:
    """Return the names that may stand at ``path``, such as ``layers[0].kind``, inside a ``kind``.

    Where the kind is one of several, each of them may have its say.
    """
    field, _, rest = path.partition(".")
    name = field.split("[")[0]
    parts = [part for part in _alternatives(kind) if isinstance(part, type) and issubclass(part, Struct)]
    if not rest and any(part.__struct_config__.tag_field == name for part in parts):
        return [str(part.__struct_config__.tag) for part in parts]
    hints = [hint for part in parts if (hint := get_type_hints(part).get(name)) is not None]
    if rest:
        return list(dict.fromkeys(name for hint in hints for name in choices(hint, rest)))
    words = (word for hint in hints for choice in _alternatives(hint) for word in _words(choice))
    return list(dict.fromkeys(str(word) for word in words))


def _words(choice: Any) -> tuple[object, ...]:
    """Return the values of an enum, or those of a Literal."""
    return tuple(choice) if isinstance(choice, type) and issubclass(choice, Enum) else get_args(choice)


def _alternatives(kind: Any) -> list[Any]:
    """Return the types a value of ``kind``, or an item of it, can have."""
    if get_origin(kind) in (Union, UnionType):
        return [inner for part in get_args(kind) for inner in _alternatives(part)]
    if get_origin(kind) is Annotated:
        return _alternatives(get_args(kind)[0])
    if get_origin(kind) is tuple:
        return _alternatives(get_args(kind)[0])
    return [kind]


# The decoder's messages, and what is said instead of each: "design.training.seed" + " must be …".
_MESSAGES: tuple[tuple[str, Callable[..., str]], ...] = (
    (
        r"Object contains unknown field `(.*)`",
        lambda place, field: (
            f"has a field “{field}” that Glassnet does not know: remove it or mend its name."
        ),
    ),
    (r"Object missing required field `(.*)`", lambda place, field: f"lacks the field “{field}”: add it."),
    (
        r"Expected `\w+` of length ([<>]=?) (\d+)",
        lambda place, sign, bound: f"must have a length of {_BOUNDS[sign]} {bound}.",
    ),
    (
        r"Expected `\w+` ([<>]=?) (\S+)",
        lambda place, sign, bound: f"must be {_BOUNDS[sign]} {float(bound):g}.",
    ),
    (
        r"Expected `(.*)`, got `(.*)`",
        lambda place, wanted, got: f"must be {_kinds(wanted)}, not {_GOT.get(got) or _kinds(got)}.",
    ),
    (r".*out of range", lambda place: "is too large a number: write a smaller one."),
)


# -- Not on a full disk, not at a power cut --------------------------------------------------------------

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
    """Have the file system keep room for ``size`` bytes. Raises OSError where there is none."""
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


# -- Size before content, schema before values, one sentence for faults ----------------------------------

Part = TypeVar("Part")

MOST_LISTS = 8
PIECE = 1 << 15  # bytes; the numbers made of them stay in the processor's cache
ASSETS = Path(__file__).parents[2] / "assets"


class FileError(OneSentenceError):
    """A file that cannot be read or written: one sentence with the file, the place and the cure."""


class PlaceError(OneSentenceError):
    """What is wrong at a place inside a file: a sentence without the file's name."""


@dataclass(frozen=True)
class Kind:
    """A kind of file: what it holds, the format it names, the end of its name, the most bytes it has."""

    what: str
    format: str
    suffix: str
    most: int


DESIGN = Kind("a design", "glassnet-design", ".glassnet", 16 << 20)
SCENE = Kind("a scene", "glassnet-scene", ".json", 2 << 20)
KINDS = (DESIGN, SCENE)


class Head(Struct):
    """What every file of ours begins with."""

    format: str
    version: int


def bytes_of(path: Path, kind: Kind) -> bytes:
    """Return the bytes of a file that should be of a kind. Raises FileError."""
    try:
        return _bytes(path, kind)
    except NotRegularError:
        raise FileError(
            f"“{path.name}” is not a file that can be read: choose a {kind.suffix} file."
        ) from None
    except (OSError, ValueError) as error:
        raise FileError(f"“{path.name}” cannot be opened: {reason(error)}; choose another file.") from None


def _bytes(path: Path, kind: Kind) -> bytes:
    """Return the bytes of a file. Raises OSError, ValueError or, for its size, PlaceError."""
    status = regular_status(path)
    size = status.st_size if status is not None else 0
    data = read_regular(path, kind.most) if size <= kind.most else b""
    _check_size(max(size, len(data)), kind)
    return data


def _check_size(size: int, kind: Kind) -> None:
    if size > kind.most:
        raise PlaceError(f"it has {size / 2**20:.0f} MiB, and {kind.what} has at most {kind.most >> 20} MiB")


def read_checked(path: Path, data: bytes, parsed: Callable[[bytes], Part]) -> Part:
    """Return what the bytes of a file say. Raises FileError with the place and the cure."""
    try:
        text_of(data)
        return parsed(data)
    except PlaceError as error:
        raise FileError(f"“{path.name}”: {error}") from None


def write_checked(path: Path, data: bytes, kind: Kind, parsed: Callable[[bytes], object]) -> bytes:
    """Write a file once its bytes are read back, so that what is saved can be opened.

    Returns its fingerprint. Raises FileError; what was there is then unchanged.
    """
    check_place(path, kind)
    try:
        parsed(data)
        _check_size(len(data), kind)
        replace_file(path, data)
    except PlaceError as error:
        raise FileError(f"“{path.name}” was not saved: {error}") from None
    except (OSError, ValueError) as error:
        raise FileError(f"“{path.name}” was not saved: {reason(error)}; choose another place.") from None
    return fingerprint(data)


def check_place(path: Path, kind: Kind) -> None:
    """Refuse a place where `bytes_of` refuses to read, and what is of another kind. Raises FileError."""
    try:
        there = _bytes(path, kind) if regular_status(path) is not None else b""
    except (OSError, ValueError) as error:
        raise FileError(f"“{path.name}” was not saved: {reason(error)}; choose another place.") from None
    if comes_with_program(path):
        raise FileError(f"“{path.name}” was not saved: it comes with Glassnet; choose another name or place.")
    others = [other for other in KINDS if other is not kind]
    said = format_of(there)
    why = next((f"it is {other.what}" for other in others if said == other.format), "") or next(
        (f"it has the name of {other.what}" for other in others if path.suffix == other.suffix), ""
    )
    if not why and said != kind.format and path.suffix != kind.suffix and there.strip():
        why = "it is no file of Glassnet"
    if why:
        raise FileError(f"“{path.name}” was not saved: {why}; choose a name that ends in {kind.suffix}.")


def comes_with_program(path: Path) -> bool:
    """Return whether a path, by whatever name or link, leads to an example or a scene of the program."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return False
    own = (file for folder in ("designs", "scenes") for file in (ASSETS / folder).iterdir())
    return any(os.path.samestat(status, file.stat()) for file in own)


def changed_on_disk(path: Path, kind: Kind, known: bytes) -> bool:
    """Return whether a file no longer has the contents of a fingerprint; one that is gone has not changed."""
    try:
        return fingerprint(_bytes(path, kind)) != known
    except FileNotFoundError:
        return False
    except (OSError, ValueError):
        return True


def reason(error: Exception) -> str:
    """Return why the system refused, as part of a sentence."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[0].lower() + error.strerror[1:]
    return str(error)


def text_of(data: bytes) -> str:
    """Return bytes as text; a mark of byte order before it is left out. Raises PlaceError with its place."""
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        place = line_and_column(data, error.start)
        raise PlaceError(f"{place} is not UTF-8 text: mend it there.") from None


def decoded(data: bytes, kind: type[Part], where: str) -> Part:
    """Decode ``data``, which stands at ``where`` in the file. Raises PlaceError."""
    data = harmless_json(text_of(data)).encode()
    return _asked(lambda: msgspec.json.decode(data, type=kind), lambda said: plain(said, where, data, kind))


def converted(value: object, kind: type[Part], where: str, data: bytes) -> Part:
    """Return a decoded value, which ``data`` stood for, as one of a kind. Raises PlaceError."""
    return _asked(lambda: msgspec.convert(value, kind), lambda said: plain(said, where, data, kind))


def _asked(decode: Callable[[], Part], fault: Callable[[str], str]) -> Part:
    """Return what a decoder says; whatever it raises, which differs by version, is a PlaceError."""
    try:
        return decode()
    except RecursionError:
        raise PlaceError("it is nested too deeply: a file of ours has only a few levels.") from None
    except MemoryError:
        raise
    except Exception as error:
        raise PlaceError(fault(str(error))) from None


def format_of(data: bytes) -> str:
    """Return the format that a file says it has; empty if it says nothing clear."""
    try:
        return decoded(data, Head, "").format
    except PlaceError:
        return ""


def check_head(head: Head, kind: Kind, version: int) -> None:
    """Refuse a file of another kind, or of a version later than ``version``. Raises PlaceError."""
    if head.format != kind.format:
        raise PlaceError(f"format must be “{kind.format}”: this is not {kind.what} of Glassnet.")
    if head.version > version:
        raise PlaceError(
            f"version {head.version} is newer than this Glassnet, which reads up to {version}: "
            f"install a newer Glassnet."
        )
    if head.version < 1:
        raise PlaceError(f"there is no version {head.version}: write {version}.")


def check_fields(text: bytes) -> None:
    """Refuse a field that stands twice in one object of a file. Raises PlaceError."""
    _asked(
        lambda: json.loads(text_of(text), object_pairs_hook=_check_keys, parse_int=len, parse_float=len),
        str,
    )


def _check_keys(pairs: list[tuple[str, Any]]) -> None:
    """Refuse a key that stands twice in one object: of two values one would be lost in silence."""
    keys = [key for key, _value in pairs]
    if len(set(keys)) < len(keys):
        twice = next(key for k, key in enumerate(keys) if key in keys[:k])
        raise PlaceError(f"the field “{twice}” stands twice in one object: remove one.")


# -- long lists of numbers -------------------------------------------------------------------------------

_OPENING, _BETWEEN = re.compile(rb"[ \t\r\n]*:[ \t\r\n]*\["), re.compile(rb"[ \t\r\n]*(,[ \t\r\n]*\[|\])")
_FLOATS = msgspec.json.Decoder(list[float])


def flat_lists(data: bytes, name: str, *, nested: bool) -> list[slice]:
    """Return where the lists of numbers of a field stand in a file, each without its brackets.

    It is one list, or if ``nested`` those of a short list of lists. What is between the brackets is not
    looked at. Empty: the value of the first field of that name is not so.
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
    """Return where a list that begins before ``start`` ends; a few lists may be in it. -1: nowhere."""
    stop = data.find(b"]", start)
    for inside in range(MOST_LISTS):
        if stop < 0 or data.count(b"[", start, stop) == inside:
            return stop
        stop = data.find(b"]", stop + 1)
    return -1


def read_numbers(data: bytes, place: slice, out: Array, where: str) -> bool:
    """Read the numbers of a list that stands at a place of a file, and at ``where`` in words, into ``out``.

    They are decoded in pieces, which is twice as fast as at once. Raises PlaceError where one is no
    number; returns False where the list is not right in another way.
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
    """Return a message about a piece as one about the list and the file it is from."""
    moved = re.sub(r"\$\[(\d+)\]", lambda found: f"$[{int(found[1]) + numbers}]", message)
    return re.sub(r"\(byte (\d+)\)", lambda found: f"(byte {int(found[1]) + bytes_before})", moved)
