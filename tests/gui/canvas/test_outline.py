"""The outline copies the worked solution that the inspector copies and the terminal writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAction, QGuiApplication
from pytestqt.qtbot import QtBot

from core.nn.design import Dense, Design
from core.nn.trainer import Phase
from core.number_style import known_text
from gui.canvas.outline import Outline
from gui.cli.explain import explain
from gui.selection import Selection
from tests.gui.scenes import scene, tell

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow

CONTROL = Qt.KeyboardModifier.ControlModifier


def copied() -> str:
    return QGuiApplication.clipboard().text()


@pytest.fixture
def outline(qtbot: QtBot) -> Outline:
    made = Outline()
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.mark.parametrize("sample", [0, 7])
def test_outline_inspector_and_terminal_give_the_same_text(
    open_window: Callable[..., MainWindow],
    qtbot: QtBot,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    sample: int,
) -> None:
    window = open_window(Design("2-4-2-1", layers=(Dense(4), Dense(2), Dense(1, "sigmoid"))))
    window.player.run(30)
    window.player.settle()
    path = tmp_path / "trained.glassnet"
    assert window.files.write(path) and window.files.open(path)
    window.player.settle()
    window.session.select(Selection(sample=sample))
    inspector, outline = window.panels["inspector"], window.panels.bring("outline")
    outline.setFocus()
    qtbot.waitUntil(outline.hasFocus)
    qtbot.keyClick(outline, Qt.Key.Key_C, CONTROL)
    from_outline = copied()
    assert f"Sample {sample + 1}" in window.status.happened.text()
    inspector.copy.menu.actions()[0].trigger()
    from_inspector = copied()
    assert explain(str(path), sample=sample + 1, width=80) == 0
    assert from_outline == from_inspector == capsys.readouterr().out
    assert "z[1]" in from_outline
    window.actions_["forward"].trigger()
    window.player.settle()
    qtbot.keyClick(outline, Qt.Key.Key_C, CONTROL)
    assert copied() == from_outline
    outline.topLevelItem(1).setExpanded(True)
    case = inspector._moment.case
    expected = known_text(float(case.values.a[1][0, 0]))
    qtbot.waitUntil(lambda: outline.topLevelItem(1).child(0).text(1) == expected)


def test_the_menu_offers_text_and_latex(outline: Outline, qtbot: QtBot) -> None:
    tell(outline, scene(phase=Phase.UPDATE), Selection(layer=1, neuron=2, sample=3))
    assert outline.contextMenuPolicy() is Qt.ContextMenuPolicy.ActionsContextMenu
    assert [action.text() for action in outline.actions()] == [
        "Copy worked solution",
        "Copy worked solution as LaTeX",
    ]
    told: list[str] = []
    outline.message.connect(told.append)
    as_latex = outline.findChildren(QAction)[1]
    as_latex.trigger()
    assert r"\begin{align*}" in copied()
    assert told[-1].startswith("Sample 4:") and "lines copied" in told[-1]


def test_screen_readers_are_told_the_key(outline: Outline) -> None:
    interface = QAccessible.queryAccessibleInterface(outline)
    assert "Ctrl+C copies the whole pass" in interface.text(QAccessible.Text.Description)


def test_without_numbers_nothing_is_copied(outline: Outline, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("as it was")
    told: list[str] = []
    outline.message.connect(told.append)
    outline.setFocus()
    qtbot.waitUntil(outline.hasFocus)
    qtbot.keyClick(outline, Qt.Key.Key_C, CONTROL)
    assert copied() == "as it was" and told == ["Nothing is computed yet."]


def test_a_long_one_is_written_beside_the_window(outline: Outline, qtbot: QtBot) -> None:
    tell(outline, scene("breast-cancer", hidden=(12,), iterations=2))
    outline.setFocus()
    qtbot.waitUntil(outline.hasFocus)
    told: list[str] = []
    outline.message.connect(told.append)
    qtbot.keyClick(outline, Qt.Key.Key_C, CONTROL)
    assert told == ["Writing it out …"]
    qtbot.waitUntil(lambda: len(told) == 2)
    assert "lines copied" in told[1] and "z[1]" in copied()
