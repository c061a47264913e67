"""Every scene in presentation mode: nothing is cut off, overlaps, has to be scrolled, or is too small."""

from collections.abc import Callable, Iterable

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.lecture.builds import builds_of
from core.lecture.scene import read_scene, shipped_scenes
from gui.cli.look import faults_at, hall
from gui.theme import theme

USUAL = (1366, 768)
SIZES = ((1280, 720), (1366, 768), (1024, 768), (1920, 1080), (3840, 2160))
DRAWN_ANEW = ("notation", "one-expression", "k-classes", "activation-family", "the-loop", "vectorized")
"""Scenes whose pictures are painted for them, which have tests of their own."""
SCENES = [file for file in shipped_scenes() if read_scene(file).name not in DRAWN_ANEW]


def faults(size: tuple[int, int], builds: Callable[[int], Iterable[int]]) -> dict[str, list[str]]:
    """Return what cannot be read on a screen of this size, by scene and build, of these of so many builds."""
    found = {}
    with hall(size) as window:
        for file in SCENES:
            window.open_scene(file)
            for k in builds(window.theatre.builds):
                if told := faults_at(window, k, size):
                    found[f"{file.stem}, build {k + 1}"] = told
    theme.apply(QApplication.instance(), theme.LIGHT)  # type: ignore[arg-type]
    return found


def test_all_of_the_last_builds_is_read_from_the_back_row(qtbot: QtBot) -> None:
    assert faults(USUAL, lambda count: [count - 1]) == {}


@pytest.mark.endurance
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_all_of_every_build_is_read_at_every_size(qtbot: QtBot, size: tuple[int, int]) -> None:
    assert faults(size, range) == {}


@pytest.mark.parametrize("file", shipped_scenes(), ids=lambda file: file.stem)
def test_a_build_says_one_short_sentence(file) -> None:
    for build in builds_of(read_scene(file)):
        assert len(build.say.split()) <= 14, build.say
