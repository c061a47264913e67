"""Which column each node of a graph stands in, and in which order, so that few edges cross.

Pure combinatorics. An edge over several columns has a waypoint in each column between; to the order a
waypoint is a node like any other.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

SWEEPS = 12
# Beyond so many waypoints leaves stand beside their use; beyond so many still, edges have none.
MOST_WAYPOINTS, MOST_AT_ALL = 60, 400
MOST_SWITCHED = 24  # nodes of a column whose neighbours are switched one by one

Edge = tuple[int, int]  # (the node that takes the value, at which of its places)


@dataclass(frozen=True)
class Columns:
    """The columns, left to right, each from top to bottom.

    Numbers below ``nodes`` are nodes, the others waypoints. ``ways[edge]`` is what an edge passes, from
    its source to its target; ``before`` and ``after`` are the neighbours in the columns beside.
    """

    nodes: int
    columns: tuple[tuple[int, ...], ...]
    ways: dict[Edge, tuple[int, ...]]
    before: dict[int, list[int]]
    after: dict[int, list[int]]

    @property
    def crossings(self) -> int:
        """How many pairs of edges cross."""
        return sum(crossings(left, right, self.after) for left, right in pairwise(self.columns))


def columns(inputs: Sequence[Sequence[int]], near: frozenset[int] = frozenset()) -> Columns:
    """Put the nodes of a graph in columns: every node right of its inputs, in an order with few crossings.

    ``inputs[k]`` are the nodes whose values node k takes, all before k. Nodes without inputs stand in
    the first column; those in ``near``, and all where the edges would become long, just before their use.
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
        # A value taken twice by one module needs a column between, for two edges to be told apart.
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
    """Return how many nodes and waypoints there are, and what each edge passes."""
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
    return Columns(len(depths), _swept(order, before, after), ways, before, after)


def _first_order(last: int, before: dict[int, list[int]], column: Sequence[int]) -> list[list[int]]:
    """Return the columns in reading order: without crossings, where no value is used twice."""
    found: list[list[int]] = [[] for _ in range(max(column) + 1)]
    seen: set[int] = set()
    waiting = [*range(last), last]
    while waiting:
        v = waiting.pop()
        if v in seen:
            continue
        seen.add(v)
        found[column[v]].append(v)
        waiting += reversed(before[v])
    return found


def _swept(
    first: list[list[int]], before: dict[int, list[int]], after: dict[int, list[int]]
) -> tuple[tuple[int, ...], ...]:
    """Return the best order that is found by moving nodes to the middle of their neighbours."""
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
    """Sort a column by the mean place of its neighbours in a fixed one; nodes without any stay."""
    place = {v: k for k, v in enumerate(fixed)}
    at = {}
    for k, v in enumerate(moved):
        near = [place[w] for w in beside[v] if w in place]
        at[v] = sum(near) / len(near) if near else k * len(fixed) / len(moved)
    moved.sort(key=at.__getitem__)


def _switch(order: list[list[int]], k: int, after: dict[int, list[int]]) -> None:
    """Switch neighbours in a column as long as that saves crossings."""
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
    """Return how many edges between two neighbouring columns cross."""
    place = {v: k for k, v in enumerate(right)}
    above: list[int] = []
    found = 0
    for v in left:
        targets = sorted(place[w] for w in after[v] if w in place)
        found += sum(len(above) - bisect_right(above, target) for target in targets)
        for target in targets:
            insort(above, target)
    return found
