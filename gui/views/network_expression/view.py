"""A view of the whole network as one nested expression, in symbols and with the numbers of a sample."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from gui.passes.pass_view import PassView
from gui.qt.drawable import guarded_overrides
from gui.selection import Selection
from gui.text.formula_label import BREAK, FormulaLabel, svg
from gui.theme.theme import LIGHT, Theme
from gui.views.network_expression.pieces import latex_lines, names_of
from gui.views.network_expression.widget import NestedMatrices


@lru_cache(maxsize=512)
def width_of(latex: str, colour: str, size: float) -> float:
    """Return the width of a formula in pixels."""
    return float(QSvgRenderer(QByteArray(svg(latex, colour, size))).defaultSize().width())


@guarded_overrides
class NetworkExpressionView(PassView):
    """o = σ(b + Wᵀ σ(… x)): the formula, the activation that each σ stands for, and the same in numbers.

    The numbers are those of the selected sample, or else of the first in the batch; what the pass has not
    computed yet is a dot. Matrices that are too large to be read show their shape.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("The network as one expression"))
        self._theme = LIGHT
        self.formula, self.names = FormulaLabel(), QLabel()
        self.nested, self.line = NestedMatrices(), QLabel()
        self._arrange()
        self.nested.pointed.connect(self._point)
        self.nested.picked.connect(self._pick)
        self.show_theme(self._theme)

    def _arrange(self) -> None:
        for label in (self.names, self.line):
            label.setProperty("look", "small")
            label.setTextFormat(Qt.TextFormat.RichText)
            label.setWordWrap(True)
        inside = QWidget()
        inside.setAutoFillBackground(False)
        column = QVBoxLayout(inside)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(8)
        for widget in (self.formula, self.names, self.nested):
            column.addWidget(widget)
        column.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.area.setMinimumSize(120, 60)
        self.area.setAccessibleName(self.tr("The nested expression with its numbers"))
        self.area.setWidget(inside)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(4, 2, 4, 2)
        outside.setSpacing(4)
        outside.addWidget(self.area, 1)
        outside.addWidget(self.line)

    def sizeHint(self) -> QSize:
        return QSize(420, 300)

    # -- contents ----------------------------------------------------------------------------------

    def show_selection(self, selection: Selection) -> None:
        """Frame what is selected, and use the selected sample."""
        changed = selection.sample != self._selection.sample
        self._selection = selection
        self.nested.show_selection(selection)
        if changed:
            self.draw_if_seen()

    def show_hover(self, selection: Selection) -> None:
        """Frame what the mouse points at."""
        self.nested.show_hover(selection)

    def show_theme(self, theme: Theme) -> None:
        """Paint in a theme's colours."""
        self._theme = theme
        self.nested.show_theme(theme)
        self.draw_if_seen()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._write_formula()

    # -- contents ----------------------------------------------------------------------------------

    def draw(self) -> None:
        if self._network is None:
            return
        self._write_formula()
        names = self.tr("where {activations}").format(activations=", ".join(names_of(self._network)))
        if any(layer.dropout for layer in self._network.layers):
            names += " · " + self.tr("m: what dropout multiplies with while it trains")
        if names != self.names.text():
            self.names.setText(names)
        if self._snapshot is not None:
            network = self._snapshot.network
            values = self.values(network, self._snapshot)
            self.nested.show_values(network, self._snapshot.shown_theta, values)
        self.line.setText(self.whose_numbers())

    def _write_formula(self) -> None:
        """Show the formula on as many lines as keep it readable at the present width."""
        if self._network is None or not self.isVisible():
            return
        size = self.formula.fontMetrics().height() * 0.9  # the label uses this size
        colour = self.palette().text().color().name()
        lines = latex_lines(self._network, self.width() - 32, lambda text: width_of(text, colour, size))
        spoken = self.tr("The output as a nested expression of {} layers").format(len(self._network.layers))
        self.formula.set_formula(BREAK.join(lines), spoken)

    # -- mouse -------------------------------------------------------------------------------------

    def _point(self, selection: Selection) -> None:
        self.hover_requested.emit(selection)

    def _pick(self, selection: Selection) -> None:
        l, j, i = selection.layer, selection.neuron, selection.source
        self.select_requested.emit(Selection(l, j, i, self._selection.sample))
