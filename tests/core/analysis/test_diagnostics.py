"""Findings on the health of a network: every provoked fault is found, a healthy network has none."""

import numpy as np
import pytest

from core.analysis.health import (
    DIVERGING_WEIGHT,
    GRADIENT_RATIO,
    FindingKind,
    findings,
    gradient_sizes,
    histograms,
)
from core.data.datasets import make_dataset
from core.debugger.steps import Steps, revealed
from core.nn.design import Dense
from core.nn.losses import MSE, BinaryCrossEntropy
from core.nn.network import Network
from core.nn.passes import evaluate
from core.nn.trainer import Phase, Trainer
from core.project.files import examples, read
from tests.core.making import classes, network


def made(layers, loss=None, features=2, samples=40):
    dataset = classes(2, features, samples=samples)
    net = network(layers, loss or BinaryCrossEntropy(), dataset)
    return net, net.initial(1), dataset.x, dataset.targets(1)


def places(found):
    return [(finding.layer, finding.neuron, finding.kind) for finding in found]


@pytest.mark.parametrize("name", examples())
def test_the_examples_are_sound_at_the_start(name):
    work = read(examples()[name])
    dataset = make_dataset(work.design.data)
    net = Network(work.design, dataset)
    theta = net.initial(work.design.training.seed)
    assert findings(net, theta, dataset.x, dataset.targets(net.n[-1])) == ()


@pytest.mark.parametrize(
    ("activation", "kind"), [("relu", FindingKind.DEAD), ("leaky_relu", None), ("elu", FindingKind.SATURATED)]
)
def test_a_neuron_below_zero_for_all_samples_is_dead_where_its_slope_is_zero(activation, kind):
    net, theta, x, y = made([Dense(4, ("tanh", activation, activation, "linear")), Dense(1, "sigmoid")])
    theta = theta.copy()
    net.b(theta, 1)[1] = -100.0
    found = findings(net, theta, x, y)
    assert places(found) == ([(1, 1, kind)] if kind else [])
    for finding in found if kind is FindingKind.DEAD else ():
        assert finding.sentence.startswith("Neuron 2 of layer 1 is dead: it gives 0 for all 40 training")
        assert "LeakyReLU" in finding.remedy
    net.b(theta, 1)[1] = -float((net.W(theta, 1)[:, 1] @ x).max()) + 1e-6
    assert places(findings(net, theta, x, y)) == []


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_a_neuron_far_out_on_its_curve_is_saturated(activation):
    net, theta, x, y = made([Dense(3, activation), Dense(1, "sigmoid")])
    assert findings(net, theta, x, y) == ()
    net.b(theta, 1)[2] = 30.0
    found = findings(net, theta, x, y)
    assert places(found) == [(1, 2, FindingKind.SATURATED)]
    assert "0 % of the steepest slope" in found[0].sentence
    slopes = net.layers[0].spans[0].activation.derivative
    bias = np.linspace(0, 6, 200)
    z = net.W(theta, 1)[:, 2] @ x
    shares = [slopes(z + b).mean() / slopes(np.zeros(1))[0] for b in bias]
    for b, share in zip(bias, shares, strict=True):
        net.b(theta, 1)[2] = b
        assert bool(findings(net, theta, x, y)) is bool(share < 0.05)


def test_a_confident_output_is_no_fault_where_its_slope_takes_no_part():
    for loss, expected in ((BinaryCrossEntropy(), []), (MSE(), [(2, 0, FindingKind.SATURATED)])):
        net, theta, x, y = made([Dense(3), Dense(1, "sigmoid")], loss)
        net.b(theta, 2)[:] = 40.0
        found = [place for place in places(findings(net, theta, x, y)) if place[2] is FindingKind.SATURATED]
        assert found == expected


def test_gradients_of_ten_sigmoid_layers_vanish_and_of_large_weights_explode():
    net, theta, x, y = made([*(Dense(4, "sigmoid") for _ in range(10)), Dense(1, "sigmoid")])
    g = evaluate(net, theta, x, y).g
    sizes = gradient_sizes(net, g)
    assert sizes[0] == pytest.approx(np.sqrt(np.mean(net.W(g, 1) ** 2)))
    found = [finding for finding in findings(net, theta, x, y) if finding.kind is FindingKind.VANISHING]
    expected = [l for l in range(1, 11) if sizes[l - 1] * GRADIENT_RATIO < sizes[-1]]
    assert [finding.layer for finding in found] == expected
    assert 1 in expected
    assert 10 not in expected
    net, theta, x, y = made([*(Dense(4, "linear") for _ in range(10)), Dense(1, "linear")], MSE())
    for l in range(1, 12):
        net.W(theta, l)[...] *= 100 if l > 5 else 0.001
    found = findings(net, theta, x, y)
    assert (1, None, FindingKind.EXPLODING) in places(found)
    assert not [place for place in places(found) if place[2] is FindingKind.VANISHING]


def test_diverging_weights_are_told_by_their_layer():
    net, theta, x, y = made([Dense(4, "linear"), Dense(1, "linear")], MSE())
    assert findings(net, theta, x, y) == ()
    net.W(theta, 1)[...] = 0.99 * DIVERGING_WEIGHT / np.sqrt(2)
    assert not [place for place in places(findings(net, theta, x, y)) if place[2] is FindingKind.DIVERGING]
    net.W(theta, 1)[...] = 1.01 * DIVERGING_WEIGHT / np.sqrt(2)
    assert (1, None, FindingKind.DIVERGING) in places(findings(net, theta, x, y))
    net.W(theta, 1)[0, 0] = np.nan
    found = findings(net, theta, x, y)
    assert (1, None, FindingKind.DIVERGING) in places(found)
    assert [finding.layer for finding in found] == sorted(finding.layer for finding in found)


def test_histograms_count_every_number_that_is_computed():
    dataset = classes(2, samples=20)
    net = network([Dense(5, "relu"), Dense(1, "sigmoid")], BinaryCrossEntropy(), dataset)
    trainer, steps = Trainer(net, dataset), Steps(net)
    start = trainer.snapshot()
    trainer.advance(Phase.UPDATE)
    done = trainer.snapshot()
    for row, layer in zip(histograms(net, done.theta, done.values, bins=7), net.layers, strict=True):
        pairs = (
            (row.W, net.W(done.theta, layer.l)),
            (row.a, done.values.a[layer.l]),
            (row.gradient, net.W(done.values.g, layer.l)),
        )
        for histogram, numbers in pairs:
            assert histogram.counts.sum() == numbers.size
            assert histogram.edges[[0, -1]] == pytest.approx([numbers.min(), numbers.max()])
            inside = (numbers.ravel() >= histogram.edges[2]) & (numbers.ravel() < histogram.edges[4])
            assert histogram.counts[2:4].sum() == inside.sum()
    forward = revealed(steps, start, done, steps.after(Phase.FORWARD))
    assert all(row.gradient is None for row in histograms(net, forward.theta, forward.values))
    part = revealed(steps, start, done, steps.after(Phase.FORWARD) + 4)
    assert histograms(net, part.theta, part.values)[1].gradient.counts.sum() == 3
    assert histograms(net, start.theta, None)[0].a is None
    odd = done.theta.copy()
    for values in ([1.0], [1.0, 1.0 + 2e-16], [-1.7e308, 1.7e308], [5e-324], [np.nan]):
        net.W(odd, 1)[...] = np.resize(values, (2, 5))
        finite = np.isfinite(net.W(odd, 1)).sum()
        histogram = histograms(net, odd, None)[0].W
        assert histogram.counts.sum() == finite
        assert (np.diff(histogram.edges) > 0).all()
