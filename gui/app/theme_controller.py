"""Applies the appearance chosen by the user, and changes it while the program runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMainWindow

from core.number_style import set_digits, set_powers
from gui.actions.preference_table import Value
from gui.app.preferences import PreferenceStore
from gui.qt import motion
from gui.theme import theme

SET: dict[str, Callable[[Value], object]] = {
    "font_size": lambda points: theme.set_font_size(None if isinstance(points, str) else points),
    "digits": lambda count: set_digits(int(count)),
    "powers": lambda sign: set_powers(str(sign)),
    "reduced_motion": lambda on: motion.reduce(bool(on)),
}
"""The functions that apply a preference to the whole program."""


class ThemeController(QObject):
    """Applies ``theme`` to the application, the parts of a main window, and all windows without a controller.

    Fonts are enlarged by ``scale`` in the whole application. ``digits_changed``: all numbers are to be
    formatted again.
    """

    scale: ClassVar[float] = 1.0

    digits_changed = Signal()

    def __init__(self, preferences: PreferenceStore, parts: Iterable[theme.Themed], parent: QObject) -> None:
        super().__init__(parent)
        self._preferences, self._parts = preferences, list(parts)
        self.theme = theme.LIGHT
        preferences.changed.connect(self._apply)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow)

    def add(self, part: theme.Themed) -> None:
        """Apply the theme to another widget from now on."""
        self._parts.append(part)

    def restore(self) -> None:
        """Restore the stored appearance; the defaults are the theme and the font size of the system."""
        ThemeController.scale = 1.0
        for name, set_to in SET.items():
            set_to(self._preferences[name])
        self._set_dock_animation()
        self._follow()

    def _set_dock_animation(self) -> None:
        """Turn the animation of the window's docks on or off."""
        window = self.parent()
        if isinstance(window, QMainWindow):
            window.setAnimated(not motion.reduced())

    def _apply(self, name: str) -> None:
        """Apply a preference that was changed, if it belongs to the appearance."""
        if name in SET:
            SET[name](self._preferences[name])
        if name in ("theme", "colours", "font_size"):
            self._follow()
        elif name == "reduced_motion":
            self._set_dock_animation()
        elif name in ("digits", "powers"):
            self.show(self.theme)  # as its texts need other space
            self.digits_changed.emit()

    def _follow(self) -> None:
        """Apply the chosen theme."""
        chosen = str(self._preferences["theme"])
        shown = theme.THEMES[chosen] if chosen in theme.THEMES else theme.system_theme(_application())
        self.show(self.coloured(shown))

    def coloured(self, shown: theme.Theme) -> theme.Theme:
        """Return a theme with the chosen set of colours."""
        return theme.coloured(shown, str(self._preferences["colours"]))

    def show(self, shown: theme.Theme, scale: float | None = None) -> None:
        """Apply a theme, and a font ``scale`` (None: unchanged), to the application and all parts."""
        self.theme = shown
        if scale is not None:
            ThemeController.scale = scale
        theme.apply(_application(), shown, self.scale)
        for part in (*self._parts, *_other_windows()):
            part.show_theme(shown)


def _other_windows() -> list[theme.Themed]:
    """Return the windows that have `show_theme` and no controller of their own."""
    windows = _application().topLevelWidgets()
    return [
        one for one in windows if isinstance(one, theme.Themed) and one.findChild(ThemeController) is None
    ]


def _application() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app
