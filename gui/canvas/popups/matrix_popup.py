"""A popup with the weights between two layers as an image."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from core.language import tr
from core.number_style import value_text
from gui.canvas.canvas_state import CanvasState
from gui.canvas.items.neuron_images import picture_of
from gui.canvas.symbols import below
from gui.qt.drawable import guarded_overrides, shielded

CELL, LARGEST = 14.0, 520.0  # pixels of a weight and of the whole image, at most


@guarded_overrides
class MatrixPopup(QWidget):
    """Shows W[l], row i for neuron i of the layer before; a click on a weight selects it and closes.

    It shows the moment at which it was opened, and is not updated by later snapshots.
    """

    weight_chosen = Signal(int, int, int)  # l, i, j

    def __init__(self, state: CanvasState, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._state = state
        self.layer, self._title = 1, ""
        self._at: tuple[int, int] | None = None
        self._W = np.zeros((1, 1))
        self._grid = QRectF()
        self.setMouseTracking(True)

    def show_layer(self, l: int) -> None:
        """Show the present weights of layer l, and set the size accordingly."""
        state, line = self._state, self._state.layout.sizes.line
        self.layer, self._at = l, None
        self._W = np.zeros((1, 1)) if state.moment is None else state.moment.theta.W[l].copy()
        rows, columns = self._W.shape
        title = tr("W of layer {l}: {rows} × {columns} weights")
        self._title = title.format(l=l, rows=rows, columns=columns)
        self.setAccessibleName(self._title)
        cell = min(CELL, LARGEST / max(rows, columns))
        wide = max(columns * cell, state.texts.width("bold", self._title))
        self._grid = QRectF(8 + (wide - columns * cell) / 2, 2 * line + 10, columns * cell, rows * cell)
        self.resize(QSize(round(wide) + 16, round(self._grid.bottom()) + 9))

    def cell(self, i: int, j: int) -> QRectF:
        """Return the rectangle of W_ij."""
        rows, columns = self._W.shape
        wide, high = self._grid.width() / columns, self._grid.height() / rows
        return QRectF(self._grid.left() + j * wide, self._grid.top() + i * high, wide, high)

    def _weight(self, point: QPointF) -> tuple[int, int] | None:
        """Return the weight at a point."""
        if not self._grid.contains(point):
            return None
        rows, columns = self._W.shape
        i = int((point.y() - self._grid.top()) / self._grid.height() * rows)
        j = int((point.x() - self._grid.left()) / self._grid.width() * columns)
        return min(i, rows - 1), min(j, columns - 1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._at = self._weight(event.position())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        chosen = self._weight(event.position())
        if chosen is not None:
            self.weight_chosen.emit(self.layer, *chosen)
            self.close()

    @shielded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, state = QPainter(self), self._state
        theme, line = state.theme, state.layout.sizes.line
        painter.fillRect(self.rect(), theme.panel)
        painter.setPen(theme.border)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.setPen(theme.text)
        state.texts.draw(painter, "bold", self._title, 9, line * 0.8, 0.0)
        painter.setPen(theme.muted)
        state.texts.draw(painter, "small", self._line(), 9, line * 1.8 + 2, 0.0)
        most = float(np.abs(self._W).max()) or 1.0
        image = picture_of(self._W, state.colours, -most, most)
        painter.drawImage(self._grid, image)
        painter.setPen(theme.muted)
        painter.drawRect(self._grid)
        if self._at is not None:
            painter.setPen(theme.accent)
            painter.drawRect(self.cell(*self._at))

    def _line(self) -> str:
        if self._at is None:
            return tr("click a weight to select it")
        i, j = self._at
        return f"W{below(i + 1)},{below(j + 1)} = {value_text(float(self._W[i, j]))}"
