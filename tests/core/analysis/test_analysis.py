"""Activation maps over a plane of inputs, and the gradient check."""

import numpy as np
import pytest

from core.analysis.activation_map import PlaneMap, central_difference, check_gradient, plane_of
from core.nn.design import Dense
from core.nn.losses import MSE, BinaryCrossEntropy
from core.nn.passes import evaluate
from tests.core.making import classes, network, textbook_J, values


def test_a_plane_holds_all_samples_and_the_other_features_at_their_mean():
    dataset = classes(features=4, samples=20, test=6)
    plane = plane_of(dataset, (3, 1), margin=0.1)
    for feature, ends in ((3, plane.x_range), (1, plane.y_range)):
        low, high = dataset.x[feature].min(), dataset.x[feature].max()
        assert ends == pytest.approx((low - 0.1 * (high - low), high + 0.1 * (high - low)))
    assert plane.fixed == pytest.approx(dataset.x[:, dataset.train].mean(axis=1))
    assert plane_of(values(features=1)).axes == (0, 0)


def test_a_feature_that_never_varies_has_a_plane():
    dataset = classes(samples=8)
    dataset.x[1] = 3.0
    low, high = plane_of(dataset).y_range
    assert low < 3 < high


@pytest.mark.parametrize("size", [(3, 5), (90, 70)])
def test_activities_over_a_plane_are_the_networks(size):
    rows, columns = size
    dataset = classes(features=3)
    net = network(
        [Dense(4, ("tanh", "relu", "elu", "gelu")), Dense(1, "sigmoid")], BinaryCrossEntropy(), dataset
    )
    plane = plane_of(dataset, (2, 0))
    view = PlaneMap(net, plane, columns, rows)
    for seed in (0, 1):
        theta = np.random.default_rng(seed).normal(size=net.parameters)
        activities = view.activities(theta)
        assert [a.shape for a in activities] == [(3, rows, columns), (4, rows, columns), (1, rows, columns)]
        for row, column in ((0, 0), (rows - 1, columns - 1), (1, 2), (rows - 1, 0)):
            point = np.array(plane.fixed)
            point[2] = np.linspace(*plane.x_range, columns)[column]
            point[0] = np.linspace(*plane.y_range, rows)[rows - 1 - row]
            expected = evaluate(net, theta, point[:, None], np.zeros((1, 1))).a
            for a, at_point in zip(activities, expected, strict=True):
                assert np.allclose(a[:, row, column], at_point[:, 0], atol=1e-5)


def test_one_input_gives_a_line():
    dataset = values(features=1)
    net = network([Dense(2), Dense(1, "linear")], MSE(), dataset)
    theta = np.ones(net.parameters)
    line = PlaneMap(net, plane_of(dataset), 50, 1).activities(theta)[-1]
    x = np.linspace(*plane_of(dataset).x_range, 50)
    assert np.allclose(line[0, 0], 2 * np.tanh(x + 1) + 1, atol=1e-5)


def test_the_gradient_check_agrees_for_a_right_derivative():
    dataset = classes()
    net = network([Dense(3), Dense(1, "sigmoid")], BinaryCrossEntropy(), dataset)
    theta = np.random.default_rng(0).normal(size=net.parameters)
    y = dataset.targets(1)
    check = check_gradient(net, theta, dataset.x, y)
    assert check.error < 1e-6
    assert check.places.tolist() == list(range(net.parameters))
    assert np.array_equal(check.backpropagation, evaluate(net, theta, dataset.x, y).g)
    for place, slope in zip(check.places, check.numerical, strict=True):
        expected = central_difference(lambda t: textbook_J(net.design, 2, t, dataset.x, y), theta, place)
        assert slope == pytest.approx(expected, rel=1e-6, abs=1e-9)
    few = check_gradient(net, theta, dataset.x, y, most=4)
    assert few.places.tolist() == [0, 4, 8, 12]
    single = check_gradient(net, theta.astype(np.float32), dataset.x, y)
    assert single.error < 1e-6


def test_the_gradient_check_steps_aside_from_a_kink():
    dataset = values(features=1, samples=2)
    net = network([Dense(1, "relu"), Dense(1, "linear")], MSE(), dataset)
    dataset.x[...] = [[1.0, 1.0]]
    theta = np.array([1.0, -1.0 + 3e-6, 2.0, 0.0])
    assert check_gradient(net, theta, dataset.x, dataset.labels).error < 1e-6


def test_central_difference_is_of_the_wanted_place():
    assert central_difference(
        lambda t: float(t[0] ** 2 + 5 * t[1]), np.array([3.0, 1.0]), 0
    ) == pytest.approx(6)
    assert central_difference(
        lambda t: float(t[0] ** 2 + 5 * t[1]), np.array([3.0, 1.0]), 1
    ) == pytest.approx(5)
