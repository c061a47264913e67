"""Number edit: a line in which a number is typed, stepped by arrow keys or the wheel, or dragged.

Every field for a number in the program is a `NumberEdit`; what is typed is read by
`core.graph.number_text`. `NumberField` puts a title and a slider beside it, for forms.
"""

from __future__ import annotations

from collections.abc import Callable
from math import floor, isfinite, log10
from typing import Any, Literal

from msgspec import Meta
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QLineEdit, QWidget

from core.graph.number_text import NumberTextError, read_number
from core.language import tr
from core.nn.design import out_of_range
from core.number_style import count_text, exact_text, fine_text, widest_text
from gui.qt.drawable import guarded_overrides, whole
from gui.theme.theme import Theme, lettering
from gui.widgets.slider import FocusedSlider, Slider, scale_of

MOST = 1e6
FINER, NOTCH, PIXELS = 10, 120, 6  # pixels of a drag per step
EMPTY_SPACE = 20
REFUSED = "refused"  # a property that is true while a field waits for valid input

Parse = Callable[[str], tuple["float | None", str]]


def read(text: str, name: str, *, whole: bool = False) -> tuple[float | None, str]:
    """Return the number typed into the field with a name; None, with a sentence, if it is invalid."""
    try:
        value = read_number(text, whole=whole)
    except NumberTextError as error:
        must = tr("{name} must be a whole number: {why}.") if whole else tr("{name} must be a number: {why}.")
        return None, must.format(name=name, why=tr(error.template).format(**error.fields))
    return (int(value) if whole else value), ""


def stays(why: str, shown: str) -> str:
    """Return why a number is invalid, and what the field shows again."""
    return tr("{why} It stays {shown}.").format(why=why, shown=shown)


def step_for(value: float, _up: bool = True) -> float:
    """Return a suitable step: a tenth, for larger numbers a tenth of their leading digit's place value."""
    return 0.1 if abs(value) < 10 else float(10.0 ** (floor(log10(abs(value))) - 1))


def leading_step(value: float, up: bool) -> float:
    """Return the place value of a number's leading digit; downwards from 1, 0.1 … that of the next digit."""
    size = 10.0 ** floor(log10(abs(value))) if value else 0.01
    return size / 10 if not up and value and abs(value) / size < 1.5 else size


@guarded_overrides
class NumberEdit(QLineEdit):
    """A line for one number.

    ``parse`` returns the number of a text, or None and a sentence on why it is invalid; ``format``
    writes it; ``step`` is the size of a step, or a function of the number and the direction; ``low`` and
    ``high`` are the bounds, and ``refusal`` the sentence about a number outside them.
    ``optional``: the line may be left empty, which is None. ``wheel``: the line is stepped by a wheel
    turned "over" it, only when "focused", or "never". ``drag``: it is also dragged sideways.
    ``live``: steps are emitted at once; else they only change the text, until Enter.

    ``typed`` carries a number that was typed and accepted, ``stepped`` one reached by a step, ``changed``
    either, if it differs from the one before; ``refused`` carries a sentence, and an empty one when the input
    is valid again. Enter leaves the line only if the number is accepted; Escape restores the old one.
    """

    changed = Signal(object)
    typed = Signal(object)
    stepped = Signal(float)
    refused = Signal(str)

    def __init__(
        self,
        name: str,
        value: float | None = 0.0,
        low: float = -MOST,
        high: float = MOST,
        *,
        parse: Parse | None = None,
        format: Callable[[float], str] | None = None,
        step: float | Callable[[float, bool], float] | None = None,
        whole: bool = False,
        refusal: str = "",
        optional: bool = False,
        wheel: Literal["over", "focused", "never"] = "over",
        drag: bool = True,
        live: bool = True,
        role: str = "number",
        widest: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.value = value
        self._low, self._high, self._refusal = low, high, refusal
        self._parse, self._whole, self._optional = parse or self._read, whole, optional
        self._format = format or (lambda value: str(int(value)) if whole else fine_text(value))
        self._step = step or (1.0 if whole else step_for)
        self._wheel, self._drag, self._live = wheel, drag, live
        self._role, self._widest = role, widest
        self._pressed: QPointF | None = None
        self._from: tuple[float, float] | None = None
        self.setAccessibleName(name)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute)
        if drag:
            tip = self.tr("Type a number, press ↑ or ↓, turn the wheel, or drag sideways (Ctrl: finer)")
            self.setToolTip(tip)
            self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.editingFinished.connect(self._take)
        self._fit()
        self._write()

    def show_value(self, value: float | None) -> None:
        """Show a number without emitting signals."""
        self.value = value
        self._write()

    def set_bounds(self, low: float, high: float) -> None:
        """Set the range of valid numbers."""
        self._low, self._high = low, high

    def show_theme(self, _theme: Theme) -> None:
        """Apply the present font size; the colours come from the style sheet."""
        self._fit()

    @property
    def refusing(self) -> bool:
        """Whether the last input was rejected."""
        return bool(self.property(REFUSED))

    def _fit(self) -> None:
        if self._role:
            self.setFont(lettering(self._role))
            wide = QFontMetrics(self.font()).horizontalAdvance(self._widest or widest_text())
            self.setFixedWidth(wide + EMPTY_SPACE)

    def _write(self) -> None:
        text = "" if self.value is None else self._format(self.value)
        if text != self.text():
            self.setText(text)
        self.setModified(False)

    # -- what was typed ------------------------------------------------------------------------------

    def _read(self, text: str) -> tuple[float | None, str]:
        value, why = read(text, self.accessibleName(), whole=self._whole)
        if value is not None and not self._low <= value <= self._high:
            return None, self._refusal or self._beyond()
        return value, why

    def _beyond(self) -> str:
        """Return the sentence about a number outside the bounds."""
        low, high = (
            count_text(int(bound)) if bound == floor(bound) else exact_text(bound)
            for bound in (self._low, self._high)
        )
        sentence = self.tr("{name} must be a number between {low} and {high}.")
        return sentence.format(name=self.accessibleName(), low=low, high=high)

    def _take(self) -> None:
        if not self.isModified():
            return
        empty = self._optional and not self.text().strip()
        value, why = (None, "") if empty else self._parse(self.text())
        if why:
            self.refuse(why)
            return
        self.settle()
        before, self.value = self.value, value
        self._write()
        self.typed.emit(value)
        if value != before:
            self.changed.emit(value)

    def refuse(self, why: str) -> None:
        """Show the old number again, and why the new one is invalid."""
        self._write()
        if self.hasFocus():
            self.selectAll()
        self.setProperty(REFUSED, True)
        self.refused.emit(stays(why, self.text()) if self.text() else why)

    def settle(self) -> None:
        """Emit that the input is valid again."""
        self.setProperty(REFUSED, False)
        self.refused.emit("")

    def restore(self) -> None:
        """Restore the number from before the typing."""
        self._write()
        self.settle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.turn(1.0 if key == Qt.Key.Key_Up else -1.0, _fine(event))
        elif key == Qt.Key.Key_Escape and (self.isModified() or self.refusing):
            self.restore()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep from the window the keys that change the number: up, down, and Escape during typing."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            restores = event.key() == Qt.Key.Key_Escape and (self.isModified() or self.refusing)
            if restores or event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                event.accept()
                return True
        return super().event(event)

    def begins_with(self, text: str) -> bool:
        """Return whether an input may begin with this character: no letter or point, if a number is shown."""
        begun = self.isModified() or self.refusing or not self.text()
        return begun or not (text.isalpha() or text == ".")

    # -- by the mouse --------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._wheel == "over" or (self._wheel == "focused" and self.hasFocus()):
            self.turn(event.angleDelta().y() / NOTCH, _fine(event))
            event.accept()
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed, self._from = None, None
        if self._drag and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.globalPosition()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._drag:
            super().mouseMoveEvent(event)
        elif self._pressed is not None:
            self._pull(event, QApplication.startDragDistance())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed, self._from = None, None
        super().mouseReleaseEvent(event)
        if self._drag and not self.isModified():
            self.selectAll()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pressed = None
        super().mouseDoubleClickEvent(event)
        self.selectAll()

    def drag_by(self, handle: QWidget) -> None:
        """Let the number be dragged, or changed with the wheel, on another widget, such as its name."""
        handle.setCursor(Qt.CursorShape.SizeHorCursor)
        handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle the gestures on the widget of `drag_by`."""
        if isinstance(event, QWheelEvent):
            self.wheelEvent(event)
            return True
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            self._pressed, self._from = event.globalPosition(), None
        elif isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            self._pull(event, 1)
        elif isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonRelease:
            self._pressed, self._from = None, None
        else:
            return super().eventFilter(watched, event)
        return True

    def _pull(self, event: QMouseEvent, least: int) -> None:
        """Change the number by a drag, which begins ``least`` pixels from where the mouse was pressed."""
        if self._pressed is None:
            return
        across = event.globalPosition().x()
        if self._from is None:
            if abs(across - self._pressed.x()) < least:
                return
            start = across if least > 1 else self._pressed.x()
            self._from = (start, self._now())
            self.deselect()
        start, value = self._from
        moved = round((across - start) / PIXELS)
        step = self._size(value, moved > 0, _fine(event))
        self._move(_rounded(value + moved * step, step))

    # -- steps ---------------------------------------------------------------------------------------

    def turn(self, steps: float, fine: bool = False) -> None:
        """Change the number by ``steps`` steps, within its bounds."""
        value = self._now()
        step = self._size(value, steps > 0, fine)
        self._move(_rounded(value + steps * step, step))

    @property
    def pending(self) -> float | None:
        """The number in the line, whether accepted yet or not; None: the text is no valid number."""
        return self._parse(self.text())[0] if self.isModified() else self.value

    def _now(self) -> float:
        pending = self.pending
        return (self.value or 0.0) if pending is None else pending

    def _size(self, value: float, up: bool, fine: bool) -> float:
        step = self._step if isinstance(self._step, (int, float)) else self._step(value, up)
        return step if self._whole else step / (FINER if fine else 1)

    def _move(self, value: float) -> None:
        value = min(max(value, self._low), self._high)
        value = round(value) if self._whole else value
        if value == self.pending or self._parse(exact_text(value))[1]:
            return
        if not self._live:
            self.setText(self._format(value))
            self.setModified(True)
            return
        self.value = value
        self._write()
        self.settle()
        self.stepped.emit(value)
        self.changed.emit(value)


def _fine(event: QKeyEvent | QMouseEvent | QWheelEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)


def _rounded(value: float, step: float) -> float:
    return round(value, 2 - floor(log10(step)))


# -- A number of a form, with its title and a slider -----------------------------------------------------


SHORTEST_SLIDER = 26
"""Shortest length of a slider, in pixels."""


@guarded_overrides
class NumberField(QWidget):
    """A title, a number and, if the range allows it, a slider.

    Signals: ``changed`` carries a valid number once per gesture (None: the field is empty, if allowed);
    ``previewed`` carries it while the slider is dragged; ``refused`` carries a sentence on invalid input.
    """

    changed = Signal(object)
    previewed = Signal(object)
    refused = Signal(str)

    def __init__(self, name: str, meta: Meta, whole: bool, default: Any, slider: bool = True) -> None:
        super().__init__()
        title = tr(meta.title or name)
        start = default if isinstance(default, (int, float)) else None
        low, high = meta.ge if meta.ge is not None else meta.gt, meta.le
        self._whole = whole
        self.setToolTip(tr(meta.description or ""))
        self.title = QLabel(title)
        self.edit = NumberEdit(
            title,
            start,
            -MOST if low is None else low,
            MOST if high is None else high,
            parse=lambda text: parsed(text, whole, meta, name),
            step=1.0 if whole else leading_step,
            whole=whole,
            optional=default is None,
            wheel="focused",
            drag=False,
            role="",
        )
        self.edit.changed.connect(self._changed)
        self.edit.refused.connect(self.refused)
        self.title.setBuddy(self.edit)
        self.scale = scale_of(meta, whole, start) if slider else None
        self.slider = self._make_slider(title) if self.scale else None
        self._arrange()

    @property
    def value(self) -> float | None:
        """The number shown."""
        return self.edit.value

    def _make_slider(self, title: str) -> Slider:
        assert self.scale is not None
        slider = FocusedSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, whole(self.scale.steps))
        slider.setPageStep(whole(max(1, self.scale.steps // 10)))
        slider.setAccessibleName(tr("{} slider").format(title))
        slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        slider.valueChanged.connect(self._slid)
        slider.sliderReleased.connect(self._released)
        return slider

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.title, 0 if self.slider else 1)
        if self.slider:
            self.slider.setMinimumWidth(SHORTEST_SLIDER)
            row.addWidget(self.slider, 1)
        row.addWidget(self.edit)
        self.setFocusProxy(self.edit)
        self._fit_width()

    def show_bare(self) -> None:
        """Show the number only, without its title and slider."""
        self.title.hide()
        if self.slider:
            self.slider.hide()

    def _fit_width(self) -> None:
        self.edit.setFixedWidth(self.fontMetrics().horizontalAdvance("0") * 7 + 14)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_width()

    def show_value(self, value: float | None) -> None:
        """Show a number without emitting signals."""
        self._settled = value
        self.edit.show_value(value)
        self._place_slider(value)

    def _place_slider(self, value: float | None) -> None:
        if self.slider and self.scale and value is not None and isfinite(value):
            self.slider.blockSignals(True)
            zero = self.scale.zero and value == 0
            place = 0 if zero else max(1, self.scale.place(value)) if self.scale.zero else None
            self.slider.setValue(whole(self.scale.place(value) if place is None else place))
            self.slider.blockSignals(False)

    def _changed(self, value: float | None) -> None:
        self._place_slider(value)
        self._settled = value
        self.changed.emit(value)

    _settled: float | None = None  # the number before a drag of the slider

    def _slid(self, place: int) -> None:
        assert self.slider is not None and self.scale is not None
        value = self._number(self.scale.value(place))
        self.edit.show_value(value)
        if self.slider.isSliderDown():
            self.previewed.emit(value)
        else:
            self._slid_to(value)

    def _released(self) -> None:
        assert self.slider is not None and self.scale is not None
        self._slid_to(self._number(self.scale.value(self.slider.value())))

    def _slid_to(self, value: float) -> None:
        self.edit.show_value(value)
        self.edit.settle()
        if value != self._settled:
            self._changed(value)

    def _number(self, value: float) -> float:
        return int(value) if self._whole else value


def parsed(text: str, whole: bool, meta: Meta, name: str) -> tuple[float | None, str]:
    """Return the number typed, and a sentence on what is wrong if it is invalid."""
    value, why = read(text, tr(meta.title or name), whole=whole)
    return value, why or out_of_range(value, meta, name)
