"""Plots with points that are moved with the mouse or the arrow keys."""

from __future__ import annotations

from typing import Literal

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen

from core.arrays import Array
from gui.plots.axes import PaintedPlot, Range
from gui.qt.drawable import guarded_overrides

REACH, ROOM = 14, 0.25
_CURSORS = {
    "up": Qt.CursorShape.SizeVerCursor,
    "across": Qt.CursorShape.SizeHorCursor,
    "both": Qt.CursorShape.SizeAllCursor,
}
STEPS = {
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
}


def around(values: Array, least: float = 1.0) -> Range:
    """Return a range around numbers, at least ``least`` wide, with room to drag them further."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    margin = max(ROOM * (high - low), (least - (high - low)) / 2, 0.1 * least)
    return low - margin, high + margin


@guarded_overrides
class HandledPlot(PaintedPlot):
    """A plot with points to grab. ``moved`` carries the index of a point and its new position.

    ``ways``: points move "up" and down, "across", or "both"; the arrow keys of the other direction select
    one.
    """

    moved = Signal(int, float, float)
    ways: Literal["up", "across", "both"] = "up"

    def __init__(self, name: str, x_title: str, y_title: str) -> None:
        super().__init__(name, x_title, y_title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.handles: list[tuple[float, float]] = []
        self.chosen = 0
        self.grabbed: int | None = None
        self.step = 0.1

    def fit(self) -> None:
        """Set the ranges to fit the contents, unless a point is being dragged."""

    # -- mouse ---------------------------------------------------------------------------------------

    def at(self, position: QPointF) -> int | None:
        """Return the index of the point under the mouse, or None."""
        gaps = [(self.place(*handle) - position).manhattanLength() for handle in self.handles]
        nearest = int(np.argmin(gaps)) if gaps else 0
        return nearest if gaps and gaps[nearest] <= REACH * self.scale else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.grabbed = self.at(event.position())
            if self.grabbed is not None:
                self.chosen = self.grabbed
                self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.grabbed is None:
            over = self.at(event.position()) is not None
            self.setCursor(_CURSORS[self.ways] if over else Qt.CursorShape.ArrowCursor)
            return
        x, y = self.point_at(event.position())
        self.moved.emit(self.grabbed, x, y)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.grabbed = None
        self.fit()
        self.update()

    def point_at(self, position: QPointF) -> tuple[float, float]:
        """Return the point of the axes at a pixel, clamped to them, rounded to the precision of a pixel."""
        axes = self.axes
        sizes = axes.area.width(), axes.area.height()
        pairs = zip(axes.from_pixels(position), axes.ranges, sizes, strict=True)
        x, y = (self._rounded(min(max(at, span[0]), span[1]), span, size) for at, span, size in pairs)
        return x, y

    @staticmethod
    def _rounded(value: float, span: Range, pixels: float) -> float:
        """Round a value to the power of ten nearest to the size of a pixel."""
        places = int(np.ceil(-np.log10((span[1] - span[0]) / max(1.0, pixels))))
        return round(value, max(0, places - 1) if places > 1 else places)

    # -- keyboard ------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Keep the arrow keys from the window."""
        overrides = event.type() == QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and event.key() in STEPS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in STEPS or self.chosen >= len(self.handles):
            super().keyPressEvent(event)
            return
        right, up = STEPS[Qt.Key(event.key())]
        choice = {"up": right, "across": up, "both": 0}[self.ways]
        if choice:
            self.chosen = (self.chosen + choice) % len(self.handles)
            self.update()
            return
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        step = self.step / (10 if fine else 1)
        x, y = self.handles[self.chosen]
        self.moved.emit(self.chosen, round(x + right * step, 6), round(y + up * step, 6))

    # -- painting ------------------------------------------------------------------------------------

    def paint_ring(self, painter: QPainter) -> None:
        """Paint a ring around the selected point, which keys or mouse move."""
        if self.chosen < len(self.handles) and (self.hasFocus() or self.grabbed is not None):
            painter.setPen(QPen(self.theme.accent, 2 * self.scale))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(self.place(*self.handles[self.chosen]), 10 * self.scale, 10 * self.scale)
