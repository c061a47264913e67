"""Writes a trained network as a `.keras` file, which Keras 3 opens with any of its backends.

Rows are samples. The model takes features in their original units: a standardized one unscaled, a
category as its columns of 0 and 1, a computed feature as its value. The file is a ZIP archive of a graph of
layers as JSON and the parameters in HDF5 format (https://keras.io/api/saving). It contains no code.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from importlib import import_module
from math import pi, sqrt
from typing import Any

import numpy as np

from ..arrays import Array
from ..language import tr
from ..nn.network import ActivationSpan, Network, NetworkLayer
from ..nn.trainer import Snapshot
from ..project.json_io import FileError
from .onnx_model import names_told

VERSION = "3.8.0"
"""The version of Keras that introduced this format; later ones read it."""
OF_DENSE = frozenset({"linear", "sigmoid", "tanh", "relu", "softplus", "softmax"})
"""Activations without a parameter that Keras has under the same names."""
WITH_PARAMETER = {"leaky_relu": ("LeakyReLU", "negative_slope"), "elu": ("ELU", "alpha")}
"""The layers of Keras that are activations with a parameter, and its name there."""
STEPS = {"step": (1.0, 0.0), "sign": (2.0, -1.0)}
"""Scale and offset of activations that are functions of whether z reaches 0."""


def _h5py() -> Any:
    try:
        return import_module("h5py")
    except ImportError:
        raise FileError(
            tr("Keras models need the package h5py, which is not installed: pip install 'glassnet[models]'.")
        ) from None


def keras_model(snapshot: Snapshot) -> bytes:
    """Return the network with the parameters ``theta`` of a moment as the contents of a `.keras` file."""
    h5py, network, dataset = _h5py(), snapshot.network, snapshot.dataset
    layers = _Layers(network)
    a = "x"
    if dataset.mean is not None and dataset.std is not None:
        scaled = {"mean": dataset.mean.tolist(), "variance": (dataset.std**2).tolist()}
        a = layers.add("Normalization", "scaling", a, axis=[-1], **scaled)
    for layer in network.layers:
        a = _layer(layers, a, layer)
    if dataset.target_std is not None and dataset.target_mean is not None:
        own = {"scale": dataset.target_std.tolist(), "offset": dataset.target_mean.tolist()}
        a = layers.add("Rescaling", "own_units", a, **own)
    told = {name: json.loads(names) for name, names in names_told(dataset).items()}
    files: dict[str, str | bytes] = {
        "metadata.json": json.dumps({"keras_version": VERSION, "title": network.design.title, **told}),
        "config.json": json.dumps(layers.model(a)),
        "model.weights.h5": _weights(h5py, network, snapshot.theta),
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)  # with a fixed date
    return made.getvalue()


def _weights(h5py: Any, network: Network, theta: Array) -> bytes:
    """Return the parameters as an HDF5 file; Keras numbers layers of a kind from the input on."""
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        file.create_group("vars")
        for k, layer in enumerate(network.layers):
            group = file.create_group(f"layers/dense{f'_{k}' if k else ''}/vars")
            for place, values in enumerate((network.W(theta, layer.l), network.b(theta, layer.l))):
                group.create_dataset(str(place), data=np.ascontiguousarray(values))
    return stream.getvalue()


class _Layers:
    """The layers of a model being written, each with a name of its own."""

    def __init__(self, network: Network) -> None:
        self._dtype = network.design.training.precision
        self._shapes: dict[str, tuple[int | None, ...]] = {"x": (None, network.n[0])}
        input_settings = {"batch_shape": [None, network.n[0]], "dtype": self._dtype, "name": "x"}
        self._made = [_saved("InputLayer", "x", input_settings, [])]

    def add(
        self, kind: str, name: str, entering: str | Sequence[str], columns: Sequence[int] = (), **config: Any
    ) -> str:
        """Add a layer that takes the output of another one or of several; return its name.

        ``columns`` is the shape of its output for one sample, if that differs from the shape of its input.
        """
        policy = _saved("DTypePolicy", "", {"name": self._dtype}, None, "keras")
        several = [entering] if isinstance(entering, str) else entering
        tensors: list[Any] = [self._tensor(one) for one in several]
        nodes: list[Any] = [{"args": tensors if isinstance(entering, str) else [tensors], "kwargs": {}}]
        self._shapes[name] = (None, *columns) if columns else self._shapes[several[0]]
        self._made.append(_saved(kind, name, {"name": name, "dtype": policy, **config}, nodes))
        return name

    def _tensor(self, name: str) -> dict[str, Any]:
        place = {"shape": self._shapes[name], "dtype": self._dtype, "keras_history": [name, 0, 0]}
        return {"class_name": "__keras_tensor__", "config": place}

    def model(self, output: str) -> dict[str, Any]:
        """Return the model whose output is that of a layer."""
        ends = {"input_layers": ["x", 0, 0], "output_layers": [output, 0, 0]}
        config = {"name": "network", "trainable": True, "layers": self._made, **ends}
        made = _saved("Functional", "", config, None, "keras.src.models.functional")
        return {**made, "registered_name": "Functional"}


def _saved(
    kind: str, name: str, config: dict[str, Any], nodes: list[Any] | None, module: str = "keras.layers"
) -> dict[str, Any]:
    """Return an object of Keras in its saved form; a layer also has a name and its input nodes."""
    found = {"module": module, "class_name": kind, "config": config, "registered_name": None}
    return found if nodes is None else {**found, "name": name, "inbound_nodes": nodes}


def _layer(layers: _Layers, a: str, layer: NetworkLayer) -> str:
    """Add the layers of Keras that make up a layer; return the name of the last one."""
    l, size = layer.l, layer.n_out
    if layer.dropout:
        a = layers.add("Dropout", f"dropout{l}", a, rate=layer.dropout)
    only = layer.spans[0].activation.name if len(layer.spans) == 1 else "linear"
    inside = only if only in OF_DENSE else "linear"
    z = layers.add("Dense", f"dense{l}", a, [size], units=size, activation=inside)
    if len(layer.spans) == 1:
        return z if inside == only else _activation(layers, z, layer.spans[0], f"{l}")
    column = layers.add("Reshape", f"column{l}", z, [size, 1], target_shape=[size, 1])
    parts = []
    for k, span in enumerate(layer.spans, start=1):
        cut = [span.start, size - span.stop]
        height = span.stop - span.start
        part = layers.add("Cropping1D", f"neurons{l}_{k}", column, [height, 1], cropping=cut)
        parts.append(_activation(layers, part, span, f"{l}_{k}"))
    joined = layers.add("Concatenate", f"joined{l}", parts, [size, 1], axis=1)
    return layers.add("Reshape", f"layer{l}", joined, [size], target_shape=[size])


def _activation(layers: _Layers, z: str, span: ActivationSpan, place: str) -> str:
    """Add the layers that compute an activation of z."""
    name = span.activation.name
    if name in OF_DENSE:
        return layers.add("Activation", f"{name}{place}", z, activation=name)
    if name in WITH_PARAMETER:
        kind, parameter = WITH_PARAMETER[name]
        return layers.add(kind, f"{name}{place}", z, (), **{parameter: span.alpha})
    if name in STEPS:
        scale, offset = STEPS[name]
        reached = layers.add("Discretization", f"reached{place}", z, bin_boundaries=[0.0], output_mode="int")
        return layers.add("Rescaling", f"{name}{place}", reached, scale=scale, offset=offset)
    # GELU of Keras is not the tanh approximation: z (1 + tanh(√(2/π) (z + 0.044715 z³))) / 2
    cube = layers.add("Multiply", f"cube{place}", [z, z, z])
    linear = layers.add("Rescaling", f"linear{place}", z, scale=sqrt(2 / pi), offset=0.0)
    cubic = layers.add("Rescaling", f"cubic{place}", cube, scale=0.044715 * sqrt(2 / pi), offset=0.0)
    inside = layers.add("Add", f"inside{place}", [linear, cubic])
    bent = layers.add("Activation", f"bent{place}", inside, activation="tanh")
    share = layers.add("Rescaling", f"share{place}", bent, scale=0.5, offset=0.5)
    return layers.add("Multiply", f"{name}{place}", [z, share])
