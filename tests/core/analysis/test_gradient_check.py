"""The gradient check in steps equals the gradient check at once, and counts every pass."""

import numpy as np
import pytest

from core.analysis.activation_map import check_gradient
from core.analysis.gradient_check import GradientSteps, parameter_at, place_of
from core.graph.autodiff import by_differences
from core.graph.network_graph import graph_inputs, network_graph
from core.nn.activations import ACTIVATIONS
from core.nn.design import Dense
from core.nn.differences import corners, corners_of_activation
from core.nn.losses import MAE, MSE, BinaryCrossEntropy
from core.nn.passes import evaluate
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


def xor_relu(seed=1):
    """Return a network on the four points of XOR with zero biases: at (0, 0) every z is 0, a kink."""
    x = np.array([[0.0, 0, 1, 1], [0, 1, 0, 1]])
    y = np.array([[0.0, 1, 1, 0]])
    net = network([Dense(3, "relu"), Dense(1, "sigmoid")], BinaryCrossEntropy(), classes(samples=4))
    theta = np.random.default_rng(seed).normal(size=net.parameters)
    net.b(theta, 1)[...] = 0
    return net, theta, x, y


def test_a_kink_is_no_error_and_both_derivatives_are_told():
    net, theta, x, y = xor_relu()
    steps = GradientSteps(net, theta, x, y)
    steps.advance(net.parameters)
    biases = {place_of(net, 1, None, j) for j in range(3)}
    assert set(steps.kinks) == biases
    assert steps.conventions == ("ReLU′(0) = 0",)
    for k, kink in steps.kinks.items():
        for side, found in ((-1, kink.left), (1, kink.right)):
            beside = theta.copy()
            beside[k] += side * 1e-7
            assert found == pytest.approx(evaluate(net, beside, x, y).g[k], abs=1e-6)
        assert abs(kink.left - kink.right) > 1e-3
        assert np.isnan(steps.errors[k])
    assert steps.worst not in biases and steps.errors[steps.worst] < 1e-6
    whole = check_gradient(net, theta, x, y)
    assert whole.kinks == steps.kinks and whole.error == steps.errors[steps.worst]


def test_a_wrong_derivative_beside_kinks_is_still_found():
    net, theta, x, y = xor_relu()
    steps = GradientSteps(net, theta, x, y)
    steps.backpropagation[0] += 0.1
    steps.advance(net.parameters)
    assert steps.worst == 0 and steps.errors[0] > 0.01


@pytest.mark.parametrize("wrong", [0.0, 1e-5, 0.1, np.nan])
def test_the_differences_never_look_at_what_backpropagation_found(wrong):
    net, theta, x, y = xor_relu(2)
    net.b(theta, 1)[0] = 3e-6
    honest, other = (GradientSteps(net, theta, x, y) for _ in range(2))
    other.backpropagation += wrong
    for steps in (honest, other):
        steps.advance(net.parameters)
    assert np.array_equal(honest.numerical, other.numerical) and honest.kinks == other.kinks


@pytest.mark.parametrize("offset", [1e-3, 3e-5, 3e-6, 3e-7, 1e-8, -1e-8, -3e-7, -3e-6])
def test_beside_a_kink_there_is_one_derivative(offset):
    net, theta, x, y = xor_relu()
    net.b(theta, 1)[...] = offset
    check = check_gradient(net, theta, x, y)
    assert not check.kinks and check.error < 1e-6


def test_the_absolute_error_has_a_kink_where_an_output_is_right():
    dataset = values(features=1, samples=1)
    net = network([Dense(1, "linear")], MAE(), dataset)
    steps = GradientSteps(net, np.array([2.0, 1.0]), np.array([[3.0]]), np.array([[7.0]]))
    steps.advance(2)
    assert steps.conventions == ("sign(0) = 0",)
    assert [(kink.left, kink.right) for kink in steps.kinks.values()] == [
        (pytest.approx(-3), pytest.approx(3)),
        (pytest.approx(-1), pytest.approx(1)),
    ]
    assert steps.worst is None


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "softmax"])
@pytest.mark.parametrize("alpha", [None, 0.3])
def test_corners_are_found_from_the_derivative_and_jumps_from_the_value(name, alpha):
    entry = ACTIVATIONS[name]
    jump = max(
        abs(float(curve(1e-12, alpha) - curve(-1e-12, alpha))) for curve in (entry.g, entry.derivative)
    )
    found = corners_of_activation(name, (entry.alpha or 0.0) if alpha is None else alpha)
    assert found == ((0.0,) if jump > 1e-3 else ())


def test_a_corner_anywhere_is_found():
    assert corners(lambda z: np.where(np.abs(z) < 2.5, 0.2, 0.0)) == (-2.5, 2.5)
    assert corners(lambda z: 3 * z**2) == corners(lambda z: 50 / np.cosh(20 * z) ** 2) == ()
