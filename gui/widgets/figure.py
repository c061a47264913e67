"""A widget as a figure: SVG or PDF made of true vectors, or PNG, painted by the widget's own code.

A widget that keeps what it has painted in a pixmap has to paint it directly where `is_vector` says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QMimeData, QRect, QSizeF
from PySide6.QtGui import QGuiApplication, QImage, QPageSize, QPaintDevice, QPaintEngine, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QGraphicsItem, QGraphicsView, QWidget

from core.language import tr
from core.project.json_io import FileError, reason, replace_file

SUFFIXES = (".svg", ".pdf", ".png")
NAMES = ";;".join(f"{suffix.removeprefix('.').upper()} (*{suffix})" for suffix in SUFFIXES)
DOTS, INCH = 96, 25.4  # pixels of a widget per inch, millimetres per inch
SCALE = 2.0  # pixels of a PNG per pixel of the widget
EMPTY_PATH = re.compile(rb'<path [^>]*\bd=""\s*/>')  # Qt writes one for nothing; readers complain
SVG_TYPE = "image/svg+xml"


def is_vector(painter: QPainter) -> bool:
    """Return whether what is painted becomes part of a vector figure, where a pixmap would stay a bitmap."""
    return painter.paintEngine().type() in (QPaintEngine.Type.SVG, QPaintEngine.Type.Pdf)


def figure_of(view: QWidget) -> QWidget:
    """Return the part of a view that makes a figure: its attribute ``figure``, or else all of it."""
    part = getattr(view, "figure", view)
    assert isinstance(part, QWidget)
    return part


def figure(widget: QWidget, suffix: str, title: str = "") -> bytes:
    """Return a picture of a widget as it stands, as the contents of a file with one of the `SUFFIXES`.

    Its size is that of the widget at 96 pixels per inch.
    """
    data = QBuffer()
    data.open(QIODevice.OpenModeFlag.WriteOnly)
    if suffix == ".png":
        image = QImage(widget.size() * SCALE, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(SCALE)
        _paint(widget, image)
        image.save(data, "PNG")  # type: ignore[call-overload]
    elif suffix == ".svg":
        _paint(widget, _svg(widget, data, title))
    else:
        _paint(widget, _pdf(widget, data, title))
    data.close()
    written = bytes(data.data().data())
    return EMPTY_PATH.sub(b"", written) if suffix == ".svg" else written


def _svg(widget: QWidget, data: QBuffer, title: str) -> QSvgGenerator:
    page = QSvgGenerator()
    page.setOutputDevice(data)
    page.setResolution(DOTS)
    page.setSize(widget.size())
    page.setViewBox(QRect(0, 0, widget.width(), widget.height()))
    page.setTitle(title)
    return page


def _pdf(widget: QWidget, data: QBuffer, title: str) -> QPdfWriter:
    page = QPdfWriter(data)
    page.setResolution(DOTS)
    size = QSizeF(widget.size()) / DOTS * INCH
    page.setPageSize(QPageSize(size, QPageSize.Unit.Millimeter, "", QPageSize.SizeMatchPolicy.ExactMatch))
    page.setPageMargins(QMarginsF(0, 0, 0, 0))
    page.setTitle(title)
    return page


def _paint(widget: QWidget, device: QPaintDevice) -> None:
    with uncached(widget):
        QWidget.render(widget, device)  # QGraphicsView has another method of this name


@contextmanager
def uncached(widget: QWidget) -> Iterator[None]:
    """Let nothing of a graphics view be drawn from bitmaps that Qt or pyqtgraph keep of it."""
    undo: list[Callable[[], object]] = []
    for view in (widget, *widget.findChildren(QWidget)):
        if not isinstance(view, QGraphicsView):
            continue
        undo.append(partial(view.setCacheMode, view.cacheMode()))
        view.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)
        for item in view.scene().items() if view.scene() is not None else ():
            if item.cacheMode() != QGraphicsItem.CacheMode.NoCache:
                undo.append(partial(item.setCacheMode, item.cacheMode()))
                item.setCacheMode(QGraphicsItem.CacheMode.NoCache)
            if (export := getattr(item, "setExportMode", None)) is not None:  # pyqtgraph draws shapes then
                undo.append(partial(export, False))
                export(True, {"antialias": True, "resolutionScale": 1.0})
    try:
        yield
    finally:
        for step in undo:
            step()


def figure_suffix(path: Path) -> str:
    """Return the ending of the name of a figure. Raises FileError."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise FileError(
            tr("The picture “{name}” was not saved: its name must end in .svg, .pdf or .png.", name=path.name)
        )
    return suffix


def save_figure(widget: QWidget, path: Path, title: str = "") -> None:
    """Write a picture of a widget in the format that the ending says. Raises FileError."""
    suffix = figure_suffix(path)
    try:
        replace_file(path, figure(widget, suffix, title))
    except (OSError, ValueError) as error:
        raise FileError(
            tr(
                "The picture “{name}” was not saved: {reason}; choose another place.",
                name=path.name,
                reason=reason(error),
            )
        ) from None


def copy_figure(widget: QWidget) -> None:
    """Copy a picture of a widget, as SVG and as a bitmap: the program it is pasted into chooses."""
    copied = QMimeData()
    copied.setData(SVG_TYPE, QByteArray(figure(widget, ".svg")))
    copied.setImageData(QImage.fromData(figure(widget, ".png")))
    QGuiApplication.clipboard().setMimeData(copied)
