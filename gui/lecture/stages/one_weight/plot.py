"""The parabola L(w) with a ball at w, its tangent, the steps made and the next one."""

from __future__ import annotations

from math import atan2, cos, floor, log, sin

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen

from core.lecture.demos import DescentStep, OneWeightLoss
from gui.plots.axes import DASHED, PaintedPlot
from gui.qt.drawable import guarded_overrides, shape
from gui.theme.theme import Theme, mixed

POINTS = 401
GRAB = 22.0  # pixels around the ball
LEAST_REACH, ROOM, GROWTH = 0.5, 1.4, 1.5
NAMED = 8  # of the last points of the path
KEY_STEP, FINE_STEP = 0.1, 0.01


@guarded_overrides
class Parabola(PaintedPlot):
    """``dragged`` carries the w the ball is dragged to. The arrow keys move it too (with Ctrl: finer)."""

    dragged = Signal(float)

    def __init__(self) -> None:
        super().__init__("", "w", "L(w)")
        self.setAccessibleName(self.tr("The loss over the weight"))
        self.setToolTip(self.tr("Drag the ball, or press ← and → (Ctrl: finer)"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.loss = OneWeightLoss(1.0, 0.0)
        self.way: tuple[DescentStep, ...] = (self.loss.step(1.0, 0.1),)
        self.minimum_text = ""
        self.hidden: frozenset[str] = frozenset()
        self._grip: float | None = None

    @property
    def present(self) -> DescentStep:
        """The next step, which begins at the ball."""
        return self.way[-1]

    def show_way(
        self,
        loss: OneWeightLoss,
        way: tuple[DescentStep, ...],
        minimum: str,
        hidden: frozenset[str] = frozenset(),
    ) -> None:
        """Show the steps of a path, the last of which is the next one; ``minimum``: mark the minimum."""
        self.loss, self.way, self.minimum_text, self.hidden = loss, way, minimum, hidden
        if self._grip is None:
            self._fit()
        self.update()

    def _fit(self) -> None:
        """Fit the ranges to the whole path, in large jumps, so that the axes rarely change."""
        w = np.array([step.w for step in self.way])
        middle = self.loss.minimum if np.isfinite(self.loss.minimum) else w[0]
        away = np.abs(w - middle)
        first = max(LEAST_REACH, float(away[0]))
        leaps = max(0, floor(log(max(1.0, float(away.max()) / first)) / log(GROWTH) - 1e-9))
        leaps += float(away.max()) > first * (1 + 1e-9) * GROWTH**leaps
        reach = ROOM * first * GROWTH**leaps
        self.x_range = middle - reach, middle + reach
        ends = self.loss.at(np.array([middle - reach, middle + reach, middle]))
        low, high = float(ends.min()), float(ends.max())
        high = high if high > low else low + 1.0
        self.y_range = low - 0.06 * (high - low), high

    # -- painting ----------------------------------------------------------------------------------------

    def paint_curves(self, painter: QPainter) -> None:
        """Paint the parabola, the path of the ball, and the tangent."""
        theme, now = self.theme, self.present
        w = np.linspace(*self.x_range, POINTS)
        self._paint_minimum(painter)
        self.paint_curve(painter, w, self.loss.at(w), theme.positive, 3.0)
        for k in range(len(self.way) - 1):
            faded = min(0.75, 0.12 * (len(self.way) - 2 - k))
            self._arrow(
                painter, self._point(k), self._point(k + 1), mixed(theme.negative, theme.panel, faded)
            )
        if "slope" not in self.hidden and np.isfinite(now.slope):
            self.paint_curve(
                painter, w, now.loss + now.slope * (w - now.w), self._slope_colour(), 1.8, DASHED
            )
            if "next" not in self.hidden and np.isfinite(now.next) and now.next != now.w:
                ahead = self.place(now.next, float(self.loss.at(np.array(now.next))))
                self._arrow(painter, self._point(-1), ahead, theme.accent, DASHED)

    def paint_over(self, painter: QPainter) -> None:
        """Paint the points of the path with their numbers, and the ball."""
        theme, count = self.theme, len(self.way)
        for k in range(count - 1):
            self.paint_dot(painter, self.way[k].w, self.way[k].loss, theme.negative, 4.0)
        now = self.present
        self.paint_dot(painter, now.w, now.loss, theme.accent, 10.0)
        named: list[QPointF] = []
        for k in reversed(range(max(0, count - NAMED), count)):
            point = self._point(k)
            if all((point - other).manhattanLength() > self.metrics.height() for other in named):
                self._name(painter, k)
                named.append(point)

    def _point(self, k: int) -> QPointF:
        return self.place(self.way[k].w, self.way[k].loss)

    def _slope_colour(self) -> QColor:
        theme = self.theme
        return theme.gradient_negative if self.present.slope < 0 else theme.gradient_positive

    def _paint_minimum(self, painter: QPainter) -> None:
        if not np.isfinite(self.loss.minimum):
            return
        box, theme, line = self.box(), self.theme, self.metrics.height()
        across = self.place(self.loss.minimum, self.y_range[0]).x()
        painter.setPen(QPen(theme.muted, 1.4 * self.scale, DASHED))
        painter.drawLine(QPointF(across, box.top() + 1.4 * line), QPointF(across, box.bottom()))
        painter.setPen(theme.text)
        wide = self.metrics.horizontalAdvance(self.minimum_text) + 8
        if wide > box.width():
            return
        place = QRectF(across - wide / 2, box.top() + 0.2 * line, wide, 1.1 * line)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self.minimum_text)

    def _name(self, painter: QPainter, k: int) -> None:
        """Write the number of a point beside it, outside the parabola."""
        step = self.way[k]
        if not np.isfinite(step.loss):
            return
        left = np.isfinite(self.loss.minimum) and step.w < self.loss.minimum
        line, away = self.metrics.height(), 14 * self.scale
        point, text = self._point(k), f"w{str(k).translate(_BELOW)}"
        wide = self.metrics.horizontalAdvance(text) + 4
        x = point.x() - away - wide if left else point.x() + away
        x = x if x >= self.box().left() else point.x() + away
        painter.setPen(self.theme.text if k == len(self.way) - 1 else self.theme.muted)
        painter.drawText(QRectF(x, point.y() - 0.2 * line, wide, line), Qt.AlignmentFlag.AlignCenter, text)

    def _arrow(
        self,
        painter: QPainter,
        start: QPointF,
        end: QPointF,
        colour: QColor,
        style: Qt.PenStyle = Qt.PenStyle.SolidLine,
    ) -> None:
        painter.setPen(QPen(colour, 2.2 * self.scale, style))
        painter.drawLine(start, end)
        turn, size = atan2(end.y() - start.y(), end.x() - start.x()), 10 * self.scale
        away = end - start
        if away.x() ** 2 + away.y() ** 2 < size**2:
            return
        tip = end - QPointF(cos(turn), sin(turn)) * (5 * self.scale)
        wings = [tip - QPointF(cos(turn + bend), sin(turn + bend)) * size for bend in (0.4, -0.4)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(shape([tip, *wings]))

    # -- gestures ----------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        away = event.position() - self._point(-1)
        if event.button() == Qt.MouseButton.LeftButton and away.manhattanLength() < GRAB * self.scale:
            self._grip = away.x()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None:
            self.dragged.emit(round(self.x_at(event.position().x() - self._grip), 2))
            return
        near = (event.position() - self._point(-1)).manhattanLength() < GRAB * self.scale
        self.setCursor(Qt.CursorShape.OpenHandCursor if near else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None:
            self._grip = None
            self.setCursor(Qt.CursorShape.OpenHandCursor)
            self._fit()
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        turns = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        if key not in turns:
            super().keyPressEvent(event)
            return
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        self.dragged.emit(round(self.present.w + turns[key] * (FINE_STEP if fine else KEY_STEP), 2))

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self._fit()


_BELOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
