"""Journals: the work of a window, kept in a file while the user works, in case the program ends abruptly.

A journal is a file NAME.journal, and beside it NAME.lock, which its window keeps locked. The operating system
releases the lock when the process ends, so a journal whose lock is free was left behind by a crash.

The file is one line of JSON and parts of any length, such as the texts of designs and the weights in binary
form; a checksum covers everything after the line. The kind of the journal determines its parts.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import quote, unquote_to_bytes

import msgspec
import numpy as np
from msgspec import Meta
from msgspec.structs import replace as changed

from ..arrays import Array
from ..data.datasets import make_dataset
from ..language import tr
from ..nn.batches import Origin
from ..nn.curves import Curves
from ..nn.design import Design, DesignError
from ..nn.network import Network
from ..nn.run_outline import RunOutline
from ..outside_text import one_line
from . import locks
from .files import MOST_ITERATIONS, DesignFile, design_from, design_text
from .json_io import (
    FileError,
    FileKind,
    Head,
    PlaceError,
    bytes_of,
    check_head,
    decoded,
    fingerprint,
    reason,
    replace_file,
)
from .run_record import StoredRun, outline_json, record_json, run_outline, run_record

JOURNAL = FileKind("a journal", "glassnet-journal", ".journal", 1 << 30)
VERSION = 1
LOCK = ".lock"
_END = b"\n"
MOST_TITLE, MOST_PATH = 1000, 30_000  # letters
MOST_PARTS = 6
MOST_LOSSES = 4096
"""Largest number of points of the loss curve that a journal keeps; a longer one is thinned."""

Count = Annotated[int, Meta(ge=0, le=MOST_ITERATIONS)]


@dataclass(frozen=True, eq=False)
class WorkState:
    """The work of a window at a moment: immutable.

    ``work`` holds the last design that could be compiled, with the weights of its run and the fingerprint of
    its file (``stamp``). ``edited`` is the present design if that one has problems, else None. ``path`` is
    the file, None if there is none yet; ``title`` is how the window calls it. ``seconds`` is the time, since
    1970. ``curves`` are those of the run, and ``past`` is from what it can be computed again; None: they are
    in the record of ``work``, if they are known.
    """

    work: DesignFile
    edited: Design | None
    path: Path | None
    title: str
    seconds: float
    curves: Curves | None = None
    past: RunOutline | None = None

    def same_as(self, other: WorkState | None) -> bool:
        """Return whether a journal of the other one would be the same, except for its time."""
        return (
            other is not None
            and self.work.design is other.work.design
            and self.work.theta is other.work.theta
            and self.edited is other.edited
            and (self.path, self.title, self.work.stamp) == (other.path, other.title, other.work.stamp)
        )


class JournalLine(Head, kw_only=True):
    """The fields of the first line of every journal."""

    title: Annotated[str, Meta(max_length=MOST_TITLE)]
    path: Annotated[str, Meta(max_length=MOST_PATH)]  # with %-escapes, as not every name is Unicode
    seconds: Annotated[float, Meta(ge=0, le=1e11)]
    stamp: Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")]
    checksum: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    lengths: Annotated[tuple[Count, ...], Meta(max_length=MOST_PARTS)]  # bytes of each part


class _DesignLine(JournalLine, forbid_unknown_fields=True, kw_only=True):
    """The parts: the design, the edited one, theta, memory, the record of the run, and its outline."""

    iteration: Count
    origin: tuple[Count, Count, Count]
    precision: Literal["float32", "float64"]


# -- writing and reading ----------------------------------------------------------------------------------

Line = TypeVar("Line", bound=JournalLine)


def written_path(path: Path | None) -> str:
    """Return a path in the form in which it is written; "" for None."""
    return "" if path is None else quote(os.fsencode(path.absolute()))


def path_of(written: str) -> Path | None:
    """Return the path in its written form ``written``."""
    return Path(os.fsdecode(unquote_to_bytes(written))) if written else None


def head_of(
    kind: FileKind, title: str, seconds: float, path: Path | None = None, stamp: bytes = b""
) -> dict[str, Any]:
    """Return the fields of every line; `framed` sets the lengths and the checksum."""
    return {
        "format": kind.format,
        "version": VERSION,
        "title": one_line(title, MOST_TITLE),
        "path": written_path(path),
        "seconds": seconds,
        "stamp": stamp.hex(),
        "lengths": (),
        "checksum": "",
    }


def framed(line: JournalLine, parts: Sequence[bytes]) -> bytes:
    """Return the bytes of a journal; the lengths and the checksum of the line are set."""
    rest = b"".join(parts)
    line = changed(line, lengths=tuple(map(len, parts)), checksum=fingerprint(rest).hex())
    return msgspec.json.encode(line) + _END + rest


def parts_of(data: bytes, file: FileKind, kind: type[Line]) -> tuple[Line, list[bytes]]:
    """Return the line and the parts of a journal, `MOST_PARTS` of them, the missing ones empty.

    Raises PlaceError.
    """
    text, _, rest = data.partition(_END)
    check_head(decoded(text, Head, ""), file, VERSION)
    line = decoded(text, kind, "")
    if sum(line.lengths) != len(rest) or fingerprint(rest).hex() != line.checksum:
        raise PlaceError(tr("it is damaged."))
    parts, start = list[bytes](), 0
    for length in line.lengths:
        parts.append(rest[start : start + length])
        start += length
    return line, [*parts, *[b""] * (MOST_PARTS - len(parts))]


def unreadable(path: Path, why: object) -> FileError:
    """Return the error for a journal that cannot be read."""
    return FileError(tr("The kept work “{name}” cannot be read: {error}", name=path.name, error=why))


class JournalText:
    """Turns work into the bytes of a journal; what stays the same while a run goes on is written once."""

    def __init__(self) -> None:
        self._texts = list[tuple[Design, bytes]]()
        self._past: tuple[RunOutline, bytes] = RunOutline(), b""

    def of(self, state: WorkState) -> bytes:
        """Return the bytes of a journal."""
        work, designs = state.work, (state.work.design, state.edited)
        texts = [self._text(design) for design in designs]
        self._texts = [(design, text) for design, text in zip(designs, texts, strict=True) if design]
        arrays = (b"" if array is None else array.tobytes() for array in (work.theta, work.memory))
        origin, recorded = work.origin, None if work.record is None else work.record.curves
        known = state.curves or recorded
        unknown = RunOutline()
        record = b"" if known is None else record_json(StoredRun(*known.from_first(MOST_LOSSES), unknown))
        past = state.past or (unknown if work.record is None else work.record.past)
        if past is not self._past[0]:
            self._past = past, outline_json(past) if past.stretches else b""
        line = _DesignLine(
            **head_of(JOURNAL, state.title, state.seconds, state.path, work.stamp),
            iteration=work.iteration,
            origin=(origin.iteration, origin.epochs, origin.optimizer),
            precision="float32" if work.theta is not None and work.theta.dtype == np.float32 else "float64",
        )
        return framed(line, [*texts, *arrays, record, self._past[1]])

    def _text(self, design: Design | None) -> bytes:
        known = next((text for one, text in self._texts if one is design), b"")
        return known or (b"" if design is None else design_text(design))


def read_journal(path: Path) -> WorkState:
    """Return the work in a journal. Raises FileError."""
    data = bytes_of(path, JOURNAL)
    try:
        return _state(data)
    except (PlaceError, DesignError) as error:
        raise unreadable(path, error) from None


def _state(data: bytes) -> WorkState:
    line, parts = parts_of(data, JOURNAL, _DesignLine)
    design = design_from(parts[0])
    edited = design_from(parts[1]) if parts[1] else None
    work = DesignFile(design, iteration=line.iteration, origin=Origin(*line.origin))
    theta, memory = (np.frombuffer(part, line.precision) for part in parts[2:4])
    work = replace(_with_weights(work, theta, memory, parts[4:6]), stamp=bytes.fromhex(line.stamp))
    return WorkState(work, edited, path_of(line.path), line.title, line.seconds)


def _with_weights(work: DesignFile, theta: Array, memory: Array, run: Sequence[bytes]) -> DesignFile:
    """Return work with its weights and the record and outline of its run; without any, from the beginning.

    Raises PlaceError, DesignError.
    """
    if not theta.size or not np.isfinite(theta).all() or not np.isfinite(memory).all():
        return replace(work, iteration=0, origin=Origin())  # training that diverged begins anew
    dataset = make_dataset(work.design.data)
    network = Network(work.design, dataset)
    shape = (work.design.training.optimizer.vectors, network.parameters)
    if theta.size != network.parameters or memory.size not in (0, shape[0] * shape[1]):
        raise PlaceError(tr("its weights belong to another network."))
    theta = theta.astype(network.dtype)
    kept = memory.astype(network.dtype).reshape(shape) if memory.size or not shape[0] else None
    work = replace(work, theta=theta, memory=kept)
    record, outline = run
    with contextlib.suppress(PlaceError, DesignError):  # the past is not worth losing the rest
        if record:
            work = replace(work, record=run_record(record, network, work.iteration))
        if outline and work.record is not None:
            past = run_outline(outline, network, dataset, work.iteration)
            work = replace(work, record=replace(work.record, past=past))
    return work


# -- the files --------------------------------------------------------------------------------------------


class JournalFile:
    """A journal that this process holds, written by its window or left behind by another."""

    def __init__(self, path: Path, lock: locks.FileLock) -> None:
        self.path, self._lock = path, lock

    def write(self, data: bytes) -> None:
        """Replace the contents; at any time, the old or the new ones are complete. Raises OSError."""
        replace_file(self.path, data)

    def clear(self) -> None:
        """Remove the contents, and what was left of a writing that was interrupted. Raises OSError."""
        self.path.unlink(missing_ok=True)
        for stray in self.path.parent.glob(f".{self.path.name}*"):
            with contextlib.suppress(OSError):  # it is not ours
                stray.unlink()

    def remove(self) -> str:
        """Remove the journal: its work is saved, or not wanted.

        Returns why that failed, "" if it did not; what could not be removed is offered at the next start.
        """
        try:
            self.clear()
        except OSError as error:
            return reason(error)
        self._lock.release()
        return ""

    def leave(self) -> None:
        """Release the journal, so that the next start finds it."""
        self._lock.leave()


def new_journal(folder: Path) -> JournalFile:
    """Return an empty journal with a new name. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    while True:
        name = os.urandom(8).hex()
        if (lock := locks.take(folder / f"{name}{LOCK}")) is not None:
            return JournalFile(folder / f"{name}{JOURNAL.suffix}", lock)


def left_behind(folder: Path) -> list[JournalFile]:
    """Return the journals of windows that ended abruptly, the newest first; this process now holds them.

    Those that another process holds are not among them: it lives, or offers them itself. Nor is anything but
    a file: no window wrote it, and it stays as it is.
    """
    found = list[tuple[float, JournalFile]]()
    with contextlib.suppress(OSError):
        names = {path.stem for path in folder.iterdir() if path.suffix in (LOCK, JOURNAL.suffix)}
        for name in sorted(names):
            path = folder / f"{name}{JOURNAL.suffix}"
            with contextlib.suppress(OSError):
                there = path.is_symlink() or path.exists()
                if there and not stat.S_ISREG(path.lstat().st_mode):
                    continue
                if (lock := locks.take(folder / f"{name}{LOCK}")) is None:
                    continue
                journal = JournalFile(path, lock)
                try:
                    found.append((path.stat().st_mtime, journal))
                except OSError:  # it had nothing to keep yet
                    journal.remove()
    return [journal for _time, journal in sorted(found, key=lambda one: -one[0])]
