"""Builds the nested expression of a network: as LaTeX, and as pieces with matrices of numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QStaticText

from core.arrays import Array
from core.nn.network import Network, NetworkLayer
from core.nn.passes import Pass
from core.number_style import widest_text
from gui.plots.matrix_cells import CellPainter, CellSizes, MatrixGrid
from gui.selection import Selection
from gui.theme.theme import sized

MOST = 8  # rows or columns up to which a matrix is written out
BRACKET = 5  # pixels


def latex_lines(network: Network, room: float, width: Callable[[str], float]) -> list[str]:
    """Return the nested formula of a network, broken before a σ where a line would be wider than ``room``.

    ``width`` measures a formula.
    """
    pieces = [_latex_piece(layer) for layer in reversed(network.layers)]
    pieces[-1] += "x" + ")" * len(pieces)
    lines = ["o=" + pieces[0]]
    for piece in pieces[1:]:
        if width(lines[-1] + piece) <= room:
            lines[-1] += piece
        else:
            lines.append(r"\quad " + piece)
    return lines


def _latex_piece(layer: NetworkLayer) -> str:
    """Return the beginning "σ(b + Wᵀ" of a layer's part."""
    l = layer.l
    masked = rf"m^{{[{l}]}}\odot " if layer.dropout else ""
    return rf"\sigma^{{[{l}]}}(b^{{[{l}]}}+(W^{{[{l}]}})^{{\top}}\,{masked}"


def names_of(network: Network) -> list[str]:
    """Return which function the σ of every layer is, in rich text; neuron by neuron if they differ."""
    names = []
    for layer in network.layers:
        shown = [run.activation.symbol for run in layer.spans for _ in range(run.start, run.stop)]
        one = (
            shown[0]
            if len(layer.spans) == 1
            else f"({', '.join(shown[:MOST])}{', …' if len(shown) > MOST else ''})"
        )
        names.append(f"<b>σ</b><sup>[{layer.l}]</sup> = {one}")
    return names


@dataclass
class Piece:
    """A part of the expression, with its position: a text, or a matrix with its name below."""

    text: QStaticText | None = None
    cells: MatrixGrid | None = None
    letter: str = ""
    layer: int = 0
    names: tuple[str, ...] = ()
    box: QRectF = field(default_factory=QRectF)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height; of a matrix including its brackets."""
        if self.text is not None:
            return self.text.size().width(), self.text.size().height()
        assert self.cells is not None
        return self.cells.rect.width() + 2 * BRACKET, self.cells.rect.height()

    def selection(self, row: int, column: int) -> Selection:
        """Return the neuron or edge of a cell; W is transposed here."""
        if self.letter == "W":
            return Selection(self.layer, row, column)
        return Selection(self.layer, row)

    def cell_of(self, selection: Selection) -> tuple[int, int] | None:
        """Return the cell of a neuron or an edge, or None."""
        if self.cells is None or selection.layer != self.layer or selection.neuron is None:
            return None
        if (self.letter == "W") != (selection.source is not None):
            return None
        cell = selection.neuron, selection.source or 0
        rows, columns = self.cells.values.shape
        return cell if cell[0] < rows and cell[1] < columns else None


class PieceMaker:
    """Makes the pieces of a network's expression in the fonts of a `CellPainter`."""

    def __init__(self, painter: CellPainter) -> None:
        self._painter = painter
        self._sizes = CellSizes(painter.font)
        self._large = sized("formula")

    def pieces(self, network: Network, theta: Array, values: Pass | None) -> list[list[Piece]]:
        """Return "o =" and the pieces of every layer from the output on, for the first sample of a pass."""
        made = [self._output(network, values)]
        made += [self._layer(network, theta, values, layer) for layer in reversed(network.layers)]
        x = np.full((network.n[0], 1), np.nan) if values is None else values.a[0][:, :1]
        made[-1] += [self._matrix("x", 0, x), self._text(")" * len(network.layers))]
        return made

    def _output(self, network: Network, values: Pass | None) -> list[Piece]:
        L = len(network.layers)
        o = np.full((network.n[-1], 1), np.nan) if values is None else values.a[-1][:, :1]
        return [self._matrix("o", L, o), self._text("=")]

    def _layer(self, network: Network, theta: Array, values: Pass | None, layer: NetworkLayer) -> list[Piece]:
        l = layer.l
        b, W = network.b(theta, l)[:, None], network.W(theta, l).T
        made = [self._function(layer), self._text("("), self._matrix("b", l, b), self._text("+")]
        made.append(self._matrix("W", l, W))
        if values is not None and l in values.masks:
            made += [self._matrix("m", l, values.masks[l][:, :1]), self._text("⊙")]
        return made

    def _function(self, layer: NetworkLayer) -> Piece:
        """Return the activation of a layer, or a column of those of its neurons if they differ."""
        if len(layer.spans) == 1:
            return self._text(layer.spans[0].activation.symbol)
        names = tuple(run.activation.symbol for run in layer.spans for _ in range(run.start, run.stop))
        if len(names) > MOST:
            return self._text(f"<b>σ</b><sup>[{layer.l}]</sup>")
        wide = max(self._painter.width(name) for name in names) + 8
        cells = MatrixGrid(np.zeros((len(names), 1)), 0, 0, wide, self._sizes.number.height())
        return Piece(cells=cells, letter="σ", layer=layer.l, names=names)

    def _text(self, rich: str) -> Piece:
        return Piece(text=rich_text(rich, self._large))

    def _matrix(self, letter: str, l: int, values: Array) -> Piece:
        """Return a matrix as cells, or as its shape if it is large."""
        size = self._sizes.number
        if max(values.shape) > MOST:
            wide = self._painter.width(shape(values)) + 10
            cells = MatrixGrid(
                values, 0, 0, wide / values.shape[1], 2 * size.height() / values.shape[0], False
            )
        else:
            cells = MatrixGrid(values, 0, 0, self._painter.width(widest_text()) + 8, size.height())
            cells.fill(values, False, None)
        return Piece(cells=cells, letter=letter, layer=l)


def rich_text(rich: str, font: QFont) -> QStaticText:
    """Return rich text with its layout in a font."""
    text = QStaticText(rich)
    text.setTextFormat(Qt.TextFormat.RichText)
    text.prepare(font=font)
    return text


def shape(values: Array) -> str:
    """Return the shape of a matrix as text."""
    return f"{values.shape[0]} × {values.shape[1]}"
