"""Lettering of the panel beside the stage: larger text, and the colours its style sheets are made of."""

from __future__ import annotations

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QWidget

from gui.fonts import sized
from gui.theme import Theme, mixed


def larger(times: float, *, bold: bool = False) -> QFont:
    """Return the font of text, so many times as large as at present."""
    made = sized("text")
    made.setPointSizeF(made.pointSizeF() * times)
    if bold:
        made.setWeight(QFont.Weight.Bold)
    return made


def spaces(widget: QWidget, share: float = 1.0) -> int:
    """Return a distance that grows with the text: a share of the height of a line."""
    return max(2, round(share * widget.fontMetrics().height()))


def boxed(name: str, shown: Theme, share: float = 0.0) -> str:
    """Return the style of a rounded box of that object name; ``share`` of the accent is in its ground."""
    ground = mixed(shown.raised, shown.accent, share) if share else shown.raised
    return f"#{name} {{ background: {ground.name()}; border: 0; border-radius: 10px; }}"


def coloured(label: QLabel, colour: str) -> None:
    """Write a label in a colour."""
    label.setStyleSheet(f"color: {colour};")
