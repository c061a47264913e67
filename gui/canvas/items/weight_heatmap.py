"""Weight heatmap: W[l] as an image, if one of the two layers is wide."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from core.arrays import Array
from gui.canvas.canvas_state import CanvasState, bracketed, faded
from gui.canvas.items.item import CanvasItem, turns
from gui.canvas.items.neuron_images import picture_of
from gui.qt.drawable import shape
from gui.theme.theme import Theme, mixed


class MatrixItem(CanvasItem):
    """W[l] as a picture, row i for neuron i of the layer before, column j for neuron j."""

    layer: int

    def __init__(self, state: CanvasState, l: int) -> None:
        super().__init__(state)
        self.layer = l
        self.turns = turns(2)
        self._looked_at: object = ()
        self._drawn: object = None
        self._rect = state.layout.matrices[l]
        before, after = state.layout.of_layer(l - 1), state.layout.of_layer(l)
        line = state.layout.sizes.line
        self._shape = before.neurons, after.neurons
        self._bands = (_band(before.outs, self._rect, ahead=False), _band(after.ins, self._rect, ahead=True))
        self._bounds = QRectF(
            QPointF(
                before.outs[0, 0], min(before.block.top(), after.block.top(), self._rect.top()) - 2 * line
            ),
            QPointF(
                after.ins[0, 0],
                max(before.block.bottom(), after.block.bottom(), self._rect.bottom()) + 3 * line,
            ),
        )

    def bounds(self) -> QRectF:
        return self._bounds

    def refresh(self) -> None:
        """Draw the weights of another moment, if they changed."""
        state = self._state
        W = None if state.newest is None else state.newest.theta.W[self.layer].tobytes()
        drawn = W, self._coming(), state.coming and state.coming.stage
        if drawn != self._drawn:
            self._drawn = drawn
            self.update()

    def _coming(self) -> tuple[int, int, int] | None:
        """Return the weight that the next step uses."""
        edge = self._state.lit.edge
        return edge if edge is not None and edge[0] == self.layer else None

    def look(self) -> None:
        """Draw selection and hover, if they changed."""
        if self._state.looked_at != self._looked_at:
            self._looked_at = self._state.looked_at
            self.update()

    def draw(self, painter: QPainter, exposed: QRectF) -> None:
        state, rect, theme = self._state, self._rect, self._state.theme
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(theme.zero, 0.4))
        for band in self._bands:
            painter.drawPolygon(band)
        painter.fillRect(rect, theme.panel)
        if state.newest is not None:
            shrinking = rect.width() < self._shape[1] or rect.height() < self._shape[0]
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrinking)
            W = state.newest.theta.W[self.layer]
            most = float(np.abs(W).max()) or 1.0
            image = picture_of(W, state.colours, -most, most)
            painter.drawImage(rect, image)
        self._frame(painter, theme)

    def _frame(self, painter: QPainter, theme: Theme) -> None:
        state, rect = self._state, self._rect
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(mixed(theme.border, theme.text, 0.3), 1.2))
        painter.drawRect(rect)
        painter.setPen(theme.muted)
        rows, across = self._shape
        line = state.layout.sizes.line
        x = rect.center().x()
        state.texts.draw(painter, "name", f"W[{self.layer}]", x, rect.top() - line * 0.8)
        state.texts.draw(painter, "small", f"{rows} × {across}", x, rect.bottom() + line * 0.8)
        coming = self._coming()
        if coming is not None:
            bracketed(painter, self._cell(coming[1], coming[2]).adjusted(-2, -2, 2, 2), theme.text, 2)
        for cell in self._lit_cells():
            painter.setPen(QPen(theme.accent, 1.6))
            painter.drawRect(cell)

    def _cell(self, i: int, j: int) -> QRectF:
        """Return the rectangle of W_ij."""
        wide, high = self._rect.width() / self._shape[1], self._rect.height() / self._shape[0]
        return QRectF(self._rect.left() + j * wide, self._rect.top() + i * high, wide, high)

    def _lit_cells(self) -> list[QRectF]:
        """Return the cells, rows and columns that are selected or hovered."""
        rows, across = self._shape
        wide, high = self._rect.width() / across, self._rect.height() / rows
        found = []
        for layer, j, i in self._state.looked_at:
            left, top = self._rect.left(), self._rect.top()
            if i is not None and layer == self.layer:
                found.append(self._cell(i, j))
            elif i is None and layer == self.layer:
                found.append(QRectF(left + j * wide, top, wide, self._rect.height()))
            elif i is None and layer == self.layer - 1:
                found.append(QRectF(left, top + j * high, self._rect.width(), high))
        return found


def _band(side: Array, rect: QRectF, *, ahead: bool) -> QPolygonF:
    """Return the area between a layer and the picture of its weights."""
    low, high = float(side[:, 1].min()), float(side[:, 1].max())
    x = float(side[0, 0])
    near = rect.right() if ahead else rect.left()
    return shape(
        [QPointF(x, low - 3), QPointF(near, rect.top()), QPointF(near, rect.bottom()), QPointF(x, high + 3)]
    )
