"""Designs: faults are reported with place and remedy; the output that fits a dataset."""

import dataclasses

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from core.data.datasets import make_dataset
from core.data.ready_tables import READY_TABLES
from core.data.table_edits import change_columns
from core.nn.design import Data, Dense, Design, DesignError, Dropout, Training, fields_of, fitted
from core.nn.design_problems import problems
from core.nn.losses import MAE, MSE, BinaryCrossEntropy, CategoricalCrossEntropy, Hinge, Huber
from core.nn.network import Network
from core.nn.optimizers import Adam, Momentum
from core.nn.trainer import Trainer
from tests.core.making import classes, values

GOOD = Design(layers=(Dense(3), Dense(1, "sigmoid")), training=Training(batch_size=4))
TWO, THREE, NUMBERS = classes(2), classes(3), values(outputs=2)
SIGNED = dataclasses.replace(TWO, negative=-1.0)
SEVERAL = dataclasses.replace(NUMBERS, labels=(NUMBERS.labels > 0).astype(float))  # two labels a sample


def with_layers(*layers):
    return replace(GOOD, layers=layers)


def with_training(**settings):
    return replace(GOOD, training=replace(GOOD.training, **settings))


def test_a_good_design_has_no_problem():
    assert problems(GOOD, TWO) == ()
    assert problems(with_layers(Dropout(0), Dense(2), Dropout(0.95), Dense(1, "sigmoid")), TWO) == ()


def test_losses_of_labels_suit_the_labels_of_the_data():
    assert problems(replace(with_training(loss=Hinge()), layers=(Dense(1, "linear"),)), SIGNED) == ()
    assert problems(replace(with_training(loss=MSE()), layers=(Dense(1, "tanh"),)), SIGNED) == ()
    assert problems(with_layers(Dense(2, "sigmoid")), SEVERAL) == ()
    assert problems(with_layers(Dense(3, "sigmoid")), THREE) == ()
    assert SIGNED.targets(1).tolist() == [[2.0 * label - 1 for label in TWO.labels]]
    assert set(dataclasses.replace(THREE, negative=-1.0).targets(3).sum(axis=0)) == {-1.0}


CASES = [
    (with_layers(), TWO, "layers", "not between 1 and 64"),
    (with_layers(*[Dense(1, "sigmoid")] * 65), TWO, "layers", "not between 1 and 64"),
    (with_layers(Dropout(0.5)), TWO, "layers", "no layer of neurons"),
    (with_layers(Dense(1, "sigmoid"), Dropout(0.5)), TWO, "layers[1]", "cannot be the last"),
    (
        with_layers(Dropout(0.1), Dropout(0.2), Dense(1, "sigmoid")),
        TWO,
        "layers[0]",
        "Two dropouts follow each other",
    ),
    (with_layers(Dropout(0.96), Dense(1, "sigmoid")), TWO, "layers[0].rate", "at most 0.95; it is 0.96"),
    (with_layers(Dense(0), Dense(1, "sigmoid")), TWO, "layers[0].neurons", "at least 1"),
    (with_layers(Dense(1025), Dense(1, "sigmoid")), TWO, "layers[0].neurons", "at most 1024"),
    (
        with_layers(*[Dense(1024)] * 5, Dense(1, "sigmoid")),
        TWO,
        "layers",
        "parameters are too many; at most 4,000,000",
    ),
    (
        with_layers(Dense(3, "swish"), Dense(1, "sigmoid")),
        TWO,
        "layers[0].activation",
        "Layer 1: there is no activation “swish”; choose one of linear, sigmoid",
    ),
    (
        with_layers(Dense(3, ("tanh", "relu")), Dense(1, "sigmoid")),
        TWO,
        "layers[0].activation",
        "Layer 1 has 3 neurons but 2 activations",
    ),
    (
        with_layers(Dropout(0.1), Dense(2, ("tanh", "softmax")), Dense(1, "sigmoid")),
        TWO,
        "layers[1].activation",
        "Layer 1: softmax is for the whole layer",
    ),
    (
        with_layers(Dense(1, "softmax"), Dense(1, "sigmoid")),
        TWO,
        "layers[0].activation",
        "Layer 1: softmax needs at least 2 neurons",
    ),
    (
        with_layers(Dense(2, "leaky_relu", alpha=1.5), Dense(1, "sigmoid")),
        TWO,
        "layers[0].alpha",
        "α of LeakyReLU must be between 0 and 1",
    ),
    (
        with_layers(Dense(2, "elu", alpha=0.0), Dense(1, "sigmoid")),
        TWO,
        "layers[0].alpha",
        "α of ELU must be between 0.01 and 10",
    ),
    (with_layers(Dense(2, alpha=-1.0), Dense(1, "sigmoid")), TWO, "layers[0].alpha", "at least 0"),
    (
        with_layers(Dense(2, initializer="glorot"), Dense(1, "sigmoid")),
        TWO,
        "layers[0].initializer",
        "there is no “glorot”; choose one of zeros",
    ),
    (
        replace(with_training(loss=Hinge()), layers=(Dense(1, "linear"),)),
        TWO,
        "training.loss",
        "Hinge loss takes the labels −1 and 1, but those of the data are 0 and 1: choose the other labels",
    ),
    (
        with_layers(Dense(1, "sigmoid")),
        SIGNED,
        "training.loss",
        "Binary cross-entropy takes the labels 0 and 1, but those of the data are −1 and 1",
    ),
    (
        replace(with_training(loss=CategoricalCrossEntropy()), layers=(Dense(1, "sigmoid"),)),
        TWO,
        "training.loss",
        "needs at least 2 output neurons; the output layer has 1",
    ),
    (
        with_layers(Dense(1, "tanh")),
        TWO,
        "training.loss",
        "Binary cross-entropy takes the logarithm of a probability, but tanh is not between 0 and 1: "
        "give the output layer sigmoid",
    ),
    (
        with_layers(Dense(1, "sigmoid")),
        THREE,
        "layers[0].neurons",
        "The data has 3 classes: the output layer needs 3",
    ),
    (
        replace(with_layers(Dense(2, "linear")), training=replace(GOOD.training, loss=BinaryCrossEntropy())),
        NUMBERS,
        "training.loss",
        "is for classes, but the data has values",
    ),
    (
        replace(with_layers(Dense(1, "linear")), training=replace(GOOD.training, loss=MSE())),
        NUMBERS,
        "layers[0].neurons",
        "The data has 2 values: the output layer needs 2",
    ),
    (with_training(learning_rate=0.0), TWO, "training.learning_rate", "above 0"),
    (with_training(learning_rate=-0.1), TWO, "training.learning_rate", "it is −0.1"),
    (with_training(learning_rate=1e9), TWO, "training.learning_rate", "at most 100; it is 1·10⁹"),
    (with_training(learning_rate=float("nan")), TWO, "training.learning_rate", "it is NaN"),
    (with_training(batch_size=0), TWO, "training.batch_size", "at least 1"),
    (
        with_training(batch_size=13),
        TWO,
        "training.batch_size",
        "A batch of 13 is larger than the 12 training samples: choose at most 12",
    ),
    (with_training(l1=-1.0), TWO, "training.l1", "at least 0"),
    (with_training(l2=11.0), TWO, "training.l2", "at most 10"),
    (
        with_training(optimizer=Momentum(1.0)),
        TWO,
        "training.optimizer.momentum",
        "μ must be at least 0 and below 1",
    ),
    (with_training(optimizer=Adam(epsilon=0.0)), TWO, "training.optimizer.epsilon", "above 0"),
    (with_training(loss=Huber(0.0)), TWO, "training.loss.delta", "above 0"),
    (replace(GOOD, data=Data(samples=1)), TWO, "data.samples", "at least 2"),
    (replace(GOOD, data=Data(source="mars")), TWO, "data.source", "there is no “mars”"),
    (replace(GOOD, title="x" * 201), TWO, "title", "201"),
    (GOOD, classes(2, samples=6, test=6), "data.samples", "No sample is left for training"),
]


@pytest.mark.parametrize(("design", "dataset", "where", "words"), CASES)
def test_problems_are_named_at_their_place(design, dataset, where, words):
    found = problems(design, dataset)
    named = [problem for problem in found if problem.where == where]
    assert named, found
    assert any(words in problem.why for problem in named), named
    assert all(problem.why.endswith(".") for problem in named)


def test_batch_size_matters_for_mini_batches_only():
    for kind in ("batch", "stochastic"):
        assert not problems(with_training(batch_size=500, gradient_descent=kind), TWO)
    sizes = [
        with_training(gradient_descent=k).training.size_of_batch(12)
        for k in ("batch", "stochastic", "mini-batch")
    ]
    assert sizes == [12, 1, 4]


def test_two_classes_may_have_two_outputs():
    layers = (Dense(2, "softmax"),)
    design = replace(GOOD, layers=layers, training=replace(GOOD.training, loss=CategoricalCrossEntropy()))
    assert not problems(design, TWO)
    assert Network(design, TWO).n == (2, 2)
    assert TWO.targets(2).sum(axis=0).tolist() == [1] * 12


@pytest.mark.parametrize(
    ("dataset", "output", "loss"),
    [
        (TWO, Dense(1, "sigmoid"), BinaryCrossEntropy()),
        (THREE, Dense(3, "softmax"), CategoricalCrossEntropy()),
        (classes(6, samples=30), Dense(6, "softmax"), CategoricalCrossEntropy()),
        (NUMBERS, Dense(2, "linear"), MSE()),
        (SEVERAL, Dense(2, "sigmoid"), BinaryCrossEntropy()),
    ],
)
def test_the_fitted_design_works_and_keeps_what_is_hidden(dataset, output, loss):
    hidden = (Dense(4, "relu"), Dropout(0.2), Dense(3, ("tanh", "elu", "gelu")))
    for last in ((Dense(5, "tanh"),), (Dense(1, "softmax"), Dropout(0.5))):
        design = Design(layers=(*hidden, *last), training=Training(loss=MAE(), batch_size=500, l2=0.1))
        result = fitted(design, dataset)
        assert result.layers == (*hidden, output)
        assert result.training == replace(design.training, loss=loss, batch_size=dataset.train.size)
        assert not problems(result, dataset)
        Trainer(Network(result, dataset), dataset).run(3)


def test_one_sample_can_be_learned():
    dataset = values(samples=1)
    design = fitted(Design(), dataset)
    trainer = Trainer(Network(design, dataset), dataset)
    trainer.run(500)
    assert trainer.snapshot().train.loss < 1e-12
    assert np.isfinite(trainer.curves().losses).all()


def test_data_from_a_table_have_one():
    assert Data("table").table == READY_TABLES["XOR"] and Data("xor").table is None
    kept = Data("moons", table=READY_TABLES["OR"])
    assert replace(kept, source="table").table == READY_TABLES["OR"]


def test_a_table_without_a_target_is_a_problem_of_the_data_and_changes_nothing():
    table = change_columns(READY_TABLES["AND"], [2], role="ignored")
    design = replace(GOOD, data=Data("table", table=table))
    dataset = make_dataset(design.data)
    (problem,) = problems(design, dataset)
    assert problem.where == "data.table" and problem.why == dataset.problem
    assert fitted(design, dataset) is design
    with pytest.raises(DesignError, match="no target"):
        Network(design, dataset)


def test_every_field_names_itself_and_its_range():
    for part in (Dense, Dropout, Data, Training, Adam, Huber):
        for name, (_kind, meta) in fields_of(part).items():
            if name in ("activation", "kind"):
                continue
            assert meta is not None, name
            assert meta.title, name
    assert fields_of(Momentum)["momentum"][1].lt == 1
    assert fields_of(Dense)["alpha"][1].ge == 0


def test_a_design_survives_json():
    design = Design(
        layers=(Dense(3, ("tanh", "relu", "elu"), 0.5), Dropout(0.25), Dense(1, "sigmoid")),
        training=Training(loss=Huber(0.5), optimizer=Adam(0.8)),
    )
    assert msgspec.json.decode(msgspec.json.encode(design), type=Design) == design
    assert hash(design) == hash(replace(design))
