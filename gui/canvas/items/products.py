"""Between the layers of a network of images: the products W · a of one neuron, and a chip for the matrix."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from core.arrays import Array
from core.number_style import value_text
from gui.canvas.canvas_state import CanvasState, bracketed, faded, rounded
from gui.canvas.items.edges import LEVELS, pen_numbers, pens
from gui.canvas.items.item import CanvasItem
from gui.canvas.items.neurons import obstacles
from gui.canvas.label_placement import pill_size
from gui.canvas.layout import LayerColumn, curve
from gui.qt.drawable import shape
from gui.theme.theme import mixed

THICKEST = 4.5
PLACES = (0.72, 0.6, 0.84, 0.48, 0.36, 0.24)  # where the number may be, as fractions of a line


def ends_of(column: LayerColumn, *, leaving: bool) -> Array:
    """Return where lines begin at the neurons of a column, or end, (n, 2); also for the cells of a grid."""
    if column.style != "block":
        return column.outs if leaving else column.ins
    x = column.block.right() if leaving else column.block.left()
    return np.stack([np.full(column.neurons, x), column.tiles[:, 1::2].mean(axis=1)], 1)


class ProductsItem(CanvasItem):
    """The products of one neuron in each sum of layer l, or those of all neurons before in one sum of it.

    Lines are drawn for selected and hovered neurons, in the colour of the sign of W · a and as thick as its
    magnitude; the input has none. A chip with the shape of W[l] opens the matrix.
    """

    layer: int

    def __init__(self, state: CanvasState, l: int) -> None:
        super().__init__(state)
        self.layer = l
        layout = state.layout
        before, after = layout.of_layer(l - 1), layout.of_layer(l)
        self._shape = before.neurons, after.neurons
        self._chip = layout.matrices[l]
        self._outs, self._ins = ends_of(before, leaving=True), ends_of(after, leaving=False)
        outs, ins = before.outs, after.ins
        self._band = shape(
            [
                QPointF(outs[0, 0], outs[:, 1].min() - 3),
                QPointF(ins[0, 0], ins[:, 1].min() - 3),
                QPointF(ins[0, 0], ins[:, 1].max() + 3),
                QPointF(outs[0, 0], outs[:, 1].max() + 3),
            ]
        )
        around = self._band.boundingRect().united(self._chip)
        self._bounds = around.adjusted(-3, -layout.sizes.line, 3, layout.sizes.line)
        self._pens = pens(state.theme, THICKEST)
        self.products: dict[tuple[int, int], float] = {}
        self._drawn: object = None

    def bounds(self) -> QRectF:
        return self._bounds

    def refresh(self) -> None:
        """Draw another moment, if it differs."""
        state, edge = self._state, self._state.lit.edge
        self.products = self._now()
        coming = edge is not None and edge[0] == self.layer
        drawn = self.products, coming, state.coming and state.coming.stage, self._hovered
        if drawn != self._drawn:
            self._drawn = drawn
            self.update()

    def look(self) -> None:
        """Draw selection and hover, if they changed."""
        self.refresh()

    @property
    def _hovered(self) -> bool:
        hover = self._state.hover
        return hover is not None and hover.kind == "matrix" and hover.layer == self.layer

    def _now(self) -> dict[tuple[int, int], float]:
        """Return W · a of the lines (i, j) that are drawn, as far as the pass has computed a."""
        moment, l = self._state.moment, self.layer
        if l == 1 or self._state.veiled or moment is None or moment.a is None:
            return {}
        wanted: list[tuple[int, int]] = []
        rows, across = self._shape
        for layer, j, i in self._state.looked_at:
            if i is not None:
                wanted += [(i, j)] if layer == l else []
            elif layer == l - 1:
                wanted += [(j, target) for target in range(across)]
            elif layer == l:
                wanted += [(source, j) for source in range(rows)]
        a = moment.a[l - 1] * moment.masks.get(l, 1.0)
        products = {(i, j): float(moment.theta.W[l][i, j] * a[i]) for i, j in wanted}
        return {line: value for line, value in products.items() if np.isfinite(value) and value != 0}

    # -- painting ----------------------------------------------------------------------------------

    def draw(self, painter: QPainter, exposed: QRectF) -> None:
        theme = self._state.theme
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(theme.zero, 0.3))
        painter.drawPolygon(self._band)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        order = sorted(self.products, key=lambda line: abs(self.products[line]))
        for i, j in order:
            self._paint_line(painter, self._outs[i], self._ins[j], self.products[i, j])
        self._paint_chip(painter)
        self._paint_numbers(painter, order[::-1])

    def _paint_line(self, painter: QPainter, start: Array, stop: Array, value: float) -> None:
        level = int(pen_numbers(np.array([value]))[0])
        pen = QPen(self._pens[level])
        if level < LEVELS:
            pen.setDashPattern([9 / pen.widthF(), 4 / pen.widthF()])
        painter.setPen(pen)
        middle = float(start[0] + stop[0]) / 2
        path = QPainterPath(QPointF(*start.tolist()))
        path.cubicTo(middle, start[1], middle, stop[1], *stop.tolist())
        painter.drawPath(path)

    def _paint_numbers(self, painter: QPainter, order: list[tuple[int, int]]) -> None:
        """Write the numbers on the lines, the largest first, each where there is room."""
        state, theme = self._state, self._state.theme
        wide, high = pill_size(state.layout, "weights")
        taken = [QRectF(r[0], r[1], r[2] - r[0], r[3] - r[1]) for r in obstacles(state.layout).tolist()]
        for i, j in order:
            (x0, y0), (x1, y1) = self._outs[i].tolist(), self._ins[j].tolist()
            rect = QRectF(0, 0, wide, high)
            for share in PLACES:
                y = y0 + (y1 - y0) * float(curve(share))
                rect.moveCenter(QPointF(x0 + (x1 - x0) * share, y))
                free = x0 < rect.left() and rect.right() < x1
                if free and not any(other.intersects(rect.adjusted(-2, -2, 2, 2)) for other in taken):
                    break
            else:
                continue
            taken.append(QRectF(rect))
            value = self.products[i, j]
            rounded(painter, rect, high / 2, theme.panel, state.sign_colour(value), 1.2)
            painter.setPen(theme.text)
            state.texts.draw(painter, "small", value_text(value), rect.center().x(), rect.center().y())

    def _paint_chip(self, painter: QPainter) -> None:
        """Paint the chip that opens the matrix: a few cells, and the shape of W[l]."""
        state, theme, rect, edge = self._state, self._state.theme, self._chip, self._state.lit.edge
        coming = edge is not None and edge[0] == self.layer
        rounded(painter, rect, 5, theme.panel, theme.accent if self._hovered else theme.border, 1.2)
        if coming:
            bracketed(painter, rect, theme.text, 2)
        rows, across = self._shape
        said = f"{rows} × {across}"
        if rect.width() < state.texts.width("small", said) + rect.height():
            painter.setPen(theme.text)
            state.texts.draw(painter, "small", said, rect.center().x(), rect.center().y())
            return
        cell = rect.height() / 6
        corner = QPointF(rect.left() + cell * 1.5, rect.center().y() - 1.5 * cell)
        for k in range(9):
            colour = theme.positive if k % 4 == 0 else theme.negative if k % 4 == 1 else theme.zero
            place = QRectF(corner.x() + cell * (k % 3), corner.y() + cell * (k // 3), cell - 0.5, cell - 0.5)
            painter.fillRect(place, mixed(colour, theme.panel, 0.15))
        painter.setPen(theme.text)
        left = corner.x() + 4 * cell
        x = (left + rect.right() - cell) / 2
        state.texts.draw(painter, "small", said, x, rect.center().y())
