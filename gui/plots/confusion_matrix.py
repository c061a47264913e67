"""The confusion matrix: how many samples of each class the network assigns to each class."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from core.arrays import Array
from gui.qt.drawable import guarded_overrides, shielded
from gui.theme.theme import LIGHT, Theme, mixed, sized


@guarded_overrides
class ConfusionMatrix(QWidget):
    """Shows counts in cells, coloured the more strongly the larger their share of the row is.

    Correct decisions are on the diagonal, in blue; errors are brown. If cells are ``choosable``, a click
    or the arrow keys choose one, and ``cell_chosen`` gives its row and column.
    """

    cell_chosen = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Confusion matrix"))
        self.counts: Array = np.zeros((0, 0), int)
        self._names: tuple[str, ...] = ()
        self._theme = LIGHT
        self.choosable = False
        self.cell: tuple[int, int] | None = None

    def allow_choosing(self) -> None:
        """Enable choosing cells."""
        self.choosable = True
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_cell(self, cell: tuple[int, int] | None) -> None:
        """Frame a cell (row, column); None: none."""
        self.cell = cell
        self.update()

    def show_counts(self, counts: Array, names: tuple[str, ...]) -> None:
        """Show counts (classes, classes) and the classes' names."""
        self.counts, self._names = counts, names
        self.updateGeometry()
        wrong = int(counts.sum() - np.trace(counts))
        text = self.tr("{wrong} of {all} samples are taken for another class.")
        self.setAccessibleDescription(text.format(wrong=wrong, all=int(counts.sum())))
        self.update()

    def show_theme(self, theme: Theme) -> None:
        """Use a theme's colours."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def minimumSizeHint(self) -> QSize:
        """So large that every count can be read in its cell."""
        metrics, count = QFontMetricsF(sized("small")), len(self._names)
        digits = metrics.horizontalAdvance(str(int(self.counts.max(initial=0)))) + 4
        wide, high = count * digits / 0.66 + 12, (count + 2) * (metrics.height() + 3) + 8
        return QSize(max(140, round(wide)), max(120, round(high)))

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self.counts.size:
            return
        painter = QPainter(self)
        painter.setFont(sized("small"))
        grid = self.grid()
        self._paint_names(painter, grid, QFontMetricsF(sized("small")).height())
        self._paint_cells(painter, grid)
        if self.cell is not None and max(self.cell) < len(self._names):
            painter.setPen(QPen(self._theme.accent, 2.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.place(*self.cell))
        painter.end()

    def grid(self) -> QRectF:
        """Return the rectangle of all cells."""
        metrics = QFontMetricsF(sized("small"))
        widest = max((metrics.horizontalAdvance(name) for name in self._names), default=0.0)
        left, top = min(0.34 * self.width(), widest + 8), 2 * metrics.height() + 4
        return QRectF(left, top, self.width() - left - 4, self.height() - top - 4)

    def place(self, row: int, column: int) -> QRectF:
        """Return the rectangle of a cell."""
        grid, count = self.grid(), max(1, len(self._names))
        wide, high = grid.width() / count, grid.height() / count
        return QRectF(grid.left() + column * wide, grid.top() + row * high, wide, high)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        grid, count = self.grid(), len(self._names)
        if self.choosable and count and grid.contains(event.position()):
            at: QPointF = event.position() - grid.topLeft()
            row, column = (int(part * count) for part in (at.y() / grid.height(), at.x() / grid.width()))
            self.cell_chosen.emit(min(row, count - 1), min(column, count - 1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        move, count = moves.get(Qt.Key(event.key())), len(self._names)
        if move is None or not self.choosable or not count:
            super().keyPressEvent(event)
            return
        row, column = (0, 0) if self.cell is None else (self.cell[0] + move[0], self.cell[1] + move[1])
        self.cell_chosen.emit(max(0, min(count - 1, row)), max(0, min(count - 1, column)))

    def _paint_names(self, painter: QPainter, grid: QRectF, height: float) -> None:
        """Write the class names above the columns and beside the rows."""
        painter.setPen(self._theme.muted)
        centre = Qt.AlignmentFlag.AlignCenter
        over = QRectF(0, 0, self.width(), height)
        painter.drawText(over, centre, self.tr("class it is ↓    class decided on →"))
        count, metrics = len(self._names), painter.fontMetrics()
        wide, high = grid.width() / count, grid.height() / count
        for k, name in enumerate(self._names):
            box = QRectF(grid.left() + k * wide, grid.top() - height - 2, wide, height)
            painter.drawText(
                box, centre, metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(wide) - 2)
            )
            box = QRectF(0, grid.top() + k * high, grid.left() - 5, high)
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(box.width()))
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _font_for(self, wide: float, high: float) -> QFont:
        """Return the largest font in which all counts fit into their cells."""
        longest = str(int(self.counts.max(initial=0)))
        for role in ("number", "text"):
            metrics = QFontMetricsF(sized(role))
            if metrics.height() < 0.8 * high and metrics.horizontalAdvance(longest) < 0.8 * wide:
                return sized(role)
        return sized("small")

    def _paint_cells(self, painter: QPainter, grid: QRectF) -> None:
        theme, count = self._theme, len(self._names)
        wide, high = grid.width() / count, grid.height() / count
        font = self._font_for(wide, high)
        shares = self.counts / np.maximum(1, self.counts.sum(axis=1, keepdims=True))
        for (r, c), share in np.ndenumerate(shares):
            box = QRectF(grid.left() + c * wide, grid.top() + r * high, wide, high).adjusted(1, 1, -1, -1)
            colour = mixed(theme.canvas, theme.positive if r == c else theme.negative, 0.6 * float(share))
            painter.fillRect(box, colour)
            painter.setPen(QPen(theme.text if self.counts[r, c] else theme.muted))
            painter.setFont(font)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(self.counts[r, c]))
