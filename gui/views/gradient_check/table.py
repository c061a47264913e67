"""The table of a gradient check, with a row for every weight and bias."""

from __future__ import annotations

from math import isnan

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from core.analysis.gradient_check import GOOD, GradientSteps, parameter_at
from core.arrays import Array
from core.nn.differences import Sides
from core.nn.network import Network
from core.number_style import NOT_COMPUTED, known_text, value_text
from gui.plots.hidden_space import digits_below
from gui.qt.drawable import guarded_overrides
from gui.theme.theme import LIGHT, Theme, sized

Index = QModelIndex | QPersistentModelIndex
NAME, BACK, DIFFERENCES, ERROR = range(4)
SHARES = (0.18, 0.26, 0.34, 0.22)  # of the width, per column
ROOMY = 34  # digits for which there must be room
SIDES = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def parameter_name(network: Network, place: int) -> str:
    """Return the name of a parameter in plain text: W₁₂[1], or b₂[1]."""
    l, i, j = parameter_at(network, place)
    comma = "," if max(i or 0, j) > 8 else ""
    below = digits_below(j + 1) if i is None else f"{digits_below(i + 1)}{comma}{digits_below(j + 1)}"
    return f"{'b' if i is None else 'W'}{below}[{l}]"


def sides_text(kink: Sides) -> str:
    """Return the derivatives from the left and from the right of a kink."""
    return f"{value_text(kink.left)} | {value_text(kink.right)}"


@guarded_overrides
class ParameterTable(QTableView):
    """A table whose columns share its width."""

    def __init__(self, model: ParameterRows) -> None:
        super().__init__()
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setMinimumHeight(60)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setMinimumSectionSize(20)

    def show_theme(self, _theme: Theme) -> None:
        """Use the present fonts."""
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Use the largest font that the width allows, and set the widths of the columns."""
        wide = self.viewport().width() >= ROOMY * QFontMetricsF(sized("text")).horizontalAdvance("0")
        self.setFont(sized("text" if wide else "small"))
        self.horizontalHeader().setFont(sized("small"))
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        for column, share in enumerate(SHARES):
            self.setColumnWidth(column, int(share * self.viewport().width()))


@guarded_overrides
class ParameterRows(QAbstractTableModel):
    """Name, derivative by backpropagation and by central differences, and their error.

    What is not computed yet is a dot. Texts are made only for visible rows.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.network: Network | None = None
        self.steps: GradientSteps | None = None
        self._known: Array = np.empty(0)
        self._theme: Theme = LIGHT

    def show_network(self, network: Network) -> None:
        """Show the parameters of another network, without a check."""
        self.beginResetModel()
        self.network, self.steps = network, None
        self._known = np.full(network.parameters, np.nan)
        self.endResetModel()

    def show_gradient(self, g: Array | None) -> None:
        """Show a gradient that is not checked, (parameters,), NaN where it is not computed; None: none."""
        if self.network is not None:
            self.steps = None
            self._known = np.full(self.network.parameters, np.nan) if g is None else g
            self._emit_changed(0, self._known.size - 1)

    def show_steps(self, steps: GradientSteps, first: int, last: int) -> None:
        """Show a check of which the rows ``first`` … ``last`` have changed."""
        fresh, self.steps = steps is not self.steps, steps
        self._known = steps.backpropagation
        self._emit_changed(0 if fresh else first, self._known.size - 1 if fresh else last)

    def show_theme(self, theme: Theme) -> None:
        """Write in a theme's colours."""
        self._theme = theme
        if self._known.size:
            self._emit_changed(0, self._known.size - 1)

    def _emit_changed(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, ERROR))

    # -- overrides of Qt ---------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else int(self._known.size)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else ERROR + 1

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            heads = self.tr("θ"), self.tr("back"), self.tr("numerical"), self.tr("apart")
            return heads[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return (
                self.tr("The weight or bias"),
                self.tr("∂J/∂θ by backpropagation"),
                self.tr("(J(θ + h) − J(θ − h)) / 2h"),
                self.tr("Their difference, relative to the larger of them"),
            )[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if self.network is None or not index.isValid():
            return None
        k, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(self.network, k, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column != NAME:
            return SIDES
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(k, column)
        error = self.steps.errors[k] if self.steps is not None and column == ERROR else np.nan
        if role == Qt.ItemDataRole.ForegroundRole and not isnan(error):
            return self._theme.gradient_positive if error <= GOOD else self._theme.error
        return None

    def _tip(self, k: int, column: int) -> str | None:
        kink = self.steps.kinks.get(k) if self.steps is not None else None
        if kink is None or column not in (DIFFERENCES, ERROR):
            return None
        text = self.tr("J has a kink here: {left} from the left, {right} from the right")
        return text.format(left=known_text(kink.left), right=known_text(kink.right))

    def _text(self, network: Network, k: int, column: int) -> str:
        if column == NAME:
            return parameter_name(network, k)
        if column == BACK:
            return known_text(float(self._known[k]))
        steps = self.steps
        if steps is None or k >= steps.done:
            return NOT_COMPUTED
        if k in steps.skipped:
            return self.tr("fixed") if column == DIFFERENCES and k in network.fixed else ""
        kink = steps.kinks.get(k)
        if column == DIFFERENCES:
            return known_text(float(steps.numerical[k])) if kink is None else sides_text(kink)
        return value_text(float(steps.errors[k])) if kink is None else self.tr("kink")
