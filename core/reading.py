"""Careful reading of JSON files: size before content, schema before values, one sentence for faults.

Every file is read and written here, and here alone the decoder is asked. Its bytes are first decoded as
UTF-8 by Python, so the place of what is no text is known; whatever the decoder then raises is a fault of
the file. Its texts come out harmless (`core.outside`): none of them commands a terminal.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from .disk import NotRegularError, fingerprint, read_regular, regular_status, replace_file
from .faults import line_and_column, plain
from .modules import Array
from .outside import Sentence, harmless_json

Part = TypeVar("Part")

MOST_LISTS = 8
PIECE = 1 << 15  # bytes; the numbers made of them stay in the processor's cache
ASSETS = Path(__file__).parent.parent / "assets"


class FileError(Sentence):
    """A file that cannot be read or written: one sentence with the file, the place and the cure."""


class PlaceError(Sentence):
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
