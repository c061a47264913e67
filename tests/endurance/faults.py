"""Faults of a disk: every call that opens, writes, synchronizes, renames or removes a file can fail."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from core.project import json_io

CALLS = ("open", "fsync", "replace", "unlink", "chmod", "posix_fallocate", "mkdir")
"""Functions of `os` that can fail; the program calls them itself or through `pathlib`."""
ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES)


class Faults:
    """Counts the calls, and lets call number ``at`` (from 1) fail; with ``lasting``, all after it as well."""

    def __init__(self, folder: Path, at: int, lasting: bool, code: int) -> None:
        self._folder, self._at, self._lasting, self._code = str(folder), at, lasting, code
        self.count = 0

    @property
    def reached(self) -> bool:
        """Whether a call has failed."""
        return self.count >= self._at

    def call(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that may fail in place of doing what it does."""

        def called(*values: Any, **named: Any) -> Any:
            self.check(name)
            return function(*values, **named)

        return called

    def check(self, name: str) -> None:
        """Count a call; raise OSError if it is to fail."""
        self.count += 1
        if self.count == self._at or (self._lasting and self.count > self._at):
            raise OSError(self._code, f"{name} failed on purpose")

    def opened(self, path: Any, mode: str = "r", *values: Any, **named: Any) -> Any:
        """Return an open file whose writing may fail, after half of it is done."""
        inside = str(path).startswith(self._folder) and set(mode) & set("wxa+")
        if not inside:
            return _OPEN(path, mode, *values, **named)
        self.check("open")
        file = _OPEN(path, mode, *values, **named)
        return _Writer(file, self)


class _Writer:
    """An open file whose `write` and `flush` may fail."""

    def __init__(self, file: Any, faults: Faults) -> None:
        self._file, self._faults = file, faults

    def write(self, data: bytes) -> int:
        try:
            self._faults.check("write")
        except OSError:
            self._file.write(data[: len(data) // 2])
            raise
        return int(self._file.write(data))

    def __enter__(self) -> _Writer:
        self._file.__enter__()
        return self

    def __exit__(self, *raised: Any) -> Any:
        return self._file.__exit__(*raised)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


_OPEN = io.open


@contextmanager
def failing(folder: Path, at: int, lasting: bool, code: int) -> Iterator[Faults]:
    """Let a call inside fail that has to do with a file of ``folder``, or is made on an open one."""
    faults = Faults(folder, at, lasting, code)

    class FailingFile(io.FileIO):
        """A file that is written in place."""

        def write(self, data: Any) -> Any:
            try:
                faults.check("write")
            except OSError:
                super().write(data[: len(data) // 2])
                raise
            return super().write(data)

        def truncate(self, size: int | None = None) -> int:
            faults.check("truncate")
            return super().truncate(size)

    with pytest.MonkeyPatch.context() as patched:
        for name in CALLS:
            if hasattr(os, name):
                patched.setattr(os, name, faults.call(name, getattr(os, name)))
        patched.setattr(io, "open", faults.opened)
        patched.setattr(json_io.io, "FileIO", FailingFile)
        yield faults
