"""Parameter panel: a weight or bias to change, to check numerically, and over time."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.explain_text import SCRIPT
from core.modules import Array
from core.notation import Leaf, Symbol
from gui.derivative_check import CheckRow, check
from gui.explain import Moment
from gui.explain_html import symbols
from gui.explain_update import index_of
from gui.fonts import sized
from gui.later import Later
from gui.selection import Selection
from gui.theme import Theme
from gui.weight_curve import WeightCurve
from gui.weight_editor import WeightEditor

HISTORY_MS = 300  # a running training asks for the history of a weight no more often


class ParameterPanel(QWidget):
    """The number of one edge; of a neuron, its bias, which has no check and no curve.

    ``theta_previewed`` carries a whole new theta while a gesture is under way, ``theta_edit_requested``
    once at its end. ``history_requested`` asks for `show_history`.
    """

    theta_previewed = Signal(object)
    theta_edit_requested = Signal(object, str)
    history_requested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.editor, self.check, self.refusal = WeightEditor(), CheckRow(), QLabel()
        self.title = QLabel(self.tr("This weight over time"))
        self.curve = WeightCurve(self.tr("This weight over time"))
        self.refusal.setProperty("look", "error")
        self.refusal.setWordWrap(True)
        self.refusal.hide()
        self.title.setProperty("look", "title")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for widget in (self.editor, self.refusal, self.check, self.title, self.curve):
            column.addWidget(widget)
        self._moment: Moment | None = None
        self._place: tuple[int, int | None, int] | None = None
        self._checked: tuple[Moment, int] | None = None
        self._asking = Later(self)
        self._asking.setSingleShot(True)
        self._asking.setInterval(HISTORY_MS)
        self._asking.timeout.connect(self._ask)
        self.editor.previewed.connect(lambda value: self.theta_previewed.emit(self._changed(value)))
        self.editor.changed.connect(self._edit)
        self.editor.refused.connect(self._refuse)
        self.check.requested.connect(self._check)

    def show_theme(self, theme: Theme) -> None:
        """Paint in a theme's colours."""
        self.check.show_theme(theme)
        self.curve.show_theme(theme)
        self.title.setFont(sized("title"))

    def show_parameter(self, moment: Moment | None, l: int | None, i: int | None, j: int | None) -> None:
        """Show W[l]_ij, or b[l]_j for i None; nothing where there is no such number."""
        seen = moment is not None and l is not None and j is not None and l > 0
        place = (l or 0, i, j or 0) if seen else None
        if place != self._place:
            self._begin(place)
        self._moment = moment
        self.setVisible(seen)
        if moment is None or not seen:
            return
        k, edge = self._index(), i is not None
        self.editor.show_value(float(moment.snapshot.theta[k]))
        for widget in (self.check, self.title, self.curve):
            widget.setVisible(edge)
        if self._checked is not None and not _same(moment, *self._checked, k):
            self._checked = None
            self.check.show_check(None)
        if edge:
            self._show_present(moment.snapshot.iteration, float(moment.snapshot.theta[k]))

    def _begin(self, place: tuple[int, int | None, int] | None) -> None:
        """Turn to another number."""
        self.editor.drop()
        self._place, self._checked = place, None
        self.check.show_check(None)
        self._refuse("")
        self.curve.show_history(np.zeros(0), np.zeros(0))
        self._asking.stop()
        if place is not None:
            self.editor.show_name(symbols(Leaf(0, self._symbol()), links=False), self._spoken())
            self._asking.start(0)

    def _symbol(self) -> Symbol:
        assert self._place is not None
        l, i, j = self._place
        return Symbol("b", (j + 1,), l) if i is None else Symbol("W", (i + 1, j + 1), l)

    def _spoken(self) -> str:
        assert self._place is not None
        l, i, j = self._place
        if i is None:
            return self.tr("Bias of neuron {j} of layer {l}").format(j=j + 1, l=l)
        text = self.tr("Weight from neuron {i} of layer {below} to neuron {j} of layer {l}")
        return text.format(i=i + 1, below=l - 1, j=j + 1, l=l)

    def _index(self) -> int:
        assert self._moment is not None and self._place is not None
        l, i, j = self._place
        return index_of(self._moment, l, i, j)

    # -- its history -------------------------------------------------------------------------------

    def _show_present(self, iteration: int, value: float) -> None:
        moved = self.curve.present[0] != iteration
        self.curve.show_present(iteration, value)
        if moved and not self._asking.isActive():
            self._asking.start(HISTORY_MS)

    def _ask(self) -> None:
        if self._place is not None and self.curve.isVisible():
            l, i, j = self._place
            self.history_requested.emit(Selection(l, j, i))

    def show_history(self, iterations: Array, values: Array) -> None:
        """Show what the number was after so many iterations, both (n,)."""
        self.curve.show_history(iterations, values)

    # -- changing and checking it ------------------------------------------------------------------

    def _changed(self, value: float) -> Array:
        """Return theta with this number changed."""
        assert self._moment is not None
        theta: Array = self._moment.snapshot.theta.copy()
        theta[self._index()] = value
        return theta

    def _edit(self, value: float) -> None:
        text = self.tr("Set {weight} to {value:.6g}")
        self.theta_edit_requested.emit(
            self._changed(value), text.format(weight=SCRIPT.symbol(self._symbol()), value=value)
        )

    def _refuse(self, sentence: str) -> None:
        self.refusal.setText(sentence)
        self.refusal.setVisible(bool(sentence))
        self.editor.edit.setAccessibleDescription(sentence)

    def _check(self) -> None:
        if self._moment is not None and self._place is not None:
            k = self._index()
            self._checked = self._moment, k
            self.check.show_check(check(self._moment, k))


def _same(moment: Moment, checked: Moment, k_checked: int, k: int) -> bool:
    """Tell whether a check still holds: of the same derivative, of the same samples and parameters."""
    a, b = moment.snapshot, checked.snapshot
    if (k, moment.alone, moment.case.sample, a.pass_number) != (
        k_checked,
        checked.alone,
        checked.case.sample,
        b.pass_number,
    ):
        return False
    return bool(np.array_equal(a.shown_theta, b.shown_theta))
