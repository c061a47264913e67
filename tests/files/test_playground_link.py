"""Links to TensorFlow Playground: what they open, and that whatever else is typed is refused in a sentence."""

from __future__ import annotations

import random
from urllib.parse import urlencode

import numpy as np
import pytest

from core.data.datasets import make_dataset
from core.nn.design import Dense, Design, problems, range_problems
from core.nn.network import Network
from core.nn.trainer import Trainer
from core.project import playground_link
from core.project.json_io import FileError
from core.project.playground_link import LinkError, is_link, read_link

START = "https://playground.tensorflow.org/"
SHARED = (
    START + "#activation=tanh&batchSize=10&dataset=circle&regDataset=reg-plane&learningRate=0.03"
    "&regularizationRate=0&noise=0&networkShape=4,2&seed=0.5"
)
FULL = {
    "activation": "relu",
    "regularization": "L2",
    "batchSize": 25,
    "dataset": "spiral",
    "regDataset": "reg-gauss",
    "learningRate": 0.1,
    "regularizationRate": 0.003,
    "noise": 15,
    "networkShape": "8,6,4",
    "seed": "0.29951",
    "showTestData": "true",
    "discretize": "true",
    "percTrainData": 70,
    "x": "true",
    "y": "false",
    "xTimesY": "true",
    "xSquared": "true",
    "ySquared": "false",
    "cosX": "true",
    "sinX": "false",
    "cosY": "false",
    "sinY": "true",
    "collectStats": "false",
    "problem": "classification",
    "initZero": "false",
    "hideText": "false",
    "regularizationRate_hide": "true",
}


def _link(settings: dict[str, object]) -> str:
    return START + "#" + urlencode(settings, safe=",")


def test_a_shared_link_is_the_design_it_shows():
    setup = read_link(SHARED + "\n")
    design = setup.design
    assert design.data.source == "circles" and design.data.features == ()
    assert (design.data.samples, design.data.noise, design.data.test_share) == (500, 0.0, 0.5)
    assert design.layers == (Dense(4, "tanh"), Dense(2, "tanh"), Dense(1, "tanh"))
    assert (design.training.learning_rate, design.training.batch_size) == (0.03, 10)
    assert not setup.shows_test and not setup.discretized and "drawn here" in setup.differs


def test_all_settings_are_read():
    setup = read_link(_link(FULL))
    design = setup.design
    assert design.data.source == "spiral" and design.data.noise == 0.3 and design.data.test_share == 0.3
    assert design.data.features == ("x1", "x1**2", "x1*x2", "sin(x2)", "cos(x1)")
    assert [layer.neurons for layer in design.dense] == [8, 6, 4, 1]
    assert {layer.activation for layer in design.dense[:-1]} == {"relu"}
    training = design.training
    assert (training.l1, training.l2, training.learning_rate, training.batch_size) == (0.0, 0.003, 0.1, 25)
    assert setup.shows_test and setup.discretized


def test_regression_has_values_and_a_linear_output():
    design = read_link(_link(FULL | {"problem": "regression", "regularization": "L1"})).design
    assert design.data.source == "surface" and design.data.samples == 1200
    assert design.dense[-1] == Dense(1, "linear") and design.training.l1 == 0.003
    plane = read_link(_link({"problem": "regression"})).design
    dataset = make_dataset(plane.data)
    assert np.allclose(dataset.labels[0], dataset.x.sum(axis=0) / 10), "as in Playground: (x + y) / 10"


def test_loss_and_updates_are_those_of_playground():
    """Its loss is half the squared error of a tanh output for labels of ±1, averaged over the batch."""
    design = read_link(_link(FULL)).design
    dataset = make_dataset(design.data)
    assert set(np.unique(dataset.targets(1))) == {-1.0, 1.0} and design.dense[-1].activation == "tanh"
    o, y = np.array([[0.5, -0.2]]), np.array([[1.0, -1.0]])
    assert design.training.loss.J(o, y) == pytest.approx(np.mean((o - y) ** 2 / 2))


def test_hills_are_those_of_playground():
    """Their label: of six hills the one that is highest in size, 1 at its top and 0 from distance 2 on."""
    dataset = make_dataset(read_link(_link({"problem": "regression", "regDataset": "reg-gauss"})).design.data)
    tops = [(-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1)]
    for (x, y), label in zip(dataset.x.T, dataset.labels[0], strict=True):
        heights = [sign * max(0.0, 1 - np.hypot(x - cx, y - cy) / 2) for cx, cy, sign in tops]
        assert label == pytest.approx(max(heights, key=abs), abs=1e-9)


def test_the_default_link_learns_the_circle():
    """As in Playground, where the loss has all but vanished after some hundred epochs."""
    design = read_link(START).design
    dataset = make_dataset(design.data)
    trainer = Trainer(Network(design, dataset), dataset)
    trainer.run(25 * 300)
    assert trainer.snapshot().test.accuracy > 0.97


@pytest.mark.parametrize("text", [START, "playground.tensorflow.org", "http://playground.tensorflow.org/#"])
def test_addresses_of_playground_are_links(text):
    assert is_link(text) and read_link(text).design.dense[0].neurons == 4


@pytest.mark.parametrize(
    "text",
    ["", "x1,x2,y\n1,2,3", "https://example.org/#dataset=circle", "javascript:alert(1)", "file:///etc/passwd",
     "https://playground.tensorflow.org.evil.example/#a=1", "https://[", START + "#" + "a" * 5000,
     START + "#a=1\nb", "xor", "/tmp/a.glassnet"],
)  # fmt: skip
def test_other_texts_are_none(text):
    assert not is_link(text)
    with pytest.raises(LinkError, match="no link to TensorFlow Playground"):
        read_link(text)


@pytest.mark.parametrize(
    "settings, said",
    [
        ({"dataset": "moons"}, "dataset=“moons”, but it is one of circle, xor, gauss, spiral"),
        ({"activation": "swish"}, "activation=“swish”"),
        ({"learningRate": "fast"}, "learningRate=“fast”, but it is a number from 1e-09 to 100"),
        ({"learningRate": "nan"}, "learningRate=“nan”"),
        ({"learningRate": "1e999"}, "learningRate"),
        ({"batchSize": "2.5"}, "batchSize=“2.5”, but it is a whole number"),
        ({"networkShape": "4,x"}, "networkShape=“x”"),
        ({"networkShape": "4,,2"}, "networkShape"),
        ({"networkShape": "9999"}, "networkShape=“9999”"),
        ({"networkShape": ",".join(["2"] * 40)}, "40 hidden layers; at most 16"),
        ({"noise": "-5"}, "noise=“-5”"),
        ({"x": "false", "y": "false"}, "all features off"),
        ({"percTrainData": "1_0"}, "percTrainData"),
    ],
)
def test_a_setting_that_cannot_be_is_named(settings, said):
    with pytest.raises(FileError) as refused:
        read_link(_link(settings))
    assert said in str(refused.value)


def test_no_hidden_layer_and_zero_weights():
    design = read_link(_link({"networkShape": ""})).design
    assert design.layers == (Dense(1, "tanh"),)
    zero = read_link(_link({"initZero": "true"})).design
    assert {layer.initializer for layer in zero.dense[:-1]} == {"zeros"}


def test_every_link_that_playground_can_make_works():
    generator = random.Random(1)
    for _ in range(150):
        settings = {
            "activation": generator.choice(playground_link.ACTIVATIONS),
            "regularization": generator.choice(playground_link.REGULARIZATIONS),
            "batchSize": generator.randint(1, 30),
            "dataset": generator.choice([*playground_link.CLASSES]),
            "regDataset": generator.choice([*playground_link.VALUES]),
            "learningRate": generator.choice([0.00001, 0.001, 0.03, 3, 10]),
            "regularizationRate": generator.choice([0, 0.001, 0.1, 10]),
            "noise": generator.choice(range(0, 55, 5)),
            "networkShape": ",".join(str(generator.randint(1, 8)) for _ in range(generator.randint(0, 6))),
            "percTrainData": generator.choice(range(10, 100, 10)),
            "problem": generator.choice(["classification", "regression"]),
            **{name: generator.choice(["true", "false"]) for name in playground_link.FEATURES},
        }
        if not any(settings[name] == "true" for name in playground_link.FEATURES):
            settings["x"] = "true"
        design = read_link(_link(settings)).design
        assert not list(range_problems(design)) and not problems(design, make_dataset(design.data)), settings


def test_whatever_is_in_a_link_it_opens_or_is_refused_in_a_sentence():
    generator = random.Random(2)
    letters = "0123456789-+.,eE%=&#;tru_é\u202e\x1b\"'<> "
    for _ in range(3000):
        settings = dict(generator.sample([*FULL.items()], 6))
        for name in generator.sample([*settings], 2):
            settings[name] = "".join(generator.choices(letters, k=generator.randint(0, 8)))
        text = START + "#" + "&".join(f"{name}={value}" for name, value in settings.items())
        try:
            design = read_link(text).design
        except LinkError as refused:
            sentence = str(refused)
            assert sentence.endswith(".") and sentence.isprintable() and len(sentence) < 500
        else:
            assert isinstance(design, Design) and not list(range_problems(design))
