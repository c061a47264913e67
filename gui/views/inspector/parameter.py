"""A panel for one weight or bias: edit it, check its derivative, and see its history."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.analysis.activation_map import middle_of
from core.analysis.gradient_check import GOOD
from core.arrays import Array
from core.derivation.expressions import Leaf, Symbol
from core.derivation.sample_pass import parameter_symbol
from core.derivation.text import SCRIPT
from core.language import tr
from core.nn.differences import SMALLEST, LossProbe, Sides, slope_at
from core.nn.passes import evaluate
from core.number_style import exact_text, fine_text, value_text
from gui.passes.inspected_sample import InspectedSample
from gui.plots.axes import SmallPlot
from gui.plots.plot import decimated
from gui.qt.later import Later
from gui.qt.typed_signal import TypedSignal
from gui.selection import Selection
from gui.text.rich_text import symbols
from gui.theme.theme import LIGHT, Theme, sized
from gui.views.inspector.update import index_of
from gui.views.inspector.weight_editor import WeightEditor


@dataclass(frozen=True)
class Check:
    """dJ/dtheta_k by both methods; ``error`` is abs(difference) / the larger of the two.

    ``kink``: the one-sided derivatives, if they differ; then nothing is compared, and backpropagation uses a
    value chosen by the ``conventions``.
    """

    backpropagation: float
    numerical: float
    kink: Sides | None = None
    conventions: tuple[str, ...] = ()

    @property
    def error(self) -> float:
        """The relative error; for derivatives below 1e-4, relative to 1e-4."""
        size = max(abs(self.backpropagation), abs(self.numerical), SMALLEST)
        return abs(self.backpropagation - self.numerical) / size

    @property
    def agrees(self) -> bool:
        """Whether the two agree as closely as differences allow."""
        return self.error <= GOOD


def check(moment: InspectedSample, k: int) -> Check:
    """Return the derivative of the loss by the parameter with index k in theta, by both methods, in float64.

    The loss is that of the selected sample, or else of the present batch (or of the sample, if no pass has
    been made), without dropout and penalty. An input outside the data has no loss: that of the batch is used,
    or that of the first training sample. A step that would cross a kink is changed.
    """
    network, dataset = moment.network, moment.dataset
    values = moment.snapshot.shown
    if values is not None and not (moment.alone and moment.of_data):
        samples = values.samples
    else:
        samples = np.array([moment.case.sample]) if moment.of_data else dataset.train[:1]
    x, y = dataset.x[:, samples], dataset.targets(network.n[-1])[:, samples]
    theta = moment.snapshot.shown_theta.astype(np.float64)
    g = evaluate(network, theta, x, y).g
    assert g is not None
    probe = LossProbe(network, x, y)
    slope = slope_at(probe, theta, k, probe(theta))
    if isinstance(slope, Sides):
        return Check(float(g[k]), middle_of(slope), slope, probe.conventions(theta))
    return Check(float(g[k]), slope)


class CheckRow(QWidget):
    """A button that emits ``requested``, and the result of the check."""

    requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.button, self.result = QPushButton(tr("Check numerically")), QLabel()
        self.button.setStyleSheet("padding: 3px 6px;")
        self.button.setAccessibleName(tr("Check this derivative numerically"))
        self.button.setToolTip(
            tr("Compute this derivative again as (J(w + h) − J(w − h)) / 2h, without dropout and penalty")
        )
        self.result.setAccessibleName(tr("Result of the numerical check"))
        self.result.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.button)
        row.addWidget(self.result, 1)
        self.button.clicked.connect(self.requested)
        self._theme: Theme = LIGHT
        self._check: Check | None = None

    def show_theme(self, theme: Theme) -> None:
        """Write in a theme's colours."""
        self._theme = theme
        self.show_check(self._check)

    def show_check(self, found: Check | None) -> None:
        """Show a check; None: the parameter shown has not been checked."""
        self._check = found
        if found is None:
            self.result.clear()
            self.result.setToolTip("")
            return
        if found.kink is not None:
            self._show_kink(found, found.kink)
            return
        colour = self._theme.gradient_positive if found.agrees else self._theme.error
        mark = "✓" if found.agrees else "✗"
        text = f"<b>{fine_text(found.numerical)} {mark}</b> ({value_text(found.error)})"
        self.result.setText(f'<span style="color:{colour.name()}">{text}</span>')
        both = tr("Backpropagation {one}, differences {two}; relative error {error}")
        said = both.format(
            one=exact_text(found.backpropagation),
            two=exact_text(found.numerical),
            error=value_text(found.error),
        )
        self.result.setToolTip(said)
        self.result.setAccessibleDescription(said)

    def _show_kink(self, found: Check, kink: Sides) -> None:
        """Show both derivatives at a kink, and say that backpropagation takes another by convention."""
        left, right = value_text(kink.left), value_text(kink.right)
        text = tr("kink: {left} | {right}").format(left=left, right=right)
        self.result.setText(f"<b>{text}</b>")
        said = tr(
            "J has a kink here: {left} from the left, {right} from the right. That is no error:"
            " backpropagation finds {one}, with {convention} by convention."
        ).format(
            left=left,
            right=right,
            one=value_text(found.backpropagation),
            convention=", ".join(found.conventions),
        )
        self.result.setToolTip(said)
        self.result.setAccessibleDescription(said)


# -- a parameter over the iterations ---


class WeightCurve(SmallPlot):
    """A plot of a weight or bias over the iterations."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.iterations, self.values = np.zeros(0), np.zeros(0)
        self.present = (0, np.nan)

    def show_history(self, iterations: Array, values: Array) -> None:
        """Show values, and the iterations after which they applied, both (n,); empty: nothing is recorded."""
        self.iterations, self.values = np.asarray(iterations, float), np.asarray(values, float)
        self._fit_axes()

    def show_present(self, iteration: int, value: float) -> None:
        """Show the present position of the run."""
        self.present = iteration, float(value)
        self._fit_axes()

    def _fit_axes(self) -> None:
        t, w = self.present
        seen = np.append(self.values, w)
        seen = seen[np.isfinite(seen)]
        low, high = (float(seen.min()), float(seen.max())) if seen.size else (0.0, 1.0)
        rim = 0.08 * (high - low) or max(0.05 * abs(high), 1e-3)
        first = float(self.iterations[0]) if self.iterations.size else 0.0
        last = max(t, float(self.iterations[-1]) if self.iterations.size else 0.0, first + 1)
        self.x_range, self.y_range = (first, last), (low - rim, high + rim)
        self.setAccessibleDescription(self._spoken())
        self.update()

    def _spoken(self) -> str:
        t, w = self.present
        if not self.values.size:
            return self.tr("{value} after {t} iterations").format(value=value_text(w), t=t)
        text = self.tr("from {first} after {t0} iterations to {value} after {t}")
        return text.format(
            first=value_text(self.values[0]), t0=int(self.iterations[0]), value=value_text(w), t=t
        )

    def x_words(self) -> tuple[str, str, str]:
        """Return the ends of the axis, in iterations."""
        first, last = (f"{int(t):,}" for t in self.x_range)
        return first, self.tr("iteration"), last

    def paint_curves(self, painter: QPainter) -> None:
        """Paint the curve up to now in full and what comes after it paler."""
        t, w = self.present
        order = self.iterations <= t
        past_t = np.append(self.iterations[order], t)
        past_w = np.append(self.values[order], w)
        ahead_t, ahead_w = np.append(t, self.iterations[~order]), np.append(w, self.values[~order])
        columns = max(50, int(self.box().width()))
        self.paint_curve(painter, *decimated(ahead_t, ahead_w, columns), self.theme.border, 1.8)
        self.paint_curve(painter, *decimated(past_t, past_w, columns), self.theme.positive, 1.8)

    def paint_over(self, painter: QPainter) -> None:
        """Paint a dot at the present position of the run."""
        self.paint_dot(painter, *self.present, self.theme.positive, 4)


# -- all of a parameter -------------------------------------
HISTORY_MS = 300  # least time between two requests for the history of a weight during a run


class ParameterPanel(QWidget):
    """The parameter of one edge or, for a neuron, its bias, which has no check and no curve.

    Signals: ``theta_previewed`` carries a whole new theta during a gesture, ``theta_edit_requested`` once at
    its end. ``history_requested`` requests `show_history`, ``fixing_requested`` that training does not change
    the parameter, or does again.
    """

    theta_previewed = TypedSignal[Array]()
    theta_edit_requested = TypedSignal[Array, str]()
    history_requested = TypedSignal[Selection]()
    fixing_requested = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.editor, self.check, self.refusal = WeightEditor(), CheckRow(), QLabel()
        self.fixed = QCheckBox(self.tr("Fixed: training leaves it as it is"))
        self.fixed.setToolTip(self.tr("An update does not change what is fixed; a padlock marks it"))
        self.fixed.clicked.connect(self.fixing_requested)
        self.title = QLabel(self.tr("This weight over time"))
        self.curve = WeightCurve(self.tr("This weight over time"))
        self.refusal.setProperty("look", "error")
        self.refusal.setWordWrap(True)
        self.refusal.hide()
        self.title.setProperty("look", "title")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for widget in (self.editor, self.refusal, self.fixed, self.check, self.title, self.curve):
            column.addWidget(widget)
        self._moment: InspectedSample | None = None
        self._place: tuple[int, int | None, int] | None = None
        self._checked: tuple[InspectedSample, int] | None = None
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
        self.editor.fit_width()
        self.check.show_theme(theme)
        self.curve.show_theme(theme)
        self.title.setFont(sized("title"))

    def show_parameter(
        self, moment: InspectedSample | None, l: int | None, i: int | None, j: int | None
    ) -> None:
        """Show W[l]_ij, or b[l]_j if i is None; empty if there is no such parameter."""
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
        self.fixed.setChecked(
            moment.network.design.dense[place[0] - 1].is_fixed(i, place[2]) if place else False
        )
        for widget in (self.check, self.title, self.curve):
            widget.setVisible(edge)
        self.check.setVisible(edge and not moment.network.perceptron)
        if self._checked is not None and not _same(moment, *self._checked, k):
            self._checked = None
            self.check.show_check(None)
        if edge:
            self._show_present(moment.snapshot.iteration, float(moment.snapshot.theta[k]))

    def _begin(self, place: tuple[int, int | None, int] | None) -> None:
        """Switch to another parameter."""
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
        return parameter_symbol(*self._place)

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
        """Show values of the parameter, and the iterations after which they applied, both (n,)."""
        self.curve.show_history(iterations, values)

    # -- editing and checking ----------------------------------------------------------------------

    def _changed(self, value: float) -> Array:
        """Return theta with this parameter changed."""
        assert self._moment is not None
        theta: Array = self._moment.snapshot.theta.copy()
        theta[self._index()] = value
        return theta

    def _edit(self, value: float) -> None:
        text = self.tr("Set {weight} to {value}")
        self.theta_edit_requested.emit(
            self._changed(value), text.format(weight=SCRIPT.symbol(self._symbol()), value=fine_text(value))
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


def _same(moment: InspectedSample, checked: InspectedSample, k_checked: int, k: int) -> bool:
    """Whether a check is still valid: same derivative, same samples and parameters."""
    a, b = moment.snapshot, checked.snapshot
    if (k, moment.alone, moment.case.sample, a.pass_number) != (
        k_checked,
        checked.alone,
        checked.case.sample,
        b.pass_number,
    ):
        return False
    return bool(np.array_equal(a.shown_theta, b.shown_theta))
