"""A point of the plane in a layer with softmax: scores, their exponentials, and probabilities."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from ..arrays import Array
from ..graph.autodiff import forward
from ..graph.parser import parse
from ..nn.passes import evaluate
from .one_sample import NumberPlace, OneSample
from .subjects import Networks


class ClassShares:
    """The numbers of the first sample of a softmax layer with two inputs; vectors are (classes,)."""

    def __init__(self, subject: Networks) -> None:
        self.sample = OneSample(subject)
        self.point: Array = self.sample.x
        self.scores, self.shares = self.sample.z(1), self.sample.a(1)
        self.powers: Array = forward(parse("exp(z)"), {"z": self.scores})[-1]
        self.truth = int(self.sample.y.argmax())
        self.loss, self.gradient = self.sample.values.J, self.sample.delta(1)

    @property
    def total(self) -> float:
        """The sum of the exponentials."""
        return float(self.powers.sum())

    @cached_property
    def order(self) -> tuple[int, ...]:
        """The classes in the order of the stack from below: the true one first."""
        others = (k for k in range(self.scores.size) if k != self.truth)
        return self.truth, *others

    def regions(self, low: float, high: float) -> list[Array]:
        """Return for each class the corners (count, 2) of its decision region in a square, possibly none."""
        square = np.array([(low, low), (high, low), (high, high), (low, high)], float)
        return [self._region(square, k) for k in range(self.scores.size)]

    def _region(self, corners: Array, k: int) -> Array:
        """Return a convex polygon clipped by the lines at which class k has the score of another class."""
        for other in range(self.scores.size):
            if other != k and len(corners):
                z = self._scores_at(corners)
                corners = _cut(corners, z[k] - z[other])
        return corners

    def _scores_at(self, points: Array) -> Array:
        """Return z (classes, count) at points (count, 2)."""
        targets = np.zeros((self.scores.size, len(points)))
        return evaluate(self.sample.network, self.sample.theta, points.T, targets).z[1]

    def with_point(self, x1: float, x2: float) -> Networks:
        """Return the subject with the sample at another point of the plane."""
        moved = self.sample.with_number(NumberPlace("input", 0), x1)
        return OneSample(moved).with_number(NumberPlace("input", 1), x2)


def _cut(corners: Array, lead: Array) -> Array:
    """Return the part of a convex polygon (count, 2) in which ``lead``, linear over it, is not negative."""
    kept = []
    for i in range(len(corners)):
        j = (i + 1) % len(corners)
        if lead[i] >= 0:
            kept.append(corners[i])
        if (lead[i] >= 0) != (lead[j] >= 0):
            share = lead[i] / (lead[i] - lead[j])
            kept.append(corners[i] + share * (corners[j] - corners[i]))
    return np.array(kept).reshape(-1, 2)
