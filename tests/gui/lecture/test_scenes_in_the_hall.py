"""Every scene in presentation mode: nothing is cut off, overlaps, has to be scrolled, or is too small."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.lecture.builds import builds_of
from core.lecture.scene import read_scene, scene_files
from gui.cli.look import faults_at, hall
from gui.lecture.window import LectureWindow
from gui.theme import theme

USUAL = (1366, 768)
SIZES = ((1280, 720), (1366, 768), (1024, 768), (1920, 1080), (3840, 2160))
DRAWN_ANEW = ("notation", "one-expression", "k-classes", "activation-family", "the-loop", "vectorized")
"""Scenes whose pictures are painted for them, which have tests of their own."""
SCENES = [file for file in scene_files() if read_scene(file).name not in DRAWN_ANEW]


@pytest.fixture(scope="module")
def windows() -> Iterator[Callable[[tuple[int, int]], LectureWindow]]:
    """Open the lecture at a size, one window after another."""
    opened: dict[tuple[int, int], tuple[object, LectureWindow]] = {}

    def open_at(size: tuple[int, int]) -> LectureWindow:
        if size not in opened:
            close()
            context = hall(size)
            opened[size] = context, context.__enter__()
        return opened[size][1]

    def close() -> None:
        for context, _window in opened.values():
            context.__exit__(None, None, None)  # type: ignore[attr-defined]
        opened.clear()

    yield open_at
    close()
    theme.apply(QApplication.instance(), theme.LIGHT)  # type: ignore[arg-type]


@pytest.mark.parametrize("file", SCENES, ids=lambda file: file.stem)
def test_all_of_the_last_build_is_read_from_the_back_row(
    qtbot: QtBot, windows: Callable[[tuple[int, int]], LectureWindow], file
) -> None:
    window = windows(USUAL)
    window.open_scene(file)
    assert faults_at(window, window.theatre.builds - 1, USUAL) == []


@pytest.mark.endurance
@pytest.mark.parametrize("file", SCENES, ids=lambda file: file.stem)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_all_of_every_build_is_read_at_every_size(
    qtbot: QtBot, windows: Callable[[tuple[int, int]], LectureWindow], size: tuple[int, int], file
) -> None:
    window = windows(size)
    window.open_scene(file)
    found = {k + 1: faults_at(window, k, size) for k in range(window.theatre.builds)}
    assert {k: faults for k, faults in found.items() if faults} == {}


@pytest.mark.parametrize("file", scene_files(), ids=lambda file: file.stem)
def test_a_build_says_one_short_sentence(file) -> None:
    for build in builds_of(read_scene(file)):
        assert len(build.say.split()) <= 14, build.say
