"""The single layer in place of many, compared with explicit products and NumPy's least squares."""

import numpy as np
import pytest

from core import slices
from core.analysis.linear_collapse import activated, bending_layers, compared, nearest, product
from core.nn.design import Dense
from core.nn.losses import MSE, BinaryCrossEntropy, CategoricalCrossEntropy
from core.slices import finished
from tests.core.making import classes, network, textbook_passes


def made(activations, outputs=1):
    dataset = classes(count=max(2, outputs), features=3, samples=30)
    out, loss = ("sigmoid", BinaryCrossEntropy()) if outputs == 1 else ("softmax", CategoricalCrossEntropy())
    layers = [*(Dense(4, activation) for activation in activations), Dense(outputs, out)]
    net = network(layers, loss, dataset)
    return net, dataset, np.random.default_rng(2).normal(size=net.parameters)


@pytest.mark.parametrize("outputs", [1, 3])
def test_the_product_gives_the_same_outputs(outputs):
    net, dataset, theta = made(("linear", "linear"), outputs)
    one = product(net, theta)
    W1, W2, W3 = (net.W(theta, l) for l in (1, 2, 3))
    assert np.allclose(one.W, W1 @ W2 @ W3, atol=1e-13)
    assert one.parameters == 4 * outputs
    found = finished(compared(net, theta, one, dataset.x))
    assert np.allclose(found.deep, textbook_passes(net.design, 3, theta, dataset.x)[1][-1], atol=1e-13)
    assert found.difference <= 1e-12 and found.z_difference <= 1e-12 and found.unexplained < 1e-24
    assert bending_layers(net) == ()


def test_single_precision_weights_are_compared_in_double():
    net, dataset, theta = made(("linear",))
    single = theta.astype(np.float32)
    assert finished(compared(net, single, product(net, single), dataset.x)).difference <= 1e-12


def test_layers_that_bend_are_named():
    net, _, theta = made(("linear", "tanh", "relu"))
    assert bending_layers(net) == (2, 3)
    with pytest.raises(ValueError, match="not linear"):
        product(net, theta)


def test_the_nearest_layer_is_that_of_least_squares():
    net, dataset, theta = made(("tanh",))
    one = finished(nearest(net, theta, dataset.x))
    z = textbook_passes(net.design, 3, theta, dataset.x)[0][-1]
    rows = np.vstack([dataset.x, np.ones(30)])
    fitted = np.linalg.solve(rows @ rows.T, rows @ z.T)
    assert np.allclose(one.W, fitted[:-1]) and np.allclose(one.b, fitted[-1])
    found = finished(compared(net, theta, one, dataset.x))
    rest = z - fitted.T @ rows
    assert found.unexplained == pytest.approx((rest**2).sum() / ((z - z.mean()) ** 2).sum())
    assert found.z_difference == pytest.approx(np.abs(rest).max())
    assert 0 < found.unexplained < 1


def test_output_activations_are_the_neurons_own():
    dataset = classes(samples=8)
    net = network([Dense(2, ("tanh", "relu"))], MSE(), dataset)
    z = np.array([[0.3, -2.0], [0.3, -2.0]])
    assert np.allclose(activated(net, z), [np.tanh([0.3, -2.0]), [0.3, 0]])


def test_many_samples_in_slices_give_what_one_slice_gives(monkeypatch):
    net, dataset, theta = made(("tanh",), outputs=3)
    whole = finished(nearest(net, theta, dataset.x))
    monkeypatch.setattr(slices, "FEWEST", 7)
    monkeypatch.setattr(slices, "NUMBERS", 1)
    work = nearest(net, theta, dataset.x)
    assert len(list(work)) == 4  # 30 samples, seven at a time
    one = finished(nearest(net, theta, dataset.x))
    assert np.allclose(one.W, whole.W, atol=1e-12) and np.allclose(one.b, whole.b, atol=1e-12)
    apart = finished(compared(net, theta, one, dataset.x))
    z = textbook_passes(net.design, 3, theta, dataset.x)[0][-1]
    assert apart.z_difference == pytest.approx(np.abs(z - one.z(dataset.x)).max())
    assert apart.deep.shape == apart.flat.shape == (3, 30)
