"""Tiles: a small image of the function of each neuron; a wide layer is a grid of cells."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import zip_longest
from math import ceil, floor

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPen, QPixmap, QRegion, QTransform
from PySide6.QtWidgets import QGraphicsView

from core.arrays import Array
from core.language import tr
from core.nn.trainer import Phase
from gui.canvas.canvas_state import CanvasState, faded, rounded
from gui.canvas.items.image_layers import caption_width, paint_input_image, paint_veil, paint_weight_images
from gui.canvas.items.item import NEVER, CanvasItem, turns
from gui.canvas.items.neuron_images import bars, layer_levels, picture_of
from gui.canvas.items.output_places import NAMED, places_of
from gui.canvas.layout import BESIDE, LayerColumn, Layout, Sizes
from gui.figures.figure import is_vector
from gui.qt.drawable import pixel_image
from gui.selection import ComputedNumber
from gui.theme.theme import Theme, mixed

UNREACHED = 0.4
DROPPED_SIDE = 8.0  # side of the cross at an input that dropout switches off


def radius(side: float) -> float:
    """Return the radius of the corners of a tile."""
    return min(6.0, side / 5)


def tile_side(side: float) -> int:
    """Return the side of a tile in pixels of the viewport, from its length ``side``."""
    return max(1, floor(round(side, 3) + 0.5))


def on_pixels(transform: QTransform, tile: QRectF) -> QRect:
    """Return the rectangle of a tile in whole pixels of the viewport."""
    mapped = transform.mapRect(tile)
    left, top = (floor(round(edge, 3) + 0.5) for edge in (mapped.left(), mapped.top()))
    return QRect(left, top, tile_side(mapped.width()), tile_side(mapped.height()))


def bias_rect(column: LayerColumn, j: int, sizes: Sizes) -> QRectF | None:
    """Return the rectangle of the bias of neuron j; None: there is no room or no bias."""
    if not column.layer or column.style in ("block", "none", "bare"):
        return None
    tile, high = column.tile(j), sizes.line + 2
    if column.style in NAMED:
        wide = sizes.number + 4.2 * sizes.digit
        rect = QRectF(tile.center().x() - wide / 2, tile.top() - high - 4, wide, high)
        if column.legend:  # it must not cover the texts of the output
            rect.moveRight(min(rect.right(), tile.right() + BESIDE / 2))
        return rect
    wide = sizes.number + 4
    if column.style == "row":
        if float(column.ins[j, 0]) >= tile.left():
            return None
        return QRectF(tile.left() - wide - 4, tile.center().y() - high / 2, wide, high)
    return QRectF(tile.center().x() - wide - 2, tile.bottom() + 3, wide, high - 1)


def text_rect(column: LayerColumn, j: int, sizes: Sizes) -> QRectF:
    """Return the rectangle of the numbers of neuron j."""
    tile, line = column.tile(j), sizes.line
    named = sizes.number + 3.4 * sizes.digit  # a number with its letter: a = 0.123
    if column.legend:
        return places_of(column, j, sizes).number
    if column.style == "roomy":
        return QRectF(tile.center().x() - named / 2, tile.bottom() + 2, named, 2 * line + 2)
    if column.style == "snug" and column.layer:
        return QRectF(tile.center().x() - named, tile.bottom() + 2, 2 * named, line + 1)
    if column.style in ("row", "bare"):
        wide, high = (sizes.number, line) if column.style == "row" else (0.0, 0.0)
        return QRectF(tile.right() + 3, tile.center().y() - line / 2, wide, high)
    if column.layer:
        return QRectF(tile.center().x() + 4, tile.bottom() + 2, sizes.number + 4, line + 1)
    return QRectF(tile.center().x() - named / 2, tile.bottom() + 2, named, line + 1)


@lru_cache(maxsize=4)
def obstacles(layout: Layout) -> Array:
    """Return all rectangles that edge labels must not cover, rows (left, top, right, bottom)."""
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
                rects += [places_of(column, j, layout.sizes).area] if column.legend else []
    rects += layout.matrices.values()
    return np.array([(r.left(), r.top(), r.right(), r.bottom()) for r in rects])


class TilesItem(CanvasItem):
    """The tiles of one column, the cells of a wide layer, or a dropout with the inputs it keeps.

    Tiles that show a neuron's output over the input plane are ready-made images, drawn at every paint
    event (``live``); everything else is painted once per `refresh` and cached.
    """

    def __init__(self, state: CanvasState, k: int) -> None:
        super().__init__(state, 2)
        self._column = column = state.layout.columns[k]
        self._before = state.layout.columns[k - 1] if column.style == "none" else None
        self._tiles = [column.tile(j) for j in range(column.neurons)] if column.style != "block" else []
        self.live = state.pixels is not None and bool(self._tiles)
        self.cached, self.turns = not self.live, NEVER if self.live else turns(1, 2)
        self.layer = column.layer
        self._frames: dict[float, QPixmap] = {}
        self._placed: tuple[QTransform, list[QRect]] | None = None
        self._bounds = column.block.adjusted(-4, -4, 4, 2 * state.layout.sizes.line + 4)
        if column.style == "block":
            beyond = max(0.0, (caption_width(state, column) - column.block.width()) / 2) + 4
            self._bounds.adjust(-beyond, 0, beyond, 0)
        self._look: object = None
        self._drawn: object = None
        self._faint: tuple[bool, ...] = ()
        self._shown: tuple[bool, ...] = ()

    def bounds(self) -> QRectF:
        return self._bounds

    def refresh(self) -> None:
        """Draw the numbers of another moment, if any of them changed."""
        state, a = self._state, self._values("a")
        self._faint = self._unreached()
        of_mask = None if (mask := dropped(state, self._column)) is None else mask.tobytes()
        of_a = None if a is None else a.tobytes()
        drawn = (
            *(of_a, of_mask, self._faint, state.veiled, state.told),
            *(state.newest is None, self._weights_now()),
        )
        if drawn != self._drawn:
            self._drawn = drawn
            if not self.live:
                self.update()

    def _weights_now(self) -> bytes:
        """Return the bytes of the weights that are drawn as images."""
        newest = self._state.newest
        if not self._column.pictures or newest is None:
            return b""
        return bytes(newest.theta.W[self._column.layer or 0].tobytes())

    def changed(self) -> list[QRectF]:
        """Return the tiles over the plane whose state, reached or not, changed since the last call."""
        before, self._shown = self._shown, self._faint
        if before == self._shown:
            return []
        pairs = zip_longest(before, self._shown, fillvalue=False)
        return [tile for tile, (old, new) in zip(self._tiles, pairs, strict=False) if old != new]

    def look(self) -> None:
        """Draw selection and hover, if they changed."""
        chosen = self._state.selection.place
        look = chosen is not None and chosen == self._column.place
        if look != self._look:
            self._look = look
            self.update()

    def draw(self, painter: QPainter, exposed: QRectF) -> None:
        if self._column.style == "none":
            self._paint_dropout(painter)
        elif self._column.style == "block":
            self._paint_block(painter)
        else:
            self.paint_tiles(painter)

    def _values(self, name: str) -> Array | None:
        moment, l = self._state.newest, self._column.layer
        arrays = getattr(moment, name) if moment is not None else None
        return None if arrays is None or l is None else arrays[l]

    @property
    def faint(self) -> bool:
        """Whether a tile is drawn transparent."""
        return any(self._faint)

    def places(self, transform: QTransform) -> list[QRect]:
        """Return the rectangles of the tiles in whole pixels."""
        if self._placed is None or self._placed[0] != transform:
            self._placed = transform, [on_pixels(transform, tile) for tile in self._tiles]
        return self._placed[1]

    def paint_tiles(self, painter: QPainter) -> None:
        """Draw the images of the tiles."""
        state, l, shown, transform = self._state, self.layer or 0, painter.opacity(), painter.transform()
        hidden = state.veiled and l > 0
        pixels = state.pixels if state.newest is not None and not hidden else None
        # Between whole pixels a line of the frame would vanish.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, pixels is None)
        places, faint, without = self.places(transform), self._faint, []
        painter.resetTransform()
        for j, place in enumerate(places):
            if pixels is None or not pixels.has(l, j):
                without.append(j)
                continue
            if faint:
                painter.setOpacity(shown * (UNREACHED if faint[j] else 1.0))
            image, source = pixels.tile(l, j)
            if is_vector(painter):
                _draw_rounded(painter, QRectF(place), image.copy(source))
                continue
            image.setDevicePixelRatio(source.width() / place.width())
            painter.drawImage(place.topLeft(), image, source)
        painter.setTransform(transform)
        if without:
            self._paint_bars(painter, without)
        painter.setOpacity(shown)

    def _paint_bars(self, painter: QPainter, neurons: list[int]) -> None:
        """Paint the tiles of which there is no image: a bar as long as the activation, or a question mark."""
        state, a, shown = self._state, self._values("a"), painter.opacity()
        shares, l = None, self.layer or 0
        if a is not None and state.newest is not None:
            shares = bars(state.newest.network, l, a).tolist()
        places, (back, _), frame = (
            self.places(painter.transform()),
            painter.transform().inverted(),
            self._frame(),
        )
        for j in neurons:
            tile = back.mapRect(QRectF(places[j]))
            painter.setOpacity(shown * (UNREACHED if self._faint and self._faint[j] else 1.0))
            painter.fillRect(tile, state.theme.panel)
            hidden = l > 0 and state.hides(ComputedNumber("a", l, j))
            if shares is not None and not hidden:
                _paint_bar(painter, tile, shares[j], state)
            if is_vector(painter):
                painter.save()
                painter.translate(tile.topLeft())
                paint_frame(painter, state.theme, tile.width())
                painter.restore()
            else:
                painter.drawPixmap(tile, frame, QRectF(frame.rect()))
            if hidden:
                paint_veil(painter, tile, state)

    def _unreached(self) -> tuple[bool, ...]:
        """Return for each neuron whether an unfinished forward pass has yet to reach it; else empty."""
        state, l = self._state, self._column.layer
        moment = state.moment
        if state.reach is None or state.veiled or moment is None or l is None:
            return ()
        if moment.phase > Phase.FORWARD:
            return ()
        return tuple(not reached for reached in state.reach.neurons[l].tolist())

    def _frame(self) -> QPixmap:
        """Return the frame of a tile without an image."""
        state, side = self._state, self._tiles[0].width()
        found = self._frames.get(state.density)
        if found is None:
            image = frame_of(state.theme, side, ceil(side * state.density))
            image.setDevicePixelRatio(image.width() / side)
            found = self._frames[state.density] = QPixmap.fromImage(image)
        return found

    def _paint_block(self, painter: QPainter) -> None:
        state, column = self._state, self._column
        theme, a = state.theme, self._values("a")
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        if column.pictures:
            paint_weight_images(painter, state, column)
            return
        if state.layout.image and column.layer == 0:
            paint_input_image(painter, state, column)
            return
        painter.fillRect(column.block, theme.panel)
        if state.veiled and column.layer:
            paint_veil(painter, column.block, state)
        elif a is not None and state.newest is not None:
            levels = layer_levels(state.newest.network, column.layer or 0, a, column.grid)
            image = picture_of(levels, state.colours)
            painter.drawImage(column.block, image)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(mixed(theme.border, theme.text, 0.3), 1.2))
        painter.drawRect(column.block)
        painter.setPen(theme.muted)
        what = tr("{n} inputs") if column.layer == 0 else tr("{n} neurons")
        y = column.block.bottom() + state.layout.sizes.line
        state.texts.draw(painter, "small", what.format(n=column.neurons), column.x, y)

    def _paint_dropout(self, painter: QPainter) -> None:
        state, band = self._state, self._column.block
        colour = state.theme.accent if self._look else state.theme.muted
        rounded(painter, band, 9, faded(state.theme.raised, 0.75), faded(colour, 0.5))
        mask = dropped(state, self._column)
        if mask is None or self._before is None:
            return
        if self._before.style == "block":
            self._paint_many(painter, mask)
            return
        x = band.center().x()
        for j, off in enumerate(mask.tolist()):
            y, half = self._before.tile(j).center().y(), DROPPED_SIDE / 2
            if off:
                painter.setPen(QPen(colour, 1.6))
                painter.drawLine(QPointF(x - half, y - half), QPointF(x + half, y + half))
                painter.drawLine(QPointF(x - half, y + half), QPointF(x + half, y - half))
            else:
                painter.setPen(QPen(colour, 1.2))
                painter.setBrush(colour)
                painter.drawEllipse(QPointF(x, y), half * 0.7, half * 0.7)

    def _paint_many(self, painter: QPainter, mask: Array) -> None:
        """Show which of many neurons are switched off (blank) as a strip, with the first one at the top."""
        theme, band = self._state.theme, self._column.block
        colours = np.array([theme.muted.rgb(), theme.panel.rgb()], np.uint32)
        image = pixel_image(colours[mask.astype(int)][:, None])
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(band.adjusted(5, 9, -5, -9), image)


def dropped(state: CanvasState, column: LayerColumn) -> Array | None:
    """Return the inputs that a dropout switches off in the pass shown; None: none are, or they are hidden."""
    moment, columns = state.moment, state.layout.columns
    if column.style != "none" or moment is None or state.veiled:
        return None
    k = next(k for k, one in enumerate(columns) if one is column)
    l = next((one.layer for one in columns[k + 1 :] if one.layer is not None), None)
    mask = None if l is None else moment.masks.get(l)
    if mask is None or mask.size != columns[k - 1].neurons:
        return None
    off: Array = mask == 0
    return off


def _paint_bar(painter: QPainter, tile: QRectF, share: float, state: CanvasState) -> None:
    """Paint a share of -1 … 1 as a bar, upwards or downwards from the middle of the tile."""
    start, side = tile.center().y(), 0.26 * tile.width()
    stop = start - max(-1.0, min(1.0, share)) * 0.44 * tile.height()
    bar = QRectF(tile.left() + side, min(start, stop), tile.width() - 2 * side, abs(stop - start))
    painter.fillRect(bar, state.sign_colour(share))
    line = tile.adjusted(side - 2, start - tile.top() - 0.5, 2 - side, start - tile.bottom() + 0.5)
    painter.fillRect(line, state.theme.muted)


def frame_of(theme: Theme, side: float, pixels: int) -> QImage:
    """Return the frame of a tile with the background outside its round corners, ``pixels`` wide."""
    image = QImage(pixels, pixels, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(pixels / side, pixels / side)
    paint_frame(painter, theme, side)
    painter.end()
    return image


def paint_frame(painter: QPainter, theme: Theme, side: float) -> None:
    """Paint the frame of a tile at the origin, and the background outside its round corners."""
    painter.fillPath(_corners(side), theme.canvas)
    painter.setPen(QPen(mixed(theme.border, theme.text, 0.35), 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(0.6, 0.6, side - 1.2, side - 1.2), radius(side), radius(side))


def _draw_rounded(painter: QPainter, place: QRectF, image: QImage) -> None:
    """Draw the image of a tile without what is outside its round corners."""
    painter.save()
    shape = QPainterPath()
    shape.addRoundedRect(place, radius(place.width()), radius(place.width()))
    painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
    painter.drawImage(place, image)
    painter.restore()


def _corners(side: float) -> QPainterPath:
    """Return a square minus the same square with rounded corners: its four corners."""
    outer, inner = QPainterPath(), QPainterPath()
    outer.addRect(QRectF(-0.5, -0.5, side + 1, side + 1))
    inner.addRoundedRect(QRectF(0, 0, side, side), radius(side), radius(side))
    return outer.subtracted(inner)


# -- The tiles over the plane, which are put in place in every frame of a run ----------------------------


class LiveTiles:
    """All tiles that are images, on one view; drawn without the rest of the scene.

    An image covers whole pixels of the viewport, so that drawing it again replaces the last one completely.
    """

    def __init__(self, view: QGraphicsView, state: CanvasState) -> None:
        self._view, self._state = view, state
        self._items: list[TilesItem] = []
        self._region = QRegion()
        self._placed: QTransform | None = None

    def take(self, items: Iterable[object]) -> None:
        """Use the tiles of the items of another layout."""
        self._items = [item for item in items if isinstance(item, TilesItem) and item.live]
        self._placed = None

    def refresh(self, theta: Array, *, fine: bool) -> None:
        """Draw the tiles for other parameters, if they changed or the pass reached them."""
        state, port = self._state, self._view.viewport()
        if state.pixels is None or state.newest is None:
            return
        transform = self._view.viewportTransform()
        reached = [tile for item in self._items for tile in item.changed()]
        if state.pixels.refresh(theta, state.colours, fine=fine):
            port.update(self.region())
        else:
            for tile in reached:
                port.update(on_pixels(transform, tile))

    def region(self) -> QRegion:
        """Return the region of the viewport that the tiles cover."""
        transform = self._view.viewportTransform()
        if self._placed != transform:
            self._region = QRegion()
            for item in self._items:
                for place in item.places(transform):
                    self._region += place
            self._placed = transform
        return self._region

    def cover(self, region: QRegion) -> bool:
        """Return whether a region of the viewport is entirely covered by opaque tiles."""
        opaque = self._state.dimmed == 0.0 and not any(item.faint for item in self._items)
        return opaque and region.subtracted(self.region()).isEmpty()

    def paint(self, painter: QPainter) -> None:
        """Draw the images of the tiles."""
        for item in self._items:
            item.paint_tiles(painter)
