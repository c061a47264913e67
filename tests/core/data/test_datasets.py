"""Datasets: shapes, reproducibility, splits, noise, and the bundled sets."""

from itertools import product

import numpy as np
import pytest

from core.data.datasets import BUNDLED, DATASETS, Dataset, make_dataset, split
from core.nn.design import Data

MEASURED = {"breast-cancer": (30, 569, 2), "iris": (4, 150, 3), "digits": (64, 1797, 10)}
TOYS = [name for name in DATASETS if name not in MEASURED]
PLANES = ["xor", "circles", "moons", "spiral", "blobs", "linear"]
BY_LABEL = [name for name in DATASETS if DATASETS[name].task == "classes"]


def make(source: str, **settings) -> Dataset:
    return make_dataset(Data(source=source, **settings))


def same(a: Dataset, b: Dataset) -> bool:
    parts = ("x", "labels", "train", "test")
    return all(np.array_equal(getattr(a, part), getattr(b, part)) for part in parts)


def in_file(source: str) -> tuple[tuple[str, ...], np.ndarray, list[str]]:
    """Return the names of the features, the measurements (features, samples) and the classes in a file."""
    names, *lines = (BUNDLED / f"{source}.csv").read_text(encoding="utf-8").splitlines()
    rows = [line.split(",") for line in lines]
    return (
        tuple(names.split(",")[:-1]),
        np.array([row[:-1] for row in rows], float).T,
        [row[-1] for row in rows],
    )


def nearest_neighbour_accuracy(dataset: Dataset) -> float:
    distances = ((dataset.x[:, :, None] - dataset.x[:, None, :]) ** 2).sum(axis=0)
    np.fill_diagonal(distances, np.inf)
    return float((dataset.labels[distances.argmin(axis=1)] == dataset.labels).mean())


def test_the_table_holds_the_promised_sets():
    assert set(TOYS) >= {*PLANES, "xor-four-points", "sine", "circle"}
    for name, source in DATASETS.items():
        assert source.name == name
        assert source.symbol and source.description.endswith(".")
        assert bool(source.citation) or name not in MEASURED
        assert set(source.settings) <= set(Data.__struct_fields__)


@pytest.mark.parametrize("source", DATASETS)
def test_shapes_names_and_a_split_into_two_ascending_parts(source):
    dataset = make(source, samples=203, classes=4)
    features, samples = dataset.x.shape
    assert dataset.name == source
    assert dataset.task == DATASETS[source].task
    assert len(dataset.feature_names) == features == dataset.features
    assert dataset.labels.shape == ((samples,) if dataset.task == "classes" else (dataset.outputs, samples))
    known = {**dict.fromkeys([*PLANES, "sine"], 1), "circle": 2, "iris": 3, "blobs": 4, "digits": 10}
    assert dataset.outputs == known.get(source, dataset.outputs)
    assert np.isfinite(dataset.x).all()
    assert (np.diff(dataset.train) > 0).all() and (np.diff(dataset.test) > 0).all()
    assert sorted([*dataset.train, *dataset.test]) == list(range(samples))
    if dataset.task == "classes":
        assert sorted(set(dataset.labels)) == list(range(len(dataset.class_names)))


@pytest.mark.parametrize("source", DATASETS)
def test_the_same_choice_gives_the_same_bits(source):
    assert same(make(source), make(source))


@pytest.mark.parametrize("source", [name for name in DATASETS if "seed" in DATASETS[name].settings])
def test_another_seed_gives_other_data_or_another_split(source):
    assert not same(make(source), make(source, seed=2))


@pytest.mark.parametrize("source", DATASETS)
def test_only_the_named_settings_matter(source):
    other = {"samples": 150, "noise": 0.5, "classes": 5, "test_share": 0.5, "seed": 7}
    for name, value in other.items():
        changed = not same(make(source), make(source, **{name: value}))
        assert changed == (name in DATASETS[source].settings), name


@pytest.mark.parametrize("source", PLANES)
def test_toy_classes_are_balanced_and_inputs_about_one(source):
    dataset = make(source, samples=301, classes=4, noise=0.1)
    counts = np.bincount(dataset.labels)
    assert counts.max() - counts.min() <= 1
    assert 0.8 < np.quantile(np.abs(dataset.x).max(axis=0), 0.98) < 1.2


@pytest.mark.parametrize("source", PLANES)
def test_noise_goes_from_clean_to_confusing(source):
    clean, some, much = (
        nearest_neighbour_accuracy(make(source, samples=600, noise=noise, classes=4)) for noise in (0, 0.1, 1)
    )
    assert clean > 0.98
    assert some > 0.95
    assert much < 0.92


@pytest.mark.parametrize("source", [name for name in TOYS if "noise" in DATASETS[name].settings])
def test_noise_moves_the_same_samples_without_splitting_them_anew(source):
    clean, noisy = make(source, noise=0), make(source, noise=0.01)
    assert np.array_equal(clean.train, noisy.train)
    assert 0 < np.abs(clean.x - noisy.x).max() + np.abs(clean.labels - noisy.labels).max() < 0.05


def test_xor_is_one_where_the_signs_differ():
    dataset = make("xor", noise=0)
    assert np.array_equal(dataset.labels, (dataset.x[0] * dataset.x[1] < 0).astype(int))


def test_the_four_points_are_the_truth_table_and_all_for_training():
    dataset = make("xor-four-points", test_share=0.9)
    assert dataset.x.T.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert dataset.labels.tolist() == [0, 1, 1, 0]
    assert dataset.train.tolist() == [0, 1, 2, 3]
    assert dataset.test.size == 0
    dataset.x[...] = 7
    assert make("xor-four-points").x.max() == 1


def test_linear_is_separable_by_a_plane():
    dataset = make("linear", noise=0, samples=1000)
    side = np.sign(0.8 * dataset.x[0] + 0.6 * dataset.x[1])
    assert np.array_equal(side, 2 * dataset.labels - 1)


def test_sine_is_one_period():
    dataset = make("sine", noise=0)
    assert dataset.x.shape == (1, 200)
    assert np.abs(dataset.labels - np.sin(np.pi * dataset.x)).max() == 0
    assert dataset.targets(1) is dataset.labels


@pytest.mark.parametrize("classes", [2, 3, 6])
def test_blobs_have_as_many_classes_as_asked_for(classes):
    dataset = make("blobs", classes=classes)
    assert len(dataset.class_names) == classes
    assert dataset.outputs == (1 if classes == 2 else classes)
    assert np.array_equal(dataset.targets(classes).argmax(axis=0), dataset.labels)


@pytest.mark.parametrize("source, share", list(product(DATASETS, [0, 0.1, 0.3, 0.5, 0.9])))
def test_the_split_has_the_asked_size_in_each_class(source, share):
    dataset = make(source, test_share=share)
    held = share if "test_share" in DATASETS[source].settings else 0
    assert abs(dataset.test.size - held * dataset.x.shape[1]) <= 0.5
    if dataset.task == "classes":
        classes = len(dataset.class_names)
        counts = np.bincount(dataset.labels, minlength=classes)
        test = np.bincount(dataset.labels[dataset.test], minlength=classes)
        assert np.abs(test - held * counts).max() <= 1


@pytest.mark.parametrize("source, samples", list(product(BY_LABEL, [2, 3, 5, 7])))
def test_every_class_keeps_a_training_sample(source, samples):
    dataset = make(source, samples=samples, classes=6, test_share=0.9)
    assert set(dataset.labels[dataset.train]) == set(dataset.labels)


def test_a_rare_class_keeps_its_only_sample():
    labels = np.array([0] * 50 + [1] + [2] * 50)
    for seed in range(20):
        train, test = split(labels, 0.9, np.random.default_rng(seed))
        assert 50 in train
        assert train.size + test.size == labels.size


@pytest.mark.parametrize("source", MEASURED)
def test_bundled_sets_have_their_known_size_and_standardized_training_part(source):
    dataset = make(source, test_share=0.25)
    features, samples, classes = MEASURED[source]
    assert (dataset.x.shape, len(dataset.class_names)) == ((features, samples), classes)
    train = dataset.x[:, dataset.train]
    measured = in_file(source)[1][:, dataset.train]
    varies = np.ptp(measured, axis=1) > 0
    assert np.abs(train.mean(axis=1)).max() < 1e-12
    assert np.abs(train[varies].std(axis=1) - 1).max() < 1e-12
    assert np.abs(train[~varies]).max(initial=0) == 0
    assert varies.all() == (source != "digits")


@pytest.mark.parametrize("source", MEASURED)
def test_the_entry_and_the_file_agree_and_measurements_come_back(source):
    (names, x, classes), dataset = in_file(source), make(source)
    assert names == dataset.feature_names
    assert [dataset.class_names[k] for k in dataset.labels] == classes
    assert np.allclose(dataset.measured(7), x[:, 7], rtol=1e-12, atol=1e-12)
    assert dataset.image_shape == ((8, 8) if source == "digits" else None)
    assert f"`{source}.csv`" in (BUNDLED / "SOURCES.md").read_text(encoding="utf-8")


def test_measurements_of_a_toy_set_are_its_inputs():
    dataset = make("moons")
    assert np.array_equal(dataset.measured(3), dataset.x[:, 3])


@pytest.mark.oracle
@pytest.mark.parametrize("source", MEASURED)
def test_the_files_are_exactly_those_of_scikit_learn(source):
    loaded = getattr(pytest.importorskip("sklearn.datasets"), f"load_{source.replace('-', '_')}")()
    dataset = make(source)
    assert np.array_equal(in_file(source)[1], loaded.data.T)
    names = np.array(loaded.target_names).astype(str)[loaded.target]
    assert np.array_equal(np.array(dataset.class_names)[dataset.labels], names)
    assert dataset.feature_names == tuple(loaded.feature_names)
