"""Edges: one item paints all weights between two layers, by sign and size, or W as a picture."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from core.modules import Array
from gui.canvas.layout import ends
from gui.canvas.notation import below
from gui.canvas.picture import Picture, faded
from gui.canvas.pixels import picture_of
from gui.canvas.tiles import turns
from gui.theme import Theme, mixed

LEVELS = 12
SMOOTH_UP_TO = 500
UNREACHED_EDGE = 0.25
FEW = 32  # edges drawn in every fourth frame of a fast run; more in every eighth


def pen_numbers(weights: Array) -> Array:
    """Return a pen for each weight: 0 … LEVELS - 1 for negative ones, the rest for positive ones, by size."""
    size = np.abs(weights)
    if not np.isfinite(size.sum()):
        size = np.nan_to_num(size)
    level = (LEVELS - 0.001) * (1 - np.exp(size / -1.5))
    numbers: Array = level.astype(np.int64) + LEVELS * (weights >= 0)
    return numbers


def pens(theme: Theme, most: float, *, dashes: bool = True) -> list[QPen]:
    """Return the pens of `pen_numbers`: colour by sign, stronger and thicker by size, dashes if negative."""
    made = []
    for sign, colour in enumerate((theme.negative, theme.positive)):
        for level in range(LEVELS):
            share = (level + 0.5) / LEVELS
            width = 0.8 + (most - 0.8) * share
            pen = QPen(mixed(theme.canvas, colour, 0.35 + 0.5 * share), width)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            if not sign and dashes:
                pen.setDashPattern([9 / width, 4 / width])
            made.append(pen)
    return made


def paths(outs: Array, ins: Array) -> list[QPainterPath]:
    """Return the curves from every source to every target, source after source."""
    made = []
    for x0, y0 in outs.tolist():
        for x1, y1 in ins.tolist():
            middle = (x0 + x1) / 2
            path = QPainterPath(QPointF(x0, y0))
            path.cubicTo(middle, y0, middle, y1, x1, y1)
            made.append(path)
    return made


class EdgesItem(QGraphicsItem):
    """All edges into layer l."""

    def __init__(self, picture: Picture, l: int) -> None:
        super().__init__()
        self._picture, self._l = picture, l
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self._drawn: object = None
        self._lit: frozenset[int] = frozenset()
        self._selected: int | None = None
        outs, ins = ends(picture.layout, l)
        self._targets = len(ins)
        self._paths = paths(outs, ins)
        self.turns = turns(2) if len(self._paths) <= FEW else turns(2 + 4 * l, 8)
        slots = [abs(p[1, 1] - p[0, 1]) if len(p) > 1 else 99.0 for p in (outs, ins)]
        self._most = max(2.0, min(6.5, 1 + min(slots) / 9))
        self._pens = pens(picture.theme, self._most)
        self._none = QPen(picture.theme.zero, 1)
        low = min(outs[:, 1].min(), ins[:, 1].min()) - 8
        high = max(outs[:, 1].max(), ins[:, 1].max()) + 8
        self._bounds = QRectF(QPointF(outs[0, 0], low), QPointF(ins[0, 0], high))

    def boundingRect(self) -> QRectF:
        return self._bounds

    def refresh(self) -> None:
        """Draw the weights of another moment, if any of them needs another pen or is reached now."""
        picture, moment = self._picture, self._picture.moment
        numbers = None if moment is None else pen_numbers(moment.theta.W[self._l]).tobytes()
        reached = None if picture.reach is None else picture.reach.edges[self._l].tobytes()
        drawn = numbers, reached, self._coming(), picture.coming and picture.coming.stage
        if drawn != self._drawn:
            self._drawn = drawn
            self.update()

    def _coming(self) -> int | None:
        """Return which edge the next step works on."""
        return self._number(self._picture.lit.edge)

    def _number(self, edge: tuple[int, int, int] | None) -> int | None:
        """Return which of these edges it is."""
        if edge is None or edge[0] != self._l or edge[2] >= self._targets:
            return None
        number = edge[1] * self._targets + edge[2]
        return number if number < len(self._paths) else None

    def look(self) -> None:
        """Draw what is looked at, if that changed."""
        lit, selected = self._looked_at(), self._number(self._picture.selected_edge)
        if (lit, selected) != (self._lit, self._selected):
            self._lit, self._selected = lit, selected
            self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        moment = self._picture.moment
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(self._paths) <= SMOOTH_UP_TO)
        if moment is None:
            painter.setPen(self._none)
            for path in self._paths:
                painter.drawPath(path)
            return
        numbers = pen_numbers(moment.theta.W[self._l].ravel())
        if self._selected is not None:
            own = self._pens[int(numbers[self._selected])].widthF()
            painter.setPen(QPen(self._picture.theme.accent_soft, own + 8))
            painter.drawPath(self._paths[self._selected])
        order = np.argsort(numbers % LEVELS, kind="stable")
        opacity = self._opacities(len(numbers))[order]
        for value in np.unique(opacity).tolist():
            painter.setOpacity(value)
            self._draw(painter, numbers, order[opacity == value].tolist())
        painter.setOpacity(1.0)
        coming = self._coming()
        if coming is not None:
            own = self._pens[int(numbers[coming])].widthF()
            painter.setPen(QPen(self._picture.stage_colour, max(3.5, own)))
            painter.drawPath(self._paths[coming])

    def _opacities(self, count: int) -> Array:
        """Return how opaque each edge is: what is looked at stands out, what is not reached stands back."""
        opacity = np.full(count, 0.35 if self._lit else 1.0)
        reached = self._picture.reach
        if reached is not None:
            opacity[~reached.edges[self._l].ravel()] = UNREACHED_EDGE
        opacity[list(self._lit)] = 1.0
        return opacity

    def _draw(self, painter: QPainter, numbers: Array, order: list[int]) -> None:
        """Draw edges in an order in which those of one pen are neighbours."""
        made, all_paths, last = self._pens, self._paths, -1
        which = numbers.tolist()
        for k in order:
            if which[k] != last:
                last = which[k]
                painter.setPen(made[last])
            painter.drawPath(all_paths[k])

    def _looked_at(self) -> frozenset[int]:
        """Return the edges of what is looked at; empty: nothing is, all edges are drawn alike."""
        found: set[int] = set()
        n, l = self._targets, self._l
        for layer, j, i in self._picture.looked_at:
            if i is not None:
                found |= {i * n + j} if layer == l else set()
            elif layer == l:
                found |= set(range(j, len(self._paths), n))
            elif layer == l - 1:
                found |= set(range(j * n, (j + 1) * n))
        return frozenset(k for k in found if k < len(self._paths))


class MatrixItem(QGraphicsItem):
    """W[l] as a picture, row i for neuron i of the layer before, column j for neuron j."""

    def __init__(self, picture: Picture, l: int) -> None:
        super().__init__()
        self._picture, self._l = picture, l
        self.turns = turns(2)
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self._looked_at: object = ()
        self._rect = picture.layout.matrices[l]
        before, after = picture.layout.of_layer(l - 1), picture.layout.of_layer(l)
        line = picture.layout.sizes.line
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

    def boundingRect(self) -> QRectF:
        return self._bounds

    def refresh(self) -> None:
        """Draw the weights of another moment."""
        self.update()

    def look(self) -> None:
        """Draw what is looked at, if that changed."""
        if self._picture.looked_at != self._looked_at:
            self._looked_at = self._picture.looked_at
            self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        picture, rect, theme = self._picture, self._rect, self._picture.theme
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(theme.zero, 0.4))
        for band in self._bands:
            painter.drawPolygon(band)
        painter.fillRect(rect, theme.panel)
        if picture.moment is not None:
            shrinking = rect.width() < self._shape[1] or rect.height() < self._shape[0]
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrinking)
            W = picture.moment.theta.W[self._l]
            most = float(np.abs(W).max()) or 1.0
            image, _pixels = picture_of(W, picture.colours, -most, most)
            painter.drawImage(rect, image)
        self._frame(painter, theme)

    def _frame(self, painter: QPainter, theme: Theme) -> None:
        picture, rect = self._picture, self._rect
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(mixed(theme.border, theme.text, 0.3), 1.2))
        painter.drawRect(rect)
        painter.setPen(theme.muted)
        rows, across = self._shape
        line = picture.layout.sizes.line
        x = rect.center().x()
        picture.texts.draw(painter, "name", f"W{_above(self._l)}", x, rect.top() - line * 0.8)
        picture.texts.draw(painter, "small", f"{rows} × {across}", x, rect.bottom() + line * 0.8)
        coming = picture.lit.edge
        if coming is not None and coming[0] == self._l:
            painter.setPen(QPen(picture.stage_colour, 2.4))
            painter.drawRect(self._cell(coming[1], coming[2]).adjusted(-1, -1, 1, 1))
        for cell in self._lit_cells():
            painter.setPen(QPen(theme.accent, 1.6))
            painter.drawRect(cell)

    def _cell(self, i: int, j: int) -> QRectF:
        """Return where W_ij is."""
        wide, high = self._rect.width() / self._shape[1], self._rect.height() / self._shape[0]
        return QRectF(self._rect.left() + j * wide, self._rect.top() + i * high, wide, high)

    def _lit_cells(self) -> list[QRectF]:
        """Return the cells, rows and columns of what is looked at."""
        rows, across = self._shape
        wide, high = self._rect.width() / across, self._rect.height() / rows
        found = []
        for layer, j, i in self._picture.looked_at:
            left, top = self._rect.left(), self._rect.top()
            if i is not None and layer == self._l:
                found.append(self._cell(i, j))
            elif i is None and layer == self._l:
                found.append(QRectF(left + j * wide, top, wide, self._rect.height()))
            elif i is None and layer == self._l - 1:
                found.append(QRectF(left, top + j * high, self._rect.width(), high))
        return found


def _band(side: Array, rect: QRectF, *, ahead: bool) -> QPolygonF:
    """Return the area between a layer and the picture of its weights."""
    low, high = float(side[:, 1].min()), float(side[:, 1].max())
    x = float(side[0, 0])
    near = rect.right() if ahead else rect.left()
    return QPolygonF(
        [QPointF(x, low - 3), QPointF(near, rect.top()), QPointF(near, rect.bottom()), QPointF(x, high + 3)]
    )


def _above(l: int) -> str:
    return "⁽" + below(l).translate(str.maketrans("₀₁₂₃₄₅₆₇₈₉", "⁰¹²³⁴⁵⁶⁷⁸⁹")) + "⁾"
