"""Samples in the order of the table: which sample each update takes, and the way back to it."""

import numpy as np
import pytest

from core.debugger.run import Run
from core.nn.batches import Batches, Epochs, SampleOrder
from core.nn.design import Dense, Design, Training
from core.nn.losses import BinaryCrossEntropy
from core.nn.network import Network
from core.nn.trainer import Phase, Trainer
from tests.core.making import classes

DATA = classes(2, samples=12, test=3)  # samples 1 to 9 are for training


def made(dataset=DATA, **training):
    settings = {"gradient_descent": "stochastic", "order": "as in the table", **training}
    layers = Dense(2), Dense(1, "sigmoid")
    return Network(Design(layers=layers, training=Training(BinaryCrossEntropy(), **settings)), dataset)


def taken(trainer, updates):
    """Return the samples, from 1, that the next updates take."""
    found = []
    for _ in range(updates):
        trainer.advance(Phase.UPDATE)
        found.append((trainer.snapshot().values.samples + 1).tolist())
    return found


def test_every_epoch_takes_the_samples_in_the_order_of_the_table():
    assert taken(Trainer(made(), DATA), 11) == [[k] for k in (1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2)]


def test_the_first_sample_can_be_chosen():
    assert taken(Trainer(made(first_sample=8), DATA), 4) == [[8], [9], [1], [2]]
    assert taken(Trainer(made(first_sample=11), DATA), 2) == [[1], [2]]  # sample 11 is for tests
    batches = made(first_sample=8, gradient_descent="mini-batch", batch_size=4)
    assert taken(Trainer(batches, DATA), 4) == [[8, 9, 1, 2], [3, 4, 5, 6], [7], [8, 9, 1, 2]]


@pytest.mark.parametrize("size", [1, 4, 12])
def test_the_arrays_hold_the_samples_of_the_order(size):
    x, y = np.arange(24.0).reshape(2, 12), np.arange(12.0).reshape(1, 12)
    batches, order = Batches(x, y, size, 1, start=5), SampleOrder(12, size, 1, start=5)
    for p in range(3 * len(batches)):
        place = batches.load(p)
        columns = batches.samples(p)
        assert np.array_equal(batches.x[place], x[:, columns])
        assert np.array_equal(batches.y.of_passes()[place], y[:, columns])
        assert columns.tolist() == order.of_batch(*divmod(p, batches.per_epoch)).tolist()


def test_a_run_is_the_same_in_one_go_and_by_steps():
    network = made(first_sample=4)
    fast, slow = Trainer(network, DATA), Trainer(network, DATA)
    fast.run(200)
    for _ in range(200):
        slow.advance(Phase.UPDATE)
    assert fast.snapshot().theta.tobytes() == slow.snapshot().theta.tobytes()
    assert Epochs(network, DATA).samples(2, 1).tolist() == [4]


def test_one_update_on_a_chosen_sample_at_a_time_and_the_way_back():
    """Every chosen sample begins an epoch of its own; going back finds each of them, to the same bits."""
    run, thetas = Run(Trainer(made(order="shuffled"), DATA)), []
    run.train(5)
    chosen = (7, 2, 2, 9)
    for sample in chosen:
        run.begin_at(made(first_sample=sample))
        run.train(1)
        now = run.snapshot()
        assert now.values.samples.tolist() == [sample - 1]
        thetas.append(now.theta.tobytes())
    run.train(3)
    for t, (sample, theta) in enumerate(zip(chosen, thetas, strict=True), start=6):
        run.seek(t)
        assert run.snapshot().theta.tobytes() == theta
        assert run.navigator.ends(t - 1)[1].values.samples.tolist() == [sample - 1]
    run.seek(12)
    assert run.snapshot().values.samples.tolist() == [2]  # after sample 9, the table begins again: 1, 2, 3
