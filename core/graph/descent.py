"""One step of gradient descent on a graph of numbers: x ← x − η ∂f/∂x."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from .autodiff import Graph, Number, by_backpropagation


@dataclass(frozen=True)
class VariableUpdate:
    """A variable before and after a step, with the gradient that led there."""

    name: str
    before: float
    gradient: float
    after: float


def descend(
    graph: Graph, inputs: Mapping[str, Number], names: Iterable[str], rate: float
) -> list[VariableUpdate]:
    """Return one step for the variables named, all by the gradient at ``inputs``; ``rate`` is η."""
    with np.errstate(all="ignore"):
        gradients = by_backpropagation(graph, inputs).of
        return [
            VariableUpdate(name, float(x), float(g), float(x - rate * g))
            for name in names
            for x, g in ((np.asarray(inputs[name], float), gradients[name]),)
        ]
