"""Weight curve: one parameter over the iterations recorded, with a dot at the present one."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from core.arrays import Array
from core.number_style import value_text
from gui.plots.axes import SmallPlot
from gui.plots.plot import decimated


class WeightCurve(SmallPlot):
    """What a weight or bias was after each iteration."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.iterations, self.values = np.zeros(0), np.zeros(0)
        self.present = (0, np.nan)

    def show_history(self, iterations: Array, values: Array) -> None:
        """Show the values after so many iterations, both (n,); empty: nothing is recorded."""
        self.iterations, self.values = np.asarray(iterations, float), np.asarray(values, float)
        self._fit_axes()

    def show_present(self, iteration: int, value: float) -> None:
        """Show where the run stands now."""
        self.present = iteration, float(value)
        self._fit_axes()

    def _fit_axes(self) -> None:
        t, w = self.present
        seen = np.append(self.values, w)
        seen = seen[np.isfinite(seen)]
        low, high = (float(seen.min()), float(seen.max())) if seen.size else (0.0, 1.0)
        rim = 0.08 * (high - low) or max(0.05 * abs(high), 1e-3)
        first = float(self.iterations[0]) if self.iterations.size else 0.0
        last = max(t, float(self.iterations[-1]) if self.iterations.size else 0.0, first + 1)
        self.x_range, self.y_range = (first, last), (low - rim, high + rim)
        self.setAccessibleDescription(self._spoken())
        self.update()

    def _spoken(self) -> str:
        t, w = self.present
        if not self.values.size:
            return self.tr("{value} after {t} iterations").format(value=value_text(w), t=t)
        text = self.tr("from {first} after {t0} iterations to {value} after {t}")
        return text.format(
            first=value_text(self.values[0]), t0=int(self.iterations[0]), value=value_text(w), t=t
        )

    def x_words(self) -> tuple[str, str, str]:
        """Return the ends of the axis, in iterations."""
        first, last = (f"{int(t):,}" for t in self.x_range)
        return first, self.tr("iteration"), last

    def paint_curves(self, painter: QPainter) -> None:
        """Paint the curve up to now in full and what comes after it paler, and the dot."""
        t, w = self.present
        order = self.iterations <= t
        past_t = np.append(self.iterations[order], t)
        past_w = np.append(self.values[order], w)
        ahead_t, ahead_w = np.append(t, self.iterations[~order]), np.append(w, self.values[~order])
        columns = max(50, int(self.box().width()))
        self.paint_curve(painter, *decimated(ahead_t, ahead_w, columns), self.theme.border)
        self.paint_curve(
            painter, *decimated(past_t, past_w, columns), self.theme.positive, Qt.PenStyle.SolidLine
        )
        self.paint_dot(painter, t, w, self.theme.positive)
