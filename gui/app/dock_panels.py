"""The panels of the main window: the canvas, and every view in a dock around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QIcon, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QTabBar,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from core.data.datasets import Dataset
from core.language import tr
from core.lecture.view_ids import FORMER_NAMES, ViewId
from core.nn.curves import Curves
from core.nn.trainer import Snapshot
from gui.canvas.editor_view import CanvasView
from gui.figures.figure_menu import FigureMenu
from gui.layout.folding_sections import FoldingSections
from gui.layout.framed_dock import FramedDock
from gui.layout.scrolled_panel import ScrolledPanel
from gui.qt.drawable import guarded_overrides
from gui.qt.later import Later
from gui.qt.typed_signal import TypedSignal
from gui.session.frame_scheduler import FrameScheduler, Show, painter, shower, together, writer
from gui.session.view_bus import ViewBus
from gui.session.view_events import Summarizes
from gui.text.labels import FastLabel
from gui.theme import theme
from gui.theme.theme import Theme, scale
from gui.views.registry import BOTTOM, DOCKS, LEFT, RIGHT, VIEWS, DockPosition, ViewEntry

TITLE_MARGINS = 12, 4, 4, 0
SIGN = 11
NO_PICTURE = "panels-top-left"
LAYOUT_VERSION, FORMER_LAYOUT_VERSION = 3, 2
"""Versions of the saved layout: with the present names of views, and with their former names."""


def side_of(area: Qt.DockWidgetArea) -> Qt.DockWidgetArea:
    """Return the side of the window of a dock area; it is mirrored in a layout from right to left."""
    sides = {LEFT: RIGHT, RIGHT: LEFT}
    return sides.get(area, area) if QApplication.isRightToLeft() else area


class DockTitle(QWidget):
    """The title bar of a dock: its title in small capitals, and a close button."""

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self.sign, self.label, self.cross = QLabel(), FastLabel("title"), QToolButton()
        self.cross.setProperty("look", "quiet")
        self.cross.setIconSize(QSize(12, 12))
        self.cross.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.cross.setToolTip(self.tr("Close this panel; the menu View brings it back"))
        self.cross.clicked.connect(dock.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(*TITLE_MARGINS)
        row.addWidget(self.sign)
        row.addWidget(self.label, 1)
        row.addWidget(self.cross)
        dock.windowTitleChanged.connect(self._name)
        dock.windowIconChanged.connect(self._show_sign)
        dock.topLevelChanged.connect(lambda _floats: self._show())
        self._dock, self._tabbed = dock, False
        self._name(dock.windowTitle())
        self._show()

    def show_tabbed(self, tabbed: bool) -> None:
        """Take no room if the dock is tabbed, as its tab shows the title."""
        if tabbed != self._tabbed:
            self._tabbed = tabbed
            self._show()

    def _show(self) -> None:
        hidden = self._tabbed and not self._dock.isFloating()
        for part in (self.label, self.cross):
            part.setVisible(not hidden)
        self.sign.setVisible(not hidden and not self.sign.pixmap().isNull())
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(*((0, 0, 0, 0) if hidden else TITLE_MARGINS))

    def _show_sign(self, sign: QIcon) -> None:
        self.sign.setPixmap(sign.pixmap(SIGN, SIGN))
        self._show()

    def _name(self, title: str) -> None:
        self.label.setText(title)
        self.label.setToolTip(title)
        self.cross.setAccessibleName(self.tr("Close panel {title}").format(title=title))

    def show_theme(self, shown: theme.Theme) -> None:
        """Apply the colours of a theme."""
        self.label.show_theme(shown)
        self.cross.setIcon(theme.icon("x", shown, shown.muted))


class Docks:
    """The docks of a main window, one for each view."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._docks: dict[str, QDockWidget] = {}
        self._first_state = QByteArray()
        self._naming = QTimer(window, singleShot=True, interval=0)  # runs when all docks have their places
        self._naming.timeout.connect(self._name_tabs)
        window.setDockNestingEnabled(True)
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        window.tabifiedDockWidgetActivated.connect(lambda _dock: self._name_tabs())
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

    def add(self, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        """Put a widget in a dock."""
        dock = FramedDock(title, self._window)
        dock.setObjectName(f"dock_{name}")
        dock.setAccessibleName(title)
        dock.setWidget(widget)
        dock.setTitleBarWidget(DockTitle(dock))
        widget.windowTitleChanged.connect(dock.setWindowTitle)
        self._docks[name] = dock
        self._window.addDockWidget(side_of(area), dock)
        dock.toggleViewAction().triggered.connect(lambda on: self.bring(name) if on else None)
        dock.visibilityChanged.connect(lambda _seen: self._naming.start())
        return dock

    def bring(self, name: str) -> None:
        """Open a dock, and raise it above those it is tabbed with."""
        self._docks[name].show()
        self._docks[name].raise_()

    def in_order(self) -> list[QDockWidget]:
        """Return the visible docks in reading order: left, right, below."""
        seen = [dock for dock in self if not dock.visibleRegion().isEmpty()]
        areas = [side_of(LEFT), side_of(RIGHT), BOTTOM]

        def place(dock: QDockWidget) -> tuple[bool, int, int, int]:
            area = self._window.dockWidgetArea(dock)
            across = area == BOTTOM
            place = dock.pos() if not across else dock.pos().transposed()
            return dock.isFloating(), areas.index(area) if area in areas else 3, place.y(), place.x()

        return sorted(seen, key=place)

    def turn(self, *, ahead: bool) -> None:
        """Raise the next dock of a group of tabbed docks, or the previous one.

        If there are several groups, the one with the focus is used, else the one below, else the first one.
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
        """Return the docks that are tabbed with a dock, in the order of their tabs."""
        behind = [other for other in self._window.tabifiedDockWidgets(dock) if not other.isHidden()]
        return [one for one in self if one is dock or one in behind]

    def _name_tabs(self) -> None:
        """Give accessible names to the tab bars, which the window creates when docks are tabbed.

        Titles are shown in full: if there is too little room, the tab bar scrolls.
        """
        if not isValid(self._window):  # a window that is being destroyed has lost its docks already
            return
        for bar in self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
            bar.setAccessibleName(tr("Panels behind one another"))
            bar.setElideMode(Qt.TextElideMode.ElideNone)
            bar.setDrawBase(False)
            bar.setUsesScrollButtons(True)
            for k in range(bar.count()):
                bar.setTabToolTip(k, bar.tabText(k))
        for dock in self:
            title = dock.titleBarWidget()
            if isinstance(title, DockTitle):
                title.show_tabbed(len(self._group(dock)) > 1)

    def arrange(self, left: int, right: int, bottom: int) -> None:
        """Set the initial sizes of the dock areas, in pixels."""
        sideways, upright = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        areas = {
            area: [dock for dock in self._in(area) if not dock.isHidden()] for area in (LEFT, RIGHT, BOTTOM)
        }
        beside = [(areas[area][0], size) for area, size in ((LEFT, left), (RIGHT, right)) if areas[area]]
        self._window.resizeDocks([dock for dock, _size in beside], [size for _dock, size in beside], sideways)
        self._window.resizeDocks(areas[BOTTOM][:1], [bottom][: len(areas[BOTTOM])], upright)
        self._name_tabs()

    def stack(self, views: Sequence[ViewId]) -> None:
        """Put open docks into one group of tabs, with the first one in front."""
        shown = [self._docks[view] for view in views if not self._docks[view].isHidden()]
        for before, dock in pairwise(shown):
            self._window.tabifyDockWidget(before, dock)
        if shown:
            shown[0].raise_()
        self._name_tabs()

    def share(self, views: Sequence[str], parts: list[int], orientation: Qt.Orientation) -> None:
        """Divide the room of neighbouring docks in the proportions ``parts``."""
        self._window.resizeDocks([self._docks[view] for view in views], parts, orientation)

    def _in(self, area: Qt.DockWidgetArea) -> list[QDockWidget]:
        side = side_of(area)
        return [dock for dock in self._docks.values() if self._window.dockWidgetArea(dock) == side]

    def show_theme(self, shown: theme.Theme) -> None:
        """Pass a theme to the title bars, and draw the icons of the panels in its colours."""
        for name, dock in self._docks.items():
            picture = f"view_{name}"
            found = (theme.ICONS / f"{picture}.svg").is_file()
            dock.toggleViewAction().setIcon(theme.icon(picture if found else NO_PICTURE, shown))
            title = dock.titleBarWidget()
            if isinstance(title, DockTitle):
                title.show_theme(shown)

    # -- saving and restoring the layout ----------------------------------------------------------

    def remember(self) -> None:
        """Record the present layout as the default, which `reset` restores."""
        self._first_state = self._window.saveState(LAYOUT_VERSION)

    def reset(self) -> None:
        """Restore the default layout."""
        self._window.restoreState(self._first_state, LAYOUT_VERSION)

    def save(self, settings: QSettings) -> None:
        """Save size and layout in the settings."""
        settings.setValue("window/geometry", self._window.saveGeometry())
        settings.setValue("window/docks", self._window.saveState(LAYOUT_VERSION))

    def restore(self, settings: QSettings) -> bool:
        """Restore size and layout from the settings; return whether there were any."""
        geometry, docks = settings.value("window/geometry"), settings.value("window/docks")
        if not isinstance(geometry, QByteArray) or not isinstance(docks, QByteArray):
            return False
        if not self._window.restoreGeometry(geometry):
            return False
        return self._window.restoreState(docks, LAYOUT_VERSION) or self._restore_former(docks)

    def _restore_former(self, state: QByteArray) -> bool:
        """Restore a layout that was saved with the former names of views."""
        for former, view in FORMER_NAMES:
            if view in self._docks:
                self._docks[view].setObjectName(f"dock_{former}")
        restored = self._window.restoreState(state, FORMER_LAYOUT_VERSION)
        for name, dock in self._docks.items():
            dock.setObjectName(f"dock_{name}")
        if restored:  # the saved layout has no side bar
            self._window.addDockWidget(side_of(LEFT), self._docks[SIDE_BAR])
            self._docks[SIDE_BAR].show()
        return restored


def framed(widget: QWidget) -> QWidget:
    """Return a widget with the margins of a dock around it."""
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(8, 2, 8, 6)
    column.addWidget(widget)
    return box


# -- a placeholder for a view, which is created when first shown or requested ----------------------------


@guarded_overrides
class LazyPanel(QWidget):
    """Holds a view, which is created when needed. ``made`` carries the view before it is shown.

    It ``scrolls`` where a dock is too small for the view. ``waits``: the docks have no places yet, so that it
    may be shown in front for a moment.
    """

    made = TypedSignal[QWidget]()

    def __init__(self, row: ViewEntry, *, scrolls: bool) -> None:
        super().__init__()
        self._row, self._scrolls = row, scrolls
        self._view: QWidget | None = None
        self.waits = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)

    @property
    def filled(self) -> bool:
        """Whether the view has been created."""
        return self._view is not None

    def view(self) -> QWidget:
        """Return the view, creating it if necessary."""
        if self._view is None:
            self._view = self._row.make()
            self._view.windowTitleChanged.connect(self.setWindowTitle)
            self._view.windowIconChanged.connect(self.setWindowIcon)
            self.made.emit(self._view)
            column = self.layout()
            assert column is not None
            shown = ScrolledPanel(self._view) if self._scrolls else self._view
            column.addWidget(shown)
            shown.show()  # a child added now would otherwise not be shown before the next event
            FigureMenu(self, self.view, self._row.name)
            self.setFocusProxy(self._view)
        return self._view

    def showEvent(self, event: QShowEvent) -> None:
        self.fill()
        super().showEvent(event)

    def fill(self) -> None:
        """Create the view if the panel is shown, and not behind others."""
        if self.isVisible() and not self.waits and not self._is_behind():
            self.view()

    def _is_behind(self) -> bool:
        """Whether it stands in a dock behind other tabs, which Qt shows outside of the window."""
        part: QWidget | None = self
        while part is not None and not isinstance(part, QDockWidget):
            part = part.parentWidget()
        if part is None or part.isFloating():
            return False
        return part.geometry().right() < 0 or part.geometry().bottom() < 0


# -- the panels ------------------------------------------------------------------------------------------

LOW, WIDE = 560, 1700
"""Below this height one panel at the right is shown at a time; from this width on plots are side by side."""
NARROW = 880
"""Width below which the panels of the right side are tabs below the canvas, which needs the room."""
SIDE_BAR = "side_bar"
ON_THE_RIGHT = [ViewId.DECISION_BOUNDARY, ViewId.INSPECTOR]
BELOW = [ViewId.LOSS_PLOT, ViewId.GRADIENT_NORMS, ViewId.ACTIVATION_PLOT, ViewId.TABLE]
"""The panels that are open at first."""
FOR_IMAGES = [view for view, position in DOCKS.items() if position.for_images]
LEFT_WIDTH, RIGHT_WIDTH, BOTTOM_SHARE, LARGER_SHARE = 244, 244, 0.215, 0.36
"""Widths in points, and the shares of the window's height that the panels below have, with plots alone or
together with those of the right side."""


class DockPanels:
    """The canvas, and the views in their docks: ``panels[ViewId.LOSS_PLOT]``.

    A hidden view is created when it is first shown.
    """

    def __init__(self, window: QMainWindow) -> None:
        self.listeners = ViewBus()
        self.canvas = CanvasView()
        self.listeners.add(self.canvas)
        self._window, self.docks = window, Docks(window)
        self.side_bar = FoldingSections()
        self.side_bar.setAccessibleName(tr("Layers, data and training"))
        bar = self.docks.add(SIDE_BAR, self.side_bar.accessibleName(), self.side_bar, LEFT)
        bar.setTitleBarWidget(QWidget())  # its sections have headers
        self._places = {view: self._place(view) for view in DOCKS}
        self._seen: dict[ViewId, bool] = {}
        self._unplaced = set[ViewId]()
        self._hidden_docks: list[QDockWidget] = []
        self._sizes_before: list[tuple[QDockWidget, QSize]] = []
        self._restore_timer = Later(window, singleShot=True, interval=0)
        self._restore_timer.timeout.connect(self._restore_sizes)
        self._kept = 0  # the width of the side bar, of which a new panel takes none once it has its size
        self._keep = Later(window, singleShot=True, interval=0)
        self._keep.timeout.connect(self._keep_side_bar)
        self._images = False
        for view, position in DOCKS.items():
            if position.section:
                self._add_section(view)
            else:
                self._dock(window, view, position)

    def _place(self, view: ViewId) -> LazyPanel:
        place = LazyPanel(VIEWS[view], scrolls=not DOCKS[view].section)
        place.waits = True
        place.made.connect(self.listeners.add)
        return place

    def _add_section(self, view: ViewId) -> None:
        made = self._places[view].view()
        self.side_bar.add(view, VIEWS[view].name, self._places[view], getattr(made, "extra", None))
        if isinstance(made, Summarizes):
            made.summary_changed.connect(lambda text: self.side_bar.show_summary(view, text))
            self.side_bar.show_summary(view, made.summary)

    def _dock(self, window: QMainWindow, view: ViewId, position: DockPosition) -> None:
        title, place = VIEWS[view].name, self._places[view]
        dock = self.docks.add(view, title, framed(place), position.area)
        place.windowTitleChanged.connect(dock.setWindowTitle)
        place.windowIconChanged.connect(dock.setWindowIcon)
        dock.visibilityChanged.connect(lambda seen: self._seen.__setitem__(view, seen))
        dock.visibilityChanged.connect(lambda seen: place.fill() if seen else None)
        hidden = position.closed or position.behind is not None
        if hidden:
            dock.hide()  # before it is tabbed, or an empty tab bar is left behind
        before = position.behind or position.tab_of
        if before is not None:
            window.tabifyDockWidget(self.docks[before], dock)
        elif position.below is not None:
            window.splitDockWidget(self.docks[position.below], dock, Qt.Orientation.Vertical)
        if not hidden and position.tab_of is None:  # a tab creates its view when it is raised
            place.view()

    def __getitem__(self, view: ViewId) -> QWidget:
        return self._places[view].view()

    def bring(self, view: ViewId) -> QWidget:
        """Raise a panel above those it is tabbed with; return its view."""
        if DOCKS[view].section:
            self.docks.bring(SIDE_BAR)
            self.side_bar.open(view)
        else:
            if self.docks[view].isHidden() and not self._keep.isActive():
                self._kept = self.docks[SIDE_BAR].width()
                self._keep.start()
            self._place_below(view)
            self.docks.bring(view)
        return self[view]

    def _keep_side_bar(self) -> None:
        self.docks.share([SIDE_BAR], [self._kept], Qt.Orientation.Horizontal)

    def _place_below(self, view: ViewId) -> None:
        """Put a panel that opens for the first time in a narrow window behind the others, below."""
        below = next((one for one in BELOW if one != view and not self.docks[one].isHidden()), None)
        if self._narrow and view in self._unplaced and self.docks[view].isHidden() and below is not None:
            self._window.tabifyDockWidget(self.docks[below], self.docks[view])
        self._unplaced.discard(view)

    @property
    def _narrow(self) -> bool:
        return self._window.width() < NARROW * scale()

    def show_for(self, dataset: Dataset) -> None:
        """Open the panels for images when the data become images, and close them when they no longer are."""
        images = dataset.image_shape is not None
        if images == self._images:
            return
        self._images = images
        for view in FOR_IMAGES:
            if images:
                self.docks.bring(view)
            else:
                self.docks[view].hide()

    def dock_of(self, view: ViewId) -> QDockWidget:
        """Return the dock that holds a view."""
        return self.docks[SIDE_BAR if DOCKS[view].section else view]

    def made(self, view: ViewId) -> QWidget | None:
        """Return a view if it has been created, else None."""
        return self[view] if self._places[view].filled else None

    def arrange(self) -> None:
        """Set the initial sizes of the docks; the window must be visible, or have its final size."""
        upright, sideways = Qt.Orientation.Vertical, Qt.Orientation.Horizontal
        width, height, letters = self._window.width(), self._window.height(), scale()
        narrow, self._unplaced = self._narrow, set(DOCKS)
        for view in FOR_IMAGES if self._images else ():
            self.docks[view].show()
        if narrow:
            self.docks.stack([*BELOW, *ON_THE_RIGHT, *FOR_IMAGES])
        elif height < LOW * letters:
            self.docks.stack(ON_THE_RIGHT)
        if narrow:
            pass
        elif width < WIDE:
            self.docks.stack(BELOW)
        else:
            others = BELOW[1:]
            self._window.addDockWidget(BOTTOM, self.docks[others[0]], sideways)
            self.docks.stack(others)
            self.docks.share(BELOW[:2], [64, 36], sideways)
        right = max(RIGHT_WIDTH, min(round(0.2 * width), round(0.42 * height)))
        share = LARGER_SHARE if narrow else BOTTOM_SHARE
        self.docks.arrange(round(LEFT_WIDTH * letters), round(right * letters), round(share * height))
        self.docks.share(ON_THE_RIGHT, [42, 58], upright)
        for view in FOR_IMAGES if self._images else ():
            self.docks.bring(view)

    def fill(self) -> None:
        """Create the views that are seen, now that the docks have their places."""
        self._lay_out()
        for place in self._places.values():
            place.waits = False
            place.fill()

    def _lay_out(self) -> None:
        """Give the docks their places now, and not with the next event."""
        layout = self._window.layout()
        assert layout is not None
        layout.activate()

    def make_room_to_draw(self, drawing: bool) -> None:
        """Give the decision boundary its whole side, wide enough to draw on; or undo that."""
        dock = self.docks[ViewId.DECISION_BOUNDARY]
        if not drawing:
            for other in self._hidden_docks:
                other.show()
            self._hidden_docks = []
            self._restore_timer.start()  # the drawing tools keep their width until they are laid out
            return
        area = self._window.dockWidgetArea(dock)
        if dock.isFloating() or area == BOTTOM:
            return
        behind = self._window.tabifiedDockWidgets(dock)
        self._hidden_docks = [
            other
            for other in self.docks
            if other is not dock
            and other not in behind
            and self._window.dockWidgetArea(other) == area
            and not (other.isHidden() or other.isFloating())
        ]
        self._restore_timer.stop()
        self._sizes_before = self._sizes_before or [(one, one.size()) for one in (dock, *self._hidden_docks)]
        for other in self._hidden_docks:
            other.hide()
        wide = round(min(0.35 * self._window.width(), self._window.height() - 250 * scale()))
        self._window.resizeDocks([dock], [max(dock.width(), wide)], Qt.Orientation.Horizontal)

    def _restore_sizes(self) -> None:
        """Restore the sizes of the docks from before the decision boundary was enlarged for drawing."""
        docks = [dock for dock, _size in self._sizes_before]
        for side, way in ((QSize.width, Qt.Orientation.Horizontal), (QSize.height, Qt.Orientation.Vertical)):
            self._window.resizeDocks(docks, [side(size) for _dock, size in self._sizes_before], way)
        self._sizes_before = []

    def show_theme(self, shown: Theme) -> None:
        """Pass a theme to all views and docks."""
        self.docks.show_theme(shown)
        self.side_bar.show_theme(shown)
        self.listeners.show_theme(shown)

    def frames(self, *bars: object) -> FrameScheduler:
        """Return the scheduler that redraws the canvas most often, other plots in turn, numbers at once."""
        boundary = self._shower(painter, ViewId.DECISION_BOUNDARY)
        losses = self._shower(painter, ViewId.LOSS_PLOT)
        turns: list[Show | None] = [boundary, losses, self._shower(painter, ViewId.GRADIENT_NORMS)]
        turns += [boundary, self._shower(painter, ViewId.ACTIVATION_PLOT), boundary, losses, None]
        numbers, everything = (
            together(made(*bars, self.canvas), self._shower(made, *DOCKS)) for made in (writer, shower)
        )
        return FrameScheduler(painter(self.canvas), turns, numbers, everything)

    def _shower(self, made: Callable[..., Show], *views: ViewId) -> Show:
        """Return a function that shows a snapshot to those of the views that are visible."""
        shows = dict[ViewId, Show]()

        def show(snapshot: Snapshot, curves: Curves) -> None:
            for view in views:
                if self._seen.get(view) and self._places[view].isVisible():
                    if view not in shows:
                        shows[view] = made(self._places[view].view())
                    shows[view](snapshot, curves)

        return show
