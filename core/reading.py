"""Careful reading of JSON files: size before content, schema before values, one sentence for faults."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from .disk import replace_file
from .faults import line_and_column, plain
from .modules import Array

Part = TypeVar("Part")

MOST_LISTS = 8
PIECE = 1 << 15  # bytes; the numbers made of them stay in the processor's cache


class FileError(ValueError):
    """A file that cannot be read or written: one sentence with the file, the place and the cure."""


class PlaceError(ValueError):
    """What is wrong at a place inside a file: a sentence without the file's name."""


def bytes_of(path: Path, what: str, most: int, suffix: str) -> bytes:
    """Return the bytes, at most ``most``, of a file that should hold ``what``. Raises FileError."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise FileError(f"“{path.name}” is not a file that can be read: choose a {suffix} file.")
        with path.open("rb") as file:
            data = file.read(most + 1) if status.st_size <= most else None
    except (OSError, ValueError) as error:
        if isinstance(error, FileError):
            raise
        raise FileError(f"“{path.name}” cannot be opened: {reason(error)}; choose another file.") from None
    if data is None or len(data) > most:
        size = max(status.st_size, most + 1) / 2**20
        raise FileError(
            f"“{path.name}” has {size:.0f} MiB, and {what} has at most {most >> 20} MiB: choose another file."
        )
    return data


def read_checked(path: Path, data: bytes, parsed: Callable[[bytes], Part]) -> Part:
    """Return what the bytes of a file say. Raises FileError with the place and the cure."""
    try:
        return parsed(data)
    except PlaceError as error:
        raise FileError(f"“{path.name}”: {error}") from None


def write_checked(path: Path, data: bytes, parsed: Callable[[bytes], object]) -> None:
    """Write a file once its bytes are read back, so that what is saved can be opened. Raises FileError."""
    try:
        parsed(data)
        replace_file(path, data)
    except PlaceError as error:
        raise FileError(f"“{path.name}” was not saved: {error}") from None
    except (OSError, ValueError) as error:
        raise FileError(f"“{path.name}” was not saved: {reason(error)}; choose another place.") from None


def reason(error: Exception) -> str:
    """Return why the system refused, as part of a sentence."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[0].lower() + error.strerror[1:]
    return str(error)


def decoded(data: bytes, kind: type[Part], where: str) -> Part:
    """Decode ``data``, which stands at ``where`` in the file. Raises PlaceError."""
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.DecodeError as error:
        raise PlaceError(plain(str(error), where, data, kind)) from None


def not_utf8(data: bytes) -> str:
    """Return in a sentence where bytes are no text."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return f"{line_and_column(data, error.start)} is not UTF-8 text: mend it there."
    return "a half character is not UTF-8 text: mend it there."


def check_twice(data: bytes) -> None:
    """Refuse JSON in which a key stands twice in one object. Its numbers are not made: they may be long."""
    json.loads(data, object_pairs_hook=_check_keys, parse_int=len, parse_float=len)


def _check_keys(pairs: list[tuple[str, Any]]) -> None:
    """Refuse a key that stands twice in one object: of two values one would be lost in silence."""
    keys = [key for key, _value in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise PlaceError(f"the field “{key}” stands twice in one object: remove one.")


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
        try:
            numbers = _FLOATS.decode(b"[%b]" % data[start:stop])
        except msgspec.DecodeError as error:
            raise PlaceError(plain(_moved(str(error), k, start - 1), where, data, list[float])) from None
        if k + len(numbers) > out.size:
            return False
        out[k : k + len(numbers)] = numbers
        k, start = k + len(numbers), stop + 1
    return k == out.size


def _moved(message: str, numbers: int, bytes_before: int) -> str:
    """Return a message about a piece as one about the list and the file it is from."""
    moved = re.sub(r"\$\[(\d+)\]", lambda found: f"$[{int(found[1]) + numbers}]", message)
    return re.sub(r"\(byte (\d+)\)", lambda found: f"(byte {int(found[1]) + bytes_before})", moved)
