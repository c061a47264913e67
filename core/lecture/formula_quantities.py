"""Quantities of the lecture from activations, softmax, losses and expressions.

A quantity says what to compute and takes its inputs from the subject of the scene. To add one, write its
class, with ``of``, and add it to `core.lecture.expected.AnyQuantity`.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from msgspec import Meta

from ..arrays import Array
from ..bounds import Index as Place
from ..bounds import Steps
from ..data.datasets import Dataset
from ..graph.autodiff import Graph, backward, by_backpropagation, by_differences, forward, local
from ..graph.autodiff import Number as Value
from ..graph.parser import parse
from ..language import tr
from ..nn.activations import ACTIVATIONS
from ..nn.losses import Loss
from ..nn.ops import follow
from ..nn.optimizers import GradientDescent, LearningRate
from .evaluator import CannotCompute, SceneEvaluator
from .subjects import Expression, Number, OneWeight, SceneStruct, SoftmaxBench, worked_out


class SceneQuantity(SceneStruct, frozen=True, tag_field="compute"):
    """A quantity that can be computed from the subject of a scene."""

    def of(self, bench: SceneEvaluator) -> float:
        """Return the number. Raises CannotCompute."""
        raise NotImplementedError

    @property
    def is_code(self) -> bool:
        """Whether the number only encodes something, such as a class."""
        return getattr(self, "what", "") in ("class", "diverged")


class ActivationNumber(SceneQuantity, frozen=True, tag="activation"):
    """g(z) or g'(z) of an activation, by default at the z of the subject."""

    activation: Annotated[str, Meta(title="Activation", extra={"table": ACTIVATIONS})]
    what: Literal["value", "slope"] = "value"
    z: Number | None = None
    alpha: Annotated[float, Meta(ge=0, le=10)] | None = None

    def of(self, bench: SceneEvaluator) -> float:
        """Return g(z) or g'(z)."""
        entry = ACTIVATIONS[self.activation]
        z = getattr(bench.subject, "z", None) if self.z is None else worked_out(self.z)
        if not isinstance(z, float):
            raise CannotCompute(tr("this needs a z: write one."))
        column = np.array([z])
        return float((entry.g if self.what == "value" else entry.derivative)(column, self.alpha)[0])


class SoftmaxNumber(SceneQuantity, frozen=True, tag="softmax"):
    """A number between z and its softmax probabilities; ``total`` is the sum of all probabilities.

    ``share`` is z divided by the sum of all z. ``shift`` is added to z, which is then divided by
    ``temperature`` (None: as in the subject).
    """

    what: Literal["exponential", "sum", "probability", "total", "class", "share"]
    place: Place = 0
    temperature: Number | None = None
    shift: Number | None = None

    def of(self, bench: SceneEvaluator) -> float:
        """Return the number for the class at ``place``."""
        subject = bench.subject_as(SoftmaxBench)
        temperature = subject.temperature if self.temperature is None else worked_out(self.temperature)
        shift = subject.shift if self.shift is None else worked_out(self.shift)
        if self.place >= len(subject.z):
            raise CannotCompute(tr("there are {count} classes; they count from 0.", count=len(subject.z)))
        z = (np.array(subject.z) + shift) / temperature
        numbers = self._numbers(z)
        if self.what in ("sum", "total"):
            return float(numbers.sum())
        return float(numbers.argmax()) if self.what == "class" else float(numbers[self.place])

    def _numbers(self, z: Array) -> Array:
        if self.what in ("exponential", "sum"):
            return forward(parse("exp(z)"), {"z": z})[-1]
        if self.what == "share":
            return forward(parse("z / s"), {"z": z, "s": z.sum()})[-1]
        return ACTIVATIONS["softmax"].g(z)


class LossNumber(SceneQuantity, frozen=True, tag="loss"):
    """J of the subject's rows, or the term or gradient of one output of one sample.

    ``contribution`` is the part of J due to the term.
    """

    loss: Loss
    what: Literal["J", "term", "contribution", "gradient"] = "J"
    sample: Place = 0
    output: Place = 0

    def of(self, bench: SceneEvaluator) -> float:
        """Return the number."""
        o, y = bench.rows()
        if self.output >= o.shape[0] or self.sample >= o.shape[1]:
            raise CannotCompute(
                tr(
                    "there are {samples} samples of {outputs} outputs; they count from 0.",
                    samples=o.shape[1],
                    outputs=o.shape[0],
                )
            )
        if self.what == "J":
            return self.loss.J(o, y)
        if self.what == "gradient":
            return float(self.loss.module().vjp(np.ones(()), np.zeros(()), o, y)[0][self.output, self.sample])
        term = float(self.loss.terms(o, y)[self.output, self.sample])
        return term if self.what == "term" else term * self.loss.scale(*o.shape)


class FittedLine(SceneQuantity, frozen=True, tag="fitted_line"):
    """Slope w or intercept b of the line fitted by a loss to the points of the race."""

    loss: Loss
    what: Literal["w", "b"]
    iterations: Steps

    def of(self, bench: SceneEvaluator) -> float:
        """Return the parameter."""
        return float(bench.raced(self.loss, self.iterations)[0 if self.what == "w" else 1])


class OneHot(SceneQuantity, frozen=True, tag="one_hot"):
    """Entry ``place`` of the one-hot vector of class ``label`` (from 0) of ``classes`` classes."""

    label: Place
    classes: Annotated[int, Meta(ge=2, le=100)]
    place: Place

    def of(self, bench: SceneEvaluator) -> float:
        """Return 0 or 1."""
        if max(self.label, self.place) >= self.classes:
            raise CannotCompute(tr("there are {classes} classes; they count from 0.", classes=self.classes))
        labels, none = np.array([self.label]), np.empty(0, int)
        names = tuple(str(k) for k in range(self.classes))
        dataset = Dataset("one", np.zeros((1, 1)), labels, "classes", ("x",), names, np.array([0]), none)
        return float(dataset.targets(self.classes)[self.place, 0])


# -- expressions --------------------------------------------------------------------------------------


class NodeNumber(SceneQuantity, frozen=True, tag="node"):
    """Value or gradient of a node of the expression's graph, or the derivative by a variable.

    ``analytic``: from the derivative given in the scene; ``numerical``: by central differences.
    """

    node: str
    what: Literal["value", "gradient", "analytic", "numerical"]

    def of(self, bench: SceneEvaluator) -> float:
        """Return the number."""
        if self.what == "analytic":
            return _analytic(bench.subject_as(Expression), self.node)
        if self.what == "numerical":
            _variable(bench, self.node)
            return float(by_differences(bench.graph, bench.inputs, [self.node]).of[self.node])
        k, values = _node(bench.graph, self.node), forward(bench.graph, bench.inputs)
        return float((values if self.what == "value" else backward(bench.graph, values))[k])


class ModuleNumber(SceneQuantity, frozen=True, tag="module"):
    """The upstream, local or downstream gradient at the module that computes a node.

    ``input`` selects the input for the latter two.
    """

    node: str
    what: Literal["upstream", "local", "downstream"]
    input: Place = 0

    def of(self, bench: SceneEvaluator) -> float:
        """Return the number."""
        graph, k = bench.graph, _node(bench.graph, self.node)
        if self.input >= max(1, len(graph.nodes[k].inputs)):
            raise CannotCompute(
                tr(
                    "the node {node} has no input number {input}; they count from 0.",
                    node=self.node,
                    input=self.input,
                )
            )
        values = forward(graph, bench.inputs)
        found = local(graph, k, values, backward(graph, values))
        if self.what == "upstream":
            return float(found.upstream)
        numbers = found.derivatives if self.what == "local" else found.downstream
        return float(numbers[self.input].item())


class PassNumber(SceneQuantity, frozen=True, tag="passes"):
    """The number of passes needed for the whole gradient of the expression."""

    method: Literal["backpropagation", "differences"]
    what: Literal["forward", "backward"]

    def of(self, bench: SceneEvaluator) -> float:
        """Return the count."""
        gradient = by_backpropagation if self.method == "backpropagation" else by_differences
        found = gradient(bench.graph, bench.inputs)
        return float(found.forward_passes if self.what == "forward" else found.backward_passes)


class DescentNumber(SceneQuantity, frozen=True, tag="descent"):
    """A number after ``steps`` steps of gradient descent on the expression by one variable.

    It is the value of the variable, the gradient there, or the value of the expression. ``learning_rate``
    defaults to that of the subject.
    """

    steps: Annotated[int, Meta(ge=0, le=100_000)]
    what: Literal["value", "gradient", "loss"] = "value"
    variable: str = "w"
    learning_rate: Number | None = None

    def of(self, bench: SceneEvaluator) -> float:
        """Return the number."""
        _variable(bench, self.variable)
        rate = bench.subject_as(OneWeight).learning_rate if self.learning_rate is None else self.learning_rate
        w = descent(bench.graph, bench.inputs, self.variable, worked_out(rate), self.steps)[-1]
        inputs = {**bench.inputs, self.variable: w}
        if self.what == "value":
            return w
        if self.what == "loss":
            return float(forward(bench.graph, inputs)[-1])
        return float(by_backpropagation(bench.graph, inputs).of[self.variable])


def descent(graph: Graph, inputs: dict[str, float], variable: str, rate: float, steps: int) -> list[float]:
    """Return the values of a variable after 0 … ``steps`` steps of gradient descent on the last node."""
    w, g, eta = np.array([float(inputs[variable])]), np.empty(1), LearningRate(rate)
    update = list(GradientDescent().update(w, g, np.empty((0, 1)), eta))
    way = [float(w[0])]
    values: dict[str, Value] = dict(inputs)
    with np.errstate(all="ignore"):
        for _ in range(steps):
            values[variable] = float(w[0])
            g[...] = by_backpropagation(graph, values).of[variable]
            eta.next()
            follow(update)
            way.append(float(w[0]))
    return way


class ParabolaNumber(SceneQuantity, frozen=True, tag="parabola"):
    """For a quadratic expression in a variable: the minimum, or a special learning rate.

    ``one_step`` reaches the minimum in one step, ``oscillation`` oscillates for ever.
    """

    what: Literal["minimum", "one_step", "oscillation"]
    variable: str = "w"

    def of(self, bench: SceneEvaluator) -> float:
        """Return the number from the gradients at two points, as the derivative of a parabola is linear."""
        _variable(bench, self.variable)
        here = float(bench.inputs[self.variable])
        slopes = [
            float(by_backpropagation(bench.graph, {**bench.inputs, self.variable: w}).of[self.variable])
            for w in (here, here + 1)
        ]
        curvature = slopes[1] - slopes[0]
        if self.what == "minimum":
            return here - slopes[0] / curvature
        return (1 if self.what == "one_step" else 2) / curvature


def _analytic(subject: Expression, name: str) -> float:
    if name not in subject.derivatives:
        raise CannotCompute(tr("no derivative by {name} is written in the scene.", name=name))
    graph = parse(subject.derivatives[name])
    return float(forward(graph, {key: subject.values[key] for key in graph.variables})[-1])


def _node(graph: Graph, name: str) -> int:
    names = [node.name for node in graph.nodes]
    if name not in names:
        raise CannotCompute(
            tr("there is no node {name}; the nodes are {names}.", name=name, names=", ".join(names))
        )
    return names.index(name)


def _variable(bench: SceneEvaluator, name: str) -> None:
    if name not in bench.graph.variables:
        raise CannotCompute(tr("there is no variable {name} in the expression.", name=name))
