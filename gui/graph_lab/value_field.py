"""Value field: a variable with its number, to be typed, turned with the wheel, or dragged."""

from __future__ import annotations

from math import floor, log10

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit

from gui.graph_lab.formulas import rich
from gui.theme.theme import Theme, font
from gui.widgets.number_format import brief
from gui.widgets.typed_numbers import note_refusal, read, stays, was_refused

LARGEST = 1e6
FINER, NOTCH, PIXELS = 10, 120, 6  # pixels of a drag that make a step


def step_for(value: float) -> float:
    """Return the step of the wheel: a tenth, for larger numbers a tenth of their leading digit's unit."""
    return 0.1 if abs(value) < 10 else float(10.0 ** (floor(log10(abs(value))) - 1))


class ValueField(QFrame):
    """``x = 3``. ``changed`` tells every number on the way; ``refused`` a sentence (empty: all is well)."""

    changed = Signal(str, float)
    refused = Signal(str)

    def __init__(self, name: str, value: float) -> None:
        super().__init__()
        self.setObjectName("value_field")
        self.name, self.value = name, value
        self._from: tuple[float, float] | None = None
        self.label, self.edit = QLabel(f"{rich(name)} ="), QLineEdit()
        self.label.setCursor(Qt.CursorShape.SizeHorCursor)
        self.edit.setAccessibleName(self.tr("Value of {name}").format(name=name))
        tip = self.tr("Type a number, turn the wheel, or drag the name sideways (Ctrl: finer)")
        for widget in (self.label, self.edit):
            widget.setToolTip(tip)
            widget.installEventFilter(self)
        self.label.setBuddy(self.edit)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 2, 6, 2)
        row.setSpacing(2)
        row.addWidget(self.label)
        row.addWidget(self.edit)
        self.setFocusProxy(self.edit)
        self.edit.editingFinished.connect(self._typed)
        self._write()

    def show_value(self, value: float) -> None:
        """Show a number without telling anyone."""
        self.value = value
        self._write()

    def show_theme(self, theme: Theme, scale: float) -> None:
        """Take the colours of a theme and the fonts of a scale."""
        for part in (self.label, self.edit):
            part.setFont(font("text", scale))
        self.setMinimumHeight(round(34 * scale))
        self._write()

    def _write(self) -> None:
        self.edit.setText(brief(self.value) if abs(self.value) < LARGEST else f"{self.value:g}")
        self.edit.setModified(False)
        digits = max(3, len(self.edit.text()) + 1)
        self.edit.setFixedWidth(self.edit.fontMetrics().horizontalAdvance("0") * digits + 8)

    # -- gestures ----------------------------------------------------------------------------------------

    def _typed(self) -> None:
        if not self.edit.isModified():
            return
        value, why = read(self.edit.text(), self.name)
        self._write()
        if value is None or abs(value) > LARGEST:
            bounds = self.tr("{name} must be a number between −1,000,000 and 1,000,000.")
            note_refusal(self.edit, refused=True)
            self.refused.emit(stays(why or bounds.format(name=self.name), self.edit.text()))
            return
        self._forgive()
        self._move(value)

    def _forgive(self) -> None:
        """Say that all is well again."""
        note_refusal(self.edit, refused=False)
        self.refused.emit("")

    def _move(self, value: float) -> None:
        if value != self.value and abs(value) <= LARGEST:
            self.value = value
            self._write()
            self.changed.emit(self.name, value)

    def turn(self, steps: float, fine: bool) -> None:
        """Change the number by so many steps."""
        step = step_for(self.value) / (FINER if fine else 1)
        self._move(round(self.value + steps * step, 2 - floor(log10(step))))

    def _drag(self, event: QMouseEvent) -> None:
        if self._from is None:
            return
        start, value = self._from
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        step = step_for(value) / (FINER if fine else 1)
        steps = round((event.globalPosition().x() - start) / PIXELS)
        self._move(round(value + steps * step, 2 - floor(log10(step))))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        control = Qt.KeyboardModifier.ControlModifier
        if isinstance(event, QWheelEvent):
            self.turn(event.angleDelta().y() / NOTCH, bool(event.modifiers() & control))
            event.accept()
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched is self.edit:
            return self._key(event)
        if isinstance(event, QMouseEvent) and watched is self.label:
            if event.type() == QEvent.Type.MouseButtonPress:
                self._from = (event.globalPosition().x(), self.value)
            elif event.type() == QEvent.Type.MouseMove:
                self._drag(event)
            elif event.type() == QEvent.Type.MouseButtonRelease:
                self._from = None
            return True
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            fine = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self.turn(1.0 if event.key() == Qt.Key.Key_Up else -1.0, fine)
            return True
        if event.key() == Qt.Key.Key_Escape and (self.edit.isModified() or was_refused(self.edit)):
            self._write()
            self._forgive()
            return True
        return False
