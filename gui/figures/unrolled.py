"""Enlarges a widget temporarily so that a picture of it includes what is scrolled away on the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QGraphicsView,
    QMainWindow,
    QScrollBar,
    QWidget,
)

from gui.qt.drawable import whole

LARGEST = 2000  # pixels per side
ROUNDS = 24  # at most, of enlarging: the parts of a widget share the room


@contextmanager
def unrolled(widget: QWidget) -> Iterator[None]:
    """Enlarge a widget temporarily so that nothing in it is scrolled away.

    Its size is unchanged if that would take more than `LARGEST` pixels, such as for a table of many rows, and
    for a main window. A view that can be zoomed, such as the canvas, shows the part that was chosen.
    """
    areas = [] if isinstance(widget, QMainWindow) else _scroll_areas(widget)
    if not any(bar.isVisible() or bar.maximum() > bar.minimum() for area in areas for bar in _bars(area)):
        yield
        return
    size, undo = widget.size(), list[Callable[[], object]]()
    for area in areas:
        _without_bars(area, undo)
    try:
        _resize(widget, size)
        if not _grown(widget, areas):
            _resize(widget, size)
        yield
    finally:
        for step in undo:
            step()
        _resize(widget, size)
        for step in undo:  # again: scroll positions are only right at the final size
            step()


def _without_bars(area: QAbstractScrollArea, undo: list[Callable[[], object]]) -> None:
    """Remove the scroll bars of an area, and let them scroll by pixels."""
    off, pixels = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, QAbstractItemView.ScrollMode.ScrollPerPixel
    across, down = _bars(area)
    places = across.value(), down.value()
    if isinstance(area, QAbstractItemView):
        undo.append(partial(area.setHorizontalScrollMode, area.horizontalScrollMode()))
        undo.append(partial(area.setVerticalScrollMode, area.verticalScrollMode()))
    undo.append(partial(area.setHorizontalScrollBarPolicy, area.horizontalScrollBarPolicy()))
    undo.append(partial(area.setVerticalScrollBarPolicy, area.verticalScrollBarPolicy()))
    undo += (partial(bar.setValue, whole(place)) for bar, place in zip((across, down), places, strict=True))
    if isinstance(area, QAbstractItemView):
        area.setHorizontalScrollMode(pixels)
        area.setVerticalScrollMode(pixels)
    area.setHorizontalScrollBarPolicy(off)
    area.setVerticalScrollBarPolicy(off)


def _scroll_areas(widget: QWidget) -> list[QAbstractScrollArea]:
    parts = (widget, *widget.findChildren(QAbstractScrollArea))
    return [
        part
        for part in parts
        if isinstance(part, QAbstractScrollArea) and not isinstance(part, QGraphicsView) and part.isVisible()
    ]


def _bars(area: QAbstractScrollArea) -> tuple[QScrollBar, QScrollBar]:
    return area.horizontalScrollBar(), area.verticalScrollBar()


def _missing(area: QAbstractScrollArea) -> QSize:
    """Return the additional size that an area needs to show all its contents."""
    across, down = _bars(area)
    return QSize(across.maximum() - across.minimum(), down.maximum() - down.minimum())


def _grown(widget: QWidget, areas: list[QAbstractScrollArea]) -> bool:
    """Enlarge a widget until nothing is scrolled away; return whether that was possible."""
    for _ in range(ROUNDS):
        lacks = [_missing(area) for area in areas]
        room = QSize(max(lack.width() for lack in lacks), max(lack.height() for lack in lacks))
        if room == QSize(0, 0):
            return True
        before, wanted = widget.size(), widget.size() + room
        if max(wanted.width(), wanted.height()) > LARGEST:
            return False
        _resize(widget, wanted)
        if widget.size() == before:
            return False
    return False


def _resize(widget: QWidget, size: QSize) -> None:
    """Set the size of a widget and lay it out, without its layout resetting the size meanwhile."""
    widget.resize(size)
    for part in (*reversed(widget.findChildren(QWidget)), widget):
        QApplication.sendPostedEvents(part, QEvent.Type.LayoutRequest.value)
