"""Every optimizer, compared with the lines of its paper in scalar loops."""

from math import sqrt

import numpy as np
import pytest

from core.expressions import Leaf, Symbol, value_of
from core.nn.ops import follow
from core.nn.optimizers import (
    OPTIMIZERS,
    Adam,
    GradientDescent,
    LearningRate,
    Momentum,
    Nesterov,
    RMSProp,
    UpdateTerms,
    flush_subnormal,
)


def gradient_descent(theta, g, state, eta, t):
    return theta - eta * g


def momentum(theta, g, state, eta, t, mu=0.8):
    state["v"] = mu * state.get("v", 0.0) + g
    return theta - eta * state["v"]


def nesterov(theta, g, state, eta, t, mu=0.8):
    """Return theta after a step by Sutskever's formulas, where theta is the look-ahead point."""
    v = state.get("v", 0.0)
    behind = theta + eta * mu * v
    new_v = mu * v + g
    state["v"] = new_v
    return behind - eta * new_v - eta * mu * new_v


def rmsprop(theta, g, state, eta, t, rho=0.9, epsilon=1e-3):
    state["s"] = rho * state.get("s", 0.0) + (1 - rho) * g**2
    return theta - eta * g / (sqrt(state["s"]) + epsilon)


def adam(theta, g, state, eta, t, beta1=0.8, beta2=0.95, epsilon=1e-3):
    state["m"] = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    state["v"] = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
    m_hat, v_hat = state["m"] / (1 - beta1**t), state["v"] / (1 - beta2**t)
    return theta - eta * m_hat / (sqrt(v_hat) + epsilon)


PAPERS = {
    "gradient_descent": (GradientDescent(), gradient_descent),
    "momentum": (Momentum(0.8), momentum),
    "nesterov": (Nesterov(0.8), nesterov),
    "rmsprop": (RMSProp(0.9, 1e-3), rmsprop),
    "adam": (Adam(0.8, 0.95, 1e-3), adam),
}


def test_the_optimizers_of_the_lecture_have_their_lines():
    assert set(PAPERS) <= set(OPTIMIZERS)


@pytest.mark.parametrize("name", PAPERS)
def test_updates_are_the_papers(name):
    optimizer, line = PAPERS[name]
    generator = np.random.default_rng(1)
    theta = generator.normal(size=4)
    expected, states = theta.copy(), [{} for _ in theta]
    g, memory, rate = np.empty(4), np.zeros((optimizer.vectors, 4)), LearningRate(0.1)
    recipe = list(optimizer.update(theta, g, memory, rate))
    for t in range(1, 101):
        g[...] = generator.normal(size=4) * 10 ** generator.uniform(-3, 2)
        if t == 50:
            rate.value = 0.03
        rate.next()
        follow(recipe)
        eta = 0.1 if t < 50 else 0.03
        expected = [
            line(value, slope, state, eta, t) for value, slope, state in zip(expected, g, states, strict=True)
        ]
        assert np.allclose(theta, expected, rtol=1e-11, atol=1e-13), t
    assert rate.value == 0.03


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_gradient_is_left_alone_and_single_precision_stays(name):
    optimizer = OPTIMIZERS[name]()
    theta, g = np.ones(3, np.float32), np.array([1, -2, 0], np.float32)
    memory, rate = np.zeros((optimizer.vectors, 3), np.float32), LearningRate(0.1, np.float32)
    rate.next()
    follow(optimizer.update(theta, g, memory, rate))
    assert g.tolist() == [1, -2, 0]
    assert (theta.dtype, memory.dtype) == (np.float32, np.float32)
    assert theta[2] == 1
    assert theta[0] < 1 < theta[1]
    assert optimizer.symbol


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_formulas_are_what_the_recipe_computes(name):
    optimizer, t = OPTIMIZERS[name](), 3
    theta, g, rate = np.array([0.7]), np.array([-0.4]), LearningRate(0.1)
    memory = np.linspace(0.2, 0.5, optimizer.vectors)[:, None]
    old, rate.t, before = [Leaf(float(value)) for value in memory[:, 0]], t, theta[0]
    follow(optimizer.update(theta, g, memory, rate))
    new = [Leaf(float(value), Symbol(k)) for value, k in zip(memory[:, 0], optimizer.letters, strict=True)]
    letters = UpdateTerms(Leaf(-0.4), Leaf(0.1), Leaf(t), tuple(old), tuple(new))
    remembered, step = optimizer.formulas(letters)
    assert [value_of(one) for one in remembered] == pytest.approx(memory[:, 0], rel=1e-13)
    assert value_of(step) == pytest.approx(before - theta[0], rel=1e-12)


def test_the_first_step_of_adam_has_the_length_of_the_learning_rate():
    for g in (1e-6, 1.0, 1e6):
        theta, rate = np.zeros(1), LearningRate(0.01)
        rate.next()
        follow(Adam().update(theta, np.array([g]), np.zeros((2, 1)), rate))
        assert theta[0] == pytest.approx(-0.01, rel=0.02)


def test_tiny_numbers_are_flushed_and_others_kept():
    memory = np.array([[1e-24, -1e-24, 1e-26], [-1e-310, 0.0, 1.0]])
    theta = np.array([-1e-200, 0.5])
    flush_subnormal(theta, memory)
    assert memory.tolist() == [[1e-24, -1e-24, 0], [0, 0, 1]]
    assert theta.tolist() == [0, 0.5]
