"""The subjects of scenes: networks, an expression, or a demonstration with numbers (a bench).

They are values, checked when read from a file; `core.lecture.expected` computes with them and the GUI shows
them. Layers count from 1 and neurons from 0, as in `core.nn.network`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import msgspec
import numpy as np
from msgspec import Meta, Struct
from msgspec.structs import force_setattr, replace

from ..arrays import Array
from ..bounds import LEAST_SPAN, MOST_EXACT, Exact, Index, Real, Steps, Written
from ..data.datasets import OWN_TABLE, Dataset, make_dataset
from ..data.table import Cell, from_json
from ..data.table_edits import set_cells
from ..graph.autodiff import Graph, forward
from ..graph.parser import ExpressionError, parse
from ..language import tr
from ..nn.activations import ACTIVATIONS
from ..nn.design import Dense, Design, DesignError, Problem, range_problems
from ..nn.losses import Loss
from ..nn.network import Network
from ..nn.passes import evaluate
from ..number_style import exact_text
from ..outside_text import one_line
from ..project.files import DesignFile, examples, read

Name = Annotated[str, Meta(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
ONE_LINE = frozenset(("name", "part", "title", "label"))
READ = {"read": True}
"""Marks a field as text for human readers, which a translation may replace."""
Label = Annotated[str, Meta(min_length=1, max_length=80, extra=READ)]
ClassNames = tuple[Annotated[str, Meta(extra=READ)], ...]
Number = Exact | Written
"""A number, or an expression for it such as "1/18"."""
Row = Annotated[tuple[Real, ...], Meta(min_length=1, max_length=1000)]
Rows = Annotated[tuple[Row, ...], Meta(min_length=1, max_length=1000)]

ONE_WEIGHT = "(y - w*x)**2"


class SceneStruct(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The base of all parts of a scene; names and titles become one line that is safe in a terminal."""

    def __post_init__(self) -> None:
        for field in ONE_LINE.intersection(self.__struct_fields__):
            text = getattr(self, field)
            if isinstance(text, str) and (line := one_line(text)) != text:
                force_setattr(self, field, line)


class Start(SceneStruct, frozen=True, kw_only=True):
    """A network with its initial state in a scene.

    ``design`` is a design or the name of an example. ``theta`` are its parameters, laid out as in
    `core.nn.network` (None: initialized by the design's seed); ``iterations`` updates are made before it is
    shown.
    """

    name: Name = "network"
    label: Annotated[str, Meta(max_length=80, extra=READ)] = ""
    design: str | Design
    theta: tuple[Real, ...] | None = None
    iterations: Steps = 0


class SceneChange(Start, frozen=True, kw_only=True):
    """A button that changes the first network; ``keep_weights`` keeps the weights that both have.

    Without a label it has no button: it only serves to compute numbers, and builds may change to it.
    """

    keep_weights: bool = False


class Networks(SceneStruct, frozen=True, tag_field="kind", tag="networks"):
    """One network, or several side by side.

    ``together`` is the common step of a run: an epoch, an update, or (None) each network runs on its own.
    """

    networks: Annotated[tuple[Start, ...], Meta(min_length=1, max_length=3)]
    changes: Annotated[tuple[SceneChange, ...], Meta(max_length=6)] = ()
    together: Literal["epoch", "update"] | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield the problems of the subject, at their places in it."""
        names = [start.name for start in self.starts]
        for field, group in (("networks", self.networks), ("changes", self.changes)):
            for k, start in enumerate(group):
                if names.count(start.name) > 1:
                    yield Problem(
                        f"{field}[{k}].name", tr("another network is named “{name}” too.", name=start.name)
                    )
                for problem in _start_problems(start):
                    yield Problem(f"{field}[{k}].{problem.where}", problem.why)

    @property
    def starts(self) -> tuple[Start, ...]:
        """All networks, including those that buttons change to."""
        return (*self.networks, *self.changes)


class Expression(SceneStruct, frozen=True, tag_field="kind", tag="expression"):
    """An expression, the values of its variables, and its derivatives calculated by hand."""

    expression: str
    values: dict[str, Real]
    derivatives: dict[str, str] = {}

    def problems(self) -> Iterator[Problem]:
        """Yield the problems of the subject, at their places in it."""
        graph = yield from _read(self.expression, "expression")
        if graph is not None:
            yield from _value_problems(graph, self.values)
        for name, text in self.derivatives.items():
            if name not in self.values:
                yield Problem(
                    "derivatives", tr("there is no variable {name}: remove its derivative.", name=name)
                )
            derivative = yield from _read(text, f"derivatives.{name}")
            unknown = [v for v in derivative.variables if v not in self.values] if derivative else []
            if unknown:
                yield Problem(
                    f"derivatives.{name}", tr("there is no variable {unknown}.", unknown=unknown[0])
                )


class SoftmaxBench(SceneStruct, frozen=True, tag_field="kind", tag="softmax"):
    """Raw outputs z, one per class, with softmax compared to plain division by the sum."""

    z: Annotated[tuple[Real, ...], Meta(min_length=2, max_length=20)]
    class_names: ClassNames = ()
    temperature: Annotated[float, Meta(ge=LEAST_SPAN, le=100)] = 1.0
    shift: Real = 0.0
    by_sum: bool = False

    def problems(self) -> Iterator[Problem]:
        """Yield the problems of the subject, at their places in it."""
        if self.class_names and len(self.class_names) != len(self.z):
            yield Problem(
                "class_names", tr("there are {count} classes: name each of them.", count=len(self.z))
            )


class Race(SceneStruct, frozen=True):
    """Points to which a straight line w x + b is fitted by each loss of the demonstration.

    ``outlier`` is the index of the point that can be dragged.
    """

    x: Annotated[tuple[Real, ...], Meta(min_length=2, max_length=100)]
    y: Annotated[tuple[Real, ...], Meta(min_length=2, max_length=100)]
    outlier: Index
    learning_rate: Annotated[float, Meta(gt=0, le=10)] = 0.01


class LossBench(SceneStruct, frozen=True, tag_field="kind", tag="losses"):
    """Outputs and targets (a row per sample) and the losses to compare; ``dragged`` is a sample's index."""

    losses: Annotated[tuple[Loss, ...], Meta(min_length=1, max_length=3)]
    outputs: Rows
    targets: Rows
    class_names: ClassNames = ()
    dragged: Index | None = None
    race: Race | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield the problems of the subject, at their places in it."""
        widths = {len(row) for row in (*self.outputs, *self.targets)}
        samples = len(self.outputs)
        if len(widths) > 1 or samples != len(self.targets):
            yield Problem("targets", tr("must have as many rows, of the same length, as outputs."))
        elif self.class_names and len(self.class_names) not in widths:
            yield Problem(
                "class_names", tr("there are {outputs} outputs: name each of them.", outputs=widths.pop())
            )
        if self.dragged is not None and self.dragged >= samples:
            yield Problem("dragged", tr("there are {samples} samples; they count from 0.", samples=samples))
        if self.race is not None and not len(self.race.x) == len(self.race.y) > self.race.outlier:
            yield Problem("race", tr("x and y must be of one length, and the outlier one of the points."))
        lowest = min(value for row in self.outputs for value in row)
        highest = max(value for row in self.outputs for value in row)
        if any(loss.of_probabilities for loss in self.losses) and not 0 <= lowest <= highest <= 1:
            yield Problem("outputs", tr("must be between 0 and 1 for the logarithm of a probability."))


class ActivationBench(SceneStruct, frozen=True, tag_field="kind", tag="activations"):
    """Activations plotted together, with g, g' and the tangent at a draggable z.

    If there is a ``network``, its neurons are dots on the curves. With a ``goal`` there are as many networks
    as activations, named by them: each has its activation in the hidden layers, and its targets are the
    outputs that it has with the parameters ``goal``.
    """

    activations: Annotated[tuple[str, ...], Meta(min_length=1, max_length=8)]
    z: Real = 0.0
    low: Real = -6.0
    high: Real = 6.0
    network: Start | None = None
    goal: tuple[Real, ...] | None = None

    @property
    def starts(self) -> tuple[Start, ...]:
        """All networks. Raises DesignError, FileError."""
        if self.network is None:
            return ()
        if self.goal is None:
            return (self.network,)
        return tuple(_taught(self.network, name, self.goal) for name in self.activations)

    def problems(self) -> Iterator[Problem]:
        """Yield the problems of the subject, at their places in it."""
        for k, name in enumerate(self.activations):
            if name not in ACTIVATIONS or ACTIVATIONS[name].layerwide:
                known = ", ".join(key for key, entry in ACTIVATIONS.items() if not entry.layerwide)
                yield Problem(
                    f"activations[{k}]",
                    tr("there is no curve “{name}”; choose one of {known}.", name=name, known=known),
                )
        if self.high - self.low < LEAST_SPAN:
            low, span = exact_text(self.low), exact_text(LEAST_SPAN)
            yield Problem("high", tr("must be above low {low} by {span} at least.", low=low, span=span))
        elif not self.low <= self.z <= self.high:
            low, high = exact_text(self.low), exact_text(self.high)
            yield Problem("z", tr("must be between low {low} and high {high}.", low=low, high=high))
        for problem in _start_problems(self.network) if self.network else ():
            yield Problem(f"network.{problem.where}", problem.why)
            return
        if self.goal is not None:
            yield from _goal_problems(self)


class RateMark(SceneStruct, frozen=True):
    """A learning rate marked on the slider."""

    label: Label
    learning_rate: Number


class OneWeight(SceneStruct, frozen=True, tag_field="kind", tag="one_weight"):
    """L(w) = (y - w x)^2: gradient descent on a parabola."""

    x: Real
    y: Real
    w: Real
    learning_rate: Number
    marks: tuple[RateMark, ...] = ()

    expression: ClassVar[str] = ONE_WEIGHT

    @property
    def values(self) -> dict[str, float]:
        """The values of the expression's variables."""
        return {"w": self.w, "x": self.x, "y": self.y}

    def problems(self) -> Iterator[Problem]:
        """Yield the problems of the subject, at their places in it."""
        yield from number_problems(self.learning_rate, "learning_rate")
        for k, mark in enumerate(self.marks):
            yield from number_problems(mark.learning_rate, f"marks[{k}].learning_rate")


Subject = Networks | Expression | SoftmaxBench | LossBench | ActivationBench | OneWeight


@dataclass(frozen=True, eq=False)
class BuiltSubject:
    """A compiled network of a scene with its initial parameters."""

    network: Network
    dataset: Dataset
    theta: Array


def made(start: Start) -> BuiltSubject:
    """Return the compiled network of a scene. Raises DesignError, FileError."""
    work = read(examples()[start.design]) if isinstance(start.design, str) else DesignFile(start.design)
    dataset = make_dataset(work.design.data)
    network = Network(work.design, dataset)
    theta = work.theta if start.theta is None else np.array(start.theta, network.dtype)
    first = network.initial(work.design.training.seed) if theta is None else theta
    return BuiltSubject(network, dataset, first)


def design_of(start: Start) -> Design:
    """Return the design of a network of a scene. Raises FileError."""
    return read(examples()[start.design]).design if isinstance(start.design, str) else start.design


def with_learning_rate(design: Design, rate: float) -> Design:
    """Return a design with another learning rate. Raises DesignError."""
    changed = replace(design, training=replace(design.training, learning_rate=rate))
    if found := [*range_problems(changed.training, "training")]:
        raise DesignError(*found)
    return changed


def _taught(start: Start, activation: str, goal: tuple[float, ...]) -> Start:
    """Return a network with another activation in its hidden layers, and as targets its outputs at ``goal``.

    The design has a table with target columns; its loss leaves the outputs as they are.
    """
    design = design_of(start)
    *hidden, last = design.layers
    curved = (
        replace(layer, activation=activation) if isinstance(layer, Dense) else layer for layer in hidden
    )
    design = replace(design, layers=(*curved, last))
    one, table = made(Start(design=design)), design.data.table
    assert table is not None
    assert one.dataset.rows is not None
    targets = [k for k, column in enumerate(table.columns) if column.role == "target"]
    o = evaluate(one.network, np.array(goal), one.dataset.x, one.dataset.targets(len(targets))).a[-1]
    cells: dict[tuple[int, int], Cell] = {
        (int(row), k): float(o[j, s]) for j, k in enumerate(targets) for s, row in enumerate(one.dataset.rows)
    }
    taught = replace(design, data=replace(design.data, table=set_cells(table, cells)))
    return replace(start, name=activation.replace("_", "-"), design=taught)


def worked_out(number: Number) -> float:
    """Return the value of a number or of an expression without variables. Raises ExpressionError."""
    if not isinstance(number, str):
        return float(number)
    graph = parse(number)
    if graph.variables:
        column = number.index(graph.variables[0]) + 1
        raise ExpressionError(
            column, tr("a number has no variable such as {variables}.", variables=graph.variables[0])
        )
    value = float(forward(graph, {})[-1])
    if not math.isfinite(value):
        raise ExpressionError(1, tr("this is not a finite number."))
    if abs(value) > MOST_EXACT:
        raise ExpressionError(1, tr("this is larger than {most}.", most=exact_text(MOST_EXACT)))
    return value


def number_problems(number: Number, where: str) -> Iterator[Problem]:
    """Yield a problem if a number cannot be evaluated."""
    try:
        worked_out(number)
    except ExpressionError as error:
        yield Problem(where, f"“{number}”, {error}")


def _read(text: str, where: str) -> Any:
    """Return the graph of an expression; if it cannot be parsed, yield a problem and return None."""
    try:
        return parse(text)
    except ExpressionError as error:
        yield Problem(where, f"“{text}”, {error}")
    return None


def _value_problems(graph: Graph, values: dict[str, float]) -> Iterator[Problem]:
    for name in graph.variables:
        if name not in values:
            yield Problem("values", tr("no value is given for {name}: add it.", name=name))
    for name in values:
        if name not in graph.variables:
            yield Problem("values", tr("the expression has no variable {name}: remove it.", name=name))


def _goal_problems(bench: ActivationBench) -> Iterator[Problem]:
    """Yield the problems of the parameters that generate a network's targets."""
    assert bench.goal is not None
    if bench.network is None:
        yield Problem("goal", tr("is of a network: write one, or remove the goal."))
        return
    one = made(bench.network)
    if len(bench.goal) != one.network.parameters:
        why = tr(
            "has {count:,} numbers, but this network needs {parameters:,}.",
            count=len(bench.goal),
            parameters=one.network.parameters,
        )
        yield Problem("goal", why)
    numbers = one.network.design.data.table is not None and one.dataset.task != "classes"
    if one.network.design.data.source != OWN_TABLE.name or not numbers:
        yield Problem("goal", tr("needs data of a table whose targets are numbers."))


def _start_problems(start: Start) -> Iterator[Problem]:
    if isinstance(start.design, str) and start.design not in examples():
        known = ", ".join(examples())
        yield Problem(
            "design",
            tr("there is no example “{design}”; the examples are {known}.", design=start.design, known=known),
        )
        return
    named = list(range_problems(start.design, "design")) if isinstance(start.design, Design) else []
    if named:
        yield from named
        return
    try:
        network = made(start).network
    except DesignError as error:
        yield from (Problem(f"design.{problem.where}", problem.why) for problem in error.problems)
        return
    if start.theta is not None and len(start.theta) != network.parameters:
        why = tr(
            "has {count:,} numbers, but this network needs {parameters:,}.",
            count=len(start.theta),
            parameters=network.parameters,
        )
        yield Problem("theta", why)


def with_fields(subject: Subject, fields: dict[str, Any]) -> Subject:
    """Return a subject with other values of some fields. Raises msgspec.ValidationError."""
    types = {field.name: field.type for field in msgspec.structs.fields(type(subject))}
    for name in fields.keys() - types.keys():
        raise msgspec.ValidationError(tr("there is no field {name} in this subject", name=name))
    given = {name: msgspec.convert(value, types[name], dec_hook=from_json) for name, value in fields.items()}
    return replace(subject, **given)
