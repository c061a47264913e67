"""A table of texts with a rule below every row, whose font shrinks until all columns fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QFontMetricsF, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableWidget, QTableWidgetItem

from gui.qt.drawable import guarded_overrides
from gui.theme.theme import LIGHT, Theme, in_hall, sized

OWN_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@guarded_overrides
class RuledTable(QTableWidget):
    """Rows that are read and selected, not edited; numbers are aligned to the right.

    ``picked`` carries the row that is selected by the mouse or the arrow keys up and down; all other keys
    are left to the window. Class attributes distinguish the kinds of tables.
    """

    picked = Signal(int)
    shares: tuple[float, ...] = (1.0, 0.9, 0.8, 0.7)
    """Font sizes that are tried, as shares of the full size."""
    row_lines = 1.35
    """Height of a row, in lines of text."""
    room = 14
    """Pixels added to the width of the widest text of a column."""
    padding = 4
    """Pixels between a text and the edge of its cell."""
    rules = True
    """Whether there is a rule below every row; then cells have no background of their own."""
    first_wider = 1
    """The first of the columns that share the remaining width."""
    sides = (LEFT, RIGHT)
    """Alignments of the first column and of the others."""
    expendable: tuple[int, ...] = ()
    """Columns that are hidden in presentation mode if not all fit, in this order."""

    def __init__(self, name: str, tip: str = "") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.verticalHeader().hide()
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setMinimumSectionSize(20)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.theme: Theme = LIGHT
        self.head_font = sized("text")
        self.itemSelectionChanged.connect(self._tell)

    # -- what is shown -----------------------------------------------------------------------------

    def show_heads(self, heads: Sequence[str]) -> None:
        """Set the column headers; a line break divides a header into two lines."""
        self.setColumnCount(len(heads))
        for column, text in enumerate(heads):
            head = QTableWidgetItem(text)
            head.setTextAlignment(self.sides[min(column, 1)])
            self.setHorizontalHeaderItem(column, head)

    def cell(self, row: int, column: int) -> QTableWidgetItem:
        """Return a cell, which is created if necessary."""
        found = self.item(row, column)
        if found is None:
            found = QTableWidgetItem()
            found.setTextAlignment(self.sides[min(column, 1)])
            self.setItem(row, column, found)
        return found

    def write(self, row: int, column: int, text: str, colour: QColor, tip: str = "") -> QTableWidgetItem:
        """Write a text into a cell, in a colour; return the cell."""
        cell = self.cell(row, column)
        cell.setText(text)
        cell.setForeground(colour)
        cell.setToolTip(tip)
        return cell

    def show_rows(
        self, heads: Sequence[str], rows: Sequence[Sequence[str]], marked: int | None = None
    ) -> None:
        """Show other texts, and mark a row; font and widths change only if necessary."""
        shape = self.rowCount(), self.columnCount()
        self.blockSignals(True)
        if heads != self.heads():
            self.show_heads(heads)
        self.setRowCount(len(rows))
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                self.write(row, column, text, self.theme.text)
        self.blockSignals(False)
        self.mark(marked)
        self.setAccessibleDescription("; ".join(", ".join(texts) for texts in (heads, *rows)))
        if shape != (len(rows), len(heads)) or self.is_cut():
            self.fit()

    def heads(self) -> tuple[str, ...]:
        """Return the texts above the columns."""
        items = (self.horizontalHeaderItem(column) for column in range(self.columnCount()))
        return tuple(item.text() if item else "" for item in items)

    def texts(self, row: int) -> tuple[str, ...]:
        """Return the texts of a row."""
        return tuple(self.cell(row, column).text() for column in range(self.columnCount()))

    def mark(self, row: int | None) -> None:
        """Mark a row without emitting ``picked``; None: no row."""
        self.blockSignals(True)
        if row is None:
            self.clearSelection()
        else:
            self.selectRow(row)
        self.blockSignals(False)

    def show_theme(self, theme: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self.theme = theme
        self.fit()

    # -- sizes -------------------------------------------------------------------------------------

    def letters(self, share: float) -> tuple[QFont, QFont]:
        """Return the fonts of cells and headers at a share of the full size."""
        font = sized("text")
        font.setPointSizeF(font.pointSizeF() * share)
        return font, font

    def font_of(self, _column: int, cells: QFont) -> QFont:
        """Return the widest font that is used in a column, given that of the cells."""
        return cells

    def texts_of(self, column: int) -> Iterable[str]:
        """Return the texts that a column must have room for: those in it."""
        return [self.cell(row, column).text() for row in range(self.rowCount())]

    def fit(self) -> None:
        """Use the largest font in which all columns fit; set the height to that of all rows.

        In presentation mode the font size is fixed, and columns and rows without room are hidden.
        """
        for column in self.expendable:
            self.setColumnHidden(column, False)
        for share in self.shares[:1] if in_hall() else self.shares:
            font, self.head_font = self.letters(share)
            if sum(self.needs(font, self.head_font)) <= self.viewport().width():
                break
        for column in self.expendable if in_hall() else ():
            if sum(self.needs(font, self.head_font)) > self.viewport().width():
                self.setColumnHidden(column, True)
        self.setFont(font)
        self._apply_style()
        # Rows of a whole table are as high as in full letters: if its height depended on its width, a scroll
        # area around it would show its bar, which takes width, then hide it again, and so on without end.
        letters = self.letters(self.shares[0])[0] if self._is_whole() else font
        high = round(QFontMetrics(letters).height() * self.row_lines)
        self.verticalHeader().setDefaultSectionSize(high)
        self.share_width()
        if self._is_whole():
            self.setFixedHeight(self.horizontalHeader().sizeHint().height() + high * self.rowCount() + 4)
        self.show_last_rows()

    def show_last_rows(self) -> None:
        """In presentation mode, hide the first rows if not all fit without scrolling."""
        if self._is_whole():
            return
        room = self.height() - self.horizontalHeader().sizeHint().height()
        fitting = max(1, room // max(1, self.verticalHeader().defaultSectionSize()))
        for row in range(self.rowCount()):
            self.setRowHidden(row, in_hall() and row < self.rowCount() - fitting)

    def needs(self, cells: QFont, heads: QFont) -> list[int]:
        """Return the width every column needs; Qt's own size hint for a header is far too wide."""
        above, found = QFontMetricsF(heads), []
        for column in range(self.columnCount()):
            if self.isColumnHidden(column):
                found.append(0)
                continue
            head, below = self.horizontalHeaderItem(column), QFontMetricsF(self.font_of(column, cells))
            lines = head.text().split("\n") if head else [""]
            texts = map(below.horizontalAdvance, self.texts_of(column))
            found.append(ceil(max([*map(above.horizontalAdvance, lines), *texts])) + self.room)
        return found

    def present_needs(self) -> list[int]:
        """Return the width every column needs in the present font."""
        return self.needs(self.font(), self.head_font)

    def is_cut(self) -> bool:
        """Return whether a column is narrower than it needs to be."""
        return any(need > self.columnWidth(column) for column, need in enumerate(self.present_needs()))

    def share_width(self) -> None:
        """Give every column the width it needs, and those from `first_wider` on equal shares of the rest."""
        needs, room = self.present_needs(), self.viewport().width()
        if sum(needs) > room > 0:  # the texts do not fit even in the smallest font, and are elided
            needs = [need * room // sum(needs) for need in needs]
        count = max(1, len(needs) - self.first_wider)
        spare = max(0, room - sum(needs)) // count
        for column, need in enumerate(needs):
            self.setColumnWidth(column, need + (spare if column >= self.first_wider else 0))

    def _apply_style(self) -> None:
        theme = self.theme
        rule = f"border-bottom: 1px solid {theme.border.name()};"
        cells = f"QTableWidget::item {{ {rule} padding: 0 {self.padding}px; }}" if self.rules else ""
        self.setStyleSheet(
            f"QTableWidget {{ background: {theme.panel.name()}; }}"
            f"{cells}"
            f"QTableWidget::item:selected {{ background: {theme.accent_soft.name()};"
            f" color: {theme.text.name()}; }}"
            f"QHeaderView::section {{ background: {theme.panel.name()}; color: {theme.muted.name()};"
            f" border: 0; {rule} padding: 2px {self.padding}px;"
            f" font-size: {self.head_font.pointSizeF():g}pt; }}"
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width() or (in_hall() and not self._is_whole()):
            self.fit()

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width(), self.height()) if self._is_whole() else hint

    def minimumSizeHint(self) -> QSize:
        return QSize(100, self.height()) if self._is_whole() else super().minimumSizeHint()

    def _is_whole(self) -> bool:
        """Return whether all rows are shown, without scrolling."""
        return self.sizePolicy().verticalPolicy() == QSizePolicy.Policy.Fixed

    # -- gestures ----------------------------------------------------------------------------------

    def _tell(self) -> None:
        chosen = self.selectionModel().selectedRows()
        if chosen:
            self.picked.emit(chosen[0].row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in OWN_KEYS:
            super().keyPressEvent(event)
        else:
            event.ignore()
