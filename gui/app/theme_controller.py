"""Applies the theme and the number of digits chosen by the user, and changes them while the program runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from core.number_style import FEWEST_DIGITS, MOST_DIGITS, set_digits
from gui.actions.registry import Actions
from gui.theme import theme

KEY, DIGITS_KEY = "look/theme", "look/digits"
CHOICES = ("system", *theme.THEMES)


class Themed(Protocol):
    """A part of the window that has colours of its own."""

    def show_theme(self, shown: theme.Theme) -> None:
        """Take the colours of a theme."""


class ThemeController(QObject):
    """Applies ``theme``, with fonts enlarged by ``scale``, to the application and the parts of the window.

    ``digits_changed``: all numbers are to be written anew.
    """

    digits_changed = Signal()

    def __init__(
        self, actions: Actions, parts: Iterable[Themed], settings: QSettings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._choices = {name: actions[f"theme_{name}"] for name in CHOICES}
        self._parts, self._settings = list(parts), settings
        self.theme, self.scale = theme.LIGHT, 1.0
        for name, action in self._choices.items():
            action.triggered.connect(lambda _on=False, name=name: self._choose(name))
        self._digits = {count: actions[f"digits_{count}"] for count in range(FEWEST_DIGITS, MOST_DIGITS + 1)}
        for count, action in self._digits.items():
            action.triggered.connect(lambda _on=False, count=count: self._choose_digits(count))
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow)

    def add(self, part: Themed) -> None:
        """Apply the theme to another part from now on."""
        self._parts.append(part)

    def restore(self) -> None:
        """Apply the theme and the digits chosen last time; at first the theme of the system."""
        digits = str(self._settings.value(DIGITS_KEY, FEWEST_DIGITS))
        count = int(digits) if digits.isdigit() and int(digits) in self._digits else FEWEST_DIGITS
        self._digits[count].setChecked(True)
        set_digits(count)
        chosen = str(self._settings.value(KEY, "system"))
        self._choices[chosen if chosen in self._choices else "system"].setChecked(True)
        self._follow()

    def _choose(self, name: str) -> None:
        self._settings.setValue(KEY, name)
        self._follow()

    def _choose_digits(self, count: int) -> None:
        self._settings.setValue(DIGITS_KEY, count)
        set_digits(count)
        self.show(self.theme)  # whose texts ask for other room
        self.digits_changed.emit()

    def _follow(self) -> None:
        """Apply the theme that is checked in the menu."""
        chosen = next(name for name, action in self._choices.items() if action.isChecked())
        self.show(theme.THEMES[chosen] if chosen in theme.THEMES else theme.system_theme(_application()))

    def show(self, shown: theme.Theme, scale: float | None = None) -> None:
        """Apply a theme, and a font ``scale`` (None: unchanged), to the application and all parts."""
        self.theme, self.scale = shown, self.scale if scale is None else scale
        theme.apply(_application(), shown, self.scale)
        for part in self._parts:
            part.show_theme(shown)


def _application() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app
