"""Layer headers (chips): the name, activation, number of neurons and menu of a layer."""

from __future__ import annotations

from math import inf

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from core.language import tr
from core.nn.activations import ACTIVATIONS
from core.nn.design import Dense, Dropout, Layer, Problem
from core.number_style import exact_text
from gui.canvas.canvas_state import CanvasState, rounded
from gui.canvas.items.item import CanvasItem
from gui.canvas.layout import LayerColumn, Layout, Sizes
from gui.canvas.symbols import layer_title
from gui.theme.theme import mixed
from gui.widgets.padlock import padlock_rect, paint_padlock


def buttons(column: LayerColumn, part: Layer | None, sizes: Sizes, *, output: bool) -> dict[str, QRectF]:
    """Return the buttons of a header: activation, less, count, more, menu, delete."""
    if part is None:
        return {}
    chip, line, digit = column.chip, sizes.line, sizes.digit
    found = {"menu": QRectF(chip.left() + 3, chip.top() + 4, line + 4, line + 4)}
    if not output:
        found["delete"] = QRectF(chip.right() - line - 7, chip.top() + 4, line + 4, line + 4)
    side = line + 5
    row = chip.bottom() - side - 4
    found["more"] = QRectF(chip.right() - side - 5, row, side, side)
    found["less"] = QRectF(chip.left() + 5, row, side, side)
    if isinstance(part, Dense) and chip.height() > 3.8 * line:
        found["activation"] = QRectF(chip.left() + 5, row - side, chip.width() - 10, side)
    elif isinstance(part, Dense):
        count = max(3, len(str(part.neurons))) * digit
        found["less"].moveRight(found["more"].left() - count)
        found["activation"] = QRectF(chip.left() + 5, row, found["less"].left() - chip.left() - 7, side)
    found["count"] = QRectF(found["less"].topRight(), found["more"].bottomLeft())
    return found


def activation_title(part: Dense) -> str:
    """Return the name of the activation of a layer."""
    names = set(part.activations)
    if len(names) > 1:
        return tr("mixed")
    name = next(iter(names), "")
    return ACTIVATIONS[name].symbol if name in ACTIVATIONS else name


def summary(part: Layer) -> str:
    """Return a short description of a layer, for headers without buttons."""
    if isinstance(part, Dropout):
        return tr("rate {rate}").format(rate=exact_text(part.rate))
    return tr("{activation} · {n}").format(activation=activation_title(part), n=part.neurons)


class ChipItem(CanvasItem):
    """The header of one column."""

    def __init__(self, state: CanvasState, k: int) -> None:
        super().__init__(state, 5)
        self._k = k
        self._column = state.layout.columns[k]
        self.layer = self._column.layer
        self._look: object = None

    def look(self) -> None:
        """Draw selection and hover, if they changed."""
        hover = self._state.hover
        look = (self._chosen, hover.kind if hover is not None and hover.column == self._k else "")
        if look != self._look:
            self._look = look
            self.update()

    def bounds(self) -> QRectF:
        return self._column.chip.adjusted(-4, -4, 4, 4)

    @property
    def _chosen(self) -> bool:
        chosen, column = self._state.selection, self._column
        if column.layer is None:
            return chosen.place is not None and chosen.place == column.place
        return chosen.layer == column.layer and chosen.neuron is None

    def draw(self, painter: QPainter, exposed: QRectF) -> None:
        state, column, theme = self._state, self._column, self._state.theme
        hovered = state.hover is not None and state.hover.column == self._k and state.hover.kind in _KINDS
        has_problem = any(problem_column(state.layout, problem) == self._k for problem in state.problems)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = theme.error if has_problem else theme.accent if self._chosen else theme.border
        fill = mixed(theme.panel, theme.accent_soft, 0.35) if self._chosen else theme.panel
        rounded(painter, column.chip, 8, fill, line, 1.8 if self._chosen or has_problem else 1)
        part, y = state.part(self._k), column.chip.top() + 7 + state.layout.sizes.line / 2
        painter.setPen(theme.text)
        title = tr("Dropout") if column.layer is None else layer_title(column.layer, state.layout.last)
        hall = state.layout.sizes.hall
        state.texts.draw(painter, "bold", title, column.x, y, 0.5, column.chip.width() if hall else inf)
        if part is None:
            painter.setPen(theme.muted)
            count = tr("{n} features").format(n=column.neurons) if column.neurons > 1 else tr("1 feature")
            if state.layout.image:
                count = tr("{rows} × {columns} pixels").format(rows=column.grid[0], columns=column.grid[1])
            if state.layout.sizes.hall and state.texts.width("small", count) > column.chip.width():
                count = str(column.neurons)
            state.texts.draw(painter, "small", count, column.x, y + state.layout.sizes.line + 6)
            return
        if state.still or state.layout.sizes.hall:
            painter.setPen(theme.muted)
            room = column.chip.width() - 10
            shown = state.texts.metrics["small"].elidedText(summary(part), Qt.TextElideMode.ElideRight, room)
            if state.layout.sizes.hall and shown != summary(part):
                name = activation_title(part) if isinstance(part, Dense) else ""
                shown = name if state.texts.width("small", name) <= column.chip.width() else ""
            state.texts.draw(painter, "small", shown, column.x, y + state.layout.sizes.line + 6)
            return
        rects = buttons(column, part, state.layout.sizes, output=column.layer == state.layout.last)
        self._paint_row(painter, part, rects)
        if isinstance(part, Dense) and part.fixed:
            wide = state.texts.width("bold", title) / 2
            high = state.layout.sizes.line
            beside = QRectF(column.x + wide + 0.9 * high, y - high / 2, high, high)
            paint_padlock(painter, padlock_rect(beside, high), theme)
        if hovered or self._chosen:
            self._paint_corners(painter, rects)

    def _paint_row(self, painter: QPainter, part: Layer, rects: dict[str, QRectF]) -> None:
        state, theme, hover = self._state, self._state.theme, self._state.hover
        for kind in ("less", "count", "more", "activation"):
            if kind in rects and hover is not None and (hover.kind, hover.column) == (kind, self._k):
                rounded(painter, rects[kind], 5, theme.accent_soft, theme.accent_soft)
        painter.setPen(QPen(theme.text, 1.4))
        arm = state.layout.sizes.line * 0.25
        for kind in ("less", "more"):
            middle = rects[kind].center()
            painter.drawLine(middle - QPointF(arm, 0), middle + QPointF(arm, 0))
            if kind == "more":
                painter.drawLine(middle - QPointF(0, arm), middle + QPointF(0, arm))
        number = str(part.neurons) if isinstance(part, Dense) else exact_text(part.rate)
        x = (rects["less"].right() + rects["more"].left()) / 2
        y = rects["less"].center().y()
        painter.setPen(theme.text)
        state.texts.draw(painter, "small", number, x, y)
        if isinstance(part, Dense):
            rect = rects["activation"]
            y = rect.center().y()
            metrics = state.texts.metrics["small"]
            name = metrics.elidedText(activation_title(part), Qt.TextElideMode.ElideRight, rect.width() - 17)
            wide = state.texts.draw(painter, "small", name, rect.left() + 3, y, 0.0)
            _triangle(painter, rect.left() + wide + 10, y, theme.muted)

    def _paint_corners(self, painter: QPainter, rects: dict[str, QRectF]) -> None:
        """Paint what is visible under the mouse only: the menu and the delete button."""
        theme, hover = self._state.theme, self._state.hover
        for kind in ("menu", "delete"):
            if kind not in rects:
                continue
            lit = hover is not None and (hover.kind, hover.column) == (kind, self._k)
            if lit:
                rounded(painter, rects[kind], 5, theme.accent_soft, theme.accent_soft)
            painter.setPen(QPen(theme.text if lit else theme.muted, 1.4))
            middle = rects[kind].center()
            if kind == "delete":
                painter.drawLine(middle + QPointF(-3, -3), middle + QPointF(3, 3))
                painter.drawLine(middle + QPointF(-3, 3), middle + QPointF(3, -3))
            else:
                for step in (-4, 0, 4):
                    painter.drawPoint(middle + QPointF(0, step))
                    painter.drawEllipse(middle + QPointF(0, step), 0.8, 0.8)


_KINDS = ("chip", "activation", "less", "count", "more", "menu", "delete")


def _triangle(painter: QPainter, x: float, y: float, colour: QColor) -> None:
    painter.setPen(QPen(colour, 1.4))
    painter.drawLine(QPointF(x - 3, y - 1.5), QPointF(x, y + 1.5))
    painter.drawLine(QPointF(x, y + 1.5), QPointF(x + 3, y - 1.5))


def problem_place(where: str) -> int | None:
    """Return the index of the layer that a problem is about, e.g. 1 of "layers[1].activation"; else None."""
    head, _, rest = where.partition("[")
    number = rest.partition("]")[0]
    return int(number) if head == "layers" and number.isdigit() else None


def problem_column(layout: Layout, problem: Problem) -> int:
    """Return the column a problem is about: its layer, the input for data, else the output."""
    place = problem_place(problem.where)
    if place is not None and place + 1 < len(layout.columns):
        return place + 1
    if problem.where.startswith("data"):
        return 0
    return max((k for k, column in enumerate(layout.columns) if column.layer == layout.last), default=0)
