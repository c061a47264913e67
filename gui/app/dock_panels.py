"""Panels: the canvas and every view around it in its dock, and one way to show all of them something."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QByteArray, QCoreApplication, QSettings, QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QMainWindow,
    QScrollArea,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from core.nn.curves import Curves
from core.nn.trainer import Snapshot
from gui.canvas.editor_view import CanvasView
from gui.session.frame_scheduler import FrameScheduler, Show, painter, shower
from gui.session.view_bus import ViewBus
from gui.theme import theme
from gui.theme.theme import Theme
from gui.views.registry import VIEWS, ViewEntry
from gui.widgets.labels import FastLabel

LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea
LAYOUT_VERSION = 2


class DockTitle(QWidget):
    """The title of a dock, in small capitals, and a cross."""

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self.label, self.cross = FastLabel("title"), QToolButton()
        self.cross.setProperty("look", "quiet")
        self.cross.setIconSize(QSize(12, 12))
        self.cross.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.cross.setToolTip(self.tr("Close this panel; the menu View brings it back"))
        self.cross.clicked.connect(dock.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 4, 0)
        row.addWidget(self.label, 1)
        row.addWidget(self.cross)
        dock.windowTitleChanged.connect(self._name)
        self._name(dock.windowTitle())

    def _name(self, title: str) -> None:
        self.label.setText(title)
        self.label.setToolTip(title)
        self.cross.setAccessibleName(self.tr("Close panel {title}").format(title=title))

    def show_theme(self, shown: theme.Theme) -> None:
        """Take the colours of a theme."""
        self.label.show_theme(shown)
        self.cross.setIcon(theme.icon("x", shown, shown.muted))


class Docks:
    """The docks of a main window, by name."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._docks: dict[str, QDockWidget] = {}
        self._first_state = QByteArray()
        window.setDockNestingEnabled(True)
        window.tabifiedDockWidgetActivated.connect(lambda _dock: self._tell_tabs())
        for corner, area in (
            (Qt.Corner.TopLeftCorner, LEFT),
            (Qt.Corner.BottomLeftCorner, LEFT),
            (Qt.Corner.TopRightCorner, RIGHT),
            (Qt.Corner.BottomRightCorner, RIGHT),
        ):
            window.setCorner(corner, area)

    def __getitem__(self, name: str) -> QDockWidget:
        return self._docks[name]

    def __iter__(self) -> Iterator[QDockWidget]:
        return iter(self._docks.values())

    def add(
        self, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea, *, scrolls: bool = False
    ) -> QDockWidget:
        """Put a widget in a dock; with ``scrolls`` the dock may be smaller than the widget."""
        dock = QDockWidget(title, self._window)
        dock.setObjectName(f"dock_{name}")
        dock.setAccessibleName(title)
        dock.setWidget(Scrolling(widget, title) if scrolls else framed(widget))
        dock.setTitleBarWidget(DockTitle(dock))
        widget.windowTitleChanged.connect(dock.setWindowTitle)
        self._docks[name] = dock
        self._window.addDockWidget(area, dock)
        dock.toggleViewAction().triggered.connect(lambda on: self.bring(name) if on else None)
        dock.visibilityChanged.connect(lambda _seen: self._tell_tabs())
        return dock

    def bring(self, name: str) -> None:
        """Open a dock, in front of those it shares its place with."""
        self._docks[name].show()
        self._docks[name].raise_()

    def in_order(self) -> list[QDockWidget]:
        """Return the docks that are seen, in the order of reading: left, right, below."""
        seen = [dock for dock in self if not dock.visibleRegion().isEmpty()]
        areas = [LEFT, RIGHT, BOTTOM]

        def place(dock: QDockWidget) -> tuple[bool, int, int, int]:
            area = self._window.dockWidgetArea(dock)
            across = area == BOTTOM
            place = dock.pos() if not across else dock.pos().transposed()
            return dock.isFloating(), areas.index(area) if area in areas else 3, place.y(), place.x()

        return sorted(seen, key=place)

    def turn(self, *, ahead: bool) -> None:
        """Bring to the front the next of the docks that lie behind one another.

        Of several such places it is the one that has the focus, else the one below, else the first.
        """
        groups = [group for group in map(self._group, self.in_order()) if len(group) > 1]
        focus = self._window.focusWidget()
        here = [group for group in groups if any(dock.isAncestorOf(focus) for dock in group if focus)]
        below = [group for group in groups if self._window.dockWidgetArea(group[0]) == BOTTOM]
        group = next(iter((*here, *below, *groups)), None)
        if group is None:
            return
        front = next(k for k, dock in enumerate(group) if not dock.visibleRegion().isEmpty())
        following = group[(front + (1 if ahead else -1)) % len(group)]
        following.raise_()
        if here:
            following.widget().setFocus(Qt.FocusReason.TabFocusReason)

    def _group(self, dock: QDockWidget) -> list[QDockWidget]:
        """Return the docks that are open in the place of one, in the order of their tabs."""
        behind = [other for other in self._window.tabifiedDockWidgets(dock) if not other.isHidden()]
        return [one for one in self if one is dock or one in behind]

    def _tell_tabs(self) -> None:
        """Name the bars of tabs, which the window makes when docks lie behind one another.

        A title is shown whole: where there is no room for all, the bar scrolls.
        """
        if not isValid(self._window):  # its docks are taken from it when it ends
            return
        for bar in self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
            bar.setAccessibleName(QCoreApplication.translate("Docks", "Panels behind one another"))
            bar.setElideMode(Qt.TextElideMode.ElideNone)
            bar.setUsesScrollButtons(True)
            for k in range(bar.count()):
                bar.setTabToolTip(k, bar.tabText(k))

    def arrange(self, left: int, right: int, bottom: int) -> None:
        """Give the areas their first sizes, in pixels."""
        sideways, upright = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        areas = {area: self._in(area) for area in (LEFT, RIGHT, BOTTOM)}
        self._window.resizeDocks(areas[LEFT][:1] + areas[RIGHT][:1], [left, right], sideways)
        self._window.resizeDocks(areas[BOTTOM][:1], [bottom], upright)
        self._tell_tabs()

    def stack(self, names: Sequence[str]) -> None:
        """Put docks that are open behind one another, the first one in front."""
        shown = [self._docks[name] for name in names if not self._docks[name].isHidden()]
        for before, dock in pairwise(shown):
            self._window.tabifyDockWidget(before, dock)
        if shown:
            shown[0].raise_()
        self._tell_tabs()

    def share(self, names: list[str], parts: list[int], orientation: Qt.Orientation) -> None:
        """Share the room of neighbouring docks in these proportions."""
        self._window.resizeDocks([self._docks[name] for name in names], parts, orientation)

    def _in(self, area: Qt.DockWidgetArea) -> list[QDockWidget]:
        return [dock for dock in self._docks.values() if self._window.dockWidgetArea(dock) == area]

    def show_theme(self, shown: theme.Theme) -> None:
        """Hand a theme to the titles."""
        for dock in self._docks.values():
            title = dock.titleBarWidget()
            if isinstance(title, DockTitle):
                title.show_theme(shown)

    # -- as they were -----------------------------------------------------------------------------

    def remember(self) -> None:
        """Take the present places as the first ones, to which `reset` goes back."""
        self._first_state = self._window.saveState(LAYOUT_VERSION)

    def reset(self) -> None:
        """Put all docks back in their first places."""
        self._window.restoreState(self._first_state, LAYOUT_VERSION)

    def save(self, settings: QSettings) -> None:
        """Write size and places."""
        settings.setValue("window/geometry", self._window.saveGeometry())
        settings.setValue("window/docks", self._window.saveState(LAYOUT_VERSION))

    def restore(self, settings: QSettings) -> bool:
        """Take size and places as they were written; return whether there were any."""
        geometry, docks = settings.value("window/geometry"), settings.value("window/docks")
        if not isinstance(geometry, QByteArray) or not isinstance(docks, QByteArray):
            return False
        return self._window.restoreGeometry(geometry) and self._window.restoreState(docks, LAYOUT_VERSION)


class Scrolling(QScrollArea):
    """A widget that scrolls up and down when there is no room; never sideways."""

    def __init__(self, widget: QWidget, title: str) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(widget)
        self._inside = widget

    def minimumSizeHint(self) -> QSize:
        wide = self._inside.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()
        return QSize(wide, 60)


def framed(widget: QWidget) -> QWidget:
    """Return a widget with the margins of a dock."""
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(8, 2, 8, 6)
    column.addWidget(widget)
    return box


# -- Where a view will stand; it is made when it is first seen, or first asked for -----------------------


class LazyPanel(QWidget):
    """Holds the view of a row of the table. ``made`` carries it, before it is shown."""

    made = Signal(object)

    def __init__(self, row: ViewEntry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = row
        self._view: QWidget | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)

    @property
    def filled(self) -> bool:
        """Whether the view is made."""
        return self._view is not None

    def view(self) -> QWidget:
        """Return the view, which may be made now."""
        if self._view is None:
            self._view = self._row.make()
            self._view.windowTitleChanged.connect(self.setWindowTitle)
            self.made.emit(self._view)
            column = self.layout()
            assert column is not None
            column.addWidget(self._view)
            self.setFocusProxy(self._view)
        return self._view

    def showEvent(self, event: QShowEvent) -> None:
        self.view().show()  # a child that comes now would else be shown by the next event only
        super().showEvent(event)


# -- The canvas and every view around it in its dock, and one way to show all of them --------------------

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


class DockPanels:
    """The canvas, and the views in their docks: ``panels["loss"]``; a hidden one is made when first seen."""

    def __init__(self, window: QMainWindow) -> None:
        self.listeners = ViewBus()
        self.canvas = CanvasView()
        self.listeners.add(self.canvas)
        self._window, self.docks = window, Docks(window)
        self._places = {name: self._place(name) for name in DOCKS}
        self._seen: dict[str, bool] = {}
        for name, dock in DOCKS.items():
            self._dock(window, name, dock)

    def _place(self, name: str) -> LazyPanel:
        place = LazyPanel(VIEWS[name])
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
        self.listeners.show_theme(shown)

    def frames(self, *bars: object) -> FrameScheduler:
        """Return who is drawn how often: the canvas most, other pictures in turn, all numbers at once."""
        boundary = self._shower(painter, "boundary")
        turns: list[Show | None] = [boundary, self._shower(painter, "loss"), None]
        turns += [boundary, self._shower(painter, "gradient", "hidden_space"), None]
        turns += [boundary, self._shower(painter, "activation"), None]
        canvas, told = shower(*bars, self.canvas), self._shower(shower, *DOCKS)

        def numbers(snapshot: Snapshot, curves: Curves) -> None:
            canvas(snapshot, curves)
            told(snapshot, curves)

        return FrameScheduler(painter(self.canvas), turns, numbers)

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
