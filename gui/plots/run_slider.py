"""The run slider: the recorded iterations of a run along a line, to be dragged or clicked."""

from __future__ import annotations

from math import floor, log10

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from core.debugger.run import RunStatus
from gui.qt.drawable import MOST_WHOLE, guarded_overrides, shielded, whole
from gui.text.reading_direction import keep_left_to_right
from gui.theme.theme import LIGHT, Theme, sized
from gui.widgets.slider import Slider

HANDLE = 14
"""Width of the handle in pixels, as the style sheet has it with its border."""


class RunSlider(Slider):
    """Its values are iterations from the first one on, or every n-th if they exceed its range.

    ``seek_requested`` carries the iteration it was moved to by the user.
    """

    seek_requested = Signal(object)

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setAccessibleName(self.tr("Iteration looked at"))
        self.setToolTip(self.tr("Drag to go to another iteration of the run"))
        self.setPageStep(1)
        self._showing = False
        self._first, self._apart = 0, 1
        self.valueChanged.connect(self._moved)

    def show_span(self, first: int, newest: int, iteration: int) -> None:
        """Show an iteration between the first and the newest one, clamped to them."""
        span = max(1, newest - first)
        self._first, self._apart = first, 1 + span // MOST_WHOLE
        self._showing = True
        try:
            self.setRange(0, whole(span / self._apart))
            self.setPageStep(whole(max(1, span // self._apart // 10)))
            if not self.isSliderDown():
                self.setValue(whole((iteration - first) / self._apart))
        finally:
            self._showing = False
        self.setEnabled(newest > first)

    def _moved(self, place: int) -> None:
        if not self._showing:
            self.seek_requested.emit(self._first + place * self._apart)


@guarded_overrides
class TimeAxis(QWidget):
    """The horizontal axis of a plot over iterations, with a slider whose handle is the present iteration.

    `align` puts its ends below those of the plot; it shows the iterations that the plot shows.
    """

    def __init__(self) -> None:
        super().__init__()
        keep_left_to_right(self)
        self.slider = RunSlider()
        self.seek_requested = self.slider.seek_requested
        self._theme = LIGHT
        self._status: RunStatus | None = None
        self._range = 0.0, 1.0
        self._ends = 0.0, 1.0
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        self._column.addWidget(self.slider)
        self._column.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def align(self, left: float, right: float, shown: tuple[float, float]) -> None:
        """Set the two x of this widget, in pixels, at which the first and last iteration shown are."""
        if (left, right) != self._ends or shown != self._range:
            self._ends, self._range = (left, right), shown
            self._place()
            self.update()

    def show_status(self, status: RunStatus) -> None:
        """Show which iterations exist, and which one is viewed."""
        self._status = status
        self._place()

    def show_theme(self, theme: Theme) -> None:
        """Apply the colours and the fonts of a theme."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(100, self.slider.sizeHint().height() + round(QFontMetricsF(sized("small")).height()) + 2)

    def _place(self) -> None:
        """Let the slider range from the first to the last visible iteration."""
        low, high = self._range
        left, right = self._ends
        status = self._status
        first, newest = (0, 0) if status is None else (status.first, status.newest)
        seen = max(first, round(low)), min(newest, round(high))
        if seen[0] >= seen[1]:
            seen = first, max(newest, first + 1)
        pixels = (right - left) / max(high - low, 1e-9)
        starts = min(max(left + (seen[0] - low) * pixels, left), right)
        ends = min(max(left + (seen[1] - low) * pixels, starts + 2 * HANDLE), max(right, starts + 2 * HANDLE))
        self._column.setContentsMargins(
            max(0, round(starts - HANDLE / 2)), 0, max(0, round(self.width() - ends - HANDLE / 2)), 0
        )
        if status is not None:
            self.slider.show_span(*seen, min(max(status.iteration, seen[0]), seen[1]))
            self.slider.setEnabled(newest > first)

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, (low, high), (left, right) = QPainter(self), self._range, self._ends
        painter.setFont(sized("small"))
        painter.setPen(self._theme.muted)
        metrics = QFontMetricsF(sized("small"))
        top = self.slider.geometry().bottom() + 1
        line = QRectF(0, top, self.width(), metrics.height())
        unit = self.tr("iterations")
        width = metrics.horizontalAdvance(unit) + 4
        painter.drawText(line, Qt.AlignmentFlag.AlignRight, unit)
        apart = max(90.0, 1.6 * metrics.horizontalAdvance(f"{round(high):,}") + metrics.height())
        for tick in ticks(low, high, max(2, int((right - left) / apart))):
            text = f"{tick:,}"
            half = metrics.horizontalAdvance(text) / 2
            x = left + (tick - low) / (high - low) * (right - left)
            if left - 1 <= x <= right + 1 and x + half < self.width() - width - 8:
                painter.drawText(QPointF(x - half, top + metrics.ascent()), text)
        painter.end()


def ticks(low: float, high: float, most: int) -> list[int]:
    """Return whole numbers within low … high, at most about ``most``, that are 1, 2 or 5 times 10ⁿ apart."""
    span = max(high - low, 1.0)
    raw = span / most
    power = 10.0 ** floor(log10(raw))
    step = max(1, round(next(factor for factor in (1, 2, 5, 10) if factor * power >= raw) * power))
    return list(range(-(-floor(low) // step) * step, floor(high) + 1, step))
