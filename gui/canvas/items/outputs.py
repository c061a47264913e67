"""The meaning of the outputs: the class or the name of the value, a bar of the probability, the target."""

from __future__ import annotations

from math import isnan
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from core.data.datasets import Dataset
from core.language import tr
from core.nn.activations import ACTIVATIONS
from core.nn.network import Network
from core.number_style import digits, value_text, widest_text
from gui.canvas.canvas_state import CanvasState, rounded
from gui.canvas.items.item import CanvasItem
from gui.canvas.items.output_places import BAR, MARK, NUMBER, VALUE, Places, places_of
from gui.canvas.layout import NAMED_BARS_FROM
from gui.canvas.symbols import below
from gui.plots.scatter import class_colours, draw_markers
from gui.theme.theme import Theme, mixed

LONGEST = 30.0  # longest name, in digits


def names_of(dataset: Dataset, outputs: int) -> list[tuple[int | None, str]]:
    """Return class number (None: a value) and name of each output; empty: unknown.

    A single output for two classes has the names of both, beginning with the class of target 0.
    """
    if dataset.task == "regression":
        names = dataset.target_names
        if len(names) != outputs:
            names = ("y",) if outputs == 1 else tuple(f"y{below(j + 1)}" for j in range(outputs))
        return [(None, name) for name in names]
    classes = list(enumerate(dataset.class_names))
    return list(classes) if len(classes) == max(outputs, 2) else []


def legend_width(state: CanvasState, outputs: int) -> tuple[float, float]:
    """Return the preferred and the least width of the texts of an output."""
    names = [] if state.dataset is None else names_of(state.dataset, outputs)
    if not names:
        return 0.0, 0.0
    texts, digit = state.texts, state.texts.width("small", "0")
    mark = 0.0 if names[0][0] is None else MARK * texts.metrics["small"].height()
    widths = [mark + min(LONGEST * digit, texts.width("bold", name)) for _k, name in names]
    own = digits()
    if outputs >= NAMED_BARS_FROM:
        value = own + VALUE + 2
        return max(widths) + (BAR + value) * digit, max(widths) + (BAR / 3 + value) * digit
    widest = sum(widths) + 2 * digit if len(names) > outputs else max(widths)
    target = "1" if names[0][0] is not None else widest_text()
    beside = texts.width("small", tr("target {y}").format(y=target)) + digit
    return max(widest, (own + NUMBER) * digit + beside), max(*widths, (own + NUMBER) * digit)


class OutputText(NamedTuple):
    """What is drawn for an output: the length of its bar, the tick on it and the target; None: unknown."""

    share: float | None
    tick: float | None
    target: str
    largest: bool


class OutputsItem(CanvasItem):
    """Classes, bars and targets right of the output neurons; the numbers o and δ are drawn elsewhere."""

    def __init__(self, state: CanvasState, k: int) -> None:
        super().__init__(state, 2.4)
        self._column = column = state.layout.columns[k]
        self.layer = column.layer
        sizes = state.layout.sizes
        dataset = state.dataset
        live = column.legend and dataset is not None
        self._names = names_of(dataset, column.neurons) if live and dataset is not None else []
        self._places = [places_of(column, j, sizes) for j in range(column.neurons if self._names else 0)]
        self._bounds = QRectF()
        for place in self._places:
            self._bounds = self._bounds.united(place.area.adjusted(-3, -3, 3, 3))
        self.texts: list[OutputText] = []

    def bounds(self) -> QRectF:
        return self._bounds

    def refresh(self) -> None:
        """Draw another moment, if it differs."""
        texts = self._now()
        if texts != self.texts:
            self.texts = texts
            self.update()

    def _now(self) -> list[OutputText]:
        state, moment, dataset = self._state, self._state.moment, self._state.dataset
        count = len(self._places)
        if moment is None or dataset is None or state.veiled or state.silent or not count:
            return [OutputText(None, None, "", largest=False)] * count
        y = [None] * count
        if moment.sample is not None and moment.sample < dataset.x.shape[1]:
            y = dataset.targets(count)[:, moment.sample].tolist()
        o = [float("nan")] * count
        if moment.a is not None:
            o = moment.a[-1].tolist()
        shares = [
            None if isnan(value) or not share else value
            for value, share in zip(o, self._bars(moment.network), strict=True)
        ]
        top = int(np.argmax(o)) if count > 1 and not any(map(isnan, o)) else None
        made = []
        for j, (share, target) in enumerate(zip(shares, y, strict=True)):
            written = "" if target is None else tr("target {y}").format(y=value_text(target))
            tick = target if dataset.task == "classes" else None
            made.append(OutputText(share, tick, written, largest=j == top))
        return made

    def _bars(self, network: Network) -> list[bool]:
        """Return the outputs whose o can be read as a probability: classes, and values from 0 to 1."""
        entries = [ACTIVATIONS[name] for name in network.layers[-1].activations]
        classes = self._names[0][0] is not None
        return [classes and entry.lowest >= 0 and entry.highest <= 1 for entry in entries]

    # -- painting ----------------------------------------------------------------------------------

    def draw(self, painter: QPainter, exposed: QRectF) -> None:
        for j, (place, text) in enumerate(zip(self._places, self.texts, strict=False)):
            if len(self._places) == 1 and len(self._names) == 2:
                self._paint_two(painter, place, text)
            else:
                self._paint_one(painter, j, place, text)
            self._paint_target(painter, place, text)

    def _paint_one(self, painter: QPainter, j: int, place: Places, text: OutputText) -> None:
        """Paint an output that has a class or value of its own."""
        theme, row = self._state.theme, self._column.style == "row"
        if row and text.largest:
            rounded(painter, place.area, 4, theme.accent_soft, mixed(theme.accent_soft, theme.accent, 0.4))
        self._paint_name(painter, j, place.name.left(), place.name)
        if self._names[j][0] is not None:
            self._paint_bar(painter, j, place.bar, text)

    def _paint_two(self, painter: QPainter, place: Places, text: OutputText) -> None:
        """Paint a single output: the bar extends from the class of target 0 to that of target 1."""
        rect, state = place.name, self._state
        self._paint_name(painter, 0, rect.left(), rect)
        if place.other is not None:
            self._paint_name(painter, 1, rect.left(), place.other)
        else:
            wide = state.texts.width("bold", self._names[1][1]) + MARK * state.layout.sizes.line
            self._paint_name(painter, 1, rect.right() - wide, rect)
        self._paint_bar(painter, 1, place.bar, text)

    def _shown_name(self, k: int, rect: QRectF) -> str:
        """Return a name, shortened only if it is longer than all the room."""
        mark = 0.0 if self._names[k][0] is None else MARK * self._state.layout.sizes.line
        room = rect.width() - mark
        metrics = self._state.texts.metrics["bold"]
        return metrics.elidedText(self._names[k][1], Qt.TextElideMode.ElideRight, room + 1)

    def _paint_name(self, painter: QPainter, k: int, x: float, rect: QRectF) -> None:
        state, theme, number = self._state, self._state.theme, self._names[k][0]
        line, y = state.layout.sizes.line, rect.center().y()
        if number is not None:
            colour, symbol = class_look(theme, number, len(self._names))
            draw_markers(painter, np.array([[x + line * 0.4, y]]), symbol, 0.68 * line, colour, theme)
            x += MARK * line
        painter.setPen(theme.text)
        state.texts.draw(painter, "bold", self._shown_name(k, rect), x, y, 0.0)

    def _paint_bar(self, painter: QPainter, k: int, bar: QRectF, text: OutputText) -> None:
        """Paint a bar of the given length, and a tick at the target."""
        theme, number = self._state.theme, self._names[k][0]
        painter.fillRect(bar, mixed(theme.zero, theme.canvas, 0.45))
        if text.share is not None and number is not None:
            filled = QRectF(bar)
            filled.setWidth(bar.width() * min(1.0, max(0.0, text.share)))
            painter.fillRect(filled, class_look(theme, number, len(self._names))[0])
        if text.tick is not None:
            x = bar.left() + bar.width() * text.tick
            painter.setPen(QPen(theme.text, 2))
            painter.drawLine(QPointF(x, bar.top() - 2), QPointF(x, bar.bottom() + 2))

    def _paint_target(self, painter: QPainter, place: Places, text: OutputText) -> None:
        """Write the target right of o; where all is on one line, only the tick shows it."""
        if self._names[0][0] is not None and (self._column.style == "row" or not self._room_for_target()):
            return
        state, line = self._state, self._state.layout.sizes.line
        painter.setPen(state.theme.muted)
        if not self._room_for_target():  # a value, whose bar would be here
            state.texts.draw(painter, "small", text.target, place.bar.left(), place.bar.center().y(), 0.0)
            return
        if self._column.style == "row":
            state.texts.draw(
                painter, "small", text.target, place.bar.right() - 4, place.name.center().y(), 1.0
            )
            return
        y = place.number.top() + line / 2 + 1
        state.texts.draw(painter, "small", text.target, place.area.right(), y, 1.0)

    def _room_for_target(self) -> bool:
        """Whether every target is beside its o."""
        wide = max(self._state.texts.width("small", text.target) for text in self.texts)
        return all(place.area.right() - wide >= place.number.right() for place in self._places)


def class_look(theme: Theme, number: int, classes: int) -> tuple[QColor, str]:
    """Return the colour and the marker shape of a class."""
    return class_colours(theme, classes)[number], theme.class_symbols[number % len(theme.class_symbols)]
