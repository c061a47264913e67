"""Two networks that differ in their activation alone: paths, goal, gradients."""

import numpy as np
import pytest

from core.lecture.activation_pair import ActivationPair
from core.lecture.scene import find_scene, read_scene

SUBJECT = read_scene(find_scene("activation-family")).subject


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def descended(g, samples, w, goal, rate, steps):
    path = [w]
    for k in range(steps):
        a = g(np.array(samples[k % len(samples)]))
        w = w - rate * (w @ a - goal @ a) * a
        path.append(w)
    return np.array(path)


@pytest.mark.parametrize("rate", [0.6, 1.6])
def test_paths_are_those_of_gradient_descent_sample_by_sample(rate):
    pair = ActivationPair(ActivationPair(SUBJECT).with_learning_rate(rate))
    samples = [(1.2, -0.9), (-0.7, 1.1), (1.0, 0.8), (-1.1, -0.9)]
    for side, g in zip(pair.sides, (sigmoid, np.tanh), strict=True):
        wanted = descended(g, samples, np.array([-1.0, 1.0]), np.array([1.0, -1.0]), rate, 16)
        path = side.path(16)
        assert path == pytest.approx(wanted)
        assert side.distance(path[-1]) == pytest.approx(np.linalg.norm(wanted[-1] - [1, -1]))
        assert side.gradient(side.first) == pytest.approx((wanted[0] - wanted[1]) / rate)


def test_the_goal_is_the_lowest_point_whatever_the_samples_are():
    moved = ActivationPair(SUBJECT).with_input(0, 1, 2.5)
    for side in ActivationPair(moved).sides:
        assert side.x[:, 0].tolist() == [1.2, 2.5]
        J = side.surface(-2.0, 2.0).J
        row, column = np.unravel_index(J.argmin(), J.shape)
        assert (row, column) == (30, 30)  # (1, −1) of 41 points from −2 to 2, row 0 at the top
        assert J.min() == pytest.approx(0, abs=1e-20)


def test_first_weights_and_signs():
    pair = ActivationPair(ActivationPair(SUBJECT).with_first_weights((0.5, 0.25)))
    assert [side.path(0)[0].tolist() for side in pair.sides] == [[0.5, 0.25]] * 2
    assert [side.signs(-4, 4) for side in pair.sides] == [(False, True), (True, True)]
