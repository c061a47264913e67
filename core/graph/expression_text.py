"""Writes a graph of numbers as text that `core.graph.parser.parse` reads again."""

from __future__ import annotations

from .autodiff import Graph, Node
from .parser import CONSTANTS

_FORMS = {
    "add": "{} + {}",
    "subtract": "{} - {}",
    "multiply": "{} * {}",
    "divide": "{} / {}",
    "square": "{}**2",
    "log": "ln({})",
}


def expression_text(graph: Graph) -> str:
    """Return a named line for every module, such as ``q = x + y`` and ``f = q * z`` for (x + y) z."""
    lines = [line for node in graph.nodes if (line := _line(graph, node))]
    return "\n".join(lines) or graph.nodes[-1].name


def is_number(node: Node) -> bool:
    """Return whether a node is a number written out, which has no name of its own."""
    return node.constant is not None and not node.name[0].isalpha()


def _line(graph: Graph, node: Node) -> str:
    """Return the line of a node; empty for a variable, for e and π, and for a number written out."""
    if node.module is None:
        named = node.constant is not None and not is_number(node) and node.name not in CONSTANTS
        return f"{node.name} = {node.constant!r}" if named else ""
    inputs = [graph.nodes[i] for i in node.inputs]
    names = [f"({one.name})" if one.name.startswith("-") else one.name for one in inputs]
    kind = node.module.name
    if kind in _FORMS:
        formula = _FORMS[kind].format(*names)
    elif kind == "negative":  # in parentheses, a number remains one that is negated
        formula = f"-({inputs[0].name})" if is_number(inputs[0]) else f"-{names[0]}"
    elif kind == "power":  # in parentheses, 2 remains the exponent of a power and makes no square
        formula = f"{names[0]}**" + (f"({inputs[1].name})" if is_number(inputs[1]) else names[1])
    else:
        formula = f"{kind}({', '.join(one.name for one in inputs)})"
    return f"{node.name} = {formula}"
