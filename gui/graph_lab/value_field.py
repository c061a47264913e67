"""The value field: a variable with its number, to be typed, changed by the wheel or dragged, and a slider."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from gui.graph_lab.formulas import rich
from gui.qt.drawable import whole
from gui.theme.theme import Theme, font
from gui.widgets.number_edit import NumberEdit
from gui.widgets.slider import Scale, Slider

STEPS, LENGTH = 200, 84  # of a slider: its positions, and its length in pixels at scale 1
LEAST_DIGITS = 6  # digits reserved for a number, so that nothing moves while the slider is dragged
REACHES = (5.0, 10.0)  # ends of a slider's range, on both sides of 0, times a power of ten


def reach_of(value: float) -> float:
    """Return the end of a slider's range for a number: 5 or 10, times a power of ten."""
    size, tens = abs(value), 1.0
    while size > tens * REACHES[-1]:
        tens *= 10
    return next(tens * reach for reach in REACHES if size <= tens * reach)


class ValueField(QFrame):
    """``x = 3`` and a slider. ``changed`` carries every value; ``refused`` an error message or nothing."""

    changed = Signal(str, float)
    refused = Signal(str)

    def __init__(self, name: str, value: float) -> None:
        super().__init__()
        self.setObjectName("value_field")
        self.name = name
        self.label, self.edit = QLabel(f"{rich(name)} ="), NumberEdit(name, value, drag=False, role="")
        self.slider = Slider(Qt.Orientation.Horizontal)
        self.edit.drag_by(self.label)
        self.edit.setAccessibleName(self.tr("Value of {name}").format(name=name))
        tip = self.tr("Type a number, turn the wheel, or drag the name sideways (Ctrl: finer)")
        for widget in (self.label, self.edit):
            widget.setToolTip(tip)
        self.label.setBuddy(self.edit)
        self.slider.setAccessibleName(self.tr("Slider of {name}").format(name=name))
        self.slider.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the arrow keys step through the passes
        self.slider.setRange(0, STEPS)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 2, 6, 2)
        row.setSpacing(2)
        for part in (self.label, self.edit, self.slider):
            row.addWidget(part)
        self.setFocusProxy(self.edit)
        self.edit.changed.connect(self._take)
        self.edit.refused.connect(self.refused)
        self.edit.textChanged.connect(self._fit)
        self.slider.valueChanged.connect(self._slide)
        self._slide_to(value)
        self._fit()

    def show_value(self, value: float) -> None:
        """Show a number without emitting signals."""
        self.edit.show_value(value)
        self._slide_to(value)

    def show_theme(self, theme: Theme, scale: float) -> None:
        """Apply the colours of a theme and the fonts of a scale."""
        for part in (self.label, self.edit):
            part.setFont(font("text", scale))
        self.slider.setFixedWidth(round(LENGTH * scale))
        self.setMinimumHeight(round(34 * scale))
        self._fit()

    def _take(self, value: float) -> None:
        self._slide_to(value)
        self.changed.emit(self.name, value)

    def _slide_to(self, value: float) -> None:
        """Move the handle to a number, and adapt the range unless the handle is being dragged."""
        if self.slider.isSliderDown():
            return
        reach = reach_of(value)
        self._scale = Scale(-reach, reach, whole=False, logarithmic=False, steps=STEPS)
        self.slider.blockSignals(True)
        self.slider.setValue(whole(self._scale.place(value)))
        self.slider.blockSignals(False)
        tip = self.tr("{name} from {low} to {high}; a number typed beyond them widens the range")
        self.slider.setToolTip(tip.format(name=rich(self.name), low=f"−{reach:g}", high=f"{reach:g}"))

    def _slide(self, place: int) -> None:
        value = self._scale.value(place)
        self.edit.show_value(value)
        self.changed.emit(self.name, value)

    def _fit(self) -> None:
        digits = max(LEAST_DIGITS, len(self.edit.text()) + 1)
        self.edit.setFixedWidth(self.edit.fontMetrics().horizontalAdvance("0") * digits + 8)
