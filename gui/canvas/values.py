"""Values: the numbers of the neurons, a, δ and the bias, and the frame of what is looked at."""

from __future__ import annotations

from math import isnan

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from core.modules import Array
from core.reveal import Stage
from core.training import Phase
from gui.canvas.layout import Sizes
from gui.canvas.picture import Picture, faded, rounded
from gui.canvas.tiles import bias_rect, radius, text_rect, turns
from gui.numbers import NOT_COMPUTED, short
from gui.theme import mixed

FEW = 5  # neurons whose numbers are written in every fourth frame of a fast run; more in every eighth


class ValuesItem(QGraphicsItem):
    """The numbers of all neurons of one column; kept as a picture until `refresh`."""

    def __init__(self, picture: Picture, k: int) -> None:
        super().__init__()
        self._picture = picture
        self._column = column = picture.layout.columns[k]
        self.turns = turns(0) if column.neurons <= FEW else turns(4 * k, 8)
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.setZValue(2.5)
        sizes = picture.layout.sizes
        self._texts: list[QRectF] = []
        self._biases: list[QRectF] = []
        if column.style not in ("block", "none"):
            self._texts = [text_rect(column, j, sizes) for j in range(column.neurons)]
            biases = (bias_rect(column, j, sizes) for j in range(column.neurons))
            self._biases = [rect for rect in biases if rect is not None]
        self._bounds = column.block.adjusted(-4, -4, 4, 4)
        for rect in (*self._texts, *self._biases):
            self._bounds = self._bounds.united(rect.adjusted(-2, -2, 2, 2))
        if not column.layer:
            self._bounds.setLeft(0)
        self._marks: object = None

    def boundingRect(self) -> QRectF:
        return self._bounds

    def refresh(self) -> None:
        """Draw the numbers of another moment."""
        self.update()

    def look(self) -> None:
        """Draw what is looked at, if that changed."""
        marks = self._looked_at()
        if marks != self._marks:
            self._marks = marks
            self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if self._texts:
            self._paint_numbers(painter)
            if self._column.layer:
                self._paint_biases(painter)
            else:
                self._paint_names(painter)
        self.paint_marks(painter)

    def _values(self, name: str) -> Array | None:
        moment, l = self._picture.moment, self._column.layer
        arrays = getattr(moment, name) if moment is not None else None
        return None if arrays is None or l is None else arrays[l]

    def _looked_at(self) -> list[tuple[int, bool]]:
        """Return the neurons of this column that are framed, and whether as the end of an edge."""
        l = self._column.layer
        found = [(j, i is not None) for layer, j, i in self._picture.looked_at if layer == l]
        return found + [
            (i, True) for layer, _j, i in self._picture.looked_at if i is not None and layer - 1 == l
        ]

    def paint_marks(self, painter: QPainter) -> None:
        """Frame the neurons that are selected or under the mouse, and those the pass works on."""
        picture, l = self._picture, self._column.layer
        coming = [j for layer, j in picture.lit.neurons if layer == l]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for j, of_edge in self._looked_at():
            self._frame(painter, j, picture.theme.accent, 1.8 if of_edge else 2.6)
        for j in coming:
            self._frame(painter, j, picture.stage_colour, 3.2)

    def _frame(self, painter: QPainter, j: int, colour: QColor, width: float) -> None:
        painter.setPen(QPen(colour, width))
        frame = self._column.tile(j).adjusted(-1, -1, 1, 1)
        painter.drawRoundedRect(frame, radius(frame.width()), radius(frame.width()))

    def _text(self, value: float, j: int, *, backward: bool) -> str:
        """Return a number; of what the coming step works on, a question mark."""
        picture = self._picture
        if not isnan(value):
            return short(value)
        coming = picture.coming
        asked = coming is not None and (coming.stage is Stage.BACKWARD) == backward
        return "?" if asked and (self._column.layer, j) in picture.lit.neurons else NOT_COMPUTED

    def _paint_numbers(self, painter: QPainter) -> None:
        picture, column = self._picture, self._column
        a, delta = self._values("a"), self._values("delta") if column.layer else None
        sizes, texts, theme = picture.layout.sizes, picture.texts, picture.theme
        backing = faded(theme.canvas, 0.78)
        letter = "o" if column.layer == picture.layout.last else "a"
        roomy = column.style == "roomy"
        named = column.style != "row" and (roomy or not column.layer)
        middle = roomy or (not column.layer and column.style != "row")
        for j, rect in enumerate(self._texts):
            value = self._text(float(a[j]), j, backward=False) if a is not None else NOT_COMPUTED
            painter.fillRect(_backed(rect, 2 if roomy and delta is not None else 1, sizes), backing)
            y = rect.top() + sizes.line / 2 + 1 if roomy else rect.center().y()
            align, x = (0.5, rect.center().x()) if middle else (0.0, rect.left())
            painter.setPen(theme.muted if a is not None and isnan(a[j]) else theme.text)
            texts.draw(painter, "small", f"{letter} = {value}" if named else value, x, y, align)
            if delta is not None and roomy:
                painter.setPen(_delta_colour(picture, delta[j]))
                text = f"δ = {self._text(float(delta[j]), j, backward=True)}"
                texts.draw(painter, "small", text, x, y + sizes.line, align)

    def _paint_biases(self, painter: QPainter) -> None:
        picture, column = self._picture, self._column
        theme, moment, l = picture.theme, picture.moment, column.layer or 0
        b = moment.theta.b[l] if moment is not None else None
        steps = moment.step.b[l] if moment is not None and moment.step is not None else None
        if not self._biases:
            return
        delta = self._values("delta") if column.style != "roomy" else None
        if moment is not None and moment.phase is Phase.BACKWARD and delta is not None:
            self._paint_deltas(painter, delta)
            return
        coming = picture.lit.bias
        fill = mixed(theme.raised, theme.canvas, 0.3)
        lines = [mixed(theme.border, colour, 0.3) for colour in (theme.muted, theme.negative, theme.positive)]
        for j, rect in enumerate(self._biases):
            value = NOT_COMPUTED if b is None else short(b[j], None if steps is None else float(steps[j]))
            colour = theme.muted if b is None else picture.sign_colour(b[j])
            line = lines[0] if b is None else lines[1 + (b[j] >= 0)]
            if coming == (l, j):
                rounded(painter, rect, 4, fill, picture.stage_colour, 2)
            else:
                rounded(painter, rect, 4, fill, line)
            painter.setPen(colour)
            text = f"b = {value}" if column.style == "roomy" else value
            picture.texts.draw(painter, "small", text, rect.center().x(), rect.center().y())

    def _paint_deltas(self, painter: QPainter, delta: Array) -> None:
        """Write δ where it has no line of its own: in the place of the bias, in the backward pass."""
        picture = self._picture
        for j, rect in enumerate(self._biases):
            painter.fillRect(rect, faded(picture.theme.canvas, 0.78))
            painter.setPen(_delta_colour(picture, delta[j]))
            text = f"δ\u2009{self._text(float(delta[j]), j, backward=True)}"
            picture.texts.draw(painter, "small", text, rect.right() - 1, rect.center().y(), 1.0)

    def _paint_names(self, painter: QPainter) -> None:
        picture = self._picture
        painter.setPen(picture.theme.text)
        room = picture.layout.sizes.name + 2
        metrics = picture.texts.metrics["name"]
        for j, name in enumerate(picture.names[: self._column.neurons]):
            tile = self._column.tile(j)
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, max(room, tile.left() - 14))
            picture.texts.draw(painter, "name", shown, tile.left() - 9, tile.center().y(), 1.0)


def _delta_colour(picture: Picture, delta: float) -> QColor:
    return picture.theme.muted if isnan(delta) else picture.gradient_colour(delta)


def _backed(rect: QRectF, lines: int, sizes: Sizes) -> QRectF:
    return QRectF(rect.left(), rect.top(), rect.width(), lines * sizes.line + 1)
