"""Value field: a variable with its number, to be typed, turned with the wheel, or dragged."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from gui.graph_lab.formulas import rich
from gui.theme.theme import Theme, font
from gui.widgets.number_edit import NumberEdit


class ValueField(QFrame):
    """``x = 3``. ``changed`` tells every number on the way; ``refused`` a sentence (empty: all is well)."""

    changed = Signal(str, float)
    refused = Signal(str)

    def __init__(self, name: str, value: float) -> None:
        super().__init__()
        self.setObjectName("value_field")
        self.name = name
        self.label, self.edit = QLabel(f"{rich(name)} ="), NumberEdit(name, value, drag=False, role="")
        self.edit.drag_by(self.label)
        self.edit.setAccessibleName(self.tr("Value of {name}").format(name=name))
        tip = self.tr("Type a number, turn the wheel, or drag the name sideways (Ctrl: finer)")
        for widget in (self.label, self.edit):
            widget.setToolTip(tip)
        self.label.setBuddy(self.edit)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 2, 6, 2)
        row.setSpacing(2)
        row.addWidget(self.label)
        row.addWidget(self.edit)
        self.setFocusProxy(self.edit)
        self.edit.changed.connect(lambda value: self.changed.emit(name, value))
        self.edit.refused.connect(self.refused)
        self.edit.textChanged.connect(self._fit)
        self._fit()

    def show_value(self, value: float) -> None:
        """Show a number without telling anyone."""
        self.edit.show_value(value)

    def show_theme(self, theme: Theme, scale: float) -> None:
        """Take the colours of a theme and the fonts of a scale."""
        for part in (self.label, self.edit):
            part.setFont(font("text", scale))
        self.setMinimumHeight(round(34 * scale))
        self._fit()

    def _fit(self) -> None:
        digits = max(3, len(self.edit.text()) + 1)
        self.edit.setFixedWidth(self.edit.fontMetrics().horizontalAdvance("0") * digits + 8)
