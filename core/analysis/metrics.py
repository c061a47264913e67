"""Metrics of a network on a set of samples: of its decisions, of its probabilities and of its values.

Each is a `Metric`: a value with its formula in numbers, or the reason why it has none. In the formulas TP,
FP, FN and TN are the true and false positives and negatives of a class against all others. The definitions
are those of scikit-learn's ``metrics``; where it puts in 0 for an undefined value, here it has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite, sqrt

import numpy as np

from ..arrays import Array
from ..data.datasets import Dataset
from ..language import tr, translatable
from ..number_style import value_text
from .sample_losses import SampleLosses

BINS = 10  # of the calibration curve
EMPTY = translatable("there is no sample")


@dataclass(frozen=True)
class Metric:
    """A metric: its ``value`` and its formula with the numbers put in; or None, and ``why`` it has none.

    ``worked`` is for example "TP/(TP + FP) = 41/(41 + 3)"; it may be known without a value.
    """

    value: float | None
    worked: str = ""
    why: str = ""

    @property
    def text(self) -> str:
        """The formula, the numbers and the value, or the reason why there is none."""
        if self.value is None:
            return tr("{worked} is undefined: {why}", worked=self.worked, why=self.why)
        return f"{self.worked} = {value_text(self.value)}"


def _ratio(formula: str, numbers: str, above: float, below: float, why: str) -> Metric:
    """Return a ratio; without a value if the denominator is 0, or if a number is not finite."""
    worked = f"{formula} = {numbers}"
    if not below:
        return Metric(None, worked, tr(why))
    if not (isfinite(above) and isfinite(below)):
        return Metric(None, worked, tr("an output is not a finite number"))
    return Metric(above / below, worked)


# -- decisions: counts (classes, classes), the true class in rows, the predicted one in columns ----------


def confusion_counts(labels: Array, decided: Array, classes: int) -> Array:
    """Return how many samples of each class (rows) are decided as each class (columns): (classes, classes).

    ``labels`` and ``decided`` are class numbers (samples,).
    """
    return np.bincount(labels * classes + decided, minlength=classes * classes).reshape(classes, classes)


def accuracy(counts: Array) -> Metric:
    """Return the share of samples that are decided rightly."""
    right, count = int(np.trace(counts)), int(counts.sum())
    return _ratio(tr("right/all"), f"{right}/{count}", right, count, EMPTY)


def precision(counts: Array, k: int) -> Metric:
    """Return TP/(TP + FP): the share of the samples decided as class k that are of class k."""
    tp, fp = int(counts[k, k]), int(counts[:, k].sum() - counts[k, k])
    why = translatable("no sample is decided as this class")
    return _ratio("TP/(TP + FP)", f"{tp}/({tp} + {fp})", tp, tp + fp, why)


def recall(counts: Array, k: int) -> Metric:
    """Return TP/(TP + FN): the share of the samples of class k that are decided as class k."""
    tp, fn = int(counts[k, k]), int(counts[k].sum() - counts[k, k])
    why = translatable("no sample is of this class")
    return _ratio("TP/(TP + FN)", f"{tp}/({tp} + {fn})", tp, tp + fn, why)


def f1(counts: Array, k: int) -> Metric:
    """Return 2 TP/(2 TP + FP + FN), the harmonic mean of precision and recall of class k."""
    tp = int(counts[k, k])
    fp, fn = int(counts[:, k].sum()) - tp, int(counts[k].sum()) - tp
    why = translatable("no sample is of this class or decided as it")
    numbers = f"2·{tp}/(2·{tp} + {fp} + {fn})"
    return _ratio("2·TP/(2·TP + FP + FN)", numbers, 2 * tp, 2 * tp + fp + fn, why)


def macro(metrics: Sequence[Metric]) -> Metric:
    """Return the mean of a metric over the classes for which it has a value."""
    values = [metric.value for metric in metrics if metric.value is not None]
    total, why = sum(values), translatable("no class has a value")
    return _ratio(tr("sum/classes"), f"{value_text(total)}/{len(values)}", total, len(values), why)


def weighted(metrics: Sequence[Metric], counts: Array) -> Metric:
    """Return the mean of a metric weighted by the number n of samples of each class.

    Classes for which the metric has no value are left out, with their samples.
    """
    pairs = zip(metrics, counts.sum(axis=1).tolist(), strict=True)
    known = [(metric.value, n) for metric, n in pairs if metric.value is not None]
    total, count = sum(value * n for value, n in known), sum(n for _value, n in known)
    why = translatable("no class has a value")
    return _ratio(tr("sum of n·value/sum of n"), f"{value_text(total)}/{count}", total, count, why)


# -- probabilities of one class against all others -------------------------------------------------------


@dataclass(frozen=True)
class RocCurve:
    """The receiver operating characteristic: true and false positives at each threshold, all (points,).

    A sample counts as positive from a threshold on: output ≥ threshold. ``thresholds`` fall from infinity,
    where none is positive, to the lowest output. There are ``positives`` samples of the class and
    ``negatives`` others. ``area`` is the area under TP/positives over FP/negatives.
    """

    thresholds: Array
    true_positives: Array
    false_positives: Array
    positives: int
    negatives: int
    area: Metric

    def at(self, threshold: float) -> int:
        """Return the point of the curve for a threshold."""
        return max(0, int(np.searchsorted(-self.thresholds, -threshold, side="right")) - 1)

    def counts(self, point: int) -> Array:
        """Return the confusion matrix at a point, (2, 2): the others first, then the class."""
        tp, fp = int(self.true_positives[point]), int(self.false_positives[point])
        return np.array([[self.negatives - fp, fp], [self.positives - tp, tp]])

    @property
    def rates(self) -> tuple[Array, Array]:
        """The false positive and the true positive rate at each threshold, (points,); 0 where undefined."""
        negatives, positives = max(1, self.negatives), max(1, self.positives)
        return self.false_positives / negatives, self.true_positives / positives


def roc_curve(scores: Array, positive: Array) -> RocCurve:
    """Return the ROC curve of outputs ``scores`` (samples,) for samples that are ``positive`` (samples,)."""
    order = np.argsort(-scores)
    falling, hits = scores[order], positive[order].astype(bool)
    ends = np.append(np.flatnonzero(np.diff(falling)), falling.size - 1)[: falling.size]
    tp = np.append(0, np.cumsum(hits)[ends])
    fp = np.append(0, ends + 1) - tp
    n_positive, n_negative = int(hits.sum()), int(hits.size - hits.sum())
    # Pairs of a positive and a negative sample of which the positive has the higher output; ties count half.
    pairs = float(np.sum(np.diff(fp) * (tp[1:] + tp[:-1]) / 2.0)) if np.isfinite(scores).all() else np.nan
    why = translatable("it needs samples of the class and others")
    numbers = f"{value_text(pairs)}/({n_positive}·{n_negative})"
    area = _ratio(tr("pairs in the right order/(P·N)"), numbers, pairs, n_positive * n_negative, why)
    thresholds = np.append(np.inf, falling[ends])
    return RocCurve(thresholds, tp, fp, n_positive, n_negative, area)


@dataclass(frozen=True)
class Calibration:
    """The reliability of probabilities in bins of equal width between ``edges`` (bins + 1,).

    ``probability`` is the mean probability of the samples in each bin and ``share`` the share of them that
    are positive, both (bins,), NaN for an empty bin; ``counts`` (bins,) is their number. ``error`` is the
    expected calibration error: Σ n_b |share_b − probability_b| / n (Naeini et al. 2015).
    """

    edges: Array
    probability: Array
    share: Array
    counts: Array
    error: Metric


def calibration(probabilities: Array, positive: Array, bins: int = BINS) -> Calibration:
    """Return how often samples are ``positive`` (samples,), by the probability (samples,) given for it.

    A bin includes its upper edge, the first one 0 too.
    """
    edges = np.linspace(0.0, 1.0, bins + 1)
    of = np.searchsorted(edges[1:-1], probabilities)
    counts = np.bincount(of, minlength=bins)
    with np.errstate(invalid="ignore"):
        mean = np.bincount(of, probabilities, minlength=bins) / counts
        share = np.bincount(of, positive, minlength=bins) / counts
    gap = float(np.nansum(counts * np.abs(share - mean))) if probabilities.size else 0.0
    formula, numbers = tr("Σ n_b·|share_b − p_b|/n"), f"{value_text(gap)}/{probabilities.size}"
    error = _ratio(formula, numbers, gap, probabilities.size, EMPTY)
    if probabilities.size and not (probabilities.min() >= 0 and probabilities.max() <= 1):
        error = Metric(None, formula, tr("the outputs are no probabilities from 0 to 1"))
    return Calibration(edges, mean, share, counts, error)


# -- values ----------------------------------------------------------------------------------------------


def r_squared(y: Array, o: Array) -> Metric:
    """Return 1 − Σ(y − o)²/Σ(y − mean)², of targets y and outputs o (samples,)."""
    if not y.size:
        return Metric(None, tr("1 − Σ(y − o)²/Σ(y − mean)²"), tr(EMPTY))
    missed, spread = float(np.sum((y - o) ** 2)), float(np.sum((y - y.mean()) ** 2))
    numbers = f"1 − {value_text(missed)}/{value_text(spread)}"
    spread = spread if y.max() > y.min() else 0.0  # the mean of equal numbers may be off by rounding
    why = translatable("all targets are equal")
    return _ratio(tr("1 − Σ(y − o)²/Σ(y − mean)²"), numbers, spread - missed, spread, why)


def root_mean_square_error(y: Array, o: Array) -> Metric:
    """Return √(Σ(y − o)²/n), of targets y and outputs o (samples,), in their unit."""
    missed = float(np.sum((y - o) ** 2))
    square = _ratio("√(Σ(y − o)²/n)", f"√({value_text(missed)}/{y.size})", missed, y.size, EMPTY)
    return square if square.value is None else Metric(sqrt(square.value), square.worked)


def mean_absolute_error(y: Array, o: Array) -> Metric:
    """Return Σ|y − o|/n, of targets y and outputs o (samples,), in their unit."""
    missed = float(np.sum(np.abs(y - o)))
    return _ratio("Σ|y − o|/n", f"{value_text(missed)}/{y.size}", missed, y.size, EMPTY)


# -- all metrics of a network on a set -------------------------------------------------------------------


@dataclass(frozen=True)
class NamedMetric:
    """A metric with the name of its kind and what it is of: a class or target (its number), or a mean."""

    kind: str
    of: int | str
    metric: Metric


ALL, MACRO, WEIGHTED = "all", "macro", "weighted"
BY_DECISION: tuple[tuple[str, Callable[[Array, int], Metric]], ...] = (
    ("precision", precision),
    ("recall", recall),
    ("f1", f1),
)
BY_TARGET: tuple[tuple[str, Callable[[Array, Array], Metric]], ...] = (
    ("r2", r_squared),
    ("rmse", root_mean_square_error),
    ("mae", mean_absolute_error),
)
ROC_AREA, CALIBRATION_ERROR = "roc_area", "calibration_error"


def names_of(dataset: Dataset) -> tuple[str, ...]:
    """Return the names of the classes, or of the targets: o1, o2 … where they have none."""
    return dataset.class_names or dataset.target_names or tuple(f"o{k + 1}" for k in range(dataset.outputs))


def scores_of_class(dataset: Dataset, o: Array, k: int) -> Array:
    """Return the outputs (samples,) that speak for class k, of all outputs o (n[L], samples).

    A single output speaks for class 1; mirrored, so that 1 is 0, or with targets ±1 is −1, for class 0.
    """
    if len(o) > 1:
        return o[k]
    return o[0] if k else 2 * dataset.threshold - o[0]


def usual_threshold(dataset: Dataset, outputs: int, k: int) -> float:
    """Return the least score for which class k is decided on, where there are two classes."""
    above = outputs == 1 and k == 1  # on the threshold itself the decision is for class 0
    return float(np.nextafter(dataset.threshold, np.inf)) if above else dataset.threshold


def decision_metrics(counts: Array) -> Iterator[NamedMetric]:
    """Yield accuracy, and precision, recall and F1: their means over the classes, then of each class."""
    yield NamedMetric("accuracy", ALL, accuracy(counts))
    of_classes = {name: [metric(counts, k) for k in range(len(counts))] for name, metric in BY_DECISION}
    for name, metrics in of_classes.items():
        yield NamedMetric(name, MACRO, macro(metrics))
    for name, metrics in of_classes.items():
        yield NamedMetric(name, WEIGHTED, weighted(metrics, counts))
    for k in range(len(counts)):
        for name, metrics in of_classes.items():
            yield NamedMetric(name, k, metrics[k])


def in_units(dataset: Dataset, values: Array) -> Array:
    """Return targets or outputs (targets, samples) in the units of the data, where they were scaled."""
    if dataset.target_mean is None or dataset.target_std is None:
        return values
    return values * dataset.target_std[:, None] + dataset.target_mean[:, None]


def value_metrics(y: Array, o: Array) -> Iterator[NamedMetric]:
    """Yield R², RMSE and MAE of each target, of targets y and outputs o (targets, samples).

    Of several targets there is the mean of R² too.
    """
    for k in range(len(y)):
        for name, metric in BY_TARGET:
            yield NamedMetric(name, k, metric(y[k], o[k]))
    if len(y) > 1:
        yield NamedMetric("r2", MACRO, macro([r_squared(*pair) for pair in zip(y, o, strict=True)]))


def metrics_of(dataset: Dataset, found: SampleLosses, samples: Array) -> list[NamedMetric]:
    """Return all metrics of a network on some samples (columns of the dataset)."""
    o = found.o[:, samples]
    with np.errstate(all="ignore"):
        if found.decided is None:
            y = dataset.targets(len(o))[:, samples]
            return [*value_metrics(in_units(dataset, y), in_units(dataset, o))]
        labels, classes = dataset.labels[samples], len(dataset.class_names)
        metrics = [*decision_metrics(confusion_counts(labels, found.decided[samples], classes))]
        for k in range(classes):
            scores, positive = scores_of_class(dataset, o, k), labels == k
            metrics.append(NamedMetric(ROC_AREA, k, roc_curve(scores, positive).area))
            metrics.append(NamedMetric(CALIBRATION_ERROR, k, calibration(scores, positive).error))
    return metrics
