"""Number field: a number that is typed, stepped by arrow keys or dragged on a slider.

A number that may not be is refused with a sentence and changes nothing. One gesture, a drag of the
slider too, is one change.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, isfinite, log10
from typing import Any

from msgspec import Meta
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from core.nn.design import out_of_range
from gui.theme.theme import Theme, lettering
from gui.widgets.drawable import whole
from gui.widgets.number_format import typed
from gui.widgets.slider import Slider
from gui.widgets.typed_numbers import note_refusal, read, stays, was_refused

STEPS = 200
DECADES = 7
MOST_OF_SLIDER = 10_000


@dataclass(frozen=True)
class Scale:
    """How a slider's places 0 … ``steps`` are numbers: even, or by decades, perhaps from 0 on."""

    low: float
    high: float
    whole: bool
    logarithmic: bool
    zero: bool = False
    steps: int = STEPS

    def value(self, place: int) -> float:
        """Return the number at a place of the slider, rounded to two digits (whole ones to one)."""
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
        """Return the place nearest to a number."""
        if self.logarithmic:
            share = log10(max(value, self.low) / self.low) / log10(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return min(self.steps, max(0, round(share * self.steps)))


def scale_of(meta: Meta, whole: bool, default: float | None) -> Scale | None:
    """Return the slider that suits a range; None: the number is only typed."""
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


class FocusedSlider(Slider):
    """A slider that leaves the wheel to the panel it lies in, unless it has the focus."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class NumberField(QWidget):
    """Title, number and, where the range allows, a slider.

    ``changed`` comes once a gesture with a number that is allowed (None: left empty, where that is
    allowed); ``previewed`` while the slider is dragged; ``refused`` with a sentence.
    """

    changed = Signal(object)
    previewed = Signal(object)
    refused = Signal(str)

    def __init__(self, name: str, meta: Meta, whole: bool, default: Any, slider: bool = True) -> None:
        super().__init__()
        self._name, self._meta, self._whole, self._optional = name, meta, whole, default is None
        start = default if isinstance(default, (int, float)) else None
        self._value: float | None = start
        title = meta.title or name
        self.title = QLabel(QCoreApplication.translate("Form", title))
        self.edit = QLineEdit()
        self.edit.setAccessibleName(title)
        self.edit.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute)
        self.edit.installEventFilter(self)
        self.edit.editingFinished.connect(self._typed)
        self.title.setBuddy(self.edit)
        self.scale = scale_of(meta, whole, start) if slider else None
        self.slider = self._make_slider(title) if self.scale else None
        self._arrange()

    def _make_slider(self, title: str) -> Slider:
        assert self.scale is not None
        slider = FocusedSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, whole(self.scale.steps))
        slider.setPageStep(whole(max(1, self.scale.steps // 10)))
        slider.setAccessibleName(QCoreApplication.translate("Form", "{} slider").format(title))
        slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        slider.valueChanged.connect(self._slid)
        slider.sliderReleased.connect(self._released)
        return slider

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.title, 1)
        row.addWidget(self.edit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        if self.slider:
            column.addWidget(self.slider)
        self.setFocusProxy(self.edit)
        self._fit_width()

    def _fit_width(self) -> None:
        self.edit.setFixedWidth(self.fontMetrics().horizontalAdvance("0") * 8 + 16)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_width()

    def show_value(self, value: float | None) -> None:
        """Show a number without telling anyone."""
        self._value = value
        self._write(value)
        self._place_slider(value)

    def _write(self, value: float | None) -> None:
        self.edit.setText("" if value is None else text_of(value, self._whole))
        self.edit.setModified(False)

    def _place_slider(self, value: float | None) -> None:
        if self.slider and self.scale and value is not None and isfinite(value):
            self.slider.blockSignals(True)
            zero = self.scale.zero and value == 0
            place = 0 if zero else max(1, self.scale.place(value)) if self.scale.zero else None
            self.slider.setValue(whole(self.scale.place(value) if place is None else place))
            self.slider.blockSignals(False)

    def _typed(self) -> None:
        if not self.edit.isModified():
            return
        text = self.edit.text().strip()
        if not text and self._optional:
            self._accept(None)
            return
        value, why = parsed(text, self._whole, self._meta, self._name)
        if why:
            self._write(self._value)
            note_refusal(self.edit, refused=True)
            self.refused.emit(stays(why, self.edit.text()) if self.edit.text() else why)
        else:
            self._accept(value)

    def _accept(self, value: float | None) -> None:
        self._place_slider(value)
        self._write(value)
        note_refusal(self.edit, refused=False)
        self.refused.emit("")
        if value != self._value:
            self._value = value
            self.changed.emit(value)

    def _slid(self, place: int) -> None:
        assert self.slider is not None and self.scale is not None
        value = self._number(self.scale.value(place))
        self._write(value)
        if self.slider.isSliderDown():
            self.previewed.emit(value)
        else:
            self._accept(value)

    def _released(self) -> None:
        assert self.slider is not None and self.scale is not None
        self._accept(self._number(self.scale.value(self.slider.value())))

    def _number(self, value: float) -> float:
        return int(value) if self._whole else value

    def _step(self, up: bool) -> None:
        """Go one step up or down: the next whole number, or a tenth of the leading digit's unit."""
        value = self._value or 0.0
        size = 1.0 if self._whole else 10.0 ** floor(log10(abs(value))) if value else 0.01
        if not self._whole and not up and value and abs(value) / size < 1.5:
            size /= 10
        moved = round(value + (size if up else -size), 12)
        if not out_of_range(self._number(moved), self._meta, self._name):
            self._accept(self._number(moved))

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = event.key()
            if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self._step(key == Qt.Key.Key_Up)
                return True
            if key == Qt.Key.Key_Escape and (self.edit.isModified() or was_refused(self.edit)):
                self._write(self._value)
                note_refusal(self.edit, refused=False)
                self.refused.emit("")
                return True
        return super().eventFilter(watched, event)  # type: ignore[arg-type]


def text_of(value: float, whole: bool) -> str:
    """Return a number as it is typed: 0.1, 1e-08, 200."""
    return str(int(value)) if whole else f"{value:.6g}"


def parsed(text: str, whole: bool, meta: Meta, name: str) -> tuple[float | None, str]:
    """Return the number typed and, where it may not be, a sentence that says why."""
    value, why = read(text, QCoreApplication.translate("Form", meta.title or name), whole=whole)
    return value, why or out_of_range(value, meta, name)


# -- A number in a table that is typed, stepped by the arrow keys, turned or dragged ---------------------

MOST = 1e6
FINER, NOTCH, PIXELS = 10, 120, 6  # a step takes so many pixels of a drag
EMPTY_SPACE = 20


def step_for(value: float) -> float:
    """Return a suitable step: a tenth, for larger numbers a tenth of their leading digit's unit."""
    return 0.1 if abs(value) < 10 else float(10.0 ** (floor(log10(abs(value))) - 1))


class NumberCell(QLineEdit):
    """A number from ``low`` to ``high``, changed by the keyboard or by a drag sideways (Ctrl: finer).

    ``changed`` tells every number on the way; ``refused`` a sentence about one that may not be (empty:
    all is well again). ``refusal`` is that sentence, else one that names the bounds. ``step`` None: it
    grows with the number. ``whole``: it has no decimals. ``role`` and ``widest`` give the font and the width.
    """

    changed = Signal(float)
    refused = Signal(str)

    def __init__(
        self,
        name: str,
        value: float = 0.0,
        low: float = -MOST,
        high: float = MOST,
        *,
        step: float | None = None,
        whole: bool = False,
        refusal: str = "",
        role: str = "number",
        widest: str = "−0.0000",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.value = float(value)
        self._low, self._high, self._step, self._refusal = low, high, step, refusal
        self._role, self._widest = role, widest
        self._whole = whole
        self._pressed: QPointF | None = None
        self._from: tuple[float, float] | None = None
        self.setAccessibleName(name)
        self.setToolTip(
            self.tr("Type a number, press ↑ or ↓, turn the wheel, or drag sideways (Ctrl: finer)")
        )
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.editingFinished.connect(self._typed)
        self._fit()
        self._write()

    def show_value(self, value: float) -> None:
        """Show a number without telling anyone."""
        self.value = float(value)
        self._write()

    def set_bounds(self, low: float, high: float) -> None:
        """Allow other numbers from now on."""
        self._low, self._high = low, high

    def show_theme(self, _theme: Theme) -> None:
        """Take the present size of the fonts; the colours come from the style sheet."""
        self._fit()

    def _fit(self) -> None:
        self.setFont(lettering(self._role))
        wide = QFontMetrics(self.font()).horizontalAdvance(self._widest)
        self.setFixedWidth(wide + EMPTY_SPACE)

    def _write(self) -> None:
        text = typed(self.value)
        if text != self.text():
            self.setText(text)
        self.setModified(False)

    # -- from the keyboard ---------------------------------------------------------------------------

    def _typed(self) -> None:
        if not self.isModified():
            return
        value, why = read(self.text(), self.accessibleName(), whole=self._whole)
        self._write()
        if value is None or not self._low <= value <= self._high:
            note_refusal(self, refused=True)
            self.refused.emit(stays(why or self._sentence(), self.text()))
            return
        self._settle()
        self._move(value)

    def _settle(self) -> None:
        """Say that all is well again."""
        note_refusal(self, refused=False)
        self.refused.emit("")

    def _sentence(self) -> str:
        if self._refusal:
            return self._refusal
        bounds = (f"{bound:,g}".replace("-", "−") for bound in (self._low, self._high))
        sentence = self.tr("{name} must be a number between {low} and {high}.")
        return sentence.format(name=self.accessibleName(), low=next(bounds), high=next(bounds))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.turn(1.0 if key == Qt.Key.Key_Up else -1.0, fine)
        elif key == Qt.Key.Key_Escape and (self.isModified() or was_refused(self)):
            self._write()
            self._settle()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep up and down, which change the number, from the window."""
        override = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if isinstance(event, QKeyEvent) and override and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.accept()
            return True
        return super().event(event)

    # -- by the mouse --------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        self.turn(event.angleDelta().y() / NOTCH, fine)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed, self._from = None, None
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.globalPosition()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        across = event.globalPosition().x()
        if self._from is None:
            if abs(across - self._pressed.x()) < QApplication.startDragDistance():
                return
            self._from = (across, self.value)
            self.deselect()
        start, value = self._from
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        step = self._step_at(value, fine)
        self._move(_rounded(value + round((across - start) / PIXELS) * step, step))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed, self._from = None, None
        super().mouseReleaseEvent(event)
        if not self.isModified():
            self.selectAll()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pressed = None
        super().mouseDoubleClickEvent(event)
        self.selectAll()

    # -- changes -------------------------------------------------------------------------------------

    def turn(self, steps: float, fine: bool = False) -> None:
        """Change the number by so many steps, as far as its bounds."""
        step = self._step_at(self.value, fine)
        self._move(_rounded(self.value + steps * step, step))

    def _step_at(self, value: float, fine: bool) -> float:
        return (self._step or step_for(value)) / (FINER if fine else 1)

    def _move(self, value: float) -> None:
        value = min(max(value, self._low), self._high)
        if value != self.value:
            self.value = value
            self._write()
            self._settle()
            self.changed.emit(value)


def _rounded(value: float, step: float) -> float:
    return round(value, 2 - floor(log10(step)))
