"""Two networks that differ only in the activation of their hidden layer, and their training.

Only the two weights of the output are trained, so each network's path lies in a plane, in which the goal is
the point at which its targets are met.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from msgspec.structs import replace

from ..analysis.loss_surface import Losses, LossSurface, survey, through_parameters
from ..arrays import Array
from ..data.table_edits import set_cells
from ..derivation.formulas import Curve
from ..nn.design import Design
from ..nn.passes import Pass, evaluate
from ..nn.trainer import Diverged, Trainer
from .subjects import ActivationBench, Start, design_of, made, with_learning_rate

SURFACE_POINTS = 41


class TaughtNetwork:
    """One network of the pair: its activation, the pass of its first sample, and its path to the goal.

    ``x`` are the samples (2, samples). Points of the plane are (w1, w2), the weights of the output.
    """

    def __init__(self, start: Start, activation: str, goal: tuple[float, ...]) -> None:
        one = made(start)
        self.network, self.dataset, self.theta = one.network, one.dataset, one.theta
        self.curve, self.x = Curve(activation), one.dataset.x
        self._y = one.dataset.targets(one.network.n[-1])
        place = one.network.layers[-1].offset
        self._plane = through_parameters(one.theta, place, place + 1)
        self.first_weights: Array = self._plane.points(one.theta[None])[0]
        self.goal: Array = self._plane.points(np.array([goal], float))[0]

    def of_sample(self, sample: int) -> Pass:
        """Return the forward and the backward pass of a sample with the initial weights."""
        here = slice(sample, sample + 1)
        return evaluate(self.network, self.theta, self.x[:, here], self._y[:, here])

    @cached_property
    def first(self) -> Pass:
        """The pass of the first sample."""
        return self.of_sample(0)

    def gradient(self, of: Pass) -> Array:
        """Return dJ/dw (2,) of the output's weights, for a pass."""
        assert of.g is not None
        return self.network.W(of.g, len(self.network.layers))[:, 0]

    def signs(self, low: float, high: float) -> tuple[bool, bool]:
        """Return whether an activation with values from ``low`` to ``high`` can be negative, and positive."""
        g, _slope = self.curve.over(np.linspace(low, high, 101))
        return bool((g < 0).any()), bool((g > 0).any())

    def path(self, steps: int) -> Array:
        """Return the points from the initial weights on, (steps + 1, 2); fewer if training diverges."""
        trainer, thetas = Trainer(self.network, self.dataset, self.theta), [self.theta]
        try:
            for _ in range(steps):
                trainer.run(1)
                thetas.append(trainer.moment().theta)
        except Diverged:
            pass
        return self._plane.points(np.array(thetas))

    def distance(self, point: Array) -> float:
        """Return the distance of a point from the goal."""
        return float(np.linalg.norm(point - self.goal))

    def surface(self, low: float, high: float) -> LossSurface:
        """Return J of all samples over the square of the plane from ``low`` to ``high``."""
        losses = Losses(self.network, self.x, self._y)
        return survey(losses, self._plane, (low, high), (low, high), SURFACE_POINTS)


class ActivationPair:
    """The two networks of a bench with a goal, and the bench with one number changed."""

    def __init__(self, bench: ActivationBench) -> None:
        assert bench.goal is not None
        self.bench = bench
        self.sides = tuple(
            TaughtNetwork(start, activation, bench.goal)
            for start, activation in zip(bench.starts, bench.activations, strict=True)
        )

    @property
    def learning_rate(self) -> float:
        """The learning rate of both networks."""
        return self._design.training.learning_rate

    @property
    def _design(self) -> Design:
        assert self.bench.network is not None
        return design_of(self.bench.network)

    def with_learning_rate(self, rate: float) -> ActivationBench:
        """Return the bench with another learning rate. Raises DesignError."""
        return self._with(design=with_learning_rate(self._design, rate))

    def with_input(self, sample: int, feature: int, value: float) -> ActivationBench:
        """Return the bench with another input of a sample; its target follows."""
        design, dataset = self._design, self.sides[0].dataset
        table = design.data.table
        assert table is not None
        assert dataset.rows is not None
        columns = [k for k, column in enumerate(table.columns) if column.role == "input"]
        changed = set_cells(table, {(int(dataset.rows[sample]), columns[feature]): value})
        return self._with(design=replace(design, data=replace(design.data, table=changed)))

    def with_first_weights(self, weights: tuple[float, float]) -> ActivationBench:
        """Return the bench with other initial weights (w1, w2)."""
        side = self.sides[0]
        theta = side.theta.copy()
        side.network.W(theta, len(side.network.layers))[:, 0] = weights
        return self._with(theta=tuple(float(number) for number in theta))

    def _with(self, **changes: object) -> ActivationBench:
        assert self.bench.network is not None
        return replace(self.bench, network=replace(self.bench.network, **changes))
