"""Journals of the lab and of networks side by side: what is kept comes back, and only what works."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from msgspec.structs import replace as changed

from core.lecture.subjects import Expression
from core.lecture.window_journals import (
    ComparedWork,
    KeptWork,
    LabWork,
    comparison_journal,
    lab_journal,
    read_kept,
)
from core.nn.design import Dense
from core.project.journal import JournalText, WorkState, new_journal
from core.project.json_io import FileError
from tests.files.test_files import DESIGN
from tests.files.test_journal import STATE

SHOWN = Expression("(x + y) * z", {"x": -2.0, "y": 5.25, "z": -4.0}, {"x": "z"})
LAB = LabWork(SHOWN, {"x": 1.0, "y": 2.0, "z": 3.0}, 0.25, frozenset({"y"}), 3, 1.7e9)
COMPARED = ComparedWork((DESIGN, changed(DESIGN, title="B")), ("", "optimizer"), 1.7e9)


def read_back(folder: Path, text: bytes) -> KeptWork:
    journal = new_journal(folder)
    journal.write(text)
    try:
        return read_kept(journal.path)
    finally:
        journal.remove()


def test_an_expression_comes_back_with_its_values_and_its_step(tmp_path: Path) -> None:
    assert read_back(tmp_path, lab_journal(LAB)) == LAB


def test_networks_side_by_side_come_back(tmp_path: Path) -> None:
    back = read_back(tmp_path, comparison_journal(COMPARED))
    assert isinstance(back, ComparedWork) and back.same_as(COMPARED) and back.title == DESIGN.title


def test_the_journal_of_a_design_is_told_from_them(tmp_path: Path) -> None:
    assert isinstance(read_back(tmp_path, JournalText().of(STATE)), WorkState)


@pytest.mark.parametrize(
    "text",
    [
        lab_journal(replace(LAB, shown=changed(SHOWN, expression="(x + y"))),
        lab_journal(replace(LAB, shown=changed(SHOWN, values={"x": 1.0}))),
        lab_journal(replace(LAB, first={"x": 1.0})),
        comparison_journal(replace(COMPARED, kinds=("", "optimizer", "seed"))),
        comparison_journal(replace(COMPARED, designs=(changed(DESIGN, layers=(Dense(5, "softmax"),)),) * 2)),
        b"",
    ],
)
def test_what_cannot_be_shown_is_refused_in_one_sentence(tmp_path: Path, text: bytes) -> None:
    with pytest.raises(FileError, match="cannot be read") as caught:
        read_back(tmp_path, text)
    assert "\n" not in str(caught.value)


def test_the_same_work_is_not_written_again() -> None:
    assert LAB.same_as(replace(LAB, seconds=1.8e9)) and not LAB.same_as(replace(LAB, at=4))
    assert not LAB.same_as(None) and not COMPARED.same_as(None)
    assert COMPARED.same_as(replace(COMPARED, seconds=1.8e9))
    assert not COMPARED.same_as(replace(COMPARED, kinds=("", "seed")))
