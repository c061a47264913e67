"""Values: the numbers of the neurons, a, δ and the bias, and the frame of what is looked at."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from core.modules import Array
from core.training import Phase
from gui.canvas.layout import Sizes
from gui.canvas.picture import Picture, faded, rounded
from gui.canvas.tiles import bias_rect, radius, text_rect
from gui.numbers import NOT_COMPUTED, short
from gui.theme import mixed


class ValuesItem(QGraphicsItem):
    """The numbers of all neurons of one column."""

    def __init__(self, picture: Picture, k: int) -> None:
        super().__init__()
        self._picture = picture
        self._column = column = picture.layout.columns[k]
        self.setZValue(2.5)
        sizes = picture.layout.sizes
        self._texts: list[QRectF] = []
        self._biases: list[QRectF] = []
        if column.style not in ("block", "none"):
            self._texts = [text_rect(column, j, sizes) for j in range(column.neurons)]
            biases = (bias_rect(column, j, sizes) for j in range(column.neurons))
            self._biases = [rect for rect in biases if rect is not None]
        self._bounds = column.block.adjusted(-14 * sizes.digit, -40, 14 * sizes.digit, 60)
        if not column.layer:
            self._bounds.setLeft(0)

    def boundingRect(self) -> QRectF:
        return self._bounds

    def refresh(self) -> None:
        """Numbers are drawn in every frame."""

    def look(self) -> None:
        """Frames are drawn in every frame."""

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if self._texts:
            self._paint_numbers(painter)
            if self._column.layer:
                self._paint_biases(painter)
            else:
                self._paint_names(painter)
        self._paint_marks(painter)

    def _values(self, name: str) -> Array | None:
        moment, l = self._picture.moment, self._column.layer
        arrays = getattr(moment, name) if moment is not None else None
        return None if arrays is None or l is None else arrays[l]

    def _paint_marks(self, painter: QPainter) -> None:
        """Frame the neurons that are selected or under the mouse."""
        picture, own = self._picture, self._column
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for l, j, i in picture.looked_at:
            for layer, neuron in ((l, j), (l - 1, i)):
                if layer == own.layer and neuron is not None:
                    painter.setPen(QPen(picture.theme.accent, 2.6 if i is None else 1.8))
                    frame = own.tile(neuron).adjusted(-1, -1, 1, 1)
                    painter.drawRoundedRect(frame, radius(frame.width()), radius(frame.width()))

    def _paint_numbers(self, painter: QPainter) -> None:
        picture, column = self._picture, self._column
        a, delta = self._values("a"), self._values("delta") if column.layer else None
        sizes, texts, theme = picture.layout.sizes, picture.texts, picture.theme
        backing = faded(theme.canvas, 0.78)
        letter = "o" if column.layer == picture.layout.last else "a"
        roomy = column.style == "roomy"
        for j, rect in enumerate(self._texts):
            value = short(a[j]) if a is not None else NOT_COMPUTED
            lines = [
                f"{letter} = {value}" if column.style != "row" and not (column.layer and not roomy) else value
            ]
            if delta is not None:
                lines.append(f"δ = {short(delta[j])}" if roomy else short(delta[j]))
            painter.fillRect(_backed(rect, len(lines) if roomy else 1, sizes), backing)
            y = rect.top() + sizes.line / 2 + 1 if roomy else rect.center().y()
            align, x = (
                (0.5, rect.center().x())
                if roomy or (not column.layer and column.style != "row")
                else (0.0, rect.left())
            )
            painter.setPen(theme.text)
            texts.draw(painter, "small", lines[0], x, y, align)
            if delta is not None and roomy:
                painter.setPen(picture.gradient_colour(delta[j]))
                texts.draw(painter, "small", lines[1], x, y + sizes.line, align)

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
        fill = mixed(theme.raised, theme.canvas, 0.3)
        lines = [mixed(theme.border, colour, 0.3) for colour in (theme.muted, theme.negative, theme.positive)]
        for j, rect in enumerate(self._biases):
            value = NOT_COMPUTED if b is None else short(b[j], None if steps is None else float(steps[j]))
            colour = theme.muted if b is None else picture.sign_colour(b[j])
            rounded(painter, rect, 4, fill, lines[0] if b is None else lines[1 + (b[j] >= 0)])
            painter.setPen(colour)
            text = f"b = {value}" if column.style == "roomy" else value
            picture.texts.draw(painter, "small", text, rect.center().x(), rect.center().y())

    def _paint_deltas(self, painter: QPainter, delta: Array) -> None:
        """Write δ where it has no line of its own: in the place of the bias, in the backward pass."""
        picture = self._picture
        for j, rect in enumerate(self._biases):
            painter.fillRect(rect, faded(picture.theme.canvas, 0.78))
            painter.setPen(picture.gradient_colour(delta[j]))
            text = f"δ {short(delta[j])}"
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


def _backed(rect: QRectF, lines: int, sizes: Sizes) -> QRectF:
    return QRectF(rect.left(), rect.top(), rect.width(), lines * sizes.line + 1)
