"""Metrics: small cases worked out by hand, and everything compared with scikit-learn."""

from dataclasses import replace

import numpy as np
import pytest

from core import slices
from core.analysis.metrics import (
    MACRO,
    ROC_AREA,
    WEIGHTED,
    accuracy,
    calibration,
    confusion_counts,
    decision_metrics,
    f1,
    macro,
    mean_absolute_error,
    metrics_of,
    precision,
    r_squared,
    recall,
    roc_curve,
    root_mean_square_error,
    scores_of_class,
    usual_threshold,
    value_metrics,
    weighted,
)
from core.analysis.sample_losses import SlicedLosses, sample_losses, sliced_losses
from core.data.datasets import make_dataset
from core.nn.network import Network
from core.nn.trainer import Trainer
from core.project.files import examples, read

# Class 0: 54 right, 3 taken for 1; class 1: 2 taken for 0, 41 right.
COUNTS = np.array([[54, 3], [2, 41]])


def test_decisions_are_counted_by_true_and_predicted_class():
    labels, decided = np.array([0, 0, 1, 2, 2, 2]), np.array([0, 2, 1, 2, 2, 0])
    assert confusion_counts(labels, decided, 4).tolist() == [
        [1, 0, 1, 0],
        [0, 1, 0, 0],
        [1, 0, 2, 0],
        [0, 0, 0, 0],
    ]
    assert not confusion_counts(labels[:0], decided[:0], 2).any()


def test_ratios_of_a_confusion_matrix_are_worked_out_with_its_numbers():
    assert precision(COUNTS, 1).value == 41 / 44
    assert precision(COUNTS, 1).text == "TP/(TP + FP) = 41/(41 + 3) = 0.932"
    assert recall(COUNTS, 1).text == "TP/(TP + FN) = 41/(41 + 2) = 0.953"
    assert f1(COUNTS, 1).text == "2·TP/(2·TP + FP + FN) = 2·41/(2·41 + 3 + 2) = 0.943"
    assert accuracy(COUNTS).text == "right/all = 95/100 = 0.95"
    both = [precision(COUNTS, 0), precision(COUNTS, 1)]
    assert macro(both).value == pytest.approx((54 / 56 + 41 / 44) / 2)
    assert weighted(both, COUNTS).value == pytest.approx((57 * 54 / 56 + 43 * 41 / 44) / 100)


def test_a_ratio_over_nothing_has_no_value_but_a_reason():
    never = np.array([[5, 0, 0], [2, 0, 0], [0, 0, 0]])  # 1 and 2 are never predicted, 2 never occurs
    assert precision(never, 1).value is None
    assert (
        precision(never, 1).text
        == "TP/(TP + FP) = 0/(0 + 0) is undefined: no sample is decided as this class"
    )
    assert recall(never, 1).value == 0 and f1(never, 1).value == 0
    assert "no sample is of this class" in recall(never, 2).why
    assert f1(never, 2).value is None and "or decided as it" in f1(never, 2).why
    assert accuracy(np.zeros((2, 2), int)).why == "there is no sample"
    all_three = [precision(never, k) for k in range(3)]
    assert macro(all_three).value == weighted(all_three, never).value == 5 / 7
    assert macro([precision(never, 1)]).why == "no class has a value"


def test_a_roc_curve_of_five_samples():
    curve = roc_curve(np.array([0.9, 0.8, 0.8, 0.3, 0.1]), np.array([1, 1, 0, 1, 0]))
    assert curve.thresholds.tolist() == [np.inf, 0.9, 0.8, 0.3, 0.1]
    assert curve.true_positives.tolist() == [0, 1, 2, 3, 3]
    assert curve.false_positives.tolist() == [0, 0, 1, 1, 2]
    # Of 3·2 pairs the positive is above in 4; one tie counts half.
    assert curve.area.value == pytest.approx(4.5 / 6)
    assert curve.area.worked.endswith("= 4.5/(3·2)")
    assert curve.counts(curve.at(0.8)).tolist() == [[1, 1], [1, 2]]
    assert [curve.at(t) for t in (2.0, 0.9, 0.85, 0.5, 0.0)] == [0, 1, 1, 2, 4]
    assert curve.at(np.inf) == 0


@pytest.mark.parametrize("positive", [[1, 1, 1], [0, 0, 0], []])
def test_a_roc_curve_of_one_kind_of_samples_has_no_area(positive):
    curve = roc_curve(np.linspace(0, 1, len(positive)), np.array(positive))
    assert curve.area.value is None and "samples of the class and others" in curve.area.why
    assert all(np.isfinite(rate).all() for rate in curve.rates)


def test_calibration_in_bins_of_a_tenth():
    probabilities = np.array([0.05, 0.1, 0.15, 0.95, 1.0, 1.0])
    found = calibration(probabilities, np.array([0, 1, 0, 1, 1, 0]))
    assert found.counts.tolist() == [2, 1, 0, 0, 0, 0, 0, 0, 0, 3]
    assert found.probability[[0, 1, 9]] == pytest.approx([0.075, 0.15, 2.95 / 3])
    assert found.share[[0, 1, 9]] == pytest.approx([0.5, 0.0, 2 / 3])
    assert np.isnan(found.share[2:9]).all()
    assert found.error.value == pytest.approx((2 * 0.425 + 0.15 + 3 * (2.95 / 3 - 2 / 3)) / 6)


def test_outputs_that_are_no_probabilities_have_no_calibration_error():
    assert "no probabilities" in calibration(np.array([-0.5, 0.5]), np.array([0, 1])).error.why
    assert calibration(np.empty(0), np.empty(0)).error.why == "there is no sample"


def test_errors_of_values():
    y, o = np.array([1.0, 2.0, 3.0]), np.array([1.5, 2.0, 2.0])
    assert r_squared(y, o).value == pytest.approx(1 - 1.25 / 2)
    assert r_squared(y, o).text == "1 − Σ(y − o)²/Σ(y − mean)² = 1 − 1.25/2 = 0.375"
    assert root_mean_square_error(y, o).value == pytest.approx(np.sqrt(1.25 / 3))
    assert mean_absolute_error(y, o).text == "Σ|y − o|/n = 1.5/3 = 0.5"


def test_r_squared_of_equal_targets_has_no_value():
    same = np.full(7, 0.1)  # whose mean is not exactly 0.1
    assert r_squared(same, np.arange(7.0)).why == "all targets are equal"
    assert root_mean_square_error(same, same).value == 0
    for metric in (r_squared, root_mean_square_error, mean_absolute_error):
        assert metric(np.empty(0), np.empty(0)).why == "there is no sample"
        assert metric(np.arange(2.0), np.array([np.inf, 0])).why == "an output is not a finite number"


def trained(name: str, iterations: int = 60) -> Trainer:
    design = read(examples()[name]).design
    dataset = make_dataset(design.data)
    trainer = Trainer(Network(design, dataset), dataset)
    trainer.run(iterations)
    return trainer


def test_the_score_of_a_set_leaves_out_targets_that_do_not_vary():
    trainer = trained("circle", 30)
    dataset = trainer.dataset
    theta = trainer.snapshot().theta
    o = sample_losses(trainer.network, theta, dataset).o[:, dataset.train]
    for constant, known in (((), (0, 1)), ((0,), (1,)), ((0, 1), ())):
        labels = dataset.labels.copy()
        labels[list(constant)] = 0.1
        score = Trainer(trainer.network, replace(dataset, labels=labels), theta).snapshot().train
        values = [r_squared(labels[k, dataset.train], o[k]).value for k in known]
        assert score.accuracy is None
        assert score.r2 == (pytest.approx(np.mean(values)) if known else None)


def test_all_metrics_of_a_set_come_with_what_they_are_of():
    trainer = trained("iris")
    dataset, snapshot = trainer.dataset, trainer.snapshot()
    found = sample_losses(trainer.network, snapshot.theta, dataset)
    metrics = {(one.kind, one.of): one.metric.value for one in metrics_of(dataset, found, dataset.test)}
    assert metrics["accuracy", "all"] == snapshot.test.accuracy
    assert {of for kind, of in metrics if kind == "f1"} == {0, 1, 2, MACRO, WEIGHTED}
    assert metrics[ROC_AREA, 0] == pytest.approx(1.0)


def test_slices_of_samples_give_what_all_at_once_give(monkeypatch: pytest.MonkeyPatch):
    trainer = trained("digits", 20)
    theta = trainer.snapshot().theta
    monkeypatch.setattr(slices, "NUMBERS", 500 * sum(trainer.network.n))  # 500 samples in a slice
    sliced, made = SlicedLosses(trainer.network, theta, trainer.dataset), 1
    while not sliced.advance():
        assert sliced.found is None
        made += 1
    whole = sample_losses(trainer.network, theta, trainer.dataset)
    assert made == 4
    assert np.allclose(sliced.found.o, whole.o) and np.allclose(sliced.found.loss, whole.loss)
    assert np.array_equal(sliced.found.decided, whole.decided)


def test_views_of_the_same_moment_share_its_losses():
    trainer = trained("xor", 5)
    theta = trainer.snapshot().theta
    sliced = sliced_losses(trainer.network, theta, trainer.dataset)
    assert sliced_losses(trainer.network, theta, trainer.dataset) is sliced
    assert sliced_losses(trainer.network, theta.copy(), trainer.dataset) is not sliced


# -- data in other conventions ---------------------------------------------------------------------------


def test_scaled_targets_are_judged_in_their_unit():
    trainer = trained("circle", 20)
    dataset = trainer.dataset
    mean, std = np.array([5.0, -1.0]), np.array([10.0, 0.5])
    scaled = replace(dataset, target_mean=mean, target_std=std)
    found = sample_losses(trainer.network, trainer.snapshot().theta, dataset)
    plain, measured = (
        {(one.kind, one.of): one.metric.value for one in metrics_of(data, found, dataset.test)}
        for data in (dataset, scaled)
    )
    for k in range(2):
        assert measured["r2", k] == pytest.approx(plain["r2", k])
        assert measured["rmse", k] == pytest.approx(std[k] * plain["rmse", k])
        assert measured["mae", k] == pytest.approx(std[k] * plain["mae", k])


@pytest.mark.parametrize("negative", [0.0, -1.0])
@pytest.mark.parametrize("of", [0, 1])
def test_the_usual_threshold_is_where_the_network_decides(negative, of):
    dataset = replace(trained("moons", 5).dataset, negative=negative)
    o = np.random.default_rng(3).uniform(negative, 1, (1, dataset.x.shape[1]))
    o[0, :5] = dataset.threshold
    scores = scores_of_class(dataset, o, of)
    curve = roc_curve(scores, dataset.labels == of)
    counts = confusion_counts(dataset.labels, dataset.decided(o), 2)
    at = curve.counts(curve.at(usual_threshold(dataset, 1, of)))
    assert np.array_equal(at, counts if of else counts[::-1, ::-1])


# -- scikit-learn ----------------------------------------------------------------------------------------


@pytest.mark.oracle
@pytest.mark.parametrize("classes", [2, 3, 10])
@pytest.mark.parametrize("seed", range(5))
def test_decisions_are_judged_as_by_scikit_learn(classes, seed):
    judge = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, 60)
    decided = np.where(rng.random(60) < 0.6, labels, rng.integers(0, max(1, classes - 1), 60))
    counts = confusion_counts(labels, decided, classes)
    named = range(classes)
    assert np.array_equal(counts, judge.confusion_matrix(labels, decided, labels=named))
    metrics = {(one.kind, one.of): one.metric.value for one in decision_metrics(counts)}
    assert metrics["accuracy", "all"] == pytest.approx(judge.accuracy_score(labels, decided))
    for kind in ("precision", "recall", "f1"):
        score = getattr(judge, f"{kind}_score")

        def of(average, score=score):
            return score(labels, decided, labels=named, average=average, zero_division=np.nan)

        mine = [metrics[kind, k] for k in named]
        its = of(None)
        assert [one is None for one in mine] == np.isnan(its).tolist()
        assert [np.nan if one is None else one for one in mine] == pytest.approx(its, nan_ok=True)
        assert metrics[kind, MACRO] == pytest.approx(of("macro"))
        assert metrics[kind, WEIGHTED] == pytest.approx(of("weighted"))


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(5))
def test_probabilities_are_judged_as_by_scikit_learn(seed):
    judge = pytest.importorskip("sklearn.metrics")
    reliability = pytest.importorskip("sklearn.calibration").calibration_curve
    rng = np.random.default_rng(seed)
    scores = np.round(rng.random(200), 2)  # so that there are ties
    positive = rng.random(200) < scores
    curve = roc_curve(scores, positive)
    fpr, tpr, thresholds = judge.roc_curve(positive, scores, drop_intermediate=False)
    assert np.allclose(curve.rates, [fpr, tpr]) and np.array_equal(curve.thresholds, thresholds)
    assert curve.area.value == pytest.approx(judge.roc_auc_score(positive, scores))
    found = calibration(scores, positive)
    share, probability = reliability(positive, scores, n_bins=10, strategy="uniform")
    assert found.share[found.counts > 0] == pytest.approx(share)
    assert found.probability[found.counts > 0] == pytest.approx(probability)
    assert found.error.value == pytest.approx(
        np.average(abs(share - probability), weights=found.counts[found.counts > 0])
    )


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(5))
def test_values_are_judged_as_by_scikit_learn(seed):
    judge = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(seed)
    y = rng.normal(size=(3, 40))
    o = y + 0.4 * rng.normal(size=y.shape)
    metrics = {(one.kind, one.of): one.metric.value for one in value_metrics(y, o)}
    for kind, name in (
        ("r2", "r2_score"),
        ("rmse", "root_mean_squared_error"),
        ("mae", "mean_absolute_error"),
    ):
        its = getattr(judge, name)(y.T, o.T, multioutput="raw_values")
        assert [metrics[kind, k] for k in range(3)] == pytest.approx(its)
    assert metrics["r2", MACRO] == pytest.approx(judge.r2_score(y.T, o.T))


@pytest.mark.oracle
@pytest.mark.parametrize("name", ["xor", "breast-cancer", "iris", "digits"])
def test_trained_networks_are_judged_as_by_scikit_learn(name):
    judge = pytest.importorskip("sklearn.metrics")
    trainer = trained(name)
    dataset = trainer.dataset
    found = sample_losses(trainer.network, trainer.snapshot().theta, dataset)
    for samples in (dataset.train, dataset.test):
        metrics = {(one.kind, one.of): one.metric.value for one in metrics_of(dataset, found, samples)}
        labels, decided = dataset.labels[samples], found.decided[samples]
        for k in range(len(dataset.class_names)):
            scores = scores_of_class(dataset, found.o[:, samples], k)
            assert metrics[ROC_AREA, k] == pytest.approx(judge.roc_auc_score(labels == k, scores))
        its = judge.f1_score(labels, decided, average="macro", zero_division=np.nan)
        assert metrics["f1", MACRO] == pytest.approx(its)
