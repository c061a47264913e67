"""The activation function g of one neuron and its derivative g', with a dot at the neuron's z on each."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from core.arrays import Array
from core.nn.network import ActivationSpan
from core.number_style import value_text
from gui.passes.inspected_sample import InspectedSample
from gui.plots.axes import SmallPlot

POINTS = 121
LEAST_REACH = 4.0


def curves_of(run: ActivationSpan, z: Array, column: Array | None = None, j: int = 0) -> tuple[Array, Array]:
    """Return g(z) and g'(z) of an activation function at every z.

    A layer-wide activation, such as softmax, depends on the whole layer: z replaces z_j in ``column`` (n,),
    and g' is the partial derivative of neuron j's output by its own z.
    """
    activation = run.activation
    with np.errstate(all="ignore"):
        if not activation.layerwide:
            return activation.g(z, run.alpha), activation.derivative(z, run.alpha)
        whole = np.zeros(run.stop - run.start) if column is None else column
        layer = np.tile(whole.astype(float)[:, None], z.size)
        layer[j] = z
        return activation.g(layer)[j], activation.derivative(layer)[j]


class NeuronCurve(SmallPlot):
    """Shows g in blue, g' in purple and dashed."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.z = self.a = self.slope = np.nan
        self._drawn: object = None
        self._curves = np.zeros(1), np.zeros(1), np.zeros(1)
        self._symbol = ""

    def show_moment(
        self, moment: InspectedSample | None, l: int | None, j: int | None, i: int | None
    ) -> None:
        """Show neuron j of layer l; empty if an edge, an input or nothing is selected."""
        seen = moment is not None and l is not None and l > 0 and j is not None and i is None
        self.setVisible(seen)
        if moment is not None and l is not None and j is not None and seen:
            run, z = moment.case.span(l, j), moment.case.values.z[l][:, 0]
            self.show_neuron(run, float(z[j]), z, j)

    def show_neuron(self, run: ActivationSpan, z: float, column: Array | None = None, j: int = 0) -> None:
        """Show an activation function, with a dot at z; NaN: z is not computed yet.

        ``column`` (n,) holds the z of the whole layer, and j is the neuron's index in it; both matter only if
        the activation is layer-wide.
        """
        known = (
            column if run.activation.layerwide and column is not None and np.isfinite(column).all() else None
        )
        reach = (
            LEAST_REACH
            if not np.isfinite(z)
            else max(LEAST_REACH, 2.0 ** np.ceil(np.log2(1.1 * abs(z) + 1e-9)))
        )
        key = (run.activation.name, run.alpha, reach, None if known is None else (*known, j))
        if key != self._drawn:
            self._drawn, self._symbol = key, run.activation.symbol
            across = np.linspace(-reach, reach, POINTS)
            self._curves = across, *curves_of(run, across, known, j)
            self._fit_axes()
        self.z = z
        dot = curves_of(run, np.array([z]), known, j) if np.isfinite(z) else (np.array([np.nan]),) * 2
        self.a, self.slope = float(dot[0][0]), float(dot[1][0])
        self.setAccessibleDescription(self._spoken())
        self.update()

    def _fit_axes(self) -> None:
        across, g, slope = self._curves
        self.x_range = float(across[0]), float(across[-1])
        both = np.concatenate([g, slope])
        both = both[np.isfinite(both)]
        self.y_range = (float(both.min()), float(both.max())) if both.size else (0.0, 1.0)

    def _spoken(self) -> str:
        if not np.isfinite(self.z):
            return self.tr("{activation}; z is not computed yet").format(activation=self._symbol)
        text = self.tr("{activation} at z = {z}: value {a}, slope {slope}")
        return text.format(
            activation=self._symbol, z=value_text(self.z), a=value_text(self.a), slope=value_text(self.slope)
        )

    def x_words(self) -> tuple[str, str, str]:
        """Return the ends of the axis, with z between them."""
        low, _, high = super().x_words()
        return low, "z" if not np.isfinite(self.z) else f"z = {value_text(self.z)}", high

    def paint_curves(self, painter: QPainter) -> None:
        """Paint g, g' and the dots."""
        across, g, slope = self._curves
        theme = self.theme
        self.paint_curve(painter, across, slope, theme.gradient_negative, Qt.PenStyle.DashLine)
        self.paint_curve(painter, across, g, theme.positive)
        self.paint_dot(painter, self.z, self.slope, theme.gradient_negative)
        self.paint_dot(painter, self.z, self.a, theme.positive)
        self._paint_names(painter)

    def _paint_names(self, painter: QPainter) -> None:
        box = self.box().adjusted(6, 2, 0, 0)
        for text, colour in (
            (self._symbol, self.theme.positive),
            (f"{self._symbol}′", self.theme.gradient_negative),
        ):
            painter.setPen(colour)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft, text)
            box.setLeft(box.left() + painter.fontMetrics().horizontalAdvance(text) + 10)
