"""The batches of an epoch are those that training takes, and passes are counted correctly."""

import numpy as np
import pytest

from core.analysis.gradient_check import PassCount, by_backpropagation, by_differences, passes_made
from core.debugger.steps import Steps, revealed
from core.graph.autodiff import by_backpropagation as graph_passes
from core.graph.network_graph import graph_inputs, network_graph
from core.nn.batches import Epochs
from core.nn.design import Dense, Dropout
from core.nn.losses import BinaryCrossEntropy
from core.nn.trainer import Phase, Trainer
from tests.core.making import classes, network


def trained(samples=23, **training):
    dataset = classes(samples=samples, test=3)
    layers = [Dense(2), Dropout(0.2), Dense(1, "sigmoid")]
    net = network(layers, BinaryCrossEntropy(), dataset, **training)
    return net, dataset, Trainer(net, dataset)


@pytest.mark.parametrize(
    ("kind", "size"), [("mini-batch", 7), ("mini-batch", 5), ("stochastic", 1), ("batch", 1)]
)
def test_the_batches_are_those_of_training(kind, size):
    net, dataset, trainer = trained(gradient_descent=kind, batch_size=size)
    epochs = Epochs(net, dataset)
    for p in range(70 if kind != "batch" else 3):
        trainer.advance(Phase.FORWARD)
        shown = trainer.snapshot()
        assert epochs.per_epoch == shown.batches
        samples = epochs.samples(shown.epoch, shown.batch)
        assert np.array_equal(samples, shown.values.samples), p
        assert samples.size == epochs.size_of(shown.batch)
        whole = [*epochs.taken(shown.epoch, shown.batch), *samples]
        assert len(whole) == len(set(whole)) == min(20, (shown.batch + 1) * epochs.size)
        trainer.advance(Phase.UPDATE)


def test_an_epoch_far_ahead_is_found_at_once():
    net, dataset, trainer = trained(gradient_descent="mini-batch", batch_size=7)
    trainer.run(3 * 400 + 1)
    trainer.advance(Phase.FORWARD)
    epochs = Epochs(net, dataset)
    assert np.array_equal(epochs.samples(400, 1), trainer.snapshot().values.samples)


def test_passes_are_counted_when_they_are_complete():
    trainer = trained(gradient_descent="mini-batch", batch_size=7)[2]
    counts = passes_made(trainer.snapshot())
    assert counts.iteration == counts.epoch == counts.run == PassCount(0, 0)
    trainer.run(4)
    counts = passes_made(trainer.snapshot())
    assert (counts.iteration, counts.epoch, counts.run) == (PassCount(1, 1), PassCount(1, 1), PassCount(4, 4))
    trainer.advance(Phase.FORWARD)
    counts = passes_made(trainer.snapshot())
    assert (counts.iteration, counts.epoch, counts.run) == (PassCount(1, 0), PassCount(2, 1), PassCount(5, 4))
    trainer.advance(Phase.BACKWARD)
    assert passes_made(trainer.snapshot()).run == PassCount(5, 5)


def test_a_pass_under_way_does_not_count():
    net, _, trainer = trained(gradient_descent="mini-batch", batch_size=7)
    start = trainer.snapshot()
    trainer.advance(Phase.UPDATE)
    done, steps = trainer.snapshot(), Steps(net)
    made = [passes_made(revealed(steps, start, done, k)).run for k in range(steps.count + 1)]
    forward, backward = steps.after(Phase.FORWARD), steps.after(Phase.BACKWARD)
    assert made[forward - 1] == PassCount(0, 0) and made[forward] == PassCount(1, 0)
    assert made[backward - 1] == PassCount(1, 0) and made[backward] == PassCount(1, 1)
    assert made[-1] == PassCount(1, 1)


def test_one_gradient_either_way():
    dataset = classes(samples=4)
    net = network([Dense(2), Dense(1, "sigmoid")], BinaryCrossEntropy(), dataset)
    found = graph_passes(network_graph(net), graph_inputs(net, net.initial(0), dataset.x, dataset.targets(1)))
    assert by_backpropagation() == PassCount(found.forward_passes, found.backward_passes)
    assert by_differences(net) == PassCount(18, 0)
