"""The lecture's numbers, computed by the training engine. Scenes are numbered as in the lecture."""

import numpy as np
import pytest

from core.graph.autodiff import backward, by_backpropagation, by_differences, forward
from core.graph.parser import parse
from core.nn.activations import ACTIVATIONS
from core.nn.design import Dense
from core.nn.losses import LOSSES, MSE, BinaryCrossEntropy
from core.nn.ops import follow
from core.nn.optimizers import GradientDescent, LearningRate
from core.nn.passes import evaluate
from core.nn.trainer import Phase, Trainer
from tests.core.making import classes, network, values

XOR = np.array([[0.0, 0, 1, 1], [0, 1, 0, 1]])


def xor():
    dataset = classes(samples=4)
    object.__setattr__(dataset, "x", XOR)
    object.__setattr__(dataset, "labels", np.array([0, 1, 1, 0]))
    return dataset


def test_scene_1_a_perceptron_has_at_most_three_of_four_points_of_xor():
    for seed in range(3):
        net = network([Dense(1, "sigmoid")], BinaryCrossEntropy(), xor(), learning_rate=1.0, seed=seed)
        trainer = Trainer(net, xor())
        for _ in range(20):
            trainer.run(20)
            assert trainer.snapshot().train.accuracy <= 0.75


def test_scene_2_two_relus_solve_xor_by_hand():
    net = network([Dense(2, "relu"), Dense(1, "linear")], MSE(), xor())
    theta = np.zeros(net.parameters)
    net.W(theta, 1)[...] = [[1, 1], [1, 1]]
    net.b(theta, 1)[...] = [0, -1]
    net.W(theta, 2)[...] = [[1], [-2]]
    result = evaluate(net, theta, XOR, xor().targets(1))
    assert result.a[1].tolist() == [[0, 1, 1, 2], [0, 0, 0, 1]]
    assert result.a[2].tolist() == [[0, 1, 1, 0]]
    assert result.J == 0
    assert not result.g.any()


def test_scene_3_an_edge_goes_from_neuron_i_to_neuron_j():
    dataset = values(features=3)
    net = network([Dense(2, ("tanh", "sigmoid")), Dense(1, "linear")], MSE(), dataset)
    theta = np.zeros(net.parameters)
    net.W(theta, 1)[2, 1] = 5.0
    net.b(theta, 1)[0] = -0.5
    z = evaluate(net, theta, dataset.x, dataset.labels).z[1]
    assert np.array_equal(z[1], 5 * dataset.x[2])
    assert np.array_equal(z[0], np.full(12, -0.5))


def test_scene_10_a_deep_linear_network_is_one_layer():
    dataset = values(features=3, outputs=2)
    deep = network([Dense(4, "linear"), Dense(5, "linear"), Dense(2, "linear")], MSE(), dataset)
    theta = np.random.default_rng(0).normal(size=deep.parameters)
    flat = network([Dense(2, "linear")], MSE(), dataset)
    one = np.zeros(flat.parameters)
    W, b = np.eye(3), np.zeros(3)
    for l in (1, 2, 3):
        W, b = W @ deep.W(theta, l), deep.W(theta, l).T @ b + deep.b(theta, l)
    flat.W(one, 1)[...], flat.b(one, 1)[...] = W, b
    outputs = [evaluate(net, t, dataset.x, dataset.labels).a[-1] for net, t in ((deep, theta), (flat, one))]
    assert np.allclose(*outputs, rtol=0, atol=1e-12)


def test_scene_14_tumour_yes_or_no():
    sigmoid = ACTIVATIONS["sigmoid"]
    assert round(float(sigmoid.g(5.7)), 5) == 0.99667
    assert round(float(sigmoid.derivative(5.7)), 5) == 0.00332


def test_scene_15_softmax_of_three_kinds_of_tumour():
    z = np.array([1.5, 0.8, -0.5])
    exponentials = forward(parse("exp(z)"), {"z": z})[-1]
    assert np.round(exponentials, 4).tolist() == [4.4817, 2.2255, 0.6065]
    assert round(float(exponentials.sum()), 4) == 7.3138
    a = ACTIVATIONS["softmax"].g(z)
    assert np.round(a, 4).tolist() == [0.6128, 0.3043, 0.0829]
    assert np.allclose(a, [0.612, 0.305, 0.083], atol=1e-3)
    assert a.argmax() == 0


def test_scene_16_dividing_by_the_sum_gives_a_negative_probability():
    graph = parse("a / (a + b + c)")
    z = [1.5, 0.8, -0.5]
    shares = [float(forward(graph, dict(zip("abc", np.roll(z, -k), strict=True)))[-1]) for k in range(3)]
    assert np.round(shares, 3).tolist() == [0.833, 0.444, -0.278]
    softmax = ACTIVATIONS["softmax"]
    assert np.allclose(softmax.g(np.array(z) + 100), softmax.g(z), rtol=1e-12)


O, Y = np.array([[4.2, 3.8, 5.1]]), np.array([[5.0, 4.0, 4.9]])


@pytest.mark.parametrize(
    ("name", "J", "gradient"),
    [("mse", 0.24, [-0.533, -0.133, 0.133]), ("mae", 0.4, [-0.333, -0.333, 0.333])],
)
def test_scenes_17_to_19_mean_squared_and_mean_absolute_error(name, J, gradient):
    module = LOSSES[name]().module()
    assert float(module.forward(O, Y)) == pytest.approx(J, abs=1e-15)
    assert np.round(module.vjp(np.ones(()), None, O, Y)[0], 3).tolist() == [gradient]


def test_scene_20_binary_cross_entropy():
    o, y = np.array([[0.7, 0.3, 0.9]]), np.array([[1.0, 0, 1]])
    loss = BinaryCrossEntropy()
    assert np.round(loss.terms(o, y), 3).tolist() == [[0.357, 0.357, 0.105]]
    assert round(loss.J(o, y), 4) == 0.2729
    assert loss.J(o, y) == pytest.approx(0.273, abs=5e-4)


def test_scene_21_one_hot_and_categorical_cross_entropy():
    dataset = classes(3, samples=3)
    object.__setattr__(dataset, "labels", np.array([1, 0, 2]))
    y = dataset.targets(3)
    assert y.T.tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 1]]
    o = np.array([[0.1, 0.7, 0.2], [0.6, 0.3, 0.1], [0.1, 0.6, 0.3]]).T
    loss = LOSSES["cce"]()
    assert np.round(loss.terms(o, y).sum(axis=0), 3).tolist() == [0.357, 0.511, 1.204]
    assert round(loss.J(o, y), 4) == 0.6905
    assert loss.J(o, y) == pytest.approx(0.691, abs=1e-3)


ONE_WEIGHT = parse("(y - w*x)**2")


def weights(rate, steps):
    """Return w and dL/dw along ``steps`` steps of gradient descent on L(w) = (y - w x)^2.

    x = 3, y = 10, and w starts at 2.
    """
    w, g, rate = np.array([2.0]), np.empty(1), LearningRate(rate)
    recipe = list(GradientDescent().update(w, g, np.empty((0, 1)), rate))
    way, slopes = [2.0], []
    for _ in range(steps):
        g[...] = by_backpropagation(ONE_WEIGHT, {"w": w[0], "x": 3, "y": 10}).of["w"]
        slopes.append(float(g[0]))
        rate.next()
        follow(recipe)
        way.append(float(w[0]))
    return way, slopes


def test_scene_23_gradient_descent_on_one_weight():
    way, slopes = weights(0.1, 4)
    assert slopes[0] == pytest.approx(-24, abs=1e-14)
    assert way == pytest.approx([2, 4.4, 2.48, 4.016, 2.7872], abs=1e-13)
    assert weights(1 / 18, 1)[0][1] == pytest.approx(10 / 3, abs=1e-15)
    for_ever = weights(1 / 9, 100)[0]
    assert for_ever[::2] == pytest.approx([2] * 51, abs=1e-9)
    assert for_ever[1::2] == pytest.approx([14 / 3] * 50, abs=1e-9)
    assert abs(weights(0.12, 60)[0][-1]) > 1e3


def test_scene_25_sum_times_z():
    graph, inputs = parse("(x + y) * z"), {"x": -2, "y": 5, "z": -4}
    known = forward(graph, inputs)
    gradients = backward(graph, known)
    shown = {
        node.name: (float(v), float(g)) for node, v, g in zip(graph.nodes, known, gradients, strict=True)
    }
    assert shown == {"x": (-2, -4), "y": (5, -4), "q": (3, -4), "z": (-4, 3), "f": (-12, 1)}


def test_scene_27_square_times_y_over_z():
    graph, inputs = parse("x**2 * y / z"), {"x": 3, "y": 4, "z": 2}
    known = forward(graph, inputs)
    gradients = backward(graph, known)
    shown = {
        node.name: (float(v), float(g)) for node, v, g in zip(graph.nodes, known, gradients, strict=True)
    }
    assert shown == {
        "x": (3, 12), "y": (4, 4.5), "z": (2, -9), "v": (9, 2), "u": (36, 0.5), "f": (18, 1)
    }  # fmt: skip
    numerical = by_differences(graph, inputs).of
    assert {k: float(v) for k, v in numerical.items()} == pytest.approx(
        {"x": 12, "y": 4.5, "z": -9}, rel=1e-8
    )


def test_scene_30_the_chain_rule_at_one_edge():
    dataset = values(features=2, samples=1)
    net = network([Dense(3, "tanh"), Dense(2, "sigmoid"), Dense(1, "linear")], MSE(), dataset)
    theta = np.random.default_rng(3).normal(size=net.parameters)
    result = evaluate(net, theta, dataset.x, dataset.labels)
    i, j = 2, 1
    z, a = result.z, result.a
    sigma = a[2][j, 0]
    delta = sigma * (1 - sigma) * sum(net.W(theta, 3)[j, k] * result.delta[3][k, 0] for k in range(1))
    assert result.delta[2][j, 0] == pytest.approx(delta, rel=1e-14)
    assert net.W(result.g, 2)[i, j] == pytest.approx(np.tanh(z[1][i, 0]) * delta, rel=1e-14)


@pytest.mark.parametrize(
    ("kind", "batches", "sizes"),
    [("batch", 1, [23]), ("stochastic", 23, [1] * 23), ("mini-batch", 3, [10, 10, 3])],
)
def test_scenes_31_to_33_batch_stochastic_and_mini_batch(kind, batches, sizes):
    dataset = classes(samples=23)
    net = network([Dense(1, "sigmoid")], BinaryCrossEntropy(), dataset, gradient_descent=kind)
    trainer = Trainer(net, dataset)
    seen = []
    for _ in range(batches):
        trainer.advance(Phase.BACKWARD)
        shown = trainer.snapshot()
        samples = shown.values.samples
        seen.append(samples.size)
        y = dataset.targets(1)[:, samples]
        mean = np.mean(
            [evaluate(net, shown.theta, dataset.x[:, [s]], y[:, [k]]).g for k, s in enumerate(samples)],
            axis=0,
        )
        assert np.allclose(shown.values.g, mean, atol=1e-14)
        trainer.advance(Phase.UPDATE)
        assert np.allclose(trainer.snapshot().theta, shown.theta - 0.1 * shown.values.g, atol=1e-15)
    assert (trainer.snapshot().batches, seen) == (batches, sizes)


def test_scene_34_iteration_7_of_25_in_epoch_3():
    dataset = classes(samples=245)
    net = network([Dense(1, "sigmoid")], BinaryCrossEntropy(), dataset, gradient_descent="mini-batch")
    trainer = Trainer(net, dataset)
    trainer.run(56)
    trainer.advance(Phase.FORWARD)
    shown = trainer.snapshot()
    assert (shown.batch + 1, shown.batches, shown.epoch + 1) == (7, 25, 3)
    assert shown.values.samples.size == 10
    trainer.run(19)
    last = trainer.snapshot()
    assert (last.batch + 1, last.epoch + 1, last.epochs_done) == (25, 3, 3)
    assert last.values.samples.size == 5
