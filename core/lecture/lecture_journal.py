"""Journals of lectures being edited; see `core.project.journal`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from ..project.journal import (
    JOURNAL,
    MOST_PATH,
    JournalLine,
    framed,
    head_of,
    parts_of,
    path_of,
    unreadable,
    written_path,
)
from ..project.json_io import FileKind, PlaceError, bytes_of
from .lecture_file import MOST_SCENES, Lecture, LectureScene, lecture_text, parsed

LECTURE_JOURNAL = FileKind("a lecture kept", "glassnet-lecture-journal", JOURNAL.suffix, 16 << 20)
STAND_IN = LectureScene(scene="none")
"""Placeholder in the file for the scenes of a lecture without any, as a valid lecture must have some."""


@dataclass(frozen=True, eq=False)
class LectureState:
    """The lecture that a window edits at a moment: immutable.

    ``elsewhere`` are the files of scenes to be copied beside the lecture when it is saved. The other
    fields are those of `WorkState`.
    """

    lecture: Lecture
    path: Path | None
    title: str
    seconds: float
    stamp: bytes
    elsewhere: Mapping[str, Path]

    def same_as(self, other: LectureState | None) -> bool:
        """Return whether a journal of the other one would be the same, except for its time."""
        return (
            other is not None
            and self.lecture is other.lecture
            and (self.path, self.title, self.stamp) == (other.path, other.title, other.stamp)
            and self.elsewhere == other.elsewhere
        )


Written = Annotated[str, Meta(max_length=MOST_PATH)]


class _LectureLine(JournalLine, forbid_unknown_fields=True, kw_only=True):
    """The only part is the text of the lecture."""

    elsewhere: Annotated[dict[str, Written], Meta(max_length=MOST_SCENES)]


class LectureJournalText:
    """Turns lectures into the bytes of journals.

    Instead of a lecture that could not be read back, the last valid one is kept.
    """

    def __init__(self) -> None:
        self._readable = b""

    def of(self, state: LectureState) -> bytes:
        """Return the bytes of a journal."""
        text = lecture_text(replace(state.lecture, scenes=state.lecture.scenes or (STAND_IN,)))
        try:
            parsed(text)
        except PlaceError:
            text = self._readable or text
        self._readable = text
        line = _LectureLine(
            **head_of(LECTURE_JOURNAL, state.title, state.seconds, state.path, state.stamp),
            elsewhere={word: written_path(path) for word, path in state.elsewhere.items()},
        )
        return framed(line, [text])


def read_lecture_journal(path: Path) -> LectureState:
    """Return the lecture in a journal. Raises FileError."""
    try:
        line, parts = parts_of(bytes_of(path, LECTURE_JOURNAL), LECTURE_JOURNAL, _LectureLine)
        lecture = parsed(parts[0])
    except PlaceError as error:
        raise unreadable(path, error) from None
    if lecture.scenes == (STAND_IN,):
        lecture = replace(lecture, scenes=())
    elsewhere = {word: found for word, text in line.elsewhere.items() if (found := path_of(text)) is not None}
    stamp = bytes.fromhex(line.stamp)
    return LectureState(lecture, path_of(line.path), line.title, line.seconds, stamp, elsewhere)
