"""Reads a plain dense network from an ONNX model.

The nodes are followed from the input to an output. Between two products with weights, each column of values
is a function of one z, known by its values on a grid of z (its curve); an activation is recognized by its
curve, whatever operators it consists of. Shifts and scalings are included in the adjacent weights.
Nothing in a model is executed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import numpy as np

from ..arrays import Array
from ..language import tr
from ..nn.activations import ACTIVATIONS
from ..nn.design import MOST_PARAMETERS
from ..outside_text import one_line
from .json_io import PlaceError
from .model_layers import MOST_LAYERS, ReadLayer, ReadModel

MOST_NODES, MOST_COLUMNS, MOST_WORK = 4096, 2048, 1e10
GRID = np.concatenate([np.linspace(-4.0, 4.0, 33), [-20.0, 20.0, 0.3, -0.7]])
MINUS_ONE = int(np.flatnonzero(GRID == -1.0)[0])
AGREES = 1e-5  # a model in single precision holds its constants to seven digits
NUMBERS = ("FLOAT", "DOUBLE", "FLOAT16", "INT32", "INT64", "BOOL")


def _shown(name: object, most: int = 80) -> str:
    """Return a name in a model on one line; the decoder returns invalid text as bytes."""
    return one_line(name if isinstance(name, str) else repr(name), most)


class _Misfit(Exception):
    """A node that is not part of a plain dense network; the message says why, without the node's name."""


@dataclass(frozen=True, eq=False)
class _Base:
    """The values z = W^T h + b, where h are the outputs of layer ``source`` (0: the inputs).

    ``weighted``: they are a product with weights, instead of h itself, shifted and scaled.
    """

    source: int
    W: Array
    b: Array
    weighted: bool = False


@dataclass(frozen=True, eq=False)
class _Columns:
    """Some columns of values: the functions ``curves`` (columns, grid) of the z at ``places`` of a base."""

    base: _Base
    places: Array
    curves: Array


_Value = Array | _Columns | str
"""A constant, some columns, or a sentence on why a value is unknown."""


def read_onnx(data: bytes) -> ReadModel:
    """Return the layers in an ONNX model. Raises PlaceError, in a sentence that names the node."""
    try:
        onnx = import_module("onnx")
    except ImportError:
        raise PlaceError(tr("ONNX needs the package onnx: pip install 'glassnet[models]'.")) from None
    try:
        model = onnx.load_from_string(data)
    except Exception:  # of the decoder, which varies by version
        raise PlaceError(tr("it is no ONNX model, or damaged: export it again.")) from None
    graph = model.graph
    if len(graph.node) > MOST_NODES:
        raise PlaceError(
            tr(
                "it has {count:,} nodes; at most {most:,} can be read.",
                count=len(graph.node),
                most=MOST_NODES,
            )
        )
    return _OnnxReader(onnx, graph).read(_names(model))


def _names(model: Any) -> tuple[str, ...]:
    """Return the names of the inputs that this program writes into a model; empty if there are none."""
    told = next((one.value for one in model.metadata_props if one.key == "features"), "")
    try:
        names = json.loads(told[:100_000])
    except (ValueError, RecursionError):
        return ()
    return tuple(names) if isinstance(names, list) and all(isinstance(one, str) for one in names) else ()


class _OnnxReader:
    """Follows the nodes of a graph; ``layers`` are those found so far."""

    def __init__(self, onnx: Any, graph: Any) -> None:
        self._onnx, self._graph = onnx, graph
        self.layers: list[ReadLayer] = []
        self._values: dict[str, _Value] = {}
        self._closed: dict[int, tuple[_Columns, _Base]] = {}
        self._work = 0.0
        self._scaling: tuple[Array, Array] | None = None

    def read(self, names: tuple[str, ...]) -> ReadModel:
        """Return the layers from the input to the first output that a dense network can compute."""
        for tensor in self._graph.initializer:
            self._values[tensor.name] = self._constant(tensor)
        self._enter()
        for node in self._graph.node:
            self._follow(node)
        why = tr("it has no output: export the model again.")
        for output in self._graph.output:
            found = self._values.get(output.name, "")
            if isinstance(found, _Columns):
                self._finish(found)
                mean, std = self._scaling or (None, None)
                return ReadModel(tuple(self.layers), names, mean, std)
            why = found if isinstance(found, str) and found else why
        raise PlaceError(why)

    def _enter(self) -> None:
        """Set the one input that is not a constant."""
        inputs = [one for one in self._graph.input if one.name not in self._values]
        if len(inputs) != 1:
            raise PlaceError(
                tr(
                    "it has {count} inputs; a plain dense network has one, a row for each sample.",
                    count=len(inputs),
                )
            )
        kind = inputs[0].type.tensor_type
        sizes = [one.dim_value for one in kind.shape.dim][1:]
        columns = math.prod(sizes) if sizes else 0
        if not 1 <= columns <= MOST_COLUMNS:
            raise PlaceError(
                tr(
                    "input “{name}” must have a row for each sample and 1 to {most:,} columns.",
                    name=_shown(inputs[0].name),
                    most=MOST_COLUMNS,
                )
            )
        base = _Base(0, np.eye(columns), np.zeros(columns))
        self._values[inputs[0].name] = _whole(base)

    def _constant(self, tensor: Any) -> _Value:
        """Return an array of numbers in a model; its size is checked before it is allocated."""
        try:
            kind = self._onnx.TensorProto.DataType.Name(tensor.data_type)
            size = math.prod(tensor.dims)
            outside = tensor.data_location == self._onnx.TensorProto.EXTERNAL
            if kind not in NUMBERS or outside or not 0 <= size <= 2 * MOST_PARAMETERS or len(tensor.dims) > 8:
                raise ValueError(kind)
            return np.asarray(self._onnx.numpy_helper.to_array(tensor), float)
        except Exception:  # a damaged tensor raises errors of many kinds
            return tr(
                "constant “{name}” holds no numbers that can be read, or lies in another file.",
                name=_shown(tensor.name),
            )

    def _follow(self, node: Any) -> None:
        """Compute the values of a node, or record why it does not fit."""
        found: Sequence[_Value]
        inputs = [self._values.get(name, "") if name else np.zeros(0) for name in node.input]
        unknown = next((one for one in inputs if isinstance(one, str)), None)
        try:
            if unknown is not None:
                raise PlaceError(unknown or tr("one of its nodes takes a value that there is not."))
            settings = {one.name: self._setting(one) for one in node.attribute}
            if len(node.input) > 64 or len(node.output) > 64:
                raise _Misfit(tr("it has too many inputs or outputs"))
            found = self._result(node.op_type, inputs, settings, len(node.output))
        except PlaceError as error:
            found = [str(error)] * len(node.output)
        except (_Misfit, ValueError, IndexError, KeyError, TypeError, AttributeError) as error:
            why = str(error) if isinstance(error, _Misfit) else tr("its inputs or settings do not fit it")
            said = tr(
                "node “{name}” ({operator}) does not fit a plain dense network: {why}.",
                name=_shown(node.name or (node.output[0] if node.output else "")),
                operator=_shown(node.op_type, 40),
                why=why,
            )
            found = [said] * len(node.output)
        self._values.update(zip(node.output, found, strict=False))

    def _setting(self, attribute: Any) -> Any:
        if attribute.HasField("t"):
            value = self._constant(attribute.t)
            if isinstance(value, str):
                raise PlaceError(value)
            return value
        found = self._onnx.helper.get_attribute_value(attribute)
        # In single precision, the shortest number that rounds to it was meant.
        return float(str(np.float32(found))) if isinstance(found, float) else found

    def _result(
        self, operator: str, inputs: list[Any], settings: Mapping[str, Any], outputs: int
    ) -> Sequence[_Value]:
        """Return the values of a node. Raises _Misfit and the errors of wrong shapes."""
        if operator == "Constant":
            (value,) = settings.values()
            return [np.asarray(value, float)]
        if all(isinstance(one, np.ndarray) for one in inputs):
            return [_constants(operator, inputs, settings)]
        if operator in PASSING:
            return [inputs[0], *["" for _ in range(outputs - 1)]]
        if operator in CURVES:
            value = _on_curves(CURVES[operator], inputs, settings)
            shifts = operator in ("Add", "Sub") or any(
                one.size > 1 for one in inputs if not isinstance(one, _Columns)
            )
            return [_taken_into_weights(value) if shifts else value]
        if operator == "Split":
            return _split(inputs, settings, outputs)
        made = {
            "MatMul": self._product,
            "Gemm": self._product,
            "Softmax": self._softmax,
            "Concat": _joined,
            "Slice": _sliced,
            "Gather": _gathered,
        }.get(operator)
        if made is None:
            raise _Misfit(tr("only dense layers, activations and scalings do"))
        value = made(inputs, settings)
        if value.places.size > MOST_COLUMNS:
            raise _Misfit(tr("it has more than {most:,} columns", most=MOST_COLUMNS))
        return [value]

    # -- layers -----------------------------------------------------------------------------------

    def _product(self, inputs: list[Any], settings: Mapping[str, Any]) -> _Columns:
        """Return the product of columns with weights, of MatMul or Gemm."""
        value, W, *rest = inputs
        if not isinstance(value, _Columns) or not isinstance(W, np.ndarray) or W.ndim != 2:
            raise _Misfit(tr("one factor must be a matrix of weights"))
        if settings.get("transA"):
            raise _Misfit(tr("samples must be rows"))
        W = (W.T if settings.get("transB") else W) * settings.get("alpha", 1.0)
        base = self._affine(value)
        if base.weighted:
            self._add(base, ("linear",) * base.b.size, None)
            base = self._outputs().base
        if W.shape[0] != base.b.size:
            raise _Misfit(
                tr("{columns} columns meet {rows} rows of weights", columns=base.b.size, rows=W.shape[0])
            )
        b = np.zeros(W.shape[1])
        if rest and isinstance(rest[0], np.ndarray) and rest[0].size:
            b = b + settings.get("beta", 1.0) * rest[0].reshape(-1)
        self._count_work(base.W.shape[0] * W.size)
        return _whole(_Base(base.source, base.W @ W, base.b @ W + b, weighted=True))

    def _count_work(self, work: float) -> None:
        self._work += work
        if self._work > MOST_WORK:
            raise _Misfit(tr("the network is too large"))

    def _softmax(self, inputs: list[Any], settings: Mapping[str, Any]) -> _Columns:
        (value,) = inputs
        if settings.get("axis", -1) not in (1, -1):
            raise _Misfit(tr("softmax must run over the columns"))
        base = self._affine(value)
        self._add(base, ("softmax",) * base.b.size, None)
        return self._outputs()

    def _outputs(self) -> _Columns:
        size = self.layers[-1].b.size
        return _whole(_Base(len(self.layers), np.eye(size), np.zeros(size)))

    def _affine(self, value: _Columns) -> _Base:
        """Return columns as W^T h + b of the outputs h of a layer, which is added if they are activations."""
        known = self._closed.get(id(value))
        if known is None:
            known = self._closed[id(value)] = value, self._as_affine(value)
        return known[1]

    def _as_affine(self, value: _Columns) -> _Base:
        base, places = value.base, value.places
        curves = [_recognized(curve) for curve in _distinct(value.curves)]
        which = _which(value.curves)
        names = tuple(curves[k].name for k in which)
        scale, shift = (np.array([getattr(curves[k], field) for k in which]) for field in ("scale", "shift"))
        self._count_work(base.W.shape[0] * places.size)
        W, b = base.W[:, places], base.b[places]
        if {*names} == {"linear"}:
            if base.source == 0 and not self.layers and np.array_equal(W, np.eye(len(W))):
                self._scaling = -(b + shift / scale), 1 / scale
            return replace(base, W=W * scale, b=b * scale + shift)
        alphas = {curves[k].alpha for k in which} - {None}
        if len(alphas) > 1:
            raise _Misfit(tr("its neurons have activations with different α, but a layer has one"))
        self._add(_Base(base.source, W, b), names, next(iter(alphas), None))
        return _Base(len(self.layers), np.diag(scale), shift)

    def _add(self, base: _Base, names: tuple[str, ...], alpha: float | None) -> None:
        """Add a layer, which must follow the last one."""
        if base.source != len(self.layers):
            raise _Misfit(tr("the network branches before it"))
        if len(self.layers) >= MOST_LAYERS:
            raise _Misfit(tr("there are more than {most} layers", most=MOST_LAYERS))
        self.layers.append(ReadLayer(base.W, base.b, names, alpha))

    def _finish(self, value: _Columns) -> None:
        """Add what follows the last activation as a linear layer, unless it is the identity."""
        try:
            base = self._affine(value)
            if base.weighted or not (
                self.layers and np.array_equal(base.W, np.eye(len(base.W))) and not base.b.any()
            ):
                self._add(base, ("linear",) * base.b.size, None)
        except _Misfit as error:
            raise PlaceError(tr("its output does not fit a plain dense network: {why}.", why=error)) from None


# -- curves -----------------------------------------------------------------------------------------------


def _whole(base: _Base) -> _Columns:
    size = base.b.size
    return _Columns(base, np.arange(size), np.broadcast_to(GRID, (size, GRID.size)))


@dataclass(frozen=True)
class _Recognized:
    """A curve as scale g(z) + shift of an activation g."""

    name: str
    scale: float = 1.0
    shift: float = 0.0
    alpha: float | None = None


def _distinct(curves: Array) -> Array:
    return np.unique(curves, axis=0)


def _which(curves: Array) -> list[int]:
    places: list[int] = np.unique(curves, axis=0, return_inverse=True)[1].reshape(-1).tolist()
    return places


def _recognized(curve: Array) -> _Recognized:
    """Return the activation that a curve is, exactly or scaled and shifted. Raises _Misfit."""
    for scaled in (False, True):
        for name, entry in ACTIVATIONS.items():
            if entry.layerwide:
                continue
            alpha = None
            if entry.alpha is not None:  # below 0, the values are α times those for α = 1
                unit = float(entry.g(np.array([-1.0]), 1.0)[0])
                alpha = float(curve[MINUS_ONE] / unit)
                if not entry.alpha_range[0] <= alpha <= entry.alpha_range[1]:
                    continue
            g = entry.g(GRID, alpha)
            scale, shift = _fit(g, curve) if scaled else (1.0, 0.0)
            if scale and np.allclose(scale * g + shift, curve, rtol=AGREES, atol=AGREES):
                return _Recognized(name, scale, shift, alpha)
    raise _Misfit(tr("what stands before it is no activation of {known}", known=", ".join(ACTIVATIONS)))


def _fit(g: Array, curve: Array) -> tuple[float, float]:
    """Return scale and shift of g that fit a curve best (least squares)."""
    if not np.isfinite(curve).all():
        return 0.0, 0.0
    (scale, shift), *_ = np.linalg.lstsq(np.stack([g, np.ones_like(g)], axis=1), curve, rcond=None)
    return float(scale), float(shift)


Curve = Callable[..., Array]


def _normalized(
    x: Array, scale: Array, b: Array, mean: Array, var: Array, epsilon: float = 1e-5, **_more: object
) -> Array:
    return (x - mean) / np.sqrt(var + epsilon) * scale + b


def _scaler(x: Array, offset: Sequence[float] = (0.0,), scale: Sequence[float] = (1.0,)) -> Array:
    return (x - np.array(offset)[:, None]) * np.array(scale)[:, None]


def _chosen(condition: Array, x: Array, y: Array) -> Array:
    return np.where(condition != 0, x, y)


def _gelu(x: Array, approximate: bytes = b"none") -> Array:
    if approximate != b"tanh":
        raise _Misfit(tr("GELU is known by its approximation with tanh alone"))
    return ACTIVATIONS["gelu"].g(x)


PASSING = frozenset({"Identity", "Dropout", "Cast", "CastLike", "Reshape", "Flatten", "Squeeze", "Unsqueeze"})
"""Operators that leave the columns of a network unchanged."""
CURVES: Mapping[str, Curve] = {
    "Add": np.add,
    "Sub": np.subtract,
    "Mul": np.multiply,
    "Div": np.divide,
    "Pow": np.power,
    "Max": np.maximum,
    "Min": np.minimum,
    "Neg": np.negative,
    "Abs": np.abs,
    "Sign": np.sign,
    "Exp": np.exp,
    "Log": np.log,
    "Sqrt": np.sqrt,
    "Reciprocal": np.reciprocal,
    "Tanh": np.tanh,
    "Sigmoid": ACTIVATIONS["sigmoid"].g,
    "Relu": lambda z: np.maximum(z, 0.0),
    "Softplus": lambda z: np.logaddexp(z, 0.0),
    "LeakyRelu": lambda z, alpha=0.01: np.where(z > 0, z, alpha * z),
    "Elu": lambda z, alpha=1.0: np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0.0))),
    "Gelu": _gelu,
    "Greater": np.greater,
    "GreaterOrEqual": np.greater_equal,
    "Less": np.less,
    "LessOrEqual": np.less_equal,
    "Where": _chosen,
    "BatchNormalization": _normalized,
    "Scaler": _scaler,
}
"""Operators that act on each column separately."""


def _on_curves(operator: Curve, inputs: list[Any], settings: Mapping[str, Any]) -> _Columns:
    """Return the result of an operator on columns of one base, and constants for each column or for all."""
    columns = [one for one in inputs if isinstance(one, _Columns)]
    first = columns[0]
    if any(one.base is not first.base or not np.array_equal(one.places, first.places) for one in columns):
        raise _Misfit(tr("it joins two branches"))
    operands = [_operand(one, first.places.size) for one in inputs]
    with np.errstate(all="ignore"):
        curves = np.asarray(operator(*operands, **settings), float)
    return replace(first, curves=np.broadcast_to(curves, first.curves.shape))


def _taken_into_weights(value: _Columns) -> _Columns:
    """Return columns that are z shifted and scaled as a base of their own; others unchanged.

    So biases become part of the parameters, and the argument of an activation is z itself.
    """
    if not value.base.weighted:
        return value
    zero, one = (value.curves[:, int(np.flatnonzero(place == GRID)[0])] for place in (0.0, 1.0))
    scale, shift = one - zero, zero
    with np.errstate(all="ignore"):
        affine = np.allclose(scale[:, None] * GRID + shift[:, None], value.curves, rtol=1e-9, atol=1e-9)
    if not affine:
        return value
    base, places = value.base, value.places
    return _whole(replace(base, W=base.W[:, places] * scale, b=base.b[places] * scale + shift))


def _operand(value: Any, columns: int) -> Array:
    """Return the curves of columns, or a constant in a shape compatible with them."""
    if isinstance(value, _Columns):
        return value.curves
    constant = np.asarray(value, float)
    if constant.size == 1:
        return constant.reshape(1, 1)
    if constant.size == columns == constant.shape[-1]:
        return constant.reshape(-1, 1)
    raise _Misfit(tr("its constant is no number for each column"))


# -- columns ----------------------------------------------------------------------------------------------


def _some(value: _Columns, chosen: Array) -> _Columns:
    return _Columns(value.base, value.places[chosen], value.curves[chosen])


def _check_axis(axis: int) -> None:
    if axis not in (1, -1):
        raise _Misfit(tr("it must work on columns, not on samples"))


def _sliced(inputs: list[Any], _settings: Mapping[str, Any]) -> _Columns:
    value, starts, ends, *rest = inputs
    axes = rest[0] if rest and rest[0].size else np.zeros(1)
    step = int(rest[1].reshape(-1)[0]) if len(rest) > 1 and rest[1].size else 1
    if starts.size != 1:
        raise _Misfit(tr("it must work on columns, not on samples"))
    _check_axis(int(axes.reshape(-1)[0]))
    start, end = int(starts.reshape(-1)[0]), int(ends.reshape(-1)[0])
    return _some(value, np.arange(value.places.size)[start:end:step])


def _gathered(inputs: list[Any], settings: Mapping[str, Any]) -> _Columns:
    value, chosen = inputs
    _check_axis(settings.get("axis", 0))
    if chosen.size > MOST_COLUMNS:
        raise _Misfit(tr("it has more than {most:,} columns", most=MOST_COLUMNS))
    return _some(value, chosen.reshape(-1).astype(int))


def _split(inputs: list[Any], settings: Mapping[str, Any], outputs: int) -> list[_Value]:
    value = inputs[0]
    _check_axis(settings.get("axis", 0))
    size = value.places.size
    sizes = inputs[1].reshape(-1).astype(int) if len(inputs) > 1 else np.full(outputs, -(-size // outputs))
    ends = np.minimum(np.cumsum(sizes), size)
    every = np.arange(size)
    return [_some(value, every[start:end]) for start, end in zip([0, *ends[:-1].tolist()], ends, strict=True)]


def _joined(inputs: list[Any], settings: Mapping[str, Any]) -> _Columns:
    _check_axis(settings.get("axis", 0))
    if any(not isinstance(one, _Columns) or one.base is not inputs[0].base for one in inputs):
        raise _Misfit(tr("it joins two branches"))
    places = np.concatenate([one.places for one in inputs])
    return _Columns(inputs[0].base, places, np.concatenate([one.curves for one in inputs]))


def _constants(operator: str, inputs: list[Array], settings: Mapping[str, Any]) -> Array:
    """Return the result of an operator on constants only, as exporters write them."""
    if operator == "Transpose" and inputs[0].ndim == 2:
        return inputs[0].T
    if operator in ("Identity", "Cast"):
        return inputs[0]
    if operator in ("Reshape", "Unsqueeze", "Squeeze", "Flatten") and inputs[0].size <= MOST_COLUMNS:
        return inputs[0].reshape(-1)
    if operator in CURVES and operator != "Scaler" and all(one.size == 1 for one in inputs):
        with np.errstate(all="ignore"):
            return np.asarray(CURVES[operator](*(one.reshape(()) for one in inputs), **settings), float)
    raise _Misfit(tr("it computes with constants alone"))
