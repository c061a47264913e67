"""The gradient check in steps gives what the check at once gives, and counts every pass."""

import numpy as np
import pytest

from core.analysis import check_gradient
from core.design import Dense
from core.gradient_check import GradientSteps, parameter_at, place_of
from core.graph import by_differences
from core.losses import MSE, BinaryCrossEntropy
from core.vectorized import graph_inputs, network_graph
from tests.core.making import classes, network, values


def two_two_one():
    dataset = classes(samples=9)
    net = network([Dense(2), Dense(1, "sigmoid")], BinaryCrossEntropy(), dataset)
    return net, np.random.default_rng(0).normal(size=net.parameters), dataset.x, dataset.targets(1)


def test_nine_parameters_take_eighteen_passes():
    net, theta, x, y = two_two_one()
    steps = GradientSteps(net, theta, x, y)
    assert np.isnan(steps.numerical).all() and steps.worst is None and not steps.finished
    seen = []
    while not steps.finished:
        steps.advance()
        seen.append(steps.forward_passes)
    assert seen == list(range(2, 19, 2)) and steps.passes_beside_kinks == 0
    graph = network_graph(net)
    parameters = [name for name in graph.variables if name not in ("x", "y")]
    assert by_differences(graph, graph_inputs(net, theta, x, y), parameters).forward_passes == 18
    steps.advance()
    assert steps.forward_passes == 18


def test_it_agrees_with_the_check_at_once():
    net, theta, x, y = two_two_one()
    steps, whole = GradientSteps(net, theta, x, y), check_gradient(net, theta, x, y)
    steps.advance(100)
    assert np.array_equal(steps.backpropagation, whole.backpropagation)
    assert np.array_equal(steps.numerical, whole.numerical)
    assert steps.errors.max() == whole.error == steps.errors[steps.worst] < 1e-6


def test_times_are_kept_for_both():
    steps = GradientSteps(*two_two_one())
    assert steps.backward_seconds > 0 and steps.forward_seconds == 0
    steps.advance_for(0.0)
    assert steps.done == 1 and steps.forward_seconds > 0
    steps.advance_for(10)
    assert steps.finished


def test_passes_beside_a_kink_are_counted_apart():
    dataset = values(features=1, samples=2)
    dataset.x[...] = 1.0
    net = network([Dense(1, "relu"), Dense(1, "linear")], MSE(), dataset)
    steps = GradientSteps(net, np.array([1.0, -1.0 + 3e-6, 2.0, 0.0]), dataset.x, dataset.labels)
    steps.advance(4)
    assert steps.passes_beside_kinks > 0 and steps.errors.max() < 1e-6


def test_a_wrong_derivative_is_found():
    steps = GradientSteps(*two_two_one())
    steps.backpropagation[4] += 0.1
    steps.advance(9)
    assert steps.worst == 4 and steps.errors[4] > 0.01


@pytest.mark.parametrize("shape", [(2, 2, 1), (3, 5, 4)])
def test_every_parameter_has_its_name(shape):
    features, hidden, outputs = shape
    dataset = classes(features=features, count=max(2, outputs))
    net = network([Dense(hidden), Dense(outputs, "linear")], MSE(), dataset)
    theta = np.arange(net.parameters, dtype=float)
    for k in range(net.parameters):
        l, i, j = parameter_at(net, k)
        assert (net.b(theta, l)[j] if i is None else net.W(theta, l)[i, j]) == k
        assert place_of(net, l, i, j) == k
