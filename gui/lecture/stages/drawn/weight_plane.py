"""The plane of two weights: the loss as bands, and the path of gradient descent to the goal."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainterPath, QPen

from core.analysis.loss_surface import LossSurface
from core.arrays import Array
from core.lecture.activation_pair import TaughtNetwork
from gui.lecture.stages.drawn.board import Axis, Board
from gui.plots.output_map import contour, image_of
from gui.qt.drawable import lines, point
from gui.theme.theme import Theme, mixed

STEPS = 16
ROOM = 1.75
"""The range of the plane, relative to the largest weight of the goal."""
BANDS, FINER = 9, 8


class WeightPlane:
    """The plane of the output's weights of a network, in a square of the board; results are cached."""

    def __init__(self, side: TaughtNetwork, place: QRectF) -> None:
        self.side, self.place = side, place
        self.half = ROOM * max(0.1, float(np.abs(side.goal).max()))
        self.across = Axis(-self.half, self.half, place.left(), place.right())
        self.up = Axis(-self.half, self.half, place.bottom(), place.top())
        self._image: tuple[Theme, QImage] | None = None

    def on_board(self, weights: Array) -> QPointF:
        """Return the point of the board for two weights."""
        return point(self.across.place(float(weights[0])), self.up.place(float(weights[1])))

    @cached_property
    def path(self) -> Array:
        """The weights (steps + 1, 2) from the initial ones on."""
        return self.side.path(STEPS)

    @cached_property
    def _heights(self) -> Array:
        return _heights(self.side.surface(-self.half, self.half))

    @cached_property
    def _rings(self) -> Array:
        rings = np.concatenate([contour(self._heights, band / BANDS) for band in range(1, BANDS)])
        scale = self.place.width() / (self._heights.shape[0] - 1)
        placed: Array = scale * rings + np.array([self.place.left(), self.place.top()] * 2)
        return placed

    def paint(self, board: Board) -> None:
        """Paint the loss of all samples over the two weights, in bands."""
        shown, painter, place = board.colours, board.painter, self.place
        if self._image is None or self._image[0] is not shown:
            self._image = shown, _bands(self._heights, shown)
        outline = QPainterPath()
        outline.addRoundedRect(place, 18, 18)
        painter.save()
        painter.setClipPath(outline, Qt.ClipOperation.IntersectClip)
        painter.drawImage(place, self._image[1])
        painter.setPen(QPen(mixed(shown.panel, shown.muted, 0.45), 2.5))
        painter.drawLines(lines(self._rings))
        painter.restore()
        board.panel(place, mixed(shown.panel, shown.muted, 0.5), QColor(0, 0, 0, 0), radius=18, line=2)
        board.formula("w_2", place.left() + 16, place.top() + 36, 50, side="left")
        board.formula("w_1", place.right() - 14, place.bottom() - 30, 50, side="right")

    def paint_path(self, board: Board, share: float, *, measured: bool) -> None:
        """Paint a share of the path, and the goal; ``measured``: with the remaining distance."""
        shown = board.colours
        places = [self.on_board(weights) for weights in self.path][: 1 + round(share * STEPS)]
        goal = self.on_board(self.side.goal)
        with board.clipped(self.place):
            if measured:
                board.line(places[-1], goal, shown.accent, 7, dashes=(2, 1.4))
            for width, colour in ((13.0, shown.panel), (5.0, shown.text)):
                pen = QPen(colour, width, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin)
                board.painter.setPen(pen)
                board.painter.setBrush(Qt.BrushStyle.NoBrush)
                board.painter.drawPolyline(places)
            for place in places[1:]:
                board.disc(place.x(), place.y(), 8, shown.text, shown.text, line=1)
            board.disc(places[0].x(), places[0].y(), 15, line=6)
            for way in (QPointF(20, 0), QPointF(0, 20)):
                board.line(goal - way, goal + way, shown.gradient_positive, 8)


def _heights(surface: LossSurface) -> Array:
    """Return the square roots of the losses, 0 to 1: like distances, so that rings are equally spaced."""
    finite = np.where(np.isfinite(surface.J), surface.J, np.nan)
    low, high = float(np.nanmin(finite)), float(np.nanmax(finite))
    shares = np.clip((finite - low) / ((high - low) or 1.0), 0.0, 1.0)
    return np.sqrt(np.nan_to_num(shares, nan=1.0))


def _bands(heights: Array, shown: Theme) -> QImage:
    """Return the bands between the rings: the lower the loss, the darker."""
    places = np.linspace(0, heights.shape[0] - 1, FINER * (heights.shape[0] - 1) + 1)
    known = np.arange(heights.shape[0])
    across = np.array([np.interp(places, known, row) for row in heights])
    fine = np.array([np.interp(places, known, column) for column in across.T]).T
    shares = [0.24 - 0.2 * k / (BANDS - 1) for k in range(BANDS)]
    colours = [mixed(shown.panel, shown.train, share) for share in shares]
    table = np.array([[c.red(), c.green(), c.blue(), 255] for c in colours], np.uint8)
    picture: Array = table[np.clip(fine * BANDS, 0, BANDS - 1).astype(int)]
    return image_of(picture)
