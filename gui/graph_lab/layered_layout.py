"""The layout of a graph: pure geometry, left to right, to fill the available room.

Lengths are in pixels at zoom 1. Nodes are in columns, edges are smooth curves that avoid nodes,
and the pills of an edge are at its own curve (`gui.graph_lab.label_placement`).
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from core.arrays import Array
from gui.graph_lab.label_placement import pill_places

SWEEPS = 12
# With more waypoints leaves are placed beside their use; with even more, edges have none.
MOST_WAYPOINTS, MOST_AT_ALL = 60, 400
MOST_SWITCHED = 24  # nodes of a column up to which neighbours are swapped one by one

Edge = tuple[int, int]  # (the node that uses the value, the index of its input)


@dataclass(frozen=True)
class Columns:
    """The columns, left to right, each from top to bottom.

    Numbers below ``nodes`` are nodes, the others waypoints. ``ways[edge]`` is the path of an edge, from
    its source to its target; ``before`` and ``after`` are the neighbours in the adjacent columns.
    """

    nodes: int
    columns: tuple[tuple[int, ...], ...]
    ways: dict[Edge, tuple[int, ...]]
    before: dict[int, list[int]]
    after: dict[int, list[int]]

    @property
    def crossings(self) -> int:
        """The number of pairs of edges that cross."""
        return sum(crossings(left, right, self.after) for left, right in pairwise(self.columns))


def columns(inputs: Sequence[Sequence[int]], near: frozenset[int] = frozenset()) -> Columns:
    """Arrange the nodes of a graph in columns: every node right of its inputs, with few crossings.

    ``inputs[k]`` are the nodes whose values node k uses, all before k. Nodes without inputs are in
    the first column; those in ``near``, and all if the edges would become long, just before their use.
    """
    depths = _depths(inputs, near)
    length = sum(depths[k] - depths[i] - 1 for k, places in enumerate(inputs) for i in places)
    if length > MOST_WAYPOINTS:
        depths = _depths(inputs, frozenset(k for k, places in enumerate(inputs) if not places))
        length = sum(depths[k] - depths[i] - 1 for k, places in enumerate(inputs) for i in places)
    return _ordered(_routed(inputs, depths, waypoints=length <= MOST_AT_ALL), depths)


def _depths(inputs: Sequence[Sequence[int]], near: frozenset[int]) -> list[int]:
    depths: list[int] = []
    for places in inputs:
        # A value used twice by one module needs a column between, to separate the two edges.
        apart = 2 if len(set(places)) < len(places) else 1
        depths.append(max((depths[i] for i in places), default=-1) + apart if places else 0)
    users: list[list[int]] = [[] for _ in inputs]
    for k, places in enumerate(inputs):
        for i in places:
            users[i].append(depths[k] - (2 if len(set(places)) < len(places) else 1))
    for k in near:
        depths[k] = max(0, min(users[k], default=0))
    return depths


def _routed(
    inputs: Sequence[Sequence[int]], depths: Sequence[int], *, waypoints: bool
) -> tuple[int, dict[Edge, tuple[int, ...]]]:
    """Return the number of nodes and waypoints, and the path of each edge."""
    free, ways = len(inputs), {}
    for k, places in enumerate(inputs):
        for place, i in enumerate(places):
            between = depths[k] - depths[i] - 1 if waypoints else 0
            ways[k, place] = (i, *range(free, free + between), k)
            free += between
    return free, ways


def _ordered(routed: tuple[int, dict[Edge, tuple[int, ...]]], depths: Sequence[int]) -> Columns:
    count, ways = routed
    column = [*depths, *[0] * (count - len(depths))]
    before: dict[int, list[int]] = {v: [] for v in range(count)}
    after: dict[int, list[int]] = {v: [] for v in range(count)}
    for way in ways.values():
        for step, (v, w) in enumerate(pairwise(way)):
            if w >= len(depths):
                column[w] = depths[way[0]] + step + 1
            before[w].append(v)
            after[v].append(w)
    order = _first_order(len(depths) - 1, before, column)
    return Columns(len(depths), _reordered(order, before, after), ways, before, after)


def _first_order(last: int, before: dict[int, list[int]], column: Sequence[int]) -> list[list[int]]:
    """Return the columns in reading order: without crossings, if no value is used twice."""
    found: list[list[int]] = [[] for _ in range(max(column) + 1)]
    seen: set[int] = set()
    waiting = [*range(last), last]
    while waiting:
        v = waiting.pop()
        if v in seen:
            continue
        seen.add(v)
        found[column[v]].append(v)
        waiting += reversed(_downwards(before[v]))
    return found


def _downwards(inputs: list[int]) -> list[int]:
    """Return the inputs of a node from top to bottom.

    With three and more the last one is in the middle: in b + Wᵀa it is the value that flows through the
    network, which therefore keeps its height from layer to layer.
    """
    middle = len(inputs) // 2
    return [*inputs[:middle], inputs[-1], *inputs[middle:-1]] if len(inputs) > 2 else inputs


def _reordered(
    first: list[list[int]], before: dict[int, list[int]], after: dict[int, list[int]]
) -> tuple[tuple[int, ...], ...]:
    """Return the best order that is found by moving nodes to the mean place of their neighbours."""
    best, order = [list(column) for column in first], [list(column) for column in first]
    least = _all_crossings(best, after)
    for sweep in range(SWEEPS):
        if not least:
            break
        forward = sweep % 2 == 0
        pairs = list(pairwise(range(len(order)) if forward else reversed(range(len(order)))))
        for fixed, moved in pairs:
            _sort(order[moved], order[fixed], before if forward else after)
            _switch(order, moved, after)
        now = _all_crossings(order, after)
        if now < least:
            least, best = now, [list(column) for column in order]
    return tuple(tuple(column) for column in best)


def _sort(moved: list[int], fixed: list[int], beside: dict[int, list[int]]) -> None:
    """Sort a column by the mean place of its neighbours in a fixed one; nodes without neighbours stay."""
    place = {v: k for k, v in enumerate(fixed)}
    at = {}
    for k, v in enumerate(moved):
        near = [place[w] for w in beside[v] if w in place]
        at[v] = sum(near) / len(near) if near else k * len(fixed) / len(moved)
    moved.sort(key=at.__getitem__)


def _switch(order: list[list[int]], k: int, after: dict[int, list[int]]) -> None:
    """Swap neighbours in a column as long as that reduces crossings."""
    beside = [pair for pair in ((k - 1, k), (k, k + 1)) if pair[0] >= 0 and pair[1] < len(order)]

    def crossed() -> int:
        return sum(crossings(order[left], order[right], after) for left, right in beside)

    column = order[k]
    now = crossed()
    for i in range(len(column) - 1) if now and len(column) <= MOST_SWITCHED else ():
        column[i], column[i + 1] = column[i + 1], column[i]
        switched = crossed()
        if switched < now:
            now = switched
        else:
            column[i], column[i + 1] = column[i + 1], column[i]


def _all_crossings(order: list[list[int]], after: dict[int, list[int]]) -> int:
    return sum(crossings(left, right, after) for left, right in pairwise(order))


def crossings(left: Sequence[int], right: Sequence[int], after: dict[int, list[int]]) -> int:
    """Return the number of crossings of the edges between two adjacent columns."""
    place = {v: k for k, v in enumerate(right)}
    above: list[int] = []
    found = 0
    for v in left:
        targets = sorted(place[w] for w in after[v] if w in place)
        found += sum(len(above) - bisect_right(above, target) for target in targets)
        for target in targets:
            insort(above, target)
    return found


# -- Pure geometry, left to right, to fill the room there is ---------------------------------------------

GROWTH = 1.2
MOST_GROWTHS = 9
PASSES = 8
MOST_CAREFUL = 60  # nodes, beyond which a graph is laid out only once, in the tightest style
MOST_PITCH = 3.4  # largest distance of rows, in heights of a node
SAME_PLACE = 1e-6  # pixels
WIDEST_GAP = 5.0  # largest gap of columns, relative to the least one
Size = tuple[float, float]
Knots = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class LayoutStyle:
    """The sizes of everything that is drawn.

    ``nodes`` are the sizes (width, height) of the nodes including their texts, ``bodies`` those
    of the circles and boxes in their middles, ``pills`` the sizes of the pills of each edge, from top to
    bottom. ``gap`` is the least distance of columns, ``room`` that of things that must not touch, and
    ``margin`` that from the border.
    """

    nodes: tuple[Size, ...]
    bodies: tuple[Size, ...]
    pills: dict[Edge, tuple[Size, ...]]
    gap: float
    room: float
    margin: float


@dataclass(frozen=True)
class GraphLayout:
    """The positions: ``bodies`` and ``areas`` of nodes, knots of ``curves``, ``pills`` of edges."""

    bodies: tuple[QRectF, ...]
    areas: tuple[QRectF, ...]
    curves: dict[Edge, Knots]
    pills: dict[Edge, tuple[QRectF, ...]]
    scene: QRectF
    crossings: int
    look: int = 0
    _paths: dict[Edge, QPainterPath] = field(default_factory=dict)

    def path(self, edge: Edge) -> QPainterPath:
        """Return the curve of an edge."""
        if edge not in self._paths:
            self._paths[edge] = path_of(self.curves[edge])
        return self._paths[edge]


def path_of(knots: Sequence[tuple[float, float]]) -> QPainterPath:
    """Return the smooth curve through knots, with horizontal tangents."""
    path = QPainterPath(QPointF(*knots[0]))
    for (x0, y0), (x1, y1) in pairwise(knots):
        bend = (x0 + x1) / 2
        path.cubicTo(bend, y0, bend, y1, x1, y1)
    return path


def lay_out(
    inputs: Sequence[Sequence[int]],
    looks: Sequence[LayoutStyle],
    room: Size,
    near: frozenset[int] = frozenset(),
) -> GraphLayout:
    """Lay out a graph in the first of the ``looks`` (styles) that fits into the room; else larger than that.

    ``inputs[k]`` are the nodes whose values node k uses; nodes ``near`` are placed beside their use.
    """
    ordered = columns(inputs, near)
    large = len(inputs) > MOST_CAREFUL
    last = len(looks) - 1
    for number in range(last if large else 0, last + 1):
        plan = _Plan(ordered, looks[number], number)
        if plan.fits(room):
            found = plan.placed(room, all_or_none=True)
            if len(found.pills) == len(plan.look.pills):
                return found
    factor = max(1.0, plan.least[0] / room[0], plan.least[1] / room[1])
    tries = 1 if large else MOST_GROWTHS
    for grown in range(tries):
        size = factor * GROWTH**grown
        found = plan.placed((room[0] * size, room[1] * size), all_or_none=grown + 1 < tries)
        if len(found.pills) == len(plan.look.pills):
            break
    return found


class _Plan:
    """A graph in one style: the least room it needs, and its layout in a given room."""

    def __init__(self, ordered: Columns, look: LayoutStyle, number: int) -> None:
        self.look, self._ordered, self._number = look, ordered, number
        self._widths = [
            max((look.nodes[v][0] for v in column if v < ordered.nodes), default=0.0)
            for column in ordered.columns
        ]
        self._heights = _heights(ordered, look)
        self._gaps = _gaps(ordered, look)
        self._width = sum(self._widths) + sum(self._gaps) + 2 * look.margin

    @cached_property
    def _y(self) -> dict[int, float]:
        return _down(self._ordered, self._heights, self.look.room)

    @cached_property
    def least(self) -> Size:
        """The least room it needs."""
        top = min(y - self._heights[v] / 2 for v, y in self._y.items())
        extent = max(y + self._heights[v] / 2 for v, y in self._y.items()) - top
        return self._width, extent + 2 * self.look.margin

    def fits(self, room: Size) -> bool:
        """Return whether it fits into a room; the highest column is checked first."""
        apart = 2 * self.look.room
        highest = max(sum(self._heights[v] + apart for v in column) for column in self._ordered.columns)
        if self._width > room[0] or highest - apart > room[1]:
            return False
        return self.least[1] <= room[1]

    def placed(self, room: Size, *, all_or_none: bool = False) -> GraphLayout:
        """Place everything in a room that is not smaller than the least; some pills may have no place.

        With ``all_or_none``, no pill has a place in that case.
        """
        ordered, look, widths = self._ordered, self.look, self._widths
        spare = (room[0] - self.least[0]) / max(1, len(self._gaps))
        gaps = [gap + min(spare, WIDEST_GAP * look.gap) for gap in self._gaps]
        largest = max(height for _width, height in look.bodies)
        y = _spread(ordered, self._y, self._heights, room[1] - 2 * look.margin, largest)
        middle = room[1] / 2 - (min(y.values()) + max(y.values())) / 2
        x = _across(widths, gaps, room[0])
        where = {v: (x[k], y[v] + middle) for k, column in enumerate(ordered.columns) for v in column}
        bodies = tuple(_rect(where[k], look.bodies[k]) for k in range(ordered.nodes))
        areas = tuple(_rect(where[k], look.nodes[k]) for k in range(ordered.nodes))
        curves = _curves(ordered, where, widths, bodies)
        if ordered.nodes <= MOST_CAREFUL:
            curves = _straightened(curves, areas, look.room)
        points = {edge: sampled(knots) for edge, knots in curves.items()}
        scene = QRectF(0, 0, *room)
        pills = pill_places(points, look.pills, areas, scene, look.room, all_or_none=all_or_none)
        return GraphLayout(bodies, areas, curves, pills, scene, ordered.crossings, self._number)


def _rect(middle: tuple[float, float], size: Size) -> QRectF:
    return QRectF(middle[0] - size[0] / 2, middle[1] - size[1] / 2, *size)


def _gaps(ordered: Columns, look: LayoutStyle) -> list[float]:
    """Return the least distances of columns, which the pills between them determine."""
    found = [look.gap] * (len(ordered.columns) - 1)
    column = {v: k for k, vs in enumerate(ordered.columns) for v in vs}
    for edge, sizes in look.pills.items():
        way = ordered.ways[edge]
        if len(way) == 2:
            k = column[way[0]]
            found[k] = max(found[k], max(width for width, _height in sizes) + 1.5 * look.room)
    return found


def _across(widths: Sequence[float], gaps: Sequence[float], room: float) -> list[float]:
    """Return the centres of columns, the whole centred in the room."""
    left = (room - sum(widths) - sum(gaps)) / 2
    found = []
    for width, gap in zip(widths, [*gaps, 0.0], strict=True):
        found.append(left + width / 2)
        left += width + gap
    return found


def _heights(ordered: Columns, look: LayoutStyle) -> dict[int, float]:
    """Return the heights of nodes, and of the room that waypoints reserve for their edge."""
    found = {k: look.nodes[k][1] for k in range(ordered.nodes)}
    for way in ordered.ways.values():
        found |= dict.fromkeys(way[1:-1], 3 * look.room)
    return found


def _down(ordered: Columns, heights: dict[int, float], room: float) -> dict[int, float]:
    """Return vertical positions that keep order and distances, near the mean of the neighbours."""
    y: dict[int, float] = {}
    for column in ordered.columns:
        at = 0.0
        for v in column:
            y[v] = at + heights[v] / 2
            at += heights[v] + 2 * room
        for v in column:
            y[v] -= at / 2
    for _ in range(PASSES):
        for beside, order in ((ordered.after, reversed(ordered.columns)), (ordered.before, ordered.columns)):
            for column in order:
                _settle(column, beside, y, heights, room)
    return y


def _settle(
    column: Sequence[int],
    beside: dict[int, list[int]],
    y: dict[int, float],
    heights: dict[int, float],
    room: float,
) -> None:
    """Move a column's nodes as near as possible to the mean of their neighbours on one side."""
    least = np.zeros(len(column))
    for k, (above, below) in enumerate(pairwise(column)):
        least[k + 1] = least[k] + (heights[above] + heights[below]) / 2 + 2 * room
    wanted = np.array([_mean([y[w] for w in beside[v]], y[v]) for v in column])
    for v, at in zip(column, (isotonic(wanted - least) + least).tolist(), strict=True):
        y[v] = at


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def isotonic(values: Array) -> Array:
    """Return the monotonically increasing sequence nearest to the values (least squares)."""
    groups: list[list[float]] = []  # [sum, count]
    for value in values.tolist():
        groups.append([value, 1])
        while len(groups) > 1 and groups[-2][0] / groups[-2][1] >= groups[-1][0] / groups[-1][1]:
            total, count = groups.pop()
            groups[-1][0] += total
            groups[-1][1] += count
    return np.repeat([total / count for total, count in groups], [int(count) for _total, count in groups])


def _spread(
    ordered: Columns, y: dict[int, float], heights: dict[int, float], room: float, largest: float
) -> dict[int, float]:
    """Stretch the vertical positions over the room, with a limit on the distance of rows."""
    low, high = min(y.values()), max(y.values())
    if high - low < 1:
        return y
    ends = max(heights[v] for v in y) / 2
    stretch = min((room - 2 * ends) / (high - low), MOST_PITCH * largest / _least_pitch(ordered, y))
    return {v: at * max(1.0, stretch) for v, at in y.items()}


def _least_pitch(ordered: Columns, y: dict[int, float]) -> float:
    pitches = [y[below] - y[above] for column in ordered.columns for above, below in pairwise(column)]
    return max(1.0, min(pitches, default=1.0))


def _curves(
    ordered: Columns, where: dict[int, tuple[float, float]], widths: Sequence[float], bodies: Sequence[QRectF]
) -> dict[Edge, Knots]:
    """Return the knots of every edge: from its source, past the waypoints, to its target."""
    wide = {v: widths[k] for k, column in enumerate(ordered.columns) for v in column}
    ports = _ports(ordered, where, bodies)
    found: dict[Edge, Knots] = {}
    for edge, way in ordered.ways.items():
        source = bodies[way[0]]
        knots = [(source.right(), source.center().y())]
        for v in way[1:-1]:
            x, y = where[v]
            knots += [(x - wide[v] / 2, y), (x + wide[v] / 2, y)]
        knots.append((bodies[way[-1]].left(), ports[edge]))
        found[edge] = tuple(knots)
    return found


def _straightened(curves: dict[Edge, Knots], areas: Sequence[QRectF], room: float) -> dict[Edge, Knots]:
    """Replace edges over several columns by one smooth curve, if it avoids all nodes and edges."""
    found = dict(curves)
    points = {edge: sampled(knots) for edge, knots in curves.items()}
    number = {edge: k for k, edge in enumerate(curves)}
    lowest = np.array([curve.min(axis=0) for curve in points.values()])
    highest = np.array([curve.max(axis=0) for curve in points.values()])
    lows = np.array([(area.left() - room, area.top() - room) for area in areas])[:, None]
    highs = np.array([(area.right() + room, area.bottom() + room) for area in areas])[:, None]
    for edge, knots in curves.items():
        if len(knots) == 2:
            continue
        direct = (knots[0], knots[-1])
        bow = sampled(direct, 60)
        inside = bow[3:-3]
        if ((inside > lows) & (inside < highs)).all(axis=2).any():
            continue
        low, high = bow.min(axis=0), bow.max(axis=0)
        near = ((lowest <= high) & (highest >= low)).all(axis=1).tolist()
        others = (
            other
            for other, beside in zip(curves, near, strict=True)
            if beside and other != edge and not _joined(curves[other], direct)
        )
        if not any(_cross(bow, points[other]) for other in others):
            k = number[edge]
            found[edge], points[edge], lowest[k], highest[k] = direct, bow, low, high
    return found


def _joined(one: Knots, other: Knots) -> bool:
    """Return whether two curves begin or end at the same place."""
    pairs = ((one[0], other[0]), (one[-1], other[-1]))
    return any(max(abs(x - u), abs(y - v)) < SAME_PLACE for (x, y), (u, v) in pairs)


def _cross(one: Array, other: Array) -> bool:
    """Return whether two curves, both from left to right, cross."""
    low, high = max(one[0, 0], other[0, 0]), min(one[-1, 0], other[-1, 0])
    if low >= high:
        return False
    x = np.linspace(low, high, 50)
    apart = np.interp(x, one[:, 0], one[:, 1]) - np.interp(x, other[:, 0], other[:, 1])
    return bool(apart.min() < 0 < apart.max())


def _ports(
    ordered: Columns, where: dict[int, tuple[float, float]], bodies: Sequence[QRectF]
) -> dict[Edge, float]:
    """Return the heights at which edges enter a node, ordered so that none cross."""
    arriving: dict[int, list[tuple[float, int, Edge]]] = {}
    for edge, way in ordered.ways.items():
        arriving.setdefault(edge[0], []).append((where[way[-2]][1], edge[1], edge))
    found = {}
    for k, edges in arriving.items():
        body = bodies[k]
        step = min(body.height() * 0.36, body.height() * 0.7 / len(edges))
        for place, (_y, _place, edge) in enumerate(sorted(edges)):
            found[edge] = body.center().y() + (place - (len(edges) - 1) / 2) * step
    return found


def sampled(knots: Sequence[tuple[float, float]], steps: int = 24) -> Array:
    """Return points of the curve through knots, (points, 2), from its beginning to its end."""
    share = np.linspace(0, 1, steps)
    along = 1.5 * share * (1 - share) + share**3  # x of the cubic whose control points lie in the middle
    across = 3 * share**2 - 2 * share**3
    parts = []
    for (x0, y0), (x1, y1) in pairwise(knots):
        parts.append(np.stack([x0 + (x1 - x0) * along, y0 + (y1 - y0) * across], 1))
    return np.concatenate(parts)
