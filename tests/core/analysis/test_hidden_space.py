"""Hidden spaces, compared with explicit formulas, NumPy's SVD, and brute force."""

from dataclasses import replace

import numpy as np
import pytest

from core.analysis.activation_map import InputPlane, plane_of
from core.analysis.hidden_space import (
    HiddenSpaces,
    Projection,
    cut_of_next,
    grid_points,
    principal,
    straight_cut,
    z_at_level,
)
from core.nn.design import Dense
from core.nn.losses import MSE, BinaryCrossEntropy
from core.nn.passes import evaluate
from tests.core.making import G, classes, network, textbook_passes, values


def test_the_grid_is_regular_and_spans_the_plane():
    grid = grid_points(InputPlane((0, 1), (-1.0, 3.0), (0.0, 2.0), (9.0, 9.0)), lines=5, points=9)
    assert grid.shape == (2, 10, 9)
    assert np.allclose(grid[0, :5], np.linspace(-1, 3, 5)[:, None])  # vertical lines: x1 is constant
    assert np.allclose(grid[1, :5], np.linspace(0, 2, 9))
    assert np.allclose(grid[1, 5:], np.linspace(0, 2, 5)[:, None])
    assert np.allclose(grid[0, 5:], np.linspace(-1, 3, 9))


def bent(hidden=(2, 2), activation="tanh", **kind):
    dataset = classes(samples=20, **kind)
    layers = [*(Dense(n, activation) for n in hidden), Dense(1, "sigmoid")]
    net = network(layers, BinaryCrossEntropy(), dataset)
    return net, dataset, np.random.default_rng(1).normal(size=net.parameters)


def test_places_are_those_of_the_textbook():
    net, dataset, theta = bent()
    plane = plane_of(dataset)
    spaces = HiddenSpaces(net, dataset, plane)
    spaces.compute(theta)
    x, grid = dataset.x, grid_points(plane)
    z, a = textbook_passes(net.design, 2, theta, x)
    z_grid, a_grid = textbook_passes(net.design, 2, theta, grid.reshape(2, -1))
    assert np.array_equal(spaces.places(0).samples, x)
    assert np.array_equal(spaces.places(0).grid, grid)
    for l in (1, 2, 3):
        places = spaces.places(l)
        assert np.allclose(places.samples, a[l - 1], atol=1e-14)
        assert np.allclose(places.grid.reshape(net.n[l], -1), a_grid[l - 1], atol=1e-14)
    for l, before in ((1, x), (2, a[0])):
        assert np.allclose(spaces.places(l, 0.0).samples, before)
        assert np.allclose(spaces.places(l, 0.5).samples, z[l - 1])
        assert np.allclose(spaces.places(l, 0.25).samples, (before + z[l - 1]) / 2)
        assert np.allclose(spaces.places(l, 0.75).samples, (a[l - 1] + z[l - 1]) / 2)
        assert np.allclose(spaces.places(l, 0.5).grid.reshape(2, -1), z_grid[l - 1])


def test_many_inputs_have_no_grid_and_many_samples_are_thinned():
    net, dataset, theta = bent(features=5)
    spaces = HiddenSpaces(net, dataset, None)
    spaces.compute(theta)
    assert spaces.places(1).grid is None and spaces.places(0).samples.shape == (5, 20)
    many = classes(samples=5001)
    spaces = HiddenSpaces(net.__class__(net.design, many), many, plane_of(many))
    assert spaces.samples.size == 2000 and spaces.samples[0] == 0 and spaces.samples[-1] == 5000


def test_components_are_those_of_the_whole_svd():
    points = np.random.default_rng(3).normal(size=(5, 60)) * np.array([3, 0.2, 1, 2, 0.5])[:, None] + 4
    found = principal(points)
    U, sizes, _ = np.linalg.svd(points - points.mean(axis=1, keepdims=True), full_matrices=False)
    for k in range(2):
        assert abs(found.directions[:, k] @ U[:, k]) == pytest.approx(1)
        assert found.directions[np.abs(found.directions[:, k]).argmax(), k] > 0
    assert found.shares == pytest.approx(sizes[:2] ** 2 / (sizes**2).sum())
    assert np.allclose(found.of(points).mean(axis=1), 0)
    grid = points[:, :12].reshape(5, 3, 4)
    assert np.allclose(found.of(grid).reshape(2, -1), found.of(points[:, :12]))


def test_components_do_not_flip_between_moments():
    points = np.random.default_rng(3).normal(size=(4, 60))
    first = principal(points)
    turned = Projection(first.mean, -first.directions, first.shares)
    after = principal(points + 1e-3, turned)
    assert np.allclose(after.directions, turned.directions)


def test_points_on_one_place_have_no_components():
    found = principal(np.full((3, 7), 2.0))
    assert found.shares.tolist() == [0, 0]
    assert np.allclose(found.of(np.full((3, 7), 2.0)), 0)


@pytest.mark.parametrize(
    ("activation", "negative"), [("sigmoid", 0.0), ("linear", 0.0), ("tanh", -1.0), ("linear", -1.0)]
)
def test_the_cut_of_the_output_is_halfway_between_its_targets(activation, negative):
    dataset = replace(classes(samples=12), negative=negative)
    level = dataset.threshold
    assert level == (0.5 if negative == 0 else 0)
    loss = BinaryCrossEntropy() if activation == "sigmoid" else MSE()
    net = network([Dense(2, "tanh"), Dense(1, activation)], loss, dataset)
    theta = np.random.default_rng(1).normal(size=net.parameters)
    w, b = cut_of_next(net, theta, 1, level)
    foot = -b * w / (w @ w)  # two points on the line
    along = np.array([-w[1], w[0]])
    for a in (foot, foot + 0.7 * along):
        z = net.W(theta, 2)[:, 0] @ a + net.b(theta, 2)[0]
        assert G[activation](z, None) == pytest.approx(level)
    assert cut_of_next(net, theta, 0, level) is None and cut_of_next(net, theta, 2, level) is None


def test_a_hidden_neuron_cuts_at_zero_and_a_value_has_no_cut():
    net, _, theta = bent((1, 3))
    w, b = cut_of_next(net, theta, 0, 0.5)
    assert np.array_equal(w, net.W(theta, 1)[:, 0]) and b == net.b(theta, 1)[0]
    data = values()
    plain = network([Dense(2), Dense(1, "linear")], MSE(), data)
    assert cut_of_next(plain, plain.initial(0), 1, None) is None


def test_where_activations_pass_a_half():
    assert z_at_level("sigmoid", 0.0) == 0
    assert z_at_level("linear", 0.0) == pytest.approx(0.5)
    assert z_at_level("tanh", 0.0) == pytest.approx(np.arctanh(0.5))
    assert z_at_level("tanh", 0.0, 1.5) is None


def best_by_pairs(points, labels):
    """Return the best share of a separating line by trying lines near every pair of points."""
    best = 0.0
    for p in points.T:
        for q in points.T:
            normal = np.array([-(q - p)[1], (q - p)[0]])
            for turn in (-1e-7, 0, 1e-7):
                direction = normal + turn * (q - p)
                along = direction @ points
                for cut in np.concatenate([along + 1e-10, along - 1e-10]):
                    right = ((along > cut) == labels).mean()
                    best = max(best, right, 1 - right)
    return best


def test_the_best_cut_of_a_plane_is_found():
    generator = np.random.default_rng(5)
    for _ in range(3):
        points, labels = generator.normal(size=(2, 12)), generator.integers(0, 2, 12)
        assert straight_cut(points, labels) <= best_by_pairs(points, labels)
        assert straight_cut(points, labels) >= best_by_pairs(points, labels) - 1.01 / 12
    corners, xor = np.array([[0.0, 0, 1, 1], [0, 1, 0, 1]]), np.array([0, 1, 1, 0])
    assert straight_cut(corners, xor) == 0.75
    assert straight_cut(corners, np.array([0, 0, 0, 1])) == 1


def test_points_on_one_place_are_not_parted():
    assert straight_cut(np.zeros((2, 10)), np.arange(10) % 2) == 0.5
    assert straight_cut(np.array([[0.0, 0, 0, 1]]), np.array([0, 1, 0, 1])) == 0.75


def test_many_neurons_part_what_least_squares_parts():
    generator = np.random.default_rng(5)
    w, points = generator.normal(size=6), generator.normal(size=(6, 200))
    points += 0.4 * np.outer(w, np.sign(w @ points))
    assert straight_cut(points, (w @ points > 0).astype(int)) >= 0.98


def test_what_diverges_is_taken_as_it_is():
    net, dataset, theta = bent(activation="relu")
    spaces = HiddenSpaces(net, dataset, plane_of(dataset))
    spaces.compute(theta * 1e200)
    far = spaces.places(2).samples
    assert 0.5 <= straight_cut(far, dataset.labels) <= 1
    assert evaluate(net, theta, dataset.x, dataset.targets(1)).J > 0
