"""Matrices of a layer: they are consistent, and the Jacobians agree with the modules."""

from dataclasses import replace

import numpy as np
import pytest

from core.analysis.layer_matrices import da_dz, dz_da, matrices_of
from core.debugger.steps import Steps, revealed
from core.nn.design import Dense, Dropout
from core.nn.losses import MSE, BinaryCrossEntropy, CategoricalCrossEntropy
from core.nn.ops import OPERATORS
from core.nn.passes import evaluate
from core.nn.trainer import Phase, Trainer
from tests.core.making import classes, network

NAMES = ["W", "b", "z", "a", "delta", "dW", "db", "dz_da", "da_dz"]
MIXED = Dense(4, ("tanh", "relu", "leaky_relu", "sigmoid"), alpha=0.2)


def made(layers, loss, outputs=2):
    dataset = classes(outputs, 3, samples=30)
    net = network(layers, loss, dataset)
    theta = net.initial(4)
    y = dataset.targets(net.n[-1])
    return net, theta, evaluate(net, theta, dataset.x[:, :7], y[:, :7])


def named(matrices):
    return {matrix.name: matrix.values for matrix in matrices}


CASES = [
    ([MIXED, Dense(1, "sigmoid")], BinaryCrossEntropy(), 2),
    ([MIXED, Dense(3, "softmax")], MSE(), 3),
    ([MIXED, Dense(3, "softmax")], CategoricalCrossEntropy(), 3),
    ([Dense(4, "softmax"), Dense(3, "tanh")], MSE(), 3),
]


@pytest.mark.parametrize(("layers", "loss", "outputs"), CASES)
@pytest.mark.parametrize("l", [1, 2])
def test_jacobians_are_those_of_central_differences(layers, loss, outputs, l):
    net, _theta, values = made(layers, loss, outputs)
    z, step = values.z[l][:, 2], 1e-6
    jacobian = da_dz(net, values, l, 2)

    def a(z):
        parts = [run.activation.g(z[run.start : run.stop], run.alpha) for run in net.layers[l - 1].spans]
        return np.concatenate(parts)

    for i in range(net.n[l]):
        move = step * (np.arange(net.n[l]) == i)
        assert np.allclose(jacobian[i], (a(z + move) - a(z - move)) / (2 * step), atol=1e-7)


@pytest.mark.parametrize(("layers", "loss", "outputs"), CASES)
def test_the_jacobians_carry_the_gradient_back(layers, loss, outputs):
    """Check dJ/dz = (da/dz) dJ/da, and dJ/da = (dz/da) dJ/dz of the next layer, in the slides' layout."""
    net, theta, values = made(layers, loss, outputs)
    assert np.allclose(da_dz(net, values, 1, 3) @ values.da[1][:, 3], values.delta[1][:, 3])
    assert np.allclose(dz_da(net, theta, 2) @ values.delta[2][:, 3], values.da[1][:, 3])
    if net.fused is None:
        assert np.allclose(da_dz(net, values, 2, 3) @ values.da[2][:, 3], values.delta[2][:, 3])


def test_dz_da_is_the_affine_modules_jacobian():
    net, theta, values = made(*CASES[0])
    W, b, a = net.W(theta, 1), net.b(theta, 1), values.a[0][:, :4]
    by_module = OPERATORS["affine"].vjp(np.eye(4), values.z[1][:, :4], W, b, a)[2]
    assert np.array_equal(dz_da(net, theta, 1), by_module)
    mask = np.array([0.0, 2.0, 2.0])
    assert np.array_equal(dz_da(net, theta, 1, mask), W * mask[:, None])


@pytest.mark.parametrize(("layers", "loss", "outputs"), CASES)
def test_mean_jacobian_is_the_mean_of_all_samples(layers, loss, outputs):
    net, _theta, values = made(layers, loss, outputs)
    for l in (1, 2):
        each = [da_dz(net, values, l, column) for column in range(7)]
        assert np.allclose(da_dz(net, values, l), np.mean(each, axis=0))


@pytest.mark.parametrize(("layers", "loss", "outputs"), CASES)
def test_samples_shares_add_up_to_the_batch(layers, loss, outputs):
    net, theta, values = made(layers, loss, outputs)
    for l in (1, 2):
        whole = named(matrices_of(net, theta, theta, values, l, None))
        parts = [named(matrices_of(net, theta, theta, values, l, column)) for column in range(7)]
        assert list(whole) == NAMES and all(whole[name].shape == parts[0][name].shape for name in NAMES)
        for name in ("delta", "dW", "db"):
            assert np.allclose(whole[name], sum(part[name] for part in parts))
        for name in ("z", "a", "dz_da", "da_dz"):
            assert np.allclose(whole[name], sum(part[name] for part in parts) / 7)
        assert np.array_equal(whole["W"], net.W(theta, l)) and np.array_equal(
            whole["b"][:, 0], net.b(theta, l)
        )
        assert np.array_equal(whole["dW"], net.W(values.g, l)) and np.allclose(whole["db"], whole["delta"])


def test_the_input_has_only_its_activities():
    net, theta, values = made(*CASES[0])
    (only,) = matrices_of(net, theta, theta, values, 0, 1)
    assert only.name == "a" and np.array_equal(only.values[:, 0], values.a[0][:, 1])


def test_before_a_pass_only_the_parameters_are_known():
    net, theta, _values = made(*CASES[0])
    known = named(matrices_of(net, theta, theta, None, 1, 0))
    for name in NAMES:
        assert np.isnan(known[name]).all() == (name not in ("W", "b", "dz_da")), name
    assert np.isnan(matrices_of(net, theta, theta, None, 0, 0)[0].values).all()


def trainer(*layers):
    dataset = classes(2, 3, samples=30)
    net = network([*layers, Dense(1, "sigmoid")], BinaryCrossEntropy(), dataset)
    return Trainer(net, dataset)


def test_what_is_not_computed_is_nan_step_by_step():
    train = trainer(MIXED)
    start = train.snapshot()
    train.advance(Phase.UPDATE)
    done = train.snapshot()
    steps, net = Steps(train.network), train.network
    seen = []
    for k in range(steps.count + 1):
        moment = revealed(steps, start, done, k)
        for column in (0, None):
            matrices = named(matrices_of(net, moment.theta, moment.before, moment.values, 1, column))
            values = moment.values
            if values is not None:
                known = ~np.isnan(values.z[1][:, 0])
                assert np.array_equal(np.isfinite(matrices["z"][:, 0]), known)
                assert np.array_equal(np.isfinite(np.diag(matrices["da_dz"])), known)
                g = np.full((3, 4), np.nan) if values.g is None else net.W(values.g, 1)
                assert np.array_equal(np.isnan(matrices["dW"]), np.isnan(g))
            seen.append(int(np.isfinite(matrices["dW"]).sum()))
    assert sorted(set(seen)) == list(range(13))


def test_the_step_of_an_update_is_known():
    train = trainer(MIXED)
    train.advance(Phase.UPDATE)
    snapshot = train.snapshot()
    W, b, *_rest = matrices_of(train.network, snapshot.theta, snapshot.before, snapshot.values, 1, 0)
    assert np.array_equal(W.step, np.abs(train.network.W(snapshot.theta - snapshot.before, 1)))
    assert b.step.shape == b.values.shape


def test_dropout_has_its_part():
    train = trainer(MIXED, Dropout(0.5), Dense(3))
    train.advance(Phase.BACKWARD)
    values, theta = train.snapshot().values, train.snapshot().theta
    of_sample = named(matrices_of(train.network, theta, theta, values, 2, 1))
    mask = values.masks[2][:, 1]
    assert np.array_equal(of_sample["dz_da"], train.network.W(theta, 2) * mask[:, None])
    assert np.allclose(of_sample["dz_da"] @ values.delta[2][:, 1], values.da[1][:, 1])
    assert np.array_equal(of_sample["dW"], np.outer(values.a[1][:, 1] * mask, values.delta[2][:, 1]))


def test_softmax_is_unknown_until_all_its_inputs_are():
    net, _theta, values = made(*CASES[1])
    z = (*values.z[:2], np.where([[True], [True], [False]], values.z[2], np.nan))
    assert np.isnan(da_dz(net, replace(values, z=z), 2, 0)).all()
