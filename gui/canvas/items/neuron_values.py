"""The numbers of the neurons (a, δ and the bias) and the frames of selected and hovered ones."""

from __future__ import annotations

from functools import lru_cache
from math import inf, isnan
from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from core.language import tr
from core.nn.trainer import Phase
from core.number_style import HIDDEN, NOT_COMPUTED, value_text
from gui.canvas.canvas_state import CanvasState, bracketed, faded, rounded
from gui.canvas.items.item import CanvasItem
from gui.canvas.items.neurons import bias_rect, radius, text_rect
from gui.canvas.items.output_places import NAMED
from gui.canvas.layout import BESIDE, Sizes
from gui.canvas.sample_names import measured_text, name_lines
from gui.selection import ComputedNumber
from gui.theme.theme import Theme, mixed
from gui.widgets.padlock import padlock_rect, paint_padlock

BRACKET_WIDTH = 2.4
LETTERS = 3  # the longest name that counts as a symbol, such as x₁₂


class NeuronText(NamedTuple):
    """The texts at a neuron, with the names of their colours.

    ``delta`` and ``bias`` are empty where they have no place; in the backward pass δ may take the place
    of the bias (``swapped``). ``coming``: the next step uses the bias. ``fixed``: the
    bias has a padlock.
    """

    a: str
    a_colour: str
    delta: str
    delta_colour: str
    bias: str
    bias_colour: str
    swapped: bool
    coming: bool
    fixed: bool


Marks = dict[int, tuple[str, ...]]


class ValuesItem(CanvasItem):
    """The numbers and frames of all neurons of one column."""

    def __init__(self, state: CanvasState, k: int) -> None:
        super().__init__(state, 2.5)
        self._column = column = state.layout.columns[k]
        self.layer = column.layer
        sizes = state.layout.sizes
        self._texts: list[QRectF] = []
        self._biases: list[QRectF] = []
        if column.style not in ("block", "none"):
            self._texts = [text_rect(column, j, sizes) for j in range(column.neurons)]
            biases = (bias_rect(column, j, sizes) for j in range(column.neurons))
            self._biases = [rect for rect in biases if rect is not None]
        self._bounds = column.block.adjusted(-4, -4, 4, 4)
        self._areas = [self._area(j) for j in range(len(self._texts))]
        for area in self._areas:
            self._bounds = self._bounds.united(area)
        if not column.layer:
            self._bounds.setLeft(0)
        self._written: list[NeuronText] = []
        self._measured: list[str] = []
        self._marks: Marks = {}
        self._pitch = column.tiles[1, 1] - column.tiles[0, 1] if len(self._texts) > 1 else inf
        self._crowded = self._pitch < 2.4 * sizes.line

    def bounds(self) -> QRectF:
        return self._bounds

    def _area(self, j: int) -> QRectF:
        """Return the rectangle of all texts of a neuron."""
        area = self._column.tile(j).adjusted(-4, -4, 4, 4)
        box = bracket_box(self._column.tile(j))
        area = area.united(box.adjusted(-2, -2, 2, 2)).united(tag_rect(self._column.tile(j), self._state))
        for rects in (self._texts, self._biases):
            area = area.united(rects[j].adjusted(-2, -2, 2, 2)) if rects else area
        if self._biases:
            lock = padlock_rect(self._biases[j], self._state.layout.sizes.line)
            area = area.united(lock.adjusted(-4, -4, 4, 4))
        return area

    def refresh(self) -> None:
        """Draw the numbers of another moment, if their texts changed."""
        written, measured, marks = self._write(), self._measure(), self._marks_now()
        if (written, measured, marks) != (self._written, self._measured, self._marks):
            self._written, self._measured, self._marks = written, measured, marks
            self.update()

    def look(self) -> None:
        """Draw selection and hover, if they changed."""
        self.refresh()

    # -- what is written ---------------------------------------------------------------------------

    def _write(self) -> list[NeuronText]:
        """Return the texts of each neuron."""
        a, delta = self._values("a"), self._values("delta") if self._column.layer else None
        biases, swapped = self._bias_texts(delta)
        coming = self._state.lit.bias
        made = []
        for j in range(len(self._texts)):
            below = ("", "")
            if delta is not None and self._column.style in NAMED:
                below = self._number(delta, j, backward=True)
            bias = biases[j] if biases else ("", "")
            own = coming == (self._column.layer, j)
            fixed = self._state.is_fixed(self._column.layer or 0, None, j)
            made.append(NeuronText(*self._number(a, j, backward=False), *below, *bias, swapped, own, fixed))
        return made

    def _measure(self) -> list[str]:
        """Return each feature of the sample in its original unit; empty except for the input."""
        moment, dataset, features = self._state.moment, self._state.dataset, len(self._texts)
        if self._column.layer != 0 or dataset is None or features != dataset.features:
            return []
        if moment is None or moment.sample is None or moment.sample >= dataset.x.shape[1]:
            return [""] * features
        return [measured_text(dataset, moment.sample, j) for j in range(features)]

    def _values(self, name: str) -> list[float] | None:
        """Return a quantity of each neuron, or None where it is not known.

        In presentation mode unneeded numbers are left out: δ while the edges show weights, and all numbers
        of a sample that was not selected once its update is made.
        """
        state, moment, l = self._state, self._state.moment, self._column.layer
        unasked = name == "delta" and state.numbers == "weights" and state.layout.sizes.hall
        if state.silent or unasked:
            return None
        arrays = getattr(moment, name) if moment is not None else None
        return None if arrays is None or l is None else arrays[l].tolist()

    def _number(self, values: list[float] | None, j: int, *, backward: bool) -> tuple[str, str]:
        """Return a number and its colour."""
        state, l = self._state, self._column.layer
        if l and state.hides(ComputedNumber("delta" if backward else "a", l, j)):
            return HIDDEN, "muted"
        if values is None:
            return NOT_COMPUTED, "text"
        if isnan(values[j]):
            return NOT_COMPUTED, "muted"
        if not backward:
            return value_text(values[j]), "text"
        return value_text(values[j]), "gradient_negative" if values[j] < 0 else "gradient_positive"

    def _bias_texts(self, delta: list[float] | None) -> tuple[list[tuple[str, str]], bool]:
        """Return the texts in the places of the biases, with colours, and whether they are δ."""
        state, moment, l = self._state, self._state.moment, self._column.layer or 0
        neurons = range(self._column.neurons)
        if not self._biases:
            return [], False
        backward = moment is not None and moment.phase is Phase.BACKWARD
        told = not all(state.hides(ComputedNumber("delta", l, j)) for j in neurons)
        if backward and told and delta is not None and self._column.style not in NAMED:
            return [self._number(delta, j, backward=True) for j in neurons], True
        if moment is None:
            return [(NOT_COMPUTED, "muted")] * len(neurons), False
        b = moment.theta.b[l].tolist()
        steps = [None] * len(b) if moment.step is None or state.veiled else moment.step.b[l].tolist()
        pairs = zip(b, steps, strict=True)
        return [
            (value_text(bias, step), "negative" if bias < 0 else "positive") for bias, step in pairs
        ], False

    def _marks_now(self) -> Marks:
        """Return the marks of neurons: "neuron" and "edge" (selected or hovered), and stages of the pass."""
        l, coming, found = self._column.layer, self._state.coming, Marks()
        for layer, j, i in self._state.looked_at:
            if layer == l:
                found[j] = (*found.get(j, ()), "neuron" if i is None else "edge")
            elif i is not None and layer - 1 == l:
                found[i] = (*found.get(i, ()), "edge")
        for layer, j in self._state.lit.neurons:
            if layer == l and coming is not None:
                found[j] = (*found.get(j, ()), coming.stage.name)
        return found

    # -- painting ----------------------------------------------------------------------------------

    def draw(self, painter: QPainter, exposed: QRectF) -> None:
        for j, written in enumerate(self._written):
            if self._areas[j].intersects(exposed):
                self._paint_numbers(painter, j, written)
                if written.swapped:
                    self._paint_swapped(painter, j, written)
                elif written.bias:
                    self._paint_bias(painter, j, written)
                if written.fixed and self._biases:
                    line = self._state.layout.sizes.line
                    paint_padlock(painter, padlock_rect(self._biases[j], line), self._state.theme)
        if self._texts and not self._column.layer:
            self._paint_names(painter)
        self.paint_marks(painter)

    def paint_marks(self, painter: QPainter) -> None:
        """Frame the selected and hovered neurons; bracket those that the next step uses."""
        for j, marks in self._marks.items():
            for mark in marks:
                if mark in ("edge", "neuron"):
                    self._frame(painter, j, self._state.theme.accent, 1.8 if mark == "edge" else 2.6)
                else:
                    self._bracket(painter, j)
        if any(_coming(marks) for marks in self._marks.values()) and not self._state.layout.sizes.hall:
            self._tag(painter)

    def _frame(self, painter: QPainter, j: int, colour: QColor, width: float) -> None:
        painter.setPen(QPen(colour, width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        frame = self._column.tile(j).adjusted(-1, -1, 1, 1)
        painter.drawRoundedRect(frame, radius(frame.width()), radius(frame.width()))

    def _bracket(self, painter: QPainter, j: int) -> None:
        """Draw four corner brackets around a neuron, which the next step uses."""
        bracketed(painter, bracket_box(self._column.tile(j)), self._state.theme.text, BRACKET_WIDTH)

    def _tag(self, painter: QPainter) -> None:
        """Write "next" beside the brackets; beside the first one if the step uses several neurons."""
        state, first = self._state, min(j for j, marks in self._marks.items() if _coming(marks))
        rect = tag_rect(self._column.tile(first), state)
        rounded(painter, rect, 3, state.theme.text, state.theme.text)
        painter.setPen(state.theme.panel)
        state.texts.draw(painter, "small", tr("next"), rect.center().x(), rect.center().y())

    def _paint_numbers(self, painter: QPainter, j: int, written: NeuronText) -> None:
        state, column, rect = self._state, self._column, self._texts[j]
        if rect.isEmpty() or (state.layout.sizes.hall and written.a == NOT_COMPUTED):
            return
        sizes, texts, theme = state.layout.sizes, state.texts, state.theme
        letter = "o" if column.layer == state.layout.last else "a"
        roomy = column.style == "roomy" or (column.legend > 0 and column.style != "row")
        snug = column.style == "snug" and not roomy
        named = column.style in NAMED or (column.style != "row" and (not column.layer or column.legend > 0))
        align, x = (0.5, rect.center().x()) if named else (0.0, rect.left())
        if column.legend:
            align, x = (0.0, rect.left()) if named else (1.0, rect.right())
        y = rect.top() + sizes.line / 2 + 1 if roomy else rect.center().y()
        beside = snug and bool(written.delta)
        if beside:
            align, x = 1.0, x - 0.6 * sizes.digit
        if column.style == "row" and not column.legend:  # over the edges, which begin at the tile
            wide = min(rect.width(), texts.width("small", written.a)) + 4
            box = QRectF(rect.left() - 2, rect.top(), wide, rect.height())
            rounded(painter, box, 4, theme.canvas, theme.canvas)
        elif not column.legend:
            painter.fillRect(_backed(rect, written, column.style, sizes), _backing(theme))
        painter.setPen(getattr(theme, written.a_colour))
        room = rect.width() / 2 - 0.6 * sizes.digit if beside else rect.width()
        texts.draw(painter, "small", f"{letter} = {written.a}" if named else written.a, x, y, align, room)
        if written.delta:
            if beside:
                align, x = 0.0, x + 1.2 * sizes.digit
            painter.setPen(getattr(theme, written.delta_colour))
            y = y if beside else y + sizes.line
            texts.draw(painter, "small", f"δ = {written.delta}", x, y, align, room)

    def _paint_bias(self, painter: QPainter, j: int, written: NeuronText) -> None:
        state, theme, rect = self._state, self._state.theme, self._biases[j]
        colour: QColor = getattr(theme, written.bias_colour)
        rounded(painter, rect, 4, _fill(theme), _line(theme, written.bias_colour))
        if written.coming:
            bracketed(painter, rect, theme.text, 2)
        painter.setPen(colour)
        text = f"b = {written.bias}" if self._column.style in NAMED else written.bias
        state.texts.draw(painter, "small", text, rect.center().x(), rect.center().y(), 0.5, rect.width() - 4)

    def _paint_swapped(self, painter: QPainter, j: int, written: NeuronText) -> None:
        """Write δ in the place of the bias, in the backward pass, where it has no line of its own."""
        state, rect = self._state, self._biases[j]
        painter.fillRect(rect, _backing(state.theme))
        painter.setPen(getattr(state.theme, written.bias_colour))
        text = f"δ\u2009{written.bias}"
        state.texts.draw(painter, "small", text, rect.right() - 1, rect.center().y(), 1.0, rect.width())

    def _paint_names(self, painter: QPainter) -> None:
        state = self._state
        painter.setPen(state.theme.text)
        line = state.layout.sizes.line
        for j, (name, measured) in enumerate(zip(state.names, self._measured, strict=False)):
            tile = self._column.tile(j)
            role, lines = name_role(name), name_lines(name)
            if len(lines) * line * 1.2 > self._pitch:
                lines = [name]  # on one line, smaller if it is long: the names beside it stay legible
            rows = [(role, row, line * 1.2) for row in lines]
            if measured and not self._crowded:
                rows.append(("small", measured, line))
            y = tile.center().y() - sum(high for _role, _text, high in rows) / 2
            for role, text, high in rows:
                painter.setPen(state.theme.muted if role == "small" else state.theme.text)
                state.texts.draw(painter, role, text, tile.left() - 9, y + high / 2, 1.0, tile.left() - 11)
                y += high


def name_role(name: str) -> str:
    """Return in which letters the name of an input is written."""
    return "name" if len(name) <= LETTERS else "text"


def _coming(marks: tuple[str, ...]) -> bool:
    """Return whether these marks include that of the next step."""
    return any(mark not in ("edge", "neuron") for mark in marks)


def bracket_box(tile: QRectF) -> QRectF:
    """Return the rectangle of the brackets around a tile, between the bias above and the numbers below it."""
    beside, over = min(5.0, 1.5 + tile.width() / 12), BRACKET_WIDTH / 2
    return tile.adjusted(-beside, -over, beside, over)


def tag_rect(tile: QRectF, state: CanvasState) -> QRectF:
    """Return the rectangle of "next": right of the upper corner of a neuron, or left of it at the border."""
    box, high = bracket_box(tile), state.layout.sizes.line
    wide = state.texts.width("small", tr("next")) + 10
    rect = QRectF(box.right() + 4, box.top() - 2, wide, high)
    said = state.layout.columns[-1]
    beside = said.legend > 0 and tile.right() + BESIDE > said.block.right()
    if beside or rect.right() > state.layout.scene.right():
        rect.moveRight(min(box.left(), float(said.ins[0, 0]) if beside else box.left()) - 4)
    return rect


@lru_cache
def _backing(theme: Theme) -> QColor:
    return faded(theme.canvas, 0.78)


@lru_cache
def _fill(theme: Theme) -> QColor:
    return mixed(theme.raised, theme.canvas, 0.3)


@lru_cache
def _line(theme: Theme, name: str) -> QColor:
    return mixed(theme.border, getattr(theme, name), 0.3)


def _backed(rect: QRectF, written: NeuronText, style: str, sizes: Sizes) -> QRectF:
    """Return the background behind the numbers, no larger than they are."""
    if style == "snug" and not written.delta and rect.width() > 12 * sizes.digit:
        return QRectF(rect.center().x() - rect.width() / 4, rect.top(), rect.width() / 2, rect.height())
    lines = 2 if written.delta and style == "roomy" else 1
    return QRectF(rect.left(), rect.top(), rect.width(), lines * sizes.line + 1)
