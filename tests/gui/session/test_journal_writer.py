"""The journal of a window: the newest work is in it, what cannot be kept is said, and closing leaves none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec.structs import replace as changed
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from core.project.files import DesignFile
from core.project.journal import JournalText, WorkState, left_behind, new_journal, read_journal
from core.project.json_io import FileError
from gui.session.journal_writer import INTERVAL_MILLISECONDS, JournalWriter
from tests.files.test_files import DESIGN

STATE = WorkState(DesignFile(DESIGN), None, None, "first", 1.7e9)


class Work(QObject):
    """Stands for a window: its journal keeps ``state``."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.state: WorkState | None = None
        self.folder = folder
        self.writer = JournalWriter(folder, lambda: self.state, JournalText().of, self)

    def edit(self, title: str) -> None:
        design = changed(DESIGN, title=title)
        self.state = replace(STATE, work=DesignFile(design), title=title)

    def kept(self) -> str:
        """Return what the journal says now, "" if there is none."""
        for path in self.folder.glob("*.journal"):
            try:
                return read_journal(path).title
            except FileError:
                return ""
        return ""


@pytest.fixture
def work(qtbot: QtBot, tmp_path: Path) -> Iterator[Work]:
    made = Work(tmp_path / "journals")
    yield made
    made.writer.close()
    assert list(tmp_path.rglob("*.journal")) == list(tmp_path.rglob("*.lock")) == []


def test_every_change_is_kept_within_a_second_and_nothing_once_it_is_saved(work: Work, qtbot: QtBot) -> None:
    assert INTERVAL_MILLISECONDS <= 500
    assert not work.folder.exists()  # who changes nothing writes nothing
    for title in ("one", "two"):
        work.edit(title)
        qtbot.waitUntil(lambda title=title: work.kept() == title)
    work.state = None
    qtbot.waitUntil(lambda: list(work.folder.glob("*.journal")) == [])
    work.edit("three")
    qtbot.waitUntil(lambda: work.kept() == "three")
    assert left_behind(work.folder) == []


def test_the_same_work_is_not_written_again(work: Work) -> None:
    assert not work.writer.look()
    work.edit("one")
    assert work.writer.look() and not work.writer.look()
    assert work.state is not None
    work.state = replace(work.state, seconds=2e9)
    assert not work.writer.look()
    work.edit("two")
    assert work.writer.look()


def test_what_cannot_be_kept_is_said_once_and_tried_again(tmp_path: Path, work: Work, qtbot: QtBot) -> None:
    said: list[str] = []
    work.writer.problem_changed.connect(said.append)
    work.folder.write_text("a file where the folder is to be")
    work.edit("one")
    assert work.writer.write_now() == work.writer.problem != ""
    work.edit("two")
    assert work.writer.write_now() != ""
    qtbot.waitUntil(lambda: len(said) == 1)
    work.folder.unlink()
    qtbot.waitUntil(lambda: work.kept() == "two")
    qtbot.waitUntil(lambda: said[1:] == [""])


def test_work_brought_back_is_kept_in_its_own_journal(work: Work) -> None:
    work.edit("mine")
    assert work.writer.write_now() == ""
    theirs = new_journal(work.folder)
    theirs.write(b"theirs")
    work.writer.adopt(theirs)
    work.edit("brought back")
    assert work.writer.write_now() == ""
    assert list(work.folder.glob("*.journal")) == [theirs.path] and work.kept() == "brought back"
