"""Placement of edge labels: each on its own curve, without overlapping another label or a neuron."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from core.arrays import Array
from gui.canvas.items.neurons import obstacles
from gui.canvas.layout import KEPT_LAYOUTS, Layout, curve, ends

MOST_EDGES = 160
GAP = 2.0
LARGE = 1.25  # size of the pill of the selected edge relative to the others
# Least distance of a pill from other curves, in its height: nearer, its number could belong to either.
LEAST_CLEARANCE, CROWDED_CLEARANCE, CROWD = 0.4, 0.8, 32

Edge = tuple[int, int, int]  # (l, i, j)
Places = dict[Edge, tuple[float, float]]


def pill_size(layout: Layout, numbers: str) -> tuple[float, float]:
    """Return width and height of a pill; those for both numbers are wider."""
    digit, line = layout.sizes.digit, layout.sizes.line
    number = layout.sizes.number - (digit if layout.sizes.hall else 0)  # longer numbers get fewer digits
    return (2 * number + 2 * digit if numbers == "both" else number) + 6, line + 3


@lru_cache(maxsize=KEPT_LAYOUTS)
def places(layout: Layout, numbers: str) -> Places:
    """Return the positions of pills if nothing is selected: as many as there is room for."""
    taken = _Taken(obstacles(layout))
    found: Places = {}
    for l in range(1, layout.last + 1):
        before, after = layout.of_layer(l - 1), layout.of_layer(l)
        if l in layout.matrices or not before.neurons * after.neurons <= MOST_EDGES:
            continue
        edges = [(l, i, j) for i in range(before.neurons) for j in range(after.neurons)]
        few = 0.0 if layout.sizes.hall else LEAST_CLEARANCE  # in presentation mode every number is large
        clear = CROWDED_CLEARANCE if len(edges) > CROWD else few
        found |= _search(layout, edges, pill_size(layout, numbers), taken, clear=clear)
    return found


def places_for(
    layout: Layout, numbers: str, wanted: Iterable[Edge], usual: Places, large: Edge | None = None
) -> Places:
    """Return the positions of pills while the edges ``wanted`` are selected or hovered.

    These keep their usual place or get one; of the others those stay that do not overlap them. The pill
    of the edge ``large`` is larger.
    """
    size = pill_size(layout, numbers)
    taken, found = _Taken(obstacles(layout)), Places()
    missing = []
    for edge in wanted:
        if edge == large:
            big = (LARGE * size[0], LARGE * size[1])
            if edge in usual and taken.free(*_points(usual[edge]), *big)[0]:
                found[edge] = usual[edge]
            else:
                place = _search(layout, [edge], big, taken, steps=61)
                found[edge] = place.get(edge) or _middle(layout, edge)
            taken.add(*found[edge], *big)
        elif edge in usual and taken.free(*_points(usual[edge]), *size)[0]:
            found[edge] = usual[edge]
            taken.add(*usual[edge], *size)
        else:
            missing.append(edge)
    for l in sorted({edge[0] for edge in missing}):
        found |= _search(layout, [edge for edge in missing if edge[0] == l], size, taken, steps=61)
    others = [edge for edge in usual if edge not in found]
    if others:
        x, y = np.array([usual[edge] for edge in others]).T
        free = taken.free(x, y, *size).tolist()
        found |= {edge: usual[edge] for edge, there in zip(others, free, strict=True) if there}
        if large is not None:  # it stays; the pills it displaces get another place, if there is one
            for edge, there in zip(others, free, strict=True):
                if there:
                    taken.add(*usual[edge], *size)
            for l in sorted({edge[0] for edge in others if edge not in found}):
                driven = [edge for edge in others if edge[0] == l and edge not in found]
                found |= _search(layout, driven, size, taken, steps=61)
    return found


def _points(place: tuple[float, float]) -> tuple[Array, Array]:
    return np.array([place[0]]), np.array([place[1]])


def _middle(layout: Layout, edge: Edge) -> tuple[float, float]:
    """Return the middle of an edge."""
    outs, ins = ends(layout, edge[0])
    x, y = (outs[edge[1]] + ins[edge[2]]) / 2
    return float(x), float(y)


class _Taken:
    """The occupied rectangles, in one array."""

    def __init__(self, rects: Array) -> None:
        self._rects = np.empty((len(rects) + 4096, 4))
        self._rects[: len(rects)] = rects
        self._count = len(rects)

    def free(self, x: Array, y: Array, wide: float, high: float) -> Array:
        """Return for each middle (x, y) whether a pill there overlaps nothing."""
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
    """Place pills on the edges into one layer, far from the other curves, and mark their places as taken.

    If some find no place, edges with the fewest spots are placed first, and the better result is kept.
    """
    spots = _spots(layout, edges, size, steps)
    if spots is None:
        return {}
    free = np.stack([taken.free(spots.x, y, *size) for y in spots.y])
    fitting = free & (spots.clearance >= clear * size[1])
    easiest = np.argsort(spots.score.max(axis=1), kind="stable")[::-1]
    found = _fill(edges, spots, fitting, easiest, size)
    if len(found) < int(fitting.any(axis=1).sum()):
        hardest = np.argsort(fitting.sum(axis=1), kind="stable")
        other = _fill(edges, spots, fitting, hardest, size)
        found = other if len(other) > len(found) else found
    for place in found.values():
        taken.add(*place, *size)
    return found


class _Spots(NamedTuple):
    """Possible positions of pills: at x (steps,) on each edge, at y (edges, steps), with a score for each."""

    x: Array
    y: Array
    clearance: Array
    score: Array


def _spots(layout: Layout, edges: list[Edge], size: tuple[float, float], steps: int) -> _Spots | None:
    """Return the possible positions on the edges into one layer; None: a pill is wider than the gap."""
    outs, ins = ends(layout, edges[0][0])
    x0, x1 = float(outs[0, 0]), float(ins[0, 0])
    margin = size[0] / 2 + GAP + 1
    if x1 - x0 < 2 * margin:
        return None
    x = np.linspace(x0 + margin, x1 - margin, steps)
    share = np.asarray(curve((x - x0) / (x1 - x0)))
    i, j = (np.array([edge[k] for edge in edges]) for k in (1, 2))
    y = outs[i, 1, None] + (ins[j, 1] - outs[i, 1])[:, None] * share
    clearance = _clearance(y, size[1])
    return _Spots(x, y, clearance, clearance - 0.25 * np.abs(np.linspace(-1, 1, steps)) * size[1])


def _fill(
    edges: list[Edge], spots: _Spots, fitting: Array, order: Array, size: tuple[float, float]
) -> Places:
    """Give each edge in turn the best free position."""
    x, y, _clear, score = spots
    left, found = fitting.copy(), Places()
    for k in order.tolist():
        good = np.where(left[k], score[k], -np.inf)
        best = int(good.argmax())
        if np.isfinite(good[best]):
            found[edges[k]] = float(x[best]), float(y[k, best])
            beside = np.abs(x - x[best]) >= size[0] + GAP
            left &= beside | (np.abs(y - y[k, best]) >= size[1] + GAP)
    return found


def _clearance(y: Array, high: float) -> Array:
    """Return the distance of each curve from its neighbours at each step, at most the height of a pill."""
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
