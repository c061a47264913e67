"""A design whose table lies in another file: one that moved or changed is asked for, nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from core.data.datasets import make_dataset
from core.data.reading import read_file
from core.nn.design import Data, Dense, Design, fitted
from core.project import files
from gui.app.main_window import MainWindow
from gui.widgets import dialogs
from tests.gui.app.test_saving import answering

ROWS = "x1,x2,y\n" + "".join(f"{k},{k * k % 7},{k % 2}\n" for k in range(40))


@pytest.fixture
def design(tmp_path: Path) -> Path:
    """Return a design file that is linked to its table, `table.csv` beside it."""
    csv = tmp_path / "table.csv"
    csv.write_text(ROWS)
    table = read_file(csv).table
    assert table.file is not None
    data = Data(source="table", table=replace(table, file=replace(table.file, linked=True)))
    made = fitted(Design("Linked", data=data, layers=(Dense(3), Dense(1))), make_dataset(data))
    path = tmp_path / "linked.glassnet"
    files.write(path, files.DesignFile(made))
    return path


def rows(window: MainWindow) -> int:
    table = window.document.design.data.table
    return 0 if table is None else table.rows


def test_a_table_in_its_place_is_read_without_a_question(window: MainWindow, design: Path) -> None:
    assert window.files.open(design) and rows(window) == 40


def test_a_table_that_moved_is_asked_for(
    window: MainWindow, design: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    moved = (design.parent / "table.csv").rename(tmp_path / "elsewhere" / "other.csv")
    before = window.document.design
    with answering("Cancel") as asked:
        assert not window.files.open(design)
    assert "table.csv" in asked[0] and window.document.design == before
    monkeypatch.setattr(dialogs, "file_to_open", lambda *_asked: str(moved))
    with answering("Choose the file…"):
        assert window.files.open(design)
    assert rows(window) == 40 and not window.document.problems


def test_a_table_that_changed_is_taken_only_if_it_is_wanted(
    window: MainWindow, qtbot: QtBot, design: Path
) -> None:
    csv = design.parent / "table.csv"
    csv.write_text(ROWS + "1,2,0\n")
    with answering("Cancel") as asked:
        assert not window.files.open(design)
    assert "has changed" in asked[0]
    with answering("Take it as it is now"):
        assert window.files.open(design)
    assert rows(window) == 41


def test_another_file_that_does_not_fit_is_asked_about_again(
    window: MainWindow, design: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (design.parent / "table.csv").unlink()
    other = tmp_path / "other.csv"
    other.write_text(ROWS.replace("1,1,1", "1,1,0"))
    monkeypatch.setattr(dialogs, "file_to_open", lambda *_asked: str(other))
    answers = iter(["Choose the file…", "Take it as it is now"])
    asked: list[str] = []
    original = dialogs.MessageBox.exec

    def answer(box: dialogs.MessageBox) -> int:
        asked.append(box.text())
        with answering(next(answers)):
            return original(box)

    monkeypatch.setattr(dialogs.MessageBox, "exec", answer)
    assert window.files.open(design)
    assert len(asked) == 2 and "has changed" in asked[1] and rows(window) == 40
