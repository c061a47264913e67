"""Chips of activations: each is shown or not, and has its parameter beside it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolButton, QWidget

from core.activations import ACTIVATIONS
from core.curve_points import Curve
from gui.benches.activations_curves import colour_of
from gui.benches.number_cell import NumberCell
from gui.fonts import sized
from gui.theme import LIGHT, Theme

CURVES = tuple(name for name, entry in ACTIVATIONS.items() if not entry.layerwide)
GAP = 6


class Chips(QWidget):
    """``changed`` tells that other activations are shown, or one with another parameter.

    ``refused`` carries a sentence about a number that may not be. The last chip on stays on.
    """

    changed = Signal()
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Activations to show"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.chips = {name: self._chip(name) for name in CURVES}
        self.alphas = {name: self._alpha(name) for name in CURVES if ACTIVATIONS[name].alpha is not None}
        self._theme: Theme = LIGHT

    def _chip(self, name: str) -> QToolButton:
        chip = QToolButton(self)
        chip.setCheckable(True)
        chip.setText(ACTIVATIONS[name].symbol)
        chip.setAccessibleName(chip.text())
        chip.setToolTip(self.tr("Show {name} or leave it out").format(name=chip.text()))
        chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        chip.clicked.connect(lambda: self._clicked(name))
        return chip

    def _alpha(self, name: str) -> tuple[QLabel, NumberCell]:
        entry = ACTIVATIONS[name]
        sign, (low, high) = QLabel("α =", self), entry.alpha_range
        title = self.tr("α of {name}").format(name=entry.symbol)
        cell = NumberCell(
            title, entry.alpha or 0.0, low, high, step=0.01, role="text", widest="0.000", parent=self
        )
        cell.changed.connect(lambda _value: self.changed.emit())
        cell.refused.connect(self.refused)
        sign.setBuddy(cell)
        return sign, cell

    def show_names(self, names: Sequence[str]) -> None:
        """Show these activations, each with its usual parameter."""
        for name, chip in self.chips.items():
            chip.setChecked(name in names)
        for name, (_sign, cell) in self.alphas.items():
            cell.show_value(ACTIVATIONS[name].alpha or 0.0)
        self._arrange()

    @property
    def curves(self) -> tuple[Curve, ...]:
        """The activations shown, in the order of the table of activations."""
        return tuple(
            Curve(name, self.alphas[name][1].value if name in self.alphas else None)
            for name, chip in self.chips.items()
            if chip.isChecked()
        )

    def _clicked(self, name: str) -> None:
        if not self.curves:
            self.chips[name].setChecked(True)
            self.refused.emit(self.tr("One activation stays: turn another one on first."))
            return
        self._arrange()
        self.changed.emit()

    # -- looks -------------------------------------------------------------------------------------------

    def show_theme(self, theme: Theme) -> None:
        """Take the colours of a theme and the present size of the fonts."""
        self._theme = theme
        font = sized("text")
        for name, chip in self.chips.items():
            chip.setFont(font)
            side = round(0.55 * chip.fontMetrics().height())
            chip.setIcon(_swatch(name, theme, side))
            chip.setIconSize(QSize(side, side))
        for sign, cell in self.alphas.values():
            sign.setFont(font)
            cell.show_theme(theme)
        self._arrange()

    def _arrange(self) -> None:
        """Put all in rows, as many as there is need for."""
        x, y, high = 0, 0, 0
        for name, chip in self.chips.items():
            group: list[QWidget] = [chip]
            if name in self.alphas:
                beside: tuple[QWidget, ...] = self.alphas[name]
                for part in beside:
                    part.setVisible(chip.isChecked())
                group += beside if chip.isChecked() else ()
            sizes = [widget.sizeHint() for widget in group]
            across = sum(size.width() + GAP for size in sizes)
            high = max([high, *(size.height() for size in sizes)])
            if x and x + across > self.width():
                x, y = 0, y + high + GAP
            for widget, size in zip(group, sizes, strict=True):
                wide = widget.width() if isinstance(widget, NumberCell) else size.width()
                widget.setGeometry(x, y + (high - size.height()) // 2, wide, size.height())
                x += wide + GAP
            x += GAP
        self.setFixedHeight(y + high)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._arrange()


def _swatch(name: str, theme: Theme, side: int) -> QIcon:
    """Return a dot in the colour of an activation."""
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour_of(name, theme))
    painter.drawEllipse(0, 0, side, side)
    painter.end()
    return QIcon(pixmap)
