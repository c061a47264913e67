"""A slider that jumps to where it is clicked, and can be dragged from there."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider


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
