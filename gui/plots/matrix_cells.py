"""Paints a matrix as numbers on heat colours or, if it is large, as colours alone."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, isnan

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QStaticText

from core.arrays import Array
from core.number_style import known_text, value_text, widest_text
from gui.figures.figure import is_vector
from gui.qt.drawable import pixel_image
from gui.theme.theme import Theme, mixed, sized

STRENGTH = 0.45  # the opacity of a colour under a number, which must stay readable
MOST_SHOWN = 20  # rows or columns up to which numbers are written
VECTOR = 26  # pixels: the width of a vector without numbers
MOST_TEXTS = 4000
MOST_SHAPES = 4096  # cells that a vector figure has as shapes


def greatest(values: Array) -> float:
    """Return the largest absolute value among the finite numbers; 1 if all of them are 0."""
    size = np.abs(values)
    top = float(size.max(initial=0.0))
    if not np.isfinite(top):
        top = float(size[np.isfinite(size)].max(initial=0.0))
    return top or 1.0


@dataclass
class MatrixGrid:
    """A matrix (rows, columns) at a place: the rectangles of its cells, and their numbers.

    ``numbers``: whether there is room to write them; ``step`` is the change that each number must be fine
    enough to show (None: usual digits). ``greatest`` is the absolute value with the full colour.
    """

    values: Array
    left: float = 0.0
    top: float = 0.0
    wide: float = 1.0
    high: float = 1.0
    numbers: bool = True
    gradient: bool = False
    step: Array | None = None
    greatest: float = 1.0

    def fill(self, values: Array, gradient: bool, step: Array | None) -> None:
        """Set other numbers."""
        self.values, self.gradient, self.step = values, gradient, step
        self.greatest = greatest(values)

    @property
    def rect(self) -> QRectF:
        """The rectangle of the whole matrix."""
        rows, columns = self.values.shape
        return QRectF(self.left, self.top, columns * self.wide, rows * self.high)

    def cell(self, row: int, column: int) -> QRectF:
        """Return the rectangle of one number."""
        return QRectF(self.left + column * self.wide, self.top + row * self.high, self.wide, self.high)

    def at(self, point: QPointF) -> tuple[int, int] | None:
        """Return row and column at a point, or None outside."""
        row = int((point.y() - self.top) // self.high)
        column = int((point.x() - self.left) // self.wide)
        rows, columns = self.values.shape
        return (row, column) if 0 <= row < rows and 0 <= column < columns else None

    def within(self, seen: QRectF) -> tuple[slice, slice]:
        """Return the rows and the columns that a rectangle touches."""
        rows, columns = self.values.shape
        area = self.rect.intersected(seen)
        if area.isEmpty():
            return slice(0, 0), slice(0, 0)
        first, left = int((area.top() - self.top) // self.high), int((area.left() - self.left) // self.wide)
        last, right = (
            ceil((area.bottom() - self.top) / self.high),
            ceil((area.right() - self.left) / self.wide),
        )
        return slice(first, min(rows, last)), slice(left, min(columns, right))


class CellSizes:
    """Computes the cell sizes of matrices in the present font, wide enough for the text ``widest``."""

    def __init__(self, text: QFont, widest: str = "") -> None:
        metrics = QFontMetricsF(text)
        wide = metrics.horizontalAdvance(widest or widest_text(1))
        self.number = QSize(
            ceil(wide) + (round(metrics.height() / 4) if widest else 2), ceil(metrics.height()) + 6
        )

    def of(self, shape: tuple[int, int], room: QSize, zoom: float) -> tuple[float, float, bool]:
        """Return width and height of a cell, and whether its number is written.

        A small matrix shows numbers. A large one shows colours only and fills the room, or ``zoom`` times
        that; magnified enough, it shows numbers too.
        """
        rows, columns = shape
        if max(rows, columns) <= MOST_SHOWN:
            return self.number.width(), self.number.height(), True
        side = max(1, min(room.width() // columns, room.height() // rows, 12))
        side = max(1, round(side * zoom))
        if side >= self.number.height():
            return self.number.width(), self.number.height(), True
        return (max(side, VECTOR) if columns == 1 else side), side, False


class CellPainter:
    """Paints cells in a theme's colours, and caches the layout of every number.

    Numbers have ``count`` significant digits (None: the default); the font is scaled by ``scale``.
    """

    def __init__(self, theme: Theme, scale: float = 1.0, count: int | None = None) -> None:
        self.theme, self._count = theme, count
        self.font = sized("small")
        self.font.setPointSizeF(scale * self.font.pointSizeF())
        self._metrics = QFontMetricsF(self.font)
        pairs = (
            (theme.negative, theme.positive),
            (theme.gradient_negative, theme.gradient_positive),
        )
        self._tables = {
            (gradient, numbers): colour_table(theme.panel, *pairs[gradient], STRENGTH if numbers else 1.0)
            for gradient in (False, True)
            for numbers in (False, True)
        }
        self._unknown = pixel(mixed(theme.raised, theme.panel, 0.3))
        self._texts: dict[str, tuple[QStaticText, float]] = {}

    @property
    def height(self) -> float:
        """The height of a line of numbers."""
        return self._metrics.height()

    def width(self, text: str) -> float:
        """Return the width of a text in the font of the numbers."""
        return self._metrics.horizontalAdvance(text)

    def paint(self, painter: QPainter, cells: MatrixGrid, seen: QRectF) -> None:
        """Paint the part of a matrix that lies in the rectangle ``seen``."""
        rows, columns = cells.within(seen)
        part = cells.values[rows, columns]
        if not part.size:
            return
        table = self._tables[cells.gradient, cells.numbers]
        pixels = np.ascontiguousarray(table[levels(part, cells.greatest)])
        unknown = np.isnan(part)
        if unknown.any():
            pixels[unknown] = self._unknown
        first, last = cells.cell(rows.start, columns.start), cells.cell(rows.stop - 1, columns.stop - 1)
        area = QRectF(first.topLeft(), last.bottomRight())
        self._colour(painter, cells, pixels, (rows.start, columns.start), area)
        if cells.numbers:
            self._part(painter, area, part.shape, cells)
            self._write(painter, cells, rows, columns)
        else:
            painter.setPen(QPen(self.theme.border, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(-0.5, -0.5, 0.5, 0.5))

    def _colour(
        self, painter: QPainter, cells: MatrixGrid, pixels: Array, first: tuple[int, int], area: QRectF
    ) -> None:
        """Paint the colours (rows, columns) of cells from ``first`` on, which fill an area."""
        rows, columns = pixels.shape
        if is_vector(painter) and pixels.size <= MOST_SHAPES:
            for i, j in np.ndindex(rows, columns):
                colour = QColor.fromRgb(int(pixels[i, j]))
                painter.fillRect(cells.cell(first[0] + i, first[1] + j), colour)
            return
        painter.drawImage(area, pixel_image(pixels))

    def _part(self, painter: QPainter, area: QRectF, shape: tuple[int, int], cells: MatrixGrid) -> None:
        """Paint gaps between neighbouring cells."""
        ground = self.theme.panel
        for row in range(1, shape[0]):
            painter.fillRect(QRectF(area.left(), area.top() + row * cells.high - 1, area.width(), 2), ground)
        for column in range(1, shape[1]):
            left = area.left() + column * cells.wide - 1
            painter.fillRect(QRectF(left, area.top(), 2, area.height()), ground)

    def _write(self, painter: QPainter, cells: MatrixGrid, rows: slice, columns: slice) -> None:
        painter.setFont(self.font)
        painter.setPen(self.theme.text)
        down = (cells.high - self._metrics.height()) / 2
        numbers = cells.values[rows, columns].tolist()
        steps = None if cells.step is None else cells.step[rows, columns].tolist()
        for r, line in enumerate(numbers):
            y = cells.top + (rows.start + r) * cells.high + down
            for c, value in enumerate(line):
                static, width = self._text(self.text(value, None if steps is None else steps[r][c]))
                x = cells.left + (columns.start + c + 0.5) * cells.wide - width / 2
                painter.drawStaticText(QPointF(x, y), static)

    def text(self, value: float, step: float | None = None) -> str:
        """Return the text of a number; ``step`` is a change that it must be fine enough to show."""
        if self._count is None or isnan(value):
            return known_text(value, step)
        return value_text(value, count=self._count)

    def _text(self, text: str) -> tuple[QStaticText, float]:
        found = self._texts.get(text)
        if found is None:
            if len(self._texts) > MOST_TEXTS:
                self._texts.clear()
            static = QStaticText(text)
            static.setTextFormat(Qt.TextFormat.PlainText)
            static.prepare(font=self.font)
            found = self._texts[text] = (static, self._metrics.horizontalAdvance(text))
        return found

    def light(self, painter: QPainter, cells: MatrixGrid, row: int, column: int, colour: QColor) -> None:
        """Frame one cell; if the cells are small, leave some space around it."""
        box = cells.cell(row, column)
        grow = 0.0 if cells.numbers else max(1.5, (7 - cells.high) / 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 2))
        painter.drawRoundedRect(box.adjusted(-grow, -grow, grow, grow), 3, 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def levels(values: Array, top: float) -> Array:
    """Return the index of every value in a table of 256 colours from -top to top; NaN is in the middle."""
    with np.errstate(all="ignore"):
        level = values * (127.5 / top) + 127.5
    np.nan_to_num(level, copy=False, nan=127.5, posinf=255, neginf=0)
    return np.clip(level, 0, 255, out=level).astype(np.uint8)


def pixel(colour: QColor) -> np.uint32:
    """Return a colour as a pixel of QImage.Format_RGB32."""
    return np.uint32(colour.rgb() | 0xFF000000)


def colour_table(ground: QColor, negative: QColor, positive: QColor, strength: float) -> Array:
    """Return 256 pixels (QImage.Format_RGB32) from the negative colour over the ground to the positive."""
    ends = [mixed(ground, negative, strength), ground, mixed(ground, positive, strength)]
    channels = np.array([[colour.red(), colour.green(), colour.blue()] for colour in ends], float)
    places = np.linspace(0, 2, 256)
    red, green, blue = (
        np.rint(np.interp(places, (0, 1, 2), channels[:, k])).astype(np.uint32) for k in range(3)
    )
    table: Array = 0xFF000000 | red << 16 | green << 8 | blue
    return table.astype(np.uint32)
