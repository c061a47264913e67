"""Batches: each epoch has every sample once, is reshuffled, and may end with a smaller batch."""

import numpy as np
import pytest

from core.nn import batches
from core.nn.batches import Batches, SampleOrder


def columns(samples):
    """Return data whose columns contain their own index."""
    numbers = np.arange(samples, dtype=float)
    return np.stack([numbers, -numbers, 2 * numbers]), np.stack([numbers + 0.5, -numbers])


@pytest.mark.parametrize(
    ("samples", "size"), [(23, 5), (20, 5), (7, 1), (9, 9), (9, 8), (500, 3), (1, 1), (200, 2)]
)
def test_every_epoch_has_each_sample_once(samples, size):
    x, y = columns(samples)
    batches = Batches(x, y, size, seed=3)
    per_epoch = -(-samples // size)
    assert batches.per_epoch == per_epoch
    epochs, p = [], 0
    for _ in range(4 + 2 * 64 // per_epoch):
        order = []
        for k in range(per_epoch):
            place = batches.load(p)
            chunk = batches.y.of_passes()[place]
            numbers = batches.samples(p)
            assert numbers.size == (size if k + 1 < per_epoch or samples % size == 0 else samples % size)
            assert np.array_equal(batches.x[place], x[:, numbers])
            assert np.array_equal(chunk, y[:, numbers])
            order += numbers.tolist()
            p += 1
        assert sorted(order) == list(range(samples))
        epochs.append(tuple(order))
    if samples > 5 and per_epoch > 1:
        assert len(set(epochs)) == len(epochs)


def test_wide_data_are_gathered_too():
    """Rows of more than four numbers have another memory layout."""
    x, y = np.random.default_rng(0).normal(size=(9, 23)), np.arange(23.0)[None, :]
    batches = Batches(x, y, 5, seed=0)
    for p in range(200):
        place = batches.load(p)
        assert np.array_equal(batches.x[place], x[:, batches.samples(p)])
        assert np.array_equal(batches.y.of_passes()[place], y[:, batches.samples(p)])


def test_the_order_comes_from_seed_and_pass_alone():
    x, y = columns(23)
    straight, jumping, other = Batches(x, y, 5, 1), Batches(x, y, 5, 1), Batches(x, y, 5, 2)
    order = [straight.samples(p).copy() for p in range(300)]
    for p in np.random.default_rng(0).permutation(300):
        assert np.array_equal(jumping.samples(p), order[p])
    assert any(not np.array_equal(other.samples(p), order[p]) for p in range(5))


@pytest.mark.parametrize(("samples", "size"), [(23, 5), (20, 5), (9, 8), (7, 1), (6, 1)])
def test_the_order_does_not_depend_on_the_memory_of_a_block(samples, size, monkeypatch):
    """The order is the same for blocks of any number of epochs, and for the class without buffers."""
    x, y = columns(samples)
    usual, order = Batches(x, y, size, 1), SampleOrder(samples, size, 1)
    for numbers in (1, 4 * x.size, 7 * x.size):
        monkeypatch.setattr(batches, "NUMBERS_IN_BLOCK", numbers)
        small = Batches(x, y, size, 1)
        assert small.epochs <= max(1, numbers // x.size)
        for p in range(3 * batches.PASSES_IN_BLOCK):
            expected = usual.samples(p)
            assert np.array_equal(small.samples(p), expected)
            assert np.array_equal(small.x[small.load(p)], x[:, expected])
            assert np.array_equal(order.of_batch(*divmod(p, order.per_epoch)), expected)


def test_the_order_is_that_of_saved_runs():
    """Runs continue from files, so the order must never change."""
    order = SampleOrder(10, 4, 3)
    rows = [order.of_epochs(epoch, 1)[0].tolist() for epoch in (0, 1, 21, 22)]
    assert rows == [
        [9, 6, 0, 2, 1, 4, 7, 5, 3, 8],
        [7, 4, 3, 5, 0, 8, 9, 6, 1, 2],
        [7, 4, 1, 6, 8, 0, 3, 2, 5, 9],
        [4, 1, 2, 8, 5, 0, 7, 9, 6, 3],
    ]


def test_a_single_batch_keeps_the_order_of_the_samples():
    batches = Batches(*columns(9), 9, 1)
    assert all(batches.samples(p).tolist() == list(range(9)) for p in range(70))


def test_the_given_data_are_left_alone():
    x, y = columns(30)
    kept = x.copy(), y.copy()
    batches = Batches(x, y, 4, 0)
    for p in range(200):
        batches.load(p)
    assert np.array_equal(x, kept[0])
    assert np.array_equal(y, kept[1])
