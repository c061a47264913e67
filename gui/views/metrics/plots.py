"""The plots of the metrics: ROC curve, calibration curve, and residuals over predictions."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen

from core.analysis.metrics import Calibration, RocCurve
from core.arrays import Array
from core.language import tr
from core.number_style import value_text
from gui.plots.axes import DASHED, SOLID, PaintedPlot, Range
from gui.plots.scatter import MOST_MARKERS, draw_dots
from gui.qt.drawable import guarded_overrides
from gui.theme.theme import mixed

TRAIN, TEST = "train", "test"
PARTS = (TRAIN, TEST)
ABOVE = 1.15  # end of an axis of shares, so that the title is above the curves
NEAR = 12  # largest distance in pixels of the mouse from a sample
POINTS = 2000  # largest number of points of a curve that are drawn


class _PartsPlot(PaintedPlot):
    """A plot of the training and the test samples; those of ``part`` are in focus, the others pale."""

    role = "small"

    def __init__(self, name: str, x_title: str, y_title: str) -> None:
        super().__init__(name, x_title, y_title)
        self.part = TEST
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(120, 80)

    def show_part(self, part: str) -> None:
        """Focus on the training or the test samples."""
        self.part = part
        self.update()

    def colour(self, part: str) -> QColor:
        """Return the colour of a part: its own, or paler if it is not in focus."""
        own = self.theme.train if part == TRAIN else self.theme.test
        return own if part == self.part else mixed(own, self.theme.panel, 0.6)

    def in_order(self) -> list[str]:
        """Return the parts in the order in which they are painted, the one in focus last."""
        return sorted(PARTS, key=lambda part: part == self.part)

    def paint_diagonal(self, painter: QPainter) -> None:
        """Paint the line from (0, 0) to (1, 1)."""
        ends = np.array([0.0, 1.0])
        self.paint_curve(painter, ends, ends, self.theme.muted, 1.0, Qt.PenStyle.DotLine)

    def pixels(self, x: Array, y: Array) -> Array:
        """Return points of the axes in pixels, (count, 2)."""
        return self.axes.to_pixels(np.column_stack([x, y]))


@guarded_overrides
class RocPlot(_PartsPlot):
    """The true positive rate over the false positive rate, with the point of a threshold.

    The point follows the mouse while a button is pressed, and the arrow keys; ``threshold_chosen`` carries
    the threshold there.
    """

    threshold_chosen = Signal(float)

    def __init__(self) -> None:
        super().__init__(tr("ROC curve"), tr("false positive rate"), tr("true positive rate"))
        self.setToolTip(tr("Drag the point along the curve: each point is another threshold (← →)."))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.y_range = 0.0, ABOVE
        self.curves: dict[str, RocCurve] = {}
        self.threshold = 0.5

    def show_curves(self, curves: dict[str, RocCurve], threshold: float) -> None:
        """Show the curves of the parts, and the point of a threshold."""
        self.curves, self.threshold = curves, threshold
        self.update()

    @property
    def point(self) -> int | None:
        """The point of the threshold on the curve in focus."""
        curve = self.curves.get(self.part)
        return None if curve is None else curve.at(self.threshold)

    def paint_curves(self, painter: QPainter) -> None:
        self.paint_diagonal(painter)
        for part in self.in_order():
            if part in self.curves and self.curves[part].area.value is not None:
                x, y = self.curves[part].rates
                some = np.unique(np.linspace(0, x.size - 1, min(x.size, POINTS)).astype(int))
                style = SOLID if part == TRAIN else DASHED
                self.paint_curve(painter, x[some], y[some], self.colour(part), 2.0, style)

    def paint_over(self, painter: QPainter) -> None:
        point = self.point
        if point is not None and self.curves[self.part].area.value is not None:
            x, y = self.curves[self.part].rates
            self.paint_dot(painter, float(x[point]), float(y[point]), self.theme.accent, 6.0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._drag(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._drag(event)

    def _drag(self, event: QMouseEvent) -> None:
        curve = self.curves.get(self.part)
        if event.buttons() & Qt.MouseButton.LeftButton and curve is not None:
            away = self.pixels(*curve.rates) - [event.position().x(), event.position().y()]
            self._choose(curve, int(np.argmin((away**2).sum(axis=1))))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        point = self.point
        if step is None or point is None:
            super().keyPressEvent(event)
        else:
            self._choose(self.curves[self.part], point + step)

    def _choose(self, curve: RocCurve, point: int) -> None:
        point = min(max(point, 0), curve.thresholds.size - 1)
        self.threshold_chosen.emit(float(curve.thresholds[point]))


@guarded_overrides
class CalibrationPlot(_PartsPlot):
    """The share of samples of the class over the predicted probability, in bins."""

    def __init__(self) -> None:
        super().__init__(tr("Calibration curve"), tr("probability"), tr("share of the class"))
        self.setToolTip(tr("On the diagonal a probability is how often it comes true."))
        self.y_range = 0.0, ABOVE
        self.curves: dict[str, Calibration] = {}

    def show_curves(self, curves: dict[str, Calibration]) -> None:
        """Show the curves of the parts."""
        self.curves = curves
        self.update()

    def paint_curves(self, painter: QPainter) -> None:
        self.paint_diagonal(painter)
        shown = self.curves.get(self.part)
        if shown is not None:
            self._paint_counts(painter, shown)
        for part in self.in_order():
            if part in self.curves:
                found = self.curves[part]
                known, colour = found.counts > 0, self.colour(part)
                style = SOLID if part == TRAIN else DASHED
                x, y = found.probability[known], found.share[known]
                self.paint_curve(painter, x, y, colour, 1.6, style)
                for place in zip(x.tolist(), y.tolist(), strict=True):
                    self.paint_dot(painter, *place, colour, 4.0)

    def _paint_counts(self, painter: QPainter, found: Calibration) -> None:
        """Paint how many samples are in each bin, as pale bars of at most a quarter of the height."""
        most = int(found.counts.max(initial=0)) or 1
        for low, high, count in zip(found.edges[:-1], found.edges[1:], found.counts, strict=True):
            bar = QRectF(self.place(low, 0.25 * count / most), self.place(high, 0.0))
            painter.fillRect(bar.adjusted(1, 0, -1, 0), mixed(self.theme.zero, self.theme.panel, 0.45))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the numbers of the bin under the mouse."""
        found, x = self.curves.get(self.part), self.x_at(event.position().x())
        if found is None:
            return
        k = min(int(np.searchsorted(found.edges[1:-1], x)), found.counts.size - 1)
        text = tr("{low} to {high}: {count} samples").format(
            low=value_text(found.edges[k]), high=value_text(found.edges[k + 1]), count=int(found.counts[k])
        )
        if found.counts[k]:
            numbers = tr("mean probability {p}, share of the class {share}").format(
                p=value_text(found.probability[k]), share=value_text(found.share[k])
            )
            text = f"{text}\n{numbers}"
        self.setToolTip(text)


@guarded_overrides
class ResidualPlot(_PartsPlot):
    """The residual y − o of every sample over its prediction o; a click requests a sample with ``picked``."""

    picked = Signal(int)

    def __init__(self) -> None:
        super().__init__(tr("Residuals"), tr("prediction o"), tr("residual y − o"))
        self.setToolTip(tr("Click a sample to follow it through the network."))
        self.samples: dict[str, Array] = {}
        self.o = self.residuals = np.empty(0)
        self.selected: int | None = None

    def show_residuals(self, o: Array, residuals: Array, samples: dict[str, Array]) -> None:
        """Show predictions and residuals (samples,); ``samples`` are the columns of each part."""
        self.o, self.residuals, self.samples = o, residuals, samples
        shown = np.isfinite(o) & np.isfinite(residuals)
        self.x_range = _span(o[shown])
        high = float(np.abs(residuals[shown]).max(initial=0.0)) * 1.08 or 1.0
        self.y_range = -high, ABOVE * high
        self.update()

    def show_selected(self, sample: int | None) -> None:
        """Mark a sample; None: none."""
        self.selected = sample
        self.update()

    def paint_curves(self, painter: QPainter) -> None:
        dots = sum(samples.size for samples in self.samples.values()) <= MOST_MARKERS
        for part in self.in_order():
            samples = self.samples.get(part, np.empty(0, int))
            places = self.pixels(self.o[samples], self.residuals[samples])
            places = places[np.isfinite(places).all(axis=1)]
            if dots:
                self._paint_dots(painter, places, part)
            else:
                draw_dots(painter, places, self.colour(part))

    def _paint_dots(self, painter: QPainter, places: Array, part: str) -> None:
        """Paint samples as dots, filled for training and hollow for test."""
        colour, radius = self.colour(part), 2.6 * self.scale
        painter.setPen(QPen(colour, 1.3 * self.scale))
        painter.setBrush(colour if part == TRAIN else Qt.BrushStyle.NoBrush)
        for x, y in places.tolist():
            painter.drawEllipse(QPointF(x, y), radius, radius)

    def paint_over(self, painter: QPainter) -> None:
        s = self.selected
        if s is not None and s < self.o.size and np.isfinite([self.o[s], self.residuals[s]]).all():
            painter.setPen(QPen(self.theme.accent, 2.2 * self.scale))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            centre = self.place(float(self.o[s]), float(self.residuals[s]))
            painter.drawEllipse(centre, 6 * self.scale, 6 * self.scale)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        parts = [self.samples[part] for part in PARTS if part in self.samples]
        if event.button() != Qt.MouseButton.LeftButton or not parts:
            return
        samples = np.concatenate(parts)
        away = self.pixels(self.o[samples], self.residuals[samples])
        away = np.hypot(*(away - [event.position().x(), event.position().y()]).T)
        if away.size and np.nanmin(away) <= NEAR:
            self.picked.emit(int(samples[np.nanargmin(away)]))


def _span(values: Array) -> Range:
    """Return a range that contains the values, with a margin."""
    if not values.size:
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    room = 0.05 * (high - low) or 0.5 * abs(high) or 1.0
    return low - room, high + room
