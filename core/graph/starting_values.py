"""Starting values for the variables of an expression, at which it is defined and not saturated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

import numpy as np

from ..nn.activations import ACTIVATIONS
from .autodiff import Graph, forward
from .domain import Kink, Undefined, domain_of, undefined_values

USUAL = (2.0, 3.0, 4.0, -1.0, 1.0, -2.0, 0.5)
SMALL = (0.5, 0.3, 0.8, -0.4, 0.6, 0.2, 0.7)
POSITIVE = (0.6, 0.3, 0.8, 0.4, 0.7, 0.2, 0.5)
CHOICES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.5, 2.0, 3.0, 5.0, 12.0, 20.0, 100.0, -0.5, -1.5, -2.0)
LEAST_TRIED, MOST_TRIED, MOST_NODES = 3, 300, 6000  # nodes evaluated in all tries
FLAT = 0.04  # a bounded activation whose derivative is smaller is saturated
MOST = 1e4
UNDEFINED, KINK, SATURATED, LARGE = 1000, 30, 3, 1


def starting_values(
    graph: Graph, kept: Mapping[str, float], changeable: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Return a value for every variable.

    ``kept`` values are used unchanged, ``changeable`` ones if the expression is defined with them; the others
    are chosen.
    """
    names = graph.variables
    fixed = {name: kept[name] for name in names if name in kept}
    wished = {name: value for name, value in (changeable or {}).items() if name in names and name not in kept}
    tries = max(LEAST_TRIED, min(MOST_TRIED, MOST_NODES // len(graph.nodes)))
    best: tuple[int, dict[str, float]] | None = None
    for held, flaw in (({**fixed, **wished}, UNDEFINED), (fixed, 1)):
        free = [name for name in names if name not in held]
        for numbers in islice(_candidates(names, free), tries):
            values = {name: held.get(name, numbers.get(name, 0.0)) for name in names}
            found = flaws(graph, values)
            if best is None or found < best[0]:
                best = found, values
            if not found or not free:
                break
        if best is not None and best[0] < flaw:
            return best[1]
    assert best is not None
    return best[1]


def _candidates(names: Sequence[str], free: Sequence[str]) -> Iterator[dict[str, float]]:
    """Yield candidate values for the free variables, the usual ones first."""
    for cycle in (USUAL, SMALL, POSITIVE):
        yield {name: cycle[names.index(name) % len(cycle)] for name in free}
    generator = np.random.default_rng(0)
    while True:
        yield {name: float(value) for name, value in zip(free, _drawn(generator, len(free)), strict=True)}


def _drawn(generator: np.random.Generator, count: int) -> Sequence[float]:
    """Return ``count`` random numbers, distinct as far as possible."""
    again = -(-count // len(CHOICES))
    drawn = [generator.permutation(CHOICES) for _ in range(again)]
    return [float(value) for value in np.concatenate(drawn)[:count]]


def flaws(graph: Graph, values: Mapping[str, float]) -> int:
    """Return a penalty for how little these values suit a graph of numbers; 0 is best."""
    known = forward(graph, values)
    if any(undefined_values(graph, known)):
        return UNDEFINED
    domain = domain_of(graph, known)
    count = UNDEFINED * (not domain.fine)
    count += LARGE * any(abs(float(value)) > MOST for value in known)
    for (k, _place), slope in domain.slopes.items():
        module = graph.nodes[k].module
        if isinstance(slope, Undefined) or module is None:
            continue
        if isinstance(slope, Kink):
            count += KINK
        elif module.name in ACTIVATIONS and abs(slope) < FLAT:
            count += SATURATED
    return count
