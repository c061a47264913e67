"""Stop form: the conditions at which a run ends by itself, each to be switched on, with its number."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QLabel, QVBoxLayout, QWidget

from core.stops import STOPS, Stop
from gui.form import Form


class StopForm(QDialog):
    """``stops_changed`` carries the conditions that are switched on. The dialog stops nothing itself."""

    stops_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stop_form")
        self.setWindowTitle(self.tr("Stop when…"))
        self.setAccessibleName(self.tr("Conditions at which a run stops"))
        self.checks: dict[str, QCheckBox] = {}
        self.forms: dict[str, Form] = {}
        self._values: dict[str, Stop] = {name: kind() for name, kind in STOPS.items()}
        column = QVBoxLayout(self)
        column.setSpacing(6)
        said = QLabel(self.tr("Training goes on until you pause it, or until one of these is reached."))
        said.setProperty("look", "muted")
        said.setWordWrap(True)
        column.addWidget(said)
        for name, value in self._values.items():
            check = QCheckBox(QCoreApplication.translate("Form", value.symbol))
            check.setAccessibleName(check.text())
            check.setToolTip(self.tr("End the run by itself, and say why"))
            form = Form(type(value), sliders=False)
            form.show_value(value)
            form.setContentsMargins(24, 0, 0, 6)
            form.setEnabled(False)
            check.toggled.connect(form.setEnabled)
            check.toggled.connect(self._tell)
            form.changed.connect(lambda new, name=name: self._take(name, new))
            self.checks[name], self.forms[name] = check, form
            column.addWidget(check)
            column.addWidget(form)
        self.setMinimumWidth(320)

    @property
    def stops(self) -> tuple[Stop, ...]:
        """The conditions that are switched on."""
        return tuple(value for name, value in self._values.items() if self.checks[name].isChecked())

    def _take(self, name: str, value: Stop) -> None:
        self._values[name] = value
        self.forms[name].show_value(value)
        self._tell()

    def _tell(self) -> None:
        self.stops_changed.emit(self.stops)
