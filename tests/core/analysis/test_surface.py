"""The loss surface equals the training loss at every point, and paths are projected correctly."""

import numpy as np
import pytest

from core.analysis.loss_surface import (
    Losses,
    LossSurface,
    SurfaceSampling,
    along,
    main_directions,
    random_directions,
    room_for,
    survey,
    through_parameters,
    with_valley,
)
from core.nn.compiled_passes import penalty
from core.nn.design import Dense, Dropout
from core.nn.losses import MSE, BinaryCrossEntropy, CategoricalCrossEntropy
from core.nn.passes import evaluate
from core.nn.trainer import Trainer
from tests.core.making import classes, network, textbook_J, values

NETWORKS = {
    "two classes": ([Dense(4), Dense(1, "sigmoid")], BinaryCrossEntropy(), classes(samples=40)),
    "softmax": ([Dense(3, "relu"), Dense(3, "softmax")], CategoricalCrossEntropy(), classes(3, samples=40)),
    "values": ([Dense(3, ("tanh", "relu", "elu")), Dense(2, "linear")], MSE(), values(outputs=2)),
    "dropout": ([Dense(4), Dropout(0.5), Dense(1, "sigmoid")], BinaryCrossEntropy(), classes(samples=40)),
}


def made(name, **training):
    layers, loss, dataset = NETWORKS[name]
    net = network(layers, loss, dataset, **training)
    return net, dataset.x, dataset.targets(net.n[-1]), net.initial(3)


def J(net, theta, x, y):
    return evaluate(net, theta, x, y).J + penalty(net, theta)


@pytest.mark.parametrize("penalties", [{}, {"l1": 0.02, "l2": 0.3}])
@pytest.mark.parametrize("name", NETWORKS)
def test_values_are_those_of_a_pass(name, penalties):
    net, x, y, theta = made(name, **penalties)
    planes = through_parameters(theta, 1, net.parameters - 1), along(theta, random_directions(theta.size, 5))
    for plane in planes:
        surface = survey(Losses(net, x, y), plane, (-2.0, 3.0), (-1.0, 2.5), 15)
        assert surface.complete
        generator = np.random.default_rng(0)
        for r, c in generator.integers(0, 15, (12, 2)):
            point = np.array([[np.linspace(-2, 3, 15)[c], np.linspace(-1, 2.5, 15)[14 - r]]])
            there = plane.thetas(point)[0]
            assert surface.J[r, c] == pytest.approx(J(net, there, x, y), rel=1e-12)
            assert surface.height(point)[0] == pytest.approx(surface.J[r, c], rel=1e-12)


def test_values_are_those_of_the_textbook():
    net, x, y, theta = made("two classes")
    thetas = theta + np.random.default_rng(0).normal(size=(30, theta.size))
    expected = [textbook_J(net.design, 2, one, x, y) for one in thetas]
    assert np.allclose(Losses(net, x, y).of(thetas), expected, rtol=1e-12)


@pytest.mark.parametrize("name", ["two classes", "softmax", "values"])
def test_the_slope_of_the_surface_is_the_gradient(name):
    net, x, y, theta = made(name, l2=0.1)
    g = evaluate(net, theta, x, y).g + 0.1 * theta * net.weights_mask()
    losses, h = Losses(net, x, y), 1e-5
    for plane in (through_parameters(theta, 0, 4), along(theta, random_directions(theta.size, 1))):
        (u, v) = plane.points(theta[None])[0]
        around = np.array([[u + h, v], [u - h, v], [u, v + h], [u, v - h]])
        right, left, up, down = losses.of(plane.thetas(around))
        slopes = np.array([right - left, up - down]) / (2 * h)
        assert np.allclose(slopes, plane.directions @ g, rtol=1e-6, atol=1e-9)


def test_a_plane_goes_through_its_base():
    theta = made("two classes")[-1]
    for plane in (through_parameters(theta, 2, 7), along(theta, random_directions(theta.size, 1))):
        assert np.allclose(plane.directions @ plane.directions.T, np.eye(2), atol=1e-14)
        points = plane.points(theta[None])
        assert np.allclose(plane.thetas(points)[0], theta, atol=1e-14)
        moved = plane.thetas(points + np.array([0.5, -2.0]))
        assert np.allclose(plane.points(moved) - points, [[0.5, -2.0]], atol=1e-13)
    thetas = np.random.default_rng(1).normal(size=(5, theta.size))
    assert np.array_equal(through_parameters(theta, 2, 7).points(thetas), thetas[:, [2, 7]])
    with pytest.raises(ValueError, match="two different"):
        through_parameters(theta, 2, 2)


def test_directions_are_drawn_from_their_seed():
    assert np.array_equal(random_directions(9, 4), random_directions(9, 4))
    assert not np.allclose(random_directions(9, 4), random_directions(9, 5))


@pytest.mark.parametrize("parameters", [6, 300])
def test_main_directions_hold_what_moves(parameters):
    generator = np.random.default_rng(0)
    plane = random_directions(parameters, 2)
    paths = [generator.normal(size=(40, 2)) * (5, 1) @ plane + 3.0 for _ in range(3)]
    found, share = main_directions(paths)
    assert share == pytest.approx(1.0)
    assert np.allclose(found @ found.T, np.eye(2), atol=1e-10)
    assert np.allclose(np.abs(found @ plane.T), np.eye(2), atol=0.1)
    noisy = [path + 0.2 * generator.normal(size=path.shape) for path in paths]
    _, share = main_directions(noisy)
    points = np.concatenate(noisy)
    sizes = np.linalg.svd(points - points.mean(axis=0), compute_uv=False) ** 2
    assert share == pytest.approx(sizes[:2].sum() / sizes.sum())


@pytest.mark.parametrize("points", [np.zeros((1, 5)), np.outer(np.arange(4.0), [0, 3, 0, 4, 0])])
def test_main_directions_of_a_line_or_a_point(points):
    found, share = main_directions([points])
    assert share == pytest.approx(1.0) and np.allclose(found @ found.T, np.eye(2), atol=1e-12)
    if len(points) > 1:
        assert np.allclose(found[0], [0, 0.6, 0, 0.8, 0])


def test_a_survey_in_slices_gives_the_same():
    net, x, y, theta = made("softmax")
    plane = through_parameters(theta, 0, 1)
    whole = survey(Losses(net, x, y), plane, (-1, 1), (-1, 1), 21)
    sliced = SurfaceSampling(Losses(net, x, y), plane, (-1, 1), (-1, 1), 21)
    sliced.go(0)
    assert not sliced.complete and not sliced.surface().complete
    turns = 0
    while not sliced.complete:
        sliced.go(1e-4)
        turns += 1
    assert turns > 1
    assert np.allclose(sliced.surface().J, whole.J, rtol=1e-13)


def test_a_pass_of_a_large_network_is_sliced_too():
    dataset = classes(samples=80)
    net = network([Dense(700), Dense(700), Dense(1, "sigmoid")], BinaryCrossEntropy(), dataset, l2=0.1)
    x, y, theta = dataset.x, dataset.targets(1), net.initial(1)
    losses, plane = Losses(net, x, y), through_parameters(theta, 0, 1)
    assert len(losses.parts) > 1
    assert losses.of(theta[None])[0] == pytest.approx(J(net, theta, x, y), rel=1e-12)
    sliced = SurfaceSampling(losses, plane, (-1, 1), (-1, 1), 3)
    turns = 0
    while not sliced.complete:
        sliced.go(0)
        turns += 1
        assert sliced.share == turns // len(losses.parts) / 9
    assert turns == 9 * len(losses.parts)
    points = np.array([[u, v] for v in (1, 0, -1) for u in (-1, 0, 1)])
    assert np.allclose(sliced.surface().J.ravel(), losses.of(plane.thetas(points)), rtol=1e-13)


def test_an_overflow_is_infinite():
    net, x, y, theta = made("values")
    surface = survey(
        Losses(net, x, y), through_parameters(theta, net.parameters - 1, 0), (-1e200, 1e200), (-1, 1), 5
    )
    assert surface.complete and np.isinf(surface.J).any() and np.isfinite(surface.J[:, 2]).all()


def test_heights_between_points():
    plane = through_parameters(np.zeros(3), 0, 1)
    across, up = np.meshgrid(np.linspace(0, 2, 5), np.linspace(3, -1, 9))
    surface = LossSurface(plane, (0.0, 2.0), (-1.0, 3.0), 2 * across - 3 * up)
    points = np.random.default_rng(0).uniform((0, -1), (2, 3), (20, 2))
    assert np.allclose(surface.height(points), points @ [2, -3])
    assert surface.height(np.array([[9.0, 0.0]]))[0] == pytest.approx(4.0)


def test_the_valley_is_in_sight():
    dataset = classes(samples=200)
    net = network([Dense(1, "sigmoid")], BinaryCrossEntropy(), dataset, learning_rate=1.0)
    y = dataset.targets(1)
    start = np.array([6.0, -7.0, 0.0])
    trainer = Trainer(net, dataset, start)
    trainer.run(3000)
    plane = through_parameters(start, 0, 1)
    end = plane.points(trainer.snapshot().theta[None])[0]
    (left, right), (low, high) = with_valley(Losses(net, dataset.x, y), plane, plane.points(start[None]), 1.0)
    assert left < 5 and right > 7 and low < -8 and high > -6
    assert left < end[0] < right and low < end[1] < high
    assert right - left == pytest.approx(high - low)


def test_room_is_square_and_holds_all():
    points = np.array([[0.0, 1.0], [4.0, 2.0]])
    assert room_for(points, 1.0) == ((-1.0, 5.0), (-1.5, 4.5))
