"""The gallery, tested with real keys and clicks, and the thumbnails of all scenes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.lecture.scene import find_scene, read_scene, scene_files, shipped_scenes
from gui.lecture.gallery.thumbnails import thumbnail
from gui.lecture.gallery.view import Gallery, own_scenes, remember
from gui.theme import theme
from gui.widgets import dialogs

KEY = Qt.Key


def opened(qtbot: QtBot, settings: QSettings | None = None) -> Gallery:
    theme.apply(QApplication.instance(), theme.LIGHT)
    gallery = Gallery(settings)
    qtbot.addWidget(gallery)
    gallery.resize(1200, 700)
    gallery.show()
    gallery.activateWindow()
    qtbot.waitUntil(gallery.isActiveWindow)
    qtbot.waitUntil(lambda: not gallery._work.isActive())
    return gallery


def visible(gallery: Gallery) -> list[int]:
    return [tile.scene.number for tile in gallery.shelf.shown()]


def test_all_scenes_by_part_then_search_arrows_and_enter(qtbot: QtBot) -> None:
    gallery = opened(qtbot)
    scenes = [read_scene(file) for file in shipped_scenes()]
    assert visible(gallery) == [one.number for one in scenes]
    parts = [label.text() for label, _tiles in gallery.shelf.parts]
    assert parts == list(dict.fromkeys(one.part for one in scenes))
    assert parts == [*sorted(parts[:-1]), "From the books"]
    assert all(not tile.wants_picture for tile in gallery.tiles)
    assert gallery.shelf.width() <= gallery.area.viewport().width()
    chosen: list[Path] = []
    gallery.scene_chosen.connect(chosen.append)

    QTest.keyClicks(gallery.search, "softmax")
    asked = [one for one in scenes if "softmax" in " ".join([one.title, one.formula, *one.words]).lower()]
    assert visible(gallery) == [one.number for one in asked]
    QTest.keyClick(gallery.search, KEY.Key_Return)
    assert chosen[-1] == find_scene(f"{asked[0].number:02d}")
    gallery.search.clear()
    QTest.keyClicks(gallery.search, "mazur")
    assert [tile.scene.name for tile in gallery.shelf.shown()] == ["two-two-two"]
    QTest.keyClicks(gallery.search, " qqq")
    assert visible(gallery) == []
    assert gallery.nothing.isVisible()
    gallery.search.clear()
    assert not gallery.nothing.isVisible()

    QTest.keyClick(gallery.search, KEY.Key_Down)
    first = QApplication.focusWidget()
    assert first is gallery.tiles[0]
    QTest.keyClick(first, KEY.Key_Right)
    assert QApplication.focusWidget() is gallery.tiles[1]
    QTest.keyClick(gallery.tiles[1], KEY.Key_Left)
    QTest.keyClick(gallery.tiles[0], KEY.Key_Down)
    below = QApplication.focusWidget()
    assert (below.x(), below.y() > gallery.tiles[0].y()) == (gallery.tiles[0].x(), True)
    QTest.keyClick(below, KEY.Key_Up)
    assert QApplication.focusWidget() is gallery.tiles[0]
    QTest.keyClick(gallery.tiles[0], KEY.Key_Right)
    QTest.keyClick(gallery.tiles[1], KEY.Key_Return)
    assert chosen[-1] == scene_files()[1]
    QTest.keyClick(gallery.tiles[1], KEY.Key_Up)
    assert QApplication.focusWidget() is gallery.search

    QTest.mouseClick(gallery.tiles[2], Qt.MouseButton.LeftButton)
    assert QApplication.focusWidget() is gallery.tiles[2]
    assert chosen[-1] == scene_files()[1]
    QTest.mouseDClick(gallery.tiles[2], Qt.MouseButton.LeftButton)
    assert chosen[-1] == scene_files()[2]
    with qtbot.waitSignal(gallery.closed):
        QTest.keyClick(gallery.tiles[2], KEY.Key_Escape)
    for tile in gallery.tiles:
        assert tile.accessibleName() == f"{tile.scene.number}. {tile.scene.title}"


def test_own_scenes_and_broken_files(
    qtbot: QtBot, settings: QSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad, other = (tmp_path / name for name in ("mine.json", "bad.json", "other.json"))
    for path in (good, other):
        shutil.copy(find_scene("15"), path)
    bad.write_text("{")
    remember(settings, bad)
    remember(settings, good)
    remember(settings, tmp_path / "gone.json")
    assert own_scenes(settings) == [good, bad]
    gallery = opened(qtbot, settings)
    label, tiles = gallery.shelf.parts[-1]
    assert label.text() == "Your own scenes"
    assert [tile.path for tile in tiles] == [good, bad]
    assert "bad.json" in tiles[1].toolTip()
    chosen: list[Path] = []
    gallery.scene_chosen.connect(chosen.append)
    QTest.keyClick(tiles[1], KEY.Key_Return)
    assert chosen == []
    QTest.keyClick(tiles[0], KEY.Key_Return)
    assert chosen == [good]
    monkeypatch.setattr(dialogs, "file_to_open", lambda *_arguments: str(other))
    QTest.keyClick(gallery.search, KEY.Key_O, Qt.KeyboardModifier.ControlModifier)
    assert chosen == [good, other]
    assert own_scenes(settings) == [other, good, bad]
    assert other in [tile.path for tile in gallery.tiles]


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_picture_shows_something_and_no_two_are_the_same(name: str, qapp: QApplication) -> None:
    shown = theme.THEMES[name]
    pictures = []
    for file in scene_files():
        picture = thumbnail(read_scene(file), shown, 200, 110, 1.0).toImage()
        picture = picture.convertToFormat(QImage.Format.Format_RGBA8888)
        data = bytes(picture.constBits())
        pictures.append(data)
        pixels = {data[k : k + 4] for k in range(0, len(data), 4)}
        assert len(pixels) > 10
    same = {data: pictures.count(data) for data in pictures}
    assert sum(count - 1 for count in same.values()) <= 3  # scenes with the same network look the same
