"""Table of activations: g(z) and g'(z) of each at the present z."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QBrush, QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableWidget, QTableWidgetItem

from core.curve_points import CurvePoint
from gui.benches.activations_curves import colour_of
from gui.benches.activations_words import five
from gui.benches.decimals import VEILED
from gui.fonts import sized
from gui.theme import LIGHT, Theme

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
            for column, text in enumerate(("", five(point.g), five(point.slope))):
                item = self.item(row, column)
                if item is not None:
                    if column:
                        item.setText(VEILED if veiled else text)
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
        widest = metrics.horizontalAdvance("−0.00000")
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
