"""Features of two-dimensional data: what the network gets, and that the plane stays the plane."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from core.analysis.activation_map import PlaneMap, plane_of
from core.analysis.hidden_space import HiddenSpaces
from core.data.datasets import make_dataset
from core.data.features import FEATURES, in_order, symbol_of
from core.derivation.latex import escaped
from core.nn.design import Data, Dense, Design, Training, fitted, problems, range_problems
from core.nn.network import Network
from core.nn.passes import evaluate
from core.nn.trainer import Trainer

OWN = "x1^2 + 3*x2"
VALUES = {
    "x1": lambda x, y: x,
    "x2": lambda x, y: y,
    "x1**2": lambda x, y: x * x,
    "x2**2": lambda x, y: y * y,
    "x1*x2": lambda x, y: x * y,
    "sin(x1)": lambda x, y: np.sin(x),
    "sin(x2)": lambda x, y: np.sin(y),
    OWN: lambda x, y: x * x + 3 * y,
}


def test_each_feature_is_computed_from_the_coordinates():
    data = Data("spiral", scale=4, features=(*FEATURES, OWN))
    raw, dataset = make_dataset(Data("spiral", scale=4)), make_dataset(data)
    assert dataset.features == len(data.features) and dataset.dimensions == 2
    assert np.array_equal(dataset.coordinates, raw.x) and np.array_equal(dataset.labels, raw.labels)
    assert np.array_equal(dataset.train, raw.train)
    for k, text in enumerate(data.features):
        assert np.allclose(dataset.x[k], VALUES[text](*raw.x), rtol=1e-12)
        assert dataset.measured(7)[k] == dataset.x[k, 7]
    assert dataset.feature_names == tuple(symbol_of(text) for text in data.features)


def test_features_stand_in_one_order_whatever_the_order_of_the_clicks():
    assert Data(features=("x1*x2", "x2", "x1")) == Data(features=("x1", "x2", "x1*x2"))
    assert Data(features=("x2", "x1")) == Data()
    assert in_order(("x2^2", " x1² ", "x1", "cos(x1)", "cos(x1)")) == ("x1", "x1**2", "x2**2", "cos(x1)")


@pytest.mark.parametrize("name", ["sine", "iris", "digits"])
def test_other_data_have_their_own_features(name):
    with_, without = (make_dataset(Data(name, features=one)) for one in (("x1", "x1**2"), ()))
    assert np.array_equal(with_.x, without.x) and with_.plane is None


def _network(features, hidden=3):
    design = Design(data=Data("circles", features=features), layers=(Dense(hidden), Dense(1, "sigmoid")))
    dataset = make_dataset(design.data)
    return Network(design, dataset), dataset


def test_a_map_over_the_plane_is_the_network_of_the_features():
    network, dataset = _network(("x1**2", "x2**2", "sin(x1)"))
    theta = network.initial(1)
    plane = plane_of(dataset)
    activities = PlaneMap(network, plane, 9, 7).activities(theta)
    x, y = np.linspace(*plane.x_range, 9), np.linspace(*plane.y_range[::-1], 7)
    for r, c in ((0, 0), (3, 8), (6, 4)):
        point = np.array([[x[c] ** 2], [y[r] ** 2], [np.sin(x[c])]])
        a = evaluate(network, theta, point, np.zeros((1, 1))).a
        assert np.allclose(activities[-1][0, r, c], a[-1][0, 0], atol=1e-6)
        assert np.allclose(activities[0][:, r, c], point[:, 0], atol=1e-6)


def test_the_grid_of_hidden_spaces_passes_through_the_features():
    network, dataset = _network(("x1**2", "x2**2"))
    spaces = HiddenSpaces(network, dataset, plane_of(dataset))
    spaces.compute(network.initial(1))
    inputs = spaces.places(0)
    assert inputs.grid is not None and inputs.grid.min() >= 0
    assert np.array_equal(inputs.samples, dataset.x)


def test_circles_are_told_apart_by_their_squares_alone():
    """On x₁² and x₂² one neuron draws the circle; on x₁ and x₂ it cannot."""
    accuracy = {}
    for features in ((), ("x1**2", "x2**2")):
        design = Design(
            data=Data("circles", features=features),
            layers=(Dense(1, "sigmoid"),),
            training=Training(learning_rate=1.0),
        )
        dataset = make_dataset(design.data)
        trainer = Trainer(Network(design, dataset), dataset)
        trainer.run(1500)
        accuracy[features] = trainer.snapshot().train.accuracy
    assert accuracy[("x1**2", "x2**2")] > 0.97 and accuracy[()] < 0.7


def test_faults_of_a_feature_are_sentences_with_their_place():
    (problem,) = range_problems(Design(data=Data(features=("x1", "x3+1"))))
    assert problem.where == "data.features[1]" and "column 1: x3 is not known here" in problem.why
    design = Design(data=Data("xor", features=("ln(x1)",)))
    found = problems(design, make_dataset(design.data))
    assert [problem.where for problem in found] == ["data.features"]
    assert "no logarithm" in found[0].why and "x1 = −" in found[0].why


def test_features_are_kept_in_a_file():
    design = Design(data=Data(features=("x1", "x1**2"), scale=3))
    assert msgspec.json.decode(msgspec.json.encode(design), type=Design) == design


def test_the_output_layer_fits_data_with_features():
    design = Design(data=Data("blobs", features=("x1", "x1*x2")))
    assert not problems(fitted(design, dataset := make_dataset(design.data)), dataset)


def test_names_of_features_are_printable_in_latex():
    names = [symbol_of(text) for text in (*FEATURES, "(x1-x2)^2", "2*x1*x2", "x1^3")]
    assert names[-3:] == ["(x₁−x₂)²", "2·x₁·x₂", "x₁³"]
    for name in names:
        written = escaped(name)
        assert "?" not in written and written.isascii()
