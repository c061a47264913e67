from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from gui.app.main_window import MainWindow
from gui.plots.scatter import class_colours, marker
from gui.theme import theme
from gui.theme.theme import DARK, LIGHT, Theme
from tests.gui.waiting import wait_for_the_late

KNOWN = {
    f"{shown.name}, {colours}": theme.coloured(shown, colours)
    for shown in (LIGHT, DARK)
    for colours in theme.COLOURS
}
THEMES = pytest.mark.parametrize("shown", KNOWN.values(), ids=KNOWN)
PAIRS = pytest.mark.parametrize(
    "pair", [("negative", "positive"), ("gradient_negative", "gradient_positive")], ids=lambda p: p[1]
)

# The linear red, green and blue seen with each of the three kinds of colour-blindness (Machado, Oliveira and
# Fernandes 2009, severity 1).
BLINDNESS = {
    "protanopia": "0.152286 1.052583 -0.204868 0.114503 0.786281 0.099216 -0.003882 -0.048116 1.051998",
    "deuteranopia": "0.367322 0.860646 -0.227968 0.280085 0.672501 0.047413 -0.011820 0.042940 0.968881",
    "tritanopia": "1.255528 -0.076749 -0.178779 -0.078411 0.930809 0.147602 0.004733 0.691367 0.303900",
    "none": "1 0 0 0 1 0 0 0 1",
}
READ = ("text", "muted", "negative", "positive", "gradient_negative", "gradient_positive", "error", "warning")


def linear(colour: QColor) -> np.ndarray:
    channels = np.array([colour.redF(), colour.greenF(), colour.blueF()])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(a: QColor, b: QColor) -> float:
    """Return the contrast ratio of WCAG 2: 1 … 21."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    low, high = sorted(float(weights @ linear(colour)) for colour in (a, b))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt(np.clip(to_xyz @ rgb / [0.9505, 1, 1.089], 0.008856, None))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def distance(a: QColor, b: QColor, blindness: str) -> float:
    """Return the CIELAB distance as seen with a kind of colour-blindness; 2 is just noticeable."""
    matrix = np.array(BLINDNESS[blindness].split(), float).reshape(3, 3)
    seen = [lab(np.clip(matrix @ linear(colour), 0, 1)) for colour in (a, b)]
    return float(np.linalg.norm(seen[0] - seen[1]))


@THEMES
@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("back", ["panel", "canvas", "window"])
def test_text_and_numbers_can_be_read(shown: Theme, name: str, back: str) -> None:
    assert contrast(getattr(shown, name), getattr(shown, back)) >= 4.5


@THEMES
def test_the_button_to_press_can_be_read(shown: Theme) -> None:
    assert contrast(shown.on_accent, shown.accent) >= 4.5
    assert contrast(shown.text, shown.accent_soft) >= 4.5


@THEMES
@PAIRS
@pytest.mark.parametrize("blindness", BLINDNESS)
def test_signs_keep_apart_in_every_kind_of_sight(shown: Theme, pair: tuple[str, str], blindness: str) -> None:
    negative, positive = (getattr(shown, name) for name in pair)
    assert distance(negative, positive, blindness) > 20


@pytest.mark.parametrize("shown", [LIGHT, DARK], ids=lambda t: t.name)
@PAIRS
@pytest.mark.parametrize(
    ("colours", "blindness"),
    [("red-green", "protanopia"), ("red-green", "deuteranopia"), ("blue-yellow", "tritanopia")],
)
def test_colours_for_a_kind_of_sight_keep_further_apart_in_it(
    shown: Theme, pair: tuple[str, str], colours: str, blindness: str
) -> None:
    here, usual = (
        distance(*(getattr(one, name) for name in pair), blindness)
        for one in (theme.coloured(shown, colours), shown)
    )
    assert here > 1.15 * usual


@pytest.mark.parametrize("shown", [LIGHT, DARK], ids=lambda t: t.name)
@pytest.mark.parametrize("name", READ)
def test_high_contrast_is_that_of_the_strictest_level(shown: Theme, name: str) -> None:
    strong = theme.coloured(shown, "strong")
    assert contrast(getattr(strong, name), strong.panel) >= 7
    assert contrast(strong.border, strong.panel) >= 4.5


@THEMES
def test_diverging_goes_from_negative_over_the_middle_to_positive(shown: Theme) -> None:
    table = theme.diverging(shown)
    assert table.shape == (256, 4)
    assert table.dtype == np.uint8
    for row, colour in ((0, shown.negative), (255, shown.positive)):
        assert tuple(table[row]) == colour.getRgb()
    middle = np.array(shown.middle.getRgb())
    assert np.abs(table[127:129].astype(int) - middle).max() <= 2


def test_digits_are_of_one_width(qapp: QApplication) -> None:
    metrics = QFontMetrics(theme.font("number"))
    assert len({metrics.horizontalAdvance(str(digit)) for digit in range(10)}) == 1


def test_presenting_makes_letters_larger(qapp: QApplication) -> None:
    assert theme.font("text", 1.8).pointSizeF() == pytest.approx(1.8 * theme.font("text").pointSizeF())


@THEMES
def test_every_icon_can_be_drawn_in_the_colours_of_a_theme(qapp: QApplication, shown: Theme) -> None:
    for path in theme.ICONS.glob("*.svg"):
        image = theme.icon(path.stem, shown).pixmap(24, 24).toImage()
        drawn = {image.pixelColor(x, y).alpha() for x in range(0, 24) for y in range(0, 24)}
        assert max(drawn) > 200, path.name


def test_the_theme_changes_palette_and_style_while_running(qapp: QApplication) -> None:
    theme.apply(qapp, DARK)
    assert qapp.palette().window().color() == DARK.panel
    assert DARK.border.name() in qapp.styleSheet()
    theme.apply(qapp, LIGHT)
    assert qapp.palette().window().color() == LIGHT.panel
    assert "$" not in qapp.styleSheet()


def test_another_theme_keeps_fonts_and_the_places_of_docks(
    qapp: QApplication, open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = open_window(size=(1600, 1000))
    wait_for_the_late(qtbot, window)
    fonts = [(widget, widget.font()) for widget in window.findChildren(QWidget) if widget.isVisible()]
    places = [(dock, dock.geometry()) for dock in window.panels.docks]
    for name in ("theme_dark", "theme_light"):
        window.actions_[name].trigger()
        wait_for_the_late(qtbot, window)
        assert [dock.objectName() for dock, place in places if dock.geometry() != place] == []
        assert [widget for widget, font in fonts if isValid(widget) and widget.font() != font] == []


def test_a_look_set_before_a_widget_is_shown_leaves_its_font(qapp: QApplication, qtbot: QtBot) -> None:
    theme.apply(qapp, LIGHT)
    field = QLineEdit()
    qtbot.addWidget(field)
    theme.set_look(field, "problem", "false")
    large = theme.font("number")
    field.setFont(large)
    field.show()
    theme.set_look(field, "problem", "true")
    assert field.font().pointSizeF() == large.pointSizeF()
    assert field.grab().toImage().pixelColor(0, field.height() // 2) == LIGHT.error


def test_the_primary_button_has_room_for_its_bold_text(qapp: QApplication, qtbot: QtBot) -> None:
    theme.apply(qapp, LIGHT)
    button = QPushButton("Forward pass")
    button.setProperty("look", "primary")
    qtbot.addWidget(button)
    button.show()
    theme.set_button_font(button, theme.font("text", 1.8))
    bold = theme.font("text", 1.8)
    bold.setBold(True)
    assert button.sizeHint().width() > QFontMetrics(bold).horizontalAdvance(button.text())


# -- the classes of a dataset: a colour and a shape each ---------------------------------------------------

CLASSES = [
    pytest.param(LIGHT, count, blindness, id=f"{count} {blindness}")
    for count in (3, 6, 10)
    for blindness in BLINDNESS
]


@pytest.mark.parametrize(("shown", "count", "blindness"), CLASSES)
def test_colours_of_classes_keep_apart_in_every_kind_of_sight(
    shown: Theme, count: int, blindness: str
) -> None:
    colours = class_colours(shown, count)
    closest = min(distance(a, b, blindness) for a, b in combinations(colours, 2))
    assert closest > 25


def covered(symbol: str) -> np.ndarray:
    """Return which pixels a marker covers, itself outlined or not."""
    image = QImage(48, 48, QImage.Format.Format_Grayscale8)
    image.fill(0)
    painter = QPainter(image)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Qt.GlobalColor.white)
    painter.translate(24, 24)
    painter.scale(36, 36)
    painter.drawPath(marker(symbol))
    painter.end()
    return np.frombuffer(image.constBits(), np.uint8).reshape(48, 48) > 128


def test_ten_classes_have_ten_shapes_that_are_told_apart_without_colour(qapp: QApplication) -> None:
    assert len(LIGHT.class_symbols) == len(LIGHT.classes) == 10 and DARK.class_symbols == LIGHT.class_symbols
    for one, other in combinations(LIGHT.class_symbols, 2):
        a, b = covered(one), covered(other)
        assert (a & b).sum() / (a | b).sum() < 0.85, (one, other)
