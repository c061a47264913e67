"""Films: a series of pictures of a widget as GIF, WebP or MP4.

They need the packages of the extra ``film``: Pillow, and for MP4 imageio-ffmpeg, which includes an encoder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from itertools import chain, islice
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from core.language import tr
from core.project.json_io import FileError, reason, replace_file
from gui.figures.figure import FigureStyle, bitmap

SUFFIXES = {".gif": "PIL", ".webp": "PIL", ".mp4": "imageio_ffmpeg"}
"""The file suffixes of films, and the package that writes each."""
LEAST_RATE = 10  # frames per second of an MP4; a picture shown longer is repeated
MOST_FRAMES = 5000
Told = Callable[[int], bool]
STYLE = FigureStyle(scale=1.0, controls=True)


class FilmCancelled(Exception):
    """The film was cancelled; no file is written."""


@dataclass(frozen=True)
class Footage:
    """The contents of a film: ``moments`` shows one moment after the other in ``widget``, ``count`` in all.

    When it is exhausted or closed, it restores the former state.
    """

    widget: QWidget
    moments: Callable[[], Iterator[object]]
    count: int


def check_film(path: Path) -> None:
    """Raise FileError if a film with this file name cannot be written."""
    package = SUFFIXES.get(path.suffix.lower())
    if package is None:
        raise FileError(
            tr("The film “{name}” was not saved: its name must end in .gif, .webp or .mp4.", name=path.name)
        )
    if find_spec(package) is None:
        raise FileError(
            tr(
                "A film needs the package {package}, which is not installed: pip install 'glassnet[film]'.",
                package={"PIL": "Pillow"}.get(package, "imageio-ffmpeg"),
            )
        )


def save_film(
    footage: Footage, path: Path, rate: float, told: Callable[[int], bool] = lambda _k: True
) -> None:
    """Write a film to a file, with ``rate`` pictures per second.

    ``told`` is called with the number of pictures so far, and returns False to cancel. Raises FilmCancelled
    or FileError; an existing file is then unchanged.
    """
    check_film(path)
    moments = footage.moments()
    try:
        with TemporaryDirectory() as folder:
            made = Path(folder, f"film{path.suffix.lower()}")
            images = _images(footage.widget, moments, told)
            _write(made, images, rate)
            replace_file(path, made.read_bytes())
    except (OSError, ValueError) as error:
        raise FileError(
            tr(
                "The film “{name}” was not saved: {reason}; choose another place.",
                name=path.name,
                reason=reason(error),
            )
        ) from None
    finally:
        close = getattr(moments, "close", None)
        if close is not None:
            close()


def _images(widget: QWidget, moments: Iterator[object], told: Callable[[int], bool]) -> Iterator[QImage]:
    """Yield a picture of every moment, all of the size of the first one, with even sides."""
    size: QSize | None = None
    for k, _moment in enumerate(islice(moments, MOST_FRAMES), start=1):
        shown = bitmap(widget, STYLE)
        if size is None:
            size = QSize(shown.width() + shown.width() % 2, shown.height() + shown.height() % 2)
        image = QImage(size, QImage.Format.Format_RGB888)
        image.fill(widget.palette().window().color())
        painter = QPainter(image)
        painter.drawImage(0, 0, shown)
        painter.end()
        yield image
        if not told(k):
            raise FilmCancelled


def _write(path: Path, images: Iterator[QImage], rate: float) -> None:
    first = next(images, None)
    if first is None:
        raise ValueError(tr("there is nothing to film"))
    if path.suffix == ".mp4":
        _write_mp4(path, chain([first], images), rate, first.size())
        return
    milliseconds = max(20, round(1000 / rate))
    more = {"quality": 90, "method": 2} if path.suffix == ".webp" else {}
    _pillow(first).save(
        path, save_all=True, append_images=map(_pillow, images), duration=milliseconds, loop=0, **more
    )


def _rows(image: QImage) -> bytes:
    """Return the pixels of an image, three bytes each, without the padding of Qt's rows."""
    width, step, data = 3 * image.width(), image.bytesPerLine(), bytes(image.constBits())
    if step == width:
        return data
    return b"".join(data[k * step : k * step + width] for k in range(image.height()))


def _pillow(image: QImage) -> Any:
    return import_module("PIL.Image").frombytes("RGB", (image.width(), image.height()), _rows(image))


def _write_mp4(path: Path, images: Iterator[QImage], rate: float, size: QSize) -> None:
    repeated = max(1, ceil(LEAST_RATE / rate))
    writer = import_module("imageio_ffmpeg").write_frames(
        str(path),
        (size.width(), size.height()),
        fps=rate * repeated,
        codec="libx264",
        quality=8,
        macro_block_size=2,
        output_params=["-movflags", "+faststart"],
        ffmpeg_log_level="error",
    )
    writer.send(None)
    try:
        for image in images:
            for _ in range(repeated):
                writer.send(_rows(image))
    finally:
        writer.close()
