"""What the user has selected, and how the plane of the samples is shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Selection:
    """A layer l, a neuron j of it, the edge (l, i, j) into it, a sample, or nothing.

    Neurons count from 0, as in NumPy; ``layer`` is the lecture's l (0 is the input). ``sample`` is a column
    of the dataset. A dropout is selected by ``place``, its index in ``design.layers``.
    """

    layer: int | None = None
    neuron: int | None = None
    source: int | None = None
    sample: int | None = None
    place: int | None = None


@dataclass(frozen=True)
class PlaneLook:
    """How the decision boundary is shown: with test samples, discretized, or to draw points on."""

    test: bool = True
    discretized: bool = False
    drawing: bool = False
