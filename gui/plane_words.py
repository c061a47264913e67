"""What is said about the plane: its title, the scores, the point under the pointer, the batch."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication

from core.analysis import Plane
from core.datasets import Dataset
from core.modules import Array
from core.network import Network
from core.passes import evaluate
from core.training import Snapshot
from gui.numbers import short

MOST_LIT = 256
MOST_OUTPUTS = 6


def tr(text: str) -> str:
    """Return a text in the language of the window."""
    return QCoreApplication.translate("BoundaryView", text)


def classes_of(dataset: Dataset) -> int:
    """Return the number of classes; 0: the data has values."""
    return len(dataset.class_names) if dataset.task == "classes" else 0


def title_of(dataset: Dataset | None) -> str:
    """Return what the plane shows for this kind of data."""
    classes = 2 if dataset is None else classes_of(dataset)
    if dataset is not None and dataset.features == 1:
        return tr("Output over the input") if classes else tr("Fitted curve")
    if classes > 2:
        return tr("Decision regions")
    return tr("Decision boundary") if classes else tr("Output over the plane")


def scores(snapshot: Snapshot) -> str:
    """Say how many samples are right."""
    train, test = snapshot.train, snapshot.test
    if train.accuracy is None:
        return tr("● training sample, ○ test sample")
    if test is None or test.accuracy is None:
        return tr("Right: ● {train:.1%} train").format(train=train.accuracy)
    text = tr("Right: ● {train:.1%} train, ○ {test:.1%} test")
    return text.format(train=train.accuracy, test=test.accuracy)


def sentence_of(network: Network, theta: Array, dataset: Dataset, sample: int) -> str:
    """Say what a sample is and what the network says of it."""
    if dataset.task == "classes":
        truth = dataset.class_names[int(dataset.labels[sample])]
    else:
        truth = short(float(dataset.labels[0, sample]))
    text = tr("Sample {sample}: y = {truth}, output {o}")
    return text.format(sample=sample + 1, truth=truth, o=_outputs(network, theta, dataset.x[:, sample]))


def sentence_at(
    network: Network, theta: Array, dataset: Dataset, plane: Plane, point: tuple[float, float]
) -> str:
    """Say what the network says of a point of the plane; the other features are as in the plane."""
    x, (i, k), names = np.array(plane.fixed), plane.axes, dataset.feature_names
    x[k] = point[1]
    x[i] = point[0]
    o = _outputs(network, theta, x)
    if dataset.features == 1:
        return tr("{name} = {x}: output {o}").format(name=names[0], x=short(point[0]), o=o)
    text = tr("{i} = {x}, {k} = {y}: output {o}")
    return text.format(i=names[i], k=names[k], x=short(point[0]), y=short(point[1]), o=o)


def _outputs(network: Network, theta: Array, x: Array) -> str:
    """Return the outputs at one point x (n[0],): a number, or some in brackets."""
    nothing = np.zeros((network.n[-1], 1))
    o = evaluate(network, theta, x[:, None], nothing).a[-1][:, 0]
    if o.size == 1:
        return short(float(o[0]))
    shown = [short(float(value)) for value in o[:MOST_OUTPUTS]]
    return f"({', '.join([*shown, '…'] if o.size > MOST_OUTPUTS else shown)})"


def lit(snapshot: Snapshot, dataset: Dataset) -> Array:
    """Return the samples of the present batch, unless it is so large that all would be lit."""
    samples = np.empty(0, int) if snapshot.shown is None else snapshot.shown.samples
    few = samples.size <= MOST_LIT and samples.size < dataset.train.size
    return samples if few else np.empty(0, int)
