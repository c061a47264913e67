"""The tables and arrays of a run: their numbers are those of the moment, with all digits."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from core.data.datasets import make_dataset
from core.debugger.queries import parameter_path
from core.debugger.run import Run
from core.export import numbers
from core.nn.design import Data, Dense, Design
from core.nn.network import Network
from core.nn.trainer import Trainer, trainer_at
from core.project.files import examples, read


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def column(data: bytes, name: str) -> list[float]:
    return [float(row[name]) for row in table(data)]


@pytest.fixture(params=["iris", "sine", "xor"])
def trainer(request: pytest.FixtureRequest) -> Trainer:
    design = read(examples()[request.param]).design
    dataset = make_dataset(design.data)
    made = Trainer(Network(design, dataset), dataset)
    made.run(300)
    return made


def test_losses_are_those_of_the_curve_to_the_bit(trainer: Trainer) -> None:
    data = numbers.losses_csv(trainer.snapshot(), trainer.curves())
    assert column(data, "loss") == trainer.curves().losses.tolist()
    assert column(data, "iteration") == list(range(1, 301))
    assert column(data, "epoch")[-1] == 300 / trainer.batches


def test_losses_before_a_file_went_on_are_left_out(trainer: Trainer) -> None:
    moment = trainer.moment()
    later = trainer_at(trainer.network, trainer.dataset, moment.theta, moment.memory, 300, trainer.origin)
    later.run(5)
    assert column(numbers.losses_csv(later.snapshot(), later.curves()), "iteration") == [
        301,
        302,
        303,
        304,
        305,
    ]


def test_curves_hold_every_record(trainer: Trainer) -> None:
    found = table(numbers.curves_csv(trainer.snapshot(), trainer.curves()))
    records = trainer.curves().records
    assert [int(row["iteration"]) for row in found] == [record.iteration for record in records]
    assert [float(row["gradient 1"]) for row in found] == [record.gradient[0] for record in records]
    scores = [record.test for record in records]
    right = ["" if one is None or one.accuracy is None else repr(one.accuracy) for one in scores]
    assert [row["test accuracy"] for row in found] == right


def test_predictions_give_the_scores_again(trainer: Trainer) -> None:
    snapshot = trainer.snapshot()
    found = table(numbers.predictions_csv(snapshot))
    assert len(found) == snapshot.dataset.x.shape[1]
    for name, score in (("train", snapshot.train), ("test", snapshot.test)):
        of = [row for row in found if row["set"] == name]
        assert score is not None
        np.testing.assert_allclose(np.mean([float(row["loss"]) for row in of]), score.loss)
        if score.accuracy is not None:
            assert np.mean([row["right"] == "yes" for row in of]) == score.accuracy
            assert all((row["class"] == row["decided"]) == (row["right"] == "yes") for row in of)


def test_metrics_say_what_the_scores_say(trainer: Trainer) -> None:
    snapshot = trainer.snapshot()
    found = {
        (row["set"], row["metric"], row["of"]): row["value"] for row in table(numbers.metrics_csv(snapshot))
    }
    assert float(found["train", "loss", "all"]) == snapshot.train.loss
    if snapshot.train.accuracy is not None:
        assert float(found["train", "accuracy", "all"]) == snapshot.train.accuracy


def test_data_are_in_their_own_units_with_their_set() -> None:
    dataset = make_dataset(Data("iris"))
    found = table(numbers.data_csv(dataset))
    for k in (0, 77, 149):
        measured = [float(found[k][name]) for name in dataset.feature_names]
        np.testing.assert_allclose(measured, dataset.measured(k))
        assert found[k]["class"] == dataset.class_names[dataset.labels[k]]
        assert (found[k]["set"] == "test") == (k in dataset.test)


def test_parameters_are_theta_in_both_forms(trainer: Trainer) -> None:
    network, theta = trainer.network, trainer.moment().theta
    arrays = numbers.parameter_arrays(network, theta)
    parts = [arrays[f"{name}{layer.l}"].ravel() for layer in network.layers for name in ("W", "b")]
    assert np.concatenate(parts).tolist() == theta.tolist()
    assert [arrays[f"W{layer.l}"].shape for layer in network.layers] == [
        (layer.n_in, layer.n_out) for layer in network.layers
    ]
    data = numbers.parameters_csv(network, theta)
    assert column(data, "value") == theta.tolist()
    for row in table(data):
        l, j = int(row["layer"]), int(row["j"])
        array = arrays[f"{row['parameter']}{l}"]
        assert float(row["value"]) == (array[int(row["i"]) - 1, j - 1] if row["i"] else array[j - 1])


def test_a_name_of_a_stranger_stays_in_its_cell() -> None:
    design = Design(layers=(Dense(1),))
    dataset = make_dataset(design.data)
    names = ('a,"b"\n', "=1+1")
    from dataclasses import replace

    header = table(numbers.data_csv(replace(dataset, feature_names=names)))[0]
    assert list(header)[2:4] == list(names)


def test_the_history_ends_with_the_weights_of_now_and_begins_with_the_first() -> None:
    design = read(examples()["xor"]).design
    dataset = make_dataset(design.data)
    run = Run(Trainer(Network(design, dataset), dataset))
    run.train(300)
    found = table(numbers.history_csv(run.trainer.network, *parameter_path(run)))
    assert [int(row["iteration"]) for row in found] == sorted({int(row["iteration"]) for row in found})
    first, last = (np.array([float(v) for v in list(row.values())[1:]]) for row in (found[0], found[-1]))
    np.testing.assert_array_equal(first, run.trainer.network.initial(design.training.seed))
    np.testing.assert_array_equal(last, run.trainer.moment().theta)
    assert int(found[-1]["iteration"]) == 300 and len(found) > 100
    W = run.trainer.network.W(run.trainer.moment().theta, 2)
    assert float(found[-1]["W[2]_3_1"]) == W[2, 0]


def test_the_size_of_the_gradient_is_that_of_its_layers_together(trainer: Trainer) -> None:
    for row in table(numbers.gradients_csv(trainer.snapshot(), trainer.curves())):
        layers = [float(value) for name, value in row.items() if name.startswith("layer")]
        assert float(row["all"]) == pytest.approx(np.sqrt(np.sum(np.square(layers))))
        assert len(layers) == len(trainer.network.layers)
