"""Datasets of samples to learn from. Columns are samples, as in the lecture.

A toy dataset is drawn by a function from a seed; a bundled one is read from a table in `assets/data`. To add
one, write its function and add an entry to `DATASETS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np

from ..arrays import Array
from ..language import tr, translatable
from .dataset import SPLIT, Dataset, split, without_samples
from .encoding import encoded
from .formulas import CURVE, SURFACE, FormulaError, Names, formula_of
from .reading import read_table
from .ready_tables import READY_TABLES
from .table import Cell, Reading, Table

__all__ = [
    "BUNDLED",
    "DATASETS",
    "OWN_TABLE",
    "SOURCES",
    "DataChoice",
    "DataSource",
    "Dataset",
    "data_name",
    "make_dataset",
    "split",
]

BUNDLED = Path(__file__).parents[2] / "assets" / "data"
DRAW = 1  # a stream of random numbers: with another test share or noise, the same samples are drawn

Draw = Callable[["DataChoice", np.random.Generator], tuple[Array, Array]]


class DataChoice(Protocol):
    """The choice of a dataset and how it is drawn and split; `core.nn.design.Data` is one."""

    @property
    def source(self) -> str:
        """The name of an entry of `DATASETS`."""

    @property
    def samples(self) -> int:
        """The number of samples, at least 2."""

    @property
    def noise(self) -> float:
        """0: clean, 1: very noisy."""

    @property
    def classes(self) -> int:
        """The number of classes, for datasets in which it can be chosen."""

    @property
    def test_share(self) -> float:
        """The share of samples held back from training, 0 … 0.9."""

    @property
    def seed(self) -> int:
        """The seed of the samples and of the split."""

    @property
    def scale(self) -> float:
        """What the coordinates are multiplied by: the plane reaches from about -scale to scale."""

    @property
    def formula(self) -> str:
        """The formula of data by a formula; empty: the example of the source."""

    @property
    def features(self) -> tuple[str, ...]:
        """Formulas of the features of two-dimensional data; empty: the coordinates themselves."""

    @property
    def table(self) -> Table | None:
        """The table of one's own, if there is one."""

    @property
    def labels(self) -> str:
        """The targets of the classes: "0/1" or "-1/1"."""


_DRAWN = ("samples", "noise", "scale", "test_share", "seed")
_ON_A_LINE = ("samples", "noise", "test_share", "seed")


@dataclass(frozen=True)
class DataSource:
    """An entry of the table of datasets.

    ``draw`` returns x (features, samples) and labels as in `Dataset`. ``settings`` names the fields of
    `DataChoice` that affect it. ``class_names`` lists the names of all possible classes in the order of their
    numbers. ``citation`` is the source of measured data. ``short`` is the name where there is little room.
    ``formula`` is an example of the formula that data by a formula need, of the coordinates
    ``formula_names``.
    """

    name: str
    symbol: str
    description: str
    draw: Draw
    task: str = "classes"
    settings: tuple[str, ...] = _DRAWN
    feature_names: tuple[str, ...] = ("x₁", "x₂")
    class_names: tuple[str, ...] = ("0", "1")
    standardized: bool = False
    image_shape: tuple[int, int] | None = None
    citation: str = ""
    short: str = ""
    formula: str = ""
    formula_names: Names = SURFACE


def make_dataset(choice: DataChoice) -> Dataset:
    """Return the dataset of a choice, drawn or read, and split; equal choices give bit-identical results.

    A table of one's own that cannot be used, or a text that is no formula, gives a dataset without samples
    that says why.
    """
    try:
        return _made(choice)
    except FormulaError as error:
        return without_samples(choice.source, str(error))


def _made(choice: DataChoice) -> Dataset:
    """Return the dataset of a choice. Raises FormulaError."""
    if choice.source == OWN_TABLE.name and choice.table is not None:
        dataset = encoded(choice.table).dataset
        dataset = replace(dataset, negative=-1.0) if choice.labels == "-1/1" else dataset
        return dataset.with_features(choice.features)
    source = SOURCES[choice.source]
    x, labels = source.draw(choice, np.random.default_rng((choice.seed, 0, DRAW)))
    if "scale" in source.settings:
        x = choice.scale * x
    class_names = source.class_names[: choice.classes] if "classes" in source.settings else source.class_names
    share = choice.test_share if "test_share" in source.settings else 0.0
    negative = -1.0 if choice.labels == "-1/1" else 0.0
    strata = labels if class_names else np.zeros(x.shape[1], int)
    train, test = split(strata, share, np.random.default_rng((choice.seed, 0, SPLIT)))
    mean = std = None
    if source.standardized:
        mean, std = _mean_and_std(x[:, train])
        x = (x - mean[:, None]) / std[:, None]
    dataset = Dataset(
        source.name,
        x,
        labels,
        source.task,
        source.feature_names,
        class_names,
        train,
        test,
        mean,
        std,
        source.image_shape,
        negative=negative,
    )
    return dataset.with_features(choice.features)


def _mean_and_std(x: Array) -> tuple[Array, Array]:
    std = x.std(axis=1)
    varies = (x.max(axis=1) > x.min(axis=1)) & (std > 0)
    return x.mean(axis=1), np.where(varies, std, 1.0)


# Toy datasets: x lies roughly in [-1, 1], and the classes are balanced.


def _clusters(centres: Array, choice: DataChoice, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return normally distributed points around ``centres`` (2, k), and the cluster of every sample."""
    cluster = np.arange(choice.samples) % centres.shape[1]
    spread = 0.1 + 0.3 * choice.noise
    return centres[:, cluster] + spread * rng.standard_normal((2, choice.samples)), cluster


def _xor(choice: DataChoice, rng: np.random.Generator) -> tuple[Array, Array]:
    x, cluster = _clusters(1.2 * _CORNERS - 0.6, choice, rng)
    return x, _XOR[cluster]


def _xor_four_points(_choice: DataChoice, _rng: np.random.Generator) -> tuple[Array, Array]:
    return _CORNERS.copy(), _XOR.copy()


def _blobs(choice: DataChoice, rng: np.random.Generator) -> tuple[Array, Array]:
    angle = 2 * np.pi * np.arange(choice.classes) / choice.classes
    return _clusters(0.65 * np.array([np.sin(angle), np.cos(angle)]), choice, rng)


def _jitter(choice: DataChoice, rng: np.random.Generator) -> Array:
    return 0.25 * choice.noise * rng.standard_normal((2, choice.samples))


def _circles(choice: DataChoice, rng: np.random.Generator) -> tuple[Array, Array]:
    labels = np.arange(choice.samples) % 2
    angle = rng.uniform(0, 2 * np.pi, choice.samples)
    radius = np.array([0.9, 0.4])[labels]
    return radius * np.array([np.cos(angle), np.sin(angle)]) + _jitter(choice, rng), labels


def _mirrored(points: Array, choice: DataChoice, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return points (2, samples); every second one has class 0 and is mirrored at the origin."""
    labels = np.arange(choice.samples) % 2
    return (2 * labels - 1) * points + _jitter(choice, rng), labels


def _moons(choice: DataChoice, rng: np.random.Generator) -> tuple[Array, Array]:
    angle = rng.uniform(0, np.pi, choice.samples)
    moon = np.array([0.65 * (np.cos(angle) - 0.5), np.sin(angle) - 0.25])
    return _mirrored(moon, choice, rng)


def _spiral(choice: DataChoice, rng: np.random.Generator) -> tuple[Array, Array]:
    radius = rng.uniform(0.05, 0.95, choice.samples)
    angle = 1.5 * 2 * np.pi * radius
    return _mirrored(radius * np.array([np.sin(angle), np.cos(angle)]), choice, rng)


def _linear(choice: DataChoice, rng: np.random.Generator) -> tuple[Array, Array]:
    normal = np.array([[0.8], [0.6]])
    points = rng.uniform(-0.9, 0.9, (2, choice.samples))
    above = points * np.sign(normal.T @ points) + 0.1 * normal
    return _mirrored(above, choice, rng)


def _square(choice: DataChoice, rng: np.random.Generator) -> Array:
    return rng.uniform(-1, 1, (2, choice.samples))


def _values_of_formula(choice: DataChoice, *coordinates: Array) -> Array:
    source = DATASETS[choice.source]
    return formula_of(choice.formula or source.formula, source.formula_names).values(*coordinates)


def _curve(choice: DataChoice, rng: np.random.Generator) -> tuple[Array, Array]:
    points = _square(choice, rng)
    x, y = choice.scale * points
    above = y > _values_of_formula(choice, x)
    return points + _jitter(choice, rng), above.astype(int)


def _surface(choice: DataChoice, rng: np.random.Generator) -> tuple[Array, Array]:
    points = _square(choice, rng)
    z = _values_of_formula(choice, *(choice.scale * points))
    spread = np.std(z) if np.isfinite(z).all() else 0.0
    return points, (z + 0.5 * choice.noise * spread * rng.standard_normal(z.shape))[None]


def _sine(choice: DataChoice, rng: np.random.Generator) -> tuple[Array, Array]:
    x = rng.uniform(-1, 1, (1, choice.samples))
    return x, np.sin(np.pi * x) + 0.5 * choice.noise * rng.standard_normal(x.shape)


def _circle(choice: DataChoice, rng: np.random.Generator) -> tuple[Array, Array]:
    t = rng.uniform(-1, 1, (1, choice.samples))
    point = np.concatenate([np.cos(np.pi * t), np.sin(np.pi * t)])
    return t, point + 0.25 * choice.noise * rng.standard_normal(point.shape)


_CORNERS = np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])
_XOR = np.array([0, 1, 1, 0])


# Bundled datasets


@lru_cache
def _bundled(file: str) -> tuple[Array, tuple[Cell, ...]]:
    """Return the measurements in a file (features, samples), and the cells of its last column."""
    *columns, last = read_table((BUNDLED / file).read_bytes(), reading=Reading()).table.columns
    x = np.array([column.cells.numbers for column in columns])
    x.flags.writeable = False
    return x, tuple(last.cells)


def _from(file: str) -> Draw:
    """Return a function that reads a bundled table, with classes numbered as in its `DataSource`."""

    def read(choice: DataChoice, _rng: np.random.Generator) -> tuple[Array, Array]:
        x, cells = _bundled(file)
        order = {name: k for k, name in enumerate(DATASETS[choice.source].class_names)}
        return x, np.array([order[cell if isinstance(cell, str) else f"{cell:g}"] for cell in cells])

    return read


_CELL_FEATURES = (
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave points",
    "symmetry",
    "fractal dimension",
)
_MEASURED = ("test_share", "seed")

DATASETS: dict[str, DataSource] = {
    entry.name: entry
    for entry in (
        DataSource(
            "xor",
            "XOR",
            translatable("Four clusters; the class is 1 where the signs of the inputs differ."),
            _xor,
        ),
        DataSource(
            "xor-four-points",
            translatable("XOR, four points"),
            translatable("The four rows of the truth table; all of them are for training."),
            _xor_four_points,
            settings=(),
            short=translatable("4 points"),
        ),
        DataSource("circles", translatable("Circles"), translatable("A ring around a ring."), _circles),
        DataSource(
            "moons", translatable("Moons"), translatable("Two half moons that reach into each other."), _moons
        ),
        DataSource(
            "spiral",
            translatable("Spiral"),
            translatable("Two spiral arms: the hardest of the toy sets."),
            _spiral,
        ),
        DataSource(
            "blobs",
            translatable("Blobs"),
            translatable("Clusters on a circle, one for each class."),
            _blobs,
            settings=("samples", "noise", "scale", "classes", "test_share", "seed"),
            class_names=("0", "1", "2", "3", "4", "5"),
        ),
        DataSource(
            "linear",
            translatable("Linear"),
            translatable("Two classes on either side of a straight line."),
            _linear,
        ),
        DataSource(
            "curve",
            translatable("Above a curve"),
            translatable("Classes above and below a curve y = f(x) that you type."),
            _curve,
            settings=("formula", *_DRAWN),
            short="f(x)",
            formula="0.6 sin(3x)",
            formula_names=CURVE,
        ),
        DataSource(
            "surface",
            translatable("Values of a formula"),
            translatable("Values z = f(x, y) of a formula that you type, to be learned from two inputs."),
            _surface,
            task="regression",
            settings=("formula", *_DRAWN),
            class_names=(),
            short="f(x, y)",
            formula="x^2 - y^2",
        ),
        DataSource(
            "sine",
            translatable("Sine"),
            translatable("One period of sin(πx): a value to be learned from one input."),
            _sine,
            task="regression",
            settings=_ON_A_LINE,
            feature_names=("x",),
            class_names=(),
        ),
        DataSource(
            "circle",
            translatable("Point on a circle"),
            translatable(
                "The two coordinates of a point on a circle: two values to be learned from one input."
            ),
            _circle,
            task="regression",
            settings=_ON_A_LINE,
            feature_names=("t",),
            short=translatable("Circle"),
            class_names=(),
        ),
        DataSource(
            "breast-cancer",
            translatable("Breast cancer"),
            translatable("569 tumours, malignant or benign, by 30 measurements of their cells' nuclei."),
            _from("breast-cancer.csv"),
            settings=_MEASURED,
            feature_names=(
                *(f"mean {feature}" for feature in _CELL_FEATURES),
                *(f"{feature} error" for feature in _CELL_FEATURES),
                *(f"worst {feature}" for feature in _CELL_FEATURES),
            ),
            class_names=("benign", "malignant"),
            short=translatable("Cancer"),
            standardized=True,
            citation="Wolberg, Mangasarian, Street & Street 1993, UCI Machine Learning Repository, CC BY 4.0",
        ),
        DataSource(
            "iris",
            translatable("Iris"),
            translatable("150 flowers of three species, by the size of their sepals and petals."),
            _from("iris.csv"),
            settings=_MEASURED,
            feature_names=(
                "sepal length (cm)",
                "sepal width (cm)",
                "petal length (cm)",
                "petal width (cm)",
            ),
            class_names=("setosa", "versicolor", "virginica"),
            standardized=True,
            citation="Fisher 1936, UCI Machine Learning Repository, CC BY 4.0",
        ),
        DataSource(
            "digits",
            translatable("Digits"),
            translatable("1797 handwritten digits as images of 8 x 8 pixels."),
            _from("digits.csv"),
            settings=_MEASURED,
            feature_names=tuple(f"pixel_{row}_{column}" for row in range(8) for column in range(8)),
            class_names=tuple("0123456789"),
            standardized=True,
            image_shape=(8, 8),
            citation="Alpaydin & Kaynak 1998, UCI Machine Learning Repository, CC BY 4.0",
        ),
    )
}


def _own_table(choice: DataChoice, _rng: np.random.Generator) -> tuple[Array, Array]:
    dataset = encoded(choice.table or READY_TABLES["XOR"]).dataset
    return dataset.x, dataset.labels


OWN_TABLE = DataSource(
    "table",
    translatable("Own table"),
    translatable("A table of one's own: typed, pasted or read from a file."),
    _own_table,
    settings=("table",),
    short=translatable("Table"),
)
SOURCES = {**DATASETS, OWN_TABLE.name: OWN_TABLE}
"""What data can be taken from: a dataset of the program, or a table of one's own."""


def data_name(choice: DataChoice) -> str:
    """Return the name of data as it is shown: that of the dataset, or of the table."""
    if choice.source == OWN_TABLE.name and choice.table is not None and choice.table.name:
        return choice.table.name
    return tr(SOURCES[choice.source].symbol)
