"""Drawable: the border to Qt. What is computed becomes pixels and whole numbers here, and only sound ones.

A point that is no number can end the process in QPainter, one far outside makes Qt complain, and a whole
number of more than 32 bits raises. So every view that maps numbers to the screen does it with these, and
what paints is `shielded`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import partial, wraps
from math import isnan
from traceback import clear_frames
from typing import ParamSpec, TypeVar

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPolygonF

from core.arrays import Array

FARTHEST = 2e4  # pixels: what lies beyond is drawn at this distance, on its side
MOST_WHOLE = 2**31 - 1
MOST_DRAWN = 1e100  # of the axes that Qt scales itself: its products overflow beyond

Given = ParamSpec("Given")
Result = TypeVar("Result")

overflowing = partial(np.errstate, all="ignore")
"""Where views compute with a moment: one that diverges leads to infinities, which they show as such."""


def guarded(fallback: Result) -> Callable[[Callable[Given, Result]], Callable[Given, Result]]:
    """Decorate a method that Qt calls: a fault in it is told like any other, and Qt is given ``fallback``.

    Left to go on through Qt, an exception that a function written in C raised ends the process under
    Python 3.11, where the method was called from another one in Python (shiboken reads the arguments of
    an exception that is not made yet). And a painter kept alive by the traceback would paint on.
    """

    def decorate(method: Callable[Given, Result]) -> Callable[Given, Result]:
        @wraps(method)
        def safely(*values: Given.args, **named: Given.kwargs) -> Result:
            try:
                return method(*values, **named)
            except Exception as error:
                sys.excepthook(type(error), error, error.__traceback__)
                clear_frames(error.__traceback__)
                return fallback

        return safely

    return decorate


def shielded(paint: Callable[Given, None]) -> Callable[Given, None]:
    """Decorate a method that paints: it is `guarded`, and its arithmetic may overflow."""
    return guarded(None)(overflowing()(paint))


def whole(value: float) -> int:
    """Return the whole number nearest to a number that Qt's 32 bits hold; 0 for what is none."""
    return 0 if isnan(value) else round(min(max(value, -MOST_WHOLE), MOST_WHOLE))


def along(values: ArrayLike, span: tuple[float, float], start: float, length: float) -> Array:
    """Return where numbers lie on an axis over ``span`` that begins at ``start``, in pixels.

    What is no number stays none; nothing lies farther off than `FARTHEST`.
    """
    low, high = span
    with np.errstate(all="ignore"):
        # Halves: what lies between the two ends of the largest numbers is itself too large a number.
        share = (np.asarray(values) / 2 - low / 2) / ((high / 2 - low / 2) or 1.0)
        return np.asarray(np.clip(start + length * share, -FARTHEST, FARTHEST))


def drawn(values: Array) -> Array:
    """Return numbers for axes that Qt scales itself; NaN for what is too large, 0 for too small."""
    with np.errstate(invalid="ignore"):
        size = np.abs(values)
        return np.where(size <= MOST_DRAWN, np.where(size >= 1 / MOST_DRAWN, values, 0.0), np.nan)


def has_ticks(low: float, high: float) -> bool:
    """Return whether round numbers can be told apart on an axis."""
    return 1 / MOST_DRAWN < high - low < np.inf and high - low > 1e-12 * max(abs(low), abs(high))


def pixel(value: float) -> float:
    """Return one coordinate; far outside for what is no number."""
    return -FARTHEST if isnan(value) else float(min(max(value, -FARTHEST), FARTHEST))


def point(x: float, y: float) -> QPointF:
    """Return a point; one that is nowhere lies far outside."""
    return QPointF(pixel(x), pixel(y))


def rect(left: float, top: float, width: float, height: float) -> QRectF:
    """Return a rectangle."""
    return QRectF(pixel(left), pixel(top), pixel(width), pixel(height))


def within(points: Array) -> Array:
    """Return those of these points, (count, 2), that are somewhere, none farther off than `FARTHEST`."""
    somewhere = points[~np.isnan(points).any(axis=1)]
    return np.clip(somewhere, -FARTHEST, FARTHEST)


def polygon(points: Array) -> QPolygonF:
    """Return the polygon or line through points (count, 2), past those that are nowhere."""
    return QPolygonF([QPointF(x, y) for x, y in within(points).tolist()])


def shape(corners: Iterable[QPointF]) -> QPolygonF:
    """Return the polygon or line through points."""
    return QPolygonF([point(corner.x(), corner.y()) for corner in corners])


def polygons(corners: Array) -> list[QPolygonF]:
    """Return a polygon for each row of corners, (count, corners, 2), but where one is nowhere."""
    somewhere = corners[~np.isnan(corners).any(axis=(1, 2))]
    near = np.clip(somewhere, -FARTHEST, FARTHEST).tolist()
    return [QPolygonF([QPointF(x, y) for x, y in one]) for one in near]


def pieces(points: Array) -> list[QPolygonF]:
    """Return the lines through points (count, 2), with a gap where one is nowhere."""
    somewhere = ~np.isnan(points).any(axis=1)
    ends = np.flatnonzero(np.diff(np.concatenate([[False], somewhere, [False]]).astype(np.int8)))
    return [polygon(points[start:stop]) for start, stop in ends.reshape(-1, 2).tolist()]


def lines(ends: Array) -> list[QLineF]:
    """Return the lines between ends, (count, 4) as x1 y1 x2 y2, but those with an end that is nowhere."""
    somewhere = ends[~np.isnan(ends).any(axis=1)]
    return [QLineF(*four) for four in np.clip(somewhere, -FARTHEST, FARTHEST).tolist()]
