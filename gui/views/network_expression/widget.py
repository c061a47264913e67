"""Paints the whole network as one nested expression with the numbers of a sample."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.arrays import Array
from core.nn.network import Network
from core.nn.passes import Pass
from gui.plots.matrix_cells import CellPainter
from gui.qt.drawable import guarded_overrides, shielded
from gui.qt.typed_signal import TypedSignal
from gui.selection import Selection
from gui.text.rich_text import bold
from gui.theme.theme import LIGHT, Theme, sized
from gui.views.network_expression.pieces import BRACKET, Piece, PieceMaker, rich_text, shape

SPACE, INDENT = 6, 14  # pixels


@guarded_overrides
class NestedMatrices(QWidget):
    """o = σ(b + Wᵀ σ(…)) with matrices of numbers, on as many lines as the width requires.

    ``pointed`` and ``picked`` carry the `Selection` of the cell under the mouse, or clicked.
    """

    pointed = TypedSignal[Selection]()
    picked = TypedSignal[Selection]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("The expression with matrices of numbers"))
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.pieces: list[list[Piece]] = []
        self._given: tuple[Network, Array, Pass | None] | None = None
        self._selection, self._hover = Selection(), Selection()
        self._mouse: QPointF | None = None
        self._extent = QSize(120, 40)
        self.show_theme(LIGHT)

    # -- contents ----------------------------------------------------------------------------------

    def show_values(self, network: Network, theta: Array, values: Pass | None) -> None:
        """Show the numbers of the first sample of a pass made with ``theta``; None: x and o are unknown."""
        self._given = network, theta, values
        self.pieces = self._maker.pieces(network, theta, values)
        self._place()
        self.update()

    def show_selection(self, selection: Selection) -> None:
        """Frame what is selected."""
        self._selection = selection
        self.update()

    def show_hover(self, selection: Selection) -> None:
        """Frame what the mouse points at."""
        if selection != self._hover:
            self._hover = selection
            self.update()

    def show_theme(self, theme: Theme) -> None:
        """Paint in a theme's colours and the present fonts."""
        self.theme = theme
        self._painter = CellPainter(theme)
        self._maker = PieceMaker(self._painter)
        self._large, self._small = sized("formula"), sized("small")
        if self._given is not None:
            self.show_values(*self._given)
        self.update()

    # -- geometry ----------------------------------------------------------------------------------

    def _place(self) -> None:
        """Place all pieces on lines, one below the other."""
        lines = self._lines()
        top, right = 0.0, 0.0
        for line in lines:
            high = max(piece.size[1] for piece in line)
            for piece in line:
                piece.box.moveTop(top + (high - piece.box.height()) / 2)
                if piece.cells is not None:
                    piece.cells.left, piece.cells.top = piece.box.left() + BRACKET, piece.box.top()
            top += high + 2 * self._painter.height + 8
            right = max(right, line[-1].box.right())
        extent = QSize(ceil(right) + 2, ceil(top))
        if extent != self._extent:
            self._extent = extent
            self.updateGeometry()
        self._point_again()

    def _lines(self) -> list[list[Piece]]:
        """Distribute the pieces over lines: a layer that does not fit gets a line of its own, or several."""
        lines: list[list[Piece]] = [[]]
        left, end = 0.0, self.width()
        for group in self.pieces:
            whole = sum(piece.size[0] + SPACE for piece in group)
            if (len(lines) > 1 or len(lines[0]) > 2) and left + whole > end:
                lines.append([])
                left = INDENT
            for piece in group:
                wide, high = piece.size
                if lines[-1] and left + wide > end:
                    lines.append([])
                    left = 3 * INDENT
                piece.box = QRectF(left, 0, wide, high)
                left += wide + SPACE
                lines[-1].append(piece)
        return [line for line in lines if line]

    def sizeHint(self) -> QSize:
        return self._extent

    def minimumSizeHint(self) -> QSize:
        widest = max((piece.size[0] for group in self.pieces for piece in group), default=60.0)
        return QSize(ceil(widest) + 3 * INDENT, self._extent.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    # -- painting ----------------------------------------------------------------------------------

    @shielded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self.theme
        for group in self.pieces:
            for piece in group:
                if piece.text is not None:
                    painter.setPen(theme.text)
                    painter.setFont(self._large)
                    painter.drawStaticText(piece.box.topLeft(), piece.text)
                else:
                    self._paint_matrix(painter, piece, QRectF(event.rect()))
        for selection, colour in ((self._selection, theme.accent), (self._hover, theme.text)):
            for piece, cell in self.lit(selection):
                assert piece.cells is not None
                self._painter.light(painter, piece.cells, *cell, colour)
        painter.end()

    def _paint_matrix(self, painter: QPainter, piece: Piece, seen: QRectF) -> None:
        assert piece.cells is not None
        cells, theme, rect = piece.cells, self.theme, piece.cells.rect
        centre = Qt.AlignmentFlag.AlignCenter
        painter.setPen(theme.text)
        painter.setFont(self._small)
        if piece.names:
            for row, name in enumerate(piece.names):
                painter.drawText(cells.cell(row, 0), centre, name)
        elif cells.numbers:
            self._painter.paint(painter, cells, seen)
        else:
            painter.fillRect(rect, theme.raised)
            painter.drawText(rect, centre, shape(cells.values))
        self._paint_brackets(painter, rect)
        if piece.names:
            return
        letter = piece.letter
        name = bold(letter, piece.layer) if letter not in "xo" else f"<b>{letter}</b>"
        under = rich_text(f"({name})<sup>⊤</sup>" if letter == "W" else name, self._small)
        painter.setPen(theme.muted)
        painter.setFont(self._small)
        middle = rect.center().x()
        painter.drawStaticText(QPointF(middle - under.size().width() / 2, rect.bottom() + 1), under)
        if cells.numbers:
            below = QRectF(middle - 40, rect.bottom() + 1 + self._painter.height, 80, self._painter.height)
            painter.drawText(below, centre, shape(cells.values))

    def _paint_brackets(self, painter: QPainter, rect: QRectF) -> None:
        painter.setPen(QPen(self.theme.text, 1.2))
        for x, inward in ((rect.left() - 3, 3), (rect.right() + 3, -3)):
            top, bottom = QPointF(x, rect.top()), QPointF(x, rect.bottom())
            painter.drawLine(top, bottom)
            painter.drawLine(top, top + QPointF(inward, 0))
            painter.drawLine(bottom, bottom + QPointF(inward, 0))

    def lit(self, selection: Selection) -> list[tuple[Piece, tuple[int, int]]]:
        """Return those cells of a neuron or an edge that are written out."""
        pieces = [p for group in self.pieces for p in group if p.cells is not None and p.cells.numbers]
        found = [(piece, piece.cell_of(selection)) for piece in pieces]
        return [(piece, cell) for piece, cell in found if cell is not None]

    # -- mouse -------------------------------------------------------------------------------------

    def selection_at(self, point: QPointF) -> Selection:
        """Return the neuron or the edge at a point; an empty selection if there is no number."""
        for group in self.pieces:
            for piece in group:
                cell = piece.cells.at(point) if piece.cells is not None and piece.cells.numbers else None
                if cell is not None and piece.letter != "m":
                    return piece.selection(*cell)
        return Selection()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse = event.position()
        self._point_again()

    def _point_again(self) -> None:
        """Update what is under the mouse, which may have changed although the mouse did not move."""
        found = self._hover if self._mouse is None else self.selection_at(self._mouse)
        if found != self._hover:
            self.show_hover(found)
            self.pointed.emit(found)

    def leaveEvent(self, event: object) -> None:
        self._mouse = None
        self.show_hover(Selection())
        self.pointed.emit(Selection())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self.selection_at(event.position())
        if found.layer is not None and event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(found)
