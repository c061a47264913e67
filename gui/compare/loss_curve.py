"""The loss over a single weight, with the path of every run: for networks that train only one weight."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtGui import QPainter

from core.analysis.loss_surface import Losses
from core.arrays import Array
from core.language import tr
from core.nn.network import Network
from gui.plots.axes import PaintedPlot
from gui.qt.drawable import drawn
from gui.views.loss_surface.paths import DrawnPath

POINTS = 241
BALL, DOT = 13.0, 3.0
ROOM = 0.12
"""Margin beyond the minima and the paths, as a share of the width."""


def only_free(network: Network, places: Sequence[int]) -> int | None:
    """Return the only one of these places in theta that training changes; None: several, or none."""
    free = [place for place in places if place in set(network.differentiated.tolist())]
    return free[0] if len(free) == 1 else None


class LossCurve(PaintedPlot):
    """J of the training samples over the weight at a ``place`` in theta, all others as at the start.

    ``margin`` is how far the axis extends beyond the start, to both sides.
    """

    def __init__(self, place: int, margin: float) -> None:
        super().__init__(tr("Loss over one weight, with the ways of the runs"), "w", "J(w)")
        self._place, self._margin = place, margin
        self.paths: tuple[DrawnPath, ...] = ()
        self._losses: Losses | None = None
        self.curve: tuple[Array, Array] = (np.empty(0), np.empty(0))

    def begin(self, paths: Sequence[DrawnPath]) -> None:
        """Show the loss of other networks, which have the same samples and the same start."""
        first = paths[0]
        data, network = first.dataset, first.network
        y = data.targets(network.n[-1])[:, data.train]
        self._losses = Losses(network, data.x[:, data.train], y)
        self._fit(first.path.thetas[0])
        self.show_paths(paths)

    def show_paths(self, paths: Sequence[DrawnPath], *, resting: bool = True) -> None:
        """Draw the present paths."""
        self.paths = tuple(paths)
        self.update()

    def J(self, w: Array) -> Array:
        """Return the loss (count,) at weights (count,)."""
        assert self._losses is not None
        thetas = np.repeat(self.paths[0].path.thetas[:1] if self.paths else self._start[None], w.size, axis=0)
        thetas[:, self._place] = w
        return self._losses.of(thetas)

    def _fit(self, start: Array) -> None:
        """Choose a range around 0 that contains the start, and the loss there."""
        self._start, self.paths = start, ()
        reach = abs(float(start[self._place])) + self._margin
        w = np.linspace(-reach, reach, POINTS)
        heights = drawn(self.J(w))
        low, high = float(heights.min()), float(heights.max())
        high = high if high > low else low + 1.0
        self.curve, self.x_range = (w, heights), (-reach, reach)
        self.y_range = low - ROOM * (high - low), high + ROOM * (high - low)

    def paint_curves(self, painter: QPainter) -> None:
        """Paint the loss."""
        self.paint_curve(painter, *self.curve, self.theme.muted, 3.0)

    def paint_over(self, painter: QPainter) -> None:
        """Paint the path of each run, and its present place as a ball."""
        for one in reversed(self.paths):
            w = drawn(one.path.thetas[:, self._place])
            heights = drawn(self.J(w))
            for at, height in zip(w[:-1].tolist(), heights[:-1].tolist(), strict=True):
                self.paint_dot(painter, at, height, one.colour, DOT)
        for k, one in enumerate(reversed(self.paths)):
            w = drawn(one.path.thetas[-1:, self._place])
            larger = 1.0 + 0.35 * (len(self.paths) - 1 - k)  # so that both are visible at the same place
            self.paint_dot(painter, float(w[0]), float(drawn(self.J(w))[0]), one.colour, larger * BALL)
