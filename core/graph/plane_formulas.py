"""Reads a formula of the coordinates of a plane, as features and data by a formula have them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from ..arrays import Array
from ..data.formulas import FormulaError, PlaneFunction
from ..expressions import Expression, Leaf, Symbol, number
from ..language import tr
from .autodiff import Graph, forward
from .domain import undefined_values
from .parser import ExpressionError, parse

_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_LEFT_SIDE = re.compile(r"\s*[a-z](?:\s*\([a-z0-9,\s]*\))?\s*=(?!=)")


def read(text: str, names: Sequence[Sequence[str]]) -> PlaneFunction:
    """Return the formula in a text; ``names`` are the names of each coordinate.

    A left side such as “y =” or “z(x, y) =” may stand before it. Raises FormulaError.
    """
    graph, places = _graph(text, names)
    return PlaneFunction(
        text, tuple(each[0] for each in names), _Values(graph, places), _Reason(graph, places)
    )


def expression_of(text: str, names: Sequence[Sequence[str]]) -> Expression:
    """Return the formula in a text as an expression, in which a coordinate is the first of its names.

    Raises FormulaError.
    """
    graph, places = _graph(text, names)
    found = list[Expression]()
    for node in graph.nodes:
        if node.module is not None:
            assert node.module.formula is not None
            found.append(node.module.formula(*(found[i] for i in node.inputs)))
        elif node.constant is not None:
            found.append(number(float(node.constant)))
        else:
            found.append(Leaf(0.0, Symbol(names[places[node.name]][0])))
    return found[-1]


def _graph(text: str, names: Sequence[Sequence[str]]) -> tuple[Graph, dict[str, int]]:
    """Return the graph of the formula in a text, and the place of each name. Raises FormulaError."""
    plain = text.translate(_SUBSCRIPTS)
    left = _LEFT_SIDE.match(plain)
    plain = " " * left.end() + plain[left.end() :] if left else plain
    try:
        graph = parse(plain)
    except ExpressionError as error:
        raise FormulaError(tr("“{text}”, {error}", text=text, error=error)) from None
    places = {name: k for k, each in enumerate(names) for name in each}
    strange = next((name for name in graph.variables if name not in places), None)
    if strange is not None:
        sentence = tr(
            "“{text}”, column {column}: {name} is not known here; write it with {names}.",
            text=text,
            column=plain.index(strange) + 1,
            name=strange,
            names=tr(" and ").join(each[0] for each in names),
        )
        raise FormulaError(sentence)
    return graph, places


class _Values:
    """The values of a graph whose variables are coordinates."""

    def __init__(self, graph: Graph, places: dict[str, int]) -> None:
        self._graph, self._places = graph, places

    def __call__(self, *coordinates: Array) -> Array:
        inputs = {name: coordinates[self._places[name]] for name in self._graph.variables}
        values = forward(self._graph, inputs)[-1]
        return np.broadcast_to(values, np.shape(coordinates[0]))


class _Reason:
    """The reason why a graph has no value at a point."""

    def __init__(self, graph: Graph, places: dict[str, int]) -> None:
        self._graph, self._places = graph, places

    def __call__(self, *numbers: float) -> str:
        inputs = {name: numbers[self._places[name]] for name in self._graph.variables}
        found = undefined_values(self._graph, forward(self._graph, inputs))
        first = next((one for one in found if one is not None), None)
        return "" if first is None else first.why.format(**first.fields)
