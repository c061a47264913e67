"""What the drawings of the lecture show: laps of one sample, shares of classes, a pair of activations."""

import numpy as np
import pytest
from msgspec.structs import replace

from core.lecture.activation_pair import ActivationPair
from core.lecture.class_shares import ClassShares
from core.lecture.drawings import DRAWINGS
from core.lecture.laps import Laps
from core.lecture.one_sample import NumberPlace
from core.lecture.scene import find_scene, read_scene
from core.lecture.subjects import design_of
from core.nn.design import Data


def subject_of(name):
    return read_scene(find_scene(name)).subject


def with_design(subject, change):
    start = subject.networks[0]
    return replace(subject, networks=(replace(start, design=change(design_of(start))),))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


# -- the loop -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "x1", "y"), [(0.5, 1.0, 1.0), (2.0, -1.5, 0.0)])
def test_laps_are_gradient_descent_on_one_sample(rate, x1, y):
    subject = Laps(subject_of("the-loop")).with_learning_rate(rate)
    for place, value in ((NumberPlace("input", 0), x1), (NumberPlace("target", 0), y)):
        subject = Laps(subject).sample.with_number(place, value)
    laps, theta, x = Laps(subject), np.zeros(3), np.array([x1, 0.5, 1.0])
    for number in range(4):
        lap, o = laps.lap(number), sigmoid(theta @ x)
        assert lap.x.tolist() == x[:2].tolist()
        assert [lap.y, lap.o] == pytest.approx([y, o])
        assert lap.loss == pytest.approx(-np.log(o if y else 1 - o))
        assert lap.delta == pytest.approx(o - y)
        assert lap.gradient == pytest.approx((o - y) * x)
        assert lap.before == pytest.approx(theta)
        theta = theta - rate * (o - y) * x
        assert lap.after == pytest.approx(theta)


def test_the_four_laps_of_the_lecture():
    laps = [Laps(subject_of("the-loop")).lap(k) for k in range(4)]
    assert [round(lap.o, 4) for lap in laps] == [0.5, 0.637, 0.7253, 0.7824]
    assert [round(lap.loss, 4) for lap in laps] == [0.6931, 0.4509, 0.3212, 0.2453]
    assert laps[0].gradient.tolist() == [-0.5, -0.25, -0.5]
    assert np.round(laps[1].after, 4).tolist() == [0.4315, 0.2157, 0.4315]


# -- one of K classes ---------------------------------------------------------------------------------------


def test_shares_follow_the_point():
    found = ClassShares(ClassShares(subject_of("k-classes")).with_point(-0.3, 0.7))
    z = np.array([[-0.21, 2.604], [2.436, -1.47], [-2.436, -1.47]]) @ [-0.3, 0.7]
    z += [1.05564, 0.49466, 0.36394]
    assert found.scores == pytest.approx(z)
    assert found.powers == pytest.approx(np.exp(z))
    assert found.total == pytest.approx(np.exp(z).sum())
    assert found.shares == pytest.approx(np.exp(z) / np.exp(z).sum())
    assert found.loss == pytest.approx(-np.log(found.shares[0]))
    assert found.gradient == pytest.approx(found.shares - [1, 0, 0])


def test_regions_part_the_plane_where_the_largest_score_changes():
    found = ClassShares(subject_of("k-classes"))
    regions = found.regions(-1.0, 1.0)
    sizes = [abs(_area(corners)) for corners in regions]
    assert sum(sizes) == pytest.approx(4.0)
    for k, corners in enumerate(regions):
        inside = corners.mean(axis=0)
        assert ClassShares(found.with_point(*inside.tolist())).shares.argmax() == k
        # at each corner the class is among the largest
        scores = found._scores_at(corners)
        assert scores[k] == pytest.approx(scores.max(axis=0))


def _area(corners):
    x, y = corners.T
    return (x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


# -- sigmoid or tanh ----------------------------------------------------------------------------------------


def descended(g, samples, w, goal, rate, steps):
    path = [w]
    for k in range(steps):
        a = g(np.array(samples[k % len(samples)]))
        w = w - rate * (w @ a - goal @ a) * a
        path.append(w)
    return np.array(path)


@pytest.mark.parametrize("rate", [0.6, 1.6])
def test_paths_are_those_of_gradient_descent_sample_by_sample(rate):
    pair = ActivationPair(ActivationPair(subject_of("activation-family")).with_learning_rate(rate))
    samples = [(1.2, -0.9), (-0.7, 1.1), (1.0, 0.8), (-1.1, -0.9)]
    for side, g in zip(pair.sides, (sigmoid, np.tanh), strict=True):
        wanted = descended(g, samples, np.array([-1.0, 1.0]), np.array([1.0, -1.0]), rate, 16)
        path = side.path(16)
        assert path == pytest.approx(wanted)
        assert side.distance(path[-1]) == pytest.approx(np.linalg.norm(wanted[-1] - [1, -1]))
        assert side.gradient(side.first) == pytest.approx((wanted[0] - wanted[1]) / rate)


def test_the_goal_is_the_lowest_point_whatever_the_samples_are():
    moved = ActivationPair(subject_of("activation-family")).with_input(0, 1, 2.5)
    for side in ActivationPair(moved).sides:
        assert side.x[:, 0].tolist() == [1.2, 2.5]
        J = side.surface(-2.0, 2.0).J
        row, column = np.unravel_index(J.argmin(), J.shape)
        assert (row, column) == (30, 30)  # (1, −1) of 41 points from −2 to 2, row 0 at the top
        assert J.min() == pytest.approx(0, abs=1e-20)


def test_first_weights_and_signs():
    pair = ActivationPair(ActivationPair(subject_of("activation-family")).with_first_weights((0.5, 0.25)))
    assert [side.path(0)[0].tolist() for side in pair.sides] == [[0.5, 0.25]] * 2
    assert [side.signs(-4, 4) for side in pair.sides] == [(False, True), (True, True)]


# -- what a drawing cannot show -----------------------------------------------------------------------------

CANNOT = {
    "loop": ("the-loop", "k-classes", "shows a network of 2-1 neurons only"),
    "classes": ("k-classes", "the-loop", "shows softmax with cross-entropy"),
    "activation-pair": ("activation-family", "tumour-sigmoid", "two activations with a network and its goal"),
}


@pytest.mark.parametrize("drawing", CANNOT)
def test_a_subject_that_a_drawing_cannot_show_is_refused(drawing):
    fits, not_this, why = CANNOT[drawing]
    problems = DRAWINGS[drawing].problems
    assert [*problems(subject_of(fits))] == []
    assert why in " ".join(problem.why for problem in problems(subject_of(not_this)))


def test_a_batch_is_no_lap():
    def in_batches(design):
        return replace(
            design, data=Data(source="xor"), training=replace(design.training, gradient_descent="batch")
        )

    found = [*DRAWINGS["loop"].problems(with_design(subject_of("the-loop"), in_batches))]
    assert "one sample at a time" in " ".join(problem.why for problem in found)


def test_sigmoid_outputs_are_no_shares():
    def sigmoids(design):
        return replace(design, layers=(replace(design.layers[0], activation="sigmoid"),))

    found = [*DRAWINGS["classes"].problems(with_design(subject_of("k-classes"), sigmoids))]
    assert "softmax" in found[0].why
