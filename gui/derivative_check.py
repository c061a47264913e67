"""Derivative check: one derivative by backpropagation and by central differences, on demand."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from core.analysis import middle_of
from core.differences import SMALLEST, LossProbe, Sides, slope_at
from core.passes import evaluate
from gui.explain import Moment
from gui.explain_html import RAISED, number, tr
from gui.theme import LIGHT, Theme

GOOD = 1e-6


@dataclass(frozen=True)
class Check:
    """dJ/dtheta_k both ways; ``error`` is abs(difference) / the larger of the two.

    ``kink``: the derivatives from both sides, where they differ; then nothing is compared, and
    backpropagation takes what ``conventions`` say.
    """

    backpropagation: float
    numerical: float
    kink: Sides | None = None
    conventions: tuple[str, ...] = ()

    @property
    def error(self) -> float:
        """The relative error; of derivatives below 1e-4, relative to 1e-4."""
        size = max(abs(self.backpropagation), abs(self.numerical), SMALLEST)
        return abs(self.backpropagation - self.numerical) / size

    @property
    def agrees(self) -> bool:
        """Whether the two agree as well as differences can."""
        return self.error <= GOOD


def check(moment: Moment, k: int) -> Check:
    """Return the derivative of the loss by the parameter at place k of theta, both ways, in float64.

    The loss is that of the selected sample, else of the present batch (of the sample alone where no
    pass has been made), without dropout and penalty. Where a step crosses a kink, others are taken.
    """
    network, dataset = moment.network, moment.dataset
    values = moment.snapshot.shown
    batch = not moment.alone and values is not None
    samples = values.samples if batch and values is not None else np.array([moment.case.sample])
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
    """A button, and behind it what came out."""

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
        """Show a check; None: none was made of what is shown."""
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
        text = f"<b>{number(found.numerical, 5)} {mark}</b> ({_rough(found.error)})"
        self.result.setText(f'<span style="color:{colour.name()}">{text}</span>')
        both = tr("Backpropagation {one}, differences {two}; relative error {error}")
        said = both.format(
            one=number(found.backpropagation, 8), two=number(found.numerical, 8), error=_rough(found.error)
        )
        self.result.setToolTip(said)
        self.result.setAccessibleDescription(said)

    def _show_kink(self, found: Check, kink: Sides) -> None:
        """Show both derivatives at a kink, and say that backpropagation takes another by convention."""
        left, right = number(kink.left, 4), number(kink.right, 4)
        text = tr("kink: {left} | {right}").format(left=left, right=right)
        self.result.setText(f"<b>{text}</b>")
        said = tr(
            "J has a kink here: {left} from the left, {right} from the right. That is no error:"
            " backpropagation finds {one}, with {convention} by convention."
        ).format(
            left=left,
            right=right,
            one=number(found.backpropagation, 4),
            convention=", ".join(found.conventions),
        )
        self.result.setToolTip(said)
        self.result.setAccessibleDescription(said)


def _rough(error: float) -> str:
    """Return an error in one digit, like 6·10⁻⁹."""
    if error == 0:
        return "0"
    power = floor(log10(error))
    digit = round(error / 10.0**power)
    power, digit = (power + 1, 1) if digit == 10 else (power, digit)
    return f"{digit}·10{str(power).translate(RAISED)}"
