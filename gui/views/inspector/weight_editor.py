"""Weight editor: one number of the network, to be typed, dragged, or turned with the wheel.

A drag, a turn of the wheel and a run of arrow keys are each one change, told at its end; on the way
the number is only previewed.
"""

from __future__ import annotations

from math import isfinite, log10

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from gui.widgets.drawable import whole
from gui.widgets.slider import Slider
from gui.widgets.typed_numbers import note_refusal, read, stays, was_refused

PLACES = 400  # of the slider, on each side of 0
LEAST_REACH, MOST_REACH = 0.1, 1e6
STEPS = (1.0, 2.0, 5.0, 10.0)
PAUSE_MS = 500  # so long after the last notch or key a gesture is over
FINER, NOTCH = 10, 120


def reach_for(value: float, present: float) -> float:
    """Return how far the slider reaches on each side of 0: 1, 2 or 5 times a power of ten.

    The ``present`` reach stays while the number lies well inside it.
    """
    size = abs(value)
    if present * 0.1 <= size <= present or (size <= present <= 1):
        return present
    wanted = min(MOST_REACH, max(1.0, 1.5 * size))
    power = 10.0 ** int(log10(wanted) // 1)
    return next(step * power for step in STEPS if step * power >= wanted * 0.999)


class WeightEditor(QWidget):
    """The name of a number, the number, and a slider whose reach follows it.

    ``previewed`` while a gesture is under way, ``changed`` once at its end, ``refused`` with a sentence
    (empty: all is well again).
    """

    previewed = Signal(float)
    changed = Signal(float)
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.name, self.edit, self.slider = QLabel(), QLineEdit(), _Slider()
        self.edit.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute)
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
        self._fit_width()
        tip = self.tr("Type a number, drag, or turn the wheel (Ctrl: finer); everything is computed anew")
        for widget in (self.edit, self.slider):
            widget.setToolTip(tip)
            widget.installEventFilter(self)

    def _connect(self) -> None:
        self.edit.editingFinished.connect(self._typed)
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderReleased.connect(self.finish)
        self._pause.timeout.connect(self.finish)

    def _fit_width(self) -> None:
        self.edit.setFixedWidth(self.fontMetrics().horizontalAdvance("0") * 10 + 16)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_width()

    # -- what is told --------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether a gesture is under way, or a number is being typed."""
        return self._began is not None or self.edit.isModified()

    def show_name(self, rich: str, spoken: str) -> None:
        """Say what the number is, in symbols and in words; a gesture under way is over."""
        self.finish()
        self.edit.setModified(False)
        self.name.setText(rich)
        self.edit.setAccessibleName(spoken)
        self.slider.setAccessibleName(self.tr("{name}, slider").format(name=spoken))

    def show_value(self, value: float) -> None:
        """Show a number without telling anyone; not while a gesture is under way."""
        if self.busy or not isfinite(value):
            return
        self.value = value
        self._reach(reach_for(value, self.reach))
        self._write(value)

    def _write(self, value: float) -> None:
        self.edit.setText(f"{value:.7g}")
        self.edit.setModified(False)
        self.slider.blockSignals(True)
        self.slider.setValue(whole(value / self.reach * PLACES))
        self.slider.blockSignals(False)

    def _reach(self, reach: float) -> None:
        self.reach = reach
        ends = self.tr("from {low:g} to {high:g}").format(low=-reach, high=reach)
        self.slider.setAccessibleDescription(ends)

    # -- gestures ------------------------------------------------------------------------------------

    def _slid(self, place: int) -> None:
        self._move(round(place / PLACES * self.reach, 3 - round(log10(self.reach))))
        if not self.slider.isSliderDown():
            self._pause.start()

    def _move(self, value: float) -> None:
        """Preview a number; the first one begins a gesture."""
        if self._began is None:
            self._began = self.value
        self.value = value
        self._write(value)
        self.previewed.emit(value)

    def finish(self) -> None:
        """End the gesture under way, as one change."""
        self._pause.stop()
        began, self._began = self._began, None
        if began is None:
            return
        self._reach(reach_for(self.value, self.reach))
        self._write(self.value)
        if self.value != began:
            self.changed.emit(self.value)

    def drop(self) -> None:
        """Forget the gesture under way, without telling anyone."""
        self._pause.stop()
        self._began = None
        self.edit.setModified(False)

    def _cancel(self) -> None:
        """Go back to the number before the gesture."""
        self._pause.stop()
        began, self._began = self._began, None
        if began is not None:
            self.value = began
            self.previewed.emit(began)
        self._write(self.value)
        note_refusal(self.edit, refused=False)
        self.refused.emit("")

    def _typed(self) -> None:
        if not self.edit.isModified():
            return
        value, why = read(self.edit.text(), self.tr("A weight"))
        if value is None or abs(value) > MOST_REACH:
            bounds = self.tr("A weight must be a number between −1,000,000 and 1,000,000.")
            self._write(self.value)
            note_refusal(self.edit, refused=True)
            self.refused.emit(stays(why or bounds, self.edit.text()))
            return
        note_refusal(self.edit, refused=False)
        self.refused.emit("")
        self.edit.setModified(False)
        began, self._began = self._began, None
        self._pause.stop()
        if value != (self.value if began is None else began):
            self.value = value
            self._reach(reach_for(value, self.reach))
            self._write(value)
            self.changed.emit(value)

    def _turn(self, notches: float, fine: bool) -> None:
        step = self.reach / 100 / (FINER if fine else 1)
        decimals = 4 - round(log10(self.reach))
        value = round(self.value + notches * step, decimals)
        if abs(value) > self.reach:
            self._reach(reach_for(value, self.reach))
        self._move(value)
        self._pause.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        focused = isinstance(watched, QWidget) and watched.hasFocus()
        if isinstance(event, QWheelEvent) and event.type() == QEvent.Type.Wheel and focused:
            fine = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self._turn(event.angleDelta().y() / NOTCH, fine)
            event.accept()
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if watched is self.edit and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                fine = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
                self._turn(1.0 if event.key() == Qt.Key.Key_Up else -1.0, fine)
                return True
            if event.key() == Qt.Key.Key_Escape and (self.busy or was_refused(self.edit)):
                self._cancel()
                return True
        if event.type() == QEvent.Type.FocusOut and watched is self.slider:
            self.finish()
        return super().eventFilter(watched, event)


class _Slider(Slider):
    """A slider that leaves the wheel to the panel it lies in, unless it has the focus."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
