"""One neuron in detail: the terms of its sum as arrows that end at z, and the curve that maps z to a."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor

from core.arrays import Array
from core.lecture.one_sample import NumberPlace, OneSample
from core.number_style import HIDDEN, axis_text, fine_text, value_text
from gui.lecture.stages.drawn.board import LARGE, SMALL, Axis, Board, between, fitted_size, text_width
from gui.lecture.stages.drawn.net import NetPlace, symbol
from gui.lecture.stages.drawn.picture import Picture, WrittenNumber
from gui.qt.drawable import point

PANEL = QRectF(884, 0, 1012, 622)
TALL = 200.0
"""Additional height of the panel before the formula of z is shown below it."""
ZERO, REACH = 1330.0, 420.0
"""The x coordinate of z = 0, and the length of the axis on both sides."""
BASE, TOP = 352.0, 112.0
ROWS = (572.0, 500.0, 428.0)
NAMES, COLUMN = 1262.0, 1856.0
FIRST_ARROW = 1120.0
"""The left bound of the arrows; left of it is room for the names of the terms."""
ADDEND = 170.0
LEAST_REACH = 2.6
FORMULA, NUMBERS = 690.0, 800.0
FIRST = 0


@dataclass(frozen=True)
class Term:
    """A term of z: its formula, the same in numbers, its value, and its source in the network."""

    latex: str
    numbers: str
    value: float
    source: NumberPlace


class OpenedNeuron:
    """Neuron ``neuron`` (from 0) of layer 1 in a panel beside the network."""

    def __init__(self, picture: Picture, sample: OneSample, neuron: int, number_of: WrittenNumber) -> None:
        self._picture, self._sample, self._neuron = picture, sample, neuron
        self._number_of = number_of
        self.terms = [*self._terms()]
        ends = np.cumsum([0.0, *(term.value for term in self.terms)])
        self._ends = ends.tolist()
        reach = max(
            LEAST_REACH,
            1.15 * float(np.abs(ends).max()),
            -float(ends.min()) * REACH / (ZERO - FIRST_ARROW),
            float(ends[-1]) * REACH / (self._z_label - 70 - ZERO),
        )
        self._across = Axis(-reach, reach, ZERO - REACH, ZERO + REACH)
        heights = self._curve(np.linspace(-reach, reach, 81))
        low, high = min(0.0, float(heights.min())), max(1.0, float(heights.max()))
        self._up = Axis(low, high, BASE, TOP)

    def _terms(self) -> list[Term]:
        sample, j = self._sample, self._neuron
        bias = float(sample.b(1)[j])
        terms = [Term(symbol("b", 1, j), fine_text(bias), bias, NumberPlace("bias", j, 1))]
        for i in range(sample.n[0]):
            weight, a = float(sample.W(1)[i, j]), float(sample.x[i])
            left, right = (
                f"({text})" if value < 0 else text
                for value, text in ((weight, fine_text(weight)), (a, fine_text(a)))
            )
            latex = rf"{symbol('W', 1, i, j)}\,{symbol('a', 0, i)}"
            terms.append(Term(latex, rf"{left}\cdot {right}", weight * a, NumberPlace("weight", j, 1, i)))
        return terms

    def _curve(self, z: Array) -> Array:
        """Return the activation of the neuron for values of z."""
        span = next(
            span for span in self._sample.network.layers[0].spans if span.start <= self._neuron < span.stop
        )
        return np.asarray(span.activation.g(z) if span.alpha is None else span.activation.g(z, span.alpha))

    @property
    def _z(self) -> str:
        return self._number_of("z", 1, self._neuron)

    # -- painting --------------------------------------------------------------------------------------

    def paint_ray(self, board: Board, place: NetPlace) -> None:
        """Paint the ray from the neuron to its panel."""
        middle, panel = place.neuron(1, self._neuron, self._sample.n[1]), self._panel(place)
        ground = board.soft(board.colours.muted, 0.13)
        up, down = QPointF(0, -place.radius), QPointF(0, place.radius)
        corners = [middle + up, panel.topLeft() + QPointF(8, 8), panel.bottomLeft() + QPointF(8, -8)]
        board.area([*corners, middle + down], ground)

    def _panel(self, place: NetPlace) -> QRectF:
        """Return the panel, which expands from the neuron."""
        share = self._picture.arrived("opened")
        middle = place.neuron(1, self._neuron, self._sample.n[1])
        whole = PANEL.adjusted(0, 0, 0, TALL * (1 - self._part_progress(FIRST)))
        corners = (between(middle, corner, share) for corner in (whole.topLeft(), whole.bottomRight()))
        return QRectF(*corners)

    def _part_progress(self, part: int) -> float:
        """Return the progress of a part of the motion to the sum: first room is made, then arrows move."""
        return self._picture.arrived("sum", part, len(self.terms) + 1)

    def paint(self, board: Board, place: NetPlace) -> None:
        """Paint the panel and, below it, the formula of z."""
        picture = self._picture
        board.panel(self._panel(place), board.colours.text, radius=30)
        with board.faded(2 * picture.arrived("opened") - 1):  # once the panel is almost complete
            said = picture.tr("neuron {number} of layer {layer}, opened").format(
                number=self._neuron + 1, layer=1
            )
            left, room = PANEL.left() + 34, PANEL.width() - 68
            board.text(said, left, 42, SMALL, board.colours.muted, side="left", room=room)
            self._paint_axis(board)
            self._paint_z(board)
        if picture.reached("activation"):
            with board.faded(picture.arrived("activation")):
                self._paint_curve(board)
        if picture.reached("sum"):
            for k in range(len(self.terms)):
                self._paint_term(board, place, k)
        self._paint_formula(board)

    def _paint_axis(self, board: Board) -> None:
        muted = board.colours.muted
        end = self._across.end if not self._picture.reached("sum") else self._z_label - 20
        board.line(point(self._across.start, BASE), point(min(self._across.end, end), BASE), muted)
        unit = _unit(self._across.high)
        for k in range(-3, 4):
            x = self._across.place(k * unit)
            if k and self._across.start <= x <= end - 8:
                board.line(point(x, BASE - 10), point(x, BASE + 10), muted)
        if not self._picture.reached("activation"):
            board.line(point(ZERO, BASE - 16), point(ZERO, BASE + 16), muted)
        board.text("0", ZERO - 26, BASE + 34, SMALL, muted)

    @property
    def _z_label(self) -> float:
        """The left end of the label of z at the right end of the axis."""
        return COLUMN - max(text_width(self._z, LARGE, bold=True), 110) - 165

    def _paint_z(self, board: Board) -> None:
        """Paint z, the sum of the column, or its question mark."""
        known = self._picture.reached("sum")
        text = self._z if known else HIDDEN
        left = self._z_label
        if not known:
            board.row([(symbol("z", 1, self._neuron) + "=", None)], 1170, 580, 110)
            board.number(HIDDEN, 1520, 580, 130)
            return
        board.row([(symbol("z", 1, self._neuron) + "=", None)], left, BASE - 14, 60)
        colour = board.colours.text if text != HIDDEN else board.colours.muted
        with board.faded(self._part_progress(len(self.terms))):
            board.number(text, COLUMN, BASE - 14, LARGE, colour, side="right")
        board.line(point(COLUMN - 180, BASE + 32), point(COLUMN + 6, BASE + 32), board.colours.text, 4)

    def _paint_term(self, board: Board, place: NetPlace, k: int) -> None:
        """Paint an arrow as long as its term, which begins where the previous arrow ends."""
        term, y = self.terms[k], ROWS[k]
        progress = self._part_progress(k + 1)
        start, end = self._across.place(self._ends[k]), self._across.place(self._ends[k + 1])
        colour = self._colour(board, term)
        shift = (self._source(place, term) - point((start + end) / 2, y)) * (1 - progress)
        with board.faded(min(1.0, 4 * progress)):
            board.arrow(point(start, y) + shift, point(end, y) + shift, colour, 16, 34)
            low = ROWS[k - 1] if k else BASE
            board.line(point(start, low), point(start, y), board.colours.muted, 2.5, dashes=(3, 3))
            names = min(NAMES, *(self._across.place(one) - 30 for one in self._ends))
            board.formula(term.latex, names, y, 46, colour, side="right")
            sign = "+" if term.value > 0 and k else ""
            self._paint_addend(board, sign + value_text(term.value), y, colour)
            if k == len(self.terms) - 1 and self._number_of("z", 1, self._neuron) != HIDDEN:
                board.line(point(end, y), point(end, BASE), board.colours.text, 5)
                board.disc(end, BASE, 9, board.colours.text, board.colours.text)

    def _paint_addend(self, board: Board, text: str, y: float, colour: QColor) -> None:
        """Write a number of the column, aligned with the others at the decimal point."""
        texts = [value_text(term.value) for term in self.terms]
        size = min(fitted_size(one, 56, ADDEND, bold=True) for one in texts)
        if any("·" in one for one in texts):
            board.number(text, COLUMN, y, size, colour, side="right")
            return
        decimals = max(len(one.partition(".")[2]) for one in texts)
        _whole, sign, behind = text.partition(".")
        widest = text_width("." + "0" * decimals, size, bold=True) if decimals else 0.0
        right = COLUMN - widest + text_width(sign + behind, size, bold=True)
        board.number(text, right, y, size, colour, side="right")

    def _source(self, place: NetPlace, term: Term) -> QPointF:
        """Return the place in the network that a term comes from."""
        sample, end = self._sample, place.neuron(1, self._neuron, self._sample.n[1])
        if term.source.kind == "bias":
            return end + QPointF(0, place.radius + 36)
        return between(place.neuron(0, term.source.source, sample.n[0]), end, 0.5)

    def _colour(self, board: Board, term: Term) -> QColor:
        if term.source.kind == "bias":
            return board.colours.bias
        return board.signed(self._sample.number(term.source))

    def _paint_curve(self, board: Board) -> None:
        """Paint the line from z up to the curve, and left to a."""
        colours = board.colours
        board.line(point(ZERO, TOP - 30), point(ZERO, ROWS[0]), board.faint, 2.5, dashes=(3, 3))
        board.line(point(ZERO, TOP - 30), point(ZERO, BASE), colours.muted)
        y = self._up.place(1.0)
        board.line(point(ZERO - 12, y), point(ZERO + 12, y), colours.muted)
        board.text(axis_text(1.0), ZERO - 38, y, SMALL, colours.muted)
        board.curve(self._curve, self._across, self._up)
        x, top = (
            self._across.place(self._ends[-1]),
            self._up.place(float(self._curve(np.array([self._ends[-1]]))[0])),
        )
        edge = self._across.place(0.62 * self._across.high)
        above = self._up.place(float(self._curve(np.array([0.62 * self._across.high]))[0]))
        board.formula(symbol(r"\sigma", 1, self._neuron), edge + 110, above + 95, 60)
        text = self._number_of("a", 1, self._neuron)
        if text != HIDDEN:
            board.line(point(x, BASE), point(x, top), colours.text, 5)
            board.arrow(point(x, top), point(ZERO + 6, top), colours.text, 5, 24)
            board.disc(x, top, 14, colours.panel, colours.text)
        size = fitted_size(text, LARGE, 206, bold=True)
        left = ZERO - 40 - text_width(text, size, bold=True)
        y = min(max(top, 150.0), 188.0)  # left of the axis, above the curve
        board.number(text, left, y, size, side="left")
        board.formula(symbol("a", 1, self._neuron) + "=", left - 10, y, 56, side="right")

    def _paint_formula(self, board: Board) -> None:
        """Paint z as a sum of its terms, in symbols and in numbers; each term appears with its arrow."""
        picture, x = self._picture, 896.0
        if not picture.reached("sum"):
            return
        pieces: list[tuple[str, str, QColor | None, float]] = [
            (symbol("z", 1, self._neuron), self._z, None, 1.0),
            ("=", "=", None, 1.0),
        ]
        for k, term in enumerate(self.terms):
            here = self._part_progress(k + 1)
            if k:
                pieces.append(("+", "+", None, here))
            pieces.append((term.latex, term.numbers, self._colour(board, term), here))
        widths = [
            max(board.formula_width(latex, 66), board.formula_width(_math(numbers), 56))
            for latex, numbers, _colour, _here in pieces
        ]
        gap = min(44.0, (PANEL.right() - x - sum(widths)) / max(1, len(pieces) - 1))
        for (latex, numbers, colour, here), width in zip(pieces, widths, strict=True):
            middle = x + width / 2
            with board.faded(here):
                board.formula(latex, middle, FORMULA, 66, colour)
            with board.faded(here if colour is not None else self._part_progress(len(self.terms))):
                board.formula(_math(numbers), middle, NUMBERS, 56, colour)
            x += width + gap


def _math(text: str) -> str:
    """Return the text of a number in LaTeX."""
    return text.replace("−", "{-}").replace(HIDDEN, r"\mathrm{?}")


def _unit(reach: float) -> float:
    """Return the distance of the ticks of an axis."""
    return float(10.0 ** np.floor(np.log10(max(reach, 1e-9) / 1.0)))
