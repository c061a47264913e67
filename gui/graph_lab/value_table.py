"""Table of every value: forward, backward, the numerical check, and the analytic derivative."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableWidget, QTableWidgetItem

from core.arrays import Array
from core.graph.domain import Undefined
from core.language import tr
from core.number_style import HIDDEN, NOT_COMPUTED, value_text
from gui.graph_lab.formulas import because, difference_text, node_text, plain, sides_text
from gui.graph_lab.stepper import Stepper
from gui.theme.theme import LIGHT, Theme, font

SHARES = (1.0, 0.92, 0.84, 0.76)  # of the scale, for the letters of a table in a narrow side
OWN_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Tab, Qt.Key.Key_Backtab)


class ValueTable(QTableWidget):
    """A row for every value. ``picked`` tells the node whose row was chosen.

    The arrows up and down go from row to row; left, right, Home and End are the lab's.
    """

    picked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Every value"))
        self.setToolTip(
            tr("Every value with its gradient by backpropagation and by differences; click a row")
        )
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setMinimumSectionSize(20)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._theme, self._scale = LIGHT, 1.0
        self._head_font, self._pad = font("small"), 4
        self.rows: list[int] = []
        self._analytic: Mapping[str, float | Undefined] = {}
        self._paper = True
        self._final: dict[int, list[str]] = {}  # by column, what will stand there at the end
        self.itemSelectionChanged.connect(self._tell)

    # -- what is shown ---------------------------------------------------------------------------------

    def show_stepper(self, stepper: Stepper, analytic: Mapping[str, float | Undefined]) -> None:
        """Show the values of another graph, or other values."""
        nodes = stepper.graph.nodes
        inputs = [k for k, node in enumerate(nodes) if node.module is None and node.constant is None]
        self.rows = [*inputs, *stepper.modules]
        self._analytic = analytic if self._paper else {}
        output = nodes[-1].name
        heads = ["", tr("forward"), tr("backward\n∂{output}/∂·").format(output=plain(output))]
        heads.append(tr("numerical\ncheck"))
        heads += [tr("analytic")] if self._analytic else []
        self.blockSignals(True)
        self.setColumnCount(len(heads))
        self.setRowCount(len(self.rows))
        for column, head in enumerate(heads):
            item = QTableWidgetItem(head)
            item.setTextAlignment(_side(column))
            self.setHorizontalHeaderItem(column, item)
        for row, k in enumerate(self.rows):
            for column in range(len(heads)):
                item = QTableWidgetItem()
                item.setTextAlignment(_side(column))
                self.setItem(row, column, item)
            self._cell(row, 0).setText(plain(nodes[k].name))
        self.blockSignals(False)
        self._final = _final(stepper, self.rows) if stepper.scalar else {}
        self._fit()
        self.show_step(stepper)

    def show_paper(self, shown: bool) -> None:
        """Leave room for the derivatives worked out on paper, from the next graph on, or for none."""
        self._paper = shown

    def show_step(self, stepper: Stepper) -> None:
        """Show what is known at the present step."""
        nodes, theme = stepper.graph.nodes, self._theme
        complete = any(stepper.gradient(k) is not None for k in self.rows)
        checks = stepper.checks if complete else {}
        for row, k in enumerate(self.rows):
            value, gradient, name = stepper.values[k], stepper.gradient(k), nodes[k].name
            scalar = stepper.scalar
            if stepper.veiled:
                self._veil(row, stepper, k)
                continue
            no_value, no_gradient = stepper.no_value(k), stepper.no_gradient(k)
            self._write(
                row, 1, node_text(value, no_value, scalar=scalar), theme.text, _why(value, no_value, name)
            )
            colour = theme.muted
            if gradient is not None and no_gradient is None:
                colour = theme.gradient_negative if scalar and gradient < 0 else theme.gradient_positive
            why = _why(gradient, no_gradient, name)
            self._write(row, 2, node_text(gradient, no_gradient, scalar=scalar), colour, why)
            self._write_checks(row, stepper, k, checks)

    def _write_checks(self, row: int, stepper: Stepper, k: int, checks: Mapping[str, Array]) -> None:
        """Write the derivative by differences, from both sides where they differ, and the one on paper."""
        theme, name, gradient = self._theme, stepper.graph.nodes[k].name, stepper.gradient(k)
        check = checks.get(name) if gradient is not None else None
        undefined = stepper.no_value(len(stepper.graph.nodes) - 1)
        sides = stepper.sides.get(name) if check is not None else None
        why = ""
        if check is None or gradient is None:
            shown = NOT_COMPUTED
        elif undefined is not None:
            shown, why = tr(undefined.word), because(undefined, name)
        elif sides is not None and sides.left is None and sides.right is None:
            shown, why = tr("undefined"), tr("Differences come to no number on either side")
        elif sides is not None:
            shown = sides_text(sides)
            why = tr("From the left | from the right: there is no single derivative")
        else:
            shown = _check(check, gradient, stepper.scalar)
        self._write(row, 3, shown, theme.text if check is not None else theme.muted, why)
        if self._analytic:
            exact = self._analytic.get(name) if gradient is not None else None
            self._write(row, 4, _on_paper(exact), theme.text)

    def _veil(self, row: int, stepper: Stepper, k: int) -> None:
        """Write a question mark for all that is computed so far; the numbers given stay."""
        theme, value = self._theme, stepper.values[k]
        computed = stepper.graph.nodes[k].module is not None and value is not None
        self._write(row, 1, HIDDEN if computed else node_text(value, scalar=stepper.scalar), theme.text)
        known = stepper.gradient(k) is not None
        for column in range(2, self.columnCount()):
            self._write(row, column, HIDDEN if known else NOT_COMPUTED, theme.muted)

    def _cell(self, row: int, column: int) -> QTableWidgetItem:
        found = self.item(row, column)
        assert found is not None
        return found

    def _write(self, row: int, column: int, text: str, colour: QColor, why: str = "") -> None:
        item = self._cell(row, column)
        item.setText(text)
        item.setToolTip(why)
        item.setForeground(colour)

    def show_selected(self, k: int | None) -> None:
        """Mark the row of a node."""
        self.blockSignals(True)
        if k in self.rows:
            self.selectRow(self.rows.index(k))
        else:
            self.clearSelection()
        self.blockSignals(False)

    def show_theme(self, theme: Theme, scale: float) -> None:
        """Take the colours of a theme and the fonts of a scale."""
        self._theme, self._scale = theme, scale
        self._fit()

    def _fit(self) -> None:
        """Take the largest letters with which all columns have room; as high as all rows."""
        for share in SHARES:
            self._dress(self._scale * share)
            if sum(self._needs()) <= self.viewport().width():
                break
        self._share_width()
        rows = self.verticalHeader().defaultSectionSize() * self.rowCount()
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + rows + 4)

    def _dress(self, scale: float) -> None:
        theme, small, name = self._theme, font("small", scale), font("text", scale)
        self._head_font, self._pad = small, round(4 * scale)
        self.setFont(name)
        name.setItalic(True)
        line, pad = f"border-bottom: 1px solid {theme.border.name()};", f"{self._pad}px;"
        soft, letters, panel = theme.accent_soft.name(), theme.text.name(), theme.panel.name()
        self.setStyleSheet(
            f"QTableWidget::item {{ {line} padding: 0 {pad} }}"
            f"QTableWidget::item:selected {{ background: {soft}; color: {letters}; }}"
            f"QHeaderView::section {{ background: {panel}; color: {theme.muted.name()}; border: 0; {line}"
            f" padding: 2px {pad} font-size: {small.pointSizeF():g}pt; }}"
        )
        high = round(self.fontMetrics().height() * 1.5)
        self.verticalHeader().setDefaultSectionSize(high)
        for row in range(self.rowCount()):
            self.setRowHeight(row, high)
            self._cell(row, 0).setFont(name)

    def _needs(self) -> list[int]:
        """Return how wide each column must be; Qt's own measure of a head is far too wide."""
        heads, pad = QFontMetrics(self._head_font), 2 * self._pad + 6
        words = (self.horizontalHeaderItem(k) for k in range(self.columnCount()))
        lines = [max(map(heads.horizontalAdvance, item.text().split("\n"))) if item else 0 for item in words]
        numbers = self.fontMetrics()
        needs = [max(line + pad, self.sizeHintForColumn(k)) for k, line in enumerate(lines)]
        for k, texts in self._final.items():
            needs[k] = max(needs[k], max(map(numbers.horizontalAdvance, texts), default=0) + pad)
        return needs

    def _share_width(self) -> None:
        """Give every column what it needs, and an equal share of what is left; the name nothing of it."""
        count, needs = self.columnCount(), self._needs()
        spare = max(0, self.viewport().width() - sum(needs)) // max(1, count - 1)
        for k in range(count):
            self.setColumnWidth(k, needs[k] + (spare if k else 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(100, self.height())

    # -- gestures --------------------------------------------------------------------------------------

    def _tell(self) -> None:
        chosen = self.selectionModel().selectedRows()
        if chosen:
            self.picked.emit(self.rows[chosen[0].row()])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in OWN_KEYS:
            super().keyPressEvent(event)
        else:
            event.ignore()


def _final(stepper: Stepper, rows: list[int]) -> dict[int, list[str]]:
    """Return the texts of the columns of values, gradients and checks at the last step."""
    values, gradients = stepper.final.values, stepper.final.gradients
    found = {1: [values[k] for k in rows], 2: [gradients[k] for k in rows]}
    texts = {k: [value_text(float(v)) for v in column if v is not None] for k, column in found.items()}
    texts[3] = [difference_text(float(v)) for v in found[2] if v is not None]
    domain = stepper.domain
    if domain is not None and not domain.fine:
        for column in (1, 2, 3):
            texts[column].append(tr("undefined"))
    texts[3] += [sides_text(sides) for sides in stepper.sides.values()]
    return texts


def _side(column: int) -> Qt.AlignmentFlag:
    across = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
    return across | Qt.AlignmentFlag.AlignVCenter


def _on_paper(exact: float | Undefined | None) -> str:
    if isinstance(exact, Undefined):
        return tr(exact.word)
    return NOT_COMPUTED if exact is None else value_text(exact)


def _why(value: Array | None, undefined: Undefined | None, name: str) -> str:
    """Return why a number is undefined, once it would be there."""
    return "" if value is None or undefined is None else because(undefined, name)


def _check(check: Array, gradient: Array, scalar: bool) -> str:
    """Return a number by differences; of a matrix, how far it is from backpropagation at most."""
    if scalar:
        return difference_text(float(check))
    return tr("within {error}").format(error=value_text(float(np.abs(check - gradient).max())))
