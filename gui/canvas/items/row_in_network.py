"""The selected row of the user's own table on the canvas: lines to the inputs, and a column of its loss."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from core.data.datasets import OWN_TABLE
from core.debugger.steps import LoopStage
from core.language import tr
from core.nn.passes import terms
from core.number_style import NOT_COMPUTED, count_text, value_text, widest_text
from gui.canvas.canvas_state import CanvasState, rounded
from gui.canvas.items.item import CanvasItem
from gui.canvas.items.neuron_values import name_role
from gui.canvas.layout import LOSS_GAP
from gui.theme.theme import mixed

MOST_TERMS = 5  # the largest number of outputs whose shares of the loss are shown
BESIDE_NAME, BEFORE_NAMES, FROM_TABLE = 9.0, 14.0, 8.0
CORNER = 5.0
ROOM_FOR_LINE = 22.0
"""The width that the line to the inputs takes to the left of their names."""


def shows_row(state: CanvasState) -> bool:
    """Whether the data are the user's own table, in a window where its rows can be selected."""
    return state.design.data.source == OWN_TABLE.name and not state.texts.hall and not state.still


def loss_width(state: CanvasState, outputs: int) -> float:
    """Return the preferred width of the column of the loss; 0: there is none."""
    if not shows_row(state) or not 0 < outputs <= MOST_TERMS:
        return 0.0
    texts = state.texts
    number = max(texts.width("big", widest_text()), texts.width("small", _name_of(state)))
    return number + 2.5 * texts.width("small", "0") + LOSS_GAP


def _name_of(state: CanvasState) -> str:
    return state.design.training.loss.short_title


class LossItem(CanvasItem):
    """The loss of the displayed sample as the last column: the share of each output, and their sum."""

    def __init__(self, state: CanvasState, area: QRectF) -> None:
        super().__init__(state, 2.4)
        self._area = area
        column, line = state.layout.columns[-1], state.layout.sizes.line
        self._head = QRectF(area.left(), column.chip.top(), area.width(), column.chip.height())
        middles = [column.tile(j).center().y() for j in range(column.neurons)]
        self._places = [QRectF(area.left(), y - 1.35 * line, area.width(), 2.7 * line) for y in middles]
        one = len(middles) == 1
        gap = 0.0 if one else (middles[1] - middles[0]) / 2
        below = middles[-1] + 1.7 * line + 1.6 * line
        between = middles[(len(middles) - 1) // 2] + gap
        roomy = not one and len(middles) % 2 == 0 and gap > 3.4 * line
        self._sum = QRectF(area.left(), (between if roomy else below) - 1.5 * line, area.width(), 3 * line)
        self._from = [column.block.right() + column.legend + 2 * LOSS_GAP / 3] * len(middles)
        self.texts: tuple[str, ...] = ()

    def bounds(self) -> QRectF:
        united = self._area.united(self._head).united(self._sum)
        return united.adjusted(-LOSS_GAP, -3, 3, 3)

    def refresh(self) -> None:
        """Draw the loss of the present moment, if it has changed."""
        texts = tuple(NOT_COMPUTED if np.isnan(share) else value_text(share) for share in self.shares())
        if texts != self.texts:
            self.texts = texts
            self.update()

    def shares(self) -> list[float]:
        """Return the share of each output in the loss of the sample, then the loss; NaN: not computed yet."""
        state, moment, dataset = self._state, self._state.moment, self._state.dataset
        unknown = [float("nan")] * (len(self._places) + 1)
        if moment is None or dataset is None or state.veiled or state.silent or moment.sample is None:
            return unknown
        coming = state.coming is not None and state.coming.stage is LoopStage.LOSS
        if coming or moment.a is None or moment.z is None or moment.sample >= dataset.x.shape[1]:
            return unknown
        network, outputs = moment.network, len(self._places)
        of = moment.z[-1] if network.fused is not None else moment.a[-1]
        y = dataset.targets(outputs)[:, [moment.sample]]
        with np.errstate(all="ignore"):
            shares = terms(network, of[:, None].astype(float), y)[:, 0] * network.loss.scale(outputs, 1)
        return [*shares.tolist(), float(shares.sum())]

    def draw(self, painter: QPainter, exposed: QRectF) -> None:
        state, theme, line = self._state, self._state.theme, self._state.layout.sizes.line
        rounded(painter, self._head, CORNER, theme.raised, theme.border)
        middle, y = self._head.center().x(), self._head.center().y()
        painter.setPen(theme.text)
        state.texts.draw(painter, "bold", tr("Loss"), middle, y - 0.6 * line, 0.5, self._head.width() - 8)
        painter.setPen(theme.muted)
        state.texts.draw(
            painter, "small", _name_of(state), middle, y + 0.65 * line, 0.5, self._head.width() - 8
        )
        whole = len(self._places) == 1  # its only share is the loss itself
        self._join(painter, whole)
        if not whole:
            for j, (place, text) in enumerate(zip(self._places, self.texts, strict=False)):
                self._paint_box(painter, place, tr("of output {j}").format(j=j + 1), text, strong=False)
        box = self._places[0] if whole else self._sum
        self._paint_box(painter, box, tr("J of this row"), self.texts[-1] if self.texts else "", strong=True)

    def _join(self, painter: QPainter, whole: bool) -> None:
        """Paint lines from the texts of the outputs to their shares, and from these to the sum."""
        painter.setPen(QPen(mixed(self._state.theme.muted, self._state.theme.canvas, 0.4), 1.2))
        for left, place in zip(self._from, self._places, strict=True):
            y = place.center().y()
            painter.drawLine(QPointF(left, y), QPointF(place.left(), y))
        if not whole:
            x, ends = self._area.center().x(), [place.center().y() for place in self._places]
            painter.drawLine(
                QPointF(x, min(*ends, self._sum.center().y())), QPointF(x, max(*ends, self._sum.center().y()))
            )

    def _paint_box(self, painter: QPainter, box: QRectF, name: str, number: str, *, strong: bool) -> None:
        state, theme, line = self._state, self._state.theme, self._state.layout.sizes.line
        rounded(
            painter, box, CORNER, theme.raised, theme.accent if strong else theme.border, 2 if strong else 1
        )
        x, y, room = box.center().x(), box.center().y(), box.width() - 10
        painter.setPen(theme.muted)
        state.texts.draw(painter, "small", name, x, y - 0.65 * line, 0.5, room)
        painter.setPen(theme.text)
        state.texts.draw(painter, "bold", number, x, y + 0.6 * line, 0.5, room)


class RowItem(CanvasItem):
    """A tag with the number of the selected row, and a line from it to every input."""

    def __init__(self, state: CanvasState) -> None:
        super().__init__(state, 2.2)
        column, line = state.layout.columns[0], state.layout.sizes.line
        self._ends = [self._end(j) for j in range(column.neurons)]
        x = min((end.x() for end in self._ends), default=0.0) - BEFORE_NAMES
        self._x = max(4.0, x)
        self._bottom = state.layout.scene.bottom()
        self._line, self.text = line, ""

    def _end(self, j: int) -> QPointF:
        """Return where the line to an input ends, before its name."""
        state, tile = self._state, self._state.layout.columns[0].tile(j)
        name = state.names[j] if j < len(state.names) else ""
        wide = state.texts.width(name_role(name), name)
        return QPointF(tile.left() - BESIDE_NAME - wide - 4, tile.center().y())

    @property
    def _tag(self) -> QRectF:
        wide = self._state.texts.width("bold", self.text) + 2 * FROM_TABLE
        high = 1.5 * self._line
        return QRectF(self._x - min(self._x - 2, wide / 3), self._bottom - high - FROM_TABLE, wide, high)

    def bounds(self) -> QRectF:
        top = min((end.y() for end in self._ends), default=0.0)
        right = max([self._tag.right(), *(end.x() for end in self._ends)])
        return QRectF(QPointF(0.0, top), QPointF(right, self._bottom)).adjusted(-2, -2, 2, 2)

    def refresh(self) -> None:
        """Show another row, or none."""
        state, moment, dataset = self._state, self._state.moment, self._state.dataset
        sample = None if moment is None or not isinstance(state.selection.sample, int) else moment.sample
        text = ""
        if sample is not None and dataset is not None and sample < dataset.x.shape[1]:
            text = tr("row {number}").format(number=count_text(dataset.number_of(sample)))
        if text != self.text:
            self.prepareGeometryChange()
            self.text = text
            self.update()

    def draw(self, painter: QPainter, exposed: QRectF) -> None:
        if not self.text:
            return
        theme = self._state.theme
        painter.setPen(QPen(theme.accent, 1.8, c=Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(self._x, self._bottom), QPointF(self._x, min(end.y() for end in self._ends)))
        for end in self._ends:
            painter.drawLine(QPointF(self._x, end.y()), end)
        tag = self._tag
        rounded(painter, tag, tag.height() / 2, theme.accent, theme.accent)
        painter.setPen(theme.on_accent)
        self._state.texts.draw(painter, "bold", self.text, tag.center().x(), tag.center().y(), 0.5)
