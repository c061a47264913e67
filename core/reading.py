"""Careful reading of JSON files: size before content, schema before values, one sentence for faults."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from .faults import line_and_column, plain

Part = TypeVar("Part")


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


def check_keys(pairs: list[tuple[str, Any]]) -> None:
    """Refuse a key that stands twice in one object: of two values one would be lost in silence."""
    keys = [key for key, _value in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise PlaceError(f"the field “{key}” stands twice in one object: remove one.")
