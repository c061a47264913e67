"""The laps of the loop: gradient descent on one sample, computed by hand."""

import numpy as np
import pytest

from core.lecture.laps import Laps
from core.lecture.one_sample import NumberPlace
from core.lecture.scene import find_scene, read_scene

SUBJECT = read_scene(find_scene("the-loop")).subject


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


@pytest.mark.parametrize(("rate", "x1", "y"), [(0.5, 1.0, 1.0), (2.0, -1.5, 0.0)])
def test_laps_are_gradient_descent_on_one_sample(rate, x1, y):
    subject = Laps(SUBJECT).with_learning_rate(rate)
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
    laps = [Laps(SUBJECT).lap(k) for k in range(4)]
    assert [round(lap.o, 4) for lap in laps] == [0.5, 0.637, 0.7253, 0.7824]
    assert [round(lap.loss, 4) for lap in laps] == [0.6931, 0.4509, 0.3212, 0.2453]
    assert laps[0].gradient.tolist() == [-0.5, -0.25, -0.5]
    assert np.round(laps[1].after, 4).tolist() == [0.4315, 0.2157, 0.4315]
