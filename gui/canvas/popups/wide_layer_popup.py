"""A popup with all neurons of a wide layer and their activations."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from core.arrays import Array
from core.language import tr
from core.number_style import HIDDEN, NOT_COMPUTED, known_text
from gui.canvas.canvas_state import CanvasState
from gui.canvas.items.neuron_images import layer_levels, picture_of
from gui.canvas.layout import LayerColumn
from gui.canvas.symbols import layer_title
from gui.qt.drawable import guarded_overrides, shielded

MOST_NUMBERS = 256


@guarded_overrides
class WideLayerPopup(QWidget):
    """Shows all neurons of a wide layer as cells with their activations; a click selects one and closes.

    It shows the moment at which it was opened, without later updates. Arrow keys and Enter select, too.
    """

    neuron_chosen = Signal(int)

    def __init__(self, state: CanvasState, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._state = state
        self._column = state.layout.columns[0]
        self._title = ""
        self._at: int | None = None
        self._a: Array | None = None
        self._numbers, self._cell, self._top = True, (14.0, 14.0), 0.0
        self.setMouseTracking(True)

    def show_layer(self, column: LayerColumn) -> None:
        """Show the present activations of the layer of a column, and set the size accordingly."""
        state, sizes = self._state, self._state.layout.sizes
        moment, l = state.moment, column.layer or 0
        self._column, self._at = column, None
        title = tr("{title}: the activities of {n} neurons")
        self._title = title.format(title=layer_title(l, state.layout.last), n=column.neurons)
        self.setAccessibleName(self._title)
        self._a = None if moment is None or moment.a is None else moment.a[l]
        self._numbers = column.neurons <= MOST_NUMBERS
        rows, across = column.grid
        least = (state.texts.width("bold", self._title) + 4) / across
        self._cell = (
            (max(sizes.number + 0.4 * sizes.digit, least), 1.9 * sizes.line)
            if self._numbers
            else (14.0, 14.0)
        )
        self._top = 2 * sizes.line + 8
        self.resize(QSize(round(across * self._cell[0]) + 16, round(rows * self._cell[1] + self._top) + 10))

    @property
    def layer(self) -> int:
        """The number of the layer shown."""
        return self._column.layer or 0

    def cell(self, j: int) -> QRectF:
        """Return the rectangle of neuron j."""
        wide, high = self._cell
        row, column = divmod(j, self._column.grid[1])
        return QRectF(8 + column * wide, self._top + row * high, wide, high)

    def _neuron(self, point: QPointF) -> int | None:
        row = int((point.y() - self._top) // self._cell[1])
        column = int((point.x() - 8) // self._cell[0])
        rows, across = self._column.grid
        j = row * across + column
        return j if 0 <= row < rows and 0 <= column < across and j < self._column.neurons else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._at = self._neuron(event.position())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._choose(self._neuron(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._column.grid[1],
            Qt.Key.Key_Down: self._column.grid[1],
        }
        if event.key() in steps:
            at = 0 if self._at is None else self._at + steps[Qt.Key(event.key())]
            self._at = max(0, min(self._column.neurons - 1, at))
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self._at)
        else:
            super().keyPressEvent(event)

    def _choose(self, j: int | None) -> None:
        if j is not None:
            self.neuron_chosen.emit(j)
            self.close()

    @shielded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, state = QPainter(self), self._state
        theme, column, line = state.theme, self._column, state.layout.sizes.line
        painter.fillRect(self.rect(), theme.panel)
        painter.setPen(theme.border)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.setPen(theme.text)
        state.texts.draw(painter, "bold", self._title, 9, line * 0.8, 0.0)
        where = tr("click a neuron to select it") if self._at is None else self._line(self._at)
        painter.setPen(theme.muted)
        state.texts.draw(painter, "small", where, 9, line * 1.8 + 2, 0.0)
        if self._a is not None and state.moment is not None and not self._hidden:
            levels = layer_levels(state.moment.network, column.layer or 0, self._a, column.grid)
            image = picture_of(levels, state.colours)
            rows, across = column.grid
            painter.drawImage(QRectF(8, self._top, across * self._cell[0], rows * self._cell[1]), image)
            self._paint_numbers(painter, levels.ravel())
        if self._at is not None:
            painter.setPen(theme.accent)
            painter.drawRect(self.cell(self._at))

    @property
    def _hidden(self) -> bool:
        return self._state.veiled and self.layer > 0

    def _line(self, j: int) -> str:
        value = HIDDEN if self._hidden else NOT_COMPUTED if self._a is None else known_text(float(self._a[j]))
        return tr("neuron {j}: a = {value}").format(j=j + 1, value=value)

    def _paint_numbers(self, painter: QPainter, levels: Array) -> None:
        """Write each activation on its cell, in a light colour on strong ones."""
        state = self._state
        for j in range(self._column.neurons if self._numbers and self._a is not None else 0):
            strong = abs(float(levels[j])) > 0.55
            painter.setPen(state.theme.on_accent if strong else state.theme.text)
            middle = self.cell(j).center()
            assert self._a is not None
            state.texts.draw(painter, "small", known_text(float(self._a[j])), middle.x(), middle.y())
