"""The preview of a table to be imported: its cells below a header of five lines for each column."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QMouseEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from core.arrays import Array
from core.data.column_words import ENTRIES, GAPS, ROLES, TYPES
from core.data.encoding import LEFT_OUT, EncodedTable, encoded
from core.data.table import Column, Table
from core.language import tr, translatable
from core.number_style import exact_text, value_text
from gui.qt.drawable import guarded_overrides, shielded
from gui.theme.theme import LIGHT, Theme, mixed, sized

Index = QModelIndex | QPersistentModelIndex
FIELDS = ("name", "role", "type", "entry", "missing")
TITLES = (
    translatable("Column"),
    translatable("Role"),
    translatable("Type"),
    translatable("Enters as"),
    translatable("Missing"),
)
MARGIN, WIDEST, MEASURED = 7, 34, 60  # pixels, letters, rows
FEWEST_ROWS = 4
ALL, LEFT, PROBLEMS = "all", "left out", "problems"


@guarded_overrides
class Preview(QAbstractTableModel):
    """The rows of a table: as they are in the file, or as they enter the network."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = LIGHT
        self.table = Table()
        self.made: EncodedTable = encoded(self.table)
        self.order: Array = np.empty(0, int)
        self.entering = False
        self.listed = ALL
        self._faults: dict[tuple[int, int], str] = {}

    def show_table(self, table: Table, made: EncodedTable) -> None:
        """Show another table."""
        self.beginResetModel()
        self.table, self.made = table, made
        self._faults = {(fault.row, fault.column): fault.why for fault in made.faults}
        self._choose()
        self.endResetModel()

    def show_rows(self, listed: str, *, entering: bool) -> None:
        """List all rows, those left out, or those with problems; as in the file or as they are encoded."""
        self.beginResetModel()
        self.listed, self.entering = listed, entering
        self._choose()
        self.endResetModel()

    def _choose(self) -> None:
        self.order = np.arange(self.table.rows)
        if self.listed == LEFT:
            self.order = np.flatnonzero(self.made.parts == LEFT_OUT)
        elif self.listed == PROBLEMS:
            self.order = np.unique([fault.row for fault in self.made.faults]).astype(int)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else int(self.order.size)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.table.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Horizontal:
            texts = {
                Qt.ItemDataRole.DisplayRole: self.table.columns[section].name,
                Qt.ItemDataRole.ToolTipRole: tr("Click a cell of the header to change it"),
            }
            return texts.get(Qt.ItemDataRole(role))
        row = int(self.order[section]) if section < self.order.size else 0
        out = bool(self.made.parts.size) and self.made.parts[row] == LEFT_OUT
        if role == Qt.ItemDataRole.DisplayRole:
            return self.tr("left out   {row}").format(row=row + 1) if out else str(row + 1)
        if role == Qt.ItemDataRole.ForegroundRole:
            return self.theme.warning if out else self.theme.muted
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return right if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or not index.row() < self.order.size:
            return None
        row, k = int(self.order[index.row()]), index.column()
        column = self.table.columns[k]
        missing = self.is_missing(row, k)
        side = Qt.AlignmentFlag.AlignRight if column.type == "number" else Qt.AlignmentFlag.AlignLeft
        makers: dict[int, Callable[[], object]] = {
            Qt.ItemDataRole.DisplayRole: lambda: self._text(row, k, missing),
            Qt.ItemDataRole.TextAlignmentRole: lambda: side | Qt.AlignmentFlag.AlignVCenter,
            Qt.ItemDataRole.BackgroundRole: lambda: self._ground if missing else None,
            Qt.ItemDataRole.FontRole: lambda: _italic() if missing else None,
            Qt.ItemDataRole.ToolTipRole: lambda: self._faults.get((row, k)),
            Qt.ItemDataRole.ForegroundRole: lambda: self._colour(row, column, missing),
        }
        return makers[role]() if role in makers else None

    def _text(self, row: int, k: int, missing: bool) -> str:
        if self.entering:
            return self.entered(row, k)
        return written(self.table.columns[k], row) or (self.tr("empty") if missing else "")

    @property
    def _ground(self) -> QColor:
        """The background colour of a missing cell."""
        return mixed(self.theme.panel, self.theme.warning, 0.12)

    def _colour(self, row: int, column: Column, missing: bool) -> QColor:
        theme = self.theme
        if missing:
            return theme.warning
        pale = self.made.parts[row] == LEFT_OUT or column.role == "ignored"
        return mixed(theme.muted, theme.panel, 0.3) if pale else theme.text

    def is_missing(self, row: int, k: int) -> bool:
        """Whether a cell has no value, or none that fits the type of its column."""
        column = self.table.columns[k]
        if column.role == "ignored":
            return False
        cell = column.cells[row]
        if isinstance(cell, float):
            return False
        return not cell or cell in self.table.missing_marks or (row, k) in self._faults

    def entered(self, row: int, k: int) -> str:
        """Return the numbers of the inputs or targets that a cell becomes."""
        column, made, sample = self.table.columns[k], self.made.columns[k], int(self.made.samples[row])
        if sample < 0 or column.role == "ignored":
            return "–"
        dataset = self.made.dataset
        if column.role == "input":
            return "  ".join(value_text(float(dataset.x[i, sample])) for i in made.places)
        if dataset.task != "classes":
            return "  ".join(value_text(float(dataset.labels[i, sample])) for i in made.places)
        targets = dataset.targets(dataset.outputs)[:, sample]
        return "  ".join(value_text(float(targets[i])) for i in made.places if i < targets.size)


def _italic() -> QFont:
    font = QFont(sized("text"))
    font.setItalic(True)
    return font


def written(column: Column, row: int) -> str:
    """Return the text of a cell in the file."""
    cell = column.cells[row]
    return exact_text(cell) if isinstance(cell, float) else cell


def field_text(preview: Preview, k: int, field: str) -> str:
    """Return the text of a header line of a column."""
    column, made = preview.table.columns[k], preview.made.columns[k]
    filled = tr("{count}: {how}", count=f"{made.missing:,}", how=tr(GAPS[column.missing]))
    texts = {
        "name": column.name,
        "role": tr(ROLES[column.role]),
        "type": tr(TYPES[column.type]),
        "missing": filled if made.missing else tr("none"),
    }
    if field in texts:
        return texts[field]
    if column.role == "ignored":
        return "–"
    counted = {
        "one-hot": tr("one-hot, {count}", count=len(made.places)),
        "classes": tr("{count} classes", count=len(made.categories)),
    }
    return counted.get(column.entry) or tr(ENTRIES[column.entry]).partition(":")[0]


@guarded_overrides
class PreviewHeader(QHeaderView):
    """Five lines above each column: name, role, type, encoding, and the handling of missing cells.

    ``field_asked`` carries the column and the field that is clicked.
    """

    field_asked = Signal(int, str)

    def __init__(self, preview: Preview) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._preview = preview
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(50)
        self._pressed = (-1, "")

    @property
    def line(self) -> int:
        """The height of a line, in pixels."""
        return QFontMetrics(sized("text")).height() + 10

    def sizeHint(self) -> QSize:
        size = super().sizeHint()
        size.setHeight(len(FIELDS) * self.line + 2)
        return size

    def width_of(self, k: int) -> int:
        """Return the width that the header lines and the first cells of a column need."""
        bold = QFont(sized("text"))
        bold.setBold(True)
        metrics = QFontMetrics(bold)
        texts = [field_text(self._preview, k, field) for field in FIELDS]
        wide = max(map(metrics.horizontalAdvance, texts)) + 6 * MARGIN
        column = self._preview.table.columns[k]
        cells = [written(column, row) for row in range(min(MEASURED, len(column.cells)))]
        inside = max(map(QFontMetrics(sized("text")).horizontalAdvance, cells), default=0) + 3 * MARGIN
        return min(max(wide, inside), WIDEST * metrics.averageCharWidth())

    def place_of(self, k: int, field: str) -> QRect:
        """Return the rectangle of a header line in the viewport."""
        top = FIELDS.index(field) * self.line
        return QRect(self.sectionViewportPosition(k), top, self.sectionSize(k), self.line)

    @shielded
    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        preview = self._preview
        if not section < len(preview.table.columns):
            return
        theme, column = preview.theme, preview.table.columns[section]
        painter.save()
        colour = {"input": theme.accent, "target": theme.negative}.get(column.role, theme.muted)
        painter.fillRect(rect, mixed(theme.panel, colour, 0.05))
        painter.setPen(theme.border)
        painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        for field in FIELDS:
            box = self.place_of(section, field)
            box.moveLeft(rect.left())
            self._paint_field(painter, box.adjusted(MARGIN, 2, -MARGIN, -2), section, field, colour)
        painter.restore()

    def _paint_field(self, painter: QPainter, box: QRect, k: int, field: str, colour: QColor) -> None:
        theme, text = self._preview.theme, field_text(self._preview, k, field)
        font = QFont(sized("text"))
        font.setBold(field == "name")
        painter.setFont(font)
        frame, changeable = QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), self.is_changeable(k, field)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ignored = self._preview.table.columns[k].role == "ignored"
        if field == "role":
            frame.setWidth(min(frame.width(), painter.fontMetrics().horizontalAdvance(text) + 30))
            style = Qt.PenStyle.DashLine if ignored else Qt.PenStyle.SolidLine
            painter.setPen(QPen(mixed(theme.panel, colour, 0.5), 1, style))
            painter.setBrush(mixed(theme.panel, colour, 0.16))
            painter.drawRoundedRect(frame, frame.height() / 2, frame.height() / 2)
        elif changeable and field != "name":
            painter.setPen(theme.border)
            painter.setBrush(theme.panel)
            painter.drawRoundedRect(frame, 4, 4)
        inner = frame.toRect().adjusted(0 if field == "name" or not changeable else MARGIN, 0, -MARGIN, 0)
        if changeable and field != "name":
            painter.setPen(theme.muted)
            painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, "▾")
            inner.adjust(0, 0, -12, 0)
        painter.setPen(theme.muted if ignored or not (changeable or field == "name") else theme.text)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    def is_changeable(self, k: int, field: str) -> bool:
        """Whether a field of a column has other choices."""
        column, made = self._preview.table.columns[k], self._preview.made.columns[k]
        if column.role == "ignored":
            return field in ("name", "role", "type")
        return bool(made.missing) if field == "missing" else True

    def _field_at(self, event: QMouseEvent) -> tuple[int, str]:
        at = event.position().toPoint()
        line = at.y() // self.line
        return self.logicalIndexAt(at), FIELDS[min(max(line, 0), len(FIELDS) - 1)]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = k, field = self._field_at(event)
        if k >= 0 and field != "name" and self.cursor().shape() != Qt.CursorShape.SplitHCursor:
            event.accept()  # the selected columns stay selected
        else:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        k, field = self._field_at(event)
        plain = not event.modifiers() and event.button() is Qt.MouseButton.LeftButton
        moved = self.cursor().shape() == Qt.CursorShape.SplitHCursor
        clicked = plain and (k, field) == self._pressed and k >= 0 and field != "name" and not moved
        if clicked and self.is_changeable(k, field):
            self.field_asked.emit(k, field)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        k, field = self._field_at(event)
        if field == "name" and k >= 0:
            self.field_asked.emit(k, field)
        else:
            super().mouseDoubleClickEvent(event)


class _Corner(QWidget):
    """The names of the lines of the header, in the corner above the numbers of the rows."""

    def __init__(self, header: PreviewHeader, parent: QWidget) -> None:
        super().__init__(parent)
        self._header = header
        self.theme: Theme = LIGHT
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @shielded
    def paintEvent(self, _event: object) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.theme.raised)
        painter.setFont(sized("small"))
        painter.setPen(self.theme.muted)
        for k, title in enumerate(TITLES):
            box = QRect(MARGIN, k * self._header.line, self.width() - MARGIN, self._header.line)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, tr(title))
        painter.end()


@guarded_overrides
class PreviewGrid(QTableView):
    """The preview with its header; columns are selected together by Ctrl and Shift on their names."""

    def __init__(self, preview: Preview) -> None:
        super().__init__()
        self.preview, self.header = preview, PreviewHeader(preview)
        self.setAccessibleName(self.tr("What was understood"))
        self.setHorizontalHeader(self.header)
        self.setModel(preview)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(QFontMetrics(sized("text")).height() + 6)
        metrics = QFontMetrics(sized("text"))
        rows.setFixedWidth(
            metrics.horizontalAdvance(self.tr("left out   {row}").format(row="1,000,000")) + 16
        )
        self.corner = _Corner(self.header, self)
        self.setMinimumHeight(self.header.sizeHint().height() + FEWEST_ROWS * rows.defaultSectionSize())

    def fit(self) -> None:
        """Give every column its width."""
        for k in range(self.header.count()):
            self.setColumnWidth(k, self.header.width_of(k))

    def select_columns(self, columns: list[int]) -> None:
        """Select whole columns."""
        self.clearSelection()
        command = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Columns
        for k in columns:
            self.selectionModel().select(self.preview.index(0, k), command)

    def together(self, k: int) -> list[int]:
        """Return the columns that change together with column ``k``: ``k``, then those selected with it."""
        chosen = [index.column() for index in self.selectionModel().selectedColumns()]
        return [k, *(other for other in chosen if other != k)] if k in chosen else [k]

    def show_theme(self, theme: Theme) -> None:
        """Draw in a theme's colours."""
        self.preview.theme = self.corner.theme = theme
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.corner.setGeometry(0, 0, self.verticalHeader().width(), self.header.height())
        self.corner.raise_()
