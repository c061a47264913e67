"""The iterations of gradient descent on one sample at a time, shown as laps around a ring."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from ..arrays import Array
from ..nn.trainer import Diverged, Phase, Trainer
from .one_sample import OneSample
from .subjects import Networks, with_learning_rate


@dataclass(frozen=True, eq=False)
class Lap:
    """One iteration: the results of its five stages, for a single neuron and a single sample.

    ``x`` are the inputs (n[0],), ``y`` is the target, ``o`` the output, ``loss`` J and ``delta`` dJ/dz.
    ``gradient`` is dJ/dtheta, ``before`` and ``after`` are theta. All three are (n[0] + 1,): the weights,
    then the bias.
    """

    x: Array
    y: float
    o: float
    loss: float
    delta: float
    gradient: Array
    before: Array
    after: Array


class Laps:
    """The laps of the first network of a subject, computed by the trainer when first needed."""

    def __init__(self, subject: Networks) -> None:
        self.sample = OneSample(subject)
        self._trainer = Trainer(self.sample.network, self.sample.dataset, self.sample.theta)
        self._laps: list[Lap] = []

    @property
    def learning_rate(self) -> float:
        """The learning rate."""
        return self.sample.network.design.training.learning_rate

    def lap(self, number: int) -> Lap | None:
        """Return a lap by its number, from 0; None if training diverges before its end."""
        while len(self._laps) <= number:
            try:
                self._trainer.advance(Phase.UPDATE)
            except Diverged:
                return None
            moment = self._trainer.snapshot(scored=False)
            values = moment.values
            assert values is not None
            assert values.delta is not None
            assert values.g is not None
            lap = Lap(
                values.a[0][:, 0], float(values.y[0, 0]), float(values.a[-1][0, 0]), values.J,
                float(values.delta[-1][0, 0]), values.g, moment.before, moment.theta,
            )  # fmt: skip
            self._laps.append(lap)
        return self._laps[number]

    def with_learning_rate(self, rate: float) -> Networks:
        """Return the subject with another learning rate. Raises DesignError."""
        subject, design = self.sample.subject, with_learning_rate(self.sample.network.design, rate)
        return replace(subject, networks=(replace(self.sample.start, design=design), *subject.networks[1:]))
