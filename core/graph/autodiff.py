"""The computational graph: values flow forward and gradients backward, node by node.

As on the slides, each node knows only its module: from the upstream gradient (dJ/dz) it computes the
downstream gradients (dJ/dx for each input x) by its local derivatives. If a value is used more than once, its
gradients are added. The last node is the output, whose own gradient is 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..arrays import Array
from ..language import tr
from ..nn.ops import Module

Number = float | Array


class GraphError(ValueError):
    """An invalid graph, or inputs that do not fit it."""


@dataclass(frozen=True)
class Node:
    """A node of the graph, holding one value.

    With a ``module``, it is computed from the nodes at positions ``inputs``; with a ``constant``, it is that
    number; otherwise it is a variable, whose value is given by name.
    """

    name: str
    module: Module | None = None
    inputs: tuple[int, ...] = ()
    constant: Number | None = None


@dataclass(frozen=True)
class Graph:
    """Nodes in topological order, each after its inputs. Raises GraphError otherwise."""

    nodes: tuple[Node, ...]

    def __post_init__(self) -> None:
        if not self.nodes:
            raise GraphError(tr("A graph needs at least one node."))
        names = [node.name for node in self.nodes]
        for k, node in enumerate(self.nodes):
            if names.index(node.name) < k:
                raise GraphError(tr("Two nodes are named {name}.", name=node.name))
            if len(node.inputs) != (0 if node.module is None else node.module.arity):
                raise GraphError(
                    tr(
                        "Node {name} has {count} inputs, not what its module needs.",
                        name=node.name,
                        count=len(node.inputs),
                    )
                )
            if not all(0 <= i < k for i in node.inputs):
                raise GraphError(tr("Node {name} comes before one of its inputs.", name=node.name))

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the variables."""
        return tuple(node.name for node in self.nodes if node.module is None and node.constant is None)

    def position(self, name: str) -> int:
        """Return the position of the node with this name. Raises GraphError."""
        for k, node in enumerate(self.nodes):
            if node.name == name:
                return k
        raise GraphError(tr("There is no node {name}.", name=name))


@dataclass(frozen=True)
class GraphStep:
    """The state after one step of a forward and a backward pass.

    ``what`` is "inputs" (variables and constants have their values), "forward" (``node`` was evaluated),
    "seed" (the output has its gradient, 1) or "backward" (``node`` has passed its gradient on). ``values``
    and ``gradients`` have an entry for every node, None if not known yet; a gradient is complete when every
    node that uses the value has contributed.
    """

    what: Literal["inputs", "forward", "seed", "backward"]
    node: int
    values: tuple[Array | None, ...]
    gradients: tuple[Array | None, ...]


@dataclass(frozen=True)
class LocalGradient:
    """The gradients at a single module in the backward pass.

    ``upstream`` is dJ/dz. ``derivatives`` holds dz/dx for each input x, of shape (size of x, size of z), so
    that ``downstream``, dJ/dx, is derivative times upstream.
    """

    upstream: Array
    derivatives: tuple[Array, ...]
    downstream: tuple[Array, ...]


@dataclass(frozen=True)
class Gradient:
    """The derivative of the output with respect to each variable, and the number of passes it took."""

    of: dict[str, Array]
    forward_passes: int
    backward_passes: int


def forward(graph: Graph, inputs: Mapping[str, Number]) -> tuple[Array, ...]:
    """Return the value of every node from the values of the variables. Raises GraphError."""
    values = _placed(graph, inputs)
    for k, node in enumerate(graph.nodes):
        if node.module is not None:
            values[k] = _value(node, values)
    return tuple(_known(values))


def backward(graph: Graph, values: Sequence[Array]) -> tuple[Array, ...]:
    """Return the gradient of the output with respect to every node, from the values of `forward`.

    If the output is an array, it is the gradient of its sum.
    """
    gradients = _seeded(values)
    for k in reversed(range(len(graph.nodes))):
        _hand_on(graph, k, values, gradients)
    return tuple(np.zeros_like(z) if g is None else g for g, z in zip(gradients, values, strict=True))


def steps(graph: Graph, inputs: Mapping[str, Number]) -> Iterator[GraphStep]:
    """Yield the states of a forward and a backward pass, one module at a time.

    Each state is an independent value. Raises GraphError.
    """
    values = _placed(graph, inputs)
    unknown = (None,) * len(values)
    yield GraphStep("inputs", 0, tuple(values), unknown)
    computed = [k for k, node in enumerate(graph.nodes) if node.module is not None]
    for k in computed:
        values[k] = _value(graph.nodes[k], values)
        yield GraphStep("forward", k, tuple(values), unknown)
    known = _known(values)
    gradients = _seeded(known)
    yield GraphStep("seed", len(known) - 1, tuple(known), tuple(gradients))
    for k in reversed(computed):
        _hand_on(graph, k, known, gradients)
        yield GraphStep("backward", k, tuple(known), tuple(gradients))


def local(graph: Graph, k: int, values: Sequence[Array], gradients: Sequence[Array]) -> LocalGradient:
    """Return the upstream, local and downstream gradients at the node at position k."""
    node = graph.nodes[k]
    if node.module is None:
        return LocalGradient(gradients[k], (), ())
    inputs = [values[i] for i in node.inputs]
    derivatives = tuple(jacobian(node.module, inputs, place) for place in range(len(inputs)))
    return LocalGradient(gradients[k], derivatives, _downstream(node.module, gradients[k], values[k], inputs))


def jacobian(module: Module, inputs: Sequence[Number], place: int) -> Array:
    """Return the Jacobian dz/dx of a module with respect to input ``place``.

    Its shape is (size of x, size of z), as on the slide: dJ/dx = (dz/dx)(dJ/dz).
    """
    arrays = [np.asarray(value, float) for value in inputs]
    with np.errstate(all="ignore"):
        z = np.asarray(module.forward(*arrays))
    units = np.eye(z.size).reshape(z.size, *z.shape)
    columns = [_downstream(module, unit, z, arrays)[place].ravel() for unit in units]
    return np.stack(columns, axis=1)


def by_backpropagation(graph: Graph, inputs: Mapping[str, Number]) -> Gradient:
    """Return the gradient with respect to every variable from one forward and one backward pass."""
    gradients = backward(graph, forward(graph, inputs))
    return Gradient({name: gradients[graph.position(name)] for name in graph.variables}, 1, 1)


def by_differences(
    graph: Graph, inputs: Mapping[str, Number], wanted: Sequence[str] | None = None, step: float = 1e-5
) -> Gradient:
    """Return the gradient by central differences: two forward passes for every number.

    ``wanted`` are the variables to differentiate by (None: all). ``step`` is relative for values above 1.
    """
    of: dict[str, Array] = {}
    passes = 0

    def output(name: str, array: Array) -> float:
        nonlocal passes
        passes += 1
        return float(np.sum(forward(graph, {**inputs, name: array})[-1]))

    for name in graph.variables if wanted is None else wanted:
        centre = np.array(inputs[name], float)
        of[name] = np.empty_like(centre)
        for place in np.ndindex(centre.shape):
            h = step * max(1.0, abs(float(centre[place])))
            ahead, behind = centre.copy(), centre.copy()
            ahead[place] += h
            behind[place] -= h
            rise = output(name, ahead) - output(name, behind)
            of[name][place] = rise / (ahead[place] - behind[place])
    return Gradient(of, passes, 0)


def _placed(graph: Graph, inputs: Mapping[str, Number]) -> list[Array | None]:
    """Return the values of variables and constants, None for the other nodes. Raises GraphError."""
    variables = graph.variables
    missing = [name for name in variables if name not in inputs]
    unknown = [name for name in inputs if name not in variables]
    if missing:
        raise GraphError(tr("No value is given for {missing}.", missing=missing[0]))
    if unknown:
        raise GraphError(tr("The graph has no variable {unknown}.", unknown=unknown[0]))
    values: list[Array | None] = []
    for node in graph.nodes:
        given = inputs.get(node.name) if node.constant is None else node.constant
        values.append(None if given is None or node.module is not None else np.asarray(given, float))
    return values


def _value(node: Node, values: Sequence[Array | None]) -> Array:
    assert node.module is not None
    with np.errstate(all="ignore"):
        return np.asarray(node.module.forward(*(values[i] for i in node.inputs)))


def _known(values: Sequence[Array | None]) -> list[Array]:
    return [value for value in values if value is not None]


def _seeded(values: Sequence[Array]) -> list[Array | None]:
    return [*(None for _ in values[:-1]), np.ones_like(values[-1])]


def _hand_on(graph: Graph, k: int, values: Sequence[Array], gradients: list[Array | None]) -> None:
    """Add the contributions of node k to the gradients of its inputs."""
    node, upstream = graph.nodes[k], gradients[k]
    if node.module is None or upstream is None:
        return
    shares = _downstream(node.module, upstream, values[k], [values[i] for i in node.inputs])
    for i, share in zip(node.inputs, shares, strict=True):
        held = gradients[i]
        with np.errstate(all="ignore"):
            gradients[i] = share if held is None else np.asarray(held + share)


def _downstream(module: Module, upstream: Array, z: Array, inputs: Sequence[Array]) -> tuple[Array, ...]:
    with np.errstate(all="ignore"):
        shares = module.vjp(upstream, z, *inputs)
    return tuple(_summed(np.asarray(share), x.shape) for share, x in zip(shares, inputs, strict=True))


def _summed(share: Array, shape: tuple[int, ...]) -> Array:
    """Return the contribution in the input's shape, summing over broadcast axes."""
    if share.shape == shape:
        return share
    share = share.sum(axis=tuple(range(share.ndim - len(shape))))
    stretched = tuple(axis for axis, size in enumerate(shape) if size == 1 and share.shape[axis] > 1)
    return np.broadcast_to(share.sum(axis=stretched, keepdims=True), shape).copy()
