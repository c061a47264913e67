"""Films of a widget: their pictures, their pace, and that nothing is left where they are called off."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QProgressDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from core.project.json_io import FileError
from gui.figures.film import SUFFIXES, FilmCancelled, Footage, save_film
from gui.figures.film_dialog import film

COLOURS = ("#ff0000", "#00ff00", "#0000ff", "#ffffff")


@pytest.fixture
def footage(qtbot: QtBot) -> Footage:
    """A widget of odd sides that takes four colours; it is black again at the end."""
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(161, 99)
    widget.setAutoFillBackground(True)

    def paint(colour: str) -> None:
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.Window, QColor(colour))
        widget.setPalette(palette)

    def moments() -> Iterator[str]:
        try:
            for colour in COLOURS:
                paint(colour)
                yield colour
        finally:
            paint("#000000")

    paint("#000000")
    return Footage(widget, moments, len(COLOURS))


def middles(path: Path) -> list[tuple[int, ...]]:
    """Return the colour in the middle of every picture of a film."""
    if path.suffix == ".mp4":
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path)]
        raw = subprocess.run(
            [*command, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], capture_output=True, check=True
        )
        pictures = np.frombuffer(raw.stdout, np.uint8).reshape(-1, 100, 162, 3)
        return [tuple(picture[50, 80].tolist()) for picture in pictures]
    found = []
    with Image.open(path) as image:
        for k in range(image.n_frames):
            image.seek(k)
            found.append(image.convert("RGB").getpixel((80, 50)))
    return found


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_film_has_every_moment_in_its_order(suffix: str, footage: Footage, tmp_path: Path) -> None:
    path = tmp_path / f"größe{suffix}"
    counted: list[int] = []
    save_film(footage, path, 20, lambda k: not counted.append(k))
    assert counted == [1, 2, 3, 4]
    wanted = np.array([QColor(colour).getRgb()[:3] for colour in COLOURS])
    assert np.abs(np.array(middles(path)) - wanted).max() < 12
    assert list(tmp_path.iterdir()) == [path]
    assert footage.widget.palette().window().color() == QColor("#000000")


def test_a_slow_film_shows_each_picture_as_long(footage: Footage, tmp_path: Path) -> None:
    save_film(footage, tmp_path / "a.gif", 0.5)
    with Image.open(tmp_path / "a.gif") as image:
        assert image.info["duration"] == 2000
    save_film(footage, tmp_path / "a.mp4", 0.5)
    frames, seconds = imageio_ffmpeg.count_frames_and_secs(str(tmp_path / "a.mp4"))
    assert frames == 4 * 20 and seconds == pytest.approx(8, abs=0.1)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_film_called_off_leaves_the_old_file(suffix: str, footage: Footage, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_text("mine")
    with pytest.raises(FilmCancelled):
        save_film(footage, path, 10, lambda k: k < 2)
    assert [(one, one.read_text()) for one in tmp_path.iterdir()] == [(path, "mine")]
    assert footage.widget.palette().window().color() == QColor("#000000")


def test_the_bar_calls_a_film_off(footage: Footage, tmp_path: Path) -> None:
    def press() -> None:
        bar = next(one for one in QApplication.topLevelWidgets() if isinstance(one, QProgressDialog))
        bar.findChild(QPushButton).click()

    footage.widget.show()
    QCoreApplication.processEvents()
    QTimer.singleShot(0, press)
    assert not film(footage.widget, footage, tmp_path / "a.gif", 10)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("suffix", "package"), [(".gif", "PIL"), (".webp", "PIL"), (".mp4", "imageio_ffmpeg")]
)
def test_a_missing_package_is_named_with_what_installs_it(
    suffix: str, package: str, footage: Footage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(FileError, match=r"not installed: pip install 'glassnet\[film\]'"):
        save_film(footage, tmp_path / f"a{suffix}", 10)


def test_a_film_of_another_kind_or_nowhere_is_refused(footage: Footage, tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"must end in \.gif, \.webp or \.mp4"):
        save_film(footage, tmp_path / "a.avi", 10)
    with pytest.raises(FileError, match="was not saved"):
        save_film(footage, tmp_path / "none" / "a.gif", 10)
    if Path("/dev/full").exists():
        (tmp_path / "full.gif").symlink_to("/dev/full")
        with pytest.raises(FileError, match="was not saved"):
            save_film(footage, tmp_path / "full.gif", 10)
