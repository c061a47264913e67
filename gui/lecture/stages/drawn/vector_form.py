"""A layer as vectors and a matrix, and the whole network as one nested formula."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor

from core.lecture.one_sample import NumberPlace, OneSample
from core.number_style import HIDDEN, fine_text
from gui.lecture.stages.drawn.board import HUGE, LARGE, Board, Cell
from gui.lecture.stages.drawn.net import handle, symbol
from gui.lecture.stages.drawn.picture import Picture, WrittenNumber

WIDE, HIGH, SIZE, APART = 116.0, 64.0, 40.0, 8.0
"""Size of the cells of a matrix, of their text, and of the gap between two, where there is least room."""
SUMS, NAMES = 640.0, 815.0
LEFT, RIGHT = 30.0, 1890.0
HIGHEST, MOST_TIMES = 246.0, 1.4
GAP = 6.0
SIGN, BRACKET = 52.0, 150.0
"""Sizes of signs, and of the parentheses around matrices."""


Part = str | tuple[list[list[Cell]], str]
"""A sign in LaTeX, or a matrix and its name."""


class VectorForm:
    """The layer in vector form: z = b + Wᵀa, a = σ(z); the row of ``neuron`` was shown in detail before."""

    def __init__(self, picture: Picture, sample: OneSample, neuron: int, number_of: WrittenNumber) -> None:
        self._picture, self._sample, self._neuron = picture, sample, neuron
        self._number_of = number_of

    # -- columns of numbers ----------------------------------------------------------------------------

    def _column(self, what: str, l: int, only: int | None = None) -> list[list[Cell]]:
        """Return z or a of a layer as a column; ``only``: the other rows are faint."""
        return [
            [Cell(self._number_of(what, l, k), self._ink, faint=only not in (None, k))]
            for k in range(self._sample.n[l])
        ]

    def _biases(self, l: int, only: int | None = None) -> list[list[Cell]]:
        return [
            [self._given(NumberPlace("bias", k, l), self._picture.theme.bias, faint=only not in (None, k))]
            for k in range(self._sample.n[l])
        ]

    def _weights(self, l: int, only: int | None = None) -> list[list[Cell]]:
        """Return the transpose of W[l]: a row for each neuron of the layer."""
        sample = self._sample
        return [
            [
                self._given(NumberPlace("weight", j, l, i), None, faint=only not in (None, j))
                for i in range(sample.n[l - 1])
            ]
            for j in range(sample.n[l])
        ]

    def _inputs(self, only: int | None = None) -> list[list[Cell]]:
        """Return the inputs, in the colours of the weights they are multiplied by in the row ``only``."""
        sample = self._sample
        cells = []
        for i in range(sample.n[0]):
            weight = 0.0 if only is None else float(sample.W(1)[i, only])
            colour = self._ink if only is None else self._signed(weight)
            cells.append([self._given(NumberPlace("input", i), colour)])
        return cells

    def _given(self, place: NumberPlace, colour: QColor | None, *, faint: bool = False) -> Cell:
        """Return the cell of a number that can be changed."""
        value = self._sample.number(place)
        shown = self._picture.theme.muted if faint else colour or self._signed(value)
        return Cell(fine_text(value), shown, faint=faint, handle=handle(self._sample, place))

    @property
    def _ink(self) -> QColor:
        return self._picture.theme.text

    def _signed(self, value: float) -> QColor:
        shown = self._picture.theme
        return shown.text if not value else shown.positive if value > 0 else shown.negative

    # -- painting --------------------------------------------------------------------------------------

    def _line(self, board: Board, parts: Sequence[Part], x: float | None = None) -> None:
        """Paint signs and matrices side by side, with the names of the matrices below.

        They begin at x; without x they are centred and as large as possible.
        """
        times = 1.0
        if x is None:
            high = max(len(part[0]) for part in parts if not isinstance(part, str)) * (HIGH + APART)
            whole = self._width(board, parts)
            times = min(MOST_TIMES, HIGHEST / high, (RIGHT - LEFT) / whole)
            x = (LEFT + RIGHT - times * whole) / 2
        for part in parts:
            wide = times * self._width(board, [part])
            if isinstance(part, str):
                board.formula(part, x, SUMS, times * _size(part), side="left")
            else:
                board.matrix(
                    part[0], x + (wide - GAP) / 2, SUMS, wide=times * WIDE, high=times * HIGH,
                    size=times * SIZE, gap=times * APART,
                )  # fmt: skip
                board.formula(part[1], x + (wide - GAP) / 2, NAMES, min(50.0, 44 * times))
            x += wide

    @staticmethod
    def _width(board: Board, parts: Sequence[Part]) -> float:
        """Return the width of signs and matrices side by side, with the gap after them."""
        signs = sum(board.formula_width(part, _size(part)) + GAP for part in parts if isinstance(part, str))
        columns = [len(part[0][0]) for part in parts if not isinstance(part, str)]
        return signs + sum(count * (WIDE + APART) - APART + 28 + GAP for count in columns)

    def paint_sums(self, board: Board, only: int) -> None:
        """Paint z[1] = b[1] + W[1]ᵀ a[0]: one of its rows, the others faint."""
        self._line(board, self._sums(only), LEFT)

    def _sums(self, only: int | None = None) -> list[Part]:
        """Return z[1] = b[1] + W[1]ᵀ a[0]."""
        return [
            (self._column("z", 1, only), symbol("z", 1)),
            "=",
            (self._biases(1, only), symbol("b", 1)),
            "+",
            (self._weights(1, only), rf"({symbol('W', 1)})^T"),
            (self._inputs(only), symbol("a", 0)),
        ]

    def paint(self, board: Board) -> None:
        """Paint the layer at once, the network as one formula, or that formula in numbers."""
        picture = self._picture
        if picture.at("layer"):
            self._paint_layer(board)
        elif picture.at("nested"):
            self._paint_nested(board)
        else:
            self._paint_numbers(board)

    def _paint_layer(self, board: Board) -> None:
        with board.faded(self._picture.arrived("layer")):
            board.formula(rf"{symbol('a', 1)}={_activated(1, symbol('a', 0))}", 1370, 240, HUGE)
            parts: list[Part] = [
                *self._sums(),
                r"\qquad",
                (self._column("a", 1), symbol("a", 1)),
                "=",
                SIGMA[1],
                "(",
                (self._column("z", 1), symbol("z", 1)),
                ")",
            ]
            self._line(board, parts)

    def _paint_nested(self, board: Board) -> None:
        """Paint the layer inserted into the next one: one formula."""
        picture, colours = self._picture, board.colours
        shown = picture.arrived("nested")
        soft = board.soft(colours.accent, 0.14)
        inner, outer = _activated(1, symbol("a", 0)), OUTER
        with board.faded(shown):
            left = 930.0
            first = board.formula(outer, left, 110, LARGE, side="left")
            slot = QRectF(first.right() + 12, 56, 130, 108)
            board.panel(slot, colours.accent, soft, radius=18)
            board.formula(symbol("a", 1), slot.center().x(), 110, LARGE, colours.accent)
            board.formula(")", slot.right() + 12, 110, LARGE, side="left")
            box = QRectF(1034, 270, 846, 130)
            board.area([slot.bottomLeft(), slot.bottomRight(), box.topRight(), box.topLeft()], soft)
            board.panel(box, colours.accent, soft, radius=18)
            board.formula(
                f"{symbol('a', 1)}={inner}", box.center().x(), box.center().y(), LARGE, colours.accent
            )
        wide = board.formula_width(inner, 80) + 40
        before = board.formula_width(outer, 80)
        x = (1920 - before - wide - 40) / 2
        with board.faded(shown):
            start = board.formula(outer, x, 640, 80, side="left")
            place = QRectF(start.right() + 8, 560, wide, 160)
            board.panel(place, None, soft, radius=22)
            board.formula(inner, place.center().x(), 640, 80, colours.accent)
            board.formula(")", place.right() + 8, 640, 80, side="left")
            self._paint_output(board, 800)

    def _paint_numbers(self, board: Board) -> None:
        """Paint the nested formula with every number in its place."""
        picture = self._picture
        with board.faded(picture.arrived("numbers")):
            board.formula(f"{OUTER}{_activated(1, symbol('a', 0))})", 1365, 130, 54)
            for y, latex, what in (
                (280, symbol("z", 2), "z"),
                (400, rf"\mathbf{{o}}={SIGMA[2]}({symbol('z', 2)})", "a"),
            ):
                end = board.formula(f"{latex}=", 1360, y, LARGE, side="right").right()
                board.number(self._number_of(what, 2, 0), end + 16, y, HUGE, side="left")
            self._line(
                board,
                [
                    r"\mathbf{o}=",
                    SIGMA[2],
                    "(",
                    (self._biases(2), symbol("b", 2)),
                    "+",
                    (self._weights(2), rf"({symbol('W', 2)})^T"),
                    SIGMA[1],
                    "(",
                    (self._biases(1), symbol("b", 1)),
                    "+",
                    (self._weights(1), rf"({symbol('W', 1)})^T"),
                    (self._inputs(), symbol("a", 0)),
                    ")",
                    ")",
                ],
            )

    def _paint_output(self, board: Board, y: float) -> None:
        text = self._number_of("a", 2, 0)
        end = board.formula(r"\mathbf{o}=", 960, y, LARGE, side="right").right()
        colour = board.colours.muted if text == HIDDEN else board.colours.text
        board.number(text, end + 16, y, HUGE, colour, side="left")


SIGMA = {l: rf"\sigma^{{[{l}]}}" for l in (1, 2)}


def _size(sign: str) -> float:
    """Return the size of a sign between matrices."""
    return BRACKET if sign in "()" else SIGN


def _activated(layer: int, inputs: str) -> str:
    """Return the output of a layer for its inputs, in LaTeX."""
    return rf"{SIGMA[layer]}\,({symbol('b', layer)}+({symbol('W', layer)})^T{inputs})"


OUTER = rf"\mathbf{{o}}={SIGMA[2]}\,({symbol('b', 2)}+({symbol('W', 2)})^T"
