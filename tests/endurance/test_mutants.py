"""Damaged files of every kind, and damaged settings: each is read, or refused in one sentence.

The usual run reads 20,000; ``pytest -m endurance tests/endurance/test_mutants.py`` reads a million.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from core.data.datasets import make_dataset
from core.data.reading import read_table
from core.data.table import TableError
from core.lecture.lecture_file import read_lecture, shipped_lectures
from core.lecture.lecture_journal import LectureJournalText
from core.lecture.scene import read_scene, shipped_scenes
from core.lecture.window_journals import comparison_journal, lab_journal, read_kept
from core.nn.design_problems import problems
from core.outside_text import OneSentenceError
from core.project import files
from core.project.journal import JournalText
from core.project.playground_link import read_link
from gui.actions.preference_table import PREFERENCES
from gui.app.preferences import stored
from tests.core.lecture.test_lecture_journal import EDITED, state_of
from tests.core.lecture.test_window_journals import COMPARED, LAB
from tests.endurance.test_hostile_files import LINK, TABLES, check_sentence, damaged, garbled
from tests.files.test_files import DESIGN, trained
from tests.files.test_journal import run_of

USUAL, NIGHTLY = 20_000, 1_000_000
Read = Callable[[Path], object]


def read_design(path: Path) -> None:
    design = files.read(path, accept_changed=True).design
    assert all(problem.why.strip() for problem in problems(design, make_dataset(design.data)))


def read_text_of_link(path: Path) -> object:
    return read_link(path.read_text("utf-8", "replace"))


def read_settings(path: Path) -> None:
    settings = QSettings(str(path), QSettings.Format.IniFormat)
    for preference in PREFERENCES.values():
        value = stored(settings, preference)
        known = [one for one, _entry in preference.choices]
        assert not known or value in (known if len(known) > 1 else (True, False))


def designs(folder: Path) -> list[bytes]:
    files.write(folder / "a.glassnet", trained(DESIGN))
    shipped = (path.read_bytes() for path in files.examples().values())
    return [(folder / "a.glassnet").read_bytes(), *(one for one in shipped if len(one) < 20_000)]


def settings_of(folder: Path) -> list[bytes]:
    settings = QSettings(str(folder / "s.ini"), QSettings.Format.IniFormat)
    for preference in PREFERENCES.values():
        settings.setValue(preference.key, preference.choices[-1][0] if preference.choices else str(folder))
    settings.sync()
    return [(folder / "s.ini").read_bytes()]


def journals(folder: Path) -> list[bytes]:
    _run, of_run = run_of(60, 7)
    design, lecture = replace(of_run, edited=DESIGN), state_of(EDITED, folder)
    others = [lab_journal(LAB), comparison_journal(COMPARED)]
    return [JournalText().of(design), LectureJournalText().of(lecture), *others]


@dataclass(frozen=True)
class Kind:
    """A kind of file: its suffix, whole files of it, what reads one, and its share of all mutants."""

    suffix: str
    whole: Callable[[Path], list[bytes]]
    read: Read
    share: float


def tables(_folder: Path) -> list[bytes]:
    beginnings = (path.read_bytes()[:800] for path in sorted(TABLES.glob("*.[cd]*")))
    return [text[: text.rindex(b"\n") + 1] for text in beginnings]


def all_of(paths: list[Path]) -> Callable[[Path], list[bytes]]:
    return lambda _folder: [path.read_bytes() for path in paths]


KINDS = {
    "designs": Kind(".glassnet", designs, read_design, 0.25),
    "scenes": Kind(".json", all_of(shipped_scenes()), read_scene, 0.05),
    "lectures": Kind(".glasslecture", all_of(shipped_lectures()), read_lecture, 0.15),
    "tables": Kind(".csv", tables, lambda path: read_table(path.read_bytes()), 0.1),
    "links": Kind(
        "", lambda _: [LINK.encode()], lambda path: read_link(path.read_text("utf-8", "replace")), 0.2
    ),
    "journals": Kind(".journal", journals, read_kept, 0.15),
    "settings": Kind(".ini", settings_of, read_settings, 0.1),
}


def mutant(original: bytes, draw: random.Random) -> bytes:
    """Return a damaged file: one of JSON with other values in it, or any with other bytes."""
    if draw.random() < 0.5 and original.startswith(b"{"):
        try:
            return json.dumps(damaged(json.loads(original), draw)).encode()
        except ValueError:
            pass  # a journal is not JSON as a whole
    return garbled(original, draw)


@pytest.mark.parametrize(
    "mutants", [USUAL, pytest.param(NIGHTLY, marks=pytest.mark.endurance)], ids=["usual", "nightly"]
)
@pytest.mark.parametrize("name", KINDS)
def test_what_is_damaged_is_read_or_refused_in_one_sentence(tmp_path: Path, name: str, mutants: int) -> None:
    kind, draw = KINDS[name], random.Random(name)
    whole, path, refused = kind.whole(tmp_path), tmp_path / f"mutant{kind.suffix}", 0
    path.write_bytes(whole[0])
    kind.read(path)
    count = round(mutants * kind.share)
    for k in range(count):
        path.write_bytes(mutant(whole[k % len(whole)], draw))
        try:
            kind.read(path)
        except (OneSentenceError, TableError) as error:
            check_sentence(error)
            refused += 1
    assert refused > count // 4 or name in ("tables", "settings")
