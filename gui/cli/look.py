"""The command `scenes --look`: draws every build of scenes, and reports what cannot be read there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QSettings, Qt

from core.language import tr
from core.lecture.scene import find_scene, shipped_scenes
from gui.app.application import application
from gui.cli.printing import complain, say
from gui.lecture.inspection import faults_of
from gui.lecture.window import LectureWindow, open_lecture
from gui.qt.later import draw_all
from gui.theme import theme

SIZES = ((1920, 1080), (1366, 768), (1024, 768))


def look(words: Iterable[str] = (), sizes: Sequence[tuple[int, int]] = ()) -> int:
    """Check every build of the scenes with these numbers, names or files (none: all), at every size.

    Exit code 1: something is cut off, overlaps, is too small, or card and stage disagree.
    """
    files = [find_scene(word).resolve() for word in words] or shipped_scenes()
    found = builds = 0
    for size in sizes or SIZES:
        with hall(size) as window:
            for file in files:
                for number, faults in faults_in(window, file, size):
                    builds += 1
                    found += len(faults)
                    if faults:
                        scene = window.scene
                        head = tr("{title}, build {number}, {width}x{height}:")
                        title = file.stem if scene is None else scene.title
                        line = head.format(title=title, number=number + 1, width=size[0], height=size[1])
                        say("\n".join([line, *(f"    {fault}" for fault in faults)]))
    say(tr("{builds} builds looked at, {found} faults found.", builds=builds, found=found))
    if found:
        complain(tr("{found} faults are named above.", found=found))
    return 1 if found else 0


@contextmanager
def hall(size: tuple[int, int]) -> Iterator[LectureWindow]:
    """Open the lecture in presentation mode on a screen of a size, with temporary settings."""
    shown = theme.LIGHT
    theme.apply(application(), shown, theme.hall_scale(size[1]))
    with TemporaryDirectory() as folder:
        settings = QSettings(str(Path(folder, "settings.ini")), QSettings.Format.IniFormat)
        window = open_lecture(None, settings, shown)
        try:
            window.setWindowState(Qt.WindowState.WindowNoState)
            window.resize(*size)
            yield window
        finally:
            window.close()
            settings.sync()


def faults_in(window: LectureWindow, file: Path, size: tuple[int, int]) -> Iterator[tuple[int, list[str]]]:
    """Yield the index of every build of a scene and the faults that are seen in it."""
    window.open_scene(file)
    for number in range(window.theatre.builds):
        yield number, faults_at(window, number, size)


def faults_at(window: LectureWindow, number: int, size: tuple[int, int]) -> list[str]:
    """Return the faults of the build with this index of the present scene, each once."""
    window.theatre.go_build(number)
    window.theatre.finish()
    window.resize(*size)
    draw_all(window)
    return list(dict.fromkeys(faults_of(window.theatre, size[1], window.page)))
