"""Neurons: a tile with what a neuron computes, its numbers and its bias; a wide layer as a grid of cells."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from core.modules import Array
from gui.canvas.layout import Column, Layout, Sizes
from gui.canvas.notation import tr
from gui.canvas.picture import Picture, faded, rounded
from gui.canvas.pixels import bounds, packed, picture_of, scaled
from gui.numbers import NOT_COMPUTED, short
from gui.theme import diverging, mixed

RADIUS = 6.0


def bias_rect(column: Column, j: int, sizes: Sizes) -> QRectF | None:
    """Return where the bias of neuron j stands; None: there is no room or no bias."""
    if not column.layer or column.style in ("block", "none"):
        return None
    tile, high = column.tile(j), sizes.line + 2
    if column.style == "roomy":
        wide = 9.5 * sizes.digit
        return QRectF(tile.center().x() - wide / 2, tile.top() - high - 4, wide, high)
    wide = 6.5 * sizes.digit + 4
    if column.style == "row":
        if float(column.ins[j, 0]) >= tile.left():
            return None
        return QRectF(tile.left() - wide - 4, tile.center().y() - high / 2, wide, high)
    return QRectF(tile.center().x() - wide - 2, tile.bottom() + 3, wide, high - 1)


def text_rect(column: Column, j: int, sizes: Sizes) -> QRectF:
    """Return where the numbers of neuron j are written."""
    tile, digit, line = column.tile(j), sizes.digit, sizes.line
    if column.style == "roomy":
        return QRectF(tile.center().x() - 5 * digit, tile.bottom() + 2, 10 * digit, 2 * line + 2)
    if column.style == "row":
        return QRectF(tile.right() + 3, tile.center().y() - line / 2, 6.5 * digit, line)
    if column.layer:
        return QRectF(tile.center().x() + 2, tile.bottom() + 2, 6.5 * digit + 4, line + 1)
    return QRectF(tile.center().x() - 5 * digit, tile.bottom() + 2, 10 * digit, line + 1)


def obstacles(layout: Layout) -> Array:
    """Return all rectangles a number on an edge must keep off, rows (left, top, right, bottom)."""
    rects: list[QRectF] = []
    for column in layout.columns:
        rects.append(column.chip)
        if column.style == "none":
            rects.append(column.block)
        elif column.style == "block":
            rects.append(column.block.adjusted(0, 0, 0, 2 * layout.sizes.line))
        else:
            for j in range(column.neurons):
                bias = bias_rect(column, j, layout.sizes)
                rects += [column.tile(j), text_rect(column, j, layout.sizes), *([bias] if bias else [])]
    rects += layout.matrices.values()
    return np.array([(r.left(), r.top(), r.right(), r.bottom()) for r in rects])


class NeuronsItem(QGraphicsItem):
    """All neurons of one column."""

    def __init__(self, picture: Picture, k: int) -> None:
        super().__init__()
        self._picture = picture
        self._column = column = picture.layout.columns[k]
        self.setZValue(2)
        side = column.tile(0).width() if column.neurons and column.style != "block" else 10.0
        self._corners = _corners(side)
        reach = column.block.adjusted(
            -14 * picture.layout.sizes.digit, -40, 14 * picture.layout.sizes.digit, 60
        )
        self._bounds = reach.adjusted(-picture.layout.sizes.name, 0, 0, 0)

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        column = self._column
        if column.style == "none":
            self._paint_dropout(painter)
        elif column.style == "block":
            self._paint_block(painter)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            self._paint_tiles(painter)
            self._paint_numbers(painter)
            if column.layer:
                self._paint_biases(painter)
            else:
                self._paint_names(painter)

    def _values(self, name: str) -> Array | None:
        moment, l = self._picture.moment, self._column.layer
        arrays = getattr(moment, name) if moment is not None else None
        return None if arrays is None or l is None else arrays[l]

    def _paint_tiles(self, painter: QPainter) -> None:
        picture, column = self._picture, self._column
        pixels, l = picture.pixels, column.layer or 0
        a, theme = self._values("a"), picture.theme
        bars = None
        if a is not None and pixels is None and picture.moment is not None:
            bars = scaled(a[None], *_layer_bounds(picture, l))[0]
        frame = QPen(mixed(theme.border, theme.text, 0.35), 1.2)
        for j in range(column.neurons):
            tile = column.tile(j)
            if pixels is not None and picture.moment is not None:
                painter.drawImage(tile, pixels.image, pixels.source(l, j))
            else:
                painter.fillRect(tile, theme.panel)
                if bars is not None:
                    _paint_bar(painter, tile, float(bars[j]), picture)
            painter.translate(tile.topLeft())
            painter.fillPath(self._corners, theme.canvas)
            painter.translate(-tile.topLeft())
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(frame)
            painter.drawRoundedRect(tile, RADIUS, RADIUS)
        self._paint_marks(painter)

    def _paint_marks(self, painter: QPainter) -> None:
        """Frame the neurons that are selected or under the mouse."""
        picture = self._picture
        for l, j, i in picture.looked_at:
            for layer, neuron in ((l, j), (l - 1, i)) if i is not None else ((l, j),):
                if layer == self._column.layer and neuron is not None and neuron < self._column.neurons:
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    painter.setPen(QPen(picture.theme.accent, 2.6 if i is None else 1.8))
                    painter.drawRoundedRect(self._column.tile(neuron).adjusted(-1, -1, 1, 1), RADIUS, RADIUS)

    def _paint_numbers(self, painter: QPainter) -> None:
        picture, column = self._picture, self._column
        a, delta = self._values("a"), self._values("delta") if column.layer else None
        sizes, texts, theme = picture.layout.sizes, picture.texts, picture.theme
        backing = faded(theme.canvas, 0.78)
        letter = "o" if column.layer == picture.layout.last else "a"
        roomy = column.style == "roomy"
        for j in range(column.neurons):
            rect = text_rect(column, j, sizes)
            value = short(a[j]) if a is not None else NOT_COMPUTED
            lines = [
                f"{letter} = {value}" if column.style != "row" and not (column.layer and not roomy) else value
            ]
            if delta is not None:
                lines.append(f"δ = {short(delta[j])}" if roomy else short(delta[j]))
            painter.fillRect(_backed(rect, len(lines) if roomy else 1, sizes), backing)
            y = rect.top() + sizes.line / 2 + 1 if roomy else rect.center().y()
            align, x = (
                (0.5, rect.center().x())
                if roomy or (not column.layer and column.style != "row")
                else (0.0, rect.left())
            )
            painter.setPen(theme.text)
            texts.draw(painter, "small", lines[0], x, y, align)
            if delta is not None and roomy:
                painter.setPen(picture.gradient_colour(delta[j]))
                texts.draw(painter, "small", lines[1], x, y + sizes.line, align)

    def _paint_biases(self, painter: QPainter) -> None:
        picture, column = self._picture, self._column
        sizes, theme, moment, l = picture.layout.sizes, picture.theme, picture.moment, column.layer or 0
        b = moment.theta.b[l] if moment is not None else None
        steps = moment.step.b[l] if moment is not None and moment.step is not None else None
        for j in range(column.neurons):
            rect = bias_rect(column, j, sizes)
            if rect is None:
                return
            value = NOT_COMPUTED if b is None else short(b[j], None if steps is None else float(steps[j]))
            colour = theme.muted if b is None else picture.sign_colour(b[j])
            rounded(
                painter, rect, 4, mixed(theme.raised, theme.canvas, 0.3), mixed(theme.border, colour, 0.3)
            )
            painter.setPen(colour)
            text = f"b = {value}" if column.style == "roomy" else value
            picture.texts.draw(painter, "small", text, rect.center().x(), rect.center().y())

    def _paint_names(self, painter: QPainter) -> None:
        picture = self._picture
        painter.setPen(picture.theme.text)
        room = picture.layout.sizes.name + 2
        metrics = picture.texts.metrics["name"]
        for j, name in enumerate(picture.names[: self._column.neurons]):
            tile = self._column.tile(j)
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, max(room, tile.left() - 14))
            picture.texts.draw(painter, "name", shown, tile.left() - 9, tile.center().y(), 1.0)

    def _paint_block(self, painter: QPainter) -> None:
        picture, column = self._picture, self._column
        theme, a, (rows, across) = picture.theme, self._values("a"), column.grid
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.fillRect(column.block, theme.panel)
        if a is not None:
            cells = np.zeros(rows * across)
            cells[: column.neurons] = scaled(a[None], *_layer_bounds(picture, column.layer or 0))[0]
            image, _pixels = picture_of(cells.reshape(rows, across), packed(diverging(theme)))
            painter.drawImage(column.block, image)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(mixed(theme.border, theme.text, 0.3), 1.2))
        painter.drawRect(column.block)
        painter.setPen(theme.muted)
        what = tr("{n} inputs") if column.layer == 0 else tr("{n} neurons")
        y = column.block.bottom() + picture.layout.sizes.line
        picture.texts.draw(painter, "small", what.format(n=column.neurons), column.x, y)
        self._paint_marks(painter)

    def _paint_dropout(self, painter: QPainter) -> None:
        picture, band = self._picture, self._column.block
        chosen = picture.selection.place is not None and picture.selection.place == self._column.place
        colour = picture.theme.accent if chosen else picture.theme.muted
        rounded(painter, band, 9, faded(picture.theme.raised, 0.75), faded(colour, 0.5))
        painter.setPen(QPen(colour, 1.2))
        for step in range(1, 8):
            y = band.top() + band.height() * step / 8
            painter.drawEllipse(QRectF(band.center().x() - 3, y - 3, 6, 6))
            if step % 2:
                painter.drawLine(
                    int(band.center().x() - 4), int(y + 4), int(band.center().x() + 4), int(y - 4)
                )


def _layer_bounds(picture: Picture, l: int) -> tuple[Array, Array]:
    """Return the bounds of layer l for values in one row, (1, n[l])."""
    assert picture.moment is not None
    middle, half = bounds(picture.moment.network, l)
    return middle.T, half.T


def _paint_bar(painter: QPainter, tile: QRectF, value: float, picture: Picture) -> None:
    """Fill a tile from its middle, up for a positive share of the range and down for a negative one."""
    middle = tile.center().y()
    top = middle - max(-1.0, min(1.0, value)) * tile.height() / 2
    bar = QRectF(tile.left(), min(top, middle), tile.width(), abs(top - middle))
    painter.fillRect(bar, faded(picture.sign_colour(value), 0.8))
    painter.fillRect(QRectF(tile.left(), middle - 0.5, tile.width(), 1), picture.theme.zero)


def _corners(side: float) -> QPainterPath:
    """Return what a square has more than its rounded self."""
    outer, inner = QPainterPath(), QPainterPath()
    outer.addRect(QRectF(-0.5, -0.5, side + 1, side + 1))
    inner.addRoundedRect(QRectF(0, 0, side, side), RADIUS, RADIUS)
    return outer.subtracted(inner)


def _backed(rect: QRectF, lines: int, sizes: Sizes) -> QRectF:
    return QRectF(rect.left(), rect.top(), rect.width(), lines * sizes.line + 1)
