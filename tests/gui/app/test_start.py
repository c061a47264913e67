"""The start of the program: the windows open, train, and finish drawing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.lecture.scene import find_scene
from gui.qt.later import Later, draw_all, still_to_draw
from gui.views.data_panel import SourcePicker
from gui.widgets.files import save_pixmap
from tests.sampling import spread
from tests.test_floors import ROOT, SOURCES

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


STORED = re.compile(r'"((?:files|lecture|look|tour|train|window)/\w+)"')
RUBBISH = (
    "",
    "-5",
    "nan",
    "1e400",
    "9" * 40,
    "1, 2, 3",
    "@ByteArray(rubbish)",
    "@Invalid()",
    "\\x0\\xffff",
    "../..",
)


@pytest.mark.parametrize("rubbish", spread(RUBBISH, 5))
def test_a_window_opens_whatever_the_settings_hold(
    settings: QSettings, open_window: Callable[..., MainWindow], rubbish: str
) -> None:
    """All that any part of the program stores is rubbish, as in a file that was damaged."""
    keys = {key for path in SOURCES for key in STORED.findall(path.read_text(encoding="utf-8"))}
    groups = {key.partition("/")[0] for key in keys}
    assert groups == {"files", "lecture", "look", "tour", "train", "window"}
    lines = [
        f"[{group}]\n"
        + "".join(f"{key.partition('/')[2]}={rubbish}\n" for key in sorted(keys) if group in key)
        for group in groups
    ]
    Path(settings.fileName()).write_text("\n".join(lines), encoding="utf-8")
    settings.sync()
    window = open_window()
    window.take_place()
    window.files.recent_menu.aboutToShow.emit()
    window.lecture_launcher.recent_menu.aboutToShow.emit()
    for name in ("lecture", "scenes", "preferences"):
        window.actions_[name].trigger()
    lecture = window.lecture_launcher.lecture
    assert lecture is not None
    lecture.actions_["notes"].trigger()
    draw_all(window)
    draw_all(lecture)
    assert window.isVisible() and lecture.scene is not None
    for one in QApplication.topLevelWidgets():
        if one is not window:
            one.close()


NO_FONTS = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>'
WRITES = """
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication
from gui.app.application import application
from gui.theme.theme import font
without = QFontMetrics(QApplication([]).font()).inFontUcs4(ord("A"))
application()
metrics = [QFontMetrics(font(role)) for role in ("text", "formula")]
print(without, all(one.inFontUcs4(ord(letter)) for one in metrics for letter in "AzΔη∂"))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="fonts are found by fontconfig")
def test_a_system_without_fonts_still_shows_letters(tmp_path: Path) -> None:
    (tmp_path / "fonts.conf").write_text(NO_FONTS)
    none = {"FONTCONFIG_FILE": str(tmp_path / "fonts.conf"), "QT_QPA_PLATFORM": "offscreen"}
    ran = subprocess.run(
        [sys.executable, "-c", WRITES],
        cwd=ROOT,
        env=os.environ | none,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.split() == ["False", "True"]
