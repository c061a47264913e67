"""One weight: gradient descent on L(w) = (y - w x)^2, step by step, and what a learning rate leads to.

Every number comes from the graph of the expression and from the optimizer; that L is a parabola is
only used to say what its slope tells: how steep it grows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from .expression import parse
from .graph import by_backpropagation, forward
from .modules import Array
from .quantities import descent
from .subjects import ONE_WEIGHT

Kind = Literal["flat", "stays", "one_side", "one_step", "swings_in", "swings", "flies"]

NEAR = 1e-9
ARRIVED = 5e-5  # a slope that is 0 to four decimals
FAR = 1e6  # times the first distance
MOST_STEPS = 999


@dataclass(frozen=True)
class DescentStep:
    """A step with learning rate ``rate`` from ``w`` to ``next``; ``loss`` is L(w), ``slope`` dL/dw there."""

    w: float
    loss: float
    slope: float
    rate: float
    next: float

    @property
    def move(self) -> float:
        """What is added to w: the learning rate times the slope, downhill."""
        return -self.rate * self.slope


@dataclass(frozen=True)
class Fate:
    """What becomes of w: at every step its distance to the minimum is multiplied by ``factor``."""

    kind: Kind
    factor: float


class Loss:
    """L(w) for one x and one y.

    ``curvature`` is by how much the slope grows with w; ``minimum`` is NaN where that is 0.
    """

    def __init__(self, x: float, y: float) -> None:
        self.graph, self._given = parse(ONE_WEIGHT), {"x": x, "y": y}
        first = self.slope(0.0)
        self.curvature = self.slope(1.0) - first
        self.minimum = -first / self.curvature if self.curvature else float("nan")

    def at(self, w: Array) -> Array:
        """Return L at every w, an array like w."""
        return np.asarray(forward(self.graph, {**self._given, "w": np.asarray(w, float)})[-1])

    def slope(self, w: float) -> float:
        """Return dL/dw."""
        return float(by_backpropagation(self.graph, {**self._given, "w": w}).of["w"])

    def step(self, w: float, rate: float) -> DescentStep:
        """Return the step gradient descent makes from w; what overflows is infinite."""
        with np.errstate(all="ignore"):
            loss, slope = float(self.at(np.array(w))), self.slope(w)
        ahead = descent(self.graph, {**self._given, "w": w}, "w", rate, 1)[1]
        return DescentStep(w, loss, slope, rate, ahead)

    def fate(self, rate: float) -> Fate:
        """Return what a learning rate leads to, whatever the start."""
        factor = 1 - rate * self.curvature
        kinds: tuple[tuple[bool, Kind], ...] = (
            (self.curvature == 0, "flat"),
            (rate == 0, "stays"),
            (abs(factor) <= NEAR, "one_step"),
            (abs(factor + 1) <= NEAR, "swings"),
            (factor > 0, "one_side"),
            (factor > -1, "swings_in"),
            (True, "flies"),
        )
        return Fate(next(kind for holds, kind in kinds if holds), factor)

    @property
    def one_step(self) -> float:
        """The learning rate that goes to the minimum at once; infinite where there is none."""
        return 1 / self.curvature if self.curvature else float("inf")

    @property
    def oscillation(self) -> float:
        """The learning rate that goes to and fro for ever; infinite where there is none."""
        return 2 / self.curvature if self.curvature else float("inf")


class Descent:
    """Steps of gradient descent, ahead and back; the last of ``way`` begins at w and is about to be made."""

    def __init__(self, x: float, y: float, w: float, rate: float) -> None:
        self.loss, self.rate = Loss(x, y), rate
        self.way = [self.loss.step(w, rate)]

    @property
    def now(self) -> DescentStep:
        """The step that is about to be made."""
        return self.way[-1]

    @property
    def t(self) -> int:
        """How many steps are made."""
        return len(self.way) - 1

    def take_rate(self, rate: float) -> None:
        """Go on with another learning rate."""
        self.rate = rate
        self.way[-1] = self.loss.step(self.now.w, rate)

    def ahead(self) -> None:
        """Make a step, where there is sense in one."""
        if not self.flown and self.t < MOST_STEPS:
            self.way.append(self.loss.step(self.now.next, self.rate))

    def back(self) -> None:
        """Take a step back, as long as there is one."""
        if self.t:
            self.way.pop()
            self.take_rate(self.rate)

    @property
    def arrived(self) -> bool:
        """Whether the slope is 0 to four decimals."""
        return abs(self.now.slope) < ARRIVED

    @property
    def flown(self) -> bool:
        """Whether w is so far away that there is no sense in another step."""
        now, first = self.now, self.way[0]
        if not np.isfinite([now.w, now.loss, now.next]).all():
            return True
        middle = self.loss.minimum if self.loss.curvature else first.w
        return abs(now.w - middle) > FAR * max(1.0, abs(first.w - middle))

    @property
    def ends(self) -> bool:
        """Whether a run ends here."""
        return self.arrived or self.flown or self.t >= MOST_STEPS
