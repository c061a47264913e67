"""Table of activations: g(z) and g'(z) of each at the present z."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QBrush, QFontMetrics, QIcon, QKeyEvent, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QWidget,
)

from core.derivation.expressions import Equation
from core.derivation.formulas import Curve, CurvePoint
from core.derivation.html import digits_for, resolved
from core.derivation.writer import Writer
from core.nn.activations import ACTIVATIONS
from core.number_style import HIDDEN, slide_digits, slide_text, widest_text
from gui.lecture.stages.activations.curves import colour_of
from gui.theme.theme import LIGHT, Theme, sized
from gui.widgets.number_edit import NumberEdit
from gui.widgets.rich_text import SCRIPT, said, symbols

DECIMALS = 5  # as on the slides: 0.99667


def formulas_html(symbol: str, point: CurvePoint, theme: Theme, *, veiled: bool) -> str:
    """Return g and g' of an activation: in symbols, with the numbers put in, and what they come to."""
    before = "".join(_line(line, line.result.value, veiled) for line in point.before if line.result)
    parts = (
        f'<p style="color: {theme.muted.name()};">{symbol}</p>',
        _line(point.value_line, point.g, veiled),
        before,
        _line(point.slope_line, point.slope, veiled),
    )
    return f"<style>p {{ margin: 0 0 4px 0; }} .m {{ color: {theme.muted.name()}; }}</style>{''.join(parts)}"


def _line(line: Equation, value: float, veiled: bool) -> str:
    sides = [symbols(line.left, links=False)]
    if line.symbols is not None:
        sides.append(symbols(line.symbols, links=False))
    digits = digits_for(line, slide_digits(value, DECIMALS))
    if line.numbers is not None and not veiled:
        sides.append(resolved(Writer(SCRIPT, max(digits.numbers, DECIMALS)).write(line.numbers)))
    result = HIDDEN if veiled else slide_text(value, DECIMALS)
    once = [side for k, side in enumerate(sides) if side not in sides[:k] and side != result]
    note = f' <span class="m">({said(line.note)})</span>' if line.note and not veiled else ""
    return f"<p>{' = '.join(once)} {'=' if digits.holds or veiled else '≈'} <b>{result}</b>{note}</p>"


# -- G(z) and g'(z) of each at the present z -------------------------------------------------------------

LARGE = ((2, 1.5), (4, 1.2))  # up to so many rows, so large letters
SHARES = (1.0, 0.9, 0.8, 0.7)
PAD = 22


class PointTable(QTableWidget):
    """A row for every activation. ``picked`` tells the name of the one whose row was chosen."""

    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__(0, 3)
        self.setAccessibleName(self.tr("g and its slope at z"))
        self.setToolTip(self.tr("Click a row to see its formulas with the numbers put in"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.verticalHeader().hide()
        self.setHorizontalHeaderLabels(["", "g(z)", "g′(z)"])
        head = self.horizontalHeader()
        head.setMinimumSectionSize(20)
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        for column in (1, 2):
            item = self.horizontalHeaderItem(column)
            if item is not None:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._theme: Theme = LIGHT
        self.names: tuple[str, ...] = ()
        self.itemSelectionChanged.connect(self._tell)

    def show_names(self, names: Sequence[tuple[str, str]]) -> None:
        """Show rows for other activations: their names in the table and as they are written."""
        self.names = tuple(name for name, _symbol in names)
        self.blockSignals(True)
        self.setRowCount(len(names))
        for row, (_name, symbol) in enumerate(names):
            for column, text in enumerate((symbol, "", "")):
                item = QTableWidgetItem(text)
                side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(row, column, item)
        self.blockSignals(False)
        self._fit()

    def show_points(self, points: Sequence[CurvePoint], chosen: str, *, veiled: bool) -> None:
        """Show the numbers at another z."""
        self.blockSignals(True)
        for row, (name, point) in enumerate(zip(self.names, points, strict=True)):
            colour = colour_of(name, self._theme)
            numbers = (slide_text(value, DECIMALS) for value in (point.g, point.slope))
            for column, text in enumerate(("", *numbers)):
                item = self.item(row, column)
                if item is not None:
                    if column:
                        item.setText(HIDDEN if veiled else text)
                    item.setForeground(QBrush(colour if column == 0 else self._theme.text))
        if chosen in self.names:
            self.selectRow(self.names.index(chosen))
        self.blockSignals(False)
        if not veiled and self._cut():
            self._fit()

    def _tell(self) -> None:
        rows = self.selectionModel().selectedRows()
        if rows:
            self.picked.emit(self.names[rows[0].row()])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Space):
            event.ignore()
        else:
            super().keyPressEvent(event)

    # -- looks -------------------------------------------------------------------------------------------

    def show_theme(self, theme: Theme) -> None:
        """Take the colours of a theme and the present size of the fonts."""
        self._theme = theme
        self._fit()

    def _fit(self) -> None:
        """Take the largest letters with which all columns have room; as high as all rows."""
        font, theme = sized("text"), self._theme
        size = font.pointSizeF() * next((large for most, large in LARGE if len(self.names) <= most), 1.0)
        for share in SHARES:
            font.setPointSizeF(size * share)
            self.setFont(font)
            needs = self._needs()
            if sum(needs) <= self.viewport().width():
                break
        self.setStyleSheet(
            f"QTableWidget::item {{ padding: 0 4px; border-bottom: 1px solid {theme.border.name()}; }}"
            f"QTableWidget::item:selected {{ background: {theme.accent_soft.name()};"
            f" color: {theme.text.name()}; }}"
            f"QHeaderView::section {{ background: {theme.panel.name()}; color: {theme.muted.name()};"
            f" border: 0; border-bottom: 1px solid {theme.border.name()}; padding: 2px 6px;"
            f" font-size: {sized('text').pointSizeF():g}pt; }}"
        )
        high = round(QFontMetrics(font).height() * 1.35)
        self.verticalHeader().setDefaultSectionSize(high)
        for row in range(self.rowCount()):
            self.setRowHeight(row, high)
        spare = max(0, self.viewport().width() - sum(needs)) // 2
        for column, need in enumerate(needs):
            self.setColumnWidth(column, need + (spare if column else 0))
        head = round(QFontMetrics(sized("text")).height() * 1.3) + 4
        self.setFixedHeight(head + high * self.rowCount() + 6)

    def _needs(self) -> list[int]:
        metrics = QFontMetrics(self.font())
        widest = metrics.horizontalAdvance(widest_text(2))
        found = []
        for column in range(3):
            items = [self.item(row, column) for row in range(self.rowCount())]
            wide = max((metrics.horizontalAdvance(item.text()) for item in items if item), default=0)
            found.append(max(wide, widest if column else 0) + PAD)
        return found

    def _cut(self) -> bool:
        return any(need > self.columnWidth(column) for column, need in enumerate(self._needs()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())


# -- Each is shown or not, and has its parameter beside it -----------------------------------------------

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
