"""The menu of panels: grouped by purpose, each with an icon."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QMenu, QWidgetAction

from gui.app.dock_panels import SIDE_BAR, Docks
from gui.views.registry import grouped


def fill_panels_menu(menu: QMenu, docks: Docks) -> None:
    """Add an action for every dock to a menu; it is checked while the dock is open."""
    menu.setToolTipsVisible(True)
    for k, (title, views) in enumerate(grouped().items()):
        if k:
            menu.addSeparator()
        _add_title(menu, title)
        names = [SIDE_BAR, *views] if k == 0 else views
        for name in names:
            menu.addAction(docks[name].toggleViewAction())


def _add_title(menu: QMenu, title: str) -> None:
    label, action = QLabel(title), QWidgetAction(menu)
    label.setProperty("look", "title")
    label.setContentsMargins(8, 3, 8, 1)
    action.setText(title)
    action.setDefaultWidget(label)
    action.setEnabled(False)
    menu.addAction(action)
