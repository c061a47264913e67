"""A form for the initial weights and biases of a layer: typed, pasted, or all the same."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.arrays import Array
from core.derivation.text import LOWERED
from core.graph.number_table import NumberTableError, read_table
from core.nn.network import Network, drawn
from core.number_style import exact_text
from gui.qt.drawable import guarded_overrides
from gui.qt.typed_signal import TypedSignal
from gui.text.topics import set_topic
from gui.widgets.number_edit import MOST, read

MOST_CELLS = 4000
NUMBER = "−0.1234"  # text that sets the least width of a column
NUMBER_SPACE = 20

Initial = float | tuple[tuple[float, ...], ...] | None


@guarded_overrides
class WeightCells(QTableWidget):
    """The cells of a layer's parameters: a row for each input and one for the biases, a column per neuron.

    ``pasted`` carries the text that Ctrl+V pastes.
    """

    pasted = TypedSignal[str]()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.pasted.emit(QGuiApplication.clipboard().text())
        else:
            super().keyPressEvent(event)


class FirstWeightsForm(QDialog):
    """Edits the initial weights and biases of one layer.

    ``taken`` carries the layer and its table (see `Dense.initial`), one number for all of them, or None if
    they are to be drawn by the initializer.
    """

    taken = TypedSignal[int, Initial]()

    def __init__(self, network: Network, l: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_topic(self, "building", "First weights")
        self.setWindowTitle(self.tr("First weights of layer {l}").format(l=l))
        self._network, self._layer = network, l
        self._chosen: Initial = network.design.dense[l - 1].initial
        self.cells = WeightCells()
        self.cells.setAccessibleName(self.windowTitle())
        self.line = QLabel()
        self.line.setProperty("look", "error")
        self.line.setWordWrap(True)
        self.half, self.zero = QPushButton(self.tr("All 0.5")), QPushButton(self.tr("All 0"))
        self.half.setToolTip(self.tr("Put 0.5 in every cell, as for an example worked out by hand"))
        self.zero.setToolTip(self.tr("Put 0 in every cell: all neurons of the layer stay alike then"))
        self.drawn = QPushButton(self.tr("Drawn"))
        self.drawn.setToolTip(self.tr("Let the initializer draw the weights; biases are 0"))
        self.paste = QPushButton(self.tr("Paste"))
        self.paste.setToolTip(self.tr("Put in a table of numbers copied elsewhere, from the chosen cell on"))
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self._arrange()
        self._connect()
        first = network.initial(network.design.training.seed)
        self._show(network.layers[l - 1].packed(first))

    def _arrange(self) -> None:
        layer = self._network.layers[self._layer - 1]
        column = QVBoxLayout(self)
        said = QLabel(
            self.tr(
                "Training begins with these numbers, and Reset comes back to them. A row for each input, the "
                "last for the biases; a column for each neuron."
            )
        )
        said.setWordWrap(True)
        said.setProperty("look", "muted")
        self.cells.setRowCount(layer.n_in + 1)
        self.cells.setColumnCount(layer.n_out)
        self.cells.setVerticalHeaderLabels(
            [*(f"W{str(i + 1).translate(LOWERED)}ⱼ" for i in range(layer.n_in)), "b"]
        )
        self.cells.setHorizontalHeaderLabels([str(j + 1) for j in range(layer.n_out)])
        for i in range(layer.n_in + 1):
            for j in range(layer.n_out):
                item = QTableWidgetItem()
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.cells.setItem(i, j, item)
        row = QHBoxLayout()
        for button in (self.half, self.zero, self.drawn, self.paste):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch(1)
        column.addWidget(said)
        column.addLayout(row)
        column.addWidget(self.cells, 1)
        column.addWidget(self.line)
        column.addWidget(self.buttons)
        self.line.hide()
        self.resize(460, 360)

    def _connect(self) -> None:
        self.half.clicked.connect(lambda: self._fill(0.5))
        self.zero.clicked.connect(lambda: self._fill(0.0))
        self.drawn.clicked.connect(lambda: self._fill(None))
        self.paste.clicked.connect(lambda: self._paste(QGuiApplication.clipboard().text()))
        self.cells.pasted.connect(self._paste)
        self.cells.itemChanged.connect(self._typed)
        self.buttons.accepted.connect(self._take)
        self.buttons.rejected.connect(self.reject)

    # -- contents ----------------------------------------------------------------------------------

    def _show(self, table: Array) -> None:
        """Write a table into the cells, as wide as the longest number."""
        self._values = np.array(table, float)
        texts = [[exact_text(value) for value in row] for row in self._values.tolist()]
        self.cells.blockSignals(True)
        for i, row in enumerate(texts):
            for j, text in enumerate(row):
                if (item := self.cells.item(i, j)) is not None:
                    item.setText(text)
        self.cells.blockSignals(False)
        longest = max((NUMBER, *(text for row in texts for text in row)), key=len)
        wide = self.cells.fontMetrics().horizontalAdvance(longest) + NUMBER_SPACE
        self.cells.horizontalHeader().setDefaultSectionSize(wide)

    def _fill(self, value: float | None) -> None:
        """Show one number in all cells, or that the initializer draws the weights."""
        layer, design = self._network.layers[self._layer - 1], self._network.design
        part = design.dense[self._layer - 1]
        if value is None:
            self._show(drawn(part, layer.l, layer.n_in, design.training.seed))
        else:
            self._show(np.full_like(self._values, value))
        self._chosen = value
        self._refuse("")

    def _typed(self, item: QTableWidgetItem) -> None:
        """Accept a number that was typed; if it is invalid, show why and restore the old one."""
        i, j = item.row(), item.column()
        value, why = read(item.text(), self._name(i, j))
        if value is not None and abs(value) > MOST:
            value, why = None, self.tr("A weight or bias must be between −1,000,000 and 1,000,000.")
        if value is not None:
            self._values[i, j] = value
            self._chosen = tuple(map(tuple, self._values.tolist()))
        self._show(self._values)
        self._refuse(why)

    def _name(self, i: int, j: int) -> str:
        return f"b{j + 1}" if i == len(self._values) - 1 else f"W{i + 1}{j + 1}"

    def _paste(self, text: str) -> None:
        """Paste a table of numbers, from the chosen cell on; a table that is too large is rejected."""
        try:
            table = np.array(read_table(text))
        except NumberTableError as error:
            self._refuse(str(error))
            return
        rows, columns = self._values.shape
        top, left = max(self.cells.currentRow(), 0), max(self.cells.currentColumn(), 0)
        if table.shape in ((rows, columns), (rows - 1, columns)):
            top = left = 0
        if top + table.shape[0] > rows or left + table.shape[1] > columns:
            why = self.tr("{a} × {b} numbers do not fit from here on: the layer has {rows} × {columns}.")
            self._refuse(why.format(a=table.shape[0], b=table.shape[1], rows=rows, columns=columns))
            return
        if np.abs(table).max() > MOST:
            self._refuse(self.tr("A weight or bias must be between −1,000,000 and 1,000,000."))
            return
        values = self._values.copy()
        values[top : top + table.shape[0], left : left + table.shape[1]] = table
        self._chosen = tuple(map(tuple, values.tolist()))
        self._show(values)
        self._refuse("")

    def _refuse(self, sentence: str) -> None:
        self.line.setText(sentence)
        self.line.setVisible(bool(sentence))

    def _take(self) -> None:
        self.taken.emit(self._layer, self._chosen)
        self.accept()
