"""Finds texts of a window that are cut off, lie over one another or reach beyond their window.

It knows no single widget: it asks every label, button, list and field how much room its text needs, and
hears every text that a widget paints itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QComboBox,
    QLabel,
    QLineEdit,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QWidget,
)

SLACK = 1
"""Pixels that a text may need more than it has: metrics are rounded."""


def faults(window: QWidget) -> list[str]:
    """Return a sentence for every text of a window that cannot be read."""
    shown = [widget for widget in window.findChildren(QWidget) if _seen(window, widget)]
    found = [fault for widget in shown for fault in _cut(widget)]
    found += [fault for widget in shown for fault in _outside(window, widget)]
    found += [fault for parent in (window, *shown) for fault in _overlapping(parent)]
    with _heard() as texts:
        window.grab()
    return found + [f"painted: “{text}” in {_name(widget)}" for widget, text in texts]


def _seen(window: QWidget, widget: QWidget) -> bool:
    """Whether a widget is shown; Qt keeps the panels behind others somewhere beyond the window."""
    place = QRect(widget.mapTo(window, QPoint()), widget.size())
    return widget.isVisible() and widget.window() is window and window.rect().intersects(place)


def _name(widget: QWidget | None) -> str:
    """Return what a widget is, and in which named one it lies."""
    names: list[str] = []
    while widget is not None and len(names) < 4:
        text = widget.accessibleName() or widget.objectName()
        names.append(f"{type(widget).__name__} “{text}”" if text else type(widget).__name__)
        widget = widget.parentWidget()
    return " in ".join(names)


# -- widgets that Qt paints ------------------------------------------------------------------------------


def _cut(widget: QWidget) -> Iterator[str]:
    text, needed, room = "", QSize(), widget.size()
    if isinstance(widget, QLabel) and widget.text():
        text, needed = widget.text(), _of_label(widget)
    elif isinstance(widget, QAbstractButton) and widget.text():
        text, needed = widget.text(), _of_button(widget)
    elif isinstance(widget, QComboBox):
        option = QStyleOptionComboBox()
        widget.initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = widget.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, widget).size()
        text, metrics = widget.currentText(), widget.fontMetrics()
        needed = QSize(metrics.horizontalAdvance(text), metrics.height() - 2)
    elif isinstance(widget, QLineEdit) and not widget.hasFocus():
        text = widget.text()
        needed = QSize(widget.fontMetrics().horizontalAdvance(text) + 12, widget.fontMetrics().height())
    elif isinstance(widget, QTabBar):
        for k in range(widget.count()):
            wide = widget.fontMetrics().horizontalAdvance(widget.tabText(k))
            if widget.isTabVisible(k) and wide > widget.tabRect(k).width():
                yield f"cut: tab “{widget.tabText(k)}” of {_name(widget)}"
    if needed.width() > room.width() + SLACK or needed.height() > room.height() + SLACK:
        yield f"cut: “{text}” needs {needed.toTuple()}, has {room.toTuple()}: {_name(widget)}"


def _of_label(label: QLabel) -> QSize:
    if label.wordWrap():
        return QSize(0, label.heightForWidth(label.width()))
    return label.sizeHint()


def _of_button(button: QAbstractButton) -> QSize:
    """Return the room of a button's text without its padding, which may become narrower."""
    style = getattr(button, "toolButtonStyle", lambda: Qt.ToolButtonStyle.ToolButtonTextOnly)()
    if style is Qt.ToolButtonStyle.ToolButtonIconOnly:
        return QSize()
    lines = button.text().replace("&&", "\0").replace("&", "").replace("\0", "&").split("\n")
    metrics = button.fontMetrics()
    icon = 0 if button.icon().isNull() else button.iconSize().width()
    return QSize(max(map(metrics.horizontalAdvance, lines)) + icon, metrics.height() - 4)


# -- where they are --------------------------------------------------------------------------------------


def _telling(widget: QWidget) -> bool:
    return isinstance(widget, (QLabel, QAbstractButton, QComboBox, QLineEdit))


def _outside(window: QWidget, widget: QWidget) -> Iterator[str]:
    """Yield whether a part of a widget is hidden by an edge of what it lies in, unless that scrolls."""
    if not _telling(widget):
        return
    rect, parent = QRect(QPoint(), widget.size()), widget
    while parent is not window:
        rect.translate(parent.pos())
        above = parent.parentWidget()
        if above is None or isinstance(above, QTabBar):
            return
        area = above.parentWidget()
        if isinstance(area, QAbstractScrollArea):
            if not area.horizontalScrollBar().maximum() or area.horizontalScrollBar().isVisible():
                return
            rect = QRect(rect.left(), 0, rect.width(), 1)  # the bar is hidden: nothing scrolls there
        parent = above
        if not parent.rect().adjusted(-SLACK, -SLACK, SLACK, SLACK).contains(rect):
            yield f"outside: {_name(widget)} at {rect.getRect()} of {parent.size().toTuple()}"
            return


def _overlapping(parent: QWidget) -> Iterator[str]:
    """Yield neighbours that lie over one another, if both are to be read."""
    inside = [
        one
        for one in parent.children()
        if isinstance(one, QWidget) and one.isVisibleTo(parent) and _telling(one) and not one.isWindow()
    ]
    for one, other in combinations(inside, 2):
        common = one.geometry().intersected(other.geometry())
        if common.width() > 2 * SLACK and common.height() > 2 * SLACK:
            yield f"overlap: {_name(one)} and {_name(other)}"


# -- texts that a widget paints itself -------------------------------------------------------------------


@contextmanager
def _heard() -> Iterator[list[tuple[QWidget | None, str]]]:
    """Record texts that are painted shortened, or in a place too small for them."""
    heard: list[tuple[QWidget | None, str]] = []
    own = QPainter.drawText

    def draw(painter: QPainter, *what: Any) -> Any:
        text = next((one for one in what if isinstance(one, str)), "")
        place = what[0]
        device = painter.device()
        widget = device if isinstance(device, QWidget) else None
        if "…" in text[1:]:
            heard.append((widget, f"shortened: {text}"))
        elif isinstance(place, (QRect, QRectF)) and len(what) > 2 and text.strip():
            flags = next((int(one) for one in what[1:] if isinstance(one, (int, Qt.AlignmentFlag))), 0)
            if flags & Qt.TextFlag.TextDontClip.value:
                return own(painter, *what)
            needed = QFontMetrics(painter.font()).boundingRect(QRectF(place).toRect(), flags, text)
            wide, high = needed.width() - place.width(), needed.height() - place.height()
            if wide > 2 * SLACK + 1 or (high > 4 and "\n" not in text):
                heard.append((widget, f"{text} needs {needed.size().toTuple()}"))
        return own(painter, *what)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(QPainter, "drawText", draw)
        yield heard
