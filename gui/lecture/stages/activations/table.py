"""Table of activations: g(z) and g'(z) of each at the present z."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QIcon, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolButton, QWidget

from core.derivation.expressions import Equation
from core.derivation.formulas import Curve, CurvePoint
from core.derivation.html import digits_for, resolved
from core.derivation.writer import Writer
from core.nn.activations import ACTIVATIONS
from core.number_style import HIDDEN, slide_digits, slide_text, widest_text
from gui.lecture.stages.activations.curves import Hidden, colour_of
from gui.qt.drawable import guarded_overrides
from gui.text.rich_text import SCRIPT, said, symbols
from gui.theme.theme import LIGHT, Theme, in_hall, sized
from gui.widgets.number_edit import NumberEdit
from gui.widgets.ruled_table import RuledTable

DECIMALS = 5  # as on the slides: 0.99667


def formulas_html(
    symbol: str, point: CurvePoint, theme: Theme, hidden: Collection[str] = (), later: Collection[str] = ()
) -> str:
    """Return g and g' of an activation: in symbols, with the numbers inserted, and the results.

    ``hidden`` are quantities still to be guessed: "value", "slope"; those in ``later`` have no line yet.
    """
    value, slope = "value" in hidden, "slope" in hidden
    before = "".join(_line(line, line.result.value, value or slope) for line in point.before if line.result)
    parts = (
        f'<p style="color: {theme.muted.name()};">{symbol}</p>',
        "" if "value" in later else _line(point.value_line, point.g, value),
        "" if "slope" in later else before,
        "" if "slope" in later else _line(point.slope_line, point.slope, slope, numbers=not (value or slope)),
    )
    return f"<style>p {{ margin: 0 0 4px 0; }} .m {{ color: {theme.muted.name()}; }}</style>{''.join(parts)}"


def _line(line: Equation, value: float, veiled: bool, *, numbers: bool = True) -> str:
    sides = [symbols(line.left, links=False)]
    if line.symbols is not None:
        sides.append(symbols(line.symbols, links=False))
    digits = digits_for(line, slide_digits(value, DECIMALS))
    if line.numbers is not None and numbers and not veiled:
        sides.append(resolved(Writer(SCRIPT, max(digits.numbers, DECIMALS)).write(line.numbers)))
    result = HIDDEN if veiled else slide_text(value, DECIMALS)
    once = [side for k, side in enumerate(sides) if side not in sides[:k] and side != result]
    note = f' <span class="m">({said(line.note)})</span>' if line.note and not veiled else ""
    return f"<p>{' = '.join(once)} {'=' if digits.holds or veiled else '≈'} <b>{result}</b>{note}</p>"


# -- G(z) and g'(z) of each at the present z -------------------------------------------------------------

LARGE = ((2, 1.5), (4, 1.2))  # pairs of a number of rows and the font scale up to it


class PointTable(RuledTable):
    """A row for every activation: g and g′ at the present z."""

    room = 22
    expendable = (0,)

    def __init__(self) -> None:
        super().__init__("")
        self.setAccessibleName(self.tr("g and its slope at z"))
        self.setToolTip(self.tr("Click a row to see its formulas with the numbers put in"))
        self.show_heads(["", "g(z)", "g′(z)"])
        self.names: tuple[str, ...] = ()

    def show_names(self, names: Sequence[tuple[str, str]]) -> None:
        """Show rows for other activations: their keys in the table and their display names."""
        self.names = tuple(name for name, _symbol in names)
        self.blockSignals(True)
        self.setRowCount(len(names))
        for row, (name, symbol) in enumerate(names):
            self.write(row, 0, symbol, colour_of(name, self.theme))
            for column in (1, 2):
                self.write(row, column, "", self.theme.text)
        self.blockSignals(False)
        self.fit()

    def show_points(self, points: Sequence[CurvePoint], chosen: str, hidden: Hidden = frozenset()) -> None:
        """Show the numbers at another z, except those that are ``hidden``."""
        for row, (name, point) in enumerate(zip(self.names, points, strict=True)):
            self.cell(row, 0).setForeground(colour_of(name, self.theme))
            for column, (what, value) in enumerate((("value", point.g), ("slope", point.slope)), 1):
                text = HIDDEN if (name, what) in hidden else slide_text(value, DECIMALS)
                self.write(row, column, text, self.theme.text)
        if chosen in self.names:
            self.mark(self.names.index(chosen))
        if self.is_cut():
            self.fit()

    def letters(self, share: float) -> tuple[QFont, QFont]:
        """Return a larger font if there are few rows; that of the headers is unchanged."""
        font = sized("text")
        cells = QFont(font)
        large = 1.0 if in_hall() else next((large for most, large in LARGE if len(self.names) <= most), 1.0)
        cells.setPointSizeF(font.pointSizeF() * large * share)
        return cells, font

    def texts_of(self, column: int) -> list[str]:
        """Return the texts of a column, including the widest number expected."""
        return [*super().texts_of(column), widest_text(0 if in_hall() else 2) if column else ""]


# -- Each is shown or not, and has its parameter beside it -----------------------------------------------

CURVES = tuple(name for name, entry in ACTIVATIONS.items() if not entry.layerwide)
GAP = 6


@guarded_overrides
class Chips(QWidget):
    """``changed`` is emitted when other activations are chosen, or one gets another parameter.

    ``refused`` carries a sentence about an invalid number. At least one chip stays on.
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

    def _alpha(self, name: str) -> tuple[QLabel, NumberEdit]:
        entry = ACTIVATIONS[name]
        sign, (low, high) = QLabel("α =", self), entry.alpha_range
        title = self.tr("α of {name}").format(name=entry.symbol)
        cell = NumberEdit(
            title, entry.alpha or 0.0, low, high, step=0.01, role="text", widest="0.000", parent=self
        )
        cell.changed.connect(lambda _value: self.changed.emit())
        cell.refused.connect(self.refused)
        sign.setBuddy(cell)
        return sign, cell

    def show_names(self, names: Sequence[str], alphas: Sequence[float] = ()) -> None:
        """Show these activations; ``alphas`` are as in `alpha_values`, empty: the defaults."""
        for name, chip in self.chips.items():
            chip.setChecked(name in names)
        usual = [ACTIVATIONS[name].alpha or 0.0 for name in self.alphas]
        for (_sign, cell), alpha in zip(self.alphas.values(), alphas or usual, strict=True):
            cell.show_value(alpha)
        self._arrange()

    @property
    def alpha_values(self) -> tuple[float, ...]:
        """The parameter of each activation that has one, in the order of the table of activations."""
        return tuple(cell.value or 0.0 for _sign, cell in self.alphas.values())

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
        """Apply the colours of a theme and the present font size."""
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
        """Arrange all in as many rows as needed."""
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
                wide = widget.width() if isinstance(widget, NumberEdit) else size.width()
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
