"""The start of the program: the windows open, train, and finish drawing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.lecture.scene import find_scene
from gui.qt.later import Later, draw_all, still_to_draw
from gui.views.data_panel import SourcePicker
from gui.widgets.files import save_pixmap

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow


def painted(window: MainWindow) -> bool:
    picker = window.findChild(SourcePicker)
    return all(picker.item(k).data(Qt.ItemDataRole.DecorationRole) for k in range(picker.count()))


def test_a_window_is_drawn_to_the_end_and_learns(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = open_window()
    draw_all(window)
    assert painted(window)
    QTest.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.player.newest.iteration > 20, timeout=60_000)
    QTest.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not window.player.running, timeout=60_000)
    draw_all(window)
    assert not still_to_draw(window)


def test_nothing_that_is_drawn_later_is_forgotten(window: MainWindow) -> None:
    """Every single-shot timer is a `Later`, except those that hide a message or end a gesture."""
    for dock in window.panels.docks:
        dock.show()
        dock.raise_()
    window.player.run(30)
    window.player.settle()
    draw_all(window)
    ends = [timer for timer in window.findChildren(QTimer) if timer.isActive() and timer.isSingleShot()]
    names = {type(timer.parent()).__name__ for timer in ends if not isinstance(timer, Later)}
    assert names <= {"StatusLine", "Status", "Player", "WeightEditor"}


def test_the_lecture_is_drawn_to_the_end(window: MainWindow) -> None:
    assert window.lecture_launcher.show_if_scene(find_scene("one-weight"))
    lecture = window.lecture_launcher.lecture
    lecture.actions_["gallery"].trigger()
    draw_all(lecture)
    assert not still_to_draw(lecture)


def test_a_picture_replaces_a_file_only_as_a_whole(window: MainWindow, tmp_path: Path) -> None:
    from core.project.json_io import FileError

    save_pixmap(window.grab(), str(tmp_path / "a.png"))
    before = (tmp_path / "a.png").read_bytes()
    assert before.startswith(b"\x89PNG")
    (tmp_path / "folder.png").mkdir()
    for name in ("a.nothing", "folder.png", "none/a.png", "a"):
        with pytest.raises(FileError, match=r"^The picture “.*” was not saved: "):
            save_pixmap(window.grab(), str(tmp_path / name))
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix != ".ini") == [
        "a.png",
        "folder.png",
    ]
