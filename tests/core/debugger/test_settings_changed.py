"""A run continues after a change of training settings, and positions before it stay correct."""

from itertools import pairwise

import numpy as np
import pytest
from msgspec.structs import replace

from core.data.datasets import make_dataset
from core.debugger.checkpoints import History
from core.debugger.queries import parameter_path, weight_history
from core.debugger.run import Run
from core.debugger.steps import StepSize
from core.nn.design import Dense, Design
from core.nn.network import Network
from core.nn.optimizers import Adam, GradientDescent, Momentum
from core.nn.trainer import Phase, Trainer
from tests.core.moments import WAYS, differences, trainer_of
from tests.sampling import covering

CHANGES = {
    "Momentum": {"optimizer": Momentum(0.7)},
    "Adam": {"optimizer": Adam(beta1=0.5)},
    "whole batch": {"gradient_descent": "batch"},
    "batches of 4": {"gradient_descent": "mini-batch", "batch_size": 4},
    "two samples": {"gradient_descent": "mini-batch", "batch_size": 2},
    "penalties": {"l1": 0.01, "l2": 0.05},
    "Adam, batches of 7": {"optimizer": Adam(), "gradient_descent": "mini-batch", "batch_size": 7},
    "η too": {"optimizer": Momentum(0.5), "learning_rate": 0.2},
}


def other_settings(run, **changes):
    design, dataset = run.trainer.network.design, run.trainer.dataset
    return Network(replace(design, training=replace(design.training, **changes)), dataset)


def change(run, **changes):
    run.set_training(other_settings(run, **changes))
    run.set_learning_rate(run.trainer.network.design.training.learning_rate)


def theta_at(run, iteration):
    run.seek(iteration)
    return run.snapshot()


@pytest.mark.parametrize(("way", "change_name"), covering([*WAYS], [*CHANGES]))
def test_the_run_goes_on_and_every_moment_of_it_comes_back_bit_for_bit(way, change_name):
    run, changes = Run(trainer_of(way)), CHANGES[change_name]
    run.history = History(stride=8)
    run.history.record_edit(run.trainer)
    seen = {}

    def train(count):
        for _ in range(count):
            run.train(1)
            seen[run.trainer.iteration] = run.snapshot()

    train(37)
    change(run, **changes)
    assert run.trainer.iteration == 37
    assert np.array_equal(run.snapshot().theta, seen[37].theta)
    train(30)
    change(run, optimizer=GradientDescent(), batch_size=3, gradient_descent="mini-batch")
    train(30)
    curves = run.trainer.curves()
    assert curves.losses.size == 97 and [mark.iteration for mark in curves.marks] == [37, 67]
    for t in (*range(96, 0, -7), 37, 38, 36, 66, 67, 68, 1, 96):
        found = theta_at(run, t)
        if t not in (37, 67):
            assert differences(found, seen[t]) == []
        assert found.network is seen[t + (t in (37, 67))].network
    iterations, thetas = map(list, _way(run))
    for t, theta in zip(iterations, thetas, strict=True):
        if t in seen:
            assert np.array_equal(theta, seen[t].theta)


def _way(run):
    weight_history(run, 0)
    return parameter_path(run)


@pytest.mark.parametrize("optimizer", [Momentum(0.8), Adam()], ids=["Momentum", "Adam"])
def test_another_optimizer_begins_with_an_empty_memory(optimizer):
    """With the whole set as batch, order does not matter: the rest is like a separate run from there."""
    run = Run(trainer_of("2-4-2-1"))
    change(run, gradient_descent="batch")
    run.train(50)
    change(run, optimizer=optimizer)
    theta = run.trainer.moment().theta
    run.train(300)
    alone = Trainer(run.trainer.network, run.trainer.dataset, theta)
    alone.run(300)
    assert np.array_equal(run.trainer.moment().theta, alone.moment().theta)
    assert np.array_equal(run.trainer.moment().memory, alone.moment().memory)


def test_the_same_optimizer_keeps_its_memory():
    run = Run(trainer_of("single precision, one layer"))
    run.train(20)
    before = run.trainer.moment()
    change(run, l2=0.1)
    assert np.any(before.memory) and np.array_equal(run.trainer.moment().memory, before.memory)
    change(run, optimizer=Momentum(0.3))
    assert np.array_equal(run.trainer.moment().memory, before.memory)
    change(run, optimizer=Adam())
    assert not np.any(run.trainer.moment().memory)


def test_settings_without_effect_on_the_batches_leave_the_bits_as_they_are():
    run, straight = Run(trainer_of("2-4-2-1")), trainer_of("2-4-2-1")
    run.train(23)
    change(run, l2=0.0, batch_size=5)
    run.train(60)
    straight.run(83)
    assert differences(run.snapshot().theta, straight.moment().theta) == []
    assert run.snapshot().epoch == straight.snapshot().epoch
    assert run.trainer.curves().marks == ()


def test_epochs_count_on_when_the_batches_change():
    run = Run(trainer_of("2-4-2-1"))  # 18 samples in batches of 5: 4 updates per epoch
    run.train(10)
    assert run.snapshot().epochs_done == 2
    change(run, gradient_descent="batch")
    run.train(1)
    assert (run.snapshot().epoch, run.snapshot().batch, run.snapshot().epochs_done) == (2, 0, 3)
    run.train(5)
    change(run, gradient_descent="stochastic")
    run.train(18)
    assert run.snapshot().epochs_done == 9
    samples = []
    for t in range(17, 35):
        samples.append(int(theta_at(run, t).values.samples[0]))
    assert len(set(samples)) == 18
    run.seek(20)
    run.back(StepSize.EPOCH)
    assert run.where().iteration == 16
    run.step(StepSize.EPOCH)
    assert run.where().iteration == 34


def test_to_resume_before_the_change_is_to_go_on_with_the_settings_of_then():
    run, straight = Run(trainer_of("2-4-2-1")), trainer_of("2-4-2-1")
    run.train(40)
    change(run, optimizer=Adam(), batch_size=9)
    run.train(40)
    run.seek(30)
    run.resume()
    run.train(70)
    straight.run(100)
    assert run.trainer.network.design.training.optimizer == GradientDescent()
    assert differences(run.trainer.moment().theta, straight.moment().theta) == []
    assert run.trainer.curves().marks == ()
    assert np.array_equal(run.trainer.curves().losses, straight.curves().losses)
    assert [row.epoch for row in run.trainer.curves().records] == [
        row.epoch for row in straight.curves().records
    ]


@pytest.mark.parametrize("grain", [StepSize.TERM, StepSize.NEURON, StepSize.PASS])
def test_one_can_step_over_the_change_both_ways(grain):
    run = Run(trainer_of("2-4-2-1"))
    run.train(12)
    change(run, optimizer=Momentum(), gradient_descent="batch")
    run.train(2)
    run.seek(11)
    places, last = [], None
    while run.behind or not places:
        places.append(run.snapshot())
        run.step(grain)
        assert run.present != last
        last = run.present
    for one, other in pairwise(places):
        assert (one.iteration, one.phase) <= (other.iteration, other.phase) or other.phase is Phase.START
    for seen in reversed(places):
        run.back(grain)
        assert differences(run.snapshot(), seen) == []


def test_a_reset_begins_with_the_present_settings():
    run = Run(trainer_of("2-4-2-1"))
    run.train(12)
    change(run, optimizer=Adam(), batch_size=7)
    run.train(5)
    run.restart()
    run.train(20)
    alone = Trainer(run.trainer.network, run.trainer.dataset)
    alone.run(20)
    assert differences(run.trainer.moment(), alone.moment()) == []
    assert run.trainer.curves().marks == ()


def test_a_kept_run_comes_back_with_its_settings():
    run = Run(trainer_of("2-4-2-1"))
    run.train(12)
    change(run, optimizer=Adam(), batch_size=7)
    run.train(30)
    kept, before = run.kept(), run.snapshot()
    change(run, optimizer=GradientDescent(), batch_size=2)
    run.train(9)
    run.take_up(kept)
    assert differences(run.snapshot(), before) == []
    run.train(20)
    assert [mark.iteration for mark in run.trainer.curves().marks] == [12]
    after = run.snapshot()
    other = Run(trainer_of("2-4-2-1"))
    other.take_up(kept)
    other.train(20)
    assert differences(other.snapshot(), after) == []
    assert theta_at(other, 5).network.design.training.optimizer == GradientDescent()


def test_settings_that_held_for_no_update_leave_no_mark():
    run = Run(trainer_of("2-4-2-1"))
    change(run, optimizer=Adam())
    run.train(10)
    change(run, optimizer=Momentum())
    change(run, optimizer=Momentum(), l2=0.5)
    run.train(10)
    assert [(mark.iteration, mark.after.training.l2) for mark in run.trainer.curves().marks] == [(10, 0.5)]


def test_curves_by_epoch_count_the_samples_that_were_taken() -> None:
    design = Design("XOR", layers=(Dense(3), Dense(1, "sigmoid")))
    dataset = make_dataset(design.data)
    run, taken = Run(Trainer(Network(design, dataset), dataset)), [0]
    for size in (10, 7, 70, 1, 140):
        training = replace(design.training, batch_size=size)
        run.set_training(Network(replace(design, training=training), dataset))
        for _ in range(33):
            run.train(1)
            taken.append(taken[-1] + run.snapshot().values.samples.size)
    passes = np.array(taken) / dataset.train.size
    assert np.allclose(run.trainer.curves().epochs_after(np.arange(166), 99), passes, atol=1e-12)
    run.seek(20)
    run.resume()
    run.train(100)
    assert np.allclose(run.trainer.curves().epochs_after(np.arange(121), 99), np.arange(121) / 14)
