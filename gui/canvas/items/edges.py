"""Edges: one item draws all weights between two layers; another one the edge used by the next step."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from core.arrays import Array
from gui.canvas.canvas_state import CanvasState
from gui.canvas.items.item import CanvasItem, turns
from gui.canvas.layout import ends
from gui.theme.theme import Theme, mixed

LEVELS = 12
SMOOTH_UP_TO = 500
ASIDE, UNREACHED_EDGE = 0.35, 0.25  # share of its colour that a faint edge keeps
FEW = 32  # edges drawn in every fourth frame of a fast run; more in every eighth
DASH, GAP = 9.0, 4.0
PIECES, OVERLAP = 20, 0.4
HALO = 8.0
UNKNOWN = -1


def pen_numbers(weights: Array) -> Array:
    """Return a pen number for each weight by its size: 0 … LEVELS - 1 if negative, else from LEVELS on."""
    size = np.abs(weights)
    if not np.isfinite(size).all():
        size = np.nan_to_num(size)
    level = (LEVELS - 0.001) * (1 - np.exp(size / -1.5))
    numbers: Array = level.astype(np.int64) + LEVELS * (weights >= 0)
    return numbers


@lru_cache(maxsize=64)
def pens(theme: Theme, most: float, share: float = 1.0) -> list[QPen]:
    """Return the pens of `pen_numbers`: colour by sign, stronger and thicker by size.

    ``share`` is the share of the colour that is kept. The colour is mixed with the background instead of
    being transparent, as Qt takes five times as long to draw transparent curves.
    """
    made = []
    for colour in (theme.negative, theme.positive):
        for level in range(LEVELS):
            strength = (level + 0.5) / LEVELS
            line = mixed(theme.canvas, colour, share * (0.35 + 0.5 * strength))
            pen = QPen(line, 0.8 + (most - 0.8) * strength)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            made.append(pen)
    return made


def paths(outs: Array, ins: Array) -> list[QPainterPath]:
    """Return the curves from every source to every target, ordered by source."""
    made = []
    for x0, y0 in outs.tolist():
        for x1, y1 in ins.tolist():
            middle = (x0 + x1) / 2
            path = QPainterPath(QPointF(x0, y0))
            path.cubicTo(middle, y0, middle, y1, x1, y1)
            made.append(path)
    return made


@lru_cache(maxsize=4096)  # most edges keep their place when a design is edited or an edit undone
def pieces(x0: float, y0: float, x1: float, y1: float, *, dashed: bool) -> list[QLineF]:
    """Return a curve as straight segments, dashed or solid: Qt draws those twice as fast."""
    t = np.linspace(0, 1, 160)
    x = x0 + (x1 - x0) * (1.5 * t * (1 - t) + t**3)
    y = y0 + (y1 - y0) * t * t * (3 - 2 * t)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    length = float(along[-1])
    if dashed:
        begins = np.arange(0.0, length, DASH + GAP)
        both = np.stack([begins, begins + DASH])
    else:
        marks = np.interp(np.linspace(0, 1, PIECES + 1), t, along)
        both = np.stack([marks[:-1], marks[1:] + OVERLAP])
    both = np.minimum(both, length)
    xs, ys = np.interp(both, along, x).tolist(), np.interp(both, along, y).tolist()
    return [QLineF(*four) for four in zip(xs[0], ys[0], xs[1], ys[1], strict=True)]


class EdgesItem(CanvasItem):
    """All edges into layer l."""

    layer: int

    def __init__(self, state: CanvasState, l: int) -> None:
        super().__init__(state)
        self.layer = l
        self._outs, self._ins = outs, ins = ends(state.layout, l)
        self._targets = len(ins)
        self._paths = paths(outs, ins)
        self._pieces: dict[tuple[int, bool], list[QLineF]] = {}
        heights = np.stack(np.broadcast_arrays(outs[:, 1, None], ins[None, :, 1])).reshape(2, -1)
        self._tops, self._bottoms = heights.min(0) - HALO, heights.max(0) + HALO
        self.turns = turns(2) if len(self._paths) <= FEW else turns(2 + 4 * l, 8)
        slots = [abs(p[1, 1] - p[0, 1]) if len(p) > 1 else 99.0 for p in (outs, ins)]
        most = max(2.0, min(6.5, 1 + min(slots) / 9))
        self._pens = [pen for share in (1.0, ASIDE, UNREACHED_EDGE) for pen in pens(state.theme, most, share)]
        self._unknown = QPen(state.theme.zero, 1)
        self._bounds = QRectF(QPointF(outs[0, 0], self._tops.min()), QPointF(ins[0, 0], self._bottoms.max()))
        self._looks = np.full(len(self._paths), UNKNOWN)
        self._selected: int | None = None

    def bounds(self) -> QRectF:
        return self._bounds

    def refresh(self) -> None:
        """Draw the weights of another moment, if one of them has another pen or is reached now."""
        looks, selected = self._looks_now(), self._number(self._state.selected_edge)
        if selected != self._selected or (looks != self._looks).any():
            self._looks, self._selected = looks, selected
            self.update()

    def look(self) -> None:
        """Draw selection and hover, if they changed."""
        self.refresh()

    def _looks_now(self) -> Array:
        """Return the pen of every edge: emphasized if selected or hovered, pale if not reached."""
        state = self._state
        if state.newest is None:
            return np.full(len(self._paths), UNKNOWN)
        numbers = pen_numbers(state.newest.theta.W[self.layer].ravel())
        lit, reached = self._looked_at(), None if state.veiled else state.reach
        back = np.full(len(numbers), 1 if lit else 0)
        if reached is not None:
            back[~reached.edges[self.layer].ravel()] = 2
        back[lit] = 0
        looks: Array = numbers + 2 * LEVELS * back
        return looks

    def _looked_at(self) -> list[int]:
        """Return the selected and hovered edges; empty: there are none, and all edges are drawn alike."""
        found: set[int] = set()
        n, l = self._targets, self.layer
        for layer, j, i in self._state.looked_at:
            if i is not None:
                found |= {i * n + j} if layer == l else set()
            elif layer == l:
                found |= set(range(j, len(self._paths), n))
            elif layer == l - 1:
                found |= set(range(j * n, (j + 1) * n))
        return [k for k in found if k < len(self._paths)]

    def _number(self, edge: tuple[int, int, int] | None) -> int | None:
        """Return the index of an edge among these edges."""
        if edge is None or edge[0] != self.layer or edge[2] >= self._targets:
            return None
        number = edge[1] * self._targets + edge[2]
        return number if number < len(self._paths) else None

    def draw(self, painter: QPainter, exposed: QRectF) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(self._paths) <= SMOOTH_UP_TO)
        if self._selected is not None:
            pen = self._pen(int(self._looks[self._selected]))
            painter.setPen(QPen(self._state.theme.accent_soft, pen.widthF() + HALO))
            painter.drawPath(self._paths[self._selected])
        seen = (self._tops <= exposed.bottom()) & (self._bottoms >= exposed.top())
        back, level = np.divmod(self._looks, 2 * LEVELS)
        order = np.lexsort((self._looks, level % LEVELS, -back))  # those in front last, by thickness
        self._draw(painter, order[seen[order]].tolist())

    def _draw(self, painter: QPainter, order: list[int]) -> None:
        """Draw edges in an order in which those of the same pen are adjacent."""
        looks, last = self._looks.tolist(), None
        for k in order:
            look = looks[k]
            if look != last:
                last = look
                painter.setPen(self._pen(look))
            painter.drawLines(self._lines(k, look != UNKNOWN and look % (2 * LEVELS) < LEVELS))

    def _pen(self, look: int) -> QPen:
        return self._unknown if look == UNKNOWN else self._pens[look]

    def _lines(self, k: int, dashed: bool) -> list[QLineF]:
        found = self._pieces.get((k, dashed))
        if found is None:
            i, j = divmod(k, self._targets)
            ends = (*self._outs[i].tolist(), *self._ins[j].tolist())
            found = self._pieces[k, dashed] = pieces(*ends, dashed=dashed)
        return found

    def curve(self, edge: tuple[int, int, int] | None) -> tuple[QPainterPath, float] | None:
        """Return the curve of an edge (l, i, j) and its width; None: it is not drawn here."""
        k = self._number(edge)
        return None if k is None else (self._paths[k], self._pen(int(self._looks[k])).widthF())


class ComingEdgeItem(CanvasItem):
    """The edge that the next step of the pass uses, drawn over the others in every frame."""

    cached = False

    def __init__(self, state: CanvasState) -> None:
        super().__init__(state, 1)
        self._path, self._pen = QPainterPath(), QPen()
        self._layer: int | None = None

    def bounds(self) -> QRectF:
        if self._path.isEmpty():
            return QRectF()
        around = self._pen.widthF()
        return self._path.boundingRect().adjusted(-around, -around, around, around)

    def follow(self, drawn: Iterable[EdgesItem]) -> None:
        """Follow the edge used by the next step, if it is one of those drawn as curves."""
        edge, path, pen = self._state.lit.edge, QPainterPath(), QPen()
        for edges in drawn:
            found = edges.curve(edge)
            if found is not None:
                path, width = found
                pen = QPen(self._state.stage_colour, max(3.5, width))
                pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if path != self._path or pen != self._pen:
            self.prepareGeometryChange()
            self._path, self._pen = path, pen
        self._layer = None if edge is None else edge[0]

    def draw(self, painter: QPainter, exposed: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setOpacity(self._state.shown(self._layer))
        painter.setPen(self._pen)
        painter.drawPath(self._path)
