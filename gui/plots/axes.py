"""Painted plots: coordinates in pixels, ticks, grid, curves, dots and titles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.arrays import Array
from core.language import tr
from core.number_style import axis_text, value_text
from gui.figures.figure import fill_background
from gui.qt.drawable import along, guarded_overrides, has_ticks, pieces, point, shielded
from gui.theme.theme import LIGHT, Theme, sized

Range = tuple[float, float]
Ranges = tuple[Range, Range]
Tick = tuple[float, str]
SOLID, DASHED = Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine
GAP = 4  # pixels between two numbers below an area
ABOVE_ONE_ANOTHER = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Return the multiples of 1, 2 or 5 times a power of ten in low … high.

    They divide the axis into at most ``most`` parts. If no two numbers would differ, there are none.
    """
    if not has_ticks(low, high):
        return []
    least = (high - low) / max(1, most)
    unit = 10.0 ** floor(log10(least))
    step = next(unit * k for k in (1, 2, 5, 10) if unit * k >= least * (1 - 1e-9))
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return [float(f"{k * step:.12g}") for k in range(first, last + 1)]


def _tick(value: float, span: Range) -> str:
    """Return the number at a grid line."""
    return axis_text(value, max(abs(end) for end in span))


@dataclass(frozen=True)
class Axes:
    """A rectangle of pixels, and the ranges of the horizontal and the vertical axis."""

    area: QRectF
    ranges: Ranges

    def to_pixels(self, points: Array) -> Array:
        """Return points (count, 2) of the axes in pixels; distant ones are moved to paintable positions."""
        area, (across, up) = self.area, self.ranges
        x = along(points[:, 0], across, area.left(), area.width())
        return np.column_stack([x, along(points[:, 1], up, area.bottom(), -area.height())])

    def place(self, x: float, y: float) -> QPointF:
        """Return one point of the axes in pixels."""
        return point(*self.to_pixels(np.array([[x, y]]))[0].tolist())

    def from_pixels(self, position: QPointF) -> tuple[float, float]:
        """Return the point of the axes at a pixel; outside the area it is outside the ranges."""
        area, ((left, right), (low, high)) = self.area, self.ranges
        x = left + (position.x() - area.left()) / max(1.0, area.width()) * (right - left)
        y = low + (area.bottom() - position.y()) / max(1.0, area.height()) * (high - low)
        return x, y

    def paint_rim(self, painter: QPainter, theme: Theme, width: int, most: tuple[int, int] = (5, 5)) -> None:
        """Paint a line around the area, and at most ``most`` numbers below and to the left of it."""
        painter.setPen(QPen(theme.border, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self.area)
        painter.setPen(theme.muted)
        metrics = QFontMetricsF(painter.font())
        fitting = int(self.area.height() / (1.3 * metrics.height()))
        most = self._beside_one_another(most[0], metrics), max(1, min(most[1], fitting))
        across, up = (ticks(*span, count) for span, count in zip(self.ranges, most, strict=True))
        self.paint_numbers_below(painter, [(x, axis_text(x)) for x in across], width)
        self.paint_numbers_beside(painter, [(y, axis_text(y)) for y in up])

    def _beside_one_another(self, most: int, metrics: QFontMetricsF) -> int:
        """Return how many numbers below the area, at most ``most``, do not touch their neighbours."""
        for count in range(most, 1, -1):
            found = [(self.place(x, 0.0).x(), axis_text(x)) for x in ticks(*self.ranges[0], count)]
            pairs = pairwise(found)
            if all(
                right[0] - left[0] > metrics.horizontalAdvance(f"{left[1]}{right[1]}") / 2 + GAP
                for left, right in pairs
            ):
                return count
        return 1

    def paint_numbers_below(
        self, painter: QPainter, numbers: Iterable[Tick], width: float, gap: float = 2
    ) -> None:
        """Write numbers ``gap`` pixels below the area, each below its place, in a widget this ``width``."""
        metrics = QFontMetricsF(painter.font())
        for x, text in numbers:
            wide = metrics.horizontalAdvance(text) + 2
            left = max(0.0, min(self.place(x, self.ranges[1][0]).x() - wide / 2, width - wide))
            box = QRectF(left, self.area.bottom() + gap, wide, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, text)

    def paint_numbers_beside(self, painter: QPainter, numbers: Iterable[Tick], gap: float = 4) -> None:
        """Write numbers ``gap`` pixels to the left of the area, each at its height."""
        line = QFontMetricsF(painter.font()).height()
        for y, text in numbers:
            top = max(0.0, self.place(self.ranges[0][0], y).y() - line / 2)
            painter.drawText(QRectF(0, top, self.area.left() - gap, line), ABOVE_ONE_ANOTHER, text)

    def paint_curve(self, painter: QPainter, x: Array, y: Array, pen: QPen) -> None:
        """Paint a curve, with a gap where y is not finite."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen)
        heights = np.where(np.isfinite(y), y, np.nan)
        for piece in pieces(self.to_pixels(np.column_stack([x, heights]))):
            painter.drawPolyline(piece)


# -- Axes that fill a widget, with a line of titles below ------------------------------------------------


def axes_within(size: QSize, ranges: Ranges) -> Axes:
    """Return the axes that fill a widget, with room for the numbers and a line of titles."""
    metrics = QFontMetricsF(sized("small"))
    numbers = [metrics.horizontalAdvance(axis_text(y)) for y in ticks(*ranges[1])]
    left, below = max(numbers, default=0.0) + 8, 2 * metrics.height() + 6
    area = QRectF(left, 4, max(10.0, size.width() - left - 5), max(10.0, size.height() - below - 4))
    return Axes(area, ranges)


def paint_title(
    painter: QPainter, axes: Axes, titles: tuple[str, str], theme: Theme, kept: float = 0.0
) -> None:
    """Write the names of both axes below the numbers; at the right, ``kept`` pixels are left free.

    If there is no room for the word between the names it is omitted, then the font becomes smaller.
    """
    area, metrics = axes.area, QFontMetricsF(painter.font())
    box = QRectF(area.left(), area.bottom() + metrics.height() + 2, area.width() - kept, metrics.height() + 2)
    texts = (tr("{y} ↑   over   {x} →"), tr("{y} ↑  {x} →"))
    written = [text.format(x=titles[0], y=titles[1]) for text in texts]
    title = next((one for one in written if metrics.horizontalAdvance(one) <= box.width()), written[-1])
    scale = min(1.0, box.width() / metrics.horizontalAdvance(title))
    painter.save()
    painter.setPen(theme.muted)
    painter.translate(box.topLeft())
    painter.scale(scale, scale)
    place = QRectF(0, 0, box.width() / scale, box.height())
    painter.drawText(place, Qt.AlignmentFlag.AlignHCenter, title)
    painter.restore()


# -- Widgets that paint curves over a grid ---------------------------------------------------------------


@guarded_overrides
class PaintedPlot(QWidget):
    """A plot over ``x_range`` and ``y_range``; subclasses paint in `paint_curves` and `paint_over`.

    ``scale`` is the font scale relative to the default; widths and radii are those at scale 1.
    """

    role = "text"

    def __init__(self, name: str, x_title: str = "", y_title: str = "") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 90)
        self.titles = x_title, y_title
        self.theme: Theme = LIGHT
        self.x_range: Range = (0.0, 1.0)
        self.y_range: Range = (0.0, 1.0)
        self.x_numbers = True
        self.take_fonts()

    def show_theme(self, theme: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self.theme = theme
        self.take_fonts()
        self.update()

    def take_fonts(self) -> None:
        """Measure the present fonts."""
        self.metrics = QFontMetricsF(sized(self.role))
        self.scale = sized("text").pointSizeF() / 10

    # -- places ------------------------------------------------------------------------------------------

    def box(self) -> QRectF:
        """Return the rectangle inside the axes, in pixels."""
        line = self.metrics.height()
        names = [_tick(y, self.y_range) for y in ticks(*self.y_range, 8)]
        left = max(map(self.metrics.horizontalAdvance, ["−00.0", *names])) + 8 * self.scale
        below = 1.25 * line if self.x_numbers else 0.4 * line
        return QRectF(self.rect()).adjusted(left, 0.6 * line, -0.8 * line, -below)

    @property
    def axes(self) -> Axes:
        """The axes at the present size."""
        return Axes(self.box(), (self.x_range, self.y_range))

    def place(self, x: float, y: float) -> QPointF:
        """Return a point of the axes in pixels."""
        return self.axes.place(x, y)

    def x_at(self, across: float) -> float:
        """Return the x at a distance from the left, in pixels, clamped to the axis."""
        x, _y = self.axes.from_pixels(QPointF(across, 0.0))
        return min(max(x, self.x_range[0]), self.x_range[1])

    def event(self, event: QEvent) -> bool:
        """Keep the arrow keys, which may be shortcuts of the window too, while the plot has the focus."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride:
            return super().event(event)
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            event.accept()
            return True
        return super().event(event)

    # -- painting ----------------------------------------------------------------------------------------

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill_background(painter, self.rect(), self.theme.panel)
        painter.setFont(sized(self.role))
        self.paint_axes(painter, self.axes)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        painter.setClipRect(self.box().adjusted(-1, -1, 1, 1))
        self.paint_curves(painter)
        painter.restore()
        self.paint_over(painter)
        painter.end()

    def paint_axes(self, painter: QPainter, axes: Axes) -> None:
        """Paint the grid with its numbers and the titles."""
        box, theme, line = axes.area, self.theme, self.metrics.height()
        wide = self.metrics.horizontalAdvance("−00.0") * 1.6
        beside = self.y_marks(max(2, int(box.height() / (2.2 * line))))
        for y, _text in beside:
            down, zero = axes.place(self.x_range[0], y).y(), abs(y) < 1e-12
            rule = QRectF(box.left(), down - zero * self.scale / 2, box.width(), 1 + zero * self.scale)
            painter.fillRect(rule, theme.muted if zero else theme.border)
        below = self.x_marks(max(2, int(box.width() / wide)))
        for x, _text in below:
            across = axes.place(x, self.y_range[0]).x()
            painter.fillRect(QRectF(across, box.top(), 1, box.height()), theme.border)
        painter.setPen(theme.muted)
        axes.paint_numbers_beside(painter, beside, 5 * self.scale)
        if self.x_numbers:
            axes.paint_numbers_below(painter, filter(self._has_room_below, below), self.width())
        self._paint_titles(painter, box, line)

    def x_marks(self, most: int) -> list[Tick]:
        """Return the vertical grid lines, at most ``most``, with the texts below them."""
        return [(x, _tick(x, self.x_range)) for x in ticks(*self.x_range, most)]

    def y_marks(self, most: int) -> list[Tick]:
        """Return the horizontal grid lines, at most ``most``, with the texts beside them."""
        return [(y, _tick(y, self.y_range)) for y in ticks(*self.y_range, most)]

    def _has_room_below(self, mark: Tick) -> bool:
        """Return whether the text below a grid line overlaps neither the numbers beside nor the title."""
        (x, text), wide = mark, self.metrics.horizontalAdvance
        across = self.place(x, self.y_range[0]).x()
        left, right = self.box().left() - 5 * self.scale, self.width() - wide(self.titles[0])
        return left <= across - wide(text) / 2 and across + wide(text) / 2 < right

    def _paint_titles(self, painter: QPainter, box: QRectF, line: float) -> None:
        painter.setPen(self.theme.text)
        flags, (x_title, y_title) = Qt.AlignmentFlag, self.titles
        above = QRectF(box.left() + 4 * self.scale, box.top() - 0.5 * line, box.width(), line)
        painter.drawText(above, flags.AlignLeft | flags.AlignVCenter, y_title)
        if self.x_numbers:
            wide = self.metrics.horizontalAdvance(x_title) + 2
            end = QRectF(self.width() - wide, box.bottom() + 2, wide, line)
            painter.fillRect(end, self.theme.panel)
            painter.drawText(end, flags.AlignRight, x_title)

    def paint_curves(self, painter: QPainter) -> None:
        """Paint what is clipped to the axes."""
        raise NotImplementedError

    def paint_over(self, painter: QPainter) -> None:
        """Paint what may extend beyond the axes."""

    def paint_curve(
        self,
        painter: QPainter,
        x: Array,
        y: Array,
        colour: QColor,
        width: float = 2.2,
        style: Qt.PenStyle = SOLID,
    ) -> None:
        """Paint a curve, with a gap where it is not a number; the width is that at scale 1."""
        pen = QPen(colour, width * self.scale, style, Qt.PenCapStyle.RoundCap)
        self.axes.paint_curve(painter, x, y, pen)

    def paint_dot(self, painter: QPainter, x: float, y: float, colour: QColor, radius: float = 5.0) -> None:
        """Paint a dot with an outline in the background colour; ``radius`` is that at scale 1."""
        if np.isfinite(x) and np.isfinite(y):
            painter.setPen(QPen(self.theme.panel, 1.5 * self.scale))
            painter.setBrush(colour)
            painter.drawEllipse(self.place(x, y), radius * self.scale, radius * self.scale)


LINES = 4


class SmallPlot(PaintedPlot):
    """A low plot in small letters: a pale grid of four lines, and numbers only at the ends of the axes."""

    role = "small"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(0)

    def take_fonts(self) -> None:
        """Measure the present fonts."""
        super().take_fonts()
        self.setFixedHeight(round(6.2 * self.metrics.height()))

    def box(self) -> QRectF:
        """Return the rectangle of the curves, in pixels."""
        low, high = (self.metrics.horizontalAdvance(value_text(y)) for y in self.y_range)
        line = self.metrics.height()
        return QRectF(self.rect()).adjusted(max(low, high) + 6, line / 2, -line / 2, -line - 3)

    def paint_axes(self, painter: QPainter, axes: Axes) -> None:
        """Paint the grid, the ends of the vertical axis, and the texts below."""
        box, flags = axes.area, Qt.AlignmentFlag
        for k in range(LINES):
            y = round(box.top() + k * box.height() / (LINES - 1))
            painter.fillRect(QRectF(box.left(), y, box.width(), 1), self.theme.border)
        painter.setPen(self.theme.muted)
        axes.paint_numbers_beside(painter, [(y, value_text(y)) for y in self.y_range])
        below = QRectF(box.left(), box.bottom() + 2, box.width(), self.metrics.height())
        sides = (flags.AlignLeft, flags.AlignHCenter, flags.AlignRight)
        for text, side in zip(self.x_words(), sides, strict=True):
            painter.drawText(below, side, text)

    def x_words(self) -> tuple[str, str, str]:
        """Return the texts below the axis: left, middle and right."""
        return value_text(self.x_range[0]), "", value_text(self.x_range[1])
