"""The curve of e to the z with the classes on it: a step to the right, and the height multiplies."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from core.bench_numbers import SoftmaxTable
from core.expression import parse
from core.graph import forward
from core.subjects import SoftmaxBench
from gui.benches.decimals import typed
from gui.benches.handles import HandledAxes, around
from gui.benches.softmax_words import class_name, raised

LARGE, POINTS, LEAST_WIDTH, MOST_NAMED = 10.0, 161, 4.0, 6


def tr(text: str) -> str:
    """Translate a text of the plot."""
    return QCoreApplication.translate("SoftmaxStage", text)


class PowerPlot(HandledAxes):
    """Every class a dot over its z, as high as its power of e; dragged sideways, its z changes.

    Where z is large the largest is taken away first, as the engine does, and the axis says so.
    """

    ways = "across"

    def __init__(self) -> None:
        super().__init__(tr("Powers of e"), "z", "")
        self.setToolTip(tr("Drag a dot sideways; ↑ ↓ choose one, ← → move it (Ctrl: finer)"))
        self._names: list[str] = []
        self._less = 0.0

    def show_bench(self, bench: SoftmaxBench, table: SoftmaxTable, *, veiled: bool) -> None:
        """Show the classes; behind the veil the curve alone."""
        largest = float(table.z.max())
        self._less = largest if largest > LARGE else 0.0
        heights = table.safe if self._less else table.exponentials
        x_title = raised(bench)
        letters = f"{x_title} − {typed(self._less)}" if self._less else x_title
        self.titles = (x_title, tr("e to the power of {letters}").format(letters=letters))
        points = zip(table.z.tolist(), heights.tolist(), strict=True)
        self.handles = [] if veiled else list(points)
        self._names = [class_name(bench, k) for k in range(len(self.handles))]
        self.chosen = min(self.chosen, len(bench.z) - 1)
        if self.grabbed is None or veiled:
            self.x_range = around(table.z, LEAST_WIDTH)
        self.y_range = (0.0, 1.2 * float(heights.max()))
        self.update()

    def paint_curves(self, painter: QPainter) -> None:
        x = np.linspace(*self.x_range, POINTS)
        with np.errstate(all="ignore"):
            y = forward(parse("exp(z - m)"), {"z": x, "m": self._less})[-1]
        self.paint_curve(painter, x, y, self.theme.muted, 2)

    def paint_over(self, painter: QPainter) -> None:
        for k, (x, y) in enumerate(self.handles):
            colour = self.theme.classes[k % len(self.theme.classes)]
            painter.setPen(QPen(colour, 5 * self.scale))
            painter.drawLine(self.place(x, 0.0), self.place(x, y))
            self.paint_dot(painter, x, y, colour, 7)
        if len(self.handles) <= MOST_NAMED:
            self._paint_names(painter)
        self.paint_ring(painter)

    def _paint_names(self, painter: QPainter) -> None:
        """Write beside each dot which class it is, where that covers no name written before."""
        line, written = self.metrics.height(), list[QRectF]()
        painter.setPen(self.theme.text)
        for (x, y), name in zip(self.handles, self._names, strict=True):
            wide = self.metrics.horizontalAdvance(name)
            place = self.place(x, y) + QPointF(-wide - 0.8 * line, -0.9 * line)
            box = QRectF(max(place.x(), self.box().left()), place.y(), wide + 1, line)
            if not any(box.intersects(other) for other in written):
                painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, name)
                written.append(box)
