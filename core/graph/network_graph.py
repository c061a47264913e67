"""A network as a computational graph of matrices (vectorized backpropagation).

The modules are those of the slides: each layer is ``b + W^T a`` and an activation; the last node is J.
`core.graph.autodiff` steps through the graph and shows the upstream, Jacobian and downstream of every module;
its gradient equals the one used in training.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrays import Array
from ..nn.network import Network, NetworkLayer
from ..nn.ops import OPERATORS, Module
from .autodiff import Graph, Node


def network_graph(network: Network) -> Graph:
    """Return the graph of J over a batch, with variables x, y and every W[l] and b[l].

    x is (n[0], batch), y is (n[L], batch). The nodes of layer l are z[l] and a[l]; if its neurons have
    different activations, there are also nodes for the rows of z[l] that share one. Dropout and penalties are
    left out. The gradient of y, which is not learned, is 0. Output activation and loss are separate nodes, so
    a saturated sigmoid or softmax rounds as on paper.
    """
    nodes = [Node("x")]
    for layer in network.layers:
        _add_layer(nodes, layer)
    output = len(nodes) - 1
    nodes += [Node("y"), Node("J", network.loss.module(), (output, output + 1))]
    return Graph(tuple(nodes))


def graph_inputs(network: Network, theta: Array, x: Array, y: Array) -> dict[str, Array]:
    """Return the values of the variables of `network_graph`."""
    values = {"x": x, "y": y}
    for layer in network.layers:
        values[f"W[{layer.l}]"] = network.W(theta, layer.l)
        values[f"b[{layer.l}]"] = network.b(theta, layer.l)
    return values


def _add_layer(nodes: list[Node], layer: NetworkLayer) -> None:
    l, a = layer.l, len(nodes) - 1
    W, b, z = a + 1, a + 2, a + 3
    nodes += [Node(f"W[{l}]"), Node(f"b[{l}]"), Node(f"z[{l}]", OPERATORS["affine"], (W, b, a))]
    parts: list[int] = []
    for run in layer.spans:
        place, whole = z, len(layer.spans) == 1
        if not whole:
            span = f"{run.start + 1}…{run.stop}"
            nodes.append(Node(f"z[{l}] {span}", _rows(run.start, run.stop), (z,)))
            place = len(nodes) - 1
        name = f"a[{l}]" if whole else f"a[{l}] {span}"
        nodes.append(Node(name, run.activation.module(run.alpha), (place,)))
        parts.append(len(nodes) - 1)
    if len(parts) > 1:
        heights = [run.stop - run.start for run in layer.spans]
        nodes.append(Node(f"a[{l}]", _stack(heights), tuple(parts)))


def _rows(start: int, stop: int) -> Module:
    """Return the module that selects rows ``start`` … ``stop - 1`` of a matrix."""

    def vjp(dz: Array, _z: Array, x: Array) -> tuple[Array, ...]:
        out = np.zeros_like(x)
        out[start:stop] = dz
        return (out,)

    return Module("rows", f"rows {start + 1}…{stop}", 1, lambda x: x[start:stop], vjp)


def _stack(heights: Sequence[int]) -> Module:
    """Return the module that stacks matrices with these numbers of rows."""
    cuts = np.cumsum(heights)[:-1]
    return Module(
        "stack",
        "stack",
        len(heights),
        lambda *parts: np.concatenate(parts),
        lambda dz, z, *parts: tuple(np.split(dz, cuts)),
    )
