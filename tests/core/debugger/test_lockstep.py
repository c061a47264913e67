"""Networks in lockstep train bit-identical to single trainers, and can go back."""

import numpy as np
import pytest

from core.debugger.lockstep import Lockstep
from core.nn.design import Dense
from core.nn.losses import MSE, BinaryCrossEntropy
from core.nn.trainer import Trainer
from tests.core.making import classes, network, values

WAYS = {
    "batch": {"gradient_descent": "batch"},
    "mini": {"gradient_descent": "mini-batch", "batch_size": 7},
    "one": {"gradient_descent": "stochastic"},
}
DATA = classes(samples=40, test=10)


def trainer(way="batch", **training):
    layers = [Dense(3), Dense(1, "sigmoid")]
    return Trainer(network(layers, BinaryCrossEntropy(), DATA, **WAYS[way], **training), DATA)


def three():
    return [trainer(way) for way in WAYS]


def wild(rate):
    data = values(samples=30)
    layers = [Dense(4, "relu"), Dense(1, "linear")]
    return Trainer(network(layers, MSE(), data, learning_rate=rate), data)


def iterations(lockstep):
    return [runner.trainer.iteration for runner in lockstep.runners]


def assert_alone(lockstep, make=three):
    """Assert that every network equals a single trainer after as many updates."""
    for lone, runner in zip(make(), lockstep.runners, strict=True):
        lone.run(runner.trainer.iteration)
        assert np.array_equal(lone.snapshot().theta, runner.trainer.snapshot().theta)
        assert np.array_equal(lone.curves().losses, runner.trainer.curves().losses)
        assert lone.curves().records == runner.trainer.curves().records


def test_by_update_all_make_as_many():
    lockstep = Lockstep(three(), "update")
    for ticks in (1, 30, 200, 1):
        lockstep.advance(ticks)
        assert iterations(lockstep) == [lockstep.tick] * 3
    assert_alone(lockstep)


def test_by_epoch_all_get_through_it_evenly():
    lockstep = Lockstep(three(), "epoch")
    assert lockstep.ticks == 30
    for _ in range(200):
        lockstep.advance(1)
        share = lockstep.tick / 30
        assert iterations(lockstep) == [int(share), int(share * 5 + 1e-9), lockstep.tick]
    lockstep.advance(lockstep.left_in_beat)
    assert iterations(lockstep) == [7, 35, 210] and lockstep.left_in_beat == 30
    assert_alone(lockstep)


def test_each_for_itself():
    lockstep = Lockstep(three(), None)
    lockstep.advance(5, {0})
    lockstep.advance(3, {2})
    assert iterations(lockstep) == [5, 0, 3]
    lockstep.back({0})
    assert iterations(lockstep) == [4, 0, 3]
    lockstep.advance(2, {0})
    assert iterations(lockstep) == [6, 0, 3]
    assert_alone(lockstep)


def test_a_step_back_is_the_state_there_was():
    lockstep = Lockstep(three(), "epoch")
    seen = [lockstep.standing()]
    for _ in range(12):
        lockstep.advance(lockstep.left_in_beat)
        seen.append(lockstep.standing())
    lockstep.advance(11)
    for expected in seen[::-1]:
        lockstep.back()
        found = lockstep.standing()
        assert found.tick == expected.tick
        for one, other in zip(found.snapshots, expected.snapshots, strict=True):
            assert one.iteration == other.iteration
            assert np.array_equal(one.theta, other.theta) and np.array_equal(one.memory, other.memory)
        for one, other in zip(found.curves, expected.curves, strict=True):
            assert np.array_equal(one.losses, other.losses) and one.records == other.records
        for one, other in zip(found.paths, expected.paths, strict=True):
            assert np.array_equal(one.thetas, other.thetas)
    lockstep.back()
    assert iterations(lockstep) == [0, 0, 0]
    lockstep.advance(333)
    assert_alone(lockstep)


def test_a_step_back_knows_the_learning_rate():
    lockstep = Lockstep(three(), "update")
    lockstep.advance(10)
    lockstep.set_learning_rate(1, 0.5)
    lockstep.advance(1)
    after = lockstep.standing()
    lockstep.advance(1)
    lockstep.back()
    assert np.array_equal(lockstep.standing().snapshots[1].theta, after.snapshots[1].theta)
    assert lockstep.standing().snapshots[1].learning_rate == 0.5
    lockstep.back()
    lockstep.back()
    assert lockstep.standing().snapshots[1].learning_rate == pytest.approx(0.1)


def test_one_that_diverges_stops_and_the_others_go_on():
    lockstep = Lockstep([wild(0.01), wild(90.0)], "update")
    lockstep.advance(50)
    left, right = lockstep.runners
    assert left.trainer.iteration == 50 and right.trainer.iteration < 50
    assert right.fault.startswith("Training diverged in iteration ")
    assert np.isfinite(right.trainer.snapshot().theta).all()
    assert not lockstep.stopped and lockstep.standing().faults == ("", right.fault)
    stood = right.trainer.iteration
    lockstep.back()
    assert (left.trainer.iteration, right.trainer.iteration) == (49, stood) and right.fault
    lockstep.set_learning_rate(1, 1e-300)
    assert not right.fault
    lockstep.advance(5)
    assert (left.trainer.iteration, right.trainer.iteration) == (54, stood + 5)
    alone = wild(0.01)
    alone.run(54)
    assert np.array_equal(alone.snapshot().theta, left.trainer.snapshot().theta)


def test_going_back_before_a_divergence_takes_its_sentence_back():
    lockstep = Lockstep([wild(90.0), wild(90.0)], "update")
    lockstep.advance(50)
    assert lockstep.stopped
    while lockstep.tick > 0:
        lockstep.back()
    assert lockstep.standing().faults == ("", "") and iterations(lockstep) == [0, 0]


def test_a_network_may_begin_trained():
    begun = trainer("mini")
    begun.run(13)
    lockstep = Lockstep([begun], "update")
    lockstep.advance(4)
    assert iterations(lockstep) == [17]
    for _ in range(9):
        lockstep.back()
    assert iterations(lockstep) == [13]
    assert lockstep.standing().paths[0].iterations.tolist() == [13]


def test_the_path_is_where_it_was():
    lockstep = Lockstep(three(), "epoch")
    lockstep.advance(45)
    given = lockstep.standing().paths[2]
    kept = given.thetas.copy()
    lone = trainer("one")
    for iteration, theta in zip(given.iterations, given.thetas, strict=True):
        lone.run(iteration - lone.iteration)
        assert np.array_equal(lone.snapshot().theta, theta)
    assert given.iterations.tolist() == list(range(46))
    lockstep.back()
    lockstep.set_learning_rate(2, 0.7)
    lockstep.advance(5000)
    assert np.array_equal(given.thetas, kept)
