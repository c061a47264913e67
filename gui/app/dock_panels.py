"""Panels: the canvas and every view around it in its dock, and one way to show all of them something."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from PySide6.QtCore import QByteArray, QCoreApplication, QSettings, QSize, Qt
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

from core.lecture.view_ids import FORMER_NAMES, ViewId
from core.nn.curves import Curves
from core.nn.trainer import Snapshot
from gui.canvas.editor_view import CanvasView
from gui.session.frame_scheduler import FrameScheduler, Show, painter, shower
from gui.session.view_bus import ViewBus
from gui.theme import theme
from gui.theme.theme import Theme
from gui.views.registry import BOTTOM, DOCKS, LEFT, RIGHT, VIEWS, DockPosition, ViewEntry
from gui.widgets.framed_dock import FramedDock
from gui.widgets.labels import FastLabel
from gui.widgets.typed_signal import TypedSignal

LAYOUT_VERSION, FORMER_LAYOUT_VERSION = 3, 2
"""Of the saved places: with the names of views, and with those they had before."""


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
    """The docks of a main window, by view."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._docks: dict[ViewId, QDockWidget] = {}
        self._first_state = QByteArray()
        window.setDockNestingEnabled(True)
        window.tabifiedDockWidgetActivated.connect(lambda _dock: self._name_tabs())
        for corner, area in (
            (Qt.Corner.TopLeftCorner, LEFT),
            (Qt.Corner.BottomLeftCorner, LEFT),
            (Qt.Corner.TopRightCorner, RIGHT),
            (Qt.Corner.BottomRightCorner, RIGHT),
        ):
            window.setCorner(corner, area)

    def __getitem__(self, view: ViewId) -> QDockWidget:
        return self._docks[view]

    def __iter__(self) -> Iterator[QDockWidget]:
        return iter(self._docks.values())

    def add(
        self, view: ViewId, title: str, widget: QWidget, area: Qt.DockWidgetArea, *, scrolls: bool = False
    ) -> QDockWidget:
        """Put a widget in a dock; with ``scrolls`` the dock may be smaller than the widget."""
        dock = FramedDock(title, self._window)
        dock.setObjectName(f"dock_{view}")
        dock.setAccessibleName(title)
        dock.setWidget(Scrolling(widget, title) if scrolls else framed(widget))
        dock.setTitleBarWidget(DockTitle(dock))
        widget.windowTitleChanged.connect(dock.setWindowTitle)
        self._docks[view] = dock
        self._window.addDockWidget(area, dock)
        dock.toggleViewAction().triggered.connect(lambda on: self.bring(view) if on else None)
        dock.visibilityChanged.connect(lambda _seen: self._name_tabs())
        return dock

    def bring(self, view: ViewId) -> None:
        """Open a dock, in front of those it shares its place with."""
        self._docks[view].show()
        self._docks[view].raise_()

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

    def _name_tabs(self) -> None:
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
        self._name_tabs()

    def stack(self, views: Sequence[ViewId]) -> None:
        """Put docks that are open behind one another, the first one in front."""
        shown = [self._docks[view] for view in views if not self._docks[view].isHidden()]
        for before, dock in pairwise(shown):
            self._window.tabifyDockWidget(before, dock)
        if shown:
            shown[0].raise_()
        self._name_tabs()

    def share(self, views: list[ViewId], parts: list[int], orientation: Qt.Orientation) -> None:
        """Share the room of neighbouring docks in these proportions."""
        self._window.resizeDocks([self._docks[view] for view in views], parts, orientation)

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
        if not self._window.restoreGeometry(geometry):
            return False
        return self._window.restoreState(docks, LAYOUT_VERSION) or self._restore_former(docks)

    def _restore_former(self, state: QByteArray) -> bool:
        """Take places that were written when the views had other names."""
        for former, view in FORMER_NAMES:
            if view in self._docks:
                self._docks[view].setObjectName(f"dock_{former}")
        restored = self._window.restoreState(state, FORMER_LAYOUT_VERSION)
        for view, dock in self._docks.items():
            dock.setObjectName(f"dock_{view}")
        return restored


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

    made = TypedSignal[QWidget]()

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
ON_THE_LEFT = [ViewId.PALETTE, ViewId.DATA_PANEL, ViewId.TRAINING_PANEL]
ON_THE_RIGHT = [ViewId.DECISION_BOUNDARY, ViewId.INSPECTOR]
BELOW = [ViewId.LOSS_PLOT, ViewId.GRADIENT_NORMS, ViewId.ACTIVATION_PLOT]
"""The panels that are open at first."""
LEFT_WIDTH, RIGHT_WIDTH, BOTTOM_HEIGHT = 236, 300, 214


class DockPanels:
    """The canvas, and the views in their docks: ``panels[ViewId.LOSS_PLOT]``.

    A hidden one is made when it is first seen.
    """

    def __init__(self, window: QMainWindow) -> None:
        self.listeners = ViewBus()
        self.canvas = CanvasView()
        self.listeners.add(self.canvas)
        self._window, self.docks = window, Docks(window)
        self._places = {view: self._place(view) for view in DOCKS}
        self._seen: dict[ViewId, bool] = {}
        for view, position in DOCKS.items():
            self._dock(window, view, position)

    def _place(self, view: ViewId) -> LazyPanel:
        place = LazyPanel(VIEWS[view])
        place.made.connect(self.listeners.add)
        return place

    def _dock(self, window: QMainWindow, view: ViewId, position: DockPosition) -> None:
        title, place = VIEWS[view].name, self._places[view]
        dock = self.docks.add(view, title, place, position.area, scrolls=position.scrolls)
        dock.visibilityChanged.connect(lambda seen: self._seen.__setitem__(view, seen))
        if position.beside is not None:
            window.splitDockWidget(self.docks[position.beside], dock, Qt.Orientation.Horizontal)
        if position.behind is not None:
            dock.hide()  # before it is put behind, or an empty bar of tabs is left there
            window.tabifyDockWidget(self.docks[position.behind], dock)
        else:
            place.view()

    def __getitem__(self, view: ViewId) -> QWidget:
        return self._places[view].view()

    def bring(self, view: ViewId) -> QWidget:
        """Show a panel in front of those it shares its place with; return its view."""
        self.docks.bring(view)
        return self[view]

    def made(self, view: ViewId) -> QWidget | None:
        """Return a view if it is made already."""
        return self[view] if self._places[view].filled else None

    def arrange(self) -> None:
        """Give the docks their first sizes; the window must be shown, or have its size."""
        upright, sideways = Qt.Orientation.Vertical, Qt.Orientation.Horizontal
        if self._window.width() < SMALL[0] or self._window.height() < SMALL[1]:
            for views in (ON_THE_LEFT, ON_THE_RIGHT, BELOW):
                self.docks.stack(views)
        self.docks.arrange(LEFT_WIDTH, RIGHT_WIDTH, BOTTOM_HEIGHT)
        self.docks.share(ON_THE_LEFT, [34, 30, 36], upright)
        self.docks.share(ON_THE_RIGHT, [50, 50], upright)
        self.docks.share(BELOW, [38, 31, 31], sideways)

    def show_theme(self, shown: Theme) -> None:
        """Hand a theme to all views and docks."""
        self.docks.show_theme(shown)
        self.listeners.show_theme(shown)

    def frames(self, *bars: object) -> FrameScheduler:
        """Return who is drawn how often: the canvas most, other pictures in turn, all numbers at once."""
        boundary = self._shower(painter, ViewId.DECISION_BOUNDARY)
        turns: list[Show | None] = [boundary, self._shower(painter, ViewId.LOSS_PLOT), None]
        turns += [boundary, self._shower(painter, ViewId.GRADIENT_NORMS, ViewId.HIDDEN_SPACE), None]
        turns += [boundary, self._shower(painter, ViewId.ACTIVATION_PLOT), None]
        canvas, docked = shower(*bars, self.canvas), self._shower(shower, *DOCKS)

        def numbers(snapshot: Snapshot, curves: Curves) -> None:
            canvas(snapshot, curves)
            docked(snapshot, curves)

        return FrameScheduler(painter(self.canvas), turns, numbers)

    def _shower(self, made: Callable[..., Show], *views: ViewId) -> Show:
        """Return what shows a moment to views, but not to those that are hidden or lie behind another."""
        shows = dict[ViewId, Show]()

        def show(snapshot: Snapshot, curves: Curves) -> None:
            for view in views:
                if self._seen.get(view) and self._places[view].isVisible():
                    if view not in shows:
                        shows[view] = made(self._places[view].view())
                    shows[view](snapshot, curves)

        return show
