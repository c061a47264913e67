"""Exporting from the window: each entry of File > Export writes what the present run has."""

from __future__ import annotations

import csv
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QPageLayout
from PySide6.QtPrintSupport import QPrintPreviewDialog
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from core.export.table import EXPORTS
from core.lecture.view_ids import ViewId
from core.nn.design import Dense, Design, Training
from core.nn.optimizers import Adam
from gui.app.command_palette import CommandPalette
from gui.figures.figure_dialog import FigureDialog
from gui.theme import theme
from gui.widgets import dialogs
from tests.core.export.scripts import run_file
from tests.gui.app.test_saving import answering, train

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Path]:
    """Answer the dialog for a file with the last path of this list; the names it offers are put before."""
    paths = [tmp_path / "out.csv"]

    def answer(_window: object, _title: str, start: str, _names: str, **_how: object) -> str:
        paths.insert(0, Path(start))
        return str(paths[-1])

    monkeypatch.setattr(dialogs, "file_to_save", answer)
    return paths


def press(window: MainWindow, name: str, what: str = "export") -> None:
    """Click an entry of the menu Export."""
    action = window.actions_[f"{what}_{name}" if what else name]
    menu = next(menu for menu in window.findChildren(QMenu) if action in menu.actions())
    menu.popup(window.mapToGlobal(window.rect().center()))
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())


def losses(file: Path) -> list[float]:
    return [float(row["loss"]) for row in csv.DictReader(file.read_text("utf-8").splitlines())]


def test_every_entry_writes_its_file(window: MainWindow, chosen: list[Path], tmp_path: Path) -> None:
    train(window, 50)
    for name, entry in EXPORTS.items():
        if entry.package and find_spec(entry.package) is None:
            continue
        for suffix in entry.makes:
            chosen[-1] = tmp_path / f"{name}{suffix}"
            press(window, name)
            assert chosen[-1].stat().st_size, name
            assert chosen[0].suffix in entry.makes, name
            assert chosen[-1].name in window.status.happened.text()


def test_the_script_repeats_the_run_of_the_window(
    window: MainWindow, chosen: list[Path], tmp_path: Path
) -> None:
    train(window, 60)
    press(window, "losses")
    chosen[-1] = tmp_path / "out.py"
    press(window, "numpy")
    np.testing.assert_allclose(run_file(chosen[-1]), losses(tmp_path / "out.csv"), rtol=1e-12)


def test_the_script_begins_where_something_was_changed_last(
    window: MainWindow, chosen: list[Path], tmp_path: Path
) -> None:
    train(window, 40)
    design = window.document.design
    other = replace(design.training, optimizer=Adam(), learning_rate=0.01)
    window.document.edit(replace(design, training=other), "optimizer")
    window.player.settle()
    train(window, 30)
    press(window, "losses")
    chosen[-1] = tmp_path / "out.py"
    press(window, "numpy")
    np.testing.assert_allclose(run_file(chosen[-1]), losses(tmp_path / "out.csv")[40:], rtol=1e-12)


def test_nothing_is_replaced_without_asking(window: MainWindow, chosen: list[Path]) -> None:
    train(window, 10)
    chosen[-1].write_text("mine")
    with answering("No") as texts:
        press(window, "losses")
    assert texts == ["“out.csv” is there already. Replace it?"]
    assert chosen[-1].read_text() == "mine"
    with answering("Yes"):
        press(window, "losses")
    assert len(losses(chosen[-1])) == 10


def test_what_cannot_be_written_is_told_in_one_sentence(
    window: MainWindow, chosen: list[Path], tmp_path: Path
) -> None:
    for path, said in (
        (tmp_path / "none" / "out.csv", "no such folder"),
        (tmp_path / "out.txt", "must end in .csv"),
        (tmp_path / "out.csv", "train first"),
    ):
        chosen[-1] = path
        press(window, "losses")
        assert said in window.notice.sentence.text()
    assert list(tmp_path.glob("out*")) == []


def test_a_title_that_is_no_name_is_left_out_of_the_name(window: MainWindow, chosen: list[Path]) -> None:
    window.document.begin(Design("...."))
    train(window, 5)
    press(window, "losses")
    assert chosen[0].name == "losses.csv"


def test_without_a_run_there_is_nothing_to_export(window: MainWindow, chosen: list[Path]) -> None:
    window.document.begin(Design(layers=(Dense(1, "softmax"),), training=Training()))
    press(window, "parameters")
    assert "There is no run to export" in window.notice.sentence.text()
    assert not chosen[-1].exists()


def test_ctrl_k_finds_the_export(window: MainWindow, qtbot: QtBot, chosen: list[Path]) -> None:
    train(window, 10)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=60_000)
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = window.findChild(CommandPalette)
    qtbot.keyClicks(palette.line, "losses as a table")
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert len(losses(chosen[-1])) == 10


@pytest.mark.parametrize(("suffix", "begins"), [(".svg", b"<?xml"), (".pdf", b"%PDF"), (".png", b"\x89PNG")])
def test_a_view_is_saved_as_a_figure(
    suffix: str, begins: bytes, window: MainWindow, chosen: list[Path], tmp_path: Path
) -> None:
    train(window, 50)
    chosen[-1] = tmp_path / f"out{suffix}"
    press(window, ViewId.HIDDEN_SPACE, "figure")
    dialog = window.findChild(FigureDialog)
    QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    assert chosen[-1].read_bytes().startswith(begins)
    assert "hidden_space" in chosen[0].name
    assert chosen[-1].name in window.status.happened.text()


def test_a_figure_replaces_nothing_without_asking(window: MainWindow, chosen: list[Path]) -> None:
    chosen[-1] = chosen[-1].with_suffix(".pdf")
    chosen[-1].write_text("mine")
    press(window, ViewId.CANVAS, "figure")
    dialog = window.findChild(FigureDialog)
    with answering("No") as texts:
        QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    assert texts == ["“out.pdf” is there already. Replace it?"]
    assert chosen[-1].read_text() == "mine"
    chosen[-1] = chosen[-1].with_suffix(".doc")
    QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    said = [box.text() for box in window.findChildren(QMessageBox)]
    assert any("must end in .svg, .pdf or .png" in text for text in said)


def test_a_figure_is_asked_about_and_saved_while_a_run_goes_on(
    window: MainWindow, chosen: list[Path]
) -> None:
    window.player.run()
    press(window, ViewId.CANVAS, "figure")
    chosen[-1] = chosen[-1].with_suffix(".svg")
    QTest.mouseClick(window.findChild(FigureDialog).save_button, Qt.MouseButton.LeftButton)
    assert window.player.running and chosen[-1].read_bytes().startswith(b"<?xml")


def test_print_shows_the_view_with_the_focus_on_paper(window: MainWindow) -> None:
    window.panels[ViewId.DECISION_BOUNDARY].plane.setFocus()
    press(window, "print", "")
    preview = window.findChild(QPrintPreviewDialog)
    assert preview.isVisible()
    shown = window.panels[ViewId.DECISION_BOUNDARY].plane.size()
    landscape = preview.printer().pageLayout().orientation() == QPageLayout.Orientation.Landscape
    assert landscape == (shown.width() > shown.height())
    preview.close()


def test_a_dark_figure_leaves_the_window_as_it_was(
    window: MainWindow, chosen: list[Path], tmp_path: Path
) -> None:
    window.looks.show(theme.LIGHT)
    chosen[-1] = tmp_path / "out.svg"
    press(window, ViewId.CANVAS, "figure")
    dialog = window.findChild(FigureDialog)
    dialog.look.setCurrentIndex(dialog.look.findText("Dark"))
    QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    assert theme.DARK.canvas.name() in chosen[-1].read_text()
    assert window.looks.theme is theme.LIGHT
