"""The parameter path is bounded and evenly spaced, ends at the present, and drops abandoned branches."""

import numpy as np
import pytest

from core.analysis.loss_surface import along, through_parameters
from core.debugger.parameter_path import ParameterPath


def theta(iteration, branch=0):
    return np.array([iteration, -iteration, branch], float)


def path_to(iteration, most=100, step=1):
    path = ParameterPath(most)
    for t in range(0, iteration + 1, step):
        path.append(t, theta(t))
    return path


@pytest.mark.parametrize("step", [1, 3, 10, 16])
@pytest.mark.parametrize("last", [9, 99, 100, 101, 5000, 4999])
def test_it_is_bounded_even_and_ends_where_the_run_stands(step, last):
    path = path_to(last, step=step)
    iterations, made = path.iterations, range(0, last + 1, step)
    assert len(iterations) <= 100 and (len(made) > 100 or iterations.tolist() == list(made))
    assert iterations[0] == 0 and path.newest == iterations[-1] == made[-1]
    assert np.array_equal(path.thetas, [theta(t) for t in iterations])
    assert len(iterations) == len(made) or len(iterations) > 25
    gaps = np.diff(iterations)
    assert (gaps > 0).all() and (gaps < 2 * max(path.stride, step)).all()


def test_which_points_stay_does_not_depend_on_how_often_one_went_back():
    there_and_back, straight = ParameterPath(32), path_to(1000, 32)
    for goal in (70, 10, 300, 299, 120, 1000):
        begin = min(goal, there_and_back.newest + 1 if len(there_and_back.iterations) else 0)
        for t in range(begin, goal + 1):
            there_and_back.append(t, theta(t))
    for t in range(straight.stride, 1001, straight.stride):
        assert t in straight.iterations
    assert there_and_back.iterations.tolist() == straight.iterations.tolist()


def test_an_abandoned_branch_is_dropped():
    path = path_to(50)
    path.append(20, theta(20, branch=1))
    path.append(21, theta(21, branch=1))
    assert path.newest == 21 and path.thetas[:, 2].tolist() == [0] * 20 + [1, 1]
    path.cut(5)
    assert path.iterations.tolist() == [0, 1, 2, 3, 4, 5]


def test_a_copy_up_to_an_iteration_stays_as_it_is():
    path = path_to(30)
    copy = path.until(12)
    path.append(5, theta(5, branch=1))
    path.append(40, theta(40))
    assert copy.iterations.tolist() == list(range(13)) and not copy.thetas[:, 2].any()


def test_recorded_points_are_merged_in_order_where_none_is_known():
    path = ParameterPath(64)
    for t in (3, 7, 12):
        path.append(t, theta(t))
    path.merge(range(0, 20, 4), [theta(t, branch=1) for t in range(0, 20, 4)])
    assert path.iterations.tolist() == [0, 3, 4, 7, 8, 12, 16]
    assert path.thetas[:, 2].tolist() == [1, 0, 1, 0, 1, 0, 1]
    path.merge(range(500), map(theta, range(500)))
    assert len(path.iterations) <= 64 and path.iterations[[0, -1]].tolist() == [0, 499]


def test_it_is_projected_onto_a_plane():
    path = path_to(10)
    assert np.array_equal(path.points(through_parameters(theta(10), 1, 0)), path.thetas[:, [1, 0]])
    diagonal = np.array([[1, -1, 0], [0, 0, 1]]) / np.array([[2**0.5], [1]])
    points = path.points(along(theta(10), diagonal))
    assert np.allclose(points[:, 0], 2**0.5 * (path.iterations - 10)) and not points[:, 1].any()


def test_the_path_of_a_run_that_begins_is_one_point():
    path = ParameterPath.at(theta(13), 13)
    assert path.newest == 13 and np.array_equal(path.thetas, [theta(13)])
