"""Rate slider: the learning rate on a slider, with buttons below for the rates worth a mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QStyleOptionSlider, QToolButton, QWidget

from core.subjects import Mark, worked_out
from gui.benches.decimals import typed
from gui.drawable import shielded, whole
from gui.fonts import sized
from gui.slider import Slider
from gui.theme import LIGHT, Theme

PLACES = 1000
CATCH = 0.012  # of the slider, within which a mark is meant
TICK = 8


def text_of(rate: float | str) -> str:
    """Return a learning rate as it is written: 1/18, or 0.1."""
    return rate if isinstance(rate, str) else typed(rate)


@dataclass(frozen=True)
class Marked:
    """A mark with its rate worked out."""

    mark: Mark
    value: float


class RateSlider(QWidget):
    """From 0 to ``most``. ``changed`` tells a learning rate as it is written: a number, or as at a mark."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.most, self._theme = 1.0, LIGHT
        self.marked: tuple[Marked, ...] = ()
        self.buttons: list[QToolButton] = []
        self.slider = Slider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, PLACES)
        self.slider.setPageStep(50)
        self.slider.setAccessibleName(self.tr("Learning rate η"))
        self.slider.setToolTip(self.tr("Slide the learning rate η; the marks catch it"))
        self.slider.valueChanged.connect(self._slid)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_marks(self, marks: Sequence[Mark], most: float) -> None:
        """Show marks on a slider that ends at ``most``."""
        self.most = most
        self.marked = tuple(Marked(mark, worked_out(mark.learning_rate)) for mark in marks)
        while len(self.buttons) > len(marks):
            self.buttons.pop().deleteLater()
        while len(self.buttons) < len(marks):
            self.buttons.append(self._button(len(self.buttons)))
        for button, found in zip(self.buttons, self.marked, strict=True):
            text = self.tr("{rate}: {label}")
            button.setText(text.format(rate=text_of(found.mark.learning_rate), label=found.mark.label))
            button.setAccessibleName(button.text())
            button.setToolTip(self.tr("Take this learning rate"))
            button.show()
        self._arrange()

    def show_rate(self, rate: float) -> None:
        """Show a learning rate without telling anyone."""
        self.slider.blockSignals(True)
        self.slider.setValue(min(PLACES, whole(PLACES * rate / self.most)))
        self.slider.blockSignals(False)

    def _button(self, k: int) -> QToolButton:
        button = QToolButton(self)
        button.setProperty("look", "quiet")
        button.setFont(sized("text"))
        button.clicked.connect(lambda: self.changed.emit(self.marked[k].mark.learning_rate))
        return button

    def _slid(self, place: int) -> None:
        share = place / PLACES
        for found in self.marked:
            if abs(share - found.value / self.most) < CATCH:
                self.changed.emit(found.mark.learning_rate)
                return
        self.changed.emit(round(share * self.most, 4))

    # -- looks -------------------------------------------------------------------------------------------

    def show_theme(self, theme: Theme) -> None:
        """Take the colours of a theme and the present size of the fonts."""
        self._theme = theme
        self.setFont(sized("text"))
        for button in self.buttons:
            button.setFont(sized("text"))
        self.updateGeometry()
        self._arrange()

    def sizeHint(self) -> QSize:
        return QSize(300, self.slider.sizeHint().height() + TICK + QFontMetrics(self.font()).height() + 10)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.sizeHint().height())

    def across(self, rate: float) -> float:
        """Return where the slider's handle stands at a learning rate, in pixels."""
        option = QStyleOptionSlider()
        self.slider.initStyleOption(option)
        handle = self.slider.style().pixelMetric(QStyle.PixelMetric.PM_SliderLength, option, self.slider)
        return handle / 2 + (self.width() - handle) * min(1.0, rate / self.most)

    def _arrange(self) -> None:
        high = self.slider.sizeHint().height()
        self.slider.setGeometry(0, 0, self.width(), high)
        right = 0.0
        for button, found in sorted(
            zip(self.buttons, self.marked, strict=True), key=lambda pair: pair[1].value
        ):
            wide = button.sizeHint().width()
            left = max(right, min(self.width() - wide, self.across(found.value) - wide / 2))
            button.setGeometry(round(left), high + TICK - 2, wide, self.height() - high - TICK + 2)
            right = left + wide + 4
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        high = self.slider.height()
        painter.setPen(QPen(self._theme.text, 2))
        for found in self.marked:
            across = round(self.across(found.value))
            painter.drawLine(across, high - 3, across, high + TICK - 1)
        painter.end()
