"""Pictures of a network's outputs over a plane of inputs: colours, and the lines between regions."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor, QImage

from core.analysis.activation_map import InputPlane
from core.arrays import Array
from core.data.datasets import Dataset
from core.language import tr
from core.nn.network import Network
from core.nn.passes import evaluate
from core.nn.trainer import Phase, Snapshot
from core.number_style import ratio_text, value_text
from gui.theme.theme import Theme, in_hall


def telling_pair(dataset: Dataset) -> tuple[int, int]:
    """Return the two features that are most informative about the samples.

    These are the ones whose means differ most between the classes, relative to their spread; without classes
    the first. Features of only two values, such as one-hot ones, come last: samples would overlap.
    If there are only two features, they are returned in order. Of very many samples a part is used.
    """
    if dataset.dimensions <= 2:
        return (0, min(1, dataset.dimensions - 1))
    step = max(1, dataset.x.shape[1] // 5000)
    x = dataset.x[:, ::step]
    score = np.zeros(len(x))
    if dataset.task == "classes":
        labels = dataset.labels[::step]
        between = np.var([x[:, labels == k].mean(axis=1) for k in np.unique(labels)], axis=0)
        within = x.var(axis=1)
        np.divide(between, within, out=score, where=within > 0)
    low, high = x.min(axis=1, keepdims=True), x.max(axis=1, keepdims=True)
    graded = ((x > low) & (x < high)).any(axis=1)
    first, second = np.lexsort((-score, ~graded))[:2]
    return int(first), int(second)


def softened(table: Array, share: float = 0.72) -> Array:
    """Return a paler version of a diverging colour table, on which samples in its end colours stand out."""
    middle = table[[127]].astype(float)
    paler: Array = np.rint(middle + share * (table - middle)).astype(np.uint8)
    return paler


def image_of(colours: Array) -> QImage:
    """Return a QImage, with its own memory, of colours (rows, columns, 4), uint8 red green blue alpha.

    It has the format that Qt scales fastest.
    """
    rows, columns, _ = colours.shape
    packed = np.ascontiguousarray(colours)
    image = QImage(packed.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888)
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def diverging_image(values: Array, low: float, high: float, table: Array) -> QImage:
    """Return a picture of values (rows, columns), with a table of 256 colours spanning low … high."""
    with np.errstate(over="ignore"):  # if training diverges
        places = (values - low) * (255 / ((high - low) or 1.0))
    np.nan_to_num(places, copy=False, nan=127.5)
    return image_of(table[np.clip(places, 0, 255).astype(np.uint8)])


def discretized(values: Array, low: float, high: float) -> Array:
    """Return ``high`` where values lie in the upper half of the range from ``low`` to it, else ``low``."""
    return np.where(values >= (low + high) / 2, high, low)


def regions_image(
    a: Array, colours: tuple[QColor, ...], theme: Theme, *, discretized: bool = False
) -> QImage:
    """Return a picture of the most probable class at every point, the more intense the more certain.

    ``a`` (classes, rows, columns) are the outputs; if all classes are equal, the colour is the canvas's.
    ``discretized``: all points are as intense as certain ones.
    """
    a = np.nan_to_num(a)
    best = a.argmax(axis=0)
    chance = 1 / a.shape[0]
    sure = np.clip((a.max(axis=0) - chance) / (1 - chance), 0, 1)[..., None] * 0.52 + 0.08
    if discretized:
        sure = np.ones_like(sure) * 0.6
    palette = np.array([[c.red(), c.green(), c.blue()] for c in colours], np.float32)
    back = np.array([theme.middle.red(), theme.middle.green(), theme.middle.blue()], np.float32)
    out = np.full((*best.shape, 4), 255, np.uint8)
    out[..., :3] = back + sure * (palette[best] - back)
    return image_of(out)


def contour(values: Array, level: float) -> Array:
    """Return the contour lines of values (rows, columns) at a level: segments (count, 4), as x1 y1 x2 y2.

    Coordinates are columns and rows. Marching squares, with linear interpolation of the crossings.
    """
    f = values.astype(np.float64) - level
    above = f > 0
    corners = above[:-1, :-1].astype(np.int8) + above[:-1, 1:] + above[1:, :-1] + above[1:, 1:]
    r, c = np.nonzero((corners > 0) & (corners < 4) & np.isfinite(f[:-1, :-1] + f[1:, 1:]))
    edges = (((0, 0), (0, 1)), ((0, 1), (1, 1)), ((1, 0), (1, 1)), ((0, 0), (1, 0)))
    points, crossed = np.empty((4, r.size, 2)), np.empty((4, r.size), bool)
    for k, ((r1, c1), (r2, c2)) in enumerate(edges):
        start, end = f[r + r1, c + c1], f[r + r2, c + c2]
        crossed[k] = (start > 0) != (end > 0)
        share = np.divide(start, start - end, out=np.full_like(start, 0.5), where=crossed[k])
        points[k, :, 0] = c + c1 + share * (c2 - c1)
        points[k, :, 1] = r + r1 + share * (r2 - r1)
    # A cell has 2 crossings, or 4 at a saddle; there the first is joined with the second, the third with the
    # fourth.
    order = np.argsort(~crossed, axis=0, kind="stable")
    chosen = np.take_along_axis(points, order[..., None], axis=0)
    saddle = crossed.sum(axis=0) == 4
    first = np.concatenate([chosen[0], chosen[1]], axis=1)
    second = np.concatenate([chosen[2], chosen[3]], axis=1)[saddle]
    return np.concatenate([first, second])


def borders(a: Array) -> Array:
    """Return the lines between the regions of the most probable class, in the form of `contour`."""
    best = a.argmax(axis=0)
    second, top = np.partition(a, -2, axis=0)[-2:]
    lead = top - second
    # Each border separates two classes, so all are found without the last class.
    lines = [contour(np.where(best == k, lead, a[k] - top), 0.0) for k in np.unique(best)[:-1]]
    return np.concatenate([np.empty((0, 4)), *lines])


# -- Its title, the scores, the point under the pointer, the batch ---------------------------------------

MOST_LIT = 256
MOST_OUTPUTS = 6


def classes_of(dataset: Dataset) -> int:
    """Return the number of classes; 0 for regression data."""
    return len(dataset.class_names) if dataset.task == "classes" else 0


def is_curve_of_outputs(dataset: Dataset) -> bool:
    """Return whether two values are learned from one input, so that the outputs form a curve in a plane."""
    return dataset.dimensions == 1 and dataset.task == "regression" and dataset.outputs == 2


def title_of(dataset: Dataset | None) -> str:
    """Return the title of the plane for this kind of data."""
    classes = 2 if dataset is None else classes_of(dataset)
    if dataset is not None and dataset.dimensions == 1:
        return tr("Output over the input") if classes else tr("Fitted curve")
    if classes > 2:
        return tr("Decision regions")
    return tr("Decision boundary") if classes else tr("Output over the plane")


def scores(snapshot: Snapshot) -> str:
    """Return a sentence on how many samples are classified correctly."""
    train, test = snapshot.train, snapshot.test
    if train.accuracy is None:
        return tr("● training sample, ○ test sample")
    if test is None or test.accuracy is None:
        return tr("Right: ●\u00a0{train}\u00a0train").format(train=ratio_text(train.accuracy))
    text = tr("Right: ●\u00a0{train}\u00a0train, ○\u00a0{test}\u00a0test")
    return text.format(train=ratio_text(train.accuracy), test=ratio_text(test.accuracy))


def sentence_of(network: Network, theta: Array, dataset: Dataset, sample: int) -> str:
    """Return a sentence on a sample's target and the network's output for it."""
    if dataset.task == "classes":
        truth = dataset.class_names[int(dataset.labels[sample])]
    else:
        truth = value_text(float(dataset.labels[0, sample]))
    text = tr("Sample {sample}: y = {truth}, output {o}")
    o = _outputs(network, theta, dataset.x[:, sample])
    return text.format(sample=dataset.number_of(sample), truth=truth, o=o)


def sentence_at(
    network: Network, theta: Array, dataset: Dataset, plane: InputPlane, point: tuple[float, float]
) -> str:
    """Return a sentence on the network's output at a point; other features have the values of the plane."""
    x, (i, k), names = np.array(plane.fixed), plane.axes, dataset.coordinate_names
    x[k] = point[1]
    x[i] = point[0]
    o = _outputs(network, theta, plane.inputs_at(x))
    if dataset.dimensions == 1:
        return tr("{name} = {x}: output {o}").format(name=names[0], x=value_text(point[0]), o=o)
    text = tr("{i} = {x}, {k} = {y}: output {o}")
    return text.format(i=names[i], k=names[k], x=value_text(point[0]), y=value_text(point[1]), o=o)


def _outputs(network: Network, theta: Array, x: Array) -> str:
    """Return the outputs at one point x (n[0],): a number, or several in brackets."""
    nothing = np.zeros((network.n[-1], 1))
    o = evaluate(network, theta, x[:, None], nothing).a[-1][:, 0]
    if o.size == 1:
        return value_text(float(o[0]))
    shown = [value_text(float(value)) for value in o[:MOST_OUTPUTS]]
    return f"({', '.join([*shown, '…'] if o.size > MOST_OUTPUTS else shown)})"


def lit(snapshot: Snapshot, dataset: Dataset) -> Array:
    """Return the samples of the present batch, or none if it is so large that all would be highlighted.

    In presentation mode they are highlighted while an iteration is in progress, not after it.
    """
    if in_hall() and snapshot.phase is Phase.UPDATE:
        return np.empty(0, int)
    samples = np.empty(0, int) if snapshot.shown is None else snapshot.shown.samples
    few = samples.size <= MOST_LIT and samples.size < dataset.train.size
    return samples if few else np.empty(0, int)
