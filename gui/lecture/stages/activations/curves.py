"""Curves of activations over z, a draggable z with dots and tangents, and neurons as dots on the curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen

from core.derivation.formulas import Curve
from core.nn.activations import ACTIVATIONS
from core.number_style import slide_text, value_text
from gui.plots.axes import DASHED, SOLID, PaintedPlot, Tick
from gui.qt.drawable import guarded_overrides
from gui.theme.theme import Theme, in_hall, mixed

POINTS = 501
TANGENT = 0.13  # share of the axis on either side of z
GRAB = 9.0  # pixels around a neuron
KEY_STEP, FINE_STEP = 0.1, 0.01


@dataclass(frozen=True)
class Neuron:
    """A neuron (layer from 1, place from 0) with its z, and g and g' there."""

    layer: int
    place: int
    activation: str
    z: float
    g: float
    slope: float


def colour_of(name: str, theme: Theme) -> QColor:
    """Return the colour of an activation, the same in every plot, chip and table."""
    colours = [getattr(theme, colour) for colour in ACTIVATIONS[name].colour]
    if colours:
        return mixed(colours[0], colours[-1], 0.5)
    others = [key for key, entry in ACTIVATIONS.items() if not entry.colour and not entry.layerwide]
    return theme.classes[others.index(name) % len(theme.classes)] if name in others else theme.text


Hidden = frozenset[tuple[str, str]]
"""Names of activations, each with "value" or "slope": the quantities still to be guessed."""


@guarded_overrides
class ActivationCurves(PaintedPlot):
    """The curves of g over z, or of g' if ``of_slope``.

    ``dragged`` carries the z dragged to, ``picked`` the `Neuron` that was clicked. The arrow keys left and
    right move z too (with Ctrl: finer).
    """

    dragged = Signal(float)
    picked = Signal(object)

    def __init__(self, *, of_slope: bool) -> None:
        super().__init__("", "z", "g′(z)" if of_slope else "g(z)")
        name = self.tr("Slopes g′ over z") if of_slope else self.tr("Activations g over z")
        self.setAccessibleName(name)
        self.setToolTip(self.tr("Drag z sideways, or press ← and → (Ctrl: finer); click a neuron’s dot"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.x_numbers = of_slope
        self.of_slope = of_slope
        self.curves: tuple[Curve, ...] = ()
        self.chosen = ""
        self.z = 0.0
        self.neurons: tuple[Neuron, ...] = ()
        self.named: Neuron | None = None
        self.hidden: Hidden = frozenset()
        self._over = np.zeros(0)
        self._heights: list[np.ndarray] = []
        self._drags = False

    def show_curves(self, curves: Sequence[Curve], low: float, high: float) -> None:
        """Show other activations, from z = low to high."""
        self.curves = tuple(curves)
        self.x_range = low, high
        self._over = np.linspace(low, high, POINTS)
        self._heights = [curve.over(self._over)[self.of_slope] for curve in self.curves]
        every = np.concatenate([*self._heights, np.zeros(1)])
        bottom, top = float(every.min()), float(every.max())
        rim = 0.07 * ((top - bottom) or 1.0)
        self.y_range = bottom - rim, top + rim
        self.update()

    def show_z(self, z: float, chosen: str, hidden: Hidden = frozenset()) -> None:
        """Show another z and the highlighted activation, without the ``hidden`` dots and tangents."""
        self.z, self.chosen, self.hidden = z, chosen, hidden
        self.update()

    def show_axis(self, shown: bool) -> None:
        """Show the numbers of z below the plot; not needed if the plot below has them."""
        self.x_numbers = shown
        self.update()

    def show_neurons(self, neurons: Sequence[Neuron], named: Neuron | None) -> None:
        """Show neurons as dots, one of them with its name."""
        self.neurons, self.named = tuple(neurons), named
        self.update()

    # -- painting ----------------------------------------------------------------------------------------

    def x_marks(self, most: int) -> list[Tick]:
        """Return the z values of the grid; labels too near to the present z are omitted."""
        wide, at = self.metrics.horizontalAdvance, self.place(self.z, 0.0).x()
        half = wide(f"z = {slide_text(self.z)}") / 2 + self.metrics.height()
        return [
            (x, "" if abs(self.place(x, 0.0).x() - at) < half + wide(text) / 2 else text)
            for x, text in super().x_marks(most)
        ]

    def paint_curves(self, painter: QPainter) -> None:
        """Paint the curves, the highlighted one on top, and its tangents at z."""
        box, theme = self.box(), self.theme
        across = self.place(self.z, 0.0).x()
        painter.setPen(QPen(theme.muted, 1.3 * self.scale, DASHED))
        painter.drawLine(QPointF(across, box.top()), QPointF(across, box.bottom()))
        pairs = sorted(
            zip(self.curves, self._heights, strict=True), key=lambda pair: pair[0].name == self.chosen
        )
        for curve, heights in pairs:
            width = 3.4 if curve.name == self.chosen else 2.2
            style = Qt.PenStyle.DashDotLine if len(ACTIVATIONS[curve.name].colour) > 1 else SOLID
            self.paint_curve(painter, self._over, heights, colour_of(curve.name, theme), width, style)
        if not self.of_slope:
            for curve, _heights in pairs:
                if not {(curve.name, "value"), (curve.name, "slope")} & self.hidden:
                    self._paint_tangent(painter, curve)

    def _paint_tangent(self, painter: QPainter, curve: Curve) -> None:
        half = TANGENT * (self.x_range[1] - self.x_range[0])
        ends = np.array([self.z - half, self.z + half])
        heights = curve.at(self.z).tangent(ends)
        chosen = curve.name == self.chosen
        colour = mixed(colour_of(curve.name, self.theme), self.theme.panel, 0.0 if chosen else 0.3)
        self.paint_curve(painter, ends, heights, colour, 2.4 if chosen else 1.6, DASHED)

    def paint_over(self, painter: QPainter) -> None:
        """Paint the dots: those of the neurons, and those at z."""
        theme = self.theme
        inside = [neuron for neuron in self.neurons if self.x_range[0] <= neuron.z <= self.x_range[1]]
        for neuron in inside:
            colour = mixed(colour_of(neuron.activation, theme), theme.panel, 0.25)
            self.paint_dot(painter, neuron.z, self._height(neuron), colour, 5.0)
        for curve in self.curves:
            if (curve.name, "slope" if self.of_slope else "value") in self.hidden:
                continue
            point = curve.at(self.z)
            height = point.slope if self.of_slope else point.g
            radius = 8.0 if curve.name == self.chosen else 6.0
            self.paint_dot(painter, self.z, height, colour_of(curve.name, theme), radius)
        self._paint_z(painter)
        told = self.of_slope and in_hall()  # the plot above shows the name already
        if self.named is not None and self.named in inside and not told:
            self._paint_name(painter, self.named)

    def _paint_z(self, painter: QPainter) -> None:
        if not self.x_numbers:
            return
        box, line, text = self.box(), self.metrics.height(), f"z = {slide_text(self.z)}"
        wide = self.metrics.horizontalAdvance(text) + line
        left = self.place(self.z, 0.0).x() - wide / 2
        left = min(max(left, box.left() - 0.3 * line), self.width() - wide)
        rect = QRectF(left, box.bottom() + 2, wide, 1.1 * line)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.accent)
        painter.drawRoundedRect(rect, 0.3 * line, 0.3 * line)
        painter.setPen(self.theme.on_accent)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_name(self, painter: QPainter, neuron: Neuron) -> None:
        point, line = self.place(neuron.z, self._height(neuron)), self.metrics.height()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.theme.accent, 2.4 * self.scale))
        painter.drawEllipse(point, 9 * self.scale, 9 * self.scale)
        text = name_of(neuron)
        wide = self.metrics.horizontalAdvance(text) + 0.8 * line
        left = min(max(point.x() + 0.7 * line, self.box().left()), self.width() - wide)
        rect = QRectF(left, max(0.0, point.y() - 1.5 * line), wide, 1.2 * line)
        painter.setPen(QPen(self.theme.accent, self.scale))
        painter.setBrush(self.theme.panel)
        painter.drawRoundedRect(rect, 0.3 * line, 0.3 * line)
        painter.setPen(self.theme.text)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def _height(self, neuron: Neuron) -> float:
        return neuron.slope if self.of_slope else neuron.g

    # -- gestures ----------------------------------------------------------------------------------------

    def neuron_at(self, point: QPointF) -> Neuron | None:
        """Return the neuron whose dot is nearest to a point, if it is near enough."""
        away = [
            ((self.place(neuron.z, self._height(neuron)) - point).manhattanLength(), k)
            for k, neuron in enumerate(self.neurons)
        ]
        nearest = min(away, default=(np.inf, 0))
        return self.neurons[nearest[1]] if nearest[0] < GRAB * self.scale else None

    def neuron(self, layer: int, place: int) -> Neuron | None:
        """Return the neuron at a place of a layer, if it has a dot here."""
        found = (one for one in self.neurons if (one.layer, one.place) == (layer, place))
        return next(found, None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        neuron = self.neuron_at(event.position())
        if neuron is not None:
            self.picked.emit(neuron)
            return
        self._drags = True
        self._drag(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drags:
            self._drag(event)

    def _drag(self, event: QMouseEvent) -> None:
        self.dragged.emit(round(self.x_at(event.position().x()), 2))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._drags = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        turns = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        if key not in turns:
            super().keyPressEvent(event)
            return
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        z = round(self.z + turns[key] * (FINE_STEP if fine else KEY_STEP), 2)
        self.dragged.emit(min(max(z, self.x_range[0]), self.x_range[1]))


_DOWN = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def name_of(neuron: Neuron) -> str:
    """Return the symbol of a neuron's output, with its z: a[1]₂."""
    below = str(neuron.place + 1).translate(_DOWN)
    return f"a[{neuron.layer}]{below}: z = {value_text(neuron.z)}"
