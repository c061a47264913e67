"""Rate slider: the learning rate on a slider, with buttons below for the rates worth a mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSizePolicy,
    QStyle,
    QStyleOptionSlider,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QWidget,
)

from core.lecture.demos import DescentStep
from core.lecture.subjects import RateMark, worked_out
from core.number_style import HIDDEN, fine_text
from gui.lecture.stages.one_weight.text import number
from gui.theme.theme import LIGHT, Theme, sized
from gui.widgets.drawable import shielded, whole
from gui.widgets.slider import Slider

PLACES = 1000
CATCH = 0.012  # of the slider, within which a mark is meant
TICK = 8


def text_of(rate: float | str) -> str:
    """Return a learning rate as it is written: 1/18, or 0.1."""
    return rate if isinstance(rate, str) else fine_text(rate)


@dataclass(frozen=True)
class Marked:
    """A mark with its rate worked out."""

    mark: RateMark
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


# -- T, w, L, dL/dw, the move and the next w, a row for every step made ----------------------------------

SHARES = (1.0, 0.9, 0.8, 0.7, 0.6)
PAD = 12  # pixels
WIDEST = ("00", "−0.0000", "00.0000", "−00.0000", "−0.0000", "−0.0000")
VEILED = (2, 3, 4, 5)  # columns a veil covers


def _same(before: Sequence[DescentStep], now: Sequence[DescentStep]) -> int:
    """Return how many steps at the beginning are the same."""
    pairs = enumerate(zip(before, now, strict=False))
    return next((t for t, (old, new) in pairs if old != new), min(len(before), len(now)))


class StepTable(QTableWidget):
    """The last row is the step that is about to be made."""

    def __init__(self) -> None:
        super().__init__(0, 6)
        self.setAccessibleName(self.tr("Every step"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.setShowGrid(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.setHorizontalHeaderLabels(["t", "w", "L", "∂L/∂w", "−η ∂L/∂w", self.tr("next w")])
        head = self.horizontalHeader()
        head.setMinimumSectionSize(20)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setHighlightSections(False)
        for column in range(6):
            item = self.horizontalHeaderItem(column)
            if item is not None:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._theme: Theme = LIGHT
        self._way: tuple[DescentStep, ...] = ()
        self._longest = [""] * 6  # texts by column
        self._veiled = False

    def show_way(self, way: Sequence[DescentStep], *, veiled: bool) -> None:
        """Show the steps of a way, the last one at the bottom in sight."""
        before, now = self._way, tuple(way)
        same = 0 if veiled != self._veiled else _same(before, now)
        self._way, self._veiled = now, veiled
        self.setRowCount(len(now))
        if len(now) < len(before):
            self._longest = [""] * 6
            same = 0
        for t in range(max(0, same - 1), len(now)):  # the last row looks unlike the others
            self._write(t)
        if sum(self._needs(self.font())) > self.viewport().width() or len(now) < len(before):
            self._dress()
        else:
            self._share_room()
        self.scrollToBottom()

    def _write(self, t: int) -> None:
        step, theme, last = self._way[t], self._theme, t == len(self._way) - 1
        signs = (theme.gradient_positive, theme.gradient_negative)
        numbers = (step.w, step.loss, step.slope, step.move, step.next)
        texts = [str(t), *(number(value) for value in numbers)]
        colours = [theme.muted, theme.text, theme.text, signs[step.slope < 0], theme.text, theme.accent]
        font = QFont(self.font())
        font.setBold(last)
        for column, (text, colour) in enumerate(zip(texts, colours, strict=True)):
            item = self.item(t, column)
            if item is None:
                item = QTableWidgetItem()
                self.setItem(t, column, item)
            hidden = self._veiled and column in VEILED
            item.setText(HIDDEN if hidden else text)
            self._longest[column] = max(self._longest[column], text, key=len)
            item.setForeground(theme.text if hidden else colour)
            item.setBackground(theme.accent_soft if last else theme.panel)
            item.setFont(font)
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    # -- looks -------------------------------------------------------------------------------------------

    def show_theme(self, theme: Theme) -> None:
        """Take the colours of a theme and the present size of the fonts."""
        self._theme = theme
        self._dress()

    def _dress(self) -> None:
        self._fit()
        for t in range(len(self._way)):
            self._write(t)
        self.scrollToBottom()

    def _fit(self) -> None:
        """Take the largest letters with which all columns have room."""
        font = sized("text")
        size = font.pointSizeF()
        for share in SHARES:
            font.setPointSizeF(size * share)
            if sum(self._needs(font)) <= self.viewport().width():
                break
        self.setFont(font)
        theme = self._theme
        self._share_room()
        self.setStyleSheet(
            f"QTableWidget {{ background: {theme.panel.name()}; }}"
            f"QHeaderView::section {{ background: {theme.panel.name()}; color: {theme.muted.name()};"
            f" border: 0; border-bottom: 1px solid {theme.border.name()}; padding: 2px 3px;"
            f" font-size: {font.pointSizeF():g}pt; }}"
        )
        self.verticalHeader().setDefaultSectionSize(round(QFontMetrics(font).height() * 1.35))

    def _share_room(self) -> None:
        """Give every column what it needs, and an equal share of what is left."""
        needs = self._needs(self.font())
        spare = max(0, self.viewport().width() - sum(needs)) // len(needs)
        for column, need in enumerate(needs):
            self.setColumnWidth(column, need + spare)

    def _needs(self, font: QFont) -> list[int]:
        head, bold = QFontMetrics(font), QFont(font)
        bold.setBold(True)
        cells = QFontMetrics(bold)
        heads = [self.horizontalHeaderItem(column) for column in range(6)]
        least = [
            max(head.horizontalAdvance(item.text() if item else ""), cells.horizontalAdvance(widest)) + PAD
            for item, widest in zip(heads, WIDEST, strict=True)
        ]
        longest = (cells.horizontalAdvance(text) + PAD for text in self._longest)
        return [max(pair) for pair in zip(least, longest, strict=True)]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._dress()

    def sizeHint(self) -> QSize:
        wide = sum(self._needs(sized("text"))) + 14
        return QSize(wide, 200)
