"""Plots of the loss bench: outputs to drag towards their targets, and the loss over the error."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from core.arrays import Array
from core.language import tr
from core.lecture.demos import LossTable, labels
from core.lecture.subjects import LossBench
from core.nn.losses import Loss
from gui.lecture.stages.losses.text import COLOURS, short_name
from gui.plots.axes import DASHED, SOLID, PaintedPlot
from gui.plots.draggable_points import HandledPlot, around
from gui.qt.drawable import shape
from gui.theme.theme import sized

STYLES = (SOLID, DASHED, Qt.PenStyle.DotLine)
LEAST_PROBABILITY, POINTS = 1e-3, 241
PROBABILITIES = (-0.1, 1.18)
MOST_LETTERS, BLACK = 2, QColor(0, 0, 0)


class OutputsPlot(HandledPlot):
    """Every output ŷ as a draggable dot, its target y as a diamond, their difference as a line."""

    def __init__(self) -> None:
        super().__init__(tr("Outputs and targets"), tr("sample"), tr("ŷ and y"))
        self.setToolTip(tr("Drag a dot ŷ up or down; ← → choose one, ↑ ↓ move it (Ctrl: finer)"))
        self._bench: LossBench | None = None
        self._targets: list[tuple[float, float]] = []
        self._places: list[tuple[int, int]] = []

    def show_bench(self, bench: LossBench) -> None:
        """Show outputs and targets."""
        known, self._bench = self._bench, bench
        classes = len(bench.outputs[0])
        offsets = (np.arange(classes) - (classes - 1) / 2) * (0.6 / classes)
        self._places = [(i, k) for i in range(len(bench.outputs)) for k in range(classes)]
        self.handles = [(i + 1 + offsets[k], bench.outputs[i][k]) for i, k in self._places]
        self._targets = [(i + 1 + offsets[k], bench.targets[i][k]) for i, k in self._places]
        if known is None or (bench.dragged is not None and len(known.outputs) != len(bench.outputs)):
            self.chosen = classes * (bench.dragged or 0)
        self.chosen = min(self.chosen, len(self.handles) - 1)
        self.step = 0.01 if self._bounded else 0.1
        if self.grabbed is None:
            self.fit()
        self.update()

    def output(self, handle: int) -> tuple[int, int]:
        """Return sample and output of a dot."""
        return self._places[handle]

    @property
    def _bounded(self) -> bool:
        return self._bench is not None and any(loss.of_probabilities for loss in self._bench.losses)

    def fit(self) -> None:
        """Set the ranges around outputs and targets."""
        if self._bench is None:
            return
        self.x_range = (0.5, len(self._bench.outputs) + 0.5)
        values = np.array([y for _x, y in (*self.handles, *self._targets)])
        self.y_range = PROBABILITIES if self._bounded else around(values)

    def x_marks(self, most: int) -> list[tuple[float, str]]:
        """Return the ticks of the samples."""
        count = 0 if self._bench is None else len(self._bench.outputs)
        every = max(1, -(-count // most))
        return [(k + 1.0, str(k + 1)) for k in range(0, count, every)]

    def paint_curves(self, painter: QPainter) -> None:
        """Paint nothing here; `paint_over` also shows dots at the border."""

    def paint_over(self, painter: QPainter) -> None:
        theme = self.theme
        for handle, target in zip(self.handles, self._targets, strict=True):
            painter.setPen(QPen(theme.muted, 3 * self.scale))
            painter.drawLine(self.place(*handle), self.place(*target))
        for target in self._targets:
            self._diamond(painter, self.place(*target))
        for k, handle in enumerate(self.handles):
            self._paint_output(painter, k, self.place(*handle))
        self.paint_ring(painter)
        self._paint_key(painter)

    def _paint_output(self, painter: QPainter, k: int, centre: QPointF) -> None:
        """Paint a dot, with the number of its class if there are classes."""
        classes = 1 if self._bench is None else len(self._bench.outputs[0])
        radius = (10 if classes > 1 else 8 if self._is_dragged(k) else 6) * self.scale
        painter.setPen(QPen(self.theme.panel, 1.5 * self.scale))
        painter.setBrush(self._colour(k))
        painter.drawEllipse(centre, radius, radius)
        if classes > 1:
            painter.setFont(sized("small"))
            painter.setPen(BLACK)
            box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._class_sign(self._places[k][1]))
            painter.setFont(sized("text"))

    def _class_sign(self, output: int) -> str:
        """Return the name of a class if it is short, else its number as in the table."""
        names = () if self._bench is None else self._bench.class_names
        return names[output] if names and len(names[output]) <= MOST_LETTERS else str(output + 1)

    def _colour(self, handle: int) -> QColor:
        classes = 1 if self._bench is None else len(self._bench.outputs[0])
        place = self._places[handle][1]
        return self.theme.accent if classes == 1 else self.theme.classes[place % len(self.theme.classes)]

    def _is_dragged(self, handle: int) -> bool:
        return self._bench is not None and self._bench.dragged == self._places[handle][0]

    def _diamond(self, painter: QPainter, centre: QPointF) -> None:
        size = 7 * self.scale
        painter.setPen(QPen(self.theme.text, 2 * self.scale))
        painter.setBrush(self.theme.panel)
        corners = ((0, -size), (size, 0), (0, size), (-size, 0))
        painter.drawPolygon(shape([centre + QPointF(*corner) for corner in corners]))

    def _paint_key(self, painter: QPainter) -> None:
        """Write the legend of the signs at the top right."""
        line, right = self.metrics.height(), self.box().right()
        long, short = tr("ŷ, drag it"), tr("ŷ")
        needed = self.metrics.horizontalAdvance(f"{self.titles[1]}{long}{tr('y')}") + 4 * line
        for text, mark in ((tr("y"), "rhomb"), (long if needed < self.box().width() else short, "dot")):
            wide = self.metrics.horizontalAdvance(text)
            place = QRectF(right - wide, 0, wide + 2, line)
            painter.setPen(self.theme.text)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
            centre = QPointF(right - wide - 0.7 * line, line / 2)
            if mark == "rhomb":
                self._diamond(painter, centre)
            else:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self.theme.accent)
                painter.drawEllipse(centre, 6 * self.scale, 6 * self.scale)
            right -= wide + 1.8 * line


class TermPlot(PaintedPlot):
    """The term of each loss over the error, or over the probability of the true class; one dot per sample."""

    def __init__(self) -> None:
        super().__init__(tr("The loss of one sample"), "", tr("L"))
        self._bench: LossBench | None = None
        self._tables: tuple[LossTable, ...] = ()
        self._veiled = False

    def show_bench(self, bench: LossBench, tables: tuple[LossTable, ...]) -> None:
        """Show the curves, and the positions of the samples on them."""
        self._bench, self._tables = bench, tables
        certain = any(loss.of_probabilities for loss in bench.losses)
        self.titles = (tr("P of the true answer") if certain else tr("ŷ − y"), tr("L"))
        finite = np.concatenate([table.terms[np.isfinite(table.terms)] for table in tables])
        most = max([float(finite.max()) * 1.25] if finite.size else [0.0])
        if certain:
            self.x_range, self.y_range = (0.0, 1.0), (0.0, max(3.0, most))
        else:
            widest = 1.25 * max(0.8, *(abs(error) for error in self._errors()))
            self.x_range = (-widest, widest)
            self.y_range = (0.0, max(most, 0.5))
        self.update()

    def show_veil(self, veiled: bool) -> None:
        """Hide the dots, or show them again."""
        self._veiled = veiled
        self.update()

    def _errors(self) -> list[float]:
        if self._bench is None:
            return []
        rows = zip(self._bench.outputs, self._bench.targets, strict=True)
        return [float(o - y) for row, targets in rows for o, y in zip(row, targets, strict=True)]

    def _along(self, loss: Loss, x: Array) -> Array:
        """Return the values of a loss term along the horizontal axis."""
        if loss.of_probabilities:
            x = np.where(x > 0, x, np.nan)
        target = np.ones_like(x) if self.x_range == (0.0, 1.0) else np.zeros_like(x)
        return loss.terms(x, target)

    def dots(self) -> list[tuple[int, float, float]]:
        """Return (loss, x, term) of every sample that has a point on a curve."""
        if self._bench is None:
            return []
        found = []
        true = labels(self._bench)
        for k, table in enumerate(self._tables):
            for i, (row, targets) in enumerate(zip(self._bench.outputs, self._bench.targets, strict=True)):
                for output, (o, y) in enumerate(zip(row, targets, strict=True)):
                    if table.loss.least > 1 and true and true[i] != output:
                        continue
                    x = self._x(table.loss, o, y)
                    if x is not None:
                        found.append((k, x, float(table.terms[output, i])))
        return found

    def _x(self, loss: Loss, o: float, y: float) -> float | None:
        if not any(table.loss.of_probabilities for table in self._tables):
            return o - y
        if y not in (0, 1):
            return None
        return 1 - o if y == 0 and loss.least == 1 else o

    def paint_curves(self, painter: QPainter) -> None:
        low, high = self.x_range
        x = np.linspace(low, high, POINTS)
        if self.x_range == (0.0, 1.0):
            x[0] = LEAST_PROBABILITY
        for k, table in enumerate(self._tables):
            colour = getattr(self.theme, COLOURS[k])
            self.paint_curve(painter, x, self._along(table.loss, x), colour, 2.4, STYLES[k])

    def paint_over(self, painter: QPainter) -> None:
        if not self._veiled:
            for k, x, term in self.dots():
                self.paint_dot(painter, x, min(term, self.y_range[1]), getattr(self.theme, COLOURS[k]), 6)
        self._paint_names(painter)

    def _paint_names(self, painter: QPainter) -> None:
        """Write the names of the curves at the top right, in their colours."""
        line, right = self.metrics.height(), self.box().right()
        for k, table in reversed(tuple(enumerate(self._tables))):
            text = short_name(table.loss)
            wide = self.metrics.horizontalAdvance(text)
            painter.setPen(getattr(self.theme, COLOURS[k]))
            place = QRectF(right - wide, 0, wide + 2, line)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
            right -= wide + line
