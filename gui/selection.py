"""What the user has selected, and how the plane of the samples is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple


@dataclass(frozen=True)
class OutsideInput:
    """An input that is not part of the data, such as a drawn digit.

    ``x`` are its features as they enter the network. It has no target, so only its forward pass can be made.
    """

    x: tuple[float, ...]


Sample = int | OutsideInput
"""A sample that goes through the network: a column of the dataset, or an input that is not part of it."""


@dataclass(frozen=True)
class Selection:
    """A layer l, a neuron j of it, the edge (l, i, j) into it, a sample, or nothing.

    Neurons count from 0, as in NumPy; ``layer`` is the lecture's l (0 is the input). A dropout is selected by
    ``place``, its index in ``design.layers``.
    """

    layer: int | None = None
    neuron: int | None = None
    source: int | None = None
    sample: Sample | None = None
    place: int | None = None

    @property
    def column(self) -> int | None:
        """The column of the dataset that is selected; None if no sample of the data is."""
        return self.sample if isinstance(self.sample, int) else None


class ComputedNumber(NamedTuple):
    """A number that a pass computes: of neuron j of layer l, or with i of the edge from neuron i into it."""

    what: Literal["z", "a", "delta", "gradient"]
    l: int
    j: int
    i: int | None = None


@dataclass(frozen=True)
class PlaneLook:
    """How the decision boundary is shown: with test samples, discretized, or to draw points on."""

    test: bool = True
    discretized: bool = False
    drawing: bool = False
