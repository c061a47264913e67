"""The tools for drawing points on the plane, and the palette of their classes or value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from msgspec import Meta
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.data.drawn_points import DrawnPoints, next_class
from core.language import tr, translatable
from gui.plots.scatter import class_colours, draw_markers
from gui.theme.theme import LIGHT, Theme, icon
from gui.widgets.form import FocusedComboBox
from gui.widgets.number_edit import NumberField

ICON, MARKER = QSize(18, 18), 16
SIZE = Meta(
    ge=0.01, le=0.5, title=translatable("Size"), description=translatable("Radius of the brush on the plane")
)
NOISE = Meta(
    ge=0, le=0.5, title=translatable("Noise"), description=translatable("How far points fall from the brush")
)
VALUE = Meta(title=translatable("Value"), description=translatable("Target of new points"))
SHARES = (0.3, 0.0, 1.0)


@dataclass(frozen=True)
class Tool:
    """A tool: its name, icon and key, and whether it has the size of the brush."""

    title: str
    icon: str
    key: Qt.Key
    tip: str
    wide: bool = True


TOOLS = {
    "point": Tool(
        translatable("Point"), "crosshair", Qt.Key.Key_P, translatable("Put a point where you click"), False
    ),
    "brush": Tool(
        translatable("Brush"),
        "spray-can",
        Qt.Key.Key_B,
        translatable("Spray points (Shift: a straight line)"),
    ),
    "move": Tool(
        translatable("Move"), "move", Qt.Key.Key_M, translatable("Drag a point to another place"), False
    ),
    "recolour": Tool(
        translatable("Recolour"),
        "palette",
        Qt.Key.Key_R,
        translatable("Give points the chosen class or value"),
    ),
    "erase": Tool(
        translatable("Erase"),
        "eraser",
        Qt.Key.Key_E,
        translatable("Take points away (also with the right button)"),
    ),
}


class DrawBar(QWidget):
    """Tool, class or value, size and noise of the points to be drawn.

    ``size`` and ``noise`` are shares of half the plane's width. Signals: ``changed``, and ``class_added``
    with the name of a new class.
    """

    changed = Signal()
    class_added = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self.label = 0.0
        self._shown: tuple[object, ...] = ()
        self.tools = {name: self._tool_button(name, tool) for name, tool in TOOLS.items()}
        self.tools["brush"].setChecked(True)
        group = QButtonGroup(self)
        tools, sizes = QHBoxLayout(), QHBoxLayout()
        for button in self.tools.values():
            group.addButton(button)
            tools.addWidget(button, 1)
            button.toggled.connect(lambda on: self.changed.emit() if on else None)
        self.palette_row = QHBoxLayout()
        self.chips: list[QToolButton] = []
        self.size_field = NumberField("size", SIZE, False, 0.12, True)
        self.noise_field = NumberField("noise", NOISE, False, 0.05, True)
        self.value_field = NumberField("value", VALUE, False, 1.0, False)
        for field in (self.size_field, self.noise_field):
            field.show_value(field.value)
            field.changed.connect(lambda _value: self.changed.emit())
            sizes.addWidget(field, 1)
        self.value_field.changed.connect(self._take_value)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for row in (tools, self.palette_row, sizes):
            row.setSpacing(4)
            column.addLayout(row)

    def _tool_button(self, name: str, tool: Tool) -> QToolButton:
        button = QToolButton()
        button.setText(tr(tool.title))
        button.setToolTip(f"{tr(tool.tip)} ({chr(tool.key)})")
        button.setAccessibleName(tr(tool.title))
        button.setObjectName(f"tool_{name}")
        button.setCheckable(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setIconSize(ICON)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the plane handles the keys
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        return button

    # -- what is chosen ----------------------------------------------------------------------------

    @property
    def tool(self) -> str:
        """The chosen tool."""
        return next(name for name, button in self.tools.items() if button.isChecked())

    @property
    def reach(self) -> float:
        """The radius of the brush, as a share of half the plane."""
        return float(self.size_field.value or 0.0)

    @property
    def noise(self) -> float:
        """How far points of the brush scatter beyond it, as a share of half the plane."""
        return float(self.noise_field.value or 0.0)

    def choose_tool(self, name: str) -> None:
        """Choose a tool."""
        self.tools[name].setChecked(True)

    def choose_size(self, size: float) -> None:
        """Set the size of the brush, clamped to its bounds."""
        self.size_field.show_value(round(min(float(SIZE.le or 1), max(float(SIZE.ge or 0), size)), 3))
        self.changed.emit()

    def choose_label(self, label: float) -> None:
        """Draw points of a class, or with a value."""
        self.label = label
        for k, chip in enumerate(self.chips[:-1]):
            chip.setChecked(k == label)
        self.value_field.show_value(label)
        self.changed.emit()

    def _take_value(self, value: float) -> None:
        self.choose_label(float(value))

    # -- the palette -------------------------------------------------------------------------------

    def show_points(self, points: DrawnPoints) -> None:
        """Show the classes, with the number of their points."""
        names = points.class_names
        counts = np.bincount(points.labels, minlength=len(names)).tolist() if names else []
        shown = (names, tuple(counts), self._theme)
        if shown == self._shown:
            return
        if not self._shown or self._shown[0] != names:
            self._make_palette(names)
        self._shown = shown
        colours = *class_colours(self._theme, len(names)), class_colours(self._theme, len(names) + 1)[-1]
        for k, chip in enumerate(self.chips):
            new = k == len(names)
            chip.setIcon(self._marker(k, colours[k]))
            if not new:
                chip.setText(f"{names[k]}  {counts[k]}")
                said = self.tr("Class {name}, {count} points (key {key})")
                chip.setToolTip(said.format(name=names[k], count=counts[k], key=k + 1))

    def _make_palette(self, names: Sequence[str]) -> None:
        while item := self.palette_row.takeAt(0):
            if (widget := item.widget()) is not None and widget is not self.value_field:
                widget.deleteLater()
        self.chips = []
        self.value_field.setVisible(not names)
        if not names:
            self.palette_row.addWidget(self.value_field)
            return
        self.label = float(np.clip(int(self.label), 0, len(names) - 1))  # it may have been a value
        for k in range(len(names) + 1):
            chip = self._tool_button(f"class_{k}", TOOLS["point"])
            chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            chip.setCheckable(k < len(names))
            chip.setChecked(k == self.label)
            self.chips.append(chip)
            self.palette_row.addWidget(chip, 1)
            if k < len(names):
                chip.clicked.connect(lambda _on, k=k: self.choose_label(k))
        wanted = next_class(names)
        self.chips[-1].setText(self.tr("+ new"))
        self.chips[-1].setToolTip(
            self.tr("Class {name}: its first points give the network another output").format(name=wanted)
        )
        self.chips[-1].clicked.connect(lambda: self.class_added.emit(wanted))

    def _marker(self, k: int, colour: QColor) -> QIcon:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(round(MARKER * ratio), round(MARKER * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        symbols = self._theme.class_symbols
        middle = np.full((1, 2), MARKER / 2)
        draw_markers(painter, middle, symbols[k % len(symbols)], 11, colour, self._theme)
        painter.end()
        return QIcon(picture)

    def show_theme(self, theme: Theme) -> None:
        """Draw icons and markers in a theme's colours."""
        self._theme, self._shown = theme, ()
        for name, tool in TOOLS.items():
            self.tools[name].setIcon(icon(tool.icon, theme))


class DrawFoot(QWidget):
    """The share of test points, and buttons that remove the points of the chosen class, or all.

    ``cleared`` carries whether all are removed.
    """

    cleared = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        name = self.tr("New points go to")
        tip = self.tr("Whether the network learns from new points, or they are held back")
        self.share = FocusedComboBox(name, tip)
        self.share.addItems([self.tr("train, 30 % to test"), self.tr("train"), self.tr("test")])
        self.clear_class, self.clear_all = QPushButton(), QPushButton(self.tr("Clear all"))
        self.clear_class.setToolTip(
            self.tr("Take away all points of the chosen class; Undo brings them back")
        )
        self.clear_all.setToolTip(self.tr("Take away all points; Undo brings them back"))
        self.clear_class.clicked.connect(lambda: self.cleared.emit(False))
        self.clear_all.clicked.connect(lambda: self.cleared.emit(True))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(QLabel(name))
        row.addWidget(self.share, 1)
        row.addWidget(self.clear_class)
        row.addWidget(self.clear_all)

    @property
    def test_share(self) -> float:
        """The share of new points that are test samples."""
        return SHARES[self.share.currentIndex()]

    def show_class(self, name: str) -> None:
        """Set the name of the class whose points can be removed; empty: there are no classes."""
        self.clear_class.setVisible(bool(name))
        self.clear_class.setText(self.tr("Clear {name}").format(name=name))
