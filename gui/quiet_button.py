"""Quiet button: a tool button without a frame, in the head of a view."""

from __future__ import annotations

from PySide6.QtWidgets import QToolButton


def quiet_button(text: str, tip: str, *, checkable: bool = False) -> QToolButton:
    """Return a button; what it does is its tip, and what a screen reader says."""
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setCheckable(checkable)
    button.setProperty("look", "quiet")
    return button
