"""The speed of a run, and the number of iterations due at any time."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from core.debugger.steps import StepSize
from core.language import tr, translatable
from core.number_style import count_text, exact_text


@dataclass(frozen=True)
class Speed:
    """A speed: iterations per second, or steps of size ``grain`` per second; None: as fast as possible."""

    per_second: float | None = None
    grain: StepSize | None = None


class RunPacer:
    """Counts the iterations made since a run began, or since its speed changed."""

    def __init__(self) -> None:
        self.speed = Speed()
        self._begun, self._made = 0.0, 0

    def begin(self, speed: Speed | None = None) -> None:
        """Start counting, at the same speed or another one. The first step is due at once."""
        self.speed = self.speed if speed is None else speed
        self._begun, self._made = perf_counter(), 0 if self.speed.grain is None else -1

    def wait(self) -> float:
        """Return the time in seconds until something is due; 0: now."""
        if self.speed.per_second is None:
            return 0.0
        return max(0.0, self._begun + (self._made + 1) / self.speed.per_second - perf_counter())

    def due(self, most: int) -> int:
        """Return how many iterations are due now, at most ``most``."""
        if self.speed.per_second is None:
            return most
        due = int((perf_counter() - self._begun) * self.speed.per_second) - self._made
        if due > 2 * most:
            # What could not be made in time is dropped, or the run would never catch up.
            self._begun, self._made = perf_counter() - most / self.speed.per_second, 0
        return max(0, min(due, most))

    def made(self, count: int) -> None:
        """Count ``count`` iterations as made."""
        self._made += count


# -- the slider: from one step per second over iterations per second to full speed -----------------------

STEPS = (1.0, 2.0, 5.0, 10.0, 20.0)
PER_DECADE, DECADES = 7, 4
FLAT_OUT = len(STEPS) + PER_DECADE * DECADES + 1
FIRST = len(STEPS) + 19

# The labels beside the slider, for one step per second and for more.
PER_SECOND = {
    StepSize.TERM: (translatable("1 term/s"), translatable("{speed} terms/s")),
    StepSize.NEURON: (translatable("1 neuron/s"), translatable("{speed} neurons/s")),
    StepSize.LAYER: (translatable("1 layer/s"), translatable("{speed} layers/s")),
    StepSize.PASS: (translatable("1 pass/s"), translatable("{speed} passes/s")),
    StepSize.ITERATION: (translatable("1 it/s"), translatable("{speed} it/s")),
    StepSize.EPOCH: (translatable("1 epoch/s"), translatable("{speed} epochs/s")),
}


def speed_at(position: int, grain: StepSize) -> Speed:
    """Return the speed of a slider position: steps of size ``grain``, or 1 … 10,000 iterations per second."""
    if position >= FLAT_OUT:
        return Speed()
    if position < len(STEPS):
        return Speed(STEPS[position], grain)
    exact = 10 ** ((position - len(STEPS)) / PER_DECADE)
    step = 10 ** max(0, len(str(int(exact))) - 2)
    return Speed(float(round(exact / step) * step))


def words(speed: Speed) -> str:
    """Return the label of a speed beside the slider."""
    if speed.per_second is None:
        return tr("flat out")
    if speed.grain is None:
        return tr("{speed} it/s").format(speed=count_text(round(speed.per_second)))
    return tr(PER_SECOND[speed.grain][speed.per_second > 1]).format(speed=exact_text(speed.per_second))
