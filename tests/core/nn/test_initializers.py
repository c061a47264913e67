"""Initial weights: their spread, their seed, and zero biases."""

import numpy as np
import pytest

from core.nn.design import Dense
from core.nn.initializers import INITIALIZERS
from core.nn.losses import MSE
from tests.core.making import network, values

DEVIATIONS = {
    "zeros": 0.0,
    "normal": 1.0,
    "xavier": np.sqrt(2 / (300 + 200)),
    "he": np.sqrt(2 / 300),
    "lecun": np.sqrt(1 / 300),
}


@pytest.mark.parametrize("name", INITIALIZERS)
def test_weights_have_the_spread_of_the_paper(name):
    dataset = values(features=300, samples=3)
    net = network([Dense(200, initializer=name), Dense(1, "linear")], MSE(), dataset)
    theta = net.initial(1)
    W = net.W(theta, 1)
    deviation = DEVIATIONS[name] if name in DEVIATIONS else INITIALIZERS[name].std(300, 200)
    assert W.std() == pytest.approx(deviation, rel=0.02)
    assert abs(W.mean()) <= 0.02 * deviation
    assert not net.b(theta, 1).any()
    assert not net.b(theta, 2).any()


def test_seeds_draw_the_same_again_and_layers_differ():
    dataset = values(features=3)
    net = network([Dense(3), Dense(3), Dense(1, "linear")], MSE(), dataset)
    assert np.array_equal(net.initial(4), net.initial(4))
    assert not np.array_equal(net.initial(4), net.initial(5))
    theta = net.initial(4)
    assert not np.allclose(net.W(theta, 1), net.W(theta, 2))
    longer = network([Dense(3), Dense(3), Dense(2), Dense(1, "linear")], MSE(), dataset)
    assert np.array_equal(longer.W(longer.initial(4), 2), net.W(theta, 2))
