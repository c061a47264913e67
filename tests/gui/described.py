"""What a control says of itself: its name for a screen reader, and its tooltip."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QComboBox,
    QDialogButtonBox,
    QDockWidget,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenuBar,
    QMessageBox,
    QScrollArea,
    QScrollBar,
    QTabBar,
    QTextEdit,
    QWidget,
)


def controls(window: QWidget) -> Iterator[QWidget]:
    """Yield the parts of a window that take the keyboard or are pressed, without what Qt makes.

    What is hidden is left out, but for panels that lie behind others or are closed.
    """
    for widget in window.findChildren(QWidget):
        pressed = isinstance(widget, QAbstractButton)
        focus = widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.focusProxy() is None
        if (pressed or focus) and not _of_qt(widget) and _shown_in_its_panel(widget):
            yield widget


def _shown_in_its_panel(widget: QWidget) -> bool:
    panel: QWidget | None = widget
    while panel is not None and not isinstance(panel, QDockWidget):
        panel = panel.parentWidget()
    return widget.isVisible() if panel is None else widget.isVisibleTo(panel)


def _of_qt(widget: QWidget) -> bool:
    """Return whether a widget is a part that Qt makes inside a control, such as a viewport."""
    parent = widget.parentWidget()
    inside = isinstance(parent, (QComboBox, QTabBar, QLineEdit, QDialogButtonBox, QMessageBox))
    viewport = isinstance(parent, QAbstractScrollArea) and parent.viewport() is widget
    made = isinstance(widget, (QScrollBar, QHeaderView, QMenuBar))
    in_view = isinstance(parent, QAbstractItemView) and isinstance(widget, QAbstractButton)
    return inside or viewport or made or in_view or widget.objectName().startswith("qt_")


def name_of(widget: QWidget) -> str:
    """Return the name that a screen reader says; of a list, Qt would tell the chosen entry as well."""
    if isinstance(widget, QComboBox):
        return widget.accessibleName()
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def tip_of(widget: QWidget) -> str:
    """Return the tooltip that is shown over a control: its own, or that of what it lies in."""
    while not widget.toolTip() and not widget.isWindow() and widget.parentWidget() is not None:
        widget = widget.parentWidget()
    return widget.toolTip()


def undescribed(window: QWidget) -> list[str]:
    """Return what lacks a name, or a tooltip or, where it is drawn, at least a description.

    Texts, scrolled areas and lists need neither: a screen reader reads what stands in them.
    """
    found = []
    for widget in controls(window):
        read = isinstance(widget, (QLabel, QScrollArea, QTabBar, QAbstractItemView, QTextEdit))
        field = isinstance(widget, (QAbstractButton, QComboBox, QLineEdit, QAbstractSlider))
        said = tip_of(widget) or (not field and widget.accessibleDescription())
        drawn = field or widget.isVisible()  # what is drawn later is described later
        lacking = [] if name_of(widget) else ["name"]
        lacking += [] if read or said or not drawn else ["tooltip" if field else "description"]
        if lacking:
            where = f"{type(widget).__name__} “{name_of(widget)}” in {type(widget.parent()).__name__}"
            found.append(f"{where}: no {' and no '.join(lacking)}")
    return found
