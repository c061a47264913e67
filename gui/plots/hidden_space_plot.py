"""Paints the hidden space of a layer: samples, the bent grid of the inputs, and the decision lines."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.arrays import Array
from core.data.datasets import Dataset
from core.number_style import axis_text
from gui.plots.axes import Axes, axes_within, paint_title, ticks
from gui.plots.hidden_space import SpacePicture, clipped, corners_of, line_within
from gui.plots.scatter import SampleStamps, class_colours
from gui.qt.drawable import FARTHEST, guarded_overrides, lines, point, polygon, shielded
from gui.theme.theme import LIGHT, Theme, in_hall, mixed, sized

REACH = 12.0
SOFT = 0.16
FAINT, DONE = 0.3, 0.65
WHOLE: list[tuple[Array | slice, float]] = [(slice(None), 1.0)]


@guarded_overrides
class SpacePlane(QWidget):
    """Paints a `SpacePicture`; if ``dims``, samples that have not been used yet are faint.

    Signals: ``hovered`` carries the sample under the mouse, or -1; ``picked`` carries the one that was
    clicked or reached by the arrow keys.
    """

    hovered = Signal(int)
    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None, *, dims: bool = False) -> None:
        super().__init__(parent)
        self._dims = dims
        self._taken: Array = np.empty(0, int)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(140, 110)
        self.picture: SpacePicture | None = None
        self._dataset: Dataset | None = None
        self._stamps: SampleStamps | None = None
        self._theme = LIGHT
        self._batch: Array = np.empty(0, int)
        self._selected = -1

    # -- contents ----------------------------------------------------------------------------------

    def show_dataset(self, dataset: Dataset) -> None:
        """Set other samples."""
        self._dataset, self.picture = dataset, None
        self._stamps = None
        self.update()

    def show_picture(self, picture: SpacePicture, batch: Array, taken: Array | None = None) -> None:
        """Show a picture; the samples of ``batch`` get rings, those in ``taken`` have been used already."""
        self.picture, self._batch = picture, batch
        self._taken = np.empty(0, int) if taken is None else taken
        self.update()

    def show_selected(self, sample: int) -> None:
        """Mark a sample; -1: none."""
        self._selected = sample
        self.update()

    def show_theme(self, theme: Theme) -> None:
        """Use a theme's colours and the present fonts."""
        self._theme = theme
        self._stamps = None
        self.update()

    # -- coordinates -------------------------------------------------------------------------------

    @property
    def axes(self) -> Axes:
        """The axes at the present size."""
        picture = self.picture
        if picture is None:
            return axes_within(self.size(), ((0.0, 1.0), (0.0, 1.0)))
        if not picture.number_line:
            return axes_within(self.size(), picture.ranges)
        below = 2 * QFontMetricsF(sized("small")).height() + 6
        area = QRectF(5, 4, max(10.0, self.width() - 10), max(10.0, self.height() - below - 4))
        return Axes(area, picture.ranges)

    def place(self, sample: int) -> QPointF | None:
        """Return the pixel position of a sample, or None if it is not painted."""
        picture = self.picture
        if picture is None or sample not in picture.samples:
            return None
        k = int(np.flatnonzero(picture.samples == sample)[0])
        return self.axes.place(*picture.points[k].tolist())

    def nearest(self, position: QPointF) -> int:
        """Return the sample nearest to a point of the widget, or -1 if none is near."""
        picture = self.picture
        if picture is None or not picture.samples.size:
            return -1
        distance = np.hypot(*(self.axes.to_pixels(picture.points) - (position.x(), position.y())).T)
        k = int(np.nan_to_num(distance, nan=np.inf).argmin())
        return int(picture.samples[k]) if distance[k] <= REACH * self._unit else -1

    @property
    def _unit(self) -> float:
        """The scale of all sizes; the default is 1."""
        return QFontMetricsF(sized("small")).height() / 14

    def _sample_stamps(self, dataset: Dataset) -> SampleStamps:
        """Return the stamps of the samples, cached until data or theme change."""
        if self._stamps is None:
            many = dataset.x.shape[1]
            size = 7.5 if many <= 400 else 6.0 if many <= 1000 else 4.8
            self._stamps = SampleStamps(dataset, self._theme, size * self._unit, self.devicePixelRatioF())
        return self._stamps

    # -- painting ----------------------------------------------------------------------------------

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.picture is None or self._dataset is None:
            return
        painter, axes, picture = QPainter(self), self.axes, self.picture
        painter.setFont(sized("small"))
        painter.fillRect(axes.area, self._theme.canvas)
        painter.save()
        painter.setClipRect(axes.area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_sides(painter, axes)
        self._paint_grid(painter, axes)
        self._paint_cuts(painter, axes)
        painter.restore()
        if picture.number_line:
            self._paint_number_line(painter, axes)
        else:
            axes.paint_rim(painter, self._theme, self.width())
            paint_title(painter, axes, picture.titles, self._theme)
        painter.setClipRect(axes.area.adjusted(-1, -1, 1, 1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_samples(painter, axes)
        painter.end()

    def _paint_sides(self, painter: QPainter, axes: Axes) -> None:
        """Tint both sides of the cut."""
        picture = self.picture
        if picture is None or picture.cut is None:
            return
        (w, b), corners = picture.cut, corners_of(picture.ranges)
        for sign, colour in zip((-1, 1), class_colours(self._theme, 2), strict=True):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mixed(self._theme.canvas, colour, SOFT))
            part = np.array(clipped(corners, sign * w, sign * b)).reshape(-1, 2)
            painter.drawPolygon(polygon(axes.to_pixels(part)))

    def _paint_grid(self, painter: QPainter, axes: Axes) -> None:
        """Draw the lines, those along the second input in another tint; the middle ones are stronger."""
        picture, theme = self.picture, self._theme
        if picture is None or picture.grid is None:
            return
        count, points = picture.grid.shape[1:]
        places = axes.to_pixels(picture.grid.reshape(2, -1).T).reshape(count, points, 2)
        for k, line in enumerate(places):
            colour = theme.gradient_negative if 2 * k < count else theme.gradient_positive
            middle = 2 * (k % (count // 2)) == count // 2 - 1
            strength, width = (0.75, 1.8) if middle else (0.38, 1.0)
            if in_hall():
                strength, width = min(1.0, 1.6 * strength), width * self._unit
            painter.setPen(QPen(mixed(theme.canvas, colour, strength), width))
            painter.drawPolyline(polygon(line))

    def _paint_cuts(self, painter: QPainter, axes: Axes) -> None:
        """Draw the cut of the only next neuron, or the borders between the decisions of several."""
        picture = self.picture
        assert picture is not None
        cuts = picture.borders
        if picture.cut is not None:
            cuts = np.array(line_within(picture.ranges, *picture.cut)).reshape(-1, 4)
        pen = QPen(self._theme.text, 2.2 * self._unit**0.5)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        ends = axes.to_pixels(cuts.reshape(-1, 2)).reshape(-1, 4)
        painter.drawLines(lines(ends))

    def _paint_number_line(self, painter: QPainter, axes: Axes) -> None:
        """Draw the line below the points, with its numbers and its name."""
        assert self.picture is not None
        area, metrics, theme = axes.area, painter.fontMetrics(), self._theme
        painter.setPen(QPen(theme.text, 1.4))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.setPen(theme.muted)
        numbers = [(x, axis_text(x)) for x in ticks(*self.picture.ranges[0], most=9)]
        for x, _text in numbers:
            place = axes.place(x, self.picture.ranges[1][0])
            painter.drawLine(place, place + QPointF(0, 4))
        axes.paint_numbers_below(painter, numbers, self.width(), gap=4)
        box = QRectF(area.left(), area.bottom() + metrics.height() + 4, area.width(), metrics.height() + 2)
        painter.drawText(
            box, Qt.AlignmentFlag.AlignHCenter, self.tr("{x} →").format(x=self.picture.titles[0])
        )

    def _paint_samples(self, painter: QPainter, axes: Axes) -> None:
        """Draw the samples; ring those of the batch, and more strongly the selected one."""
        picture, unit = self.picture, self._unit
        assert picture is not None and self._dataset is not None
        stamps = self._sample_stamps(self._dataset)
        places = np.nan_to_num(axes.to_pixels(picture.points), nan=-FARTHEST)
        for chosen, opacity in shades(picture.samples, self._batch, self._taken) if self._dims else WHOLE:
            painter.setOpacity(opacity)
            stamps.paint(painter, picture.samples[chosen], places[chosen])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._batch.size:
            painter.setPen(QPen(self._theme.text, 1.6 * unit**0.5))
            for x, y in places[np.isin(picture.samples, self._batch)].tolist():
                painter.drawEllipse(point(x, y), 6.5 * unit, 6.5 * unit)
        for x, y in places[picture.samples == self._selected].tolist():
            for colour, width in ((self._theme.panel, 5.0), (self._theme.accent, 2.6)):
                painter.setPen(QPen(colour, width * unit**0.5))
                painter.drawEllipse(point(x, y), 9 * unit, 9 * unit)

    # -- mouse and keyboard ------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hovered.emit(self.nearest(event.position()))

    def leaveEvent(self, event: object) -> None:
        self.hovered.emit(-1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and (k := self.nearest(event.position())) >= 0:
            self.picked.emit(k)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        move = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if move and self.picture is not None and self.picture.samples.size:
            samples = self.picture.samples.tolist()
            place = samples.index(self._selected) + move if self._selected in samples else min(move, 0)
            self.picked.emit(samples[place % len(samples)])
        else:
            super().keyPressEvent(event)


def shades(samples: Array, batch: Array, taken: Array) -> list[tuple[Array | slice, float]]:
    """Return groups of samples with their opacities; the most opaque, those of the batch, come last."""
    lit, seen = np.isin(samples, batch), np.isin(samples, taken)
    return [(~lit & ~seen, FAINT), (seen & ~lit, DONE), (lit, 1.0)]
