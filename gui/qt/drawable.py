"""Converts computed numbers into coordinates and integers that are safe to pass to Qt.

A NaN coordinate can crash QPainter, one far outside the widget causes Qt warnings, and an integer of more
than 32 bits raises OverflowError. Therefore every view that maps numbers to the screen uses these functions,
methods that paint are decorated with `shielded`, and classes with other methods that Qt calls with
`guarded_overrides`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import partial, wraps
from math import isnan
from traceback import clear_frames
from types import FunctionType, NoneType
from typing import ParamSpec, TypeVar

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainterPath, QPolygonF

from core.arrays import Array

FARTHEST = 2e4  # pixels; a point farther away is drawn at this distance, in its direction
MOST_WHOLE = 2**31 - 1
MOST_DRAWN = 1e100  # for axes that Qt scales itself: its products overflow beyond

Given = ParamSpec("Given")
Result = TypeVar("Result")
Overriding = TypeVar("Overriding")

overflowing = partial(np.errstate, all="ignore")
"""For views that compute with a snapshot: training that diverges gives infinities, which they show."""


def guarded(fallback: Result) -> Callable[[Callable[Given, Result]], Callable[Given, Result]]:
    """Decorate a method that Qt calls: an exception in it is reported, and Qt receives ``fallback``.

    An exception raised by a C function that propagates through Qt crashes Python 3.11 if the method was
    called by Python code (shiboken reads the arguments of an exception that is not normalised yet). Also, a
    QPainter kept alive by the traceback would stay active.
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


FALLBACKS: dict[str, Callable[[], object]] = {
    "boundingRect": QRectF,
    "columnCount": int,
    "createEditor": NoneType,
    "data": NoneType,
    "drawBackground": NoneType,
    "drawForeground": NoneType,
    "event": bool,
    "eventFilter": bool,
    "flags": lambda: Qt.ItemFlag.NoItemFlags,
    "focusNextPrevChild": bool,
    "hasHeightForWidth": bool,
    "headerData": NoneType,
    "heightForWidth": int,
    "initStyleOption": NoneType,
    "minimumSizeHint": QSize,
    "paint": NoneType,
    "rowCount": int,
    "scrollContentsBy": NoneType,
    "setData": bool,
    "shape": QPainterPath,
    "sizeHint": QSize,
    "tickStrings": list,
    "viewportEvent": bool,
}
"""Makes what Qt receives from a method it calls, if an exception was raised in it; None from ``…Event``."""


def guarded_overrides(overriding: type[Overriding]) -> type[Overriding]:
    """Decorate a class: every method of it that Qt calls is `guarded`."""
    for name, method in list(vars(overriding).items()):
        if isinstance(method, FunctionType) and (name.endswith("Event") or name in FALLBACKS):
            fallback = FALLBACKS.get(name, NoneType)()
            setattr(overriding, name, guarded(fallback)(method))
    return overriding


def shielded(paint: Callable[Given, None]) -> Callable[Given, None]:
    """Decorate a paint method: it is `guarded`, and its arithmetic may overflow."""
    return guarded(None)(overflowing()(paint))


def whole(value: float) -> int:
    """Return the nearest integer that fits into Qt's 32 bits; 0 for NaN."""
    return 0 if isnan(value) else round(min(max(value, -MOST_WHOLE), MOST_WHOLE))


def along(values: ArrayLike, span: tuple[float, float], start: float, length: float) -> Array:
    """Return the pixel positions of numbers on an axis over ``span`` that begins at ``start``.

    NaN stays NaN; no position is farther away than `FARTHEST`.
    """
    low, high = span
    with np.errstate(all="ignore"):
        # Halved, since the difference between the two largest numbers would overflow.
        share = (np.asarray(values) / 2 - low / 2) / ((high / 2 - low / 2) or 1.0)
        return np.asarray(np.clip(start + length * share, -FARTHEST, FARTHEST))


def drawn(values: Array) -> Array:
    """Return numbers for axes that Qt scales itself; NaN replaces too large, 0 too small ones."""
    with np.errstate(invalid="ignore"):
        size = np.abs(values)
        return np.where(size <= MOST_DRAWN, np.where(size >= 1 / MOST_DRAWN, values, 0.0), np.nan)


def has_ticks(low: float, high: float) -> bool:
    """Return whether tick labels on an axis would differ from one another."""
    return 1 / MOST_DRAWN < high - low < np.inf and high - low > 1e-12 * max(abs(low), abs(high))


def pixel(value: float) -> float:
    """Return a coordinate for QPainter; far outside for NaN."""
    return -FARTHEST if isnan(value) else float(min(max(value, -FARTHEST), FARTHEST))


def point(x: float, y: float) -> QPointF:
    """Return a point for QPainter; far outside if a coordinate is NaN."""
    return QPointF(pixel(x), pixel(y))


def rect(left: float, top: float, width: float, height: float) -> QRectF:
    """Return a rectangle for QPainter."""
    return QRectF(pixel(left), pixel(top), pixel(width), pixel(height))


def within(points: Array) -> Array:
    """Return the finite ones of points (count, 2), none farther away than `FARTHEST`."""
    somewhere = points[~np.isnan(points).any(axis=1)]
    return np.clip(somewhere, -FARTHEST, FARTHEST)


def pixel_image(pixels: Array, kind: QImage.Format = QImage.Format.Format_RGB32) -> QImage:
    """Return an image, with its own memory, of pixels (rows, columns), uint32 in any order of memory."""
    rows, columns = pixels.shape
    packed = np.ascontiguousarray(pixels, np.uint32)
    return QImage(packed.data, columns, rows, 4 * columns, kind).copy()


def polygon(points: Array) -> QPolygonF:
    """Return the polygon or polyline through points (count, 2), skipping NaN."""
    return QPolygonF([QPointF(x, y) for x, y in within(points).tolist()])


def shape(corners: Iterable[QPointF]) -> QPolygonF:
    """Return the polygon or polyline through points."""
    return QPolygonF([point(corner.x(), corner.y()) for corner in corners])


def polygons(corners: Array) -> list[QPolygonF]:
    """Return a polygon for each row of corners (count, corners, 2), without rows that contain NaN."""
    somewhere = corners[~np.isnan(corners).any(axis=(1, 2))]
    near = np.clip(somewhere, -FARTHEST, FARTHEST).tolist()
    return [QPolygonF([QPointF(x, y) for x, y in one]) for one in near]


def pieces(points: Array) -> list[QPolygonF]:
    """Return the polylines through points (count, 2), interrupted at NaN."""
    somewhere = ~np.isnan(points).any(axis=1)
    ends = np.flatnonzero(np.diff(np.concatenate([[False], somewhere, [False]]).astype(np.int8)))
    return [polygon(points[start:stop]) for start, stop in ends.reshape(-1, 2).tolist()]


def lines(ends: Array) -> list[QLineF]:
    """Return the lines given by (count, 4) as x1 y1 x2 y2, without those that contain NaN."""
    somewhere = ends[~np.isnan(ends).any(axis=1)]
    return [QLineF(*four) for four in np.clip(somewhere, -FARTHEST, FARTHEST).tolist()]
