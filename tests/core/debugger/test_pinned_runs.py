"""Pinned runs keep their numbers, and designs are compared by their differing settings."""

from __future__ import annotations

from dataclasses import replace as changed

import numpy as np
import pytest
from msgspec.structs import replace

from core.data.datasets import make_dataset
from core.debugger.pinned_runs import MOST_RUNS, curves_until, differences, free_colour, run_of
from core.nn.design import Data, Dense, Design, Dropout, Training
from core.nn.losses import MSE
from core.nn.network import Network
from core.nn.optimizers import Adam, GradientDescent, Momentum
from core.nn.trainer import Trainer

DESIGN = Design(layers=(Dense(4), Dense(2), Dense(1, "sigmoid")), training=Training(learning_rate=0.1))


def _with(**settings: object) -> Design:
    return replace(DESIGN, training=replace(DESIGN.training, **settings))


def _table(*designs: Design) -> dict[str, tuple[str, ...]]:
    return {setting.title: setting.values for setting in differences(designs)}


def test_equal_designs_differ_in_nothing() -> None:
    assert differences([DESIGN, replace(DESIGN, title="Another")]) == ()
    assert differences([DESIGN]) == differences([]) == ()


def test_only_what_differs_is_told() -> None:
    assert _table(DESIGN, _with(learning_rate=0.03)) == {"Learning rate η": ("0.1", "0.03")}
    assert _table(DESIGN, _with(optimizer=Adam())) == {"Optimizer": ("Gradient descent", "Adam")}
    assert _table(_with(optimizer=Momentum(0.9)), _with(optimizer=Momentum(0.5)), DESIGN) == {
        "Optimizer": ("Momentum", "Momentum", "Gradient descent"),
        "μ": ("0.9", "0.5", ""),
    }
    deeper = replace(DESIGN, layers=(Dense(8, "relu"), Dropout(0.2), *DESIGN.layers[1:]))
    assert _table(DESIGN, deeper)["Layers"] == (
        "4-2 tanh, 1 sigmoid",
        "8 ReLU, dropout 0.2, 2 tanh, 1 sigmoid",
    )


def test_settings_without_a_meaning_are_left_out() -> None:
    full = {"gradient_descent": "batch"}
    assert _table(_with(**full), _with(**full, batch_size=30)) == {}
    assert _table(DESIGN, _with(**full)) == {"Batch": ("mini-batch", "batch")}
    iris = replace(DESIGN, data=Data(source="iris"))
    assert _table(iris, replace(iris, data=Data(source="iris", noise=0.7))) == {}


def test_every_place_of_a_design_is_told_apart() -> None:
    assert _table(DESIGN, replace(DESIGN, data=Data(noise=0.3))) == {"Noise": ("0.1", "0.3")}
    initialized = tuple(replace(layer, initializer="he") for layer in DESIGN.layers)
    assert _table(DESIGN, replace(DESIGN, layers=initialized)) == {"Initializer": ("Xavier", "He")}
    leaky = replace(DESIGN, layers=(Dense(4, "leaky_relu", 0.3), *DESIGN.layers[1:]))
    usual = replace(leaky, layers=(Dense(4, "leaky_relu"), *DESIGN.layers[1:]))
    assert _table(leaky, usual) == {"α": ("0.3, –, –", "0.01, –, –")}
    same = replace(leaky, layers=(Dense(4, "leaky_relu", 0.01), *DESIGN.layers[1:]))
    assert _table(same, usual) == {}


def test_order_is_that_of_the_design_whatever_comes_first() -> None:
    changed_much = replace(
        _with(optimizer=Momentum(0.5), learning_rate=0.5), data=Data(noise=0.9), layers=(Dense(1, "sigmoid"),)
    )
    for designs in ((changed_much, DESIGN), (DESIGN, changed_much)):
        assert list(_table(*designs)) == ["Noise", "Layers", "Optimizer", "Learning rate η"]
    both = (_with(optimizer=GradientDescent()), _with(optimizer=Adam(0.8)), _with(optimizer=Adam(0.7)))
    assert list(_table(*both)) == ["Optimizer", "β₁"]


@pytest.fixture(scope="module")
def trainer() -> Trainer:
    dataset = make_dataset(DESIGN.data)
    made = Trainer(Network(DESIGN, dataset), dataset)
    made.run(300)
    return made


def test_a_run_keeps_its_numbers_while_training_goes_on(trainer: Trainer) -> None:
    snapshot, curves = trainer.snapshot(), trainer.curves()
    run = run_of("first", 2, DESIGN, curves, snapshot)
    losses, records = run.curves.losses.copy(), run.curves.records
    trainer.run(500)
    assert (run.train, run.test, run.iterations) == (snapshot.train, snapshot.test, 300)
    assert np.array_equal(run.curves.losses, losses) and losses.size == 300
    assert run.curves.records == records == curves.records
    assert run.batches == snapshot.batches


def test_a_run_ends_at_its_snapshot(trainer: Trainer) -> None:
    curves = trainer.curves()
    cut = curves_until(curves, 100)
    assert np.array_equal(cut.losses, curves.losses[:100])
    assert cut.records and all(row.iteration <= 100 for row in cut.records)
    rare = curves_until(changed(curves, stride=2), 100)
    assert rare.losses.size == 50


def test_six_runs_have_six_colours(trainer: Trainer) -> None:
    runs: list = []
    for _ in range(MOST_RUNS):
        runs.append(run_of("", free_colour(runs), DESIGN, trainer.curves(), trainer.snapshot()))
    assert sorted(run.colour for run in runs) == list(range(MOST_RUNS))
    with pytest.raises(ValueError, match="At most 6"):
        free_colour(runs)
    del runs[3]
    assert free_colour(runs) == 3


def test_conventions_are_differences_where_both_runs_have_the_choice():
    usual = Design(layers=(Dense(2), Dense(1, "sigmoid")))

    def with_(training=None, data=None, layers=None):
        other = replace(usual, training=replace(usual.training, **(training or {})))
        return replace(other, data=replace(other.data, **(data or {})), layers=layers or other.layers)

    def titles(*designs):
        return [row.title for row in differences(designs)]

    assert titles(usual, with_({"loss": MSE()})) == ["Loss"]
    mean, half = with_({"loss": MSE()}), with_({"loss": MSE(over_outputs="half sum")})
    assert titles(mean, half) == ["Over outputs"]
    assert titles(usual, with_({"order": "as in the table"})) == ["Order"]
    assert titles(usual, with_(data={"labels": "-1/1"})) == ["Labels"]
    assert titles(usual, with_(layers=(Dense(2, fixed=True), usual.layers[1]))) == ["Fixed"]
    assert titles(usual, with_(layers=(Dense(2, initial=0.5), usual.layers[1]))) == ["First weights"]
