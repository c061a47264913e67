"""The rate slider: the learning rate on a slider, with buttons below for marked rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QSizePolicy, QStyle, QStyleOptionSlider, QToolButton, QWidget

from core.lecture.demos import DescentStep
from core.lecture.subjects import RateMark, worked_out
from core.number_style import HIDDEN, fine_text, value_text
from gui.lecture.stages.one_weight.text import number
from gui.qt.drawable import guarded_overrides, shielded, whole
from gui.theme.theme import LIGHT, Theme, in_hall, sized
from gui.widgets.ruled_table import RIGHT, RuledTable
from gui.widgets.slider import Slider

PLACES = 1000
CATCH = 0.012  # of the slider's length, within which it snaps to a mark
TICK = 8


def text_of(rate: float | str) -> str:
    """Return the text of a learning rate: 1/18, or 0.1."""
    return rate if isinstance(rate, str) else fine_text(rate)


@dataclass(frozen=True)
class Marked:
    """A mark with the value of its rate."""

    mark: RateMark
    value: float


@guarded_overrides
class RateSlider(QWidget):
    """A slider from 0 to ``most``. ``changed`` carries a learning rate as text: a number, or as at a mark."""

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

    def show_marks(self, marks: Sequence[RateMark], most: float) -> None:
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
        """Show a learning rate without emitting signals."""
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
        """Apply the colours of a theme and the present font size."""
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
        """Return the position of the slider's handle for a learning rate, in pixels."""
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


# -- T, w, L, dL/dw, the move and the next w, a row for every step made ----------------------------------

HALL_DIGITS = 4
WIDEST = ("00", "−0.0000", "00.0000", "−00.0000", "−0.0000", "−0.0000")
HIDDEN_COLUMNS = {"loss": {2}, "slope": {3, 4, 5}, "next": {4, 5}}  # by the quantity asked for


def _same(before: Sequence[DescentStep], now: Sequence[DescentStep]) -> int:
    """Return the number of equal steps at the beginning."""
    pairs = enumerate(zip(before, now, strict=False))
    return next((t for t, (old, new) in pairs if old != new), min(len(before), len(now)))


@guarded_overrides
class StepTable(RuledTable):
    """T, w, L, dL/dw, the change and the next w; the last row is the step that comes next."""

    shares = (1.0, 0.9, 0.8, 0.7, 0.6)
    room = 12
    padding = 3
    rules = False
    first_wider = 0
    sides = (RIGHT, RIGHT)
    expendable = (4, 2, 0)

    def __init__(self) -> None:
        super().__init__("")
        self.setAccessibleName(self.tr("Every step"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.show_heads(["t", "w", "L", "∂L/∂w", "−η ∂L/∂w", self.tr("next w")])
        self._way: tuple[DescentStep, ...] = ()
        self._longest = [""] * len(WIDEST)  # longest texts by column
        self._hidden: frozenset[str] = frozenset()

    def show_way(self, way: Sequence[DescentStep], hidden: frozenset[str] = frozenset()) -> None:
        """Show the steps of a path, scrolled to the last one at the bottom."""
        before, now = self._way, tuple(way)
        same = 0 if hidden != self._hidden else _same(before, now)
        self._way, self._hidden = now, hidden
        self.setRowCount(len(now))
        if len(now) < len(before):
            self._longest = [""] * len(WIDEST)
            same = 0
        for t in range(max(0, same - 1), len(now)):  # the last row is drawn differently
            self._write(t)
        if sum(self.present_needs()) > self.viewport().width() or len(now) < len(before):
            self.fit()
        else:
            self.share_width()
        self.show_last_rows()
        self.scrollToBottom()

    def _write(self, t: int) -> None:
        step, theme, last = self._way[t], self.theme, t == len(self._way) - 1
        signs = (theme.gradient_positive, theme.gradient_negative)
        numbers = (step.w, step.loss, step.slope, step.move, step.next)
        few = HALL_DIGITS if in_hall() else None
        texts = [
            str(t),
            *(number(value) if few is None else value_text(value, count=few) for value in numbers),
        ]
        colours = [theme.muted, theme.text, theme.text, signs[step.slope < 0], theme.text, theme.accent]
        font = self.font_of(0, self.font()) if last else self.font()
        for column, (text, colour) in enumerate(zip(texts, colours, strict=True)):
            hidden = any(column in HIDDEN_COLUMNS.get(what, ()) for what in self._hidden)
            cell = self.write(t, column, HIDDEN if hidden else text, theme.text if hidden else colour)
            cell.setBackground(theme.accent_soft if last else theme.panel)
            cell.setFont(font)
            self._longest[column] = max(self._longest[column], text, key=len)

    # -- sizes -------------------------------------------------------------------------------------------

    def fit(self) -> None:
        """Use the largest font in which all columns fit."""
        super().fit()
        for t in range(len(self._way)):
            self._write(t)
        self.scrollToBottom()

    def font_of(self, _column: int, cells: QFont) -> QFont:
        """Return the bold font of the last row."""
        bold = QFont(cells)
        bold.setBold(True)
        return bold

    def texts_of(self, column: int) -> tuple[str, str]:
        """Return the widest text expected, and the longest so far."""
        return WIDEST[column], self._longest[column]

    def sizeHint(self) -> QSize:
        wide = sum(self.needs(*self.letters(1.0))) + 14
        return QSize(wide, 200)
