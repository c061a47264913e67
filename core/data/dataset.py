"""Samples to learn from, parted into a training and a test set. Columns are samples, as in the lecture."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Array
from ..language import tr
from .features import RAW, PlaneFeatures, symbol_of

STANDARDIZED = 1e-6  # larger means are no rounding errors
KEPT_DIGITS = 12  # of a value from which scaling was taken off again
SPLIT = 2  # the stream of random numbers that `split` draws from, apart from that of the samples


@dataclass(frozen=True)
class Dataset:
    """Samples with a fixed split into a training and a test set.

    ``x`` (features, samples) is the network's input; features of bundled sets are standardized with the mean
    and standard deviation of the training set. ``labels`` are class numbers (samples,) for the task
    "classes", or values (outputs, samples) for "regression". ``negative`` is the target of a class that a
    sample does not belong to, 0 or -1. ``train`` and ``test`` are column numbers, each
    ascending. ``mean`` and ``std`` (features,) undo the standardization (None: not standardized).
    ``image_shape`` holds rows and columns if the features are the pixels of an image.

    ``units`` (features) and ``target_names`` (outputs) may be empty: not known. ``target_mean`` and
    ``target_std`` (outputs,) undo the scaling of values (None: not scaled). ``rows`` (samples,) are the rows
    of the table that the samples come from (None: from no table).
    ``plane`` holds the two coordinates of samples whose features are computed from them (None: x are the
    coordinates).
    ``problem`` says, in a sentence with the cure, why there are no samples at all.
    """

    name: str
    x: Array
    labels: Array
    task: str
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]
    train: Array
    test: Array
    mean: Array | None = None
    std: Array | None = None
    image_shape: tuple[int, int] | None = None
    negative: float = 0.0
    units: tuple[str, ...] = ()
    target_names: tuple[str, ...] = ()
    target_mean: Array | None = None
    target_std: Array | None = None
    rows: Array | None = None
    plane: PlaneFeatures | None = None
    problem: str = ""

    @property
    def features(self) -> int:
        """The number of inputs, n[0]."""
        return int(self.x.shape[0])

    @property
    def coordinates(self) -> Array:
        """The samples (dimensions, samples) as points: x, unless features are computed from them."""
        return self.x if self.plane is None else self.plane.points

    @property
    def dimensions(self) -> int:
        """The number of coordinates of a sample."""
        return int(self.coordinates.shape[0])

    @property
    def coordinate_names(self) -> tuple[str, ...]:
        """The names of the coordinates."""
        return self.feature_names if self.plane is None else self.plane.names

    @property
    def outputs(self) -> int:
        """The number of outputs the data needs: one per value, one for two classes, else one per class."""
        if self.task == "regression":
            return int(self.labels.shape[0])
        return 1 if len(self.class_names) == 2 else len(self.class_names)

    def number_of(self, sample: int) -> int:
        """Return the number by which a sample (from 0) is told, from 1: that of its row, if it has one."""
        return 1 + (sample if self.rows is None else int(self.rows[sample]))

    def measured(self, sample: int) -> Array:
        """Return the features (features,) of one sample in their original units."""
        return self.in_own_units(self.x[:, [sample]])[:, 0]

    def in_own_units(self, x: Array) -> Array:
        """Return inputs (features, samples) in their original units, without the rounding errors of scaling.

        They are rounded to `KEPT_DIGITS` digits of the size that numbers of a feature usually have.
        """
        if self.mean is None or self.std is None:
            return x
        mean, std = self.mean[:, None], self.std[:, None]
        with np.errstate(divide="ignore"):
            power = np.floor(np.log10(np.abs(mean) + std))
        unit = 10.0 ** np.clip(KEPT_DIGITS - 1 - power, -200, 200)
        return np.where((mean == 0) & (std == 1), x, np.rint((x * std + mean) * unit) / unit)

    def scaling_sentence(self, feature: int | None = None) -> str:
        """Return a sentence on how one feature is scaled, or all of them (None); "" if they are not."""
        if self.mean is None or self.std is None:
            return ""
        scaled = (self.mean != 0) | (self.std != 1)
        if feature is not None:
            scaled &= np.arange(scaled.size) == feature
        if not scaled.any():
            return ""
        means = self.x[np.ix_(scaled, self.train)].mean(axis=1)
        if np.abs(means).max() < STANDARDIZED:
            return tr("Standardized: 0 is the mean of the training samples.")
        return tr("Scaled, by numbers from the training samples alone.")

    def targets(self, outputs: int) -> Array:
        """Return the targets (outputs, samples) for a network with ``outputs`` output neurons.

        Regression: the values. Two classes and one output: ``negative`` or 1. Otherwise: 1 for the class of
        the sample, ``negative`` for the others.
        """
        if self.task == "regression":
            return self.labels
        belongs = self.labels[None, :] if outputs == 1 else np.arange(outputs)[:, None] == self.labels
        return self.negative + (1 - self.negative) * belongs

    @property
    def threshold(self) -> float:
        """The output above which a single output decides for class 1: halfway between its two targets."""
        return (1 + self.negative) / 2

    def decided(self, o: Array) -> Array:
        """Return the class (samples,) that outputs o (outputs, samples) decide for.

        Of several outputs the largest wins, the first if equal.
        """
        return (o[0] > self.threshold).astype(int) if o.shape[0] == 1 else o.argmax(axis=0)

    def with_features(self, formulas: tuple[str, ...]) -> Dataset:
        """Return a dataset of two coordinates with features in their place; any other dataset as it is."""
        if not formulas or self.features != 2:
            return self
        names = dict(zip(RAW, self.feature_names, strict=True))
        plane = PlaneFeatures(formulas, self.x, self.feature_names)
        return replace(
            self,
            x=plane.of(self.x),
            feature_names=tuple(names.get(text, symbol_of(text)) for text in formulas),
            mean=None,
            std=None,
            units=(),
            plane=plane,
        )


def without_samples(name: str, problem: str) -> Dataset:
    """Return a dataset that has no samples; ``problem`` says why, in a sentence with the cure."""
    none = np.zeros(0, int)
    x = np.zeros((0, 0))
    return Dataset(name, x, none, "classes", (), ("0", "1"), none, none, rows=none, problem=problem)


def split(labels: Array, share: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return the column numbers of the training set and of the test set, each ascending.

    ``share`` of all samples goes to the test set, and the same share of each class in ``labels`` (samples,),
    to within one sample. Every class keeps at least one training sample.
    """
    mixed = rng.permutation(labels.size)
    by_class = mixed[np.argsort(labels[mixed], kind="stable")]
    in_test = np.diff(np.floor(share * np.arange(labels.size + 1) + 0.5)) > 0
    classes, first = np.unique(labels[by_class], return_index=True)
    in_test[first[~np.isin(classes, labels[by_class[~in_test]])]] = False
    return np.sort(by_class[~in_test]), np.sort(by_class[in_test])
