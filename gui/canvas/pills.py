"""Pills: the numbers on the edges, each on its own curve, none over another nor over a neuron."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from core.modules import Array
from gui.canvas.layout import Layout, curve, ends
from gui.canvas.picture import Picture, rounded
from gui.canvas.tiles import obstacles
from gui.numbers import NOT_COMPUTED, short
from gui.theme import mixed

MOST_EDGES = 160
LEAST_ZOOM = 0.62
GAP = 3.0
# How far a pill is from other curves, in its height: nearer, its number could be either's.
LEAST_CLEARANCE, CROWDED_CLEARANCE, CROWD = 0.4, 0.8, 32

Edge = tuple[int, int, int]  # (l, i, j)
Places = dict[Edge, tuple[float, float]]


def pill_size(layout: Layout, numbers: str) -> tuple[float, float]:
    """Return width and height of a pill; those for both numbers are wider."""
    digit, line = layout.sizes.digit, layout.sizes.line
    return (15.2 if numbers == "both" else 6.6) * digit + 6, line + 3


def places(layout: Layout, numbers: str) -> Places:
    """Return where pills stand while nothing is looked at: as many as there is room for."""
    taken = _Taken(obstacles(layout))
    found: Places = {}
    for l in range(1, layout.last + 1):
        before, after = layout.of_layer(l - 1), layout.of_layer(l)
        if l in layout.matrices or not before.neurons * after.neurons <= MOST_EDGES:
            continue
        edges = [(l, i, j) for i in range(before.neurons) for j in range(after.neurons)]
        clear = CROWDED_CLEARANCE if len(edges) > CROWD else LEAST_CLEARANCE
        found |= _search(layout, edges, pill_size(layout, numbers), taken, clear=clear)
    return found


def places_for(layout: Layout, numbers: str, wanted: Iterable[Edge], usual: Places) -> Places:
    """Return where pills stand while the ``wanted`` edges are looked at.

    These keep their usual place or get one; of the others those stay that are not in the way.
    """
    size = pill_size(layout, numbers)
    taken, found = _Taken(obstacles(layout)), Places()
    missing = []
    for edge in wanted:
        if edge in usual:
            found[edge] = usual[edge]
            taken.add(*usual[edge], *size)
        else:
            missing.append(edge)
    for l in sorted({edge[0] for edge in missing}):
        found |= _search(layout, [edge for edge in missing if edge[0] == l], size, taken, steps=61)
    for edge, (x, y) in usual.items():
        if edge not in found and taken.free(np.array([x]), np.array([y]), *size)[0]:
            found[edge] = (x, y)
    return found


class _Taken:
    """The rectangles that are taken, in one array."""

    def __init__(self, rects: Array) -> None:
        self._rects = np.empty((len(rects) + 4096, 4))
        self._rects[: len(rects)] = rects
        self._count = len(rects)

    def free(self, x: Array, y: Array, wide: float, high: float) -> Array:
        """Return for each middle (x, y) whether a pill there touches nothing."""
        left, top, right, bottom = self._rects[: self._count].T
        dx, dy = wide / 2 + GAP, high / 2 + GAP
        hit = (x[:, None] + dx > left) & (x[:, None] - dx < right)
        hit &= (y[:, None] + dy > top) & (y[:, None] - dy < bottom)
        free: Array = ~hit.any(axis=1)
        return free

    def add(self, x: float, y: float, wide: float, high: float) -> None:
        self._rects[self._count] = x - wide / 2, y - high / 2, x + wide / 2, y + high / 2
        self._count += 1


def _search(
    layout: Layout,
    edges: list[Edge],
    size: tuple[float, float],
    taken: _Taken,
    steps: int = 23,
    clear: float = 0.0,
) -> Places:
    """Place pills on the edges into one layer, one after the other, far from the other curves."""
    l = edges[0][0]
    outs, ins = ends(layout, l)
    x0, x1 = float(outs[0, 0]), float(ins[0, 0])
    margin = size[0] / 2 + GAP + 1
    if x1 - x0 < 2 * margin:
        return {}
    x = np.linspace(x0 + margin, x1 - margin, steps)
    share = np.asarray(curve((x - x0) / (x1 - x0)))
    i, j = (np.array([edge[k] for edge in edges]) for k in (1, 2))
    y = outs[i, 1, None] + (ins[j, 1] - outs[i, 1])[:, None] * share
    clearance = _clearance(y, size[1])
    score = clearance - 0.25 * np.abs(np.linspace(-1, 1, steps)) * size[1]
    found: Places = {}
    for k in np.argsort(score.max(axis=1), kind="stable")[::-1].tolist():
        good = np.where(taken.free(x, y[k], *size) & (clearance[k] >= clear * size[1]), score[k], -np.inf)
        best = int(good.argmax())
        if np.isfinite(good[best]):
            found[edges[k]] = float(x[best]), float(y[k, best])
            taken.add(float(x[best]), float(y[k, best]), *size)
    return found


def _clearance(y: Array, high: float) -> Array:
    """Return how far each curve is from its neighbours at each step, up to the height of a pill."""
    if len(y) == 1:
        return np.full(y.shape, high)
    order = np.argsort(y, axis=0)
    ranked = np.take_along_axis(y, order, 0)
    gaps = np.diff(ranked, axis=0)
    edge = np.full((1, y.shape[1]), 1e9)
    nearest = np.minimum(np.vstack([edge, gaps]), np.vstack([gaps, edge]))
    found = np.empty_like(y)
    np.put_along_axis(found, order, nearest, 0)
    return np.minimum(found, high)


class PillsItem(QGraphicsItem):
    """The numbers on all edges."""

    def __init__(self, picture: Picture) -> None:
        super().__init__()
        self._picture = picture
        self.setZValue(3)
        self.usual: Places = {}
        self.shown: Places = {}
        self._looked_at: object = None
        self.place()

    def boundingRect(self) -> QRectF:
        return self._picture.layout.scene

    def place(self) -> None:
        """Find places anew, for another layout or other numbers."""
        self.usual = places(self._picture.layout, self._picture.numbers)
        self._looked_at = None
        self.arrange()

    def arrange(self) -> None:
        """Show the numbers of what is looked at; the others where they are not in the way."""
        picture = self._picture
        state = (picture.looked_at, picture.zoom < LEAST_ZOOM)
        if state == self._looked_at:
            return
        self._looked_at = state
        usual = {} if picture.zoom < LEAST_ZOOM else self.usual
        wanted = list(dict.fromkeys(self._wanted()))
        self.shown = places_for(picture.layout, picture.numbers, wanted, usual) if wanted else usual
        self.update()

    def _wanted(self) -> Iterable[Edge]:
        layout = self._picture.layout
        for l, j, i in self._picture.looked_at:
            if l > layout.last:
                continue
            if i is not None:
                if l not in layout.matrices:
                    yield (l, i, j)
                continue
            if l and l not in layout.matrices:
                yield from ((l, source, j) for source in range(layout.of_layer(l - 1).neurons))
            if l < layout.last and l + 1 not in layout.matrices:
                yield from ((l + 1, j, target) for target in range(layout.of_layer(l + 1).neurons))

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        picture = self._picture
        moment = picture.moment
        if moment is None:
            return
        lit = set(self._wanted())
        near = {edge[0] for edge in lit}
        wide, high = pill_size(picture.layout, picture.numbers)
        steps = moment.step
        for (l, i, j), (x, y) in self.shown.items():
            W = moment.theta.W[l][i, j]
            dW = None if moment.gradient is None else moment.gradient.W[l][i, j]
            step = None if steps is None else steps.W[l][i, j]
            strength = 2 if (l, i, j) in lit else 0 if l in near else 1
            self._paint_pill(painter, QRectF(x - wide / 2, y - high / 2, wide, high), W, dW, step, strength)

    def _paint_pill(
        self, painter: QPainter, rect: QRectF, W: float, dW: float | None, step: float | None, strength: int
    ) -> None:
        """Paint a number; ``strength``: 2 for what is looked at, 0 for what stands back behind it."""
        picture, theme = self._picture, self._picture.theme
        colours = [picture.sign_colour(W), theme.muted if dW is None else picture.gradient_colour(dW)]
        own = colours[picture.numbers == "gradients"]
        line = own if strength == 2 else mixed(theme.border, own, 0.6 * strength)
        rounded(painter, rect, rect.height() / 2, theme.panel, line, 1.5 if strength == 2 else 1)
        middle, y = rect.center().x(), rect.center().y()
        weight, gradient = short(W, step), NOT_COMPUTED if dW is None else short(dW)
        if not strength:
            colours = [mixed(theme.muted, theme.panel, 0.4)] * 2
        if picture.numbers == "both":
            painter.setPen(colours[0])
            picture.texts.draw(painter, "small", weight, middle - 4, y, 1.0)
            painter.setPen(colours[1])
            sign = "+" if dW is not None and dW > 0 else ""
            picture.texts.draw(painter, "small", sign + gradient, middle + 2, y, 0.0)
            return
        painter.setPen(
            theme.text
            if strength and picture.numbers == "weights"
            else colours[picture.numbers == "gradients"]
        )
        picture.texts.draw(painter, "small", weight if picture.numbers == "weights" else gradient, middle, y)
