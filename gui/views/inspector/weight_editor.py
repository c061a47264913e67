"""An editor for one parameter, which can be typed, dragged, or changed with the wheel.

A drag, a turn of the wheel and a series of arrow keys are each a single change, sent at the end; until then
the value is only previewed.
"""

from __future__ import annotations

from math import isfinite, log10

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from core.number_style import FINE_DIGITS, digits, exact_text, widest_text
from gui.qt.drawable import guarded_overrides, whole
from gui.widgets.number_edit import EMPTY_SPACE, NOTCH, NumberEdit, read
from gui.widgets.slider import FocusedSlider

PLACES = 400  # slider positions on each side of 0
LEAST_REACH, MOST_REACH = 0.1, 1e6
STEPS = (1.0, 2.0, 5.0, 10.0)
PAUSE_MS = 500  # time after the last notch or key at which a gesture ends
CONTROL = Qt.KeyboardModifier.ControlModifier


def reach_for(value: float, present: float) -> float:
    """Return the range of the slider on each side of 0: 1, 2 or 5 times a power of ten.

    The ``present`` range is kept while the value is well inside it.
    """
    size = abs(value)
    if present * 0.1 <= size <= present or (size <= present <= 1):
        return present
    wanted = min(MOST_REACH, max(1.0, 1.5 * size))
    power = 10.0 ** int(log10(wanted) // 1)
    return next(step * power for step in STEPS if step * power >= wanted * 0.999)


@guarded_overrides
class WeightEditor(QWidget):
    """The name of a parameter, its value, and a slider whose range adapts to the value.

    Signals: ``previewed`` carries the value during a gesture, ``changed`` once at its end; ``refused``
    carries a sentence on invalid input (empty: the input is valid again).
    """

    previewed = Signal(float)
    changed = Signal(float)
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.name, self.slider = QLabel(), FocusedSlider(Qt.Orientation.Horizontal)
        self.edit = NumberEdit(
            "",
            parse=self._parsed,
            step=lambda _value, _up: self.reach / 100,
            wheel="focused",
            drag=False,
            role="",
        )
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.name.setBuddy(self.edit)
        self.slider.setRange(-PLACES, PLACES)
        self.slider.setPageStep(PLACES // 10)
        self.value, self.reach = 0.0, 1.0
        self._began: float | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.name)
        row.addWidget(self.edit)
        row.addWidget(self.slider, 1)
        self.setFocusProxy(self.edit)
        self.fit_width()
        tip = self.tr("Type a number, drag, or turn the wheel (Ctrl: finer); everything is computed anew")
        for widget in (self.edit, self.slider):
            widget.setToolTip(tip)
            widget.installEventFilter(self)

    def _connect(self) -> None:
        self.edit.typed.connect(self._typed)
        self.edit.stepped.connect(self._stepped)
        self.edit.refused.connect(self.refused)
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderReleased.connect(self.finish)
        self._pause.timeout.connect(self.finish)

    def fit_width(self) -> None:
        """Reserve room for the present number of digits."""
        widest = widest_text(max(0, FINE_DIGITS - digits()))
        self.edit.setFixedWidth(self.fontMetrics().horizontalAdvance(widest) + EMPTY_SPACE)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.fit_width()

    # -- contents ------------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether a gesture is in progress, or a number is being typed."""
        return self._began is not None or self.edit.isModified()

    def show_name(self, rich: str, spoken: str) -> None:
        """Show the name of the parameter, in symbols and in words; a gesture in progress is cancelled."""
        self.finish()
        self.edit.setModified(False)
        self.name.setText(rich)
        self.edit.setAccessibleName(spoken)
        self.slider.setAccessibleName(self.tr("{name}, slider").format(name=spoken))

    def show_value(self, value: float) -> None:
        """Show a value without emitting a signal, unless a gesture is in progress."""
        if self.busy or not isfinite(value):
            return
        self.value = value
        self._reach(reach_for(value, self.reach))
        self._write(value)

    def _write(self, value: float) -> None:
        self.edit.show_value(value)
        self.slider.blockSignals(True)
        self.slider.setValue(whole(value / self.reach * PLACES))
        self.slider.blockSignals(False)

    def _reach(self, reach: float) -> None:
        self.reach = reach
        ends = self.tr("from {low} to {high}").format(low=exact_text(-reach), high=exact_text(reach))
        self.slider.setAccessibleDescription(ends)

    # -- mouse and keyboard --------------------------------------------------------------------------

    def _slid(self, place: int) -> None:
        self._move(round(place / PLACES * self.reach, 3 - round(log10(self.reach))))
        if not self.slider.isSliderDown():
            self._pause.start()

    def _move(self, value: float) -> None:
        """Preview a value; the first one begins a gesture."""
        if self._began is None:
            self._began = self.value
        self.value = value
        self._write(value)
        self.previewed.emit(value)

    def finish(self) -> None:
        """End the gesture, as one change."""
        self._pause.stop()
        began, self._began = self._began, None
        if began is None:
            return
        self._reach(reach_for(self.value, self.reach))
        self._write(self.value)
        if self.value != began:
            self.changed.emit(self.value)

    def drop(self) -> None:
        """Cancel the gesture without emitting a signal."""
        self._pause.stop()
        self._began = None
        self.edit.setModified(False)

    def _cancel(self) -> None:
        """Restore the value before the gesture."""
        self._pause.stop()
        began, self._began = self._began, None
        if began is not None:
            self.value = began
            self.previewed.emit(began)
        self._write(self.value)
        self.edit.settle()

    def _parsed(self, text: str) -> tuple[float | None, str]:
        value, why = read(text, self.tr("A weight"))
        if value is not None and abs(value) > MOST_REACH:
            why = self.tr("A weight must be a number between −1,000,000 and 1,000,000.")
        return value, why

    def _typed(self, value: float) -> None:
        began, self._began = self._began, None
        self._pause.stop()
        if value != (self.value if began is None else began):
            self.value = value
            self._reach(reach_for(value, self.reach))
            self._write(value)
            self.changed.emit(value)

    def _stepped(self, value: float) -> None:
        if abs(value) > self.reach:
            self._reach(reach_for(value, self.reach))
        self._move(value)
        self._pause.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QWheelEvent) and watched is self.slider:
            if self.slider.hasFocus():
                self.edit.turn(event.angleDelta().y() / NOTCH, bool(event.modifiers() & CONTROL))
                return True
            event.ignore()
            return True
        pressed = event.type() == QEvent.Type.KeyPress
        if pressed and _is_escape(event) and (self.busy or self.edit.refusing):
            self._cancel()
            return True
        if event.type() == QEvent.Type.FocusOut and watched is self.slider:
            self.finish()
        return super().eventFilter(watched, event)


def _is_escape(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
