"""Fonts at the present size: larger where the whole application is, in front of a hall."""

from __future__ import annotations

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from gui.theme import font


def scale() -> float:
    """Return how large the application's text is: 1 at the desk, more in front of a hall."""
    return QApplication.font().pointSizeF() / font("text").pointSizeF()


def sized(role: str) -> QFont:
    """Return the font of a role at the scale of the application's text."""
    return font(role, scale())
