"""Formulas are painted as outlines; here their text is passed on to paint engines that collect texts."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter


@runtime_checkable
class ReadsOutlines(Protocol):
    """A paint engine that collects the texts that are drawn."""

    def keep_outlines(self, text: str, place: QRectF, letters: float) -> None: ...


def tell_outlines(painter: QPainter, text: str, place: QRectF, letters: float) -> None:
    """Report to a paint engine that collects texts which text the outlines in a rectangle are.

    ``place`` and ``letters``, the height of capital letters, are in the painter's coordinates.
    """
    reader = painter.paintEngine()
    if isinstance(reader, ReadsOutlines):
        reader.keep_outlines(text, place, letters)
