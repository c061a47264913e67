"""Journals of the graph lab and the comparison window, and `read_kept`, which reads those of any window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from ..bounds import Real
from ..data.datasets import make_dataset
from ..language import tr
from ..nn.design import Design, DesignError
from ..nn.design_problems import problems
from ..project.files import design_from, design_text
from ..project.journal import (
    JOURNAL,
    JournalLine,
    WorkState,
    framed,
    head_of,
    parts_of,
    read_journal,
    unreadable,
)
from ..project.json_io import FileKind, Head, PlaceError, bytes_of, decoded
from .lecture_journal import LECTURE_JOURNAL, LectureState, read_lecture_journal
from .subjects import Expression

LAB_JOURNAL = FileKind("an expression kept", "glassnet-lab-journal", JOURNAL.suffix, 1 << 20)
COMPARISON_JOURNAL = FileKind("networks kept", "glassnet-comparison-journal", JOURNAL.suffix, 64 << 20)
_Name = Annotated[str, Meta(max_length=1000)]


@dataclass(frozen=True)
class LabWork:
    """The expression in the graph lab at a moment, with the present values of its variables: immutable.

    ``first`` are the values that a reset restores, ``rate`` is the learning rate of an update, and ``kept``
    are the variables that an update does not change; ``at`` is the number of steps made in the passes.
    """

    shown: Expression
    first: Mapping[str, float]
    rate: float
    kept: frozenset[str]
    at: int
    seconds: float

    @property
    def title(self) -> str:
        """The expression."""
        return self.shown.expression

    def same_as(self, other: LabWork | None) -> bool:
        """Return whether a journal of the other one would be the same, except for its time."""
        return other is not None and replace(self, seconds=other.seconds) == other


@dataclass(frozen=True, eq=False)
class ComparedWork:
    """The designs of networks side by side, with the name of the setting changed in each: immutable."""

    designs: tuple[Design, ...]
    kinds: tuple[str, ...]
    seconds: float

    @property
    def title(self) -> str:
        """The title of the first design."""
        return self.designs[0].title

    def same_as(self, other: ComparedWork | None) -> bool:
        """Return whether a journal of the other one would be the same, except for its time."""
        return other is not None and (self.designs, self.kinds) == (other.designs, other.kinds)


class _LabLine(JournalLine, forbid_unknown_fields=True, kw_only=True):
    """The one part is the expression, as a subject of a scene."""

    first: dict[_Name, Real]
    rate: Real
    kept: list[_Name]
    at: Annotated[int, Meta(ge=0, le=10**6)]


class _ComparedLine(JournalLine, forbid_unknown_fields=True, kw_only=True):
    """The parts are the designs."""

    kinds: Annotated[tuple[_Name, ...], Meta(min_length=2, max_length=4)]


def lab_journal(work: LabWork) -> bytes:
    """Return the bytes of the journal of a lab."""
    line = _LabLine(
        **head_of(LAB_JOURNAL, work.title, work.seconds),
        first=dict(work.first),
        rate=work.rate,
        kept=sorted(work.kept),
        at=work.at,
    )
    return framed(line, [msgspec.json.encode(work.shown)])


def comparison_journal(work: ComparedWork) -> bytes:
    """Return the bytes of the journal of a comparison."""
    line = _ComparedLine(**head_of(COMPARISON_JOURNAL, work.title, work.seconds), kinds=work.kinds)
    return framed(line, [design_text(design) for design in work.designs])


KeptWork = WorkState | LectureState | LabWork | ComparedWork


def read_kept(path: Path) -> KeptWork:
    """Return the work in a journal of any window. Raises FileError."""
    try:
        data = bytes_of(path, JOURNAL)
        kind = decoded(data.partition(b"\n")[0], Head, "").format
        if kind == LAB_JOURNAL.format:
            return _lab_work(data)
        if kind == COMPARISON_JOURNAL.format:
            return _compared_work(data)
    except (PlaceError, DesignError) as error:
        raise unreadable(path, error) from None
    return read_lecture_journal(path) if kind == LECTURE_JOURNAL.format else read_journal(path)


def _lab_work(data: bytes) -> LabWork:
    line, parts = parts_of(data, LAB_JOURNAL, _LabLine)
    shown = decoded(parts[0], Expression, "")
    for problem in shown.problems():
        raise PlaceError(f"{problem.where}: {problem.why}")
    if set(line.first) != set(shown.values):
        raise PlaceError(tr("its first values are those of another expression."))
    return LabWork(shown, line.first, line.rate, frozenset(line.kept), line.at, line.seconds)


def _compared_work(data: bytes) -> ComparedWork:
    line, parts = parts_of(data, COMPARISON_JOURNAL, _ComparedLine)
    designs = tuple(design_from(part) for part in parts[: len(line.kinds)])
    for design in designs:
        if found := problems(design, make_dataset(design.data)):
            raise DesignError(*found)
    return ComparedWork(designs, line.kinds, line.seconds)
