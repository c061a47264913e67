"""Docks: the panels around the canvas. They move, close, float, and come back as they were."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QByteArray, QCoreApplication, QSettings, QSize, Qt
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

from gui import theme
from gui.line import Line

LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea
LAYOUT_VERSION = 1


class DockTitle(QWidget):
    """The title of a dock, in small capitals, and a cross."""

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self.label, self.cross = Line("title"), QToolButton()
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
        return dock

    def _name_tabs(self) -> None:
        """Name the bars of tabs, which the window makes when docks lie behind one another."""
        for bar in self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
            bar.setAccessibleName(QCoreApplication.translate("Docks", "Panels behind one another"))

    def arrange(self, left: int, right: int, bottom: int) -> None:
        """Give the areas their first sizes, in pixels."""
        sideways, upright = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        areas = {area: self._in(area) for area in (LEFT, RIGHT, BOTTOM)}
        self._window.resizeDocks(areas[LEFT][:1] + areas[RIGHT][:1], [left, right], sideways)
        self._window.resizeDocks(areas[BOTTOM][:1], [bottom], upright)
        self._name_tabs()

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
