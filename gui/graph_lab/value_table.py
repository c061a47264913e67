"""The table of all values: forward, backward, the numerical check, and the analytic derivative."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QSizePolicy

from core.arrays import Array
from core.graph.domain import Undefined
from core.language import tr
from core.number_style import HIDDEN, NOT_COMPUTED, value_text
from gui.graph_lab.formulas import because, difference_text, node_text, plain, sides_text
from gui.graph_lab.stepper import Stepper
from gui.theme.theme import font
from gui.widgets.ruled_table import RuledTable

WIDEST_ERROR = 8.88e-12  # of a gradient by differences: few have longer texts


class ValueTable(RuledTable):
    """A row for every value: the node ``rows[k]`` of the graph is in row k.

    The arrow keys up and down move between rows; left, right, Home and End belong to the lab.
    """

    shares = (1.0, 0.92, 0.84, 0.76)
    row_lines = 1.5

    def __init__(self) -> None:
        super().__init__(
            tr("Every value"),
            tr("Every value with its gradient by backpropagation and by differences; click a row"),
        )
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._scale = 1.0
        self.rows: list[int] = []
        self._analytic: Mapping[str, float | Undefined] = {}
        self._paper = True
        self._final: dict[int, list[str]] = {}  # by column, the texts at the last step

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
        self.show_heads(heads)
        self.setRowCount(len(self.rows))
        for row, k in enumerate(self.rows):
            self.cell(row, 0).setText(plain(nodes[k].name))
            for column in range(1, len(heads)):
                self.cell(row, column).setText("")
        self.blockSignals(False)
        self._final = _final(stepper, self.rows) if stepper.scalar else _final_shapes(stepper, self.rows)
        self.fit()
        self.show_step(stepper)

    def show_paper(self, shown: bool) -> None:
        """Reserve a column for the derivatives worked out on paper, from the next graph on, or none."""
        self._paper = shown

    def show_step(self, stepper: Stepper) -> None:
        """Show the numbers known at the present step."""
        nodes, theme = stepper.graph.nodes, self.theme
        complete = any(stepper.gradient(k) is not None for k in self.rows)
        checks = stepper.checks if complete else {}
        for row, k in enumerate(self.rows):
            value, gradient, name = stepper.values[k], stepper.gradient(k), nodes[k].name
            scalar = stepper.scalar
            if stepper.veiled:
                self._veil(row, stepper, k)
                continue
            no_value, no_gradient = stepper.no_value(k), stepper.no_gradient(k)
            self.write(
                row, 1, node_text(value, no_value, scalar=scalar), theme.text, _why(value, no_value, name)
            )
            colour = theme.muted
            if gradient is not None and no_gradient is None:
                colour = theme.gradient_negative if scalar and gradient < 0 else theme.gradient_positive
            why = _why(gradient, no_gradient, name)
            self.write(row, 2, node_text(gradient, no_gradient, scalar=scalar), colour, why)
            self._write_checks(row, stepper, k, checks)

    def _write_checks(self, row: int, stepper: Stepper, k: int, checks: Mapping[str, Array]) -> None:
        """Write the derivative by differences, from both sides if they differ, and the one on paper."""
        theme, name, gradient = self.theme, stepper.graph.nodes[k].name, stepper.gradient(k)
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
        self.write(row, 3, shown, theme.text if check is not None else theme.muted, why)
        if self._analytic:
            exact = self._analytic.get(name) if gradient is not None else None
            self.write(row, 4, _on_paper(exact), theme.text)

    def _veil(self, row: int, stepper: Stepper, k: int) -> None:
        """Write a question mark for what is computed so far and not told; the numbers given stay."""
        theme, value, gradient, scalar = self.theme, stepper.values[k], stepper.gradient(k), stepper.scalar
        computed = stepper.graph.nodes[k].module is not None and value is not None
        hidden = computed and stepper.hides(k, "value")
        self.write(row, 1, HIDDEN if hidden else node_text(value, scalar=scalar), theme.text)
        slope = HIDDEN if stepper.hides(k, "gradient") else node_text(gradient, scalar=scalar)
        for column in range(2, self.columnCount()):
            text = NOT_COMPUTED if gradient is None else slope if column == 2 else HIDDEN
            self.write(row, column, text, theme.muted)

    def show_selected(self, k: int | None) -> None:
        """Mark the row of a node."""
        self.mark(self.rows.index(k) if k in self.rows else None)

    def show_scale(self, scale: float) -> None:
        """Use the fonts of a scale, with the next theme."""
        self._scale, self.padding = scale, round(4 * scale)
        self.room = 2 * self.padding + 9  # italic letters extend beyond their advance width

    def letters(self, share: float) -> tuple[QFont, QFont]:
        """Return the fonts at a share of the scale."""
        return font("text", self._scale * share), font("small", self._scale * share)

    def font_of(self, column: int, cells: QFont) -> QFont:
        """Return the font of a column: names are in italics."""
        letters = QFont(cells)
        letters.setItalic(column == 0)
        return letters

    def fit(self) -> None:
        """Use the largest font in which all columns fit; as high as all rows."""
        super().fit()
        for row in range(self.rowCount()):
            self.cell(row, 0).setFont(self.font_of(0, self.font()))

    def texts_of(self, column: int) -> list[str]:
        """Return the texts of a column now and at the last step."""
        return [*super().texts_of(column), *self._final.get(column, ())]


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
    if domain is not None and not domain.smooth:  # else both sides agree, and need not be computed yet
        texts[3] += [sides_text(sides) for sides in stepper.sides.values()]
    return texts


def _final_shapes(stepper: Stepper, rows: list[int]) -> dict[int, list[str]]:
    """Return the texts of the columns at the last step, if the values are matrices."""
    shapes = [node_text(stepper.final.values[k], scalar=False) for k in rows]
    return {1: shapes, 2: shapes, 3: [tr("within {error}").format(error=value_text(WIDEST_ERROR))]}


def _on_paper(exact: float | Undefined | None) -> str:
    if isinstance(exact, Undefined):
        return tr(exact.word)
    return NOT_COMPUTED if exact is None else value_text(exact)


def _why(value: Array | None, undefined: Undefined | None, name: str) -> str:
    """Return why a number is undefined, as soon as it would be known."""
    return "" if value is None or undefined is None else because(undefined, name)


def _check(check: Array, gradient: Array, scalar: bool) -> str:
    """Return a number by differences; for a matrix, its largest deviation from backpropagation."""
    if scalar:
        return difference_text(float(check))
    return tr("within {error}").format(error=value_text(float(np.abs(check - gradient).max())))
