"""Sliders that jump to where they are clicked, and scales that map their positions to numbers."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10

from msgspec import Meta
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider

from gui.qt.drawable import guarded_overrides

STEPS = 200
DECADES = 7
MOST_OF_SLIDER = 10_000


@guarded_overrides
class Slider(QSlider):
    """A slider whose groove works like its handle: a click moves the handle there, not by a page."""

    _jumped = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        if event.button() != Qt.MouseButton.LeftButton or self._handle().contains(place):
            super().mousePressEvent(event)
            return
        self._jumped = True
        self.setSliderDown(True)
        self.setSliderPosition(self.value_at(place))
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._jumped:
            self.setSliderPosition(self.value_at(event.position().toPoint()))
        else:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._jumped and event.button() == Qt.MouseButton.LeftButton:
            self._jumped = False
            self.setSliderDown(False)
        else:
            super().mouseReleaseEvent(event)

    def value_at(self, place: QPoint) -> int:
        """Return the value for which the middle of the handle is nearest to a point of the widget."""
        option = self._option()
        groove, handle = self._part(QStyle.SubControl.SC_SliderGroove), self._handle()
        if self.orientation() is Qt.Orientation.Horizontal:
            start, length, at = groove.x(), groove.width() - handle.width(), place.x() - handle.width() // 2
        else:
            start, length, at = (
                groove.y(),
                groove.height() - handle.height(),
                place.y() - handle.height() // 2,
            )
        ends = self.minimum(), self.maximum()
        return QStyle.sliderValueFromPosition(*ends, at - start, length, option.upsideDown)

    def _option(self) -> QStyleOptionSlider:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        return option

    def _part(self, part: QStyle.SubControl) -> QRect:
        return self.style().subControlRect(QStyle.ComplexControl.CC_Slider, self._option(), part, self)

    def _handle(self) -> QRect:
        return self._part(QStyle.SubControl.SC_SliderHandle)


@dataclass(frozen=True)
class Scale:
    """The numbers of a slider's positions 0 … ``steps``: linear or logarithmic, possibly beginning with 0."""

    low: float
    high: float
    whole: bool
    logarithmic: bool
    zero: bool = False
    steps: int = STEPS

    def value(self, place: int) -> float:
        """Return the number at a position of the slider, rounded to two digits (whole ones to one)."""
        if self.zero and place <= 0:
            return 0.0
        share = place / self.steps
        if not self.logarithmic:
            value = self.low + share * (self.high - self.low)
            return float(round(value)) if self.whole else round(value, 2)
        value = float(self.low * (self.high / self.low) ** share)
        if self.whole and value < 20:
            return float(round(value))
        rounded = round(value, 1 - floor(log10(value)))
        return float(min(self.high, max(self.low, rounded)))

    def place(self, value: float) -> int:
        """Return the position nearest to a number."""
        if self.logarithmic:
            share = log10(max(value, self.low) / self.low) / log10(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return min(self.steps, max(0, round(share * self.steps)))


def scale_of(meta: Meta, whole: bool, default: float | None) -> Scale | None:
    """Return the scale for a range; None: the number can only be typed."""
    low, high = meta.ge if meta.ge is not None else meta.gt, meta.le
    if low is None or high is None or high - low > MOST_OF_SLIDER:
        return None
    if whole:
        steps = min(STEPS, int(high - low))
        return Scale(low, high, True, low > 0 and high / low > 100, steps=steps)
    if meta.gt == 0:
        return Scale(min(high * 10.0**-DECADES, default or high), high, False, True)
    if low == 0 and high > 1:
        return Scale(high * 10.0**-DECADES, high, False, True, zero=True)
    return Scale(low, high, False, False, steps=round((high - low) * 100))


@guarded_overrides
class FocusedSlider(Slider):
    """A slider that leaves the wheel to its parent panel, unless it has the focus."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
