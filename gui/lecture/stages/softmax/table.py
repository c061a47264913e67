"""The table of the softmax bench: a row per class, from z to its probability."""

from __future__ import annotations

import re
from math import isfinite

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.graph.autodiff import forward
from core.graph.parser import parse
from core.language import tr
from core.lecture.demos import SoftmaxTable
from core.lecture.subjects import SoftmaxBench
from core.number_style import fine_text, slide_text
from gui.lecture.stages.shared.figures import LEFT, MARGIN, Figure, ShareBar, Sheet
from gui.lecture.stages.softmax.text import class_name, raised
from gui.plots.axes import Tick
from gui.plots.draggable_points import HandledPlot, around
from gui.theme.theme import LIGHT, in_hall
from gui.widgets.number_edit import NumberEdit

MOST_LETTERS, MOST_LARGE = 14, 4
WIDEST_Z = "−00.00"
COLUMN_LEVELS = 5
"""The number of levels at which columns are hidden."""
NAME, Z, MOVED, POWER, PROBABILITY, BAR, SHARE, SHARE_BAR = range(8)
PARTS = {
    POWER: "power", PROBABILITY: "probability", BAR: "probability", SHARE: "share", SHARE_BAR: "share",
}  # fmt: skip
"""The quantities that a column shows."""


class SoftmaxSheet(Sheet):
    """Rows of classes and the sums at the bottom. ``z_changed`` carries the class and its new z."""

    z_changed = Signal(int, float)
    looked_at = Signal(int)

    def __init__(self, bench: SoftmaxBench, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("From z to probabilities"), parent)
        few = len(bench.z) <= MOST_LARGE and not bench.by_sum
        self._role = "large" if few else "number"
        self.grid.setVerticalSpacing(10 if len(bench.z) <= MOST_LARGE else 3)
        self._by_sum, self._theme, self._hidden, self._decision = bench.by_sum, LIGHT, frozenset[str](), 0
        self._changed = False
        self.later = frozenset[str]()
        """The parts that are asked for later, whose columns are not shown yet."""
        self.cells: list[NumberEdit] = []
        self.rows: list[dict[int, Figure]] = []
        self._bars: list[tuple[ShareBar, ShareBar]] = []
        self.words: list[Figure] = []
        self._add_headings()
        for k in range(len(bench.z)):
            self._add_class(k, class_name(bench, k))
        self.foot = self._add_foot(len(bench.z) + 1)
        self.ruled = (0, len(bench.z))
        self.grid.setColumnStretch(BAR, 3)
        if bench.by_sum:
            self.grid.setHorizontalSpacing(MARGIN // 2)
            self.grid.setColumnStretch(SHARE_BAR, 2)

    def _add_headings(self) -> None:
        self.head(0, NAME, self.tr("class"), side=LEFT)
        self.head(0, Z, "<i>z</i>", self.tr("Raw output z: change it"))
        moved = self.tr("z with the constant added, divided by the temperature")
        self.moved = self.head(0, MOVED, "", moved)
        self.power = self.head(0, POWER, "", self.tr("e to the power of z"))
        self.head(0, PROBABILITY, self.tr("softmax"), self.tr("Probability: e^z divided by the sum"))
        if self._by_sum:
            tip = self.tr("z divided by the sum of all z: no probability")
            self.head(0, SHARE, "<i>z</i> ÷ Σ<i>z</i>", tip)

    def _add_class(self, k: int, name: str) -> None:
        cell = NumberEdit(self.tr("z of {name}").format(name=name), role=self._role, widest=WIDEST_Z)
        cell.changed.connect(lambda value: self.z_changed.emit(k, value))
        cell.refused.connect(self.refused)
        cell.selectionChanged.connect(lambda: self.looked_at.emit(k))
        self.cells.append(cell)
        row = self._figures(name, k + 1)
        role, widest = "text" if in_hall() else self._role, "x" * min(MOST_LETTERS, len(name))
        row[NAME] = Figure(self.tr("class"), role, widest, computed=False, align=_LEFT)
        row[NAME].show_text(name)
        self.grid.addWidget(row[NAME], k + 1, NAME)
        self.grid.addWidget(cell, k + 1, Z)
        bars = (
            ShareBar(self.tr("probability of {name}").format(name=name)),
            ShareBar(self.tr("share of {name}").format(name=name)),
        )
        self.grid.addWidget(bars[0], k + 1, BAR)
        impossible = self.tr("impossible")
        word = Figure(self.tr("share of {name}").format(name=name), "text", impossible, align=_LEFT)
        word.show_text(impossible, "error")
        if self._by_sum:
            self.grid.addWidget(_stacked(bars[1], word), k + 1, SHARE_BAR)
        self.rows.append(row)
        self._bars.append(bars)
        self.words.append(word)

    def _figures(self, name: str, row: int) -> dict[int, Figure]:
        """Add the computed numbers of a row to the grid; return them."""
        titles = {
            MOVED: self.tr("moved z of {name}"),
            POWER: self.tr("e to the z of {name}"),
            PROBABILITY: self.tr("probability of {name}"),
        }
        if self._by_sum:
            titles[SHARE] = self.tr("z of {name} divided by the sum")
        roles = {MOVED: "number"}
        widest = {POWER: "000.0000", MOVED: "−00.00", PROBABILITY: "0.0000"}
        made = {
            column: Figure(text.format(name=name), roles.get(column, self._role), widest.get(column, ""))
            for column, text in titles.items()
        }
        for column, figure in made.items():
            self.grid.addWidget(figure, row, column)
        return made

    def _add_foot(self, row: int) -> dict[int, Figure]:
        made = self._figures(self.tr("all classes"), row)
        made[NAME] = Figure(self.tr("sum"), self._role, "xxxx", computed=False, align=_LEFT)
        made[NAME].show_text(self.tr("sum"))
        made[Z] = Figure(self.tr("sum of all z"), self._role)
        self.grid.addWidget(made[NAME], row, NAME)
        self.grid.addWidget(made[Z], row, Z)
        return made

    # -- showing -------------------------------------------------------------------------------------

    def shorten(self, level: int) -> None:
        """Hide the columns that presentation mode needs least: the more, the higher the level; 0: none."""
        for column, last in ((BAR, 2 if self._by_sum else 3), (SHARE_BAR, 3), (POWER, 4), (PROBABILITY, 5)):
            kept = column != POWER or not self._changed or not level
            self.show_column(column, kept and level < last and PARTS[column] not in self.later)
        if self._by_sum:
            shared = "share" not in self.later
            self.show_column(SHARE, shared)
            self.foot[Z].setVisible(shared and not self._changed)
        self.foot[NAME].setVisible(not {"power", "probability"} <= self.later)

    def show_bench(self, bench: SoftmaxBench, table: SoftmaxTable) -> None:
        """Show the numbers of a bench of the same classes."""
        changed = self._changed = bench.temperature != 1 or bench.shift != 0
        self._name_powers(bench, changed)
        for k, (cell, row) in enumerate(zip(self.cells, self.rows, strict=True)):
            cell.show_value(bench.z[k])
            row[MOVED].show_text(slide_text(table.z[k]))
            row[POWER].show_number(table.exponentials[k])
            row[PROBABILITY].show_number(table.probabilities[k])
            self._bars[k][0].show_share(table.probabilities[k], strong=k == table.decision)
            if self._by_sum:
                self._show_share(k, table)
        for row in (*self.rows, self.foot):
            row[MOVED].setVisible(changed)
        self.foot[Z].setVisible(self._by_sum and not changed)
        self.foot[Z].show_number(table.z_sum)
        self.foot[MOVED].show_text(slide_text(table.z_sum) if self._by_sum else "")
        self.foot[POWER].show_number(table.sum)
        self.foot[PROBABILITY].show_number(table.total)
        if self._by_sum:
            whole = isfinite(table.share_sum)
            self.foot[SHARE].show_text(slide_text(table.share_sum) if whole else self.tr("none"))
        self._decision = table.decision
        self._light_decision()

    def _name_powers(self, bench: SoftmaxBench, changed: bool) -> None:
        """Write the exponent into the headings: z, or z with the constant and the temperature."""
        over = re.sub(r"([zcT])", r"<i>\1</i>", raised(bench))
        self.moved.setText(over)
        self.moved.setVisible(changed)
        self.power.setText(f"<i>e</i><sup>{over}</sup>")

    def _show_share(self, k: int, table: SoftmaxTable) -> None:
        share = float(table.shares[k])
        possible = 0 <= share <= 1
        finite = [s for s in table.shares.tolist() if isfinite(s)]
        low, high = min([0.0, *finite]), max([1.0, *finite])
        self.rows[k][SHARE].show_number(share, "text" if possible else "error")
        self._bars[k][1].show_share(share, low, high)
        self.words[k].setVisible(not possible and "share" not in self._hidden)

    def show_hidden(self, hidden: frozenset[str]) -> None:
        """Hide the columns still to be guessed: "power", "probability", "share"; or the "decision"."""
        self._hidden = hidden
        for row in (*self.rows, self.foot):
            for column, figure in row.items():
                figure.show_veil(PARTS.get(column) in hidden)
        self.foot[Z].show_veil("share" in hidden)
        for bars in self._bars:
            for bar, part in zip(bars, ("probability", "share"), strict=True):
                bar.show_veil(part in hidden)
        self._light_decision()

    def _light_decision(self) -> None:
        self.light(None if "decision" in self._hidden else self._decision + 1)


_LEFT = Qt.AlignmentFlag.AlignLeft


def _stacked(*widgets: QWidget) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for widget in widgets:
        column.addWidget(widget)
    return made


# -- A step to the right, and the height multiplies ------------------------------------------------------

LARGE, POINTS, LEAST_WIDTH, MOST_NAMED = 10.0, 161, 4.0, 6


class PowerPlot(HandledPlot):
    """Every class as a dot at its z, at the height of its exponential; dragging it sideways changes z.

    If z is large, the largest z is subtracted first, as in the engine, and the axis says so.
    """

    ways = "across"

    def __init__(self) -> None:
        super().__init__(tr("Powers of e"), "z", "")
        self.setToolTip(tr("Drag a dot sideways; ↑ ↓ choose one, ← → move it (Ctrl: finer)"))
        self._names: list[str] = []
        self._less, self._bare = 0.0, False

    def show_bench(
        self, bench: SoftmaxBench, table: SoftmaxTable, *, veiled: bool = False, bare: bool = False
    ) -> None:
        """Show the classes; ``veiled``: on the axis, not on the curve; ``bare``: without the curve."""
        self._bare = bare
        largest = float(table.z.max())
        self._less = largest if largest > LARGE else 0.0
        heights = table.safe if self._less else table.exponentials
        x_title = raised(bench)
        letters = f"{x_title} − {fine_text(self._less)}" if self._less else x_title
        self.titles = (x_title, "" if bare else tr("e to the power of {letters}").format(letters=letters))
        self.handles = [
            (z, 0.0 if veiled else height)
            for z, height in zip(table.z.tolist(), heights.tolist(), strict=True)
        ]
        self._names = [class_name(bench, k) for k in range(len(self.handles))]
        self.chosen = min(self.chosen, len(bench.z) - 1)
        if self.grabbed is None or veiled:
            self.x_range = around(table.z, LEAST_WIDTH)
        self.y_range = (0.0, 1.2 * float(heights.max()))
        self.update()

    def y_marks(self, most: int) -> list[Tick]:
        """Return the horizontal grid lines: none while no point has a height."""
        return [(0.0, "")] if self._bare else super().y_marks(most)

    def paint_curves(self, painter: QPainter) -> None:
        if self._bare:
            return
        x = np.linspace(*self.x_range, POINTS)
        with np.errstate(all="ignore"):
            y = forward(parse("exp(z - m)"), {"z": x, "m": self._less})[-1]
        self.paint_curve(painter, x, y, self.theme.muted, 2)

    def paint_over(self, painter: QPainter) -> None:
        for k, (x, y) in enumerate(self.handles):
            colour = self.theme.classes[k % len(self.theme.classes)]
            painter.setPen(QPen(colour, 5 * self.scale))
            painter.drawLine(self.place(x, 0.0), self.place(x, y))
            self.paint_dot(painter, x, y, colour, 7)
        if len(self.handles) <= MOST_NAMED:
            self._paint_names(painter)
        self.paint_ring(painter)

    def _paint_names(self, painter: QPainter) -> None:
        """Write the class name beside each dot, if it overlaps no name written before."""
        line, written = self.metrics.height(), list[QRectF]()
        painter.setPen(self.theme.text)
        for (x, y), name in zip(self.handles, self._names, strict=True):
            wide = self.metrics.horizontalAdvance(name)
            beside, flat = QPointF(-wide - 0.8 * line, -0.9 * line), QPointF(-wide / 2, -1.7 * line)
            place = self.place(x, y) + (beside if y else flat)
            box = QRectF(max(place.x(), self.box().left()), place.y(), wide + 1, line)
            if not any(box.intersects(other) for other in written):
                painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, name)
                written.append(box)
