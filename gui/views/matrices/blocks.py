"""Lays out and paints matrices with captions, in rows of a given width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QStaticText, QTextOption

from core.analysis.layer_matrices import Matrix
from gui.plots.matrix_cells import CellPainter, CellSizes, MatrixGrid
from gui.selection import Selection
from gui.theme.theme import Theme, sized
from gui.views.matrices.captions import cell_of, reading_of, shape_of, title_of

MARGIN, BETWEEN = 4, 14
HEIGHT = 320  # pixels, the initial height of a large matrix


class CellRef(NamedTuple):
    """One number: the index of its matrix, its row and its column."""

    matrix: int
    row: int
    column: int


@dataclass
class _Block:
    """A matrix with its caption; ``beside``: the shape is written beside the name, not below it."""

    cells: MatrixGrid
    caption: QStaticText
    shape: QStaticText
    beside: bool
    width: int

    @property
    def head(self) -> int:
        """The height of the caption."""
        below = 0.0 if self.beside else self.shape.size().height()
        return ceil(self.caption.size().height() + below) + 3


class MatrixBlocks:
    """All matrices shown; ``size`` is the size of the whole."""

    def __init__(self, theme: Theme) -> None:
        self.matrices: tuple[Matrix, ...] = ()
        self.size = QSize()
        self._captions: tuple[str, ...] = ()
        self._blocks: list[_Block] = []
        self._laid_out: object = None
        self.show_theme(theme)

    def show_theme(self, theme: Theme) -> None:
        """Paint in a theme's colours and the present fonts, from the next `lay_out` on."""
        self.theme = theme
        self._painter = CellPainter(theme)
        self._sizes = CellSizes(self._painter.font)
        self._fonts = sized("formula"), sized("small")
        self._laid_out = None

    @property
    def line(self) -> int:
        """The height of a row of numbers."""
        return self._sizes.number.height()

    # -- geometry ----------------------------------------------------------------------------------

    def fill(self, matrices: Sequence[Matrix], captions: Sequence[str]) -> None:
        """Set matrices and their captions in rich text; `lay_out` must follow."""
        self.matrices, self._captions = tuple(matrices), tuple(captions)

    def lay_out(self, width: int, zoom: float) -> None:
        """Place all blocks if shapes, captions, width or ``zoom`` have changed, and update the numbers."""
        key = (tuple(matrix.values.shape for matrix in self.matrices), self._captions, width, zoom)
        if key != self._laid_out:
            self._laid_out = key
            self._blocks = [self._made(k, width, zoom) for k in range(len(self.matrices))]
            self._place(width)
        for block, matrix in zip(self._blocks, self.matrices, strict=True):
            block.cells.fill(matrix.values, matrix.gradient, matrix.step)

    def _place(self, width: int) -> None:
        rows: list[list[_Block]] = []
        right = 0
        for block in self._blocks:
            if not rows or right + block.width > width - MARGIN:
                rows.append([])
                right = MARGIN
            rows[-1].append(block)
            block.cells.left = right
            right += block.width + BETWEEN
        top = MARGIN
        for row in rows:
            head = max(block.head for block in row)
            for block in row:
                block.cells.top = top + head
            top += head + max(ceil(block.cells.rect.height()) for block in row) + BETWEEN
        widest = max((ceil(block.cells.left) + block.width for block in self._blocks), default=0)
        self.size = QSize(widest + MARGIN, top - BETWEEN + MARGIN)

    def _made(self, k: int, width: int, zoom: float) -> _Block:
        matrix = self.matrices[k]
        room = QSize(max(40, width - 2 * MARGIN), HEIGHT)
        wide, high, numbers = self._sizes.of(matrix.values.shape, room, zoom)
        cells = MatrixGrid(matrix.values, 0, 0, wide, high, numbers)
        across = ceil(cells.rect.width())
        caption = _rich(self._captions[k], "formula")
        if caption.size().width() > max(across, 0.7 * room.width()):
            caption = _rich(title_of(matrix), "formula")
        shape = _rich(f'<span style="color:{self.theme.muted.name()}">{shape_of(matrix)}</span>', "small")
        both = ceil(caption.size().width() + 6 + shape.size().width())
        beside = both <= max(across, 0.7 * room.width()) and matrix.values.shape[1] > 1
        widest = both if beside else ceil(max(caption.size().width(), shape.size().width()))
        return _Block(cells, caption, shape, beside, max(across, widest))

    def cell(self, place: CellRef) -> QRectF:
        """Return the rectangle of a number."""
        return self._blocks[place.matrix].cells.cell(place.row, place.column)

    def surroundings(self, place: CellRef) -> QRectF:
        """Return the rectangle of a number, with a margin that should be visible around it."""
        return self.cell(place).adjusted(-4, -2 * self.line, 4, 4)

    def reading(self, place: CellRef | None) -> str:
        """Return which number it is, in rich text, or "" if there is no such number."""
        if place is None or not self.has(place):
            return ""
        return reading_of(self.matrices[place.matrix], place.row, place.column)

    def place_at(self, point: QPointF) -> CellRef | None:
        """Return the number at a point, or None."""
        for k, block in enumerate(self._blocks):
            found = block.cells.at(point)
            if found is not None:
                return CellRef(k, *found)
        return None

    def matrix_at(self, point: QPointF) -> int | None:
        """Return the index of the matrix at a point, numbers or caption, or None."""
        return next((k for k in range(len(self._blocks)) if self._outline(k).contains(point)), None)

    def _outline(self, k: int) -> QRectF:
        block = self._blocks[k]
        rect = block.cells.rect
        size = QSizeF(max(rect.width(), block.width), rect.height() + block.head)
        return QRectF(QPointF(rect.left(), rect.top() - block.head), size).adjusted(-3, -3, 3, 3)

    def has(self, place: CellRef) -> bool:
        """Whether there is such a number."""
        if min(place) < 0 or place.matrix >= len(self.matrices):
            return False
        rows, columns = self.matrices[place.matrix].values.shape
        return bool(place.row < rows and place.column < columns)

    def neighbour(self, place: CellRef | None, down: int, right: int) -> CellRef | None:
        """Return the next number; beyond the end of a matrix it is in the next or the previous matrix."""
        moved = CellRef(0, 0, 0)
        if place is not None:
            moved = CellRef(place.matrix, place.row + down, place.column + right)
        if self.has(moved) or place is None:
            return moved if self.has(moved) else None
        k = place.matrix + down + right
        if not 0 <= k < len(self.matrices):
            return place
        rows, columns = self.matrices[k].values.shape
        return CellRef(k, 0, 0) if down + right > 0 else CellRef(k, rows - 1, columns - 1)

    def lit(self, selection: Selection) -> list[CellRef]:
        """Return the numbers of a neuron or an edge."""
        found = [(k, cell_of(matrix, selection)) for k, matrix in enumerate(self.matrices)]
        return [CellRef(k, *cell) for k, cell in found if cell is not None]

    # -- painting ----------------------------------------------------------------------------------

    def paint(self, painter: QPainter, seen: QRectF) -> None:
        """Paint what lies in the rectangle ``seen``."""
        for k, block in enumerate(self._blocks):
            if self._outline(k).intersects(seen):
                self._paint_caption(painter, block)
                self._painter.paint(painter, block.cells, seen)

    def light(self, painter: QPainter, place: CellRef, colour: QColor) -> None:
        """Frame a number."""
        self._painter.light(painter, self._blocks[place.matrix].cells, place.row, place.column, colour)

    def _paint_caption(self, painter: QPainter, block: _Block) -> None:
        top = block.cells.top - block.head
        painter.setPen(self.theme.text)
        painter.setFont(self._fonts[0])
        painter.drawStaticText(QPointF(block.cells.left, top), block.caption)
        painter.setFont(self._fonts[1])
        name, shape = block.caption.size(), block.shape.size()
        left = block.cells.left + (name.width() + 6 if block.beside else 0)
        down = (name.height() - shape.height()) / 2 + 2 if block.beside else name.height()
        painter.drawStaticText(QPointF(left, top + down), block.shape)


def _rich(text: str, role: str) -> QStaticText:
    made = QStaticText(text)
    made.setTextFormat(Qt.TextFormat.RichText)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.NoWrap)
    made.setTextOption(option)
    made.prepare(font=sized(role))
    return made
