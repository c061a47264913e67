"""Random events and actions in all windows, and damaged designs opened in the main one.

The usual run opens 10 damaged designs; ``pytest -m endurance tests/endurance/test_windows.py`` opens 500, and
does 150,000 things, 37,500 of them actions.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.project import files
from tests.endurance.monkey import Monkey
from tests.endurance.test_hostile_files import damaged, designs

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow

endurance = pytest.mark.endurance
THINGS = 3000


@pytest.mark.qt_log_ignore("does not support grabbing the mouse", extend=True)
@endurance
@pytest.mark.parametrize("seed", range(1, 51))
def test_three_thousand_random_events_in_all_windows_raise_nothing(
    open_window: Callable[..., MainWindow], qtbot: QtBot, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window()
    monkey = Monkey(window, seed, monkeypatch)
    with qtbot.captureExceptions() as raised:
        monkey.run(THINGS, stops=lambda: raised)
    assert not raised, (list(monkey.trail), raised)
    monkey.stop()
    monkeypatch.undo()
    with qtbot.captureExceptions() as raised:
        window.player.pause()
        window.player.settle()
        QApplication.processEvents()
    assert not raised, (list(monkey.trail), raised)


@pytest.mark.parametrize(
    ("count", "seed"), [(10, 0), *(pytest.param(100, seed, marks=endurance) for seed in range(1, 6))]
)
def test_damaged_designs_open_in_the_window_or_are_refused(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, count: int, seed: int
) -> None:
    draw, path = random.Random(seed), tmp_path / "a.glassnet"
    whole = []
    for design in designs():
        files.write(path, files.DesignFile(design))
        whole.append(json.loads(path.read_bytes()))
    for _ in range(count):
        path.write_text(json.dumps(damaged(draw.choice(whole), draw)))
        window.notice.hide()
        with qtbot.captureExceptions() as raised:
            opened = window.files.open(path)
            window.player.settle()
            QApplication.processEvents()
        assert not raised, path.read_text()
        assert opened or window.notice.sentence.text().strip()
        assert not opened or window.document.path == path
