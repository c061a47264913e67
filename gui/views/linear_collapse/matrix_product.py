"""Paints factors of a matrix product and their result, as cells with their shapes, in rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent, QStaticText, QTextOption
from PySide6.QtWidgets import QWidget

from core.arrays import Array
from gui.figures.figure import fill_background
from gui.layout.scroll_canvas import ScrollCanvas
from gui.plots.matrix_cells import CellPainter, CellSizes, MatrixGrid
from gui.qt.drawable import guarded_overrides, shielded
from gui.theme.theme import LIGHT, Theme, in_hall, sized

MARGIN, BETWEEN, DOWN = 4, 8, 12
HALL_SCALES, HALL_DIGITS = (1.2, 1.0), 2
"""In presentation mode: scales of the numbers that are tried, and their significant digits."""
HIGHEST = 260  # pixels, the largest height of a large matrix


@dataclass(frozen=True, eq=False)
class Factor:
    """A matrix under its name in rich text, after an ``operator``.

    ``warns``: the operator is marked, because it prevents multiplying. ``begins``: the matrix begins a new
    row. ``veiled``: only its shape is shown.
    """

    name: str
    values: Array
    operator: str = ""
    warns: bool = False
    begins: bool = False
    veiled: bool = False


@dataclass
class _Placed:
    factor: Factor
    cells: MatrixGrid
    operator: QRectF
    width: float


@guarded_overrides
class MatrixProduct(ScrollCanvas):
    """Paints a sequence of `Factor` objects."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.factors: tuple[Factor, ...] = ()
        self._placed: list[_Placed] = []
        self._key: object = None
        self._in_sight = -1
        self._captions: dict[str, QStaticText] = {}
        self.show_theme(LIGHT)

    def show_factors(self, factors: Sequence[Factor]) -> None:
        """Show other factors, or the same with other numbers."""
        self.factors = tuple(factors)
        self._lay_out()
        self.viewport().update()

    def show_theme(self, theme: Theme) -> None:
        """Paint in a theme's colours and the present fonts."""
        self._theme, self._painter = theme, CellPainter(theme)
        self._sizes = CellSizes(self._painter.font)
        self._in_hall = {scale: CellPainter(theme, scale, HALL_DIGITS) for scale in HALL_SCALES}
        self._captions.clear()
        self._key = None
        self._lay_out()
        self.viewport().update()

    # -- geometry ----------------------------------------------------------------------------------

    def cells(self, k: int) -> QRectF:
        """Return the rectangle of a factor's numbers, in pixels of the viewport."""
        return self._placed[k].cells.rect.translated(-self.offset)

    def reveal_factor(self, k: int) -> None:
        """Scroll until a factor is visible, and again after the next change of size."""
        self._in_sight = k
        self.reveal(self._placed[k].cells.rect.adjusted(-BETWEEN, -self._head, BETWEEN, MARGIN))

    def needed(self) -> int:
        """Return the height of all factors at the present width."""
        return ceil(max((p.cells.rect.bottom() for p in self._placed), default=0.0)) + MARGIN

    def sizeHint(self) -> QSize:
        return QSize(300, self.needed())

    @property
    def _head(self) -> float:
        return QFontMetricsF(sized("formula")).height() + QFontMetricsF(sized("small")).height() + 6

    def _lay_out(self) -> None:
        """Place all factors if shapes or width have changed; update the numbers and the scroll bars."""
        shapes = tuple((f.name, f.operator, f.values.shape, f.begins) for f in self.factors)
        key = shapes, self._room, tuple(map(self._widest, self.factors)) if in_hall() else ()
        if key != self._key:
            self._key = key
            self._place()
        for placed, factor in zip(self._placed, self.factors, strict=True):
            placed.factor = factor
            placed.cells.fill(factor.values, False, None)
        widest = max((placed.cells.left + placed.width for placed in self._placed), default=0.0)
        self.reach(QSize(ceil(widest) + MARGIN, self.needed()), self._sizes.number.height())

    @property
    def _room(self) -> int:
        """The width for the factors; in presentation mode that of the widget, then without a scroll bar."""
        return self.width() if in_hall() else self.viewport().width()

    def _widest(self, factor: Factor) -> str:
        """Return the longest number of a matrix in the digits of presentation mode."""
        return max(map(self._in_hall[1.0].text, factor.values.ravel().tolist()), key=len, default="")

    def _place(self) -> None:
        """Place the factors; in presentation mode in the largest font at which all of them are in one row."""
        for scale in HALL_SCALES if in_hall() else ():
            self._painter = self._in_hall[scale]
            self._sizes = CellSizes(self._painter.font)
            if len(self._rows()) == 1:
                break
        rows = self._rows()
        top = float(MARGIN)
        for row in rows:
            high = max(placed.cells.rect.height() for placed in row)
            for placed in row:
                placed.cells.top = top + self._head + (high - placed.cells.rect.height()) / 2
                placed.operator.moveTop(top + self._head + high / 2 - placed.operator.height() / 2)
            top += self._head + high + DOWN
        self._placed = [placed for row in rows for placed in row]
        if self.needed() != self.maximumHeight():
            self.setMaximumHeight(max(self.minimumHeight(), self.needed()))

    def _rows(self) -> list[list[_Placed]]:
        """Return the factors in rows that fit the width, each with its horizontal position."""
        rows: list[list[_Placed]] = []
        width, left = self._room, 0.0
        for placed in map(self._made, self.factors):
            across = placed.operator.width() + placed.width
            if not rows or placed.factor.begins or left + across > width - MARGIN:
                rows.append([])
                left = MARGIN
            placed.operator.moveLeft(left)
            placed.cells.left = left + placed.operator.width()
            left += across + BETWEEN
            rows[-1].append(placed)
        return rows

    def _made(self, factor: Factor) -> _Placed:
        room = QSize(max(40, self.viewport().width() - 4 * MARGIN), HIGHEST)
        sizes = CellSizes(self._painter.font, self._widest(factor)) if in_hall() else self._sizes
        wide, high, numbers = sizes.of(factor.values.shape, room, 1.0)
        cells = MatrixGrid(factor.values, 0, 0, wide, high, numbers)
        metrics = QFontMetricsF(sized("formula"))
        beside = metrics.horizontalAdvance(factor.operator) + BETWEEN if factor.operator else 0.0
        names = self._caption(factor.name).size().width(), self._caption(_size(factor)).size().width()
        return _Placed(factor, cells, QRectF(0, 0, beside, metrics.height()), max(cells.rect.width(), *names))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()
        if 0 <= self._in_sight < len(self._placed):
            self.reveal_factor(self._in_sight)

    # -- painting ----------------------------------------------------------------------------------

    @shielded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self.viewport()), self._theme
        fill_background(painter, event.rect(), theme.panel)
        painter.translate(-self.offset)
        seen = QRectF(event.rect()).translated(self.offset)
        for placed in self._placed:
            factor, cells = placed.factor, placed.cells
            painter.setFont(sized("formula"))
            painter.setPen(theme.error if factor.warns else theme.text)
            painter.drawText(placed.operator, Qt.AlignmentFlag.AlignLeft, factor.operator)
            self._paint_caption(painter, placed)
            if factor.veiled:
                painter.fillRect(cells.rect, theme.raised)
                painter.setPen(theme.muted)
                painter.drawText(cells.rect, Qt.AlignmentFlag.AlignCenter, "?")
            else:
                self._painter.paint(painter, cells, seen)
        painter.end()

    def _paint_caption(self, painter: QPainter, placed: _Placed) -> None:
        name, size = self._caption(placed.factor.name), self._caption(_size(placed.factor))
        left, top = placed.cells.left, placed.cells.top - self._head
        painter.setPen(self._theme.text)
        painter.drawStaticText(QPointF(left, top), name)
        painter.setFont(sized("small"))
        painter.setPen(self._theme.muted)
        painter.drawStaticText(QPointF(left, top + name.size().height()), size)

    def _caption(self, text: str) -> QStaticText:
        found = self._captions.get(text)
        if found is None:
            found = self._captions[text] = QStaticText(text)
            found.setTextFormat(Qt.TextFormat.RichText)
            option = QTextOption()
            option.setWrapMode(QTextOption.WrapMode.NoWrap)
            found.setTextOption(option)
            found.prepare(font=sized("small" if text.startswith("(") else "formula"))
        return found


def _size(factor: Factor) -> str:
    rows, columns = factor.values.shape
    return f"({rows} × {columns})"
