"""Painting the cells and the header of the table."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from core.data.column_words import ROLES
from core.language import tr
from gui.plots.scatter import class_colours, draw_markers
from gui.qt.drawable import guarded_overrides, shielded
from gui.theme.theme import Theme, mixed, sized
from gui.views.table.contents import Holds, Role, ShownColumn
from gui.views.table.rows import Index, TableRows

MARGIN = 6  # pixels beside the text of a cell
MARKER = 8  # pixels across a marker
BAR = 46  # length of the longest bar of a loss, in pixels
BARRED = BAR + 8
CENTRE = Qt.AlignmentFlag.AlignVCenter
SMALLER = 0.92  # font size relative to that of text
FEW_ROWS = 8  # up to which the header has bands
MARKED = (Holds.DECIDED, Holds.PART)


def tint(theme: Theme, column: ShownColumn) -> QColor | None:
    """Return the colour of a column's role: blue inputs, brown targets, green the network's outputs."""
    if column.live:
        return theme.gradient_positive
    roles = {Role.INPUT: theme.accent, Role.TARGET: theme.negative, Role.IGNORED: theme.muted}
    return roles.get(column.role) if column.role else None


def cell_font() -> QFont:
    """Return the font of the cells: a little smaller than text, so that more columns are visible."""
    font = sized("text")
    font.setPointSizeF(SMALLER * font.pointSizeF())
    return font


@guarded_overrides
class CellDelegate(QStyledItemDelegate):
    """Paints a cell: a text with a marker before it, or a number with a bar."""

    def __init__(self, rows: TableRows, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = rows
        self.largest = 1.0
        """The loss that has the longest bar."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = super().createEditor(parent, option, index)
        editor.setAccessibleName(self.tr("Cell"))
        editor.setProperty("cell", (index.row(), index.column()))
        editor.setProperty("refused", True)  # Enter moves to the next cell, not back to the canvas
        editor.setFont(cell_font())
        return editor

    @shielded
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rows, theme, box = self._rows, self._rows.theme, QRect(option.rect)
        painter.save()
        row = rows.row_at(index.row())
        self._paint_ground(painter, option, row)
        if row is None:
            self._paint_ghost(painter, box, index)
        else:
            self._paint_cell(painter, box, row, index)
        if bool(option.state & QStyle.StateFlag.State_HasFocus):
            painter.setPen(QPen(theme.accent, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(box).adjusted(1, 1, -1.5, -1.5))
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, row: int | None) -> None:
        theme, box = self._rows.theme, QRect(option.rect)
        if bool(option.state & QStyle.StateFlag.State_Selected):
            painter.fillRect(box, theme.accent_soft)
        elif row is not None and row == self._rows.followed:
            painter.fillRect(box, mixed(theme.panel, theme.accent_soft, 0.6))
        painter.setPen(theme.border)
        painter.drawLine(box.bottomLeft(), box.bottomRight())

    def _paint_ghost(self, painter: QPainter, box: QRect, index: Index) -> None:
        painter.setPen(self._rows.theme.muted)
        text = index.data(Qt.ItemDataRole.DisplayRole)
        side = CENTRE if index.column() else CENTRE | Qt.AlignmentFlag.AlignRight
        room = box.adjusted(MARGIN, 0, -MARGIN if not index.column() else 10 * box.width(), 0)
        if index.column() and text:
            font = QFont(painter.font())
            font.setItalic(True)
            painter.setFont(font)
            painter.setClipping(False)
        painter.drawText(room, side, str(text or ""))

    def _paint_cell(self, painter: QPainter, box: QRect, row: int, index: Index) -> None:
        rows, theme = self._rows, self._rows.theme
        column = rows.columns[index.column()]
        box.adjust(MARGIN, 0, -MARGIN, 0)
        if column.kind is Holds.NUMBER and row == rows.followed:
            self._paint_arrow(painter, box)
        elif column.kind is Holds.PART:
            self._paint_part(painter, box, rows.part_of(row))
        elif column.kind is Holds.LOSS:
            self._paint_bar(painter, box, rows.value(row, column))
        elif (kind := rows.class_in(row, column)) is not None:
            self._paint_class(painter, box, kind)
        bold = column.kind is Holds.LOSS or (column.kind is Holds.DECIDED and rows.is_wrong(row))
        if bold or (column.kind is Holds.NUMBER and row == rows.followed):
            font = QFont(painter.font())
            font.setBold(True)
            painter.setFont(font)
        colour = index.data(Qt.ItemDataRole.ForegroundRole)
        painter.setPen(colour if isinstance(colour, QColor) else theme.text)
        side = Qt.AlignmentFlag.AlignRight if rows.is_number(index.column()) else Qt.AlignmentFlag.AlignLeft
        text = painter.fontMetrics().elidedText(
            rows.text(row, column), Qt.TextElideMode.ElideRight, box.width()
        )
        painter.drawText(box, CENTRE | side, text)

    def _paint_arrow(self, painter: QPainter, box: QRect) -> None:
        painter.setPen(self._rows.theme.accent)
        painter.drawText(box, CENTRE | Qt.AlignmentFlag.AlignLeft, "▶")

    def _paint_part(self, painter: QPainter, box: QRect, part: str) -> None:
        theme, middle = self._rows.theme, QPointF(box.left() + MARKER / 2, box.center().y() + 0.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.muted if part == "left out" else theme.text, 1.4))
        painter.setBrush(theme.text if part == "train" else Qt.BrushStyle.NoBrush)
        if part != "left out":
            painter.drawEllipse(middle, MARKER / 2 - 0.7, MARKER / 2 - 0.7)
        else:
            painter.drawLine(middle - QPointF(3, 0), middle + QPointF(3, 0))
        box.setLeft(box.left() + MARKER + MARGIN)

    def _paint_class(self, painter: QPainter, box: QRect, kind: int) -> None:
        theme, contents = self._rows.theme, self._rows.contents
        assert contents is not None
        colour = class_colours(theme, len(contents.dataset.class_names))[kind]
        symbol = theme.class_symbols[kind % len(theme.class_symbols)]
        middle = np.array([[box.left() + MARKER / 2, box.center().y() + 0.5]])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_markers(painter, middle, symbol, MARKER, colour, theme)
        box.setLeft(box.left() + MARKER + MARGIN)

    def _paint_bar(self, painter: QPainter, box: QRect, loss: float | None) -> None:
        theme = self._rows.theme
        share = 0.0 if loss is None or not loss > 0 else min(1.0, loss / self.largest)
        bar = QRectF(box.left(), box.center().y() - 4, share * BAR, 9)
        painter.fillRect(bar, mixed(theme.negative, theme.panel, 0.45))
        box.setLeft(box.left() + BARRED)

    def width_of(self, section: int, font: QFont) -> int:
        """Return the width a column needs for every possible content."""
        column, bold = self._rows.columns[section], QFont(font)
        bold.setBold(column.kind in (Holds.LOSS, Holds.DECIDED, Holds.NUMBER))
        metrics = QFontMetrics(bold)
        inside = max(map(metrics.horizontalAdvance, self._rows.widest(section)), default=0)
        marked = column.kind in MARKED or self._rows.is_class_column(column)
        extra = BARRED if column.kind is Holds.LOSS else MARKER + MARGIN if marked else 0
        return inside + extra + 2 * MARGIN + 2


@guarded_overrides
class TableHeader(QHeaderView):
    """The header of the table: a title with the sort indicator, and below it the role of the column.

    If there are few rows, bands above name the common role of adjacent columns.

    A click requests sorting; a click on the lower line of a column whose role can be changed requests its
    menu; a double click requests to rename it.
    """

    sort_asked = Signal(int, bool)
    menu_asked = Signal(int)
    rename_asked = Signal(int)

    def __init__(self, rows: TableRows) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._rows = rows
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(24)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | CENTRE)
        self._pressed = -1

    # -- what is painted ---------------------------------------------------------------------------

    def _fonts(self) -> tuple[QFont, QFont]:
        title, below = cell_font(), sized("small")
        title.setBold(True)
        return title, below

    def sizeHint(self) -> QSize:
        title, below = map(QFontMetrics, self._fonts())
        high = title.height() + below.height() + 9 + self.band_height()
        return QSize(super().sizeHint().width(), high)

    def band_height(self) -> int:
        """Return the height of the bands; 0 if many rows need the room."""
        contents = self._rows.contents
        few = contents is not None and contents.rows <= FEW_ROWS
        return QFontMetrics(self._fonts()[1]).height() + 2 if few else 0

    def band_of(self, section: int) -> str:
        """Return the role that a column shares with its neighbours; "" for number and part."""
        column = self._rows.columns[section]
        if column.role is not None:
            return tr(ROLES[column.role.value])
        if column.kind in (Holds.TERM, Holds.LOSS):
            return self.tr("loss of the row")
        return self.tr("network says") if column.live else ""

    def place_of_band(self, section: int) -> QRect:
        """Return the rectangle of the band above a column in the viewport, including all its columns."""
        name, first, last = self.band_of(section), section, section
        while first > 0 and self.band_of(first - 1) == name:
            first -= 1
        while last + 1 < self.count() and self.band_of(last + 1) == name:
            last += 1
        left = self.sectionViewportPosition(first)
        width = self.sectionViewportPosition(last) + self.sectionSize(last) - left
        return QRect(left, 0, width, self.band_height())

    def _paint_band(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint the part of a band that lies above a column; its name is centred in the whole band."""
        theme, place = self._rows.theme, self.place_of_band(section)
        colour = tint(theme, self._rows.columns[section])
        if not place.height() or colour is None:
            return
        painter.save()
        painter.setClipRect(QRect(rect.left(), rect.top(), rect.width(), place.height()))
        painter.fillRect(place, mixed(theme.panel, colour, 0.14))
        font = self._fonts()[1]
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(mixed(colour, theme.text, 0.25))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self.band_of(section))
        painter.restore()

    def width_of(self, section: int) -> int:
        """Return the width the texts of a column need, with the widest sort indicator."""
        title, below = map(QFontMetrics, self._fonts())
        column = self._rows.columns[section]
        lower = below.horizontalAdvance(self._below(column)) + below.horizontalAdvance(column.unit)
        widths = title.horizontalAdvance(f"{column.title} ▾²"), lower + 4 * MARGIN
        return max(widths) + 2 * MARGIN

    def _below(self, column: ShownColumn) -> str:
        """Return the lower line of a column: its role."""
        if column.live:
            return self.tr("live")
        if column.kind is Holds.PART:
            return self.tr("train / test")
        text = tr(ROLES[column.role.value]) if column.role else ""
        return f"{text} ▾" if text and self._rows.editable else text

    def _chip(self, section: int, box: QRect) -> QRect:
        """Return the rectangle of the chip of a column, within the rectangle ``box`` of the section."""
        column, metrics = self._rows.columns[section], QFontMetrics(sized("small"))
        width = metrics.horizontalAdvance(self._below(column)) + 12
        high = metrics.height() + 1
        left = box.right() - MARGIN - width if self._rows.is_number(section) else box.left() + MARGIN
        return QRect(left, box.bottom() - high - 4, width, high)

    @shielded
    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        if not section < len(self._rows.columns):
            return
        theme, column = self._rows.theme, self._rows.columns[section]
        title, below = self._fonts()
        painter.save()
        colour = tint(theme, column)
        painter.fillRect(rect, theme.panel if colour is None else mixed(theme.panel, colour, 0.06))
        painter.setPen(theme.border)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.drawLine(rect.topRight(), rect.bottomRight())
        side = Qt.AlignmentFlag.AlignRight if self._rows.is_number(section) else Qt.AlignmentFlag.AlignLeft
        chip = self._chip(section, rect)
        painter.setFont(title)
        painter.setPen(theme.muted if column.role is Role.IGNORED else theme.text)
        head = QRect(
            rect.left() + MARGIN,
            rect.top() + 2 + self.band_height(),
            rect.width() - 2 * MARGIN,
            chip.top() - rect.top() - 2 - self.band_height(),
        )
        text = str(self._rows.headerData(section, Qt.Orientation.Horizontal))
        painter.drawText(
            head,
            CENTRE | side,
            QFontMetrics(title).elidedText(text, Qt.TextElideMode.ElideMiddle, head.width()),
        )
        painter.setFont(below)
        self._paint_chip(painter, chip, section, colour)
        painter.restore()
        self._paint_band(painter, rect, section)

    def _paint_chip(self, painter: QPainter, chip: QRect, section: int, colour: QColor | None) -> None:
        theme, column = self._rows.theme, self._rows.columns[section]
        text = self._below(column)
        if column.role is None or colour is None:
            painter.setPen(theme.muted)
            margin = MARGIN if self._rows.is_number(section) else -MARGIN  # without frame no margin
            painter.drawText(chip.translated(margin, 0), Qt.AlignmentFlag.AlignCenter, text)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = Qt.PenStyle.DashLine if column.role is Role.IGNORED else Qt.PenStyle.SolidLine
        painter.setPen(QPen(mixed(theme.panel, colour, 0.5), 1, line))
        painter.setBrush(mixed(theme.panel, colour, 0.16))
        painter.drawRoundedRect(
            QRectF(chip).adjusted(0.5, 0.5, -0.5, -0.5), chip.height() / 2, chip.height() / 2
        )
        painter.setPen(mixed(colour, theme.text, 0.25))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)
        self._paint_unit(painter, chip, section)

    def _paint_unit(self, painter: QPainter, chip: QRect, section: int) -> None:
        """Write the unit of a column beside its chip."""
        unit, left = self._rows.columns[section].unit, self.sectionViewportPosition(section)
        number = self._rows.is_number(section)
        room = QRect(left + MARGIN, chip.top(), chip.left() - left - 2 * MARGIN, chip.height())
        if not number:
            room = QRect(chip.right() + MARGIN, chip.top(), left + self.sectionSize(section), chip.height())
        painter.setPen(self._rows.theme.muted)
        side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
        painter.drawText(room, CENTRE | side, unit)

    # -- gestures ----------------------------------------------------------------------------------

    def place_of_chip(self, section: int) -> QRect:
        """Return the rectangle of the chip of a column in the viewport."""
        left, width = self.sectionViewportPosition(section), self.sectionSize(section)
        return self._chip(section, QRect(left, 0, width, self.height()))

    def _at_edge(self, x: int) -> bool:
        """Whether a position is at the edge between columns, where they are resized."""
        return any(
            abs(x - self.sectionViewportPosition(k) - self.sectionSize(k)) <= 3 for k in range(self.count())
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        section = self.logicalIndexAt(at)
        self._pressed = -1
        if event.button() is Qt.MouseButton.LeftButton and section >= 0 and not self._at_edge(at.x()):
            column = self._rows.columns[section]
            if self._rows.editable and column.role and self.place_of_chip(section).contains(at):
                self.menu_asked.emit(section)
                return
            self._pressed = section
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        pressed, self._pressed = self._pressed, -1
        if pressed >= 0 and self.logicalIndexAt(event.position().toPoint()) == pressed:
            self.sort_asked.emit(pressed, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        section = self.logicalIndexAt(at)
        if self._at_edge(at.x()) or section < 0:
            super().mouseDoubleClickEvent(event)
        elif self._rows.editable and self._rows.columns[section].role:
            self.rename_asked.emit(section)
        else:
            self._pressed = section
