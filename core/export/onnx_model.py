"""Writes a trained network as an ONNX model, with the scaling and encoding of its inputs.

Rows are samples. The model takes values in their original units: a standardized feature unscaled, a
text as text. It computes in the precision of the design. IR version 8 and operator set 17 (2022) are read by
ONNX Runtime, Netron and most converters.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from ..arrays import Array
from ..data.dataset import Dataset
from ..data.encoding import EncodedColumn, encoded
from ..data.formulas import FEATURE
from ..data.table import Column, number_of
from ..expressions import (
    Cases,
    Difference,
    Expression,
    Function,
    Leaf,
    Negative,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    absolute,
    exp,
    ln,
    maximum,
    number,
)
from ..graph.plane_formulas import expression_of
from ..language import tr
from ..nn.network import ActivationSpan, Network, NetworkLayer
from ..nn.trainer import Snapshot
from ..project.json_io import FileError

IR_VERSION, OPSET, ML_OPSET = 8, 17, 3
ML = "ai.onnx.ml"
NATIVE: Mapping[str, str] = {
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "relu": "Relu",
    "leaky_relu": "LeakyRelu",
    "softmax": "Softmax",
}
"""Activations that are operators of ONNX in both precisions; others are composed from their formula."""
FUNCTIONS: Mapping[str, str] = {
    "exp": "Exp",
    "ln": "Log",
    "sqrt": "Sqrt",
    "sin": "Sin",
    "cos": "Cos",
    "tanh": "Tanh",
    "sign": "Sign",
    "abs": "Abs",
    "max": "Max",
    "min": "Min",
}
SIGNS: Mapping[str, str] = {">": "Greater", "≥": "GreaterOrEqual", "<": "Less", "≤": "LessOrEqual"}
Z = Leaf(0.5, Symbol("z"))
STABLE: Mapping[str, Expression] = {"softplus": maximum(Z, 0) + ln(number(1) + exp(-absolute(Z)))}
"""Formulas that differ from the lecture's because those overflow."""


def onnx_package() -> Any:
    """Return the package `onnx`. Raises FileError if it is not installed."""
    try:
        return import_module("onnx")
    except ImportError:
        raise FileError(
            tr("ONNX needs the package onnx, which is not installed: pip install 'glassnet[models]'.")
        ) from None


def onnx_model(snapshot: Snapshot) -> bytes:
    """Return the network with the parameters ``theta`` of a moment as the bytes of an ONNX model."""
    onnx, network, dataset = onnx_package(), snapshot.network, snapshot.dataset
    graph = _Graph(onnx, network.dtype)
    a = _inputs(graph, network, dataset)
    for layer in network.layers:
        W, b = network.W(snapshot.theta, layer.l), network.b(snapshot.theta, layer.l)
        parameters = graph.array(W, f"W{layer.l}"), graph.array(b, f"b{layer.l}")
        z = graph.node("Gemm", a, *parameters, called=f"Dense_{layer.l}")
        a = _activated(graph, z, layer)
    _output(graph, a, network, dataset)
    helper = onnx.helper
    made = helper.make_graph(graph.nodes, "network", graph.inputs, graph.outputs, graph.arrays)
    operators = [helper.make_opsetid("", OPSET)]
    if graph.uses_ml:
        operators.append(helper.make_opsetid(ML, ML_OPSET))
    model = helper.make_model(
        made, opset_imports=operators, ir_version=IR_VERSION, producer_name="glassnet",
        doc_string=network.design.title,
    )  # fmt: skip
    helper.set_model_props(model, names_told(dataset))
    return bytes(model.SerializeToString(deterministic=True))


def names_told(dataset: Dataset) -> dict[str, str]:
    """Return what a user of the model needs to know, as lists of names in JSON."""
    names = {
        "features": dataset.feature_names,
        "classes": dataset.class_names,
        "targets": dataset.target_names,
    }
    return {name: json.dumps(of, ensure_ascii=False) for name, of in names.items() if of}


class _Graph:
    """The nodes and arrays of a model being written; every node and every value gets a name of its own."""

    def __init__(self, onnx: Any, dtype: np.dtype[Any]) -> None:
        self._onnx, self.dtype = onnx, dtype
        self.kind = onnx.helper.np_dtype_to_tensor_dtype(dtype)
        self.text = onnx.TensorProto.STRING
        self.nodes: list[Any] = []
        self.arrays: list[Any] = []
        self.inputs: list[Any] = []
        self.outputs: list[Any] = []
        self.uses_ml = False
        self._counts: Counter[str] = Counter()
        self._names = set[str]()
        self._constants: dict[float, str] = {}

    def free(self, name: str) -> str:
        """Return a name that is not yet used."""
        found, k = name, 2
        while found in self._names:
            found, k = f"{name}_{k}", k + 1
        self._names.add(found)
        return found

    def input(self, name: str, columns: int, kind: int | None = None) -> str:
        """Add an input (samples, columns) and return its name."""
        name = self.free(name)
        of = self.kind if kind is None else kind
        self.inputs.append(self._onnx.helper.make_tensor_value_info(name, of, ["samples", columns]))
        return name

    def output(self, name: str, columns: int) -> None:
        """Make a value (samples, columns) an output."""
        made = self._onnx.helper.make_tensor_value_info(name, self.kind, ["samples", columns])
        self.outputs.append(made)

    def array(self, values: Array, name: str) -> str:
        """Add an array and return its name."""
        name = self.free(name)
        self.arrays.append(self._onnx.numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def numbers(self, values: Array | Sequence[object], name: str) -> str:
        """Add numbers in the precision of the model and return their name."""
        return self.array(np.asarray(values, self.dtype), name)

    def constant(self, value: float) -> str:
        """Return the name of a number, which is added once."""
        if value not in self._constants:
            self._constants[value] = self.numbers(np.array(value), f"number {value!r}")
        return self._constants[value]

    def node(
        self, operator: str, *inputs: str, called: str = "", output: str = "", domain: str = "", **more: Any
    ) -> str:
        """Add a node and return the name of its value."""
        self._counts[operator] += 1
        name = self.free(called or f"{operator}_{self._counts[operator]}")
        output = self.free(output or f"{name} value")
        made = self._onnx.helper.make_node(operator, inputs, [output], name=name, domain=domain, **more)
        self.nodes.append(made)
        self.uses_ml = self.uses_ml or domain == ML
        return output

    def as_numbers(self, value: str) -> str:
        """Return a value converted to the precision of the model."""
        return self.node("Cast", value, to=self.kind)

    def written(self, expression: Expression, values: Mapping[Symbol, str]) -> str:
        """Add the nodes of an expression whose symbols are in ``values``; return the name of the result."""

        def of(part: Expression) -> str:
            return self.written(part, values)

        match expression:
            case Leaf(_, symbol) if symbol is not None and symbol in values:
                found = values[symbol]
            case Leaf(value, definition=definition):
                found = self.constant(value) if definition is None else of(definition)
            case Sum((first, *rest)):
                found = self._folded("Add", of(first), map(of, rest))
            case Product((first, *rest)):
                found = self._folded("Mul", of(first), map(of, rest))
            case Difference(first, second):
                found = self.node("Sub", of(first), of(second))
            case Quotient(above, below):
                found = self.node("Div", of(above), of(below))
            case Power(base, exponent):
                found = self.node("Pow", of(base), of(exponent))
            case Negative(term):
                found = self.node("Neg", of(term))
            case Function(name, arguments):
                found = self.node(FUNCTIONS[str(name)], *map(of, arguments))
            case Cases(condition, then, otherwise):
                holds = self.node(SIGNS[condition.sign], of(condition.left), of(condition.right))
                found = self.node("Where", holds, of(then), of(otherwise))
            case _:
                raise ValueError(expression)
        return found

    def _folded(self, operator: str, first: str, rest: Iterable[str]) -> str:
        for other in rest:
            first = self.node(operator, first, other)
        return first


# -- inputs ---------------------------------------------------------------------------------------------


def _inputs(graph: _Graph, network: Network, dataset: Dataset) -> str:
    """Add the inputs and the nodes that compute features from them; return the name of the features."""
    data = network.design.data
    if dataset.plane is not None:
        return _of_plane(graph, dataset.plane.formulas)
    if data.source == "table" and data.table is not None:
        told = [
            (column, entered)
            for column, entered in zip(data.table.columns, encoded(data.table).columns, strict=True)
            if column.role == "input"
        ]
        if any(one.categories or one.filled is not None for _, one in told):
            return _of_columns(graph, told)
    x = graph.input("x", dataset.features)
    return _scaled(graph, x, dataset.mean, dataset.std)


def _scaled(graph: _Graph, x: str, mean: Array | None, std: Array | None) -> str:
    if mean is None or std is None:
        return x
    centred = graph.node("Sub", x, graph.numbers(mean, "mean"), called="Scaling_mean")
    return graph.node("Div", centred, graph.numbers(std, "std"), called="Scaling_std")


def _of_plane(graph: _Graph, formulas: Sequence[str]) -> str:
    x = graph.input("x", 2)
    values = {
        Symbol(name): graph.node("Gather", x, graph.array(np.array([k]), f"column {k + 1}"), axis=1)
        for k, names in enumerate(FEATURE)
        for name in names[:1]
    }
    zero = graph.node("Mul", next(iter(values.values())), graph.constant(0.0))
    features = [  # a formula without a coordinate is a constant, repeated for every sample
        graph.node("Add", graph.written(expression_of(text, FEATURE), values), zero) for text in formulas
    ]
    return graph.node("Concat", *features, called="Features", axis=1)


def _of_columns(graph: _Graph, columns: Sequence[tuple[Column, EncodedColumn]]) -> str:
    """Add one input for each column of a table, encoded as in the program."""
    parts = []
    for column, entered in columns:
        text = column.type == "text"
        x = graph.input(column.name, 1, graph.text if text else None)
        parts.append(
            _categories(graph, x, column, entered) if entered.categories else _filled(graph, x, entered)
        )
    return graph.node("Concat", *parts, called="Features", axis=1)


def _filled(graph: _Graph, x: str, entered: EncodedColumn) -> str:
    """Add the nodes of a column of numbers: missing values (NaN) are filled, then all are scaled."""
    if isinstance(entered.filled, float):
        missing = graph.node("IsNaN", x)
        x = graph.node("Where", missing, graph.constant(entered.filled), x)
    if (entered.mean, entered.std) == (0.0, 1.0):
        return x
    return _scaled(graph, x, np.array([entered.mean]), np.array([entered.std]))


def _categories(graph: _Graph, x: str, column: Column, entered: EncodedColumn) -> str:
    """Add the nodes of a column of categories; an unknown category counts as a missing cell."""
    names = entered.categories
    if column.type == "text":
        flat = graph.node("Reshape", x, graph.array(np.array([-1]), "flat"))
        found = graph.node(
            "OneHotEncoder", flat, called=f"Encoding {column.name}", domain=ML, cats_strings=names, zeros=1
        )
    else:
        known = graph.numbers([[number_of(name) or 0.0 for name in names]], f"categories {column.name}")
        found = graph.node("Equal", x, known, called=f"Encoding {column.name}")
    hot = graph.as_numbers(found)
    if entered.filled is not None:
        total = graph.node("ReduceSum", hot, graph.array(np.array([1]), "axis"), keepdims=1)
        lacking = graph.node("Sub", graph.constant(1.0), total)
        usual = graph.numbers([[float(name == entered.filled) for name in names]], "usual")
        hot = graph.node("Add", hot, graph.node("Mul", lacking, usual))
    if column.entry != "0/1":
        return hot
    last = graph.array(np.array([len(names) - 1]), "last")
    chosen = graph.node("Gather", hot, last, axis=1)
    return graph.node("Mul", chosen, graph.constant(float(len(names) > 1)))


# -- layers and output ----------------------------------------------------------------------------------


def _activated(graph: _Graph, z: str, layer: NetworkLayer) -> str:
    """Add the activations of a layer, which may differ from neuron to neuron."""
    if len(layer.spans) == 1:
        return _activation(graph, z, layer.spans[0], f"{layer.l}")
    parts = []
    for k, span in enumerate(layer.spans, start=1):
        ends = (graph.array(np.array([end]), f"{layer.l}.{k} {name}") for name, end in
                (("start", span.start), ("stop", span.stop), ("axis", 1)))  # fmt: skip
        part = graph.node("Slice", z, *ends, called=f"Neurons_{layer.l}_{k}")
        parts.append(_activation(graph, part, span, f"{layer.l}_{k}"))
    return graph.node("Concat", *parts, called=f"Layer_{layer.l}", axis=1)


def _activation(graph: _Graph, z: str, span: ActivationSpan, place: str) -> str:
    name = span.activation.name
    if name == "linear":
        return z
    if operator := NATIVE.get(name):
        settings: dict[str, dict[str, Any]] = {"softmax": {"axis": 1}, "leaky_relu": {"alpha": span.alpha}}
        return graph.node(operator, z, called=f"{operator}_{place}", **settings.get(name, {}))
    formula = STABLE.get(name) or span.activation.formula(Z, number(span.alpha))
    assert Z.symbol is not None
    found = graph.written(formula, {Z.symbol: z})
    if span.activation.piecewise_constant:  # both cases are constants, repeated for every neuron
        found = graph.node("Add", found, graph.node("Mul", z, graph.constant(0.0)))
    return graph.node("Identity", found, called=f"{span.activation.name}_{place}")


def _output(graph: _Graph, a: str, network: Network, dataset: Dataset) -> None:
    """Add the output o (samples, n[L]): probabilities, scores, or values in their own units."""
    if dataset.target_std is not None and dataset.target_mean is not None:
        a = graph.node("Mul", a, graph.numbers(dataset.target_std, "target std"), called="Unscaling_std")
        a = graph.node("Add", a, graph.numbers(dataset.target_mean, "target mean"), called="Unscaling_mean")
    o = graph.node("Identity", a, called="Output", output="o")
    graph.output(o, network.n[-1])
