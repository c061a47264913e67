"""Layers read from a model of another program, as a design with weights and generated data.

Such a file contains no data. The design gets a table of random inputs with the network's own outputs,
so that it works at once; other data can be opened instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..data.dataset import Dataset
from ..data.datasets import make_dataset
from ..data.encoding import MOST_FEATURES
from ..data.table import LONGEST_NAME, MOST_CLASSES, Cells, Column, Table
from ..data.table_edits import free_name
from ..language import tr
from ..nn.activations import ACTIVATIONS
from ..nn.design import MOST_PARAMETERS, Data, Dense, Design, DesignError, Training
from ..nn.losses import MSE, BinaryCrossEntropy, CategoricalCrossEntropy, Loss
from ..nn.network import Network
from ..outside_text import one_line
from .json_io import PlaceError

MOST_LAYERS, MOST_NEURONS = 64, 1024
ROWS, ROWS_A_CLASS = 60, 3
DIGITS = 2  # of the random inputs


@dataclass(frozen=True)
class ReadLayer:
    """A dense layer of a model: W (inputs, neurons), b (neurons,), and the activation of each neuron."""

    W: Array
    b: Array
    activations: tuple[str, ...]
    alpha: float | None = None


@dataclass(frozen=True)
class ReadModel:
    """The contents of a model file: its layers, and if known the names, mean and std of its inputs."""

    layers: tuple[ReadLayer, ...]
    names: tuple[str, ...] = ()
    mean: Array | None = None
    std: Array | None = None
    remark: str = ""


def design_of(model: ReadModel, title: str) -> tuple[Design, Array]:
    """Return a model as a design and its parameters theta. Raises PlaceError, in a sentence."""
    _check_sizes(model.layers)
    layers = tuple(Dense(layer.b.size, _one(layer.activations), alpha=layer.alpha) for layer in model.layers)
    x = _random_inputs(model)
    o = _outputs(model.layers, x)
    loss, targets = _targets(model.layers[-1], o)
    table = Table((*_inputs(model, x), *targets), title)
    training = Training(loss=loss, batch_size=min(10, x.shape[1]))
    design = Design(title, Data("table", table=table), layers, training)
    dataset = make_dataset(design.data)
    try:
        network = Network(design, dataset)
    except DesignError as error:
        raise PlaceError(tr("its network does not work here: {error}", error=error)) from None
    return design, _theta(network, model.layers, dataset)


def _check_sizes(layers: Sequence[ReadLayer]) -> None:
    if not layers:
        raise PlaceError(tr("it holds no dense layer: choose a model of dense layers."))
    widest = max(layer.b.size for layer in layers)
    if len(layers) > MOST_LAYERS or widest > MOST_NEURONS or layers[0].W.shape[0] > MOST_FEATURES:
        raise PlaceError(
            tr(
                "it has {layers} layers, {inputs:,} inputs and up to {widest:,} neurons; at most "
                "{most_layers} layers, {most_inputs:,} inputs and {most:,} neurons fit.",
                layers=len(layers),
                inputs=layers[0].W.shape[0],
                widest=widest,
                most_layers=MOST_LAYERS,
                most_inputs=MOST_FEATURES,
                most=MOST_NEURONS,
            )
        )
    parameters = sum(layer.W.size + layer.b.size for layer in layers)
    if parameters > MOST_PARAMETERS:
        raise PlaceError(
            tr(
                "{parameters:,} parameters are too many; at most {most:,}.",
                parameters=parameters,
                most=MOST_PARAMETERS,
            )
        )
    for l, layer in enumerate(layers, start=1):
        if not (np.isfinite(layer.W).all() and np.isfinite(layer.b).all()):
            raise PlaceError(tr("a parameter of layer {l} is not a finite number: train it anew.", l=l))


def _one(activations: tuple[str, ...]) -> str | tuple[str, ...]:
    return activations[0] if len({*activations}) == 1 else activations


def _random_inputs(model: ReadModel) -> Array:
    """Return inputs (features, samples), distributed as the model expects them if it says so."""
    features, outputs = model.layers[0].W.shape[0], model.layers[-1].b.size
    rows = max(ROWS, ROWS_A_CLASS * min(outputs, MOST_CLASSES))
    x = np.random.default_rng(1).standard_normal((features, rows))
    if model.mean is not None and model.std is not None:
        x = x * model.std[:, None] + model.mean[:, None]
    digits = DIGITS - np.floor(np.log10(np.maximum(np.abs(x).max(axis=1, keepdims=True), 1e-30)))
    unit = 10.0 ** np.clip(digits, -30, 30)
    return np.asarray(np.rint(x * unit) / unit)


def _outputs(layers: Sequence[ReadLayer], x: Array) -> Array:
    """Return the outputs (n[L], samples) of the layers."""
    a = x
    with np.errstate(all="ignore"):
        for layer in layers:
            z = layer.W.T @ a + layer.b[:, None]
            if ACTIVATIONS[layer.activations[0]].layerwide:
                a = ACTIVATIONS[layer.activations[0]].g(z)
                continue
            rows = zip(layer.activations, z, strict=True)
            a = np.array([ACTIVATIONS[name].g(row, layer.alpha) for name, row in rows])
    if not np.isfinite(a).all():
        raise PlaceError(tr("its outputs are not finite numbers: its parameters are too large."))
    return a


def _inputs(model: ReadModel, x: Array) -> list[Column]:
    names = list[str]()
    for k in range(len(x)):
        known = one_line(model.names[k], LONGEST_NAME - 8) if len(model.names) == len(x) else ""
        names.append(free_name(names, known or f"x{k + 1}"))
    return [Column(name, Cells(row)) for name, row in zip(names, x, strict=True)]


def _targets(output: ReadLayer, o: Array) -> tuple[Loss, list[Column]]:
    """Return the loss that suits the output layer, and targets that are the network's own outputs."""
    kinds, outputs = {*output.activations}, len(o)
    if outputs <= MOST_CLASSES and kinds <= {"softmax", "sigmoid"}:
        cells = Cells(_decided(o).astype(float))
        loss: Loss = CategoricalCrossEntropy() if kinds == {"softmax"} else BinaryCrossEntropy()
        return loss, [Column("class", cells, role="target", entry="classes")]
    names = [f"y{k + 1}" if outputs > 1 else "y" for k in range(outputs)]
    return MSE(), [Column(name, Cells(row), role="target") for name, row in zip(names, o, strict=True)]


def _decided(o: Array) -> Array:
    """Return the predicted class (samples,) for outputs, from 0; every class occurs."""
    if len(o) == 1:
        classes = (o[0] > 0.5).astype(int)
        if len({*classes.tolist()}) < 2:
            classes[[int(o[0].argmin()), int(o[0].argmax())]] = 0, 1
        return classes
    classes = o.argmax(axis=0)
    for k in range(len(o)):
        if not (classes == k).any():
            counts = np.bincount(classes, minlength=len(o))
            classes[int(np.where(counts[classes] > 1, o[k], -np.inf).argmax())] = k
    return classes


def _theta(network: Network, layers: Sequence[ReadLayer], dataset: Dataset) -> Array:
    theta = np.zeros(network.parameters)
    for compiled, layer in zip(network.layers, layers, strict=True):
        compiled.packed(theta)[:-1], compiled.packed(theta)[-1] = layer.W, layer.b
    assert dataset.features == network.n[0]
    return theta
