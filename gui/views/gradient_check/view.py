"""A view that checks all derivatives by central differences, and shows how many passes each method takes."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QModelIndex, QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from core.analysis.gradient_check import (
    GOOD,
    GradientSteps,
    by_backpropagation,
    by_differences,
    no_derivative,
    parameter_at,
    place_of,
)
from core.arrays import Array
from core.data.datasets import Dataset
from core.language import tr
from core.nn.network import Network
from core.nn.trainer import Snapshot
from core.number_style import value_text
from gui.layout.lazy_view import LazyView
from gui.qt.drawable import guarded_overrides
from gui.qt.later import Later
from gui.qt.typed_signal import TypedSignal
from gui.selection import Sample, Selection
from gui.theme.theme import LIGHT, Theme, hide_in_hall, in_hall
from gui.views.gradient_check.passes import PassBars
from gui.views.gradient_check.table import ParameterRows, ParameterTable, parameter_name
from gui.widgets.form import Segments

MOST_NAMES = 3
Rows = tuple[tuple[str, str], tuple[str, str]]


UNITS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6))


def counts_of(network: Network, steps: GradientSteps | None) -> tuple[int, int, int]:
    """Return the passes of backpropagation, those of the differences so far, and those they need in all."""
    back, there = by_backpropagation(), by_differences(network)
    made = 0 if steps is None else steps.forward_passes
    extra = 0 if steps is None else steps.passes_beside_kinks
    return back.forward + back.backward, made, there.forward + extra


def rows_of(network: Network, steps: GradientSteps | None) -> Rows:
    """Return for both methods the number of passes, and a description of them."""
    both, made, goal = counts_of(network, steps)
    back = by_backpropagation()
    one = tr("backpropagation: {forward} forward + {backward} backward")
    two = tr("differences: {made:,} of {all:,} forward passes")
    extra = goal - by_differences(network).forward
    if extra:
        two = tr("differences: {made:,} of {all:,}, {extra:,} again beside kinks")
    return (
        (f"{both}", one.format(forward=back.forward, backward=back.backward)),
        (f"{made:,}", two.format(made=made, all=goal, extra=extra)),
    )


def times_of(steps: GradientSteps | None) -> str:
    """Return a sentence on how long both methods took."""
    if steps is None or not steps.done:
        return tr("Press Check: two forward passes for each parameter, one after another.")
    text = tr("{back} against {forward} so far: {ratio} times as long")
    if steps.finished:
        text = tr("{back} against {forward}: {ratio} times as long, on {samples:,} samples")
    return text.format(
        back=duration(steps.backward_seconds),
        forward=duration(steps.forward_seconds),
        ratio=value_text(steps.forward_seconds / steps.backward_seconds),
        samples=steps.samples,
    )


def duration(seconds: float) -> str:
    """Return a time in its unit."""
    unit, size = next(((name, size) for name, size in UNITS if seconds >= size), UNITS[-1])
    return tr("{number} {unit}").format(number=value_text(seconds / size), unit=unit)


def verdict_of(network: Network, steps: GradientSteps | None) -> str:
    """Return a sentence on whether both methods agree, and where they differ most."""
    if sentence := no_derivative(network):
        return sentence
    if steps is None or not steps.done:
        return tr("Without dropout and penalty, in double precision.")
    return " ".join(part for part in (_agreement(network, steps), _kinks(network, steps)) if part)


def _agreement(network: Network, steps: GradientSteps) -> str:
    if steps.worst is None:
        return ""
    error = float(steps.errors[steps.worst])
    text = tr("✗ They disagree: at {name} by {error}.")
    if error <= GOOD:
        text = tr("✓ They agree. Farthest apart: {name}, by {error}.")
    return text.format(name=parameter_name(network, steps.worst), error=value_text(error))


def _kinks(network: Network, steps: GradientSteps) -> str:
    """Return a sentence on where J has a kink, which is no error, and what backpropagation takes there."""
    if not steps.kinks:
        return ""
    names = ", ".join(parameter_name(network, k) for k in list(steps.kinks)[:MOST_NAMES])
    more = len(steps.kinks) - MOST_NAMES
    names += tr(" and {count} more").format(count=more) if more > 0 else ""
    text = tr("Kink at {names}: the derivatives from left and right differ; that is no error.")
    if steps.conventions:
        text = tr(
            "Kink at {names}: the derivatives from left and right differ; that is no error."
            " Backpropagation takes {convention} by convention."
        )
    return text.format(names=names, convention=", ".join(steps.conventions))


# -- the view --------------------------------------------------------------------------------------------

SLOW, QUICK, FULL = "slow", "quick", "full"
TICKS = {SLOW: 400, QUICK: 60, FULL: 16}  # milliseconds between parameters, at full speed between slices
SLICE = 0.008  # seconds of work per slice at full speed
MOST_SAMPLES = 64


@guarded_overrides
class GradientCheckView(LazyView):
    """Checks every parameter of the present snapshot in slices, so that the counter can be watched.

    Before a check, the derivatives of the present pass are shown as far as they are computed. Clicking a row
    selects its edge or neuron.
    """

    select_requested = TypedSignal[Selection]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Gradient check"))
        self._network: Network | None = None
        self._dataset: Dataset | None = None
        self._snapshot: Snapshot | None = None
        self._sample: Sample | None = None
        self._theme = LIGHT
        self._make_widgets()
        self._arrange()
        self._timer = Later(self)
        self._timer.timeout.connect(self._slice)
        self._set_speed(QUICK)
        self.show_theme(LIGHT)

    @property
    def steps(self) -> GradientSteps | None:
        """The check in progress or done; None if there is none of this network."""
        return self.model.steps

    @property
    def running(self) -> bool:
        """Whether a check is in progress."""
        return self._timer.isActive()

    # -- widgets -----------------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        self.button = QPushButton(self.tr("Check"))
        self.button.setProperty("look", "primary")
        self.button.setToolTip(self.tr("Find every derivative again by two forward passes each"))
        self.button.setAccessibleName(self.tr("Check the whole gradient"))
        self.button.clicked.connect(self._press)
        choices = {SLOW: self.tr("slow"), QUICK: self.tr("quick"), FULL: self.tr("full speed")}
        tip = self.tr("How fast the check goes; its times are measured without the pauses")
        self.speed = Segments(choices, self.tr("How fast the check goes"), tip)
        self.speed.show_choice(QUICK)
        self.speed.chosen.connect(self._set_speed)
        self.bars, self.times, self.worst = PassBars(), QLabel(), QLabel()
        self.bars.setAccessibleName(self.tr("Passes of one gradient"))
        self.model = ParameterRows(self)
        self.table = ParameterTable(self.model)
        self.table.setAccessibleName(self.tr("Derivatives by all parameters"))
        self.table.clicked.connect(self._pick)
        self.table.activated.connect(self._pick)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.button)
        head.addWidget(self.speed, 1)
        for label in (self.times, self.worst):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(5)
        column.addLayout(head)
        for widget in (self.bars, self.times):
            column.addWidget(widget)
        column.addWidget(self.table, 1)
        column.addWidget(self.worst)

    def sizeHint(self) -> QSize:
        return QSize(340, 420)

    # -- contents ----------------------------------------------------------------------------------

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Show the parameters of another network; a check in progress ends."""
        self._stop()
        self._network, self._dataset, self._snapshot = network, dataset, None
        self.model.show_network(network)
        self.draw_if_seen()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the present snapshot; a check of other parameters is discarded."""
        self._snapshot = snapshot
        if self.steps is not None and not np.array_equal(self.steps.theta, snapshot.shown_theta):
            self._stop()
            self.model.show_gradient(None)
        self.draw_if_seen()

    def show_selection(self, selection: Selection) -> None:
        """Scroll to the row of the selected edge, or of the bias of the selected neuron."""
        self._sample = selection.sample
        if self._network is None or not selection.layer or selection.neuron is None:
            self.table.clearSelection()
            return
        k = place_of(self._network, selection.layer, selection.source, selection.neuron)
        self.table.selectRow(k)
        self.table.scrollTo(self.model.index(k, 0))

    def show_theme(self, theme: Theme) -> None:
        """Write in a theme's colours and the present fonts."""
        self._theme = theme
        self.bars.show_theme(theme)
        self.model.show_theme(theme)
        self.table.show_theme(theme)
        hide_in_hall(self.button, self.speed, self.times, self.table)
        self.draw_if_seen()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin the check by itself in presentation mode, where there is nothing to press."""
        super().showEvent(event)
        if in_hall() and not self.running and self.steps is None and self._snapshot is not None:
            self._press()

    # -- the check ---------------------------------------------------------------------------------

    def _press(self) -> None:
        if self.running:
            self._stop()
            return
        steps = self.steps
        if steps is None or steps.finished:
            steps = self._begun()
        if steps is not None:
            self._timer.start()
            self.model.show_steps(steps, 0, 0)
            self.draw_if_seen()

    def _begun(self) -> GradientSteps | None:
        """Return a check of the present parameters on the present batch, or else on the first samples."""
        snapshot = self._snapshot
        if snapshot is None:
            return None
        network, dataset = snapshot.network, snapshot.dataset
        values = snapshot.shown
        samples = dataset.train[:MOST_SAMPLES] if values is None else values.samples
        y = dataset.targets(network.n[-1])[:, samples]
        return GradientSteps(network, snapshot.shown_theta, dataset.x[:, samples], y)

    def _stop(self) -> None:
        self._timer.stop()
        self.draw_if_seen()

    def _set_speed(self, speed: str) -> None:
        self._speed = speed
        self._timer.setInterval(TICKS[speed])

    def _slice(self) -> None:
        """Continue the check for one slice; stop at its end, or if the view is hidden."""
        steps = self.steps
        if steps is None or not self.isVisible():
            self._stop()
            return
        first = steps.done
        if self._speed == FULL:
            steps.advance_for(SLICE)
        else:
            steps.advance()
        self.model.show_steps(steps, first, steps.done - 1)
        self.table.scrollTo(self.model.index(steps.done - 1, 0))
        if steps.finished:
            self._timer.stop()
        self.draw_if_seen()

    # -- contents ----------------------------------------------------------------------------------

    def draw(self) -> None:
        self.button.setText(self.tr("Stop") if self.running else self.tr("Check"))
        network, steps = self._network, self.steps
        if network is None:
            return
        if steps is None:
            self.model.show_gradient(self._gradient_of_pass(network))
        both, made, goal = counts_of(network, steps)
        self.bars.show_counts(rows_of(network, steps), (both, made), goal)
        self._show_text(self.times, times_of(steps))
        self._show_text(self.worst, verdict_of(network, steps))
        self.setAccessibleDescription(verdict_of(network, steps))

    def _gradient_of_pass(self, network: Network) -> Array | None:
        """Return the gradient of the present pass as far as it is known, if it is the one to be checked."""
        values, training = None if self._snapshot is None else self._snapshot.shown, network.design.training
        dropout = any(layer.dropout for layer in network.layers)
        return None if values is None or dropout or training.l1 or training.l2 else values.g

    def _show_text(self, label: QLabel, text: str) -> None:
        if text != label.text():
            label.setText(text)
            label.setAccessibleName(text)

    def _pick(self, index: QModelIndex) -> None:
        if self._network is not None:
            l, i, j = parameter_at(self._network, index.row())
            self.select_requested.emit(Selection(l, j, i, self._sample))
