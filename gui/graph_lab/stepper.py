"""Stepper: a forward and a backward pass through a graph, with steps in both directions.

All results are the core's: the steps, the values and gradients, the numbers of passes. A gradient counts
as known when all nodes that use the value have added their share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from core.arrays import Array
from core.graph.autodiff import (
    Gradient,
    Graph,
    GraphStep,
    LocalGradient,
    Number,
    by_backpropagation,
    by_differences,
    forward,
    local,
    steps,
)
from core.graph.domain import Domain, OneSided, Undefined, domain_of, sides_by_differences, undefined_values
from core.graph.parser import parse

# With more numbers, or values between, changing each separately takes too long.
MOST_CHECKED, MOST_CUTS = 400, 60


@dataclass(frozen=True)
class Cost:
    """The cost of a gradient; by backpropagation ``first_passes`` and ``backward_passes`` of ``modules``.

    By differences it takes ``forward_passes`` for ``numbers`` that are changed one by one.
    """

    first_passes: int
    backward_passes: int
    modules: int
    numbers: int
    forward_passes: int


class Stepper:
    """The steps of both passes, and the present one: ``at`` = 0 … ``last``.

    ``learned``: the variables whose gradient is wanted; None: all. ``given``: variables that have none.
    ``veiled``: what is computed is not to be shown, but for ``told``, names of nodes with "value" or
    "gradient". What is not computed yet is None, what cannot be is
    `Undefined`. Raises GraphError.
    """

    def __init__(
        self,
        graph: Graph,
        inputs: Mapping[str, Number],
        at: int = 0,
        learned: tuple[str, ...] | None = None,
        given: tuple[str, ...] = (),
    ) -> None:
        self.graph, self.inputs = graph, dict(inputs)
        self.learned = graph.variables if learned is None else learned
        self.given = given
        self.steps = tuple(steps(graph, self.inputs))
        self.last = len(self.steps) - 1
        self.veiled, self.told = False, frozenset[tuple[str, str]]()
        self.at = min(max(at, 0), self.last)
        self.modules = tuple(k for k, node in enumerate(graph.nodes) if node.module is not None)
        self.uses = _uses(graph)
        self._locals: dict[int, LocalGradient] = {}

    def hides(self, k: int, what: Literal["value", "gradient"]) -> bool:
        """Return whether a number of node k is not to be shown, if it is computed."""
        return self.veiled and (self.graph.nodes[k].name, what) not in self.told

    # -- in time -----------------------------------------------------------------------------------

    def go(self, at: int) -> None:
        """Go to a step, clamped to the range of steps."""
        self.at = min(max(at, 0), self.last)

    @property
    def step(self) -> GraphStep:
        """The step that was made last."""
        return self.steps[self.at]

    @property
    def end_of_forward(self) -> int:
        """The step at which every value is known and no gradient yet."""
        return len(self.modules)

    @property
    def number(self) -> int:
        """The index of the present step in its pass, from 1; 0 for the inputs and the seed."""
        return self.at if self.at <= self.end_of_forward else self.at - self.end_of_forward - 1

    # -- what is known -------------------------------------------------------------------------------

    @property
    def values(self) -> tuple[Array | None, ...]:
        """The values so far."""
        return self.step.values

    def handed_on(self, k: int) -> bool:
        """Return whether module k has passed its gradient on."""
        return k in self.modules and self.at > self.end_of_forward + len(self.modules) - self.modules.index(k)

    def gradient(self, k: int) -> Array | None:
        """Return the gradient of the output by node k; None until all its shares are known."""
        if self.graph.nodes[k].name in self.given:
            return None
        if self.at <= self.end_of_forward or not all(self.handed_on(user) for user, _place in self.uses[k]):
            return None
        return self.final.gradients[k]

    def learned_places(self, k: int) -> list[int]:
        """Return the indices of the inputs to which module k passes a gradient."""
        inputs = [self.graph.nodes[i] for i in self.graph.nodes[k].inputs]
        return [
            place
            for place, node in enumerate(inputs)
            if node.constant is None and node.name not in self.given
        ]

    def shares(self, k: int) -> list[tuple[int, int]]:
        """Return the uses (module, input) of node k that have added their share, in that order."""
        return [use for use in reversed(self.uses[k]) if self.handed_on(use[0])]

    @property
    def final(self) -> GraphStep:
        """The last step, at which everything is known."""
        return self.steps[-1]

    def local(self, k: int) -> LocalGradient:
        """Return upstream, local derivatives and downstream of module k, whether known yet or not."""
        if k not in self._locals:
            values, gradients = self.final.values, self.final.gradients
            whole = [
                np.zeros_like(value) if gradient is None else gradient
                for value, gradient in zip(values, gradients, strict=True)
            ]
            self._locals[k] = local(self.graph, k, [np.asarray(value) for value in values], whole)
        return self._locals[k]

    # -- where there is no number --------------------------------------------------------------------

    @cached_property
    def domain(self) -> Domain | None:
        """What of the graph is undefined; None: its values are not scalars."""
        if not self.scalar:
            return None
        return domain_of(self.graph, [np.asarray(value) for value in self.final.values])

    def no_value(self, k: int) -> Undefined | None:
        """Return why node k has no value; None: it has one, now or later."""
        return None if self.domain is None else self.domain.values[k]

    def no_gradient(self, k: int) -> Undefined | None:
        """Return why there is no gradient of the output by node k."""
        return None if self.domain is None else self.domain.gradients[k]

    def no_share(self, k: int, place: int) -> Undefined | None:
        """Return why module k passes nothing to its input at ``place``."""
        return None if self.domain is None else self.domain.share(k, place)

    # -- checks --------------------------------------------------------------------------------------

    @cached_property
    def scalar(self) -> bool:
        """Whether every value is a scalar."""
        return all(np.asarray(value).ndim == 0 for value in self.final.values)

    @property
    def numbers(self) -> int:
        """The number of scalars by which the output is differentiated."""
        return sum(int(np.size(self.inputs[name])) for name in self.learned)

    @cached_property
    def _differences(self) -> Gradient:
        with np.errstate(all="ignore"):  # a value may be infinite, such as x / 0
            return by_differences(self.graph, self.inputs, self.learned)

    @cached_property
    def checks(self) -> dict[str, Array]:
        """The gradient by every node by central differences, if there are not too many numbers.

        A value between is changed by itself: the graph is cut after its module.
        """
        if self.numbers > MOST_CHECKED:
            return {}
        found = dict(self._differences.of)
        for k in self.modules if self.scalar and len(self.modules) <= MOST_CUTS else ():
            name = self.graph.nodes[k].name
            inputs = {**self.inputs, name: np.asarray(self.final.values[k])}
            with np.errstate(all="ignore"):
                found |= by_differences(_cut(self.graph, k), inputs, [name]).of
        return found

    @cached_property
    def sides(self) -> dict[str, OneSided]:
        """The one-sided difference quotients, for the nodes where they differ."""
        if self.domain is None or self.no_value(len(self.graph.nodes) - 1) is not None:
            return {}
        if self.domain.smooth and all(map(np.isfinite, self.checks.values())):
            return {}
        found = {}
        for k, node in enumerate(self.graph.nodes):
            cut = self.graph if node.module is None else _cut(self.graph, k)
            if node.name in self.checks:
                inputs = {**self.inputs, node.name: np.asarray(self.final.values[k])}
                sides = sides_by_differences(cut, inputs, node.name)
                if sides is not None:
                    found[node.name] = sides
        return found

    @cached_property
    def cost(self) -> Cost:
        """The cost of the gradient by all learned numbers, by each method, as counted by the core."""
        numbers = self.numbers
        counted = 2 * numbers if numbers > MOST_CHECKED else self._differences.forward_passes
        found = by_backpropagation(self.graph, self.inputs)
        return Cost(found.forward_passes, found.backward_passes, len(self.modules), numbers, counted)

    def analytic(self, formulas: Mapping[str, str]) -> dict[str, float | Undefined]:
        """Return the values of expressions of the graph's values. Raises ExpressionError or GraphError."""
        known = {node.name: value for node, value in zip(self.graph.nodes, self.final.values, strict=True)}
        found: dict[str, float | Undefined] = {}
        for name, text in formulas.items():
            graph = parse(text)
            given = {
                variable: np.asarray(known[variable]) for variable in graph.variables if variable in known
            }
            values = forward(graph, given)
            scalar = all(np.ndim(value) == 0 for value in values)
            undefined = undefined_values(graph, values)[-1] if scalar else None
            found[name] = float(values[-1]) if undefined is None else undefined
        return found


def _uses(graph: Graph) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Return, for each node, the modules that use it and at which place."""
    uses: list[list[tuple[int, int]]] = [[] for _ in graph.nodes]
    for k, node in enumerate(graph.nodes):
        for place, source in enumerate(node.inputs):
            uses[source].append((k, place))
    return tuple(tuple(found) for found in uses)


def _cut(graph: Graph, k: int) -> Graph:
    """Return the graph in which node k is a variable."""
    nodes = list(graph.nodes)
    nodes[k] = replace(nodes[k], module=None, inputs=())
    return Graph(tuple(nodes))
