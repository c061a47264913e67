"""The settings that belong to the user and not to a design."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QDialogButtonBox, QFormLayout, QWidget

from core.number_style import FEWEST_DIGITS, MOST_DIGITS, digits
from gui.actions.registry import Actions, plain

THEME_ACTIONS = ("theme_system", "theme_light", "theme_dark")


class Preferences(QDialog):
    """The actions for the user's preferences; each takes effect at once."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("preferences")
        self.setWindowTitle(self.tr("Preferences"))
        self.setAccessibleName(self.tr("Preferences"))
        self._themes = [actions[name] for name in THEME_ACTIONS]
        self.theme = QComboBox()
        self.theme.setAccessibleName(self.tr("Colours"))
        self.theme.addItems([plain(action.text()) for action in self._themes])
        self.theme.setCurrentIndex([action.isChecked() for action in self._themes].index(True))
        self.theme.activated.connect(lambda k: self._themes[k].trigger())
        self.theme.setToolTip(self.tr("The colours of all windows"))
        self.digits = QComboBox()
        self.digits.setToolTip(self.tr("In how many digits computed numbers are written"))
        self.digits.setAccessibleName(self.tr("Digits of computed numbers"))
        self.digits.addItems([str(count) for count in range(FEWEST_DIGITS, MOST_DIGITS + 1)])
        self.digits.setCurrentIndex(digits() - FEWEST_DIGITS)
        self.digits.activated.connect(lambda k: actions[f"digits_{FEWEST_DIGITS + k}"].trigger())
        self.weights = self._box(actions["with_weights"])
        form = QFormLayout(self)
        form.addRow(self.tr("&Colours"), self.theme)
        form.addRow(self.tr("&Digits"), self.digits)
        form.addRow("", self.weights)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        form.addRow(buttons)

    def _box(self, action: QAction) -> QCheckBox:
        box = QCheckBox(action.statusTip())
        box.setAccessibleName(action.statusTip())
        box.setToolTip(action.toolTip())
        box.setChecked(action.isChecked())
        box.toggled.connect(action.setChecked)
        return box
