"""The reading direction of texts and widgets, and what is read from left to right in every language."""

from __future__ import annotations

from unicodedata import bidirectional

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QWidget


def reading(text: str) -> Qt.LayoutDirection:
    """Return the direction of a text, given by most of its letters; the window's may differ.

    A text without letters, such as a number, is read from left to right.
    """
    kinds = [bidirectional(letter) for letter in text]
    leftwards = sum(kind in ("R", "AL") for kind in kinds)
    from_right = leftwards > kinds.count("L")
    return Qt.LayoutDirection.RightToLeft if from_right else Qt.LayoutDirection.LeftToRight


def set_reading(painter: QPainter, text: str, widget: QWidget, side: Qt.AlignmentFlag) -> Qt.AlignmentFlag:
    """Let a painter write a text in its own direction; return the side of the widget that it is aligned to.

    ``side`` is that in a left-to-right window, and is mirrored if the window is.
    """
    painter.setLayoutDirection(reading(text))
    return QStyle.visualAlignment(widget.layoutDirection(), side) | Qt.AlignmentFlag.AlignAbsolute


def keep_left_to_right(widget: QWidget) -> None:
    """Never mirror a widget: a network, a plot, passes in the order of time."""
    widget.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
