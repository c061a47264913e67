"""Placement of the pills of edges: at their own curve, without overlapping another pill, a node or an edge
that is not theirs, as far as possible.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import QRectF

from core.arrays import Array

Edge = tuple[int, int]
Size = tuple[float, float]
TRIES = 33
# Vertical positions of two pills, as heights of their middles in units of a pill's height and gap.
PATTERNS = (
    (-0.5, 0.5, 0.0),
    (-1.5, -0.5, 0.35),
    (0.5, 1.5, 0.35),
    (0.0, 0.0, 0.45),
    (-1.0, 1.0, 0.5),
    (-0.6, -0.6, 0.6),
    (0.6, 0.6, 0.6),
)
"""Two pills at one height are side by side; the last number is the cost of a pattern."""
ORDERS = 12  # orders tried until all pills have room
FAR, CROSSED, SLANTED = 0.9, 4.0, 0.3


def pill_places(
    curves: Mapping[Edge, Array],
    pills: Mapping[Edge, tuple[Size, ...]],
    areas: Sequence[QRectF],
    scene: QRectF,
    room: float,
    *,
    all_or_none: bool = False,
) -> dict[Edge, tuple[QRectF, ...]]:
    """Return the places of each edge's pills, from top to bottom; edges without room are omitted.

    With ``all_or_none`` there are no places at all if any edge has no room. ``curves`` are points of
    the edges, ``areas`` what pills must not touch, ``room`` the least distance.
    """
    areas_taken = np.array([[a.left(), a.top(), a.right(), a.bottom()] for a in areas]).reshape(-1, 4)
    points = np.concatenate([*curves.values(), np.empty((0, 2))])
    owners = np.concatenate([np.full(len(c), k) for k, c in enumerate(curves.values())] or [np.empty(0)])
    number = {edge: k for k, edge in enumerate(curves)}

    def placed(order: Sequence[Edge]) -> tuple[dict[Edge, tuple[QRectF, ...]], list[Edge]]:
        """Place pills in this order; return their places, and the edges that have no room."""
        taken, found, without = areas_taken, dict[Edge, tuple[QRectF, ...]](), list[Edge]()
        for edge in order:
            around = _around(curves[edge], pills[edge], room)
            others = points[(owners != number[edge]) & _inside(points, around)]
            rects = _best(curves[edge], pills[edge], taken[_touched(taken, around)], others, scene, room)
            if rects is not None:
                found[edge] = tuple(QRectF(x0, y0, x1 - x0, y1 - y0) for x0, y0, x1, y1 in rects.tolist())
                taken = np.concatenate([taken, rects])
            else:
                without.append(edge)
                if all_or_none:
                    break
        return found, without

    order = sorted(pills, key=lambda e: (curves[e][-1, 0] - curves[e][0, 0], e))
    for _ in range(ORDERS):
        found, without = placed(order)
        if not (all_or_none and without):
            return found
        order.remove(without[0])
        order.insert(0, without[0])  # placed first in the next attempt
    return {}


def _around(curve: Array, sizes: Sequence[Size], room: float) -> Array:
    """Return the rectangle (left, top, right, bottom) in which the pills of a curve can stand."""
    wide, high = sum(size[0] for size in sizes) + room, 2 * (sizes[0][1] + 2 * room)
    grown = np.array([wide, high])
    return np.concatenate([curve.min(axis=0) - grown, curve.max(axis=0) + grown])


def _inside(points: Array, around: Array) -> Array:
    return np.asarray(((points > around[:2]) & (points < around[2:])).all(axis=1))


def _touched(rects: Array, around: Array) -> Array:
    return np.asarray(((rects[:, :2] < around[2:]) & (rects[:, 2:] > around[:2])).all(axis=1))


def _best(
    curve: Array, sizes: Sequence[Size], taken: Array, others: Array, scene: QRectF, room: float
) -> Array | None:
    """Return the rectangles (pills, 4) at the best place along a curve; None: there is none."""
    x = np.linspace(curve[0, 0], curve[-1, 0], TRIES + 2)[1:-1]
    y = np.interp(x, curve[:, 0], curve[:, 1])
    slope = np.abs(np.gradient(y, x)) if len(x) > 1 else np.zeros(len(x))
    far = np.abs(np.linspace(-1, 1, TRIES))
    best: Array | None = None
    least = np.inf
    for *rows, cost in PATTERNS:
        if least <= cost:  # cheaper places cost less than this pattern anywhere
            break
        rects = _candidates(x, y, sizes, rows, room)
        free = _free(rects, taken, scene, room)
        crossed = _crossed(rects, others)
        score = np.where(free, cost + FAR * far + CROSSED * crossed + SLANTED * np.minimum(slope, 2), np.inf)
        k = int(score.argmin())
        if score[k] < least:
            best, least = rects[k], float(score[k])
    return best


def _candidates(x: Array, y: Array, sizes: Sequence[Size], rows: Sequence[float], room: float) -> Array:
    """Return the rectangles (places, pills, 4) along a curve, for rows of pills above and below it."""
    high = sizes[0][1]
    # Half a row from the curve, so that the line itself passes between the pills.
    offsets = [row * (high + 1.4 * room) for row in rows[: len(sizes)]]
    found = np.empty((len(x), len(sizes), 4))
    left = x - (sum(wide for wide, _high in sizes) + room * (len(sizes) - 1)) / 2
    for k, ((wide, _high), offset) in enumerate(zip(sizes, offsets, strict=True)):
        start = left if len(set(rows)) == 1 else x - wide / 2
        found[:, k] = np.stack([start, y + offset - high / 2, start + wide, y + offset + high / 2], 1)
        left = left + wide + room
    return found


def _free(rects: Array, taken: Array, scene: QRectF, room: float) -> Array:
    """Return for each place whether its pills are inside the scene and touch no taken rectangle."""
    inside = (rects[..., 0] >= scene.left()) & (rects[..., 2] <= scene.right())
    inside &= (rects[..., 1] >= scene.top()) & (rects[..., 3] <= scene.bottom())
    mine, its = rects[:, :, None], taken[None, None]
    gap = room / 2
    hit = (mine[..., 0] < its[..., 2] + gap) & (mine[..., 2] > its[..., 0] - gap)
    hit &= (mine[..., 1] < its[..., 3] + gap) & (mine[..., 3] > its[..., 1] - gap)
    return np.asarray(inside.all(axis=1) & ~hit.any(axis=(1, 2)))


def _crossed(rects: Array, points: Array) -> Array:
    """Return for each place how many of its pills overlap another edge."""
    px, py = points[:, 0], points[:, 1]
    mine = rects[..., None]
    over = (px > mine[:, :, 0]) & (px < mine[:, :, 2]) & (py > mine[:, :, 1]) & (py < mine[:, :, 3])
    return np.asarray(over.any(axis=2).sum(axis=1))
