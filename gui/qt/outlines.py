"""Outlines that are texts: whoever paints a formula tells what it is to whoever reads what is drawn."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter


@runtime_checkable
class ReadsOutlines(Protocol):
    """A paint engine that keeps the texts that are drawn."""

    def keep_outlines(self, text: str, place: QRectF, letters: float) -> None: ...


def tell_outlines(painter: QPainter, text: str, place: QRectF, letters: float) -> None:
    """Tell whoever reads the texts of a window that outlines in a rectangle are a text.

    ``place`` and ``letters``, the height of capital letters, are in the painter's coordinates.
    """
    reader = painter.paintEngine()
    if isinstance(reader, ReadsOutlines):
        reader.keep_outlines(text, place, letters)
