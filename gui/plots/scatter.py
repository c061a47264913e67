"""Draws samples as points, with a colour and a marker shape for every class, so that either is enough."""

from __future__ import annotations

from functools import cache
from math import cos, pi, sin

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPixmap, QTransform

from core.arrays import Array
from core.data.datasets import Dataset
from gui.figures.figure import is_vector
from gui.qt.drawable import pixel_image, within
from gui.theme.theme import Theme, diverging, mixed

SMALL = 5.0  # pixels
VALUE = "value"  # the marker of a sample without a class
MOST_MARKERS = 3000  # that are drawn one by one
MOST_SHAPES = 500  # of one colour that are drawn as shapes; of more, one is copied


MOST_DRAWN = 3000  # samples; more would hide one another, and take seconds to draw


@cache
def class_colours(theme: Theme, classes: int) -> tuple[QColor, ...]:
    """Return a colour for every class: two classes are negative and positive, as in the heat maps."""
    if classes <= 2:
        return (theme.negative, theme.positive)
    palette = theme.classes
    darker = tuple(mixed(colour, theme.text, 0.45) for colour in palette)
    return tuple((palette + darker)[k % (2 * len(palette))] for k in range(classes))


def value_colours(table: Array, values: Array, low: float, high: float) -> list[QColor]:
    """Return the colour of each value, by a diverging table whose middle is midway between low and high."""
    places = np.clip(255 * (values - low) / ((high - low) or 1.0), 0, 255).astype(int)
    return [QColor(int(r), int(g), int(b)) for r, g, b, _alpha in table[places]]


@cache
def marker(symbol: str) -> QPainterPath:
    """Return the shape of a class, about one unit wide around (0, 0): one of `Theme.class_symbols`."""
    path = QPainterPath()
    if symbol == "s":
        path.addRect(QRectF(-0.44, -0.44, 0.88, 0.88))
    elif symbol == "_":
        path.addRect(QRectF(-0.6, -0.2, 1.2, 0.4))
    elif symbol in _POLYGONS:
        corners, radius, start, step = _POLYGONS[symbol]
        _polygon(path, corners, radius, start, step)
    elif symbol == "hourglass":
        path.addPolygon([QPointF(x, y) for x, y in ((-0.46, -0.5), (0.46, -0.5), (-0.46, 0.5), (0.46, 0.5))])
        path.closeSubpath()
    elif symbol in ("x", "+"):
        _cross(path, pi / 4 if symbol == "x" else 0.0)
    else:
        path.addEllipse(QPointF(0, 0), 0.5, 0.5)
    return path


# Corners, radius, angle of the first corner, and how many corners further the next one lies.
_POLYGONS = {
    "t": (3, 0.62, pi / 2, 1),
    "v": (3, 0.62, -pi / 2, 1),
    "d": (4, 0.6, pi / 2, 1),
    "star": (5, 0.66, pi / 2, 2),
}


def _polygon(path: QPainterPath, corners: int, radius: float, start: float, step: int) -> None:
    path.setFillRule(Qt.FillRule.WindingFill)
    for k in range(corners):
        angle = start + 2 * pi * step * k / corners
        point = QPointF(radius * cos(angle), -radius * sin(angle))
        if k:
            path.lineTo(point)
        else:
            path.moveTo(point)
    path.closeSubpath()
    if step > 1:
        path.swap(path.simplified())  # without the inner lines


def _cross(path: QPainterPath, turn: float) -> None:
    arm, half = 0.6, 0.17
    outline = [(arm, half), (half, half), (half, arm)]
    for k in range(4):
        angle = turn + k * pi / 2
        for x, y in outline:
            point = QPointF(x * cos(angle) - y * sin(angle), x * sin(angle) + y * cos(angle))
            if path.elementCount():
                path.lineTo(point)
            else:
                path.moveTo(point)
    path.closeSubpath()


def draw_markers(
    painter: QPainter,
    points: Array,
    symbol: str,
    size: float,
    colour: QColor,
    theme: Theme,
    hollow: bool = False,
) -> None:
    """Draw markers at points (count, 2), in pixels, as one path: filled with an outline, or hollow.

    Too many to be distinguished are drawn as dots; see `draw_dots`. Points at NaN are omitted.
    """
    points = within(points)
    if len(points) > MOST_MARKERS:
        draw_dots(painter, points, colour, 0.5 if hollow else 1.0)
        return
    if len(points) > MOST_SHAPES and not is_vector(painter):
        _draw_copies(painter, points, symbol, size, colour, theme, hollow)
        return
    shape = QTransform.fromScale(size, size).map(marker(symbol))
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    for x, y in points:
        path.addPath(shape.translated(float(x), float(y)))
    plain = symbol == VALUE or size < SMALL  # the light outline would hide a small point
    rim = theme.panel if plain else max(theme.panel, theme.text, key=QColor.lightnessF)
    painter.setPen(QPen(colour if hollow else rim, 1.7 if hollow else 1.0))
    painter.setBrush(theme.panel if hollow else colour)
    painter.drawPath(path)


def _draw_copies(
    painter: QPainter, points: Array, symbol: str, size: float, colour: QColor, theme: Theme, hollow: bool
) -> None:
    """Draw one marker and copy it to all points."""
    side = _side_of_stamp(size)
    stamp = _stamp(symbol, colour, size, side, painter.device().devicePixelRatio(), theme, hollow)
    for x, y in (points - side / 2).tolist():
        painter.drawPixmap(QPointF(x, y), stamp)


def draw_dots(painter: QPainter, points: Array, colour: QColor, opacity: float = 1.0) -> None:
    """Draw a dot of 2 x 2 pixels at each of many points (count, 2), in pixels; the more, the more opaque."""
    device = painter.device()
    wide, high = (round(side / device.devicePixelRatio()) for side in (device.width(), device.height()))
    near = points[np.isfinite(points).all(axis=1) & (np.abs(points) < 1e6).all(axis=1)]
    corners = np.rint(near).astype(int)[None] - np.array([[[0, 0]], [[1, 0]], [[0, 1]], [[1, 1]]])
    x, y = corners.reshape(-1, 2).T
    inside = (x >= 0) & (x < wide) & (y >= 0) & (y < high)
    counts = np.bincount(y[inside] * wide + x[inside], minlength=wide * high)
    alpha = np.where(counts > 0, opacity * np.minimum(255, 70 + 45 * counts), 0).astype(np.uint32)
    pixels = alpha << 24 | np.uint32(colour.rgb() & 0xFFFFFF)
    painter.drawImage(0, 0, pixel_image(pixels.reshape(high, wide), QImage.Format.Format_ARGB32))


def draw_samples(
    painter: QPainter,
    dataset: Dataset,
    points: Array,
    theme: Theme,
    size: float,
    table: Array,
    *,
    shows_test: bool = True,
) -> None:
    """Draw samples of a dataset at ``points`` (samples, 2): training filled, test hollow if shown.

    Of more samples, only `MOST_DRAWN` evenly spread ones are drawn.
    """
    samples = dataset.x.shape[1]
    test, drawn = np.zeros(samples, bool), np.zeros(samples, bool)
    test[dataset.test] = True
    drawn[np.linspace(0, samples - 1, min(samples, MOST_DRAWN)).astype(int)] = True
    for hollow in (True, False) if shows_test else (False,):
        part = (test == hollow) & drawn
        if dataset.task == "regression":
            _draw_values(painter, dataset, points, part, size, theme, table, hollow)
            continue
        count = len(dataset.class_names)
        for k, colour in enumerate(class_colours(theme, count)[:count]):
            chosen = points[part & (dataset.labels == k)]
            symbol = theme.class_symbols[k % len(theme.class_symbols)]
            draw_markers(painter, chosen, symbol, size, colour, theme, hollow)


def _draw_values(
    painter: QPainter,
    dataset: Dataset,
    points: Array,
    part: Array,
    size: float,
    theme: Theme,
    table: Array,
    hollow: bool,
) -> None:
    """Draw samples of regression data, coloured by value, or in one colour if the value is their height."""
    if dataset.dimensions == 1:
        draw_markers(painter, points[part], VALUE, size, theme.muted, theme, hollow)
        return
    values = dataset.labels[0]
    low, high = float(values.min()), float(values.max())
    if np.count_nonzero(part) > MOST_MARKERS:
        shades = np.clip((values[part] - low) / ((high - low) or 1.0) * SHADES, 0, SHADES - 1).astype(int)
        for k, colour in enumerate(value_colours(table, np.arange(SHADES) + 0.5, 0.0, SHADES)):
            draw_dots(painter, points[part][shades == k], colour, 0.5 if hollow else 1.0)
        return
    colours = value_colours(table, values[part], low, high)
    for point, colour in zip(points[part], colours, strict=True):
        draw_markers(painter, point[None], VALUE, size, colour, theme, hollow)


# -- markers drawn once for every kind of sample, then copied to where samples move ----------------------

SHADES = 16  # number of colours for samples of regression data


class SampleStamps:
    """Pre-drawn markers of a dataset's samples, ``size`` pixels wide: training filled, test hollow.

    Copying a marker takes a tenth of the time it takes to draw its shape.
    """

    def __init__(self, dataset: Dataset, theme: Theme, size: float, ratio: float) -> None:
        kinds, looks = _kinds(dataset, theme)
        hollow = np.zeros(dataset.x.shape[1], bool)
        hollow[dataset.test] = True
        self._kind = 2 * kinds + hollow
        side = _side_of_stamp(size)
        self._half = side / 2
        self._looks, self._size, self._theme = looks, size, theme
        self._stamps = [
            _stamp(symbol, colour, size, side, ratio, theme, empty)
            for symbol, colour in looks
            for empty in (False, True)
        ]

    def paint(self, painter: QPainter, samples: Array, places: Array) -> None:
        """Draw samples (columns of the dataset) at places (count, 2) in pixels; test samples first."""
        kinds = self._kind[samples]
        order = np.argsort(-(kinds % 2), kind="stable")
        stamps, half = self._stamps, self._half
        if is_vector(painter):
            for kind, place in zip(kinds[order].tolist(), places[order], strict=True):
                symbol, colour = self._looks[kind // 2]
                draw_markers(painter, place[None], symbol, self._size, colour, self._theme, bool(kind % 2))
            return
        for kind, (x, y) in zip(kinds[order].tolist(), places[order].tolist(), strict=True):
            painter.drawPixmap(QPointF(x - half, y - half), stamps[kind])


def _kinds(dataset: Dataset, theme: Theme) -> tuple[Array, list[tuple[str, QColor]]]:
    """Return the kind of every sample, and the symbol and colour of every kind."""
    if dataset.task == "classes":
        count = len(dataset.class_names)
        symbols = (theme.class_symbols[k % len(theme.class_symbols)] for k in range(count))
        return dataset.labels, list(zip(symbols, class_colours(theme, count), strict=False))
    values = dataset.labels[0]
    low, high = float(values.min()), float(values.max())
    kinds = np.clip((values - low) / ((high - low) or 1.0) * SHADES, 0, SHADES - 1).astype(int)
    middles = np.arange(SHADES) + 0.5
    return kinds, [(VALUE, colour) for colour in value_colours(diverging(theme), middles, 0.0, SHADES)]


def _side_of_stamp(size: float) -> int:
    """Return the side of the picture of a marker, in pixels."""
    return 2 * round(size * 0.8 + 2)


def _stamp(
    symbol: str, colour: QColor, size: float, side: int, ratio: float, theme: Theme, hollow: bool
) -> QPixmap:
    stamp = QPixmap(round(side * ratio), round(side * ratio))
    stamp.setDevicePixelRatio(ratio)
    stamp.fill(Qt.GlobalColor.transparent)
    painter = QPainter(stamp)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw_markers(painter, np.full((1, 2), side / 2), symbol, size, colour, theme, hollow)
    painter.end()
    return stamp
