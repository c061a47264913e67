"""Panels: the canvas and every view around it in its dock, and one way to show all of them something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QWidget

from core.curves import Curves
from core.training import Snapshot
from gui.canvas.view import CanvasView
from gui.docks import BOTTOM, LEFT, RIGHT, Docks
from gui.frames import Frames, Show, painter, shower
from gui.listeners import Listeners
from gui.place import Place
from gui.theme import Theme
from gui.view_table import VIEWS

SMALL = (900, 560)
"""A window that is narrower or lower shows one panel of a side at a time, with tabs for the others."""
TOGETHER = (("palette", "data", "training"), ("boundary", "inspector"), ("loss", "gradient", "activation"))
LEFT_WIDTH, RIGHT_WIDTH, BOTTOM_HEIGHT = 236, 300, 214


@dataclass(frozen=True)
class Dock:
    """Where a view stands. ``behind`` another it is hidden at first."""

    area: Qt.DockWidgetArea
    behind: str = ""
    beside: str = ""
    scrolls: bool = False


DOCKS = {
    "palette": Dock(LEFT, scrolls=True),
    "data": Dock(LEFT, scrolls=True),
    "training": Dock(LEFT, scrolls=True),
    "boundary": Dock(RIGHT),
    "inspector": Dock(RIGHT),
    "outline": Dock(RIGHT, behind="inspector"),
    "loss": Dock(BOTTOM),
    "gradient": Dock(BOTTOM, beside="loss"),
    "activation": Dock(BOTTOM, beside="gradient"),
    "matrices": Dock(BOTTOM, behind="activation"),
    "unfold": Dock(BOTTOM, behind="loss"),
    "samples": Dock(RIGHT, behind="boundary"),
    "histograms": Dock(BOTTOM, behind="activation"),
    "runs": Dock(BOTTOM, behind="activation"),
    "hidden_space": Dock(RIGHT, behind="boundary"),
    "confusion": Dock(RIGHT, behind="boundary"),
    "loss_surface": Dock(RIGHT, behind="boundary"),
    "diagnostics": Dock(RIGHT, behind="inspector"),
    "gradient_check": Dock(RIGHT, behind="inspector"),
    "collapse": Dock(RIGHT, behind="inspector"),
    "batch": Dock(BOTTOM, behind="gradient"),
    "passes": Dock(BOTTOM, behind="activation"),
}


class Panels:
    """The canvas, and the views in their docks: ``panels["loss"]``; a hidden one is made when first seen."""

    def __init__(self, window: QMainWindow) -> None:
        self.listeners = Listeners()
        self.show, self.connect = self.listeners.show, self.listeners.connect
        self.canvas = CanvasView()
        self.listeners.add(self.canvas)
        self._window, self.docks = window, Docks(window)
        self._places = {name: self._place(name) for name in DOCKS}
        self._seen: dict[str, bool] = {}
        for name, dock in DOCKS.items():
            self._dock(window, name, dock)

    def _place(self, name: str) -> Place:
        place = Place(VIEWS[name])
        place.made.connect(self.listeners.add)
        return place

    def _dock(self, window: QMainWindow, name: str, dock: Dock) -> None:
        made = self.docks.add(name, VIEWS[name].name, self._places[name], dock.area, scrolls=dock.scrolls)
        made.visibilityChanged.connect(lambda seen: self._seen.__setitem__(name, seen))
        if dock.beside:
            window.splitDockWidget(self.docks[dock.beside], made, Qt.Orientation.Horizontal)
        if dock.behind:
            made.hide()  # before it is put behind, or an empty bar of tabs is left there
            window.tabifyDockWidget(self.docks[dock.behind], made)
        else:
            self._places[name].view()

    def __getitem__(self, name: str) -> QWidget:
        return self._places[name].view()

    def bring(self, name: str) -> Any:
        """Show a panel in front of those it shares its place with; return its view."""
        self.docks.bring(name)
        return self[name]

    def made(self, name: str) -> QWidget | None:
        """Return a view if it is made already."""
        return self[name] if self._places[name].filled else None

    def arrange(self) -> None:
        """Give the docks their first sizes; the window must be shown, or have its size."""
        upright, sideways = Qt.Orientation.Vertical, Qt.Orientation.Horizontal
        if self._window.width() < SMALL[0] or self._window.height() < SMALL[1]:
            for names in TOGETHER:
                self.docks.stack(names)
        self.docks.arrange(LEFT_WIDTH, RIGHT_WIDTH, BOTTOM_HEIGHT)
        self.docks.share(["palette", "data", "training"], [34, 30, 36], upright)
        self.docks.share(["boundary", "inspector"], [50, 50], upright)
        self.docks.share(["loss", "gradient", "activation"], [38, 31, 31], sideways)

    def show_theme(self, shown: Theme) -> None:
        """Hand a theme to all views and docks."""
        self.docks.show_theme(shown)
        self.show("show_theme", shown)

    def frames(self, *bars: object) -> Frames:
        """Return who is drawn how often: the canvas most, other pictures in turn, all numbers at once."""
        boundary = self._shower(painter, "boundary")
        turns: list[Show | None] = [boundary, self._shower(painter, "loss"), None]
        turns += [boundary, self._shower(painter, "gradient", "hidden_space"), None]
        turns += [boundary, self._shower(painter, "activation"), None]
        canvas, told = shower(*bars, self.canvas), self._shower(shower, *DOCKS)

        def numbers(snapshot: Snapshot, curves: Curves) -> None:
            canvas(snapshot, curves)
            told(snapshot, curves)

        return Frames(painter(self.canvas), turns, numbers)

    def _shower(self, made: Callable[..., Show], *names: str) -> Show:
        """Return what shows a moment to views, but not to those that are hidden or lie behind another."""
        shows = dict[str, Show]()

        def show(snapshot: Snapshot, curves: Curves) -> None:
            for name in names:
                if self._seen.get(name) and self._places[name].isVisible():
                    if name not in shows:
                        shows[name] = made(self._places[name].view())
                    shows[name](snapshot, curves)

        return show
