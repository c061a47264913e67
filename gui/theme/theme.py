"""The colours and fonts of the program, in a light and a dark theme.

The pairs negative / positive and gradient_negative / gradient_positive keep apart in the three kinds
of colour-blindness and stand out from the canvas (checked by the tests). So do the ten colours of
classes, each with a marker shape of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from PySide6.QtCore import QByteArray, QDir, QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from core.arrays import Array
from gui.qt.drawable import guarded_overrides
from gui.theme.stylesheet import STYLESHEET

ICONS = Path(__file__).parents[2] / "assets" / "icons"
SOLID = ("play", "pause")
_CLASSES = "5790fc f89c20 e42536 600a8d 09ee94 666581 840632 b8cdf6 6b15ff b3a0a3"
CLASS_COLOURS = tuple(QColor(f"#{digits}") for digits in _CLASSES.split())


@dataclass(frozen=True, eq=False)
class Theme:
    """A set of colours. ``window`` is the background of windows, ``panel`` that of widgets.

    ``canvas`` is the background of the network, ``raised`` the colour of a button, and ``middle`` the colour
    of the value 0 in a heat map. ``bias`` is the colour of biases where weights have that of their sign.
    """

    name: str
    window: QColor
    panel: QColor
    canvas: QColor
    raised: QColor
    border: QColor
    text: QColor
    muted: QColor
    accent: QColor
    accent_soft: QColor
    on_accent: QColor
    negative: QColor
    positive: QColor
    zero: QColor
    middle: QColor
    gradient_negative: QColor
    gradient_positive: QColor
    warning: QColor
    error: QColor
    train: QColor
    test: QColor
    bias: QColor
    classes: tuple[QColor, ...] = CLASS_COLOURS
    class_symbols: tuple[str, ...] = ("o", "s", "t", "d", "x", "+", "star", "v", "hourglass", "_")


def _theme(name: str, **colours: str) -> Theme:
    made: dict[str, Any] = {key: QColor(value) for key, value in colours.items()}
    return Theme(name, **made)


LIGHT = _theme(
    "light",
    window="#f4f5f7",
    panel="#ffffff",
    canvas="#fbfbfd",
    raised="#eef1f6",
    border="#dfe3ea",
    text="#1b1f24",
    muted="#57606a",
    accent="#2f6fde",
    accent_soft="#dae5f9",
    on_accent="#ffffff",
    negative="#b45309",
    positive="#0b6bb5",
    zero="#d9dde1",
    middle="#ffffff",
    gradient_negative="#8b2fb3",
    gradient_positive="#0f7b5c",
    warning="#8a5a00",
    error="#b42318",
    train="#0b6bb5",
    test="#b45309",
    bias="#8f3f84",
)

DARK = _theme(
    "dark",
    window="#12161b",
    panel="#1f242d",
    canvas="#15191e",
    raised="#2a303b",
    border="#323946",
    text="#e6edf3",
    muted="#9aa7b4",
    accent="#5b93f5",
    accent_soft="#2a3851",
    on_accent="#0d1420",
    negative="#ffa94d",
    positive="#4dabf7",
    zero="#3a424b",
    middle="#15191e",
    gradient_negative="#d987ea",
    gradient_positive="#35c79d",
    warning="#f0b429",
    error="#ff8177",
    train="#4dabf7",
    test="#ffa94d",
    bias="#e29bd8",
)

THEMES = {theme.name: theme for theme in (LIGHT, DARK)}

# -- other sets of colours: what differs from a theme ------------------------------------------------------

_STRONG_LIGHT = dict.fromkeys(("window", "panel", "canvas", "raised", "middle"), "#ffffff") | {
    "border": "#4d4d4d",
    "text": "#000000",
    "muted": "#2b2b2b",
    "accent": "#0038a8",
    "accent_soft": "#d6e4ff",
    "negative": "#8a3000",
    "positive": "#00408a",
    "zero": "#8c8c8c",
    "gradient_negative": "#6b0f8f",
    "gradient_positive": "#00563f",
    "warning": "#5c3c00",
    "error": "#8f0000",
    "train": "#00408a",
    "test": "#8a3000",
}
_STRONG_DARK = dict.fromkeys(("window", "panel", "canvas", "raised", "middle"), "#000000") | {
    "border": "#b3b3b3",
    "text": "#ffffff",
    "muted": "#e0e0e0",
    "accent": "#8ec5ff",
    "accent_soft": "#10305c",
    "on_accent": "#000000",
    "negative": "#ffb866",
    "positive": "#7cc4ff",
    "zero": "#7f7f7f",
    "gradient_negative": "#f0b3ff",
    "gradient_positive": "#5ff0c4",
    "warning": "#ffd60a",
    "error": "#ffa39c",
    "train": "#7cc4ff",
    "test": "#ffb866",
}


def _signs(negative: str, positive: str, gradient_negative: str, gradient_positive: str) -> dict[str, str]:
    return {
        "negative": negative,
        "positive": positive,
        "gradient_negative": gradient_negative,
        "gradient_positive": gradient_positive,
        "train": positive,
        "test": negative,
    }


_COLOURS: dict[str, dict[str, dict[str, str]]] = {
    "usual": {"light": {}, "dark": {}},
    "red-green": {
        "light": _signs("#946200", "#1f3fd6", "#4a2ab0", "#7d6b00"),
        "dark": _signs("#ffc400", "#6ea2ff", "#a99bff", "#d9d23a"),
    },
    "blue-yellow": {
        "light": _signs("#c8102e", "#006a8a", "#a3107c", "#2f7a00"),
        "dark": _signs("#ff8080", "#4adfe0", "#ff7ac0", "#6be08a"),
    },
    "strong": {"light": _STRONG_LIGHT, "dark": _STRONG_DARK},
}
COLOURS = tuple(_COLOURS)
"""Sets of colours: the usual one, one each for the two kinds of colour-blindness, one of high contrast.

All can be told apart with every kind of vision; those for one kind differ more for it. The colours of
classes are the same in all.
"""


@cache
def coloured(theme: Theme, colours: str) -> Theme:
    """Return the light or the dark theme in another set of colours, one of `COLOURS`."""
    changed: dict[str, Any] = {name: QColor(value) for name, value in _COLOURS[colours][theme.name].items()}
    return replace(theme, **changed) if changed else theme


@runtime_checkable
class Themed(Protocol):
    """A widget with colours of its own."""

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme."""


# -- fonts -------------------------------------------------------------------------------------------------

USUAL_POINTS, USUAL_DPI = 10.0, 96
FEWEST_POINTS, MOST_POINTS = 8, 16


class _FontSize:
    """The default font size in points; `USUAL_POINTS` until another one is set."""

    points = USUAL_POINTS


def set_font_size(points: float | None) -> None:
    """Set the font size in points; None: that of the system, if it is not smaller than the usual one.

    It takes effect when a theme is applied next.
    """
    if points is None:
        screen = QApplication.primaryScreen()
        usual = USUAL_POINTS * USUAL_DPI / (screen.logicalDotsPerInch() if screen is not None else USUAL_DPI)
        points = max(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).pointSizeF(), usual)
    _FontSize.points = points


def font_scale() -> float:
    """Return the font scale chosen by the user, relative to the usual size."""
    return _FontSize.points / USUAL_POINTS


LEAST_LETTERS = 0.02
"""Least height of capital letters that can be read from the last row, as a share of the screen's height."""

# Size of each role in points, by default and in presentation mode before its scale is applied, and its
# weight.
_ROLES: dict[str, tuple[float, float, QFont.Weight]] = {
    "text": (10, 10, QFont.Weight.Normal),
    "muted": (10, 10, QFont.Weight.Normal),
    "small": (8.5, 10, QFont.Weight.Normal),
    "title": (8.5, 10, QFont.Weight.DemiBold),
    "number": (13, 15, QFont.Weight.Bold),
    "formula": (11, 13, QFont.Weight.Normal),
}


def font(role: str = "text", scale: float = 1.0) -> QFont:
    """Return the font of a role: "text", "small", "title", "number" or "formula".

    All digits have the same width, so that a changing number does not move. ``scale`` is 1 by default, when
    text has the size that is set (`set_font_size`), and that of `hall_scale` in presentation mode, where no
    role is smaller than text.
    """
    desk, hall, weight = _ROLES[role]
    size = hall if scale > 1 else desk
    made = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    made.setPointSizeF(size * font_scale() * scale)
    made.setWeight(weight)
    made.setFeature(QFont.Tag("tnum"), 1)
    if role == "title":
        made.setCapitalization(QFont.Capitalization.AllUppercase)
        made.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 104)
    return made


def diverging(theme: Theme) -> Array:
    """Return the colour map negative → 0 → positive: uint8 (256, 4), red green blue alpha."""
    ends = [theme.negative, theme.middle, theme.positive]
    channels = np.array([[c.red(), c.green(), c.blue()] for c in ends], float)
    table = np.full((256, 4), 255, np.uint8)
    where = np.linspace(0, 2, 256)
    for k in range(3):
        table[:, k] = np.rint(np.interp(where, (0, 1, 2), channels[:, k]))
    return table


@cache
def _tinted(name: str, colour: str) -> QPixmap:
    """Return an icon of assets/icons drawn in one colour, 24 × 24 at twice the resolution."""
    svg = (ICONS / f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", colour)
    if name in SOLID:
        svg = svg.replace('fill="none"', f'fill="{colour}"')
    pixmap = QPixmap(48, 48)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, 48, 48))
    painter.end()
    pixmap.setDevicePixelRatio(2)
    return pixmap


def icon(name: str, theme: Theme, colour: QColor | None = None) -> QIcon:
    """Return an icon of assets/icons in the theme's text colour, or in ``colour``."""
    made = QIcon(_tinted(name, (colour or theme.text).name()))
    made.addPixmap(_tinted(name, theme.muted.name()), QIcon.Mode.Disabled)
    return made


def system_theme(app: QApplication) -> Theme:
    """Return the theme that matches the colour scheme of the system; light if that is unknown."""
    return DARK if app.styleHints().colorScheme() == Qt.ColorScheme.Dark else LIGHT


def palette(theme: Theme) -> QPalette:
    """Return the Qt palette of a theme."""
    made = QPalette()
    role = QPalette.ColorRole
    for which, colour in (
        (role.Window, theme.panel),
        (role.Base, theme.panel),
        (role.AlternateBase, theme.canvas),
        (role.Button, theme.raised),
        (role.ToolTipBase, theme.panel),
        (role.WindowText, theme.text),
        (role.Text, theme.text),
        (role.ButtonText, theme.text),
        (role.ToolTipText, theme.text),
        (role.PlaceholderText, theme.muted),
        (role.BrightText, theme.error),
        (role.Highlight, theme.accent),
        (role.HighlightedText, theme.on_accent),
        (role.Accent, theme.accent),
        (role.Link, theme.accent),
        (role.Light, theme.panel.lighter(110)),
        (role.Midlight, theme.raised),
        (role.Mid, theme.border),
        (role.Dark, theme.border.darker(120)),
        (role.Shadow, theme.border.darker(160)),
    ):
        made.setColor(which, colour)
    for which in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, mixed(theme.muted, theme.panel, 0.35))
    return made


def mixed(colour: QColor, other: QColor, share: float) -> QColor:
    """Return a mixture of two colours, with the fraction ``share`` (0 … 1) of ``other``."""
    pairs = (
        (colour.redF(), other.redF()),
        (colour.greenF(), other.greenF()),
        (colour.blueF(), other.blueF()),
    )
    return QColor.fromRgbF(*((1 - share) * mine + share * its for mine, its in pairs))


STYLED, SHOWN = "styled", "theme"


def stylesheet(theme: Theme, scale: float = 1.0) -> str:
    """Return the style sheet of the application in the theme's colours."""
    colours = {
        field.name: value.name()
        for field in fields(theme)
        if isinstance(value := getattr(theme, field.name), QColor)
    }
    hover = mixed(theme.raised, theme.text, 0.06).name()
    accent_hover = mixed(theme.accent, theme.text, 0.12).name()
    disabled = mixed(theme.muted, theme.panel, 0.35).name()
    small, number = (f"{font(role, scale).pointSizeF():g}pt" for role in ("small", "number"))
    return STYLESHEET.substitute(
        colours,
        hover=hover,
        accent_hover=accent_hover,
        disabled=disabled,
        card=mixed(theme.raised, theme.accent, 0.07).name(),
        given=mixed(theme.raised, theme.accent, 0.1).name(),
        notes_card=mixed(theme.raised, theme.accent, 0.12).name(),
        small=small,
        number=number,
    )


def apply(app: QApplication, theme: Theme, scale: float = 1.0) -> None:
    """Apply a theme to the whole application, which may be running. Does nothing if it is applied already."""
    app.setProperty(SHOWN, theme)
    QDir.setSearchPaths("icons", [str(ICONS)])
    sheet = stylesheet(theme, scale)
    if app.styleSheet() == sheet and app.font() == font("text", scale):
        return
    if app.property(STYLED) is None:  # a style sheet replaces the application's style by one without a name
        app.setStyle("Fusion")
        app.setProperty(STYLED, True)
    app.setPalette(palette(theme))
    app.setFont(font("text", scale))
    _remove_style_sheet(app)
    app.setStyleSheet(sheet)


def present() -> Theme:
    """Return the theme that the application has."""
    app = QApplication.instance()
    shown = app.property(SHOWN) if app is not None else None
    return shown if isinstance(shown, Theme) else LIGHT


def _remove_style_sheet(app: QApplication) -> None:
    """Remove the style sheet from the application.

    If there is one, setting another restyles every widget once for each widget that contains it, which takes
    three times as long. Windows are not notified, so that their docks keep their exact places.
    """
    windows = [widget for widget in app.topLevelWidgets() if isinstance(widget, QMainWindow)]
    style_filter = _StyleChangeFilter()
    for window in windows:
        window.installEventFilter(style_filter)
    app.setStyleSheet("")
    for window in windows:
        window.removeEventFilter(style_filter)


@guarded_overrides
class _StyleChangeFilter(QObject):
    """Hides style changes from the objects it is installed on."""

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        return event.type() == QEvent.Type.StyleChange


# -- sizes: larger everywhere in presentation mode -------------------------------------------------------


LEAST_SCALE = 1.01
ROUNDED_UP = 1.03
"""Scale of letters in presentation mode beyond the least one, as they are rounded to whole pixels."""


def hall_scale(height: int) -> float:
    """Return the scale at which text is legible from the last row, on a screen of this height in pixels.

    Its letters take the same share of the height on every screen, whatever the system's font is. It is
    larger than 1, the default scale.
    """
    capitals = QFontMetricsF(font("text")).capHeight()
    return max(LEAST_SCALE, ROUNDED_UP * LEAST_LETTERS * height / capitals)


def type_scale() -> float:
    """Return the scale of the application's text: 1 by default, more in presentation mode."""
    return QApplication.font().pointSizeF() / font("text").pointSizeF()


def in_hall() -> bool:
    """Return whether the application is in presentation mode."""
    return type_scale() > 1


def hide_in_hall(*tools: QWidget) -> None:
    """Hide widgets that an audience does not need in presentation mode; show them again otherwise."""
    for tool in tools:
        tool.setVisible(not in_hall())


def scale() -> float:
    """Return the present text size in pixels, relative to the usual size on a screen of 96 points per inch.

    It is larger in presentation mode, and with a larger system font.
    """
    screen = QApplication.primaryScreen()
    return (
        font_scale() * type_scale() * (screen.logicalDotsPerInch() / USUAL_DPI if screen is not None else 1.0)
    )


def sized(role: str) -> QFont:
    """Return the font of a role at the scale of the application's text."""
    return font(role, type_scale())


def set_look(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet refers to, and update the style of the widget if it is another one.

    A widget that was never shown is styled when it is shown; Qt would lose its font if styled before.
    """
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def set_button_font(button: QWidget, made: QFont) -> None:
    """Set the font of a button; bold if it is the primary one, which the style sheet draws in bold.

    Qt computes a button's size from the font set here, not from that of the style sheet.
    """
    if button.property("look") == "primary":
        made = QFont(made)
        made.setWeight(QFont.Weight.Bold)
    button.setFont(made)


# -- the fonts of tables in the lecture ------------------------------------------------------------------

LARGER = 1.35


def lettering(role: str) -> QFont:
    """Return the font of a role at the present size: as `gui.theme.theme.sized`, "large" or "plain".

    Both are for digits of a table: "large" for tables of few rows; "plain" has the size of
    "number", but is not bold.
    """
    if role not in ("large", "plain"):
        return sized(role)
    made = sized("number")
    if role == "large":
        made.setPointSizeF(made.pointSizeF() * (1.0 if in_hall() else LARGER))
    else:
        made.setWeight(QFont.Weight.Normal)
    return made
