"""Forward and backward pass of many random networks, compared with textbook formulas and differences."""

import numpy as np
import pytest
from msgspec.structs import replace

from core.graph.autodiff import backward, by_differences, forward, local, steps
from core.graph.network_graph import graph_inputs, network_graph
from core.nn.activations import ACTIVATIONS
from core.nn.design import Dense, DesignError, Dropout
from core.nn.losses import LOSSES, MSE, BinaryCrossEntropy, CategoricalCrossEntropy, Hinge, Huber
from core.nn.network import Network
from core.nn.passes import evaluate
from tests.core.making import (
    classes,
    network,
    reductions,
    slope_along,
    suiting,
    textbook_J,
    textbook_passes,
    values,
)

KINKED = {"relu", "leaky_relu", "elu"}
PROBABILITIES = {"sigmoid", "softmax"}
STEP = 1e-3


def sides(net, theta, x, y):
    """Return the side of every kink on which each number lies."""
    zs, activations = textbook_passes(net.design, net.n[0], theta, x)
    signs = [
        z[j] > 0
        for layer, z in zip(net.layers, zs, strict=True)
        for j, name in enumerate(layer.activations)
        if name in KINKED
    ]
    error, loss = activations[-1] - y, net.loss
    if loss.targets is None or isinstance(loss, Hinge):
        signs += list(error > 0)
    if isinstance(loss, Huber):
        signs += list(np.abs(error) > loss.delta)
    return np.array(signs)


def check_along(net, theta, x, y, directions):
    """Compare g with differences along each direction; return how many avoided all kinks."""
    g = evaluate(net, theta, x, y).g
    here, clear = sides(net, theta, x, y), 0
    for direction in directions:
        ends = [sides(net, theta + k * STEP * direction, x, y) for k in (-2, -1, 1, 2)]
        if not all(np.array_equal(here, end) for end in ends):
            continue
        clear += 1
        expected = slope_along(lambda t: textbook_J(net.design, net.n[0], t, x, y), theta, direction, STEP)
        assert abs(g @ direction - expected) <= 1e-6 * max(abs(expected), 1e-3), net.design
    return clear


def targets(dataset, net):
    return dataset.targets(net.n[-1])


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_before_every_loss(activation, loss):
    kind = LOSSES[loss]
    dataset = suiting(kind)
    layers = [Dense(3, "tanh"), Dense(3, activation)]
    if loss in ("bce", "cce") and activation not in PROBABILITIES:
        with pytest.raises(DesignError, match="takes the logarithm of a probability") as caught:
            network(layers, kind(), dataset)
        assert [problem.where for problem in caught.value.problems] == ["training.loss"]
        assert kind.symbol in str(caught.value)
        assert ACTIVATIONS[activation].symbol in str(caught.value)
        assert ("sigmoid" if loss == "bce" else "softmax") in str(caught.value)
        return
    net = network(layers, kind(), dataset)
    theta = 0.7 * np.random.default_rng(3).normal(size=net.parameters)
    clear = check_along(net, theta, dataset.x, targets(dataset, net), np.eye(net.parameters))
    assert clear >= 0.8 * net.parameters


@pytest.mark.parametrize("loss", [one for kind in LOSSES.values() for one in reductions(kind)], ids=str)
@pytest.mark.parametrize("outputs", [1, 3])
def test_the_gradient_follows_every_mean_and_sum(loss, outputs):
    outputs = max(loss.least, outputs)
    dataset = suiting(loss, outputs)
    output = "softmax" if loss.classes else "sigmoid" if loss.of_probabilities else "linear"
    net = network([Dense(3, "tanh"), Dense(outputs, output)], loss, dataset)
    theta = 0.7 * np.random.default_rng(5).normal(size=net.parameters)
    x, y = dataset.x, targets(dataset, net)
    assert pytest.approx(textbook_J(net.design, 2, theta, x, y), rel=1e-12) == evaluate(net, theta, x, y).J
    assert check_along(net, theta, x, y, np.eye(net.parameters)) >= 0.8 * net.parameters


def random_layer(generator, neurons):
    names = [name for name in ACTIVATIONS if name != "softmax"]
    draw = generator.random()
    if draw < 0.4:
        activation = tuple(str(name) for name in generator.choice(names, neurons))
    elif draw < 0.5 and neurons > 1:
        activation = "softmax"
    else:
        activation = str(generator.choice(names))
    alpha = float(generator.uniform(0.05, 1)) if generator.random() < 0.5 else None
    return Dense(neurons, activation, alpha)


def random_network(seed):
    """Return a random network of 1 to 4 layers with mixed activations, and its data."""
    generator = np.random.default_rng(seed)
    loss = [MSE(), LOSSES["mae"](), Huber(0.7), BinaryCrossEntropy(), CategoricalCrossEntropy()][seed % 5]
    features, outputs = int(generator.integers(1, 5)), int(generator.integers(2, 5))
    layers = []
    for _ in range(generator.integers(0, 4)):
        if generator.random() < 0.2:
            layers.append(Dropout(0.5))
        layers.append(random_layer(generator, int(generator.integers(1, 6))))
    samples = int(generator.integers(4, 9))
    if isinstance(loss, BinaryCrossEntropy):
        layers.append(Dense(1, "sigmoid"))
        dataset = classes(2, features, samples, seed=seed)
    elif isinstance(loss, CategoricalCrossEntropy):
        layers.append(Dense(outputs, "softmax" if generator.random() < 0.6 else "sigmoid"))
        dataset = classes(outputs, features, samples, seed=seed)
        if len(dataset.class_names) == 2:
            dataset = classes(3, features, samples, seed=seed)
            layers[-1] = Dense(3, layers[-1].activation)
    else:
        layers.append(random_layer(generator, outputs))
        dataset = values(features, outputs, samples, seed=seed)
    net = network(layers, loss, dataset)
    theta = generator.normal(size=net.parameters)
    while np.abs(textbook_passes(net.design, features, theta, dataset.x)[0][-1]).max() > 8:
        theta *= 0.8  # for larger theta, the textbook's ln(1 - sigmoid) is less precise than 1e-6
    return net, dataset, theta, generator


@pytest.mark.parametrize("block", range(10))
def test_random_networks(block):
    clear = asked = 0
    for seed in range(50 * block, 50 * block + 50):
        net, dataset, theta, generator = random_network(seed)
        x, y = dataset.x, targets(dataset, net)
        values = evaluate(net, theta, x, y)
        zs, activations = textbook_passes(net.design, net.n[0], theta, x)
        for l, (z, a) in enumerate(zip(zs, activations, strict=True), start=1):
            assert np.allclose(values.z[l], z, rtol=1e-12, atol=1e-12)
            assert np.allclose(values.a[l], a, rtol=1e-12, atol=1e-12)
        assert np.isclose(values.J, textbook_J(net.design, net.n[0], theta, x, y), rtol=1e-11, atol=0)
        places = generator.permutation(net.parameters)[:5]
        whole = generator.normal(size=(2, net.parameters)) / np.sqrt(net.parameters)
        directions = [*np.eye(net.parameters)[places], *whole]
        clear += check_along(net, theta, x, y, directions)
        asked += len(directions)
    assert clear > 0.8 * asked


@pytest.mark.parametrize("seed", range(40))
def test_the_graph_of_modules_has_the_same_gradient(seed):
    net, dataset, theta, _ = random_network(seed)
    theta = theta / 2
    x, y = dataset.x, targets(dataset, net)
    trained = evaluate(net, theta, x, y)
    graph = network_graph(net)
    known = forward(graph, graph_inputs(net, theta, x, y))
    gradients = backward(graph, known)

    def same(name, expected):
        got = gradients[graph.position(name)]
        assert got.shape == expected.shape
        assert np.allclose(got, expected, rtol=1e-12, atol=1e-12 * np.abs(expected).max())

    assert float(known[-1]) == pytest.approx(trained.J, rel=1e-12)
    for l in range(1, len(net.n)):
        same(f"W[{l}]", net.W(trained.g, l))
        same(f"b[{l}]", net.b(trained.g, l))
        same(f"z[{l}]", trained.delta[l])
        if l + 1 < len(net.n) or net.fused is None:
            same(f"a[{l}]", trained.da[l])
    assert not gradients[graph.position("y")].any()


def test_vectorized_jacobians_of_a_network_are_the_lectures_matrices():
    dataset = values(features=3, outputs=2, samples=1)
    net = network([Dense(4, "tanh"), Dense(2, "sigmoid")], MSE(), dataset)
    theta = np.random.default_rng(1).normal(size=net.parameters)
    graph = network_graph(net)
    last = list(steps(graph, graph_inputs(net, theta, dataset.x, dataset.labels)))[-1]
    by_W, by_b, by_a = local(graph, graph.position("z[2]"), last.values, last.gradients).derivatives
    assert np.allclose(by_a, net.W(theta, 2), rtol=1e-15)
    assert np.array_equal(by_b, np.eye(2))
    assert by_W.shape == (8, 2)
    shown = local(graph, graph.position("a[1]"), last.values, last.gradients)
    slope = 1 - np.tanh(last.values[graph.position("z[1]")].ravel()) ** 2
    assert np.allclose(shown.derivatives[0], np.diag(slope), rtol=1e-12)
    assert np.allclose(shown.derivatives[0] @ shown.upstream.ravel(), shown.downstream[0].ravel(), rtol=1e-12)


def test_nine_parameters_need_eighteen_forward_passes():
    dataset = classes(2)
    net = network([Dense(2, "tanh"), Dense(1, "sigmoid")], BinaryCrossEntropy(), dataset)
    theta = np.random.default_rng(5).normal(size=net.parameters)
    y = targets(dataset, net)
    graph, inputs = network_graph(net), graph_inputs(net, theta, dataset.x, y)
    wanted = [name for name in graph.variables if name[0] in "Wb"]
    numerical = by_differences(graph, inputs, wanted)
    assert (net.parameters, numerical.forward_passes) == (9, 18)
    exact = evaluate(net, theta, dataset.x, y).g
    for l in (1, 2):
        assert np.allclose(numerical.of[f"W[{l}]"], net.W(exact, l), atol=1e-9)
        assert np.allclose(numerical.of[f"b[{l}]"], net.b(exact, l), atol=1e-9)


@pytest.mark.parametrize(
    ("count", "activation", "loss", "z", "y", "terms", "slopes"),
    [
        (1, "sigmoid", "bce", [1000.0], [0.0], 1000.0, [1.0]),
        (1, "sigmoid", "bce", [-1000.0], [1.0], 1000.0, [-1.0]),
        (1, "sigmoid", "bce", [1000.0], [1.0], 0.0, [0.0]),
        (1, "sigmoid", "bce", [40.0], [0.0], 40.0, [1.0]),
        (3, "softmax", "cce", [1000.0, -1000.0, 0.0], [0.0, 1.0, 0.0], 2000.0, [1.0, -1.0, 0.0]),
        (3, "softmax", "cce", [1000.0, -1000.0, 0.0], [1.0, 0.0, 0.0], 0.0, [0.0, 0.0, 0.0]),
        (3, "sigmoid", "cce", [-1000.0, 1000.0, 0.0], [1.0, 0.0, 0.0], 1000.0, [-1.0, 0.0, 0.0]),
    ],
)
def test_far_out_the_loss_is_finite_and_its_gradient_right(count, activation, loss, z, y, terms, slopes):
    dataset = classes(max(2, count), features=1, samples=6)
    net = network([Dense(count, activation)], LOSSES[loss](), dataset)
    theta = np.concatenate([np.zeros(count), z])
    values = evaluate(net, theta, np.zeros((1, 1)), np.array(y)[:, None])
    assert np.isclose(values.J, terms, rtol=1e-12, atol=1e-12)
    assert values.delta[-1].ravel() == pytest.approx(slopes, abs=1e-15)
    assert np.isfinite(values.g).all()


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_hidden_layers_stay_finite_far_out(activation):
    dataset = values(features=2, samples=4)
    net = network([Dense(3, activation), Dense(1, "linear")], MSE(), dataset)
    theta = np.full(net.parameters, 1000.0)
    result = evaluate(net, theta, np.array([[1.0, -1, 1, -1], [1, -1, 1, 1]]), dataset.labels)
    assert all(np.isfinite(array).all() for array in (*result.z, *result.a, result.g))


def test_float32_stays_float32_and_near_float64():
    for seed in range(0, 30, 3):
        net, dataset, theta, _ = random_network(seed)
        settings = replace(net.design.training, precision="float32")
        single = Network(replace(net.design, training=settings), dataset)
        exact = evaluate(net, theta, dataset.x, targets(dataset, net))
        rough = evaluate(single, theta.astype(np.float32), dataset.x, targets(dataset, net))
        assert {a.dtype for a in (*rough.z, *rough.a, *rough.delta, rough.g)} == {np.dtype(np.float32)}
        assert np.allclose(rough.g, exact.g, rtol=2e-3, atol=2e-4)
