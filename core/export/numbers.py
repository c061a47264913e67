"""The numbers of a run as tables (CSV) and arrays (.npz). Samples, layers and neurons count from 1."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import numpy as np

from ..analysis.metrics import ALL, metrics_of, names_of
from ..analysis.sample_losses import sample_losses
from ..arrays import Array
from ..data.datasets import Dataset
from ..nn.curves import Curves
from ..nn.network import Network
from ..nn.trainer import Snapshot

Cell = str | int | float | None
TRAIN, TEST = "train", "test"


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a table as CSV in UTF-8; numbers keep all their digits, None is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def _cell(cell: Cell) -> str:
    if cell is None:
        return ""
    return cell if isinstance(cell, str) else str(cell) if isinstance(cell, int) else repr(float(cell))


def losses_csv(snapshot: Snapshot, curves: Curves) -> bytes:
    """Return the loss of every iteration's batch, without penalty, with the epochs done after it.

    A run longer than two million iterations has means over several iterations, up to the one named. Unknown
    losses, of a run that was continued from a file, are left out.
    """
    known = np.flatnonzero(~np.isnan(curves.losses))
    iterations = curves.stride * (known + 1)
    epochs = curves.epochs_after(iterations, snapshot.batches)
    columns = iterations.tolist(), epochs.tolist(), curves.losses[known].tolist()
    return csv_bytes(("iteration", "epoch", "loss"), zip(*columns, strict=True))


def curves_csv(snapshot: Snapshot, curves: Curves) -> bytes:
    """Return the points at the ends of epochs: losses, the test set's score, and the size of the gradient.

    The gradient of layer l is the Euclidean norm of dJ/dW[l] and dJ/db[l] together.
    """
    layers = [f"gradient {layer.l}" for layer in snapshot.network.layers]
    header = ("iteration", "epoch", "train loss", "test loss", "test accuracy", "test R2", *layers)
    rows = (
        (
            record.iteration,
            record.epoch,
            record.train,
            *((record.test.loss, record.test.accuracy, record.test.r2) if record.test else [None] * 3),
            *record.gradient,
        )
        for record in curves.records
    )
    return csv_bytes(header, rows)


def gradients_csv(_snapshot: Snapshot, curves: Curves) -> bytes:
    """Return the size of the gradient at the ends of epochs: of all parameters, and of each layer.

    It is the Euclidean norm; that of all is the root of the sum of the layers' squares.
    """
    rows = (
        (record.iteration, record.epoch, float(np.linalg.norm(record.gradient)), *record.gradient)
        for record in curves.records
    )
    layers = len(curves.records[0].gradient) if curves.records else 0
    return csv_bytes(("iteration", "epoch", "all", *(f"layer {l}" for l in range(1, layers + 1))), rows)


def history_csv(network: Network, iterations: Array, thetas: Array) -> bytes:
    """Return every parameter after iterations (points,) of a run, from thetas (points, parameters).

    A column is W[l]_i_j or b[l]_j.
    """
    names = []
    for layer in network.layers:
        l, rows, columns = layer.l, range(1, layer.n_in + 1), range(1, layer.n_out + 1)
        names += [*(f"W[{l}]_{i}_{j}" for i in rows for j in columns), *(f"b[{l}]_{j}" for j in columns)]
    lines = ((int(t), *theta.tolist()) for t, theta in zip(iterations, thetas, strict=True))
    return csv_bytes(("iteration", *names), lines)


def metrics_csv(snapshot: Snapshot) -> bytes:
    """Return all metrics of both sets; an undefined one has an empty cell."""
    dataset = snapshot.dataset
    found, names = sample_losses(snapshot.network, snapshot.theta, dataset), names_of(dataset)
    rows = [
        (set_, one.kind, one.of if isinstance(one.of, str) else names[one.of], one.metric.value)
        for set_, samples in ((TRAIN, dataset.train), (TEST, dataset.test))
        if samples.size
        for one in metrics_of(dataset, found, samples)
    ]
    scores = ((TRAIN, snapshot.train), (TEST, snapshot.test))
    losses = [(set_, "loss", ALL, score.loss) for set_, score in scores if score is not None]
    return csv_bytes(("set", "metric", "of", "value"), [*losses, *rows])


def _sets(dataset: Dataset) -> list[str]:
    in_test = np.isin(np.arange(dataset.x.shape[1]), dataset.test)
    return [TEST if one else TRAIN for one in in_test]


def _in_units(dataset: Dataset, values: Array) -> Array:
    """Return targets or outputs of regression (outputs, samples) in their original units."""
    mean = 0.0 if dataset.target_mean is None else dataset.target_mean[:, None]
    std = 1.0 if dataset.target_std is None else dataset.target_std[:, None]
    return np.asarray(values * std + mean)


def predictions_csv(snapshot: Snapshot) -> bytes:
    """Return, for each sample, its target, the outputs and the loss; for classes also the decision.

    Values of regression are in their original units.
    """
    dataset, network = snapshot.dataset, snapshot.network
    found = sample_losses(network, snapshot.theta, dataset)
    numbers, sets = range(1, dataset.x.shape[1] + 1), _sets(dataset)
    if found.decided is None or found.right is None:
        names = names_of(dataset)
        header = ("sample", "set", *(f"y {name}" for name in names), *(f"o {name}" for name in names), "loss")
        values = *_in_units(dataset, dataset.labels), *_in_units(dataset, found.o), found.loss
        return csv_bytes(header, zip(numbers, sets, *(one.tolist() for one in values), strict=True))
    classes = dataset.class_names
    outputs = [f"o{k + 1}" for k in range(network.n[-1])]
    named = ([classes[k] for k in of] for of in (dataset.labels, found.decided))
    right = ["yes" if one else "no" for one in found.right]
    columns = (one.tolist() for one in (*found.o, found.loss))
    header = ("sample", "set", "class", "decided", "right", *outputs, "loss")
    return csv_bytes(header, zip(numbers, sets, *named, right, *columns, strict=True))


def data_csv(dataset: Dataset) -> bytes:
    """Return the samples in their original units, with their set and their class or values."""
    mean = 0.0 if dataset.mean is None else dataset.mean[:, None]
    std = 1.0 if dataset.std is None else dataset.std[:, None]
    features = dataset.x * std + mean
    if dataset.task == "classes":
        names: tuple[str, ...] = ("class",)
        targets = [[dataset.class_names[k] for k in dataset.labels]]
    else:
        names, targets = names_of(dataset), _in_units(dataset, dataset.labels).tolist()
    numbers = range(1, dataset.x.shape[1] + 1)
    rows = zip(numbers, _sets(dataset), *features.tolist(), *targets, strict=True)
    return csv_bytes(("sample", "set", *dataset.feature_names, *names), rows)


def parameters_csv(network: Network, theta: Array) -> bytes:
    """Return every parameter with its layer l and its indices: W[l]_ij, and b[l]_j with an empty i."""
    rows: list[tuple[Cell, ...]] = []
    for layer in network.layers:
        for i, row in enumerate(network.W(theta, layer.l).tolist(), start=1):
            rows += [("W", layer.l, i, j, value) for j, value in enumerate(row, start=1)]
        biases = enumerate(network.b(theta, layer.l).tolist(), start=1)
        rows += [("b", layer.l, None, j, value) for j, value in biases]
    return csv_bytes(("parameter", "layer", "i", "j", "value"), rows)


def parameter_arrays(network: Network, theta: Array) -> dict[str, Array]:
    """Return W1 (n[0], n[1]), b1 (n[1],), W2 … of all layers by name."""
    return {
        f"{name}{layer.l}": part(theta, layer.l).copy()
        for layer in network.layers
        for name, part in (("W", network.W), ("b", network.b))
    }


def activation_arrays(network: Network) -> dict[str, Array]:
    """Return activation1 (n[1],) … with the names of all activations, and alpha1 … for those with one."""
    found = dict[str, Array]()
    for layer in network.layers:
        found[f"activation{layer.l}"] = np.array(layer.activations)
        found |= {
            f"alpha{layer.l}": np.array(one.alpha) for one in layer.spans if one.activation.alpha is not None
        }
    return found
