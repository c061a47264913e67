"""Journals of lectures: what is edited comes back, with its file and the scenes that lie elsewhere."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from msgspec.structs import replace as changed

from core.lecture.lecture_file import Lecture, LectureScene, read_lecture, shipped_lectures
from core.lecture.lecture_journal import (
    LectureJournalText,
    LectureState,
    read_lecture_journal,
)
from core.lecture.scene import Build
from core.lecture.window_journals import read_kept
from core.project.journal import JournalText, new_journal, read_journal
from core.project.json_io import FileError
from tests.files.test_journal import STATE

EDITED = Lecture(
    title="Vorlesung",
    author="N.",
    language="de",
    minutes=90,
    scenes=(
        LectureScene(scene="xor", words=("Erst raten.",), builds=(Build(say="Los!"),), left_out=True),
        LectureScene(scene="mine.json", title="Meine"),
    ),
)


def state_of(lecture: Lecture, folder: Path) -> LectureState:
    elsewhere = {"mine.json": folder / "elsewhere" / "my scene.json"}
    return LectureState(lecture, folder / "a b.glasslecture", lecture.title, 1.7e9, b"s" * 32, elsewhere)


def read_back(folder: Path, *lectures: Lecture) -> LectureState:
    """Return the last of these lectures as a journal brings it back that was written for each of them."""
    journal, text = new_journal(folder / "journals"), LectureJournalText()
    for lecture in lectures:
        journal.write(text.of(state_of(lecture, folder)))
    assert isinstance(read_kept(journal.path), LectureState)
    try:
        return read_lecture_journal(journal.path)
    finally:
        journal.remove()


@pytest.mark.parametrize("lecture", [EDITED, *map(read_lecture, shipped_lectures())])
def test_a_lecture_comes_back(tmp_path: Path, lecture: Lecture) -> None:
    state, back = state_of(lecture, tmp_path), read_back(tmp_path, lecture)
    assert back.lecture == lecture
    assert (back.path, back.title, back.seconds) == (state.path, state.title, state.seconds)
    assert back.stamp == state.stamp and back.elsewhere == state.elsewhere


def test_a_lecture_without_a_scene_comes_back_though_it_cannot_be_saved(tmp_path: Path) -> None:
    empty = changed(EDITED, scenes=())
    assert read_back(tmp_path, EDITED, empty).lecture == empty


def test_of_a_lecture_that_cannot_be_read_the_last_that_could_comes_back(tmp_path: Path) -> None:
    assert read_back(tmp_path, EDITED, changed(EDITED, title="")).lecture == EDITED


def test_the_same_lecture_is_not_written_again(tmp_path: Path) -> None:
    one = state_of(EDITED, tmp_path)
    assert one.same_as(state_of(EDITED, tmp_path)) and not one.same_as(None)
    assert not one.same_as(state_of(changed(EDITED, minutes=45), tmp_path))
    assert not one.same_as(state_of(EDITED, tmp_path / "other"))


def test_a_damaged_journal_is_refused_in_one_sentence(tmp_path: Path) -> None:
    draw, path = random.Random(5), tmp_path / "a.journal"
    whole = LectureJournalText().of(state_of(EDITED, tmp_path))
    for _ in range(300):
        text = bytearray(whole)
        text[draw.randrange(len(text))] ^= 1 << draw.randrange(8)
        path.write_bytes(text[: draw.randrange(len(text))] if draw.random() < 0.1 else text)
        try:
            assert read_lecture_journal(path).lecture == EDITED
        except FileError as error:
            assert "\n" not in str(error) and str(error).startswith(
                "The kept work “a.journal” cannot be read"
            )


def test_each_kind_of_journal_is_told_from_the_other(tmp_path: Path) -> None:
    for text in (JournalText().of(STATE), LectureJournalText().of(state_of(EDITED, tmp_path))):
        (tmp_path / "a.journal").write_bytes(text)
        kept = read_kept(tmp_path / "a.journal")
        wrong = read_journal if isinstance(kept, LectureState) else read_lecture_journal
        with pytest.raises(FileError, match="cannot be read"):
            wrong(tmp_path / "a.journal")
