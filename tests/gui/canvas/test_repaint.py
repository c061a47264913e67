"""What is left on the screen after parts of the canvas were drawn anew is what a whole repaint shows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QGuiApplication, QImage, QPixmapCache
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.canvas.network_view import NetworkView
from gui.qt.later import draw_all
from gui.selection import Selection
from tests.gui.on_canvas import Shown, farthest
from tests.sampling import covering


def seen(view: NetworkView) -> QImage:
    """Return what is on the screen where the canvas is."""
    QApplication.processEvents()
    port, window = view.viewport(), view.window()
    image = QGuiApplication.primaryScreen().grabWindow(window.winId()).toImage()
    return image.copy(QRect(port.mapTo(window, QPoint()), port.size()))


def drawn_whole(view: NetworkView) -> QImage:
    """Return what is there once all is drawn anew and nothing cached is used."""
    QPixmapCache.clear()
    for item in view.scene().items():
        cached = item.cacheMode()
        item.setCacheMode(item.CacheMode.NoCache)
        item.setCacheMode(cached)
        item.update()
    view.viewport().update()
    return seen(view)


def show_frames(shown: Shown, frames: int) -> None:
    """Show the frames of a run, and at their end a moment with numbers."""
    for _ in range(frames):
        shown.trainer.run(3)
        shown.view.show_picture(shown.trainer.snapshot(), shown.trainer.curves())
        QApplication.processEvents()
    shown.view.show_snapshot(shown.trainer.snapshot())


def show_next(shown: Shown) -> None:
    """Show at rest the moment after the one shown."""
    shown.trainer.run(1)
    shown.view.show_snapshot(shown.trainer.snapshot())


CHANGES: dict[str, Callable[[Shown], object]] = {
    "frames of a run": lambda shown: show_frames(shown, 5),
    "the next moment": show_next,
    "a neuron": lambda shown: shown.view.show_selection(Selection(1, 1)),
    "an edge": lambda shown: shown.view.show_selection(Selection(2, 0, 1)),
    "another sample": lambda shown: shown.view.show_selection(Selection(sample=7)),
    "hovered": lambda shown: shown.hover(shown.tile(1, 2)),
    "moved": lambda shown: shown.view.pan_by(31, -17),
    "smaller": lambda shown: shown.view.resize(700, 500),
    "moments after": lambda shown: (show_next(shown), show_frames(shown, 3)),
}


@pytest.mark.parametrize(
    ("sizes", "zoom"), covering(["2-4-2-1", "2-8-8-1", "3-17-4-1"], [1.0, 0.73, 1.83, 2.6])
)
def test_a_part_drawn_anew_looks_as_if_all_were(qtbot: QtBot, sizes: str, zoom: float) -> None:
    shown = Shown(qtbot, sizes)
    shown.view.zoom_by(zoom)
    shown.view.pan_by(37, -21)
    draw_all(shown.view)
    for name, change in CHANGES.items():
        change(shown)
        draw_all(shown.view)
        assert farthest(seen(shown.view), drawn_whole(shown.view)) <= 2, name
