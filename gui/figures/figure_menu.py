"""Copying, saving and printing the figure of a view, by its context menu and by Ctrl+C."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from core.language import tr
from gui.figures.figure import copy_figure, figure_of
from gui.qt.drawable import guarded_overrides


@guarded_overrides
class FigureMenu(QObject):
    """Gives the view in a container a context menu for its figure, and Ctrl+C to copy it.

    Both apply unless a part of the view handles them itself; a part with its own menu adds the entries with
    `add_figure_entries`. ``view`` returns the widget of the figure.
    """

    def __init__(self, container: QWidget, view: Callable[[], QWidget], name: str) -> None:
        super().__init__(container)
        self._view, self.name = view, name
        container.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QContextMenuEvent) and event.type() == QEvent.Type.ContextMenu:
            self.open(event.globalPos())
            return True
        if isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Copy):
            if event.type() == QEvent.Type.ShortcutOverride and self._copies_itself():
                return False
            if event.type() == QEvent.Type.KeyPress:
                copy_figure(self.shown)
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def _copies_itself(self) -> bool:
        """Whether the widget with the focus has an action of its own for Ctrl+C."""
        focused = QApplication.focusWidget()
        keys = QKeySequence(QKeySequence.StandardKey.Copy)
        return focused is not None and any(keys in action.shortcuts() for action in focused.actions())

    @property
    def shown(self) -> QWidget:
        """The widget that makes the figure."""
        return figure_of(self._view())

    def open(self, at: QPoint) -> None:
        """Open the menu at a point in screen coordinates."""
        menu = QMenu(self.name, self._view())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fill(menu)
        menu.popup(at)

    def fill(self, menu: QMenu) -> None:
        """Add the commands for the figure to a menu."""
        if not menu.isEmpty():
            menu.addSeparator()
        menu.addAction(tr("Copy as a picture")).triggered.connect(lambda: copy_figure(self.shown))
        menu.addAction(tr("Save or print as a figure…")).triggered.connect(self.ask)

    def ask(self) -> None:
        """Open the dialog for the figure."""
        from gui.figures.figure_dialog import ask_for_figure  # noqa: PLC0415  (late: windows open sooner)

        ask_for_figure(self.shown, self.name)


def add_figure_entries(menu: QMenu, part: QWidget) -> None:
    """Add to the menu of a part of a view the commands for the figure of the whole view."""
    made = figure_menu_of(part) or FigureMenu(part, lambda: part, part.accessibleName())
    made.fill(menu)


def figure_menu_of(part: QWidget | None) -> FigureMenu | None:
    """Return the figure menu of the view that contains a widget; None: there is none."""
    while part is not None:
        made = part.findChild(FigureMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if isinstance(made, FigureMenu):
            return made
        part = part.parentWidget()
    return None
