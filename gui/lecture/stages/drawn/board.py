"""Board: the surface that a drawn stage paints on, with the shapes that pictures of networks consist of.

It is `WIDTH` units wide and `HEIGHT` high, whatever the size of the widget. Text sizes are heights of
the font in units; the ``y`` of a text is the middle of its capital letters.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import atan2, cos, hypot, sin
from typing import Literal, NamedTuple

import numpy as np
from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen
from PySide6.QtSvg import QSvgRenderer

from core.arrays import Array
from core.number_style import HIDDEN
from gui.qt.drawable import pixel, point, polygon, rect, shape
from gui.qt.outlines import tell_outlines
from gui.text.formula_label import CAPITALS, svg
from gui.theme.theme import Theme, font, mixed

WIDTH, HEIGHT = 1920.0, 850.0
SMALL, MEDIUM, LARGE, HUGE = 40.0, 48.0, 64.0, 76.0
"""Text sizes: labels, numbers, main numbers, the number a picture is about."""
LINE, BOLD, THIN = 4.0, 10.0, 3.0

Side = Literal["left", "middle", "right"]
_SHIFT: dict[Side, float] = {"left": 0.0, "middle": 0.5, "right": 1.0}
_SEE_THROUGH = Qt.BrushStyle.NoBrush
Handle = tuple[Hashable, float, str]
"""Key, value and name of a number that can be changed."""


@dataclass(frozen=True)
class NumberHandle:
    """A number on the board that can be dragged or edited: its rectangle in units, key and value."""

    place: QRectF
    key: Hashable
    value: float
    name: str


class BoardFit(NamedTuple):
    """The position of a board in a widget: pixels per unit, and its upper left corner in pixels."""

    scale: float
    origin: QPointF

    def on_board(self, point: QPointF) -> QPointF:
        """Return a point of the widget in units of the board."""
        return (point - self.origin) / self.scale

    def on_widget(self, place: QRectF) -> QRectF:
        """Return a rectangle of the board in pixels of the widget."""
        corner = self.origin + place.topLeft() * self.scale
        return QRectF(corner, place.size() * self.scale)


def fitted(width: float, height: float) -> BoardFit:
    """Return the position of the board that fits it, centred, into a widget of that size."""
    scale = max(1e-3, min(width / WIDTH, height / HEIGHT))
    return BoardFit(scale, QPointF((width - scale * WIDTH) / 2, (height - scale * HEIGHT) / 2))


class Cell(NamedTuple):
    """A cell of a matrix: a text or, with ``formula``, LaTeX, in a colour; ``faint``: without background.

    ``handle`` is the key, value and name of a number that can be changed.
    """

    text: str
    colour: QColor | None = None
    formula: bool = False
    faint: bool = False
    handle: Handle | None = None


class MatrixPlace(NamedTuple):
    """The position of a matrix: the rectangle inside its brackets, and those of its cells."""

    place: QRectF
    cells: tuple[tuple[QRectF, ...], ...]


class Axis(NamedTuple):
    """An axis: numbers from ``low`` to ``high`` on a line from ``start`` to ``end``, in units."""

    low: float
    high: float
    start: float
    end: float

    def place(self, value: float) -> float:
        """Return the coordinate of a number; numbers outside the range lie beyond the line."""
        return pixel(self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start))

    def places(self, values: Array) -> Array:
        """Return the coordinates of numbers."""
        there: Array = self.start + (values - self.low) * ((self.end - self.start) / (self.high - self.low))
        return there

    def value(self, place: float) -> float:
        """Return the number at a coordinate."""
        return self.low + (place - self.start) / (self.end - self.start) * (self.high - self.low)


class Formulas:
    """Formulas rendered for a board, cached for later painting."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str, float], QSvgRenderer] = {}

    def of(self, latex: str, colour: QColor, size: float) -> QSvgRenderer:
        """Return a formula; the origin of its view box is the left end of its baseline."""
        key = latex, colour.name(), size
        if key not in self._kept:
            self._kept[key] = QSvgRenderer(QByteArray(svg(*key)))
        return self._kept[key]


class Board:
    """Paints texts, numbers, formulas and shapes in units, and records which numbers can be changed.

    ``colours`` is the theme. ``handles`` are the numbers that can be changed, in the order painted.
    """

    def __init__(self, painter: QPainter, colours: Theme, formulas: Formulas) -> None:
        self.painter, self.colours, self._formulas = painter, colours, formulas
        self.handles: list[NumberHandle] = []
        self._left = 0.0
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)

    @contextmanager
    def faded(self, opacity: float) -> Iterator[None]:
        """Paint what follows with an opacity from 0 to 1."""
        before = self.painter.opacity()
        self.painter.setOpacity(before * min(max(opacity, 0.0), 1.0))
        try:
            yield
        finally:
            self.painter.setOpacity(before)

    @contextmanager
    def moved(self, across: float) -> Iterator[None]:
        """Paint what follows shifted ``across`` units to the right."""
        before, self._left = self._left, self._left + across
        self.painter.translate(across, 0)
        try:
            yield
        finally:
            self.painter.translate(-across, 0)
            self._left = before

    @contextmanager
    def clipped(self, place: QRectF) -> Iterator[None]:
        """Paint only what lies in a rectangle."""
        self.painter.save()
        self.painter.setClipRect(place, Qt.ClipOperation.IntersectClip)
        try:
            yield
        finally:
            self.painter.restore()

    @property
    def faint(self) -> QColor:
        """The colour of lines in the background."""
        return mixed(self.colours.muted, self.colours.panel, 0.65)

    def soft(self, colour: QColor, share: float = 0.14) -> QColor:
        """Return a pale background for what is drawn in a colour."""
        return mixed(self.colours.panel, colour, share)

    def signed(self, value: float, *, gradient: bool = False) -> QColor:
        """Return the colour of a number's sign; for 0, that of texts."""
        shown = self.colours
        if not value:
            return shown.text
        if gradient:
            return shown.gradient_positive if value > 0 else shown.gradient_negative
        return shown.positive if value > 0 else shown.negative

    # -- texts -----------------------------------------------------------------------------------------

    def text(
        self,
        text: str,
        x: float,
        y: float,
        size: float = SMALL,
        colour: QColor | None = None,
        *,
        bold: bool = False,
        side: Side = "middle",
        room: float | None = None,
    ) -> QRectF:
        """Write a text whose left end, middle or right end is at x; return its rectangle.

        It is written smaller if it is wider than ``room``.
        """
        size = size if room is None else fitted_size(text, size, room, bold=bold)
        letters = board_font(size, bold=bold)
        metrics = QFontMetricsF(letters)
        width, caps = metrics.horizontalAdvance(text), metrics.capHeight()
        left = x - _SHIFT[side] * width
        self.painter.setFont(letters)
        self.painter.setPen(colour or self.colours.text)
        self.painter.drawText(point(left, y + caps / 2), text)
        return rect(left, y - 0.6 * size, width, 1.2 * size)

    def number(
        self,
        text: str,
        x: float,
        y: float,
        size: float = MEDIUM,
        colour: QColor | None = None,
        *,
        handle: Handle | None = None,
        side: Side = "middle",
    ) -> QRectF:
        """Write a number in bold digits; one with a ``handle`` (key, value, name) can be changed."""
        there = self.text(text, x, y, size, self._of_number(text, colour), bold=True, side=side)
        self._note(there, handle)
        return there

    def formula(
        self,
        latex: str,
        x: float,
        y: float,
        size: float = MEDIUM,
        colour: QColor | None = None,
        *,
        side: Side = "middle",
    ) -> QRectF:
        """Write a formula in LaTeX; return its rectangle."""
        rendered = self._formulas.of(latex, colour or self.colours.text, size)
        box = rendered.viewBoxF()
        place = rect(
            x - _SHIFT[side] * box.width(), y + CAPITALS / 2 * size + box.top(), box.width(), box.height()
        )
        rendered.render(self.painter, place)
        tell_outlines(self.painter, latex, place, CAPITALS * size)
        return place

    def formula_width(self, latex: str, size: float = MEDIUM) -> float:
        """Return the width of a formula."""
        return self._formulas.of(latex, self.colours.text, size).viewBoxF().width()

    def row(
        self,
        pieces: Sequence[tuple[str, QColor | None]],
        x: float,
        y: float,
        size: float = MEDIUM,
        gap: float = 0.3,
    ) -> list[QRectF]:
        """Write formulas side by side from x on, ``gap`` times their size apart; return their rectangles."""
        places = []
        for latex, colour in pieces:
            places.append(self.formula(latex, x, y, size, colour, side="left"))
            x = places[-1].right() + gap * size
        return places

    def _of_number(self, text: str, colour: QColor | None) -> QColor | None:
        return self.colours.muted if text == HIDDEN else colour

    def _note(self, place: QRectF, handle: Handle | None) -> None:
        if handle is not None:
            self.handles.append(NumberHandle(place.translated(self._left, 0), *handle))

    # -- neurons and edges -----------------------------------------------------------------------------

    def disc(
        self,
        x: float,
        y: float,
        radius: float,
        colour: QColor | None = None,
        ground: QColor | None = None,
        line: float = LINE,
    ) -> None:
        """Paint a neuron: a circle with an outline colour and a background."""
        self.painter.setPen(QPen(colour or self.colours.text, line))
        self.painter.setBrush(ground or self.colours.panel)
        self.painter.drawEllipse(point(x, y), radius, radius)

    def edge(
        self,
        start: QPointF,
        end: QPointF,
        value: float | None = None,
        *,
        width: float = BOLD,
        colour: QColor | None = None,
    ) -> None:
        """Paint an edge; with a value in the colour of its sign, dashed if it is negative."""
        shown = colour or (self.colours.zero if value is None else self.signed(value))
        pen = QPen(shown, width, c=Qt.PenCapStyle.FlatCap)
        if value is not None and value < 0:
            pen.setDashPattern([2.2, 1.4])
        self.painter.setPen(pen)
        self.painter.drawLine(start, end)

    def pill(
        self,
        text: str,
        x: float,
        y: float,
        colour: QColor | None = None,
        *,
        size: float = MEDIUM,
        handle: Handle | None = None,
        formula: bool = False,
        least: float = 0.0,
    ) -> QRectF:
        """Paint a number, or a formula, in a rounded frame around x, y; return the frame."""
        wide = self.formula_width(text, size) if formula else text_width(text, size, bold=True)
        frame = _around(x, y, max(wide + 1.1 * size, least), 1.5 * size if not formula else 2.0 * size)
        self.panel(frame, colour or self.colours.text, radius=frame.height() / 2)
        if formula:
            self.formula(text, x, y, size, colour)
        else:
            self.number(text, x, y, size, colour)
        self._note(frame, handle)
        return frame

    # -- shapes ----------------------------------------------------------------------------------------

    def panel(
        self,
        place: QRectF,
        colour: QColor | None = None,
        ground: QColor | None = None,
        *,
        radius: float = 24.0,
        line: float = LINE,
    ) -> None:
        """Paint a rounded rectangle; without a colour it has no frame."""
        self.painter.setPen(QPen(colour, line) if colour is not None else Qt.PenStyle.NoPen)
        self.painter.setBrush(ground or self.colours.panel)
        self.painter.drawRoundedRect(place, radius, radius)

    def frame(self, place: QRectF, colour: QColor, line: float = LINE, radius: float = 14.0) -> None:
        """Paint a frame around a rectangle."""
        self.painter.setPen(QPen(colour, line))
        self.painter.setBrush(_SEE_THROUGH)
        self.painter.drawRoundedRect(place, radius, radius)

    def area(self, corners: Sequence[QPointF], ground: QColor) -> None:
        """Fill a polygon."""
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(ground)
        self.painter.drawPolygon(shape(corners))

    def line(
        self,
        start: QPointF,
        end: QPointF,
        colour: QColor | None = None,
        width: float = THIN,
        *,
        dashes: Sequence[float] = (),
    ) -> None:
        """Paint a straight line; ``dashes`` are lengths in line widths."""
        pen = QPen(colour or self.colours.muted, width, c=Qt.PenCapStyle.FlatCap)
        if dashes:
            pen.setDashPattern(dashes)
        self.painter.setPen(pen)
        self.painter.drawLine(start, end)

    def arrow(
        self, start: QPointF, end: QPointF, colour: QColor | None = None, width: float = LINE, head: float = 0
    ) -> None:
        """Paint an arrow whose tip is at ``end``; ``head`` is the length of its head (0: by its width)."""
        shown = colour or self.colours.text
        across, down = end.x() - start.x(), end.y() - start.y()
        length = hypot(across, down)
        if length < 1e-6:
            return
        head = min(head or 10 + 2.4 * width, length)
        angle = atan2(down, across)
        back = end - QPointF(head * cos(angle), head * sin(angle))
        half = QPointF(-sin(angle), cos(angle)) * (0.5 * head + 0.25 * width)
        self.line(start, back + QPointF(cos(angle), sin(angle)), shown, width)
        self.area([end, back + half, back - half], shown)

    def path(self, points: Sequence[QPointF], colour: QColor, width: float = THIN) -> None:
        """Paint a cubic Bézier curve with four control points."""
        curve = QPainterPath(points[0])
        curve.cubicTo(points[1], points[2], points[3])
        self.painter.setPen(QPen(colour, width, c=Qt.PenCapStyle.RoundCap))
        self.painter.setBrush(_SEE_THROUGH)
        self.painter.drawPath(curve)

    def brace(self, left: float, right: float, y: float, colour: QColor, depth: float = 30.0) -> None:
        """Paint a horizontal brace below a range of x, with its tip pointing down."""
        middle, curve = (left + right) / 2, QPainterPath(point(left, y))
        for end, first, second in (
            (point(middle, y + depth), point(left, y + 0.9 * depth), point(middle, y + 0.1 * depth)),
            (point(right, y), point(middle, y + 0.1 * depth), point(right, y + 0.9 * depth)),
        ):
            curve.cubicTo(first, second, end)
        self.painter.setPen(QPen(colour, LINE, c=Qt.PenCapStyle.RoundCap))
        self.painter.setBrush(_SEE_THROUGH)
        self.painter.drawPath(curve)

    def curve(
        self,
        function: Callable[[Array], Array],
        across: Axis,
        up: Axis,
        colour: QColor | None = None,
        width: float = 6.0,
    ) -> None:
        """Paint the graph of a function over an axis."""
        values = np.linspace(across.low, across.high, 161)
        with np.errstate(all="ignore"):
            heights = function(values)
            places = np.column_stack([across.places(values), up.places(heights)])
        pen = QPen(colour or self.colours.text, width, c=Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        self.painter.setPen(pen)
        self.painter.drawPolyline(polygon(places))

    # -- matrices --------------------------------------------------------------------------------------

    def matrix(
        self,
        rows: Sequence[Sequence[Cell]],
        x: float,
        y: float,
        *,
        wide: float = 150.0,
        high: float = 74.0,
        size: float = MEDIUM,
        gap: float = 8.0,
    ) -> MatrixPlace:
        """Paint a matrix in brackets around the middle x, y, of cells with this width and height.

        All its numbers have the same size, smaller if one of them is too wide.
        """
        columns = len(rows[0])
        inner = _around(x, y, columns * (wide + gap) - gap, len(rows) * (high + gap) - gap)
        cells = tuple(
            tuple(
                QRectF(inner.left() + j * (wide + gap), inner.top() + i * (high + gap), wide, high)
                for j in range(columns)
            )
            for i in range(len(rows))
        )
        numbers = [cell for row in rows for cell in row if not cell.formula]
        size = min([size, *(fitted_size(cell.text, size, wide - 6, bold=not cell.faint) for cell in numbers)])
        for row, places in zip(rows, cells, strict=True):
            for cell, place in zip(row, places, strict=True):
                self._cell(cell, place, size)
        frame = inner.adjusted(-14, -14, 14, 14)
        self._brackets(frame)
        return MatrixPlace(frame, cells)

    def _cell(self, cell: Cell, place: QRectF, size: float) -> None:
        colour = self._of_number(cell.text, cell.colour) or self.colours.text
        if not cell.faint:
            ground = self.colours.raised if cell.colour is None or cell.text == HIDDEN else self.soft(colour)
            self.panel(place, None, ground, radius=12)
        middle = place.center()
        if cell.formula:
            self.formula(cell.text, middle.x(), middle.y(), size, colour)
        else:
            self.text(cell.text, middle.x(), middle.y(), size, colour, bold=not cell.faint)
        self._note(place, cell.handle)

    def _brackets(self, frame: QRectF) -> None:
        self.painter.setPen(QPen(self.colours.muted, LINE, j=Qt.PenJoinStyle.MiterJoin))
        for at, foot in ((frame.left(), 18.0), (frame.right(), -18.0)):
            self.painter.drawPolyline(
                [
                    QPointF(at + foot, frame.top()),
                    QPointF(at, frame.top()),
                    QPointF(at, frame.bottom()),
                    QPointF(at + foot, frame.bottom()),
                ]
            )


def board_font(size: float, *, bold: bool = False) -> QFont:
    """Return the font of texts on the board, ``size`` units high."""
    made = font("number" if bold else "text")
    made.setPixelSize(max(1, round(size)))
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)  # the board is scaled
    return made


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a text on the board."""
    return QFontMetricsF(board_font(size, bold=bold)).horizontalAdvance(text)


def fitted_size(text: str, size: float, room: float, *, bold: bool = False) -> float:
    """Return the font size, at most ``size``, at which a text is no wider than ``room``."""
    return size * min(1.0, room / max(1.0, text_width(text, size, bold=bold)))


def _around(x: float, y: float, width: float, height: float) -> QRectF:
    return rect(x - width / 2, y - height / 2, width, height)


def toward(start: QPointF, end: QPointF, distance: float) -> QPointF:
    """Return the point at a distance from ``start`` towards ``end``."""
    length = hypot(end.x() - start.x(), end.y() - start.y())
    return start if length < 1e-6 else start + (end - start) * (distance / length)


def between(start: QPointF, end: QPointF, share: float) -> QPointF:
    """Return the point at a fraction ``share`` of the line from ``start`` to ``end``."""
    return start + (end - start) * share
